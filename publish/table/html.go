package table

import (
	_ "embed"
	"html/template"
	"slices"
	"strings"
)

//go:embed table.html.tmpl
var htmlSource string

var htmlTemplate = template.Must(template.New("table").Parse(htmlSource))

// The table as the template sees it.
type htmlTable struct {
	ID, Caption, Note string
	Groups            []htmlGroup // over the columns; none when no column has one
	Columns           []htmlColumn
	Bodies            []htmlBody
	First             Column
	Width             int
}

type htmlGroup struct {
	Label string
	Span  int
	Text  bool // its first column has texts
}

type htmlColumn struct {
	Column
	Text bool // its cells are texts, which stand to the left
}

type htmlBody struct {
	Label string
	Rows  []htmlRow
}

type htmlRow struct {
	Total bool
	Head  string
	Cells []htmlCell
}

type htmlCell struct {
	Value string
	Text  bool
}

// HTML writes the table as an element that stands in a page: caption, column
// and row headings with their scope, numbers in cells of class "n". The
// caption is the number of the table, when there is one, and the title.
func (t Table) HTML(l Locale, number string) (template.HTML, error) {
	view := htmlTable{ID: t.ID, Caption: t.Title, Note: t.Legend(l), Width: len(t.Columns)}
	if len(t.Columns) > 0 {
		view.First = t.Columns[0]
	}
	for i := 1; i < len(t.Columns); i++ {
		text := slices.ContainsFunc(t.Rows, func(r Row) bool { return i < len(r.Cells) && r.Cells[i].stands() && r.Cells[i].text != "" })
		view.Columns = append(view.Columns, htmlColumn{t.Columns[i], text})
	}
	view.Groups = groupsOf(view.Columns)
	for _, r := range t.Rows {
		if n := len(view.Bodies); n == 0 || view.Bodies[n-1].Label != r.Group {
			view.Bodies = append(view.Bodies, htmlBody{Label: r.Group})
		}
		body := &view.Bodies[len(view.Bodies)-1]
		body.Rows = append(body.Rows, rowOf(r, l))
	}
	var out strings.Builder
	err := htmlTemplate.Execute(&out, map[string]any{"T": view, "Number": number})
	return template.HTML(out.String()), err
}

func rowOf(r Row, l Locale) htmlRow {
	row := htmlRow{Total: r.Total}
	for i, c := range r.Cells {
		value := c.text
		if !c.isText {
			value = l.Cell(c.number, c.format)
			if Has(c.number) {
				value += c.mark
			}
		}
		if i == 0 {
			row.Head = value
		} else {
			row.Cells = append(row.Cells, htmlCell{value, c.stands()})
		}
	}
	return row
}

func groupsOf(columns []htmlColumn) []htmlGroup {
	var out []htmlGroup
	any := false
	for _, c := range columns {
		any = any || c.Group != ""
		if n := len(out); n > 0 && c.Group != "" && out[n-1].Label == c.Group {
			out[n-1].Span++
		} else {
			out = append(out, htmlGroup{c.Group, 1, c.Text})
		}
	}
	if !any {
		return nil
	}
	return out
}
