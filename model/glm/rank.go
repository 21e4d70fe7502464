package glm

import "math"

const (
	// clearPivot is the share of a scaled column's square that must be left
	// over after the earlier columns for the normal equations to be trusted.
	clearPivot = 1e-8
	// clearLength is the same as a length, before centring, relative to the
	// column: a margin above the rank tolerance.
	clearLength = 1e-9
)

// choose decides which columns are fitted and in which coordinates, and makes
// the first pass, which leaves either coefficients to go on from or the first
// weighted regression.
func (p *problem) choose() {
	all := make([]int, p.data.P)
	for j := range all {
		all[j] = j
	}
	p.basis = p.standard(all)
	if p.startFromSample() {
		return
	}
	if p.begin(); p.clear() {
		return
	}
	keep, r, combination := limitedPivoting(p.triangle(), p.data.P, p.opts.RankTolerance)
	p.combination = combination
	p.basis = p.standard(keep)
	if p.begin(); p.clear() {
		return
	}
	p.basis = p.uncentred(keep)
	p.basis.t = invertUpper(r, len(keep))
	p.begin()
}

// begin sums the first weighted regression.
func (p *problem) begin() { p.now = p.run(pass{eta: p.eta, start: true}) }

// clear tells whether every column stands well clear of the earlier ones.
func (p *problem) clear() bool {
	k := len(p.basis.cols)
	_, pivots, ok := cholesky(p.now.hessian, k, 0)
	if !ok {
		return false
	}
	for j, pivot := range pivots {
		s, m := p.basis.scale[j], p.basis.centre[j]
		share := 1 / (1 + (m/s)*(m/s)) // of the column's square that centring left
		if !(pivot > clearPivot && pivot*share > clearLength*clearLength) {
			return false
		}
	}
	return true
}

// triangle returns the P×P upper triangle R, row by row, of the QR
// decomposition of the columns of X scaled to unit mean square: blocks of rows
// are put below the triangle so far and rotated into it by Householder
// reflections.
//
// Source: Golub and Van Loan (2013), Matrix Computations, 4th ed., 5.2.
func (p *problem) triangle() []float64 {
	d := p.data
	all := make([]int, d.P)
	for j := range all {
		all[j] = j
	}
	scale := p.uncentred(all).scale
	block := max(256, 2*d.P)
	height := d.P + block
	work := make([]float64, height*d.P) // column by column
	for lo := 0; lo < d.N; lo += block {
		hi := min(lo+block, d.N)
		for j := range d.P {
			to := work[j*height+d.P : (j+1)*height]
			clear(to)
			for i, v := range d.column(j)[lo:hi] {
				if p.a[lo+i] > 0 {
					to[i] = v / scale[j]
				}
			}
		}
		reflect(work, height, d.P)
	}
	r := make([]float64, d.P*d.P)
	for i := range d.P {
		for j := i; j < d.P; j++ {
			r[i*d.P+j] = work[j*height+i]
		}
	}
	return r
}

// reflect triangularizes a height×k matrix in place whose first k rows are
// upper triangular.
func reflect(work []float64, height, k int) {
	for j := range k {
		column := work[j*height : (j+1)*height]
		v := column[k:]
		below := norm(v)
		if below == 0 {
			continue
		}
		length := math.Hypot(column[j], below)
		if column[j] > 0 {
			length = -length
		}
		head := column[j] - length // the reflection's vector is (head, v)
		factor := 1 / (length * head)
		column[j] = length
		for l := j + 1; l < k; l++ {
			other := work[l*height : (l+1)*height]
			tail := other[k:]
			f := factor * (head*other[j] + dot(v, tail))
			other[j] += f * head
			for i, u := range v {
				tail[i] += f * u
			}
		}
		clear(v)
	}
}

// limitedPivoting goes through the columns of an upper triangle in order and
// sets aside each whose part beyond the kept ones is shorter than tol times
// the column: R's dqrdc2. It returns the kept columns, their triangle, and for
// each column that is not kept the kept ones it is a combination of.
func limitedPivoting(r []float64, k int, tol float64) (keep []int, triangle []float64, combination [][]int) {
	combination = make([][]int, k)
	work := make([]float64, 2*k*k) // kept columns as they were reflected, column by column
	height := k
	var heads [][]float64 // reflections so far
	var columns [][]float64
	for j := range k {
		c := work[j*height : (j+1)*height]
		for i := 0; i <= j; i++ {
			c[i] = r[i*k+j]
		}
		length := norm(c)
		for at, h := range heads {
			applyReflection(h, c, at)
		}
		at := len(keep)
		rest := norm(c[at:])
		if length == 0 || rest < tol*length {
			combination[j] = combinationOf(columns, keep, c)
			continue
		}
		h := append([]float64(nil), c[at:]...)
		if h[0] > 0 {
			rest = -rest
		}
		h[0] -= rest
		c[at] = rest
		clear(c[at+1:])
		heads, columns, keep = append(heads, h), append(columns, c), append(keep, j)
	}
	n := len(keep)
	triangle = make([]float64, n*n)
	for j, c := range columns {
		for i := 0; i <= j; i++ {
			triangle[i*n+j] = c[i]
		}
	}
	return keep, triangle, combination
}

// combinationOf returns those of the kept columns, given by their triangle,
// that have a part in the reflected column c.
func combinationOf(columns [][]float64, keep []int, c []float64) []int {
	x := append([]float64(nil), c[:len(keep)]...)
	largest := 0.0
	for j := len(keep) - 1; j >= 0; j-- {
		x[j] /= columns[j][j]
		for i := range j {
			x[i] -= x[j] * columns[j][i]
		}
		largest = max(largest, math.Abs(x[j]))
	}
	var out []int
	for j, v := range x {
		if math.Abs(v) > 1e-7*largest {
			out = append(out, keep[j])
		}
	}
	return out
}

// applyReflection reflects c from position at on along h.
func applyReflection(h, c []float64, at int) {
	hh := dot(h, h)
	if hh == 0 {
		return
	}
	f := 2 * dot(h, c[at:]) / hh
	for i, v := range h {
		c[at+i] -= f * v
	}
}

// invertUpper returns the inverse of an upper triangle, row by row.
func invertUpper(r []float64, k int) []float64 {
	t := make([]float64, k*k)
	for j := range k {
		for i := j; i >= 0; i-- {
			v := 0.0
			if i == j {
				v = 1
			}
			for l := i + 1; l <= j; l++ {
				v -= r[i*k+l] * t[l*k+j]
			}
			t[i*k+j] = v / r[i*k+i]
		}
	}
	return t
}

func dot(a, b []float64) float64 {
	b = b[:len(a)]
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func norm(v []float64) float64 {
	largest := 0.0
	for _, x := range v {
		largest = max(largest, math.Abs(x))
	}
	if largest == 0 {
		return 0
	}
	sum := 0.0
	for _, x := range v {
		sum += (x / largest) * (x / largest)
	}
	return largest * math.Sqrt(sum)
}
