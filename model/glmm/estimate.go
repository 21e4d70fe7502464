package glmm

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"bidrag/model/glm"
)

// estimate reports the fit on the scale of the data.
func (f *climb) estimate() *Estimate {
	p := f.p
	d := p.data
	e := &Estimate{
		Aliased: p.start.Aliased, AliasOf: p.start.AliasOf, Separated: p.start.Separated,
		Rank: p.k, Count: p.count, Dispersion: p.phi(f.x) * p.unit * p.unit, LogLik: f.value - p.count*math.Log(p.unit), DF: p.params,
		Status: f.status, Reason: f.reason, Iterations: f.iterations, Evaluations: f.evaluations,
		fitted: f,
	}
	e.AIC = -2*e.LogLik + 2*float64(e.DF)
	e.BIC = -2*e.LogLik + math.Log(e.Count)*float64(e.DF)
	if p.start.Status == glm.Separated && e.Status == glm.Converged {
		e.Status, e.Reason = glm.Separated, p.start.Reason
	}
	e.Beta, e.Cov = nans(d.P), nans(d.P*d.P)
	for k, b := range p.columns.back(f.x[:p.k]) {
		e.Beta[p.columns.of[k]] = b * p.unit
	}
	e.Terms = make([]TermEstimate, len(d.Terms))
	for place := range p.s.q {
		e.Terms[p.s.order[place]] = f.term(place)
	}
	p.diagonals(func(place, component, at int, _ []int) {
		e.Terms[p.s.order[place]].Boundary[component] = slices.Contains(f.held, at)
	})
	switch {
	case len(f.free) == 0:
		e.HessianCondition = 1
	case f.inverse != nil:
		f.covariance(e)
		f.condition(e)
	default:
		e.GradientMax, e.HessianCondition = math.NaN(), math.NaN()
	}
	e.Eta = e.Linear(d.X, d.N, zOf(d), groupOf(d), p.given.Offset)
	e.Mu = make([]float64, d.N)
	p.fam.Response(e.Eta, e.Mu)
	return e
}

func nans(n int) []float64 { return slices.Repeat([]float64{math.NaN()}, n) }

// covariance fills Cov with that of the coefficients.
func (f *climb) covariance(e *Estimate) {
	p := f.p
	place := map[int]int{}
	for i, j := range f.free {
		place[j] = i
	}
	m := p.columns.matrix()
	var half, cov mat.Dense
	gamma := mat.NewDense(max(p.k, 1), max(p.k, 1), nil)
	for i := range p.k {
		for j := range p.k {
			gamma.Set(i, j, f.inverse.At(place[i], place[j]))
		}
	}
	if p.k == 0 {
		return
	}
	half.Mul(m, gamma)
	cov.Mul(&half, m.T())
	for i, to := range p.columns.of {
		for j, from := range p.columns.of {
			e.Cov[to*p.data.P+from] = (cov.At(i, j) + cov.At(j, i)) / 2 * p.unit * p.unit
		}
	}
}

// matrix is that of back: β = M γ.
func (c *columns) matrix() *mat.Dense {
	n := len(c.of)
	m := mat.NewDense(max(n, 1), max(n, 1), nil)
	unit := make([]float64, n)
	for j := range n {
		unit[j] = 1
		m.SetCol(j, c.back(unit))
		unit[j] = 0
	}
	return m
}

// condition fills GradientMax and HessianCondition.
func (f *climb) condition(e *Estimate) {
	n := len(f.free)
	scale := make([]float64, n)
	for i, j := range f.free {
		scale[i] = math.Sqrt(math.Abs(f.hessian.At(i, i)))
		if scale[i] > 0 {
			e.GradientMax = max(e.GradientMax, math.Abs(f.gradient[j])/scale[i])
		} else {
			scale[i] = 1
		}
	}
	e.HessianCondition = math.Inf(1)
	var eigen mat.EigenSym
	if n > 0 && eigen.Factorize(scaled(f.hessian, scale), false) {
		if values := eigen.Values(nil); values[0] > 0 {
			e.HessianCondition = values[n-1] / values[0]
		}
	}
}

// term reports the variances and the modes of the term at a place.
func (f *climb) term(place int) TermEstimate {
	p, s, w := f.p, f.p.s, f.w
	q, groups := s.q[place], s.groups[place]
	at, slot := p.k, 0
	for t := range place {
		at += s.q[t] * (s.q[t] + 1) / 2
		slot += s.q[t]
	}
	t := f.x[at : at+q*(q+1)/2]
	root := math.Sqrt(w.phi) * p.unit
	m := p.slopes[place]
	cov := product(t, q)
	for i := range cov {
		cov[i] *= root * root
	}
	out := TermEstimate{
		Cov: m.sandwich(cov), Boundary: make([]bool, q),
		Modes: make([]float64, groups*q), ModeSD: make([]float64, groups*q),
	}
	inverse := nans(s.nnz)
	if isFinite(f.value) {
		w.laplace.Inverse(inverse)
	}
	b, v := make([]float64, q), make([]float64, q*q)
	for g, label := range s.label[place] {
		for i := range q {
			b[i] = 0
			for j := range i + 1 {
				b[i] += root * t[i*(i+1)/2+j] * w.u[s.first[slot+j]+g]
			}
			for j := range q {
				v[i*q+j] = inverse[s.at[slot+min(i, j)][slot+max(i, j)]+g]
			}
		}
		copy(out.Modes[int(label)*q:], m.back(b))
		around := m.sandwich(lower(t, v, q))
		for j := range q {
			out.ModeSD[int(label)*q+j] = root * math.Sqrt(around[j*q+j])
		}
	}
	return out
}

// lower returns T v T'.
func lower(t, v []float64, q int) []float64 {
	out := make([]float64, q*q)
	for i := range q {
		for j := range q {
			for k := range i + 1 {
				for l := range j + 1 {
					out[i*q+j] += t[i*(i+1)/2+k] * v[k*q+l] * t[j*(j+1)/2+l]
				}
			}
		}
	}
	return out
}

// sandwich returns M v M', symmetric to the bit, for a symmetric v.
func (t *slopes) sandwich(v []float64) []float64 {
	q := t.q
	var half, out mat.Dense
	m := mat.NewDense(q, q, t.m)
	half.Mul(m, mat.NewDense(q, q, v))
	out.Mul(&half, m.T())
	for i := range q {
		for j := range i {
			out.Set(i, j, out.At(j, i))
		}
	}
	return out.RawMatrix().Data
}

func zOf(d *Data) (z [][]float64) {
	for _, t := range d.Terms {
		z = append(z, t.Z)
	}
	return z
}

func groupOf(d *Data) (group [][]int32) {
	for _, t := range d.Terms {
		group = append(group, t.Group)
	}
	return group
}

// Linear returns the linear predictors of n rows with columns x, n×P: the
// fixed part, offset (nil is 0), and for every term its n×Q columns z (nil is
// ones) times the modes of the rows' groups; a group of −1 is one that is not
// known, whose random effects are 0.
func (e *Estimate) Linear(x []float64, n int, z [][]float64, group [][]int32, offset []float64) []float64 {
	eta := glm.Linear(e.Beta, x, offset, n)
	for t, term := range e.Terms {
		q := len(term.Boundary)
		for j := range q {
			for i, g := range group[t] {
				switch {
				case g < 0:
				case z[t] == nil:
					eta[i] += term.Modes[int(g)*q+j]
				default:
					eta[i] += z[t][j*n+i] * term.Modes[int(g)*q+j]
				}
			}
		}
	}
	return eta
}
