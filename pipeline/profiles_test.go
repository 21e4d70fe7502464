package pipeline

import (
	"math"
	"strings"
	"testing"

	"bidrag/evaluate/result"
)

// addProfile gives the small study a model and a profile of it.
func (m mini) addProfile(model, profile string) {
	m.replace("study.yaml", "describe:\n", "profiles:\n  someone: {label: {nb: noen, en: someone}, "+profile+"}\ndescribe:\n")
	if model != "" {
		m.replace("study.yaml", "models:\n", "models:\n  other: {label: Annen, sample: complete, "+model+"}\n")
	}
}

// TestProfilesThatDoNotFitTheirModel: one line each, before anything is fitted.
func TestProfilesThatDoNotFitTheirModel(t *testing.T) {
	for _, c := range []struct{ name, model, profile, want string }{
		{"a variable left out", "", "models: [main], values: {male: 1, age: 30, course: 0}",
			`mini/study.yaml:71:54: the profile "someone" does not say what hours is, which the model "main" needs; give it a value`},
		{"a variable too many", "", "models: [main], values: {male: 1, age: 30, course: 0, hours: 1, region: south}",
			`mini/study.yaml:71:117: the profile "someone" gives region, which the model "main" does not have; take it out, or give that model a profile of its own`},
		{"all indicators left out", "formula: outcome ~ scheme + age + region_south", "models: [other], values: {age: 30}",
			`the profile "someone" does not say what region is, which the model "other" needs`},
		{"the mean of levels", "formula: outcome ~ scheme + factor(male)", "models: [other], values: {male: mean}",
			`male stands in factor() and has no mean; give the profile "someone" a level`},
		{"between levels", "formula: outcome ~ scheme + factor(male)", "models: [other], values: {male: 0.5}",
			`male stands in factor() and has no level 0.5`},
		{"the mean of a group with a category", "formula: outcome ~ scheme + region + age, groups: {all: {label: Alt, variables: [region, age]}}", "models: [other], values: {all: mean}",
			`region is a category; give it a level of its own in the profile "someone"`},
		{"a random slope's variable", "formula: outcome ~ scheme + age + (hours | municipality)", "models: [other], values: {age: 30}",
			`the profile "someone" does not say what hours is`},
		{"an interaction with what is not there", "formula: outcome ~ scheme + age, interactions: [male]", "models: [main], values: {male: 1, age: 30, course: 0, hours: 1}",
			`the model "other" does not have male; take it out of interactions, or put it into the formula`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMini(t)
			m.addProfile(c.model, c.profile)
			r, err := m.checked()
			if err == nil {
				r.Close()
				t.Fatal("nothing is said")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("it says\n%v\nand not\n%s", err, c.want)
			}
		})
	}
}

// profiled runs the small study with a profile, and gives its values by scheme.
func profiled(t *testing.T, model, profile string) map[string]result.Value {
	m := newMini(t)
	m.addProfile(model, profile)
	r := m.run(1)
	out := map[string]result.Value{}
	for _, v := range r.Results.Values {
		if v.Key.Quantity == "profile" {
			out[v.Key.Scheme] = v
		}
	}
	if len(out) == 0 {
		t.Fatalf("no profile; gaps %+v", r.Results.Gaps)
	}
	return out
}

// TestProfilesSayTheSameInOtherWords: a category and its indicators, numbers as
// they are and standardized, a group and its variables.
func TestProfilesSayTheSameInOtherWords(t *testing.T) {
	same := func(what string, a, b map[string]result.Value) {
		t.Helper()
		if len(a) != len(b) {
			t.Fatalf("%s: %v and %v", what, a, b)
		}
		for scheme, x := range a {
			y := b[scheme]
			if !(math.Abs(x.Value-y.Value) < 1e-7 && math.Abs(x.Low-y.Low) < 1e-6 && math.Abs(x.High-y.High) < 1e-6) || x.Value == 0.5 {
				t.Errorf("%s, %s: %v and %v", what, scheme, x, y)
			}
		}
	}
	plain := profiled(t, "formula: outcome ~ scheme + region + age", "models: [other], values: {region: south, age: 40}")
	same("indicators", plain, profiled(t, "formula: outcome ~ scheme + region_south + age", "models: [other], values: {region: south, age: 40}"))
	same("an indicator by its name", plain, profiled(t, "formula: outcome ~ scheme + region_south + age", "models: [other], values: {region: north, region_south: 1, age: 40}"))
	same("standardized", plain, profiled(t, "formula: outcome ~ scheme + region + age, standardize: [{variables: [age]}]", "models: [other], values: {region: south, age: 40}"))
	mean := profiled(t, "formula: outcome ~ scheme + hours + age", "models: [other], values: {hours: mean, age: mean}")
	grouped := "formula: outcome ~ scheme + hours + age, groups: {both: {label: To, variables: [hours, age]}}"
	same("a group", mean, profiled(t, grouped, "models: [other], values: {both: mean}"))
	same("standardized means", mean, profiled(t, grouped+", standardize: [{variables: [age, hours]}]", "models: [other], values: {both: mean}"))
	one := profiled(t, "formula: outcome ~ scheme + hours + age", "models: [other], values: {hours: 3, age: mean}")
	same("a variable before its group", one, profiled(t, grouped, "models: [other], values: {both: mean, hours: 3}"))
	same("the order does not matter", one, profiled(t, grouped, "models: [other], values: {hours: 3, both: mean}"))
}

// TestProfilesOfAModelWithoutScheme have one answer for all.
func TestProfilesOfAModelWithoutScheme(t *testing.T) {
	got := profiled(t, "formula: outcome ~ age", "models: [other], values: {age: 40}")
	if len(got) != 1 || !(got[""].Value > 0 && got[""].Value < 1) {
		t.Errorf("%v", got)
	}
}

// TestProfilesOfWhomNobodyIs: a model of one scheme has no answer for the other,
// which is a gap where the profile names the model.
func TestProfilesOfWhomNobodyIs(t *testing.T) {
	m := newMini(t)
	m.replace("study.yaml", "samples:\n", "samples:\n  pilots: {label: Pilot, where: scheme = 'pilot'}\n")
	m.replace("study.yaml", "describe:\n", "profiles:\n  someone: {label: Noen, models: [other], values: {age: 40}}\ndescribe:\n")
	m.replace("study.yaml", "models:\n", "models:\n  other: {label: Annen, sample: pilots, formula: outcome ~ scheme + age}\n")
	r := m.run(1)
	found := false
	for _, g := range r.Results.Gaps {
		found = found || g.Step == "effects" && g.Model == "other" && g.Subject == "someone" && strings.HasPrefix(g.Place, "mini/study.yaml:73:")
	}
	if !found {
		t.Errorf("the gaps are %+v", r.Results.Gaps)
	}
}
