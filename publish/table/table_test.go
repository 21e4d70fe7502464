package table

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
)

// gate sends values through the disclosure gate.
func gate(t *testing.T, values ...result.Value) []disclose.Number {
	t.Helper()
	set := result.NewSet()
	for i, v := range values {
		v.Key.Term = string(rune('a' + i))
		if err := set.Add("test", v); err != nil {
			t.Fatal(err)
		}
	}
	return disclose.Clear(set, disclose.DefaultRules).Numbers()
}

// sample has a share, a suppressed share, an absent number and a log-odds.
func sample(t *testing.T) Table {
	key := result.Key{Quantity: "x"}
	n := gate(t,
		result.Proportion(key, 300, 400).WithInterval(0.705, 0.790),
		result.Proportion(key, 3, 401),
		result.PersonCount(key, 19316),
		result.Estimate(key, result.LogOdds, -0.125, 400))
	return Table{
		ID: "rates", Title: "A & B", Note: "N.",
		Columns: []Column{{Label: "Level"}, {Label: "share", Group: "One"}, {Label: "persons", Group: "One"}},
		Rows: []Row{
			{Group: "g", Cells: []Cell{Text("<low>"), Num(n[0], Format{Kind: Percent, Interval: true}), Num(n[2], Format{Kind: Count})}},
			{Group: "g", Cells: []Cell{Text("=1+1"), Num(n[1], Format{Kind: Percent, Interval: true}), {}}},
			{Group: "h", Total: true, Cells: []Cell{Text("sum; all"), Num(n[0], Format{Kind: Base}), Num(n[3], Format{Decimals: 2})}},
		},
	}
}

func TestCSV(t *testing.T) {
	for lang, want := range map[string]string{
		"nb": "\ufeffGruppe;Level;One: share;One: share, nedre;One: share, øvre;One: persons\r\n" +
			"g;<low>;0,75;0,705;0,79;19316\r\n" +
			"g;'=1+1;:;;;\r\n" +
			"h;\"sum; all\";400;;;-0,125\r\n",
		"en": "\ufeffGroup,Level,One: share,\"One: share, lower\",\"One: share, upper\",One: persons\r\n" +
			"g,<low>,0.75,0.705,0.79,19316\r\n" +
			"g,'=1+1,:,,,\r\n" +
			"h,sum; all,400,,,-0.125\r\n",
	} {
		var out strings.Builder
		if err := sample(t).CSV(&out, NewLocale(lang)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("%s: %s", lang, diff)
		}
	}
}

func TestHTML(t *testing.T) {
	got, err := sample(t).HTML(NewLocale("nb"), "Tabell 3")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<div class="table" id="table-rates">`,
		`<caption id="caption-rates"><span class="caption"><span class="number">Tabell 3</span> A &amp; B</span></caption>`,
		`<tr><td></td><th scope="colgroup" colspan="2">One</th></tr>`,
		`<tr><th scope="col">Level</th><th scope="col">share</th><th scope="col">persons</th></tr>`,
		`<tr class="group"><th scope="rowgroup" colspan="3">g</th></tr>`,
		"<th scope=\"row\">&lt;low&gt;</th><td class=\"n\">75\u00a0% (71–79)</td><td class=\"n\">19\u00a0316</td>",
		`<th scope="row">=1&#43;1</th><td class="n">:</td><td class="n">–</td>`,
		`<tr class="total"><th scope="row">sum; all</th><td class="n">400</td><td class="n">−0,13</td></tr>`,
		`<p class="note">N. Kolon (:) betyr at tallet er skjult av hensyn til personvernet. Tankestrek (–) betyr at tallet ikke finnes.</p>`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s\nis not in\n%s", want, got)
		}
	}
}

// Headings stand as what is under them: texts to the left, also where others are
// numbers, and numbers that are written as texts with the numbers.
func TestHeadingsStandAsTheirColumns(t *testing.T) {
	n := gate(t, result.Proportion(result.Key{Quantity: "x"}, 30, 40))[0]
	got, err := Table{Columns: []Column{{}, {Label: "year", Group: "g"}, {Label: "share", Group: "g"}, {Label: "rank", Group: "h"}},
		Rows: []Row{{Cells: []Cell{Text("a"), Text("2019"), Num(n, Format{Kind: Percent}), Text("1–3").AsNumber()}}, {Cells: []Cell{Text("b"), Text("2020"), {}, {}}}}}.HTML(NewLocale("en"), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<th scope="colgroup" class="t" colspan="2">g</th><th scope="colgroup" colspan="1">h</th>`,
		`<th scope="col" class="t">year</th><th scope="col">share</th><th scope="col">rank</th>`,
		`<td class="t">2019</td><td class="n">75%</td><td class="n">1–3</td>`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s\nis not in\n%s", want, got)
		}
	}
}

// A table without signs has no legend, and one without numbers says so.
func TestLegendAndEmpty(t *testing.T) {
	plain := Table{Note: "N.", Rows: []Row{{Cells: []Cell{Text("a"), Text("b")}}}}
	if got := plain.Legend(NewLocale("en")); got != "N." {
		t.Errorf("legend %q", got)
	}
	if plain.Empty() {
		t.Error("a table with a text is not empty")
	}
	if !(Table{Rows: []Row{{Cells: []Cell{Text("a"), {}}}}}).Empty() {
		t.Error("a table with an absent number only is empty")
	}
	undefined := gate(t, result.Proportion(result.Key{Quantity: "x"}, 0, 0))[0]
	if got := NewLocale("en").Cell(undefined, Format{Kind: Percent}); got != AbsentSign {
		t.Errorf("a share of nobody is written %q", got)
	}
}

func TestNumbersInBothLanguages(t *testing.T) {
	nb, en := NewLocale("nb"), NewLocale("en")
	for _, c := range []struct{ name, gotNB, gotEN, nb, en string }{
		{"count", nb.Count(19316), en.Count(19316), "19\u00a0316", "19,316"},
		{"percent", nb.Percent(0.729, 0), en.Percent(0.729, 0), "73\u00a0%", "73%"},
		{"half", nb.Percent(0.125, 0), en.Percent(0.125, 0), "13\u00a0%", "13%"},
		{"almost none", nb.Percent(0.001, 0), en.Percent(0.001, 0), "<\u00a01\u00a0%", "<\u00a01%"},
		{"almost all", nb.Percent(0.999, 0), en.Percent(0.999, 0), ">\u00a099\u00a0%", ">\u00a099%"},
		{"none", nb.Percent(0, 0), en.Percent(0, 0), "0\u00a0%", "0%"},
		{"all", nb.Percent(1, 0), en.Percent(1, 0), "100\u00a0%", "100%"},
		{"points", nb.Points(0.042), en.Points(-0.4204), "+4,2", "−42.0"},
		{"whole points", nb.WholePoints(0.042), en.WholePoints(-0.4254), "+4", "−43"},
		{"no whole point", nb.WholePoints(-0.004), en.WholePoints(0.004), "0", "0"},
		{"interval of whole points", nb.Interval(0.01, 0.37, Format{Kind: WholePoints}), en.Interval(-0.48, -0.15, Format{Kind: WholePoints}), "+1 til +37", "−48 to −15"},
		{"no points", nb.Points(-0.0001), en.Points(0.0001), "0,0", "0.0"},
		{"odds", nb.Decimal(1.5831, 2), en.Decimal(1.5831, 2), "1,58", "1.58"},
		{"p", nb.PValue(0.00049), en.PValue(0.0123), "<\u00a00,001", "0.012"},
		{"infinite", nb.Decimal(math.Inf(1), 2), en.Decimal(math.Inf(-1), 2), "∞", "−∞"},
		{"interval", nb.Interval(0.71, 0.754, Format{Kind: Percent}), en.Interval(-0.02, 0.144, Format{Kind: Points}), "71–75", "−2.0 to +14.4"},
		{"raw", nb.raw(0.1), en.raw(1e-9), "0,1", "1e-09"},
	} {
		if c.gotNB != c.nb || c.gotEN != c.en {
			t.Errorf("%s: %q and %q, want %q and %q", c.name, c.gotNB, c.gotEN, c.nb, c.en)
		}
	}
}

func TestDecimalsFollowTheUncertainty(t *testing.T) {
	for size, want := range map[float64]int{0.127: 3, 0.00234: 4, 0.000022: 6, 5: 3, 0: 3, 1e-30: 8} {
		if got := Decimals(size, 3); got != want {
			t.Errorf("Decimals(%v) = %d, want %d", size, got, want)
		}
	}
}

// What is in no row is no column; a suppressed number is something.
func TestToldColumns(t *testing.T) {
	of := sample(t)
	if got := of.Told(); fmt.Sprint(got) != fmt.Sprint(of) {
		t.Errorf("a table with something in every column became %+v", got)
	}
	for i := range of.Rows {
		of.Rows[i].Cells[2] = Cell{}
	}
	of.Rows[0].Cells[1] = Cell{}
	got := of.Told()
	if len(got.Columns) != 2 || got.Columns[1].Label != "share" || len(got.Rows) != 3 || len(got.Rows[1].Cells) != 2 {
		t.Errorf("%+v", got)
	}
	if len(of.Columns) != 3 || len(of.Rows[0].Cells) != 3 {
		t.Error("the table itself was changed")
	}
}
