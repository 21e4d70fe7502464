package infer

import "math"

// MeanGradient is the derivative of the mean of n fitted means by the p
// coefficients,
//
//	g_j = Σ_i μ'(η_i) x_ij / n
//
// X is n×p, column by column, slope is μ'(η) of each row.
func MeanGradient(x, slope []float64, n, p int) []float64 {
	g := make([]float64, p)
	for j := range p {
		sum := 0.0
		for i, v := range x[j*n : (j+1)*n] {
			sum += v * slope[i]
		}
		g[j] = sum / float64(n)
	}
	return g
}

// DeltaError is the standard error √(g'Vg) of a function of the coefficients
// with gradient g; V is their p×p covariance. A coefficient without variance
// (NaN: aliased) is taken as fixed.
//
// Source: the delta method; Oehlert (1992), The American Statistician 46, 27–29.
func DeltaError(gradient, cov []float64) float64 {
	p := len(gradient)
	sum := 0.0
	for j := range p {
		for k := range p {
			if v := cov[j*p+k]; !math.IsNaN(v) {
				sum += gradient[j] * v * gradient[k]
			}
		}
	}
	return math.Sqrt(sum)
}
