// Package frame holds a data set in memory as typed columns: numbers, and
// factors with named levels. It is what the statistical engine and the
// evaluations read. A frame is not changed once made; a question that needs
// other rows or columns makes a new one that shares what it can.
package frame

import (
	"fmt"
	"math"
	"slices"
)

// A Kind says what a column's values are.
type Kind int

const (
	Numeric Kind = iota // real numbers, 0/1 indicators among them
	Logical             // true and false, held as 1 and 0
	Factor              // one of a fixed set of levels
)

// String names the kind as it is shown to a user.
func (k Kind) String() string {
	return [...]string{"number", "true/false", "factor"}[k]
}

// A Column is one variable for every row.
type Column struct {
	Name   string
	Kind   Kind
	Number []float64 // Numeric, Logical: the values; NaN is missing. nil for a factor
	Code   []int32   // Factor: index into Levels; -1 is missing. nil otherwise
	Levels []string  // Factor: the levels, the first the reference; a level may be unused
}

// NewNumeric returns a column of numbers, NaN where missing. It keeps values.
func NewNumeric(name string, values []float64) *Column {
	return &Column{Name: name, Kind: Numeric, Number: values}
}

// NewLogical returns a column of 1 (true) and 0 (false), NaN where missing. It keeps values.
func NewLogical(name string, values []float64) *Column {
	return &Column{Name: name, Kind: Logical, Number: values}
}

// NewFactor returns a factor with the given levels and codes, -1 where
// missing. It keeps both slices.
func NewFactor(name string, levels []string, codes []int32) *Column {
	return &Column{Name: name, Kind: Factor, Levels: levels, Code: codes}
}

// FactorOf returns a factor of text values, the empty text missing, with its
// levels in byte order.
func FactorOf(name string, values []string) *Column {
	seen := map[string]int32{}
	for _, v := range values {
		if v != "" {
			seen[v] = 0
		}
	}
	levels := make([]string, 0, len(seen))
	for v := range seen {
		levels = append(levels, v)
	}
	slices.Sort(levels)
	for i, v := range levels {
		seen[v] = int32(i)
	}
	codes := make([]int32, len(values))
	for i, v := range values {
		if v == "" {
			codes[i] = -1
		} else {
			codes[i] = seen[v]
		}
	}
	return NewFactor(name, levels, codes)
}

// Len returns the number of rows.
func (c *Column) Len() int {
	if c.Kind == Factor {
		return len(c.Code)
	}
	return len(c.Number)
}

// Missing tells whether row i has no value.
func (c *Column) Missing(i int) bool {
	if c.Kind == Factor {
		return c.Code[i] < 0
	}
	return math.IsNaN(c.Number[i])
}

// Groups numbers the different values of the column from 0, in the order in which
// they come: the group of every row, −1 where missing, and how many there are. A
// level that no row has is none.
func (c *Column) Groups() (of []int32, number int) {
	of = make([]int32, c.Len())
	seen := map[float64]int32{}
	for i := range of {
		if c.Missing(i) {
			of[i] = -1
			continue
		}
		value := 0.0
		if c.Kind == Factor {
			value = float64(c.Code[i])
		} else {
			value = c.Number[i]
		}
		k, known := seen[value]
		if !known {
			k = int32(len(seen))
			seen[value] = k
		}
		of[i] = k
	}
	return of, len(seen)
}

// Rows returns the column with the given rows, in that order; levels are kept.
func (c *Column) Rows(rows []int) *Column {
	out := &Column{Name: c.Name, Kind: c.Kind, Levels: c.Levels}
	if c.Kind == Factor {
		out.Code = make([]int32, len(rows))
		for k, i := range rows {
			out.Code[k] = c.Code[i]
		}
		return out
	}
	out.Number = make([]float64, len(rows))
	for k, i := range rows {
		out.Number[k] = c.Number[i]
	}
	return out
}

// Relevel returns the factor with level as its reference: first, the others
// in their order. It is an error when the column is no factor or has no such level.
func (c *Column) Relevel(level string) (*Column, error) {
	if c.Kind != Factor {
		return nil, fmt.Errorf("%s is a %s, not a factor: it has no reference level", c.Name, c.Kind)
	}
	at := slices.Index(c.Levels, level)
	if at < 0 {
		return nil, fmt.Errorf("%s has no level %q; its levels are %q", c.Name, level, c.Levels)
	}
	levels := slices.Concat([]string{level}, c.Levels[:at], c.Levels[at+1:])
	codes := make([]int32, len(c.Code))
	for i, k := range c.Code {
		switch {
		case k == int32(at):
			codes[i] = 0
		case k >= 0 && k < int32(at):
			codes[i] = k + 1
		default:
			codes[i] = k
		}
	}
	return NewFactor(c.Name, levels, codes), nil
}

// A Frame is columns of equal length with different names.
type Frame struct {
	columns []*Column
	index   map[string]int
	rows    int
}

// New returns a frame of the columns, which it keeps. It is an error when
// their lengths differ or a name comes twice.
func New(columns ...*Column) (*Frame, error) {
	f := &Frame{columns: columns, index: make(map[string]int, len(columns))}
	for i, c := range columns {
		if _, twice := f.index[c.Name]; twice {
			return nil, fmt.Errorf("column %q comes twice", c.Name)
		}
		f.index[c.Name] = i
		if i == 0 {
			f.rows = c.Len()
		} else if c.Len() != f.rows {
			return nil, fmt.Errorf("column %q has %d rows, column %q has %d", c.Name, c.Len(), columns[0].Name, f.rows)
		}
	}
	return f, nil
}

// NumRows returns the number of rows.
func (f *Frame) NumRows() int { return f.rows }

// Columns returns the columns in order; the slice must not be changed.
func (f *Frame) Columns() []*Column { return f.columns }

// Names returns the column names in order.
func (f *Frame) Names() []string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = c.Name
	}
	return names
}

// Column returns the column of that name.
func (f *Frame) Column(name string) (*Column, bool) {
	i, ok := f.index[name]
	if !ok {
		return nil, false
	}
	return f.columns[i], true
}

// With returns a frame with the columns added; a column whose name is there
// already takes that column's place.
func (f *Frame) With(columns ...*Column) (*Frame, error) {
	all := slices.Clone(f.columns)
	for _, c := range columns {
		if i, ok := f.index[c.Name]; ok {
			all[i] = c
		} else {
			all = append(all, c)
		}
	}
	return New(all...)
}

// Rows returns the frame with the given rows, in that order; levels are kept.
func (f *Frame) Rows(rows []int) *Frame {
	out := &Frame{columns: make([]*Column, len(f.columns)), index: f.index, rows: len(rows)}
	for i, c := range f.columns {
		out.columns[i] = c.Rows(rows)
	}
	return out
}

// Where returns the indices of the rows for which keep is true.
func (f *Frame) Where(keep func(row int) bool) []int {
	var rows []int
	for i := range f.rows {
		if keep(i) {
			rows = append(rows, i)
		}
	}
	return rows
}
