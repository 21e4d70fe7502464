package glm

import (
	"fmt"
	"math"
)

// Linear returns the linear predictor of n rows,
//
//	η = X β + offset
//
// X is n×len(beta), column by column; offset may be nil. A coefficient that is
// NaN (aliased) counts as 0: its column is a combination of others. A NaN in X
// makes the row's predictor NaN.
func Linear(beta, x, offset []float64, n int) []float64 {
	if len(x) != n*len(beta) || offset != nil && len(offset) != n {
		panic(fmt.Sprintf("glm: shapes differ: %d rows, %d coefficients, X %d, offset %d", n, len(beta), len(x), len(offset)))
	}
	eta := make([]float64, n)
	copy(eta, offset)
	for j, b := range beta {
		if math.IsNaN(b) {
			continue
		}
		for i, v := range x[j*n : (j+1)*n] {
			eta[i] += v * b
		}
	}
	return eta
}

// LinearErrors returns the standard error of the linear predictor of n rows,
//
//	se(η) = √(x' V x)
//
// by the delta method, which is exact here. V is p×p, the covariance of the
// coefficients; its NaN rows (aliased) count as 0. The standard error of the
// mean is that of η times |dμ/dη|.
func LinearErrors(cov, x []float64, n, p int) []float64 {
	if len(cov) != p*p || len(x) != n*p {
		panic(fmt.Sprintf("glm: shapes differ: %d rows, %d coefficients, X %d, covariance %d", n, p, len(x), len(cov)))
	}
	out := make([]float64, n)
	half := make([]float64, n)
	for j := range p {
		if math.IsNaN(cov[j*p+j]) {
			continue
		}
		clear(half)
		for l := 0; l <= j; l++ { // V is symmetric: twice the part below the diagonal
			f := cov[j*p+l]
			if math.IsNaN(f) {
				continue
			}
			if l < j {
				f *= 2
			}
			for i, v := range x[l*n : (l+1)*n] {
				half[i] += f * v
			}
		}
		for i, v := range x[j*n : (j+1)*n] {
			out[i] += v * half[i]
		}
	}
	for i, v := range out {
		out[i] = math.Sqrt(max(v, 0))
	}
	return out
}
