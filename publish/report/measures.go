package report

import (
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
