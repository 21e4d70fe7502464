package report

import (
	"math"
	"strings"
	"testing"

	"bidrag/evaluate/result"
)

// ofKind is the report of the made-up study with its model in another family.
func ofKind(t *testing.T, lang, family, link, response string) string {
	s, set := withEffects(t, 30)
	m := &s.Models[0].Value
	m.Family, m.Link, m.Formula = family, link, strings.Replace(m.Formula, "outcome", response, 1)
	r := *set.Models["individual"]
	r.Formula, r.Family, r.Link = m.Formula, family, link
	set.Models["individual"] = &r
	for i := range set.Values {
		v := &set.Values[i]
		if link != "logit" && v.Unit == result.OddsRatio {
			v.Unit = "" // taken out below
		}
		if family != "binomial" && v.Unit == result.Points && v.Key.Model != "" {
			v.Unit = result.Number
		}
	}
	out := result.NewSet()
	out.Models = set.Models
	for _, v := range set.Values {
		if v.Unit != "" {
			if err := out.Add(v.Step, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	return strings.ReplaceAll(prose(t, write(t, build(t, s, out, lang))["report.html"]), "\u00a0", " ")
}

// Sentences on odds and percentage points stand only where a model is of odds,
// and of the probability of attaining the goal.
func TestWordsFollowTheKindOfModel(t *testing.T) {
	for _, c := range []struct {
		family, link, response string
		yes, no                []string
	}{
		{"binomial", "logit", "outcome", []string{"An odds ratio above 1", "by as much, in odds,", "an equal difference in odds", "What the model means in percentage points", "Made-up participants"}, []string{"What it describes is"}},
		{"binomial", "probit", "outcome", []string{"A coefficient above zero", "Coefficients are hard to picture", "on the scale on which it computes", "whether they found work", "Made-up participants"}, []string{"An odds ratio above 1", "in odds,", "an equal difference in odds", "What it describes is"}},
		{"poisson", "log", "months", []string{"A coefficient above zero", "What it describes is “Months en”."}, []string{"An odds ratio above 1", "in odds,", "What the model means in percentage points", "In percentage points the difference", "hard to picture", "difference in expected attainment"}},
		{"binomial", "logit", "married", []string{"What it describes is “Married en”."}, []string{"What the model means in percentage points", "higher odds of attaining", "difference in expected attainment"}},
	} {
		page := ofKind(t, "en", c.family, c.link, c.response)
		for _, want := range c.yes {
			if !strings.Contains(page, want) {
				t.Errorf("%s %s of %s: does not say %q", c.family, c.link, c.response, want)
			}
		}
		for _, not := range c.no {
			if at := strings.Index(page, not); at >= 0 {
				t.Errorf("%s %s of %s: says %q", c.family, c.link, c.response, page[max(0, at-100):at+len(not)])
			}
		}
		if page := ofKind(t, "nb", c.family, c.link, c.response); strings.Contains(page, "En oddsrate over 1") != (c.link == "logit" && c.response == "outcome") {
			t.Errorf("%s %s of %s, nb: the reading of odds ratios", c.family, c.link, c.response)
		}
	}
}

// Standard deviations that are told one by one, as of random slopes, stand in
// rows of their own.
func TestSlopesHaveRows(t *testing.T) {
	set := result.NewSet()
	for id, v := range map[string]float64{"(Intercept)": 0.5, "wage": 0.2} {
		if err := set.Add("test", result.Estimate(result.Key{Quantity: "random_sd", Model: "individual", Variable: "origin", Term: id}, result.Number, v, 900)); err != nil {
			t.Fatal(err)
		}
	}
	w, err := newWriter(madeUp(), clearMadeUp(set), "en")
	if err != nil {
		t.Fatal(err)
	}
	page, err := w.levelTable("individual", []string{"origin"}).HTML(w.locale, "1")
	if err != nil {
		t.Fatal(err)
	}
	html := string(page)
	for label, sd := range map[string]string{"Origin en": "0.50", "Wage en by origin en": "0.20"} {
		if _, after, ok := strings.Cut(html, label); !ok || !strings.Contains(after[:min(len(after), 200)], sd) {
			t.Errorf("no row for %s with %s in %s", label, sd, html)
		}
	}
}

// changed changes one number of a set.
func changed(set *result.Set, id string, x float64) {
	for i := range set.Values {
		if set.Values[i].Key.ID() == id {
			set.Values[i].Value = x
		}
	}
}

// The tests of a model that is not of odds say nothing of odds, and those of
// counts nothing of attainment.
func TestTestsFollowTheKindOfModel(t *testing.T) {
	for _, c := range []struct {
		family, link, response string
		yes, no                string
	}{
		{"binomial", "logit", "outcome", "on the scale of log odds|Log odds. CR0|percentage points|Brier score", "scale on which it computes"},
		{"binomial", "probit", "outcome", "on the scale on which it computes|percentage points|Brier score", "scale of log odds|Log odds. CR0"},
		{"poisson", "log", "months", "what it describes along a straight line on the scale on which it computes", "scale of log odds|Log odds. CR0|in percentage points|largest error is|Brier score|attain the goal"},
	} {
		s, set := withTests(t, false, false, 500)
		s.Models[0].Value.Formula = c.response + " ~ scheme + age"
		r := *set.Models["individual"]
		r.Family, r.Link = c.family, c.link
		set.Models["individual"] = &r
		got := testsOf(t, build(t, s, set, "en"))
		for _, want := range strings.Split(c.yes, "|") {
			if !strings.Contains(got, want) {
				t.Errorf("%s of %s does not say %q", c.link, c.response, want)
			}
		}
		for _, not := range strings.Split(c.no, "|") {
			if strings.Contains(got, not) {
				t.Errorf("%s of %s says %q", c.link, c.response, not)
			}
		}
	}
}

// A difference that was never clear does not stop being clear, and inflation is
// judged, and shown, by coefficient.
func TestVerdictsAgreeWithTheirNumbers(t *testing.T) {
	for _, c := range []struct {
		own, robust float64
		want        string
	}{{0.01, 0.3, "no longer clear"}, {0.4, 0.3, "not clear, with it or without it"}, {0.4, 0.01, "With it the difference between the schemes is clear"}, {0.01, 0.01, "still clear"}} {
		s, set := withTests(t, true, false, 500)
		changed(set, "p_value.individual.schemenew", c.own)
		changed(set, "p_value_cr2.individual.schemenew", c.robust)
		changed(set, "influential_persons.individual", 0)
		changed(set, "gvif.individual.level", 16)
		changed(set, "gvif_root.individual.level", 2)
		changed(set, "gvif_df.individual.level", 2)
		got := testsOf(t, build(t, s, set, "en"))
		if !strings.Contains(got, c.want) {
			t.Errorf("p = %g, robust %g: does not say %q", c.own, c.robust, c.want)
		}
		if !strings.Contains(got, "the largest VIF is below 5") || !strings.Contains(got, "always come together? 4.0") {
			t.Errorf("inflation: %s", got)
		}
		if strings.Contains(got, "Cook's distance") {
			t.Error("counts nobody")
		}
	}
}

func TestCountsAreJudgedByTheirDispersion(t *testing.T) {
	for _, c := range []struct {
		ratio, p float64
		want     string
	}{{1.6, 0.001, "Yes. They vary 1.6 times as much as the model says (p = 0.001)"}, {1.02, 0.3, "No. They vary as the model says (p = 0.300)"}, {0.6, 0.01, "No."}, {1.2, math.NaN(), "The number should be near 1."}} {
		set := result.NewSet()
		ratio := result.Estimate(result.Key{Quantity: "dispersion", Model: "individual"}, result.Number, c.ratio, 900)
		values := []result.Value{ratio}
		if !math.IsNaN(c.p) {
			values = append(values, result.Estimate(result.Key{Quantity: "dispersion_p", Model: "individual"}, result.PValue, c.p, 900))
		}
		if err := set.Add("test", values...); err != nil {
			t.Fatal(err)
		}
		w, err := newWriter(madeUp(), clearMadeUp(set), "en")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(w.countDispersion("individual", w.get(ratio.Key)), "\u00a0", " "); !strings.HasPrefix(got, c.want) {
			t.Errorf("%g, p = %g: %q", c.ratio, c.p, got)
		}
	}
}
