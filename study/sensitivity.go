package study

import (
	"slices"
	"strconv"
)

func (s *Study) setSensitivityDefaults() {
	if s.Sensitivity != nil && s.Sensitivity.Benchmark != nil && len(s.Sensitivity.Benchmark.Times) == 0 {
		s.Sensitivity.Benchmark.Times = []float64{1, 2, 3}
	}
}

// checkSensitivity reports names that lead nowhere, what stands twice, and bounds
// of what has no pairs.
func (s *Study) checkSensitivity(c checker) {
	if s.Sensitivity == nil {
		return
	}
	c.once(at("sensitivity", "models"), s.Sensitivity.Models)
	for i, name := range s.Sensitivity.Models {
		c.known(at("sensitivity", "models", strconv.Itoa(i)), "model", name, s.Models.Keys())
	}
	if b := s.Sensitivity.Benchmark; b != nil {
		c.known(at("sensitivity", "benchmark", "model"), "model", b.Model, s.Models.Keys())
		c.once(at("sensitivity", "benchmark", "variables"), b.Variables)
		c.numbersOnce(at("sensitivity", "benchmark", "times"), b.Times)
	}
	for i, b := range s.Sensitivity.Bounds {
		s.checkBounds(c, at("sensitivity", "bounds", strconv.Itoa(i)), b)
		if slices.ContainsFunc(s.Sensitivity.Bounds[:i], func(o Bounds) bool { return o.Matching == b.Matching && o.Method == b.Method }) {
			c.at(at("sensitivity", "bounds", strconv.Itoa(i)), "bounds of the method %q of %q stand twice; keep one", b.Method, b.Matching)
		}
	}
}

// checkBounds reports bounds of a method that does not make pairs.
func (s *Study) checkBounds(c checker, path []string, b Bounds) {
	at := func(part string) []string { return append(slices.Clone(path), part) }
	c.numbersOnce(at("gammas"), b.Gammas)
	if !c.known(at("matching"), "matching", b.Matching, s.Matching.Keys()) {
		return
	}
	m, _ := s.Matching.Get(b.Matching)
	if !c.known(at("method"), "method", b.Method, m.Methods.Keys()) {
		return
	}
	switch method, _ := m.Methods.Get(b.Method); {
	case method.Kind != Nearest:
		c.at(at("method"), "the method %q is of kind %s and makes no pairs; bounds are of a method of kind %s without replace", b.Method, method.Kind, Nearest)
	case method.Replace:
		c.at(at("method"), "with the method %q a person of the reference may stand for several, so that pairs are not independent; bounds are of a method of kind %s without replace", b.Method, Nearest)
	}
}

// numbersOnce reports numbers that stand twice in a list.
func (c checker) numbersOnce(path []string, list []float64) {
	for i, x := range list {
		if slices.Contains(list[:i], x) {
			c.at(append(slices.Clone(path), strconv.Itoa(i)), "%s stands twice; keep one", strconv.FormatFloat(x, 'g', -1, 64))
		}
	}
}
