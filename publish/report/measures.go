package report

import (
	"math"

	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// measures is figure 19: who received which measure, and attainment with and
// without it.
func (w *writer) measures() {
	names := w.study.Describe.Measures
	if len(names) == 0 {
		return
	}
	categories := make([]figure.Category, len(names))
	for i, name := range names {
		categories[i] = figure.Category{Key: name, Label: w.variable(name)}
	}
	number := func(quantity, level string) func(int, scheme) disclose.Number {
		return func(i int, s scheme) disclose.Number {
			return w.get(result.Key{Quantity: quantity, Sample: w.sample, Scheme: s.key, Variable: names[i], Level: level})
		}
	}
	g := grid{categories, number("share", "1")}
	title := w.contrast(w.quoted(w.pairs(g)), "contrast.measure", w.word("topic.measures"))
	w.figure(figure.Figure{
		ID: "measures", Title: title,
		Subtitle: join([]string{w.say("measures.subtitle"), w.nText(w.firsts(g)...)}),
		Note:     w.sampleNote(), Alt: w.alt("alt.bars", title, g),
		Plot: figure.Bars{Series: w.series(), Categories: categories, Marks: w.marks(g), Format: figure.Percent},
	}, w.shareTable(w.word("column.measure"), g, true))
	w.caution(w.say("measures.caution"))
	w.table(w.measuresTable(categories, number("attainment", "1"), number("attainment", "0")))
	for _, by := range w.study.Describe.MeasuresBy {
		w.measuresBy(by)
	}
	for _, pair := range w.study.Describe.Crossed {
		w.crossed(pair)
	}
}

// measuresBy is who received which measure at each level of a variable, and how
// much more often those who did attained the goal.
func (w *writer) measuresBy(by string) {
	levels := describe.Levels(w.study, describe.GroupingOf(w.study, by))
	sentence := w.widestMeasure(by, levels)
	if sentence != "" && w.tells("measure_difference") {
		sentence = join([]string{sentence, w.say("measures_by.see")})
	}
	w.text(sentence)
	for _, s := range w.schemes {
		w.table(w.measureShares(by, levels, s))
	}
}

// measureDetails is, for the appendix, the attainment of those who received each
// measure less that of those who did not, at each level of the variables by which
// the measures are looked at.
func (w *writer) measureDetails() {
	for _, by := range w.study.Describe.MeasuresBy {
		levels := describe.Levels(w.study, describe.GroupingOf(w.study, by))
		for _, s := range w.schemes {
			w.table(w.measureDifferences(by, levels, s))
		}
	}
}

// measureAt is a number of a measure in a scheme at a level of a variable.
func (w *writer) measureAt(quantity, measure, received, by string, l describe.Level, s scheme) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Sample: w.sample, Scheme: s.key, Variable: measure, Level: received, By: by, ByLevel: l.Key})
}

// widestMeasure tells of the measure and the level where the schemes differ most.
func (w *writer) widestMeasure(by string, levels []describe.Level) string {
	var best pair
	var measure string
	for _, name := range w.study.Describe.Measures {
		for _, l := range levels {
			p := pair{w.quote(l.Label.In(w.lang)), w.measureAt("share", name, "1", by, l, w.focus), w.measureAt("share", name, "1", by, l, w.reference)}
			if p.comparable() && (measure == "" || math.Abs(p.ahead()) > math.Abs(best.ahead())) {
				best, measure = p, name
			}
		}
	}
	if measure == "" {
		return ""
	}
	return w.say("measures_by.widest", "variable", w.topic(by), "measure", w.quote(w.variable(measure)), "level", best.label,
		"focus", w.percent(best.focus), "reference", w.percent(best.reference), "first", w.focus.people, "second", w.reference.people)
}

// measureShares is, in one scheme, who received each measure at each level.
func (w *writer) measureShares(by string, levels []describe.Level, s scheme) table.Table {
	t := table.Table{ID: id("measures-by", by, s.key), Title: w.word("measures_by.table", "scheme", s.name, "variable", w.topic(by)),
		Note: join([]string{w.sampleNote(), w.source()}), Columns: []table.Column{{Label: w.word("column.measure")}}}
	for _, l := range levels {
		t.Columns = append(t.Columns, table.Column{Label: l.Label.In(w.lang)})
	}
	persons := table.Row{Total: true, Cells: []table.Cell{table.Text(w.word("row.persons"))}}
	for k, measure := range w.study.Describe.Measures {
		row := table.Row{Cells: []table.Cell{table.Text(w.variable(measure))}}
		for _, l := range levels {
			n := w.measureAt("share", measure, "1", by, l, s)
			row.Cells = append(row.Cells, table.Num(n, wholePercent))
			if k == 0 {
				persons.Cells = append(persons.Cells, table.Num(n, base))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) > 0 {
		t.Rows = append(t.Rows, persons)
	}
	return t
}

// measureDifferences is, in one scheme, the attainment of those who received each
// measure less that of those who did not, at each level of a variable.
func (w *writer) measureDifferences(by string, levels []describe.Level, s scheme) table.Table {
	t := table.Table{ID: id("measure-differences", by, s.key), Title: w.word("measures_by.differences", "scheme", s.name, "variable", w.topic(by)),
		Note: join([]string{w.say("measures_by.note"), w.source()}), Columns: []table.Column{{Label: w.word("column.measure")}}}
	for _, l := range levels {
		t.Columns = append(t.Columns, table.Column{Label: l.Label.In(w.lang)})
	}
	for _, measure := range w.study.Describe.Measures {
		row := table.Row{Cells: []table.Cell{table.Text(w.variable(measure))}}
		for _, l := range levels {
			n := w.measureAt("measure_difference", measure, "", by, l, s)
			row.Cells = append(row.Cells, table.Num(n, table.Format{Kind: table.Points, Interval: true}))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// crossed is how two 0/1 variables go together.
func (w *writer) crossed(pair []string) {
	if len(pair) != 2 {
		return
	}
	count := func(a, b string) []disclose.Number {
		return w.byScheme(result.Key{Quantity: "persons", Sample: w.sample, Variable: pair[0], Level: a, By: pair[1], ByLevel: b})
	}
	overlap := w.byScheme(result.Key{Quantity: "overlap", Sample: w.sample, Variable: pair[0], By: pair[1]})
	if !anyNumber(overlap) {
		return
	}
	first, second := w.topic(pair[0]), w.topic(pair[1])
	t := table.Table{ID: id("crossed", pair[0], pair[1]), Title: w.word("crossed.table", "first", first, "second", second),
		Note: join([]string{w.sampleNote(), w.source()}), Columns: []table.Column{{}}}
	for _, label := range append(w.schemeLabels(), w.word("all")) {
		t.Columns = append(t.Columns, table.Column{Label: label})
	}
	add := func(label string, numbers []disclose.Number, f table.Format, total bool) {
		row := numberRow(label, numbers, f, len(t.Columns))
		row.Total = total
		t.Rows = append(t.Rows, row)
	}
	add(w.word("crossed.both"), count("1", "1"), wholeNumber, false)
	add(w.word("crossed.only", "which", first), count("1", "0"), wholeNumber, false)
	add(w.word("crossed.only", "which", second), count("0", "1"), wholeNumber, false)
	add(w.word("crossed.neither"), count("0", "0"), wholeNumber, false)
	add(w.word("crossed.overlap"), overlap, wholePercent, true)
	w.text(w.say("crossed.sentence", "first", first, "second", second, "share", w.percent(overlap[len(overlap)-1])))
	w.table(t)
}

// measuresTable is attainment with and without each measure.
func (w *writer) measuresTable(categories []figure.Category, with, without func(int, scheme) disclose.Number) table.Table {
	t := table.Table{
		ID: "attainment-measures", Title: w.word("measures.table"), Note: join([]string{w.sampleNote(), w.source()}),
		Columns: []table.Column{{Label: w.word("column.measure")}},
	}
	for _, s := range w.schemes {
		t.Columns = append(t.Columns, table.Column{Group: s.label, Label: w.word("column.with")}, table.Column{Group: s.label, Label: w.word("column.without")})
	}
	for i, c := range categories {
		row := table.Row{Cells: []table.Cell{table.Text(c.Label)}}
		for _, s := range w.schemes {
			row.Cells = append(row.Cells, table.Num(with(i, s), withInterval), table.Num(without(i, s), withInterval))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
