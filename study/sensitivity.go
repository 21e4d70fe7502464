package study

import "strconv"

func (s *Study) setSensitivityDefaults() {
	if s.Sensitivity != nil && s.Sensitivity.Benchmark != nil && len(s.Sensitivity.Benchmark.Times) == 0 {
		s.Sensitivity.Benchmark.Times = []float64{1, 2, 3}
	}
}

// checkSensitivity reports names that lead nowhere.
func (s *Study) checkSensitivity(c checker) {
	if s.Sensitivity == nil {
		return
	}
	for i, name := range s.Sensitivity.Models {
		c.known(at("sensitivity", "models", strconv.Itoa(i)), "model", name, s.Models.Keys())
	}
	if b := s.Sensitivity.Benchmark; b != nil {
		c.known(at("sensitivity", "benchmark", "model"), "model", b.Model, s.Models.Keys())
	}
	if b := s.Sensitivity.Bounds; b != nil && c.known(at("sensitivity", "bounds", "matching"), "matching", b.Matching, s.Matching.Keys()) {
		m, _ := s.Matching.Get(b.Matching)
		c.known(at("sensitivity", "bounds", "method"), "method", b.Method, m.Methods.Keys())
	}
}
