package audit

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"bidrag/evaluate/result"
	"bidrag/publish/table"
)

// page attacks the tables and figures of report.html.
func (a *auditor) page(name string, _ file, text []byte) {
	if name != "report.html" {
		return
	}
	a.verdict.Files++
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		a.found(name, 0, "it cannot be read (%v); %s", err, suppressAgain)
		return
	}
	of := map[string]file{}
	for _, f := range a.manifest.Files {
		if isTable(f.File) {
			of["table-"+strings.TrimSuffix(path.Base(f.File), ".csv")] = f
		}
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if f, ok := of[attribute(n, "id")]; ok {
			a.pageTable(name, f, n)
		}
		if n.Data == "svg" {
			a.drawing(name, n)
		}
	}
}

// pageTable holds a table of the page against its file's cells.
func (a *auditor) pageTable(name string, f file, at *html.Node) {
	var rows [][]string
	for n := range at.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "th" && attribute(n, "scope") == "row":
			rows = append(rows, []string{textOf(n)})
		case n.Data == "td" && len(rows) > 0:
			rows[len(rows)-1] = append(rows[len(rows)-1], textOf(n))
		}
	}
	for r, row := range rows {
		if r >= len(f.Cells) {
			break
		}
		ids := slices.DeleteFunc(cells(f.Cells[r]), func(id string) bool { return strings.HasPrefix(id, table.Beside) })
		for i, text := range row {
			if i >= len(ids) || ids[i] == "" || !strings.ContainsAny(text, "0123456789") {
				continue
			}
			if _, shown := a.shown[ids[i]]; !shown {
				a.see(ids[i])
				a.found(name, 0, "%s is suppressed, and the table of %s shows a number; %s", ids[i], f.File, suppressAgain)
			}
		}
	}
}

// figure attacks a drawing.
func (a *auditor) figure(name string, _ file, text []byte) {
	if !isFigure(name) {
		return
	}
	a.verdict.Files++
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		a.found(name, 0, "it cannot be read (%v); %s", err, suppressAgain)
		return
	}
	a.drawing(name, root)
}

// drawing looks for the names of projects and places all numbers of which are
// suppressed in what a drawing says to the eye, to a screen reader and to a program.
func (a *auditor) drawing(name string, root *html.Node) {
	hidden := a.hidden()
	told := map[string]bool{}
	tell := func(text string) {
		for _, token := range tokens(text) {
			if hidden[token] && !told[token] {
				told[token] = true
				a.found(name, 0, "the figure names %s, all numbers of which are suppressed; %s", token, suppressAgain)
			}
		}
	}
	for n := range root.Descendants() {
		switch n.Type {
		case html.TextNode:
			tell(n.Data)
		case html.ElementNode:
			for _, at := range n.Attr {
				if at.Key == "aria-label" || at.Key == "id" || strings.HasPrefix(at.Key, "data-") {
					tell(at.Val)
				}
			}
		}
	}
}

// tokens are what in a text may be the name of a project or place: the whole of it,
// what stands before the first sign after a name, and the words with a digit.
func tokens(text string) []string {
	text = strings.TrimSpace(text)
	out := []string{text}
	if i := strings.IndexAny(text, ",:;("); i > 0 {
		out = append(out, strings.TrimSpace(text[:i]))
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }) {
		if strings.ContainsAny(word, "0123456789") {
			out = append(out, word)
		}
	}
	return out
}

// hidden finds the names of projects and places of which the results tell in full,
// and no shown number tells anything. A code that is a year too is none.
func (a *auditor) hidden() map[string]bool {
	if a.names != nil {
		return a.names
	}
	a.names = map[string]bool{}
	shown, years := map[string]bool{}, map[string]bool{}
	for _, v := range a.full.Values {
		_, isShown := a.shown[v.ID]
		for _, g := range v.Groups {
			years[g.Group.Level("year")] = true
			for _, name := range a.unitNames(g.Group) {
				a.names[name] = true
				shown[name] = shown[name] || isShown
			}
		}
	}
	for name := range a.names {
		if shown[name] || years[name] {
			delete(a.names, name)
		}
	}
	return a.names
}

// unitNames are the names by which the project or place of a group goes.
func (a *auditor) unitNames(g result.Group) []string {
	code := g.Level("municipality")
	if code == "" {
		return nil
	}
	out := []string{code}
	if name := a.full.Places[code]; name != "" {
		out = append(out, name)
	}
	if scheme := g.Level("scheme"); scheme != "" {
		out = append(out, scheme+"-"+code)
	}
	return out
}

func attribute(n *html.Node, key string) string {
	for _, at := range n.Attr {
		if at.Key == key {
			return at.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}
