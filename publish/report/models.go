package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// models is one chapter for each model of the study that is reported by itself.
func (w *writer) models() {
	for _, e := range w.study.Models {
		if !e.Value.HasChapter() {
			continue
		}
		terms := w.terms(e.Key)
		w.begin(id("model", e.Key), e.Value.Label.In(w.lang))
		w.gaps("models", e.Key)
		if len(terms) == 0 {
			w.end()
			continue
		}
		w.modelLead(e.Key, e.Value, terms)
		w.adjusted(e.Key)
		w.forest(e.Key, e.Value, terms)
		w.text(w.reading(e.Key, terms))
		w.strongestList(e.Key, 10)
		w.caution(w.say("model.caution"))
		w.warnings(e.Key)
		w.levels(e.Key)
		w.section(id("coefficients", e.Key), w.word("coefficients.title"))
		w.table(w.coefficients(e.Key, terms))
		w.table(w.fitTable(e.Key))
		w.text(w.explained(e.Key))
		w.endSection()
		w.variants(e.Key)
		w.pooling(e.Key, terms)
		w.effects(e.Key)
		w.assumptions(e.Key)
		w.end()
	}
}

func hasRatios(terms []term) bool {
	for _, t := range terms {
		if t.odds.State() != disclose.Absent {
			return true
		}
	}
	return false
}

// modelLead says what kind of model it is and whom it covers.
func (w *writer) modelLead(model string, m study.Model, terms []term) {
	n := w.count(w.get(result.Key{Quantity: "persons", Model: model}))
	groups := w.groupings(model)
	var lead string
	switch {
	case !w.kind(model).odds():
		lead = join([]string{w.say("model.lead_plain", "n", n), w.outcomeSentence(model)})
	case len(groups) > 0:
		lead = w.say("model.lead_levels", "n", n, "verb", w.verb(), "groups", w.groupsInWords(model, groups))
	default:
		lead = w.say("model.lead", "n", n, "verb", w.verb())
	}
	w.text(lead, w.sampleSentence(m), w.standardizedSentence(model, terms))
}

// sampleSentence says which persons a model is about when it is not all of those
// with complete information.
func (w *writer) sampleSentence(m study.Model) string {
	s, ok := w.study.Samples.Get(m.Sample)
	if !ok || m.Sample == w.completeSample() {
		return ""
	}
	return w.say("model.sample", "sample", w.quote(s.Label.In(w.lang)))
}

// completeSample is the sample of the model whose variables a complete row knows.
func (w *writer) completeSample() string {
	m, _ := w.study.Models.Get(w.study.Complete)
	return m.Sample
}

// standardizedSentence explains the unit of the terms that are z-scores.
func (w *writer) standardizedSentence(model string, terms []term) string {
	var parts []string
	for _, t := range terms {
		sd := w.get(result.Key{Quantity: "scale_sd", Model: model, Variable: t.name})
		mean := w.get(result.Key{Quantity: "scale_mean", Model: model, Variable: t.name})
		if !table.Has(sd) || !table.Has(mean) || sd.Value() == 0 {
			continue
		}
		v, _ := w.study.Codebook.Variables.Get(t.name)
		decimals := table.Decimals(sd.Value(), 0)
		parts = append(parts, w.word("model.scale", "variable", w.casing.inside(v.Label.In(w.lang)),
			"mean", w.locale.Decimal(mean.Value(), decimals), "sd", w.locale.Decimal(sd.Value(), decimals), "unit", w.unitAfter(v)))
	}
	if len(parts) == 0 {
		return ""
	}
	return w.say("model.standardized", "list", w.enumerate(parts))
}

// unitAfter is a variable's unit as it stands after a number, with its space.
func (w *writer) unitAfter(v study.Variable) string {
	if v.Unit.IsZero() {
		return ""
	}
	return " " + v.Unit.In(w.lang)
}

// enumerate joins phrases as a sentence does: a, b and c.
func (w *writer) enumerate(parts []string) string {
	if len(parts) < 2 {
		return join(parts)
	}
	return w.word("and", "first", strings.Join(parts[:len(parts)-1], ", "), "last", parts[len(parts)-1])
}

// forest is figure 20: every estimate with its interval, under the headings of
// the study. The intercept is no association and is left to the table.
func (w *writer) forest(model string, m study.Model, terms []term) {
	ratios := hasRatios(terms)
	plot := figure.Forest{Format: figure.Decimal, Axis: w.word("forest.axis_plain")}
	if ratios {
		plot = figure.Forest{Format: figure.Ratio, Axis: w.word("forest.axis"), Log: true}
	}
	data := table.Table{Columns: []table.Column{{Label: w.word("column.variable")}, {Label: plot.Axis}}}
	format := table.Format{Decimals: 2, Interval: true}
	for _, t := range w.grouped(m, terms) {
		n := t.odds
		if !ratios {
			n = t.estimate
		}
		plot.Rows = append(plot.Rows, figure.ForestRow{Label: t.label, Group: t.group, Number: n})
		data.Rows = append(data.Rows, table.Row{Group: t.group, Cells: []table.Cell{table.Text(t.label), table.Num(n, format)}})
	}
	title, subtitle := w.forestTitle(model, terms), w.word("forest.subtitle_plain")
	switch {
	case ratios && len(w.groupings(model)) > 0:
		subtitle = w.word("forest.subtitle_levels")
	case ratios:
		subtitle = w.word("forest.subtitle")
	}
	w.figure(figure.Figure{
		ID: id("odds-ratios", model), Title: title,
		Subtitle: join([]string{subtitle, w.nText(w.get(result.Key{Quantity: "persons", Model: model}))}),
		Note:     join([]string{w.say("forest.note"), w.unitNote(terms)}), Alt: w.word("alt.forest", "title", title),
		Plot: plot,
	}, data)
}

// unitNote says what the units mean when terms have units.
func (w *writer) unitNote(terms []term) string {
	var notes []string
	if slices.ContainsFunc(terms, w.hasUnit) {
		notes = append(notes, w.say("forest.units"))
	}
	if slices.ContainsFunc(terms, func(t term) bool { return w.standardized(t.model, t.name) }) {
		notes = append(notes, w.say("forest.units_sd"))
	}
	return join(notes)
}

// hasUnit tells whether a term is of a number in its own unit or of ordered levels.
func (w *writer) hasUnit(t term) bool {
	v, _ := w.study.Codebook.Variables.Get(t.variable)
	numeric := v.Type == study.Ordinal || v.Type == study.Integer || v.Type == study.NumberType
	return numeric && t.name == t.variable && !w.standardized(t.model, t.name)
}

// grouped are the terms but the intercept in the order of the study's groups,
// those of no group last.
func (w *writer) grouped(m study.Model, terms []term) []term {
	var out []term
	groups := []string{}
	for _, g := range m.Groups {
		groups = append(groups, g.Value.Label.In(w.lang))
	}
	for _, group := range append(groups, "") {
		for _, t := range terms {
			if t.group == group && t.name != "(Intercept)" {
				if group == "" && len(groups) > 0 {
					t.group = w.word("other_terms")
				}
				out = append(out, t)
			}
		}
	}
	return out
}

// forestTitle says what the model says of the scheme, or how many terms are
// clearly associated with the outcome.
func (w *writer) forestTitle(model string, terms []term) string {
	t := w.schemeTerm(model)
	low, high := t.odds.Interval()
	if w.kind(model).attainment && table.Has(t.odds) && !math.IsNaN(low) && !math.IsInf(high, 0) {
		switch x := t.odds.Value(); {
		case low <= 1 && high >= 1:
			return w.say("forest.unclear", "first", w.focus.people, "second", w.reference.people)
		case x >= 3:
			return w.say("forest.times", "first", w.focus.people, "x", w.locale.Decimal(x, 1), "second", w.reference.people)
		case x > 1:
			return w.say("forest.higher", "first", w.focus.people, "x", w.changeSize(x, changeDecimals(x)), "second", w.reference.people)
		default:
			return w.say("forest.lower", "first", w.focus.people, "x", w.changeSize(x, changeDecimals(x)), "second", w.reference.people)
		}
	}
	clear := 0
	for _, t := range terms {
		if low, high := t.estimate.Interval(); t.name != "(Intercept)" && (low > 0 || high < 0) {
			clear++
		}
	}
	return w.say("forest.count", "n", w.cardinal(clear))
}

// coefficients is table 17.
func (w *writer) coefficients(model string, terms []term) table.Table {
	m, _ := w.study.Models.Get(model)
	t := table.Table{
		ID: id("coefficients", model), Title: w.word("coefficients.table"), Note: join([]string{w.say("coefficients.note"), w.places(model), w.source()}),
		Columns: []table.Column{{Label: w.word("column.variable")}, {Label: w.word("column.estimate")}, {Label: w.word("column.error")}},
	}
	ratios := hasRatios(terms)
	if ratios {
		t.Columns[1].Label = w.word("column.log_odds")
		t.Columns = append(t.Columns, table.Column{Label: w.word("column.odds")})
	}
	t.Columns = append(t.Columns, table.Column{Label: w.word("column.p")})
	rows := w.grouped(m, terms)
	for _, c := range terms {
		if c.name == "(Intercept)" {
			rows = append(rows, c)
		}
	}
	for _, c := range rows {
		decimals := 3
		if c.stdError.Value() < 0.001 {
			decimals = table.Decimals(c.stdError.Value(), 3)
		}
		row := table.Row{Group: c.group, Cells: []table.Cell{
			table.Text(c.label), table.Num(c.estimate, table.Format{Decimals: decimals, Interval: !ratios}), table.Num(c.stdError, table.Format{Decimals: decimals}),
		}}
		if ratios {
			row.Cells = append(row.Cells, table.Num(c.odds, table.Format{Decimals: ratioDecimals(c.odds), Interval: true}))
		}
		row.Cells = append(row.Cells, table.Num(c.pValue, table.Format{Kind: table.PValue}))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// ratioDecimals are two, and more when both ends of the interval would be one number.
func ratioDecimals(n disclose.Number) int {
	low, high := n.Interval()
	if math.Round(low*100) == math.Round(high*100) {
		return table.Decimals(high-low, 2)
	}
	return 2
}

// fitTable is what is said of the model as a whole.
func (w *writer) fitTable(model string) table.Table {
	t := table.Table{ID: id("fit", model), Title: w.word("fit.table"), Note: w.source(), Columns: []table.Column{{}, {Label: w.word("column.value")}}}
	if fitted := w.numbers.Models()[model]; fitted != nil && len(fitted.Random) > 0 {
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(w.word("fit.method")), table.Text(w.method(fitted))}})
	}
	row := func(label, quantity, kind string, f table.Format) {
		if n := w.get(result.Key{Quantity: quantity, Kind: kind, Model: model}); n.State() != disclose.Absent {
			t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(w.word(label)), table.Num(n, f)}})
		}
	}
	row("fit.persons", "persons", "", wholeNumber)
	row("fit.log_lik", "log_lik", "", table.Format{Decimals: 1})
	row("fit.aic", "aic", "", table.Format{Decimals: 1})
	row("fit.bic", "bic", "", table.Format{Decimals: 1})
	row("fit.mcfadden", "r_squared", "mcfadden", table.Format{Decimals: 3})
	row("fit.tjur", "r_squared", "tjur", table.Format{Decimals: 3})
	row("fit.nakagawa_marginal", "r_squared", "nakagawa_marginal", table.Format{Decimals: 3})
	row("fit.nakagawa_conditional", "r_squared", "nakagawa_conditional", table.Format{Decimals: 3})
	return t
}

// method is how the likelihood of a multilevel model was computed.
func (w *writer) method(fitted *fit.Result) string {
	if fitted.Quadrature > 1 {
		return w.word("fit.quadrature", "n", strconv.Itoa(fitted.Quadrature))
	}
	return w.word("fit.laplace")
}

// explained says how much of the variation the model leaves open.
func (w *writer) explained(model string) string {
	marginal := w.get(result.Key{Quantity: "r_squared", Kind: "nakagawa_marginal", Model: model})
	conditional := w.get(result.Key{Quantity: "r_squared", Kind: "nakagawa_conditional", Model: model})
	if table.Has(marginal) && table.Has(conditional) {
		return w.say("fit.explained_levels", "marginal", w.percent(marginal), "conditional", w.percent(conditional))
	}
	n := w.get(result.Key{Quantity: "r_squared", Kind: "mcfadden", Model: model})
	if !table.Has(n) || n.Value() >= 0.4 {
		return ""
	}
	return w.say("fit.explained", "r", w.locale.Decimal(n.Value(), 2))
}

// warned is what a warning of a model is about: a term, or what varies between
// groups, which a fit calls "group: term".
func (w *writer) warned(model, subject string) string {
	if at := strings.LastIndex(subject, ": "); at >= 0 {
		group, name := subject[:at], subject[at+2:]
		if name == "(Intercept)" {
			return w.levelName(group)
		}
		_, label := w.termLabel(name, &term{model: model})
		return w.word("slope_of", "label", label, "level", w.levelName(group))
	}
	_, label := w.termLabel(subject, &term{model: model})
	return label
}

// warnings tells in plain words what a careful reader must know of the fit.
// They are written here and not taken from the fit: its own words can hold
// counts that have not passed the gate.
func (w *writer) warnings(model string) {
	fitted := w.numbers.Models()[model]
	if fitted == nil {
		return
	}
	told := map[string]bool{}
	for _, warning := range fitted.Warnings {
		if v, _ := w.study.Codebook.Variables.Get(warning.Subject); warning.Code == "unused_level" && (v.Type == study.Municipality || w.placeOf(warning.Subject) != "") {
			continue // a sample seldom has all places
		}
		subject := w.warned(model, warning.Subject)
		key := "warning." + warning.Code
		if _, known := w.words.texts[key]; !known {
			key = "warning.other"
		}
		if told[key+subject] {
			continue
		}
		told[key+subject] = true
		w.caution(w.say(key, "subject", w.quote(subject), "code", warning.Code))
	}
}
