package report

import (
	"math"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

// howToRead tells what an indicator says and what it does not, by examples.
func (w *writer) howToRead() {
	w.text(w.say("reading.zero"), w.say("reading.above"), w.say("reading.interval"))
	w.examples()
	w.text(w.say("reading.why"))
}

// examples is table 5: how far a project is from the country, and how much of that
// goes with its participants. Its numbers are rounded, that of the country too, so
// that they add up.
func (w *writer) examples() {
	c := w.study.Contribution
	t := table.Table{ID: "contribution-examples", Title: w.word("examples.table"),
		Columns: []table.Column{{}, {Label: w.word("column.actual")}, {Label: w.word("column.expected")},
			{Label: w.word("examples.distance"), Group: w.word("examples.split")}, {Label: w.word("examples.participants"), Group: w.word("examples.split")}, {Label: w.word("column.contribution"), Group: w.word("examples.split")}}}
	mean, marked := w.meanOfAll(), false
	for _, e := range c.Examples {
		of := func(quantity string) disclose.Number {
			return w.get(result.Key{Quantity: quantity, Kind: c.Variants[0].Key, Sample: w.contributionSample(), Scheme: e.Value.Scheme, Level: e.Key})
		}
		actual, expected := of("example_actual"), of("example_expected")
		contribution := table.Num(of("example_contribution"), table.Format{Kind: table.WholePoints, Interval: true})
		if n := of("example_reliable"); table.Has(n) && n.Value() == 0 {
			contribution, marked = contribution.Marked(unreliableMark), true
		}
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{table.Text(e.Value.Label.In(w.lang)), table.Num(actual, wholePercent), table.Num(expected, wholePercent),
			w.differenceCell(actual, mean), w.differenceCell(expected, mean), contribution}})
	}
	note := []string{w.say("examples.note")}
	if marked {
		note = append(note, w.say("contribution.mark", "threshold", w.threshold()))
	}
	t.Note = join(append(note, w.source()))
	if !t.Empty() {
		w.text(w.say("examples.lead"))
		w.table(t.Told())
	}
}

// differenceCell is one share less another, both in whole per cent.
func (w *writer) differenceCell(a, b disclose.Number) table.Cell {
	switch {
	case !table.Has(a):
		return table.Num(a, wholePercent)
	case !table.Has(b):
		return table.Num(b, wholePercent)
	}
	return table.Text(w.locale.WholePoints((math.Round(100*a.Value()) - math.Round(100*b.Value())) / 100)).AsNumber()
}

// classes is the section on which projects are above and below what is expected,
// by all rules. Where projects do not differ there is none.
func (w *writer) classes() {
	if w.withoutVariance() {
		return
	}
	w.text(w.say("classes.lead", "band", w.band()), w.say("classes.discovery", "rate", w.percentText(w.study.Contribution.FalseDiscovery)))
	if w.byMultilevel("projects_by_shrunken", result.All, "", "above").State() != disclose.Absent {
		w.text(w.say("classes.multilevel"))
	}
	w.text(w.variantsSentence())
	w.table(w.classTable())
}

// schemesAndAll are the schemes and, where there are several, all of them together.
func (w *writer) schemesAndAll() []string {
	if len(w.schemes) < 2 {
		return w.schemeKeys()
	}
	return append(w.schemeKeys(), result.All)
}

// A classRule is one way to tell projects above and below what is expected apart.
type classRule struct {
	label string
	of    func(quantity, scheme, level string) disclose.Number
	share string // quantity of the shares
	count string // quantity of the number of projects
}

func (w *writer) classRules() []classRule {
	var out []classRule
	for i, v := range w.study.Contribution.Variants {
		of := func(quantity, scheme, level string) disclose.Number {
			return w.spread(quantity, v.Key, scheme, level)
		}
		for _, rule := range []string{"projects_by_band", "projects_by_interval", "projects_by_discovery"} {
			if i == 0 || rule != "projects_by_discovery" {
				out = append(out, classRule{w.word("classes.rule", "rule", w.word("classes."+rule), "variant", v.Value.Label.In(w.lang)), of, rule, "projects"})
			}
		}
	}
	multilevel := func(quantity, scheme, level string) disclose.Number {
		return w.byMultilevel(quantity, scheme, "", level)
	}
	return append(out, classRule{w.word("classes.by_shrunken"), multilevel, "projects_by_shrunken", "projects_by_size"},
		classRule{w.word("classes.by_shrunken_discovery"), multilevel, "projects_by_discovery", "projects_by_size"})
}

var classes = []string{"above", "neutral", "below"}

// classTable has the projects above, near and below what is expected, by every rule.
func (w *writer) classTable() table.Table {
	t := table.Table{
		ID: "contribution-classes", Title: w.word("classes.table"), Note: join([]string{w.say("classes.note", "band", w.band()), w.source()}),
		Columns: []table.Column{{}, {Label: w.word("column.projects")}},
	}
	for _, class := range classes {
		t.Columns = append(t.Columns, table.Column{Label: w.word("classes." + class)})
	}
	for _, rule := range w.classRules() {
		for _, s := range w.schemesAndAll() {
			if rule.of(rule.share, s, "above").State() == disclose.Absent {
				continue
			}
			row := table.Row{Group: rule.label, Total: s == result.All, Cells: []table.Cell{table.Text(w.schemeLabel(s)), table.Num(rule.of(rule.count, s, ""), wholeNumber)}}
			for _, class := range classes {
				row.Cells = append(row.Cells, table.Num(rule.of(rule.share, s, class), wholePercent))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// variantsSentence says what leaving the scheme out of the model changes.
func (w *writer) variantsSentence() string {
	variants := w.study.Contribution.Variants
	if len(variants) < 2 {
		return ""
	}
	of := func(variant string) phrase {
		return w.portion(w.spread("projects_by_band", variant, w.focus.key, "above"))
	}
	return w.say("classes.variants", "first", variants[0].Value.Label.In(w.lang), "second", variants[1].Value.Label.In(w.lang),
		"scheme", w.focus.name, "a", of(variants[0].Key), "b", of(variants[1].Key))
}

// quadrants is the section that counts the projects in each quadrant.
func (w *writer) quadrants() {
	w.text(w.say("quadrants.lead"))
	w.table(w.quadrantTable())
}

// spreadOfProjects is the section on how far apart the projects are.
func (w *writer) spreadOfProjects() {
	variant := w.study.Contribution.Variants[0].Key
	w.text(w.spreadSentences(variant)...)
	w.table(w.spreadTable(variant))
}

// spreadLead says whether projects differ: by the multilevel model, or by the funnel
// where there is none.
func (w *writer) spreadLead(variant string) string {
	beyond := w.spread("funnel_tau2", variant, result.All, "")
	switch {
	case w.withoutVariance():
		return w.say("spread.lead_none")
	case w.knownReliability():
		return w.say("spread.lead")
	case !table.Has(beyond):
		return w.say("spread.lead_unknown")
	case beyond.Value() > 0:
		return w.say("spread.lead")
	}
	return w.say("spread.lead_none")
}

// fewestForSpread is the number of projects from which the spread of eight in ten is told.
const fewestForSpread = 10

// spreadSentences say how far apart the projects are.
func (w *writer) spreadSentences(variant string) []string {
	points := func(scheme, level string) phrase { return w.pointsOf(w.spread("contribution", variant, scheme, level)) }
	sentences := []string{w.spreadLead(variant)}
	for _, s := range w.schemes {
		if n := w.spread("projects", variant, s.key, ""); !table.Has(n) || n.Value() < fewestForSpread {
			continue
		}
		sentences = append(sentences, w.say("spread.scheme", "scheme", s.name, "median", points(s.key, "p50"), "low", points(s.key, "p10"), "high", points(s.key, "p90")))
	}
	return sentences
}

// pointsOf writes a difference in points, without its unit.
func (w *writer) pointsOf(n disclose.Number) phrase {
	if !table.Has(n) {
		return phrase{}
	}
	return phrase{w.locale.Points(n.Value()), true}
}

// decimalOf writes a number with so many decimals.
func (w *writer) decimalOf(n disclose.Number, decimals int) phrase {
	if !table.Has(n) || math.IsInf(n.Value(), 0) {
		return phrase{}
	}
	return phrase{w.locale.Decimal(n.Value(), decimals), true}
}

// spreadTable is table 6, with the shrunken contribution beside the raw.
func (w *writer) spreadTable(variant string) table.Table {
	t := table.Table{ID: "contribution-spread", Title: w.word("spread.table"), Note: join([]string{w.say("spread.note"), w.source()}), Columns: []table.Column{{}}}
	shrunken := w.byMultilevel("shrunken", result.All, "", "p50").State() != disclose.Absent
	for _, s := range w.schemes {
		t.Columns = append(t.Columns, table.Column{Group: s.label, Label: w.word("column.contribution")})
		if shrunken {
			t.Columns = append(t.Columns, table.Column{Group: s.label, Label: w.word("column.shrunken")})
		}
		t.Columns = append(t.Columns, table.Column{Group: s.label, Label: w.word("column.actual")})
	}
	points := table.Format{Kind: table.Points}
	for _, level := range []string{"p10", "p25", "p50", "p75", "p90"} {
		row := table.Row{Cells: []table.Cell{table.Text(w.word("spread." + level))}}
		for _, s := range w.schemes {
			row.Cells = append(row.Cells, table.Num(w.spread("contribution", variant, s.key, level), points))
			if shrunken {
				row.Cells = append(row.Cells, table.Num(w.byMultilevel("shrunken", s.key, "", level), points))
			}
			row.Cells = append(row.Cells, table.Num(w.spread("actual", variant, s.key, level), wholePercent))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// quadrantTable counts the projects in each quadrant.
func (w *writer) quadrantTable() table.Table {
	t := table.Table{ID: "contribution-quadrants", Title: w.word("quadrants.table"), Note: w.source(), Columns: []table.Column{{}}}
	quadrants := []string{"better_above", "better_below", "worse_above", "worse_below"}
	for _, q := range quadrants {
		t.Columns = append(t.Columns, table.Column{Label: w.word("quadrant." + q)})
	}
	for _, v := range w.study.Contribution.Variants {
		for _, s := range w.schemesAndAll() {
			row := table.Row{Group: capitalize(v.Value.Label.In(w.lang)), Total: s == result.All, Cells: []table.Cell{table.Text(w.schemeLabel(s))}}
			for _, q := range quadrants {
				row.Cells = append(row.Cells, table.Num(w.spread("projects_in_quadrant", v.Key, s, q), wholeNumber))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
