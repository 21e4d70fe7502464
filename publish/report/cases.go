package report

import (
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

// caseQuadrants are the names of quadrants by number.
var caseQuadrants = map[float64]string{1: "better_above", 2: "better_below", 3: "worse_below", 4: "worse_above"}

// caseMunicipalities is the section on places to visit, which have invented names.
func (w *writer) caseMunicipalities() {
	c := w.study.Cases
	if c == nil {
		return
	}
	w.contributionGaps("cases")
	labels := w.caseLabels()
	if len(labels) == 0 {
		return
	}
	places := w.caseNumber("case_places", "", "", "")
	if table.Has(places) && places.Value() == 1 {
		w.text(w.say("cases.lead_one", "scheme", w.schemeNamed(c.Scheme)))
	} else {
		w.text(w.say("cases.lead", "n", w.count(places), "chosen", w.cardinal(len(labels)), "scheme", w.schemeNamed(c.Scheme)))
	}
	w.list(w.caseReasons())
	w.text(w.likeness()...)
	w.table(w.caseTable(labels))
}

func (w *writer) caseNumber(quantity, kind, scheme, level string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Kind: kind, Scheme: scheme, Level: level})
}

// cardinalOf writes a small whole number, and none, as a word.
func (w *writer) cardinalOf(n disclose.Number) phrase {
	switch {
	case !table.Has(n):
		return phrase{}
	case n.Value() == 0:
		return phrase{w.word("portion.none"), true}
	}
	return phrase{w.cardinal(int(n.Value())), true}
}

// caseLabels are those of the cases, in order.
func (w *writer) caseLabels() []string {
	var out []string
	for i := 1; ; i++ {
		label := strconv.Itoa(i)
		if w.caseNumber("case_quadrant", "", w.study.Cases.Scheme, label).State() == disclose.Absent {
			return out
		}
		out = append(out, label)
	}
}

// schemeNamed is how a scheme is called in a sentence.
func (w *writer) schemeNamed(key string) string {
	for _, s := range w.schemes {
		if s.key == key {
			return s.name
		}
	}
	return key
}

// caseReasons say of every quadrant how many candidates there were and what they
// had to have.
func (w *writer) caseReasons() []string {
	c := w.study.Cases
	var out []string
	for _, q := range c.Quadrants {
		of := func(quantity, kind string) disclose.Number { return w.caseNumber(quantity, kind, c.Scheme, q.Key) }
		rule := of("case_rule", "")
		if q.Value == 0 || !table.Has(rule) {
			continue
		}
		if n := of("case_candidates", ""); table.Has(n) && n.Value() == 0 {
			out = append(out, w.say("cases.no_candidates", "quadrant", w.quote(w.word("quadrant."+q.Key))))
			continue
		}
		key := "cases.rule.any"
		switch rule.Value() {
		case 1:
			key = "cases.rule.reliable"
		case 2:
			key = "cases.rule.clear"
		}
		candidates := "cases.candidates"
		if !w.tells("project_reliability") {
			candidates = "cases.candidates_clear"
		}
		out = append(out, join([]string{
			w.say(candidates, "quadrant", w.quote(w.word("quadrant."+q.Key)), "n", w.cardinalOf(of("case_candidates", "")), "clear", w.cardinalOf(of("case_candidates", "clear")), "reliable", w.cardinalOf(of("case_candidates", "reliable"))),
			w.say(key),
		}))
	}
	return out
}

// likeness says how alike the cases are, and that others are like them.
func (w *writer) likeness() []string {
	out := []string{w.say("cases.distance", "largest", w.decimalOf(w.caseNumber("case_distance", "", "", ""), 1), "typical", w.decimalOf(w.caseNumber("case_distance", "typical", "", ""), 1))}
	for _, name := range w.study.Cases.Alike {
		n := w.get(result.Key{Quantity: "case_number", Variable: name})
		if n.State() != disclose.Shown {
			continue
		}
		low, high := n.Interval()
		out = append(out, w.say("cases.band", "variable", w.topic(name), "low", w.trim(low), "high", w.trim(high)))
	}
	fits := w.caseNumber("case_fits", "", "", "")
	if table.Has(fits) && fits.Value() == 1 {
		return append(out, w.say("cases.fits_one"))
	}
	return append(out, w.say("cases.fits", "n", w.cardinalOf(fits)))
}

// caseTable is table 2: the result by contribution of the deciding scheme, and that
// of every scheme against its mean, where it may be told.
func (w *writer) caseTable(labels []string) table.Table {
	c := w.study.Cases
	t := table.Table{ID: "cases", Title: w.word("cases.table"), Columns: []table.Column{{Label: w.word("cases.column")}, {Label: w.word("cases.quadrant"), Group: w.schemeLabel(c.Scheme)}, {Label: w.word("each.class"), Group: w.schemeLabel(c.Scheme)}}}
	var schemes []string
	for _, s := range w.schemeKeys() {
		if w.caseNumber("case_attainment", "", s, labels[0]).State() != disclose.Absent {
			schemes = append(schemes, s)
			t.Columns = append(t.Columns, table.Column{Label: w.word("cases.attainment"), Group: w.schemeLabel(s)})
		}
	}
	marked := false
	for _, label := range labels {
		of := func(quantity, kind string) disclose.Number { return w.caseNumber(quantity, kind, c.Scheme, label) }
		unreliable := table.Has(of("case_reliable", "")) && of("case_reliable", "").Value() == 0
		marked = marked || unreliable
		row := table.Row{Cells: []table.Cell{table.Text(w.word("cases.place", "n", label)), w.wordCell(of("case_quadrant", ""), func(x float64) string { return w.word("quadrant." + caseQuadrants[x]) }),
			w.caseClass(of("case_class", ""), of("case_class", "shrunken"), unreliable)}}
		for _, s := range schemes {
			row.Cells = append(row.Cells, w.wordCell(w.caseNumber("case_attainment", "", s, label), w.attainmentWord))
		}
		t.Rows = append(t.Rows, row)
	}
	note := []string{w.say("cases.note")}
	if marked {
		note = append(note, w.say("contribution.mark", "threshold", w.threshold()))
	}
	t.Note = join(append(note, w.source()))
	return t
}

// wordCell is a number that stands for a word.
func (w *writer) wordCell(n disclose.Number, word func(float64) string) table.Cell {
	if !table.Has(n) {
		return table.Num(n, wholeNumber)
	}
	return table.Text(word(n.Value()))
}

// caseClass is what the two intervals say of a case.
func (w *writer) caseClass(raw, shrunken disclose.Number, unreliable bool) table.Cell {
	if !table.Has(raw) {
		return table.Num(raw, wholeNumber)
	}
	text := w.classText(raw, shrunken)
	if unreliable {
		text += unreliableMark
	}
	return table.Text(text)
}

// attainmentWord says where a project lies against the mean of its scheme.
func (w *writer) attainmentWord(x float64) string {
	switch x {
	case 2:
		return w.word("cases.high")
	case 1:
		return w.word("cases.near_high")
	case -1:
		return w.word("cases.near_low")
	}
	return w.word("cases.low")
}
