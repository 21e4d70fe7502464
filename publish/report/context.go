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

// context is the chapter on the units that participants belong to: tables 3 and 4.
func (w *writer) context() {
	w.begin("context", w.word("context.title"))
	w.text(w.say("context.lead"))
	said := len(w.at.Blocks)
	w.table(w.unitTable())
	for _, e := range w.study.Context {
		w.section(id("context", e.Key), e.Value.Label.In(w.lang))
		w.contextSection(contextOf{e.Key, e.Value, e.Value.Unit.In(w.lang)})
		w.endSection()
	}
	if len(w.at.Blocks) > said || len(w.chapter.Sections) > 0 {
		w.end()
	}
}

// A contextOf is one of the study's contexts as it is written about.
type contextOf struct {
	key  string
	of   study.Context
	unit string // what its units are called, in the plural
}

// unitNumber is a number of a context, in a scheme or in all, of a variable.
func (w *writer) unitNumber(quantity string, c contextOf, scheme, variable string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Kind: c.key, Scheme: scheme, Variable: variable})
}

// contextSection is one context: what its units are like, and how the schemes' differ.
func (w *writer) contextSection(c contextOf) {
	w.contextGaps(c)
	all := w.unitNumber("units", c, result.All, "")
	if len(c.of.Variables) == 0 || all.State() == disclose.Absent || table.Has(all) && all.Value() == 0 {
		return
	}
	w.text(w.unitSentence(c))
	w.text(w.typicalSentences(c)...)
	w.rankFigure(c)
	w.table(w.contextTable(c))
	w.table(w.personTable(c))
	w.text(w.correlationSentence(c))
	w.table(w.correlationTable(c))
}

// contextGaps tells what of a context these data could not answer.
func (w *writer) contextGaps(c contextOf) {
	for _, g := range w.numbers.Gaps() {
		if g.Step == "describe" && g.Subject == c.key {
			key := "gap." + g.Reason.Code
			if g.Reason.Code == "" {
				key = "gap.other"
			}
			what, about := w.quote(c.of.Label.In(w.lang)), w.about(g.Reason.About)
			if g.Reason.About != "" && g.Reason.Code != result.Nobody {
				what += ", " + about + ","
			}
			w.caution(w.say(key, "what", what, "about", about))
		}
	}
}

// unitTable counts the units of every context, by year when they have years.
func (w *writer) unitTable() table.Table {
	t := table.Table{ID: "units", Title: w.word("context.units"), Note: join([]string{w.say("context.units.note"), w.source()}), Columns: []table.Column{{}}}
	years := []string{}
	for _, y := range w.study.Period.Years() {
		years = append(years, strconv.Itoa(y))
		t.Columns = append(t.Columns, table.Column{Label: strconv.Itoa(y)})
	}
	years = append(years, "")
	t.Columns = append(t.Columns, table.Column{Label: w.word("all_years")})
	if len(years) == 1 {
		t.Columns[1].Label = w.word("context.number")
	}
	for _, e := range w.study.Context {
		group := w.word("context.group", "label", e.Value.Label.In(w.lang), "unit", e.Value.Unit.In(w.lang))
		for i, label := range append(w.schemeLabels(), w.word("all")) {
			scheme := result.All
			if i < len(w.schemes) {
				scheme = w.schemes[i].key
			}
			row := table.Row{Group: group, Total: scheme == result.All, Cells: []table.Cell{table.Text(label)}}
			any := false
			for _, year := range years {
				n := w.get(result.Key{Quantity: "units", Kind: e.Key, Scheme: scheme, Year: year})
				any = any || n.State() != disclose.Absent
				row.Cells = append(row.Cells, table.Num(n, wholeNumber))
			}
			if any {
				t.Rows = append(t.Rows, row)
			}
		}
	}
	return t
}

// unitSentence says how many units there are and in how many each scheme is.
func (w *writer) unitSentence(c contextOf) string {
	count := func(scheme string) phrase { return w.count(w.unitNumber("units", c, scheme, "")) }
	key := "context.count"
	if c.of.MinPersons > 1 {
		key = "context.count_min"
	}
	pairs := []any{"n", count(result.All), "focus", count(w.focus.key), "reference", count(w.reference.key),
		"first", w.focus.name, "second", w.reference.name, "unit", c.unit}
	if c.of.MinPersons > 1 {
		pairs = append(pairs, "min", w.cardinal(c.of.MinPersons))
	}
	return w.say(key, pairs...)
}

// A rank is where the focus scheme's median of a variable lies among the
// reference's units.
type rank struct {
	variable         string
	focus, reference disclose.Number // medians
	at               float64         // 0 to 1
}

// ranks are those of the variables that both schemes have a median of, the most
// different from the middle first.
func (w *writer) ranks(c contextOf) []rank {
	var out []rank
	for _, v := range c.of.Variables {
		r := rank{variable: v, focus: w.unitNumber("context_median", c, w.focus.key, v), reference: w.unitNumber("context_median", c, w.reference.key, v)}
		at := w.unitNumber("context_rank", c, w.focus.key, v)
		if table.Has(r.focus) && table.Has(r.reference) && table.Has(at) {
			r.at = at.Value()
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b rank) int {
		switch x, y := math.Abs(a.at-0.5), math.Abs(b.at-0.5); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out
}

// alike is how far from the middle a rank may be and pass for no difference.
const alike = 0.05

// different tells whether the schemes' medians are worth telling apart.
func (r rank) different() bool {
	return math.Abs(r.at-0.5) >= alike && r.focus.Value() != r.reference.Value()
}

// typicalSentences list the variables whose median is higher in the focus scheme's
// units, those where it is lower, and those where the schemes hardly differ.
func (w *writer) typicalSentences(c contextOf) []string {
	var higher, lower, alike []string
	for _, r := range w.ranks(c) {
		decimals := w.contextDecimals(c, r.variable)
		text := w.word("context.pair", "variable", w.topic(r.variable),
			"focus", w.locale.Decimal(r.focus.Value(), decimals), "reference", w.locale.Decimal(r.reference.Value(), decimals))
		switch {
		case !r.different():
			alike = append(alike, w.topic(r.variable))
		case r.at > 0.5:
			higher = append(higher, text)
		default:
			lower = append(lower, text)
		}
	}
	say := func(key string, list []string) string {
		if len(list) == 0 {
			return ""
		}
		return w.say(key, "unit", c.unit, "first", w.focus.name, "second", w.reference.name, "list", w.enumerate(list))
	}
	second := "context.lower"
	if len(higher) > 0 {
		second = "context.lower_too"
	}
	return []string{say("context.higher", higher), say(second, lower), say("context.alike", alike)}
}

// rankFigure shows for every variable where the units of each scheme lie among
// those of the reference.
func (w *writer) rankFigure(c contextOf) {
	ranks := w.ranks(c)
	if len(ranks) == 0 {
		return
	}
	var categories []figure.Category
	for _, v := range c.of.Variables {
		categories = append(categories, figure.Category{Key: v, Label: w.variable(v)})
	}
	g := grid{categories, func(i int, s scheme) disclose.Number {
		return w.unitNumber("context_rank", c, s.key, categories[i].Key)
	}}
	title := w.rankTitle(c, ranks[0])
	t := table.Table{Columns: []table.Column{{Label: w.word("column.variable")}}}
	for _, s := range w.schemes {
		t.Columns = append(t.Columns, table.Column{Label: s.label})
	}
	for i, category := range categories {
		row := table.Row{Cells: []table.Cell{table.Text(category.Label)}}
		for _, s := range w.schemes {
			row.Cells = append(row.Cells, table.Num(g.number(i, s), withInterval))
		}
		t.Rows = append(t.Rows, row)
	}
	w.figure(figure.Figure{
		ID: id("context", c.key), Title: title,
		Subtitle: w.say("context.figure.subtitle", "unit", c.unit, "second", w.reference.name, "first", w.focus.name,
			"focus", w.count(w.unitNumber("units", c, w.focus.key, "")), "reference", w.count(w.unitNumber("units", c, w.reference.key, ""))),
		Note: w.say("context.figure.note"), Alt: w.alt("alt.context", title, g),
		Plot: figure.Dots{Series: w.series(), Categories: categories, Marks: w.marks(g), Format: figure.Percent, Zero: true},
	}, t)
}

// rankTitle tells of the variable on which the schemes' units differ most.
func (w *writer) rankTitle(c contextOf, r rank) string {
	pairs := []any{"variable", w.topic(r.variable), "unit", c.unit, "first", w.focus.name, "second", w.reference.name}
	switch {
	case !r.different():
		return w.say("context.figure.same", pairs...)
	case r.at > 0.5:
		return w.say("context.figure.higher", append(pairs, "share", w.percentText(r.at))...)
	}
	return w.say("context.figure.lower", append(pairs, "share", w.percentText(1-r.at))...)
}

// contextDecimals are those that the size of a variable's medians allows.
func (w *writer) contextDecimals(c contextOf, variable string) int {
	v, _ := w.study.Codebook.Variables.Get(variable)
	if v.Type == study.Integer || v.Type == study.Year || v.Type == study.Binary {
		return 0
	}
	for _, s := range w.schemes {
		if n := w.unitNumber("context_median", c, s.key, variable); table.Has(n) && math.Abs(n.Value()) >= 1000 {
			return 0
		}
	}
	return 1
}

// contextTable is the median and the quartiles of every variable, by scheme, under
// the number of units and of persons in one.
func (w *writer) contextTable(c contextOf) table.Table {
	t := table.Table{ID: id("context", c.key, "medians"), Title: w.word("context.table", "unit", c.unit),
		Note: join([]string{w.say("context.table.note", "unit", c.unit), w.source()}), Columns: []table.Column{{Label: w.word("column.variable")}}}
	quantities := []string{"median", "q1", "q3"}
	units := table.Row{Cells: []table.Cell{table.Text(w.word("context.row.units"))}}
	persons := table.Row{Cells: []table.Cell{table.Text(w.word("context.row.persons"))}}
	for _, s := range w.schemes {
		for _, q := range quantities {
			t.Columns = append(t.Columns, table.Column{Group: s.label, Label: w.word("context.column." + q)})
			persons.Cells = append(persons.Cells, table.Num(w.unitNumber("unit_persons_"+q, c, s.key, ""), wholeNumber))
		}
		units.Cells = append(units.Cells, table.Num(w.unitNumber("units", c, s.key, ""), wholeNumber), table.Text(""), table.Text(""))
	}
	t.Rows = append(t.Rows, units, persons)
	for _, name := range c.of.Variables {
		v, _ := w.study.Codebook.Variables.Get(name)
		row := table.Row{Cells: []table.Cell{table.Text(axis(w.variable(name), w.unit(v)))}}
		any := false
		for _, s := range w.schemes {
			for _, q := range quantities {
				n := w.unitNumber("context_"+q, c, s.key, name)
				any = any || n.State() != disclose.Absent
				row.Cells = append(row.Cells, table.Num(n, table.Format{Decimals: w.contextDecimals(c, name)}))
			}
		}
		if any {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// personTable is what the units are like that the average participant is in.
func (w *writer) personTable(c contextOf) table.Table {
	t := table.Table{ID: id("context", c.key, "persons"), Title: w.word("context.persons"),
		Note: join([]string{w.say("context.persons.note", "unit", c.unit), w.source()})}
	var labels []string
	var rows [][]disclose.Number
	for _, name := range c.of.Variables {
		numbers := w.byScheme(result.Key{Quantity: "context_person_mean", Kind: c.key, Variable: name})
		if anyNumber(numbers) {
			v, _ := w.study.Codebook.Variables.Get(name)
			labels, rows = append(labels, axis(w.variable(name), w.unit(v))), append(rows, numbers)
		}
	}
	t.Columns = w.columns(w.word("column.variable"), rows)
	for i, numbers := range rows {
		decimals := 1
		if table.Has(numbers[0]) && math.Abs(numbers[0].Value()) >= 1000 {
			decimals = 0
		}
		t.Rows = append(t.Rows, numberRow(labels[i], numbers, table.Format{Decimals: decimals}, len(t.Columns)))
	}
	return t
}

// correlations are the pairs of a context that have one.
func (w *writer) correlations(c contextOf) (pairs [][]string, numbers []disclose.Number) {
	for _, pair := range c.of.Correlations {
		if len(pair) != 2 {
			continue
		}
		if n := w.get(result.Key{Quantity: "context_correlation", Kind: c.key, Variable: pair[0], By: pair[1]}); n.State() != disclose.Absent {
			pairs, numbers = append(pairs, pair), append(numbers, n)
		}
	}
	return pairs, numbers
}

// correlationSentence tells of the strongest of the context's correlations.
func (w *writer) correlationSentence(c contextOf) string {
	pairs, numbers := w.correlations(c)
	best := -1
	for i, n := range numbers {
		if table.Has(n) && (best < 0 || math.Abs(n.Value()) > math.Abs(numbers[best].Value())) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	n := numbers[best]
	low, high := n.Interval()
	key := "context.correlation.positive"
	switch {
	case !(low > 0) && !(high < 0):
		key = "context.correlation.unclear"
	case high < 0:
		key = "context.correlation.negative"
	}
	return w.say(key, "a", w.topic(pairs[best][0]), "b", w.topic(pairs[best][1]), "unit", c.unit, "r", w.locale.Decimal(n.Value(), 2),
		"low", w.locale.Decimal(low, 2), "high", w.locale.Decimal(high, 2))
}

func (w *writer) correlationTable(c contextOf) table.Table {
	t := table.Table{ID: id("context", c.key, "correlations"), Title: w.word("context.correlations", "unit", c.unit),
		Note:    join([]string{w.say("context.correlations.note", "unit", c.unit), w.source()}),
		Columns: []table.Column{{Label: w.word("column.variable")}, {Label: w.word("context.column.with")}, {Label: w.word("context.column.correlation")}}}
	pairs, numbers := w.correlations(c)
	for i, n := range numbers {
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(w.variable(pairs[i][0])), table.Text(w.variable(pairs[i][1])),
			table.Num(n, table.Format{Decimals: 2, Interval: true})}})
	}
	if len(numbers) == 0 {
		return table.Table{}
	}
	return t
}
