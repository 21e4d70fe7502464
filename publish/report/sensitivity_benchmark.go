package report

import (
	"slices"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// A yardstick is a variable, or a group of them, that what is not observed is
// measured by, for one scheme.
type yardstick struct {
	label, topic                      string // as a heading, and inside a sentence
	withScheme, withOutcome           disclose.Number
	neededForEstimate, neededForLimit disclose.Number
	variable                          string
}

// benchmarkOf is a number of the benchmark.
func (w *writer) benchmarkOf(quantity, kind, scheme, variable, level string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Kind: kind, Model: w.study.Sensitivity.Benchmark.Model, Scheme: scheme, Variable: variable, Level: level})
}

// yardsticks are those of a scheme that have numbers, in the study's order.
func (w *writer) yardsticks(scheme string) []yardstick {
	b := w.study.Sensitivity.Benchmark
	m, _ := w.study.Models.Get(b.Model)
	var out []yardstick
	for _, v := range b.Variables {
		y := yardstick{label: w.variable(v), topic: w.topic(v), variable: v}
		if g, ok := m.Groups.Get(v); ok && !slices.Contains(w.study.ColumnNames(), v) {
			y.label, y.topic = g.Label.In(w.lang), w.casing.inside(g.Label.In(w.lang))
		}
		y.withScheme, y.withOutcome = w.benchmarkOf("benchmark_strength", "scheme", scheme, v, ""), w.benchmarkOf("benchmark_strength", "outcome", scheme, v, "")
		y.neededForEstimate, y.neededForLimit = w.benchmarkOf("benchmark_needed", "estimate", scheme, v, ""), w.benchmarkOf("benchmark_needed", "interval", scheme, v, "")
		if table.Has(y.withScheme) && table.Has(y.withOutcome) {
			out = append(out, y)
		}
	}
	return out
}

// benchmark measures what is not observed by variables that are.
func (w *writer) benchmark() {
	sticks := w.yardsticks(w.focus.key)
	difference := w.benchmarkOf("linear_difference", "", w.focus.key, "", "")
	if len(sticks) == 0 || !table.Has(difference) {
		return
	}
	m, _ := w.study.Models.Get(w.study.Sensitivity.Benchmark.Model)
	w.text(w.say("sensitivity.benchmark_lead", "model", w.casing.inside(m.Label.In(w.lang))), w.neededSentence(sticks), w.rangeSentence("sensitivity.range", sticks), w.severeSentence(sticks))
	w.text(w.robustnessSentence())
	w.benchmarkFigure(sticks, difference)
	w.table(w.benchmarkTable())
}

// mostTimes is the multiple above which it is only said that it is more.
const mostTimes = 50

// timesText writes how many times as strong something must be.
func (w *writer) timesText(k float64) string {
	switch {
	case k > mostTimes:
		return w.word("sensitivity.over", "k", w.locale.Count(mostTimes))
	case k < 0.1:
		return w.word("sensitivity.under", "k", w.locale.Decimal(0.1, 1))
	}
	return w.locale.Decimal(k, 1)
}

// neededSentence tells how strong something must be by the first yardstick.
func (w *writer) neededSentence(sticks []yardstick) string {
	y := sticks[0]
	if !table.Has(y.neededForEstimate) || !table.Has(y.neededForLimit) {
		return w.say("sensitivity.needed_none", "variable", y.topic)
	}
	k, limit := w.timesText(y.neededForEstimate.Value()), w.timesText(y.neededForLimit.Value())
	if y.neededForLimit.Value() == 0 {
		return w.say("sensitivity.needed_unclear", "variable", y.topic, "k", k)
	}
	return w.say("sensitivity.needed", "variable", y.topic, "k", k, "limit", limit)
}

// rangeSentence tells the smallest and the largest multiple by the other yardsticks,
// in the sentence of a key.
func (w *writer) rangeSentence(key string, sticks []yardstick) string {
	var rest []yardstick
	for _, y := range sticks[1:] {
		if table.Has(y.neededForEstimate) {
			rest = append(rest, y)
		}
	}
	if len(rest) < 2 {
		return ""
	}
	least, most := rest[0], rest[0]
	for _, y := range rest[1:] {
		if y.neededForEstimate.Value() < least.neededForEstimate.Value() {
			least = y
		}
		if y.neededForEstimate.Value() > most.neededForEstimate.Value() {
			most = y
		}
	}
	return w.say(key, "least", least.topic, "low", w.timesText(least.neededForEstimate.Value()), "most", most.topic, "high", w.timesText(most.neededForEstimate.Value()))
}

// severe is the share of the scheme from which a yardstick is a severe one.
const severe = 0.25

// severeSentence warns of yardsticks that nearly tell the schemes apart.
func (w *writer) severeSentence(sticks []yardstick) string {
	var names []string
	for _, y := range sticks {
		if y.withScheme.Value() >= severe {
			names = append(names, w.word("sensitivity.severe_item", "variable", y.topic, "share", w.percentText(y.withScheme.Value())))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return w.say("sensitivity.severe", "list", w.enumerate(names))
}

// shareText writes a small share with a decimal.
func (w *writer) shareText(share float64) string {
	if share > 0 && share < 0.0005 {
		return w.word("sensitivity.under_share", "n", w.locale.Decimal(0.1, 1))
	}
	return w.word("percent", "n", w.locale.Decimal(share*100, 1))
}

// robustnessSentence tells how much something must account for without a yardstick.
func (w *writer) robustnessSentence() string {
	value, limit := w.benchmarkOf("robustness_value", "", w.focus.key, "", ""), w.benchmarkOf("robustness_value_limit", "", w.focus.key, "", "")
	switch {
	case !table.Has(value) || !table.Has(limit):
		return ""
	case limit.Value() == 0:
		return w.say("sensitivity.robustness_unclear", "share", w.shareText(value.Value()))
	}
	return w.say("sensitivity.robustness", "share", w.shareText(value.Value()), "limit", w.shareText(limit.Value()))
}

// benchmarkFigure shows the difference with something in the model that is so many
// times as strong as each yardstick.
func (w *writer) benchmarkFigure(sticks []yardstick, difference disclose.Number) {
	points := difference.Unit() == result.Points
	plot := figure.Forest{Format: figure.Points, Axis: w.word("effects.axis")}
	format := table.Format{Kind: table.Points, Interval: true}
	if !points {
		plot.Format, plot.Axis, format = figure.Decimal, w.word("sensitivity.difference"), table.Format{Decimals: 2, Interval: true}
	}
	data := table.Table{Columns: []table.Column{{Label: w.word("sensitivity.strength")}, {Label: plot.Axis}}}
	add := func(label, group string, n disclose.Number) {
		if n.State() != disclose.Absent {
			plot.Rows = append(plot.Rows, figure.ForestRow{Label: label, Group: group, Number: n})
			data.Rows = append(data.Rows, table.Row{Group: group, Cells: []table.Cell{table.Text(label), table.Num(n, format)}})
		}
	}
	add(w.word("sensitivity.nothing"), w.word("sensitivity.as_it_is"), difference)
	for _, y := range sticks {
		for _, k := range w.study.Sensitivity.Benchmark.Times {
			label := w.word("sensitivity.times_one")
			if k != 1 {
				label = w.word("sensitivity.times", "k", w.trim(k))
			}
			add(label, y.label, w.benchmarkOf("benchmark_difference", "", w.focus.key, y.variable, strconv.FormatFloat(k, 'g', -1, 64)))
		}
	}
	title := w.benchmarkTitle(sticks[0])
	w.figure(figure.Figure{ID: "benchmark", Title: title, Subtitle: join([]string{w.say("sensitivity.figure_subtitle", "first", w.focus.people, "second", w.reference.people), w.nText(w.get(result.Key{Quantity: "persons", Model: w.study.Sensitivity.Benchmark.Model}))}),
		Note: w.say("sensitivity.figure_note"), Alt: w.word("sensitivity.figure_alt", "title", title), Plot: plot}, data)
}

// benchmarkTitle is the finding by the first yardstick.
func (w *writer) benchmarkTitle(y yardstick) string {
	if !table.Has(y.neededForEstimate) || !table.Has(y.neededForLimit) {
		return w.word("sensitivity.figure_plain")
	}
	if y.neededForLimit.Value() == 0 {
		return w.say("sensitivity.figure_unclear", "variable", y.topic, "k", w.timesText(y.neededForEstimate.Value()))
	}
	return w.say("sensitivity.figure_title", "variable", y.topic, "k", w.timesText(y.neededForEstimate.Value()))
}

// benchmarkTable has every yardstick's strength and the multiples.
func (w *writer) benchmarkTable() table.Table {
	goes, needed := w.word("sensitivity.goes_with"), w.word("sensitivity.times_needed")
	t := table.Table{ID: "benchmark-needed", Title: w.word("sensitivity.benchmark_table"), Note: join([]string{w.say("sensitivity.benchmark_note"), w.source()}), Columns: []table.Column{
		{Label: w.word("column.variable")}, {Label: w.word("column.scheme"), Group: goes}, {Label: w.word("sensitivity.outcome"), Group: goes},
		{Label: w.word("sensitivity.estimate_gone"), Group: needed}, {Label: w.word("sensitivity.interval_gone"), Group: needed},
	}}
	share, times := table.Format{Kind: table.Percent, Decimals: 1}, table.Format{Decimals: 1}
	for _, s := range w.compared() {
		for _, y := range w.yardsticks(s.key) {
			t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(w.ofScheme(y.label, s)), table.Num(y.withScheme, share), table.Num(y.withOutcome, share),
				table.Num(y.neededForEstimate, times), table.Num(y.neededForLimit, times)}})
		}
	}
	return t
}
