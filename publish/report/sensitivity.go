package report

import (
	"slices"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
	"bidrag/study"
)

// sensitivity is the section on how strong something that nobody has observed must
// be to explain the schemes' difference.
func (w *writer) sensitivity() {
	s := w.study.Sensitivity
	if s == nil {
		return
	}
	w.section("sensitivity", w.word("sensitivity.title"))
	lead := w.at.Blocks
	w.text(w.say("sensitivity.lead"))
	said := len(w.at.Blocks)
	w.stepGaps("sensitivity")
	if s.Benchmark != nil {
		w.benchmark()
	}
	w.eValues()
	w.bounds()
	if len(w.at.Blocks) == said {
		w.at.Blocks = lead // a lead to nothing
	}
	w.endSection()
}

// stepGaps tells what these data could not answer in a step, of whatever model.
func (w *writer) stepGaps(step string) {
	var models []string
	for _, g := range w.numbers.Gaps() {
		if g.Step == step && !slices.Contains(models, g.Model) {
			models = append(models, g.Model)
		}
	}
	for _, model := range models {
		w.gaps(step, model)
	}
}

// compared are the schemes that are held against the reference.
func (w *writer) compared() []scheme {
	return slices.DeleteFunc(slices.Clone(w.schemes), func(s scheme) bool { return s.key == w.reference.key })
}

// ofScheme is a row's label, with the scheme when there are several.
func (w *writer) ofScheme(label string, s scheme) string {
	if len(w.schemes) > 2 {
		return w.word("sensitivity.of_scheme", "label", label, "scheme", s.label)
	}
	return label
}

// eValue is a number of the E-values of a model.
func (w *writer) eValue(quantity, kind, model, scheme string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Kind: kind, Model: model, Scheme: scheme})
}

// eValues tells the E-values of the first model that has any, and all in a table.
func (w *writer) eValues() {
	for _, model := range w.study.Sensitivity.Models {
		if text := w.eValueSentence(model); text != "" {
			w.text(w.say("sensitivity.e_lead"), text, w.say("sensitivity.e_odds"))
			break
		}
	}
	w.table(w.eValueTable())
}

// eValueSentence tells what a model's E-value of the risk ratio is.
func (w *writer) eValueSentence(model string) string {
	e, limit := w.eValue("e_value", "risk_ratio", model, w.focus.key), w.eValue("e_value_limit", "risk_ratio", model, w.focus.key)
	if !table.Has(e) || !table.Has(limit) {
		return ""
	}
	m, _ := w.study.Models.Get(model)
	key := "sensitivity.e_value"
	if limit.Value() == 1 {
		key = "sensitivity.e_value_unclear"
	}
	pairs := []any{"model", w.casing.inside(m.Label.In(w.lang)), "e", w.twoDecimals(e)}
	if limit.Value() != 1 {
		pairs = append(pairs, "limit", w.twoDecimals(limit))
	}
	return w.say(key, pairs...)
}

// eValueTable has a row for each model: its ratio of risks, and the E-values of
// that and of its odds ratio.
func (w *writer) eValueTable() table.Table {
	risks, odds := w.word("sensitivity.risks"), w.word("sensitivity.odds")
	t := table.Table{ID: "e-values", Title: w.word("sensitivity.e_table"), Note: join([]string{w.say("sensitivity.e_note"), w.source()}), Columns: []table.Column{
		{Label: w.word("column.model")}, {Label: w.word("sensitivity.risk_ratio"), Group: risks}, {Label: w.word("sensitivity.e_of_estimate"), Group: risks}, {Label: w.word("sensitivity.e_of_limit"), Group: risks},
		{Label: w.word("sensitivity.e_of_estimate"), Group: odds}, {Label: w.word("sensitivity.e_of_limit"), Group: odds},
	}}
	two := table.Format{Decimals: 2}
	for _, model := range w.study.Sensitivity.Models {
		m, _ := w.study.Models.Get(model)
		for _, s := range w.compared() {
			ratio := w.get(result.Key{Quantity: "risk_ratio", Model: model, Scheme: s.key})
			row := table.Row{Cells: []table.Cell{table.Text(w.ofScheme(m.Label.In(w.lang), s)), table.Num(ratio, table.Format{Decimals: 2, Interval: true})}}
			any := ratio.State() != disclose.Absent
			for _, kind := range []string{"risk_ratio", "odds_ratio"} {
				for _, quantity := range []string{"e_value", "e_value_limit"} {
					n := w.eValue(quantity, kind, model, s.key)
					any = any || n.State() != disclose.Absent
					row.Cells = append(row.Cells, table.Num(n, two))
				}
			}
			if any {
				t.Rows = append(t.Rows, row)
			}
		}
	}
	return t
}

// bound is a number of the bounds of matched sets.
func (w *writer) bound(b study.Bounds, quantity, scheme, level string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Kind: b.Method, Analysis: b.Matching, Scheme: scheme, Level: level})
}

// bounds tells how different in what is not observed two matched persons must be.
func (w *writer) bounds() {
	lead := w.say("sensitivity.bounds_lead")
	for _, b := range w.study.Sensitivity.Bounds {
		if text := w.boundSentence(b); text != "" {
			w.text(lead, w.discordantSentence(b), text)
			w.boundTable(b)
			lead = ""
		}
	}
}

// matched is what the pairs of bounds are called: the label of the matching, with
// the method where bounds are asked of several.
func (w *writer) matched(b study.Bounds) string {
	m, _ := w.study.Matching.Get(b.Matching)
	if !slices.ContainsFunc(w.study.Sensitivity.Bounds, func(o study.Bounds) bool { return o.Matching == b.Matching && o.Method != b.Method }) {
		return m.Label.In(w.lang)
	}
	method, _ := m.Methods.Get(b.Method)
	return w.word("sensitivity.of_method", "label", m.Label.In(w.lang), "method", w.casing.inside(method.Label.In(w.lang)))
}

// boundTable is the p-values that are possible at each Γ.
func (w *writer) boundTable(b study.Bounds) {
	t := table.Table{ID: id("rosenbaum", b.Matching, b.Method), Title: w.word("sensitivity.bounds_table", "matching", w.casing.inside(w.matched(b))), Note: join([]string{w.say("sensitivity.bounds_note"), w.source()}),
		Columns: []table.Column{{Label: w.word("sensitivity.gamma")}}}
	for _, s := range w.compared() {
		t.Columns = append(t.Columns, table.Column{Label: w.ofScheme(w.word("sensitivity.p_smallest"), s)}, table.Column{Label: w.ofScheme(w.word("sensitivity.p_largest"), s)})
	}
	for _, gamma := range b.Gammas {
		row := table.Row{Cells: []table.Cell{table.Text(w.trim(gamma))}}
		for _, s := range w.compared() {
			n := w.bound(b, "rosenbaum_p", s.key, strconv.FormatFloat(gamma, 'g', -1, 64))
			row.Cells = append(row.Cells, table.Num(w.bound(b, "rosenbaum_p_smallest", s.key, strconv.FormatFloat(gamma, 'g', -1, 64)), table.Format{Kind: table.PValue}), table.Num(n, table.Format{Kind: table.PValue}))
		}
		t.Rows = append(t.Rows, row)
	}
	w.table(t)
}

// discordantSentence counts the matched sets that tell anything.
func (w *writer) discordantSentence(b study.Bounds) string {
	more, fewer := w.bound(b, "rosenbaum_discordant", w.focus.key, "more"), w.bound(b, "rosenbaum_discordant", w.focus.key, "fewer")
	m, _ := w.study.Matching.Get(b.Matching)
	method, _ := m.Methods.Get(b.Method)
	if !table.Has(more) || !table.Has(fewer) || method.Ratio > 1 {
		return ""
	}
	return w.say("sensitivity.discordant", "matching", w.quote(w.matched(b)), "pairs", w.count(w.bound(b, "rosenbaum_sets", w.focus.key, "")), "n", w.locale.Count(more.Value()+fewer.Value()),
		"more", w.count(more), "fewer", w.count(fewer), "first", w.focus.name, "second", w.reference.name)
}

// boundSentence tells at which Γ the conclusion tips.
func (w *writer) boundSentence(b study.Bounds) string {
	gamma := w.bound(b, "rosenbaum_gamma", w.focus.key, "")
	if !table.Has(gamma) {
		return ""
	}
	if gamma.Value() <= 1 {
		return w.say("sensitivity.bounds_unclear")
	}
	return w.say("sensitivity.bounds", "gamma", w.twoDecimals(gamma))
}
