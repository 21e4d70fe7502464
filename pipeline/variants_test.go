package pipeline

import (
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
)

// withModels adds models to the small study.
func (m mini) withModels(lines ...string) mini {
	m.replace("study.yaml", "models:\n", "models:\n  "+strings.Join(lines, "\n  ")+"\n")
	return m
}

// one returns the value of an id, NaN when there is none.
func one(r *Run, id string) float64 {
	for _, v := range r.Results.Values {
		if v.Key.ID() == id {
			return v.Value
		}
	}
	return math.NaN()
}

// coefficient returns one of a fitted model.
func coefficient(r *Run, model, term string) (fit.Coefficient, bool) {
	all := r.Results.Models[model].Coefficients
	i := slices.IndexFunc(all, func(c fit.Coefficient) bool { return c.Term == term })
	if i < 0 {
		return fit.Coefficient{}, false
	}
	return all[i], true
}

// TestModelsLikeOthers: what is dropped and added reaches the fit, and the test
// is twice the difference of the log-likelihoods.
func TestModelsLikeOthers(t *testing.T) {
	r := newMini(t).withModels(
		"less: {label: m, like: main, drop: [course, male]}",
		"more: {label: m, like: less, add: I(age^2)}",
		"fewer: {label: m, like: main, sample: men, drop: [male]}",
		"both: {label: m, like: main, drop: [course], add: I(age^2)}",
	).withSample("men: {label: Menn, where: complete = 1 AND male = 1}").run(1)
	for term, want := range map[string]bool{"course": false, "male": false, "I(age^2)": true, "hours": true} {
		if _, ok := coefficient(r, "more", term); ok != want {
			t.Errorf("more has %s: %v", term, ok)
		}
	}
	for _, c := range []struct {
		small, large, told string
		df                 float64
	}{{"less", "main", "less", 2}, {"less", "more", "more", 1}} {
		want := 2 * (r.Results.Models[c.large].LogLik - r.Results.Models[c.small].LogLik)
		if got := one(r, "lr_statistic."+c.told); math.Abs(got-want) > 1e-9 || one(r, "lr_df."+c.told) != c.df || !(one(r, "lr_p_value."+c.told) <= 1) {
			t.Errorf("%s: χ² = %g with %g, want %g with %g", c.told, got, one(r, "lr_df."+c.told), want, c.df)
		}
	}
	for _, name := range []string{"fewer", "both"} {
		if !math.IsNaN(one(r, "lr_statistic."+name)) {
			t.Errorf("%s is tested, though it is of other persons, or not within the other model", name)
		}
	}
	if r.Results.Models["fewer"].NObs >= r.Results.Models["main"].NObs {
		t.Error("the men are not fewer")
	}
}

// withSample adds a sample to the small study.
func (m mini) withSample(line string) mini {
	m.replace("study.yaml", "samples:\n", "samples:\n  "+line+"\n")
	return m
}

// TestStandardizedVariables: a z-score's coefficient is that of the variable
// times its standard deviation, over persons or over units of them.
func TestStandardizedVariables(t *testing.T) {
	r := newMini(t).withModels(
		"z: {label: m, like: main, standardize: [{variables: [age]}, {variables: [hours], by: [municipality]}]}",
	).run(1)
	age, hours := result.Key{Quantity: "scale_sd", Model: "z", Variable: "age"}, result.Key{Quantity: "scale_sd", Model: "z", Variable: "hours"}
	for _, key := range []result.Key{age, hours} {
		sd, ok := r.Results.Get(key)
		a, _ := coefficient(r, "main", key.Variable)
		b, _ := coefficient(r, "z", key.Variable)
		if !ok || math.Abs(*b.Estimate-*a.Estimate*sd.Value) > 1e-7 {
			t.Errorf("%s: %g, want %g × %g (%v)", key.Variable, *b.Estimate, *a.Estimate, sd.Value, ok)
		}
	}
	if got := one(r, "scale_units.z.age"); got != 98 {
		t.Errorf("age is scaled over %g persons, want 98", got)
	}
	// Four municipalities: the hours of the first person of each.
	if got := one(r, "scale_units.z.hours"); got != 4 {
		t.Errorf("hours are scaled over %g units, want 4", got)
	}
	var first []float64
	seen := map[int32]bool{}
	town, _ := r.data.Column("municipality")
	h, _ := r.data.Column("hours")
	for i, code := range town.Code {
		if !seen[code] {
			seen[code] = true
			first = append(first, h.Number[i])
		}
	}
	mean, square := 0.0, 0.0
	for _, x := range first {
		mean += x / 4
	}
	for _, x := range first {
		square += (x - mean) * (x - mean) / 3
	}
	if got := one(r, "scale_mean.z.hours"); math.Abs(got-mean) > 1e-12 {
		t.Errorf("mean %g, want %g", got, mean)
	}
	if got := one(r, "scale_sd.z.hours"); math.Abs(got-math.Sqrt(square)) > 1e-12 {
		t.Errorf("sd %g, want %g", got, math.Sqrt(square))
	}
}

// TestAVariableMadeOfTheDataSet sees all persons who count.
func TestAVariableMadeOfTheDataSet(t *testing.T) {
	m := newMini(t)
	m.replace("codebook.yaml", "variables:\n", "variables:\n  mixed: {label: Begge, type: binary, from: {dataset: {sql: min(scheme) OVER (PARTITION BY municipality) <> max(scheme) OVER (PARTITION BY municipality)}}}\n")
	r := m.run(1)
	town, _ := r.data.Column("municipality")
	mixed, ok := r.data.Column("mixed")
	if !ok {
		t.Fatal("there is no such column")
	}
	for i := range mixed.Number {
		want := 0.0
		if town.Levels[town.Code[i]] == "0301" {
			want = 1
		}
		if mixed.Number[i] != want {
			t.Fatalf("row %d, %s: %g", i, town.Levels[town.Code[i]], mixed.Number[i])
		}
	}
	m = newMini(t)
	m.replace("codebook.yaml", "variables:\n", "variables:\n  mixed: {label: Begge, type: binary, from: {dataset: {sql: nothing > 1}}}\n")
	s, err := m.load()
	m.check(err)
	if _, err = Start(t.Context(), s, Options{}); err == nil || !strings.Contains(err.Error(), "codebook.yaml:2:") || !strings.Contains(err.Error(), "the SQL is not understood") {
		t.Errorf("got %v", err)
	}
}

// TestGapsDoNotEndTheRun: each model that these data cannot answer is a gap with
// its place, and the rest is there.
func TestGapsDoNotEndTheRun(t *testing.T) {
	r := newMini(t).withSample("few: {label: Ingen, where: age > 900}").withSample("pilots: {label: Forsøk, where: scheme = 'pilot'}").withModels(
		"empty: {label: m, like: main, sample: few}",
		"unknown: {label: m, like: main, standardize: [{variables: [wage], sample: regulars}], add: wage, sample: regulars}",
		"alone: {label: m, like: main, sample: pilots}",
		"pilotless: {label: m, like: main, add: months, sample: pilots}",
	).withSample("regulars: {label: Ordinære, where: scheme = 'regular'}").run(1)
	gaps := map[string]result.Gap{}
	for _, g := range r.Results.Gaps {
		gaps[g.Model+"/"+g.Subject] = g
	}
	for name, want := range map[string]struct{ code, about, place string }{
		"empty/":     {result.Nobody, "few", "study.yaml:"},
		"pilotless/": {result.UnknownForAll, "months", "study.yaml:"},
		"unknown/":   {result.UnknownForAll, "wage", "study.yaml:"},
		"alone/":     {result.OneScheme, "pilot", "study.yaml:"},
	} {
		g, ok := gaps[name]
		if !ok || g.Reason.Code != want.code || g.Reason.About != want.about || !strings.Contains(g.Place, want.place) || g.Message == "" {
			t.Errorf("%s: %+v (%v)", name, g, ok)
		}
	}
	if r.Results.Models["main"] == nil || len(r.Results.Models) != 1 {
		t.Errorf("models %v", r.Results.Models)
	}
	if math.IsNaN(one(r, "project_contribution.with_scheme.complete.pilot.pilot-0301")) {
		t.Error("the contributions are gone")
	}
}
