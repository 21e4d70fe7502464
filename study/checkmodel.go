package study

import (
	"slices"
	"strconv"
)

// modelColumns are the columns that a model may name.
func (s *Study) modelColumns() []string {
	columns := append(s.ColumnNames(), "scheme")
	if s.Places != nil && s.Places.Project {
		columns = append(columns, "project")
	}
	return columns
}

// numeric tells whether a column holds numbers.
func (s *Study) numeric(column string) bool {
	v, ok := s.Codebook.Variables.Get(column)
	switch {
	case !ok:
		return column != "scheme" && column != "project"
	default:
		return v.Type != Category && v.Type != Municipality
	}
}

func (s *Study) checkModelSettings(c checker, name string, m Model) {
	columns := s.modelColumns()
	if s.writes(name, "cluster") {
		c.known(at("models", name, "cluster"), "column", m.Cluster, columns)
	}
	if s.writes(name, "interactions") {
		s.checkInteractions(c, at("models", name, "interactions"), m.Interactions)
	}
	own := s.ownStandardize(name)
	for i, z := range m.Standardize[len(m.Standardize)-own:] {
		path := at("models", name, "standardize", strconv.Itoa(i))
		for k, v := range z.Variables {
			at := append(slices.Clone(path), "variables", strconv.Itoa(k))
			if c.known(at, "variable", v, columns) && !s.numeric(v) {
				c.at(at, "%s is no number, and only numbers are standardized", v)
			}
		}
		for k, v := range z.By {
			c.known(append(slices.Clone(path), "by", strconv.Itoa(k)), "column", v, columns)
		}
		if z.Sample != "" {
			c.known(append(slices.Clone(path), "sample"), "sample", z.Sample, s.sampleNames())
		}
	}
}

// writes tells whether a setting is written in a model, and not taken over from
// the model that it is like, where it is told of.
func (s *Study) writes(model, setting string) bool {
	_, _, found := s.studyDoc.find(at("models", model, setting))
	return found
}

// checkInteractions reports what has no levels at which schemes could differ.
func (s *Study) checkInteractions(c checker, path []string, variables []string) {
	c.once(path, variables)
	for i, name := range variables {
		at := append(slices.Clone(path), strconv.Itoa(i))
		if !c.known(at, "variable", name, s.modelColumns()) {
			continue
		}
		v, isVariable := s.Codebook.Variables.Get(name)
		switch {
		case name == "scheme":
			c.at(at, "scheme is what the differences are between; name what they may vary with")
		case name == "project" || isVariable && v.Type == Municipality:
			c.at(at, "%s is a place, and differences are not looked at place by place; name a variable with few levels, or a number", name)
		}
	}
}

// ownStandardize is how many entries of a model's scaling are written in it, and
// not taken over; these are its last.
func (s *Study) ownStandardize(name string) int {
	node, _, found := s.studyDoc.find(at("models", name, "standardize"))
	if !found {
		return 0
	}
	return len(node.Content)
}

// checkProfiles reports names and levels that there are not. Whether a profile
// gives every variable of its models shows when their formulas are read.
func (s *Study) checkProfiles(c checker) {
	for _, e := range s.Profiles {
		p := e.Value
		c.once(at("profiles", e.Key, "models"), p.Models)
		c.once(at("profiles", e.Key, "schemes"), p.Schemes)
		groups := map[string]bool{}
		for i, name := range p.Models {
			if c.known(at("profiles", e.Key, "models", strconv.Itoa(i)), "model", name, s.Models.Keys()) {
				m, _ := s.Models.Get(name)
				for _, g := range m.Groups.Keys() {
					groups[g] = true
				}
			}
		}
		for i, name := range p.Schemes {
			c.known(at("profiles", e.Key, "schemes", strconv.Itoa(i)), "scheme", name, s.Schemes.Keys())
		}
		for _, v := range p.Values {
			s.checkProfileValue(c, at("profiles", e.Key, "values", v.Key), v.Key, v.Value, groups)
		}
	}
}

func (s *Study) checkProfileValue(c checker, path []string, name, value string, groups map[string]bool) {
	if name == "scheme" {
		c.key(path, "the schemes of a profile stand under schemes; remove scheme here")
		return
	}
	columns := s.ColumnNames()
	v, isVariable := s.Codebook.Variables.Get(name)
	if !isVariable && groups[name] && !slices.Contains(columns, name) {
		if _, err := strconv.ParseFloat(value, 64); value != Mean && err != nil {
			c.at(path, "%s is a group of variables; give it mean, or a number for all of them", name)
		}
		return
	}
	if !c.known(path, "variable", name, columns) {
		return
	}
	number, err := strconv.ParseFloat(value, 64)
	switch {
	case v.Type == Category && value == Mean:
		c.at(path, "%s is a category, which has no mean; give a level", name)
	case v.Type == Category:
		c.known(path, "level", value, v.Levels.Keys())
	case value == Mean:
	case err != nil:
		c.at(path, "%s is %q, which is no number; give a number, or mean", name, value)
	case (v.Type == Binary || !isVariable) && (number < 0 || number > 1):
		c.at(path, "%s is 0 or 1, or a share between them, and not %s", name, value)
	case v.Type == Ordinal:
		s.checkOrdinalValue(c, path, name, v, number)
	}
}

// checkOrdinalValue reports a number outside the levels of an ordinal variable.
func (s *Study) checkOrdinalValue(c checker, path []string, name string, v Variable, number float64) {
	var levels []float64
	for _, l := range v.Levels.Keys() {
		if x, err := strconv.ParseFloat(l, 64); err == nil {
			levels = append(levels, x)
		}
	}
	if len(levels) > 0 && (number < slices.Min(levels) || number > slices.Max(levels)) {
		c.at(path, "%s has levels from %g to %g, and %g is outside them", name, slices.Min(levels), slices.Max(levels), number)
	}
}

func (s *Study) checkMissing(c checker) {
	if s.Missing == nil {
		return
	}
	c.once(at("missing", "by"), s.Missing.By)
	c.once(at("missing", "means"), s.Missing.Means)
	for i, v := range s.Missing.By {
		path := at("missing", "by", strconv.Itoa(i))
		if c.known(path, "variable", v, s.Codebook.Variables.Keys()) {
			if of, _ := s.Codebook.Variables.Get(v); of.Type != Binary && of.Type != Category && of.Type != Ordinal {
				c.at(path, "%s has no levels; name a binary, ordinal or category variable, or put it under means", v)
			}
		}
	}
	for i, v := range s.Missing.Means {
		path := at("missing", "means", strconv.Itoa(i))
		if c.known(path, "variable", v, s.Codebook.Variables.Keys()) && !s.numeric(v) {
			c.at(path, "%s is no number and has no mean; put it under by", v)
		}
	}
}

func (s *Study) checkContext(c checker) {
	columns := s.modelColumns()
	for _, e := range s.Context {
		x := e.Value
		path := func(p ...string) []string { return append(at("context", e.Key), p...) }
		c.once(path("by"), x.By)
		c.once(path("variables"), x.Variables)
		c.pairs(path("correlations"), x.Correlations)
		for i, v := range x.By {
			c.known(path("by", strconv.Itoa(i)), "column", v, columns)
		}
		c.known(path("sample"), "sample", x.Sample, s.sampleNames())
		number := func(v string, p ...string) {
			if c.known(path(p...), "variable", v, s.Codebook.Variables.Keys()) && !s.numeric(v) {
				c.at(path(p...), "%s is no number and has no median", v)
			}
		}
		for i, v := range x.Variables {
			number(v, "variables", strconv.Itoa(i))
		}
		for i, pair := range x.Correlations {
			for k, v := range pair {
				number(v, "correlations", strconv.Itoa(i), strconv.Itoa(k))
			}
		}
	}
}
