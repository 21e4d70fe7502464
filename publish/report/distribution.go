package report

import (
	"math"
	"slices"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// distribution shows how a whole number is spread, when the results say.
func (w *writer) distribution(variable string) {
	starts, width := w.intervals(variable)
	if len(starts) < 2 {
		return
	}
	var bins []figure.Bin
	categories := make([]figure.Category, len(starts))
	number := func(i int, s scheme) disclose.Number {
		return w.get(result.Key{Quantity: "distribution", Sample: w.sample, Scheme: s.key, Variable: variable, Level: categories[i].Key})
	}
	for i, start := range starts {
		categories[i] = figure.Category{Key: strconv.FormatFloat(start, 'f', -1, 64), Label: w.intervalLabel(start, width)}
		for _, s := range w.schemes {
			if n := number(i, s); n.State() != disclose.Absent {
				bins = append(bins, figure.Bin{Series: s.key, X0: start, X1: start + width, Number: n})
			}
		}
	}
	g := grid{categories, number}
	v, _ := w.study.Codebook.Variables.Get(variable)
	topic := w.topic(variable)
	title := w.meanSentence(variable)
	if title == "" {
		title = w.say("distribution.title", "variable", topic)
	}
	w.figure(figure.Figure{
		ID: id("distribution", variable), Title: title,
		Subtitle: join([]string{w.say("distribution.subtitle", "variable", topic), w.widthSentence(width, v), w.nText(w.firsts(g)...)}),
		Note:     w.sampleNote(), Alt: w.alt("alt.steps", title, g),
		Plot: figure.Steps{Series: w.series(), Bins: bins, Format: figure.Percent, Axis: axis(w.variable(variable), v.Unit.In(w.lang))},
	}, w.shareTable(axis(w.variable(variable), v.Unit.In(w.lang)), g, true))
}

// widthSentence tells how wide the intervals are, when they are not of one value.
func (w *writer) widthSentence(width float64, v study.Variable) string {
	if width == 1 {
		return ""
	}
	return w.say("distribution.width", "n", w.locale.Decimal(width, 0), "unit", w.unitAfter(v))
}

func axis(label, unit string) string {
	if unit == "" {
		return label
	}
	return label + " (" + unit + ")"
}

// intervals are the lower ends of a variable's intervals, and their width.
func (w *writer) intervals(variable string) (starts []float64, width float64) {
	seen := map[string]bool{}
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Quantity != "distribution" || k.Sample != w.sample || k.Variable != variable || seen[k.Level] {
			continue
		}
		seen[k.Level] = true
		if start, err := strconv.ParseFloat(k.Level, 64); err == nil {
			starts = append(starts, start)
		}
	}
	slices.Sort(starts)
	width = math.Inf(1)
	for i := 1; i < len(starts); i++ {
		width = math.Min(width, starts[i]-starts[i-1])
	}
	return starts, width
}

// intervalLabel is the whole numbers in an interval.
func (w *writer) intervalLabel(start, width float64) string {
	if width == 1 {
		return w.locale.Decimal(start, 0)
	}
	return w.locale.Decimal(start, 0) + "–" + w.locale.Decimal(start+width-1, 0)
}

// moment is the mean, sd or median of a variable in a scheme.
func (w *writer) moment(quantity, variable, scheme string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Sample: w.sample, Scheme: scheme, Variable: variable})
}

// momentDecimals are those that a variable's spread allows.
func (w *writer) momentDecimals(variable string) int {
	if sd := w.moment("sd", variable, w.reference.key); table.Has(sd) && sd.Value() >= 100 {
		return 0
	}
	return 1
}

// meanSentence sets the schemes' means against each other.
func (w *writer) meanSentence(variable string) string {
	mean := func(s scheme) phrase {
		n := w.moment("mean", variable, s.key)
		if !table.Has(n) {
			return phrase{}
		}
		return phrase{w.locale.Decimal(n.Value(), w.momentDecimals(variable)), true}
	}
	v, _ := w.study.Codebook.Variables.Get(variable)
	unit := ""
	if !v.Unit.IsZero() {
		unit = " " + v.Unit.In(w.lang)
	}
	return w.say("mean", "variable", w.variable(variable), "focus", mean(w.focus), "reference", mean(w.reference),
		"unit", unit, "first", w.focus.people, "second", w.reference.people)
}

// means is the mean, standard deviation and median of every described number.
func (w *writer) means() {
	t := table.Table{ID: "means", Title: w.word("means.table"), Note: join([]string{w.sampleNote(), w.source()}), Columns: []table.Column{{Label: w.word("column.variable")}}}
	quantities := []string{"mean", "sd", "median"}
	for _, s := range w.schemes {
		for _, q := range quantities {
			t.Columns = append(t.Columns, table.Column{Group: s.label, Label: w.word("column." + q)})
		}
	}
	for _, g := range w.study.Describe.Variables {
		v, _ := w.study.Codebook.Variables.Get(g.Variable)
		row := table.Row{Cells: []table.Cell{table.Text(axis(w.variable(g.Variable), w.unit(v)))}}
		any := false
		for _, s := range w.schemes {
			for _, q := range quantities {
				n := w.moment(q, g.Variable, s.key)
				any = any || n.State() != disclose.Absent
				row.Cells = append(row.Cells, table.Num(n, table.Format{Decimals: w.momentDecimals(g.Variable)}))
			}
		}
		if any {
			t.Rows = append(t.Rows, row)
		}
	}
	w.table(t)
}

// unit is a variable's unit; of an ordinal variable the levels that its numbers stand for.
func (w *writer) unit(v study.Variable) string {
	if v.Type != study.Ordinal || len(v.Levels) == 0 {
		return v.Unit.In(w.lang)
	}
	first, last := v.Levels[0], v.Levels[len(v.Levels)-1]
	return w.word("levels", "first", first.Key, "first_label", first.Value.In(w.lang), "last", last.Key, "last_label", last.Value.In(w.lang))
}
