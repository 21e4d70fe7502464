package infer

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// KolmogorovSmirnov compares values that should be standard normal with the
// normal distribution: D is the largest distance between the share of values
// up to x and Φ(x), and p its probability of being larger,
//
//	D = max_i max(i/n − Φ(x_i), Φ(x_i) − (i−1)/n)
//	p = 2 Σ_k (−1)^(k−1) exp(−2 k² n D²)
//
// of many independent values (the asymptotic distribution). Both are NaN
// without values, or with one that is not a number.
//
// Source: Kolmogorov (1933); Marsaglia, Tsang and Wang (2003), Journal of
// Statistical Software 8(18); ks.test(x, "pnorm", exact = FALSE) of R.
func KolmogorovSmirnov(values []float64) (d, p float64) {
	x := slices.Clone(values)
	slices.Sort(x) // NaN first
	n := float64(len(x))
	if n == 0 || math.IsNaN(x[0]) {
		return math.NaN(), math.NaN()
	}
	for i, v := range x {
		below := distuv.UnitNormal.CDF(v)
		d = max(d, float64(i+1)/n-below, below-float64(i)/n)
	}
	return d, kolmogorovTail(math.Sqrt(n) * d)
}

// kolmogorovTail is the probability of a Kolmogorov variable above z. Below 1
// it is one less the other series of the distribution, which converges where
// the alternating one does not.
func kolmogorovTail(z float64) float64 {
	if z <= 0 {
		return 1
	}
	sum := 0.0
	if z < 1 {
		for k := 1.0; k < 20; k += 2 {
			sum += math.Exp(-k * k * math.Pi * math.Pi / (8 * z * z))
		}
		return max(0, 1-math.Sqrt(2*math.Pi)/z*sum)
	}
	for k, sign := 1.0, 2.0; k < 20; k, sign = k+1, -sign {
		sum += sign * math.Exp(-2*k*k*z*z)
	}
	return sum
}
