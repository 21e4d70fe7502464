package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

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
