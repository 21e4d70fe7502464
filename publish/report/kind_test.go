package report

import (
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
