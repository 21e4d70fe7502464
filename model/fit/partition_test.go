package fit

import (
	"context"
	"math"
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
			for _, c := range []struct {
				what string
				got  Margin
				of   func([]float64) float64
				to   func(float64) float64
			}{{"sd", part.SD, sd, math.Log}, {"share", part.Share, share, func(p float64) float64 { return math.Log(p / (1 - p)) }}} {
				v := g.Parameters[p:]
				want, se := c.of(v), byDifferences(c.of, v, g.Cov, p)
				if math.Abs(c.got.Value-want) > 1e-5*want || math.Abs(c.got.StdError-se) > 1e-4*se {
					t.Errorf("%s, %s of %q: %g ± %g, R has %g ± %g", g.Formula, c.what, part.Group, c.got.Value, c.got.StdError, want, se)
				}
				half := 1.959963984540054 * byDifferences(func(v []float64) float64 { return c.to(c.of(v)) }, v, g.Cov, p)
				if low, high := c.to(c.got.Low), c.to(c.got.High); math.Abs(high-low-2*half) > 2e-4*half || math.Abs((high+low)/2-c.to(want)) > 1e-4 {
					t.Errorf("%s, %s of %q: from %g to %g, R has half %g about %g", g.Formula, c.what, part.Group, low, high, half, c.to(want))
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
