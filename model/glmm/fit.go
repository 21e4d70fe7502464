package glmm

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"bidrag/model/glm"
)

// Fit finds the maximum-likelihood estimate. The error is for data that no
// model can be fitted to, those of [glm.Fit] among them, and [ErrCrossed]. A
// fit that does not converge is no error but a status.
//
// It begins with the model without random effects and climbs by a quasi-Newton
// method whose first metric is nearly the Hessian. Then it looks for variances
// that vanish, computes the Hessian of all parameters together, and ends with
// Newton steps.
func Fit(d Data, o Options) (*Estimate, error) {
	if o.MaxIterations <= 0 {
		o.MaxIterations = 200
	}
	d.check()
	p, err := newProblem(&d, o)
	if err != nil {
		return nil, err
	}
	f := newClimb(p)
	f.run()
	return f.estimate(), nil
}

func newClimb(p *problem) *climb {
	return &climb{p: p, w: p.newState(p.threads()), gradient: make([]float64, p.params)}
}

// check panics on shapes that differ, a bug of the caller.
func (d *Data) check() {
	for _, t := range d.Terms {
		if len(t.Group) != d.N || t.Q < 1 || t.Z != nil && len(t.Z) != d.N*t.Q || t.Z == nil && t.Q != 1 || t.Groups < 1 {
			panic("glmm: the shapes of a random term differ")
		}
	}
	if len(d.Terms) == 0 {
		panic("glmm: no random term")
	}
}

// A climb is a fit under way, and the point it has reached.
type climb struct {
	p        *problem
	w        *state // at x
	x        []float64
	value    float64       // log-likelihood at x
	gradient []float64     // at x
	held     []int         // diagonal elements of T that are zero, and what stands below them
	free     []int         // the others
	metric   *mat.SymDense // rough Hessian of minus the log-likelihood by all parameters
	hessian  *mat.SymDense // of minus the log-likelihood by the free parameters
	inverse  *mat.SymDense // of it

	tie   func(x []float64)           // sets what depends on other parameters; nil when nothing does
	chain func(x, gradient []float64) // takes derivatives along; nil when there is nothing to take

	status      glm.Status
	reason      string
	iterations  int
	evaluations int
}

const (
	roughly     = 1e-5 // tolerance of the search before the Hessian is known, in standard errors
	precisely   = 1e-9 // of that after
	sameHessian = 1e-8 // squared standard errors within which the Hessian is taken to be the same
)

func (f *climb) run() {
	p := f.p
	f.status, f.x, f.value = glm.NotConverged, p.first(), math.NaN()
	f.split()
	if p.start.Exact {
		f.reason = exactText
		return
	}
	if !f.begin() {
		f.reason = "no starting value has a finite likelihood"
		return
	}
	f.metric = p.metric(f.w, f.gradient)
	f.evaluations += p.params - p.k
	f.search(f.metric, roughly)
	if f.bound() {
		f.search(sub(f.metric, f.free), roughly)
		if f.release() {
			f.search(sub(f.metric, f.free), roughly)
		}
	}
	f.finish()
	if f.status != glm.Converged && f.w.phi < 1e6*p.floor {
		f.reason = exactText
	}
}

const exactText = "the terms determine the response exactly, and no residual variance is left"

// begin finds a first point with a finite likelihood.
func (f *climb) begin() bool {
	p := f.p
	for range 4 {
		if f.evaluate(); isFinite(f.value) {
			return true
		}
		for j := p.k; j < p.k+p.theta; j++ {
			f.x[j] /= 5
		}
	}
	return false
}

func (f *climb) evaluate() { f.value = f.at(f.x, f.gradient) }

// at evaluates the log-likelihood at x, in which it sets what is tied.
func (f *climb) at(x, gradient []float64) float64 {
	if f.tie != nil {
		f.tie(x)
	}
	value := f.w.evaluate(x, gradient)
	f.evaluations++
	if f.chain != nil {
		f.chain(x, gradient)
	}
	return value
}

// search climbs in the free parameters, with a metric for them.
func (f *climb) search(metric *mat.SymDense, tol float64) {
	n := len(f.free)
	if n == 0 {
		f.status, f.reason = glm.Converged, "nothing is left to estimate"
		f.evaluate()
		return
	}
	full, gradient := slices.Clone(f.x), make([]float64, f.p.params)
	s := &search{x: make([]float64, n), slope: make([]float64, n), value: -f.value}
	s.f = func(x, slope []float64) float64 {
		for i, j := range f.free {
			full[j] = x[i]
		}
		value := f.at(full, gradient)
		for i, j := range f.free {
			slope[i] = -gradient[j]
		}
		return -value
	}
	for i, j := range f.free {
		s.x[i], s.slope[i] = f.x[j], -f.gradient[j]
	}
	if s.inverse = invert(metric); s.inverse == nil {
		s.inverse = invert(diagonal(slices.Repeat([]float64{1}, n)))
	}
	s.minimise(tol, f.p.opts.MaxIterations)
	for i, j := range f.free {
		f.x[j] = s.x[i]
	}
	f.iterations += s.steps
	f.reason = s.reason
	if f.status = glm.NotConverged; s.done {
		f.status = glm.Converged
	}
	switch f.value = -s.value; {
	case !slices.Equal(f.w.x, f.x): // the state is at a point that was refused
		f.evaluate()
	case s.steps > 0:
		copy(f.gradient, gradient)
	}
}

// finish computes the Hessian and ends with steps that start from it; where
// they lead away from where it was computed, it is computed anew.
func (f *climb) finish() {
	if len(f.free) == 0 {
		return
	}
	diagonal := make([]float64, len(f.free))
	for i, j := range f.free {
		diagonal[i] = f.metric.At(j, j)
	}
	for range 3 {
		f.hessian = f.p.hessian(f.w, f.free, diagonal)
		f.evaluations += 2 * len(f.free)
		if f.inverse = invert(f.hessian); f.inverse == nil || f.status != glm.Converged {
			break
		}
		before := slices.Clone(f.x)
		f.search(f.hessian, precisely)
		if f.between(before, f.x) < sameHessian {
			break
		}
		for i := range diagonal {
			diagonal[i] = f.hessian.At(i, i)
		}
	}
	if f.inverse == nil && f.status == glm.Converged {
		f.inverse = generalised(f.hessian)
	}
}

// between is the squared distance of two points in standard errors.
func (f *climb) between(x, y []float64) float64 {
	d := mat.NewVecDense(len(f.free), nil)
	for i, j := range f.free {
		d.SetVec(i, x[j]-y[j])
	}
	return mat.Inner(d, f.hessian, d)
}

// invert returns the inverse of a positive definite matrix; nil when it is not
// that to working precision.
func invert(h *mat.SymDense) *mat.SymDense {
	n := h.SymmetricDim()
	scale := make([]float64, n)
	for i := range n {
		if scale[i] = math.Sqrt(h.At(i, i)); !(scale[i] > 0) || math.IsInf(scale[i], 0) {
			return nil
		}
	}
	var c mat.Cholesky
	if !c.Factorize(scaled(h, scale)) || c.Cond() > 1e13 {
		return nil
	}
	inverse := mat.NewSymDense(n, nil)
	if c.InverseTo(inverse) != nil {
		return nil
	}
	return scaled(inverse, scale)
}

// generalised inverts what can be inverted of a matrix: directions without
// curvature are left out.
func generalised(h *mat.SymDense) *mat.SymDense {
	n := h.SymmetricDim()
	scale := make([]float64, n)
	for i := range n {
		if scale[i] = math.Sqrt(math.Abs(h.At(i, i))); !(scale[i] > 0) || math.IsInf(scale[i], 0) {
			scale[i] = 1
		}
	}
	unit := scaled(h, scale)
	for _, v := range unit.RawSymmetric().Data {
		if !isFinite(v) {
			return nil
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(unit, true) {
		return nil
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	out := mat.NewSymDense(n, nil)
	for k, v := range eigen.Values(nil) {
		if v > 1e-10 {
			column := mat.Col(nil, k, &vectors)
			out.SymRankOne(out, 1/v, mat.NewVecDense(n, column))
		}
	}
	return scaled(out, scale)
}

// sub returns the rows and columns of h that are kept; nil when none are.
func sub(h *mat.SymDense, keep []int) *mat.SymDense {
	if len(keep) == 0 {
		return nil
	}
	out := mat.NewSymDense(len(keep), nil)
	for a, i := range keep {
		for b := a; b < len(keep); b++ {
			out.SetSym(a, b, h.At(i, keep[b]))
		}
	}
	return out
}
