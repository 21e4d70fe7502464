package report

import (
	"math"
	"slices"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// everyone is the series of figures that show all persons of a model.
var everyone = []figure.Series{{Key: result.All, Style: figure.Focus}}

// calibrationFigure is actual attainment against the model's probability.
func (w *writer) calibrationFigure(model string) {
	if !w.kind(model).attainment {
		return
	}
	observed := w.numbered(result.Key{Quantity: "calibration", Model: model})
	predicted := w.numbered(result.Key{Quantity: "calibration_predicted", Model: model})
	data := table.Table{Columns: []table.Column{{Label: w.word("column.persons")}, {Label: w.word("column.calibration_predicted")}, {Label: w.word("column.calibration_actual")}}}
	panel := figure.Panel{Axis: w.word("calibration.axis_x")}
	for i, n := range observed {
		panel.Points = append(panel.Points, figure.ScatterPoint{Series: result.All, X: predicted[i], Y: n})
		data.Rows = append(data.Rows, table.Row{Cells: []table.Cell{
			table.Num(n, table.Format{Kind: table.Base}), table.Num(predicted[i], table.Format{Kind: table.Percent}), table.Num(n, table.Format{Kind: table.Percent, Interval: true}),
		}})
	}
	within := w.get(result.Key{Quantity: "calibration_within", Model: model})
	title, subtitle := w.say("calibration.title_fine"), "calibration.subtitle"
	if within.Value() < mostBins {
		title = w.say("calibration.title_off")
	}
	if len(w.groupings(model)) > 0 {
		subtitle = "calibration.subtitle_own"
	}
	w.figure(figure.Figure{
		ID: id("calibration", model), Title: title,
		Subtitle: join([]string{w.say(subtitle), w.nText(w.get(result.Key{Quantity: "persons", Model: model}))}),
		Note:     join([]string{w.say("calibration.note"), w.hiddenPoints(observed, predicted)}), Alt: w.word("calibration.alt", "title", title),
		Plot: figure.Scatter{Series: everyone, Panels: []figure.Panel{panel}, Line: figure.Identity, FormatX: figure.Percent, FormatY: figure.Percent, AxisY: w.word("calibration.axis_y")},
	}, data)
}

// hiddenPoints says that some points are not drawn, when that is so.
func (w *writer) hiddenPoints(of ...[]disclose.Number) string {
	for _, numbers := range of {
		if slices.ContainsFunc(numbers, func(n disclose.Number) bool { return n.State() == disclose.Suppressed }) {
			return w.say("points.hidden")
		}
	}
	return ""
}

// linearityFigure is binned residuals along each number of the model.
func (w *writer) linearityFigure(model string) {
	bent, straight, _ := w.bent(model)
	plot := figure.Scatter{Series: everyone, Line: figure.ZeroLine, FormatX: figure.Decimal, FormatY: figure.Points, AxisY: w.word("linear.axis")}
	format, lead, subtitle := table.Format{Kind: table.Points, Interval: true}, []string{w.linearityLead(model)}, w.say("linear.subtitle")
	if !w.kind(model).attainment {
		plot.FormatY, plot.AxisY = figure.Decimal, w.word("column.linear_mean")
		format, subtitle = table.Format{Decimals: 2, Interval: true}, w.say("linear.subtitle_plain")
	}
	data := table.Table{Columns: []table.Column{{Label: w.word("column.persons")}, {Label: w.word("column.linear_x")}, {Label: w.word("column.linear_mean")}}}
	var names []string
	var all []disclose.Number
	for _, v := range w.variablesWith("binned_within", model) {
		mean := w.numbered(result.Key{Quantity: "binned_residual", Model: model, Variable: v})
		x := w.numbered(result.Key{Quantity: "binned_x", Model: model, Variable: v})
		heading := w.variableHeading(v)
		panel := figure.Panel{Title: heading}
		if of, _ := w.study.Codebook.Variables.Get(v); !of.Unit.IsZero() {
			panel.Axis = of.Unit.In(w.lang)
		}
		for i, n := range mean {
			panel.Points = append(panel.Points, figure.ScatterPoint{Series: result.All, X: x[i], Y: n})
			data.Rows = append(data.Rows, table.Row{Group: heading, Cells: []table.Cell{
				table.Num(n, table.Format{Kind: table.Base}), table.Num(x[i], table.Format{Decimals: 1}), table.Num(n, format),
			}})
		}
		plot.Panels = append(plot.Panels, panel)
		names, all = append(names, v), append(all, mean...)
	}
	if len(names) == 0 {
		return
	}
	title := w.say("linear.title_fine")
	if len(bent) > 0 {
		title = w.say("linear.title_bent", "labels", w.variableNames(bent))
		if len(bent) > 2 {
			title = w.say("linear.title_many", "n", w.cardinal(len(bent)), "of", w.cardinal(len(names)))
		}
		lead = append(lead, w.say("linear.bent_lead", "labels", w.variableNames(bent)))
	}
	if len(straight) > 0 {
		lead = append(lead, w.say("linear.fine_lead", "labels", w.variableNames(straight)))
	}
	w.text(lead...)
	w.list(w.linearityList(model, bent))
	w.figure(figure.Figure{
		ID: id("linearity", model), Title: title,
		Subtitle: join([]string{subtitle, w.nText(w.get(result.Key{Quantity: "persons", Model: model}))}),
		Note:     join([]string{w.say("linear.note"), w.hiddenPoints(all)}), Alt: w.word("linear.alt", "title", title, "labels", w.variableNames(names)), Plot: plot,
	}, data)
}

// linearityLead says what the figure of a model's straight lines shows.
func (w *writer) linearityLead(model string) string {
	k := w.kind(model)
	scale := w.word("scale.own")
	if k.link == "logit" {
		scale = w.word("scale.log_odds")
	}
	if !k.attainment {
		return w.say("linear.lead_plain", "scale", scale)
	}
	return w.say("linear.lead", "scale", scale)
}

// varyingName is what varies between groups in a model: the level itself, or
// what the assumptions call group:term.
func (w *writer) varyingName(model, name string) string {
	at := strings.LastIndex(name, ":")
	if at < 0 || slices.Contains(w.groupings(model), name) {
		return w.levelName(name)
	}
	return w.warned(model, name[:at]+": "+name[at+1:])
}

// linearityList tells of each number how many intervals hold zero, and the
// largest error.
func (w *writer) linearityList(model string, variables []string) []string {
	var out []string
	for _, v := range variables {
		number := func(quantity string) disclose.Number {
			return w.get(result.Key{Quantity: quantity, Model: model, Variable: v})
		}
		bins, largest := number("binned_bins"), 0.0
		for _, n := range w.numbered(result.Key{Quantity: "binned_residual", Model: model, Variable: v}) {
			if table.Has(n) {
				largest = max(largest, math.Abs(n.Value()))
			}
		}
		holding := number("binned_within").Value() * bins.Value()
		if !w.kind(model).attainment {
			out = append(out, w.say("linear.item_plain", "label", w.variableHeading(v), "k", w.locale.Count(holding), "n", w.count(bins)))
			continue
		}
		text := w.say("linear.item", "label", w.variableHeading(v), "k", w.locale.Count(holding), "n", w.count(bins), "points", w.locale.Decimal(largest*100, 1))
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

// randomFigure is the quantiles of the groups' deviations, a panel for each
// grouping.
func (w *writer) randomFigure(model string) {
	plot := figure.Scatter{Series: everyone, Line: figure.Identity, FormatX: figure.Decimal, FormatY: figure.Decimal, AxisY: w.word("random.axis_y")}
	data := table.Table{Columns: []table.Column{{Label: w.word("column.random_group")}, {Label: w.word("column.random_expected")}, {Label: w.word("column.random_value")}}}
	off := false
	var all []disclose.Number
	for _, g := range w.variablesWith("random_effect_sd", model) {
		key := result.Key{Quantity: "random_effect", Model: model, Variable: g}
		value := w.numbered(key)
		key.Quantity = "random_effect_expected"
		expected := w.numbered(key)
		panel := figure.Panel{Title: capitalize(w.varyingName(model, g)), Axis: w.word("random.axis_x")}
		for i, n := range value {
			panel.Points = append(panel.Points, figure.ScatterPoint{Series: result.All, X: expected[i], Y: n})
			panel.Band = append(panel.Band, figure.BandPoint{X: expected[i], Y: expected[i]})
			if table.Has(n) {
				data.Rows = append(data.Rows, table.Row{Group: panel.Title, Cells: []table.Cell{
					table.Text(w.locale.Count(float64(i + 1))), table.Num(expected[i], table.Format{Decimals: 2, Interval: true}), table.Num(n, table.Format{Decimals: 2}),
				}})
			}
		}
		p := w.get(result.Key{Quantity: "random_effect_ks_p", Model: model, Variable: g})
		off = off || p.Value() < clearP
		plot.Panels, all = append(plot.Panels, panel), append(all, value...)
	}
	title := w.say("random.title_fine")
	if off {
		title = w.say("random.title_off")
	}
	w.figure(figure.Figure{
		ID: id("random-effects", model), Title: title,
		Subtitle: join([]string{w.say("random.subtitle"), w.nText(w.get(result.Key{Quantity: "persons", Model: model}))}),
		Note:     join([]string{w.say("random.note"), w.hiddenPoints(all)}), Alt: w.word("random.alt", "title", title), Plot: plot,
	}, data)
}
