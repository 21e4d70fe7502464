package impute

import (
	"math"

	"bidrag/model/kernel"
)

// far stands for infinity: the logistic distribution beyond it is 0 or 1.
const far = 800.0

// sums are what a pass over the data adds up by level: of the derivatives and
// weights of the two logistic terms.
type sums struct {
	upper, lower, upperWeight, lowerWeight []float64
	count                                  []float64
}

// pass computes the gradient at the present point and, when information, the
// matrix of the system.
func (m *cumulative) pass(s *state, information bool) {
	clear(m.gradient)
	clear(m.gradientU)
	t := m.levels - 1
	add := &sums{make([]float64, m.levels), make([]float64, m.levels), make([]float64, m.levels), make([]float64, m.levels), make([]float64, m.levels)}
	for lo := 0; lo < s.n; lo += chunk {
		m.rows(s, add, lo, min(lo+chunk, s.n), information)
	}
	m.invent(add, information)
	for k := range t {
		m.gradient[k] += add.upper[k] - add.lower[k+1]
	}
	if information {
		m.clearThresholds(add)
	}
	for k := 1; k < t; k++ { // log(1 − e⁻ᵈ), d = θₖ − θₖ₋₁, of everyone at level k
		d := m.point[k] - m.point[k-1]
		first := 1 / math.Expm1(d)
		m.gradient[k] += add.count[k] * first
		m.gradient[k-1] -= add.count[k] * first
		if information {
			a, q, second := m.system.a, m.system.k, add.count[k]*first*(1+first)
			a[k*q+k] += second
			a[(k-1)*q+k-1] += second
			a[(k-1)*q+k] -= second
		}
	}
	if m.u != nil {
		for g, u := range m.u {
			m.gradientU[g] -= u / m.tau2
		}
	}
}

// clearThresholds gives the block of the thresholds its values: what the rows
// left there has no meaning.
func (m *cumulative) clearThresholds(add *sums) {
	a, q := m.system.a, m.system.k
	for i := range m.levels - 1 {
		clear(a[i*q : i*q+m.levels-1])
		a[i*q+i] = add.upperWeight[i] + add.lowerWeight[i+1]
	}
}

// rows adds the persons from lo to hi, the end left out.
func (m *cumulative) rows(s *state, add *sums, lo, hi int, information bool) {
	n, t := hi-lo, m.levels-1
	eta, upper, belowUpper := s.room[0][:n], s.room[1][:n], s.room[2][:n]
	lower, aboveLower, score := s.room[3][:n], s.room[4][:n], s.room[5][:n]
	clear(eta)
	for c, j := range m.cols {
		kernel.Axpy(eta, m.point[t+c], s.x[j*s.n+lo:j*s.n+hi])
	}
	if m.u != nil {
		for i, g := range s.clusters.of[lo:hi] {
			if g >= 0 {
				eta[i] += m.u[g]
			}
		}
	}
	code := s.variables[m.at].code[lo:hi]
	for i, k := range code {
		upper[i], lower[i] = far, -far
		if k >= 0 && int(k) < t {
			upper[i] = m.point[k] - eta[i]
		}
		if k > 0 {
			lower[i] = m.point[k-1] - eta[i]
		}
	}
	kernel.Sigmoid(upper, upper, belowUpper) // F(a), 1 − F(a)
	kernel.Sigmoid(lower, lower, aboveLower) // F(b), 1 − F(b)
	for i, k := range code {
		if k >= 0 {
			add.count[k]++
			add.upper[k] += belowUpper[i]
			add.lower[k] += lower[i]
		}
		score[i] = lower[i] - belowUpper[i]
	}
	if m.u != nil {
		for i, g := range s.clusters.of[lo:hi] {
			if g >= 0 {
				m.gradientU[g] += score[i]
			}
		}
	}
	if !information {
		for c, j := range m.cols {
			m.gradient[t+c] += kernel.Dot(score, s.x[j*s.n+lo:j*s.n+hi])
		}
		return
	}
	for i := range upper { // the weights F(1 − F), in place
		upper[i] *= belowUpper[i]
		lower[i] *= aboveLower[i]
	}
	m.weigh(s, add, code, upper, lower, score, lo, hi)
}

// weigh adds the rows to the gradient and the information, by a panel of the columns
// times the root of the weights, with the thresholds' before them.
func (m *cumulative) weigh(s *state, add *sums, code []int32, upper, lower, score []float64, lo, hi int) {
	n, t := hi-lo, m.levels-1
	root := s.room[6][:n]
	clear(s.panel[:t*chunk])
	for i, k := range code {
		w := upper[i] + lower[i]
		root[i] = math.Sqrt(w)
		if k < 0 {
			continue
		}
		add.upperWeight[k] += upper[i]
		add.lowerWeight[k] += lower[i]
		if w == 0 {
			continue
		}
		if int(k) < t {
			s.panel[int(k)*chunk+i] = -upper[i] / root[i]
		}
		if k > 0 {
			s.panel[(int(k)-1)*chunk+i] = -lower[i] / root[i]
		}
	}
	if m.u != nil {
		m.crossRows(s, code, upper, lower, lo, hi)
	}
	for c, j := range m.cols {
		x := s.panel[(t+c)*chunk : (t+c)*chunk+n]
		copy(x, s.x[j*s.n+lo:j*s.n+hi])
		m.gradient[t+c] += kernel.Weigh(x, root, score)
	}
	kernel.AddGram(m.system.a, m.system.k, s.panel, chunk, n, m.system.k)
}

// crossRows adds the rows to the part of the information that joins cluster
// effects with the other parameters.
func (m *cumulative) crossRows(s *state, code []int32, upper, lower []float64, lo, hi int) {
	w, t, q := m.system, m.levels-1, m.system.k
	for i, g := range s.clusters.of[lo:hi] {
		if g < 0 || code[i] < 0 {
			continue
		}
		row, k := w.cross[int(g)*q:(int(g)+1)*q], int(code[i])
		w.likely[g] += upper[i] + lower[i]
		if k < t {
			row[k] -= upper[i]
		}
		if k > 0 {
			row[k-1] -= lower[i]
		}
	}
	for c, j := range m.cols {
		x := s.x[j*s.n+lo : j*s.n+hi]
		for i, g := range s.clusters.of[lo:hi] {
			if g >= 0 {
				w.cross[int(g)*q+t+c] += (upper[i] + lower[i]) * x[i]
			}
		}
	}
}

// invent adds the made-up persons.
func (m *cumulative) invent(add *sums, information bool) {
	t, w := m.levels-1, m.madeUp.weight
	for c, values := range m.madeUp.at {
		for _, x := range values {
			eta := m.point[t+c] * x
			for k := range m.levels {
				upper, lower := far, -far
				if k < t {
					upper = m.point[k] - eta
				}
				if k > 0 {
					lower = m.point[k-1] - eta
				}
				below, above := logistic(-upper), logistic(lower) // 1 − F(a), F(b)
				add.count[k] += w
				add.upper[k] += w * below
				add.lower[k] += w * above
				m.gradient[t+c] += w * x * (above - below)
				if !information {
					continue
				}
				a, q := m.system.a, m.system.k
				upperWeight, lowerWeight := w*below*(1-below), w*above*(1-above)
				add.upperWeight[k] += upperWeight
				add.lowerWeight[k] += lowerWeight
				a[(t+c)*q+t+c] += (upperWeight + lowerWeight) * x * x
				if k < t {
					a[k*q+t+c] -= upperWeight * x
				}
				if k > 0 {
					a[(k-1)*q+t+c] -= lowerWeight * x
				}
			}
		}
	}
}
