package table

import (
	"encoding/csv"
	"io"
	"strings"

	"bidrag/publish/disclose"
)

// bom tells Excel that a file is UTF-8; readr and read.csv with
// fileEncoding = "UTF-8-BOM" take it away.
const bom = "\ufeff"

// CSV writes the table as a file of one header line and one line a row, with
// all the digits of its numbers.
//
// A Norwegian file has semicolons and decimal commas, an English one commas and
// decimal points, both in UTF-8 with a byte order mark: so each opens by a
// double click in an Excel of its language, and in R with readr::read_csv2 and
// read_csv, or read.csv2 and read.csv with fileEncoding = "UTF-8-BOM". Shares
// are 0 to 1. A suppressed number is ":" and an absent one an empty field, so
// na = c("", ":") makes every column of numbers numeric. A number with an
// interval takes three columns. Groups of rows and columns become a column of
// their own and part of the header.
func (t Table) CSV(w io.Writer, l Locale) error {
	if _, err := io.WriteString(w, bom); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if l.lang == "nb" {
		out.Comma = ';'
	}
	out.UseCRLF = true
	intervals, grouped := t.intervals(), t.grouped()
	if err := out.Write(t.header(l, intervals, grouped)); err != nil {
		return err
	}
	for _, r := range t.Rows {
		var fields []string
		if grouped {
			fields = append(fields, inert(r.Group))
		}
		for i, c := range r.Cells {
			fields = append(fields, c.fields(l, i < len(intervals) && intervals[i])...)
		}
		if err := out.Write(fields); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// intervals tells of each column whether a cell in it has an interval.
func (t Table) intervals() []bool {
	out := make([]bool, len(t.Columns))
	for _, r := range t.Rows {
		for i, c := range r.Cells {
			if i < len(out) && !c.isText && c.format.Interval {
				out[i] = true
			}
		}
	}
	return out
}

func (t Table) grouped() bool {
	for _, r := range t.Rows {
		if r.Group != "" {
			return true
		}
	}
	return false
}

func (t Table) header(l Locale, intervals []bool, grouped bool) []string {
	group, low, high := "Gruppe", "nedre", "øvre"
	if l.lang == "en" {
		group, low, high = "Group", "lower", "upper"
	}
	var out []string
	if grouped {
		out = append(out, group)
	}
	for i, c := range t.Columns {
		name := c.Label
		if c.Group != "" {
			name = c.Group + ": " + c.Label
		}
		name = inert(name)
		out = append(out, name)
		if intervals[i] {
			out = append(out, name+", "+low, name+", "+high)
		}
	}
	return out
}

// fields are the cell as one field, or three with its interval.
func (c Cell) fields(l Locale, interval bool) []string {
	out := make([]string, 1, 3)
	switch {
	case c.isText:
		out[0] = inert(c.text)
	case c.number.State() == disclose.Suppressed:
		out[0] = SuppressedSign
	case Has(c.number):
		out[0] = l.raw(c.format.value(c.number))
	}
	if !interval {
		return out
	}
	low, high := c.number.Interval()
	if c.isText || !c.format.Interval || !Has(c.number) {
		return append(out, "", "")
	}
	return append(out, l.raw(low), l.raw(high))
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
