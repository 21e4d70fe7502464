package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"strconv"

	"bidrag/publish/figure"
)

//go:embed report.html.tmpl
var pageSource string

//go:embed report.css
var pageStyle string

var page = template.Must(template.New("report").Parse(pageSource))

// The page as the template sees it.
type view struct {
	*Report
	CSS      template.CSS
	drawings []figure.Drawing
}

// html writes the report as one page that needs nothing else.
func (r *Report) html(drawings []figure.Drawing) ([]byte, error) {
	var out bytes.Buffer
	err := page.Execute(&out, view{r, template.CSS(pageStyle + figure.CSS), drawings})
	return out.Bytes(), err
}

// With hands blocks to their template, together with the page.
func (v view) With(blocks []Block) any {
	return struct {
		View   view
		Blocks []Block
	}{v, blocks}
}

// Word is one of the report's fixed words.
func (v view) Word(key string) (string, error) { return v.words.fill(key) }

// Figure is a figure's texts.
func (v view) Figure(s Shown) figure.Figure { return v.Figures[s.Index] }

// Drawing is a figure's drawing. It was made by this program from escaped texts.
func (v view) Drawing(s Shown) template.HTML { return template.HTML(v.drawings[s.Index].Inline) }

// Data is a figure's numbers.
func (v view) Data(s Shown) (template.HTML, error) { return v.Tables[s.Data].HTML(v.locale, "") }

// Table is a table with its number.
func (v view) Table(s Shown) (template.HTML, error) {
	return v.Tables[s.Index].HTML(v.locale, v.words.texts["table"]+" "+strconv.Itoa(s.Number))
}

// Summary is what a reader clicks to open a folded table.
func (v view) Summary(s Shown) string {
	return v.words.texts["table"] + " " + strconv.Itoa(s.Number) + " " + v.Tables[s.Index].Title
}

// PlaceOf is a chapter's number as a reader counts; the summary has none.
func (v view) PlaceOf(i int) string {
	if i == 0 {
		return ""
	}
	return strconv.Itoa(i)
}
