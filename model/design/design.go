// Package design turns a formula and a frame into what a model is fitted to:
// a response, a model matrix, the columns and groups of random terms, weights
// and an offset, over the rows in which nothing is missing.
//
// Its stance: columns, their names and their order are R's (treatment
// contrasts, model.matrix), and what was learned from the data of the fit is
// remembered in a [Coding], so that another frame is turned into the very same
// columns: the levels of factors, the constants of poly() and scale().
//
// The steps of [New]:
//
//  1. every column that is named must be there; all that are not are reported;
//  2. rows with a missing value are dropped and counted by column (missing.go);
//  3. the variables of the formula are computed (evaluate.go, poly.go) and
//     their levels fixed (variable.go);
//  4. the terms become columns (matrix.go);
//  5. the random terms become columns and groups (random.go).
//
// As in R, poly() and scale() take their constants from all rows of the frame
// in which their own argument is known, also rows that another variable drops;
// and a level that occurs in no row of the fit is no level of the fit.
package design

import (
	"errors"
	"fmt"
	"strings"

	"bidrag/data/frame"
	"bidrag/model/formula"
	"bidrag/study/problem"
)

// Columns are columns of the frame that a model uses beside its formula; nil
// where it does not.
type Columns struct {
	Weights *frame.Column
	Offset  *frame.Column
	Cluster *frame.Column
}

// A Design is a model's data. Slices have one element a row of the fit.
type Design struct {
	Coding   *Coding
	Response Response

	N int       // rows of the fit
	X []float64 // N×len(Coding.Columns) model matrix, column by column

	Random []RandomTerm // the random terms, in the order of the formula

	Offset  []float64 // sum of the offset() terms and the offset column; nil when there are none
	Weights []float64 // nil when there are none
	Cluster []int32   // index of each row's cluster, 0 … Clusters−1; nil when there are none

	Clusters  int            // number of clusters
	Rows      []int          // the rows of the frame that are fitted; nil when it is all of them
	Dropped   int            // rows with a missing value. With random terms rows of weight 0 are not fitted either
	DroppedBy map[string]int // rows with a missing value, by column; a row may count in several
	Unused    []Unused       // levels that occur only in dropped rows, or nowhere

	// TextNumbers are variables that were read as text although all their
	// levels, or nearly all, are numbers.
	TextNumbers []TextNumber

	offsetColumn *frame.Column
}

// A TextNumber is a text variable of numbers.
type TextNumber struct {
	Variable     string
	Levels       int      // how many different texts
	Point, Comma string   // a level with a decimal point and one with a comma; empty where there is none
	Infinite     string   // a level that is infinite; empty where there is none
	Other        []string // levels that are no numbers
}

// Unused tells of levels of a factor that no row of the fit has.
type Unused struct {
	Variable string
	Levels   []string
	Grouping bool // it forms groups of a random term
}

// A Response is the left side of a formula.
type Response struct {
	Label    string
	Kind     frame.Kind // Numeric for cbind
	Y        []float64  // the response; for a factor 0 for its first level and 1 for the others; for cbind the successes
	Failures []float64  // cbind: the failures; nil otherwise
	Levels   []string   // factor: its levels in the rows of the fit
}

// New builds the design of a formula on a frame. Errors that belong to a place
// of the formula are [*formula.Error]; several are joined.
func New(f *formula.Formula, data *frame.Frame, extra Columns) (*Design, error) {
	if err := Check(f, data); err != nil {
		return nil, err
	}
	terms, err := f.Terms()
	if err != nil {
		return nil, err
	}
	d := &Design{offsetColumn: extra.Offset}
	if err := d.dropMissing(f, data, extra); err != nil {
		return nil, err
	}
	ev := &evaluator{data: data, constants: constants{}, learn: true}
	if d.Response, err = newResponse(f.Response, ev, d.Rows); err != nil {
		return nil, err
	}
	d.Coding, err = d.newCoding(f, terms, ev)
	if err != nil {
		return nil, err
	}
	if d.X, err = d.Coding.fill(ev, d.Rows, d.N); err != nil {
		return nil, err
	}
	if err := d.randomTerms(f, ev); err != nil {
		return nil, err
	}
	if d.Offset, err = offsets(f.Offsets, extra.Offset, ev, d.Rows, d.N); err != nil {
		return nil, err
	}
	if extra.Weights != nil {
		if d.Weights, err = numbers("the weights", extra.Weights, d.Rows); err != nil {
			return nil, err
		}
	}
	if extra.Cluster != nil {
		d.Cluster, d.Clusters = clusters(extra.Cluster, d.Rows)
	}
	return d, nil
}

// Check reports all that can be seen of a formula before any number is: no
// response, columns that are not there, terms that cannot be fitted. Its
// errors are [*formula.Error], joined.
func Check(f *formula.Formula, data *frame.Frame) error {
	if f.Response == nil {
		return formula.Errorf(1, "nothing stands left of the tilde: name the response, as in y %s", strings.Replace(f.String(), "~", "~ ", 1))
	}
	var errs []error
	for _, n := range f.Names() {
		if _, ok := data.Column(n.Name); !ok {
			errs = append(errs, formula.Errorf(n.Column, "there is no column %q%s", n.Name, Meant(n.Name, data.Names())))
		}
	}
	errs = append(errs, checkRandom(f)...)
	return errors.Join(errs...)
}

// Meant is the end of a message about a column that is not there: the nearest
// name, or the first ones there are.
func Meant(name string, names []string) string {
	return meant(name, names, "the columns are", "%s")
}

// MeantLevel is the same of a level of a factor.
func MeantLevel(level string, levels []string) string {
	return meant(level, levels, "its levels are", "%q")
}

func meant(name string, names []string, are, form string) string {
	if s := problem.DidYouMean(name, names); s != "" {
		return s
	}
	const most = 8
	var shown []string
	for _, n := range names[:min(most, len(names))] {
		shown = append(shown, fmt.Sprintf(form, n))
	}
	text := "; " + are + " " + strings.Join(shown, ", ")
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return text
}

// NotNumbers tells why a column of text is none of numbers; it has no start.
func NotNumbers(c *frame.Column) string {
	if t, ok := textNumber(&formula.Name{Name: c.Name}, c.Levels); ok {
		return t.String()
	}
	return fmt.Sprintf("the column %q is text; it must be numbers", c.Name)
}

func newResponse(e formula.Expr, ev *evaluator, rows []int) (Response, error) {
	r := Response{Label: e.String()}
	if c, ok := e.(*formula.Call); ok && c.Func == "cbind" {
		for i, to := range []*[]float64{&r.Y, &r.Failures} {
			v, err := ev.number(c.Args[i])
			if err != nil {
				return r, err
			}
			if *to, err = finite(c.Args[i], v, rows); err != nil {
				return r, err
			}
		}
		return r, nil
	}
	v, err := ev.value(e)
	if err != nil {
		return r, err
	}
	r.Kind = v.kind
	if v.kind == frame.Factor {
		if t, ok := textNumber(e, v.levels); ok && len(v.levels) > 2 {
			return r, formula.Errorf(e.Start(), "%s", t)
		}
	} else {
		r.Y, err = finite(e, v.number, rows)
		return r, err
	}
	used, codes := usedLevels(v.levels, v.codes, rows)
	r.Levels = used
	r.Y = make([]float64, len(codes))
	for i, c := range codes {
		if c > 0 {
			r.Y[i] = 1
		}
	}
	return r, nil
}

// offsets sums the offset() terms and the offset column.
func offsets(terms []formula.Expr, column *frame.Column, ev *evaluator, rows []int, n int) ([]float64, error) {
	if len(terms) == 0 && column == nil {
		return nil, nil
	}
	sum := make([]float64, n)
	add := func(v []float64) {
		for i, o := range v {
			sum[i] += o
		}
	}
	for _, e := range terms {
		v, err := ev.number(e)
		if err != nil {
			return nil, err
		}
		if v, err = ev.finite(e, v, rows); err != nil {
			return nil, err
		}
		add(v)
	}
	if column != nil {
		v, err := numbers("the offset", column, rows)
		if err != nil {
			return nil, err
		}
		add(v)
	}
	return sum, nil
}

// numbers returns the values of a numeric column in the given rows.
func numbers(what string, c *frame.Column, rows []int) ([]float64, error) {
	if c.Kind == frame.Factor {
		return nil, fmt.Errorf("%s must be numbers; the column %q is text", what, c.Name)
	}
	return take(c.Number, rows), nil
}

// clusters numbers the values of a column in the order of their first row.
func clusters(c *frame.Column, rows []int) ([]int32, int) {
	next := int32(0)
	out := make([]int32, 0, c.Len())
	each := func(number func(i int) int32) {
		if rows == nil {
			for i := range c.Len() {
				out = append(out, number(i))
			}
		}
		for _, i := range rows {
			out = append(out, number(i))
		}
	}
	if c.Kind == frame.Factor {
		index := make([]int32, len(c.Levels))
		each(func(i int) int32 {
			k := c.Code[i]
			if index[k] == 0 {
				next++
				index[k] = next
			}
			return index[k] - 1
		})
	} else {
		index := map[float64]int32{}
		each(func(i int) int32 {
			k, seen := index[c.Number[i]]
			if !seen {
				k = next
				next++
				index[c.Number[i]] = k
			}
			return k
		})
	}
	return out, int(next)
}

// take returns the given rows of v; nil means all of them, without a copy.
func take[T any](v []T, rows []int) []T {
	if rows == nil {
		return v
	}
	out := make([]T, len(rows))
	for k, i := range rows {
		out[k] = v[i]
	}
	return out
}
