package design

import (
	"fmt"
	"math"
	"slices"

	"bidrag/data/frame"
	"bidrag/model/formula"
)

// A Column is a column of the model matrix.
type Column struct {
	Name string // as R names the coefficient: (Intercept), sexM, a:b, poly(x, 2)1
	Term int    // 0 for the intercept, else 1 + the index of its term
}

// A Coding is how a formula is turned into columns, with what was learned
// from the data of the fit. It is not changed by use.
type Coding struct {
	Terms   *formula.Terms
	Columns []Column
	Random  []*RandomCoding

	offsets   []formula.Expr
	column    string // of the offset column; empty when there is none
	variables []*variable
	full      [][]bool // by term and its variables: a column for every level, not contrasts
	constants constants
}

// Names returns the names of the columns.
func (c *Coding) Names() []string {
	names := make([]string, len(c.Columns))
	for i, col := range c.Columns {
		names[i] = col.Name
	}
	return names
}

// OfLevel tells whether a column is that of a level of a factor, by itself or in
// an interaction.
func (c *Coding) OfLevel(column int) bool {
	t := c.Columns[column].Term
	return t > 0 && slices.ContainsFunc(c.Terms.Terms[t-1].Variables, func(v int) bool { return c.variables[v].kind == frame.Factor })
}

// Matrix returns the columns for another frame, N×len(c.Columns), column by
// column; a row with a missing value is NaN in the columns that need it. A
// column that is not there, or a level that the fit did not know, is an error.
func (c *Coding) Matrix(f *frame.Frame) ([]float64, error) {
	return c.fill(&evaluator{data: f, constants: c.constants}, nil, f.NumRows())
}

// Offset returns the offset of another frame, nil when the model has none;
// NaN where it is missing.
func (c *Coding) Offset(f *frame.Frame) ([]float64, error) {
	var column *frame.Column
	if c.column != "" {
		var ok bool
		if column, ok = f.Column(c.column); !ok {
			return nil, fmt.Errorf("there is no column %q, the offset of the model%s", c.column, Meant(c.column, f.Names()))
		}
	}
	return offsets(c.offsets, column, &evaluator{data: f, constants: c.constants}, nil, f.NumRows())
}

// newCoding is newColumns with what else the model needs of other frames.
func (d *Design) newCoding(f *formula.Formula, terms *formula.Terms, ev *evaluator) (*Coding, error) {
	c, err := d.newColumns(terms, ev)
	if err != nil {
		return nil, err
	}
	c.offsets = f.Offsets
	if d.offsetColumn != nil {
		c.column = d.offsetColumn.Name
	}
	return c, nil
}

// newColumns fixes variables, contrasts and columns from the rows of the fit.
func (d *Design) newColumns(terms *formula.Terms, ev *evaluator) (*Coding, error) {
	c := &Coding{Terms: terms, constants: ev.constants}
	for _, e := range terms.Variables {
		v, unused, err := newVariable(e, ev, d.Rows)
		if err != nil {
			return nil, err
		}
		if len(unused) > 0 {
			d.tellUnused(v.label, unused)
		}
		if err := d.tellTextNumbers(v); err != nil {
			return nil, err
		}
		c.variables = append(c.variables, v)
	}
	c.contrasts()
	if terms.Intercept {
		c.Columns = append(c.Columns, Column{Name: "(Intercept)"})
	}
	for t := range terms.Terms {
		for _, pieces := range c.products(t) {
			name := ""
			for i, p := range pieces {
				if i > 0 {
					name += ":"
				}
				name += p.name
			}
			c.Columns = append(c.Columns, Column{Name: name, Term: t + 1})
		}
	}
	return c, nil
}

// tellUnused notes levels of a variable, once: it may stand in several parts of
// the formula.
func (d *Design) tellUnused(label string, levels []string) {
	if !slices.ContainsFunc(d.Unused, func(u Unused) bool { return u.Variable == label && !u.Grouping }) {
		d.Unused = append(d.Unused, Unused{Variable: label, Levels: levels})
	}
}

// contrasts decides, for every variable of every term, whether it is coded by
// a column for every level: when the term without it is neither empty nor
// part of an earlier term, and, without an intercept, for the first factor of
// the first term that has one.
//
// Source: R's TermCode in model.c and model.matrix.
func (c *Coding) contrasts() {
	terms := c.Terms.Terms
	c.full = make([][]bool, len(terms))
	for t, term := range terms {
		c.full[t] = make([]bool, len(term.Variables))
		for k := range term.Variables {
			rest := make([]int, 0, len(term.Variables))
			rest = append(append(rest, term.Variables[:k]...), term.Variables[k+1:]...)
			c.full[t][k] = len(rest) > 0 && !coveredBy(rest, terms[:t])
		}
	}
	if c.Terms.Intercept {
		return
	}
	for t, term := range terms {
		for k, v := range term.Variables {
			if c.variables[v].kind != frame.Numeric {
				c.full[t][k] = true
				return
			}
		}
	}
}

// coveredBy tells whether some term has all the variables.
func coveredBy(variables []int, terms []formula.Term) bool {
	for _, t := range terms {
		at := 0
		for _, v := range t.Variables {
			if at < len(variables) && variables[at] == v {
				at++
			}
		}
		if at == len(variables) {
			return true
		}
	}
	return false
}

// A piece is the part that one variable has in a column: a number, or the
// indicator of a level.
type piece struct {
	variable int
	part     int // index into parts, or into levels
	name     string
}

// products returns the columns of a term, each as its pieces, the first
// variable changing fastest.
func (c *Coding) products(t int) [][]piece {
	columns := [][]piece{nil}
	for k, at := range c.Terms.Terms[t].Variables {
		var next [][]piece
		for _, p := range c.pieces(at, c.full[t][k]) {
			for _, column := range columns {
				next = append(next, append(column[:len(column):len(column)], p))
			}
		}
		columns = next
	}
	return columns
}

// pieces returns what a variable contributes, one for each of its columns.
func (c *Coding) pieces(at int, full bool) []piece {
	v := c.variables[at]
	var out []piece
	if v.kind == frame.Numeric {
		for i, part := range v.parts {
			out = append(out, piece{at, i, v.label + part})
		}
		return out
	}
	for i, level := range v.levels {
		if i > 0 || full {
			out = append(out, piece{at, i, v.label + level})
		}
	}
	return out
}

// fill computes the columns for n rows of the evaluator's frame.
func (c *Coding) fill(ev *evaluator, rows []int, n int) ([]float64, error) {
	values := make([]data, len(c.variables))
	for i, v := range c.variables {
		var err error
		if values[i], err = v.data(ev, rows); err != nil {
			return nil, err
		}
	}
	x := make([]float64, n*len(c.Columns))
	at := 0
	next := func() []float64 {
		at += n
		return x[at-n : at]
	}
	if c.Terms.Intercept {
		for i := range next() {
			x[i] = 1
		}
	}
	for t := range c.Terms.Terms {
		for _, pieces := range c.products(t) {
			to := next()
			for i, p := range pieces {
				values[p.variable].put(to, p.part, i == 0)
			}
		}
	}
	return x, nil
}

// put writes a piece to a column, or multiplies the column with it.
func (d *data) put(to []float64, part int, first bool) {
	if d.codes == nil {
		from := d.numbers[part]
		if first {
			copy(to, from)
			return
		}
		for i, v := range from {
			to[i] *= v
		}
		return
	}
	for i, c := range d.codes {
		v := 0.0
		switch c {
		case int32(part):
			v = 1
		case -1:
			v = math.NaN()
		}
		if first {
			to[i] = v
		} else {
			to[i] *= v
		}
	}
}
