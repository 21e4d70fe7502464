package family

import (
	"math"

	"bidrag/model/kernel"
)

// Mean fills, for every linear predictor η, the mean μ, its complement 1 − μ
// and the derivative dμ/dη. For the binomial the complement is computed, not
// subtracted: at η = 40 it is e⁻⁴⁰, not 0. All slices have the length of eta.
func (f Family) Mean(eta, mu, comp, deriv []float64) {
	switch f.Link {
	case Logit:
		kernel.Sigmoid(eta, mu, comp)
		for i, m := range mu {
			deriv[i] = m * comp[i]
		}
	case Probit:
		for i, e := range eta {
			mu[i], comp[i], deriv[i] = normal(e), normal(-e), density(e)
		}
	case CLogLog:
		for i, e := range eta {
			t := math.Exp(e)
			mu[i], comp[i], deriv[i] = -math.Expm1(-t), math.Exp(-t), math.Exp(e-t)
		}
	case Log:
		kernel.Exp(mu, eta)
		for i, m := range mu {
			comp[i], deriv[i] = 1-m, m
		}
	case Identity:
		for i, e := range eta {
			mu[i], comp[i], deriv[i] = e, 1-e, 1
		}
	}
}

// Response fills the mean μ alone.
func (f Family) Response(eta, mu []float64) {
	switch f.Link {
	case Logit:
		var comp [256]float64
		for at := 0; at < len(eta); at += len(comp) {
			end := min(at+len(comp), len(eta))
			kernel.Sigmoid(eta[at:end], mu[at:end], comp[:end-at])
		}
	case Probit:
		for i, e := range eta {
			mu[i] = normal(e)
		}
	case CLogLog:
		for i, e := range eta {
			mu[i] = -math.Expm1(-math.Exp(e))
		}
	case Log:
		kernel.Exp(mu, eta)
	case Identity:
		copy(mu, eta)
	}
}

// Eta fills η = g(μ); comp is 1 − μ. It is meant for starting values: shares
// are inside (0, 1), other means of a log link above 0.
func (f Family) Eta(mu, comp, eta []float64) {
	switch f.Link {
	case Logit:
		for i, m := range mu {
			eta[i] = math.Log(m / comp[i])
		}
	case Probit:
		for i, m := range mu {
			eta[i] = math.Sqrt2 * math.Erfinv(m-comp[i])
		}
	case CLogLog:
		for i := range mu {
			eta[i] = math.Log(-math.Log(comp[i]))
		}
	case Log:
		for i, m := range mu {
			eta[i] = math.Log(m)
		}
	case Identity:
		copy(eta, mu)
	}
}

// normal is the standard normal distribution function Φ.
func normal(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// density is the standard normal density φ.
func density(x float64) float64 { return math.Exp(-0.5*x*x) / math.Sqrt(2*math.Pi) }

// farTail is where the ratio of the normal density and tail is replaced by its
// asymptotic series; seven terms give full precision there.
const farTail = 30

// hazard is φ(x)/Φ(−x), the inverse of Mills' ratio: about x for large x, and
// 0 far to the left.
//
// Source: Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.2.12.
func hazard(x float64) float64 {
	if x < farTail {
		return density(x) / normal(-x)
	}
	return x / mills(x)
}

// mills is the series x·Φ(−x)/φ(x) = 1 − 1/x² + 3/x⁴ − 15/x⁶ + … for large x.
func mills(x float64) float64 {
	r := 1 / (x * x)
	return 1 - r*(1-3*r*(1-5*r*(1-7*r*(1-9*r*(1-11*r*(1-13*r))))))
}

// logNormal is log Φ(x), to full relative precision in both tails.
func logNormal(x float64) float64 {
	switch {
	case x > -farTail && x < 0:
		return math.Log(normal(x))
	case x >= 0:
		return math.Log1p(-normal(-x))
	}
	return -0.5*x*x - math.Log(-x) - 0.5*math.Log(2*math.Pi) + math.Log(mills(-x))
}
