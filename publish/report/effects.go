package report

import (
	"math"
	"slices"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// allGroups ends the quantities of a model with random terms that are averaged
// over all groups.
const allGroups = "_all_groups"

// effects is the sections of a model's chapter that say in percentage points
// what the model means.
func (w *writer) effects(model string) {
	w.section(id("effects", model), w.word("effects.title"))
	w.effectGaps(model)
	if w.kind(model).attainment {
		w.marginal(model)
	}
	w.endSection()
	w.section(id("profiles", model), w.word("profiles.title"))
	w.profileGaps(model)
	if w.kind(model).attainment {
		w.profiles(model)
	}
	w.endSection()
	w.section(id("interactions", model), w.word("interactions.title"))
	w.interactions(model)
	w.interactionGaps(model)
	w.endSection()
}

// lacks tells whether the data have no answer to something asked of a model's effects.
func (w *writer) lacks(model, subject string) bool {
	return slices.ContainsFunc(w.numbers.Gaps(), func(g result.Gap) bool { return g.Step == "effects" && g.Model == model && g.Subject == subject })
}

// profileGaps tells of made-up persons of whom the model expects nothing.
func (w *writer) profileGaps(model string) {
	for _, e := range w.study.Profiles {
		if w.lacks(model, e.Key) {
			w.caution(w.say("profiles.gap", "label", e.Value.Label.In(w.lang)))
		}
	}
}

// interactionGaps tells of variables by which the difference could not be looked at.
func (w *writer) interactionGaps(model string) {
	m, _ := w.study.Models.Get(model)
	for _, v := range m.Interactions {
		if w.lacks(model, v) {
			w.caution(w.say("interactions.gap", "variable", w.topic(v)))
		}
	}
}

// effectGaps tells that nothing is known of a model's effects.
func (w *writer) effectGaps(model string) {
	if w.lacks(model, "") {
		w.caution(w.say("effects.gap"))
	}
}

// An effect is one estimate of a model in points.
type effect struct {
	term
	points, all disclose.Number // for a typical group, and averaged over all groups
}

// marginal is how much the expected attainment differs with each characteristic.
func (w *writer) marginal(model string) {
	rows := w.marginalEffects(model)
	if len(rows) == 0 {
		return
	}
	multilevel := slices.ContainsFunc(rows, func(e effect) bool { return e.all.State() != disclose.Absent })
	lead := "effects.lead"
	if !w.kind(model).odds() {
		lead = "effects.lead_plain"
	}
	w.text(w.say(lead), w.schemeExpected(model), w.strongestPoints(rows))
	if multilevel {
		w.text(w.groupSentence(model))
	}
	plot := figure.Forest{Format: figure.Points, Axis: w.word("effects.axis")}
	data := table.Table{Columns: w.effectColumns(w.word("column.variable"), w.word("effects.axis"), multilevel)}
	format := table.Format{Kind: table.Points, Interval: true}
	for _, e := range rows {
		plot.Rows = append(plot.Rows, figure.ForestRow{Label: e.label, Group: e.group, Number: e.points})
		row := table.Row{Group: e.group, Cells: []table.Cell{table.Text(e.label), table.Num(e.points, format)}}
		if multilevel {
			row.Cells = append(row.Cells, table.Num(e.all, format))
		}
		data.Rows = append(data.Rows, row)
	}
	title := w.marginalTitle(model)
	w.figure(figure.Figure{
		ID: id("effects", model), Title: title,
		Subtitle: join([]string{w.say("effects.subtitle"), w.nText(w.get(result.Key{Quantity: "persons", Model: model}))}),
		Note:     w.effectNote(rows, multilevel), Alt: w.word("effects.alt", "title", title), Plot: plot,
	}, data)
	w.folded(w.expectedTable(model, multilevel))
}

// effectColumns are the columns of a table whose numbers may be of a typical
// group and of all.
func (w *writer) effectColumns(first, what string, multilevel bool) []table.Column {
	if !multilevel {
		return []table.Column{{Label: first}, {Label: what}}
	}
	return []table.Column{{Label: first}, {Label: w.word("column.typical"), Group: what}, {Label: w.word("column.all_groups"), Group: what}}
}

// marginalEffects are a model's effects in the order of the study's groups, with
// the labels that their terms have among the coefficients.
func (w *writer) marginalEffects(model string) []effect {
	terms := w.termsByName(model)
	m, _ := w.study.Models.Get(model)
	effects := map[string]effect{}
	var order []term
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Model != model || k.Quantity != "marginal_effect" && k.Quantity != "adjusted_difference" || n.Unit() != result.Points {
			continue
		}
		t := w.effectTerm(model, k, terms)
		k.Quantity += allGroups
		effects[t.name] = effect{t, n, w.get(k)}
		order = append(order, t)
	}
	var out []effect
	for _, t := range w.grouped(m, order) {
		e := effects[t.name]
		e.term = t
		out = append(out, e)
	}
	return out
}

// effectTerm is the coefficient that an effect belongs to; what has none of that
// name, as age of log(age), is called by its variable.
func (w *writer) effectTerm(model string, k result.Key, terms map[string]term) term {
	v, _ := w.study.Codebook.Variables.Get(k.Variable)
	names := []string{"scheme" + k.Scheme}
	if k.Variable != "" {
		names = []string{k.Variable + k.Level, factorOf(k.Variable) + k.Level, k.Variable}
		if v.Indicators != nil {
			names = append([]string{v.Indicators.Prefix + "_" + k.Level}, names...)
		}
	}
	for _, name := range names {
		if t, ok := terms[name]; ok {
			return t
		}
	}
	return w.term(model, names[len(names)-1])
}

// schemeExpected says what is expected of like persons in both schemes.
func (w *writer) schemeExpected(model string) string {
	get := func(quantity, scheme string) disclose.Number {
		return w.get(result.Key{Quantity: quantity, Model: model, Scheme: scheme})
	}
	d := w.adjustedDifference(model)
	return join([]string{w.say("effects.scheme", "focus", w.percent(get("expected", w.focus.key)), "reference", w.percent(get("expected", w.reference.key)),
		"first", w.focus.name, "second", w.reference.name, "points", w.pointsInterval(d)),
		w.maybeNothing(d)})
}

// maybeNothing says that a difference may be nothing.
func (w *writer) maybeNothing(d disclose.Number) string {
	if low, high := d.Interval(); table.Has(d) && low <= 0 && high >= 0 {
		return w.say("summary.unclear")
	}
	return ""
}

// pointsInterval writes a difference with its interval: +8.4 percentage points
// (+4.0 to +12.8).
func (w *writer) pointsInterval(n disclose.Number) phrase {
	low, high := n.Interval()
	if !table.Has(n) || math.IsNaN(low) {
		return phrase{}
	}
	return phrase{w.word("effects.points", "points", w.locale.Points(n.Value()), "low", w.locale.Points(low), "high", w.locale.Points(high)), true}
}

// strongestPoints names what goes with the largest differences among levels
// and indicators, which can be compared with each other: one against none.
func (w *writer) strongestPoints(rows []effect) string {
	var most effect
	for _, e := range rows {
		low, high := e.points.Interval()
		if !table.Has(e.points) || e.scheme != "" || w.hasUnit(e.term) || w.standardized(e.model, e.variable) || low <= 0 && high >= 0 {
			continue
		}
		if !table.Has(most.points) || math.Abs(e.points.Value()) > math.Abs(most.points.Value()) {
			most = e
		}
	}
	if !table.Has(most.points) {
		return ""
	}
	return w.say("effects.strongest", "label", w.casing.inside(most.full), "points", w.pointsInterval(most.points))
}

// groupSentence says what a typical group is, and why averages over all differ.
func (w *writer) groupSentence(model string) string {
	var names []string
	for _, g := range w.groupings(model) {
		names = append(names, w.levelName(g))
	}
	if len(names) == 0 {
		names = []string{w.word("effects.group")}
	}
	typical, all := w.adjustedDifference(model), w.get(result.Key{Quantity: "adjusted_difference" + allGroups, Model: model, Scheme: w.focus.key})
	return join([]string{w.say("effects.groups", "groups", w.enumerate(names)),
		w.say("effects.groups_scheme", "typical", w.pointsOnly(typical), "all", w.pointsOnly(all))})
}

func (w *writer) pointsOnly(n disclose.Number) phrase {
	if !table.Has(n) {
		return phrase{}
	}
	return phrase{w.locale.Points(n.Value()), true}
}

// marginalTitle is what the figure finds of the scheme.
func (w *writer) marginalTitle(model string) string {
	d := w.adjustedDifference(model)
	low, high := d.Interval()
	if !table.Has(d) || math.IsNaN(low) {
		return w.say("effects.figure")
	}
	first, second, size := w.focus.people, w.reference.people, phrase{w.points(d.Value()), true}
	switch {
	case low <= 0 && high >= 0:
		return w.say("forest.unclear", "first", first, "second", second)
	case d.Value() < 0:
		first, second = second, first
	}
	return w.say("effects.finding", "first", first, "second", second, "points", size)
}

// effectNote explains the units of a figure of effects.
func (w *writer) effectNote(rows []effect, multilevel bool) string {
	notes := []string{w.say("forest.note")}
	if slices.ContainsFunc(rows, func(e effect) bool { return w.hasUnit(e.term) }) {
		notes = append(notes, w.say("effects.slope"))
	}
	if slices.ContainsFunc(rows, func(e effect) bool { return w.standardized(e.model, e.variable) }) {
		notes = append(notes, w.say("effects.slope_sd"))
	}
	if multilevel {
		notes = append(notes, w.say("effects.typical"))
	}
	return join(notes)
}

// expectedTable is what the model expects if everyone had each level of the
// characteristics, without the measures, of which there may be many.
func (w *writer) expectedTable(model string, multilevel bool) table.Table {
	t := table.Table{ID: id("expected", model), Title: w.word("expected.table"), Note: join([]string{w.say("expected.note"), w.source()}),
		Columns: w.effectColumns(w.word("column.variable"), w.word("column.expected"), multilevel)}
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Model != model || k.Quantity != "expected" || n.Unit() != result.Share || slices.Contains(w.study.Describe.Measures, k.Variable) {
			continue
		}
		row := table.Row{Group: w.expectedGroup(k), Cells: []table.Cell{table.Text(w.expectedLabel(k)), table.Num(n, withInterval)}}
		if k.Quantity += allGroups; multilevel {
			row.Cells = append(row.Cells, table.Num(w.get(k), withInterval))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (w *writer) expectedGroup(k result.Key) string {
	if k.Variable == "" {
		return w.word("effects.scheme_group")
	}
	return w.variable(k.Variable)
}

func (w *writer) expectedLabel(k result.Key) string {
	if k.Variable == "" {
		for _, s := range w.schemes {
			if s.key == k.Scheme {
				return s.label
			}
		}
	}
	return w.levelLabel(k.Variable, k.Level)
}

// levelLabel is what a level of a variable is called; several, as the reference
// of indicators has them, stand beside each other.
func (w *writer) levelLabel(variable, level string) string {
	v, _ := w.study.Codebook.Variables.Get(variable)
	var labels []string
	for _, l := range append([]string{level}, strings.Split(level, "+")...) {
		if text, ok := levelsOf(v).Get(l); ok {
			labels = append(labels, text.In(w.lang))
		}
		if l == level && len(labels) > 0 {
			break
		}
	}
	if len(labels) == 0 {
		return level
	}
	return strings.Join(labels, " / ")
}

// levelsOf are the levels of a variable; those of a 0/1 variable without labels
// are no and yes.
func levelsOf(v study.Variable) study.Map[study.Text] {
	if len(v.Levels) == 0 && v.Type == study.Binary {
		return study.Map[study.Text]{{Key: "0", Value: study.Text{NB: "Nei", EN: "No"}}, {Key: "1", Value: study.Text{NB: "Ja", EN: "Yes"}}}
	}
	return v.Levels
}
