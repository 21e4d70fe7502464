package study

import "strconv"

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
		m := e.Value
		c.known(at("matching", e.Key, "sample"), "sample", m.Sample, s.sampleNames())
		c.known(at("matching", e.Key, "outcome"), "variable", m.Outcome, s.ColumnNames())
		for i, v := range m.Balance {
			c.known(at("matching", e.Key, "balance", strconv.Itoa(i)), "variable", v, s.ColumnNames())
		}
		if m.Cluster != "" {
			c.known(at("matching", e.Key, "cluster"), "column", m.Cluster, s.modelColumns())
		}
	}
}
