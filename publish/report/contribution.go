package report

import (
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// contribution is the chapter on projects, when the study has them.
func (w *writer) contribution() {
	if w.study.Contribution == nil || len(w.study.Contribution.Variants) == 0 {
		return
	}
	first := w.study.Contribution.Variants[0]
	w.begin("contribution", w.word("contribution.title"))
	w.text(w.say("contribution.lead", "min", w.cardinal(w.study.Contribution.MinLeavers)))
	w.text(w.contributionSentences()...)
	w.quadrant(first.Key)
	w.caution(w.say("contribution.caution", "min", w.cardinal(w.study.Contribution.MinLeavers)))
	w.section("contribution-spread", w.word("spread.title"))
	w.text(w.spreadSentences(first.Key)...)
	w.table(w.spreadTable(first.Key))
	w.endSection()
	w.section("contribution-classes", w.word("classes.title"))
	w.text(w.say("classes.lead", "band", w.band()), w.variantsSentence())
	w.table(w.classTable())
	w.endSection()
	w.section("contribution-quadrants", w.word("quadrants.title"))
	w.text(w.say("quadrants.lead"))
	w.table(w.quadrantTable())
	w.endSection()
	w.section("contribution-by-level", w.word("by_level.title"))
	w.contributionByLevel(first.Key)
	w.endSection()
	w.section("contribution-reading", w.word("reading.title"))
	w.list([]string{
		w.say("reading.zero"), w.say("reading.above"), w.say("reading.interval"), w.say("reading.why"),
	})
	w.endSection()
	w.end()
}

// band is the neutral band in percentage points.
func (w *writer) band() string {
	return w.trim(roundTo(w.study.Contribution.NeutralBand * 100))
}

// roundTo takes away what floating point adds.
func roundTo(x float64) float64 {
	const unit = 1e6
	return float64(int64(x*unit+0.5)) / unit
}

// spread is a number of how projects' indicators are spread.
func (w *writer) spread(quantity, variant, scheme, level string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Kind: variant, Sample: w.contributionSample(), Scheme: scheme, Level: level})
}

// contributionSample names the rows that the indicators rest on: those of the model.
func (w *writer) contributionSample() string {
	m, _ := w.study.Models.Get(w.study.Contribution.Model)
	return m.Sample
}

// contributionSentences are the main numbers of the projects.
func (w *writer) contributionSentences() []string {
	if len(w.study.Contribution.Variants) == 0 {
		return nil
	}
	variant := w.study.Contribution.Variants[0].Key
	of := func(quantity, scheme, level string) disclose.Number {
		return w.spread(quantity, variant, scheme, level)
	}
	sentences := []string{
		w.say("projects.all", "n", w.count(of("projects", result.All, "")), "min", w.cardinal(w.study.Contribution.MinLeavers), "band", w.band(),
			"above", w.percent(of("projects_by_band", result.All, "above")), "below", w.percent(of("projects_by_band", result.All, "below")),
			"near", w.percent(of("projects_by_band", result.All, "neutral"))),
		w.say("projects.schemes", "first", w.focus.name, "second", w.reference.name,
			"focus", w.percent(of("projects_by_band", w.focus.key, "above")), "reference", w.percent(of("projects_by_band", w.reference.key, "above"))),
	}
	up, down := of("projects_by_interval", result.All, "above"), of("projects_by_interval", result.All, "below")
	if table.Has(up) && table.Has(down) {
		sentences = append(sentences, w.say("projects.clear", "share", w.percentText(up.Value()+down.Value())))
	}
	return sentences
}

// quadrant is figure 21: contribution and attainment of every project.
func (w *writer) quadrant(variant string) {
	plot := figure.Quadrant{
		Series: w.series(), FormatX: figure.Percent, FormatY: figure.Points,
		AxisX: w.word("quadrant.x"), AxisY: w.word("quadrant.y"),
		Corners: [4]string{w.word("quadrant.better_below"), w.word("quadrant.better_above"), w.word("quadrant.worse_below"), w.word("quadrant.worse_above")},
		Mean:    figure.Line{Label: w.word("quadrant.mean"), Number: w.meanOfAll()},
	}
	data := table.Table{Columns: []table.Column{
		{Label: w.word("column.project")}, {Label: w.word("column.persons")}, {Label: w.word("column.actual")},
		{Label: w.word("column.expected")}, {Label: w.word("column.contribution")},
	}}
	contribution := table.Format{Kind: table.Points, Interval: true}
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Quantity != "project_contribution" || k.Kind != variant || k.Sample != w.contributionSample() {
			continue
		}
		of := func(quantity string) disclose.Number {
			k.Quantity = quantity
			return w.get(k)
		}
		label := w.projectLabel(k.Scheme, k.Project)
		plot.Points = append(plot.Points, figure.Point{Series: k.Scheme, Label: label, X: of("project_actual"), Y: n, Size: of("project_persons")})
		data.Rows = append(data.Rows, table.Row{Group: w.schemeLabel(k.Scheme), Cells: []table.Cell{
			table.Text(label), table.Num(of("project_persons"), wholeNumber), table.Num(of("project_actual"), wholePercent),
			table.Num(of("project_expected"), wholePercent), table.Num(n, contribution),
		}})
	}
	shown := 0
	for _, p := range plot.Points {
		if table.Has(p.X) && table.Has(p.Y) {
			shown++
		}
	}
	title := w.quadrantTitle(variant)
	subtitle := w.say("quadrant.subtitle", "n", w.locale.Count(float64(shown)), "min", w.cardinal(w.study.Contribution.MinLeavers))
	w.figure(figure.Figure{
		ID: "contribution", Title: title, Subtitle: subtitle,
		Note: join([]string{w.hiddenNote(len(plot.Points) - shown), w.say("quadrant.note")}), Alt: w.word("alt.quadrant", "title", title), Plot: plot,
	}, data)
}

func (w *writer) hiddenNote(hidden int) string {
	if hidden == 0 {
		return ""
	}
	return w.say("quadrant.hidden", "n", w.locale.Count(float64(hidden)))
}

// meanOfAll is the attainment of all persons behind the indicators.
func (w *writer) meanOfAll() disclose.Number {
	for _, sample := range []string{w.contributionSample(), w.sample, "complete"} {
		if n := w.attainment(sample, result.All); n.State() != disclose.Absent {
			return n
		}
	}
	return disclose.Number{}
}

// projectLabel is a project's name without its scheme, which stands beside it.
func (w *writer) projectLabel(scheme, project string) string {
	place := strings.TrimPrefix(project, scheme+"-")
	if name := w.numbers.Place(place); name != "" {
		place += " " + name
	}
	return w.word("project", "scheme", w.schemeLabel(scheme), "place", place)
}

func (w *writer) schemeLabel(key string) string {
	for _, s := range w.schemes {
		if s.key == key {
			return s.label
		}
	}
	return w.word("all")
}

func (w *writer) quadrantTitle(variant string) string {
	of := func(quantity, level string) disclose.Number { return w.spread(quantity, variant, result.All, level) }
	up, down := of("projects_by_interval", "above"), of("projects_by_interval", "below")
	if table.Has(up) && table.Has(down) {
		key := "quadrant.title"
		if up.Value()+down.Value() > 0.5 {
			key = "quadrant.title_many"
		}
		title := w.say(key, "above", w.percent(of("projects_by_band", "above")), "below", w.percent(of("projects_by_band", "below")),
			"clear", w.percentText(up.Value()+down.Value()))
		if title != "" {
			return title
		}
	}
	return w.say("quadrant.plain")
}

// spreadSentences say how far apart the projects are.
func (w *writer) spreadSentences(variant string) []string {
	points := func(scheme, level string) phrase {
		n := w.spread("contribution", variant, scheme, level)
		if !table.Has(n) {
			return phrase{}
		}
		return phrase{w.locale.Points(n.Value()), true}
	}
	sentences := []string{w.say("spread.lead")}
	for _, s := range w.schemes {
		sentences = append(sentences, w.say("spread.scheme", "scheme", s.name, "median", points(s.key, "p50"), "low", points(s.key, "p10"), "high", points(s.key, "p90")))
	}
	return sentences
}

// spreadTable is table 6.
func (w *writer) spreadTable(variant string) table.Table {
	t := table.Table{ID: "contribution-spread", Title: w.word("spread.table"), Note: join([]string{w.say("spread.note"), w.source()}), Columns: []table.Column{{}}}
	for _, s := range w.schemes {
		t.Columns = append(t.Columns, table.Column{Group: s.label, Label: w.word("column.contribution")}, table.Column{Group: s.label, Label: w.word("column.actual")})
	}
	for _, level := range []string{"p10", "p25", "p50", "p75", "p90"} {
		row := table.Row{Cells: []table.Cell{table.Text(w.word("spread." + level))}}
		for _, s := range w.schemes {
			row.Cells = append(row.Cells, table.Num(w.spread("contribution", variant, s.key, level), table.Format{Kind: table.Points}),
				table.Num(w.spread("actual", variant, s.key, level), wholePercent))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

var classes = []string{"above", "neutral", "below"}

// classTable has the projects above, near and below what is expected, by both
// rules, for each variant.
func (w *writer) classTable() table.Table {
	t := table.Table{
		ID: "contribution-classes", Title: w.word("classes.table"), Note: join([]string{w.say("classes.note", "band", w.band()), w.source()}),
		Columns: []table.Column{{}, {Label: w.word("column.projects")}},
	}
	rules := []string{"projects_by_band", "projects_by_interval"}
	for _, rule := range rules {
		for _, class := range classes {
			t.Columns = append(t.Columns, table.Column{Group: w.word("classes." + rule), Label: w.word("classes." + class)})
		}
	}
	for _, v := range w.study.Contribution.Variants {
		for _, s := range append(w.schemeKeys(), result.All) {
			row := table.Row{Group: capitalize(v.Value.Label.In(w.lang)), Total: s == result.All, Cells: []table.Cell{
				table.Text(w.schemeLabel(s)), table.Num(w.spread("projects", v.Key, s, ""), wholeNumber),
			}}
			for _, rule := range rules {
				for _, class := range classes {
					row.Cells = append(row.Cells, table.Num(w.spread(rule, v.Key, s, class), wholePercent))
				}
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

func (w *writer) schemeKeys() []string {
	var out []string
	for _, s := range w.schemes {
		out = append(out, s.key)
	}
	return out
}

// variantsSentence says what leaving the scheme out of the model changes.
func (w *writer) variantsSentence() string {
	variants := w.study.Contribution.Variants
	if len(variants) < 2 {
		return ""
	}
	return w.say("classes.variants", "first", variants[0].Value.Label.In(w.lang), "second", variants[1].Value.Label.In(w.lang),
		"scheme", w.focus.name, "a", w.percent(w.spread("projects_by_band", variants[0].Key, w.focus.key, "above")),
		"b", w.percent(w.spread("projects_by_band", variants[1].Key, w.focus.key, "above")))
}

// quadrantTable counts the projects in each quadrant.
func (w *writer) quadrantTable() table.Table {
	t := table.Table{ID: "contribution-quadrants", Title: w.word("quadrants.table"), Note: w.source(), Columns: []table.Column{{}}}
	quadrants := []string{"better_above", "better_below", "worse_above", "worse_below"}
	for _, q := range quadrants {
		t.Columns = append(t.Columns, table.Column{Label: w.word("quadrant." + q)})
	}
	for _, v := range w.study.Contribution.Variants {
		for _, s := range append(w.schemeKeys(), result.All) {
			row := table.Row{Group: capitalize(v.Value.Label.In(w.lang)), Total: s == result.All, Cells: []table.Cell{table.Text(w.schemeLabel(s))}}
			for _, q := range quadrants {
				row.Cells = append(row.Cells, table.Num(w.spread("projects_in_quadrant", v.Key, s, q), wholeNumber))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
