package report

import (
	"math"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

// groupings are the groupings of a multilevel model, in the order of its result.
func (w *writer) groupings(model string) []string {
	var out []string
	for _, n := range w.numbers.Numbers() {
		if k := n.Key(); k.Quantity == "groups" && k.Model == model {
			out = append(out, k.Variable)
		}
	}
	return out
}

// levelName is what a grouping is called inside a sentence. That of h:g is the
// name of h, whose groups lie within those of g.
func (w *writer) levelName(group string) string {
	name, _, _ := strings.Cut(group, ":")
	if name == "project" {
		return w.word("level.project")
	}
	if v, ok := w.study.Codebook.Variables.Get(name); ok {
		return w.casing.inside(v.Label.In(w.lang))
	}
	return w.quote(name)
}

// groupsInWords lists the groupings with how many groups each has.
func (w *writer) groupsInWords(model string, groups []string) string {
	var parts []string
	for _, g := range groups {
		n := w.get(result.Key{Quantity: "groups", Model: model, Variable: g})
		if table.Has(n) {
			parts = append(parts, w.word("level.count", "level", w.levelName(g), "n", w.locale.Count(n.Value())))
		}
	}
	return w.enumerate(parts)
}

// levels is the section on how the variation divides over the levels of a model.
func (w *writer) levels(model string) {
	groups := w.groupings(model)
	if len(groups) == 0 {
		return
	}
	w.section(id("levels", model), w.word("levels.title"))
	var shares []string
	for _, g := range groups {
		if n := w.icc(model, g); table.Has(n) {
			shares = append(shares, w.word("levels.one", "share", w.withInterval(n).text, "level", w.levelName(g)))
		}
	}
	if len(shares) > 0 {
		sentences := []string{w.say("levels.share", "shares", w.enumerate(shares))}
		if len(groups) > 1 {
			sentences = append(sentences, w.say("levels.total", "share", w.withInterval(w.icc(model, ""))))
		}
		w.text(append(sentences, w.scaleSentence(model))...)
	}
	w.caution(w.splitSentence(model, groups))
	w.table(w.levelTable(model, groups))
	w.table(w.levelSteps(model, groups))
	w.endSection()
}

// withInterval writes a share with its interval, when it has one.
func (w *writer) withInterval(n disclose.Number) phrase {
	if !table.Has(n) {
		return phrase{}
	}
	low, high := n.Interval()
	if math.IsNaN(low) || math.IsNaN(high) {
		return w.percent(n)
	}
	return phrase{w.word("percent.interval", "share", w.percentText(n.Value()), "interval", w.locale.Interval(low, high, wholePercent)), true}
}

func (w *writer) icc(model, group string) disclose.Number {
	return w.get(result.Key{Quantity: "icc", Model: model, Variable: group})
}

// splitSentence warns when few groups tell two levels apart.
func (w *writer) splitSentence(model string, groups []string) string {
	for _, outer := range groups {
		several := w.get(result.Key{Quantity: "groups_with_several", Model: model, Variable: outer})
		all := w.get(result.Key{Quantity: "groups", Model: model, Variable: outer})
		if !table.Has(several) || !table.Has(all) || several.Value() > all.Value()/2 {
			continue
		}
		inner := outer
		for _, g := range groups {
			if strings.HasSuffix(g, ":"+outer) {
				inner = g
			}
		}
		return w.say("levels.split", "few", w.count(several), "all", w.count(all), "outer", w.levelName(outer), "inner", w.levelName(inner))
	}
	return ""
}

// levelTable is the variance components.
func (w *writer) levelTable(model string, groups []string) table.Table {
	t := table.Table{ID: id("levels", model), Title: w.word("levels.table"), Note: join([]string{w.say("levels.note"), w.source()}),
		Columns: []table.Column{{Label: w.word("column.level")}, {Label: w.word("column.groups")}, {Label: w.word("column.random_sd") + w.inLogOdds(model)}, {Label: w.word("column.icc")}}}
	row := func(label, group, name string, total bool) {
		key := result.Key{Quantity: "random_sd", Model: model, Variable: group, Term: name}
		count, icc := table.Text(""), disclose.Number{}
		if name == "" || name == "(Intercept)" {
			icc = w.icc(model, group)
		}
		if group != "" {
			count = table.Num(w.get(result.Key{Quantity: "groups", Model: model, Variable: group}), wholeNumber)
		}
		t.Rows = append(t.Rows, table.Row{Total: total, Cells: []table.Cell{
			table.Text(label), count,
			table.Num(w.get(key), table.Format{Decimals: 2, Interval: true}), table.Num(icc, table.Format{Kind: table.Percent, Decimals: 1, Interval: true}),
		}})
	}
	for _, g := range groups {
		names := w.varying(model, g)
		if len(names) == 0 {
			row(capitalize(w.levelName(g)), g, "", false)
		}
		for _, name := range names {
			row(capitalize(w.warned(model, g+": "+name)), g, name, false)
		}
	}
	if all := w.get(result.Key{Quantity: "random_sd", Model: model}); len(groups) > 1 && all.State() != disclose.Absent {
		row(w.word("levels.all"), "", "", true)
	}
	return t
}

// varying are the terms that vary between the groups of a level, where their
// standard deviations are told one by one: of random slopes, and of models of
// what is no probability.
func (w *writer) varying(model, group string) []string {
	var out []string
	for _, n := range w.numbers.Numbers() {
		if k := n.Key(); k.Quantity == "random_sd" && k.Model == model && k.Variable == group && k.Term != "" {
			out = append(out, k.Term)
		}
	}
	return out
}

// levelSteps sets the shares of a model beside those of the models that are like
// it and have the same groupings.
func (w *writer) levelSteps(model string, groups []string) table.Table {
	t := table.Table{ID: id("level-steps", model), Title: w.word("levels.steps"), Note: w.source(), Columns: []table.Column{{Label: w.word("column.model")}, {Label: w.word("fit.persons")}}}
	for _, g := range groups {
		t.Columns = append(t.Columns, table.Column{Label: capitalize(w.levelName(g)), Group: w.word("column.icc")})
	}
	if len(groups) > 1 {
		t.Columns = append(t.Columns, table.Column{Label: w.word("levels.all"), Group: w.word("column.icc")})
		groups = append(groups[:len(groups):len(groups)], "")
	}
	models := append([]string{model}, w.variantsOf(model)...)
	for _, name := range models {
		if len(w.groupings(name)) == 0 {
			continue
		}
		m, _ := w.study.Models.Get(name)
		row := table.Row{Cells: []table.Cell{table.Text(m.Label.In(w.lang)), table.Num(w.get(result.Key{Quantity: "persons", Model: name}), wholeNumber)}}
		for _, g := range groups {
			row.Cells = append(row.Cells, table.Num(w.icc(name, g), table.Format{Kind: table.Percent, Decimals: 1, Interval: true}))
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) < 2 {
		return table.Table{}
	}
	return t
}
