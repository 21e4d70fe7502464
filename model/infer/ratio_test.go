package infer

import (
	"errors"
	"math"
	"testing"
)

// Quantiles of χ² as tabulated; the mixture's 5 % points are those of Stram
// and Lee (1994): 2.71 for a first random effect, 5.14 for a second.
func TestLikelihoodRatioTails(t *testing.T) {
	for _, c := range []struct {
		got, want, tolerance float64
	}{
		{LikelihoodRatio(3.841458820694124, 1), 0.05, 1e-12},
		{LikelihoodRatio(5.991464547107979, 2), 0.05, 1e-12},
		{LikelihoodRatio(18.307038053275146, 10), 0.05, 1e-12},
		{LikelihoodRatio(0, 3), 1, 0},
		{LikelihoodRatio(2000, 1), 0, 1e-300},
		{BoundaryRatio(2.705543454095404, 1), 0.05, 1e-12},
		{BoundaryRatio(5.138, 2), 0.05, 1e-4},
		{BoundaryRatio(0, 1), 1, 0},
	} {
		if math.Abs(c.got-c.want) > c.tolerance {
			t.Errorf("p %g, want %g", c.got, c.want)
		}
	}
	if !math.IsNaN(LikelihoodRatio(math.NaN(), 1)) {
		t.Error("nothing is known of NaN")
	}
}

func TestProfileBounds(t *testing.T) {
	square := func(b float64) (float64, error) { return (b - 3) * (b - 3) / 4, nil } // estimate 3, error 2
	skewed := func(b float64) (float64, error) { return 10 * (math.Exp(b) - b - 1), nil }
	level := func(b float64) (float64, error) { return min(1, b*b), nil } // never falls by more than 1
	for _, c := range []struct {
		name                    string
		drop                    Drop
		estimate, step, z, want float64
	}{
		{"up", square, 3, 1, 1.96, 3 + 2*1.96},
		{"down, from a long step", square, 3, -500, 1.96, 3 - 2*1.96},
		{"up, from a tiny step", square, 3, 1e-6, 1.96, 3 + 2*1.96},
		{"no bound", level, 0, 1, 1.96, math.Inf(1)},
		{"no lower bound", level, 0, -1, 1.96, math.Inf(-1)},
	} {
		if got, err := ProfileBound(c.drop, c.estimate, c.step, c.z); err != nil || got != c.want && math.Abs(got-c.want) > 1e-7 {
			t.Errorf("%s: %g, want %g (%v)", c.name, got, c.want, err)
		}
	}
	for _, step := range []float64{-0.3, 0.3} {
		b, err := ProfileBound(skewed, 0, step, 1.96)
		if d, _ := skewed(b); err != nil || math.Abs(math.Sqrt(d)-1.96) > 1e-7 || b*step < 0 {
			t.Errorf("from %g: %g, where the root is %g (%v)", step, b, math.Sqrt(d), err)
		}
	}
	broken := errors.New("broken")
	if _, err := ProfileBound(func(float64) (float64, error) { return 0, broken }, 0, 1, 2); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if _, err := ProfileBound(func(float64) (float64, error) { return math.NaN(), nil }, 0, 1, 2); err == nil {
		t.Error("no error where the likelihood has no value")
	}
}
