package study

// checkCertainty reports estimates that nothing makes.
func (s *Study) checkCertainty(c checker) {
	for _, e := range s.Certainty {
		of := e.Value
		at := func(part string) []string { return at("certainty", e.Key, part) }
		switch {
		case of.Raw != "":
			c.known(at("raw"), "sample", of.Raw, s.sampleNames())
		case of.Model != "":
			c.known(at("model"), "model", of.Model, s.Models.Keys())
		case of.Imputed != "":
			s.checkImputedModel(c, at("imputed"), of.Imputed)
		case c.known(at("matching"), "matching", of.Matching, s.Matching.Keys()):
			m, _ := s.Matching.Get(of.Matching)
			c.known(at("method"), "method", of.Method, m.Methods.Keys())
			if m.Outcome != s.Describe.Outcome {
				c.at(at("matching"), "the matching %q is of %s, and the page puts estimates of %s on one scale; name a matching of that, or take this out", of.Matching, m.Outcome, s.Describe.Outcome)
			}
		}
		if of.Matching == "" && of.Method != "" {
			c.at(at("method"), "method belongs to matching; take it out")
		}
	}
}

// checkImputedModel reports a model that imputation does not fit again.
func (s *Study) checkImputedModel(c checker, path []string, model string) {
	if s.Imputation == nil {
		c.at(path, "the study has no imputation, so no model is fitted to filled data; add one, or take this out")
		return
	}
	if c.known(path, "model", model, s.Models.Keys()) {
		c.known(path, "model of imputation", model, s.Imputation.Models.Keys())
	}
}
