package study

import "strconv"

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

// checkImputation reports names that lead nowhere and methods that do not go
// with a variable's type.
func (s *Study) checkImputation(c checker) {
	m := s.Imputation
	if m == nil {
		return
	}
	c.known(at("imputation", "sample"), "sample", m.Sample, s.sampleNames())
	for _, e := range m.Variables {
		c.known(at("imputation", "variables", e.Key), "variable", e.Key, s.ColumnNames())
	}
	c.once(at("imputation", "predictors"), m.Predictors)
	for i, name := range m.Predictors {
		c.known(at("imputation", "predictors", strconv.Itoa(i)), "variable", name, s.ColumnNames())
	}
	if m.Cluster != "" {
		c.known(at("imputation", "cluster"), "column", m.Cluster, s.modelColumns())
	}
	for _, e := range m.Models {
		c.known(at("imputation", "models", e.Key), "model", e.Key, s.Models.Keys())
		c.known(at("imputation", "models", e.Key), "sample", e.Value, s.sampleNames())
	}
	for _, e := range m.Deltas {
		c.known(at("imputation", "deltas", e.Key), "filled variable", e.Key, m.Variables.Keys())
	}
}
