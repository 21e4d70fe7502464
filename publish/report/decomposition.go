package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// decomposition is a section for every decomposition of the study and every
// scheme but the reference: of the points between them, how many go with what.
func (w *writer) decomposition() {
	first := true
	for _, e := range w.study.Decomposition {
		for _, s := range w.schemes {
			if s.key == w.reference.key {
				continue
			}
			d := split{w, e.Key, e.Value, s}
			name, label := id("decomposition", e.Key), e.Value.Label.In(w.lang)
			if s.key != w.focus.key {
				name, label = id("decomposition", e.Key, s.key), w.word("decomposition.title.of", "label", label, "first", s.label)
			}
			w.section(name, w.word("decomposition.title", "label", label))
			if d.section(first) {
				first = false
			}
			w.endSection()
		}
	}
}

// A split is a decomposition of one scheme as it is written about.
type split struct {
	*writer
	key    string
	of     study.Decomposition
	scheme scheme
}

// section writes what there is, and tells whether there was anything to split. What
// is the same of all decompositions is said of the first.
func (d split) section(first bool) bool {
	d.decompositionGaps(func(r result.Reason) bool { return r.Code != result.TooFew })
	if !table.Has(d.raw()) {
		return false
	}
	if first {
		d.text(d.say("decomposition.lead", "first", d.scheme.name, "second", d.reference.name))
	}
	d.text(d.rawSentence(), d.partsSentence(), d.againstSentence(), d.unclearSentence())
	d.text(d.remainsSentence(), d.fixedSentence())
	d.figureOfParts()
	d.text(d.measuresSentence(), d.say("decomposition.caution"))
	d.text(d.choiceSentence())
	d.table(d.choiceTable())
	d.folded(d.detailTable())
	d.folded(d.threefoldTable())
	d.tablesOfRates()
	return true
}

// number is a part of the decomposition.
func (d split) number(method, choice, block, piece string) disclose.Number {
	k := result.Key{Quantity: "decomposition", Kind: method, Analysis: d.key, Scheme: d.scheme.key, Variable: block, Level: piece}
	if choice != "" {
		k.By, k.ByLevel = "by", choice
	}
	return d.get(k)
}

func (d split) raw() disclose.Number { return d.number("raw", "", "", "") }

// persons are those of a side.
func (d split) persons(side string) disclose.Number {
	return d.get(result.Key{Quantity: "decomposition_persons", Analysis: d.key, Scheme: d.scheme.key, Level: side})
}

// part is what goes with a block in the conditional decomposition; "" is all of
// them.
func (d split) part(block string) disclose.Number {
	return d.number("gelbach", "", block, "explained")
}

func (d split) remains() disclose.Number { return d.number("gelbach", "", "", "unexplained") }

// blockLabel is what a block is called.
func (d split) blockLabel(block string) string {
	if block == "_constant" {
		return d.word("decomposition.constant")
	}
	b, _ := d.of.Blocks.Get(block)
	return b.Label.In(d.lang)
}

// unclear tells whether a number may be zero, or has no interval.
func unclear(n disclose.Number) bool {
	low, high := n.Interval()
	return !(low > 0 || high < 0)
}

// size writes a number of points without sign.
func (d split) size(n disclose.Number) phrase {
	if !table.Has(n) {
		return phrase{}
	}
	return phrase{d.locale.Decimal(math.Abs(n.Value())*100, 1), true}
}

// estimate writes points with their interval, where they have one.
func (d split) estimate(n disclose.Number) phrase {
	if low, _ := n.Interval(); !math.IsNaN(low) {
		return d.pointsInterval(n)
	}
	if !table.Has(n) {
		return phrase{}
	}
	return phrase{d.word("decomposition.points", "points", d.locale.Points(n.Value())), true}
}

// rawSentence is the difference that is split.
func (d split) rawSentence() string {
	raw := d.raw()
	key := "decomposition.raw.higher"
	if raw.Value() < 0 {
		key = "decomposition.raw.lower"
	}
	return join([]string{d.say(key, "first", d.scheme.people, "second", d.reference.people, "points", d.size(raw)), d.splitSentence()})
}

// splitSentence says how much goes with what is known.
func (d split) splitSentence() string {
	return d.say("decomposition.split", "explained", d.estimate(d.part("")), "blocks", d.enumerate(d.labels(func(disclose.Number) bool { return true })))
}

// labels names the blocks whose parts are of a kind, inside a sentence.
func (d split) labels(of func(disclose.Number) bool) []string {
	var out []string
	for _, b := range d.of.Blocks.Keys() {
		if n := d.part(b); table.Has(n) && of(n) {
			out = append(out, d.casing.inside(d.blockLabel(b)))
		}
	}
	return out
}

// listed is the blocks whose parts are of a kind with their points, the largest
// first.
func (d split) listed(of func(disclose.Number) bool) []string {
	blocks := slices.DeleteFunc(d.of.Blocks.Keys(), func(b string) bool { n := d.part(b); return !table.Has(n) || !of(n) })
	slices.SortStableFunc(blocks, func(a, b string) int {
		return -compareSize(d.part(a).Value(), d.part(b).Value())
	})
	var out []string
	for _, b := range blocks {
		out = append(out, d.word("decomposition.item", "label", d.casing.inside(d.blockLabel(b)), "points", d.locale.Points(d.part(b).Value())))
	}
	return out
}

func compareSize(a, b float64) int {
	switch {
	case math.Abs(a) < math.Abs(b):
		return -1
	case math.Abs(a) > math.Abs(b):
		return 1
	}
	return 0
}

// partsSentence lists what clearly goes the scheme's way.
func (d split) partsSentence() string {
	return d.listSentence("decomposition.favour", func(n disclose.Number) bool { return !unclear(n) && n.Value() > 0 })
}

// againstSentence lists what clearly goes the other way.
func (d split) againstSentence() string {
	key := "decomposition.against"
	if d.partsSentence() == "" {
		key = "decomposition.against_only"
	}
	return d.listSentence(key, func(n disclose.Number) bool { return !unclear(n) && n.Value() < 0 })
}

// unclearSentence lists what may go either way.
func (d split) unclearSentence() string {
	return d.listSentence("decomposition.unclear", func(n disclose.Number) bool {
		low, _ := n.Interval()
		return unclear(n) && !math.IsNaN(low)
	})
}

func (d split) listSentence(key string, of func(disclose.Number) bool) string {
	list := d.listed(of)
	if len(list) == 0 {
		return ""
	}
	return d.say(key, "first", d.scheme.name, "second", d.reference.name, "list", d.enumerate(list))
}

// remainsSentence is what stands when all has been taken into account.
func (d split) remainsSentence() string {
	n := d.remains()
	key := "decomposition.remains"
	if low, _ := n.Interval(); !math.IsNaN(low) && unclear(n) {
		key = "decomposition.remains_unclear"
	}
	return d.say(key, "points", d.estimate(n), "first", d.scheme.name, "second", d.reference.name)
}

// fixedSentence says that the random terms of a multilevel model are left out.
func (d split) fixedSentence() string {
	m, _ := d.study.Models.Get(d.of.Model)
	if len(d.groupings(d.of.Model)) == 0 {
		return ""
	}
	return d.say("decomposition.fixed", "model", d.quote(m.Label.In(d.lang)))
}

// measuresSentence says that what goes with measures is another matter than who
// takes part.
func (d split) measuresSentence() string {
	m, _ := d.study.Models.Get(d.of.Model)
	var measures []string
	for _, b := range d.of.Blocks {
		isMeasure := func(v string) bool {
			g, _ := m.Groups.Get(v)
			return slices.ContainsFunc(append([]string{v}, g.Variables...), func(v string) bool { return slices.Contains(d.study.Describe.Measures, v) })
		}
		if table.Has(d.part(b.Key)) && slices.ContainsFunc(b.Value.Variables, isMeasure) {
			measures = append(measures, d.quote(d.blockLabel(b.Key)))
		}
	}
	if len(measures) == 0 {
		return ""
	}
	return d.say("decomposition.measures", "measures", d.enumerate(measures))
}

// figureOfParts shows the difference, its parts and what remains.
func (d split) figureOfParts() {
	plot := figure.Bars{Series: []figure.Series{{Key: d.scheme.key, Style: d.scheme.series.Style}}, Format: figure.Points, Axis: d.word("decomposition.axis")}
	data := table.Table{Columns: []table.Column{{Label: d.word("decomposition.column.part")}, {Label: d.word("decomposition.axis")}}}
	add := func(key, label string, n disclose.Number) {
		plot.Categories = append(plot.Categories, figure.Category{Key: key, Label: label})
		plot.Marks = append(plot.Marks, figure.Mark{Category: key, Series: d.scheme.key, Number: n})
		data.Rows = append(data.Rows, table.Row{Cells: []table.Cell{table.Text(label), table.Num(n, table.Format{Kind: table.Points, Interval: true})}})
	}
	add("0", d.word("decomposition.row.raw"), d.raw())
	for i, b := range d.of.Blocks.Keys() {
		add(strconv.Itoa(i+1), d.blockLabel(b), d.part(b))
	}
	add("remains", d.word("decomposition.row.remains"), d.remains())
	title := d.figureTitle()
	d.figure(figure.Figure{
		ID: id(d.at.ID), Title: title,
		Subtitle: join([]string{d.say("decomposition.subtitle", "first", d.scheme.name, "second", d.reference.name), d.nText(d.persons("focus"), d.persons("reference"))}),
		Note:     d.figureNote(), Alt: d.word("decomposition.alt", "title", title), Plot: plot,
	}, data)
}

// figureTitle is what the parts say together: how much goes with what is known,
// with what most of it, and how much remains.
func (d split) figureTitle() string {
	most := ""
	for _, b := range d.of.Blocks.Keys() {
		if n := d.part(b); table.Has(n) && !unclear(n) && n.Value()*d.raw().Value() > 0 && (most == "" || compareSize(n.Value(), d.part(most).Value()) > 0) {
			most = b
		}
	}
	pairs := []any{"raw", d.pointsOnly(d.raw()), "explained", d.pointsOnly(d.part("")), "remains", d.pointsOnly(d.remains())}
	if most == "" {
		return d.say("decomposition.figure", pairs...)
	}
	return d.say("decomposition.figure_most", append(pairs, "most", d.casing.inside(d.blockLabel(most)), "points", d.pointsOnly(d.part(most)))...)
}

// figureNote says which method it is and how its intervals were made.
func (d split) figureNote() string {
	key := "decomposition.note.persons"
	if d.of.Cluster != "" {
		key = "decomposition.note.cluster"
	}
	if low, _ := d.raw().Interval(); math.IsNaN(low) {
		return d.say("decomposition.note")
	}
	draws := d.get(result.Key{Quantity: "decomposition_replicates", Analysis: d.key, Scheme: d.scheme.key})
	return join([]string{d.say("decomposition.note"), d.say(key, "n", d.count(draws), "cluster", d.casing.inside(d.variable(d.of.Cluster)))})
}

// decompositionGaps tells what these data could not answer for reasons of a kind,
// and with what reservation the rest is said.
func (d split) decompositionGaps(of func(result.Reason) bool) {
	for _, g := range d.numbers.Gaps() {
		subject := strings.Fields(g.Subject)
		if g.Step != "decomposition" || len(subject) < 2 || subject[0] != d.key || subject[1] != d.scheme.key || !of(g.Reason) {
			continue
		}
		key, whose := "decomposition.gap."+g.Reason.Code, ""
		if _, known := d.words.texts[key]; !known {
			key = "decomposition.gap.other"
		}
		if g.Reason.Code == result.OneCluster && g.Reason.About == "" { // every person is a cluster
			key = "decomposition.gap.few_persons"
		}
		if len(subject) > 2 {
			whose = d.whose(subject[2])
		}
		d.caution(d.say(key, "what", d.quote(d.of.Label.In(d.lang)), "about", d.termsOf(g.Reason), "whose", whose))
	}
}

// termsOf names what a gap is about: columns of the model as its coefficients are
// named, or a variable and a level of it.
func (d split) termsOf(r result.Reason) string {
	if variable, level, ok := strings.Cut(r.About, " "); ok && r.Code == result.TooFew {
		return d.word("decomposition.level", "variable", d.variable(variable), "level", d.describedLevel(variable, level))
	}
	if r.Code == result.OneCluster || r.Code == result.UnknownForAll {
		return d.about(r.About)
	}
	var labels []string
	for _, name := range strings.Split(r.About, ", ") {
		if s, ok := d.study.Schemes.Get(name); ok {
			labels = append(labels, d.quote(s.Label.In(d.lang)))
			continue
		}
		labels = append(labels, d.quote(d.term(d.of.Model, name).full))
	}
	return d.enumerate(labels)
}

// whose is whose coefficients a choice takes.
func (d split) whose(choice string) string {
	switch choice {
	case "focus":
		return d.scheme.name
	case "reference":
		return d.reference.name
	}
	return d.word("decomposition.both")
}
