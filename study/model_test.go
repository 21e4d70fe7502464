package study

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestModelsInherit: what a model takes over of the one it is like, and what it
// changes, over two generations.
func TestModelsInherit(t *testing.T) {
	files := folder(t, "study.yaml", "describe:", `  second:
    label: second
    like: third
    drop: [background, treat2]
    standardize: [{variables: [age], by: [married]}]
  third:
    label: third
    like: individual
    sample: gross
    add: I(age^2)
    standardize: [{variables: [education]}]
    groups: {background: {label: of third, variables: [age, married]}, extra: {label: extra, variables: [race]}}
    chapter: true
describe:`)
	// treat2 is no variable, but a name in drop is judged when the formula is read.
	s, err := Load(files, "x")
	if err != nil {
		t.Fatal(err)
	}
	first, _ := s.Models.Get("individual")
	second, _ := s.Models.Get("second")
	third, _ := s.Models.Get("third")
	if third.Formula != first.Formula || third.Sample != "gross" || third.Family != first.Family || !third.HasChapter() {
		t.Errorf("third is %+v", third)
	}
	if second.Sample != "gross" || second.HasChapter() || !first.HasChapter() {
		t.Errorf("second is %+v", second)
	}
	want := []Change{{Model: "third", Add: "I(age^2)"}, {Model: "second", Drop: []string{"age", "married", "treat2"}}}
	if diff := cmp.Diff(want, second.Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if z := second.Standardize; len(z) != 2 || z[0].Variables[0] != "education" || z[1].By[0] != "married" {
		t.Errorf("scaling %+v", z)
	}
	if keys := second.Groups.Keys(); !slices.Contains(keys, "extra") || !slices.Contains(keys, "background") {
		t.Errorf("groups %v", keys)
	}
}

// TestModelProblemsNameTheirPlace changes one thing and wants one line.
func TestModelProblemsNameTheirPlace(t *testing.T) {
	for _, c := range []struct{ name, model, want string }{
		{"like nothing that is", "{label: m, like: indiviual}", `there is no model "indiviual"; did you mean "individual"?`},
		{"like itself", "{label: m, like: extra}", `model "extra" is like itself, by way of extra; give one of them a formula instead of like`},
		{"like and a formula", "{label: m, like: individual, formula: outcome ~ scheme}", `takes its formula; change it by drop and add, or remove like`},
		{"drop without like", "{label: m, sample: complete, formula: outcome ~ scheme, drop: [age]}", `drop changes the formula of the model that this one is like; say which: like`},
		{"add without like", "{label: m, sample: complete, formula: outcome ~ scheme, add: age}", `add changes the formula of the model that this one is like; say which: like`},
		{"neither formula nor like", "{label: m, sample: complete}", `model "extra" has no formula; add it, or say which model it is like`},
		{"no sample", "{label: m, formula: outcome ~ scheme}", `model "extra" has no sample; add it, or say which model it is like`},
		{"a category standardized", "{label: m, like: individual, standardize: [{variables: [race]}]}", `race is no number, and only numbers are standardized`},
		{"units of nothing", "{label: m, like: individual, standardize: [{variables: [age], by: [town]}]}", `there is no column "town"`},
		{"a sample that is none", "{label: m, like: individual, standardize: [{variables: [age], sample: all}]}", `there is no sample "all"`},
		{"clusters of nothing", "{label: m, like: individual, cluster: town}", `there is no column "town"`},
		{"an interaction with nothing", "{label: m, like: individual, interactions: [rase]}", `there is no variable "rase"; did you mean "race"?`},
		{"half a point", "{label: m, like: individual, quadrature: 0.5}", `quadrature must be a whole number, and is a number`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(folder(t, "study.yaml", "describe:", "  extra: "+c.model+"\ndescribe:"), "x")
			if err == nil {
				t.Fatal("no problem was found")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != 1 || !strings.Contains(lines[0], c.want) || !strings.HasPrefix(lines[0], "x/study.yaml:") {
				t.Errorf("got\n%v\nwant %s", err, c.want)
			}
		})
	}
}
