package contribution

// RawReliability is the share of the variation in units' actual less expected
// attainment that is between the units rather than chance, on the scale of the
// linear predictor:
//
//	R = σ²/(σ² + s²),   s² = 1/I
//
// σ² is the variance of the units' effects and I what the participants say of
// one, Σ pᵢ(1 − pᵢ) with a logit: s is the error of an effect that is estimated by
// the unit's own participants. With an intraclass correlation of 0.089, and
// pᵢ = 0.5, it is 0.29 for 5 participants and passes 0.7 at 30. It is 0 where the
// units do not differ.
//
// Source: Adams (2009), The Reliability of Provider Profiling, RAND TR-653;
// Spearman–Brown.
func RawReliability(variance, information float64) float64 {
	if variance == 0 {
		return 0
	}
	return variance / (variance + 1/information)
}
