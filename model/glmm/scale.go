package glmm

import "math"

// columns is how the columns are centred and scaled: x̃ = (x − centre)/scale.
// Where there is a constant column the others are centred; it takes up the
// centres and is itself scaled to ones.
type columns struct {
	of     []int // column of X by column of the fit
	centre []float64
	scale  []float64
	one    int // the constant column; −1 if none
}

// newColumns centres and scales p.x in place.
func (p *problem) newColumns() columns {
	c := columns{one: -1, centre: make([]float64, p.k), scale: make([]float64, p.k)}
	for j, aliased := range p.start.Aliased {
		if !aliased {
			c.of = append(c.of, j)
		}
	}
	for k := range p.k {
		if x := p.column(k); c.one < 0 && constant(x) && x[0] != 0 {
			c.one = k
		}
	}
	for k := range p.k {
		x := p.column(k)
		switch {
		case k == c.one:
			c.scale[k] = x[0]
		case c.one >= 0 && !p.opts.uncentred:
			c.centre[k], c.scale[k] = moments(x)
		default:
			c.scale[k] = spread(x, 0)
		}
		for i, v := range x {
			x[i] = (v - c.centre[k]) / c.scale[k]
		}
	}
	return c
}

func (p *problem) column(k int) []float64 { return p.x[k*p.rows : (k+1)*p.rows] }

// back turns coefficients of the scaled columns into those of the kept columns.
func (c *columns) back(gamma []float64) []float64 {
	beta := make([]float64, len(gamma))
	shift := 0.0
	for k, g := range gamma {
		beta[k] = g / c.scale[k]
		shift += c.centre[k] * beta[k]
	}
	if c.one >= 0 {
		beta[c.one] -= shift / c.scale[c.one]
	}
	return beta
}

// forth is the inverse of back.
func (c *columns) forth(beta []float64) []float64 {
	gamma := make([]float64, len(beta))
	shift := 0.0
	for k, b := range beta {
		gamma[k] = b * c.scale[k]
		shift += c.centre[k] * b
	}
	if c.one >= 0 {
		gamma[c.one] += shift
	}
	return gamma
}

// slopes is how the z of a term are centred and scaled: z̃ = (z − centre)/scale,
// centred where the term has an intercept. Random effects of z̃ and of z are
// related by b = M b̃.
type slopes struct {
	q int
	m []float64 // q×q
}

// newSlopes centres and scales the z of the cells in place.
func (p *problem) newSlopes(place int) slopes {
	q := p.s.q[place]
	t := slopes{q: q, m: make([]float64, q*q)}
	first := 0
	for p.s.place[first] != place {
		first++
	}
	one := -1
	for j := range q {
		if z := p.s.z[first+j]; one < 0 && (z == nil || constant(z) && z[0] != 0) {
			one = j
		}
	}
	for j := range q {
		z := p.s.z[first+j]
		centre, scale := 0.0, 1.0
		switch {
		case z == nil:
		case j == one:
			scale = z[0]
		case one >= 0 && !p.opts.uncentred:
			centre, scale = moments(z)
		default:
			scale = spread(z, 0)
		}
		for c, v := range z {
			z[c] = (v - centre) / scale
		}
		t.m[j*q+j] = 1 / scale
		if one >= 0 && j != one {
			t.m[one*q+j] = -centre / scale
		}
	}
	if one >= 0 { // the intercept's own scale
		for j := range q {
			if j != one {
				t.m[one*q+j] *= t.m[one*q+one]
			}
		}
	}
	return t
}

// back returns M b.
func (t *slopes) back(b []float64) []float64 {
	out := make([]float64, t.q)
	for i := range out {
		for j, v := range b {
			out[i] += t.m[i*t.q+j] * v
		}
	}
	return out
}

func constant(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return false
		}
	}
	return len(x) > 0
}

// moments returns mean and standard deviation; 1 for the latter when it is 0.
func moments(x []float64) (mean, sd float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	if constant(x) {
		return mean, 1
	}
	return mean, spread(x, mean)
}

// spread is the root mean square of x − centre, 1 when it is 0; values whose
// squares would overflow or vanish are scaled on the way.
func spread(x []float64, centre float64) float64 {
	largest := 0.0
	for _, v := range x {
		largest = max(largest, math.Abs(v-centre))
	}
	if largest == 0 {
		return 1
	}
	sum := 0.0
	for _, v := range x {
		r := (v - centre) / largest
		sum += r * r
	}
	return largest * math.Sqrt(sum/float64(len(x)))
}
