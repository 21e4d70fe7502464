package report

import (
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/study"
)

// withMatching is the made-up study with a matching of three methods, one without
// an answer. shift is added to the differences of the other two.
func withMatching(t *testing.T, shift float64) (*study.Study, *result.Set) {
	s := madeUp()
	s.Matching = study.Map[study.Matching]{{Key: "like", Value: study.Matching{
		Label: text("Like " + hostile), Outcome: s.Describe.Outcome, Balance: []string{"married"},
		Methods: study.Map[study.Method]{
			{Key: "near", Value: study.Method{Label: text("Near"), Kind: study.Nearest}},
			{Key: "far", Value: study.Method{Label: text("Far"), Kind: study.Nearest, Exact: []string{"level"}}},
			{Key: "lap", Value: study.Method{Label: text("Lap"), Kind: study.Overlap, Trim: []float64{0.001, 0.55}}},
		},
	}}}
	set := results(t, s, 3)
	n := &numbers{t, set, 3}
	key := func(quantity, method string) result.Key {
		return result.Key{Quantity: quantity, Kind: method, Analysis: "like", Scheme: "new"}
	}
	count := func(quantity, method string, persons int) { n.add(result.PersonCount(key(quantity, method), persons)) }
	difference := func(quantity, method string, x, half float64) {
		n.add(result.Estimate(key(quantity, method), result.Points, x, 800).WithInterval(x-half, x+half))
	}
	for quantity, persons := range map[string]int{"matching_persons": 1200, "matching_persons_reference": 9000, "matching_off_support": 300, "matching_off_support_reference": 2000,
		"matching_incomplete": 0, "matching_incomplete_reference": 40, "matching_alone": 3, "matching_alone_reference": 0} {
		count(quantity, "", persons)
	}
	difference("matching_raw_difference", "", 0.2, 0.03)
	for method, half := range map[string]float64{"near": 0.04, "lap": 0.2} {
		count("matching_kept", method, 800)
		count("matching_kept_reference", method, 700)
		n.add(result.Estimate(key("matching_effective_reference", method), result.Number, 12, 700))
		difference("matched_difference", method, 0.1+shift, half)
	}
	difference("matched_difference_plain", "near", 0.05+shift, 0.2)
	for _, v := range []string{"age", "married", "origin_north"} {
		for _, method := range []string{"", "near", "lap"} {
			k := key("matching_balance", method)
			k.Variable = v
			x, part := 0.5, -1
			if method != "" {
				x = 0.05
			}
			if v == "origin_north" && method == "near" {
				part = 3
			}
			d := result.Estimate(k, result.Number, x, 800)
			d.Part = part
			n.add(d)
		}
	}
	set.Gaps = append(set.Gaps, result.Gap{Step: "matching", Model: "like", Subject: "new far", Reason: result.Reason{Code: result.NoMatch, About: "exact"}})
	return s, set
}

// ofMatching is the texts and figure titles of the section.
func ofMatching(r *Report) string {
	var out []string
	for _, c := range r.Chapters {
		for _, section := range c.Sections {
			if !strings.HasPrefix(section.ID, "matching-") {
				continue
			}
			for _, b := range section.Blocks {
				out = append(out, b.Text, b.Caution)
				if b.Figure != nil {
					f := r.Figures[b.Figure.Index]
					out = append(out, f.Title, f.Subtitle, f.Note)
				}
			}
		}
	}
	return strings.ReplaceAll(strings.Join(out, "\n"), "\u00a0", " ")
}

// TestUnlikeAfterMatching: a method that leaves the compared unlike in a trait is
// named, one that does not is not, nor one for what the study only looks at.
func TestUnlikeAfterMatching(t *testing.T) {
	said := func(variable string, x float64) string {
		s, set := withMatching(t, 0)
		for i, v := range set.Values {
			if k := v.Key; k.Quantity == "matching_balance" && k.Kind == "lap" && k.Variable == variable {
				set.Values[i].Value = x
			}
		}
		return ofMatching(build(t, s, set, "en"))
	}
	if got, want := said("age", -0.26), "By “Lap en”, those who are compared are not alike"; !strings.Contains(got, want) {
		t.Errorf("it does not say %q, but\n%s", want, got)
	}
	for variable, x := range map[string]float64{"age": 0.24, "married": 0.5} {
		if got := said(variable, x); strings.Contains(got, "are not alike") {
			t.Errorf("%s %g: %s", variable, x, got)
		}
	}
}

// TestMatchingInWords: what the numbers say, when the scheme is ahead, behind and
// neither; what rests on few persons is not counted, and what has no answer is told.
func TestMatchingInWords(t *testing.T) {
	for _, c := range []struct {
		lang  string
		shift float64
		wants []string
	}{
		{"en", 0, []string{
			"800 of 1,200 (67 per cent) found somebody", "300 of 1,200, and among", "it is +10.0 percentage points (+6.0 to +14.0), among the 800 who can be compared. The number is about them only",
			"The two methods give differences from +10.0 to +10.0; one of them is clear", "have clearly higher goal attainment than", "by one of two methods",
			"Left out for lack of something that is needed: 0 of", "carry the comparison by “Near en”, where 700 persons are used but tell no more than 12", "“Far en” cannot be computed", "with the same values",
			"Before, one of one characteristics differ", "none differ by as much", "By “Lap en”, those with a probability below 0.1 or above 55 per cent are left out", "Characteristics that differ between the schemes: one before, none after", "not counted in the title",
		}},
		{"en", -0.1, []string{"it is 0.0 percentage points (−4.0 to +4.0)", "The interval holds zero", "there is no clear difference in goal attainment between", "none of them is clear"}},
		{"en", -0.3, []string{"it is −20.0 percentage points (−24.0 to −16.0)", "have clearly lower goal attainment than"}},
		{"nb", 0, []string{"fikk 800 av 1 200 (67 prosent) en å sammenliknes med", "+10,0 prosentpoeng (+6,0 til +14,0)", "«Far nb» kan ikke beregnes", "klart høyere måloppnåelse"}},
	} {
		s, set := withMatching(t, c.shift)
		r := build(t, s, set, c.lang)
		got := ofMatching(r)
		for _, want := range c.wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s %g does not say %q, but\n%s", c.lang, c.shift, want, got)
			}
		}
		if strings.Contains(got, "3 of ") || strings.Contains(got, "3 av ") {
			t.Errorf("it tells of three persons:\n%s", got)
		}
		page := prose(t, write(t, r)["report.html"])
		for _, bad := range []string{"NaN", "%!", "<nil>"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: %q", c.lang, bad)
			}
		}
	}
}

// TestWhyOthersFoundNobody: the reference is used up, or nobody in it is alike enough.
func TestWhyOthersFoundNobody(t *testing.T) {
	for _, c := range []struct {
		method study.Method
		want   string
	}{
		{study.Method{}, "For the others nobody is left among people in the old en, each of whom is used once only."},
		{study.Method{Caliper: 0.2}, "The others have nobody left who is alike enough."},
		{study.Method{Caliper: 0.2, Replace: true}, "The others have nobody who is alike enough."},
	} {
		s, set := withMatching(t, 0)
		c.method.Kind, c.method.Label = study.Nearest, text("Near")
		s.Matching[0].Value.Methods[0].Value = c.method
		if got := saidIn(t, build(t, s, set, "en"), "matching-like-new"); !strings.Contains(got, "found somebody to be compared with") || !strings.Contains(got, c.want) {
			t.Errorf("%q does not say %q", got, c.want)
		}
	}
}
