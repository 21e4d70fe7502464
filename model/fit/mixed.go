package fit

import (
	"fmt"
	"math"

	"bidrag/model/family"
	"bidrag/model/formula"
	"bidrag/model/glm"
	"bidrag/model/glmm"
)

// fitMixed fits a model with random terms.
func (s *setup) fitMixed(m *Model) error {
	e, err := glmm.Fit(glmm.Data{Data: s.data, Terms: s.terms()}, glmm.Options{Quadrature: s.options.Quadrature, Threads: s.options.Threads})
	if err != nil {
		return err
	}
	for _, t := range e.Terms {
		for _, v := range t.Cov {
			if v-v != 0 {
				return fmt.Errorf("no estimate was found: %s", e.Reason)
			}
		}
	}
	m.mixed = e
	m.Beta, m.Cov, m.Eta, m.Mu = e.Beta, e.Cov, e.Eta, e.Mu
	m.Result = s.mixedResult(m, e)
	return nil
}

// terms are the random terms as the engine reads them.
func (s *setup) terms() []glmm.Term {
	var out []glmm.Term
	for _, r := range s.design.Random {
		out = append(out, glmm.Term{Q: len(r.Columns), Z: r.Z, Group: r.Group, Groups: len(r.Levels)})
	}
	return out
}

// checkRandom tells of random terms that this family or this number of
// quadrature points cannot have.
func (s *setup) checkRandom() error {
	if len(s.design.Random) == 0 {
		return nil
	}
	n := s.observations()
	for _, r := range s.design.Random {
		effects := float64(len(r.Columns) * len(r.Levels))
		switch {
		case s.family.Dist != family.Gaussian:
		case float64(len(r.Levels)) >= n:
			return formula.Errorf(r.Column, "%s: %s has as many groups (%d) as there are observations; the variance between groups and that of the residuals cannot be told apart. Leave the term out, or name a grouping with several rows in a group", r.Source, r.Name, len(r.Levels))
		case effects >= n:
			return formula.Errorf(r.Column, "%s: %d coefficients in each of %d groups are %.0f random effects, as many as there are observations (%s) or more; their variances and that of the residuals cannot be told apart. Let fewer coefficients vary", r.Source, len(r.Columns), len(r.Levels), effects, number(n))
		}
	}
	if s.options.Quadrature > 1 {
		if err := s.checkNested(); err != nil {
			return err
		}
		return s.checkWork()
	}
	return nil
}

// Limits of quadrature: more nodes than maxNodes change nothing that can be
// seen, and mostWork evaluations of a row take seconds for every step.
const (
	maxNodes = 200
	mostWork = 3e8
)

// checkWork refuses a quadrature that would not end: with D random effects of a
// row and N nodes each, every row is evaluated Nᴰ times.
func (s *setup) checkWork() error {
	d := 0
	for _, t := range s.design.Random {
		d += len(t.Columns)
	}
	n, rows := float64(s.options.Quadrature), float64(s.design.N)
	if math.Pow(n, float64(d))*rows <= mostWork {
		return nil
	}
	advice := "use --quadrature 1 (Laplace)"
	if most := int(math.Pow(mostWork/rows, 1/float64(d)) + 1e-9); most > 1 {
		advice = fmt.Sprintf("use --quadrature %d or less (1 is Laplace)", most)
	}
	if d > 1 {
		advice += ", or leave out a random effect"
	}
	return formula.Errorf(s.design.Random[0].Column, "every row has %d random %s, so %d points make %.2g nodes and, for %d rows, %.2g values at each evaluation of the likelihood, more than the %.0g that can be computed: %s",
		d, plural(d, "effect", "effects"), s.options.Quadrature, math.Pow(n, float64(d)), s.design.N, math.Pow(n, float64(d))*rows, mostWork, advice)
}

// observations is what a fit will count.
func (s *setup) observations() float64 {
	n := 0.0
	for _, w := range s.rowWeights() {
		n += w
	}
	return n
}

// rowWeights is how many observations each row of the fit is: the frequency
// weights, else 1, and 0 where weight or trials are.
func (s *setup) rowWeights() []float64 {
	out := make([]float64, s.design.N)
	for i := range out {
		switch w := s.data.Weights; {
		case s.data.Trials != nil && s.data.Trials[i] == 0:
		case w != nil && s.data.WeightType == glm.Frequency:
			out[i] = w[i]
		case w == nil || w[i] > 0:
			out[i] = 1
		}
	}
	return out
}

// checkNested sees to it that of any two groupings one lies within the other.
func (s *setup) checkNested() error {
	terms := s.design.Random
	for k, a := range terms {
		for _, b := range terms[:k] {
			if !within(a.Group, b.Group, len(a.Levels)) && !within(b.Group, a.Group, len(b.Levels)) {
				return formula.Errorf(a.Column, "%s and %s are crossed: groups of each lie in several of the other, so the random effects cannot be integrated one group at a time, as --quadrature %d would. Use --quadrature 1 (Laplace), or leave out one of the terms", b.Name, a.Name, s.options.Quadrature)
			}
		}
	}
	return nil
}

// within tells whether every group of inner, of which there are groups, has
// rows in one group of outer only.
func within(inner, outer []int32, groups int) bool {
	in := make([]int32, groups)
	for i, g := range inner {
		switch {
		case in[g] == 0:
			in[g] = outer[i] + 1
		case in[g] != outer[i]+1:
			return false
		}
	}
	return true
}

// mixedResult reports an estimate with random terms by name.
func (s *setup) mixedResult(m *Model, e *glmm.Estimate) *Result {
	r := s.header(e.Count)
	r.Method, r.Quadrature = "laplace", max(1, s.options.Quadrature)
	if r.Quadrature > 1 {
		r.Method = "quadrature"
	}
	r.LogLik, r.Deviance, r.AIC, r.BIC, r.DF = e.LogLik, -2*e.LogLik, e.AIC, e.BIC, e.DF
	s.ended(r, e.Status, e.Reason, e.Iterations, e.GradientMax, e.HessianCondition)
	r.Coefficients = s.coefficients(m, math.Inf(1))
	switch s.family.Dist {
	case family.Gaussian:
		r.Sigma = finite(math.Sqrt(e.Dispersion))
	case family.Gamma:
		r.Dispersion = finite(e.Dispersion)
	}
	r.Groups = map[string]int{}
	for k, t := range s.design.Random {
		r.Groups[t.Name] = len(t.Levels)
		r.Random = append(r.Random, components(t.Name, t.Columns, e.Terms[k].Cov))
		for q, zero := range boundary(e.Terms[k]) {
			if zero {
				r.Boundary = append(r.Boundary, componentName(t.Name, t.Columns[q]))
			}
		}
	}
	if e.Status != glm.NotConverged {
		s.explained(r, m, e)
	}
	s.warnMixed(r, m, e)
	if e.Status == glm.NotConverged && math.IsNaN(e.LogLik) {
		r.clear()
	}
	return r
}

// boundary tells which random effects of a term have no variance of their own:
// of those whose own part was held at zero, the ones that are zero or a
// combination of earlier ones. One that follows a zero, and has all its
// variance from what that left free, is neither.
func boundary(t glmm.TermEstimate) []bool {
	q := len(t.Boundary)
	out := make([]bool, q)
	l := make([]float64, q*q)
	for a := range q {
		left := t.Cov[a*q+a]
		for b := range a {
			sum := t.Cov[a*q+b]
			for c := range b {
				sum -= l[a*q+c] * l[b*q+c]
			}
			if l[b*q+b] > 0 {
				l[a*q+b] = sum / l[b*q+b]
			}
			left -= l[a*q+b] * l[a*q+b]
		}
		if left > 1e-10*t.Cov[a*q+a] {
			l[a*q+a] = math.Sqrt(left)
		}
		out[a] = t.Boundary[a] && l[a*q+a] == 0
	}
	return out
}

// componentName is the name of a variance component: g: (Intercept).
func componentName(group, column string) string { return group + ": " + column }

// components makes standard deviations and correlations of a covariance.
func components(group string, columns []string, cov []float64) Random {
	q := len(columns)
	r := Random{Group: group, Terms: columns, SD: make([]float64, q)}
	for a := range q {
		r.SD[a] = math.Sqrt(max(cov[a*q+a], 0))
	}
	if q == 1 {
		return r
	}
	r.Cor = make([][]*float64, q)
	for a := range q {
		r.Cor[a] = make([]*float64, q)
		for b := range q {
			c := cov[a*q+b] / (r.SD[a] * r.SD[b])
			if a == b {
				c = 1
			}
			r.Cor[a][b] = finite(min(max(c, -1), 1)) // rounding may lead beyond
		}
	}
	return r
}
