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

// reliability tells how much of what sets projects apart is their own, by size.
func (w *writer) reliability() {
	if !w.knownReliability() {
		return
	}
	c := w.study.Contribution
	w.text(w.say("reliability.what"),
		w.say("reliability.median", "median", w.decimalOf(w.byMultilevel("reliability_by_size", result.All, "", ""), 2), "share", w.portion(w.byMultilevel("unreliable_by_size", result.All, "", "")), "threshold", w.threshold()),
		w.reliableFrom())
	t := table.Table{ID: "contribution-reliability", Title: w.word("reliability.table"), Note: join([]string{w.say("reliability.note"), w.source()}),
		Columns: []table.Column{{Label: w.word("column.persons")}, {Label: w.word("column.projects")}, {Label: w.word("reliability.raw")}, {Label: w.word("reliability.under", "threshold", w.threshold())}, {Label: w.word("reliability.shrunken")}}}
	add := func(label, level string, total bool) {
		of := func(quantity string) disclose.Number { return w.byMultilevel(quantity, result.All, "", level) }
		if of("projects_by_size").State() == disclose.Absent {
			return
		}
		two := table.Format{Decimals: 2}
		t.Rows = append(t.Rows, table.Row{Total: total, Cells: []table.Cell{table.Text(label), table.Num(of("projects_by_size"), wholeNumber),
			table.Num(of("reliability_by_size"), two), table.Num(of("unreliable_by_size"), wholePercent), table.Num(of("shrunken_reliability_by_size"), two)}})
	}
	for i := range c.Sizes {
		add(w.sizeLabel(i), strconv.Itoa(c.Sizes[i]), false)
	}
	add(w.word("all"), "", true)
	w.table(t)
}

// reliableFrom says from which size on half of the projects are reliable, when the
// classes of size tell.
func (w *writer) reliableFrom() string {
	c := w.study.Contribution
	from, largest := -1, disclose.Number{} // of the classes there are
	for _, size := range c.Sizes {
		n := w.byMultilevel("reliability_by_size", result.All, "", strconv.Itoa(size))
		if n.State() == disclose.Absent {
			continue
		}
		largest = n
		switch {
		case !table.Has(n) || n.Value() < c.Reliability:
			from = -1
		case from < 0:
			from = size
		}
	}
	switch {
	case from >= 0:
		return w.say("reliability.from", "size", w.trimInt(from), "threshold", w.threshold())
	case table.Has(largest):
		return w.say("reliability.nowhere", "threshold", w.threshold())
	}
	return ""
}

func (w *writer) trimInt(n int) string { return w.locale.Count(float64(n)) }

// sizeLabel is a class of size: 5–9, or 100 or more.
func (w *writer) sizeLabel(i int) string {
	sizes := w.study.Contribution.Sizes
	if i+1 == len(sizes) {
		return w.word("size.last", "from", w.trimInt(sizes[i]))
	}
	return w.word("size.from_to", "from", w.trimInt(sizes[i]), "to", w.trimInt(sizes[i+1]-1))
}

// cautious is the section on indicators drawn towards what is expected.
func (w *writer) cautious() {
	shrunken := w.byMultilevel("shrunken", result.All, "", "p50")
	if w.withoutVariance() || shrunken.State() == disclose.Absent {
		return
	}
	of := func(quantity, level string) phrase {
		return w.portion(w.byMultilevel(quantity, result.All, "", level))
	}
	raw := func(level string) phrase {
		return w.pointsOf(w.spread("contribution", w.study.Contribution.Variants[0].Key, result.All, level))
	}
	w.text(w.say("cautious.what"), w.say("cautious.firth"))
	w.text(w.say("cautious.spread", "low", w.pointsOf(w.byMultilevel("shrunken", result.All, "", "p10")), "high", w.pointsOf(w.byMultilevel("shrunken", result.All, "", "p90")), "raw_low", raw("p10"), "raw_high", raw("p90")),
		w.say("cautious.classes", "above", of("projects_by_shrunken", "above"), "below", of("projects_by_shrunken", "below")),
		w.say("cautious.wrong", "share", of("shrunken_false_discovery", "")))
	w.caterpillar()
	w.text(w.rankSentences()...)
}

// caterpillar shows every project's shrunken contribution with its interval.
func (w *writer) caterpillar() {
	plot := figure.Caterpillar{Series: w.series(), Format: figure.Points, Axis: w.word("caterpillar.axis"), Order: w.word("caterpillar.order"),
		Classes: figure.Classes{Above: w.word("caterpillar.above"), As: w.word("caterpillar.as"), Below: w.word("caterpillar.below")}, Faint: w.say("contribution.faint", "threshold", w.threshold())}
	data := table.Table{Columns: []table.Column{{Label: w.word("column.project")}, {Label: w.word("column.persons")}, {Label: w.word("column.shrunken")}}}
	units := w.assessed(ofProjects, "")
	if allHidden(units) {
		return
	}
	for _, u := range units {
		if u.of("shrunken").State() == disclose.Absent {
			continue
		}
		label := w.projectLabel(u.scheme, u.name)
		plot.Points = append(plot.Points, figure.CaterpillarPoint{Series: u.scheme, Label: label, Faint: w.unreliable(u), Number: u.of("shrunken")})
		data.Rows = append(data.Rows, table.Row{Group: w.schemeLabel(u.scheme), Cells: []table.Cell{table.Text(label), table.Num(u.of("persons"), wholeNumber), w.marked(u, "shrunken", pointsInterval)}})
	}
	data.Note = w.markNote(units)
	title := w.caterpillarTitle(w.byMultilevel("projects_by_shrunken", result.All, "", "neutral"))
	w.figure(figure.Figure{ID: "contribution-caterpillar", Title: title, Subtitle: w.say("caterpillar.subtitle", "n", w.locale.Count(float64(w.shownOf(units, "shrunken")))),
		Note: join([]string{w.someHidden(units, "quadrant.hidden"), w.say("caterpillar.note")}), Alt: w.word("caterpillar.alt", "title", title), Plot: plot}, data)
}

// caterpillarTitle says how many projects cannot be told from what is expected.
func (w *writer) caterpillarTitle(as disclose.Number) string {
	switch {
	case !table.Has(as):
		return w.say("caterpillar.plain")
	case as.Value() == 1:
		return w.say("caterpillar.title_all")
	case as.Value() == 0:
		return w.say("caterpillar.title_clear")
	}
	return w.say("caterpillar.title", "as", w.percent(as))
}

// shownOf counts the units whose number of a quantity is shown.
func (w *writer) shownOf(units []assessed, quantity string) int {
	n := 0
	for _, u := range units {
		if table.Has(u.of(quantity)) {
			n++
		}
	}
	return n
}

// rankSentences say how little ranks tell: how wide their intervals are, and how
// many projects may be the first or the last.
func (w *writer) rankSentences() []string {
	var out []string
	for _, s := range w.schemes {
		var widths []float64
		first, last, all := 0, 0, w.byMultilevel("projects_by_size", s.key, "", "")
		if !table.Has(all) {
			continue
		}
		for _, u := range w.assessed(ofProjects, "") {
			n := u.of("rank")
			if u.scheme != s.key || n.State() != disclose.Shown {
				continue
			}
			low, high := n.Interval()
			widths = append(widths, high-low+1)
			if low == 1 {
				first++
			}
			if high == all.Value() {
				last++
			}
		}
		if len(widths) < 2 {
			continue
		}
		slices.Sort(widths)
		out = append(out, w.say("rank.scheme", "scheme", s.name, "n", w.trimInt(len(widths)), "width", w.trimInt(int(math.Round(widths[len(widths)/2])))))
		if first > 1 && last > 1 {
			out = append(out, w.say("rank.best", "first", w.cardinal(first), "last", w.cardinal(last)))
		}
	}
	if len(out) > 0 {
		out = append([]string{w.say("rank.lead")}, out...)
	}
	return out
}
