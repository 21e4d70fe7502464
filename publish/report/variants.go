package report

import (
	"math"
	"slices"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
	"bidrag/study"
)

// variantsOf are the models without a chapter of their own that are like a
// model, or like one that is.
func (w *writer) variantsOf(model string) []string {
	var out []string
	for _, e := range w.study.Models {
		if e.Key != model && !e.Value.HasChapter() && w.chapterOf(e.Key) == model {
			out = append(out, e.Key)
		}
	}
	return out
}

// chapterOf is the model with a chapter that a model belongs to.
func (w *writer) chapterOf(name string) string {
	for range w.study.Models {
		m, ok := w.study.Models.Get(name)
		if !ok || m.HasChapter() {
			return name
		}
		name = m.Like
	}
	return name
}

// variants is the sections on the models that are like one with a chapter: of
// the same persons, step by step, and of others.
func (w *writer) variants(model string) {
	base, _ := w.study.Models.Get(model)
	var steps, others []string
	for _, name := range w.variantsOf(model) {
		if m, _ := w.study.Models.Get(name); m.Sample == base.Sample {
			steps = append(steps, name)
		} else {
			others = append(others, name)
		}
	}
	w.section(id("steps", model), w.word("steps.title"))
	w.variantSection(variantTexts{"steps", "steps.lead", "steps.table", "steps.note"}, model, steps)
	w.endSection()
	w.section(id("other-samples", model), w.word("other_samples.title"))
	w.variantSection(variantTexts{"samples", "other_samples.lead", "other_samples.table", "other_samples.note"}, model, others)
	w.endSection()
}

// variantTexts are the id and the texts of a section on variants.
type variantTexts struct{ id, lead, table, note string }

func (w *writer) variantSection(texts variantTexts, model string, names []string) {
	if len(names) == 0 {
		return
	}
	var items []string
	for _, name := range names {
		w.gaps("models", name)
		if item := w.variantSentence(name); item != "" {
			items = append(items, item)
		}
	}
	if len(items) > 0 {
		w.text(w.say(texts.lead))
		w.list(items)
	}
	for _, name := range names {
		w.warnings(name)
	}
	w.table(w.comparisonTable(texts, model, names))
	w.table(w.besides(texts.id, model, names))
	for _, name := range names {
		if terms := w.terms(name); len(terms) > 0 {
			t := w.coefficients(name, terms)
			m, _ := w.study.Models.Get(name)
			t.Title = w.word("coefficients.of", "model", w.casing.inside(w.chapterLabel(name)), "variant", w.casing.inside(m.Label.In(w.lang)))
			w.folded(t)
		}
	}
}

func (w *writer) chapterLabel(name string) string {
	m, _ := w.study.Models.Get(w.chapterOf(name))
	return m.Label.In(w.lang)
}

// variantSentence says how a variant compares with the model it is like.
func (w *writer) variantSentence(name string) string {
	m, _ := w.study.Models.Get(name)
	if w.numbers.Models()[name] == nil {
		return ""
	}
	parts := []string{w.testSentence(name, m)}
	own, of := w.schemeTerm(name), w.schemeTerm(m.Like)
	switch {
	case !table.Has(own.odds):
	case m.Sample != w.sampleOf(m.Like):
		parts = append(parts, w.schemeSentence(own))
	case table.Has(of.odds) && w.twoDecimals(own.odds) != w.twoDecimals(of.odds):
		parts = append(parts, w.say("variant.scheme", "first", w.focus.people, "from", w.twoDecimals(of.odds), "to", w.twoDecimals(own.odds)))
	}
	parts = append(parts, w.movedSentence(name, m))
	for _, t := range w.added(name, m) {
		parts = append(parts, w.termSentence(t))
	}
	parts = append(parts, w.places(name))
	text := join(parts)
	if text == "" {
		return ""
	}
	n := w.count(w.get(result.Key{Quantity: "persons", Model: name}))
	if m.Sample == w.sampleOf(m.Like) {
		return w.say("variant.item", "label", m.Label.In(w.lang), "text", text)
	}
	return w.say("variant.item_persons", "label", m.Label.In(w.lang), "text", text, "n", n)
}

func (w *writer) sampleOf(model string) string {
	m, _ := w.study.Models.Get(model)
	return m.Sample
}

func (w *writer) twoDecimals(n disclose.Number) string { return w.locale.Decimal(n.Value(), 2) }

// testSentence tells the likelihood-ratio test of a variant.
func (w *writer) testSentence(name string, m study.Model) string {
	get := func(quantity string) disclose.Number { return w.get(result.Key{Quantity: quantity, Model: name}) }
	statistic, df, p := get("lr_statistic"), get("lr_df"), get("lr_p_value")
	if !table.Has(statistic) || !table.Has(df) || !table.Has(p) {
		return ""
	}
	key := "variant."
	if m.Changes[len(m.Changes)-1].Add == "" {
		key += "worse"
	} else {
		key += "better"
	}
	if p.Value() >= 0.05 {
		key += "_unclear"
	}
	of, _ := w.study.Models.Get(m.Like)
	return w.say(key, "base", w.quote(of.Label.In(w.lang)), "statistic", w.locale.Decimal(statistic.Value(), 1),
		"df", w.degrees(df.Value()), "p", w.pText(p.Value()))
}

// degrees writes degrees of freedom: 1 degree of freedom.
func (w *writer) degrees(df float64) string {
	if df == 1 {
		return w.word("df.one")
	}
	return w.word("df", "n", w.locale.Count(df))
}

// pText is a p-value inside a sentence: p = 0.03, p < 0.001.
func (w *writer) pText(p float64) string {
	text := w.locale.PValue(p)
	if !strings.HasPrefix(text, "<") {
		text = "= " + text
	}
	return strings.ReplaceAll("p "+text, " ", "\u00a0") // on one line
}

// schemeSentence says what a model says of the scheme, in odds.
func (w *writer) schemeSentence(t term) string {
	low, high := t.odds.Interval()
	if low <= 1 && high >= 1 {
		return w.say("variant.scheme_unclear", "first", w.focus.people, "second", w.reference.people,
			"odds", w.twoDecimals(t.odds), "interval", w.locale.Interval(low, high, table.Format{Decimals: 2}))
	}
	return w.say("variant.scheme_odds", "first", w.focus.people, "second", w.reference.people, "odds", w.oddsChange(t.odds))
}

// termSentence says what a model says of a term.
func (w *writer) termSentence(t term) string {
	low, high := t.odds.Interval()
	if table.Has(t.odds) && low <= 1 && high >= 1 {
		return w.say("variant.term_unclear", "label", w.quote(t.full), "odds", w.twoDecimals(t.odds), "interval", w.locale.Interval(low, high, table.Format{Decimals: 2}))
	}
	return w.say("variant.term", "label", w.quote(t.full), "odds", w.oddsChange(t.odds))
}

// added are the terms that a variant has and the model it is like has not.
func (w *writer) added(name string, m study.Model) []term {
	of := w.termsByName(m.Like)
	var out []term
	for _, t := range w.terms(name) {
		if _, has := of[t.name]; !has {
			out = append(out, t)
		}
	}
	return out
}

func (w *writer) termsByName(model string) map[string]term {
	out := map[string]term{}
	for _, t := range w.terms(model) {
		out[t.name] = t
	}
	return out
}

// movedSentence names the term other than scheme and intercept that moves most
// when others are left out, when that is two of its standard errors or more.
func (w *writer) movedSentence(name string, m study.Model) string {
	if len(m.Changes[len(m.Changes)-1].Drop) == 0 || m.Sample != w.sampleOf(m.Like) {
		return ""
	}
	of := w.termsByName(m.Like)
	most, moved := 2.0, term{}
	for _, t := range w.terms(name) {
		from, has := of[t.name]
		if !has || t.scheme != "" || t.name == "(Intercept)" || !table.Has(t.odds) || !table.Has(from.odds) || from.stdError.Value() <= 0 {
			continue
		}
		if by := math.Abs(t.estimate.Value()-from.estimate.Value()) / from.stdError.Value(); by >= most {
			most, moved = by, t
		}
	}
	if moved.name == "" {
		return ""
	}
	return w.say("variant.moved", "label", w.quote(moved.full), "from", w.twoDecimals(of[moved.name].odds), "to", w.twoDecimals(moved.odds))
}

// comparisonTable has a row for each model: persons, the scheme's odds ratio and
// how well it fits.
func (w *writer) comparisonTable(texts variantTexts, model string, names []string) table.Table {
	t := table.Table{ID: id(texts.id, model), Title: w.word(texts.table), Note: join([]string{w.say(texts.note), w.source()}),
		Columns: []table.Column{{Label: w.word("column.model")}, {Label: w.word("fit.persons")}, {Label: w.word("column.scheme_odds", "scheme", w.focus.label)},
			{Label: w.word("fit.log_lik")}, {Label: w.word("column.statistic"), Group: w.word("column.test")}, {Label: w.word("column.df"), Group: w.word("column.test")}, {Label: w.word("column.p"), Group: w.word("column.test")}}}
	get := func(quantity, name string) disclose.Number {
		return w.get(result.Key{Quantity: quantity, Model: name})
	}
	for _, name := range append([]string{model}, names...) {
		if w.numbers.Models()[name] == nil {
			continue
		}
		m, _ := w.study.Models.Get(name)
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{
			table.Text(m.Label.In(w.lang)), table.Num(get("persons", name), wholeNumber), table.Num(w.schemeTerm(name).odds, table.Format{Decimals: 2, Interval: true}),
			table.Num(get("log_lik", name), table.Format{Decimals: 1}), table.Num(get("lr_statistic", name), table.Format{Decimals: 1}),
			table.Num(get("lr_df", name), wholeNumber), table.Num(get("lr_p_value", name), table.Format{Kind: table.PValue}),
		}})
	}
	return t
}

// besides sets the coefficients of models side by side, marked as the report
// marks them.
func (w *writer) besides(section, model string, names []string) table.Table {
	t := table.Table{ID: id(section+"-coefficients", model), Title: w.word("besides.table"), Note: join([]string{w.say("besides.note"), w.source()}), Columns: []table.Column{{Label: w.word("column.variable")}}}
	var models []map[string]term
	var order []term
	for _, name := range append([]string{model}, names...) {
		terms := w.terms(name)
		if len(terms) == 0 {
			continue
		}
		m, _ := w.study.Models.Get(name)
		t.Columns = append(t.Columns, table.Column{Label: m.Label.In(w.lang)})
		models = append(models, w.termsByName(name))
		for _, x := range terms {
			if !slices.ContainsFunc(order, func(o term) bool { return o.name == x.name }) {
				order = append(order, x)
			}
		}
	}
	if len(models) < 2 {
		return table.Table{}
	}
	m, _ := w.study.Models.Get(model)
	rows := w.grouped(m, order)
	if i := slices.IndexFunc(order, func(o term) bool { return o.name == "(Intercept)" }); i >= 0 {
		rows = append(rows, order[i])
	}
	for _, x := range rows {
		row := table.Row{Group: x.group, Cells: []table.Cell{table.Text(x.label)}}
		for _, of := range models {
			c := of[x.name]
			row.Cells = append(row.Cells, table.Num(c.estimate, table.Format{Decimals: coefficientDecimals(x)}).Marked(stars(c.pValue)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// coefficientDecimals are two, and more for a coefficient that is small in its unit.
func coefficientDecimals(t term) int {
	if !table.Has(t.stdError) {
		return 2
	}
	return min(table.Decimals(t.stdError.Value(), 2), 3)
}

// stars are the marks of a p-value in the report's tables.
func stars(p disclose.Number) string {
	switch {
	case !table.Has(p):
		return ""
	case p.Value() < 0.01:
		return "***"
	case p.Value() < 0.05:
		return "**"
	case p.Value() < 0.1:
		return "*"
	}
	return ""
}

// gaps tells what of a model the data could not answer in a step. A subject is
// what of the model it is, as the report calls it.
func (w *writer) gaps(step, model string) {
	for _, g := range w.numbers.Gaps() {
		if g.Step != step || g.Model != model {
			continue
		}
		what := w.quote(g.Subject)
		if _, named := w.words.texts["subject."+g.Subject]; named {
			what = w.word("subject." + g.Subject)
		} else if g.Subject == "" {
			m, _ := w.study.Models.Get(model)
			what = w.quote(m.Label.In(w.lang))
		}
		key := "gap." + g.Reason.Code
		if _, known := w.words.texts[key]; !known {
			key = "gap.other"
		}
		w.caution(w.say(key, "what", what, "about", w.about(g.Reason.About)))
	}
}

// about is what a gap's reason is about: a variable or a sample by its label.
func (w *writer) about(name string) string {
	var labels []string
	for _, part := range strings.Split(name, ", ") {
		if label, ok := w.study.LabelOf(part); ok {
			part = label.In(w.lang)
		} else if s, ok := w.study.Samples.Get(part); ok {
			part = s.Label.In(w.lang)
		}
		labels = append(labels, w.quote(part))
	}
	return w.enumerate(labels)
}
