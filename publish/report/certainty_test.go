package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/figure"
	"bidrag/study"
)

// withCertainty is the made-up study with five estimates, of which the first is
// the difference as it is, and results for them: value, half the interval's width.
func withCertainty(t *testing.T, estimates [][2]float64, persons int) (*study.Study, *result.Set) {
	s := madeUp()
	s.Matching = study.Map[study.Matching]{{Key: "like", Value: study.Matching{Label: text("Like"), Methods: study.Map[study.Method]{
		{Key: "near", Value: study.Method{Label: text("Near " + hostile), Kind: study.Nearest}}, {Key: "weights", Value: study.Method{Label: text("Weights"), Kind: study.Overlap}}}}}}
	s.Imputation = &study.Imputation{Models: study.Map[string]{{Key: "individual", Value: "gross"}}}
	s.Certainty = study.Map[study.Certainty]{
		{Key: "raw", Value: study.Certainty{Raw: "complete"}}, {Key: "model", Value: study.Certainty{Model: "individual"}},
		{Key: "near", Value: study.Certainty{Matching: "like", Method: "near", Assumes: text("nothing much")}},
		{Key: "weights", Value: study.Certainty{Matching: "like", Method: "weights"}}, {Key: "filled", Value: study.Certainty{Imputed: "individual", Label: text("Filled")}},
	}
	set := results(t, s, 3)
	n := &numbers{t, set, 3}
	for i, e := range estimates {
		if math.IsNaN(e[0]) {
			continue
		}
		k := result.Key{Quantity: "certainty", Kind: s.Certainty[i].Key, Scheme: "new"}
		n.add(result.Estimate(k, result.Points, e[0], persons).WithInterval(e[0]-e[1], e[0]+e[1]))
		k.Quantity = "certainty_persons"
		n.add(result.PersonCount(k, persons))
	}
	return s, set
}

// saidIn is a chapter's or section's prose, with its figure's title.
func saidIn(t *testing.T, r *Report, id string) string {
	t.Helper()
	var out []string
	add := func(blocks []Block) {
		for _, b := range blocks {
			out = append(out, b.Text, b.Caution, strings.Join(b.List, "\n"))
			if b.Figure != nil {
				out = append(out, r.Figures[b.Figure.Index].Title)
			}
		}
	}
	for _, c := range r.Chapters {
		if c.ID == id {
			add(c.Blocks)
		}
		for _, s := range c.Sections {
			if s.ID == id {
				add(s.Blocks)
			}
		}
	}
	return strings.ReplaceAll(strings.Join(out, "\n"), "\u00a0", " ")
}

// TestWhatAllEstimatesSay: the finding follows the numbers, whatever they are, and
// no sentence has a hole.
func TestWhatAllEstimatesSay(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		name      string
		estimates [][2]float64
		nb, en    []string
	}{
		{"all clear", [][2]float64{{0.2, 0.02}, {0.1, 0.02}, {0.05, 0.02}, {0.06, 0.02}, {0.07, 0.02}},
			[]string{"Alle fire beregninger finner at people in New nb når målet oftere enn like deltakere, med 5 til 10 prosentpoeng", "alle intervallene utelukker", "Alle er mindre enn forskjellen", "enige om retningen, men"},
			[]string{"All four computations find that people in New en attain the goal more often than like participants, by 5 to 10 percentage points", "All are smaller"}},
		{"all clear, other way", [][2]float64{{-0.2, 0.02}, {-0.1, 0.02}, {-0.05, 0.02}, {-0.06, 0.02}, {-0.07, 0.02}},
			[]string{"når målet sjeldnere enn like deltakere, med 5 til 10 prosentpoeng", "Alle er mindre"}, []string{"less often than like participants, by 5 to 10 percentage points", "go from −10.0", "to −5.0"}},
		{"one way", [][2]float64{{0.02, 0.01}, {0.1, 0.02}, {0.05, 0.06}, {0.06, 0.02}, {0.07, 0.08}},
			[]string{"peker mot", "to av dem er klare", "to av fire intervaller rommer også", "Alle er større"}, []string{"point to", "two of them are clear", "All are larger"}},
		{"mixed", [][2]float64{{0.02, 0.01}, {0.1, 0.02}, {-0.05, 0.02}, {0.06, 0.02}, {0.07, 0.08}},
			[]string{"Beregningene er uenige: fra −5,0 til +10,0 prosentpoeng", "ett av intervallene", "De er ikke enige om retningen"}, []string{"disagree: from −5.0 to +10.0", "They do not agree"}},
		{"none clear", [][2]float64{{0.02, 0.01}, {0.01, 0.02}, {-0.01, 0.02}, {0.01, 0.02}, {0.01, 0.02}},
			[]string{"Ingen av fire beregninger finner en klar forskjell", "alle intervallene rommer"}, []string{"None of four computations finds a clear difference"}},
		{"one", [][2]float64{{0.02, 0.01}, {0.1, 0.02}, {none, 0}, {none, 0}, {none, 0}},
			[]string{"når målet oftere enn like deltakere i den andre ordningen, med 10 prosentpoeng", "Når det tas hensyn til det, er den +10,0", "Ikke med, fordi dataene ikke gir noe svar: «Near"}, []string{"by 10 percentage points", "Not included"}},
		{"one that is unclear", [][2]float64{{0.02, 0.01}, {0.1, 0.2}, {none, 0}, {none, 0}, {none, 0}}, []string{"Ingen klar forskjell"}, []string{"No clear difference"}},
		{"one, and nothing as it is", [][2]float64{{none, 0}, {0.1, 0.02}, {none, 0}, {none, 0}, {none, 0}},
			[]string{"Når det tas hensyn til hvem deltakerne er, er forskjellen +10,0"}, []string{"With regard to who the participants are, the difference is +10.0"}},
		{"several, and nothing as it is", [][2]float64{{none, 0}, {0.01, 0.02}, {-0.01, 0.02}, {none, 0}, {none, 0}},
			[]string{"går de to beregningene fra −1,0", "Ingen av de to beregningene finner"}, []string{"the two computations go from −1.0", "Neither of two computations finds"}},
		{"as it is only", [][2]float64{{0.02, 0.01}, {none, 0}, {none, 0}, {none, 0}, {none, 0}},
			[]string{"når det ikke er tatt hensyn til hvem deltakerne er"}, []string{"without regard to who the participants are"}},
		{"none", [][2]float64{{none, 0}, {none, 0}, {none, 0}, {none, 0}, {none, 0}}, []string{"Ikke med"}, []string{"Not included"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for lang, want := range map[string][]string{"nb": c.nb, "en": c.en} {
				s, set := withCertainty(t, c.estimates, 400)
				r := build(t, s, set, lang)
				got := saidIn(t, r, "certainty")
				for _, w := range want {
					if !strings.Contains(got, w) {
						t.Errorf("%q does not say %q", got, w)
					}
				}
				for _, hole := range []string{"NaN", "{", "  ", "zero ", "null ganger"} {
					if strings.Contains(got, hole) {
						t.Errorf("%q in %q", hole, got)
					}
				}
			}
		})
	}
}

// TestTheSummaryPointsToThePage: with the finding and a link.
func TestTheSummaryPointsToThePage(t *testing.T) {
	s, set := withCertainty(t, [][2]float64{{0.2, 0.02}, {0.1, 0.02}, {0.05, 0.02}, {0.06, 0.02}, {0.07, 0.02}}, 400)
	r := build(t, s, set, "nb")
	i := slices.IndexFunc(r.Chapters[0].Blocks, func(b Block) bool { return b.See != nil })
	if i < 0 || r.Chapters[0].Blocks[i].See.ID != "certainty" || !strings.HasPrefix(r.Chapters[0].Blocks[i].Text, "Alle fire beregninger finner") {
		t.Fatalf("%+v", r.Chapters[0].Blocks)
	}
	html := write(t, r)["report.html"]
	if !strings.Contains(html, `<a href="#certainty">Hvor sikkert er det?</a></p>`) || !strings.Contains(html, "nothing much nb") || strings.Contains(html, "<script>alert") {
		t.Error("the page has no link, or not what the study says, or a script")
	}
}

// TestWhomEstimatesAreAbout: the note and the text do not say that weights on both
// schemes are about the scheme's own, nor that models with measures tell of all that
// the scheme does.
func TestWhomEstimatesAreAbout(t *testing.T) {
	s, set := withCertainty(t, [][2]float64{{0.2, 0.02}, {0.1, 0.02}, {0.05, 0.02}, {0.06, 0.02}, {0.07, 0.02}}, 400)
	note := func(r *Report) string {
		i := slices.IndexFunc(r.Figures, func(f figure.Figure) bool { return f.ID == "certainty" })
		return r.Figures[i].Note
	}
	r := build(t, s, set, "en")
	if got := note(r); !strings.Contains(got, "participants of both schemes") || !strings.Contains(got, "somebody to be compared with") {
		t.Errorf("%q", got)
	}
	if got := saidIn(t, r, "certainty"); !strings.Contains(got, "In “Individual model en” and “Filled en”, those who are compared have received the same measures too") {
		t.Errorf("%q does not say which models hold measures equal", got)
	}
	s.Certainty, s.Describe.Measures = s.Certainty[:2], []string{"married"}
	r = build(t, s, set, "en")
	if got := note(r) + saidIn(t, r, "certainty"); strings.Contains(got, "both schemes.") || strings.Contains(got, "measures") {
		t.Errorf("%q tells of weights or measures that are not there", got)
	}
}

// TestHiddenEstimatesLeaveNoTrace: an estimate about one to four persons.
func TestHiddenEstimatesLeaveNoTrace(t *testing.T) {
	files := func(x float64, persons int) map[string]string {
		s, set := withCertainty(t, [][2]float64{{x, 0.02}, {x, 0.02}, {x, 0.02}, {x, 0.02}, {x, 0.02}}, persons)
		return write(t, build(t, s, set, "en"))
	}
	one, four := files(0.2, 1), files(-0.1, 4)
	for name := range one {
		if one[name] != four[name] {
			t.Errorf("%s tells a hidden number", name)
		}
	}
}

// sensitive is the made-up study with every kind of sensitivity; k are the
// multiples needed, by estimate and interval, and gamma the tipping point.
func sensitive(t *testing.T, k, limit, gamma float64) (*study.Study, *result.Set) {
	s, set := withCertainty(t, [][2]float64{{0.2, 0.02}, {0.1, 0.02}, {0.05, 0.02}, {0.06, 0.02}, {0.07, 0.02}}, 400)
	s.Sensitivity = &study.Sensitivity{Models: []string{"individual"}, Benchmark: &study.Benchmark{Model: "individual", Variables: []string{"level", "age", "rest", "course"}, Times: []float64{1, 2}},
		Bounds: []study.Bounds{{Matching: "like", Method: "near", Gammas: []float64{1, 1.5}}}}
	n := &numbers{t, set, 3}
	add := func(k result.Key, unit string, x float64) {
		k.Scheme = "new"
		n.add(result.Estimate(k, unit, x, 400).WithInterval(x-0.02, x+0.02))
	}
	for _, kind := range []string{"risk_ratio", "odds_ratio"} {
		add(result.Key{Quantity: "e_value", Kind: kind, Model: "individual"}, result.Number, 1.84)
		add(result.Key{Quantity: "e_value_limit", Kind: kind, Model: "individual"}, result.Number, max(1, min(limit, 1.2)))
	}
	for q, x := range map[string]float64{"linear_difference": 0.1, "partial_r2": 0.01, "robustness_value": 0.025, "robustness_value_limit": min(limit, 0.0001)} {
		add(result.Key{Quantity: q, Model: "individual"}, result.Points, x)
	}
	for i, v := range []string{"level", "age", "rest", "course"} {
		key := result.Key{Model: "individual", Variable: v}
		at := func(quantity, kind, level string, x float64) {
			key := key
			key.Quantity, key.Kind, key.Level = quantity, kind, level
			add(key, result.Number, x)
		}
		at("benchmark_strength", "scheme", "", 0.1+0.1*float64(i))
		at("benchmark_strength", "outcome", "", 0.1)
		at("benchmark_difference", "", "1", 0.05)
		if !math.IsNaN(k) {
			at("benchmark_needed", "estimate", "", k+float64(i))
			at("benchmark_needed", "interval", "", limit)
		}
	}
	bound := result.Key{Kind: "near", Analysis: "like"}
	for q, x := range map[string]float64{"rosenbaum_sets": 300, "rosenbaum_gamma": gamma} {
		bound.Quantity = q
		add(bound, result.Number, x)
	}
	for level, x := range map[string]float64{"more": 60, "fewer": 40} {
		bound.Quantity, bound.Level = "rosenbaum_discordant", level
		add(bound, result.Count, x)
	}
	for _, level := range []string{"1", "1.5"} {
		bound.Quantity, bound.Level = "rosenbaum_p", level
		add(bound, result.PValue, 0.01)
		bound.Quantity = "rosenbaum_p_smallest"
		add(bound, result.PValue, 0.001)
	}
	return s, set
}

// TestWhatSensitivitySays: clear, unclear, without answer; each without a hole, on
// its own page and on that of certainty.
func TestWhatSensitivitySays(t *testing.T) {
	for _, c := range []struct {
		name            string
		k, limit, gamma float64
		nb, en          []string
		certainty       string
	}{
		{"clear", 2.5, 1.1, 1.33, []string{"måtte det være 2,5 ganger så sterkt som", "skulle være klar, 1,1 ganger", "fra 3,5 (age nb) til 5,5 («Course nb»)", "mer enn 1,33 ganger så høye odds som den andre", "2,5 prosent", "under 0,1 prosent"},
			[]string{"2.5 times as strong as", "from 3.5 (age en) to 5.5 (“Course en”)", "1.33 times", "less than 0.1 per cent"}, "mer enn 1,33 ganger"},
		{"unclear", 2.5, 0, 1, []string{"ikke klar i utgangspunktet", "ingen konklusjon å velte", "intervallet rommer ingen forskjell som det er"}, []string{"not clear to begin with", "no conclusion to upset"}, "skal det ikke noe til"},
		{"far", 100, 60, 1.33, []string{"mer enn 50 ganger så sterkt"}, []string{"more than 50 times"}, "mer enn 50"},
		{"no answer", math.NaN(), 0.5, 1.33, []string{"er det ikke noe svar"}, []string{"there is no answer"}, "Robusthetsverdien"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for lang, want := range map[string][]string{"nb": c.nb, "en": c.en} {
				s, set := sensitive(t, c.k, c.limit, c.gamma)
				r := build(t, s, set, lang)
				got := saidIn(t, r, "sensitivity")
				for _, w := range want {
					if !strings.Contains(got, w) {
						t.Errorf("%q does not say %q", got, w)
					}
				}
				if sure := saidIn(t, r, "certainty"); lang == "nb" && !strings.Contains(sure, c.certainty) {
					t.Errorf("%q does not say %q", sure, c.certainty)
				}
				for _, hole := range []string{"NaN", "{", "  "} {
					if strings.Contains(got, hole) {
						t.Errorf("%q in %q", hole, got)
					}
				}
			}
		})
	}
}

// TestSensitivityTellsItsGaps: and has no lead to nothing.
func TestSensitivityTellsItsGaps(t *testing.T) {
	s, _ := sensitive(t, 2, 1, 1.1)
	set := results(t, s, 3)
	if got := saidIn(t, build(t, s, set, "nb"), "sensitivity"); got != "" {
		t.Errorf("a section about nothing: %q", got)
	}
	set.Gaps = append(set.Gaps, result.Gap{Step: "sensitivity", Subject: "bounds"}, result.Gap{Step: "sensitivity", Model: "individual", Subject: "cluster", Reason: result.Reason{Code: result.OneCluster, About: "municipality"}})
	for lang, want := range map[string]string{"nb": "alle, eller alle i en av ordningene, hører til samme «Municipality nb»", "en": "“Municipality en”"} {
		if got := saidIn(t, build(t, s, set, lang), "sensitivity"); !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
}

// TestSensitivityOfThreeSchemes: tables have a row or column for each scheme that is compared,
// sentences are about the first.
func TestSensitivityOfThreeSchemes(t *testing.T) {
	s, set := sensitive(t, 2.5, 1.1, 1.33)
	s.Schemes = append(s.Schemes, study.Entry[study.Scheme]{Key: "third", Value: study.Scheme{Label: text("Third"), Participants: text("people in the third")}})
	s.Participants = append(s.Participants, study.Entry[study.Participants]{Key: "third"})
	n := &numbers{t, set, 3}
	for _, v := range slices.Clone(set.Values) {
		if v.Key.Scheme == "new" && (strings.HasPrefix(v.Key.Quantity, "certainty") || strings.HasPrefix(v.Key.Quantity, "benchmark") || strings.HasPrefix(v.Key.Quantity, "rosenbaum") || strings.HasPrefix(v.Key.Quantity, "e_value")) {
			v.Key.Scheme = "third"
			n.add(v)
		}
	}
	r := build(t, s, set, "en")
	rows := map[string]int{"certainty-assumes": 10, "benchmark-needed": 8, "e-values": 2, "rosenbaum": 2}
	for _, x := range r.Tables {
		if want, ok := rows[x.ID]; ok && len(x.Rows) != want {
			t.Errorf("%s has %d rows, want %d", x.ID, len(x.Rows), want)
		}
		if x.ID == "rosenbaum" && len(x.Columns) != 5 {
			t.Errorf("%s has %d columns", x.ID, len(x.Columns))
		}
	}
	if got := saidIn(t, r, "certainty"); !strings.Contains(got, "people in New en") || strings.Contains(got, "third") {
		t.Errorf("%q", got)
	}
	write(t, r)
}

// TestBoundsByOutcome: the method that is told is that of the pairs' outcome.
func TestBoundsByOutcome(t *testing.T) {
	for outcome, want := range map[string][2]string{"outcome": {"P-values are binomial", "Wilcoxon"}, "months": {"Wilcoxon", "P-values are binomial"}} {
		s, set := sensitive(t, 2, 1.1, 1.2)
		s.Matching[0].Value.Outcome = outcome
		said := saidIn(t, build(t, s, set, "en"), "methods")
		if !strings.Contains(said, want[0]) || strings.Contains(said, want[1]) {
			t.Errorf("bounds of %s: %q", outcome, said)
		}
	}
}

// TestBoundsOfSeveralMethods of one matching are told apart.
func TestBoundsOfSeveralMethods(t *testing.T) {
	s, set := sensitive(t, 2, 1.1, 1.2)
	b := s.Sensitivity.Bounds[0]
	b.Method = "weights"
	s.Sensitivity.Bounds = append(s.Sensitivity.Bounds, b)
	var titles []string
	for _, x := range build(t, s, set, "en").Tables {
		if strings.HasPrefix(x.ID, "rosenbaum") {
			titles = append(titles, x.Title)
		}
	}
	if len(titles) != 1 || !strings.Contains(titles[0], "like en, near") {
		t.Errorf("%q", titles)
	}
}
