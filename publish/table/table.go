// Package table is what a reader sees as rows and columns, before anyone has
// decided how it is written.
//
// A cell is a text or a disclose.Number with a format; there is no third kind,
// so that a number which has not passed the gate cannot stand in a table.
// Suppressed numbers show ":", absent ones "–", and the note under the table
// says what the signs mean when they occur.
//
//  1. describe the table: Table, with Text and Num for its cells;
//  2. CSV for a file that Excel and R open, HTML for a page.
package table

import (
	"math"

	"bidrag/publish/disclose"
)

// A Table is rows under columns, with the texts around them.
type Table struct {
	ID      string // names the table within its document, and its file
	Title   string
	Note    string // what to mind; the legend of the signs is added to it
	Columns []Column
	Rows    []Row
}

// A Column says what its cells are. The first column names the rows.
type Column struct {
	Label string
	Group string // stands over neighbouring columns that have the same; may be empty
}

// A Row is one cell for each column.
type Row struct {
	Group string // stands over neighbouring rows that have the same; may be empty
	Total bool   // sums up the rows above it
	Cells []Cell
}

// A Cell is a text or a number. The zero Cell is an absent number.
type Cell struct {
	text     string
	isText   bool
	asNumber bool // the text is a number
	number   disclose.Number
	format   Format
	mark     string
}

// Text returns a cell with a text.
func Text(s string) Cell { return Cell{text: s, isText: true} }

// Num returns a cell with a number.
func Num(n disclose.Number, f Format) Cell { return Cell{number: n, format: f} }

// Marked returns the cell with a mark after its number, such as *, where a
// reader sees it; files for machines leave it out.
func (c Cell) Marked(mark string) Cell {
	c.mark = mark
	return c
}

// AsNumber is a cell with a number that is written as a text, among others that are not.
func (c Cell) AsNumber() Cell {
	c.asNumber = true
	return c
}

// stands tells whether the cell stands to the left, as texts do.
func (c Cell) stands() bool { return c.isText && !c.asNumber }

// IsText tells whether the cell holds a text.
func (c Cell) IsText() bool { return c.isText }

// A Kind is what sort of number a format writes.
type Kind int

const (
	Fixed       Kind = iota // so many decimals
	Percent                 // a share as a percentage
	Points                  // a difference of shares as percentage points, with sign
	WholePoints             // the same without decimals
	Count                   // whole numbers
	PValue                  // three decimals, or < 0,001
	Base                    // not the number itself but the persons it rests on
)

// A Format says how a number is written.
type Format struct {
	Kind     Kind
	Decimals int  // of Fixed and Percent
	Interval bool // the interval stands after the number, or in two columns of its own in a file
}

// value is what of a shown number the format writes.
func (f Format) value(n disclose.Number) float64 {
	if f.Kind == Base {
		return float64(n.N())
	}
	return n.Value()
}

// Has tells whether there is a number to show: one that is not suppressed, not
// absent, and not undefined such as a share of nobody.
func Has(n disclose.Number) bool { return n.State() == disclose.Shown && !math.IsNaN(n.Value()) }

// Signs tells which of the signs occur in the table.
func (t Table) Signs() (suppressed, absent bool) {
	for _, r := range t.Rows {
		for _, c := range r.Cells {
			if c.isText {
				continue
			}
			switch {
			case c.number.State() == disclose.Suppressed:
				suppressed = true
			case !Has(c.number):
				absent = true
			}
		}
	}
	return suppressed, absent
}

// Empty tells whether the table has no number and no text to show beside the
// names of its rows.
func (t Table) Empty() bool {
	for _, r := range t.Rows {
		for i, c := range r.Cells {
			if i > 0 && (c.isText && c.text != "" || c.number.State() == disclose.Suppressed || Has(c.number)) {
				return false
			}
		}
	}
	return true
}

// Told returns the table without the columns, but the first, that have an absent
// number in every row: of what was not computed there is nothing to show.
func (t Table) Told() Table {
	out := t
	out.Columns, out.Rows = nil, make([]Row, len(t.Rows))
	for i, r := range t.Rows {
		out.Rows[i] = r
		out.Rows[i].Cells = nil
	}
	for j, column := range t.Columns {
		told := j == 0 || len(t.Rows) == 0
		for _, r := range t.Rows {
			told = told || r.Cells[j].isText || r.Cells[j].number.State() != disclose.Absent
		}
		if !told {
			continue
		}
		out.Columns = append(out.Columns, column)
		for i, r := range t.Rows {
			out.Rows[i].Cells = append(out.Rows[i].Cells, r.Cells[j])
		}
	}
	return out
}

// Legend returns the note with what the signs in the table mean.
func (t Table) Legend(l Locale) string {
	suppressed, absent := t.Signs()
	note := t.Note
	add := func(nb, en string) {
		if note != "" {
			note += " "
		}
		if l.lang == "en" {
			note += en
		} else {
			note += nb
		}
	}
	if suppressed {
		add("Kolon (:) betyr at tallet er skjult av hensyn til personvernet.", "A colon (:) means that the number is hidden to protect privacy.")
	}
	if absent {
		add("Tankestrek (–) betyr at tallet ikke finnes.", "A dash (–) means that there is no such number.")
	}
	return note
}
