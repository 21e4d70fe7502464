package fit

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"bidrag/model/family"
	"bidrag/model/glm"
)

// result reports an estimate by name.
func (s *setup) result(m *Model, e *glm.Estimate) *Result {
	d := s.design
	r := &Result{
		Formula: s.formula.String(), Family: s.family.Dist.String(), Link: s.family.Link.String(), Method: "irls",
		NObs: int(e.Count), NDropped: d.Dropped, DroppedBy: d.DroppedBy,
		LogLik: e.LogLik, Deviance: e.Deviance, AIC: e.AIC, BIC: e.BIC, DF: e.DF,
		Status: e.Status.String(), Iterations: e.Iterations,
		GradientMax: finite(e.GradientMax), HessianCondition: finite(e.HessianCondition),
		Coefficients: s.coefficients(m, e), Warnings: []Warning{},
	}
	switch s.family.Dist {
	case family.Gaussian:
		r.Sigma = finite(math.Sqrt(e.Dispersion))
	case family.Gamma:
		r.Dispersion = finite(e.Dispersion)
	case family.Binomial:
		r.RSquared = s.rSquared(e)
	}
	s.warn(r, e)
	return r
}

// finite returns nil for numbers that have no place in a result.
func finite(v float64) *float64 {
	if v-v != 0 {
		return nil
	}
	return &v
}

// coefficients gives every coefficient its Wald test and interval: by the
// normal distribution, or by Student's t where a dispersion was estimated and
// the errors are the model's own.
func (s *setup) coefficients(m *Model, e *glm.Estimate) []Coefficient {
	p := len(m.Beta)
	out := make([]Coefficient, p)
	df := math.Inf(1)
	if s.family.HasDispersion() && s.design.Cluster == nil {
		df = e.DFResidual
	}
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
	all := make([]float64, n)
	for i := range all {
		all[i] = eta[0]
	}
	return s.family.LogLik(rows, s.family.Score(all, s.data.Y, a, nil, nil), trials, true), true
}

// warn adds what a careful reader must know.
func (s *setup) warn(r *Result, e *glm.Estimate) {
	add := func(code, subject, format string, args ...any) {
		r.Warnings = append(r.Warnings, Warning{code, subject, fmt.Sprintf(format, args...)})
	}
	names := s.design.Coding.Names()
	for j, alias := range e.Aliased {
		if alias {
			add("aliased", names[j], "%s", aliasText(names, j, e.AliasOf[j]))
		}
	}
	for j, infinite := range e.Separated {
		if infinite {
			add("separation", names[j], "%s", s.separationText(names[j], e.Beta[j]))
		}
	}
	if e.Status == glm.NotConverged {
		add("not_converged", s.design.Response.Label, "the estimates are not a maximum of the likelihood (%s); do not use them. Look for extreme values, an offset far out, or terms that nearly repeat each other", e.Reason)
	}
	switch {
	case e.Exact && e.DFResidual <= 0:
		add("exact_fit", s.design.Response.Label, "the model has as many coefficients (%d) as observations (%s): it fits every row exactly, and there are no standard errors and no likelihood. Leave terms out or use more rows", e.Rank, number(e.Count))
	case e.Exact:
		add("exact_fit", s.design.Response.Label, "the terms determine %s exactly: what is left over is rounding, so standard errors mean nothing and there is no likelihood. Is a term computed from the response?", s.design.Response.Label)
	}
	if c := r.Coefficients; e.Status == glm.Converged && !e.Exact && slices.ContainsFunc(c, func(c Coefficient) bool { return c.Estimate != nil && c.StdError == nil }) {
		add("no_standard_errors", s.design.Response.Label, "the terms repeat each other so nearly that no standard errors can be computed; leave one of them out, or measure them from their mean")
	}
	for _, u := range s.design.Unused {
		add("unused_level", u.Variable, "no row of the fit has the %s %s of %s; there is no coefficient for it", plural(len(u.Levels), "level", "levels"), quoted(u.Levels), u.Variable)
	}
	if n := s.fractional(); n > 0 {
		add("non_integer_successes", s.design.Response.Label, "share times total is not a whole number in %d of %d rows; check that the weights are the totals of the shares", n, s.design.N)
	}
	if s.design.Cluster != nil {
		add("cluster_robust", s.options.Cluster, "standard errors are robust to dependence within the %d clusters of %s (CR0: sandwich without small-sample correction, tests by the normal distribution); they are too small when clusters are few (below about 40)", s.design.Clusters, s.options.Cluster)
	}
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
