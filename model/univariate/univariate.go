// Package univariate is what can be said of one sample of numbers: mean and
// standard deviation, quantiles, and the interval of a proportion. The
// definitions are R's defaults, so that a reader can check them there.
package univariate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// MeanSD is the mean and the standard deviation with divisor n−1, in two
// passes. Both are NaN for no values, the standard deviation also for one.
func MeanSD(x []float64) (mean, sd float64) {
	if len(x) == 0 {
		return math.NaN(), math.NaN()
	}
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	if len(x) == 1 {
		return mean, math.NaN()
	}
	for _, v := range x {
		sd += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sd / float64(len(x)-1))
}

// Quantile is the p-quantile, 0 ≤ p ≤ 1, of values sorted upwards, by linear
// interpolation between order statistics at 1 + p(n−1) (Hyndman and Fan 1996,
// type 7). NaN without values.
func Quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	h := p * float64(len(sorted)-1)
	i := int(math.Floor(h))
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (h-float64(i))*(sorted[i+1]-sorted[i])
}

// NormalQuantile is the p-quantile of the standard normal distribution.
func NormalQuantile(p float64) float64 { return distuv.UnitNormal.Quantile(p) }

// Wilson is the score interval of a proportion part/n with confidence level:
//
//	(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)
//
// (Wilson 1927, J. Am. Stat. Assoc. 22:209–212; R's prop.test without
// continuity correction). NaN when n is 0.
func Wilson(part, n int, level float64) (low, high float64) {
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	z, nn := NormalQuantile(0.5+level/2), float64(n)
	p := float64(part) / nn
	centre := p + z*z/(2*nn)
	half := z * math.Sqrt(p*(1-p)/nn+z*z/(4*nn*nn))
	scale := 1 + z*z/nn
	return math.Max(0, (centre-half)/scale), math.Min(1, (centre+half)/scale)
}

// Newcombe is the hybrid score interval of the difference of two independent
// proportions p₁ = part1/n1 and p₂ = part2/n2 with confidence level, from their
// Wilson intervals (l₁, u₁) and (l₂, u₂):
//
//	p₁ − p₂ − √((p₁ − l₁)² + (u₂ − p₂)²)  to  p₁ − p₂ + √((u₁ − p₁)² + (p₂ − l₂)²)
//
// (Newcombe 1998, Statistics in Medicine 17:873–890, method 10). NaN when n1 or
// n2 is 0.
func Newcombe(part1, n1, part2, n2 int, level float64) (low, high float64) {
	l1, u1 := Wilson(part1, n1, level)
	l2, u2 := Wilson(part2, n2, level)
	p1, p2 := float64(part1)/float64(n1), float64(part2)/float64(n2)
	return p1 - p2 - math.Hypot(p1-l1, u2-p2), p1 - p2 + math.Hypot(u1-p1, p2-l2)
}
