package report

import (
	"math"

	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

// points with and without interval in a cell.
var (
	withPoints  = table.Format{Kind: table.Points, Interval: true}
	plainPoints = table.Format{Kind: table.Points}
)

// A choice is a method with whose coefficients it takes.
type choice struct{ method, choice string }

// choices are all ways to make the twofold split, in the order of the table.
var choices = []choice{
	{"gelbach", ""}, {"gelbach_cr0", ""},
	{"oaxaca", "reference"}, {"oaxaca", "focus"}, {"oaxaca", "half"}, {"oaxaca", "neumark"},
	{"logit", "pooled"}, {"logit", "reference"}, {"logit", "focus"},
	{"fairlie", "pooled"}, {"fairlie", "reference"}, {"fairlie", "focus"},
}

// choiceLabel says whose coefficients are taken.
func (d split) choiceLabel(c choice) string {
	first, second := d.scheme.label, d.reference.label
	switch c.choice {
	case "focus":
		return d.word("decomposition.choice.own", "scheme", first)
	case "reference":
		return d.word("decomposition.choice.own", "scheme", second)
	case "half":
		return d.word("decomposition.choice.half")
	case "neumark":
		return d.word("decomposition.choice.neumark")
	}
	if c.method == "gelbach_cr0" {
		return d.word("decomposition.choice.robust")
	}
	return d.word("decomposition.choice.pooled")
}

// methodLabel is the heading of a method.
func (d split) methodLabel(method string) string {
	switch method {
	case "gelbach", "gelbach_cr0":
		return d.word("decomposition.method.gelbach")
	case "oaxaca":
		return d.word("decomposition.method.oaxaca")
	case "logit":
		return d.word("decomposition.method.logit")
	}
	return d.word("decomposition.method.fairlie")
}

// choiceSentence says how far what remains depends on how the split is made.
func (d split) choiceSentence() string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range choices {
		if n := d.number(c.method, c.choice, "", "unexplained"); table.Has(n) {
			low, high = min(low, n.Value()), max(high, n.Value())
		}
	}
	if !(low < high) {
		return ""
	}
	key := "decomposition.choice.range"
	if low < 0 && high > 0 {
		key = "decomposition.choice.sign"
	}
	return d.say(key, "low", d.locale.Points(low), "high", d.locale.Points(high), "first", d.scheme.name, "second", d.reference.name)
}

// choiceTable has every method and whose coefficients it takes, by block.
func (d split) choiceTable() table.Table {
	t := table.Table{ID: d.at.ID + "-methods", Title: d.word("decomposition.methods.table"),
		Note:    join([]string{d.say("decomposition.methods.note"), d.source()}),
		Columns: []table.Column{{Label: d.word("decomposition.column.choice")}}}
	for _, b := range d.of.Blocks.Keys() {
		t.Columns = append(t.Columns, table.Column{Label: d.blockLabel(b)})
	}
	t.Columns = append(t.Columns, table.Column{Label: d.word("decomposition.column.explained")}, table.Column{Label: d.word("decomposition.row.remains")})
	for _, c := range choices {
		total := d.number(c.method, c.choice, "", "explained")
		if total.State() == disclose.Absent {
			continue
		}
		row := table.Row{Group: d.methodLabel(c.method), Cells: []table.Cell{table.Text(d.choiceLabel(c))}}
		for _, b := range d.of.Blocks.Keys() {
			row.Cells = append(row.Cells, table.Num(d.number(c.method, c.choice, b, "explained"), plainPoints))
		}
		row.Cells = append(row.Cells, table.Num(total, plainPoints), table.Num(d.number(c.method, c.choice, "", "unexplained"), withPoints))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// detailTable shares what remains out over blocks too: other coefficients.
func (d split) detailTable() table.Table {
	t := table.Table{ID: d.at.ID + "-coefficients", Title: d.word("decomposition.coefficients.table"),
		Note: join([]string{d.say("decomposition.coefficients.note"), d.source()}),
		Columns: []table.Column{{Label: d.word("decomposition.column.part")},
			{Label: d.word("decomposition.column.different"), Group: d.word("decomposition.axis")}, {Label: d.word("decomposition.column.coefficients"), Group: d.word("decomposition.axis")}}}
	for _, c := range append([]choice{{"oaxaca", "pooled"}}, choices[2:]...) {
		group := d.word("decomposition.group", "method", d.methodLabel(c.method), "choice", d.casing.inside(d.choiceLabel(c)))
		for _, b := range append(d.of.Blocks.Keys(), "_constant", "") {
			label := d.blockLabel(b)
			if b == "" {
				label = d.word("decomposition.column.together")
			}
			one, two := d.number(c.method, c.choice, b, "explained"), d.number(c.method, c.choice, b, "unexplained")
			if one.State() == disclose.Absent && two.State() == disclose.Absent {
				continue
			}
			t.Rows = append(t.Rows, table.Row{Group: group, Total: b == "", Cells: []table.Cell{table.Text(label), table.Num(one, withPoints), table.Num(two, withPoints)}})
		}
	}
	return t
}

// threefoldTable splits into endowments, coefficients and interaction.
func (d split) threefoldTable() table.Table {
	pieces := []string{"endowments", "coefficients", "interaction"}
	t := table.Table{ID: d.at.ID + "-threefold", Title: d.word("decomposition.threefold.table"), Note: join([]string{d.say("decomposition.threefold.note"), d.source()}),
		Columns: []table.Column{{Label: d.word("decomposition.column.part")}}}
	for _, p := range pieces {
		t.Columns = append(t.Columns, table.Column{Label: d.word("decomposition.column." + p)})
	}
	for _, view := range []string{"reference", "focus"} {
		group := d.word("decomposition.view", "scheme", d.choiceScheme(view))
		for _, b := range append(d.of.Blocks.Keys(), "_constant", "") {
			label := d.blockLabel(b)
			if b == "" {
				label = d.word("decomposition.column.together")
			}
			row := table.Row{Group: group, Total: b == "", Cells: []table.Cell{table.Text(label)}}
			any := false
			for _, p := range pieces {
				n := d.number("threefold", view, b, p)
				any = any || n.State() != disclose.Absent
				row.Cells = append(row.Cells, table.Num(n, withPoints))
			}
			if any {
				t.Rows = append(t.Rows, row)
			}
		}
	}
	return t
}

// choiceScheme is the label of the scheme that a choice or side is.
func (d split) choiceScheme(side string) string {
	if side == "focus" {
		return d.scheme.label
	}
	return d.reference.label
}

// tablesOfRates are Kitagawa's decomposition by one variable at a time, and
// standardized rates.
func (d split) tablesOfRates() {
	if len(d.of.Tables) == 0 {
		return
	}
	d.text(d.say("decomposition.kitagawa.lead"), d.kitagawaSentence())
	d.decompositionGaps(func(r result.Reason) bool { return r.Code == result.TooFew })
	d.folded(d.kitagawaTable())
	d.folded(d.levelTable())
	d.folded(d.standardizedTable())
}

// kitagawaSentence tells of the variable whose composition goes with most.
func (d split) kitagawaSentence() string {
	best := ""
	for _, v := range d.of.Tables {
		n := d.number("kitagawa", "", v, "composition")
		if table.Has(n) && !unclear(n) && (best == "" || compareSize(n.Value(), d.number("kitagawa", "", best, "composition").Value()) > 0) {
			best = v
		}
	}
	if best == "" {
		return ""
	}
	return d.say("decomposition.kitagawa.most", "variable", d.topic(best), "points", d.estimate(d.number("kitagawa", "", best, "composition")),
		"rates", d.estimate(d.number("kitagawa", "", best, "rates")))
}

func (d split) kitagawaTable() table.Table {
	t := table.Table{ID: d.at.ID + "-kitagawa", Title: d.word("decomposition.kitagawa.table"), Note: join([]string{d.say("decomposition.kitagawa.note"), d.source()}),
		Columns: []table.Column{{Label: d.word("column.variable")}, {Label: d.word("decomposition.row.raw")},
			{Label: d.word("decomposition.column.composition")}, {Label: d.word("decomposition.column.rates")}}}
	for _, v := range d.of.Tables {
		row := table.Row{Cells: []table.Cell{table.Text(d.variable(v))}}
		for _, piece := range []string{"", "composition", "rates"} {
			row.Cells = append(row.Cells, table.Num(d.number("kitagawa", "", v, piece), withPoints))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// levelTable is what the levels of each variable bring.
func (d split) levelTable() table.Table {
	t := table.Table{ID: d.at.ID + "-levels", Title: d.word("decomposition.levels.table"), Note: join([]string{d.say("decomposition.levels.note"), d.source()}),
		Columns: []table.Column{{Label: d.word("column.variable")}, {Label: d.word("decomposition.column.composition")}, {Label: d.word("decomposition.column.rates")}}}
	for _, n := range d.numbers.Numbers() {
		k := n.Key()
		if k.Quantity != "decomposition" || k.Kind != "kitagawa" || k.Analysis != d.key || k.Scheme != d.scheme.key || k.By != "level" || k.Level != "composition" {
			continue
		}
		rates := k
		rates.Level = "rates"
		t.Rows = append(t.Rows, table.Row{Group: d.variable(k.Variable), Cells: []table.Cell{table.Text(d.describedLevel(k.Variable, k.ByLevel)),
			table.Num(n, withPoints), table.Num(d.get(rates), withPoints)}})
	}
	return t
}

// describedLevel is a level as the description calls it.
func (d split) describedLevel(variable, level string) string {
	for _, l := range describe.Levels(d.study, describe.GroupingOf(d.study, variable)) {
		if l.Key == level {
			return l.Label.In(d.lang)
		}
	}
	return level
}

// standardizedTable is every scheme's rate with the composition of each.
func (d split) standardizedTable() table.Table {
	first, second := d.scheme.label, d.reference.label
	t := table.Table{ID: d.at.ID + "-standardized", Title: d.word("decomposition.standardized.table"), Note: join([]string{d.say("decomposition.standardized.note"), d.source()}),
		Columns: []table.Column{{Label: d.word("decomposition.column.rate_of")}}}
	type column struct{ kind, by string }
	columns := []column{{"direct", "focus"}, {"direct", "reference"}, {"direct", "pooled"}, {"indirect", "focus"}, {"indirect", "reference"}, {"indirect", "pooled"}}
	for _, c := range columns {
		label := map[string]string{"focus": first, "reference": second, "pooled": d.word("decomposition.both_heading")}[c.by]
		t.Columns = append(t.Columns, table.Column{Label: label, Group: d.word("decomposition.column." + c.kind)})
	}
	for _, v := range d.of.Tables {
		for _, side := range []string{"focus", "reference"} {
			row := table.Row{Group: d.variable(v), Cells: []table.Cell{table.Text(d.choiceScheme(side))}}
			for _, c := range columns {
				n := d.get(result.Key{Quantity: "standardized_rate", Kind: c.kind, Analysis: d.key, Scheme: d.scheme.key, Variable: v, Level: side, By: "by", ByLevel: c.by})
				row.Cells = append(row.Cells, table.Num(n, withInterval))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
