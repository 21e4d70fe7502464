package impute

import (
	"math"
	"slices"
	"testing"
)

// The gradient and information of the cumulative model with cluster effects are
// those of its log-likelihood, by differences.
func TestCumulativeGradient(t *testing.T) {
	p := five(t)
	p.Level, p.Variables = "intercept", p.Variables[1:2]
	f := &filling{problem: p, out: &Filled{}}
	if err := f.prepare(); err != nil {
		t.Fatal(err)
	}
	s := newState(f.design)
	s.begin(1, 1)
	m := newCumulative(s, 0, s.predictors(0))
	m.tau2, m.doubt = 0.3, nil
	for i := range m.point {
		m.point[i] += 0.05 * float64(i%3)
	}
	for g := range m.u {
		m.u[g] = 0.1 * float64(g%5-2)
	}
	if err := m.renew(s); err != nil {
		t.Fatal(err)
	}
	gradient, gradientU, system := slices.Clone(m.gradient), slices.Clone(m.gradientU), m.system
	const h = 1e-5
	move := func(j int, by float64) {
		if j < len(m.point) {
			m.point[j] += by
		} else {
			m.u[j-len(m.point)] += by
		}
	}
	for _, j := range []int{0, 1, 2, 3, 5, len(m.point), len(m.point) + 7} {
		move(j, h)
		up := m.logLik(s)
		m.pass(s, false)
		upper, upperU := slices.Clone(m.gradient), slices.Clone(m.gradientU)
		move(j, -2*h)
		down := m.logLik(s)
		m.pass(s, false)
		lower, lowerU := slices.Clone(m.gradient), slices.Clone(m.gradientU)
		move(j, h)
		want := (up - down) / (2 * h)
		got := 0.0
		if j < len(gradient) {
			got = gradient[j]
		} else {
			got = gradientU[j-len(gradient)]
		}
		if math.Abs(got-want) > 1e-4*max(1, math.Abs(want)) {
			t.Errorf("parameter %d: gradient %g, by differences %g", j, got, want)
		}
		k := len(m.point)
		for i := range k {
			second := (lower[i] - upper[i]) / (2 * h)
			var has float64
			if j < k {
				has = system.a[min(i, j)*k+max(i, j)]
			} else {
				has = system.cross[(j-k)*k+i]
			}
			if math.Abs(second-has) > 1e-4*max(1, math.Abs(second)) {
				t.Errorf("information %d, %d: %g, by differences %g", i, j, has, second)
			}
		}
		for g := range m.u {
			second, has := (lowerU[g]-upperU[g])/(2*h), 0.0
			if j < k {
				has = system.cross[g*k+j]
			} else if g == j-k {
				has = system.d[g]
			}
			if math.Abs(second-has) > 1e-4*max(1, math.Abs(second)) {
				t.Errorf("information of cluster %d and %d: %g, by differences %g", g, j, has, second)
			}
		}
	}
}

// logLik is the log-likelihood by its definition, person by person.
func (m *cumulative) logLik(s *state) float64 {
	t := m.levels - 1
	term := func(k int, eta float64) float64 {
		upper, lower := 1.0, 0.0
		if k < t {
			upper = logistic(m.point[k] - eta)
		}
		if k > 0 {
			lower = logistic(m.point[k-1] - eta)
		}
		return math.Log(upper - lower)
	}
	total := 0.0
	for i, k := range s.variables[m.at].code {
		if k < 0 {
			continue
		}
		eta := m.u[s.clusters.of[i]]
		for c, j := range m.cols {
			eta += m.point[t+c] * s.x[j*s.n+i]
		}
		total += term(int(k), eta)
	}
	for c, values := range m.madeUp.at {
		for _, x := range values {
			for k := range m.levels {
				total += m.madeUp.weight * term(k, m.point[t+c]*x)
			}
		}
	}
	for _, u := range m.u {
		total -= u * u / (2 * m.tau2)
	}
	return total
}
