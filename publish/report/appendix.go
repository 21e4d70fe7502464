package report

import (
	"slices"
	"strings"

	"bidrag/model/formula"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
	"bidrag/study"
)

// appendix holds what a reader needs who wants to check or do it again.
func (w *writer) appendix() {
	w.begin("appendix", w.word("appendix.title"))
	w.section("settings", w.word("settings.title"))
	w.table(w.settings())
	w.endSection()
	if w.sample != "gross" && w.study.Period != nil {
		w.section("all-leavers", w.word("gross.title"))
		w.text(w.say("gross.lead"))
		w.table(w.yearTable("attainment-gross", "gross"))
		w.endSection()
	}
	w.section("measure-details", w.word("measures_by.details"))
	w.measureDetails()
	w.endSection()
	w.section("codebook", w.word("codebook.title"))
	w.table(w.codebook())
	w.endSection()
	w.section("disclosure", w.word("disclosure.title"))
	w.disclosure()
	w.endSection()
	w.section("methods", w.word("methods.title"))
	w.methods()
	w.endSection()
	w.end()
}

// settings are the choices of the study's author.
func (w *writer) settings() table.Table {
	t := table.Table{ID: "settings", Title: w.word("settings.table"), Columns: []table.Column{{Label: w.word("column.setting")}, {Label: w.word("column.value")}}}
	row := func(label, value string) {
		if value != "" {
			t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(label), table.Text(value)}})
		}
	}
	row(w.word("settings.schemes"), strings.Join(w.schemeLabels(), ", "))
	row(w.word("settings.reference"), w.reference.label)
	if p := w.study.Period; p != nil {
		row(w.word("settings.period"), w.word("settings.years", "from", plainYear(p.From), "to", plainYear(p.To)))
	}
	row(w.word("settings.goal"), capitalize(w.verb()))
	for _, e := range w.study.Participants {
		for _, l := range e.Value.Losses {
			row(w.word("settings.lost", "scheme", w.schemeLabel(e.Key)), capitalize(l.Label.In(w.lang)))
		}
	}
	for _, e := range w.study.Models {
		row(w.modelName(e.Key), w.formula(e.Key))
	}
	for _, g := range w.study.Describe.Variables {
		row(w.word("settings.levels", "variable", w.topic(g.Variable)), capitalize(w.grouping(g)))
	}
	if c := w.study.Contribution; c != nil {
		row(w.word("settings.min_leavers"), w.locale.Count(float64(c.MinLeavers)))
		row(w.word("settings.band"), w.word("settings.band_value", "band", w.band()))
		for _, v := range c.Variants {
			row(w.word("settings.expected"), capitalize(v.Value.Label.In(w.lang)))
		}
	}
	return t
}

// modelName is a model's label, after that of the model whose chapter it is in.
func (w *writer) modelName(name string) string {
	m, _ := w.study.Models.Get(name)
	label := m.Label.In(w.lang)
	if chapter := w.chapterOf(name); chapter != name {
		return w.chapterLabel(name) + ", " + w.casing.inside(label)
	}
	return label
}

// formula is a model's formula as it was fitted, or as its author wrote it, with
// its changes to that of the model it is like.
func (w *writer) formula(name string) string {
	if fitted := w.numbers.Models()[name]; fitted != nil && fitted.Formula != "" {
		return fitted.Formula
	}
	m, _ := w.study.Models.Get(name)
	text := m.Formula
	for _, c := range m.Changes {
		parsed, err := formula.Parse(text)
		if err == nil && len(c.Drop) > 0 {
			text, err = parsed.Without(c.Drop...)
		}
		if err != nil {
			return "" // told before anything ran
		}
		if c.Add != "" {
			text += " + " + c.Add
		}
	}
	return text
}

// plainYear writes a year, which has no thousands separator.
func plainYear(year int) string {
	digits := []byte{}
	for n := year; n > 0; n /= 10 {
		digits = append([]byte{byte('0' + n%10)}, digits...)
	}
	return string(digits)
}

// grouping tells how a number is made into levels; empty for what has levels.
func (w *writer) grouping(g study.Grouping) string {
	switch {
	case g.Quantiles > 0:
		return w.word("settings.quantiles", "n", w.cardinal(g.Quantiles))
	case len(g.Breaks) > 0:
		var breaks []string
		for _, b := range g.Breaks {
			breaks = append(breaks, w.trim(b))
		}
		return w.word("settings.breaks", "breaks", strings.Join(breaks, "; "))
	case g.Round:
		return w.word("settings.round")
	}
	return ""
}

// codebook lists the variables.
func (w *writer) codebook() table.Table {
	t := table.Table{ID: "codebook", Title: w.word("codebook.table"), Columns: []table.Column{
		{Label: w.word("column.variable")}, {Label: w.word("column.name")}, {Label: w.word("column.type")}, {Label: w.word("column.source")},
	}}
	sources := false
	for _, e := range w.study.Codebook.Variables {
		v := e.Value
		kind := w.word("type." + v.Type)
		if !v.Unit.IsZero() {
			kind += ", " + v.Unit.In(w.lang)
		}
		sources = sources || !v.Source.IsZero()
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{
			table.Text(v.Label.In(w.lang)), table.Text(e.Key), table.Text(kind), table.Text(v.Source.In(w.lang)),
		}})
	}
	if !sources {
		t.Columns = t.Columns[:3]
		for i := range t.Rows {
			t.Rows[i].Cells = t.Rows[i].Cells[:3]
		}
	}
	return t
}

// disclosure tells what is hidden and why.
func (w *writer) disclosure() {
	hidden := 0
	for _, n := range w.numbers.Numbers() {
		if n.State() == disclose.Suppressed {
			hidden++
		}
	}
	rules := w.numbers.Rules()
	if rules.Base > 0 {
		w.text(w.say("disclosure.rounded", "most", w.cardinal(rules.Threshold-1), "base", w.cardinal(rules.Base), "largest", w.locale.Count(float64(w.numbers.Rounding.Largest))),
			w.say("disclosure.unrounded"))
	}
	w.text(w.say("disclosure.rule", "threshold", w.cardinal(rules.Threshold), "most", w.cardinal(rules.Threshold-1)))
	w.amounts(rules)
	w.text(w.say("disclosure.count", "hidden", w.locale.Count(float64(hidden)), "all", w.locale.Count(float64(len(w.numbers.Numbers())))))
	w.text(w.say("disclosure.limits"))
}

// amounts tells when amounts of money are hidden, in a study that has any.
func (w *writer) amounts(rules disclose.Rules) {
	if !slices.ContainsFunc(w.study.Codebook.Variables, func(e study.Entry[study.Variable]) bool { return e.Value.Amount != "" }) {
		return
	}
	share := w.locale.Percent(rules.Dominance.Share, 0)
	first := w.say("disclosure.largest", "share", share)
	if n := rules.Dominance.Largest; n > 1 {
		first = w.say("disclosure.several", "largest", w.cardinal(n), "share", share)
	}
	w.text(first, w.say("disclosure.amounts", "percent", w.locale.Percent(rules.Dominance.Percent/100, 0), "threshold", w.cardinal(rules.Threshold)))
}

// methods are the formulas behind the numbers that are shown.
func (w *writer) methods() {
	formula := func(name string) {
		w.text(w.say("methods." + name))
		w.add(Block{Formula: w.word("formula." + name)})
	}
	formula("wilson")
	for _, of := range []struct{ quantity, name string }{
		{"attainment_difference", "newcombe"}, {"standardized_difference", "standardized"}, {"context_rank", "rank"}, {"context_correlation", "fisher"},
	} {
		if w.tells(of.quantity) {
			formula(of.name)
		}
	}
	if len(w.study.Models) > 0 {
		formula("logistic")
		formula("r_squared")
		if w.adjustedDifference(w.study.Complete).State() != disclose.Absent {
			formula("adjusted")
		}
	}
	for _, of := range []struct{ quantity, name string }{
		{"icc", "levels"}, {"icc", "icc"}, {"lr_statistic", "ratio"},
		{"robustness_value", "robustness"}, {"e_value", "e_value"}, {"certainty", "treated"},
	} {
		if w.tells(of.quantity) {
			formula(of.name)
		}
	}
	shares, numbers := w.boundsOf()
	if shares {
		formula("rosenbaum")
	}
	if numbers {
		formula("signed_rank")
	}
	if w.study.Contribution != nil {
		formula("contribution")
	}
	w.text(w.say("methods.made"))
}

// boundsOf tells whether Rosenbaum's bounds are shown of an outcome of yes and no,
// and of one that is a number.
func (w *writer) boundsOf() (shares, numbers bool) {
	for _, n := range w.numbers.Numbers() {
		if n.Key().Quantity != "rosenbaum_p" || !table.Has(n) {
			continue
		}
		m, _ := w.study.Matching.Get(n.Key().Analysis)
		v, _ := w.study.Codebook.Variables.Get(m.Outcome)
		shares, numbers = shares || v.Type == study.Binary, numbers || v.Type != study.Binary
	}
	return shares, numbers
}

// tells whether a number of a quantity is shown.
func (w *writer) tells(quantity string) bool {
	return slices.ContainsFunc(w.numbers.Numbers(), func(n disclose.Number) bool { return n.Key().Quantity == quantity && table.Has(n) })
}
