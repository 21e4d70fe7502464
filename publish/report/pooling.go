package report

import (
	"math"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// poolingKinds are the ways to treat groups, from each by itself to none at all.
var poolingKinds = []string{"none", "partial", "complete"}

// pooling is the section that sets a multilevel model beside the same model
// with every group by itself and without groups.
func (w *writer) pooling(model string, terms []term) {
	group := w.pooledGrouping(model)
	if group == "" {
		return
	}
	w.section(id("pooling", model), w.word("pooling.title"))
	w.text(w.say("pooling.what", "level", w.levelName(group)))
	w.list([]string{w.say("pooling.item_none"), w.say("pooling.item_partial"), w.say("pooling.item_complete")})
	w.text(w.groupsVary(model), w.pooledScheme(model), w.falseCertainty(model, terms))
	w.table(w.poolingTable(model, group, terms))
	w.text(w.pooledLeftOut(model, group))
	if w.shrinkage(model) {
		w.text(w.shrinkageSentence(model), w.say("pooling.why"))
		w.drawnGroups(model)
	}
	w.endSection()
}

// pooledGrouping is the grouping of a model that was fitted with other pooling, else "".
func (w *writer) pooledGrouping(model string) string {
	for _, n := range w.numbers.Numbers() {
		if k := n.Key(); k.Quantity == "pooled_groups" && k.Model == model {
			return k.Variable
		}
	}
	return ""
}

// groupsVary tells the test of a model without groups within the one with them.
func (w *writer) groupsVary(model string) string {
	get := func(quantity string) disclose.Number { return w.get(result.Key{Quantity: quantity, Model: model}) }
	statistic, df, p := get("pooled_lr_statistic"), get("pooled_lr_df"), get("pooled_lr_p_value")
	if !table.Has(statistic) || !table.Has(df) || !table.Has(p) {
		return ""
	}
	key := "pooling.vary"
	if p.Value() >= 0.05 {
		key = "pooling.alike"
	}
	return w.say(key, "x", w.locale.Decimal(statistic.Value(), 1), "df", w.degrees(df.Value()), "p", w.pText(p.Value()))
}

// pooledBy is what a term is by one kind of pooling.
func (w *writer) pooledBy(quantity, kind, model, name string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Kind: kind, Model: model, Term: name})
}

// pooledScheme says whether the difference between the schemes depends on how
// groups are treated: whether an estimate lies further than a standard error from the model's.
func (w *writer) pooledScheme(model string) string {
	t := w.schemeTerm(model)
	odds, estimate := map[string]disclose.Number{}, map[string]disclose.Number{}
	for _, kind := range poolingKinds {
		odds[kind], estimate[kind] = w.pooledBy("pooled_odds_ratio", kind, model, t.name), w.pooledBy("pooled_estimate", kind, model, t.name)
	}
	se := w.pooledBy("pooled_std_error", "partial", model, t.name)
	if !table.Has(odds["partial"]) || !table.Has(odds["complete"]) || !table.Has(se) {
		return ""
	}
	far := false
	for _, kind := range poolingKinds {
		far = far || table.Has(estimate[kind]) && math.Abs(estimate[kind].Value()-estimate["partial"].Value()) > se.Value()
	}
	key := "pooling.scheme_stable"
	if far {
		key = "pooling.scheme_depends"
	}
	first := w.say(key, "first", w.focus.people, "second", w.reference.people)
	if !table.Has(odds["none"]) {
		return join([]string{first, w.say("pooling.scheme_two", "partial", w.twoDecimals(odds["partial"]), "complete", w.twoDecimals(odds["complete"])), w.say("pooling.scheme_within")})
	}
	return join([]string{first, w.say("pooling.scheme_three", "none", w.twoDecimals(odds["none"]), "partial", w.twoDecimals(odds["partial"]), "complete", w.twoDecimals(odds["complete"]))})
}

// falseCertainty names the term whose standard error is most too small when
// the groups are left out of account.
func (w *writer) falseCertainty(model string, terms []term) string {
	most, label := 1.5, ""
	for _, t := range terms {
		with, without := w.pooledBy("pooled_std_error", "partial", model, t.name), w.pooledBy("pooled_std_error", "complete", model, t.name)
		if table.Has(with) && table.Has(without) && with.Value()/without.Value() > most {
			most, label = with.Value()/without.Value(), t.full
		}
	}
	if label == "" {
		return ""
	}
	return w.say("pooling.certain", "term", w.quote(label), "x", w.locale.Decimal(most, 1))
}

// poolingTable is every term by the three kinds of pooling.
func (w *writer) poolingTable(model, group string, terms []term) table.Table {
	quantity, format := "pooled_estimate", table.Format{Decimals: 3, Interval: true}
	if hasRatios(terms) {
		quantity, format = "pooled_odds_ratio", table.Format{Decimals: 2, Interval: true}
	}
	t := table.Table{ID: id("pooling", model), Title: w.word("pooling.table"), Note: join([]string{w.say("pooling.note"), w.source()}),
		Columns: []table.Column{{Label: w.word("column.variable")}}}
	for _, kind := range poolingKinds {
		t.Columns = append(t.Columns, table.Column{Label: w.word("pooling." + kind)})
	}
	m, _ := w.study.Models.Get(model)
	for _, c := range w.grouped(m, terms) {
		row := table.Row{Group: c.group, Cells: []table.Cell{table.Text(c.label)}}
		for _, kind := range poolingKinds {
			row.Cells = append(row.Cells, table.Num(w.pooledBy(quantity, kind, model, c.name), format))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// pooledLeftOut tells of the groups that have no level of their own.
func (w *writer) pooledLeftOut(model, group string) string {
	get := func(kind string) disclose.Number {
		return w.get(result.Key{Quantity: "pooled_left_out", Kind: kind, Model: model, Variable: group})
	}
	groups, persons := get("groups"), get("persons")
	if !table.Has(groups) || groups.Value() == 0 {
		return ""
	}
	if groups.Value() == 1 {
		return w.say("pooling.left_out_one", "persons", w.count(persons), "verb", w.verb())
	}
	return w.say("pooling.left_out", "groups", capitalize(w.cardinal(int(groups.Value()))), "persons", w.count(persons), "verb", w.verb())
}

// A sizeClass is the groups of about one size.
type sizeClass struct {
	from, to              int // persons, the end left out
	label                 string
	groups, sd, drawn     disclose.Number
	range_, drawnRange, e disclose.Number
}

// sizeClasses are the classes of a model's groups whose spread is told, the
// smallest groups first.
func (w *writer) sizeClasses(model string) []sizeClass {
	var from []int
	for _, n := range w.numbers.Numbers() {
		if k := n.Key(); k.Quantity == "pooled_class" && k.Model == model && k.Level != "" {
			if at, err := strconv.Atoi(k.Level); err == nil {
				from = append(from, at)
			}
		}
	}
	var out []sizeClass
	for i, at := range from {
		get := func(quantity, kind string) disclose.Number {
			return w.get(result.Key{Quantity: quantity, Kind: kind, Model: model, Level: strconv.Itoa(at)})
		}
		c := sizeClass{from: at, to: math.MaxInt, groups: get("pooled_class", ""), sd: get("pooled_sd", "none"), drawn: get("pooled_sd", "partial"),
			range_: get("pooled_range", "none"), drawnRange: get("pooled_range", "partial"), e: get("pooled_error", "")}
		if i+1 < len(from) {
			c.to = from[i+1]
		}
		switch {
		case i+1 == len(from):
			c.label = w.word("size.more", "from", strconv.Itoa(at))
		case i == 0:
			c.label = w.word("size.under", "to", strconv.Itoa(c.to))
		default:
			c.label = w.word("size.between", "from", strconv.Itoa(at), "to", strconv.Itoa(c.to-1))
		}
		if table.Has(c.range_) && table.Has(c.drawnRange) {
			out = append(out, c)
		}
	}
	return out
}

// shrinkage is the figure of how far groups are drawn towards the typical one,
// by their size; false when there is nothing to draw.
func (w *writer) shrinkage(model string) bool {
	classes := w.sizeClasses(model)
	if len(classes) == 0 {
		return false
	}
	ratios := classes[0].range_.Unit() == result.OddsRatio
	plot := figure.Forest{Format: figure.Decimal, Axis: w.word("shrinkage.axis_plain")}
	if ratios {
		plot = figure.Forest{Format: figure.Ratio, Axis: w.word("shrinkage.axis"), Log: true}
	}
	data := table.Table{Columns: []table.Column{{Label: w.word("column.size")}, {Label: w.word("column.groups")},
		{Label: w.word("pooling.none"), Group: plot.Axis}, {Label: w.word("pooling.partial"), Group: plot.Axis},
		{Label: w.word("pooling.none"), Group: w.word("column.spread")}, {Label: w.word("pooling.partial"), Group: w.word("column.spread")},
		{Label: w.word("column.chance")}}}
	two := table.Format{Decimals: 2}
	withRange := table.Format{Decimals: 2, Interval: true}
	for _, c := range classes {
		group := w.word("size.groups", "size", c.label, "n", w.count(c.groups).text)
		plot.Rows = append(plot.Rows, figure.ForestRow{Label: w.word("pooling.none"), Group: group, Number: c.range_}, figure.ForestRow{Label: w.word("pooling.partial"), Group: group, Number: c.drawnRange})
		data.Rows = append(data.Rows, table.Row{Cells: []table.Cell{table.Text(c.label), table.Num(c.groups, wholeNumber), table.Num(c.range_, withRange), table.Num(c.drawnRange, withRange),
			table.Num(c.sd, two), table.Num(c.drawn, two), table.Num(c.e, two)}})
	}
	small, large := classes[0], classes[len(classes)-1]
	title := w.say("shrinkage.drawn")
	if small.sd.Value() > large.sd.Value() && small.drawn.Value()/small.sd.Value() < large.drawn.Value()/large.sd.Value() {
		title = w.say("shrinkage.small")
	}
	w.figure(figure.Figure{
		ID: id("shrinkage", model), Title: title, Subtitle: join([]string{w.say("shrinkage.subtitle"), w.nText(w.get(result.Key{Quantity: "pooled_class", Model: model}))}),
		Note: w.groupsNote(model, "shrinkage.note", "shrinkage.all_or_none"), Alt: w.word("shrinkage.alt", "title", title), Plot: plot,
	}, data)
	return true
}

// groupsNote is a note with what is only so of groups in which persons attain
// the goal or not.
func (w *writer) groupsNote(model, note, ofAttainment string) string {
	if !w.kind(model).attainment {
		return w.say(note)
	}
	return join([]string{w.say(note), w.say(ofAttainment, "least", w.cardinal(w.numbers.Rules().Threshold))})
}

// shrinkageSentence sets the spread of the smallest and the largest groups
// beside what chance alone makes.
func (w *writer) shrinkageSentence(model string) string {
	classes := w.sizeClasses(model)
	if len(classes) < 2 {
		return ""
	}
	number := func(n disclose.Number) phrase {
		if !table.Has(n) {
			return phrase{}
		}
		return phrase{w.twoDecimals(n), true}
	}
	small, large := classes[0], classes[len(classes)-1]
	return w.say("shrinkage.sizes", "scale", w.inLogOdds(model), "small", w.casing.inside(small.label), "sd", number(small.sd), "chance", number(small.e), "drawn", number(small.drawn),
		"large", w.casing.inside(large.label), "large_sd", number(large.sd), "large_chance", number(large.e), "large_drawn", number(large.drawn))
}

// drawnGroups is the figure of every group's effect by itself and partly
// pooled, one panel for each size, of the groups that may be shown.
func (w *writer) drawnGroups(model string) {
	plot := figure.Scatter{Series: []figure.Series{{Key: "groups", Style: figure.Neutral}}, Line: figure.Identity,
		FormatX: figure.Decimal, FormatY: figure.Decimal, AxisY: w.word("drawn.y")}
	data := table.Table{Columns: []table.Column{{Label: w.word("column.size")}, {Label: w.word("pooling.none")}, {Label: w.word("pooling.partial")}}}
	shown, steeper, last := 0, true, 0.0
	for _, c := range w.sizeClasses(model) {
		panel := figure.Panel{Title: w.word("drawn.panel", "size", c.label), Axis: w.word("drawn.x")}
		for _, g := range w.groupsOf(model, c) {
			panel.Points = append(panel.Points, figure.ScatterPoint{Series: "groups", X: g[1], Y: g[2]})
			data.Rows = append(data.Rows, table.Row{Group: panel.Title, Cells: []table.Cell{
				table.Num(g[0], wholeNumber), table.Num(g[1], table.Format{Decimals: 2}), table.Num(g[2], table.Format{Decimals: 2})}})
		}
		share := c.drawn.Value() / c.sd.Value()
		steeper, last = steeper && share > last, share
		if len(panel.Points) > 0 {
			plot.Panels = append(plot.Panels, panel)
			shown += len(panel.Points)
		}
	}
	all := w.get(result.Key{Quantity: "pooled_class", Model: model})
	if shown == 0 || !table.Has(all) {
		return
	}
	title := w.say("drawn.plain")
	if steeper {
		title = w.say("drawn.smaller")
	}
	w.figure(figure.Figure{
		ID: id("drawn", model), Title: title, Subtitle: w.say("drawn.subtitle", "scale", w.inLogOdds(model), "shown", w.locale.Count(float64(shown)), "all", w.count(all)),
		Note: w.groupsNote(model, "drawn.note", "drawn.hidden"), Alt: w.word("drawn.alt", "title", title), Plot: plot,
	}, data)
}

// groupsOf are the persons, the effect by itself and the effect partly pooled of
// the groups of a size whose effects may be shown.
func (w *writer) groupsOf(model string, c sizeClass) [][3]disclose.Number {
	var out [][3]disclose.Number
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Quantity != "pooled_group" || k.Kind != "persons" || k.Model != model {
			continue
		}
		k.Kind = "none"
		own := w.get(k)
		k.Kind = "partial"
		drawn := w.get(k)
		if table.Has(n) && table.Has(own) && table.Has(drawn) && n.Value() >= float64(c.from) && n.Value() < float64(c.to) {
			out = append(out, [3]disclose.Number{n, own, drawn})
		}
	}
	return out
}
