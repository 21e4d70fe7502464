package report

import (
	"slices"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// imputedContributions is the section on projects.
func (w *writer) imputedContributions() {
	get := func(quantity, kind string) disclose.Number {
		return w.get(result.Key{Quantity: quantity, Kind: kind})
	}
	projects, added := get("imputed_projects", ""), get("imputed_projects_new", "")
	if !table.Has(projects) || w.study.Contribution == nil {
		return
	}
	w.section("imputation-contribution", w.word("filled_projects.title"))
	number := func(quantity string, decimals int) phrase {
		n := get(quantity, "")
		if !table.Has(n) {
			return phrase{}
		}
		return phrase{w.locale.Decimal(n.Value(), decimals), true}
	}
	var change phrase
	if n := get("imputed_contribution_change", ""); table.Has(n) {
		change = phrase{w.locale.Decimal(n.Value()*100, 1), true}
	}
	newKey := "filled_projects.new"
	if table.Has(added) && added.Value() == 0 {
		newKey = "filled_projects.none_new"
	}
	w.text(w.say("filled_projects.number", "n", w.count(projects), "least", w.cardinal(w.study.Contribution.MinLeavers)), w.say(newKey, "n", w.count(added)),
		w.say("filled_projects.change", "points", change, "r", number("imputed_contribution_correlation", 2)),
		w.say("filled_projects.class", "n", w.count(get("imputed_projects_by_band", "changed")), "by_interval", w.count(get("imputed_projects_by_interval", "changed"))))
	w.contributionsBeside()
	w.table(w.classChanges())
	w.endSection()
}

// muchAlike is the correlation from which contributions are said to be much alike.
const muchAlike = 0.9

// contributionsBeside is the figure of every project's contribution by complete
// rows and by filled data, of those that may be shown.
func (w *writer) contributionsBeside() {
	panel := figure.Panel{Axis: w.word("imputation.complete")}
	data := table.Table{Columns: []table.Column{{Label: w.word("filled_projects.column.project")}, {Label: w.word("imputation.complete")}, {Label: w.word("imputation.imputed")}}}
	points := table.Format{Kind: table.Points}
	m, _ := w.study.Models.Get(w.study.Contribution.Model)
	series := w.series()
	unreliable := w.unreliableProjects()
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Quantity != "imputed_project_contribution" {
			continue
		}
		k.Quantity, k.Sample = "project_contribution", m.Sample
		complete := w.get(k)
		if !table.Has(n) || !table.Has(complete) {
			continue
		}
		label := w.projectLabel(k.Scheme, k.Project)
		cells := []table.Cell{table.Text(label), table.Num(complete, points), table.Num(n, points)}
		if unreliable[[2]string{k.Scheme, k.Project}] {
			label += " " + unreliableMark
			cells = []table.Cell{cells[0], cells[1].Marked(unreliableMark), cells[2].Marked(unreliableMark)}
			data.Note = w.say("contribution.mark", "threshold", w.threshold())
		}
		panel.Points = append(panel.Points, figure.ScatterPoint{Series: k.Scheme, Label: label, X: complete, Y: n})
		at := slices.IndexFunc(series, func(s figure.Series) bool { return s.Key == k.Scheme })
		data.Rows = append(data.Rows, table.Row{Group: series[max(0, at)].Label, Cells: cells})
	}
	if len(panel.Points) == 0 {
		return
	}
	series = slices.DeleteFunc(series, func(s figure.Series) bool {
		return !slices.ContainsFunc(panel.Points, func(p figure.ScatterPoint) bool { return p.Series == s.Key })
	})
	plot := figure.Scatter{Series: series, Panels: []figure.Panel{panel}, Line: figure.Identity, FormatX: figure.Points, FormatY: figure.Points, AxisY: w.word("imputation.imputed")}
	title := w.say("filled_projects.changed")
	if r := w.get(result.Key{Quantity: "imputed_contribution_correlation"}); table.Has(r) && r.Value() >= muchAlike {
		title = w.say("filled_projects.alike")
	}
	w.figure(figure.Figure{
		ID: "imputation-projects", Title: title, Subtitle: w.say("filled_projects.subtitle", "n", w.locale.Count(float64(len(panel.Points))), "of", w.count(w.get(result.Key{Quantity: "imputed_projects"}))),
		Note: w.say("filled_projects.note", "least", w.cardinal(w.numbers.Rules().Threshold)), Alt: w.word("filled_projects.alt", "title", title), Plot: plot,
	}, data)
}

// classChanges counts projects by their class by complete rows and by filled data.
func (w *writer) classChanges() table.Table {
	names := []string{"above", "neutral", "below"}
	t := table.Table{ID: "imputation-classes", Title: w.word("filled_projects.table"), Note: join([]string{w.say("filled_projects.table_note", "band", w.trim(w.study.Contribution.NeutralBand*100)), w.source()}),
		Columns: []table.Column{{Label: w.word("imputation.complete")}}}
	kinds := []string{"imputed_projects_by_band", "imputed_projects_by_interval"}
	for _, kind := range kinds {
		for _, to := range names {
			t.Columns = append(t.Columns, table.Column{Group: w.word("filled_projects.by." + strings.TrimPrefix(kind, "imputed_projects_by_")), Label: w.word("filled_projects.class." + to)})
		}
	}
	for _, from := range names {
		row := table.Row{Cells: []table.Cell{table.Text(w.word("filled_projects.class." + from))}}
		for _, kind := range kinds {
			for _, to := range names {
				row.Cells = append(row.Cells, table.Num(w.get(result.Key{Quantity: kind, Kind: from, Level: to}), wholeNumber))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
