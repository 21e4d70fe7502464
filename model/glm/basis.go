package glm

import (
	"math"

	"bidrag/model/kernel"
)

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
func (p *problem) standard(cols []int) basis {
	b := basis{cols: cols, centre: make([]float64, len(cols)), scale: make([]float64, len(cols)), one: -1}
	p.columns(cols, func(k int, x []float64) { b.centre[k], b.scale[k] = p.moments(x) })
	for k := range cols {
		if b.scale[k] == 0 && b.centre[k] != 0 {
			b.one = k
			b.scale[k], b.centre[k] = b.centre[k], 0
			break
		}
	}
	if b.one < 0 {
		return p.uncentred(cols)
	}
	b.noZeros()
	return b
}

// uncentred is the basis of columns of unit mean square.
func (p *problem) uncentred(cols []int) basis {
	b := basis{cols: cols, centre: make([]float64, len(cols)), scale: make([]float64, len(cols)), one: -1}
	p.columns(cols, func(k int, x []float64) { b.scale[k] = p.rootMeanSquare(x, 0) })
	b.noZeros()
	return b
}

// noZeros gives columns without a scale the scale 1.
func (b *basis) noZeros() {
	for k, s := range b.scale {
		if s == 0 {
			b.scale[k] = 1
		}
	}
}

// columns calls do for the columns of X, by several goroutines.
func (p *problem) columns(cols []int, do func(k int, x []float64)) {
	each(p.opts.threads(len(cols)), len(cols), func(_, k int) { do(k, p.data.column(cols[k])) })
}

func (d *Data) column(j int) []float64 { return d.X[j*d.N : (j+1)*d.N] }

// moments returns the mean and standard deviation over rows with a > 0; a
// column of one value has standard deviation exactly 0.
func (p *problem) moments(x []float64) (mean, sd float64) {
	low, high, sum := math.Inf(1), math.Inf(-1), 0.0
	n := float64(len(x))
	if !p.idle {
		low, high, sum = kernel.Extremes(x)
	} else {
		n = 0
		for i, v := range x {
			if p.a[i] > 0 {
				low, high, sum = min(low, v), max(high, v), sum+v
				n++
			}
		}
	}
	switch {
	case n == 0:
		return 0, 0
	case low == high:
		return low, 0
	}
	mean = sum / n
	return mean, p.rootMeanSquare(x, mean)
}

// rootMeanSquare of x − centre over rows with a > 0; values whose squares
// would overflow or vanish are scaled on the way.
func (p *problem) rootMeanSquare(x []float64, centre float64) float64 {
	if !p.idle {
		if sum := kernel.Squares(x, centre); sum > 1e-250 && sum < 1e250 {
			return math.Sqrt(sum / float64(len(x)))
		}
	}
	largest := 0.0
	for i, v := range x {
		if p.a[i] != 0 {
			largest = max(largest, math.Abs(v-centre))
		}
	}
	if largest == 0 {
		return 0
	}
	sum, n := 0.0, 0.0
	for i, v := range x {
		if p.a[i] != 0 {
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
