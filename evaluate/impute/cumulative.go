package impute

import (
	"math"
	"slices"
)

// A cumulative logit model of a variable's levels 0, …, K−1,
//
//	P(y ≤ k) = F(θₖ − η),   η = xβ + u,   F(t) = 1/(1 + e⁻ᵗ)
//
// proportional odds, and with K = 2 the logistic model. A person at level k adds
//
//	log F(a) + log(1 − F(b)) + log(1 − e⁻⁽ᵃ⁻ᵇ⁾),   a = θₖ − η,   b = θₖ₋₁ − η
//
// to the log-likelihood, without the terms of a at the last level and of b at
// the first: two logistic terms, and one that is the same for all persons of
// the level. Parameters are drawn from N((θ̂, β̂), I⁻¹) with the observed
// information I; with clusters u and β are drawn together, u with the prior
// N(0, τ²), and then τ².
//
// Source: McCullagh (1980), Journal of the Royal Statistical Society B 42,
// 109–142; van Buuren (2018), 3.6; for u penalized quasi-likelihood, Breslow and
// Clayton (1993), Journal of the American Statistical Association 88, 9–25.
type cumulative struct {
	at     int // variable
	levels int
	cols   []int
	madeUp madeUp
	doubt  []float64 // by column

	point []float64 // θ₀ … θ_{K−2}, then β
	u     []float64 // by cluster; nil without
	tau2  float64

	settling int    // draws of τ² before the first that is used
	system   *arrow // the information when it was last computed; its factor in schur

	// Of the last pass over the data.
	gradient  []float64
	gradientU []float64

	next, nextU []float64 // the step
}

func newCumulative(s *state, at int, cols []int) *cumulative {
	v := s.variables[at]
	m := &cumulative{at: at, levels: len(v.value), cols: slices.DeleteFunc(slices.Clone(cols), func(j int) bool { return j == 0 }), tau2: 0.1, settling: 10}
	m.madeUp, m.doubt = s.madeUp(m.cols, m.levels), s.doubt(m.cols)
	m.point = make([]float64, m.levels-1+len(m.cols))
	below := 0.0
	for k := range m.levels - 1 {
		below += float64(v.count[k])
		share := below / float64(v.known)
		m.point[k] = math.Log(share / (1 - share))
	}
	m.gradient = make([]float64, len(m.point))
	if s.intercept {
		m.u, m.gradientU = make([]float64, s.clusters.number), make([]float64, s.clusters.number)
	}
	return m
}

// clone is a model that goes on from the same estimates.
func (m *cumulative) clone() model {
	c := *m
	c.point, c.u = slices.Clone(m.point), slices.Clone(m.u)
	c.gradient, c.gradientU = slices.Clone(m.gradient), slices.Clone(m.gradientU)
	return &c // the system is made anew, never changed
}

func (m *cumulative) fill(s *state) error {
	v := s.variables[m.at]
	for ; m.u != nil && m.settling > 0; m.settling-- { // until τ² is where the data have it
		if err := climb(m, s, off, tolerance); err != nil {
			return err
		}
		if _, _, _, err := m.draw(s); err != nil {
			return err
		}
	}
	if err := follow(m, s, v); err != nil {
		return err
	}
	theta, beta, u, err := m.draw(s)
	if err != nil {
		return err
	}
	eta := s.predictMissing(v, m.cols, beta)
	s.addEffects(eta, v.missing, u)
	bounded := s.bounds[m.at] != [2]*bound{}
	for k, i := range v.missing {
		least, most := 0, m.levels-1
		if bounded {
			least, most = s.levelsWithin(m.at, int(i))
		}
		if m.levels == 2 {
			eta[k] += v.shift
		}
		s.put(m.at, int(i), s.level(v, theta, eta[k], least, most, int(i)))
	}
	return nil
}

// level draws a level from least to most, and shifts it.
func (s *state) level(v *variable, theta []float64, eta float64, least, most, i int) float64 {
	low, high := 0.0, 1.0
	if least > 0 {
		low = logistic(theta[least-1] - eta)
	}
	if most < len(theta) {
		high = logistic(theta[most] - eta)
	}
	x := low + (high-low)*s.random.Float64()
	k := least
	for k < most && x >= logistic(theta[k]-eta) {
		k++
	}
	if v.shift == 0 || len(v.value) == 2 {
		return v.value[k]
	}
	return s.within(s.place(v), v.value[k], v.value[least], v.value[most])
}

func logistic(t float64) float64 {
	if t < 0 {
		e := math.Exp(t)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-t))
}

// place is a variable's number in the design.
func (d *design) place(v *variable) int { return slices.Index(d.variables, v) }

// levelsWithin are the levels within a person's bounds; the nearest one when
// there is none.
func (s *state) levelsWithin(at, i int) (least, most int) {
	low, high := s.limits(at, i)
	value := s.variables[at].value
	most = len(value) - 1
	for least < most && value[least] < low {
		least++
	}
	for most > least && value[most] > high {
		most--
	}
	return least, most
}

// draw draws parameters, and the variance between clusters, which the system
// has from then on.
func (m *cumulative) draw(s *state) (theta, beta, u []float64, err error) {
	t := m.levels - 1
	var step []float64
	for range 100 { // until the thresholds are in order
		if m.u == nil {
			step = spread(m.system.schur, s.normals(len(m.point)))
		} else {
			step, u = m.system.draw(s)
		}
		for i := range step {
			step[i] += m.point[i]
		}
		if slices.IsSorted(step[:t]) {
			break
		}
	}
	if m.u == nil {
		return step[:t], step[t:], nil, nil
	}
	for g := range u {
		u[g] += m.u[g]
	}
	m.tau2 = s.variance(u)
	var ok bool
	if m.system, ok = m.system.withVariance(m.tau2); !ok {
		err = errSingular
	}
	return step[:t], step[t:], u, err
}

// step is where the gradient leads, and how far it is in squared standard errors.
func (m *cumulative) step() (decrement float64) {
	if m.u == nil {
		m.next = solve(m.system.schur, m.gradient)
		return dot(m.next, m.gradient)
	}
	m.next, m.nextU = m.system.solve(m.gradient, m.gradientU)
	return dot(m.next, m.gradient) + dot(m.nextU, m.gradientU)
}

func (m *cumulative) size() int { return len(m.point) }

func (m *cumulative) slope(s *state) { m.pass(s, false) }

func (m *cumulative) lasts() bool { return m.system != nil }

// move goes the step, or, where it is long, or would put the thresholds out of
// order, a part of it.
func (m *cumulative) move() {
	t, step, effects := m.levels-1, m.next, m.nextU
	part := 1.0
	if size := largest(step); size > 3 {
		part = 3 / size
	}
	for range 30 {
		ordered := true
		for k := 1; k < t; k++ {
			ordered = ordered && m.point[k]+part*step[k]-m.point[k-1]-part*step[k-1] > 0.1*(m.point[k]-m.point[k-1])
		}
		if ordered {
			break
		}
		part /= 2
	}
	for i := range step {
		m.point[i] += part * step[i]
	}
	for g := range effects {
		m.u[g] += part * effects[g]
	}
}

func largest(x []float64) float64 {
	most := 0.0
	for _, v := range x {
		most = max(most, math.Abs(v))
	}
	return most
}

// renew computes the information at the present point, with the gradient.
func (m *cumulative) renew(s *state) error {
	q := len(m.point)
	m.system = &arrow{k: q, a: make([]float64, q*q)}
	if m.u != nil {
		m.system.groups = len(m.u)
		m.system.cross, m.system.likely = make([]float64, len(m.u)*q), make([]float64, len(m.u))
	}
	m.pass(s, true)
	for c, v := range m.doubt {
		j := m.levels - 1 + c
		m.system.a[j*q+j] += v
	}
	ok := finite(m.gradient) && finite(m.system.a)
	if !ok {
		return errNotFinite
	}
	if m.u == nil {
		m.system.schur, ok = factor(m.system.a, q)
	} else {
		m.system, ok = m.system.withVariance(m.tau2)
	}
	if !ok {
		return errSingular
	}
	return nil
}
