package report

import (
	"math"
	"slices"
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
		Limit95: figure.FunnelLimit{Chance: w.word("funnel.chance95")}, Limit998: figure.FunnelLimit{Chance: w.word("funnel.chance998")},
		AxisX: w.word("funnel.x"), AxisY: w.word("quadrant.y"), Faint: w.say("contribution.faint", "threshold", w.threshold())}
	subtitle := "funnel.subtitle_chance"
	if table.Has(plot.Tau2) && plot.Tau2.Value() > 0 {
		plot.Limit95.Spread, plot.Limit998.Spread, subtitle = w.word("funnel.spread95"), w.word("funnel.spread998"), "funnel.subtitle"
	}
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
	w.text(w.outsideSentences(of("funnel_tau2"))...)
	if allHidden(units) {
		return
	}
	title := w.say("funnel.title_outside", "chance", w.outside("chance", "998"))
	if title == "" || w.withoutVariance() {
		title = w.say("funnel.plain")
	}
	w.figure(figure.Figure{ID: "contribution-funnel", Title: title, Subtitle: w.say(subtitle, "n", w.trimInt(w.shownOf(units, "funnel.size"))),
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
	out := []string{w.say("funnel.dispersion", "phi", w.decimalOf(phi, 2), "sd", w.locale.Decimal(100*math.Sqrt(tau2.Value()), 1))}
	if w.withoutVariance() {
		out = append(out, w.say("funnel.disagrees"))
	}
	return out
}

// outsideSentences say how many projects lie outside the limits, and how many would
// by chance.
func (w *writer) outsideSentences(tau2 disclose.Number) []string {
	out := []string{w.say("funnel.outside", "chance95", w.outside("chance", "95"), "chance", w.outside("chance", "998"))}
	if table.Has(tau2) && tau2.Value() > 0 {
		out = append(out, w.say("funnel.outside_spread", "adjusted95", w.outside("adjusted", "95"), "adjusted", w.outside("adjusted", "998")))
	}
	return out
}

// outside is the share of projects outside the limits of 95 or of 99.8 per cent.
func (w *writer) outside(limit, level string) phrase {
	within := []string{"within"}
	if level == "998" {
		within = append(within, "below_95", "above_95")
	}
	share := 0.0
	for _, class := range []string{"below_998", "below_95", "within", "above_95", "above_998"} {
		n := w.get(result.Key{Quantity: "funnel_class", Kind: w.study.Contribution.Variants[0].Key, Sample: w.contributionSample(), Scheme: result.All, Level: class, ByLevel: limit})
		if !table.Has(n) {
			return phrase{}
		}
		if !slices.Contains(within, class) {
			share += n.Value()
		}
	}
	return phrase{w.portionText(share), true}
}

// stability tells whether projects are the same from year to year, and in one half
// of their participants as in the other.
func (w *writer) stability() {
	variant := w.study.Contribution.Variants[0].Key
	all := func(quantity, level string) disclose.Number { return w.spread(quantity, variant, result.All, level) }
	if all("split_half", "").State() == disclose.Absent && all("stability_correlation", "").State() == disclose.Absent {
		return
	}
	w.text(w.halfSentences(all("split_half", ""), all("split_half_agrees", ""), all("split_half_model", ""))...)
	if r := all("stability_correlation", ""); table.Has(r) {
		w.text(w.say("stability.years", "r", w.decimalOf(r, 2)), w.say("stability.expected", "r", w.decimalOf(all("stability_expected", ""), 2)), w.lowerPairs(variant))
	}
	w.table(w.yearPairs(variant))
	w.table(w.halvesTable(all))
}

// halfSentences tell the reliability by halves, and set it against that of the
// multilevel model.
func (w *writer) halfSentences(r, agrees, model disclose.Number) []string {
	switch {
	case !table.Has(r):
		return nil
	case r.Value() <= 0:
		return []string{w.say("stability.half_none", "r", w.decimalOf(r, 2)), w.halfVerdict(agrees, model)}
	}
	return []string{w.say("stability.half", "r", w.decimalOf(r, 2)), w.halfVerdict(agrees, model)}
}

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

// lowerPairs says in how many pairs of years the correlation is clearly lower than
// that of contributions that do not change, and takes half of them for a sign of
// change: fewer are often there without one (docs/simulation).
func (w *writer) lowerPairs(variant string) string {
	lower, all := 0, 0
	for _, p := range w.pairsOfYears() {
		of := func(quantity string) disclose.Number { return w.ofPair(quantity, variant, p) }
		r, unchanged := of("stability_correlation"), of("stability_expected")
		if !table.Has(r) || !table.Has(unchanged) || withoutInterval(r) {
			continue
		}
		all++
		if _, high := r.Interval(); high < unchanged.Value() {
			lower++
		}
	}
	switch {
	case all == 0:
		return ""
	case lower == 0:
		return w.say("stability.not_lower")
	case all == 1:
		return w.say("stability.lower_one")
	case 2*lower < all:
		return w.say("stability.lower_few", "some", w.cardinal(lower), "all", w.cardinal(all))
	}
	return w.say("stability.lower", "some", w.cardinal(lower), "all", w.cardinal(all))
}

// pairsOfYears are the pairs of the study's years, an earlier and a later.
func (w *writer) pairsOfYears() [][2]string {
	var out [][2]string
	if w.study.Period == nil {
		return nil
	}
	years := w.study.Period.Years()
	for b := range years {
		for a := range b {
			out = append(out, [2]string{strconv.Itoa(years[a]), strconv.Itoa(years[b])})
		}
	}
	return out
}

// ofPair is a number of all projects in two years.
func (w *writer) ofPair(quantity, variant string, years [2]string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Kind: variant, Sample: w.contributionSample(), Scheme: result.All, Year: years[0], ByLevel: years[1]})
}

var twoDecimals = table.Format{Decimals: 2}

// yearPairs has the correlation of contributions of every two years.
func (w *writer) yearPairs(variant string) table.Table {
	t := table.Table{ID: "contribution-stability", Title: w.word("stability.table"), Note: join([]string{w.say("stability.note", "min", w.cardinal(w.study.Contribution.MinLeavers)), w.source()}),
		Columns: []table.Column{{Label: w.word("stability.pair")}, {Label: w.word("column.projects")}, {Label: w.word("stability.r")}, {Label: w.word("stability.unchanged")}}}
	for _, p := range w.pairsOfYears() {
		of := func(quantity string) disclose.Number { return w.ofPair(quantity, variant, p) }
		if r := of("stability_correlation"); r.State() != disclose.Absent {
			t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(w.word("stability.pair_of", "first", p[0], "second", p[1])),
				table.Num(of("stability_units"), wholeNumber), table.Num(r, table.Format{Decimals: 2, Interval: true}), table.Num(of("stability_expected"), twoDecimals)}})
		}
	}
	return t.Told()
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
	return t.Told()
}
