package report

import (
	"slices"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/study"
)

// caseNumbers are numbers of cases, chosen among places of which so many are
// candidates of the first quadrant, and whose description fits so many.
func caseNumbers(t *testing.T, s *study.Study, places, candidates, fits int) *numbers {
	t.Helper()
	n := contributionNumbers(t, s, usual)
	of := func(quantity, kind, scheme, level string, x int) {
		n.add(result.Estimate(result.Key{Quantity: quantity, Kind: kind, Scheme: scheme, Level: level}, result.Count, float64(x), 5000))
	}
	n.add(result.Estimate(result.Key{Quantity: "project_reliability", Sample: "in_model", Model: "levels", Scheme: "old", Project: "old-0301"}, result.Number, 0.5, 40))
	of("case_places", "", "", "", places)
	of("case_fits", "", "", "", fits)
	of("case_quadrant", "", "old", "1", 3)
	for quadrant, count := range map[string]int{"better_above": candidates, "worse_below": 1} {
		of("case_candidates", "", "old", quadrant, count)
		of("case_candidates", "clear", "old", quadrant, 0)
		of("case_candidates", "reliable", "old", quadrant, 0)
		of("case_rule", "", "old", quadrant, 3)
	}
	return n
}

// TestFewCases: a quadrant without candidates has nothing said of its choice, and
// that a case can be known again is told.
func TestFewCases(t *testing.T) {
	for _, c := range []struct {
		lang                     string
		places, candidates, fits int
		wants, not               []string
	}{
		{"en", 1, 0, 1, []string{"Only one municipality has", " had none to choose among.", "fits no other municipality"}, []string{"Among 1 ", "had none to choose among;", "at least one"}},
		{"nb", 1, 0, 1, []string{"Bare én kommune har", "hadde ingen å velge blant.", "passer ikke på noen annen kommune"}, []string{"Blant 1 ", "hadde ingen å velge blant;", "minst én kommuner"}},
		{"en", 8, 2, 3, []string{"Among 8 municipalities", "had two to choose among; in none", "fits at least three municipalities"}, []string{"none to choose among"}},
		{"nb", 8, 2, 3, []string{"Blant 8 kommuner", "hadde to å velge blant; hos ingen", "passer på minst tre kommuner"}, []string{"ingen å velge blant"}},
	} {
		s := contributionStudy()
		s.Cases = &study.Cases{Scheme: "old", Quadrants: study.Map[int]{{Key: "better_above", Value: 1}, {Key: "worse_below", Value: 1}}}
		holds(t, contributionTold(t, build(t, s, caseNumbers(t, s, c.places, c.candidates, c.fits).set, c.lang)), c.wants, c.not)
	}
}

// TestCasesOfUnknownReliability: where no model tells, none is said to be reliable or not.
func TestCasesOfUnknownReliability(t *testing.T) {
	for lang, want := range map[string]string{"en": "in none the project differed clearly from what is expected.", "nb": "hos ingen skilte prosjektet seg klart fra det ventede."} {
		s := contributionStudy()
		s.Cases = &study.Cases{Scheme: "old", Quadrants: study.Map[int]{{Key: "better_above", Value: 1}}}
		n := caseNumbers(t, s, 8, 2, 3)
		n.set.Values = slices.DeleteFunc(n.set.Values, func(v result.Value) bool { return v.Key.Quantity == "project_reliability" })
		holds(t, contributionTold(t, build(t, s, n.set, lang)), []string{want}, []string{"also reliable", "også pålitelig"})
	}
}
