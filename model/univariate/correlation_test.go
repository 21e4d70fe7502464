package univariate

import (
	"math"
	"testing"
)

// cor.test of R 4.2.2 on mtcars$mpg and mtcars$wt.
func TestCorrelationAgainstR(t *testing.T) {
	mpg := []float64{21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4}
	wt := []float64{2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25, 5.424, 5.345, 2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17, 2.77, 3.57, 2.78}
	r := Pearson(mpg, wt)
	low, high := FisherInterval(r, len(mpg), 0.95)
	for _, c := range []struct {
		what      string
		got, want float64
	}{{"r", r, -0.8676593765172278}, {"low", low, -0.93382641328499416}, {"high", high, -0.74408719646011279}} {
		if math.Abs(c.got-c.want) > 1e-14 {
			t.Errorf("%s = %.17g, R has %.17g", c.what, c.got, c.want)
		}
	}
}

func TestCorrelationAtTheEdge(t *testing.T) {
	if r := Pearson([]float64{1, 2, 3, 4}, []float64{2, 4, 6, 8}); r != 1 {
		t.Errorf("r = %v of a line", r)
	}
	if low, high := FisherInterval(1, 4, 0.95); low != 1 || high != 1 {
		t.Errorf("%v to %v", low, high)
	}
	for _, x := range [][]float64{nil, {1}, {2, 2, 2}} {
		if r := Pearson(x, make([]float64, len(x))); !math.IsNaN(r) {
			t.Errorf("r = %v of %v", r, x)
		}
	}
	if low, _ := FisherInterval(0.5, 3, 0.95); !math.IsNaN(low) {
		t.Error("three pairs have no interval")
	}
}

func TestRankCountsEqualValuesHalf(t *testing.T) {
	sorted := []float64{1, 2, 2, 2, 5}
	for x, want := range map[float64]float64{0: 0, 1: 0.1, 2: 0.5, 3: 0.8, 5: 0.9, 6: 1} {
		if got := Rank(sorted, x); math.Abs(got-want) > 1e-15 {
			t.Errorf("the rank of %v is %v, want %v", x, got, want)
		}
	}
	if !math.IsNaN(Rank(nil, 1)) {
		t.Error("there is a rank among nobody")
	}
}
