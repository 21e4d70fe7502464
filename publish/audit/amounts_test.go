package audit

import (
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
)

// meanOf is the mean of amounts of money, by scheme.
func meanOf(scheme string, x ...float64) result.Value {
	a := result.Contributions("money", x, nil)
	v := result.Estimate(result.Key{Quantity: "mean", Sample: "complete", Scheme: scheme, Variable: "money"}, result.Number, a.Total/float64(len(x)), len(x))
	v.Amounts = []result.Amount{a}
	return v
}

// withAmounts is the folder with the means of two schemes and of both together: one of
// s has most of what they have, so that its mean is suppressed, and that of r lest it
// follows; and a median, in whose place another number is told.
func withAmounts(t *testing.T) *folder {
	f := newFolder(t)
	s, r := append(slices.Repeat([]float64{1}, 39), 500), slices.Repeat([]float64{20}, 60)
	median := result.Estimate(result.Key{Quantity: "median", Sample: "complete", Scheme: "r", Variable: "money"}, result.Number, 20.5, 60)
	told, of := result.Near("money", 20.5, []float64{18, 19, 20.5, 21, 23}, nil, 5)
	median.Told, median.Amounts = told, []result.Amount{of}
	if err := f.set.Add("test", meanOf("s", s...), meanOf("r", r...), meanOf(result.All, slices.Concat(s, r)...), median); err != nil {
		t.Fatal(err)
	}
	var full []map[string]any
	for _, v := range f.set.Values {
		var groups []map[string]any
		for _, c := range f.set.Facts.Counts(v) {
			groups = append(groups, map[string]any{"group": c.Group, "n": c.N})
		}
		full = append(full, map[string]any{"id": v.Key.ID(), "value": v.Value, "n": v.N, "part": v.Part, "groups": groups, "amounts": f.set.Facts.Amounts(v), "told": v.Told})
	}
	f.json("results_full.json", map[string]any{"values": full, "facts": f.set.Facts, "places": f.set.Places})
	return f
}

func TestAttacksOnAmounts(t *testing.T) {
	key := func(quantity, scheme string) result.Key {
		return result.Key{Quantity: quantity, Sample: "complete", Scheme: scheme, Variable: "money"}
	}
	for _, c := range []struct {
		name    string
		besides []result.Key
		change  [2]string // of results.json
		want    string    // nothing is found when empty
	}{
		{name: "a clean folder", change: [2]string{`"value":20.5`, `"value":20.3`}},
		{name: "the median itself is shown", want: "median.complete.r.money is not what results_full.json says"},
		{name: "a mean that one dominates is shown", besides: []result.Key{key("mean", "s")}, want: "mean.complete.s.money is shown, and tells of fewer than 5 persons, of all or none of a group, or of one whose amount could be found"},
		{name: "such a mean follows", besides: []result.Key{key("mean", "r")}, want: "the sum of money of (complete: scheme=s), by which the largest amount could be found, follows from what is shown"},
		{name: "the amounts are published", change: [2]string{`"value":20.5`, `"value":20.3,"told":20.3`}, want: "median.complete.r.money tells whom it counts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := withAmounts(t)
			f.public(c.besides...)
			f.file["results.json"] = strings.ReplaceAll(f.file["results.json"], `"value":20.3`, `"value":20.5`)
			if c.change[0] != "" {
				if !strings.Contains(f.file["results.json"], c.change[0]) {
					t.Fatalf("results.json has no %s", c.change[0])
				}
				f.file["results.json"] = strings.Replace(f.file["results.json"], c.change[0], c.change[1], 1)
			}
			f.write()
			if _, err := Folder(f.dir); err == nil || !strings.Contains(err.Error(), "does not say when amounts of money may not be told") {
				t.Errorf("without the rules: %v", err)
			}
			f.mark(`"disclosure_threshold":5`, `"disclosure_threshold":5,"dominance":{"largest":1,"share":0.5,"p_percent":10}`)
			v, err := Folder(f.dir)
			if err != nil {
				t.Fatal(err)
			}
			if all := strings.Join(v.Findings, "\n"); !strings.Contains(all, c.want) || c.want == "" && v.Found > 0 {
				t.Errorf("found\n%s\nwant %s", all, c.want)
			}
		})
	}
}
