package source

import (
	"fmt"
	"slices"

	"bidrag/study/problem"

	"github.com/xuri/excelize/v2"
)

// A Table is the loaded columns of one file, or of several put under each
// other by [Stack], with the place every row came from.
type Table struct {
	Name    string // the file's path, or the name given to Stack
	Rows    int
	Columns []*Vector

	origins []origin
	origin  []int32 // row → index into origins; nil when there is only one
	line    []int32 // row → line of its first character, or row of the sheet, from 1
}

// An origin is a file, or a sheet of a workbook, that rows came from.
type origin struct {
	file  string
	sheet string                            // of a workbook; empty for others
	find  func(line int, column string) int // the column's place in that line, 0 when unknown
}

// Column returns the column of that name, nil when there is none.
func (t *Table) Column(name string) *Vector {
	i := slices.IndexFunc(t.Columns, func(v *Vector) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return t.Columns[i]
}

// Place tells where the cell of a row (from 0) and column stands: the file, the
// line from 1 and the column from 1 in characters; in a workbook the row and
// the number of the column. The column is found by reading the file once more,
// so ask for the places that are shown and no others; it is 0 when column is
// empty, is none of the file's, or the file can no longer be read.
func (t *Table) Place(row int, column string) (file string, line, col int) {
	o := t.originOf(row)
	line = int(t.line[row])
	if column != "" {
		col = o.find(line, column)
	}
	return o.file, line, col
}

// Problem returns a problem with the cell of a row (from 0) and column, with its
// [Table.Place]; for a workbook the message begins with sheet and cell.
func (t *Table) Problem(row int, column, format string, args ...any) problem.Problem {
	file, line, col := t.Place(row, column)
	message := fmt.Sprintf(format, args...)
	if sheet := t.originOf(row).sheet; sheet != "" {
		message = inSheet(sheet, line, col) + message
	}
	return problem.Problem{File: file, Line: line, Column: col, Message: message}
}

func (t *Table) originOf(row int) *origin {
	if t.origin == nil {
		return &t.origins[0]
	}
	return &t.origins[t.origin[row]]
}

// inSheet names a cell of a workbook as Excel does, col 0 meaning the whole row.
func inSheet(sheet string, row, col int) string {
	if cell, err := excelize.CoordinatesToCellName(col, row); err == nil {
		return fmt.Sprintf("sheet %s, cell %s: ", sheet, cell)
	}
	return fmt.Sprintf("sheet %s, row %d: ", sheet, row)
}

// Stack puts tables with the same columns under each other, in the order given.
// The columns are those of the first table, in its order; it is an error when
// another lacks one, has one more, or has one of another type.
func Stack(name string, tables ...*Table) (*Table, error) {
	if len(tables) == 0 {
		return nil, fmt.Errorf("%s: there is no table to stack", name)
	}
	out := &Table{Name: name}
	first := tables[0]
	for _, t := range tables {
		out.Rows += t.Rows
	}
	out.origin, out.line = make([]int32, 0, out.Rows), make([]int32, 0, out.Rows)
	for _, c := range first.Columns {
		v := &Vector{Column: c.Column}
		v.grow(out.Rows)
		out.Columns = append(out.Columns, v)
	}
	for _, t := range tables {
		if len(t.Columns) != len(first.Columns) {
			return nil, fmt.Errorf("%s has %d columns, %s has %d: tables put under each other need the same ones", t.Name, len(t.Columns), first.Name, len(first.Columns))
		}
		for _, v := range out.Columns {
			w := t.Column(v.Name)
			if w == nil || w.Type != v.Type {
				return nil, fmt.Errorf("%s has no column %q of type %s as %s has", t.Name, v.Name, v.Type, first.Name)
			}
			v.appendAll(w)
		}
		out.appendOrigins(t)
	}
	return out, nil
}

func (t *Table) appendOrigins(from *Table) {
	base := int32(len(t.origins))
	t.origins = append(t.origins, from.origins...)
	for row := range from.Rows {
		at := base
		if from.origin != nil {
			at += from.origin[row]
		}
		t.origin = append(t.origin, at)
	}
	t.line = append(t.line, from.line...)
}

// AddInteger appends a column that has the same whole number in every row: the
// year of a yearly file, say.
func (t *Table) AddInteger(name string, value int64) error {
	v := &Vector{Column: Column{Name: name, Type: Integer}, Int: slices.Repeat([]int64{value}, t.Rows)}
	return t.add(v)
}

func (t *Table) add(v *Vector) error {
	if t.Column(v.Name) != nil {
		return fmt.Errorf("%s has a column %q already: give the added column another name", t.Name, v.Name)
	}
	v.Valid = slices.Repeat([]bool{true}, t.Rows)
	t.Columns = append(t.Columns, v)
	return nil
}

// makeRoom makes room for the next row, for as many again when there is none:
// growing slices one row at a time would copy long ones too often.
func (t *Table) makeRoom() {
	if t.Rows < cap(t.line) {
		return
	}
	t.reserve(max(t.Rows, 1024))
}

// reserve makes room for that many more rows.
func (t *Table) reserve(more int) {
	t.line = slices.Grow(t.line, more)
	for _, v := range t.Columns {
		v.grow(cap(t.line) - t.Rows)
	}
}
