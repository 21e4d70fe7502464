package report

import (
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// description tells who the participants are and how often they attain the goal.
func (w *writer) description() {
	w.begin("description", w.word("description.title"))
	w.text(w.say("description.lead"), w.describedSentence(), w.twoOfSeveral())
	w.section("attainment", w.word("attainment.title"))
	w.attainmentOverall()
	w.attainmentByYear()
	w.endSection()
	for _, g := range w.study.Describe.Variables {
		w.section(id("by", g.Variable), w.variable(g.Variable))
		w.described(g)
		w.endSection()
	}
	w.section("means", w.word("means.title"))
	w.means()
	w.endSection()
	w.section("measures", w.word("measures.title"))
	w.measures()
	w.endSection()
	w.end()
}

// describedSentence says which persons the chapter describes.
func (w *writer) describedSentence() string {
	if w.sample == "gross" {
		return ""
	}
	n := w.persons(w.sample, result.All)
	if w.sample == "complete" {
		return w.say("description.complete", "n", w.count(n))
	}
	s, _ := w.study.Samples.Get(w.sample)
	return w.say("description.sample", "n", w.count(n), "sample", s.Label.In(w.lang))
}

// nText is the number of persons behind a figure, for its subtitle.
func (w *writer) nText(numbers ...disclose.Number) string {
	n := 0
	for _, number := range numbers {
		if !table.Has(number) {
			return ""
		}
		n += number.N()
	}
	return w.word("n", "n", w.locale.Count(float64(n)))
}

// sampleNote says who is left out of a figure of the description.
func (w *writer) sampleNote() string {
	if w.sample == "gross" {
		return ""
	}
	gross, n := w.persons("gross", result.All), w.persons(w.sample, result.All)
	if !table.Has(gross) || !table.Has(n) || gross.Value() == n.Value() {
		return ""
	}
	// What is left out is a count of persons too, and may be one too small to tell.
	out := int(gross.Value() - n.Value())
	if out < w.numbers.Rules().Threshold {
		return ""
	}
	key := "note.outside"
	if w.sample == "complete" {
		key = "note.left_out"
	}
	return w.say(key, "n", w.locale.Count(float64(out)), "gross", w.count(gross))
}

// attainmentOverall is figure 2: the schemes' attainment, and what kind.
func (w *writer) attainmentOverall() {
	categories := []figure.Category{{Key: "all", Label: w.word("attained.label")}}
	kinds, _ := w.study.Codebook.Variables.Get(w.study.Describe.Kinds)
	for _, l := range kinds.Levels {
		categories = append(categories, figure.Category{Key: "kind-" + l.Key, Label: l.Value.In(w.lang)})
	}
	number := func(category int, s scheme) disclose.Number {
		key := result.Key{Quantity: "attainment", Sample: w.sample, Scheme: s.key}
		if category > 0 {
			key.Kind = kinds.Levels[category-1].Key
		}
		return w.get(key)
	}
	focus, reference := number(0, w.focus), number(0, w.reference)
	title := w.say("attainment.figure", "first", w.focus.people, "second", w.reference.people,
		"focus", w.percent(focus), "reference", w.percent(reference))
	if title == "" {
		title = w.say("finding.nothing", "topic", w.word("topic.scheme"))
	}
	var all []disclose.Number
	for _, s := range w.schemes {
		all = append(all, number(0, s))
	}
	g := grid{categories: categories, number: number}
	f := figure.Figure{
		ID: "attainment", Title: title,
		Subtitle: join([]string{w.say("attainment.subtitle", "verb", w.verb()), w.word("interval.percent"), w.nText(all...)}),
		Note:     w.sampleNote(), Alt: w.alt("alt.dots", title, g),
		Plot: figure.Dots{Series: w.series(), Categories: categories, Marks: w.marks(g), Format: figure.Percent, Zero: true},
	}
	w.figure(f, w.rateTable("", g))
}

// A grid is numbers by category and scheme.
type grid struct {
	categories []figure.Category
	number     func(category int, s scheme) disclose.Number
}

func (w *writer) marks(g grid) []figure.Mark {
	var out []figure.Mark
	for i, c := range g.categories {
		for _, s := range w.schemes {
			if n := g.number(i, s); n.State() != disclose.Absent {
				out = append(out, figure.Mark{Category: c.Key, Series: s.key, Number: n})
			}
		}
	}
	return out
}

// pairs are the focus and the reference scheme at every category.
func (w *writer) pairs(g grid) []pair {
	out := make([]pair, len(g.categories))
	for i, c := range g.categories {
		out[i] = pair{c.Label, g.number(i, w.focus), g.number(i, w.reference)}
	}
	return out
}

// rateTable shows rates with their interval and the persons they rest on.
func (w *writer) rateTable(first string, g grid) table.Table {
	t := table.Table{Columns: []table.Column{{Label: first}}}
	for _, s := range w.schemes {
		t.Columns = append(t.Columns, table.Column{Group: s.label, Label: w.word("column.attained")}, table.Column{Group: s.label, Label: w.word("column.n")})
	}
	for i, c := range g.categories {
		row := table.Row{Cells: []table.Cell{table.Text(c.Label)}}
		for _, s := range w.schemes {
			n := g.number(i, s)
			row.Cells = append(row.Cells, table.Num(n, withInterval), table.Num(n, base))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// shareTable shows shares that add up to all of a scheme, and how many that is.
func (w *writer) shareTable(first string, g grid, total bool) table.Table {
	t := table.Table{Columns: []table.Column{{Label: first}}}
	for _, s := range w.schemes {
		t.Columns = append(t.Columns, table.Column{Label: s.label})
	}
	for i, c := range g.categories {
		row := table.Row{Cells: []table.Cell{table.Text(c.Label)}}
		for _, s := range w.schemes {
			row.Cells = append(row.Cells, table.Num(g.number(i, s), wholePercent))
		}
		t.Rows = append(t.Rows, row)
	}
	if total {
		row := table.Row{Total: true, Cells: []table.Cell{table.Text(w.word("row.persons"))}}
		for _, s := range w.schemes {
			row.Cells = append(row.Cells, table.Num(g.first(s), base))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// first is a number of the scheme that is shown: its N is that of all of them.
func (g grid) first(s scheme) disclose.Number {
	for i := range g.categories {
		if n := g.number(i, s); table.Has(n) {
			return n
		}
	}
	return disclose.Number{}
}

// alt tells in words what a figure shows: its kind, and up to twelve categories
// with their numbers.
func (w *writer) alt(kind, title string, g grid) string {
	text := w.word(kind, "title", title)
	if len(g.categories) > 12 {
		return text + " " + w.word("alt.see_table")
	}
	for i, c := range g.categories {
		var values []string
		for _, s := range w.schemes {
			if n := g.number(i, s); table.Has(n) {
				values = append(values, s.label+" "+w.locale.Percent(n.Value(), 0))
			}
		}
		if len(values) > 0 {
			text += " " + c.Label + ": " + strings.Join(values, ", ") + "."
		}
	}
	return text
}

// attainmentByYear is table 1 and its figure, when the study has years.
func (w *writer) attainmentByYear() {
	years := w.study.Period.Years()
	if len(years) == 0 {
		return
	}
	categories := make([]figure.Category, len(years))
	for i, y := range years {
		categories[i] = figure.Category{Key: strconv.Itoa(y), Label: strconv.Itoa(y)}
	}
	g := grid{categories, func(i int, s scheme) disclose.Number {
		return w.get(result.Key{Quantity: "attainment", Sample: w.sample, Scheme: s.key, Year: categories[i].Key})
	}}
	title := w.finding(w.pairs(g), "year", w.word("topic.year"))
	w.figure(figure.Figure{
		ID: "attainment-year", Title: title,
		Subtitle: join([]string{w.say("by_year.subtitle", "verb", w.verb()), w.word("interval.percent")}),
		Note:     join([]string{w.clearNote(w.pairs(g)), w.sampleNote()}), Alt: w.alt("alt.lines", title, g),
		Plot: figure.Lines{Series: w.series(), Categories: categories, Marks: w.marks(g), Format: figure.Percent, Zero: true},
	}, w.rateTable(w.word("column.year"), g))
	w.table(w.yearTable("attainment-kinds", w.sample))
}

// clearNote explains the word when the title says that a difference is clear.
func (w *writer) clearNote(pairs []pair) string {
	c := compare(pairs)
	n := len(c.focusAhead) + len(c.referenceAhead)
	if len(c.pairs) == 0 || n == len(c.pairs) && (len(c.focusAhead) == 0 || len(c.referenceAhead) == 0) {
		return ""
	}
	return w.say("note.clear")
}

// yearTable is table 1: attainment in all and by kind, for each scheme and year.
func (w *writer) yearTable(name, sample string) table.Table {
	t := table.Table{ID: name, Note: w.source(), Columns: []table.Column{{}}}
	t.Title = w.word("by_year.table", "sample", w.casing.inside(w.word("sample."+sampleWord(sample))))
	years := []string{}
	for _, y := range w.study.Period.Years() {
		years = append(years, strconv.Itoa(y))
		t.Columns = append(t.Columns, table.Column{Label: strconv.Itoa(y)})
	}
	t.Columns = append(t.Columns, table.Column{Label: w.word("all_years")})
	kinds, _ := w.study.Codebook.Variables.Get(w.study.Describe.Kinds)
	for _, s := range w.schemes {
		row := func(label, kind string, f table.Format) {
			r := table.Row{Group: s.label, Total: kind == "", Cells: []table.Cell{table.Text(label)}}
			for _, year := range append(years, "") {
				r.Cells = append(r.Cells, table.Num(w.get(result.Key{Quantity: "attainment", Kind: kind, Sample: sample, Scheme: s.key, Year: year}), f))
			}
			t.Rows = append(t.Rows, r)
		}
		for _, l := range kinds.Levels {
			row(l.Value.In(w.lang), l.Key, wholePercent)
		}
		row(w.word("attained.label"), "", wholePercent)
		row(w.word("row.persons"), "", base)
		t.Rows[len(t.Rows)-1].Total = false
	}
	return t
}

// sampleWord is the last part of the key of a sample's name in a title.
func sampleWord(sample string) string {
	switch sample {
	case "gross", "complete", "incomplete":
		return sample
	}
	return "other"
}

// described is one variable: composition or distribution, and attainment.
func (w *writer) described(g study.Grouping) {
	var categories []figure.Category
	for _, l := range describe.Levels(w.study, g) {
		categories = append(categories, figure.Category{Key: l.Key, Label: l.Label.In(w.lang)})
	}
	number := func(quantity string) func(int, scheme) disclose.Number {
		return func(i int, s scheme) disclose.Number {
			return w.get(result.Key{Quantity: quantity, Sample: w.sample, Scheme: s.key, Variable: g.Variable, Level: categories[i].Key})
		}
	}
	w.distribution(g.Variable)
	if g.Quantiles == 0 { // quantile groups are equally large by construction
		w.composition(g.Variable, grid{categories, number("share")})
	}
	w.attainmentBy(g, grid{categories, number("attainment")}, grid{categories, number("share")})
}

func (w *writer) composition(variable string, g grid) {
	topic := w.topic(variable)
	title := w.contrast(w.quoted(w.pairs(g)), "contrast.level", topic)
	w.figure(figure.Figure{
		ID: id("composition", variable), Title: title,
		Subtitle: join([]string{w.say("composition.subtitle", "variable", topic), w.nText(w.firsts(g)...)}),
		Note:     w.sampleNote(), Alt: w.alt("alt.bars", title, g),
		Plot: figure.Bars{Series: w.series(), Categories: g.categories, Marks: w.marks(g), Format: figure.Percent},
	}, w.shareTable(w.variable(variable), g, true))
}

func (w *writer) firsts(g grid) []disclose.Number {
	var out []disclose.Number
	for _, s := range w.schemes {
		out = append(out, g.first(s))
	}
	return out
}

// quoted writes the labels of pairs as they stand in a sentence.
func (w *writer) quoted(pairs []pair) []pair {
	for i := range pairs {
		pairs[i].label = w.quote(pairs[i].label)
	}
	return pairs
}

func (w *writer) attainmentBy(of study.Grouping, g, shares grid) {
	topic := w.topic(of.Variable)
	pairs := w.quoted(w.pairs(g))
	title := w.finding(pairs, "group", topic)
	notes := []string{w.clearNote(pairs), w.sampleNote()}
	w.text(w.extremesSentence(pairs))
	if of.Quantiles > 0 {
		notes = append([]string{w.say("note.quantiles")}, notes...)
	}
	w.figure(figure.Figure{
		ID: id("attainment", of.Variable), Title: title,
		Subtitle: join([]string{w.say("attainment_by.subtitle", "verb", w.verb(), "variable", topic), w.word("interval.percent"), w.nText(w.firsts(shares)...)}),
		Note:     join(notes), Alt: w.alt("alt.dots", title, g),
		Plot: figure.Dots{Series: w.series(), Categories: g.categories, Marks: w.marks(g), Format: figure.Percent, Zero: true},
	}, w.rateTable(w.variable(of.Variable), g))
}

// extremesSentence says at which levels the schemes are farthest apart and
// closest, when they are clearly apart somewhere.
func (w *writer) extremesSentence(pairs []pair) string {
	c := compare(pairs)
	if len(c.pairs) < 3 || len(c.focusAhead)+len(c.referenceAhead) == 0 {
		return ""
	}
	wide, narrow := widest(append(slices.Clone(c.focusAhead), c.referenceAhead...)), narrowest(c.pairs)
	return w.say("extremes", "wide", wide.label, "wide_focus", w.percent(wide.focus), "wide_reference", w.percent(wide.reference),
		"narrow", narrow.label, "narrow_focus", w.percent(narrow.focus), "narrow_reference", w.percent(narrow.reference),
		"first", w.focus.people, "second", w.reference.people)
}
