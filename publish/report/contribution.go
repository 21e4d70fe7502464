package report

import (
	"slices"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// contribution is the chapter on projects, when the study has them: first what an
// indicator is and what the indicators say, then how sure that is, then each
// project, so that a reader knows what a number is worth before meeting it.
func (w *writer) contribution() {
	if w.study.Contribution == nil || len(w.study.Contribution.Variants) == 0 {
		return
	}
	first := w.study.Contribution.Variants[0]
	w.begin("contribution", w.word("contribution.title"))
	w.text(w.say("contribution.lead", "min", w.cardinal(w.study.Contribution.MinLeavers)))
	w.contributionGaps("contribution")
	w.text(w.contributionSentences()...)
	w.quadrant(first.Key)
	w.caution(w.say("contribution.caution", "min", w.cardinal(w.study.Contribution.MinLeavers)))
	for _, s := range []struct {
		id, title string
		write     func()
	}{
		{"contribution-reading", "reading.title", w.howToRead},
		{"contribution-classes", "classes.title", w.classes},
		{"contribution-funnel", "funnel.title", w.funnel},
		{"contribution-reliability", "reliability.title", w.reliability},
		{"contribution-cautious", "cautious.title", w.cautious},
		{"contribution-stability", "stability.title", w.stability},
		{"contribution-spread", "spread.title", func() {
			w.text(w.spreadSentences(first.Key)...)
			w.table(w.spreadTable(first.Key))
		}},
		{"contribution-quadrants", "quadrants.title", func() {
			w.text(w.say("quadrants.lead"))
			w.table(w.quadrantTable())
		}},
		{"contribution-by-level", "by_level.title", func() { w.contributionByLevel(first.Key) }},
		{"contribution-years", "yearly.title", w.yearly},
		{"contribution-municipalities", "municipalities.title", w.municipalities},
		{"contribution-projects", "each.title", w.eachProject},
		{"cases", "cases.title", w.caseMunicipalities},
	} {
		w.section(s.id, w.word(s.title))
		s.write()
		w.endSection()
	}
	w.end()
}

// withoutVariance tells whether the multilevel model finds that projects differ no
// more than chance makes them, over all years. Nothing that sets one project apart
// is then said.
func (w *writer) withoutVariance() bool {
	return slices.ContainsFunc(w.numbers.Gaps(), func(g result.Gap) bool {
		return g.Step == "contribution" && g.Reason.Code == result.NoVariance && g.Subject == "shrunken"
	})
}

// contributionGaps tells what of a step these data could not answer. A subject is
// a variant, an example or a setting of the study.
func (w *writer) contributionGaps(step string) {
	for _, g := range w.numbers.Gaps() {
		if g.Step != step {
			continue
		}
		key := "contribution.gap." + g.Reason.Code
		if _, known := w.words.texts[key]; !known {
			key = "contribution.gap.other"
		}
		w.caution(w.say(key, "what", w.contributionSubject(g), "about", w.aboutOf(g)))
	}
}

// contributionSubject is what of the contributions has no answer.
func (w *writer) contributionSubject(g result.Gap) string {
	c := w.study.Contribution
	if v, ok := c.Variants.Get(g.Subject); ok {
		return w.word("contribution.gap.variant", "label", v.Label.In(w.lang))
	}
	if e, ok := c.Examples.Get(g.Subject); ok {
		return w.word("contribution.gap.example", "label", w.quote(e.Label.In(w.lang)))
	}
	if _, ok := w.words.texts["contribution.subject."+g.Subject]; ok {
		return w.word("contribution.subject." + g.Subject)
	}
	if m, ok := w.study.Models.Get(g.Model); ok {
		return w.word("contribution.gap.model", "label", w.quote(m.Label.In(w.lang)))
	}
	return w.word("contribution.gap.all")
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

// spread is a number of how projects' indicators are spread over all years.
func (w *writer) spread(quantity, variant, scheme, level string) disclose.Number {
	return w.spreadIn("", quantity, variant, scheme, level)
}

// spreadIn is a number of how projects' indicators are spread in a year.
func (w *writer) spreadIn(year, quantity, variant, scheme, level string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Kind: variant, Sample: w.contributionSample(), Scheme: scheme, Year: year, Level: level})
}

// contributionSample names the rows that the indicators rest on: those of the model.
func (w *writer) contributionSample() string {
	m, _ := w.study.Models.Get(w.study.Contribution.Model)
	return m.Sample
}

// contributionSentences are the main numbers of the projects: how many can be told
// from what is expected, and then how many the neutral band would call so.
func (w *writer) contributionSentences() []string {
	if len(w.study.Contribution.Variants) == 0 {
		return nil
	}
	variant := w.study.Contribution.Variants[0].Key
	of := func(quantity, scheme, level string) disclose.Number {
		return w.spread(quantity, variant, scheme, level)
	}
	share := func(quantity, scheme, level string) phrase { return w.percent(of(quantity, scheme, level)) }
	sentences := []string{w.say("projects.all", "n", w.count(of("projects", result.All, "")), "min", w.cardinal(w.study.Contribution.MinLeavers))}
	if w.withoutVariance() {
		return append(sentences, w.say("projects.no_variance"))
	}
	sentences = append(sentences,
		w.say("projects.interval", "above", share("projects_by_interval", result.All, "above"), "below", share("projects_by_interval", result.All, "below"), "as", share("projects_by_interval", result.All, "neutral")),
		w.discoverySentence(of("projects_by_discovery", result.All, "above"), of("projects_by_discovery", result.All, "below")),
		w.say("projects.schemes", "first", w.focus.name, "second", w.reference.name,
			"focus", share("projects_by_interval", w.focus.key, "above"), "reference", share("projects_by_interval", w.reference.key, "above")))
	if w.knownReliability() {
		sentences = append(sentences, w.say("projects.unreliable", "share", w.percent(w.byMultilevel("unreliable_by_size", result.All, "", "")), "mark", unreliableMark, "threshold", w.threshold()))
	}
	return append(sentences, w.say("projects.band", "band", w.band(), "above", share("projects_by_band", result.All, "above"), "below", share("projects_by_band", result.All, "below"),
		"near", share("projects_by_band", result.All, "neutral")))
}

// discoverySentence says how many findings are left when it is minded that so many
// projects are looked at.
func (w *writer) discoverySentence(up, down disclose.Number) string {
	if !table.Has(up) || !table.Has(down) {
		return ""
	}
	return w.say("projects.discovery", "share", w.percentText(up.Value()+down.Value()), "rate", w.percentText(w.study.Contribution.FalseDiscovery))
}

// quadrant is figure 21: contribution and attainment of every project.
func (w *writer) quadrant(variant string) {
	plot := figure.Quadrant{
		Series: w.series(), FormatX: figure.Percent, FormatY: figure.Points,
		AxisX: w.word("quadrant.x"), AxisY: w.word("quadrant.y"), Faint: w.say("contribution.faint", "threshold", w.threshold()),
		Corners: [4]string{w.word("quadrant.better_below"), w.word("quadrant.better_above"), w.word("quadrant.worse_below"), w.word("quadrant.worse_above")},
		Mean:    figure.Line{Label: w.word("quadrant.mean"), Number: w.meanOfAll()},
	}
	data := table.Table{Columns: []table.Column{
		{Label: w.word("column.project")}, {Label: w.word("column.persons")}, {Label: w.word("column.actual")},
		{Label: w.word("column.expected")}, {Label: w.word("column.contribution")},
	}}
	units := w.assessed(ofProjects, "")
	for _, u := range units {
		if u.of("contribution").State() == disclose.Absent {
			continue
		}
		label := w.projectLabel(u.scheme, u.name)
		plot.Points = append(plot.Points, figure.Point{Series: u.scheme, Label: label, X: u.of("actual"), Y: u.of("contribution"), Size: u.of("persons"), Faint: w.unreliable(u)})
		data.Rows = append(data.Rows, table.Row{Group: w.schemeLabel(u.scheme), Cells: []table.Cell{
			table.Text(label), table.Num(u.of("persons"), wholeNumber), table.Num(u.of("actual"), wholePercent),
			table.Num(u.of("expected"), wholePercent), w.marked(u, "contribution", pointsInterval),
		}})
	}
	data.Note = w.markNote(units)
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
		Note: join([]string{w.someHidden(units, "quadrant.hidden"), w.say("quadrant.note")}), Alt: w.word("alt.quadrant", "title", title), Plot: plot,
	}, data)
}

// pointsInterval writes an indicator.
var pointsInterval = table.Format{Kind: table.Points, Interval: true}

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

// quadrantTitle says how many projects can be told from what is expected.
func (w *writer) quadrantTitle(variant string) string {
	of := func(level string) disclose.Number {
		return w.spread("projects_by_interval", variant, result.All, level)
	}
	if up, down, as := of("above"), of("below"), of("neutral"); table.Has(up) && table.Has(down) && table.Has(as) && !w.withoutVariance() {
		key := "quadrant.title"
		if as.Value() < 0.5 {
			key = "quadrant.title_many"
		}
		return w.say(key, "above", w.percent(up), "below", w.percent(down), "as", w.percent(as))
	}
	return w.say("quadrant.plain")
}

func (w *writer) schemeKeys() []string {
	var out []string
	for _, s := range w.schemes {
		out = append(out, s.key)
	}
	return out
}

// aboutOf is what a gap is about: a quadrant, or what the gap names.
func (w *writer) aboutOf(g result.Gap) string {
	if _, ok := w.words.texts["quadrant."+g.Reason.About]; ok {
		return w.quote(w.word("quadrant." + g.Reason.About))
	}
	return g.Reason.About
}
