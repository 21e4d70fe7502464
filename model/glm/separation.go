package glm

import (
	"math"
	"slices"
	"sync/atomic"

	"gonum.org/v1/gonum/mat"

	"bidrag/model/family"
)

// Separation: the likelihood of a binomial or Poisson model has no maximum
// when some direction d of the coefficients raises η where the outcome is as
// high as can be, lowers it where it is as low as can be, and leaves it alone
// elsewhere; along d the likelihood rises for ever. Such a d proves it. The
// steps of Fisher scoring turn into such a direction, so each step is tested,
// and so is the vector of coefficients itself, for complete separation. Where the
// iteration ends without a proof, the part of the last step that goes along
// nearly flat directions of the likelihood is tested too: it is free of what has
// not quite converged in the others.
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
	// flatShare marks directions that the data say next to nothing about: those
	// with an eigenvalue of the scaled information below this.
	flatShare = 1e-8
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
// without such rows, and when all such rows count nothing.
func (p *problem) signs() {
	d := p.data
	if d.Family.HasDispersion() {
		return
	}
	sign := make([]int8, d.N)
	var some atomic.Bool
	p.chunks(func(lo, hi int) {
		found := false
		for i := lo; i < hi; i++ {
			switch y := d.Y[i]; {
			case y == 0:
				sign[i] = -1
			case y == 1 && d.Family.Dist == family.Binomial:
				sign[i] = 1
			}
			found = found || sign[i] != 0 && p.a[i] > 0
		}
		if found {
			some.Store(true)
		}
	})
	if some.Load() {
		p.sign = sign
	}
}

// reaches compares η, without offset, with that of the last accepted step.
func (p *problem) reaches(lo, hi int, eta []float64, s *sums) {
	if p.sign == nil {
		return
	}
	sign, old, a := p.sign[lo:hi], p.eta[lo:hi], p.a[lo:hi]
	offset := part(p.data.Offset, lo, hi)
	step, whole := s.step, s.whole
	for i, e := range eta {
		if p.idle && a[i] == 0 {
			continue
		}
		change := e - old[i]
		if offset != nil {
			change += offset[i]
		}
		step.see(float64(sign[i]), change)
		whole.see(float64(sign[i]), e)
	}
	s.step, s.whole = step, whole
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

// prove tests the step along flat directions, and returns what it makes
// infinite; nil when it proves nothing.
func (p *problem) prove() []bool {
	k := len(p.basis.cols)
	if p.sign == nil || k == 0 {
		return nil
	}
	if _, pivots, ok := cholesky(p.now.hessian, k, 0); ok && slices.Min(pivots) > flatShare {
		return nil
	}
	step := p.flatStep()
	if step == nil {
		return nil
	}
	r := p.reachOf(step)
	if !(r.most > 0) || math.IsInf(r.most, 1) {
		return nil
	}
	for j := range step {
		step[j] /= r.most
	}
	if !p.reachOf(step).separates() {
		return nil
	}
	return p.infinite(step, 1)
}

// flatStep is the Newton step within the eigenvectors of the information,
// scaled to unit diagonal, whose eigenvalues are small; nil without any.
func (p *problem) flatStep() []float64 {
	k := len(p.basis.cols)
	d := make([]float64, k)
	for i := range k {
		if d[i] = math.Sqrt(p.now.hessian[i*k+i]); !(d[i] > 0) || math.IsInf(d[i], 1) {
			d[i] = 1
		}
	}
	scaled := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			scaled.SetSym(i, j, p.now.hessian[i*k+j]/d[i]/d[j])
		}
	}
	var eigen mat.EigenSym
	if firstBad(scaled.RawSymmetric().Data, isFinite) >= 0 || !eigen.Factorize(scaled, true) {
		return nil
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	g := p.basis.contract(p.now.gradient)
	var step []float64
	for e, value := range eigen.Values(nil) {
		if value > flatShare {
			continue
		}
		if step == nil {
			step = make([]float64, k)
		}
		along := 0.0
		for i := range k {
			along += vectors.At(i, e) * g[i] / d[i]
		}
		for i := range k {
			step[i] += vectors.At(i, e) * along / max(value, 1e-16) / d[i]
		}
	}
	return step
}

// reachOf is the reach of a direction, given in the basis.
func (p *problem) reachOf(step []float64) reach {
	c := p.basis.expand(step)
	eta := make([]float64, p.chunk)
	r := noReach
	for lo := 0; lo < p.data.N; lo += p.chunk {
		hi := min(lo+p.chunk, p.data.N)
		p.linear(c, lo, hi, eta[:hi-lo])
		for i, e := range eta[:hi-lo] {
			if p.a[lo+i] > 0 {
				r.see(float64(p.sign[lo+i]), e)
			}
		}
	}
	return r
}

// see takes one row into account; a change that is no number stays.
func (r *reach) see(sign, change float64) {
	if sign == 0 {
		r.inside = max(r.inside, math.Abs(change))
		return
	}
	change *= sign
	if change < r.least || change != change {
		r.least = change
	}
	if change > r.most || change != change {
		r.most = change
	}
}
