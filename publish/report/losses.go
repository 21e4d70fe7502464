package report

import (
	"slices"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
	"bidrag/study"
)

var (
	wholeNumber  = table.Format{Kind: table.Count}
	wholePercent = table.Format{Kind: table.Percent}
	withInterval = table.Format{Kind: table.Percent, Interval: true}
	base         = table.Format{Kind: table.Base}
)

// personsSentence counts those who are studied by scheme; nothing when one of
// the counts is hidden.
func (w *writer) personsSentence() string {
	var parts []string
	for _, s := range append([]scheme{w.focus, w.reference}, w.others()...) {
		n := w.persons("gross", s.key)
		if !table.Has(n) {
			return ""
		}
		parts = append(parts, w.word("data.scheme", "scheme", s.label, "n", w.count(n).text))
	}
	return w.say("data.persons", "gross", w.count(w.persons("gross", result.All)), "schemes", strings.Join(parts, ", "))
}

// others are the schemes that sentences do not compare.
func (w *writer) others() []scheme {
	return slices.DeleteFunc(slices.Clone(w.schemes), func(s scheme) bool { return s.key == w.focus.key || s.key == w.reference.key })
}

// losses tells who is studied and who is lost on the way.
func (w *writer) losses() {
	w.begin("data", w.word("data.title"))
	w.text(w.personsSentence())
	w.text(w.completeSentence())
	w.table(w.lossTable())

	w.section("missing", w.word("missing.title"))
	w.missing()
	w.endSection()

	w.section("who-is-missing", w.word("incomplete.title"))
	w.incomplete()
	w.endSection()

	w.section("samples", w.word("samples.title"))
	w.samples()
	w.endSection()

	w.section("counted", w.word("counted.title"))
	w.counted()
	w.endSection()
	w.end()
}

func (w *writer) persons(sample, scheme string) disclose.Number {
	return w.get(result.Key{Quantity: "persons", Sample: sample, Scheme: scheme})
}

func (w *writer) completeSentence() string {
	gross, complete := w.persons("gross", result.All), w.persons("complete", result.All)
	if !table.Has(gross) || !table.Has(complete) {
		return ""
	}
	if gross.Value() == complete.Value() {
		return w.say("data.all_complete")
	}
	return w.say("data.complete", "complete", w.count(complete), "share", w.percentText(complete.Value()/gross.Value()))
}

// columns are one column for each scheme, and for all of them when every row
// has such a number.
func (w *writer) columns(first string, rows [][]disclose.Number) []table.Column {
	columns := []table.Column{{Label: first}}
	for _, s := range w.schemes {
		columns = append(columns, table.Column{Label: s.label})
	}
	for _, r := range rows {
		if len(r) <= len(w.schemes) || r[len(w.schemes)].State() == disclose.Absent {
			return columns
		}
	}
	return append(columns, table.Column{Label: w.word("all")})
}

// byScheme are the numbers of a key for each scheme and for all.
func (w *writer) byScheme(k result.Key) []disclose.Number {
	var out []disclose.Number
	for _, s := range w.schemes {
		k.Scheme = s.key
		out = append(out, w.get(k))
	}
	k.Scheme = result.All
	return append(out, w.get(k))
}

// numberRow is a row of numbers, as many as there are columns for.
func numberRow(label string, numbers []disclose.Number, f table.Format, columns int) table.Row {
	row := table.Row{Cells: []table.Cell{table.Text(label)}}
	for _, n := range numbers[:min(len(numbers), columns-1)] {
		row.Cells = append(row.Cells, table.Num(n, f))
	}
	return row
}

func anyNumber(numbers []disclose.Number) bool {
	return slices.ContainsFunc(numbers, func(n disclose.Number) bool { return n.State() != disclose.Absent })
}

// lossTable goes from the rows read to the persons in the model.
func (w *writer) lossTable() table.Table {
	type line struct {
		label   string
		numbers []disclose.Number
		total   bool
	}
	lines := []line{{w.word("losses.read"), w.byScheme(result.Key{Quantity: "persons", Kind: "read"}), true}}
	for _, l := range w.lossNames() {
		lines = append(lines, line{w.word("losses.lost", "reason", l.Value), w.byScheme(result.Key{Quantity: "lost", Level: l.Key}), false})
	}
	lines = append(lines,
		line{w.word("losses.gross"), w.byScheme(result.Key{Quantity: "persons", Sample: "gross"}), true},
		line{w.word("losses.missing"), w.byScheme(result.Key{Quantity: "missing_persons", Kind: "any", Sample: "gross"}), false},
		line{w.word("losses.complete"), w.byScheme(result.Key{Quantity: "persons", Sample: "complete"}), true})
	t := table.Table{ID: "losses", Title: w.word("losses.title"), Note: w.source()}
	var numbers [][]disclose.Number
	for _, l := range lines {
		numbers = append(numbers, l.numbers)
	}
	t.Columns = w.columns("", numbers)
	for _, l := range lines {
		if anyNumber(l.numbers) {
			row := numberRow(l.label, l.numbers, wholeNumber, len(t.Columns))
			row.Total = l.total
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// lossNames are the reasons for loss of all schemes. A reason that only a later
// scheme has stands where that scheme has it, after the reason before.
func (w *writer) lossNames() study.Map[string] {
	var out study.Map[string]
	for _, p := range w.study.Participants {
		at := 0
		for _, l := range p.Value.Losses {
			if i := slices.Index(out.Keys(), l.Name); i >= 0 {
				at = i + 1
				continue
			}
			out = slices.Insert(out, at, study.Entry[string]{Key: l.Name, Value: l.Label.In(w.lang)})
			at++
		}
	}
	return out
}

// missing tells which variables are unknown, for how many, and whether those
// who are left out for it attain the goal as often as the others.
func (w *writer) missing() {
	all := w.get(result.Key{Quantity: "missing", Kind: "any", Sample: "gross", Scheme: result.All})
	if !table.Has(all) || all.Value() == 0 {
		return
	}
	w.text(w.say("missing.lead"))
	w.table(w.missingTable())
	w.patterns()
	w.text(
		join([]string{w.skewSentence(w.focus), w.incompleteVerdict(w.focus.key)}),
		join([]string{w.skewSentence(w.reference), w.incompleteVerdict(w.reference.key)}),
		w.say("missing.skew"))
	w.table(w.sampleAttainment())
}

// missingTable has the variables that are unknown for somebody, most first.
func (w *writer) missingTable() table.Table {
	type line struct {
		label           string
		persons, shares []disclose.Number
	}
	var lines []line
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Quantity != "missing" || k.Kind != "" || k.Sample != "gross" || k.Scheme != result.All || table.Has(n) && n.Value() == 0 {
			continue
		}
		lines = append(lines, line{w.variable(k.Variable),
			w.byScheme(result.Key{Quantity: "missing_persons", Sample: "gross", Variable: k.Variable}),
			w.byScheme(result.Key{Quantity: "missing", Sample: "gross", Variable: k.Variable})})
	}
	slices.SortStableFunc(lines, func(a, b line) int { return byValue(b.shares[len(w.schemes)], a.shares[len(w.schemes)]) })
	lines = append(lines, line{w.word("missing.any"),
		w.byScheme(result.Key{Quantity: "missing_persons", Kind: "any", Sample: "gross"}),
		w.byScheme(result.Key{Quantity: "missing", Kind: "any", Sample: "gross"})})
	t := table.Table{ID: "missing", Title: w.word("missing.table"), Note: w.source(), Columns: []table.Column{{Label: w.word("column.variable")}}}
	labels := append(w.schemeLabels(), w.word("all"))
	for _, label := range labels {
		t.Columns = append(t.Columns, table.Column{Group: label, Label: w.word("column.persons")}, table.Column{Group: label, Label: w.word("column.share")})
	}
	for i, l := range lines {
		row := table.Row{Total: i == len(lines)-1, Cells: []table.Cell{table.Text(l.label)}}
		for s := range labels {
			row.Cells = append(row.Cells, table.Num(l.persons[s], wholeNumber), table.Num(l.shares[s], wholePercent))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// byValue orders numbers; those that are not shown are least.
func byValue(a, b disclose.Number) int {
	switch x, y := table.Has(a), table.Has(b); {
	case x && y && a.Value() < b.Value(), !x && y:
		return -1
	case x && y && a.Value() > b.Value(), x && !y:
		return 1
	}
	return 0
}

func (w *writer) schemeLabels() []string {
	var out []string
	for _, s := range w.schemes {
		out = append(out, s.label)
	}
	return out
}

// skewSentence sets those with complete information against those without.
func (w *writer) skewSentence(s scheme) string {
	return w.say("missing.attainment", "people", s.people,
		"complete", w.percent(w.attainment("complete", s.key)), "incomplete", w.percent(w.attainment("incomplete", s.key)))
}

// sampleAttainment is the attainment of all, and of those with and without
// complete information.
func (w *writer) sampleAttainment() table.Table {
	t := table.Table{ID: "attainment-samples", Title: w.word("sample_attainment.title"), Note: w.source(), Columns: []table.Column{{}}}
	for _, label := range append(w.schemeLabels(), w.word("all")) {
		t.Columns = append(t.Columns, table.Column{Group: label, Label: w.word("column.attained")}, table.Column{Group: label, Label: w.word("column.n")})
	}
	for _, sample := range []string{"gross", "complete", "incomplete"} {
		row := table.Row{Cells: []table.Cell{table.Text(w.word("sample." + sample))}}
		numbers := w.byScheme(result.Key{Quantity: "attainment", Sample: sample})
		if !anyNumber(numbers) {
			continue
		}
		for _, n := range numbers {
			row.Cells = append(row.Cells, table.Num(n, withInterval), table.Num(n, base))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// samples are the parts of the data set that the models use, when the study
// names any.
func (w *writer) samples() {
	if len(w.study.Samples) == 0 {
		return
	}
	t := table.Table{ID: "samples", Title: w.word("samples.table"), Note: w.source()}
	var rows [][]disclose.Number
	var labels []string
	add := func(sample, label string) {
		if numbers := w.byScheme(result.Key{Quantity: "persons", Sample: sample}); anyNumber(numbers) {
			rows, labels = append(rows, numbers), append(labels, label)
		}
	}
	add("gross", w.word("sample.gross"))
	add("complete", w.word("sample.complete"))
	for _, e := range w.study.Samples {
		add(e.Key, w.word("sample.named", "label", e.Value.Label.In(w.lang)))
	}
	t.Columns = w.columns(w.word("column.sample"), rows)
	for i, numbers := range rows {
		t.Rows = append(t.Rows, numberRow(labels[i], numbers, wholeNumber, len(t.Columns)))
	}
	w.text(w.say("samples.lead"))
	w.table(t)
}

// counted are the oddities in the extracts that stop nothing but are told.
func (w *writer) counted() {
	var items []string
	for _, e := range w.study.Extracts {
		for _, c := range e.Value.Checks {
			if !c.Count {
				continue
			}
			unit := "unit.persons"
			if c.Among == "rows" || e.Value.Link != nil {
				unit = "unit.rows"
			}
			for _, s := range w.schemes {
				n := w.get(result.Key{Quantity: "counted", Scheme: s.key, Level: c.Name})
				if table.Has(n) && n.Value() > 0 {
					items = append(items, w.say("counted.item", "scheme", s.label, "what", c.Say.In(w.lang), "n", w.count(n), "unit", w.word(unit)))
				}
			}
		}
	}
	for _, e := range w.study.Codebook.Variables {
		n := w.get(result.Key{Quantity: "context_missing", Variable: e.Key})
		if table.Has(n) && n.Value() > 0 {
			items = append(items, w.say("counted.context", "variable", w.variable(e.Key), "n", w.count(n)))
		}
	}
	for _, e := range w.study.Extracts {
		n := w.get(result.Key{Quantity: "unlinked", Level: e.Key})
		if table.Has(n) && n.Value() > 0 {
			items = append(items, w.say("counted.unlinked", "extract", e.Value.Label.In(w.lang), "n", w.count(n)))
		}
	}
	if len(items) > 0 {
		w.text(w.say("counted.lead"))
		w.list(items)
	}
}
