package univariate

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Golden values: R 4.2.2, options(digits = 16); x <- c(3.1, -2, 7.5, 0.25, 11, 4);
// mean(x); sd(x); quantile(x, c(0, .1, .25, .5, .9, 1)).
func TestAgainstR(t *testing.T) {
	x := []float64{3.1, -2, 7.5, 0.25, 11, 4}
	mean, sd := MeanSD(x)
	near(t, "mean", mean, 3.975)
	near(t, "sd", sd, 4.735372213459043)
	slices.Sort(x)
	for p, want := range map[float64]float64{0: -2, 0.1: -0.875, 0.25: 0.9625, 0.5: 3.55, 0.9: 9.25, 1: 11} {
		near(t, "quantile", Quantile(x, p), want)
	}
}

// Golden values: R 4.2.2, prop.test(part, n, correct = FALSE)$conf.int.
func TestWilsonAgainstR(t *testing.T) {
	for _, c := range []struct {
		part, n   int
		low, high float64
	}{
		{0, 5, 0, 0.4344824647831746},
		{3, 10, 0.107791267406301, 0.6032218525388545},
		{7, 7, 0.6456695649333126, 1},
		{1034, 1420, 0.7044361364781784, 0.7506707126626735},
	} {
		low, high := Wilson(c.part, c.n, 0.95)
		near(t, "low", low, c.low)
		near(t, "high", high, c.high)
	}
}

// Published values: Newcombe (1998), Table II, method 10, four decimals.
func TestNewcombeAgainstThePaper(t *testing.T) {
	for _, c := range []struct {
		part1, n1, part2, n2 int
		low, high            float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 10, -0.2775, 0.2775},
		{10, 10, 0, 10, 0.6075, 1.0000},
	} {
		low, high := Newcombe(c.part1, c.n1, c.part2, c.n2, 0.95)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d/%d − %d/%d: %.4f to %.4f, want %.4f to %.4f", c.part1, c.n1, c.part2, c.n2, low, high, c.low, c.high)
		}
	}
}

func TestNothingToSay(t *testing.T) {
	mean, sd := MeanSD(nil)
	_, one := MeanSD([]float64{2})
	low, high := Wilson(0, 0, 0.95)
	for _, x := range []float64{mean, sd, one, low, high, Quantile(nil, 0.5)} {
		if !math.IsNaN(x) {
			t.Errorf("%v, want NaN", x)
		}
	}
}

// A proportion lies in its interval, the interval in [0, 1], and that of the
// failures mirrors it.
func TestWilsonInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 100000).Draw(t, "n")
		part := rapid.IntRange(0, n).Draw(t, "part")
		low, high := Wilson(part, n, 0.95)
		mirrorLow, mirrorHigh := Wilson(n-part, n, 0.95)
		p := float64(part) / float64(n)
		if low < 0 || high > 1 || low > p+1e-12 || high < p-1e-12 {
			t.Fatalf("%v in [%v, %v]", p, low, high)
		}
		if math.Abs(1-high-mirrorLow) > 1e-12 || math.Abs(1-low-mirrorHigh) > 1e-12 {
			t.Fatalf("[%v, %v] and [%v, %v]", low, high, mirrorLow, mirrorHigh)
		}
	})
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-14*math.Max(1, math.Abs(want)) {
		t.Errorf("%s = %.16g, want %.16g", what, got, want)
	}
}
