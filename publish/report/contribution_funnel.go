package report

import (
	"math"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// funnel is the section on how far projects lie outside what chance makes of them.
func (w *writer) funnel() {
	variant := w.study.Contribution.Variants[0].Key
	of := func(quantity string) disclose.Number { return w.spread(quantity, variant, result.All, "") }
	if of("funnel_sd").State() == disclose.Absent {
		return
	}
	plot := figure.Funnel{Series: w.series(), SD: of("funnel_sd"), Tau2: of("funnel_tau2"), Format: figure.Points,
		Limit95: figure.FunnelLimit{Chance: w.word("funnel.chance95"), Spread: w.word("funnel.spread95")}, Limit998: figure.FunnelLimit{Chance: w.word("funnel.chance998"), Spread: w.word("funnel.spread998")},
		AxisX: w.word("funnel.x"), AxisY: w.word("quadrant.y"), Faint: w.say("contribution.faint", "threshold", w.threshold())}
	data := table.Table{Columns: []table.Column{{Label: w.word("column.project")}, {Label: w.word("column.persons")}, {Label: w.word("funnel.size")}, {Label: w.word("column.contribution")}, {Label: w.word("funnel.z")}, {Label: w.word("funnel.z_adjusted")}}}
	units := w.assessed(ofProjects, "")
	for _, u := range units {
		if u.of("funnel.size").State() == disclose.Absent {
			continue
		}
		label := w.projectLabel(u.scheme, u.name)
		plot.Points = append(plot.Points, figure.FunnelPoint{Series: u.scheme, Label: label, Faint: w.unreliable(u), X: u.of("funnel.size"), Y: u.of("contribution")})
		data.Rows = append(data.Rows, table.Row{Group: w.schemeLabel(u.scheme), Cells: []table.Cell{table.Text(label), table.Num(u.of("persons"), wholeNumber), table.Num(u.of("funnel.size"), wholeNumber),
			w.marked(u, "contribution", table.Format{Kind: table.Points}), table.Num(u.of("funnel.z"), table.Format{Decimals: 1}), table.Num(u.of("funnel.z_adjusted"), table.Format{Decimals: 1})}})
	}
	data.Note = w.markNote(units)
	w.text(w.say("funnel.lead"))
	w.text(w.dispersionSentences(of("funnel_phi"), of("funnel_tau2"))...)
	chance, adjusted := w.outside("chance"), w.outside("adjusted")
	w.text(w.say("funnel.outside", "chance", chance, "adjusted", adjusted))
	title := w.say("funnel.title_outside", "chance", chance)
	if title == "" {
		title = w.say("funnel.plain")
	}
	w.figure(figure.Figure{ID: "contribution-funnel", Title: title, Subtitle: w.say("funnel.subtitle", "n", w.trimInt(w.shownOf(units, "funnel.size"))),
		Note: join([]string{w.someHidden(units, "quadrant.hidden"), w.say("funnel.note")}), Alt: w.word("funnel.alt", "title", title), Plot: plot}, data)
}

// dispersionSentences tell how much more projects differ than chance makes them.
func (w *writer) dispersionSentences(phi, tau2 disclose.Number) []string {
	if !table.Has(phi) || !table.Has(tau2) {
		return nil
	}
	if !(tau2.Value() > 0) {
		return []string{w.say("funnel.no_dispersion", "phi", w.decimalOf(phi, 2))}
	}
	return []string{w.say("funnel.dispersion", "phi", w.decimalOf(phi, 2), "sd", w.locale.Decimal(100*math.Sqrt(tau2.Value()), 1))}
}

// outside is the share of projects outside the limits of 99.8 per cent.
func (w *writer) outside(limit string) phrase {
	sum := 0.0
	for _, class := range []string{"below_998", "above_998"} {
		n := w.get(result.Key{Quantity: "funnel_class", Kind: w.study.Contribution.Variants[0].Key, Sample: w.contributionSample(), Scheme: result.All, Level: class, ByLevel: limit})
		if !table.Has(n) {
			return phrase{}
		}
		sum += n.Value()
	}
	return phrase{w.percentText(sum), true}
}

// stability tells whether projects are the same from year to year, and in one half
// of their participants as in the other.
func (w *writer) stability() {
	variant := w.study.Contribution.Variants[0].Key
	all := func(quantity, level string) disclose.Number { return w.spread(quantity, variant, result.All, level) }
	if all("split_half", "").State() == disclose.Absent && all("stability_correlation", "").State() == disclose.Absent {
		return
	}
	w.text(w.say("stability.half", "r", w.decimalOf(all("split_half", ""), 2)), w.halfVerdict(all("split_half_agrees", ""), all("split_half_model", "")))
	w.text(w.say("stability.years", "r", w.decimalOf(all("stability_correlation", ""), 2)), w.say("stability.expected", "r", w.decimalOf(all("stability_expected", ""), 2)))
	w.table(w.yearPairs(variant))
	w.table(w.halvesTable(all))
}

// halfVerdict sets the reliability by halves against that of the multilevel model.
func (w *writer) halfVerdict(agrees, model disclose.Number) string {
	if !table.Has(agrees) {
		return ""
	}
	key := "stability.agrees"
	if agrees.Value() == 0 {
		key = "stability.differs"
	}
	return w.say(key, "model", w.decimalOf(model, 2))
}

var twoDecimals = table.Format{Decimals: 2}

// yearPairs has the correlation of contributions of every two years.
func (w *writer) yearPairs(variant string) table.Table {
	t := table.Table{ID: "contribution-stability", Title: w.word("stability.table"), Note: join([]string{w.say("stability.note", "min", w.cardinal(w.study.Contribution.MinLeavers)), w.source()}),
		Columns: []table.Column{{Label: w.word("stability.pair")}, {Label: w.word("column.projects")}, {Label: w.word("stability.r")}, {Label: w.word("stability.unchanged")}}}
	if w.study.Period == nil {
		return t
	}
	years := w.study.Period.Years()
	for b := range years {
		for a := range b {
			of := func(quantity string) disclose.Number {
				return w.get(result.Key{Quantity: quantity, Kind: variant, Sample: w.contributionSample(), Scheme: result.All, Year: strconv.Itoa(years[a]), ByLevel: strconv.Itoa(years[b])})
			}
			if r := of("stability_correlation"); r.State() != disclose.Absent {
				t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(w.word("stability.pair_of", "first", strconv.Itoa(years[a]), "second", strconv.Itoa(years[b]))),
					table.Num(of("stability_units"), wholeNumber), table.Num(r, table.Format{Decimals: 2, Interval: true}), table.Num(of("stability_expected"), twoDecimals)}})
			}
		}
	}
	return t
}

// halvesTable has the reliability by halves and by the model, by size.
func (w *writer) halvesTable(of func(quantity, level string) disclose.Number) table.Table {
	t := table.Table{ID: "contribution-halves", Title: w.word("halves.table"), Note: join([]string{w.say("halves.note"), w.source()}),
		Columns: []table.Column{{Label: w.word("column.persons")}, {Label: w.word("column.projects")}, {Label: w.word("halves.halves")}, {Label: w.word("halves.model")}}}
	add := func(label, level string, total bool) {
		if n := of("split_half", level); n.State() != disclose.Absent {
			t.Rows = append(t.Rows, table.Row{Total: total, Cells: []table.Cell{table.Text(label), table.Num(of("split_half_units", level), wholeNumber), table.Num(n, table.Format{Decimals: 2, Interval: true}), table.Num(of("split_half_model", level), twoDecimals)}})
		}
	}
	for i, size := range w.study.Contribution.Sizes {
		add(w.sizeLabel(i), strconv.Itoa(size), false)
	}
	add(w.word("all"), "", true)
	return t
}
