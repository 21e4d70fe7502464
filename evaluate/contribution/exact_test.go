package contribution

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// outcomes are n, of whom the first o attained the goal.
func outcomes(n, o int) []float64 {
	y := make([]float64, n)
	for i := range o {
		y[i] = 1
	}
	return y
}

// drawn are log odds of n participants about centre.
func drawn(random *rand.Rand, n int, centre, sd float64) []float64 {
	eta := make([]float64, n)
	for i := range eta {
		eta[i] = centre + sd*random.NormFloat64()
	}
	return eta
}

// convolved is the distribution of the number who attain the goal after a shift,
// the plain way.
func convolved(eta []float64, shift float64) []float64 {
	f := []float64{1}
	for _, e := range eta {
		p := 1 / (1 + math.Exp(-e-shift))
		next := make([]float64, len(f)+1)
		for k, x := range f {
			next[k] += x * (1 - p)
			next[k+1] += x * p
		}
		f = next
	}
	return f
}

func sum(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total
}

// TestThreeByHand: with probabilities 0.2, 0.5 and 0.9 none to three attain the
// goal with probability 0.04, 0.41, 0.46 and 0.09.
func TestThreeByHand(t *testing.T) {
	eta := []float64{logOdds(0.2), logOdds(0.5), logOdds(0.9)}
	want := []float64{0.04, 0.41, 0.46, 0.09}
	for o := range want {
		x := Compare(eta, outcomes(3, o))
		upper, lower := sum(want[o:]), sum(want[:o+1])
		near(t, "point", x.Point, want[o])
		near(t, "upper", x.Upper, upper)
		near(t, "lower", x.Lower, lower)
		near(t, "p", x.PValue, math.Min(1, 2*math.Min(upper, lower)))
	}
}

// TestClopperPearson: equal probabilities give the interval of a binomial share,
// by the quantiles of the beta distribution, whatever was expected.
func TestClopperPearson(t *testing.T) {
	for _, n := range []int{1, 2, 5, 30, 1300} {
		for _, expected := range []float64{0.02, 0.5, 0.97} {
			eta := make([]float64, n)
			for i := range eta {
				eta[i] = logOdds(expected)
			}
			for o := 0; o <= n; o += max(1, n/7) {
				x := Compare(eta, outcomes(n, o))
				low, high := 0.0, 1.0
				if o > 0 {
					low = distuv.Beta{Alpha: float64(o), Beta: float64(n - o + 1)}.Quantile(0.025)
				}
				if o < n {
					high = distuv.Beta{Alpha: float64(o + 1), Beta: float64(n - o)}.Quantile(0.975)
				}
				if math.Abs(x.Low-low) > 1e-9 || math.Abs(x.High-high) > 1e-9 {
					t.Errorf("%d of %d: from %v to %v, want %v to %v", o, n, x.Low, x.High, low, high)
				}
			}
		}
	}
}

// TestIntervalEndsWhereTheTestDoes: at the ends of the interval the tails are 2.5
// per cent, by a convolution of its own at each; it holds the actual share; and it
// leaves out the expected one exactly when the p-value is under 0.05.
func TestIntervalEndsWhereTheTestDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	clear := 0
	for _, n := range []int{1, 2, 3, 7, 20, 60, 200} {
		for range 20 {
			eta := drawn(random, n, random.NormFloat64(), 1.5)
			o := random.IntN(n + 1)
			x := Compare(eta, outcomes(n, o))
			what := fmt.Sprintf("%d of %d", o, n)
			if o > 0 {
				if tail := sum(convolved(eta, x.ShiftLow)[o:]); math.Abs(tail-0.025) > 1e-9 {
					t.Errorf("%s: P(O ≥ o) = %v at the lower end", what, tail)
				}
			} else if x.Low != 0 || !math.IsInf(x.ShiftLow, -1) {
				t.Errorf("%s: from %v", what, x.Low)
			}
			if o < n {
				if tail := sum(convolved(eta, x.ShiftHigh)[:o+1]); math.Abs(tail-0.025) > 1e-9 {
					t.Errorf("%s: P(O ≤ o) = %v at the upper end", what, tail)
				}
			} else if x.High != 1 || !math.IsInf(x.ShiftHigh, 1) {
				t.Errorf("%s: to %v", what, x.High)
			}
			if actual := float64(o) / float64(n); !(x.Low <= actual && actual <= x.High) {
				t.Errorf("%s: from %v to %v", what, x.Low, x.High)
			}
			leaves := x.ShiftLow > 0 || x.ShiftHigh < 0
			if leaves != (x.PValue < 0.05) {
				t.Errorf("%s: p = %v, shifts from %v to %v", what, x.PValue, x.ShiftLow, x.ShiftHigh)
			}
			if leaves {
				clear++
			}
		}
	}
	if clear < 10 {
		t.Errorf("%d were clear, too few to say", clear)
	}
}

// TestCoverage: whatever the shift, the interval holds it with at least 95 per
// cent, added up over all that may be observed, at every size.
func TestCoverage(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 3, 5, 8, 12, 20, 40} {
		eta := drawn(random, n, 0.3, 1)
		var of []Exact
		for o := range n + 1 {
			of = append(of, Compare(eta, outcomes(n, o)))
		}
		for _, shift := range []float64{-3, -1.1, -0.4, 0, 0.2, 0.8, 1.7, 4} {
			held, flagged := 0.0, 0.0
			for o, p := range convolved(eta, shift) {
				if of[o].ShiftLow <= shift && shift <= of[o].ShiftHigh {
					held += p
				}
				if of[o].PValue < 0.05 {
					flagged += p
				}
			}
			if held < 0.95-1e-12 {
				t.Errorf("%d persons, shift %v: held with %v", n, shift, held)
			}
			if shift == 0 && flagged > 0.05+1e-12 {
				t.Errorf("%d average persons: called different with %v", n, flagged)
			}
		}
	}
}

// TestFarOut: what was all but impossible, probabilities of exactly 0 and 1, and
// many persons, give numbers and not NaN.
func TestFarOut(t *testing.T) {
	same := func(n int, p float64) []float64 {
		eta := make([]float64, n)
		for i := range eta {
			eta[i] = logOdds(p)
		}
		return eta
	}
	for _, c := range []struct {
		eta []float64
		o   int
	}{
		{same(1, 0), 0}, {same(1, 0), 1}, {same(1, 1), 0}, {same(1, 1), 1},
		{same(2000, 1e-9), 2000}, {same(2000, 0.5), 0}, {same(2000, 1), 3}, {same(3000, 0.5), 1500},
		{append(same(40, 0), same(40, 1)...), 40}, {append(same(40, 0), same(40, 1)...), 39}, {append(same(40, 0), same(40, 1)...), 80},
	} {
		n := len(c.eta)
		x, own := Compare(c.eta, outcomes(n, c.o)), firth(newShifter(c.eta, outcomes(n, c.o)))
		for _, v := range []float64{x.Upper, x.Lower, x.PValue, x.Low, x.High} {
			if !(v >= 0 && v <= 1) {
				t.Errorf("%d of %d: %+v", c.o, n, x)
				break
			}
		}
		if share := float64(c.o) / float64(n); !(x.Low <= share && share <= x.High && x.Low < x.High) {
			t.Errorf("%d of %d: from %v to %v", c.o, n, x.Low, x.High)
		}
		if !(own.Low < own.Value && own.Value < own.High) || math.IsInf(own.Low, 0) || math.IsInf(own.High, 0) {
			t.Errorf("%d of %d: %+v", c.o, n, own)
		}
	}
	// All of 2,000, each with 10⁻⁹: P = 10⁻¹⁸⁰⁰⁰, which is 0 and no NaN; 20 of 20 is 10⁻¹⁸⁰.
	if x := Compare(same(20, 1e-9), outcomes(20, 20)); math.Abs(x.PValue/2e-180-1) > 1e-9 {
		t.Errorf("p = %v, want 2e-180", x.PValue)
	}
}

// TestFirthOfEqualProbabilities: the penalised estimate adds half a person to both
// sides, h(η + α̂) = (o + ½)/(n + 1), and the ends are where the penalised
// likelihood of a binomial share, written out, has fallen by 3.84/2.
func TestFirthOfEqualProbabilities(t *testing.T) {
	for _, c := range [][2]int{{0, 1}, {1, 1}, {0, 8}, {8, 8}, {3, 10}, {700, 1300}} {
		o, n := float64(c[0]), float64(c[1])
		eta := make([]float64, c[1])
		for i := range eta {
			eta[i] = 0.7
		}
		got := firth(newShifter(eta, outcomes(c[1], c[0])))
		share := (o + 0.5) / (n + 1)
		if math.Abs(got.Value-(math.Log(share/(1-share))-0.7)) > 1e-9 {
			t.Errorf("%v of %v: %v", o, n, got.Value)
		}
		penalised := func(alpha float64) float64 {
			p := 1 / (1 + math.Exp(-0.7-alpha))
			return (o+0.5)*math.Log(p) + (n-o+0.5)*math.Log(1-p)
		}
		for _, end := range []float64{got.Low, got.High} {
			if drop := 2 * (penalised(got.Value) - penalised(end)); math.Abs(drop-3.841458820694124) > 1e-7 {
				t.Errorf("%v of %v: the penalised likelihood falls by %v", o, n, drop)
			}
		}
		if !(got.Low < got.Value && got.Value < got.High) {
			t.Errorf("%v of %v: %+v", o, n, got)
		}
	}
}

// TestFirthSolvesItsEquation for unequal probabilities.
func TestFirthSolvesItsEquation(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 2, 9, 70} {
		eta := drawn(random, n, -0.5, 2)
		for o := range n + 1 {
			y := outcomes(n, o)
			got := firth(newShifter(eta, y))
			score, info, bend := 0.0, 0.0, 0.0
			for i, e := range eta {
				p := 1 / (1 + math.Exp(-e-got.Value))
				score += y[i] - p
				info += p * (1 - p)
				bend += p * (1 - p) * (0.5 - p)
			}
			if math.Abs(score+bend/info) > 1e-9 {
				t.Errorf("%d of %d: the score is %v", o, n, score+bend/info)
			}
		}
	}
}

// TestDiscoveries: q-values by hand; R: p.adjust(c(.01, .02, .03, .04, .5, .04), "BH").
func TestDiscoveries(t *testing.T) {
	q := Discoveries([]float64{0.01, 0.02, 0.03, 0.04, 0.5, 0.04})
	for i, want := range []float64{0.048, 0.048, 0.048, 0.048, 0.5, 0.048} {
		near(t, fmt.Sprint("q", i), q[i], want)
	}
	if q := Discoveries([]float64{0.9, 1}); q[0] != 1 || q[1] != 1 {
		t.Errorf("%v", q)
	}
	if len(Discoveries(nil)) != 0 {
		t.Error("q-values of nothing")
	}
}

// TestAttainment: by hand, of more persons than are taken at a time, one of whom
// has no expectation; and between knots as the sum over everyone.
func TestAttainment(t *testing.T) {
	expected := []float64{math.NaN()}
	for i := range 1500 {
		expected = append(expected, []float64{0.5, 0.2, 0.2}[i%3])
	}
	c := NewCountry(expected)
	near(t, "as it is", c.Attainment(0), 0.3)
	if got := c.Attainment(math.Log(2)); math.Abs(got-(2.0/3+2*1.0/3)/3) > 1e-10 {
		t.Errorf("with odds twice as large %v", got)
	}
	near(t, "all", c.Attainment(math.Inf(1)), 1)
	near(t, "nobody", c.Attainment(math.Inf(-1)), 0)
	if !math.IsNaN(NewCountry(nil).Attainment(0)) {
		t.Error("nobody attains something")
	}
	random := rand.New(rand.NewPCG(11, 12))
	var p []float64
	for _, e := range drawn(random, 50, -0.5, 2) {
		p = append(p, 1/(1+math.Exp(-e)))
	}
	c = NewCountry(p)
	for range 200 {
		shift, sum := 10*random.Float64()-5, 0.0
		for _, x := range p {
			sum += 1 / (1 + (1-x)/x*math.Exp(-shift))
		}
		if got := c.Attainment(shift); math.Abs(got-sum/50) > 1e-10 {
			t.Errorf("shifted by %v: %v, want %v", shift, got, sum/50)
		}
	}
}
