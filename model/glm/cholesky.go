package glm

import "math"

// A chol is the Cholesky factor of a matrix scaled to unit diagonal:
// D⁻¹ A D⁻¹ (+ ridge) = L L'.
type chol struct {
	k int
	d []float64 // k: √ of the diagonal of A
	l []float64 // k×k lower triangle, row by row
}

// cholesky factors the upper triangle of a k×k matrix h after scaling to unit diagonal and adding ridge to it.
// The pivots are the squares of the factor's diagonal: the share of each
// column that the earlier ones leave. It fails when one is at rounding level.
func cholesky(h []float64, k int, ridge float64) (c *chol, pivots []float64, ok bool) {
	c = &chol{k: k, d: make([]float64, k), l: make([]float64, k*k)}
	for i := range k {
		c.d[i] = math.Sqrt(h[i*k+i])
		if !(c.d[i] > 0) || math.IsInf(c.d[i], 0) {
			if ridge == 0 {
				return nil, nil, false
			}
			c.d[i] = 1
		}
	}
	pivots = make([]float64, k)
	for i := range k {
		row := c.l[i*k : i*k+i]
		for j := range i {
			v := h[j*k+i] / c.d[i] / c.d[j]
			row[j] = (v - dot(row[:j], c.l[j*k:j*k+j])) / c.l[j*k+j]
		}
		pivots[i] = 1 + ridge - dot(row, row)
		if !(pivots[i] > 1e-14) {
			return nil, nil, false
		}
		c.l[i*k+i] = math.Sqrt(pivots[i])
	}
	return c, pivots, true
}

// solve returns A⁻¹ b.
func (c *chol) solve(b []float64) []float64 {
	k := c.k
	x := make([]float64, k)
	for i := range k {
		x[i] = (b[i]/c.d[i] - dot(c.l[i*k:i*k+i], x)) / c.l[i*k+i]
	}
	for i := k - 1; i >= 0; i-- {
		for l := i + 1; l < k; l++ {
			x[i] -= c.l[l*k+i] * x[l]
		}
		x[i] /= c.l[i*k+i]
	}
	for i := range x {
		x[i] /= c.d[i]
	}
	return x
}
