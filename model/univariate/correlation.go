package univariate

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// Pearson is the product-moment correlation of two samples of equal length,
// between −1 and 1. NaN for fewer than two pairs or when one of them does not
// vary.
func Pearson(x, y []float64) float64 {
	if len(x) < 2 || constant(x) || constant(y) {
		return math.NaN()
	}
	return math.Max(-1, math.Min(1, stat.Correlation(x, y, nil)))
}

func constant(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return false
		}
	}
	return true
}

// FisherInterval is the interval of a correlation r of n independent pairs with
// confidence level, by Fisher's z:
//
//	tanh(artanh r ± z/√(n−3))
//
// (Fisher 1921, Metron 1:3–32; R's cor.test). NaN when n is less than 4. For
// r = ±1 both ends are r.
func FisherInterval(r float64, n int, level float64) (low, high float64) {
	if n < 4 || math.IsNaN(r) {
		return math.NaN(), math.NaN()
	}
	z, half := math.Atanh(r), NormalQuantile(0.5+level/2)/math.Sqrt(float64(n-3))
	return math.Tanh(z - half), math.Tanh(z + half)
}

// Rank is the share of the sorted values that lie below x, those equal to it
// counted half: the value of the mid-distribution function (Parzen 2004,
// Statistical Science 19:652–662). NaN without values.
func Rank(sorted []float64, x float64) float64 {
	below, equal := 0, 0
	for _, v := range sorted {
		switch {
		case v < x:
			below++
		case v == x:
			equal++
		}
	}
	return (float64(below) + float64(equal)/2) / float64(len(sorted))
}
