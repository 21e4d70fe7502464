package pipeline

import (
	"context"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/contribution"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// casesOf chooses cases anew in the shipped study, changed.
func casesOf(t *testing.T, change func(s *study.Study)) *Run {
	t.Helper()
	of := shipped(t)
	s := *of.Study
	k, c := *s.Contribution, *s.Cases
	s.Contribution, s.Cases = &k, &c
	change(&s)
	r := &Run{Study: &s, Results: result.NewSet(), data: of.data}
	for _, v := range of.Results.Values {
		if strings.HasPrefix(v.Key.Quantity, "project_") {
			if err := r.Results.Add("contribution", v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := r.cases(context.Background()); err != nil {
		t.Fatal(err)
	}
	return r
}

// The cases are places with projects of both schemes, two whose project of the
// introduction programme attains more than expected and than the country, and two
// that attain less; nobody's numbers of few persons are behind them; and all is the
// same when it is done again.
func TestCasesOfTheShippedStudy(t *testing.T) {
	r := shipped(t)
	if len(r.Results.Cases) != 4 {
		t.Fatalf("%d cases, want 4", len(r.Results.Cases))
	}
	inQuadrant := map[float64]int{}
	for _, code := range r.Results.Cases {
		for _, scheme := range []string{"intro", "jobbsjansen"} {
			key := result.Key{Quantity: "project_quadrant", Kind: "with_scheme", Sample: "in_individual", Scheme: scheme, Project: scheme + "-" + code}
			v, ok := r.Results.Get(key)
			if !ok {
				t.Fatalf("%s has no project of %s", code, scheme)
			}
			if min(v.Part, v.N-v.Part) < r.Study.Disclosure.Threshold {
				t.Errorf("the project of %s in %s is of too few persons: %d of %d", scheme, code, v.Part, v.N)
			}
			if scheme == r.Study.Cases.Scheme {
				inQuadrant[v.Value]++
			}
		}
	}
	if inQuadrant[contribution.AboveAbove] != 2 || inQuadrant[contribution.BelowBelow] != 2 {
		t.Errorf("quadrants %v, want two of each", inQuadrant)
	}
	again := casesOf(t, func(*study.Study) {})
	if !slices.Equal(again.Results.Cases, r.Results.Cases) {
		t.Errorf("chosen again: %v, at first %v", again.Results.Cases, r.Results.Cases)
	}
}

// What cannot be chosen is a gap at its place in the study.
func TestCasesThatThereAreNot(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(s *study.Study)
		code   string
		says   string
	}{
		{"more than there are", func(s *study.Study) {
			s.Cases.Quadrants = slices.Clone(s.Cases.Quadrants)
			for i := range s.Cases.Quadrants {
				s.Cases.Quadrants[i].Value = 300
			}
		}, result.FewCases, "ask for fewer"},
		{"all are hidden", func(s *study.Study) { s.Disclosure.Threshold = 1 << 20 }, result.NoCases, "lower min_leavers"},
		{"alike in what nobody knows", func(s *study.Study) { s.Cases.Alike = []string{"population", "no_such_number"} }, result.UnknownForAll, "take it out of alike"},
	} {
		r := casesOf(t, c.change)
		if !slices.ContainsFunc(r.Results.Gaps, func(g result.Gap) bool {
			return g.Step == "cases" && g.Reason.Code == c.code && strings.Contains(g.Message, c.says) && strings.Contains(g.Place, "study.yaml:")
		}) {
			t.Errorf("%s: gaps %+v", c.name, r.Results.Gaps)
		}
	}
}
