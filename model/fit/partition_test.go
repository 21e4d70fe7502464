package fit

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"bidrag/data/frame"
	"bidrag/data/source"
)

// TestPartitionAgreesWithR: sds and shares with the errors that follow from the
// joint covariance of R's fits, by testdata/margins.R. Here the delta method
// is by differences.
func TestPartitionAgreesWithR(t *testing.T) {
	golden, data := readJoint(t)
	compared := 0
	for _, g := range golden {
		m := mustFit(t, g.Formula, data, Options{Family: g.Family, Link: g.Link})
		parts, ok := m.Partition()
		if !ok {
			continue
		}
		compared++
		n := len(parts) - 1
		p := len(g.Parameters) - n
		residual := map[string]float64{"logit": math.Pi * math.Pi / 3, "probit": 1, "cloglog": math.Pi * math.Pi / 6}[g.Link]
		for k, part := range parts {
			numerator := func(v []float64) float64 {
				if k < n {
					return v[k]
				}
				return sum(v)
			}
			sd := func(v []float64) float64 { return math.Sqrt(numerator(v)) }
			share := func(v []float64) float64 { return numerator(v) / (sum(v) + residual) }
			v := g.Parameters[p:]
			square := func(x float64) float64 { return x * x }
			logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
			same := func(x float64) float64 { return x }
			near := byDifferences(numerator, v, g.Cov, p) >= numerator(v) // then the scale is another, and the interval begins at 0
			for _, c := range []struct {
				what        string
				got         Margin
				of          func([]float64) float64
				to, nearing func(float64) float64
			}{{"sd", part.SD, sd, math.Log, square}, {"share", part.Share, share, logit, same}} {
				want, se := c.of(v), byDifferences(c.of, v, g.Cov, p)
				if math.Abs(c.got.Value-want) > 1e-5*want || math.Abs(c.got.StdError-se) > 1e-4*se {
					t.Errorf("%s, %s of %q: %g ± %g, R has %g ± %g", g.Formula, c.what, part.Group, c.got.Value, c.got.StdError, want, se)
				}
				to := c.to
				if near {
					to = c.nearing
				}
				half := 1.959963984540054 * byDifferences(func(v []float64) float64 { return to(c.of(v)) }, v, g.Cov, p)
				low, high := to(c.got.Low), to(c.got.High)
				if math.Abs(high-to(want)-half) > 2e-4*half || !near && math.Abs(to(want)-low-half) > 2e-4*half || near && low != 0 {
					t.Errorf("%s, %s of %q: from %g to %g, R has half %g about %g", g.Formula, c.what, part.Group, low, high, half, to(want))
				}
			}
		}
	}
	if compared == 0 {
		t.Fatal("no model has random intercepts alone")
	}
}

func sum(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

// byDifferences is the standard error of a function of parameters whose
// covariance stands from row p of cov.
func byDifferences(f func([]float64) float64, at []float64, cov [][]float64, p int) float64 {
	g := make([]float64, len(at))
	for j := range at {
		h := 1e-5 * at[j]
		up, down := append([]float64{}, at...), append([]float64{}, at...)
		up[j] += h
		down[j] -= h
		g[j] = (f(up) - f(down)) / (2 * h)
	}
	square := 0.0
	for a := range g {
		for b := range g {
			square += g[a] * cov[p+a][p+b] * g[b]
		}
	}
	return math.Sqrt(square)
}

// TestPartitionIsOfInterceptsAlone: what has no partition, and a variance of zero.
func TestPartitionIsOfInterceptsAlone(t *testing.T) {
	data, err := source.ReadFrame(context.Background(), "testdata/groups.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ formula, family string }{{"one ~ x", ""}, {"slope ~ x + (x | a)", ""}, {"count ~ x + (1 | a)", "poisson"}} {
		if _, ok := mustFit(t, c.formula, data, Options{Family: c.family}).Partition(); ok {
			t.Errorf("%s has a partition", c.formula)
		}
	}
	// Every group has one success in two: less variation than chance.
	var y, g []float64
	for i := range 40 {
		y, g = append(y, float64(i%2)), append(g, float64(i/2))
	}
	flat, err := frame.New(frame.NewNumeric("y", y), frame.NewNumeric("g", g))
	if err != nil {
		t.Fatal(err)
	}
	parts, ok := mustFit(t, "y ~ 1 + (1 | g)", flat, Options{}).Partition()
	if !ok || len(parts) != 2 || parts[1].Share.Value != 0 || !math.IsNaN(parts[1].Share.StdError) {
		t.Errorf("no variation between groups: %+v (%v)", parts, ok)
	}
}

// TestPartitionNearZero: of variances that can hardly be told from zero, the
// intervals begin there and end at something that means something.
func TestPartitionNearZero(t *testing.T) {
	seen := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		var y, g []float64
		for group := range 30 {
			u := 0.1 * r.NormFloat64()
			for range 10 {
				y, g = append(y, 0), append(g, float64(group))
				if r.Float64() < 1/(1+math.Exp(-u)) {
					y[len(y)-1] = 1
				}
			}
		}
		data, err := frame.New(frame.NewNumeric("y", y), frame.NewNumeric("g", g))
		if err != nil {
			t.Fatal(err)
		}
		parts, _ := mustFit(t, "y ~ 1 + (1 | g)", data, Options{}).Partition()
		for _, p := range parts {
			if p.SD.Value == 0 {
				continue
			}
			for _, x := range []Margin{p.SD, p.Share} {
				if !(x.Low >= 0 && x.Low < x.Value && x.Value < x.High) {
					t.Errorf("seed %d: %g from %g to %g", seed, x.Value, x.Low, x.High)
				}
			}
			if 2*p.SD.Value*p.SD.StdError >= p.SD.Value*p.SD.Value { // the error of σ² is as large as σ²
				seen++
				if p.SD.Low != 0 || p.Share.Low != 0 || p.Share.High > 0.2 {
					t.Errorf("seed %d: sd %+v, share %+v", seed, p.SD, p.Share)
				}
			}
		}
	}
	if seen < 3 {
		t.Errorf("only %d variances near zero were seen", seen)
	}
}
