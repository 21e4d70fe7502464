// Package report makes what a person wants to read out of the results of a
// run: chapters with sentences, tables and figures in Norwegian bokmål or
// English, written as one HTML file that opens offline, and as the figures and
// tables it shows.
//
// It knows no study. What is compared and what it is called comes from the
// study's own YAML, what there is to tell from which numbers the gate has let
// through: a sentence whose number is absent or suppressed is not said, a
// table or figure without numbers is not shown, and a chapter without content
// has no heading. The words are in text/nb and text/en.
//
//  1. Build makes the chapters;
//  2. Write writes report.html, tables/*.csv and figures/*.svg.
package report

import (
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// A Report is the results of a run as a document.
type Report struct {
	Lang            string // "nb" or "en"
	Title, Subtitle string
	Source          string
	Chapters        []Chapter

	// Every figure and table, each with an id that names its file. A figure's
	// numbers are a table of the same id.
	Figures []figure.Figure
	Tables  []table.Table

	words  *words
	locale table.Locale
}

// A Chapter is a first part without heading of its own, and sections.
type Chapter struct {
	Section
	Sections []Section
}

// A Section is blocks under a heading.
type Section struct {
	ID, Title string
	Blocks    []Block
}

// A Block is one thing in a section. One of its fields is set.
type Block struct {
	Text    string // a paragraph
	See     *See   // after Text: where there is more
	Caution string // a paragraph that a reader must not miss
	Formula string
	List    []string
	Facts   []Fact
	Figure  *Shown
	Table   *Shown
	Folded  *Shown // a table that shows when its title is clicked
}

// A See is a link to a chapter or section.
type See struct{ ID, Title string }

// A Fact is a number that stands out.
type Fact struct {
	Value, Label, Detail string
	Style                string // focus, reference or empty
}

// Shown is a figure or table at its place in the text.
type Shown struct {
	Number int // as the reader counts
	Index  int // in Report.Figures or Report.Tables
	Data   int // of a figure: the table with its numbers
}

// Build makes the report of a study out of its cleared results, in "nb" or "en".
func Build(s *study.Study, cleared *disclose.Cleared, lang string) (*Report, error) {
	w, err := newWriter(s, cleared, lang)
	if err != nil {
		return nil, err
	}
	for _, chapter := range []func(){w.summary, w.losses, w.description, w.context, w.models, w.comparison, w.certainty, w.contribution, w.appendix} {
		chapter()
	}
	w.report.number()
	return w.report, w.err
}

// number counts figures and tables in the order in which a reader meets them.
func (r *Report) number() {
	figures, tables := 0, 0
	number := func(blocks []Block) {
		for _, b := range blocks {
			switch {
			case b.Figure != nil:
				figures++
				b.Figure.Number = figures
			case b.Table != nil:
				tables++
				b.Table.Number = tables
			case b.Folded != nil:
				tables++
				b.Folded.Number = tables
			}
		}
	}
	for _, c := range r.Chapters {
		number(c.Blocks)
		for _, s := range c.Sections {
			number(s.Blocks)
		}
	}
}
