package pipeline

import (
	"slices"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
)

// Of all that the shipped study counts, but of projects and places, the gate knows
// the persons: it is shown rounded, whatever is small, and the large counts are as they were.
func TestCountsOfTheShippedStudyAreRounded(t *testing.T) {
	r := shipped(t)
	set := *r.Results
	set.Members = r.members()
	c := disclose.Clear(&set, disclose.Rules{Threshold: 5, Base: 3})
	counted := []string{"share", "attainment", "incomplete", "distribution", "missing", "missing_persons", "missing_pattern", "missing_both", "overlap", "measure_difference"}
	for _, n := range c.Numbers() {
		k := n.Key()
		v, _ := set.Get(k)
		isSample := slices.Contains([]string{"gross", "complete", "incomplete"}, k.Sample)
		if isSample && slices.Contains(counted, k.Quantity) && !n.Rounded() {
			t.Errorf("%s is not shown rounded", k.ID())
		}
		if isSample && k.Variable == "" && k.Year == "" && k.Kind == "" && (k.Quantity == "persons" || k.Quantity == "attainment") && (n.Value() != v.Value || n.N() != v.N) {
			t.Errorf("%s is %v of %d, and was %v of %d", k.ID(), n.Value(), n.N(), v.Value, v.N)
		}
		if n.Rounded() && n.Unit() == result.Persons && n.Value() > 0 && n.Value() < 5 && n.Value() != 3 {
			t.Errorf("%s is %v", k.ID(), n.Value())
		}
	}
	if rounding := c.Rounding; rounding.Counts == 0 || rounding.Changed == 0 || rounding.Total > 2*rounding.Counts || rounding.Largest > 15 {
		t.Errorf("%+v", rounding)
	}
}
