package fit

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"bidrag/model/family"
	"bidrag/model/glm"
	"bidrag/model/glmm"
)

// explained gives the adjusted intraclass correlation of every grouping and
// two measures of fit, on the scale of the linear predictor:
//
//	icc of g              σ²_g / (Σσ² + σ²_d)
//	nakagawa_marginal     σ²_f / (σ²_f + Σσ² + σ²_d)
//	nakagawa_conditional  (σ²_f + Σσ²) / (σ²_f + Σσ² + σ²_d)
//
// σ²_g is the mean over rows of the variance z'Σz that the random terms of g
// give the predictor (of an intercept alone, its variance), Σσ² their sum,
// σ²_f the variance of Xβ, and σ²_d that of the distribution, see
// [setup.distributionVariance].
//
// A separated model has no R²: σ²_f grows without end.
//
// Source: Nakagawa, Johnson and Schielzeth (2017), J. R. Soc. Interface 14,
// 20170213; Johnson (2014), Methods in Ecology and Evolution 5, 944–946, for
// slopes. For binomial and Gaussian models they are what r2_nakagawa() and, without
// slopes, icc() of R's performance give.
func (s *setup) explained(r *Result, m *Model, e *glmm.Estimate) {
	weights := s.rowWeights()
	random, total := map[string]float64{}, 0.0
	for k, t := range s.design.Random {
		v := meanVariance(e.Terms[k].Cov, t.Z, weights)
		random[t.Name] += v
		total += v
	}
	residual := s.distributionVariance(e, total, weights)
	fixed := variance(glm.Linear(m.Beta, s.data.X, nil, s.data.N), weights)
	if all := fixed + total + residual; all-all == 0 && all > 0 && e.Status == glm.Converged {
		r.RSquared = map[string]float64{"nakagawa_marginal": fixed / all, "nakagawa_conditional": (fixed + total) / all}
	}
	if all := total + residual; all-all == 0 && all > 0 {
		r.ICC = map[string]float64{}
		for g, v := range random {
			r.ICC[g] = v / all
		}
	}
}

// distributionVariance is the variance that the distribution itself has on the
// scale of the linear predictor,
//
//	logit π²/3,  probit 1,  cloglog π²/6   of the latent variable
//	gaussian     σ²
//	gamma        ψ′(1/φ)                   of the logarithm of a gamma variable
//	poisson      log(1 + 1/λ)              of a log-normal one with its mean and variance
//
// where λ = mean of exp(offset) × exp(β₀ + ½Σσ²) is the mean of the model that
// has nothing but an intercept and the same random terms. It is NaN when that
// model cannot be fitted.
func (s *setup) distributionVariance(e *glmm.Estimate, total float64, weights []float64) float64 {
	switch s.family.Dist {
	case family.Gaussian:
		return e.Dispersion
	case family.Gamma:
		return mathext.Zeta(2, 1/e.Dispersion) // the trigamma function
	case family.Poisson:
		return math.Log1p(1 / s.nullRate(e, total, weights))
	}
	return latentVariance(s.family.Link)
}

// latentVariance is the variance of the latent variable of a binomial model.
func latentVariance(link family.Link) float64 {
	switch link {
	case family.Probit:
		return 1
	case family.CLogLog:
		return math.Pi * math.Pi / 6
	}
	return math.Pi * math.Pi / 3
}

// nullRate is λ of a Poisson model.
func (s *setup) nullRate(e *glmm.Estimate, total float64, weights []float64) float64 {
	beta := e.Beta
	if c := s.design.Coding.Columns; len(c) != 1 || c[0].Term != 0 {
		null := glmm.Data{Data: s.data, Terms: s.terms()}
		null.P, null.X = 1, make([]float64, s.data.N)
		for i := range null.X {
			null.X[i] = 1
		}
		fitted, err := glmm.Fit(null, glmm.Options{Threads: s.options.Threads})
		if err != nil || fitted.Status != glm.Converged {
			return math.NaN()
		}
		beta, total = fitted.Beta, 0
		for k, t := range s.design.Random {
			total += meanVariance(fitted.Terms[k].Cov, t.Z, weights)
		}
	}
	exposure, n := 0.0, 0.0
	for i, w := range weights {
		o := 0.0
		if s.data.Offset != nil {
			o = s.data.Offset[i]
		}
		exposure += w * math.Exp(o)
		n += w
	}
	return exposure / n * math.Exp(beta[0]+total/2)
}

// meanVariance is the weighted mean over rows of z'Σz; z nil is ones.
func meanVariance(cov, z, weights []float64) float64 {
	if z == nil {
		return cov[0]
	}
	rows := len(weights)
	q := len(z) / rows
	sum, n := 0.0, 0.0
	for _, w := range weights {
		n += w
	}
	for a := range q {
		for b := range q {
			moment := 0.0
			for i, w := range weights {
				moment += w * z[a*rows+i] * z[b*rows+i]
			}
			sum += cov[a*q+b] * moment / n
		}
	}
	return sum
}

// variance is the weighted variance with divisor n − 1.
func variance(values, weights []float64) float64 {
	n, mean, square := 0.0, 0.0, 0.0
	for i, w := range weights {
		n += w
		mean += w * values[i]
	}
	mean /= n
	for i, w := range weights {
		square += w * (values[i] - mean) * (values[i] - mean)
	}
	return square / (n - 1)
}
