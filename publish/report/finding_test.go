package report

import (
	"math"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/study"
)

// shown sends values through the gate; the k-th is a number of its own.
func shown(t *testing.T, values ...result.Value) []disclose.Number {
	t.Helper()
	set := result.NewSet()
	for i, v := range values {
		v.Key.Level = string(rune('a' + i))
		if err := set.Add("test", v); err != nil {
			t.Fatal(err)
		}
	}
	return clearMadeUp(set).Numbers()
}

func testWriter(t *testing.T, lang string) *writer {
	t.Helper()
	w, err := newWriter(madeUp(), clearMadeUp(result.NewSet()), lang)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// levels makes pairs of rates (focus, reference) with half an interval of 2 points.
func levels(t *testing.T, rates ...[2]float64) []pair {
	var out []pair
	for i, r := range rates {
		var numbers []disclose.Number
		for _, x := range r {
			n := disclose.Number{}
			if !math.IsNaN(x) {
				n = shown(t, result.Estimate(result.Key{Quantity: "x"}, result.Share, x, 100).WithInterval(x-0.02, x+0.02))[0]
			}
			numbers = append(numbers, n)
		}
		out = append(out, pair{string(rune('A' + i)), numbers[0], numbers[1]})
	}
	return out
}

func TestFindings(t *testing.T) {
	absent := math.NaN()
	for _, c := range []struct {
		name   string
		rates  [][2]float64
		unit   string
		nb, en string
	}{
		{"ahead everywhere", [][2]float64{{.7, .5}, {.8, .7}, {.6, .55}}, "group",
			"People in New nb nådde målet oftere i alle tre gruppene, med 5 til 20 prosentpoeng",
			"People in New en attained the goal more often in all three groups, by 5 to 20 percentage points"},
		{"both years", [][2]float64{{.7, .5}, {.7, .5}}, "year",
			"People in New nb nådde målet oftere i begge årene, med 20\u00a0prosentpoeng",
			"People in New en attained the goal more often in both years, by 20 percentage points"},
		{"clear in some", [][2]float64{{.7, .5}, {.8, .79}, {.6, .5}}, "group",
			"People in New nb nådde målet klart oftere i to av tre grupper, mest i gruppen A (20\u00a0prosentpoeng)",
			"People in New en attained the goal clearly more often in two of three groups, most so in the group A (20 percentage points)"},
		{"clear in one", [][2]float64{{.5, .49}, {.5, .7}}, "year",
			"I B nådde people in the old nb målet klart oftere, med 20\u00a0prosentpoeng; ellers er det ingen klar forskjell",
			"In B people in the old en attained the goal clearly more often, by 20 percentage points; elsewhere there is no clear difference"},
		{"one can be compared", [][2]float64{{.7, .5}, {absent, .7}}, "group",
			"I gruppen A nådde people in New nb målet oftere, med 20\u00a0prosentpoeng",
			"In the group A people in New en attained the goal more often, by 20 percentage points"},
		{"some can be compared", [][2]float64{{.7, .5}, {.7, .6}, {absent, .7}}, "group",
			"People in New nb nådde målet oftere i begge gruppene som kan sammenliknes, med 10 til 20 prosentpoeng",
			"People in New en attained the goal more often in both groups that can be compared, by 10 to 20 percentage points"},
		{"each in some", [][2]float64{{.7, .5}, {.7, .5}, {.2, .5}}, "group",
			"People in New nb nådde målet klart oftere i to grupper, people in the old nb i én gruppe",
			"People in New en attained the goal clearly more often in two groups, people in the old en in one group"},
		{"nothing clear", [][2]float64{{.5, .49}, {.5, .51}, {.5, .5}}, "group",
			"Ingen klar forskjell i måloppnåelse mellom ordningene i noen av gruppene",
			"No clear difference in attainment between the schemes in any of the groups"},
		{"one level only", [][2]float64{{.7, .69}}, "group",
			"Ingen klar forskjell i måloppnåelse mellom ordningene", "No clear difference in attainment between the schemes"},
		{"one point", [][2]float64{{.5, .4508}}, "group",
			"People in New nb nådde målet oftere, med 5\u00a0prosentpoeng", "People in New en attained the goal more often, by 5 percentage points"},
		{"nothing to compare", [][2]float64{{absent, .69}}, "group", "Andelen som nådde målet, etter topic", "Share who attained the goal, by topic"},
	} {
		if got := testWriter(t, "nb").finding(levels(t, c.rates...), c.unit, "topic"); got != c.nb {
			t.Errorf("%s, nb:\n%q, want\n%q", c.name, got, c.nb)
		}
		if got := testWriter(t, "en").finding(levels(t, c.rates...), c.unit, "topic"); got != c.en {
			t.Errorf("%s, en:\n%q, want\n%q", c.name, got, c.en)
		}
	}
}

func TestOddsInWords(t *testing.T) {
	for _, c := range []struct {
		odds, low, high float64
		nb, en          string
	}{
		{1.58, 1.24, 2.03, "58 prosent høyere odds (24–103 prosent)", "58 per cent higher odds (24–103 per cent)"},
		{0.89, 0.83, 0.96, "11 prosent lavere odds (4–17 prosent)", "11 per cent lower odds (4–17 per cent)"},
		{3.26, 2.9, 3.67, "3,3 ganger så høye odds (2,9–3,7)", "3.3 times the odds (2.9–3.7)"},
		{1.47, 0.87, 2.49, "47 prosent høyere odds (fra 13 prosent lavere til 149 prosent høyere)", "47 per cent higher odds (from 13 per cent lower to 149 per cent higher)"},
		{1.000096, 1.000007, 1.000185, "0,0096 prosent høyere odds (0,0007–0,0185 prosent)", "0.0096 per cent higher odds (0.0007–0.0185 per cent)"},
		{2e8, 0, math.Inf(1), "", ""},
	} {
		n := shown(t, result.Estimate(result.Key{Quantity: "x"}, result.OddsRatio, c.odds, 100).WithInterval(c.low, c.high))[0]
		if got := testWriter(t, "nb").oddsChange(n).text; got != c.nb {
			t.Errorf("%v is %q, want %q", c.odds, got, c.nb)
		}
		if got := testWriter(t, "en").oddsChange(n).text; got != c.en {
			t.Errorf("%v is %q, want %q", c.odds, got, c.en)
		}
	}
}

// A sentence with a hidden number is not said.
func TestHiddenNumbersAreNotSaid(t *testing.T) {
	w := testWriter(t, "nb")
	n := shown(t, result.Proportion(result.Key{Quantity: "x"}, 3, 400), result.Proportion(result.Key{Quantity: "y"}, 300, 400))
	if got := w.say("summary.attainment", "focus", w.percent(n[0]), "reference", w.percent(n[1]), "first", "a", "second", "b", "verb", "c"); got != "" {
		t.Errorf("it says %q", got)
	}
	if w.say("no such text"); w.err == nil {
		t.Error("a text that is missing is no error")
	}
}

// With three schemes titles name the two that they compare, and everyone is counted.
func TestThreeSchemes(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"No clear difference in attainment between people in New en and people in the old en", "it is people in New en with people in the old en", "(New en: 1,500, Old en: 9,300, Third en: 50)"},
		"nb": {"Ingen klar forskjell i måloppnåelse mellom people in New nb og people in the old nb", "er det people in New nb med people in the old nb", "(New nb: 1500, Old nb: 9300, Third nb: 50)"},
	} {
		s := madeUp()
		set := results(t, s, 3)
		s.Schemes = append(s.Schemes, study.Entry[study.Scheme]{Key: "third", Value: study.Scheme{Label: text("Third"), Participants: text("people in the third")}})
		s.Participants = append(s.Participants, study.Entry[study.Participants]{Key: "third"})
		if err := set.Add("test", result.PersonCount(result.Key{Quantity: "persons", Sample: "gross", Scheme: "third"}, 50)); err != nil {
			t.Fatal(err)
		}
		w, err := newWriter(s, clearMadeUp(set), lang)
		if err != nil {
			t.Fatal(err)
		}
		said := []string{w.finding(levels(t, [2]float64{.5, .5}), "group", "x"), w.twoOfSeveral(), w.personsSentence()}
		for i, text := range said {
			if text = strings.NewReplacer("\u00a0", "").Replace(text); !strings.Contains(text, want[i]) {
				t.Errorf("%q does not say %q", text, want[i])
			}
		}
	}
	if w := testWriter(t, "en"); w.twoOfSeveral() != "" || !strings.Contains(w.finding(levels(t, [2]float64{.5, .5}), "group", "x"), "between the schemes") {
		t.Error("two schemes are named where there are no others")
	}
}
