package report

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/study"
)

// withTests is the made-up study with results of the tests of its model's
// assumptions, all as they should be or all not. Mixed has random effects. few
// is the persons behind the last of each row of points.
func withTests(t *testing.T, good, mixed bool, few int) (*study.Study, *result.Set) {
	s := madeUp()
	s.Models[0].Value.Cluster = "municipality"
	set := results(t, s, 3)
	n := &numbers{t, set, 3}
	choose := func(ifGood, ifBad float64) float64 {
		if good {
			return ifGood
		}
		return ifBad
	}
	value := func(k result.Key, unit string, x float64) result.Value {
		k.Model = "individual"
		return result.Estimate(k, unit, x, 10200)
	}
	of := func(quantity, variable string, x float64) {
		n.add(value(result.Key{Quantity: quantity, Variable: variable}, result.Number, x))
	}
	whole := func(quantity string, x float64) { of(quantity, "", x) }
	for v, x := range map[string]float64{"scheme": 1.5, "age": 1.2, "origin": 1.1, "course": choose(1.3, 27), "level": choose(1.3, 7)} {
		of("gvif", v, x)
		of("gvif_df", v, 1)
		of("gvif_root", v, 1.1)
		if x > 2 {
			set.Values[len(set.Values)-1].Value = 5.2
			if v == "level" {
				set.Values[len(set.Values)-1].Value = 2.6
			}
		}
	}
	if mixed {
		of("groups", "municipality", 40)
		of("random_effect_sd", "municipality", 1.01)
		of("random_effect_ks_p", "municipality", choose(0.6, 0.01))
	} else {
		of("clusters", "municipality", 40)
		whole("influence_bound", choose(0.2, 2))
		n.add(result.PersonCount(result.Key{Quantity: "influential_persons", Model: "individual"}, 71))
		for _, term := range []string{"schemenew", "age"} {
			for quantity, x := range map[string]float64{"std_error_cr0": 0.031, "std_error_cr1s": 0.032, "std_error_cr2": 0.04, "df_cr2": 21, "std_error_ratio": choose(1.1, 1.6), "p_value_cr2": choose(0.001, 0.3)} {
				n.add(value(result.Key{Quantity: quantity, Term: term}, result.Number, x))
			}
		}
	}
	n.add(value(result.Key{Quantity: "without_cluster_range", Term: "schemenew"}, result.OddsRatio, 1.105).WithInterval(choose(1.09, 0.8), 1.12))
	whole("dispersion", 1.01)
	for _, g := range []string{"municipality", "project"} {
		of("group_dispersion", g, choose(1.02, 3.4))
		of("group_dispersion_p", g, choose(0.4, 0.0001))
		of("group_dispersion_groups", g, 40)
	}
	whole("residual_mean", choose(0.01, 0.3))
	whole("residual_sd", 1)
	whole("residual_ks", 0.01)
	of("binned_within", "age", choose(1, 0.3))
	of("binned_bins", "age", 10)
	for quantity, x := range map[string]float64{"brier": 0.2, "brier_null": 0.25, "brier_scaled": 0.2, "auc": choose(0.95, 0.55), "calibration_within": choose(0.95, 0.4), "calibration_bins": 10} {
		whole(quantity, x)
	}
	n.add(value(result.Key{Quantity: "calibration_slope"}, result.Number, choose(1.01, 1.4)).WithInterval(choose(0.9, 1.3), 1.5),
		value(result.Key{Quantity: "calibration_slope", Kind: "typical"}, result.Number, 0.8).WithInterval(0.7, choose(1.01, 0.9)))
	n.points(mixed, few)
	return s, set
}

// points are the rows of points of the figures, the last of which rests on few.
func (n *numbers) points(mixed bool, few int) {
	point := func(quantity, variable string, i int, x float64) {
		persons := 500
		if i == 10 {
			persons = few
		}
		n.add(result.Estimate(result.Key{Quantity: quantity, Model: "individual", Variable: variable, Level: strconv.Itoa(i)}, result.Share, x, persons).WithInterval(x-0.02, x+0.02))
	}
	for i := 1; i <= 10; i++ {
		x := float64(i) / 11
		point("calibration", "", i, x+0.01)
		point("calibration_predicted", "", i, x)
		point("binned_residual", "age", i, 0.001*float64(i))
		point("binned_x", "age", i, 20+float64(i))
		if mixed {
			point("random_effect", "municipality", i, 4*x-1.9)
			point("random_effect_expected", "municipality", i, 4*x-1.9)
		}
	}
}

var tags = regexp.MustCompile(`<svg.*?</svg>|<[^>]*>`)

// testsOf is the text of the section as it is written, figures left out.
func testsOf(t *testing.T, r *Report) string {
	t.Helper()
	page := write(t, r)["report.html"]
	_, section, found := strings.Cut(page, `<section aria-labelledby="assumptions-individual">`)
	if !found {
		return ""
	}
	section, _, _ = strings.Cut(section, "</section>")
	text := html.UnescapeString(tags.ReplaceAllString(strings.ReplaceAll(section, "\n", " "), " "))
	return strings.Join(strings.Fields(text), " ")
}

// TestVerdicts: what is said when all assumptions hold, and when none does.
func TestVerdicts(t *testing.T) {
	for _, test := range []struct {
		name        string
		good, mixed bool
		lang        string
		says, never []string
	}{
		{"all hold", true, false, "nb", []string{
			"Alle kjennetegn kan skilles fra hverandre", "Ingen kjennetegn har VIF over 5", "Forskjellen mellom ordningene er fortsatt klar (p = 0,001)", "Anslaget holder seg innenfor",
			"Ingen enkeltperson flytter noe anslag med mer enn 0,2 standardfeil", "De 40 gruppene varierer som modellen venter (p = 0,400)", "Modellens rette linjer passer for age nb",
			"I de aller fleste tilfeller", "Der modellen sier at mange når målet, gjør de det", "Modellen treffer omtrent like godt langs alle tallene",
		}, []string{"har VIF over 10", "for smale", "Kalibreringens helling"}},
		{"none holds", false, false, "en", []string{
			"“Course en” has a VIF above 10", "is no longer clear (p = 0.300)", "For two of 2 coefficients", "Without one of them the estimate leaves", "moves an estimate by up to 2 standard errors",
			"vary 3.4 times as much as the model expects (p < 0.001)", "Not for age en", "Age en: 3 of 10 intervals contain zero; the largest error is 1.0 percentage points.", "Not quite. Their mean is 0.30",
			"Not everywhere", "The model tells persons badly apart",
		}, []string{"The models without one of them"}},
		{"multilevel, all hold", true, true, "en", []string{
			"Cluster-robust standard errors are not computed", "The distribution is not clearly another than the normal one (p = 0.600)", "The slope is not clearly another than 1", "about normally distributed",
		}, []string{"Cook's distance", "CR2 against"}},
		{"multilevel, none holds", false, true, "nb", []string{
			"Fordelingen er en annen enn normalfordelingen (p = 0,010)", "Litt for forsiktige", "Noe for skråsikre", "ikke normalfordelt på alle nivåer", "Noe. De 40 gruppene varierer 3,4 ganger",
		}, []string{"Standardfeilene bør da være robuste"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, set := withTests(t, test.good, test.mixed, 500)
			got := testsOf(t, build(t, s, set, test.lang))
			for _, want := range test.says {
				if !strings.Contains(got, want) {
					t.Errorf("nothing says %q in\n%s", want, got)
				}
			}
			for _, never := range test.never {
				if strings.Contains(got, never) {
					t.Errorf("it says %q", never)
				}
			}
		})
	}
}

// TestTestsOfFewPersons: a point that is hidden is in no figure, and its
// deviation not the largest that is told of.
func TestTestsOfFewPersons(t *testing.T) {
	s, set := withTests(t, false, true, 3)
	r := build(t, s, set, "en")
	if got := testsOf(t, r); !strings.Contains(got, "the largest error is 0.9 percentage points.") {
		t.Errorf("the largest error that may be shown is 0.9 points:\n%s", got)
	}
	seen := 0
	for _, f := range r.Figures {
		if plot, ok := f.Plot.(figure.Scatter); ok {
			seen++
			if last := plot.Panels[0].Points[9]; last.Y.State() != disclose.Suppressed {
				t.Errorf("%s: the point of few persons is %v", f.ID, last.Y.State())
			}
		}
	}
	if seen != 3 {
		t.Errorf("%d figures of points", seen)
	}
	for name, file := range write(t, r) {
		if strings.Contains(name, "random-effects") && strings.Contains(file, "1.736") {
			t.Errorf("%s holds a deviation of 3 persons", name)
		}
	}
}

// TestTestsThatCannotBeMade are told of, each by what it is called.
func TestTestsThatCannotBeMade(t *testing.T) {
	for lang, want := range map[string][]string{
		"nb": {"Én test er ikke gjort: klyngerobuste standardfeil.", "Forutsetningene til denne modellen kan ikke prøves"},
		"en": {"One test has not been made: cluster-robust standard errors.", "The assumptions of this model cannot be tested"},
	} {
		s := madeUp()
		set := results(t, s, 3)
		set.Gaps = append(set.Gaps, result.Gap{Step: "assumptions", Model: "individual", Subject: "cluster"}, result.Gap{Step: "assumptions", Model: "individual"})
		got := testsOf(t, build(t, s, set, lang))
		for _, text := range want {
			if !strings.Contains(got, text) {
				t.Errorf("nothing says %q in\n%s", text, got)
			}
		}
	}
}

// TestNoTestsNoSection: without the step there is no heading.
func TestNoTestsNoSection(t *testing.T) {
	s := madeUp()
	if got := testsOf(t, build(t, s, results(t, s, 3), "nb")); got != "" {
		t.Errorf("a section on tests that were not made: %s", got)
	}
}
