package report

import (
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/figure"
	"bidrag/study"
)

// splitStudy is the made-up study with a decomposition in three blocks.
func splitStudy() *study.Study {
	s := madeUp()
	s.Decomposition = study.Map[study.Decomposition]{{Key: "all", Value: study.Decomposition{
		Label: text("Everyone " + hostile), Model: "individual", Tables: []string{"level"}, Cluster: "municipality",
		Blocks: study.Map[study.TermGroup]{
			{Key: "who", Value: study.TermGroup{Label: text("Who " + hostile), Variables: []string{"age", "level"}}},
			{Key: "place", Value: study.TermGroup{Label: text("Place"), Variables: []string{"origin"}}},
			{Key: "what", Value: study.TermGroup{Label: text("Measures"), Variables: []string{"course"}}},
		}}}}
	return s
}

// A splitPart is the number of a block in the conditional decomposition.
type splitPart struct{ value, low, high float64 }

// splitReport is the report of a difference and its parts; the first two numbers
// are the difference and what remains.
func splitReport(t *testing.T, lang string, persons int, interval bool, raw, remains splitPart, blocks map[string]splitPart, gaps ...result.Gap) *Report {
	t.Helper()
	s := splitStudy()
	set := results(t, s, 3)
	n := &numbers{t, set, 3}
	add := func(method, choice, block, piece string, p splitPart) {
		k := result.Key{Quantity: "decomposition", Kind: method, Analysis: "all", Scheme: "new", Variable: block, Level: piece}
		if choice != "" {
			k.By, k.ByLevel = "by", choice
		}
		v := result.Estimate(k, result.Points, p.value, persons)
		if interval {
			v = v.WithInterval(p.low, p.high)
		}
		n.add(v)
	}
	add("raw", "", "", "", raw)
	total := splitPart{}
	for _, b := range []string{"who", "place", "what"} {
		p := blocks[b]
		add("gelbach", "", b, "explained", p)
		total = splitPart{total.value + p.value, total.low + p.low, total.high + p.high}
	}
	add("gelbach", "", "", "explained", total)
	add("gelbach", "", "", "unexplained", remains)
	for _, choice := range []string{"reference", "focus"} {
		add("oaxaca", choice, "", "explained", total)
		add("oaxaca", choice, "", "unexplained", splitPart{-remains.value, -remains.high, -remains.low})
	}
	for _, piece := range []string{"", "composition", "rates"} {
		add("kitagawa", "", "level", piece, raw)
	}
	for _, side := range []string{"focus", "reference"} {
		n.add(result.PersonCount(result.Key{Quantity: "decomposition_persons", Analysis: "all", Scheme: "new", Level: side}, persons))
	}
	n.add(result.Estimate(result.Key{Quantity: "decomposition_replicates", Analysis: "all", Scheme: "new"}, result.Count, 500, persons))
	set.Gaps = append(set.Gaps, gaps...)
	r, err := Build(s, clearMadeUp(set), lang)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// splitText is all that a report says of decompositions, with the titles of its
// figures.
func splitText(r *Report) string {
	var out []string
	for _, c := range r.Chapters {
		for _, s := range c.Sections {
			if !strings.HasPrefix(s.ID, "decomposition-") {
				continue
			}
			out = append(out, s.Title)
			for _, b := range s.Blocks {
				out = append(out, b.Text, b.Caution)
				if b.Figure != nil {
					out = append(out, r.Figures[b.Figure.Index].Title, r.Figures[b.Figure.Index].Subtitle, r.Figures[b.Figure.Index].Note)
				}
			}
		}
	}
	return strings.Join(out, "\n")
}

// TestDecompositionIsTold: parts for and against and unclear ones, what remains,
// and that its sign depends on whose associations are taken.
func TestDecompositionIsTold(t *testing.T) {
	blocks := map[string]splitPart{"who": {0.12, 0.08, 0.16}, "place": {-0.05, -0.08, -0.02}, "what": {0.01, -0.02, 0.04}}
	for lang, wants := range map[string][]string{
		"en": {"is 13.0 percentage points higher among people in New", "In all, +8.0 percentage points (", "speaks for higher attainment in New",
			"who <script>", "(+12.0).", "goes the other way", "place en (−5.0).", "uncertain which way this goes: measures en (+1.0).",
			"What remains is +5.0 percentage points (+2.0 to +8.0). So different is attainment", "is something that participants receive",
			"from −5.0 to +5.0 percentage points", "its sign is not given", "The difference is +13.0 percentage points: +8.0 go with known differences, most with who",
			"1,400.", "500 draws of whole groups (municipality en)", "do not say what would happen"},
		"nb": {"er 13,0 prosentpoeng høyere blant people in New", "Til sammen henger +8,0 prosentpoeng (", "taler for høyere måloppnåelse i New",
			"trekker motsatt vei", "place nb (−5,0).", "hvilken vei dette trekker: measures nb (+1,0).", "Igjen står +5,0 prosentpoeng (+2,0 til +8,0). Så ulik",
			"er noe deltakerne får i ordningen", "fra −5,0 til +5,0 prosentpoeng", "Fortegnet er altså ikke gitt", "Forskjellen er +13,0 prosentpoeng: +8,0 henger sammen med kjente ulikheter, mest who"},
	} {
		got := splitText(splitReport(t, lang, 700, true, splitPart{0.13, 0.1, 0.16}, splitPart{0.05, 0.02, 0.08}, blocks))
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", lang, want, got)
			}
		}
	}
}

// TestDecompositionOfALag: a scheme that lies behind, nothing that clearly goes its
// way, and what remains unclear.
func TestDecompositionOfALag(t *testing.T) {
	blocks := map[string]splitPart{"who": {-0.06, -0.08, -0.04}, "place": {0, -0.01, 0.01}, "what": {0.02, -0.01, 0.05}}
	got := splitText(splitReport(t, "en", 700, true, splitPart{-0.05, -0.08, -0.02}, splitPart{-0.01, -0.04, 0.02}, blocks))
	for _, want := range []string{"is 5.0 percentage points lower among people in New", "This speaks for lower attainment in New", "What remains is −1.0 percentage points (−4.0 to +2.0). The interval holds zero",
		"The difference is −5.0 percentage points: −4.0 go with known differences, most with who"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "speaks for higher") || strings.Contains(got, "the other way") {
		t.Errorf("something speaks for it:\n%s", got)
	}
}

// TestDecompositionWithoutIntervals says nothing of what is clear, and why.
func TestDecompositionWithoutIntervals(t *testing.T) {
	gaps := []result.Gap{
		{Step: "decomposition", Model: "individual", Subject: "all new", Reason: result.Reason{Code: result.OneCluster, About: "municipality"}},
		{Step: "decomposition", Model: "individual", Subject: "all new focus", Reason: result.Reason{Code: "one_sided", About: "origin_north"}},
		{Step: "decomposition", Model: "individual", Subject: "all new", Reason: result.Reason{Code: result.TooFew, About: "level 3"}},
		{Step: "decomposition", Model: "individual", Subject: "all new", Reason: result.Reason{Code: result.TooFew, About: "age 20_30"}},
		{Step: "decomposition", Model: "individual", Subject: "all third focus", Reason: result.Reason{Code: result.Separation, About: "age"}}, // of another scheme
	}
	blocks := map[string]splitPart{"who": {value: 0.06}, "place": {value: 0.01}, "what": {value: 0.02}}
	got := splitText(splitReport(t, "en", 700, false, splitPart{value: 0.1}, splitPart{value: 0.01}, blocks, gaps...))
	for _, want := range []string{"10.0 percentage points higher", "What remains is +1.0 percentage points. So", "has no intervals", "Among participants in New en there is no variation in", "the level Age en, 20–29 ", "Level <script>", ", High en."} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, not := range []string{"speaks for", "uncertain", "draws", "NaN", "The interval holds", "finite estimates"} {
		if strings.Contains(got, not) {
			t.Errorf("%q in\n%s", not, got)
		}
	}
}

// TestFewPersonsAreNotSplit: a suppressed difference has no sentence and no figure.
func TestFewPersonsAreNotSplit(t *testing.T) {
	r := splitReport(t, "en", 4, true, splitPart{0.13, 0.1, 0.16}, splitPart{0.05, 0.02, 0.08}, map[string]splitPart{})
	if got := splitText(r); got != "" {
		t.Errorf("%s", got)
	}
	for _, f := range r.Figures {
		if strings.HasPrefix(f.ID, "decomposition") {
			t.Errorf("a figure %s", f.ID)
		}
	}
}

// TestPartsAreDrawn: bars for the difference, each block and what remains.
func TestPartsAreDrawn(t *testing.T) {
	r := splitReport(t, "en", 700, true, splitPart{0.13, 0.1, 0.16}, splitPart{0.05, 0.02, 0.08}, map[string]splitPart{"who": {0.08, 0.05, 0.1}})
	for _, f := range r.Figures {
		if bars, ok := f.Plot.(figure.Bars); ok && f.ID == "decomposition-all" {
			if len(bars.Categories) != 5 || len(bars.Marks) != 5 {
				t.Errorf("%+v", bars)
			}
			return
		}
	}
	t.Error("there is no figure")
}
