package fit

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"bidrag/model/family"
	"bidrag/model/glm"
)

// result reports an estimate by name.
func (s *setup) result(m *Model, e *glm.Estimate) *Result {
	r := s.header(e.Count)
	r.Method = "irls"
	r.LogLik, r.Deviance, r.AIC, r.BIC, r.DF = e.LogLik, e.Deviance, e.AIC, e.BIC, e.DF
	s.ended(r, e.Status, e.Reason, e.Iterations, e.GradientMax, e.HessianCondition)
	df := math.Inf(1)
	if s.family.HasDispersion() && s.design.Cluster == nil {
		df = e.DFResidual
	}
	r.Coefficients = s.coefficients(m, df)
	switch s.family.Dist {
	case family.Gaussian:
		r.Sigma = finite(math.Sqrt(e.Dispersion))
	case family.Gamma:
		r.Dispersion = finite(e.Dispersion)
	case family.Binomial:
		r.RSquared = s.rSquared(e)
	}
	s.warn(r, m, e)
	if e.Status == glm.NotConverged && e.Iterations == 0 {
		r.clear()
	}
	return r
}

// header is what is known of a result before the fit, and the observations.
func (s *setup) header(count float64) *Result {
	d := s.design
	return &Result{
		Formula: s.formula.String(), Family: s.family.Dist.String(), Link: s.family.Link.String(),
		NObs: int(count), NDropped: d.Dropped, DroppedBy: d.DroppedBy, Warnings: []Warning{},
	}
}

// ended reports how the iteration ended. One that never began has neither
// gradient nor condition.
func (s *setup) ended(r *Result, status glm.Status, reason string, iterations int, gradient, condition float64) {
	r.Status, r.Iterations = status.String(), iterations
	if status == glm.NotConverged {
		if s.data.Offset == nil {
			reason = strings.TrimSuffix(reason, "; is the offset far out?")
		}
		r.Reason = reason
		if iterations == 0 {
			return
		}
	}
	r.GradientMax, r.HessianCondition = finite(gradient), finite(condition)
}

// clear takes out the numbers of an iteration that never began: they are those
// of its starting values.
func (r *Result) clear() {
	nan := math.NaN()
	r.LogLik, r.Deviance, r.AIC, r.BIC = nan, nan, nan, nan
	r.Sigma, r.Dispersion, r.RSquared, r.ICC, r.Random = nil, nil, nil, nil, nil
	for i := range r.Coefficients {
		r.Coefficients[i] = Coefficient{Term: r.Coefficients[i].Term}
	}
}

// finite returns nil for numbers that have no place in a result.
func finite(v float64) *float64 {
	if v-v != 0 {
		return nil
	}
	return &v
}

// coefficients gives every coefficient its Wald test and interval by Student's
// t with df degrees of freedom: infinite, which is the normal distribution,
// but where a dispersion was estimated, the errors are the model's own and
// there are no random terms. (With those there is no t distribution to refer
// to; the normal one is also what glmer and glmmTMB use.)
func (s *setup) coefficients(m *Model, df float64) []Coefficient {
	p := len(m.Beta)
	out := make([]Coefficient, p)
	width := quantile(0.5+s.options.ConfLevel/2, df)
	for j, c := range m.Coding.Columns {
		out[j].Term = c.Name
		b, se := m.Beta[j], math.Sqrt(m.Cov[j*p+j])
		if out[j].Estimate = finite(b); out[j].Estimate == nil || se-se != 0 {
			continue
		}
		out[j].StdError = finite(se)
		if se > 0 {
			out[j].Statistic, out[j].PValue = finite(b/se), finite(twoSided(b/se, df))
		}
		out[j].ConfLow, out[j].ConfHigh = finite(b-width*se), finite(b+width*se)
	}
	return out
}

// quantile of Student's t with df degrees of freedom; normal when infinite.
func quantile(p, df float64) float64 {
	if math.IsInf(df, 1) {
		return math.Sqrt2 * math.Erfinv(2*p-1)
	}
	if !(df > 0) {
		return math.NaN()
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(p)
}

// twoSided is the probability of a statistic at least as far from 0 as t.
func twoSided(t, df float64) float64 {
	if math.IsInf(df, 1) {
		return math.Erfc(math.Abs(t) / math.Sqrt2)
	}
	if !(df > 0) {
		return math.NaN()
	}
	return mathext.RegIncBeta(df/2, 0.5, df/(df+t*t))
}

// rSquared gives two measures of fit for binomial models,
//
//	mcfadden = 1 − ℓ/ℓ₀      ℓ₀ of the model with nothing but an intercept
//	tjur     = mean of μ over successes − mean of μ over failures
//
// Source: McFadden (1974); Tjur (2009), The American Statistician 63, 366–372.
func (s *setup) rSquared(e *glm.Estimate) map[string]float64 {
	out := map[string]float64{}
	rows := family.Rows{Y: s.data.Y, Weight: s.data.Weights, Trials: s.data.Trials}
	a := make([]float64, s.data.N)
	rows.Scale(a)
	if null, ok := s.nullLogLik(rows, a); ok && null < 0 {
		out["mcfadden"] = 1 - e.LogLik/null
	}
	var yes, no, muYes, muNo float64
	for i, y := range s.data.Y {
		up, down := a[i]*y, a[i]*(1-y)
		yes, no = yes+up, no+down
		muYes, muNo = muYes+up*e.Mu[i], muNo+down*e.Mu[i]
	}
	if yes > 0 && no > 0 {
		out["tjur"] = muYes/yes - muNo/no
	}
	return out
}

// nullLogLik is the log-likelihood of the model of an intercept and the offset.
func (s *setup) nullLogLik(rows family.Rows, a []float64) (float64, bool) {
	n := s.data.N
	if s.data.Offset != nil {
		null := s.data
		null.P, null.X = 1, make([]float64, n)
		for i := range null.X {
			null.X[i] = 1
		}
		e, err := glm.Fit(null, glm.Options{Threads: s.options.Threads})
		if err != nil || e.Status != glm.Converged {
			return 0, false
		}
		return e.LogLik, true
	}
	successes, trials := 0.0, 0.0
	for i, y := range s.data.Y {
		successes += a[i] * y
		trials += a[i]
	}
	mu := []float64{successes / trials}
	eta := make([]float64, 1)
	s.family.Eta(mu, []float64{1 - mu[0]}, eta)
	y, at := s.data.Y, slices.Repeat(eta, 2)
	if s.zeroOne() { // all rows of an outcome have the same deviance
		y, a = []float64{1, 0}, []float64{successes, trials - successes}
	} else {
		at = slices.Repeat(eta, n)
	}
	return s.family.LogLik(rows, s.family.Score(at, y, a, nil, nil), trials, true), true
}

// zeroOne tells whether every response is 0 or 1.
func (s *setup) zeroOne() bool {
	return !slices.ContainsFunc(s.data.Y, func(y float64) bool { return y != 0 && y != 1 })
}

// fractional counts rows whose number of successes is no whole number.
func (s *setup) fractional() int {
	n := 0
	if s.options.WeightsType != Total {
		return 0
	}
	for i, m := range s.data.Trials {
		if k := m * s.data.Y[i]; math.Abs(k-math.Round(k)) > 1e-3 {
			n++
		}
	}
	return n
}
