package report

import (
	"bidrag/evaluate/result"
	"bidrag/publish/table"
)

// howToRead tells what an indicator says and what it does not.
func (w *writer) howToRead() {
	w.text(w.say("reading.zero"), w.say("reading.above"), w.say("reading.interval"))
	w.text(w.say("reading.why"))
}

// spreadSentences say how far apart the projects are.
func (w *writer) spreadSentences(variant string) []string {
	points := func(scheme, level string) phrase {
		n := w.spread("contribution", variant, scheme, level)
		if !table.Has(n) {
			return phrase{}
		}
		return phrase{w.locale.Points(n.Value()), true}
	}
	sentences := []string{w.say("spread.lead")}
	for _, s := range w.schemes {
		sentences = append(sentences, w.say("spread.scheme", "scheme", s.name, "median", points(s.key, "p50"), "low", points(s.key, "p10"), "high", points(s.key, "p90")))
	}
	return sentences
}

// spreadTable is table 6.
func (w *writer) spreadTable(variant string) table.Table {
	t := table.Table{ID: "contribution-spread", Title: w.word("spread.table"), Note: join([]string{w.say("spread.note"), w.source()}), Columns: []table.Column{{}}}
	for _, s := range w.schemes {
		t.Columns = append(t.Columns, table.Column{Group: s.label, Label: w.word("column.contribution")}, table.Column{Group: s.label, Label: w.word("column.actual")})
	}
	for _, level := range []string{"p10", "p25", "p50", "p75", "p90"} {
		row := table.Row{Cells: []table.Cell{table.Text(w.word("spread." + level))}}
		for _, s := range w.schemes {
			row.Cells = append(row.Cells, table.Num(w.spread("contribution", variant, s.key, level), table.Format{Kind: table.Points}),
				table.Num(w.spread("actual", variant, s.key, level), wholePercent))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

var classes = []string{"above", "neutral", "below"}

// classTable has the projects above, near and below what is expected, by both
// rules, for each variant.
func (w *writer) classTable() table.Table {
	t := table.Table{
		ID: "contribution-classes", Title: w.word("classes.table"), Note: join([]string{w.say("classes.note", "band", w.band()), w.source()}),
		Columns: []table.Column{{}, {Label: w.word("column.projects")}},
	}
	rules := []string{"projects_by_band", "projects_by_interval"}
	for _, rule := range rules {
		for _, class := range classes {
			t.Columns = append(t.Columns, table.Column{Group: w.word("classes." + rule), Label: w.word("classes." + class)})
		}
	}
	for _, v := range w.study.Contribution.Variants {
		for _, s := range append(w.schemeKeys(), result.All) {
			row := table.Row{Group: capitalize(v.Value.Label.In(w.lang)), Total: s == result.All, Cells: []table.Cell{
				table.Text(w.schemeLabel(s)), table.Num(w.spread("projects", v.Key, s, ""), wholeNumber),
			}}
			for _, rule := range rules {
				for _, class := range classes {
					row.Cells = append(row.Cells, table.Num(w.spread(rule, v.Key, s, class), wholePercent))
				}
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// variantsSentence says what leaving the scheme out of the model changes.
func (w *writer) variantsSentence() string {
	variants := w.study.Contribution.Variants
	if len(variants) < 2 {
		return ""
	}
	return w.say("classes.variants", "first", variants[0].Value.Label.In(w.lang), "second", variants[1].Value.Label.In(w.lang),
		"scheme", w.focus.name, "a", w.percent(w.spread("projects_by_band", variants[0].Key, w.focus.key, "above")),
		"b", w.percent(w.spread("projects_by_band", variants[1].Key, w.focus.key, "above")))
}

// quadrantTable counts the projects in each quadrant.
func (w *writer) quadrantTable() table.Table {
	t := table.Table{ID: "contribution-quadrants", Title: w.word("quadrants.table"), Note: w.source(), Columns: []table.Column{{}}}
	quadrants := []string{"better_above", "better_below", "worse_above", "worse_below"}
	for _, q := range quadrants {
		t.Columns = append(t.Columns, table.Column{Label: w.word("quadrant." + q)})
	}
	for _, v := range w.study.Contribution.Variants {
		for _, s := range append(w.schemeKeys(), result.All) {
			row := table.Row{Group: capitalize(v.Value.Label.In(w.lang)), Total: s == result.All, Cells: []table.Cell{table.Text(w.schemeLabel(s))}}
			for _, q := range quadrants {
				row.Cells = append(row.Cells, table.Num(w.spread("projects_in_quadrant", v.Key, s, q), wholeNumber))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
