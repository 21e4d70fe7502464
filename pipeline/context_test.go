package pipeline

import (
	"math"
	"strings"
	"testing"

	"bidrag/evaluate/result"
)

// withContext writes contexts into the study.
func (m mini) withContext(lines ...string) mini {
	m.replace("study.yaml", "describe:\n", "context:\n  "+strings.Join(lines, "\n  ")+"\ndescribe:\n")
	return m
}

// TestContextGapsDoNotEndTheRun: what a context asks and these data do not know is
// a gap with its place; the rest of the context is there.
func TestContextGapsDoNotEndTheRun(t *testing.T) {
	r := newMini(t).withSample("few: {label: Ingen, where: age > 900}").withContext(
		"towns: {label: Byer, unit: byer, by: [municipality, year], sample: gross, variables: [population, age], correlations: [[population, male]]}",
		"nowhere: {label: Ingen, unit: ingen, by: [municipality], sample: few, variables: [population]}",
	).run(1)
	want := []struct{ subject, code, about string }{
		{"towns", result.VariesInUnits, "age"},
		{"towns", result.VariesInUnits, "male"},
		{"nowhere", result.Nobody, "few"},
	}
	var told []result.Gap
	for _, g := range r.Results.Gaps {
		if g.Step == "describe" {
			told = append(told, g)
		}
	}
	if len(told) != len(want) {
		t.Fatalf("gaps: %+v", told)
	}
	for i, g := range told {
		if g.Subject != want[i].subject || g.Reason.Code != want[i].code || g.Reason.About != want[i].about {
			t.Errorf("%+v, want %+v", g, want[i])
		}
	}
	if !strings.Contains(told[0].Place, "study.yaml:") || told[0].Place == told[1].Place {
		t.Errorf("places %s and %s", told[0].Place, told[1].Place)
	}
	if math.IsNaN(one(r, "context_median.towns.all.population")) || !math.IsNaN(one(r, "context_median.towns.all.age")) {
		t.Error("the median that there is is gone, or there is one that cannot be")
	}
}

// TestIncompleteDoesNotTellAMeanTwice: what is described in the sample of the
// complete is not counted again with the missing.
func TestIncompleteDoesNotTellAMeanTwice(t *testing.T) {
	m := newMini(t)
	m.replace("study.yaml", "describe:\n", "missing: {by: [male], means: [age, population]}\ndescribe:\n")
	r := m.run(1)
	for _, id := range []string{"mean.complete.all.age", "mean.incomplete.all.age", "mean.complete.all.population", "incomplete.gross.all.male.1"} {
		found := 0
		for _, v := range r.Results.Values {
			if v.Key.ID() == id {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s is there %d times", id, found)
		}
	}
	if n, want := one(r, "incomplete.gross.all"), 1-one(r, "persons.complete.all")/one(r, "persons.gross.all"); math.Abs(n-want) > 1e-15 {
		t.Errorf("%v are incomplete, by the samples %v", n, want)
	}
}
