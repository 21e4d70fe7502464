package glmm

import "math"

// UnitVariances tells how much the units differ and how much of it the data leave
// open. A unit is any set of rows, of[i] that of row i of Data, −1 none; its effect
// is the mean over its rows of what the random effects add to the linear
// predictor, ē = ā'u with u standard normal and ā the mean loading:
//
//	prior      Var ē        = ā'ā
//	posterior  Var(ē | y)   = ā'H⁻¹ā
//
// with the parameters at their estimates. Rows without weight do not count. Both
// are NaN for a unit without a row.
//
// Source: Skrondal and Rabe-Hesketh (2009), J. R. Stat. Soc. A 172, 659–687, for
// the two variances of predicted random effects.
func (e *Estimate) UnitVariances(of []int32, units int) (prior, posterior []float64) {
	f := e.fitted
	p, s, w := f.p, f.p.s, f.w
	pr := &predictor{f: f, others: map[int][]float64{}, inverse: make([]float64, s.nnz)}
	w.newton.Inverse(pr.inverse)
	loads := make([][]load, units)
	rows := make([]float64, units)
	for c := range s.cells {
		for r := s.start[c]; r < s.start[c+1]; r++ {
			u := of[s.rows[r]]
			if u < 0 {
				continue
			}
			rows[u]++
			for k := range s.depth {
				loads[u] = addLoad(loads[u], k, s.group[s.place[k]][c], w.a[k][c])
			}
		}
	}
	prior, posterior = nans(units), nans(units)
	for u, l := range loads {
		if rows[u] == 0 {
			continue
		}
		scale := p.unit / rows[u]
		var own, left float64
		for i, a := range l {
			own += a.sum * a.sum
			left += a.sum * a.sum * pr.covariance(a.slot, a.slot, a.group, a.group)
			for _, b := range l[:i] {
				low, high := b, a
				if low.slot > high.slot {
					low, high = high, low
				}
				left += 2 * a.sum * b.sum * pr.covariance(low.slot, high.slot, low.group, high.group)
			}
		}
		prior[u], posterior[u] = own*scale*scale, math.Max(left, 0)*scale*scale
	}
	return prior, posterior
}

// A load is what one random effect adds to the sum over the rows of a unit.
type load struct {
	slot  int
	group int32
	sum   float64
}

// addLoad adds a row's loading. Rows come in the order of their groups, so that
// the group is most often among the last.
func addLoad(to []load, slot int, group int32, a float64) []load {
	for i := len(to) - 1; i >= 0; i-- {
		if to[i].slot == slot && to[i].group == group {
			to[i].sum += a
			return to
		}
	}
	return append(to, load{slot, group, a})
}
