package design

import (
	"math"
	"slices"
	"strconv"

	"bidrag/data/frame"
	"bidrag/model/formula"
)

// A variable is one variable of a formula as it was coded in the fit.
type variable struct {
	expr   formula.Expr
	label  string
	kind   frame.Kind
	levels []string // Factor: the levels of the fit, the first the reference; Logical: FALSE, TRUE
	parts  []string // Numeric: what is added to the label for each column: "", or "1", "2" … of poly()
}

// logicalLevels are how R names the values of a true/false variable.
var logicalLevels = []string{"FALSE", "TRUE"}

// data is the values of a variable in some rows.
type data struct {
	numbers [][]float64 // by part; nil for a factor or logical
	codes   []int32     // index into the variable's levels; -1 is missing
}

// newVariable codes an expression from the rows of the fit. unused are the
// levels that no row has.
func newVariable(e formula.Expr, ev *evaluator, rows []int) (v *variable, unused []string, err error) {
	v = &variable{expr: e, label: e.String(), parts: []string{""}}
	if c, ok := e.(*formula.Call); ok && c.Func == "poly" {
		if n, _ := formula.Degree(c); n > 1 {
			v.parts = v.parts[:0]
			for i := range n {
				v.parts = append(v.parts, strconv.Itoa(i+1))
			}
		}
		return v, nil, nil
	}
	val, err := ev.value(e)
	if err != nil {
		return nil, nil, err
	}
	v.kind = val.kind
	switch v.kind {
	case frame.Logical:
		v.levels = logicalLevels
	case frame.Factor:
		v.levels, _ = usedLevels(val.levels, val.codes, rows)
		for _, l := range val.levels {
			if !slices.Contains(v.levels, l) {
				unused = append(unused, l)
			}
		}
		if len(v.levels) < 2 {
			return nil, nil, formula.Errorf(e.Start(), "%s has the single value %q in the rows of the fit and explains nothing: leave it out", e, v.levels[0])
		}
	}
	return v, unused, nil
}

// usedLevels returns the levels that occur in the rows, in their order, and
// the rows' codes by them.
func usedLevels(levels []string, codes []int32, rows []int) ([]string, []int32) {
	codes = slices.Clone(take(codes, rows))
	at := make([]int32, len(levels))
	for _, c := range codes {
		if c >= 0 {
			at[c] = 1
		}
	}
	var used []string
	for i, u := range at {
		if u == 1 {
			at[i] = int32(len(used))
			used = append(used, levels[i])
		}
	}
	for i, c := range codes {
		if c >= 0 {
			codes[i] = at[c]
		}
	}
	return used, codes
}

// asFactor makes a factor of numbers: a level for every value, in order,
// named as R prints it. A factor stays one.
func asFactor(v value) value {
	if v.kind == frame.Factor {
		return v
	}
	distinct := slices.DeleteFunc(slices.Clone(v.number), math.IsNaN)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	out := value{kind: frame.Factor, codes: make([]int32, len(v.number))}
	index := make(map[float64]int32, len(distinct))
	byName := map[string]int32{}
	for _, d := range distinct {
		name := formula.NumberText(d)
		if v.kind == frame.Logical {
			name = logicalLevels[int(d)]
		}
		k, seen := byName[name] // values that print alike are one level
		if !seen {
			k = int32(len(out.levels))
			byName[name] = k
			out.levels = append(out.levels, name)
		}
		index[d] = k
	}
	for i, x := range v.number {
		out.codes[i] = -1
		if k, ok := index[x]; ok {
			out.codes[i] = k
		}
	}
	return out
}

// data computes the variable for the given rows of the evaluator's frame,
// with the levels of the fit.
func (v *variable) data(ev *evaluator, rows []int) (data, error) {
	if c, ok := v.expr.(*formula.Call); ok && c.Func == "poly" {
		columns, err := ev.poly(c)
		if err != nil {
			return data{}, err
		}
		for i := range columns {
			if columns[i], err = ev.finite(v.expr, columns[i], rows); err != nil {
				return data{}, err
			}
		}
		return data{numbers: columns}, nil
	}
	val, err := ev.value(v.expr)
	if err != nil {
		return data{}, err
	}
	if val.kind != v.kind && (val.kind == frame.Factor || v.kind == frame.Factor) {
		return data{}, formula.Errorf(v.expr.Start(), "%s was a %s in the data of the fit and is a %s here", v.expr, v.kind, val.kind)
	}
	switch v.kind {
	case frame.Factor:
		codes, err := v.recode(val, rows)
		return data{codes: codes}, err
	case frame.Logical:
		return data{codes: logicalCodes(take(val.number, rows))}, nil
	}
	n, err := ev.finite(v.expr, val.number, rows)
	return data{numbers: [][]float64{n}}, err
}

func logicalCodes(numbers []float64) []int32 {
	codes := make([]int32, len(numbers))
	for i, x := range numbers {
		switch {
		case math.IsNaN(x):
			codes[i] = -1
		case x != 0:
			codes[i] = 1
		}
	}
	return codes
}

// recode turns codes by the levels of some frame into codes by the levels of
// the fit. A level that occurs and that the fit does not know is an error.
func (v *variable) recode(val value, rows []int) ([]int32, error) {
	to := make([]int32, len(val.levels))
	for i, l := range val.levels {
		to[i] = int32(slices.Index(v.levels, l))
	}
	codes := slices.Clone(take(val.codes, rows))
	unknown := make([]int, len(val.levels))
	for i, c := range codes {
		if c >= 0 {
			if to[c] < 0 {
				unknown[c]++
			}
			codes[i] = to[c]
		}
	}
	for k, n := range unknown {
		if n > 0 {
			return nil, formula.Errorf(v.expr.Start(), "%s has the level %q in %s, which the model was not fitted with; its levels are %q", v.expr, val.levels[k], rowsText(n), v.levels)
		}
	}
	return codes, nil
}
