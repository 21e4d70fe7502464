package glm

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"bidrag/model/family"
)

// estimate reports the fit on the scale of the data.
func (p *problem) estimate() *Estimate {
	d := p.data
	e := &Estimate{
		Beta: make([]float64, d.P), Cov: make([]float64, d.P*d.P), Aliased: make([]bool, d.P), Separated: make([]bool, d.P),
		Eta: p.eta, Mu: make([]float64, d.N), Rank: len(p.basis.cols), Dispersion: 1,
		Deviance: p.now.deviance, Status: p.result.status, Reason: p.result.reason, Iterations: p.result.iterations,
	}
	p.chunks(func(lo, hi int) { p.fam.Response(e.Eta[lo:hi], e.Mu[lo:hi]) })
	for j := range d.P {
		e.Beta[j], e.Aliased[j] = math.NaN(), true
	}
	e.AliasOf = make([][]int, d.P)
	copy(e.AliasOf, p.combination)
	for k, b := range p.basis.back(p.gamma) {
		e.Beta[p.basis.cols[k]], e.Aliased[p.basis.cols[k]] = b, false
	}
	if e.Status == Separated {
		copy(e.Separated, p.result.infinite)
	}
	p.judge(e, e.Mu)
	p.covariance(e)
	p.condition(e)
	return e
}

// judge says what is said of the fit as a whole, by its rank, its deviance and
// the means of its rows.
func (p *problem) judge(e *Estimate, mu []float64) {
	e.Count = p.count()
	e.DFResidual = e.Count - float64(e.Rank)
	e.DF = e.Rank
	if p.fam.HasDispersion() {
		e.DF++
		e.Dispersion = math.NaN()
		if e.DFResidual > 0 {
			e.Dispersion = p.pearson(mu) / e.DFResidual
		}
	}
	e.LogLik = p.fam.LogLik(p.rows, e.Deviance, e.Count, p.data.WeightType == Prior)
	if e.Exact = p.exact(e); e.Exact {
		e.LogLik = math.Inf(1)
	}
	e.AIC = -2*e.LogLik + 2*float64(e.DF)
	e.BIC = -2*e.LogLik + math.Log(e.Count)*float64(e.DF)
}

// exact tells whether a model with a dispersion leaves nothing over, so that
// its deviance is rounding.
func (p *problem) exact(e *Estimate) bool {
	if !p.fam.HasDispersion() {
		return false
	}
	_, size := p.size()
	return e.DFResidual <= 0 || e.Deviance <= 1e-24*size
}

// count is the number of observations.
func (p *problem) count() float64 {
	n := 0.0
	for i, a := range p.a {
		switch {
		case a == 0:
		case p.data.WeightType == Frequency && p.data.Weights != nil:
			n += p.data.Weights[i]
		default:
			n++
		}
	}
	return n
}

// pearson is Pearson's χ², the sum of a (y−μ)²/V(μ), for Gaussian and gamma.
func (p *problem) pearson(mu []float64) float64 {
	sum := 0.0
	for i, m := range mu {
		if p.a[i] == 0 {
			continue
		}
		r := p.data.Y[i] - m
		if p.fam.Dist == family.Gamma {
			r /= m
		}
		sum += p.a[i] * r * r
	}
	return sum
}

// covariance fills Cov with dispersion × M H⁻¹ M', where M takes coefficients
// of the basis to those of the data.
func (p *problem) covariance(e *Estimate) {
	k, n := len(p.basis.cols), p.data.P
	for i := range e.Cov {
		e.Cov[i] = math.NaN()
	}
	c, _, ok := cholesky(p.now.hessian, k, 0)
	if !ok && e.Status == Separated { // the ridge is felt by the infinite coefficients alone
		c, ok = factor(p.now.hessian, k)
	}
	if !ok {
		return
	}
	m := make([][]float64, k) // column j of M
	unit := make([]float64, k)
	for j := range k {
		unit[j] = 1
		m[j] = p.basis.back(unit)
		unit[j] = 0
	}
	row := make([]float64, k)
	for i := range k {
		for j := range k {
			row[j] = m[j][i]
		}
		half := c.solve(row)
		for l := 0; l <= i; l++ {
			v := 0.0
			for j := range k {
				v += m[j][l] * half[j]
			}
			v *= e.Dispersion
			e.Cov[p.basis.cols[i]*n+p.basis.cols[l]] = v
			e.Cov[p.basis.cols[l]*n+p.basis.cols[i]] = v
		}
	}
}

// condition fills GradientMax and HessianCondition, both by the centred and
// scaled columns, so that neither depends on units.
func (p *problem) condition(e *Estimate) {
	k := len(p.basis.cols)
	if k == 0 {
		e.HessianCondition = 1
		return
	}
	h := p.scaledInformation()
	unit := p.unit()
	s := mat.NewSymDense(k, nil)
	for i := range k {
		di := math.Sqrt(h[i*k+i])
		e.GradientMax = max(e.GradientMax, math.Abs(p.now.gradient[i])/di/math.Sqrt(unit))
		for j := i; j < k; j++ {
			s.SetSym(i, j, h[i*k+j]/di/math.Sqrt(h[j*k+j]))
		}
	}
	var eigen mat.EigenSym
	e.HessianCondition = math.Inf(1)
	if firstBad(s.RawSymmetric().Data, isFinite) < 0 && eigen.Factorize(s, false) {
		values := eigen.Values(nil)
		if values[0] > 0 {
			e.HessianCondition = values[k-1] / values[0]
		}
	}
}

// scaledInformation is the k×k information by the centred and scaled columns.
func (p *problem) scaledInformation() []float64 {
	k := len(p.basis.cols)
	h := make([]float64, k*k)
	for i := range k {
		for j := i; j < k; j++ {
			h[i*k+j] = p.now.hessian[i*k+j]
			h[j*k+i] = h[i*k+j]
		}
	}
	if p.basis.t == nil {
		return h
	}
	r := mat.NewDense(k, k, invertUpper(p.basis.t, k))
	var left, out mat.Dense
	left.Mul(r.T(), mat.NewDense(k, k, h))
	out.Mul(&left, r)
	return out.RawMatrix().Data
}
