package glmm

import (
	"math"
	"runtime"
	"slices"

	"gonum.org/v1/gonum/mathext"

	"bidrag/model/family"
	"bidrag/model/glm"
	"bidrag/model/sparse"
)

// A problem is one model being fitted: the rows in the order of their groups,
// the columns centred and scaled, and the layout of the parameters.
//
// The parameters stand in one vector x: first the coefficients γ of the
// scaled columns; then for every term, in the order of the structure, the
// lower triangle of T row by row; last, for families with a dispersion, its
// logarithm. T is relative: the covariance of the random effects is φ T T',
// as in lme4, and its diagonal may have any sign. So a variance of zero is an
// ordinary point inside, where the likelihood is even, and not an end of the
// world.
type problem struct {
	given    *Data
	data     *Data   // given, with a Gaussian response and its offset divided by unit
	unit     float64 // a power of two about the size of a Gaussian response; else 1
	opts     Options
	fam      family.Family
	s        *structure
	symbolic *sparse.Symbolic // of H, where terms are crossed
	start    *glm.Estimate    // without random effects
	columns  columns          // γ ↔ β
	slopes   []slopes         // by place: z as fitted ↔ z of the data

	rows   int // that count
	y, a   []float64
	offset []float64 // nil is 0
	x      []float64 // rows×k, column by column
	k      int       // columns that are not aliased
	theta  int       // elements of the T
	params int       // k + theta + 1 for a dispersion

	count     float64 // observations
	floor     float64 // of the dispersion: below it there is nothing but rounding
	saturated float64 // log-likelihood less −deviance/2φ that does not depend on parameters
	chunks    []int   // cells at which the chunks begin, and the end
	nodes     nodes   // of the quadrature
}

func newProblem(d *Data, o Options) (*problem, error) {
	p := &problem{given: d, opts: o, fam: d.Family}
	p.scaleResponse()
	d = p.data
	var err error
	if p.start, err = glm.Fit(d.Data, glm.Options{Threads: o.Threads}); err != nil {
		return nil, err
	}
	all := make([]float64, d.N)
	rows := family.Rows{Y: d.Y, Weight: d.Weights, Trials: d.Trials}
	rows.Scale(all)
	p.s = newStructure(d, all)
	if o.Quadrature > 1 && !p.s.nested {
		return nil, ErrCrossed
	}
	if !p.s.nested {
		row, col := p.s.pattern()
		p.symbolic = sparse.Analyze(p.s.size, row, col)
	}
	p.nodes = newNodes(o.Quadrature)
	p.take(all)
	p.columns = p.newColumns()
	for place := range p.s.q {
		p.slopes = append(p.slopes, p.newSlopes(place))
		p.theta += p.s.q[place] * (p.s.q[place] + 1) / 2
	}
	p.params = p.k + p.theta
	if p.fam.HasDispersion() {
		p.params++
	}
	p.constants(rows)
	p.cut()
	return p, nil
}

// scaleResponse divides a Gaussian response by its unit, so that its own does
// not matter. The unit is a power of two, which costs no digits.
func (p *problem) scaleResponse() {
	p.data, p.unit = p.given, 1
	if p.fam.Dist != family.Gaussian || len(p.given.Y) == 0 {
		return
	}
	mean := 0.0
	for _, y := range p.given.Y {
		mean += y / float64(len(p.given.Y))
	}
	_, exponent := math.Frexp(spread(p.given.Y, mean))
	p.unit = math.Ldexp(1, exponent)
	scaled := *p.given
	divide := func(from []float64) []float64 {
		to := slices.Clone(from)
		for i := range to {
			to[i] /= p.unit
		}
		return to
	}
	scaled.Y, scaled.Offset = divide(scaled.Y), divide(scaled.Offset)
	p.data = &scaled
}

// take copies the rows that count in their new order.
func (p *problem) take(all []float64) {
	d, s := p.data, p.s
	p.rows = len(s.rows)
	pick := func(from []float64) []float64 {
		to := make([]float64, p.rows)
		for r, i := range s.rows {
			to[r] = from[i]
		}
		return to
	}
	p.y, p.a = pick(d.Y), pick(all)
	if d.Offset != nil {
		p.offset = pick(d.Offset)
	}
	for _, aliased := range p.start.Aliased {
		if !aliased {
			p.k++
		}
	}
	p.x = make([]float64, 0, p.rows*p.k)
	for j, aliased := range p.start.Aliased {
		if !aliased {
			from := d.X[j*d.N : (j+1)*d.N]
			for _, i := range s.rows {
				p.x = append(p.x, from[i])
			}
		}
	}
}

// exactly is the share of the dispersion without random effects below which
// what is left over is rounding.
const exactly = 1e-24

// constants fixes what the log-likelihood has beside −deviance/2φ.
func (p *problem) constants(rows family.Rows) {
	p.count = p.start.Count
	p.floor = exactly * p.start.Deviance / p.count
	switch p.fam.Dist {
	case family.Binomial, family.Poisson:
		p.saturated = p.fam.LogLik(rows, 0, p.count, true)
	case family.Gaussian:
		if p.data.Weights != nil && p.data.WeightType == glm.Prior {
			for _, w := range p.data.Weights {
				if w > 0 {
					p.saturated += 0.5 * math.Log(w)
				}
			}
		}
	case family.Gamma:
		for i, y := range p.y {
			p.saturated -= p.a[i] * math.Log(y)
		}
	}
}

// dispersed is the part of the log-likelihood that depends on the dispersion φ
// alone, and its derivative by log φ:
//
//	Gaussian  −(n/2) log 2πφ
//	gamma     Σa (ν log ν − log Γ(ν) − ν),  ν = 1/φ
func (p *problem) dispersed(phi float64) (value, slope float64) {
	switch p.fam.Dist {
	case family.Gaussian:
		return -0.5 * p.count * math.Log(2*math.Pi*phi), -0.5 * p.count
	case family.Gamma:
		nu := 1 / phi
		gamma, _ := math.Lgamma(nu)
		total := 0.0
		for _, a := range p.a {
			total += a
		}
		return total * (nu*math.Log(nu) - gamma - nu), -total * nu * (math.Log(nu) - mathext.Digamma(nu))
	}
	return 0, 0
}

// minChunk and maxChunks are rows, at least, of a chunk and the number of
// chunks whose sums are added in order.
const (
	minChunk  = 512
	maxChunks = 64
)

// cut divides the cells into chunks of about equally many rows.
func (p *problem) cut() {
	size := max(minChunk, (p.rows+maxChunks-1)/maxChunks)
	p.chunks = []int{0}
	last := 0
	for c := range p.s.cells {
		if end := int(p.s.start[c+1]); end-last >= size {
			p.chunks, last = append(p.chunks, c+1), end
		}
	}
	if p.chunks[len(p.chunks)-1] < p.s.cells {
		p.chunks = append(p.chunks, p.s.cells)
	}
}

func (p *problem) threads() int {
	if p.opts.Threads > 0 {
		return p.opts.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// phi is the dispersion at x.
func (p *problem) phi(x []float64) float64 {
	if p.fam.HasDispersion() {
		return math.Exp(x[p.params-1])
	}
	return 1
}
