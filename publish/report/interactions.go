package report

import (
	"strings"

	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// An interaction is the schemes' differences at the levels of one variable.
type interaction struct {
	variable string
	p        disclose.Number
}

// clear tells whether the test finds that the difference varies.
func (i interaction) clear() bool { return i.p.Value() < 0.05 }

// interactions tells whether the schemes differ by more in some groups of
// persons than in others.
func (w *writer) interactions(model string) {
	var found []interaction
	m, _ := w.study.Models.Get(model)
	for _, v := range m.Interactions {
		if p := w.get(result.Key{Quantity: "interaction_p_value", Model: model, By: v}); table.Has(p) {
			found = append(found, interaction{v, p})
		}
	}
	if len(found) == 0 {
		return
	}
	lead, caution := "interactions.lead", []string{w.say("interactions.caution")}
	if !w.kind(model).odds() {
		lead = "interactions.lead_plain"
	} else {
		caution = append(caution, w.say("interactions.caution_odds"))
	}
	w.text(w.say(lead))
	var items []string
	for _, i := range found {
		items = append(items, w.interactionSentence(model, i))
	}
	w.list(items)
	w.text(w.manyTests(len(found)))
	if w.kind(model).attainment {
		w.interactionFigure(model, found)
	}
	w.caution(join(caution))
}

// interactionSentence says what the test of one variable finds, and between
// which differences.
func (w *writer) interactionSentence(model string, i interaction) string {
	key := "interactions.unclear"
	if i.clear() {
		key = "interactions.clear"
	}
	statistic := w.get(result.Key{Quantity: "interaction_lr_statistic", Model: model, By: i.variable})
	df := w.get(result.Key{Quantity: "interaction_lr_df", Model: model, By: i.variable})
	text := w.say(key, "variable", w.variable(i.variable), "p", w.pText(i.p.Value()),
		"statistic", w.locale.Decimal(statistic.Value(), 1), "df", w.locale.Count(df.Value()))
	if !i.clear() || !w.kind(model).attainment {
		return text
	}
	return join([]string{text, w.interactionRange(model, i.variable)})
}

// interactionRange names the groups with the smallest and the largest difference.
func (w *writer) interactionRange(model, variable string) string {
	var lowest, highest disclose.Number
	var low, high string
	for _, l := range w.interactionLevels(variable) {
		n := w.interaction("interaction", model, variable, l.Key)
		if !table.Has(n) || n.Unit() != result.Points {
			continue
		}
		if !table.Has(lowest) || n.Value() < lowest.Value() {
			lowest, low = n, l.Label.In(w.lang)
		}
		if !table.Has(highest) || n.Value() > highest.Value() {
			highest, high = n, l.Label.In(w.lang)
		}
	}
	if low == high {
		return ""
	}
	return w.say("interactions.range", "low", low, "low_points", w.pointsInterval(lowest), "high", high, "high_points", w.pointsInterval(highest))
}

func (w *writer) interaction(quantity, model, variable, level string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Model: model, Scheme: w.focus.key, By: variable, ByLevel: level})
}

func (w *writer) interactionLevels(variable string) []describe.Level {
	return describe.Levels(w.study, describe.GroupingOf(w.study, variable))
}

// manyTests says how many tests were made and what that does to their p-values.
func (w *writer) manyTests(n int) string {
	if n < 2 {
		return ""
	}
	return w.say("interactions.tests", "n", w.cardinal(n))
}

func (w *writer) interactionFigure(model string, found []interaction) {
	plot := figure.Forest{Format: figure.Points, Axis: w.word("interactions.axis")}
	data := table.Table{Columns: []table.Column{{Label: w.word("column.group_of")}, {Label: w.word("interactions.axis")},
		{Label: w.word("column.than_first")}, {Label: w.word("column.fewest")}}}
	format := table.Format{Kind: table.Points, Interval: true}
	for _, i := range found {
		group := w.variable(i.variable)
		for _, l := range w.interactionLevels(i.variable) {
			n := w.interaction("interaction", model, i.variable, l.Key)
			if n.State() == disclose.Absent || n.Unit() != result.Points {
				continue
			}
			label := l.Label.In(w.lang)
			plot.Rows = append(plot.Rows, figure.ForestRow{Label: label, Group: group, Number: n})
			data.Rows = append(data.Rows, table.Row{Group: group, Cells: []table.Cell{table.Text(label), table.Num(n, format),
				table.Num(w.interaction("interaction_difference", model, i.variable, l.Key), format), table.Num(n, base)}})
		}
	}
	title := w.interactionTitle(found)
	w.figure(figure.Figure{
		ID: id("interactions", model), Title: title,
		Subtitle: join([]string{w.say("interactions.subtitle", "first", w.focus.people, "second", w.reference.people), w.nText(w.get(result.Key{Quantity: "persons", Model: model}))}),
		Note:     join([]string{w.say("interactions.note"), w.tooFewNote(model)}), Alt: w.word("effects.alt", "title", title), Plot: plot,
	}, data)
}

// interactionTitle names what the difference varies clearly with.
func (w *writer) interactionTitle(found []interaction) string {
	var names []string
	for _, i := range found {
		if i.clear() {
			names = append(names, w.topic(i.variable))
		}
	}
	if len(names) == 0 {
		return w.say("interactions.none")
	}
	return w.say("interactions.some", "variables", w.enumerate(names))
}

// tooFewNote says that groups are missing from the figure, and which.
func (w *writer) tooFewNote(model string) string {
	var names []string
	m, _ := w.study.Models.Get(model)
	for _, g := range w.numbers.Gaps() {
		if g.Step != "effects" || g.Model != model {
			continue
		}
		for _, v := range m.Interactions {
			for _, l := range w.interactionLevels(v) {
				if g.Subject == v+" "+l.Key && w.interaction("interaction", model, v, l.Key).State() == disclose.Absent { // else it is of another scheme
					names = append(names, w.word("level_of", "variable", w.variable(v), "level", l.Label.In(w.lang)))
				}
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	return w.say("interactions.too_few", "groups", strings.Join(names, "; "))
}
