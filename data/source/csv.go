package source

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"bidrag/study/problem"

	"golang.org/x/text/unicode/norm"
)

// CSV are the conventions of a delimited text file.
type CSV struct {
	Delimiter rune     // ';' or ','
	Encoding  string   // UTF8 or Windows1252
	Decimal   rune     // ',' or '.'
	Date      string   // Go layout, "02.01.2006" say
	Missing   []string // cells that mean missing besides the empty one ("NA")
	Columns   []Column // the only columns loaded
}

// ReadCSV reads the named columns of a delimited text file with a header line
// (RFC 4180, lines ended by CRLF or LF), decompressing it when the path ends in
// .gz. Spaces around names and cells do not count; empty lines are skipped. The
// key hashes identifiers; it may be nil when there are none.
//
// The error is a [problem.List] of what is wrong with the file, or wraps
// [fs.ErrNotExist] when there is none, or is ctx's.
func ReadCSV(ctx context.Context, fsys fs.FS, path string, c CSV, key *Key) (*Table, error) {
	if err := c.check(key); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	found := newFindings(path)
	in, err := openText(fsys, path, c.Encoding, found)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	r := &csvReader{conventions: c, key: key, found: found, table: &Table{Name: path}}
	if err := scan(ctx, in, c.Delimiter, found, r.header, r.row); err != nil {
		return nil, err
	}
	r.table.origins = []origin{{file: path, find: func(line int, column string) int {
		return findCSV(fsys, path, c, line, column)
	}}}
	return r.table, nil
}

// check tells what is wrong with the conventions themselves.
func (c *CSV) check(key *Key) error {
	switch {
	case !slices.Contains(Encodings(), c.Encoding):
		return fmt.Errorf("unknown encoding %q: write one of %q", c.Encoding, Encodings())
	case c.Delimiter == 0 || c.Delimiter == '"' || c.Delimiter == '\n' || c.Delimiter == '\r' || c.Delimiter == utf8.RuneError:
		return fmt.Errorf("%q cannot be a delimiter", string(c.Delimiter))
	case c.Decimal != ',' && c.Decimal != '.':
		return fmt.Errorf("decimal sign %q: write a comma or a point", string(c.Decimal))
	case c.Date == "" && slices.ContainsFunc(c.Columns, func(c Column) bool { return c.Type == Date }):
		return errors.New("there is a date column but no date layout")
	}
	return checkColumns(c.Columns, key)
}

// A csvReader fills a table from the records of a file.
type csvReader struct {
	conventions CSV
	key         *Key
	found       *findings
	table       *Table
	cells       []*cellReader
	at          []int // field of each cell reader
}

// header finds the named columns; without all of them, rows are not read.
func (r *csvReader) header(names []string, places *csv.Reader) bool {
	at, ok := findColumns(names, r.conventions.Columns, func(i int, format string, args ...any) {
		line, col := fieldPlace(places, names, i)
		r.found.add("problems of the header", line, col, format, args...)
	})
	if !ok {
		return false
	}
	r.at = at
	for _, column := range r.conventions.Columns {
		v := &Vector{Column: column}
		r.table.Columns = append(r.table.Columns, v)
		r.cells = append(r.cells, &cellReader{Vector: v, decimal: r.conventions.Decimal, date: r.conventions.Date, missing: r.conventions.Missing, key: r.key})
	}
	return true
}

func (r *csvReader) row(record []string, places *csv.Reader) {
	r.table.makeRoom()
	for k, cell := range r.cells {
		if wrong := cell.appendCell(record[r.at[k]]); wrong != "" {
			line, col := fieldPlace(places, record, r.at[k])
			r.found.add(badCells(cell.Column), line, col, "column %q: %s: %s", cell.Name, wrong, cellRemedy)
		}
	}
	line, _ := places.FieldPos(0)
	r.table.line = append(r.table.line, int32(line))
	r.table.Rows++
}

const cellRemedy = "correct the cell, or the column's type in the study"

func badCells(c Column) string {
	return fmt.Sprintf("cells of column %q that are no %s", c.Name, c.Type)
}

// findColumns returns the index of each wanted column among the names of a
// header. It notes every name that is missing, or comes more than once; i is the place
// among the names, 0 when there is none.
func findColumns(names []string, wanted []Column, note func(i int, format string, args ...any)) ([]int, bool) {
	clean := make([]string, len(names))
	where := map[string]int{}
	for i, n := range names {
		clean[i] = cleanName(n)
		if _, twice := where[clean[i]]; !twice {
			where[clean[i]] = i
		}
	}
	at, ok := make([]int, len(wanted)), true
	missing := 0
	for k, w := range wanted {
		name := cleanName(w.Name)
		i, found := where[name]
		switch {
		case !found:
			missing++
		case slices.Contains(clean[i+1:], name):
			second := i + 1 + slices.Index(clean[i+1:], name)
			note(second, "column %q comes twice in the header (fields %d and %d): give one of them another name", w.Name, i+1, second+1)
			ok = false
		}
		at[k] = i
	}
	if missing == 0 {
		return at, ok
	}
	if missing == len(wanted) && missing > 1 {
		note(0, "none of the %d columns asked for is in the header of %d fields: is this the file, is its first line the header, and is its delimiter the one declared?", missing, len(names))
	}
	for _, w := range wanted {
		if _, found := where[cleanName(w.Name)]; !found {
			note(0, "no column %q%s: correct the name in the study, or fetch an extract that has it", w.Name, problem.DidYouMean(w.Name, clean))
		}
	}
	return nil, false
}

// cleanName is a column name as names are compared: without spaces around it and
// with letters such as å in one piece.
func cleanName(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// scan reads the records of a text: the first goes to header, which tells
// whether to go on, the others to row, both with the reader that knows their places. It finds records that are malformed or of another
// length than the header, and returns everything found.
func scan(ctx context.Context, in *textFile, delimiter rune, found *findings, header func(names []string, places *csv.Reader) bool, row func(record []string, places *csv.Reader)) error {
	r := csv.NewReader(in)
	r.Comma, r.ReuseRecord, r.FieldsPerRecord = delimiter, true, -1
	rows, width, line := 0, 0, 0
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if e := (*csv.ParseError)(nil); errors.As(err, &e) && in.raw.err == nil {
			line = e.Line
			malformed(found, e)
			if width == 0 {
				break
			}
			continue
		}
		if err != nil {
			// What was found before may be the damage's doing: the damage alone is told.
			damaged := newFindings(found.file)
			damaged.whole(line+1, "%s", unreadable(cmp.Or(in.raw.err, err)))
			return damaged.err()
		}
		line, _ = r.FieldPos(len(record) - 1)
		switch {
		case width == 0 && found.any(): // bytes that are no text: the names may be wrong for no other reason
			return found.err()
		case width == 0:
			if width = len(record); !header(slices.Clone(record), r) {
				return found.err()
			}
		case len(record) != width:
			start, _ := r.FieldPos(0)
			found.add("lines with a wrong number of fields", start, 0, "%d fields where the header has %d: is a delimiter missing, or one too many in a text without quotes?", len(record), width)
		default:
			row(record, r)
			rows++
		}
	}
	return scanned(found, width, rows)
}

// scanned adds what can only be said at the end of a file.
func scanned(found *findings, width, rows int) error {
	switch {
	case found.any():
	case width == 0:
		found.whole(0, "is empty: fetch the file again")
	case rows == 0:
		found.whole(0, "has a header but no rows: fetch the file again")
	}
	return found.err()
}

func malformed(found *findings, e *csv.ParseError) {
	what, line, col := "a quote inside a text without quotes: put the text in quotes and double the quote in it", e.Line, e.Column
	if errors.Is(e.Err, csv.ErrQuote) {
		what = "a quoted text is not closed, or goes on after its closing quote: close it, and double the quotes in it"
		if e.Line > e.StartLine { // it may have run to the end of the file
			line, col = e.StartLine, 0
		}
	}
	found.add("malformed quotes", line, col, "%s", what)
}

// fieldPlace returns line and column of a field of the record just read, the
// column in characters where the reader counts bytes.
func fieldPlace(r *csv.Reader, record []string, field int) (line, col int) {
	line, col = r.FieldPos(field)
	for k := field - 1; k >= 0; k-- {
		before, _ := r.FieldPos(k)
		text := record[k]
		if before != line { // a text of several lines that ends on this one
			text = text[strings.LastIndexByte(text, '\n')+1:]
		}
		col -= len(text) - utf8.RuneCountInString(text)
		if before != line {
			break
		}
	}
	return line, col
}

// findCSV returns the column in characters of a field in a line, 0 when it is not found.
func findCSV(fsys fs.FS, path string, c CSV, line int, column string) int {
	in, err := openText(fsys, path, c.Encoding, newFindings(path))
	if err != nil {
		return 0
	}
	defer in.Close()
	r := csv.NewReader(in)
	r.Comma, r.ReuseRecord, r.FieldsPerRecord = c.Delimiter, true, -1
	field := -1
	for {
		record, err := r.Read()
		if err != nil {
			return 0
		}
		if field < 0 {
			if field = slices.IndexFunc(record, func(s string) bool { return cleanName(s) == cleanName(column) }); field < 0 {
				return 0
			}
		}
		if at, _ := r.FieldPos(0); at == line && field < len(record) {
			_, col := fieldPlace(r, record, field)
			return col
		}
	}
}
