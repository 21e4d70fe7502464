package glm

import (
	"math"
	"slices"
	"sort"
	"testing"

	"bidrag/model/family"
)

// fitWhole fits without a sample.
func fitWhole(d Data) *Estimate {
	p := newProblem(&d, Options{}.withDefaults())
	all := make([]int, d.P)
	for j := range all {
		all[j] = j
	}
	p.basis = p.standard(all)
	p.begin()
	p.iterate()
	return p.estimate()
}

// TestASampleChangesOnlyTheWay: with a sample that serves, one of rows sorted by
// the response, one that lacks a column's values, and one that is separated.
func TestASampleChangesOnlyTheWay(t *testing.T) {
	for _, f := range families {
		d := simulate(f, 12_000, 5, 41)
		sorted := d
		order := make([]int, d.N)
		for i := range order {
			order[i] = i
		}
		sort.SliceStable(order, func(a, b int) bool { return d.Y[order[a]] < d.Y[order[b]] })
		sorted.X, sorted.Y = make([]float64, len(d.X)), make([]float64, d.N)
		rare, separated := d, d
		rare.X, separated.X, separated.Y = slices.Clone(d.X), slices.Clone(d.X), slices.Clone(d.Y)
		for k, i := range order {
			sorted.Y[k] = d.Y[i]
			for j := range d.P {
				sorted.X[j*d.N+k] = d.X[j*d.N+i]
			}
		}
		for i := range d.N {
			rare.X[4*d.N+i], separated.X[4*d.N+i] = 0, float64(i%7/6)
			if i < 60 {
				rare.X[4*d.N+i] = 1
			}
			if i > 60 && i%7 == 6 && f.Dist == family.Binomial {
				separated.Y[i] = 1
			}
		}
		for name, d := range map[string]Data{"plain": d, "sorted": sorted, "rare": rare, "separated": separated} {
			got, want := mustFit(t, d, Options{}), fitWhole(d)
			if got.Status != Converged || want.Status != Converged || !agree(got.Beta, want.Beta, 1e-9) || !agree(got.Cov, want.Cov, 1e-9) || math.Abs(got.Deviance-want.Deviance) > 1e-10*want.Deviance {
				t.Errorf("%v %v, %s: %v %v, without a sample %v %v", f.Dist, f.Link, name, got.Status, got.Beta, want.Status, want.Beta)
			}
		}
	}
}

// TestASampleIsUsed: it costs no pass over all rows.
func TestASampleIsUsed(t *testing.T) {
	for _, f := range families {
		d := simulate(f, 60_000, 8, 43)
		p := newProblem(&d, Options{}.withDefaults())
		p.choose()
		if (p.gamma != nil) == f.HasDispersion() {
			t.Errorf("%v %v: starts from a sample: %v", f.Dist, f.Link, p.gamma != nil)
		}
		if p.gamma == nil {
			continue
		}
		p.iterate() // a pass for every iteration; one more without a sample
		if passes, whole := p.result.iterations, fitWhole(d).Iterations+1; passes > whole {
			t.Errorf("%v %v: %d passes, %d without a sample", f.Dist, f.Link, passes, whole)
		}
	}
}
