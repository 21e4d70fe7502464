package match

import (
	"context"
	"math"

	"bidrag/evaluate/result"
	"bidrag/model/kernel"
)

// byCovariates chooses by the Mahalanobis distance.
func (c *Comparison) byCovariates(ctx context.Context, o Nearest, cells []int32, caliper float64) ([][]int, error) {
	z, p, err := c.whitened()
	if err != nil {
		return nil, err
	}
	free := map[int32][]int{} // by cell, in the order of rows
	for i, t := range c.Treated {
		if !t {
			free[cells[i]] = append(free[cells[i]], i)
		}
	}
	chosen := make([][]int, len(c.Treated))
	used := make([]bool, len(c.Treated))
	order := c.order()
	for range o.Ratio {
		for _, i := range order {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			own := chosen[i]
			best, least := -1, math.Inf(1)
			for _, j := range free[cells[i]] {
				if used[j] || math.Abs(c.Score[i]-c.Score[j]) > caliper || contains(own, j) {
					continue
				}
				if d := squared(z[i*p:(i+1)*p], z[j*p:(j+1)*p], least); d < least {
					best, least = j, d
				}
			}
			if best >= 0 {
				chosen[i] = append(own, best)
				used[best] = !o.Replace
			}
		}
	}
	return chosen, nil
}

func contains(rows []int, row int) bool {
	for _, r := range rows {
		if r == row {
			return true
		}
	}
	return false
}

// squared is the squared distance of two points, or some number above most when
// it is larger than that.
func squared(a, b []float64, most float64) float64 {
	d := 0.0
	for k, x := range a {
		e := x - b[k]
		if d += e * e; d > most {
			break
		}
	}
	return d
}

// whitened are the covariates L⁻¹x, S = LL' their covariance within the two
// sides, so that the Mahalanobis distance is Euclid's: n×p, row by row. Columns
// that others determine, or that do not vary within the sides, add nothing and
// are left out.
func (c *Comparison) whitened() (z []float64, p int, err error) {
	x, err := c.Propensity.Coding.Matrix(c.data)
	if err != nil {
		return nil, 0, err
	}
	n := len(c.Treated)
	var columns [][]float64
	for j, keep := range finite(c.Propensity.Beta) {
		if column := x[j*n : (j+1)*n]; keep && c.Propensity.Coding.Columns[j].Term > 0 && scaleWithin(column, c.Treated) {
			columns = append(columns, column)
		}
	}
	columns, s := within(columns, c.Treated)
	p = len(columns)
	if p == 0 {
		return nil, 0, result.Reason{Code: result.NoMatch, About: "mahalanobis", Message: "no covariate varies among the persons, so there is no distance between them"}
	}
	z = make([]float64, n*p)
	for j, column := range columns {
		for i, v := range column {
			z[i*p+j] = v
		}
	}
	kernel.SolveLower(kernel.ByRows(s, p, p, p), kernel.ByRows(z, n, p, p).T())
	return z, p, nil
}

// scaleWithin divides a column by its standard deviation within the sides, and
// tells whether it has one.
func scaleWithin(x []float64, treated []bool) bool {
	mean := sideMeans(x, treated)
	squares := 0.0
	for i, v := range x {
		e := v - mean[side(treated[i])]
		squares += e * e
	}
	low, high, _ := kernel.Extremes(x)
	sd := math.Sqrt(squares / float64(len(x)))
	if sd <= 1e-10*max(math.Abs(low), math.Abs(high)) {
		return false
	}
	for i := range x {
		x[i] /= sd
	}
	return true
}

// within is the Cholesky factor of the covariance of columns within the sides,
// p×p by rows, and the columns that are no combination of earlier ones.
func within(columns [][]float64, treated []bool) (kept [][]float64, l []float64) {
	n := len(treated)
	var centred [][]float64
	for _, x := range columns {
		mean := sideMeans(x, treated)
		e := make([]float64, n)
		for i, v := range x {
			e[i] = v - mean[side(treated[i])]
		}
		trial := append(centred, e)
		s := covariance(trial)
		p := len(trial)
		whole := s[p*p-1]
		if !kernel.Cholesky(s, p, p) || s[p*p-1]*s[p*p-1] < 1e-9*whole {
			continue
		}
		centred, kept, l = trial, append(kept, x), s
	}
	return kept, l
}

func covariance(columns [][]float64) []float64 {
	p := len(columns)
	s := make([]float64, p*p)
	for i, a := range columns {
		for j, b := range columns[:i+1] {
			s[i*p+j] = kernel.Dot(a, b) / float64(len(a))
		}
	}
	return s
}

func side(treated bool) int {
	if treated {
		return 1
	}
	return 0
}

func sideMeans(x []float64, treated []bool) (mean [2]float64) {
	var n [2]float64
	for i, v := range x {
		mean[side(treated[i])] += v
		n[side(treated[i])]++
	}
	for k := range mean {
		mean[k] /= n[k]
	}
	return mean
}
