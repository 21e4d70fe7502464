package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

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

// imputedContributions is the section on projects.
func (w *writer) imputedContributions() {
	get := func(quantity, kind string) disclose.Number {
		return w.get(result.Key{Quantity: quantity, Kind: kind})
	}
	projects, added := get("imputed_projects", ""), get("imputed_projects_new", "")
	if !table.Has(projects) || w.study.Contribution == nil {
		return
	}
	w.section("imputation-contribution", w.word("filled_projects.title"))
	number := func(quantity string, decimals int) phrase {
		n := get(quantity, "")
		if !table.Has(n) {
			return phrase{}
		}
		return phrase{w.locale.Decimal(n.Value(), decimals), true}
	}
	var change phrase
	if n := get("imputed_contribution_change", ""); table.Has(n) {
		change = phrase{w.locale.Decimal(n.Value()*100, 1), true}
	}
	newKey := "filled_projects.new"
	if table.Has(added) && added.Value() == 0 {
		newKey = "filled_projects.none_new"
	}
	w.text(w.say("filled_projects.number", "n", w.count(projects), "least", w.cardinal(w.study.Contribution.MinLeavers)), w.say(newKey, "n", w.count(added)),
		w.say("filled_projects.change", "points", change, "r", number("imputed_contribution_correlation", 2)),
		w.say("filled_projects.class", "n", w.count(get("imputed_projects_by_band", "changed")), "by_interval", w.count(get("imputed_projects_by_interval", "changed"))))
	w.contributionsBeside()
	w.table(w.classChanges())
	w.endSection()
}

// muchAlike is the correlation from which contributions are said to be much alike.
const muchAlike = 0.9

// contributionsBeside is the figure of every project's contribution by complete
// rows and by filled data, of those that may be shown.
func (w *writer) contributionsBeside() {
	panel := figure.Panel{Axis: w.word("imputation.complete")}
	data := table.Table{Columns: []table.Column{{Label: w.word("filled_projects.column.project")}, {Label: w.word("imputation.complete")}, {Label: w.word("imputation.imputed")}}}
	points := table.Format{Kind: table.Points}
	m, _ := w.study.Models.Get(w.study.Contribution.Model)
	series := w.series()
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Quantity != "imputed_project_contribution" {
			continue
		}
		k.Quantity, k.Sample = "project_contribution", m.Sample
		complete := w.get(k)
		if !table.Has(n) || !table.Has(complete) {
			continue
		}
		label := w.projectLabel(k.Scheme, k.Project)
		panel.Points = append(panel.Points, figure.ScatterPoint{Series: k.Scheme, Label: label, X: complete, Y: n})
		at := slices.IndexFunc(series, func(s figure.Series) bool { return s.Key == k.Scheme })
		data.Rows = append(data.Rows, table.Row{Group: series[max(0, at)].Label, Cells: []table.Cell{table.Text(label), table.Num(complete, points), table.Num(n, points)}})
	}
	if len(panel.Points) == 0 {
		return
	}
	series = slices.DeleteFunc(series, func(s figure.Series) bool {
		return !slices.ContainsFunc(panel.Points, func(p figure.ScatterPoint) bool { return p.Series == s.Key })
	})
	plot := figure.Scatter{Series: series, Panels: []figure.Panel{panel}, Line: figure.Identity, FormatX: figure.Points, FormatY: figure.Points, AxisY: w.word("imputation.imputed")}
	title := w.say("filled_projects.changed")
	if r := w.get(result.Key{Quantity: "imputed_contribution_correlation"}); table.Has(r) && r.Value() >= muchAlike {
		title = w.say("filled_projects.alike")
	}
	w.figure(figure.Figure{
		ID: "imputation-projects", Title: title, Subtitle: w.say("filled_projects.subtitle", "n", w.locale.Count(float64(len(panel.Points))), "of", w.count(w.get(result.Key{Quantity: "imputed_projects"}))),
		Note: w.say("filled_projects.note", "least", w.cardinal(w.numbers.Rules().Threshold)), Alt: w.word("filled_projects.alt", "title", title), Plot: plot,
	}, data)
}

// classChanges counts projects by their class by complete rows and by filled data.
func (w *writer) classChanges() table.Table {
	names := []string{"above", "neutral", "below"}
	t := table.Table{ID: "imputation-classes", Title: w.word("filled_projects.table"), Note: join([]string{w.say("filled_projects.table_note", "band", w.trim(w.study.Contribution.NeutralBand*100)), w.source()}),
		Columns: []table.Column{{Label: w.word("imputation.complete")}}}
	kinds := []string{"imputed_projects_by_band", "imputed_projects_by_interval"}
	for _, kind := range kinds {
		for _, to := range names {
			t.Columns = append(t.Columns, table.Column{Group: w.word("filled_projects.by." + strings.TrimPrefix(kind, "imputed_projects_by_")), Label: w.word("filled_projects.class." + to)})
		}
	}
	for _, from := range names {
		row := table.Row{Cells: []table.Cell{table.Text(w.word("filled_projects.class." + from))}}
		for _, kind := range kinds {
			for _, to := range names {
				row.Cells = append(row.Cells, table.Num(w.get(result.Key{Quantity: kind, Kind: from, Level: to}), wholeNumber))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// imputationDiagnostics is the section on whether to trust what was filled.
func (w *writer) imputationDiagnostics() {
	moved, shares := w.traceTable(), w.densityTable()
	if moved.Empty() && shares.Empty() {
		return
	}
	w.section("imputation-diagnostics", w.word("filled_check.title"))
	w.text(w.say("filled_check.lead"), w.convergence())
	w.folded(moved)
	w.folded(shares)
	w.endSection()
}

// slowlyMixing is from which potential scale reduction chains are said not to
// agree: 1.05 would do with long chains, and those of imputation are short.
const slowlyMixing = 1.2

// convergence says whether the chains agree.
func (w *writer) convergence() string {
	var worst disclose.Number
	for _, n := range w.numbers.Numbers() {
		if n.Key().Quantity == "imputation_rhat" && table.Has(n) && (!table.Has(worst) || n.Value() > worst.Value()) {
			worst = n
		}
	}
	if !table.Has(worst) {
		return ""
	}
	key := "filled_check.agree"
	if worst.Value() > slowlyMixing {
		key = "filled_check.disagree"
	}
	return w.say(key, "x", w.twoDecimals(worst), "variable", w.topic(worst.Key().Variable))
}

// traceTable is the mean of filled values after the first and the last round, with
// the range over the chains.
func (w *writer) traceTable() table.Table {
	t := table.Table{ID: "imputation-trace", Title: w.word("filled_check.trace"), Note: join([]string{w.say("filled_check.trace_note"), w.source()}),
		Columns: []table.Column{{Label: w.word("column.variable")}}}
	rounds := 0
	for _, n := range w.numbers.Numbers() {
		if k := n.Key(); k.Quantity == "imputation_trace" {
			if i, err := strconv.Atoi(k.Level); err == nil {
				rounds = max(rounds, i)
			}
		}
	}
	if rounds == 0 {
		return t
	}
	shown := slices.Compact([]int{1, rounds})
	for _, i := range shown {
		t.Columns = append(t.Columns, table.Column{Label: strconv.Itoa(i), Group: w.word("filled_check.round")})
	}
	t.Columns = append(t.Columns, table.Column{Label: w.word("filled_check.rhat")})
	for _, e := range w.study.Imputation.Variables {
		row := table.Row{Cells: []table.Cell{table.Text(w.variable(e.Key))}}
		for _, i := range shown {
			row.Cells = append(row.Cells, table.Num(w.get(result.Key{Quantity: "imputation_trace", Variable: e.Key, Level: strconv.Itoa(i)}), table.Format{Decimals: 2, Interval: true}))
		}
		row.Cells = append(row.Cells, table.Num(w.get(result.Key{Quantity: "imputation_rhat", Variable: e.Key}), table.Format{Decimals: 2}))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// densityTable sets the shares of observed and filled values at each level beside
// each other.
func (w *writer) densityTable() table.Table {
	share := table.Format{Kind: table.Percent}
	t := table.Table{ID: "imputation-density", Title: w.word("filled_check.density"), Note: join([]string{w.say("filled_check.density_note"), w.source()}),
		Columns: []table.Column{{Label: w.word("filled_check.level")}, {Label: w.word("filled_check.observed")}, {Label: w.word("filled_check.filled")}}}
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Quantity != "imputation_density" || k.Kind != "observed" || k.By != "" {
			continue
		}
		k.Kind = "filled"
		t.Rows = append(t.Rows, table.Row{Group: w.variable(k.Variable), Cells: []table.Cell{table.Text(w.binLabel(k.Variable, k.Level)), table.Num(n, share), table.Num(w.get(k), share)}})
	}
	return t
}

// binLabel is what a level is called; of a number's bin its ends.
func (w *writer) binLabel(variable, level string) string {
	if low, high, ok := strings.Cut(level, ":"); ok {
		a, err := strconv.ParseFloat(low, 64)
		b, other := strconv.ParseFloat(high, 64)
		if err == nil && other == nil {
			decimals := 0
			if a != math.Trunc(a) || b != math.Trunc(b) {
				decimals = table.Decimals(b-a, 1)
			}
			return w.locale.Interval(a, b, table.Format{Decimals: decimals})
		}
	}
	return w.levelLabel(variable, level)
}
