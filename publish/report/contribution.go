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
	w.contributionSentences()
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
		{"contribution-spread", "spread.title", w.spreadOfProjects},
		{"contribution-quadrants", "quadrants.title", w.quadrants},
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
		if g.Step != step || w.withoutVariance() && g.Subject == "shrunkenyear" {
			continue // projects that do not differ do not in a year
		}
		w.caution(w.say(w.contributionGap(g), "what", w.contributionSubject(g), "about", w.aboutOf(g), "min", w.cardinal(w.study.Contribution.MinLeavers)))
	}
}

// contributionGap is the text that tells of a gap.
func (w *writer) contributionGap(g result.Gap) string {
	switch {
	case g.Reason.Code == result.NoVariance && g.Reason.About == "year":
		return "contribution.gap.year"
	case g.Reason.Code == result.NoUnits && (g.Subject == "stability" || g.Subject == "halves"):
		return "contribution.gap." + g.Subject
	}
	if key := "contribution.gap." + g.Reason.Code; w.words.texts[key] != "" {
		return key
	}
	return "contribution.gap.other"
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

// contributionSentences are the main numbers of the projects, in paragraphs: how many
// can be told from what is expected, what to mind, and how many the neutral band would
// call so.
func (w *writer) contributionSentences() {
	if len(w.study.Contribution.Variants) == 0 {
		return
	}
	variant := w.study.Contribution.Variants[0].Key
	of := func(quantity, scheme, level string) disclose.Number {
		return w.spread(quantity, variant, scheme, level)
	}
	band := func(level string) phrase { return w.portion(of("projects_by_band", result.All, level)) }
	projects := of("projects", result.All, "")
	switch {
	case w.withoutVariance():
		w.text(w.numberOfProjects(projects), w.say("projects.no_variance"))
	case table.Has(projects) && projects.Value() == 1:
		w.text(w.numberOfProjects(projects), w.oneProject(variant))
	default:
		above := func(scheme string) phrase { return w.portion(of("projects_by_interval", scheme, "above")) }
		w.text(w.numberOfProjects(projects), w.intervalSentence(variant),
			w.say("projects.schemes", "first", w.focus.name, "second", w.reference.name, "focus", above(w.focus.key), "reference", above(w.reference.key)))
		w.text(w.discoverySentence(of("projects_by_discovery", result.All, "above"), of("projects_by_discovery", result.All, "below")), w.unreliableSentence())
		w.text(w.say("projects.band", "band", w.band(), "above", band("above"), "below", band("below"), "near", band("neutral")))
	}
}

// numberOfProjects says how many projects have indicators.
func (w *writer) numberOfProjects(n disclose.Number) string {
	leavers := w.cardinal(w.study.Contribution.MinLeavers)
	if table.Has(n) && n.Value() == 1 {
		return w.say("projects.one", "min", leavers)
	}
	return w.say("projects.all", "n", w.count(n), "min", leavers)
}

// oneProject says where the only project lies.
func (w *writer) oneProject(variant string) string {
	for _, class := range classes {
		if n := w.spread("projects_by_interval", variant, result.All, class); table.Has(n) && n.Value() == 1 {
			return w.say("projects.one." + class)
		}
	}
	return ""
}

// intervalSentence says how many projects the confidence interval tells from what
// is expected.
func (w *writer) intervalSentence(variant string) string {
	of := func(level string) disclose.Number {
		return w.spread("projects_by_interval", variant, result.All, level)
	}
	key := "projects.interval"
	switch as := of("neutral"); {
	case table.Has(as) && as.Value() == 1:
		key = "projects.interval_all"
	case table.Has(as) && as.Value() == 0:
		key = "projects.interval_clear"
	}
	return w.say(key, "above", w.portion(of("above")), "below", w.portion(of("below")), "as", w.portion(of("neutral")))
}

// discoverySentence says how many findings are left when it is minded that so many
// projects are looked at.
func (w *writer) discoverySentence(up, down disclose.Number) string {
	rate := w.percentText(w.study.Contribution.FalseDiscovery)
	switch {
	case !table.Has(up) || !table.Has(down):
		return ""
	case up.Value()+down.Value() == 0:
		return w.say("projects.discovery_none", "rate", rate)
	}
	return w.say("projects.discovery", "share", w.portionText(up.Value()+down.Value()), "rate", rate)
}

// unreliableSentence says how many projects are marked.
func (w *writer) unreliableSentence() string {
	n := w.byMultilevel("unreliable_by_size", result.All, "", "")
	if table.Has(n) && n.Value() == 0 {
		return w.say("projects.reliable", "threshold", w.threshold())
	}
	return w.say("projects.unreliable", "share", w.portion(n), "mark", unreliableMark, "threshold", w.threshold())
}

// portion writes a share of projects, none and all of them as words.
func (w *writer) portion(n disclose.Number) phrase {
	if !table.Has(n) {
		return phrase{}
	}
	return phrase{w.portionText(n.Value()), true}
}

func (w *writer) portionText(share float64) string {
	switch share {
	case 0:
		return w.word("portion.none")
	case 1:
		return w.word("portion.all")
	}
	return w.percentText(share)
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
	if allHidden(units) {
		w.caution(w.say("quadrant.all_hidden"))
		return
	}
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
	up, down, as := of("above"), of("below"), of("neutral")
	key := "quadrant.title"
	switch {
	case !table.Has(as) || !table.Has(up) || !table.Has(down) || w.withoutVariance():
		return w.say("quadrant.plain")
	case as.Value() == 1:
		key = "quadrant.title_all"
	case as.Value() == 0:
		key = "quadrant.title_clear"
	case as.Value() < 0.5:
		key = "quadrant.title_many"
	}
	return w.say(key, "above", w.portion(up), "below", w.portion(down), "as", w.portion(as))
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
