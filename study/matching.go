package study

import (
	"slices"
	"strconv"
)

func (s *Study) setMatchingDefaults() {
	for i := range s.Matching {
		m := &s.Matching[i].Value
		if m.Outcome == "" {
			m.Outcome = s.Describe.Outcome
		}
		if m.Adjust == "" {
			m.Adjust = m.Covariates
		}
		if m.Replicates == 0 {
			m.Replicates = 500
		}
		for k := range m.Methods {
			method := &m.Methods[k].Value
			if method.Kind == Nearest && method.Distance == "" {
				method.Distance = "propensity"
			}
			if method.Kind == Nearest && method.Ratio == 0 {
				method.Ratio = 1
			}
			if (method.Kind == Weighting || method.Kind == AIPW) && method.Estimand == "" {
				method.Estimand = "treated"
			}
		}
	}
}

// checkMatching reports names that lead nowhere and settings that do not apply.
func (s *Study) checkMatching(c checker) {
	for _, e := range s.Matching {
		m, at := e.Value, func(p ...string) []string { return append([]string{"matching", e.Key}, p...) }
		c.known(at("sample"), "sample", m.Sample, s.sampleNames())
		if _, _, written := s.studyDoc.find(at("outcome")); written && c.known(at("outcome"), "variable", m.Outcome, s.ColumnNames()) && !s.numeric(m.Outcome) {
			c.at(at("outcome"), "the outcome must be a number or 0/1, and %s is neither", m.Outcome)
		}
		c.once(at("balance"), m.Balance)
		for i, v := range m.Balance {
			if path := at("balance", strconv.Itoa(i)); c.known(path, "variable", v, s.ColumnNames()) && v == m.Outcome {
				c.at(path, "%s is the outcome, which is what is compared; take it out", v)
			}
		}
		if m.Cluster != "" {
			s.checkCluster(c, at("cluster"), m.Cluster, m.Outcome)
		}
		for _, method := range m.Methods {
			s.checkMethod(c, at("methods", method.Key), m, method.Value)
		}
	}
}

// settings are those that a kind of method may have beside label and kind.
var settings = map[string][]string{
	Nearest:   {"distance", "ratio", "replace", "caliper", "exact"},
	Weighting: {"estimand", "trim"},
	Overlap:   {},
	AIPW:      {"estimand", "trim"},
}

// checkMethod reports settings of a method that do not apply to its kind, and
// values that cannot be.
func (s *Study) checkMethod(c checker, path []string, of Matching, m Method) {
	at := func(p ...string) []string { return append(slices.Clone(path), p...) }
	for _, name := range []string{"distance", "ratio", "replace", "caliper", "exact", "estimand", "trim"} {
		if _, _, written := s.studyDoc.find(at(name)); written && !slices.Contains(settings[m.Kind], name) {
			c.key(at(name), "%s does not apply to a method of kind %s; take it out", name, m.Kind)
		}
	}
	if m.Kind == Nearest {
		c.once(at("exact"), m.Exact)
		for i, v := range m.Exact {
			path := at("exact", strconv.Itoa(i))
			switch {
			case v == "scheme":
				c.at(path, "nobody of the reference is in the same scheme; take scheme out of exact")
			case v == of.Outcome:
				c.at(path, "%s is the outcome; to match on it leaves nothing to compare", v)
			default:
				c.known(path, "column", v, s.modelColumns())
			}
		}
	}
	if len(m.Trim) == 2 && m.Trim[0] >= m.Trim[1] && slices.Contains(settings[m.Kind], "trim") {
		c.at(at("trim"), "the lower bound comes first, as [0.01, 0.99]; here are %g and %g", m.Trim[0], m.Trim[1])
	}
}
