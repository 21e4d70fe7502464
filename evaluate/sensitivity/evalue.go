package sensitivity

import "math"

// A Ratio is a ratio of risks or of odds with its interval.
type Ratio struct{ Value, Low, High float64 }

// An Evidence is the E-values of a ratio.
type Evidence struct {
	Estimate float64 // of the ratio itself
	Limit    float64 // of the end of its interval nearest to 1; 1 when the interval holds 1
}

// EValue is the smallest risk ratio by which something unobserved must go with
// the scheme, and by which it must go with the outcome within the schemes, to be
// able to explain a risk ratio,
//
//	E = R + √(R (R − 1)),   R = the larger of RR and 1/RR
//
// It is 1 when RR is 1. NaN of what is not above 0.
//
// Source: VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268–274;
// Ding and VanderWeele (2016), Epidemiology 27, 368–377, for why no distribution
// of it matters.
func EValue(riskRatio float64) float64 {
	if !(riskRatio > 0) {
		return math.NaN()
	}
	r := max(riskRatio, 1/riskRatio)
	if math.IsInf(r, 1) {
		return r
	}
	return r + math.Sqrt(r*(r-1))
}

// OfRisks are the E-values of a risk ratio. That of a difference of risks p₁ − p₀
// is that of p₁/p₀.
func OfRisks(r Ratio) Evidence {
	out := Evidence{Estimate: EValue(r.Value)}
	switch {
	case r.Low <= 1 && r.High >= 1:
		out.Limit = 1
	case r.Low > 1:
		out.Limit = EValue(r.Low)
	default: // also of ends that are not known
		out.Limit = EValue(r.High)
	}
	return out
}

// Rare is the share below which an odds ratio is taken for a risk ratio.
const Rare = 0.15

// OfOdds are the E-values of an odds ratio. Where the share of outcomes is at
// least [Rare] its square root stands for the risk ratio, which is within a fourth
// of it as long as the shares lie between 0.2 and 0.8; else the odds ratio itself.
//
// Source: VanderWeele (2017), Epidemiology 28, e58–e60 (the square root);
// VanderWeele and Ding (2017), table 2.
func OfOdds(r Ratio, share float64) Evidence {
	if share >= Rare {
		r = Ratio{math.Sqrt(r.Value), math.Sqrt(r.Low), math.Sqrt(r.High)}
	}
	return OfRisks(r)
}
