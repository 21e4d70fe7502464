package fit

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// eigen returns the eigenvalues of a symmetric k×k matrix, ascending, and the
// eigenvector of the largest. Values are NaN when there are none.
func eigen(a []float64, k int) (values, largest []float64) {
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(k, a), true) {
		values = make([]float64, k)
		for i := range values {
			values[i] = math.NaN()
		}
		return values, make([]float64, k)
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	return e.Values(nil), mat.Col(nil, k-1, &vectors)
}

// deviation is the standard deviation of values, with divisor n.
func deviation(values []float64) float64 {
	n, mean, square := float64(len(values)), 0.0, 0.0
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		square += (v - mean) * (v - mean) / n
	}
	return math.Sqrt(square)
}
