package fit

import (
	"math"
	"math/rand/v2"
	"testing"

	"bidrag/data/frame"
)

// TestAverageContrastAgainstFiniteDifferences: the error is that of the
// gradient by finite differences, and swapping the frames changes the sign.
func TestAverageContrastAgainstFiniteDifferences(t *testing.T) {
	const n = 300
	r := rand.New(rand.NewPCG(3, 5))
	y, x, g := make([]float64, n), make([]float64, n), make([]int32, n)
	for i := range n {
		x[i], g[i] = r.NormFloat64(), int32(r.IntN(2))
		if r.Float64() < 1/(1+math.Exp(-0.3-0.8*x[i]-0.6*float64(g[i]))) {
			y[i] = 1
		}
	}
	with := func(code func(i int) int32) *frame.Frame {
		codes := make([]int32, n)
		for i := range codes {
			codes[i] = code(i)
		}
		f, err := frame.New(frame.NewNumeric("y", y), frame.NewNumeric("x", x), frame.NewFactor("g", []string{"a", "b"}, codes))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, link := range []string{"logit", "probit", "cloglog"} {
		m, err := Fit("y ~ x * g", with(func(i int) int32 { return g[i] }), Options{Link: link})
		if err != nil {
			t.Fatal(err)
		}
		allB, allA := with(func(int) int32 { return 1 }), with(func(int) int32 { return 0 })
		contrast := func(beta []float64) float64 {
			total := 0.0
			for sign, f := range map[float64]*frame.Frame{1: allB, -1: allA} {
				p, err := m.Predict(f, Prediction{Beta: beta})
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range p.Mu {
					total += sign * v / n
				}
			}
			return total
		}
		variance := 0.0
		gradient := make([]float64, len(m.Beta))
		for j := range gradient {
			up, down := append([]float64{}, m.Beta...), append([]float64{}, m.Beta...)
			up[j] += 1e-5
			down[j] -= 1e-5
			gradient[j] = (contrast(up) - contrast(down)) / 2e-5
		}
		for j := range gradient {
			for k := range gradient {
				variance += gradient[j] * m.Cov[j*len(gradient)+k] * gradient[k]
			}
		}
		got, se, err := m.AverageContrast(allB, allA)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got-contrast(m.Beta)) > 1e-12 || math.Abs(se-math.Sqrt(variance)) > 1e-8 {
			t.Errorf("%s: %v ± %v, by finite differences %v ± %v", link, got, se, contrast(m.Beta), math.Sqrt(variance))
		}
		back, backSE, err := m.AverageContrast(allA, allB)
		if err != nil || math.Abs(back+got) > 1e-12 || math.Abs(backSE-se) > 1e-12 {
			t.Errorf("%s: swapped %v ± %v, %v", link, back, backSE, err)
		}
	}
}

func TestAverageContrastNeedsRows(t *testing.T) {
	f, err := frame.New(frame.NewNumeric("y", []float64{0, 1, 1, 0}), frame.NewNumeric("x", []float64{1, 2, 3, 4}))
	if err != nil {
		t.Fatal(err)
	}
	m, err := Fit("y ~ x", f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.AverageContrast(f.Rows(nil), f); err == nil {
		t.Error("an average over nobody")
	}
	lacking, err := frame.New(frame.NewNumeric("x", []float64{1, math.NaN()}))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.AverageContrast(lacking, lacking); err == nil {
		t.Error("an average over an unknown value")
	}
}
