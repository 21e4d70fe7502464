package report

import (
	"math"

	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// contributionByLevel sets actual against expected attainment at the levels of
// the described variables: figures 22, 23 and 25–28 of the report.
func (w *writer) contributionByLevel(variant string) {
	if !w.tells("group_contribution") {
		return
	}
	w.text(w.say("by_level.lead"))
	for _, g := range w.study.Describe.Variables {
		w.levelContribution(variant, g)
	}
	w.caution(w.say("by_level.caution"))
}

func (w *writer) levelContribution(variant string, g study.Grouping) {
	number := func(quantity, scheme, level string) disclose.Number {
		return w.get(result.Key{Quantity: quantity, Kind: variant, Sample: w.contributionSample(), Scheme: scheme, Variable: g.Variable, Level: level})
	}
	plot := figure.Dots{Series: w.series(), Format: figure.Points, Axis: w.word("by_level.axis")}
	data := table.Table{Columns: []table.Column{{Label: w.variable(g.Variable)}, {Label: w.word("by_level.scheme")},
		{Label: w.word("by_level.actual")}, {Label: w.word("by_level.expected")}, {Label: w.word("by_level.difference")}}}
	most, bare, shown, hidden := levelMark{number: disclose.Number{}}, false, false, false
	for _, l := range describe.Levels(w.study, g) {
		plot.Categories = append(plot.Categories, figure.Category{Key: l.Key, Label: l.Label.In(w.lang)})
		for _, s := range w.schemes {
			n := number("group_contribution", s.key, l.Key)
			if n.State() == disclose.Absent {
				continue
			}
			label := l.Label.In(w.lang)
			plot.Marks = append(plot.Marks, figure.Mark{Category: l.Key, Series: s.key, Number: n})
			data.Rows = append(data.Rows, table.Row{Group: label, Cells: []table.Cell{table.Text(label), table.Text(s.label),
				table.Num(number("group_actual", s.key, l.Key), wholePercent), table.Num(number("group_expected", s.key, l.Key), wholePercent),
				table.Num(n, table.Format{Kind: table.Points, Interval: true})}})
			most, bare = most.or(levelMark{s, label, n}), bare || withoutInterval(n)
			shown, hidden = shown || table.Has(n), hidden || !table.Has(n)
		}
	}
	if !shown {
		return
	}
	title := w.say("by_level.nothing", "variable", w.topic(g.Variable))
	switch {
	case hidden && !bare && !most.clear():
		title = w.say("by_level.nothing_shown", "variable", w.topic(g.Variable))
	case bare:
		title = w.say("by_level.plain", "variable", w.topic(g.Variable))
	case most.clear():
		key := "by_level.above"
		if most.number.Value() < 0 {
			key = "by_level.below"
		}
		title = w.say(key, "first", most.scheme.people, "level", w.quote(most.label), "points", w.points(math.Abs(most.number.Value())))
	}
	w.figure(figure.Figure{ID: id("by-level", g.Variable), Title: title, Subtitle: join([]string{w.say("by_level.subtitle", "variable", w.topic(g.Variable)), w.nText(w.get(result.Key{Quantity: "persons", Model: w.study.Contribution.Model}))}),
		Note: w.say("by_level.note"), Alt: w.word("by_level.alt", "title", title), Plot: plot}, data)
}

// withoutInterval tells whether a number is shown of which it is not known how far
// chance goes, as that of rounded counts.
func withoutInterval(n disclose.Number) bool {
	low, _ := n.Interval()
	return table.Has(n) && math.IsNaN(low)
}

// A levelMark is the number of a scheme at a level.
type levelMark struct {
	scheme scheme
	label  string
	number disclose.Number
}

// clear tells whether the interval leaves out zero.
func (m levelMark) clear() bool {
	low, high := m.number.Interval()
	return table.Has(m.number) && (low > 0 || high < 0)
}

// or is the clear one of two, and of two clear ones that which is farther from zero.
func (m levelMark) or(other levelMark) levelMark {
	if other.clear() && (!m.clear() || math.Abs(other.number.Value()) > math.Abs(m.number.Value())) {
		return other
	}
	return m
}
