package family

import "math"

// LogLik returns the log-likelihood of the rows as R's logLik gives it, from
// their deviance at the estimate. Constants are kept: log(y!) for counts, the
// binomial coefficient for shares of several trials. For families with a
// dispersion it is the value at the maximum-likelihood dispersion deviance/n,
// where n is count: the number of rows, or the sum of frequency weights;
// precision tells that Gaussian weights are precisions (prior weights) and
// not frequencies.
//
// It is +Inf when a family with dispersion fits every row exactly.
func (f Family) LogLik(r Rows, deviance, count float64, precision bool) float64 {
	switch f.Dist {
	case Binomial, Poisson:
		return f.saturated(r) - deviance/2
	case Gaussian:
		return gaussianLogLik(r, deviance, count, precision)
	}
	return gammaLogLik(r, deviance)
}

// saturated is the log-likelihood of a model that fits every row: μ = y.
func (f Family) saturated(r Rows) float64 {
	if f.Dist == Binomial && r.Trials == nil {
		return 0
	}
	sum := 0.0
	for i, y := range r.Y {
		w := 1.0
		if r.Weight != nil {
			w = r.Weight[i]
		}
		if w == 0 {
			continue
		}
		if f.Dist == Poisson {
			sum += w * (xlogx(y) - y - lgamma(y+1))
			continue
		}
		m := r.Trials[i]
		k := math.Round(m * y)
		choose := lgamma(m+1) - lgamma(k+1) - lgamma(m-k+1)
		sum += w * (choose + m*(xlogx(y)+xlogx(1-y)))
	}
	return sum
}

// gaussianLogLik is −(n/2)(log(2π dev/n) + 1), with ½Σ log w added when the
// weights are precisions.
func gaussianLogLik(r Rows, deviance, count float64, precision bool) float64 {
	sum := -0.5 * count * (math.Log(2*math.Pi*deviance/count) + 1)
	if precision {
		for _, w := range r.Weight {
			if w > 0 {
				sum += 0.5 * math.Log(w)
			}
		}
	}
	return sum
}

// gammaLogLik is the gamma log-likelihood with shape a = Σw/deviance:
//
//	Σ w [a log a − log Γ(a) − log y + a(log(y/μ) − y/μ)]
//
// in which Σ w (log(y/μ) − y/μ) = −deviance/2 − Σw.
func gammaLogLik(r Rows, deviance float64) float64 {
	total, logs := 0.0, 0.0
	for i, y := range r.Y {
		w := 1.0
		if r.Weight != nil {
			w = r.Weight[i]
		}
		total += w
		if w > 0 {
			logs += w * math.Log(y)
		}
	}
	if deviance <= 0 {
		return math.Inf(1)
	}
	a := total / deviance
	return total*(a*math.Log(a)-lgamma(a)) - logs - a*(deviance/2+total)
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// xlogx is x log x, 0 at 0.
func xlogx(x float64) float64 {
	if x == 0 {
		return 0
	}
	return x * math.Log(x)
}
