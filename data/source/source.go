// Package source reads register extracts as their registers deliver them:
// delimited text (plain or gzip), Excel workbooks, tables of the StatBank in
// JSON-stat 2.0, and the answers of Statistics Norway's Klass.
//
// It is strict, and it says everything at once. A file either becomes typed
// columns, with the place every row came from, or a list of problems
//
//	file:line:column: what is wrong, and what to do about it
//
// that names every bad cell (the first twenty of each kind, the others counted).
// Nothing is guessed: the study states delimiter, encoding, decimal sign and
// date layout, and a cell that does not follow them is a problem, not a missing
// value. Only [ReadFrame], which serves files of unknown kind, infers types.
//
// It keeps what is needed and no more. Columns that the study does not name are
// never kept. A cell of an [Identifier] column is replaced by a keyed hash while
// it is read; the clear text is in no [Table] and in no message.
package source

import (
	"fmt"
	"slices"
)

// A Type says how the cells of a column are read.
type Type int

const (
	Text       Type = iota // any text, codes such as 0351 among them
	Integer                // a whole number
	Number                 // a number, with the file's decimal sign
	Date                   // a day, in the file's layout
	Identifier             // a person's or case's number, kept as a keyed hash
)

var typeNames = []string{"text", "integer", "number", "date", "identifier"}

// String is the type's name in a study file.
func (t Type) String() string { return typeNames[t] }

// ParseType returns the type with that name in a study file.
func ParseType(s string) (Type, bool) {
	i := slices.Index(typeNames, s)
	return Type(max(i, 0)), i >= 0
}

// A Column names a column of a file that the study loads, and how its cells are read.
type Column struct {
	Name string // as the file's header has it
	Type Type
}

// An ID stands for an identifier: equal identifiers of one run have equal IDs.
type ID [16]byte

// A Vector is one column of a table. Valid and the slice of its type have a
// value for every row; the other slices are nil. Where Valid is false the value is the type's zero.
type Vector struct {
	Column
	Valid []bool
	Code  []int32   // Text: index into Texts
	Texts []string  // Text: the different texts, as they were first seen
	Int   []int64   // Integer
	Float []float64 // Number
	Date  []int32   // Date: days since 1970-01-01
	ID    []ID      // Identifier
}

// appendMissing appends a row without value.
func (v *Vector) appendMissing() {
	v.Valid = append(v.Valid, false)
	switch v.Type {
	case Text:
		v.Code = append(v.Code, 0)
	case Integer:
		v.Int = append(v.Int, 0)
	case Number:
		v.Float = append(v.Float, 0)
	case Date:
		v.Date = append(v.Date, 0)
	case Identifier:
		v.ID = append(v.ID, ID{})
	}
}

// appendAll appends the rows of w, which has v's type.
func (v *Vector) appendAll(w *Vector) {
	v.Valid = append(v.Valid, w.Valid...)
	v.appendCodes(w)
	v.Int = append(v.Int, w.Int...)
	v.Float = append(v.Float, w.Float...)
	v.Date = append(v.Date, w.Date...)
	v.ID = append(v.ID, w.ID...)
}

// appendCodes appends the texts of w, in codes of v.
func (v *Vector) appendCodes(w *Vector) {
	code := make(map[string]int32, len(v.Texts))
	for i, text := range v.Texts {
		code[text] = int32(i)
	}
	to := make([]int32, len(w.Texts))
	for i, text := range w.Texts {
		at, known := code[text]
		if !known {
			at = int32(len(v.Texts))
			v.Texts = append(v.Texts, text)
		}
		to[i] = at
	}
	for row, c := range w.Code {
		if w.Valid[row] {
			c = to[c]
		}
		v.Code = append(v.Code, c)
	}
}

// TextAt returns the text of a row of a Text column, empty when it is missing.
func (v *Vector) TextAt(row int) string {
	if !v.Valid[row] {
		return ""
	}
	return v.Texts[v.Code[row]]
}

// grow makes room for n more rows.
func (v *Vector) grow(n int) {
	v.Valid = slices.Grow(v.Valid, n)
	switch v.Type {
	case Text:
		v.Code = slices.Grow(v.Code, n)
	case Integer:
		v.Int = slices.Grow(v.Int, n)
	case Number:
		v.Float = slices.Grow(v.Float, n)
	case Date:
		v.Date = slices.Grow(v.Date, n)
	case Identifier:
		v.ID = slices.Grow(v.ID, n)
	}
}

// checkColumns tells what is wrong with the columns that a caller asks for.
func checkColumns(columns []Column, key *Key) error {
	if len(columns) == 0 {
		return fmt.Errorf("no column is named: name the columns to load")
	}
	seen := map[string]bool{}
	for _, c := range columns {
		if seen[c.Name] {
			return fmt.Errorf("column %q is named twice", c.Name)
		}
		seen[c.Name] = true
		if c.Type == Identifier && key == nil {
			return fmt.Errorf("column %q is an identifier, but there is no key to hash it with", c.Name)
		}
	}
	return nil
}

// NewVector returns a column of n given values: a string, an int or int64, a
// float64, a time.Time (its day) or an [ID], as the column's type asks for; nil and NaN are
// missing. It is an error when a value is of another type, or is itself an error.
func NewVector(c Column, n int, value func(row int) any) (*Vector, error) {
	r := &cellReader{Vector: &Vector{Column: c}}
	r.grow(n)
	for row := range n {
		v := value(row)
		if err, isError := v.(error); isError {
			return nil, fmt.Errorf("row %d: %w", row, err)
		}
		if !r.appendValue(v) {
			return nil, fmt.Errorf("column %q, row %d: %T is no %s", c.Name, row, v, c.Type)
		}
	}
	return r.Vector, nil
}
