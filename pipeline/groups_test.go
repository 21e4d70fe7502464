package pipeline

import (
	"slices"
	"testing"

	"bidrag/evaluate/result"
)

// Every number says whom it counts, and all numbers of a group are the same: else
// the gate would tie counts together that are not of one table.
func TestNumbersOfAGroupAgree(t *testing.T) {
	r := shipped(t)
	count, first := map[result.Group]int{}, map[result.Group]string{}
	own := 0
	for _, v := range r.Results.Values {
		for _, c := range r.Results.Facts.Counts(v) {
			if c.N < 0 || len(c.Or) > 0 {
				continue
			}
			if n, told := count[c.Group]; told && n != c.N {
				t.Errorf("%s: %d by %s and %d by %s", c.Group, n, first[c.Group], c.N, v.Key.ID())
			} else if !told {
				count[c.Group], first[c.Group] = c.N, v.Key.ID()
			}
			if c.Group.Sample() == "number "+v.Key.ID() {
				own++
			}
		}
	}
	sums := 0
	for g, n := range count {
		rest, told := count[g.In("incomplete")]
		if all, ok := count[g.In("gross")]; ok && told && g.Sample() == "complete" {
			if sums++; n+rest != all {
				t.Errorf("%s: %d, with the incomplete %d, but %d in all", g, n, n+rest, all)
			}
		}
	}
	if sums < 100 {
		t.Errorf("complete and incomplete rows are told of in %d groups only", sums)
	}
	if share := float64(own) / float64(len(r.Results.Values)); share > 0.02 {
		t.Errorf("%d of %d numbers do not say whom they count", own, len(r.Results.Values))
	}
}

// What the gate must know of samples is found in the data.
func TestFacts(t *testing.T) {
	f := shipped(t).Results.Facts
	if f.Same["in_individual"] != "complete" || f.Same["model individual"] != "complete" || f.Same[result.Rest("gross", "complete")] != "incomplete" {
		t.Errorf("the same persons: %v", f.Same)
	}
	if !slices.Contains(f.Within["complete"], "gross") || !slices.Contains(f.Within["women"], "complete") || slices.Contains(f.Within["gross"], "complete") {
		t.Errorf("within: %v", f.Within)
	}
	sum := func(whole, part result.Group) bool {
		return slices.ContainsFunc(f.Sums, func(s result.Sum) bool { return s.Whole == whole && slices.Contains(s.Parts, part) })
	}
	if !sum("complete: male=0", "women") || !sum(": outcome=1", ": outcome kind=work") || sum(": outcome=1", ": outcome kind=neither") || !sum("read", "gross") {
		t.Errorf("sums: %v", f.Sums)
	}
	both := result.Group("gross: education known=0; norwegian_level known=0")
	if !sum("incomplete", "gross: pattern=education") || !sum("gross: education known=0", "gross: pattern=education+norwegian_level") ||
		!sum(both, "gross: pattern=education+norwegian_level") || sum(both, "gross: pattern=education") {
		t.Errorf("who lacks a variable lacks a set that holds it: %v", f.Sums)
	}
	if f.Same["in a place"] != "gross" || f.Same["units of municipality_years"] != "gross_in_municipality" || !slices.Contains(f.Within["units of more_than_ten"], "gross_in_municipality") {
		t.Errorf("places and units hold persons of the samples: %v, %v", f.Same, f.Within)
	}
	if !f.Ranked["residence_years"] || f.Ranked["education"] {
		t.Errorf("ranked: %v", f.Ranked)
	}
}
