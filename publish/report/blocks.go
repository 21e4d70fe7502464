package report

import (
	"strings"

	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// begin starts a chapter. It enters the report with its first block.
func (w *writer) begin(id, title string) {
	w.chapter = &Chapter{Section: Section{ID: id, Title: title}}
	w.at = &w.chapter.Section
}

// section starts a section of the chapter. It enters with its first block.
func (w *writer) section(id, title string) {
	w.at = &Section{ID: id, Title: title}
}

// add puts a block at the end of the section.
func (w *writer) add(b Block) {
	w.at.Blocks = append(w.at.Blocks, b)
}

// end closes a section: it is kept when it has anything to say.
func (w *writer) endSection() {
	if len(w.at.Blocks) > 0 {
		w.chapter.Sections = append(w.chapter.Sections, *w.at)
	}
	w.at = &w.chapter.Section
}

// end closes a chapter.
func (w *writer) end() {
	if len(w.chapter.Blocks) > 0 || len(w.chapter.Sections) > 0 {
		w.report.Chapters = append(w.report.Chapters, *w.chapter)
	}
}

// text adds a paragraph of the sentences that are said.
func (w *writer) text(sentences ...string) {
	if text := join(sentences); text != "" {
		w.add(Block{Text: text})
	}
}

func (w *writer) caution(sentences ...string) {
	if text := join(sentences); text != "" {
		w.add(Block{Caution: text})
	}
}

func (w *writer) list(items []string) {
	if len(items) > 0 {
		w.add(Block{List: items})
	}
}

// join puts the sentences that are said after each other.
func join(sentences []string) string {
	var said []string
	for _, s := range sentences {
		if s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, " ")
}

// table adds a table that has something to show.
func (w *writer) table(t table.Table) {
	if t.Empty() {
		return
	}
	w.report.Tables = append(w.report.Tables, t)
	w.add(Block{Table: &Shown{Index: len(w.report.Tables) - 1}})
}

// folded adds a table that a reader opens.
func (w *writer) folded(t table.Table) {
	if t.Empty() {
		return
	}
	w.report.Tables = append(w.report.Tables, t)
	w.add(Block{Folded: &Shown{Index: len(w.report.Tables) - 1}})
}

// figure adds a figure with its numbers, unless there are none. The table gets
// the figure's id and its title.
func (w *writer) figure(f figure.Figure, data table.Table) {
	if data.Empty() {
		return
	}
	f.Lang = w.lang
	f.Note = join([]string{f.Note, w.source()})
	data.ID, data.Title = f.ID, w.word("figure.data")
	w.report.Figures = append(w.report.Figures, f)
	w.report.Tables = append(w.report.Tables, data)
	w.add(Block{Figure: &Shown{Index: len(w.report.Figures) - 1, Data: len(w.report.Tables) - 1}})
}

// source is the line under every figure and table.
func (w *writer) source() string {
	if w.report.Source == "" {
		return ""
	}
	return w.word("source", "source", strings.TrimRight(w.report.Source, "."))
}
