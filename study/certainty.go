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
			var names []string
			if s.Imputation != nil {
				names = s.Imputation.Models.Keys()
			}
			c.known(at("imputed"), "model of imputation", of.Imputed, names)
		case c.known(at("matching"), "matching", of.Matching, s.Matching.Keys()):
			m, _ := s.Matching.Get(of.Matching)
			c.known(at("method"), "method", of.Method, m.Methods.Keys())
		}
	}
}
