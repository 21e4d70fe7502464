package glm

import "math"

// A basis is the coordinates in which a model is fitted. With kept column j,
// centre m and scale s, the fit sees
//
//	c = (x − m)/s,   and   q = c T   when T is there.
//
// It changes the coefficients and nothing else; back gives those of x.
type basis struct {
	cols   []int     // kept columns of X, in order
	centre []float64 // per kept column; 0 for the constant one and where there is none
	scale  []float64 // per kept column; not 0; for the constant column its value
	one    int       // position in cols of the constant column that takes up the centres; −1 if none
	t      []float64 // k×k upper triangular T, row by row; nil is the identity
}

// standard is the basis of centred columns of unit variance, or, without a
// constant column, of unit mean square. Rows of zero weight are left out.
func standard(d *Data, cols []int, a []float64) basis {
	b := basis{cols: cols, centre: make([]float64, len(cols)), scale: make([]float64, len(cols)), one: -1}
	for k, j := range cols {
		x := d.column(j)
		b.centre[k], b.scale[k] = moments(x, a)
		if b.one < 0 && b.scale[k] == 0 && b.centre[k] != 0 {
			b.one = k
		}
	}
	for k, j := range cols {
		if k == b.one {
			b.scale[k], b.centre[k] = b.centre[k], 0
			continue
		}
		if b.one < 0 {
			b.centre[k], b.scale[k] = 0, rootMeanSquare(d.column(j), 0, a)
		}
		if b.scale[k] == 0 {
			b.scale[k] = 1
		}
	}
	return b
}

// uncentred is the basis of columns of unit mean square.
func uncentred(d *Data, cols []int, a []float64) basis {
	b := basis{cols: cols, centre: make([]float64, len(cols)), scale: make([]float64, len(cols)), one: -1}
	for k, j := range cols {
		b.scale[k] = rootMeanSquare(d.column(j), 0, a)
		if b.scale[k] == 0 {
			b.scale[k] = 1
		}
	}
	return b
}

func (d *Data) column(j int) []float64 { return d.X[j*d.N : (j+1)*d.N] }

// moments returns the mean and standard deviation over rows with a > 0; a
// column of one value has standard deviation exactly 0.
func moments(x, a []float64) (mean, sd float64) {
	first, constant, sum, n := math.NaN(), true, 0.0, 0.0
	for i, v := range x {
		if a[i] == 0 {
			continue
		}
		if n == 0 {
			first = v
		}
		constant = constant && v == first
		sum += v
		n++
	}
	if n == 0 {
		return 0, 0
	}
	if constant {
		return first, 0
	}
	mean = sum / n
	return mean, rootMeanSquare(x, mean, a)
}

// rootMeanSquare of x − centre over rows with a > 0; values whose squares
// would overflow or vanish are scaled on the way.
func rootMeanSquare(x []float64, centre float64, a []float64) float64 {
	largest := 0.0
	for i, v := range x {
		if a[i] != 0 {
			largest = max(largest, math.Abs(v-centre))
		}
	}
	if largest == 0 {
		return 0
	}
	sum, n := 0.0, 0.0
	for i, v := range x {
		if a[i] != 0 {
			r := (v - centre) / largest
			sum += r * r
			n++
		}
	}
	return largest * math.Sqrt(sum/n)
}

// back turns coefficients in the basis into those of the kept columns.
func (b *basis) back(gamma []float64) []float64 {
	beta := b.expand(gamma)
	for k := range beta {
		beta[k] /= b.scale[k]
	}
	if b.one >= 0 {
		shift := 0.0
		for k := range beta {
			shift += b.centre[k] * beta[k]
		}
		beta[b.one] -= shift / b.scale[b.one]
	}
	return beta
}

// expand returns T gamma: coefficients of the centred and scaled columns.
func (b *basis) expand(gamma []float64) []float64 {
	k := len(gamma)
	out := make([]float64, k)
	if b.t == nil {
		copy(out, gamma)
		return out
	}
	for i := range k {
		for j := i; j < k; j++ {
			out[i] += b.t[i*k+j] * gamma[j]
		}
	}
	return out
}

// contract returns T' g: a gradient by coefficients of the basis from one by
// coefficients of the centred and scaled columns.
func (b *basis) contract(g []float64) []float64 {
	k := len(g)
	out := make([]float64, k)
	if b.t == nil {
		copy(out, g)
		return out
	}
	for i := range k {
		for j := i; j < k; j++ {
			out[j] += b.t[i*k+j] * g[i]
		}
	}
	return out
}
