package fit

import (
	"fmt"
	"math"

	"bidrag/model/design"
	"bidrag/model/family"
	"bidrag/model/glm"
	"bidrag/model/glmm"
)

const (
	fewGroups = 5  // fewer groups than this say little of a variance
	largeSD   = 10 // a standard deviation on the scale of a binomial predictor that means separation
)

// warnMixed says what a careful reader must know of a model with random terms.
func (s *setup) warnMixed(r *Result, m *Model, e *glmm.Estimate) {
	s.warnCoefficients(r, m, e.Aliased, e.Separated, e.AliasOf)
	if e.Status == glm.NotConverged {
		s.warnNotConverged(r)
	}
	for k, t := range s.design.Random {
		s.warnBoundary(r, t, r.Random[k], boundary(e.Terms[k]))
		s.warnLargeVariance(r, t, r.Random[k])
	}
	s.warnGroupings(r)
	s.warnUnidentified(r)
	if e.Status == glm.Converged {
		s.warnCondition(r, m)
	}
	s.warnData(r)
}

// warnBoundary tells of variances that are zero and of correlations of ±1.
func (s *setup) warnBoundary(r *Result, t design.RandomTerm, components Random, boundary []bool) {
	for q, at := range boundary {
		if !at {
			continue
		}
		name := componentName(t.Name, t.Columns[q])
		if components.SD[q]*s.size(t, q) <= 1e-4*s.predictorSD() || len(t.Columns) == 1 {
			r.warning("zero_variance", name, "the variance of %s between the groups of %s is estimated as zero: the groups differ no more than chance would have them. The other estimates stand, and the model without %s fits as well; a variance of zero is an estimate, no proof", t.Columns[q], t.Name, shortTerm(t, q))
			continue
		}
		r.warning("perfect_correlation", name, "the random effects of %s in %s %s: the data do not show that they vary apart. Write || instead of | for effects without correlation, or leave %s out of the term", t.Columns[q], t.Name, correlationText(t, components, boundary, q), t.Columns[q])
	}
}

// predictorSD is the scale against which a standard deviation is zero.
func (s *setup) predictorSD() float64 {
	if s.family.Dist == family.Gaussian {
		return deviation(s.data.Y)
	}
	return 1
}

// shortTerm is a component written as a part of the formula.
func shortTerm(t design.RandomTerm, q int) string {
	name := t.Columns[q]
	switch {
	case len(t.Columns) > 1:
		return name + " in " + t.Source
	case name == "(Intercept)":
		name = "1"
	default:
		name = "0 + " + name
	}
	return "(" + name + " | " + t.Name + ")"
}

// correlationText tells with which of the earlier ones a component moves in step.
func correlationText(t design.RandomTerm, components Random, boundary []bool, q int) string {
	for b, name := range t.Columns[:q] {
		if c := components.Cor[q][b]; c != nil && math.Abs(*c) > 1-1e-6 {
			return fmt.Sprintf("have a correlation of %+.0f with those of %s", math.Copysign(1, *c), name)
		}
	}
	var others []string
	for b, name := range t.Columns[:q] {
		if !boundary[b] {
			others = append(others, name)
		}
	}
	return "are a combination of those of " + list(others)
}

// warnLargeVariance tells of groups that are all success or all failure.
func (s *setup) warnLargeVariance(r *Result, t design.RandomTerm, components Random) {
	if s.family.Dist != family.Binomial {
		return
	}
	for q, sd := range components.SD {
		if sd*s.size(t, q) > largeSD {
			r.warning("large_variance", componentName(t.Name, t.Columns[q]), "the standard deviation of %s between the groups of %s is %.3g, far beyond what a probability can show: most groups are probably all success or all failure, so that %s separates the outcome. Do not use the estimates; group more coarsely, or describe the groups one by one", t.Columns[q], t.Name, sd, t.Name)
		}
	}
}

// size is the root of the mean square of a component's column.
func (s *setup) size(t design.RandomTerm, q int) float64 {
	if t.Z == nil {
		return 1
	}
	sum := 0.0
	for _, v := range t.Z[q*s.design.N : (q+1)*s.design.N] {
		sum += v * v
	}
	return math.Sqrt(sum / float64(s.design.N))
}

// warnGroupings tells of groupings with few groups, of those of single rows and
// of those that are alike.
func (s *setup) warnGroupings(r *Result) {
	var seen []design.RandomTerm
	for _, t := range s.design.Random {
		if containsGrouping(seen, t.Name) {
			continue
		}
		if n := len(t.Levels); n < fewGroups {
			r.warning("few_groups", t.Name, "%s has %d groups only, which say little of how groups vary: its variance is estimated too low, and errors of what varies between its groups are too small. With so few, + %s as a factor among the fixed terms is usually better", t.Name, n, t.Name)
		}
		if len(t.Levels) == s.design.N && s.family.Dist == family.Binomial && s.data.Trials == nil {
			r.warning("single_rows", t.Name, "every group of %s has one row: of a 0/1 outcome that tells nothing of how groups vary, and its variance follows from the form of the link alone. Leave the term out", t.Name)
		}
		for _, o := range seen {
			if len(o.Levels) == len(t.Levels) && within(o.Group, t.Group, len(o.Levels)) {
				r.warning("same_groups", t.Name, "%s and %s form the same groups in the rows of the fit: only the sum of their variances is determined. Leave one of them out", o.Name, t.Name)
			}
		}
		seen = append(seen, t)
	}
}

// warnUnidentified tells of random terms that can do each other's work: what
// one gives the covariance of the rows, the other can give as well. Groupings
// of other names that are alike are told by warnGroupings.
func (s *setup) warnUnidentified(r *Result) {
	n := s.design.N
	for k, t := range s.design.Random {
		rank := 1 // of an intercept
		if t.Z != nil {
			rank = newSpan(n, t.Z).rank()
		}
		if rank < len(t.Columns) {
			r.warning("unidentified", componentName(t.Name, t.Columns[0]), "the effects that %s lets vary (%s) are combinations of each other in the rows of the fit: their variances can be shared out in many ways, and none of them means anything by itself. Leave one of them out", t.Source, list(t.Columns))
		}
		for _, o := range s.design.Random[:k] {
			if !s.overlap(t, o, rank) {
				continue
			}
			r.warning("unidentified", componentName(t.Name, t.Columns[0]), "%s and %s can stand for each other: what one gives the covariance of the rows the other can give too, so their variances can be shared out in many ways, and none of them means anything by itself. The likelihood, the coefficients and predictions stand. Leave one of the two terms out, or write the effects into one term", effectsText(o), effectsText(t))
			break
		}
	}
}

// overlap tells whether two random terms share an effect; rank is that of the
// columns of t.
func (s *setup) overlap(t, o design.RandomTerm, rank int) bool {
	n := s.design.N
	switch {
	case t.Name == o.Name:
		both := newSpan(n, effects(o, n))
		rank += both.rank()
		both.add(effects(t, n))
		return both.rank() < rank
	case samePartition(t, o):
		return false
	}
	return coveredBy(t, o, n) || coveredBy(o, t, n)
}

// effectsText names the random effects of a term.
func effectsText(t design.RandomTerm) string {
	return fmt.Sprintf("the random %s of %s in %s", plural(len(t.Columns), "effect", "effects"), list(t.Columns), t.Name)
}

func containsGrouping(terms []design.RandomTerm, name string) bool {
	for _, t := range terms {
		if t.Name == name {
			return true
		}
	}
	return false
}
