package fit

import (
	"fmt"
	"math"
	"slices"

	"bidrag/model/glm"
)

// warning adds to what a careful reader must know.
func (r *Result) warning(code, subject, format string, args ...any) {
	r.Warnings = append(r.Warnings, Warning{code, subject, fmt.Sprintf(format, args...)})
}

// warn says what a careful reader must know of a model without random terms.
func (s *setup) warn(r *Result, m *Model, e *glm.Estimate) {
	s.warnCoefficients(r, m, e.Aliased, e.Separated, e.AliasOf)
	if e.Status == glm.NotConverged {
		s.warnNotConverged(r)
	}
	switch {
	case e.Status == glm.NotConverged:
	case e.Exact && e.DFResidual <= 0:
		r.warning("exact_fit", s.design.Response.Label, "the model has as many coefficients (%d) as observations (%s): it fits every row exactly, and there are no standard errors and no likelihood. Leave terms out or use more rows", e.Rank, number(e.Count))
	case e.Exact:
		r.warning("exact_fit", s.design.Response.Label, "the terms determine %s exactly: what is left over is rounding, so standard errors mean nothing and there is no likelihood. Is a term computed from the response?", s.design.Response.Label)
	}
	if e.Status == glm.Converged && !e.Exact {
		s.warnCondition(r, m)
	}
	s.warnData(r)
	if s.design.Cluster != nil {
		s.warnClusters(r, e.Rank)
	}
}

// warnClusters tells which errors these are, and when clusters are too few for
// them. The scores of all clusters sum to zero, so the covariance of n clusters
// has rank n − 1 at most.
func (s *setup) warnClusters(r *Result, rank int) {
	n, column := s.clusters(), s.options.Cluster
	r.warning("cluster_robust", column, "standard errors are robust to dependence within the %d clusters of %s (CR0: sandwich without small-sample correction, tests by the normal distribution); they are too small when clusters are few (below about 40)", n, column)
	if n <= rank {
		r.warning("few_clusters", column, "%d clusters of %s are no more than the model's coefficients (%d): the covariance of the estimates is singular, so no joint test can be made and the standard errors, which may be far too small, are not to be relied on. Cluster by something finer, or leave terms out", n, column, rank)
	}
}

// warnCoefficients names the coefficients that have no estimate, or no finite one.
func (s *setup) warnCoefficients(r *Result, m *Model, aliased, separated []bool, aliasOf [][]int) {
	names := s.design.Coding.Names()
	for j, alias := range aliased {
		if alias {
			r.warning("aliased", names[j], "%s", aliasText(names, j, aliasOf[j]))
		}
	}
	for j, infinite := range separated {
		if infinite {
			r.warning("separation", names[j], "%s", s.separationText(j, m.Beta[j]))
		}
	}
}

func (s *setup) warnNotConverged(r *Result) {
	offset := ""
	if s.data.Offset != nil {
		offset = " an offset far out,"
	}
	r.warning("not_converged", s.design.Response.Label, "the estimates are not a maximum of the likelihood (%s); do not use them. Look for extreme values,%s or terms that nearly repeat each other", r.Reason, offset)
}

// warnData tells of levels that are not in the fit and of odd successes.
func (s *setup) warnData(r *Result) {
	for _, u := range s.design.Unused {
		if u.Grouping {
			r.warning("unused_group", u.Variable, "no row of the fit has the %s %s of %s; %s", plural(len(u.Levels), "group", "groups"), someQuoted(u.Levels), u.Variable,
				plural(len(u.Levels), "it has no random effect, and is predicted as an unknown group", "they have no random effects, and are predicted as unknown groups"))
			continue
		}
		r.warning("unused_level", u.Variable, "no row of the fit has the %s %s of %s; there is no coefficient for %s", plural(len(u.Levels), "level", "levels"), someQuoted(u.Levels), u.Variable, plural(len(u.Levels), "it", "them"))
	}
	for _, t := range s.design.TextNumbers {
		r.warning("text_numbers", t.Variable, "%s", t)
	}
	if n := s.fractional(); n > 0 {
		r.warning("non_integer_successes", s.design.Response.Label, "share times total is not a whole number in %d of %d rows; check that the weights are the totals of the shares", n, s.design.N)
	}
}

// highCondition is where the condition of the Hessian is worth a word: of two
// columns alike but for a share of 2·10⁻⁶ of their variance.
const highCondition = 1e6

// warnCondition tells of estimates that the data hardly determine, by the terms
// that are most involved.
func (s *setup) warnCondition(r *Result, m *Model) {
	label := s.design.Response.Label
	unidentified := slices.ContainsFunc(r.Warnings, func(w Warning) bool { return w.Code == "unidentified" })
	switch noErrors := slices.ContainsFunc(r.Coefficients, func(c Coefficient) bool { return c.Estimate != nil && c.StdError == nil }); {
	case noErrors && m.mixed == nil:
		r.warning("no_standard_errors", label, "the terms repeat each other so nearly that no standard errors can be computed; leave one of them out, or measure them from their mean")
		return
	case noErrors:
		r.warning("no_standard_errors", label, "the data do not determine all coefficients, variances and correlations (the Hessian of the likelihood has no inverse in working precision), so no standard errors can be computed: %s", s.simplify(unidentified))
		return
	case r.HessianCondition == nil:
		r.warning("ill_conditioned", label, "the data do not determine all parameters of the model (the Hessian of the likelihood has no inverse in working precision): do not rely on its errors; %s", s.simplify(unidentified))
		return
	case *r.HessianCondition < highCondition:
		return
	}
	switch culprits := s.entangled(m); {
	case len(culprits) > 0:
		r.warning("ill_conditioned", culprits[0], "%s nearly repeat each other (condition of the Hessian %.1g): their estimates hang on a few rows, and their errors are large. Leave one of them out, or measure them from their mean", list(culprits), *r.HessianCondition)
	case m.mixed != nil && unidentified: // it is told by name
	case m.mixed != nil:
		r.warning("ill_conditioned", s.design.Response.Label, "the data hardly tell the variance components from each other (condition of the Hessian %.1g); leave out a random slope or its correlation, or groupings that are nearly alike", *r.HessianCondition)
	default:
		r.warning("ill_conditioned", s.design.Response.Label, "some terms nearly repeat each other (condition of the Hessian %.1g): look for coefficients with large errors", *r.HessianCondition)
	}
}

// simplify is what to do about parameters that are not determined.
func (s *setup) simplify(unidentified bool) string {
	switch {
	case unidentified:
		return "leave out one of the random terms that can stand for each other"
	case len(s.design.Random) > 0:
		return "leave out a random slope or its correlation, a grouping, or terms that nearly repeat each other"
	}
	return "leave out terms that nearly repeat each other, or measure them from their mean"
}

// entangled returns the names of columns whose coefficients are known together
// but not apart: those with a large part in the eigenvector of the largest
// eigenvalue of their covariance, each measured by the standard deviation of
// its column. There are none when that eigenvalue does not stand out.
func (s *setup) entangled(m *Model) []string {
	n, p := s.design.N, len(m.Beta)
	var at []int // columns that vary and are estimated
	var size []float64
	for j := range p {
		sd := deviation(s.design.X[j*n : (j+1)*n])
		if v := m.Cov[j*p+j]; sd > 0 && v-v == 0 && v > 0 {
			at, size = append(at, j), append(size, sd)
		}
	}
	if len(at) < 2 {
		return nil
	}
	cov := make([]float64, 0, len(at)*len(at))
	for a, i := range at {
		for b, j := range at {
			cov = append(cov, m.Cov[i*p+j]*size[a]*size[b])
		}
	}
	values, largest := eigen(cov, len(at))
	if !(values[len(values)-1] > highCondition/10*values[0]) {
		return nil
	}
	top := 0.0
	for _, v := range largest {
		top = max(top, math.Abs(v))
	}
	var out []string
	for k, v := range largest {
		if math.Abs(v) > top/5 && len(out) < 4 {
			out = append(out, s.design.Coding.Columns[at[k]].Name)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}
