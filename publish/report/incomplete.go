package report

import (
	"math"
	"strings"

	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

// patterns tells which pieces of information are missing together.
func (w *writer) patterns() {
	type line struct {
		variables []string
		numbers   []disclose.Number
	}
	var lines []line
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Quantity == "missing_pattern" && k.Sample == "gross" && k.Scheme == result.All && table.Has(n) {
			k.Scheme = ""
			lines = append(lines, line{strings.Split(k.Kind, "+"), w.byScheme(k)})
		}
	}
	if len(lines) == 0 {
		return
	}
	t := table.Table{ID: "missing-patterns", Title: w.word("patterns.table"), Note: join([]string{w.say("patterns.note"), w.source()})}
	var numbers [][]disclose.Number
	for _, l := range lines {
		numbers = append(numbers, l.numbers)
	}
	t.Columns = w.columns(w.word("patterns.column"), numbers)
	for _, l := range lines {
		labels := make([]string, len(l.variables))
		for i, v := range l.variables {
			labels[i] = w.topic(v)
		}
		t.Rows = append(t.Rows, numberRow(capitalize(w.enumerate(labels)), l.numbers, wholeNumber, len(t.Columns)))
	}
	w.text(w.pairSentence())
	w.table(t)
}

// pairSentence tells of the two pieces of information that most persons lack
// both of, and how many would if one had nothing to do with the other.
func (w *writer) pairSentence() string {
	var most disclose.Number
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Quantity == "missing_both" && k.Sample == "gross" && k.Scheme == result.All && table.Has(n) && n.Value() > 0 &&
			(!table.Has(most) || n.Value() > most.Value()) {
			most = n
		}
	}
	if !table.Has(most) {
		return ""
	}
	share := func(variable string) disclose.Number {
		return w.get(result.Key{Quantity: "missing", Sample: "gross", Scheme: result.All, Variable: variable})
	}
	k := most.Key()
	a, b := share(k.Variable), share(k.By)
	if !table.Has(a) || !table.Has(b) {
		return ""
	}
	expected := a.Value() * b.Value() * float64(a.N())
	return w.say("patterns.both", "n", w.count(most), "a", w.topic(k.Variable), "b", w.topic(k.By), "expected", w.locale.Count(math.Round(expected)))
}

// incomplete is table 15: who lacks information.
func (w *writer) incomplete() {
	if all := w.incompleteShare(result.All, "", ""); !table.Has(all) || all.Value() == 0 {
		return
	}
	focus, reference := w.incompleteShare(w.focus.key, "", ""), w.incompleteShare(w.reference.key, "", "")
	w.text(w.say("incomplete.schemes", "focus", w.percent(focus), "reference", w.percent(reference), "first", w.focus.people, "second", w.reference.people),
		w.mostIncomplete())
	w.table(w.incompleteTable())
	w.text(w.meansSentence())
	w.table(w.incompleteMeans())
}

func (w *writer) incompleteShare(scheme, variable, level string) disclose.Number {
	return w.get(result.Key{Quantity: "incomplete", Sample: "gross", Scheme: scheme, Variable: variable, Level: level})
}

// mostIncomplete tells where information is missing clearly more and clearly less
// often than among all: at the levels whose intervals leave out the share of all.
func (w *writer) mostIncomplete() string {
	all := w.incompleteShare(result.All, "", "")
	if w.study.Missing == nil || !table.Has(all) {
		return ""
	}
	type level struct {
		label  string
		number disclose.Number
	}
	var most, least *level
	for _, name := range w.study.Missing.By {
		for _, l := range describe.Levels(w.study, describe.GroupingOf(w.study, name)) {
			n := w.incompleteShare(result.All, name, l.Key)
			low, high := n.Interval()
			found := &level{w.quote(l.Label.In(w.lang)), n}
			switch {
			case !table.Has(n):
			case low > all.Value() && (most == nil || n.Value() > most.number.Value()):
				most = found
			case high < all.Value() && (least == nil || n.Value() < least.number.Value()):
				least = found
			}
		}
	}
	if most == nil || least == nil {
		return ""
	}
	return w.say("incomplete.most", "most", most.label, "most_share", w.percent(most.number),
		"least", least.label, "least_share", w.percent(least.number), "all", w.percent(all))
}

// incompleteTable is the share that lacks information, in all and by level.
func (w *writer) incompleteTable() table.Table {
	t := table.Table{ID: "incomplete", Title: w.word("incomplete.table"), Note: join([]string{w.say("incomplete.note"), w.source()}), Columns: []table.Column{{}}}
	schemes := make([]string, 0, len(w.schemes)+1)
	for _, s := range w.schemes {
		schemes = append(schemes, s.key)
	}
	schemes = append(schemes, result.All)
	for _, label := range append(w.schemeLabels(), w.word("all")) {
		t.Columns = append(t.Columns, table.Column{Group: label, Label: w.word("column.share")}, table.Column{Group: label, Label: w.word("column.n")})
	}
	row := func(group, label, variable, level string) {
		r := table.Row{Group: group, Total: variable == "", Cells: []table.Cell{table.Text(label)}}
		any := false
		for _, scheme := range schemes {
			n := w.incompleteShare(scheme, variable, level)
			any = any || n.State() != disclose.Absent
			r.Cells = append(r.Cells, table.Num(n, withInterval), table.Num(n, base))
		}
		if any {
			t.Rows = append(t.Rows, r)
		}
	}
	row("", w.word("sample.gross"), "", "")
	if m := w.study.Missing; m != nil {
		for _, name := range m.By {
			for _, l := range describe.Levels(w.study, describe.GroupingOf(w.study, name)) {
				row(w.variable(name), l.Label.In(w.lang), name, l.Key)
			}
		}
	}
	return t
}

// meansSentence tells of the number on which those with and without complete
// information differ most, in standard deviations.
func (w *writer) meansSentence() string {
	if w.study.Missing == nil {
		return ""
	}
	var most disclose.Number
	for _, name := range w.study.Missing.Means {
		n := w.get(result.Key{Quantity: "standardized_difference", Sample: "incomplete", Scheme: result.All, Variable: name})
		if table.Has(n) && (!table.Has(most) || math.Abs(n.Value()) > math.Abs(most.Value())) {
			most = n
		}
	}
	if !table.Has(most) {
		return ""
	}
	name := most.Key().Variable
	mean := func(sample string) phrase {
		n := w.get(result.Key{Quantity: "mean", Sample: sample, Scheme: result.All, Variable: name})
		if !table.Has(n) {
			return phrase{}
		}
		v, _ := w.study.Codebook.Variables.Get(name)
		text := w.locale.Decimal(n.Value(), 1)
		if !v.Unit.IsZero() {
			text += " " + v.Unit.In(w.lang)
		}
		return phrase{text, true}
	}
	key := "incomplete.means"
	if math.Abs(most.Value()) < 0.1 {
		key = "incomplete.means_small"
	}
	return w.say(key, "variable", w.topic(name), "complete", mean("complete"), "incomplete", mean("incomplete"), "d", w.locale.Decimal(math.Abs(most.Value()), 2))
}

// incompleteMeans is table 16: the means with and without complete information.
func (w *writer) incompleteMeans() table.Table {
	t := table.Table{ID: "incomplete-means", Title: w.word("incomplete.means.table"),
		Note: join([]string{w.say("incomplete.means.note"), w.source()}), Columns: []table.Column{{Label: w.word("column.variable")}}}
	if w.study.Missing == nil {
		return t
	}
	t.Columns = append(t.Columns,
		table.Column{Group: w.word("incomplete.column.complete"), Label: w.word("column.mean")}, table.Column{Group: w.word("incomplete.column.complete"), Label: w.word("column.n")},
		table.Column{Group: w.word("incomplete.column.incomplete"), Label: w.word("column.mean")}, table.Column{Group: w.word("incomplete.column.incomplete"), Label: w.word("column.n")},
		table.Column{Label: w.word("incomplete.column.difference")})
	row := func(group, scheme, variable string) {
		v, _ := w.study.Codebook.Variables.Get(variable)
		complete := w.get(result.Key{Quantity: "mean", Sample: "complete", Scheme: scheme, Variable: variable})
		incomplete := w.get(result.Key{Quantity: "mean", Sample: "incomplete", Scheme: scheme, Variable: variable})
		d := w.get(result.Key{Quantity: "standardized_difference", Sample: "incomplete", Scheme: scheme, Variable: variable})
		if !anyNumber([]disclose.Number{complete, incomplete, d}) {
			return
		}
		mean := table.Format{Decimals: w.momentDecimals(variable)}
		t.Rows = append(t.Rows, table.Row{Group: group, Cells: []table.Cell{table.Text(axis(w.variable(variable), w.unit(v))),
			table.Num(complete, mean), table.Num(complete, base), table.Num(incomplete, mean), table.Num(incomplete, base),
			table.Num(d, table.Format{Decimals: 2})}})
	}
	for _, variable := range w.study.Missing.Means {
		row(w.word("all"), result.All, variable)
	}
	for _, s := range w.schemes {
		for _, variable := range w.study.Missing.Means {
			row(s.label, s.key, variable)
		}
	}
	return t
}

// incompleteVerdict tells how much less or more often those who lack information
// attain the goal, and whether that may be chance.
func (w *writer) incompleteVerdict(scheme string) string {
	d := w.get(result.Key{Quantity: "incomplete_difference", Scheme: scheme})
	if !table.Has(d) {
		return ""
	}
	low, high := d.Interval()
	key := "missing.difference"
	if low <= 0 && high >= 0 {
		key = "missing.difference_unclear"
	}
	return w.say(key, "points", w.locale.Points(d.Value()), "low", w.locale.Points(low), "high", w.locale.Points(high))
}
