package report

import (
	"cmp"
	"math"
	"slices"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// An estimate is one answer to what a scheme is worth to its participants.
type estimate struct {
	label, assumes string
	number         disclose.Number
	persons        disclose.Number // of the scheme
	adjusted       bool            // it takes into account who the participants are
}

// certainty is the page that puts every estimate of the schemes' difference on one
// scale, with what each assumes.
func (w *writer) certainty() {
	if len(w.study.Certainty) == 0 {
		return
	}
	w.begin("certainty", w.word("certainty.title"))
	all := w.estimates(w.focus)
	seen := countEstimates(all)
	if seen.shown > 0 {
		w.text(w.say("certainty.lead", "first", w.focus.people, "second", w.reference.name), w.rawEstimate(all), w.rangeOfEstimates(seen), w.agreement(seen))
		w.certaintyFigure(seen)
		w.text(w.measuresHeld(all))
		w.artefact()
		w.caution(w.say("certainty.nobody"), w.dependence(seen))
		w.table(w.certaintyTable())
	}
	w.text(w.withoutAnswer(all))
	w.end()
}

// estimates are those of a scheme, in the study's order.
func (w *writer) estimates(s scheme) []estimate {
	var out []estimate
	for _, e := range w.study.Certainty {
		key := result.Key{Quantity: "certainty", Kind: e.Key, Scheme: s.key}
		x := estimate{label: w.estimateLabel(e.Value), assumes: w.assumes(e.Value), number: w.get(key), adjusted: e.Value.Raw == ""}
		key.Quantity = "certainty_persons"
		x.persons = w.get(key)
		out = append(out, x)
	}
	return out
}

// estimateLabel is what an estimate is called: by the study, or as its model or
// method is.
func (w *writer) estimateLabel(of study.Certainty) string {
	switch {
	case !of.Label.IsZero():
		return of.Label.In(w.lang)
	case of.Raw != "":
		return w.word("certainty.label.raw")
	case of.Model != "":
		m, _ := w.study.Models.Get(of.Model)
		return m.Label.In(w.lang)
	case of.Imputed != "":
		m, _ := w.study.Models.Get(of.Imputed)
		return w.word("certainty.label.imputed", "label", m.Label.In(w.lang))
	}
	method := w.methodOf(of)
	return method.Label.In(w.lang)
}

// methodOf is the method of a matching that an estimate is of.
func (w *writer) methodOf(of study.Certainty) study.Method {
	m, _ := w.study.Matching.Get(of.Matching)
	method, _ := m.Methods.Get(of.Method)
	return method
}

// assumes is what an estimate takes for granted, in a line.
func (w *writer) assumes(of study.Certainty) string {
	switch {
	case !of.Assumes.IsZero():
		return of.Assumes.In(w.lang)
	case of.Raw != "":
		return w.word("certainty.assumes.raw")
	case of.Model != "":
		return join([]string{w.modelAssumes(of.Model), w.samplePhrase(of.Model)})
	case of.Imputed != "":
		return join([]string{w.modelAssumes(of.Imputed), w.word("certainty.assumes.imputed")})
	}
	method := w.methodOf(of)
	if method.Estimand == "all" {
		return join([]string{w.word("certainty.assumes." + method.Kind), w.word("certainty.assumes.everyone")})
	}
	return w.word("certainty.assumes." + method.Kind)
}

// modelAssumes is what a model takes for granted: of likeness within places when
// it has a term for each, of its groups when it has random ones.
func (w *writer) modelAssumes(model string) string {
	for _, name := range w.termNames(model) {
		if place := w.placeOf(name); place != "" {
			return w.word("certainty.assumes.within", "place", w.levelName(place))
		}
	}
	if groups := w.groupings(model); len(groups) > 0 {
		var names []string
		for _, g := range groups {
			names = append(names, w.levelName(g))
		}
		return w.word("certainty.assumes.levels", "groups", w.enumerate(names))
	}
	return w.word("certainty.assumes.model")
}

// samplePhrase says whom a model is of, when that is not those of the complete one.
func (w *writer) samplePhrase(model string) string {
	sample := w.sampleOf(model)
	if s, ok := w.study.Samples.Get(sample); ok && sample != w.sampleOf(w.study.Complete) {
		return w.word("certainty.assumes.sample", "sample", w.casing.inside(s.Label.In(w.lang)))
	}
	return ""
}

// A tally is what the estimates that take into account who the participants are
// say together.
type tally struct {
	shown, adjusted      int // estimates with a number, and those of them that are adjusted
	higher, lower, clear int // of the adjusted: above 0, below 0, with an interval that leaves 0 out
	clearHigher          int
	least, most          estimate
	raw                  estimate
}

func countEstimates(all []estimate) tally {
	var t tally
	for _, e := range all {
		low, high := e.number.Interval()
		if !table.Has(e.number) || math.IsNaN(low) || math.IsNaN(high) {
			continue
		}
		t.shown++
		if !e.adjusted {
			t.raw = e
			continue
		}
		if t.adjusted == 0 || e.number.Value() < t.least.number.Value() {
			t.least = e
		}
		if t.adjusted == 0 || e.number.Value() > t.most.number.Value() {
			t.most = e
		}
		t.adjusted++
		switch x := e.number.Value(); {
		case x > 0:
			t.higher++
		case x < 0:
			t.lower++
		}
		if low > 0 || high < 0 {
			t.clear++
		}
		if low > 0 {
			t.clearHigher++
		}
	}
	return t
}

// oneWay tells whether all adjusted estimates point the same way.
func (t tally) oneWay() bool {
	return t.adjusted > 0 && (t.higher == t.adjusted || t.lower == t.adjusted)
}

// afterRaw is the sentence that goes on from the difference as it is, or the one
// that stands alone when there is none.
func (t tally) afterRaw(after, alone string) string {
	if table.Has(t.raw.number) {
		return after
	}
	return alone
}

// rawEstimate tells the difference as it is.
func (w *writer) rawEstimate(all []estimate) string {
	for _, e := range all {
		if !e.adjusted {
			return w.say("certainty.raw", "points", w.pointsInterval(e.number))
		}
	}
	return ""
}

// rangeOfEstimates tells from where to where the adjusted estimates go, and how
// many of their intervals hold no difference.
func (w *writer) rangeOfEstimates(t tally) string {
	switch t.adjusted {
	case 0:
		return ""
	case 1:
		return w.say(t.afterRaw("certainty.range_one", "certainty.range_one_alone"), "points", w.pointsInterval(t.least.number))
	}
	unclear := "certainty.unclear_some"
	switch t.clear {
	case t.adjusted:
		unclear = "certainty.unclear_none"
	case 0:
		unclear = "certainty.unclear_all"
	case t.adjusted - 1:
		unclear = "certainty.unclear_one"
	}
	of := w.cardinal(t.adjusted)
	if unclear == "certainty.unclear_some" {
		unclear = w.word(unclear, "n", w.cardinal(t.adjusted-t.clear), "of", of)
	} else {
		unclear = w.word(unclear)
	}
	return w.say(t.afterRaw("certainty.range", "certainty.range_alone"), "n", of, "low", w.locale.Points(t.least.number.Value()), "high", w.locale.Points(t.most.number.Value()),
		"least", w.quote(t.least.label), "most", w.quote(t.most.label), "unclear", unclear)
}

// agreement says what all adjusted estimates agree on.
func (w *writer) agreement(t tally) string {
	if t.adjusted < 2 {
		return ""
	}
	direction := w.say("certainty.differ")
	if t.oneWay() {
		direction = w.say("certainty.agree")
	}
	raw := t.raw.number
	if !table.Has(raw) {
		return direction
	}
	switch x := raw.Value(); {
	case x > 0 && t.most.number.Value() < x && t.least.number.Value() > 0, x < 0 && t.least.number.Value() > x && t.most.number.Value() < 0:
		return join([]string{direction, w.say("certainty.all_smaller")})
	case x > 0 && t.least.number.Value() > x, x < 0 && t.most.number.Value() < x:
		return join([]string{direction, w.say("certainty.all_larger")})
	}
	return direction
}

// certaintyTitle is the finding of all estimates together.
func (w *writer) certaintyTitle(t tally) string {
	more := "certainty.finding.fewer"
	if t.higher >= t.lower {
		more = "certainty.finding.more"
	}
	pairs := []any{"n", w.cardinal(t.adjusted), "first", w.focus.people, "second", w.reference.people, "direction", w.word(more),
		"low", w.whole(math.Min(math.Abs(t.least.number.Value()), math.Abs(t.most.number.Value()))),
		"high", w.pointsText(w.whole(math.Max(math.Abs(t.least.number.Value()), math.Abs(t.most.number.Value()))))}
	switch {
	case t.adjusted == 0:
		return w.word("certainty.finding.raw")
	case t.adjusted == 1 && t.clear == 1:
		return w.say("certainty.finding.one", pairs...)
	case t.clear == 0 && t.adjusted == 1:
		return w.say("certainty.finding.one_unclear", "between", w.between())
	case t.clear == 0 && t.adjusted == 2:
		return w.say("certainty.finding.unclear_two", "between", w.between())
	case t.clear == 0:
		return w.say("certainty.finding.unclear", "n", w.cardinal(t.adjusted), "between", w.between())
	case t.oneWay() && t.clear == t.adjusted:
		return w.say("certainty.finding.all", pairs...)
	case t.oneWay():
		return w.say("certainty.finding.one_way", append(pairs, "clear", w.cardinal(t.clear))...)
	}
	return w.say("certainty.finding.mixed", "low", w.locale.Points(t.least.number.Value()), "high", w.locale.Points(t.most.number.Value()))
}

// certaintyFigure shows all estimates of all schemes on one scale.
func (w *writer) certaintyFigure(t tally) {
	plot := figure.Forest{Format: figure.Points, Axis: w.word("effects.axis")}
	data := table.Table{Columns: []table.Column{{Label: w.word("certainty.estimate")}, {Label: w.word("certainty.own")}, {Label: w.word("certainty.everyone")}, {Label: w.word("column.persons")}}}
	points := table.Format{Kind: table.Points, Interval: true}
	for _, s := range w.compared() {
		for i, e := range w.estimates(s) {
			if e.number.State() == disclose.Absent {
				continue
			}
			group := ""
			if len(w.schemes) > 2 {
				group = s.label
			}
			label := e.label
			if table.Has(e.persons) {
				label = w.word("certainty.row", "label", e.label, "n", w.locale.Count(e.persons.Value()))
			}
			plot.Rows = append(plot.Rows, figure.ForestRow{Label: label, Group: group, Number: e.number})
			everyone := w.get(result.Key{Quantity: "certainty_everyone", Kind: w.study.Certainty[i].Key, Scheme: s.key})
			data.Rows = append(data.Rows, table.Row{Group: group, Cells: []table.Cell{table.Text(e.label), table.Num(e.number, points), table.Num(everyone, points), table.Num(e.persons, wholeNumber)}})
		}
	}
	title := w.certaintyTitle(t)
	w.figure(figure.Figure{ID: "certainty", Title: title, Subtitle: w.say("certainty.subtitle", "first", w.focus.people, "second", w.reference.name),
		Note: w.certaintyNote(), Alt: w.word("certainty.alt", "title", title), Plot: plot}, data)
}

// certaintyNote says whom the estimates are about.
func (w *writer) certaintyNote() string {
	var matched, overlap bool
	for _, e := range w.study.Certainty {
		method := w.methodOf(e.Value)
		matched = matched || method.Kind == study.Nearest || len(method.Trim) > 0
		overlap = overlap || method.Kind == study.Overlap
	}
	notes := []string{w.say("certainty.note")}
	if matched {
		notes = append(notes, w.say("certainty.note_matching"))
	}
	if overlap {
		notes = append(notes, w.say("certainty.note_overlap"))
	}
	return join(notes)
}

// measuresHeld names the models that compare participants who have received the same
// measures too: what the scheme does through its measures is not in their estimates.
func (w *writer) measuresHeld(all []estimate) string {
	var names []string
	for i, e := range w.study.Certainty {
		holds := slices.ContainsFunc(w.termNames(cmp.Or(e.Value.Model, e.Value.Imputed)), func(term string) bool {
			return slices.Contains(w.study.Describe.Measures, term)
		})
		if holds && table.Has(all[i].number) {
			names = append(names, w.quote(all[i].label))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return w.say("certainty.measures", "list", w.enumerate(names))
}

// certaintyTable has what each estimate assumes.
func (w *writer) certaintyTable() table.Table {
	t := table.Table{ID: "certainty-assumes", Title: w.word("certainty.table"), Columns: []table.Column{
		{Label: w.word("certainty.estimate")}, {Label: w.word("certainty.assumes")}, {Label: w.word("certainty.points")}}}
	for _, s := range w.compared() {
		for _, e := range w.estimates(s) {
			if e.number.State() != disclose.Absent {
				t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(w.ofScheme(e.label, s)), table.Text(e.assumes), table.Num(e.number, table.Format{Kind: table.Points, Interval: true})}})
			}
		}
	}
	return t
}

// artefact lists what would have to be true for the difference to be none.
func (w *writer) artefact() {
	s := w.study.Sensitivity
	if s == nil {
		return
	}
	var items []string
	if s.Benchmark != nil {
		if sticks := w.yardsticks(w.focus.key); len(sticks) > 0 && table.Has(sticks[0].neededForEstimate) {
			items = append(items, join([]string{w.say("certainty.benchmark", "variable", sticks[0].topic, "k", w.timesText(sticks[0].neededForEstimate.Value())), w.rangeSentence("certainty.benchmark_range", sticks)}))
		}
	}
	if s.Benchmark != nil {
		if rv := w.benchmarkOf("robustness_value", "", w.focus.key, "", ""); table.Has(rv) {
			items = append(items, w.say("certainty.robustness", "share", w.shareText(rv.Value())))
		}
	}
	for _, model := range s.Models {
		if e := w.eValue("e_value", "risk_ratio", model, w.focus.key); table.Has(e) {
			m, _ := w.study.Models.Get(model)
			items = append(items, w.say("certainty.e_value", "model", w.casing.inside(m.Label.In(w.lang)), "e", w.twoDecimals(e)))
			break
		}
	}
	for _, b := range s.Bounds {
		matching := w.quote(w.matched(b))
		switch gamma := w.bound(b, "rosenbaum_gamma", w.focus.key, ""); {
		case !table.Has(gamma):
		case gamma.Value() > 1:
			items = append(items, w.say("certainty.gamma", "matching", matching, "gamma", w.twoDecimals(gamma)))
		default:
			items = append(items, w.say("certainty.gamma_none", "matching", matching))
		}
	}
	if len(items) > 0 {
		w.text(w.say("certainty.artefact"))
		w.list(items)
	}
}

// dependence warns that many estimates are not as many pieces of evidence.
func (w *writer) dependence(t tally) string {
	if t.adjusted < 2 {
		return ""
	}
	return w.say("certainty.dependence", "n", w.cardinal(t.adjusted))
}

// withoutAnswer names what the study asks for and these data do not answer.
func (w *writer) withoutAnswer(all []estimate) string {
	var names []string
	for _, e := range all {
		if e.number.State() == disclose.Absent {
			names = append(names, w.quote(e.label))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return w.say("certainty.without", "list", w.enumerate(names))
}
