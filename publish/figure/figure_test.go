package figure

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKinds draws every kind in both languages: well-formed, with every label
// and number. With FIGURE_DIR set it also leaves the files there, to be looked at.
func TestKinds(t *testing.T) {
	r := renderer(t)
	for _, lang := range []string{"nb", "en"} {
		for _, f := range samples(lang) {
			t.Run(f.ID+"/"+lang, func(t *testing.T) {
				all := draw(t, r, f)
				all["page"].must(t, f.Title, f.Subtitle, f.Alt)
				if label := attribute(all["page"].elements[0], "aria-labelledby"); label != "figure-"+f.ID+"-title figure-"+f.ID+"-desc" {
					t.Errorf("the file is labelled by %q", label)
				}
				if f.Note != "" {
					all["page"].must(t, f.Note)
				}
				for _, d := range all {
					d.must(t, labels(f.Plot)...)
				}
				leave(t, r, f)
			})
		}
	}
}

func leave(t *testing.T, r *Renderer, f Figure) {
	dir := os.Getenv("FIGURE_DIR")
	if dir == "" {
		return
	}
	svg, _ := r.SVG(f)
	inline, _ := r.Inline(f)
	page := "<!DOCTYPE html><meta charset=utf-8><meta name=viewport content='width=device-width'><style>body{margin:10px}" + CSS + "</style>" + inline
	name := filepath.Join(dir, f.ID+"-"+f.Lang)
	if err := os.WriteFile(name+".svg", []byte(svg), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".html", []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
}

// labels are the texts that a plot must show whatever its numbers.
func labels(p Plot) []string {
	var out []string
	series := func(ss []Series) {
		for _, s := range ss {
			out = append(out, s.Label)
		}
	}
	rows := func(cs []Category) {
		for _, c := range cs {
			out = append(out, c.Label)
		}
	}
	switch p := p.(type) {
	case Dots:
		series(p.Series)
		rows(p.Categories)
		out = append(out, p.Axis)
	case Bars:
		series(p.Series)
		rows(p.Categories)
	case Lines:
		series(p.Series)
		rows(p.Categories)
	case Forest:
		for _, r := range p.Rows {
			out = append(out, r.Label, r.Group)
		}
		out = append(out, p.Axis)
	case Quadrant:
		series(p.Series)
		out = append(out, p.AxisX, p.AxisY)
		out = append(out, p.Corners[:]...)
		if p.Faint != "" {
			out = append(out, p.Faint)
		}
	case Scatter:
		for _, s := range p.Series {
			if s.Label != "" {
				out = append(out, s.Label)
			}
		}
		for _, panel := range p.Panels {
			if panel.Title != "" {
				out = append(out, panel.Title)
			}
			out = append(out, panel.Axis)
		}
		out = append(out, p.AxisY)
	case Funnel:
		series(p.Series)
		out = append(out, p.Limit95.Chance, p.Limit95.Spread, p.Limit998.Chance, p.Limit998.Spread, p.Faint, p.AxisX, p.AxisY)
	case Caterpillar:
		series(p.Series)
		out = append(out, p.Classes.Above, p.Classes.As, p.Classes.Below, p.Faint, p.Axis, p.Order)
	case Steps:
		series(p.Series)
		out = append(out, p.Axis)
	}
	return out
}

// TestNumbers draws samples and looks for numbers that stand in them.
func TestNumbers(t *testing.T) {
	r := renderer(t)
	for _, test := range []struct {
		figure Figure
		form   string
		texts  []string
	}{
		{sampleDots("nb"), "wide", []string{"66 %", "52 %", "Alle 42 %", ": vises ikke, av hensyn til personvernet", "Jobbsjansen, Statsløs: 66 % (54–76 %), n = 70"}},
		{sampleDots("en"), "narrow", []string{"66%", "52%", "All 42%", ": not shown, to protect privacy"}},
		{sampleBars("nb"), "wide", []string{"95 %", "99 %", "Introduksjonsprogrammet, Fag i grunnskolen: 33 %, n = 17 896"}},
		{sampleBars("en"), "narrow", []string{"95%", "99%"}},
		{sampleLines("nb"), "wide", []string{"67 %", "44 %", "41 %", "Jobbsjansen, 2017: 67 % (62–71 %), n = 390"}},
		{sampleForest("nb"), "wide", []string{"1,58 (1,38–1,81)", "0,52 (0,48–0,57)", "0,5", "1,5"}},
		{sampleForest("en"), "narrow", []string{"1.58 (1.38–1.81)", "0.52 (0.48–0.57)"}},
		{sampleQuadrant("nb"), "wide", []string{"Snitt 43 %", "+60", "−60", "Fjordvik 33", "n ="}},
		{sampleQuadrant("en"), "wide", []string{"Mean 43%", "+60", "−60", "Fjordvik 33"}},
		{sampleScatter("nb"), "wide", []string{"−10", "+5", "20", "60", "Alder, 18,0: +1,6 (−2,4 til +5,6), n = 480"}},
		{sampleQuantiles("en"), "narrow", []string{"−2", "2"}},
		{sampleSteps("nb"), "wide", []string{"15 %", "Jobbsjansen, 12–15: 14 %, n = 1 420"}},
	} {
		svg, err := r.draw(test.figure, test.form)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(test.figure.ID+"/"+test.figure.Lang, func(t *testing.T) { read(t, svg).must(t, test.texts...) })
	}
}

// TestFormats writes one number in every format and language.
func TestFormats(t *testing.T) {
	r := renderer(t)
	for _, test := range []struct {
		format Format
		x      float64
		nb, en string
	}{
		{Percent, .584, "58\u00a0%", "58%"},
		{Percent, 0, "0\u00a0%", "0%"},
		{Percent, 1, "100\u00a0%", "100%"},
		{Percent, .004, "0\u00a0%", "0%"},
		{Points, .0421, "+4,2", "+4.2"},
		{Points, -.125, "−12,5", "−12.5"},
		{Points, -.0001, "0,0", "0.0"},
		{Points, .0001, "0,0", "0.0"},
		{Ratio, 1.576, "1,58", "1.58"},
		{Ratio, 1e-8, "<\u00a00,01", "<\u00a00.01"},
		{Ratio, 1e12, ">\u00a01\u00a0000", ">\u00a01,000"},
		{Ratio, 0, "0,00", "0.00"},
		{Count, 1420, "1\u00a0420", "1,420"},
		{Count, 28214, "28\u00a0214", "28,214"},
		{Decimal, 33.25, "33,3", "33.3"},
		{Decimal, -1234567.89, "−1\u00a0234\u00a0567,9", "−1,234,567.9"},
		{Decimal, 2e15, "2\u00a0·\u00a010¹⁵", "2\u00a0·\u00a010¹⁵"},
	} {
		for lang, want := range map[string]string{"nb": test.nb, "en": test.en} {
			f := Figure{Lang: lang, Plot: Dots{Series: []Series{{"s", "", Focus}}, Categories: []Category{{"c", ""}}, Format: test.format,
				Marks: []Mark{{"c", "s", estimate(test.x, nan, nan, 100)}}}}
			svg, err := r.draw(f, "narrow")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(svg, ">"+strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(want)+"</text>") {
				t.Errorf("%v of %v in %s: no text %q in\n%s", test.format, test.x, lang, want, svg)
			}
		}
	}
}

// TestDeterministic draws in another order, with other engines side by side.
func TestDeterministic(t *testing.T) {
	r := renderer(t)
	figures := samples("nb")
	want := make([]Drawing, len(figures))
	for i := range figures {
		i = len(figures) - 1 - i
		var err error
		if want[i].Inline, err = r.Inline(figures[i]); err != nil {
			t.Fatal(err)
		}
		if want[i].SVG, err = r.SVG(figures[i]); err != nil {
			t.Fatal(err)
		}
	}
	got, err := DrawAll(figures)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range figures {
		if got[i] != want[i] {
			t.Errorf("%s is drawn in two ways", f.ID)
		}
	}
}

// TestDrawAllErrors: one bad figure does not cost the others.
func TestDrawAllErrors(t *testing.T) {
	got, err := DrawAll([]Figure{{ID: "first"}, sampleLines("nb"), {ID: "third"}})
	if err == nil || !strings.Contains(err.Error(), `figure "first"`) || !strings.Contains(err.Error(), `figure "third"`) {
		t.Errorf("%v, want the errors of the first and the third", err)
	}
	if len(got) != 3 || got[0] != (Drawing{}) || got[1].SVG == "" || got[1].Inline == "" {
		t.Error("the second figure is not drawn, or the first is")
	}
	if got, err := DrawAll(nil); len(got) != 0 || err != nil {
		t.Errorf("no figures: %v, %v", got, err)
	}
}

// TestLanguages draws the same numbers in one language after the other: the
// drawing that is remembered is that of the language.
func TestLanguages(t *testing.T) {
	r := renderer(t)
	f := sampleForest("nb")
	for _, lang := range []string{"nb", "en"} {
		f.Lang = lang
		svg, err := r.SVG(f)
		if err != nil {
			t.Fatal(err)
		}
		read(t, svg).must(t, in(lang, "1,58 (1,38–1,81)", "1.58 (1.38–1.81)"))
	}
}

// TestInline looks at what a page gets: both forms, named for assistive technology.
func TestInline(t *testing.T) {
	inline, err := renderer(t).Inline(sampleDots("nb"))
	if err != nil {
		t.Fatal(err)
	}
	d := read(t, inline)
	var labels int
	for _, e := range d.elements {
		if attribute(e, "id") != "" {
			t.Errorf("%s has an id", e.Name.Local)
		}
		if e.Name.Local == "svg" {
			if attribute(e, "role") != "img" || attribute(e, "aria-label") != sampleDots("nb").Alt || attribute(e, "lang") != "nb" {
				t.Errorf("svg: %v", e.Attr)
			}
			labels++
		}
	}
	if labels != 2 {
		t.Errorf("%d drawings, not 2", labels)
	}
	for _, class := range []string{"figure-plot", "figure-wide", "figure-narrow"} {
		if !strings.Contains(inline, `class="`+class+`"`) || !strings.Contains(CSS, "."+class) {
			t.Errorf("the class %s is not in both the figure and the style sheet", class)
		}
	}
}
