package glm

import "math"

// estimate reports the fit on the scale of the data, by its columns, groups and rows.
func (w *within) estimate() *WithinEstimate {
	d, k, groups := w.whole, len(w.basis.cols), len(w.kept)
	e := &WithinEstimate{
		Constant: make([]bool, d.P), State: w.state, Intercept: make([]float64, d.Groups), InterceptErr: make([]float64, d.Groups),
	}
	e.Rank, e.Dispersion, e.Deviance = k+groups, 1, w.now.deviance
	e.Status, e.Reason, e.Iterations = w.result.status, w.result.reason, w.result.iterations
	w.columns(e)
	w.predictors(e)
	w.judge(&e.Estimate, pick(e.Mu, w.order))
	w.errors(e)
	w.conditions(e)
	return e
}

// columns gives the coefficients their places among the columns of the data.
func (w *within) columns(e *WithinEstimate) {
	p := w.whole.P
	e.Beta, e.Aliased, e.Separated = make([]float64, p), make([]bool, p), make([]bool, p)
	e.AliasOf = make([][]int, p)
	for j := range p {
		e.Beta[j], e.Aliased[j], e.Constant[j] = math.NaN(), true, true
	}
	for at, j := range w.varying {
		e.Constant[j] = false
		for _, of := range w.combination[at] {
			e.AliasOf[j] = append(e.AliasOf[j], w.varying[of])
		}
		if e.Status == Separated {
			e.Separated[j] = w.result.infinite[at]
		}
	}
	for i, b := range w.basis.back(w.gamma) {
		j := w.varying[w.basis.cols[i]]
		e.Beta[j], e.Aliased[j] = b, false
	}
}

// predictors gives the linear predictors and means their places among the rows.
func (w *within) predictors(e *WithinEstimate) {
	e.Eta, e.Mu = make([]float64, w.whole.N), make([]float64, w.whole.N)
	for i := range e.Eta {
		e.Eta[i], e.Mu[i] = math.NaN(), math.NaN()
	}
	mu := make([]float64, len(w.order))
	w.fam.Response(w.eta, mu)
	for at, i := range w.order {
		e.Eta[i], e.Mu[i] = w.eta[at], mu[at]
	}
}

// errors fills the covariance of the coefficients, and the intercepts, at x = 0,
// with their errors. With α at the centre m of the group, q̄ the weighted mean
// of Q there and M the matrix that takes coefficients of Q to those of x,
//
//	intercept = α − m'Mγ,   variance = 1/W + v'A⁻¹v,   v = q̄ + M'm
//
// times the dispersion.
func (w *within) errors(e *WithinEstimate) {
	k, p := len(w.basis.cols), w.whole.P
	small := Estimate{Cov: make([]float64, w.ordered.P*w.ordered.P), Dispersion: e.Dispersion, Status: e.Status}
	w.covariance(&small)
	e.Cov = make([]float64, p*p)
	for i := range e.Cov {
		e.Cov[i] = math.NaN()
	}
	for a, i := range w.varying {
		for b, j := range w.varying {
			e.Cov[i*p+j] = small.Cov[a*w.ordered.P+b]
		}
	}
	for g, state := range w.state {
		e.InterceptErr[g] = math.NaN()
		e.Intercept[g] = [...]float64{0, math.Inf(-1), math.Inf(1), math.NaN()}[state]
	}
	c, ok := factor(w.now.hessian, k)
	beta := w.basis.back(w.gamma)
	scaled, v := make([]float64, k), make([]float64, k)
	for at, g := range w.kept {
		e.Intercept[g] = w.alpha[at]
		for i, j := range w.basis.cols {
			m := w.means[at*w.ordered.P+j]
			e.Intercept[g] -= m * beta[i]
			scaled[i] = m / w.basis.scale[i]
		}
		for i, x := range w.basis.contract(scaled) {
			v[i] = x + w.weighted[at*k+i]
		}
		if ok && w.group[at].info > 0 {
			e.InterceptErr[g] = math.Sqrt(e.Dispersion * (1/w.group[at].info + dot(v, c.solve(v))))
		}
	}
}

// conditions fills GradientMax, over coefficients and intercepts, and
// HessianCondition, both in the orthogonal coordinates.
func (w *within) conditions(e *WithinEstimate) {
	q := *w.problem
	q.basis.t = nil
	q.condition(&e.Estimate)
	unit := math.Sqrt(w.unit())
	for _, s := range w.group {
		if s.info > 0 {
			e.GradientMax = max(e.GradientMax, math.Abs(s.score)/math.Sqrt(s.info)/unit)
		}
	}
}
