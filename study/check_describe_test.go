package study

import (
	"strings"
	"testing"
)

// What is wrong in missing, context, measures_by and crossed is told where it
// stands.
func TestDescriptionProblemsNameTheirPlace(t *testing.T) {
	const before = "describe:\n"
	for _, c := range []struct{ name, old, new, want string }{
		{"missing by a number", before, "missing: {by: [age]}\n" + before, "x/study.yaml:46:16: age has no levels; name a binary, ordinal or category variable, or put it under means"},
		{"missing by nothing there is", before, "missing: {by: [rase]}\n" + before, `x/study.yaml:46:16: there is no variable "rase"; did you mean "race"?`},
		{"the mean of a category", before, "missing: {means: [age, race]}\n" + before, "x/study.yaml:46:24: race is no number and has no mean; put it under by"},
		{"units by no column", before, "context: {c: {label: C, unit: c, by: [rase], sample: gross, variables: [age]}}\n" + before, `x/study.yaml:46:39: there is no column "rase"; did you mean "race"?`},
		{"units of no sample", before, "context: {c: {label: C, unit: c, by: [race], sample: grosss, variables: [age]}}\n" + before, `there is no sample "grosss"; did you mean "gross"?`},
		{"the median of a category", before, "context: {c: {label: C, unit: c, by: [age], sample: gross, variables: [race]}}\n" + before, "x/study.yaml:46:72: race is no number and has no median"},
		{"a correlation with a category", before, "context: {c: {label: C, unit: c, by: [age], sample: gross, correlations: [[education, race]]}}\n" + before, "race is no number and has no median"},
		{"a correlation of three", before, "context: {c: {label: C, unit: c, by: [age], sample: gross, correlations: [[education, age, education]]}}\n" + before, "x/study.yaml:46:75: entry 1 of correlations has 3 values, and must have 2"},
		{"a pair of one", "  sample: complete\n  variables:", "  sample: complete\n  crossed: [[married]]\n  variables:", "entry 1 of crossed has 1 value, and must have 2"},
		{"a project where there are none", before, "context: {c: {label: C, unit: c, by: [project], sample: gross}}\n" + before, `there is no column "project"`},
		{"measures by what is not described", "  sample: complete\n  variables:", "  sample: complete\n  measures: [married]\n  measures_by: [outcome]\n  variables:", `x/study.yaml:51:17: "outcome" is not among the described variables`},
		{"crossed with a category", "  sample: complete\n  variables:", "  sample: complete\n  crossed: [[married, race]]\n  variables:", `x/study.yaml:50:23: only binary variables are crossed, and "race" is category`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(folder(t, "study.yaml", c.old, c.new), "x")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// What is right is read as it is written.
func TestDescriptionsAreRead(t *testing.T) {
	s, err := Load(folder(t, "study.yaml", "describe:\n", "missing: {by: [race], means: [age, married]}\n"+
		"context: {c: {label: C, unit: c, by: [race, age], sample: gross, min_persons: 3, variables: [education], correlations: [[education, age]]}}\ndescribe:\n  crossed: [[married, no_degree]]\n"), "x")
	if err != nil {
		t.Fatal(err)
	}
	c, _ := s.Context.Get("c")
	if len(s.Missing.Means) != 2 || c.MinPersons != 3 || c.By[1] != "age" || c.Correlations[0][1] != "age" || s.Describe.Crossed[0][1] != "no_degree" {
		t.Errorf("%+v %+v", s.Missing, c)
	}
}
