package report

import (
	"cmp"
	"math"
	"slices"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// imputation is the sections on what follows when gaps are filled: the models of
// complete rows beside those of everyone, what if those with gaps are different,
// projects, and whether to trust what was filled.
func (w *writer) imputation() {
	m := w.study.Imputation
	if m == nil {
		return
	}
	w.section("imputation", w.word("imputation.title"))
	w.imputationGaps()
	models := w.imputedModels()
	if len(models) > 0 {
		w.imputationLead(models)
		w.imputedForest(models)
		w.imputedSentences(models)
		w.table(w.imputedSchemes(models))
		w.caution(w.say("imputation.caution"))
		for _, model := range models {
			w.folded(w.imputedTerms(model))
		}
	}
	w.endSection()
	w.imputedDeltas()
	w.imputedContributions()
	w.imputationDiagnostics()
}

// imputedModels are the models that were fitted to filled data.
func (w *writer) imputedModels() []string {
	var out []string
	for _, e := range w.study.Imputation.Models {
		if table.Has(w.imputed("imputed_persons", e.Key, "")) {
			out = append(out, e.Key)
		}
	}
	return out
}

// imputed is a number of a model's term by filled data.
func (w *writer) imputed(quantity, model, name string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Model: model, Term: name})
}

// schemeDifference is a difference of the focus scheme in percentage points,
// absent of models of something else.
func (w *writer) schemeDifference(quantity, model string) disclose.Number {
	n := w.get(result.Key{Quantity: quantity, Model: model, Scheme: w.focus.key})
	if n.Unit() != result.Points || !w.kind(model).attainment {
		return disclose.Number{}
	}
	return n
}

// imputationLead says what was filled, and how.
func (w *writer) imputationLead(models []string) {
	m := w.study.Imputation
	persons := w.get(result.Key{Quantity: "imputation_persons", Sample: m.Sample})
	w.text(w.say("imputation.lead", "m", w.cardinal(m.Imputations)), w.say("imputation.persons", "n", w.count(persons)), w.filledSentence(), w.leftOutSentence())
	w.folded(w.filledTable())
	w.text(w.notFilledBy(models))
}

// filledSentence names the two variables with most filled values.
func (w *writer) filledSentence() string {
	var filled []disclose.Number
	for _, n := range w.numbers.Numbers() {
		if n.Key().Quantity == "imputation_filled" && table.Has(n) && n.Value() > 0 {
			filled = append(filled, n)
		}
	}
	slices.SortStableFunc(filled, func(a, b disclose.Number) int { return cmp.Compare(b.Value(), a.Value()) })
	var parts []string
	for _, n := range filled[:min(2, len(filled))] {
		parts = append(parts, w.word("imputation.filled_one", "variable", w.topic(n.Key().Variable), "n", w.locale.Count(n.Value())))
	}
	if len(parts) == 0 {
		return ""
	}
	return w.say("imputation.filled", "list", w.enumerate(parts))
}

// leftOutSentence counts those who are left out for something that others are
// filled by.
func (w *writer) leftOutSentence() string {
	var parts []string
	for _, n := range w.numbers.Numbers() {
		if n.Key().Quantity == "imputation_left_out" && table.Has(n) {
			parts = append(parts, w.word("imputation.left_out_one", "variable", w.quote(w.variable(n.Key().Variable)), "n", w.locale.Count(n.Value())))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return w.say("imputation.left_out", "list", w.enumerate(parts))
}

// filledTable is how each variable was filled.
func (w *writer) filledTable() table.Table {
	m := w.study.Imputation
	t := table.Table{ID: "imputation-filled", Title: w.word("imputation.how.table"),
		Note:    join([]string{w.say("imputation.how.note", "iterations", w.cardinal(m.Iterations)), w.clusterNote(), w.source()}),
		Columns: []table.Column{{Label: w.word("column.variable")}, {Label: w.word("imputation.column.filled")}, {Label: w.word("imputation.column.method")}, {Label: w.word("imputation.column.limits")}}}
	for _, e := range m.Variables {
		n := w.get(result.Key{Quantity: "imputation_filled", Sample: m.Sample, Variable: e.Key})
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(w.variable(e.Key)), table.Num(n, wholeNumber),
			table.Text(w.word("imputation.method." + e.Value.Method)), table.Text(w.limits(e.Value.Min, e.Value.Max))}})
	}
	return t
}

// clusterNote says how the cluster's level enters.
func (w *writer) clusterNote() string {
	m := w.study.Imputation
	if m.Cluster == "" {
		return ""
	}
	return w.say("imputation.cluster."+m.Level, "cluster", w.topic(m.Cluster))
}

// limits writes the smallest and the largest value that may be filled.
func (w *writer) limits(low, high string) string {
	name := func(bound string) string {
		if label, ok := w.study.LabelOf(bound); ok {
			return w.casing.inside(label.In(w.lang))
		}
		return bound
	}
	switch {
	case low == "" && high == "":
		return ""
	case high == "":
		return w.word("imputation.limit.low", "low", name(low))
	case low == "":
		return w.word("imputation.limit.high", "high", name(high))
	}
	return w.word("imputation.limit.both", "low", name(low), "high", name(high))
}

// notFilledBy names the variables of the models that nothing is filled by.
func (w *writer) notFilledBy(models []string) string {
	m := w.study.Imputation
	known := slices.Concat([]string{"scheme"}, m.Predictors, m.Variables.Keys())
	var names, labels []string
	for _, model := range models {
		for _, t := range w.terms(model) {
			name := t.variable
			for _, e := range w.study.Codebook.Variables {
				if slices.Contains(e.Value.IndicatorColumns(), name) {
					name = e.Key
				}
			}
			if name == "" || slices.Contains(known, name) || slices.Contains(names, name) {
				continue
			}
			names, labels = append(names, name), append(labels, w.topic(name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return w.say("imputation.not_by", "list", w.enumerate(labels))
}

// imputedForest is the difference between the schemes in each model, by complete
// rows and by filled data.
func (w *writer) imputedForest(models []string) {
	plot := figure.Forest{Format: figure.Points, Axis: w.word("imputation.axis")}
	data := table.Table{Columns: []table.Column{{Label: w.word("column.model")}, {Label: w.word("imputation.complete")}, {Label: w.word("fit.persons")},
		{Label: w.word("imputation.imputed")}, {Label: w.word("fit.persons")}}}
	points := table.Format{Kind: table.Points, Interval: true}
	var alike, unclear, n int
	for _, model := range models {
		complete, filled := w.schemeDifference("complete_treated_difference", model), w.schemeDifference("imputed_treated_difference", model)
		if !table.Has(filled) {
			continue
		}
		m, _ := w.study.Models.Get(model)
		label := m.Label.In(w.lang)
		plot.Rows = append(plot.Rows, figure.ForestRow{Label: w.word("imputation.complete"), Group: label, Number: complete},
			figure.ForestRow{Label: w.word("imputation.imputed"), Group: label, Number: filled})
		data.Rows = append(data.Rows, table.Row{Cells: []table.Cell{table.Text(label), table.Num(complete, points), table.Num(w.get(result.Key{Quantity: "persons", Model: model}), wholeNumber),
			table.Num(filled, points), table.Num(w.imputed("imputed_persons", model, ""), wholeNumber)}})
		n++
		if table.Has(complete) && w.holds(complete, filled) {
			alike++
			unclear += 1 - sign(filled)*sign(filled)
		}
	}
	if n == 0 {
		return
	}
	title := w.say("imputation.forest.some", "n", w.cardinal(alike), "of", w.cardinal(n))
	switch {
	case unclear == n:
		title = w.say("imputation.forest.unclear")
	case alike == n:
		title = w.say("imputation.forest.alike")
	case alike == 0:
		title = w.say("imputation.forest.other")
	}
	w.figure(figure.Figure{
		ID: "imputation-scheme", Title: title, Subtitle: w.say("imputation.forest.subtitle", "first", w.focus.people, "second", w.reference.people),
		Note: w.say("imputation.forest.note"), Alt: w.word("imputation.forest.alt", "title", title), Plot: plot,
	}, data)
}

// holds tells whether the interval of a number holds the value of another, and
// both say the same of the sign.
func (w *writer) holds(a, b disclose.Number) bool {
	low, high := a.Interval()
	return low <= b.Value() && b.Value() <= high && sign(a) == sign(b)
}

// sign is 1 or −1 when the interval of a number leaves out zero, else 0.
func sign(n disclose.Number) int {
	low, high := n.Interval()
	switch {
	case low > 0:
		return 1
	case high < 0:
		return -1
	}
	return 0
}

// imputedSentences says for each model what filling changes.
func (w *writer) imputedSentences(models []string) {
	var items []string
	for _, model := range models {
		m, _ := w.study.Models.Get(model)
		text := join([]string{w.imputedScheme(model), w.imputedMoved(model)})
		if text != "" {
			items = append(items, w.say("variant.item", "label", m.Label.In(w.lang), "text", text))
		}
	}
	w.list(items)
	w.text(w.informationSentence(models))
}

// imputedScheme says what becomes of the schemes' difference.
func (w *writer) imputedScheme(model string) string {
	complete, filled := w.schemeDifference("complete_treated_difference", model), w.schemeDifference("imputed_treated_difference", model)
	if !table.Has(complete) || !table.Has(filled) {
		return ""
	}
	from, to := w.locale.Points(complete.Value()), w.locale.Points(filled.Value())
	first := w.say("imputation.scheme", "first", w.focus.people, "from", from, "to", to, "n", w.count(w.imputed("imputed_persons", model, "")))
	if from == to {
		first = w.say("imputation.scheme_same", "first", w.focus.people, "to", to, "n", w.count(w.imputed("imputed_persons", model, "")))
	}
	verdict := ""
	switch before, after := sign(complete), sign(filled); {
	case before != 0 && after == 0:
		verdict = w.say("imputation.no_longer_clear")
	case before == 0 && after != 0:
		verdict = w.say("imputation.now_clear")
	case before*after < 0:
		verdict = w.say("imputation.turned")
	}
	return join([]string{first, verdict})
}

// imputedMoved names the term other than the scheme and the intercept that filling
// moves most, when that is two standard errors or more.
func (w *writer) imputedMoved(model string) string {
	most, moved := 2.0, term{}
	for _, t := range w.imputedTermsOf(model) {
		filled := w.imputed("imputed_estimate", model, t.name)
		if t.scheme != "" || t.name == "(Intercept)" || !table.Has(filled) || !table.Has(t.estimate) || !table.Has(t.odds) || !(t.stdError.Value() > 0) {
			continue
		}
		if by := math.Abs(filled.Value()-t.estimate.Value()) / t.stdError.Value(); by >= most {
			most, moved = by, t
		}
	}
	odds := w.imputed("imputed_odds_ratio", model, moved.name)
	if moved.name == "" || !table.Has(odds) || w.twoDecimals(odds) == w.twoDecimals(moved.odds) {
		return ""
	}
	return w.say("imputation.moved", "label", w.quote(moved.full), "from", w.twoDecimals(moved.odds), "to", w.twoDecimals(odds))
}

// informationSentence tells how much of what the data could tell of the schemes'
// difference is missing, from the model with least to that with most.
func (w *writer) informationSentence(models []string) string {
	var numbers []disclose.Number
	for _, model := range models {
		if n := w.get(result.Key{Quantity: "imputed_treated_difference_fmi", Model: model, Scheme: w.focus.key}); table.Has(n) && w.kind(model).attainment {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 {
		return ""
	}
	byValue := func(a, b disclose.Number) int { return cmp.Compare(a.Value(), b.Value()) }
	least, most := slices.MinFunc(numbers, byValue), slices.MaxFunc(numbers, byValue)
	if w.percentText(least.Value()) == w.percentText(most.Value()) {
		return w.say("imputation.information", "share", w.percent(most))
	}
	return w.say("imputation.information_span", "least", w.percent(least), "most", w.percent(most))
}

// imputedSchemes has a row for each model: the scheme's odds ratio by complete
// rows and by filled data, and what the gaps cost.
func (w *writer) imputedSchemes(models []string) table.Table {
	t := table.Table{ID: "imputation-odds", Title: w.word("imputation.odds.table", "scheme", w.focus.label), Note: join([]string{w.say("imputation.odds.note"), w.source()}),
		Columns: []table.Column{{Label: w.word("column.model")}, {Label: w.word("imputation.complete")}, {Label: w.word("imputation.imputed")},
			{Label: w.word("imputation.column.fmi")}, {Label: w.word("imputation.column.sets")}}}
	odds := table.Format{Decimals: 2, Interval: true}
	for _, model := range models {
		name := "scheme" + w.focus.key
		filled := w.imputed("imputed_odds_ratio", model, name)
		if !table.Has(filled) {
			continue
		}
		m, _ := w.study.Models.Get(model)
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(m.Label.In(w.lang)), table.Num(w.term(model, name).odds, odds), table.Num(filled, odds),
			table.Num(w.imputed("imputed_fmi", model, name), table.Format{Kind: table.Percent}),
			table.Num(w.imputed("imputed_sets", model, ""), wholeNumber)}})
	}
	return t
}

// imputedTermsOf are the terms of a model by filled data, in the model's order.
func (w *writer) imputedTermsOf(model string) []term {
	var out []term
	for _, n := range w.numbers.Numbers() {
		if k := n.Key(); k.Quantity == "imputed_estimate" && k.Model == model {
			out = append(out, w.term(model, k.Term))
		}
	}
	return out
}

// imputedGroups tells whether the terms of each group matter when they are tested
// together.
func (w *writer) imputedGroups(model string) string {
	m, _ := w.study.Models.Get(model)
	var tests []string
	for _, g := range m.Groups {
		p := w.pPhrase(w.get(result.Key{Quantity: "imputed_group_p_value", Model: model, Variable: g.Key}))
		if p.said {
			tests = append(tests, w.word("imputation.terms.group", "group", w.casing.inside(g.Value.Label.In(w.lang)), "p", p.text))
		}
	}
	if len(tests) == 0 {
		return ""
	}
	return w.say("imputation.terms.groups", "list", w.enumerate(tests))
}

// imputedTerms sets every term of a model by complete rows and by filled data side
// by side.
func (w *writer) imputedTerms(model string) table.Table {
	terms := w.imputedTermsOf(model)
	m, _ := w.study.Models.Get(model)
	t := table.Table{ID: id("imputation", model), Title: w.word("imputation.terms.table", "model", w.casing.inside(m.Label.In(w.lang))), Note: join([]string{w.say("imputation.terms.note"), w.imputedGroups(model), w.source()}),
		Columns: []table.Column{{Label: w.word("column.variable")}}}
	ratios := table.Has(w.imputed("imputed_odds_ratio", model, "(Intercept)"))
	for _, x := range terms {
		ratios = ratios || table.Has(w.imputed("imputed_odds_ratio", model, x.name))
	}
	group, quantity, format := w.word("imputation.column.estimate"), "imputed_estimate", table.Format{Decimals: 3, Interval: true}
	if ratios {
		group, quantity, format = w.word("imputation.column.odds"), "imputed_odds_ratio", table.Format{Decimals: 2, Interval: true}
	}
	t.Columns = append(t.Columns, table.Column{Label: w.word("imputation.complete"), Group: group}, table.Column{Label: w.word("imputation.imputed"), Group: group},
		table.Column{Label: w.word("column.p")}, table.Column{Label: w.word("imputation.column.fmi")}, table.Column{Label: w.word("imputation.column.df")})
	for _, x := range w.grouped(m, terms) {
		complete := x.estimate
		if ratios {
			complete = x.odds
		}
		t.Rows = append(t.Rows, table.Row{Group: x.group, Cells: []table.Cell{table.Text(x.label), table.Num(complete, format), table.Num(w.imputed(quantity, model, x.name), format),
			table.Num(w.imputed("imputed_p_value", model, x.name), table.Format{Kind: table.PValue}), table.Num(w.imputed("imputed_fmi", model, x.name), table.Format{Kind: table.Percent}),
			table.Num(w.imputed("imputed_df", model, x.name), wholeNumber)}})
	}
	return t
}

// imputationGaps tells what could not be done, or was done otherwise.
func (w *writer) imputationGaps() {
	for _, g := range w.numbers.Gaps() {
		if g.Step != "imputation" {
			continue
		}
		subject := ""
		if label, ok := w.study.LabelOf(g.Subject); ok {
			subject = w.quote(label.In(w.lang))
		}
		model := ""
		if m, ok := w.study.Models.Get(g.Model); ok {
			model = w.quote(m.Label.In(w.lang))
		}
		switch {
		case g.Subject == "sets":
			w.caution(w.say("imputation.gap.sets", "model", model, "n", w.count(w.imputed("imputed_sets", g.Model, "")), "m", w.locale.Count(float64(w.study.Imputation.Imputations))))
		case g.Subject == "contribution":
			w.caution(w.say("imputation.gap.contribution"))
		case model != "" && g.Subject != "":
			w.caution(w.say("imputation.gap.delta", "variable", subject))
		case model != "" && g.Reason.Code == result.NotFilled:
			w.caution(w.say("imputation.gap.nothing", "model", model))
		case model != "":
			w.caution(w.say("imputation.gap.model", "model", model))
		case g.Subject == "":
			w.caution(w.say("imputation.gap.all"))
		default:
			w.caution(w.say("imputation.gap.variable."+w.variableGap(g.Reason.Code), "variable", subject, "scheme", w.peopleOf(g.Reason.About)))
		}
	}
}

// peopleOf is what the participants of a scheme are called; "" of what is none.
func (w *writer) peopleOf(key string) string {
	for _, s := range w.schemes {
		if s.key == key {
			return s.people
		}
	}
	return ""
}

// variableGap is the text of why a variable is filled otherwise than asked.
func (w *writer) variableGap(code string) string {
	switch code {
	case result.UnknownForAll, result.UnknownInScheme, result.ConstantInUnits, result.NotFitted:
		return code
	}
	return "other"
}
