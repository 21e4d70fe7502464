package report

import (
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/study"
)

// layered is the made-up study with a multilevel model and others like it.
func layered(t *testing.T) (*study.Study, *result.Set) {
	s := madeUp()
	level := study.Model{Label: text("Layers"), Like: "individual", Sample: "in_model", Chapter: new(bool), Groups: s.Models[0].Value.Groups,
		Changes: []study.Change{{Model: "layers", Add: "(1 | municipality/project)"}}}
	*level.Chapter = true
	variant := func(label, like, sample string, drop []string, add string) study.Model {
		return study.Model{Label: text(label), Like: like, Sample: sample, Changes: []study.Change{{Drop: drop, Add: add}}}
	}
	s.Samples = append(s.Samples, study.Entry[study.Sample]{Key: "women", Value: study.Sample{Label: text("Women")}})
	s.Models = append(s.Models,
		study.Entry[study.Model]{Key: "layers", Value: level},
		study.Entry[study.Model]{Key: "less", Value: variant("Less", "layers", "in_model", []string{"level"}, "")},
		study.Entry[study.Model]{Key: "more", Value: variant("More", "layers", "in_model", nil, "origin_north")},
		study.Entry[study.Model]{Key: "of_women", Value: variant("Women only", "less", "women", nil, "")},
		study.Entry[study.Model]{Key: "nobody", Value: variant("Nobody", "layers", "women", nil, "")})
	set := results(t, s, 3)
	n := &numbers{t, set, 3}
	n.fitted("layers", map[string]float64{"schemenew": 0.4, "age": 0.2, "level": 0.5})
	n.fitted("less", map[string]float64{"schemenew": 0.7, "age": 0.9})
	n.fitted("more", map[string]float64{"schemenew": 0.4, "age": 0.2, "level": 0.5, "origin_north": 0.01})
	n.fitted("of_women", map[string]float64{"schemenew": 0.05, "age": 0.9})
	n.test("less", 40, 2, 1e-9)
	n.test("more", 0.5, 1, 0.48)
	n.add(result.Estimate(result.Key{Quantity: "scale_mean", Model: "layers", Variable: "age"}, result.Number, 33.3, 10200),
		result.Estimate(result.Key{Quantity: "scale_sd", Model: "layers", Variable: "age"}, result.Number, 8.04, 10200))
	for group, count := range map[string]float64{"project:municipality": 411, "municipality": 375} {
		n.add(result.Estimate(result.Key{Quantity: "groups", Model: "layers", Variable: group}, result.Count, count, 10200))
	}
	n.add(result.Estimate(result.Key{Quantity: "groups_with_several", Model: "layers", Variable: "municipality"}, result.Count, 36, 4000))
	for group, share := range map[string]float64{"project:municipality": 0.08, "municipality": 0.07, "": 0.15} {
		n.add(result.Estimate(result.Key{Quantity: "icc", Model: "layers", Variable: group}, result.Share, share, 10200).WithInterval(share/2, share*2))
		n.add(result.Estimate(result.Key{Quantity: "random_sd", Model: "layers", Variable: group}, result.LogOdds, 0.5, 10200).WithInterval(0.3, 0.8))
	}
	set.Gaps = append(set.Gaps, result.Gap{Step: "models", Model: "nobody", Message: "the 3 persons", Reason: result.Reason{Code: result.Nobody, About: "women", Message: "3 persons"}})
	return s, set
}

func (n *numbers) fitted(name string, beta map[string]float64) {
	number := func(x float64) *float64 { return &x }
	r := &fit.Result{Link: "logit", NObs: 10200, LogLik: -5000, Random: []fit.Random{{Group: "municipality", Terms: []string{"(Intercept)"}, SD: []float64{0.5}}}}
	for _, term := range []string{"(Intercept)", "schemenew", "age", "level", "origin_north"} {
		b, ok := beta[term]
		if !ok && term != "(Intercept)" {
			continue
		}
		r.Coefficients = append(r.Coefficients, fit.Coefficient{Term: term, Estimate: number(b), StdError: number(0.1), PValue: number(0.03), ConfLow: number(b - 0.196), ConfHigh: number(b + 0.196)})
	}
	n.set.Models[name] = r
	n.add(result.OfModel(name, r)...)
}

func (n *numbers) test(name string, statistic, df, p float64) {
	for quantity, x := range map[string]float64{"lr_statistic": statistic, "lr_df": df, "lr_p_value": p} {
		n.add(result.Estimate(result.Key{Quantity: quantity, Model: name}, result.Number, x, 10200))
	}
}

// A model's variants and levels are told in sentences that come from their
// numbers, and what could not be computed stands where it would have stood.
func TestVariantsAndLevelsAreTold(t *testing.T) {
	for lang, wants := range map[string][]string{
		"nb": {
			"municipality nb (375)", "prosjekt (411)", "Noen tall er standardisert, slik at anslaget gjelder ett standardavvik: age nb (gjennomsnitt 33,3, standardavvik 8,0 years nb).",
			"Bare 36 av 375 grupper på nivået municipality nb har mer enn én gruppe på nivået prosjekt.",
			"Less nb – Passer klart dårligere enn «Layers nb» (χ² = 40,0, 2 frihetsgrader, p < 0,001). Oddsraten for people in New nb går fra 1,49 til 2,01. Av de andre leddene endres «Age nb (years nb)» mest: oddsraten går fra 1,22 til 2,46.",
			"More nb – Passer ikke klart bedre enn «Layers nb» (χ² = 0,5, 1 frihetsgrad, p = 0,480).",
			"Women only nb (10 200 personer) – Ingen klar forskjell mellom people in New nb og people in the old nb (oddsrate 1,05, 0,86–1,28).",
			"«Nobody nb» kan ikke beregnes: ingen personer er i utvalget «Women nb».", "til sammen ligger 15 prosent",
		},
		"en": {
			"Only 36 of 375 groups at the level municipality en have more than one group at the level project.",
			"Less en – Fits clearly worse than “Layers en” (χ² = 40.0, 2 degrees of freedom, p < 0.001). The odds ratio of people in New en goes from 1.49 to 2.01.",
			"No clear association with “Origin en: North en” (odds ratio 1.01, 0.83–1.23).",
			"“Nobody en” cannot be computed: nobody is in the sample “Women en”.",
		},
	} {
		s, set := layered(t)
		page := strings.Join(strings.Fields(prose(t, write(t, build(t, s, set, lang))["report.html"])), " ")
		for _, want := range wants {
			if !strings.Contains(strings.ToLower(page), strings.ToLower(strings.Join(strings.Fields(want), " "))) {
				t.Errorf("%s: the page does not say %q", lang, want)
				at := strings.Index(page, want[:12])
				if at >= 0 {
					t.Logf("but %q", page[at:min(len(page), at+400)])
				}
			}
		}
		for _, bad := range []string{"3 persons", "NaN", "%!"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: the page says %q", lang, bad)
			}
		}
	}
}

// Tables of variants set each model's numbers beside those of the others; a
// clear one is marked.
func TestVariantsStandSideBySide(t *testing.T) {
	s, set := layered(t)
	r := build(t, s, set, "en")
	files := write(t, r)
	csv := files["tables/steps-coefficients-layers.csv"]
	if !strings.Contains(csv, "Layers en,Less en,More en") {
		t.Errorf("the table is\n%s", csv)
	}
	if !strings.Contains(csv, "0.2,0.9,0.2") || strings.Contains(csv, "**") {
		t.Errorf("the numbers of age are not there, or are marked for machines too:\n%s", csv)
	}
	if !strings.Contains(files["report.html"], "0.90**<") {
		t.Error("a coefficient with p = 0.03 is not marked with two stars")
	}
	if !strings.Contains(files["report.html"], `<details class="folded">`) {
		t.Error("no table unfolds")
	}
}

// TestLevelsWithoutIntervals: where it is not known how far chance goes, no group is
// said to be clear of it, nor none.
func TestLevelsWithoutIntervals(t *testing.T) {
	s := madeUp()
	n := &numbers{t, result.NewSet(), 3}
	for i, level := range []string{"1", "2"} {
		v := result.Estimate(result.Key{Quantity: "group_contribution", Kind: "with", Sample: "in_model", Scheme: "new", Variable: "level", Level: level}, result.Points, 0.1, 500)
		if i == 0 {
			v = v.WithInterval(0.05, 0.15)
		}
		n.add(v)
	}
	for lang, want := range map[string]string{"nb": "Faktisk minus forventet måloppnåelse etter level", "en": "Actual less expected attainment by level"} {
		var titles []string
		for _, f := range build(t, s, n.set, lang).Figures {
			titles = append(titles, f.Title)
		}
		if len(titles) != 1 || !strings.HasPrefix(titles[0], want) {
			t.Errorf("%q, want %q", titles, want)
		}
	}
}

// What a scheme's participants at a level do beyond what is expected is told by
// the clearest of them; what is hidden is not.
func TestContributionByLevelIsTold(t *testing.T) {
	s := madeUp()
	set := results(t, s, 3)
	n := &numbers{t, set, 3}
	for scheme, at := range map[string]float64{"new": -0.12, "old": 0.01} {
		for i, level := range []string{"1", "2", "3"} {
			v := result.Estimate(result.Key{Quantity: "group_contribution", Kind: "with", Sample: "in_model", Scheme: scheme, Variable: "level", Level: level}, result.Points, at*float64(i), 500)
			v.Part = 200
			if level == "3" && scheme == "new" {
				v.Part = n.small // hidden, and the largest
			}
			n.add(v.WithInterval(v.Value-0.05, v.Value+0.05))
		}
	}
	for lang, want := range map[string]string{
		"nb": "Mest under det ventede ligger people in New nb i gruppen «Middle nb»: 12 prosentpoeng",
		"en": "Farthest below what is expected are people in New en in the group “Middle en”: 12 percentage points",
	} {
		found := false
		for _, f := range build(t, s, set, lang).Figures {
			found = found || strings.Join(strings.Fields(f.Title), " ") == want
		}
		if !found {
			t.Errorf("no figure says %q", want)
			for _, f := range build(t, s, set, lang).Figures {
				t.Log(f.Title)
			}
		}
	}
}
