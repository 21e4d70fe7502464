package impute

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"

	"bidrag/model/kernel"
)

// A multinomial logit model of a variable's levels,
//
//	P(y = k) = exp(xβₖ)/Σₗ exp(xβₗ),   β = 0 for the level observed most often
//
// Parameters are drawn from N(β̂, I⁻¹). Clusters enter by means alone.
//
// Source: Agresti (2013), Categorical Data Analysis, 3rd ed., 8.1; van Buuren
// (2018), 3.6.
type multinomial struct {
	at        int // variable
	levels    int
	reference int32
	cols      []int // the first is the constant
	madeUp    madeUp
	doubt     []float64 // by column but the constant
	threads   int       // for the information

	point    []float64 // β by level but the reference, by rows
	gradient []float64
	loss     float64 // minus the log-likelihood
	next     []float64
	factor   []float64 // Cholesky factor of the information when it was last computed
}

func newMultinomial(s *state, at int, cols []int, threads int) *multinomial {
	v := s.variables[at]
	m := &multinomial{at: at, levels: len(v.value), reference: v.commonest(), cols: cols, threads: threads}
	m.madeUp, m.doubt = s.madeUp(cols[1:], m.levels), s.doubt(cols[1:])
	m.point, m.gradient = make([]float64, (m.levels-1)*len(cols)), make([]float64, (m.levels-1)*len(cols))
	for k := range m.levels - 1 {
		m.point[k*len(cols)] = math.Log(float64(v.count[m.level(k)]) / float64(v.count[m.reference]))
	}
	return m
}

// level is the level of block k of the parameters.
func (m *multinomial) level(k int) int32 {
	if int32(k) < m.reference {
		return int32(k)
	}
	return int32(k) + 1
}

// clone is a model that goes on from the same estimates.
func (m *multinomial) clone() model {
	c := *m
	c.point, c.gradient, c.threads = slices.Clone(m.point), slices.Clone(m.gradient), 1
	return &c // the factor is made anew, never changed
}

func (m *multinomial) fill(s *state) error {
	if m.factor == nil {
		m.start(s)
	}
	if err := follow(m, s, s.variables[m.at]); err != nil {
		return err
	}
	v, q := s.variables[m.at], len(m.cols)
	drawn := spread(m.factor, s.normals(len(m.point)))
	for i := range drawn {
		drawn[i] += m.point[i]
	}
	eta := make([][]float64, m.levels)
	for k := range m.levels - 1 {
		eta[m.level(k)] = s.predictMissing(v, m.cols, drawn[k*q:(k+1)*q])
	}
	eta[m.reference] = make([]float64, len(v.missing))
	share := make([]float64, m.levels)
	for r, i := range v.missing {
		for k := range share {
			share[k] = eta[k][r]
		}
		s.put(m.at, int(i), v.value[pick(share, s.random.Float64())])
	}
	return nil
}

// pick turns linear predictors into probabilities, and u into a level.
func pick(eta []float64, u float64) int {
	most, total := slices.Max(eta), 0.0
	for k, v := range eta {
		eta[k] = math.Exp(v - most)
		total += eta[k]
	}
	u *= total
	for k, p := range eta {
		if u -= p; u < 0 {
			return k
		}
	}
	return slices.Index(eta, slices.Max(eta))
}

// start goes most of the way to the top by a quasi-Newton method that needs no
// information, in coordinates where that of the model without predictors is 1.
func (m *multinomial) start(s *state) {
	v, q, t := s.variables[m.at], len(m.cols), m.levels-1
	share := make([]float64, t*t)
	for i := range t {
		a := float64(v.count[m.level(i)])
		for j := i; j < t; j++ {
			share[i*t+j] = -a * float64(v.count[m.level(j)]) / float64(v.known)
		}
		share[i*t+i] += a
	}
	left, ok := factor(share, t)
	squares := s.observed(v, m.cols)
	for i := range squares {
		squares[i] /= float64(v.known)
	}
	right, also := factor(squares, q)
	if !ok || !also {
		return
	}
	origin := slices.Clone(m.point)
	set := func(x []float64) { // β = origin + L'⁻¹ x R⁻¹
		copy(m.point, x)
		b := kernel.ByRows(m.point, t, q, q)
		kernel.SolveUpper(kernel.ByRows(left, t, t, t), b)
		kernel.SolveUpper(kernel.ByRows(right, q, q, q), b.T())
		for i := range m.point {
			m.point[i] += origin[i]
		}
	}
	var last []float64 // where the likelihood was asked for: the gradient is known too
	at := func(x []float64) {
		if !slices.Equal(x, last) {
			set(x)
			m.slope(s)
			last = append(last[:0], x...)
		}
	}
	problem := optimize.Problem{
		Func: func(x []float64) float64 { at(x); return m.loss },
		Grad: func(grad, x []float64) {
			at(x)
			for i, g := range m.gradient {
				grad[i] = -g
			}
			b := kernel.ByRows(grad, t, q, q)
			kernel.SolveLower(kernel.ByRows(left, t, t, t), b)
			kernel.SolveLower(kernel.ByRows(right, q, q, q), b.T())
		},
	}
	r, err := optimize.Minimize(problem, make([]float64, len(m.point)), &optimize.Settings{
		GradientThreshold: 0.01, MajorIterations: 100, Converger: &optimize.FunctionConverge{Absolute: 0.05, Iterations: 5},
	}, &optimize.LBFGS{})
	if r == nil || err != nil && !finite(r.X) {
		copy(m.point, origin)
		return
	}
	set(r.X)
}

func (m *multinomial) size() int { return len(m.point) }

func (m *multinomial) lasts() bool { return m.factor != nil }

func (m *multinomial) step() float64 {
	m.next = solve(m.factor, m.gradient)
	return dot(m.next, m.gradient)
}

func (m *multinomial) move() {
	part := 1.0
	if size := largest(m.next); size > 3 {
		part = 3 / size
	}
	for i, v := range m.next {
		m.point[i] += part * v
	}
}
