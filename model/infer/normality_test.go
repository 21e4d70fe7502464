package infer

import (
	"math"
	"testing"
)

// TestKolmogorovSmirnov: R 4.2.2, ks.test(x, "pnorm", exact = FALSE) of the
// values below, and of 2 times them plus 1; the tail on both sides of where the
// series changes.
func TestKolmogorovSmirnov(t *testing.T) {
	x := []float64{-1.5, -0.7, -0.3, -0.1, 0.05, 0.2, 0.4, 0.9, 1.1, 2.3}
	moved := make([]float64, len(x))
	for i, v := range x {
		moved[i] = 2*v + 1
	}
	for _, test := range []struct {
		x    []float64
		d, p float64
	}{{x, 0.18208857781104731, 0.89459663748807361}, {moved, 0.48814460141660337, 0.017033786347020463}} {
		if d, p := KolmogorovSmirnov(test.x); math.Abs(d-test.d) > 1e-12 || math.Abs(p-test.p) > 1e-10 {
			t.Errorf("D = %.15g, p = %.15g; R has %.15g, %.15g", d, p, test.d, test.p)
		}
	}
	if a, b := kolmogorovTail(1-1e-12), kolmogorovTail(1); math.Abs(a-b) > 1e-11 {
		t.Errorf("the tail jumps at 1: %g, %g", a, b)
	}
	if d, p := KolmogorovSmirnov([]float64{0, math.NaN()}); !math.IsNaN(d) || !math.IsNaN(p) {
		t.Errorf("a value that is no number: %g, %g", d, p)
	}
	if d, _ := KolmogorovSmirnov(nil); !math.IsNaN(d) {
		t.Errorf("no values: %g", d)
	}
}
