package report

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/table"
	"bidrag/study"
)

// A madeContribution is what is made up of projects, all together.
type madeContribution struct {
	projects              int
	above, below          float64 // by the interval; the others are neutral
	found                 float64 // above after adjusting for many projects
	unreliable            float64
	tau2                  float64
	outside95, outside998 float64
	half, model, agrees   float64 // by halves; NaN for none
	years                 [3]float64
	noVariance, modelless bool
	gaps                  []result.Gap
}

// contributionStudy is the made-up study with a multilevel model, years and examples.
func contributionStudy() *study.Study {
	s := madeUp()
	s.Models = append(s.Models, study.Map[study.Model]{{Key: "levels", Value: study.Model{Label: text("Levels"), Sample: "in_model"}}}...)
	c := s.Contribution
	c.Multilevel, c.Reliability, c.FalseDiscovery, c.Years, c.Sizes = "levels", 0.7, 0.05, true, []int{5, 20}
	c.Examples = study.Map[study.Example]{{Key: "a", Value: study.Example{Label: text("A"), Scheme: "new"}}, {Key: "b", Value: study.Example{Label: text("B"), Scheme: "old"}}}
	return s
}

// contributionNumbers are numbers of projects of a study, and of no one of them.
func contributionNumbers(t *testing.T, s *study.Study, m madeContribution) *numbers {
	t.Helper()
	n := &numbers{t, result.NewSet(), 3}
	n.set.Gaps = m.gaps
	of := func(quantity, scheme, level, by string, x float64) {
		n.add(result.Estimate(result.Key{Quantity: quantity, Kind: "with", Sample: "in_model", Scheme: scheme, Level: level, ByLevel: by}, result.Number, x, 5000))
	}
	for _, scheme := range append(s.Schemes.Keys(), result.All) {
		of("projects", scheme, "", "", float64(m.projects))
		for _, rule := range []string{"projects_by_interval", "projects_by_band"} {
			of(rule, scheme, "above", "", m.above)
			of(rule, scheme, "below", "", m.below)
			of(rule, scheme, "neutral", "", 1-m.above-m.below)
		}
		for _, p := range []string{"p10", "p50", "p90"} {
			of("contribution", scheme, p, "", map[string]float64{"p10": -0.2, "p50": -0.01, "p90": 0.1}[p])
		}
	}
	of("projects_by_discovery", result.All, "above", "", m.found)
	of("projects_by_discovery", result.All, "below", "", 0)
	n.funnel(of, m)
	n.stable(of, m)
	if m.noVariance {
		n.set.Gaps = append(n.set.Gaps, result.Gap{Step: "contribution", Subject: "shrunken", Reason: result.Reason{Code: result.NoVariance, About: "levels"}},
			result.Gap{Step: "contribution", Subject: "shrunkenyear", Reason: result.Reason{Code: result.NoVariance, About: "levels"}})
	} else if !m.modelless {
		n.shrunken(m)
	}
	return n
}

func (n *numbers) funnel(of func(quantity, scheme, level, by string, x float64), m madeContribution) {
	of("funnel_sd", result.All, "", "", 0.49)
	of("funnel_phi", result.All, "", "", 1+100*m.tau2)
	of("funnel_tau2", result.All, "", "", m.tau2)
	for _, limit := range []string{"chance", "adjusted"} {
		for class, x := range map[string]float64{"below_998": m.outside998, "below_95": m.outside95 - m.outside998, "within": 1 - m.outside95, "above_95": 0, "above_998": 0} {
			of("funnel_class", result.All, class, limit, x)
		}
	}
}

func (n *numbers) stable(of func(quantity, scheme, level, by string, x float64), m madeContribution) {
	if !math.IsNaN(m.half) {
		of("split_half", result.All, "", "", m.half)
		of("split_half_model", result.All, "", "", m.model)
		of("split_half_agrees", result.All, "", "", m.agrees)
	}
	if r := m.years; r[2] > 0 { // the correlation, the upper end of its interval, and that of unchanged ones
		of("stability_correlation", result.All, "", "", r[0])
		of("stability_expected", result.All, "", "", r[2])
		key := result.Key{Quantity: "stability_correlation", Kind: "with", Sample: "in_model", Scheme: result.All, Year: "2019", ByLevel: "2020"}
		n.add(result.Estimate(key, result.Number, r[0], 5000).WithInterval(r[0]-0.1, r[1]))
		key.Quantity = "stability_expected"
		n.add(result.Estimate(key, result.Number, r[2], 5000))
	}
}

// shrunken is what the multilevel model tells: the same as the interval.
func (n *numbers) shrunken(m madeContribution) {
	for quantity, x := range map[string]float64{"reliability_by_size": 0.8, "projects_by_size": float64(m.projects), "unreliable_by_size": m.unreliable, "shrunken.p50": 0,
		"projects_by_shrunken.above": m.above, "projects_by_shrunken.below": m.below, "projects_by_shrunken.neutral": 1 - m.above - m.below} {
		quantity, level, _ := strings.Cut(quantity, ".")
		n.add(result.Estimate(result.Key{Quantity: quantity, Model: "levels", Sample: "in_model", Scheme: result.All, Level: level}, result.Number, x, 5000))
	}
}

// unit adds a project or, of the scheme all, a municipality.
func (n *numbers) unit(scheme, name, year string, persons, attained int, reliability float64) {
	prefix := "project_"
	if scheme == result.All {
		prefix = "municipality_"
	}
	actual := float64(attained) / float64(persons)
	for quantity, x := range map[string]float64{"persons": float64(persons), "actual": actual, "expected": 0.5, "contribution": actual - 0.5, "reliability": reliability, "shrunken": 0.7 * (actual - 0.5), "funnel": float64(persons)} {
		k := result.Key{Quantity: prefix + quantity, Kind: "with", Sample: "in_model", Scheme: scheme, Year: year, Project: name}
		switch quantity {
		case "reliability", "shrunken":
			k.Kind, k.Model = "", "levels"
		case "funnel":
			k.Level = "size"
		}
		v := result.Estimate(k, result.Number, x, persons).WithInterval(x-0.1, x+0.1)
		v.Part = attained
		n.add(v)
	}
}

// contributionTold is all that the chapter says, with the titles of its figures and
// the notes of its tables.
func contributionTold(t *testing.T, r *Report) string {
	t.Helper()
	var out []string
	tell := func(blocks []Block) {
		for _, b := range blocks {
			out = append(out, append(slices.Clone(b.List), b.Text, b.Caution)...)
			if b.Figure != nil {
				f := r.Figures[b.Figure.Index]
				out = append(out, f.Title, f.Subtitle, f.Note)
			}
			for _, at := range []*Shown{b.Table, b.Folded} {
				if at != nil {
					out = append(out, r.Tables[at.Index].Note)
				}
			}
		}
	}
	for _, c := range r.Chapters {
		if c.ID != "contribution" {
			continue
		}
		tell(c.Blocks)
		for _, s := range c.Sections {
			out = append(out, s.Title)
			tell(s.Blocks)
		}
	}
	text := strings.ReplaceAll(strings.Join(out, "\n"), "\u00a0", " ")
	for _, bad := range []string{"NaN", "{", "%!", "  ", " ."} {
		if strings.Contains(text, bad) {
			t.Errorf("%q in\n%s", bad, text)
		}
	}
	return text
}

// holds checks what a text has and has not.
func holds(t *testing.T, text string, wants, not []string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, bad := range not {
		if strings.Contains(text, bad) {
			t.Errorf("%q in\n%s", bad, text)
		}
	}
}

// usual are projects of which some differ, as most studies have.
var usual = madeContribution{projects: 40, above: 0.1, below: 0.3, found: 0.05, unreliable: 0.25, tau2: 0.01, outside95: 0.4, outside998: 0.1, half: 0.7, model: 0.75, agrees: 1, years: [3]float64{0.3, 0.4, 0.5}}

// TestProjectsAreTold: how many stand out, by which limits, and how stable that is.
func TestProjectsAreTold(t *testing.T) {
	for lang, wants := range map[string][]string{
		"en": {"40 projects have at least five participants. For 60 per cent of them the deviation from what is expected may be chance. By the confidence interval, 10 per cent lie above", "and 30 per cent below.",
			"5 per cent of the projects stand out.", "For 25 per cent of the projects the indicator is of little reliability (below 0.7); they are marked †.",
			"dispersion φ = 2.00", "is 10.0 percentage points", "Here 40 per cent lie outside the former and 10 per cent outside the latter.", "When the limits also let projects differ",
			"middle project has a contribution of −1.0 percentage points, and eight in ten projects lie between −20.0 and +10.0",
			"of the whole project is: 0.70 on a scale", "agrees with the multilevel model, which gives 0.75", "in two different years is 0.30 on average", "draw the correlation down to 0.50. It is clearly lower than that, which speaks for some change"},
		"nb": {"40 prosjekter har minst fem deltakere. For 60 prosent av dem kan avviket fra det ventede være tilfeldig. Etter konfidensintervallet ligger 10 prosent over", "og 30 prosent under.",
			"skiller 5 prosent av prosjektene seg ut.", "Hos 25 prosent av prosjektene er indikatoren lite pålitelig (pålitelighet under 0,7); de er merket †.",
			"Her ligger 40 prosent utenfor de første og 10 prosent utenfor de siste.", "bidrag på −1,0 prosentpoeng", "pålitelig hele prosjektets bidrag er: 0,70 på en skala", "er 0,30 i snitt"},
	} {
		s := contributionStudy()
		text := contributionTold(t, build(t, s, contributionNumbers(t, s, usual).set, lang))
		holds(t, text, wants, []string{"none of", "ll of them", "ingen av prosjektene", "amtlige", "derimot", "model, however"})
	}
}

// TestNoneOrAllProjectsStandOut: no sentence says 0 or 100 per cent.
func TestNoneOrAllProjectsStandOut(t *testing.T) {
	none, all := usual, usual
	none.above, none.below, none.found, none.unreliable, none.outside998 = 0, 0, 0, 1, 0
	all.above, all.below, all.found, all.unreliable = 0.4, 0.6, 1, 0
	for _, c := range []struct {
		lang  string
		made  madeContribution
		wants []string
	}{
		{"en", none, []string{"For all of them the deviation from what is expected may be chance", "no project stands out", "none of the projects in", "For all of the projects the indicator is of little reliability", "and none outside the latter"}},
		{"nb", none, []string{"For alle sammen kan avviket fra det ventede være tilfeldig", "skiller ingen prosjekter seg ut", "ligger ingen av prosjektene i", "Hos samtlige av prosjektene er indikatoren lite pålitelig", "og ingen utenfor de siste"}},
		{"en", all, []string{"All of them differ from what is expected. By the confidence interval, 40 per cent lie above", "all of the projects stand out", "In all projects the reliability is at least 0.7"}},
		{"nb", all, []string{"Alle sammen skiller seg fra det ventede. Etter konfidensintervallet ligger 40 prosent over", "skiller samtlige av prosjektene seg ut", "Hos alle prosjektene er påliteligheten minst 0,7"}},
	} {
		s := contributionStudy()
		n := contributionNumbers(t, s, c.made)
		n.unit("new", "new-0301", "", 40, 20, 0.9)
		r := build(t, s, n.set, c.lang)
		text := contributionTold(t, r)
		holds(t, text, c.wants, []string{" 0 per cent of", " 0 prosent av", "100 prosent", "100 per cent"})
		titles := map[bool]map[string]string{
			true:  {"en": "For all projects the deviation from what is expected may be chance", "nb": "For alle prosjektene kan avviket fra det ventede være tilfeldig"},
			false: {"en": "All projects differ clearly from what is expected: 40 per cent lie above", "nb": "Alle prosjektene skiller seg klart fra det ventede: 40 prosent ligger over"},
		}[c.made.above == 0]
		holds(t, text, []string{titles[c.lang]}, nil)
	}
}

// TestProjectsWithoutVariance: it is said in words that nothing can be told from
// chance, and no project is set apart.
func TestProjectsWithoutVariance(t *testing.T) {
	m := usual
	m.noVariance, m.tau2, m.half, m.model, m.agrees = true, 0, -0.05, math.NaN(), math.NaN()
	for lang, wants := range map[string][]string{
		"en": {"No project's contribution can then be told from chance", "by the model there are no differences beyond chance", "the projects by and large differ no more than chance makes them", "the contributions vary no more than chance makes them", "The contribution and attainment of the projects", "by how precisely it is measured, with limits of 95 and 99.8 per cent of chance alone", "are not alike (the reliability comes out as −0.05)"},
		"nb": {"Da kan ingen prosjekters bidrag skilles fra tilfeldighet", "Etter modellen er det ingen forskjeller utover tilfeldigheter", "er forskjellene mellom prosjektene stort sett ikke større enn tilfeldigheter gjør dem", "Prosjektenes bidrag og måloppnåelse", "med grenser på 95 og 99,8 prosent for tilfeldigheter alene", "likner ikke på hverandre (påliteligheten beregnes til −0,05)"},
	} {
		s := contributionStudy()
		n := contributionNumbers(t, s, m)
		n.unit("new", "new-0301", "", 40, 20, math.NaN())
		text := contributionTold(t, build(t, s, n.set, lang))
		holds(t, text, wants, []string{"stand out", "skiller seg ut", "lie clearly", "ligger klart", "The projects differ from each other even", "skiller seg fra hverandre også", "neither should", "flernivåmodellen finner", "†", "single years", "enkeltår"})
	}
	m.tau2 = 0.01
	s := contributionStudy()
	holds(t, contributionTold(t, build(t, s, contributionNumbers(t, s, m).set, "en")), []string{"The multilevel model, however, finds no difference beyond chance.", "neither should be taken for granted"}, nil)
}

// TestProjectsOfOneScheme: nothing is compared with another, and no row is there twice.
func TestProjectsOfOneScheme(t *testing.T) {
	s := contributionStudy()
	s.Schemes, s.Contribution.Examples = s.Schemes[1:], nil
	n := contributionNumbers(t, s, usual)
	r := build(t, s, n.set, "en")
	holds(t, contributionTold(t, r), []string{"40 projects have"}, []string{"in  ", "and  of those"})
	at := slices.IndexFunc(r.Tables, func(t table.Table) bool { return t.ID == "contribution-classes" })
	if at < 0 {
		t.Fatal("there is no table of classes")
	}
	for _, row := range r.Tables[at].Rows {
		if row.Total {
			t.Errorf("%+v is a total of one", row)
		}
	}
}

// TestOneProjectIsTold in the singular.
func TestOneProjectIsTold(t *testing.T) {
	for _, c := range []struct {
		lang         string
		above, below float64
		want         string
	}{
		{"en", 1, 0, "One project has at least five participants. By the confidence interval it lies above"}, {"en", 0, 1, "it lies below"}, {"en", 0, 0, "The deviation from what is expected may be chance."},
		{"nb", 1, 0, "Ett prosjekt har minst fem deltakere. Etter konfidensintervallet ligger det over"}, {"nb", 0, 1, "ligger det under"}, {"nb", 0, 0, "Avviket fra det ventede kan være tilfeldig."},
	} {
		m := usual
		m.projects, m.above, m.below, m.modelless = 1, c.above, c.below, true
		s := contributionStudy()
		text := contributionTold(t, build(t, s, contributionNumbers(t, s, m).set, c.lang))
		holds(t, text, []string{c.want}, []string{"1 projects", "1 prosjekter", "eight in ten", "Åtte av ti", "åtte av ti"})
	}
}

// TestAllProjectsHidden: no figure is without a point, and it is told why.
func TestAllProjectsHidden(t *testing.T) {
	for lang, want := range map[string]string{"en": "none of the projects is shown", "nb": "kan ingen av prosjektene vises"} {
		s := contributionStudy()
		n := contributionNumbers(t, s, usual)
		n.unit("new", "new-0301", "", 4, 2, 0.9)
		r := build(t, s, n.set, lang)
		holds(t, contributionTold(t, r), []string{want}, []string{" 0 projects", " 0 prosjekter"})
		for _, f := range r.Figures {
			if strings.HasPrefix(f.ID, "contribution") {
				t.Errorf("%s has nothing to show", f.ID)
			}
		}
	}
}

// TestHowStable: lower than if unchanged, not lower, and not as the model says.
func TestHowStable(t *testing.T) {
	m := usual
	m.years, m.agrees = [3]float64{-0.2, 0.6, 0.5}, 0
	s := contributionStudy()
	text := contributionTold(t, build(t, s, contributionNumbers(t, s, m).set, "en"))
	holds(t, text, []string{"is −0.20 on average", "In no pair of years is it clearly lower", "does not agree with the multilevel model, which gives 0.75"}, []string{"it is clearly lower than that, which"})
	m.half, m.years = math.NaN(), [3]float64{}
	m.gaps = []result.Gap{{Step: "contribution", Subject: "stability", Reason: result.Reason{Code: result.NoUnits}}, {Step: "contribution", Subject: "halves", Reason: result.Reason{Code: result.NoUnits}},
		{Step: "contribution", Subject: "shrunkenyear", Reason: result.Reason{Code: result.NoVariance, About: "year"}}}
	for lang, wants := range map[string][]string{
		"en": {"in no two years do four projects have at least five participants", "cannot be tested by random halves", "There is no cautious indicator of single years"},
		"nb": {"I ingen to år har fire prosjekter minst fem deltakere", "kan ikke prøves med tilfeldige halvdeler", "Det gis ingen forsiktig indikator for enkeltår"},
	} {
		s := contributionStudy()
		holds(t, contributionTold(t, build(t, s, contributionNumbers(t, s, m).set, lang)), wants, []string{"no project has enough", "Ingen prosjekter har mange nok"})
	}
}

// TestPairsOfYears: half of them clearly lower is a sign of change, fewer are not.
func TestPairsOfYears(t *testing.T) {
	for lower, want := range []string{"In no pair of years is it clearly lower", "In one of three pairs of years it is clearly lower than that, which is too few", "In two of three pairs of years it is clearly lower than that, which speaks for"} {
		s := contributionStudy()
		s.Period = &study.Period{From: 2019, To: 2021}
		m := usual
		m.years = [3]float64{}
		n := contributionNumbers(t, s, m)
		n.add(result.Estimate(result.Key{Quantity: "stability_correlation", Kind: "with", Sample: "in_model", Scheme: result.All}, result.Number, 0.3, 5000))
		for i, years := range [][2]string{{"2019", "2020"}, {"2019", "2021"}, {"2020", "2021"}} {
			high := 0.6
			if i < lower {
				high = 0.4
			}
			key := result.Key{Quantity: "stability_correlation", Kind: "with", Sample: "in_model", Scheme: result.All, Year: years[0], ByLevel: years[1]}
			n.add(result.Estimate(key, result.Number, 0.3, 5000).WithInterval(0.1, high))
			key.Quantity = "stability_expected"
			n.add(result.Estimate(key, result.Number, 0.5, 5000))
		}
		holds(t, contributionTold(t, build(t, s, n.set, "en")), []string{want}, nil)
	}
}

// TestProjectYears: those that may be told of have a row, by scheme, place and year;
// the others are counted.
func TestProjectYears(t *testing.T) {
	s := contributionStudy()
	n := contributionNumbers(t, s, usual)
	for _, u := range []struct {
		scheme, year    string
		place, attained int
		reliability     float64
	}{{"new", "2020", 301, 30, 0.9}, {"new", "2019", 301, 10, 0.6}, {"new", "2019", 302, 3, 0.9}, {"old", "2019", 301, 20, 0.9}, {"old", "2020", 302, 38, 0.9}} {
		n.unit(u.scheme, fmt.Sprintf("%s-%04d", u.scheme, u.place), u.year, 40, u.attained, u.reliability)
	}
	n.add(result.Estimate(result.Key{Quantity: "projects", Kind: "with", Sample: "in_model", Scheme: "new", Year: "2019"}, result.Count, 2, 80))
	r := build(t, s, n.set, "en")
	holds(t, contributionTold(t, r), []string{"It has 3 rows; 2 more are not shown"}, nil)
	at := slices.IndexFunc(r.Tables, func(t table.Table) bool { return t.ID == "contribution-project-years" })
	if at < 0 {
		t.Fatal("there is no table")
	}
	var csv strings.Builder
	if err := r.Tables[at].CSV(&csv, table.NewLocale("en")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(csv.String()), "\r\n")[1:] {
		got = append(got, strings.Join(strings.Split(line, ",")[:6], " "))
	}
	if want := []string{"Old en 0301 2019 40 0.5 0.5", "New en 0301 2019 40 0.25 0.5", "New en 0301 2020 40 0.75 0.5"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	if !strings.Contains(r.Tables[at].Note, "† The reliability is below 0.7") {
		t.Errorf("the mark is not told of: %s", r.Tables[at].Note)
	}
}

// TestReliableFromASize: from the first class on that all larger ones follow; a class
// that is hidden tells of nothing.
func TestReliableFromASize(t *testing.T) {
	for _, c := range []struct {
		small, large float64
		persons      int // behind the large
		want, not    string
	}{
		{0.5, 0.8, 500, "From 20 participants on", "Not even"}, {0.8, 0.9, 500, "From 5 participants on", "Not even"},
		{0.8, 0.5, 500, "Not even among the largest", "participants on,"}, {0.8, 0.5, 3, "How reliable", "Not even"}, {0.8, 0.8, 3, "How reliable", "participants on,"},
	} {
		s := contributionStudy()
		n := contributionNumbers(t, s, usual)
		for level, x := range map[string]float64{"5": c.small, "20": c.large} {
			persons := map[string]int{"5": 100, "20": c.persons}[level]
			n.add(result.Estimate(result.Key{Quantity: "reliability_by_size", Model: "levels", Sample: "in_model", Scheme: result.All, Level: level}, result.Number, x, persons))
		}
		holds(t, contributionTold(t, build(t, s, n.set, "en")), []string{c.want}, []string{c.not})
	}
}

// TestMunicipalityOfOneProject is told of where there is one, and not elsewhere.
func TestMunicipalityOfOneProject(t *testing.T) {
	const said = "A municipality with one project only has the attainment"
	for _, c := range []struct {
		persons int // of the municipality, whose project has 40
		want    bool
	}{{40, true}, {60, false}} {
		s := contributionStudy()
		n := contributionNumbers(t, s, usual)
		n.unit("new", "new-0301", "", 40, 20, 0.9)
		n.unit(result.All, "0301", "", c.persons, 20, 0.9)
		if text := contributionTold(t, build(t, s, n.set, "en")); strings.Contains(text, said) != c.want {
			t.Errorf("of %d persons, %q should be said (%v) in\n%s", c.persons, said, c.want, text)
		}
	}
}

// TestExamplesAddUp: the parts of every row are its whole, of rounded numbers, and
// one that is not reliable has the mark.
func TestExamplesAddUp(t *testing.T) {
	s := contributionStudy()
	n := contributionNumbers(t, s, usual)
	n.rate(result.Key{Quantity: "attainment", Sample: "in_model", Scheme: result.All}, 573, 1000)
	for _, e := range []struct {
		name, scheme             string
		actual, expect, reliable float64
	}{{"a", "new", 0.26, 0.59, 0}, {"b", "old", 0.84, 0.72, 1}} {
		for quantity, x := range map[string]float64{"actual": e.actual, "expected": e.expect, "contribution": e.actual - e.expect, "reliable": e.reliable} {
			n.add(result.Estimate(result.Key{Quantity: "example_" + quantity, Kind: "with", Sample: "in_model", Scheme: e.scheme, Level: e.name}, result.Number, x, 5).WithInterval(x-0.1, x+0.1))
		}
	}
	r := build(t, s, n.set, "en")
	at := slices.IndexFunc(r.Tables, func(t table.Table) bool { return t.ID == "contribution-examples" })
	if at < 0 {
		t.Fatal("there is no table")
	}
	page, err := r.Tables[at].HTML(table.NewLocale("en"), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">26%<", ">59%<", ">−31<", ">+2<", ">−33 (−43 to −23)†<", ">+27<", ">+15<", ">+12 (+2 to +22)<"} {
		if !strings.Contains(html.UnescapeString(string(page)), want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
}
