package infer

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// ChiSquareTail is the probability of a χ² with df degrees of freedom above x;
// a χ² with 0 degrees of freedom is 0.
func ChiSquareTail(x float64, df int) float64 {
	switch {
	case math.IsNaN(x):
		return math.NaN()
	case x <= 0:
		return 1
	case df == 0:
		return 0
	}
	return mathext.GammaIncRegComp(float64(df)/2, x/2)
}

// LikelihoodRatio returns the p-value of a likelihood-ratio statistic
// 2(ℓ₁ − ℓ₀) between nested models that differ in df parameters, by χ².
func LikelihoodRatio(statistic float64, df int) float64 { return ChiSquareTail(statistic, df) }

// BoundaryRatio is [LikelihoodRatio] when one of the df parameters is a
// variance that is zero in the smaller model: half of the time its estimate
// would be zero, so that the statistic is distributed as
//
//	½ χ²(df−1) + ½ χ²(df)
//
// Of the df parameters the others may be coefficients, or the covariances that
// the new random effect has with q old ones, which are none where it has no
// variance.
//
// Source: Self and Liang (1987), JASA 82, 605–610, case 5; Stram and Lee
// (1994), Biometrics 50, 1171–1177.
func BoundaryRatio(statistic float64, df int) float64 {
	return (ChiSquareTail(statistic, df-1) + ChiSquareTail(statistic, df)) / 2
}
