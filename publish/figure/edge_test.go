package figure

import (
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
)

var (
	nan = math.NaN()
	inf = math.Inf(1)
)

// hidden is a suppressed number with a value of choice behind the gate.
func hidden(x float64) disclose.Number { return estimate(x, x-1, x+1, 3) }

// replace puts a number in the place of the first mark, row, point or bin.
func replace(p Plot, n disclose.Number) Plot {
	switch p := p.(type) {
	case Dots:
		p.Marks = slices.Clone(p.Marks)
		p.Marks[0].Number = n
		return p
	case Bars:
		p.Marks = slices.Clone(p.Marks)
		p.Marks[0].Number = n
		return p
	case Lines:
		p.Marks = slices.Clone(p.Marks)
		p.Marks[0].Number = n
		return p
	case Forest:
		p.Rows = slices.Clone(p.Rows)
		p.Rows[0].Number = n
		return p
	case Quadrant:
		p.Points = slices.Clone(p.Points)
		p.Points[0].Y = n
		return p
	case Scatter:
		p.Panels = slices.Clone(p.Panels)
		p.Panels[0].Points = slices.Clone(p.Panels[0].Points)
		p.Panels[0].Points[0].Y = n
		return p
	case Funnel:
		p.Points = slices.Clone(p.Points)
		p.Points[0].Y = n
		return p
	case Caterpillar:
		p.Points = slices.Clone(p.Points)
		p.Points[0].Number = n
		return p
	case Steps:
		p.Bins = slices.Clone(p.Bins)
		p.Bins[0].Number = n
		return p
	}
	panic("no such plot")
}

// TestSuppressed: nothing in a figure depends on what a suppressed number is,
// and the marks stand where they would if it did not exist.
func TestSuppressed(t *testing.T) {
	r := renderer(t)
	for _, f := range samples("nb") {
		t.Run(f.ID, func(t *testing.T) {
			f.Plot = replace(f.Plot, hidden(0.5))
			mild := draw(t, r, f)
			var mildXML, extremeXML string
			var err error
			if mildXML, err = r.SVG(f); err != nil {
				t.Fatal(err)
			}
			f.Plot = replace(f.Plot, hidden(98765.4))
			if extremeXML, err = r.SVG(f); err != nil {
				t.Fatal(err)
			}
			if mildXML != extremeXML {
				t.Error("the figure tells a suppressed number from another")
			}
			if strings.Contains(extremeXML, "98765") || strings.Contains(extremeXML, "98\u00a0765") {
				t.Error("the figure shows a suppressed number")
			}
			f.Plot = replace(f.Plot, disclose.Number{})
			absent := draw(t, r, f)
			for form := range mild {
				if got, want := mild[form].marks(), absent[form].marks(); !slices.Equal(got, want) {
					t.Errorf("%s: the marks stand elsewhere than without the number:\n%q\n%q", form, got, want)
				}
			}
		})
	}
}

// TestSuppressedSign: the row of a suppressed number shows ":" and the figure
// says what it means; the row of an absent one does not.
func TestSuppressedSign(t *testing.T) {
	r := renderer(t)
	sign := func(f Figure) bool {
		svg, err := r.draw(f, "wide")
		if err != nil {
			t.Fatal(err)
		}
		d := read(t, svg)
		if d.says(":") != d.says(": vises ikke, av hensyn til personvernet") && f.ID != "odds-ratios" {
			t.Error("the sign and its meaning do not go together")
		}
		return d.says(":")
	}
	for _, f := range []Figure{sampleBars("nb"), sampleLines("nb"), sampleForest("nb")} {
		f.Plot = replace(f.Plot, hidden(.5))
		if !sign(f) {
			t.Errorf("%s: a suppressed number leaves no sign", f.ID)
		}
		f.Plot = replace(f.Plot, disclose.Number{})
		if sign(f) {
			t.Errorf("%s: an absent number leaves the sign of a suppressed one", f.ID)
		}
	}
}

// TestQuadrantSuppressed: a point that is not shown leaves no trace at all.
func TestQuadrantSuppressed(t *testing.T) {
	r := renderer(t)
	f := sampleQuadrant("nb")
	q := f.Plot.(Quadrant)
	without, err := r.SVG(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Point{
		{Series: "intro", Label: "Hemmelig", Named: true, X: hidden(.1), Y: estimate(40, nan, nan, 50), Size: estimate(1e6, nan, nan, 50)},
		{Series: "intro", Label: "Hemmelig", X: estimate(77, nan, nan, 50), Y: hidden(.1), Size: hidden(4)},
		{Series: "intro", Label: "Hemmelig", X: estimate(.5, nan, nan, 50), Y: disclose.Number{}},
	} {
		q.Points = append(slices.Clone(f.Plot.(Quadrant).Points), p)
		with := f
		with.Plot = q
		svg, err := r.SVG(with)
		if err != nil {
			t.Fatal(err)
		}
		if svg != without {
			t.Error("a point that is not shown changes the figure")
		}
	}
}

// TestScatterSuppressed: neither a point nor a place of the band that is not
// shown leaves a trace.
func TestScatterSuppressed(t *testing.T) {
	r := renderer(t)
	f := sampleQuantiles("nb")
	without, err := r.SVG(f)
	if err != nil {
		t.Fatal(err)
	}
	shown := f.Plot.(Scatter)
	panel := shown.Panels[0]
	for _, p := range []Panel{
		{Axis: panel.Axis, Band: panel.Band, Points: append(slices.Clone(panel.Points), ScatterPoint{"groups", "Hemmelig", hidden(77), estimate(90, nan, nan, 50)}, ScatterPoint{"groups", "Hemmelig", estimate(90, nan, nan, 50), hidden(77)})},
		{Axis: panel.Axis, Points: panel.Points, Band: append(slices.Clone(panel.Band), BandPoint{hidden(5), estimate(1, -9, 9, 50)}, BandPoint{estimate(5, nan, nan, 50), hidden(3)})},
	} {
		with := shown
		with.Panels = []Panel{p}
		f.Plot = with
		svg, err := r.SVG(f)
		if err != nil {
			t.Fatal(err)
		}
		if svg != without {
			t.Error("what is not shown changes the figure")
		}
	}
}

// TestScatterLines: a line of no effect is dashed, one of equal values is not,
// and there may be none.
func TestScatterLines(t *testing.T) {
	r := renderer(t)
	s := sampleScatter("nb").Plot.(Scatter)
	for line, want := range map[Straight]int{NoLine: 0, Identity: 0, ZeroLine: len(s.Panels)} {
		s.Line = line
		svg, err := r.draw(Figure{Lang: "nb", Plot: s}, "wide")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(svg, "stroke-dasharray"); got != want {
			t.Errorf("%s: %d dashed lines, not %d", line.name(), got, want)
		}
	}
}

// TestStepsSuppressed: a suppressed bin beyond the shown ones does not stretch
// the axis.
func TestStepsSuppressed(t *testing.T) {
	r := renderer(t)
	f := sampleSteps("nb")
	s := f.Plot.(Steps)
	s.Bins = slices.DeleteFunc(slices.Clone(s.Bins), func(b Bin) bool { return b.Number.State() != disclose.Shown })
	f.Plot = s
	without, err := r.SVG(f)
	if err != nil {
		t.Fatal(err)
	}
	s.Bins = append(slices.Clone(s.Bins), Bin{"intro", 600, 603, hidden(.5)})
	f.Plot = s
	with, err := r.SVG(f)
	if err != nil {
		t.Fatal(err)
	}
	if with != without {
		t.Error("a suppressed bin changes the figure")
	}
}

// hostile are labels that a careless writer would break on.
var hostile = []string{
	"", " ", "<script>alert(1)</script>", `"quoted" & 'single' </text>`, "]]>", "&lt;amp;", "line\nbreak\r\ttab", "\x00\x01\x1f\ufffe",
	"invalid \xff\xfe UTF-8", "👩‍👩‍👧 🇳🇴 emoji", "ÆØÅ æøå é", "مرحبا بالعالم", "__proto__", "constructor", "${x}", "Infinity",
	strings.Repeat("Langtord", 25), strings.Repeat("ord ", 50), "soft\u00adhyphen" + strings.Repeat("\u00adskille", 20),
}

func TestHostileLabels(t *testing.T) {
	r := renderer(t)
	var series []Series
	var cs []Category
	var rows []ForestRow
	var points []Point
	var bins []Bin
	var panels []Panel
	var funnel []FunnelPoint
	var caterpillar []CaterpillarPoint
	for i, h := range hostile {
		key := h + string(rune('a'+i))
		cs = append(cs, Category{key, h})
		rows = append(rows, ForestRow{h, h, estimate(1.5, 1, 2, 50)})
		series = append(series, Series{key, h, Style(i % 3)})
		points = append(points, Point{Series: key, Label: h, Named: true, X: share(40+i, 100), Y: estimate(.01*float64(i), nan, nan, 50), Size: estimate(50, nan, nan, 50)})
		bins = append(bins, Bin{key, float64(i), float64(i + 1), share(30, 100)})
		funnel = append(funnel, FunnelPoint{Series: key, Label: h, Faint: i%2 == 0, X: estimate(float64(i+1), nan, nan, 50), Y: estimate(.01*float64(i), nan, nan, 50)})
		caterpillar = append(caterpillar, CaterpillarPoint{Series: key, Label: h, Faint: i%2 == 0, Number: rate(30+i, 100)})
		panels = append(panels, Panel{Title: h, Axis: h, Points: []ScatterPoint{{key, h, share(40+i, 100), rate(30+i, 100)}}})
	}
	marks := fill(cs, series[:3], func(c, s int) disclose.Number { return rate(40+c, 100) })
	for i, p := range []Plot{
		Dots{Series: series[:3], Categories: cs, Marks: marks, Axis: hostile[2], Reference: &Line{hostile[3], share(50, 100)}},
		Bars{Series: series[:3], Categories: cs, Marks: marks, Axis: hostile[3]},
		Lines{Series: series[:3], Categories: cs, Marks: marks, Axis: hostile[4]},
		Forest{Rows: rows, Format: Ratio, Log: true, Axis: hostile[17]},
		Quadrant{Series: series, Points: points, Mean: Line{hostile[2], share(50, 100)}, AxisX: hostile[2], AxisY: hostile[3], Corners: [4]string(hostile[15:19])},
		Steps{Series: series, Bins: bins, Axis: hostile[3]},
		Scatter{Series: series, Panels: panels, AxisY: hostile[3]},
		Funnel{Series: series, Points: funnel, SD: share(50, 100), Tau2: share(5, 100), Limit95: FunnelLimit{hostile[2], hostile[3]}, Limit998: FunnelLimit{hostile[16], hostile[17]}, Faint: hostile[18], AxisX: hostile[2], AxisY: hostile[16]},
		Caterpillar{Series: series, Points: caterpillar, Classes: Classes{hostile[2], hostile[16], hostile[8]}, Faint: hostile[18], Axis: hostile[17], Order: hostile[3]},
	} {
		f := Figure{ID: `"><svg onload="x`, Title: hostile[(2+i)%len(hostile)], Subtitle: hostile[3], Note: hostile[17], Alt: hostile[3] + hostile[8], Lang: []string{"nb", "en", "<x>"}[i%3], Plot: p}
		for form, d := range draw(t, r, f) {
			if form != "narrow" && i < 4 {
				d.must(t, "<script>alert(1)</script>", `"quoted" & 'single' </text>`)
			}
		}
	}
}

// TestDegenerate: whatever the numbers, a figure is drawn.
func TestDegenerate(t *testing.T) {
	r := renderer(t)
	sets := map[string][]disclose.Number{
		"none":        {},
		"all absent":  {{}, {}},
		"suppressed":  {hidden(1), hidden(2)},
		"one":         {rate(40, 100)},
		"identical":   {estimate(.4, .4, .4, 50), estimate(.4, .4, .4, 50)},
		"zero":        {estimate(0, 0, 0, 50), estimate(0, 0, 0, 50)},
		"negative":    {estimate(-.4, -.5, -.3, 50), estimate(-.1, -.2, -.05, 50)},
		"nan":         {estimate(nan, nan, nan, 50), estimate(nan, 0, 1, 50), estimate(.5, nan, 1, 50)},
		"infinite":    {estimate(inf, 1, inf, 50), estimate(-inf, -inf, inf, 50), estimate(1, -inf, inf, 50)},
		"separated":   {estimate(1e-8, 0, inf, 50), estimate(1e12, 1e-300, 1e300, 50), estimate(0, 0, 0, 50), estimate(1.2, .9, 1.6, 50)},
		"huge":        {estimate(math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64, 50), estimate(1e11, -1e11, 1e12, 50)},
		"tiny":        {estimate(5e-324, 0, 1e-320, 50), estimate(1e-300, 0, 1e-299, 50)},
		"close":       {estimate(1+1e-15, 1, 1+2e-15, 50), estimate(1, 1, 1, 50)},
		"upside down": {estimate(.5, .8, .2, 50)},
		"many":        slices.Repeat([]disclose.Number{rate(40, 100)}, 40),
	}
	for name, numbers := range sets {
		t.Run(name, func(t *testing.T) {
			labels := make([]string, max(1, len(numbers)))
			for i := range labels {
				labels[i] = "Rad " + string(rune('A'+i%26))
			}
			cs := categories(labels)
			ss := schemes("nb")
			var marks []Mark
			var rows []ForestRow
			var points []Point
			var bins []Bin
			var dots []ScatterPoint
			var band []BandPoint
			var funnel []FunnelPoint
			var caterpillar []CaterpillarPoint
			for i, n := range numbers {
				marks = append(marks, Mark{cs[i].Key, "jobbsjansen", n})
				rows = append(rows, ForestRow{labels[i], "", n})
				points = append(points, Point{Series: "intro", X: n, Y: n, Size: n, Label: labels[i], Named: true})
				bins = append(bins, Bin{"intro", float64(i), float64(i + 1), n})
				dots = append(dots, ScatterPoint{"intro", labels[i], n, n})
				band = append(band, BandPoint{n, n})
				funnel = append(funnel, FunnelPoint{"intro", labels[i], i%2 == 0, n, n})
				caterpillar = append(caterpillar, CaterpillarPoint{"intro", labels[i], i%2 == 0, n})
			}
			limits := FunnelLimit{"x", "y"}
			next := len(name) // another start in another set, so that plots meet several formats
			format := func() Format { next++; return Format(next % 5) }
			for _, p := range []Plot{
				Dots{Series: ss, Categories: cs, Marks: marks, Format: format(), Reference: &Line{"x", disclose.Number{}}},
				Dots{Series: ss[:1], Categories: cs, Marks: marks, Format: format(), Zero: true},
				Bars{Series: ss, Categories: cs, Marks: marks, Format: format()},
				Lines{Series: ss, Categories: cs, Marks: marks, Format: format()},
				Forest{Rows: rows, Format: format(), Log: true},
				Forest{Rows: rows, Format: format()},
				Quadrant{Series: ss, Points: points, FormatX: format(), FormatY: format()},
				Steps{Series: ss, Bins: bins, Format: format()},
				Scatter{Series: ss, Panels: []Panel{{Points: dots, Band: band}}, FormatX: format(), FormatY: format(), Line: Identity},
				Scatter{Series: ss, Panels: []Panel{{Points: dots}, {Title: "x"}, {Band: band}}, FormatX: format(), FormatY: format(), Line: ZeroLine},
				Funnel{Series: ss, Points: funnel, SD: first(numbers), Tau2: first(numbers), Limit95: limits, Limit998: limits, Format: format()},
				Funnel{Series: ss, Points: funnel, SD: share(50, 100), Tau2: variance(0), Limit95: limits, Format: format()},
				Caterpillar{Series: ss, Points: caterpillar, Format: format()},
			} {
				all := draw(t, r, Figure{ID: name, Lang: "nb", Plot: p})
				if _, isForest := p.(Forest); len(numbers) == 0 || (name == "all absent" && !isForest) {
					all["wide"].must(t, "Ingen tall å vise")
				}
			}
		})
	}
	for _, p := range []Plot{Dots{}, Bars{}, Lines{}, Forest{}, Quadrant{}, Steps{}, Scatter{}, Funnel{}, Caterpillar{}} {
		for _, d := range draw(t, r, Figure{Plot: p}) {
			d.must(t, "Ingen tall å vise")
		}
	}
}

// first is the first of some numbers, absent when there is none.
func first(numbers []disclose.Number) disclose.Number {
	if len(numbers) == 0 {
		return disclose.Number{}
	}
	return numbers[0]
}

// TestOffTheAxis: what runs off a log axis has an arrow, a bound as its number,
// and an explanation, and does not squeeze the others.
func TestOffTheAxis(t *testing.T) {
	r := renderer(t)
	f := Figure{Lang: "en", Plot: Forest{Format: Ratio, Log: true, Rows: []ForestRow{
		{"separated", "", estimate(1e12, 0, inf, 50)},
		{"also", "", estimate(1e-5, 1e-4, 12345, 50)},
		{"ordinary", "", estimate(1.5, 1.2, 1.9, 50)},
	}}}
	svg, err := r.draw(f, "wide")
	if err != nil {
		t.Fatal(err)
	}
	d := read(t, svg)
	d.must(t, "> 1,000 (0.00–∞)", "< 0.01 (< 0.01 to > 1,000)", "▸ extends beyond the axis", "1.50 (1.20–1.90)")
	if strings.Count(svg, "rotate(90)") != 2 || strings.Count(svg, "rotate(-90)") != 2 {
		t.Error("an interval without ends has not an arrow at each")
	}
}

func TestErrors(t *testing.T) {
	r := renderer(t)
	n := rate(40, 100)
	ss, cs := schemes("nb"), categories([]string{"A"})
	for want, p := range map[string]Plot{
		"it has no plot":                      nil,
		`of category "x"`:                     Dots{Series: ss, Categories: cs, Marks: []Mark{{"x", "intro", n}}},
		`of series "x"`:                       Bars{Series: ss, Categories: cs, Marks: []Mark{{"c0", "x", n}}},
		"two marks are":                       Lines{Series: ss, Categories: cs, Marks: []Mark{{"c0", "intro", n}, {"c0", "intro", n}}},
		"two categories have":                 Dots{Categories: append(cs, cs...)},
		"two series have":                     Steps{Series: append(ss, ss...)},
		`a point is of series "x"`:            Quadrant{Series: ss, Points: []Point{{Series: "x"}}},
		`a point is of series "y"`:            Scatter{Series: ss, Panels: []Panel{{Points: []ScatterPoint{{Series: "y"}}}}},
		`a point is of series "f"`:            Funnel{Series: ss, Points: []FunnelPoint{{Series: "f"}}},
		`a point is of series "c"`:            Caterpillar{Series: ss, Points: []CaterpillarPoint{{Series: "c"}}},
		`a bin is of series "x"`:              Steps{Series: ss, Bins: []Bin{{Series: "x"}}},
		"a bin goes from NaN to 1: a bin":     Steps{Series: ss, Bins: []Bin{{Series: "intro", X0: nan, X1: 1}}},
		"a bin goes from 0 to +Inf: a bin":    Steps{Series: ss, Bins: []Bin{{Series: "intro", X0: 0, X1: inf}}},
		"a bin goes from 2 to 1: a bin needs": Steps{Series: ss, Bins: []Bin{{Series: "intro", X0: 2, X1: 1}}},
	} {
		for _, draw := range []func(Figure) (string, error){r.SVG, r.Inline} {
			if _, err := draw(Figure{ID: "f", Plot: p}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `figure "f"`) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	}
}

// TestEngineFailure: what the drawing program throws is an error, and the next
// figure is drawn.
func TestEngineFailure(t *testing.T) {
	r := renderer(t)
	if _, err := r.call("{", "{}"); err == nil {
		t.Error("no error")
	}
	if _, err := r.call("{}", `{"kind":"pie"}`); err == nil || !strings.Contains(err.Error(), "pie") {
		t.Errorf("%v, want one that names the kind", err)
	}
	if _, err := r.SVG(sampleDots("nb")); err != nil {
		t.Error(err)
	}
}

// TestTooltipWithoutN: a number that the gate shows with n = 0 has no n in
// its tooltip.
func TestTooltipWithoutN(t *testing.T) {
	r := renderer(t)
	n := one(result.Estimate(result.Key{}, result.Number, 2.5, 0))
	svg, err := r.draw(Figure{Lang: "nb", Plot: Dots{Series: []Series{{"s", "S", Focus}}, Categories: []Category{{"c", "C"}}, Marks: []Mark{{"c", "s", n}}, Format: Decimal}}, "wide")
	if err != nil {
		t.Fatal(err)
	}
	read(t, svg).must(t, "S, C: 2,5")
}
