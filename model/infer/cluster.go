// Package infer draws conclusions from fits: standard errors under other
// assumptions than the model's, and whether the model's assumptions hold
// (collinearity, influence, accuracy, the distribution of residuals).
// Everything takes the fit's numbers as arguments; no fit is changed.
package infer

import (
	"fmt"
	"math"
)

// ClusterRobust returns the p×p cluster-robust covariance of coefficients
// without small-sample correction (CR0),
//
//	V = B (Σ_g s_g s_g') B,   s_g = Σ_{i in g} x_i u_i
//
// X is n×p, column by column; score u is the derivative of each row's
// log-likelihood by its linear predictor, times the dispersion; bread B is the
// inverse of X'WX, p×p, NaN in the rows and columns of aliased coefficients,
// which stay NaN; cluster is the index of each row's cluster, from 0.
//
// Source: Liang and Zeger (1986), Biometrika 73, 13–22; sandwich::vcovCL of R
// with type "HC0" and cadjust FALSE.
func ClusterRobust(x, score, bread []float64, n, p int, cluster []int32, clusters int) []float64 {
	if len(x) != n*p || len(score) != n || len(bread) != p*p || len(cluster) != n {
		panic(fmt.Sprintf("infer: shapes differ: n=%d p=%d, X %d, score %d, bread %d, cluster %d", n, p, len(x), len(score), len(bread), len(cluster)))
	}
	half := make([]float64, clusters*p) // row g is B s_g
	for j := range p {
		if math.IsNaN(bread[j*p+j]) {
			continue
		}
		sums := make([]float64, clusters)
		for i, v := range x[j*n : (j+1)*n] {
			sums[cluster[i]] += v * score[i]
		}
		for g, s := range sums {
			for l := range p {
				half[g*p+l] += bread[l*p+j] * s
			}
		}
	}
	v := make([]float64, p*p)
	for g := range clusters {
		h := half[g*p : (g+1)*p]
		for i := range p {
			for j := range p {
				v[i*p+j] += h[i] * h[j]
			}
		}
	}
	return v
}
