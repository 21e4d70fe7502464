package contribution

import (
	"math"

	"bidrag/model/univariate"
)

// A Shift is an estimate of the log odds by which a unit's participants do better
// than expected, with its 95 per cent interval.
type Shift struct {
	Value, Low, High float64
}

// firth estimates a unit's own intercept α beside the log odds ηᵢ that the model
// expects, by the likelihood penalised with Jeffreys' prior,
//
//	ℓ*(α) = Σ yᵢ(ηᵢ + α) − log(1 + e^{ηᵢ + α}) + ½ log I(α),   I(α) = Σ pᵢ(1 − pᵢ)
//	0     = Σ (yᵢ − pᵢ) + ½ Σ pᵢ(1 − pᵢ)(1 − 2pᵢ) / I(α)
//
// which has a finite maximum also when all or none attained the goal, and takes
// away the bias of order 1/n of the maximum likelihood estimate. The interval is
// that of the penalised likelihood ratio, 2(ℓ*(α̂) − ℓ*(α)) ≤ 3.84; it is of chance
// in the unit's outcomes, and ηᵢ counts as known. Nothing is drawn towards the
// other units.
//
// Sources: Firth (1993), Biometrika 80:27–38; Heinze and Schemper (2002),
// Statistics in Medicine 21:2409–2419 (the interval).
func firth(s *shifter) Shift {
	slope := func(shift float64) float64 {
		m := s.at(shift)
		return s.short(m) + m.asymmetry/m.variance/2
	}
	var alpha float64
	if at := slope(0); at >= 0 {
		alpha = outwards(slope, 0, at, 1)
	} else {
		alpha = outwards(func(shift float64) float64 { return -slope(shift) }, 0, -at, -1)
	}
	penalised := func(shift float64) float64 {
		m := s.at(shift)
		return m.logLik + math.Log(m.variance)/2
	}
	z := univariate.NormalQuantile(0.5 + level/2)
	drop := z * z / 2
	top, step := penalised(alpha), 2/math.Sqrt(s.at(alpha).variance)
	left := func(shift float64) float64 { return penalised(shift) - top + drop }
	return Shift{alpha, outwards(left, alpha, drop, -step), outwards(left, alpha, drop, step)}
}

// short is how many more attained the goal than the moments say.
func (s *shifter) short(m moments) float64 {
	sum := -m.attained
	for _, y := range s.outcome {
		sum += y
	}
	return sum
}
