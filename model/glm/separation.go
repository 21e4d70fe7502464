package glm

import (
	"math"

	"bidrag/model/family"
)

// Separation: the likelihood of a binomial or Poisson model has no maximum
// when some direction d of the coefficients raises η where the outcome is as
// high as can be, lowers it where it is as low as can be, and leaves it alone
// elsewhere; along d the likelihood rises for ever. Such a d proves it. The
// steps of Fisher scoring turn into such a direction, so each step is tested,
// and so is the vector of coefficients itself, for complete separation.
//
// Source: Albert and Anderson (1984), Biometrika 71, 1–10; for Poisson models
// Correia, Guimarães and Zylkin (2019), arXiv:1903.01633.

const (
	// certificate is how far, relative to its largest change, a direction may
	// move η the wrong way by rounding and still be a proof.
	certificate = 1e-6
	// certificateStep is the smallest change in η that is looked at.
	certificateStep = 1e-3
	// separatedGain ends the iteration of a separated model when a step lowers
	// the deviance by less than this share; R's glm stops at the same.
	separatedGain = 1e-8
	// infiniteShare marks the coefficients that move: those whose change moves
	// η by more than this share of the largest change.
	infiniteShare = 1e-4
)

// A reach says how a change of η treats the rows that can run off.
type reach struct {
	least  float64 // smallest change in the direction that pays, over rows that have one
	most   float64 // largest
	inside float64 // largest absolute change over the other rows
}

// noReach is the reach of no rows.
var noReach = reach{least: math.Inf(1), most: math.Inf(-1), inside: 0}

func (r *reach) join(o reach) {
	r.least, r.most, r.inside = min(r.least, o.least), max(r.most, o.most), max(r.inside, o.inside)
}

// separates tells whether the change is a direction of ever rising likelihood.
func (r reach) separates() bool {
	slack := certificate * r.most
	return r.most > certificateStep && r.least >= -slack && r.inside <= slack
}

// signs finds, for every row, where its η can run off to; nil for families
// without such rows. Rows that count nothing have none.
func signs(d *Data, a []float64) []int8 {
	if d.Family.HasDispersion() {
		return nil
	}
	out := make([]int8, d.N)
	some := false
	for i, y := range d.Y {
		switch {
		case y == 0:
			out[i] = -1
		case y == 1 && d.Family.Dist == family.Binomial:
			out[i] = 1
		}
		some = some || out[i] != 0 && a[i] > 0
	}
	if !some {
		return nil
	}
	return out
}

// reaches compares η, without offset, with that of the last accepted step.
func (p *problem) reaches(lo, hi int, eta []float64, s *sums) {
	if p.sign == nil {
		return
	}
	sign, old, a := p.sign[lo:hi], p.eta[lo:hi], p.a[lo:hi]
	for i, e := range eta {
		if a[i] == 0 {
			continue
		}
		change := e - old[i]
		if p.data.Offset != nil {
			change += p.data.Offset[lo+i]
		}
		switch f := float64(sign[i]); f {
		case 0:
			s.step.inside = max(s.step.inside, math.Abs(change))
			s.whole.inside = max(s.whole.inside, math.Abs(e))
		default:
			s.step.least, s.step.most = min(s.step.least, f*change), max(s.step.most, f*change)
			s.whole.least, s.whole.most = min(s.whole.least, f*e), max(s.whole.most, f*e)
		}
	}
}

// separated tells whether the last step, or the coefficients as a whole, are a
// direction of ever rising likelihood.
func (s *sums) separated() bool {
	complete := s.whole.least > 0 && s.whole.inside == 0 && !math.IsInf(s.whole.least, 1)
	return complete || s.step.separates()
}

// infinite marks the coefficients that the last step moves, given the step in
// the basis.
func (p *problem) infinite(step []float64, largest float64) []bool {
	b := &p.basis
	beta := b.back(step)
	out := make([]bool, p.data.P)
	for k, j := range b.cols {
		out[j] = math.Abs(beta[k]*b.scale[k]) > infiniteShare*largest
	}
	return out
}
