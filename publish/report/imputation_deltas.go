package report

import (
	"slices"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// A deltaSeries is what follows from each delta of a variable, smallest first.
type deltaSeries struct {
	variable string
	model    string
	numbers  []disclose.Number
	at       []float64
	tipping  disclose.Number
}

// deltaSeriesOf are the schemes' differences by delta.
func (w *writer) deltaSeriesOf() []deltaSeries {
	var out []deltaSeries
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		delta, err := strconv.ParseFloat(k.Level, 64)
		if k.Quantity != "imputed_delta_treated_difference" || k.Scheme != w.focus.key || n.Unit() != result.Points || err != nil || !table.Has(n) || !w.kind(k.Model).attainment {
			continue
		}
		i := slices.IndexFunc(out, func(d deltaSeries) bool { return d.variable == k.Variable })
		if i < 0 {
			i = len(out)
			tipping := w.get(result.Key{Quantity: "imputed_delta_tipping", Model: k.Model, Scheme: k.Scheme, Variable: k.Variable})
			out = append(out, deltaSeries{variable: k.Variable, model: k.Model, tipping: tipping})
		}
		out[i].numbers, out[i].at = append(out[i].numbers, n), append(out[i].at, delta)
	}
	return out
}

// zero is the number without a delta.
func (d deltaSeries) zero() disclose.Number {
	if i := slices.Index(d.at, 0); i >= 0 {
		return d.numbers[i]
	}
	return disclose.Number{}
}

// tips tells whether some delta says something else of the sign than none.
func (d deltaSeries) tips() bool {
	return slices.ContainsFunc(d.numbers, func(n disclose.Number) bool { return sign(n) != sign(d.zero()) })
}

// imputedDeltas is the section on what follows if those who lack a variable are
// different from those who are like them in everything else.
func (w *writer) imputedDeltas() {
	series := slices.DeleteFunc(w.deltaSeriesOf(), func(d deltaSeries) bool { return !table.Has(d.zero()) || len(d.at) < 2 })
	if len(series) == 0 {
		return
	}
	w.section("imputation-deltas", w.word("deltas.title"))
	m, _ := w.study.Models.Get(series[0].model)
	w.text(w.say("deltas.lead"), w.say("deltas.model", "model", w.quote(m.Label.In(w.lang))))
	plot := figure.Forest{Format: figure.Points, Axis: w.word("imputation.axis")}
	data := table.Table{Columns: []table.Column{{Label: w.word("deltas.column.delta")}, {Label: w.word("imputation.axis")}}}
	var sentences []string
	tips := false
	for _, d := range series {
		group := w.deltaGroup(d.variable)
		for i, n := range d.numbers {
			label := w.deltaLabel(d.at[i])
			plot.Rows = append(plot.Rows, figure.ForestRow{Label: label, Group: group, Number: n})
			data.Rows = append(data.Rows, table.Row{Group: group, Cells: []table.Cell{table.Text(label), table.Num(n, table.Format{Kind: table.Points, Interval: true})}})
		}
		tips = tips || d.tips()
		sentences = append(sentences, w.deltaSentence(d))
	}
	title := w.say("deltas.holds")
	switch {
	case tips:
		title = w.say("deltas.tips")
	case sign(series[0].zero()) == 0:
		title = w.say("deltas.unclear")
	}
	w.figure(figure.Figure{
		ID: "imputation-deltas", Title: title, Subtitle: join([]string{w.say("imputation.forest.subtitle", "first", w.focus.people, "second", w.reference.people), w.nText(series[0].zero())}),
		Note: w.say("deltas.note"), Alt: w.word("deltas.alt", "title", title), Plot: plot,
	}, data)
	w.text(sentences...)
	w.endSection()
}

// deltaGroup is what something is added to, with its unit.
func (w *writer) deltaGroup(variable string) string {
	v, _ := w.study.Codebook.Variables.Get(variable)
	switch {
	case v.Type == study.Binary:
		return w.word("deltas.group", "variable", w.variable(variable), "unit", w.word("deltas.unit.odds"))
	case v.Type == study.Ordinal:
		return w.word("deltas.group", "variable", w.variable(variable), "unit", w.word("deltas.unit.levels"))
	case !v.Unit.IsZero():
		return w.word("deltas.group", "variable", w.variable(variable), "unit", v.Unit.In(w.lang))
	}
	return w.variable(variable)
}

// deltaLabel writes a delta with its sign.
func (w *writer) deltaLabel(delta float64) string {
	if delta == 0 {
		return w.word("deltas.none")
	}
	return w.signed(delta)
}

func (w *writer) signed(delta float64) string {
	if delta > 0 {
		return "+" + w.trim(delta)
	}
	return w.trim(delta)
}

// deltaSentence says how far the difference goes with the deltas of a variable,
// and where it tips.
func (w *writer) deltaSentence(d deltaSeries) string {
	first, last := d.numbers[0], d.numbers[len(d.numbers)-1]
	key, from, to := "deltas.span", w.locale.Points(first.Value()), w.locale.Points(last.Value())
	if from == to {
		key = "deltas.still"
	}
	span := w.say(key, "variable", w.topic(d.variable), "low", w.signed(d.at[0]), "from", from, "high", w.signed(d.at[len(d.at)-1]), "to", to)
	if table.Has(d.tipping) && d.tips() {
		at := d.tipping.Value()
		return join([]string{span, w.say("deltas.tipping", "delta", w.locale.Decimal(at, 1))})
	}
	return span
}
