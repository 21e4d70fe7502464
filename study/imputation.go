package study

import (
	"slices"
	"strconv"
	"strings"

	"bidrag/study/problem"
)

func (s *Study) setImputationDefaults() {
	m := s.Imputation
	if m == nil {
		return
	}
	if m.Sample == "" {
		m.Sample = "gross"
	}
	if m.Imputations == 0 {
		m.Imputations = 20
	}
	if m.Iterations == 0 {
		m.Iterations = 10
	}
	if m.Level == "" {
		m.Level = "mean"
	}
	for i := range m.Variables {
		e := &m.Variables[i]
		if v, ok := s.Codebook.Variables.Get(e.Key); ok && e.Value.Method == "" {
			e.Value.Method = imputationMethod(v.Type)
		}
	}
}

// imputationMethod is how a variable of a type is filled unless told otherwise.
func imputationMethod(kind string) string {
	switch kind {
	case Binary:
		return Logistic
	case Ordinal:
		return OrdinalFill
	case Category:
		return Multinomial
	}
	return PMM
}

// imputationMethods are the ways in which variables of a type can be filled.
func imputationMethods(kind string) []string {
	switch kind {
	case Binary:
		return []string{Logistic, PMM}
	case Ordinal:
		return []string{OrdinalFill, PMM}
	case Category:
		return []string{Multinomial}
	case Integer, NumberType:
		return []string{PMM, GaussianFit}
	}
	return nil
}

// checkImputation reports names that lead nowhere, methods that do not go with a
// variable's type, and what would be asked of imputation without a meaning.
func (s *Study) checkImputation(c checker) {
	m := s.Imputation
	if m == nil {
		return
	}
	c.known(at("imputation", "sample"), "sample", m.Sample, s.sampleNames())
	for _, e := range m.Variables {
		s.checkImputed(c, e.Key, e.Value)
	}
	s.checkImputationPredictors(c, m)
	s.checkImputationCluster(c, m)
	for _, e := range m.Models {
		path := at("imputation", "models", e.Key)
		if _, ok := s.Models.Get(e.Key); !ok {
			c.unknownKey(path, "model", e.Key, s.Models.Keys())
		}
		if c.known(path, "sample", e.Value, s.sampleNames()) && e.Value == "complete" {
			c.at(path, "nobody in the sample complete lacks anything, so that nothing of it is filled; name a sample that has the others too, such as gross")
		}
	}
	for _, e := range m.Deltas {
		s.checkDeltas(c, m, e.Key, e.Value)
	}
}

// checkImputationCluster reports a cluster that cannot be one, and a level of none.
func (s *Study) checkImputationCluster(c checker, m *Imputation) {
	_, fills := m.Variables.Get(m.Cluster)
	switch {
	case m.Cluster == "":
		if _, _, written := s.studyDoc.find(at("imputation", "level")); written {
			c.key(at("imputation", "level"), "level says how the cluster enters, and there is no cluster; name one, or take level out")
		}
	case m.Cluster == "scheme" || m.Cluster == s.Describe.Outcome:
		c.at(at("imputation", "cluster"), "%s is in every imputation model without being the cluster; name a column such as a place", m.Cluster)
	case fills:
		c.at(at("imputation", "cluster"), "%s is filled and cannot be the cluster; name a column such as a place", m.Cluster)
	default:
		c.known(at("imputation", "cluster"), "column", m.Cluster, s.modelColumns())
	}
}

// checkImputed holds one filled variable against the codebook.
func (s *Study) checkImputed(c checker, name string, v Imputed) {
	path := at("imputation", "variables", name)
	described, ok := s.Codebook.Variables.Get(name)
	switch {
	case !ok && slices.Contains(s.ColumnNames(), name):
		c.key(path, "%s is made of the category %s; fill that, and its columns follow", name, s.categoryOf(name))
		return
	case !ok:
		c.unknownKey(path, "variable", name, s.Codebook.Variables.Keys())
		return
	case name == s.Describe.Outcome:
		c.key(path, "%s is the outcome, by which the others are filled; take it out", name)
		return
	case imputationMethods(described.Type) == nil:
		c.key(path, "%s is a %s, which cannot be filled; take it out", name, described.Type)
		return
	}
	if methods := imputationMethods(described.Type); v.Method != "" && !slices.Contains(methods, v.Method) {
		c.at(append(path, "method"), "%s is of the type %s, which is not filled by %s; use %s", name, described.Type, v.Method, strings.Join(methods, " or "))
	}
	low, hasLow := s.checkBound(c, append(slices.Clone(path), "min"), name, described.Type, v.Min)
	high, hasHigh := s.checkBound(c, append(slices.Clone(path), "max"), name, described.Type, v.Max)
	if hasLow && hasHigh && low > high {
		c.at(append(path, "max"), "no value of %s is at least %s and at most %s; correct one of them", name, v.Min, v.Max)
	}
}

// checkBound holds a limit of filled values against the codebook. It is a number
// when ok is true.
func (s *Study) checkBound(c checker, path []string, name, kind, bound string) (number float64, ok bool) {
	if bound == "" {
		return 0, false
	}
	if kind == Binary || kind == Category {
		c.at(path, "%s is of the type %s, whose values have no limits; take it out", name, kind)
		return 0, false
	}
	if number, err := strconv.ParseFloat(bound, 64); err == nil {
		if number-number != 0 {
			c.at(path, "%s is no limit; give a number, or leave it out", bound)
			return 0, false
		}
		return number, true
	}
	v, isVariable := s.Codebook.Variables.Get(bound)
	switch {
	case !isVariable && !slices.Contains(s.ColumnNames(), bound):
		c.known(path, "number or variable", bound, s.Codebook.Variables.Keys())
	case isVariable && (v.Type == Category || v.Type == Municipality):
		c.at(path, "%s is of the type %s, which is no limit; name a number", bound, v.Type)
	case bound == name:
		c.at(path, "%s cannot be its own limit; name a number or another variable", name)
	}
	return 0, false
}

// checkImputationPredictors reports predictors that are in every imputation model
// already, or that tell what is filled.
func (s *Study) checkImputationPredictors(c checker, m *Imputation) {
	c.once(at("imputation", "predictors"), m.Predictors)
	for i, name := range m.Predictors {
		path := at("imputation", "predictors", strconv.Itoa(i))
		category := s.categoryOf(name)
		_, fills := m.Variables.Get(name)
		_, fillsCategory := m.Variables.Get(category)
		switch {
		case name == "scheme" || name == s.Describe.Outcome || fills:
			c.at(path, "%s is in every imputation model without being named; take it out", name)
		case category != "" && fillsCategory:
			c.at(path, "%s is made of %s, which is filled and in every imputation model; take it out", name, category)
		case m.Cluster != "" && name == m.Cluster:
			c.at(path, "%s is the cluster, whose level enters every imputation model; take it out", name)
		default:
			c.known(path, "variable", name, s.ColumnNames())
		}
	}
}

// checkDeltas reports deltas of what has no size, and those that change nothing.
func (s *Study) checkDeltas(c checker, m *Imputation, name string, deltas []float64) {
	path := at("imputation", "deltas", name)
	if _, ok := m.Variables.Get(name); !ok {
		c.unknownKey(path, "filled variable", name, m.Variables.Keys())
		return
	}
	if v, _ := s.Codebook.Variables.Get(name); v.Type == Category {
		c.key(path, "%s is a category, to which nothing can be added; take it out", name)
		return
	}
	for i, d := range deltas {
		path := append(slices.Clone(path), strconv.Itoa(i))
		switch {
		case d == 0:
			c.at(path, "adding 0 changes nothing and is what the others are compared with; take it out")
		case d-d != 0:
			c.at(path, "this is no number that can be added; take it out")
		case slices.Contains(deltas[:i], d):
			c.at(path, "%g stands twice; keep one", d)
		}
	}
}

// categoryOf is the category that a 0/1 column is an indicator of, else "".
func (s *Study) categoryOf(column string) string {
	for _, e := range s.Codebook.Variables {
		if slices.Contains(e.Value.IndicatorColumns(), column) {
			return e.Key
		}
	}
	return ""
}

// unknownKey reports a name that leads nowhere where it stands as a key.
func (c checker) unknownKey(path []string, kind, name string, names []string) {
	hint := problem.DidYouMean(name, names)
	if hint == "" {
		hint = among(names)
	}
	c.key(path, "there is no %s %q%s", kind, name, hint)
}
