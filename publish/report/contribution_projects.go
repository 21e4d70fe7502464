package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

// yearly tells how many projects are above and below what is expected in each year.
func (w *writer) yearly() {
	if !w.study.Contribution.Years || w.study.Period == nil || w.withoutVariance() {
		return
	}
	variant := w.study.Contribution.Variants[0].Key
	t := table.Table{ID: "contribution-years", Title: w.word("yearly.table"), Note: join([]string{w.say("yearly.note", "min", w.cardinal(w.study.Contribution.MinLeavers)), w.source()}),
		Columns: []table.Column{{Label: w.word("yearly.year")}, {Label: w.word("column.projects")}, {Label: w.word("yearly.p10"), Group: w.word("column.contribution")}, {Label: w.word("spread.p50"), Group: w.word("column.contribution")}, {Label: w.word("yearly.p90"), Group: w.word("column.contribution")}}}
	for _, class := range classes {
		t.Columns = append(t.Columns, table.Column{Label: w.word("classes." + class), Group: w.word("classes.projects_by_interval")})
	}
	points := table.Format{Kind: table.Points}
	for _, s := range w.schemes {
		for _, y := range w.study.Period.Years() {
			of := func(quantity, level string) disclose.Number {
				return w.spreadIn(strconv.Itoa(y), quantity, variant, s.key, level)
			}
			if of("projects", "").State() == disclose.Absent {
				continue
			}
			row := table.Row{Group: s.label, Cells: []table.Cell{table.Text(strconv.Itoa(y)), table.Num(of("projects", ""), wholeNumber),
				table.Num(of("contribution", "p10"), points), table.Num(of("contribution", "p50"), points), table.Num(of("contribution", "p90"), points)}}
			for _, class := range classes {
				row.Cells = append(row.Cells, table.Num(of("projects_by_interval", class), wholePercent))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	if t.Empty() {
		return
	}
	each, shown, hidden := w.projectYears()
	sentences := []string{w.say("yearly.lead")}
	if shown > 0 && hidden > 0 {
		sentences = append(sentences, w.say("yearly.shown", "shown", w.trimInt(shown), "hidden", w.trimInt(hidden)))
	}
	w.text(sentences...)
	w.table(t)
	w.folded(each)
}

// projectYears has every project in every year in which its numbers may be shown,
// and counts these and the others.
func (w *writer) projectYears() (t table.Table, shown, hidden int) {
	t = table.Table{ID: "contribution-project-years", Title: w.word("yearly.each"),
		Columns: []table.Column{{Label: w.word("column.project")}, {Label: w.word("yearly.year")}, {Label: w.word("column.persons")}, {Label: w.word("column.actual")}, {Label: w.word("column.expected")}, {Label: w.word("column.contribution")}}}
	type projectYear struct {
		assessed
		year string
	}
	var units []projectYear
	for _, y := range w.study.Period.Years() {
		for _, u := range w.assessed(ofProjects, strconv.Itoa(y)) {
			switch u.of("contribution").State() {
			case disclose.Suppressed:
				hidden++
			case disclose.Shown:
				units = append(units, projectYear{u, strconv.Itoa(y)})
			}
		}
	}
	order := w.schemeKeys()
	slices.SortStableFunc(units, func(a, b projectYear) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.scheme), slices.Index(order, b.scheme)), cmp.Compare(a.name, b.name))
	})
	note := ""
	for _, u := range units {
		t.Rows = append(t.Rows, table.Row{Group: w.schemeLabel(u.scheme), Cells: []table.Cell{table.Text(w.unitLabel(u.assessed)), table.Text(u.year), table.Num(u.of("persons"), wholeNumber),
			table.Num(u.of("actual"), wholePercent), table.Num(u.of("expected"), wholePercent), w.marked(u.assessed, "contribution", pointsInterval)}})
		if note == "" {
			note = w.markNote([]assessed{u.assessed})
		}
	}
	t.Note = join([]string{w.say("yearly.each_note"), note, w.source()})
	return t, len(units), hidden
}

// municipalities are the places, with the participants of all schemes together.
func (w *writer) municipalities() {
	variant := w.study.Contribution.Variants[0].Key
	of := func(quantity, level string) disclose.Number { return w.spread(quantity, variant, result.All, level) }
	units := w.assessed(ofMunicipalities, "")
	if len(units) == 0 {
		return
	}
	sentences, n := []string{w.say("municipalities.lead", "n", w.count(of("municipalities", "")))}, of("municipalities", "")
	if table.Has(n) && n.Value() == 1 {
		sentences = []string{w.say("municipalities.one")}
	} else if !w.withoutVariance() {
		class := func(level string) phrase { return w.portion(of("municipalities_by_interval", level)) }
		sentences = append(sentences, w.say("municipalities.classes", "above", class("above"), "below", class("below"), "as", class("neutral")))
	}
	if w.hasSinglePlaces(units) {
		sentences = append(sentences, w.say("municipalities.single"))
	}
	w.text(sentences...)
	w.folded(w.indicatorTable("contribution-municipalities", w.word("municipalities.table"), w.word("municipalities.column"), units, false))
	w.folded(w.sureTable("municipalities-certainty", w.word("municipalities.certainty"), w.word("municipalities.column"), w.say("municipalities.place"), units, false))
}

// hasSinglePlaces tells whether a municipality that is shown has one project, which
// then has all of its participants.
func (w *writer) hasSinglePlaces(places []assessed) bool {
	persons := map[string]int{}
	for _, u := range places {
		if u.shown() {
			persons[u.name] = u.of("persons").N()
		}
	}
	return slices.ContainsFunc(w.assessed(ofProjects, ""), func(u assessed) bool {
		n, shown := persons[strings.TrimPrefix(u.name, u.scheme+"-")]
		return shown && u.shown() && u.of("persons").N() == n
	})
}

// eachProject is all that is told of every project, by place and never by what it
// contributes.
func (w *writer) eachProject() {
	units := w.assessed(ofProjects, "")
	if len(units) == 0 {
		return
	}
	w.text(w.say("each.lead"), w.say("each.standardized"))
	w.folded(w.indicatorTable("contribution-projects", w.word("each.table"), w.word("column.project"), units, true))
	w.folded(w.sureTable("projects-certainty", w.word("each.certainty"), w.word("column.project"), w.say("each.place"), units, true))
}

// indicatorTable has what units attain, and what goes with their participants.
func (w *writer) indicatorTable(id, title, head string, units []assessed, grouped bool) table.Table {
	t := table.Table{ID: id, Title: title, Note: join([]string{w.say("each.note"), w.markNote(units), w.source()}),
		Columns: []table.Column{{Label: head}, {Label: w.word("column.persons")}, {Label: w.word("column.actual")}, {Label: w.word("column.expected")}, {Label: w.word("examples.participants")}, {Label: w.word("column.contribution")}, {Label: w.word("each.column_standardized")}}}
	for _, u := range units {
		if u.of("contribution").State() == disclose.Absent {
			continue
		}
		row := table.Row{Cells: []table.Cell{table.Text(w.unitLabel(u)), table.Num(u.of("persons"), wholeNumber), table.Num(u.of("actual"), wholePercent), table.Num(u.of("expected"), wholePercent),
			table.Num(u.of("participants"), table.Format{Kind: table.Points}), w.marked(u, "contribution", pointsInterval), w.marked(u, "standardized", table.Format{Kind: table.Percent, Interval: true})}}
		if grouped {
			row.Group = w.schemeLabel(u.scheme)
		}
		t.Rows = append(t.Rows, row)
	}
	return t.Told()
}

// sureTable has the other indicators of units, and how sure they are. Where
// units do not differ there is none.
func (w *writer) sureTable(id, title, head, place string, units []assessed, grouped bool) table.Table {
	t := table.Table{ID: id, Title: title, Note: join([]string{w.say("each.certainty_note"), place, w.markNote(units), w.source()}),
		Columns: []table.Column{{Label: head}, {Label: w.word("column.shrunken")}, {Label: w.word("each.ratio")}, {Label: w.word("each.firth")}, {Label: w.word("each.reliability")}, {Label: w.word("each.q")}, {Label: w.word("each.class")}, {Label: w.word("each.rank")}}}
	if w.withoutVariance() {
		return t
	}
	for _, u := range units {
		if u.of("contribution").State() == disclose.Absent {
			continue
		}
		row := table.Row{Cells: []table.Cell{table.Text(w.unitLabel(u)), w.marked(u, "shrunken", pointsInterval), w.marked(u, "ratio", twoDecimals), w.marked(u, "firth", pointsInterval),
			table.Num(u.of("reliability"), twoDecimals), table.Num(u.of("q_value"), table.Format{Kind: table.PValue}), w.classCell(u), w.rankCell(u)}}
		if grouped {
			row.Group = w.schemeLabel(u.scheme)
		}
		t.Rows = append(t.Rows, row)
	}
	return t.Told()
}

// classCell says in words whether a unit is above or below what is expected: by
// both intervals, or by one of them only.
func (w *writer) classCell(u assessed) table.Cell {
	raw, shrunken := u.of("class"), u.of("shrunken_class")
	if !table.Has(raw) {
		return table.Num(raw, wholeNumber)
	}
	text := w.classText(raw, shrunken)
	if w.unreliable(u) {
		text += unreliableMark
	}
	return table.Text(text)
}

func (w *writer) classText(raw, shrunken disclose.Number) string {
	text := w.word("each.class." + className(raw))
	if table.Has(shrunken) && shrunken.Value() != raw.Value() {
		return w.word("each.class.differ", "raw", text, "shrunken", w.word("each.class."+className(shrunken)))
	}
	return text
}

func className(n disclose.Number) string {
	switch {
	case n.Value() > 0:
		return "above"
	case n.Value() < 0:
		return "below"
	}
	return "neutral"
}

// rankCell is the interval of a rank; there is no rank but that.
func (w *writer) rankCell(u assessed) table.Cell {
	n := u.of("rank")
	if n.State() != disclose.Shown {
		return table.Num(n, wholeNumber)
	}
	low, high := n.Interval()
	return table.Text(w.word("each.rank_interval", "low", w.locale.Count(low), "high", w.locale.Count(high))).AsNumber()
}
