package impute

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// mostLevels is how many levels a variable may have that is filled by logits.
const mostLevels = 50

// A variable is a column with gaps as the chains see it.
type variable struct {
	Variable
	column  *frame.Column
	at      int     // its place in Problem.Variables
	missing []int32 // persons who lack it
	known   int     // persons who have it

	// A coded variable has levels: code is the level of each person, −1 where
	// missing; value the number of each level, that of the column or, of a
	// factor, 1, 2, …; level its place among the column's levels.
	code  []int32
	value []float64
	level []int32
	count []int // persons by level

	number []float64 // by person: the number, or the number of the level; NaN where missing
	shift  float64
}

func (v *variable) coded() bool { return v.code != nil }

// logits tells whether the variable is filled by a model of its levels.
func (v *variable) logits() bool {
	return v.Method == study.Logistic || v.Method == study.OrdinalFill || v.Method == study.Multinomial
}

// read makes a variable of a column. A variable that cannot be filled has a note
// whose Variable is not empty, and one that is filled by another method too.
func read(spec Variable, at int, c *frame.Column) (*variable, *Note) {
	v := &variable{Variable: spec, column: c, at: at, known: c.Len()}
	v.number = numbers(c)
	for i, x := range v.number {
		switch {
		case math.IsNaN(x):
			v.missing = append(v.missing, int32(i))
			v.known--
		case math.IsInf(x, 0):
			return v, &Note{spec.Name, result.NotFilled, result.Reason{Code: result.NotFilled, About: spec.Name, Message: fmt.Sprintf("%q has an infinite value in row %d; it is left as it is", spec.Name, i+1)}}
		}
	}
	if v.known == 0 {
		return v, &Note{spec.Name, result.UnknownForAll, result.Reason{Code: result.UnknownForAll, About: spec.Name, Message: fmt.Sprintf("%q is missing for everyone and cannot be filled", spec.Name)}}
	}
	if c.Kind == frame.Factor || c.Kind == frame.Logical || v.logits() {
		v.encode()
	}
	return v, v.choose()
}

// numbers are the values of a column as numbers; levels of a factor are 1, 2, …
func numbers(c *frame.Column) []float64 {
	if c.Kind != frame.Factor {
		return c.Number
	}
	x := make([]float64, len(c.Code))
	for i, k := range c.Code {
		x[i] = float64(k + 1)
		if k < 0 {
			x[i] = math.NaN()
		}
	}
	return x
}

// encode finds the levels: the different values observed.
func (v *variable) encode() {
	seen := map[float64]int32{}
	for _, x := range v.number {
		if !math.IsNaN(x) {
			seen[x] = 0
		}
	}
	if len(seen) > mostLevels && v.column.Kind == frame.Numeric {
		return
	}
	for x := range seen {
		v.value = append(v.value, x)
	}
	slices.Sort(v.value)
	v.count = make([]int, len(v.value))
	for k, x := range v.value {
		seen[x] = int32(k)
		v.level = append(v.level, int32(x)-1) // of a factor
	}
	v.code = make([]int32, len(v.number))
	for i, x := range v.number {
		v.code[i] = -1
		if !math.IsNaN(x) {
			v.code[i] = seen[x]
			v.count[seen[x]]++
		}
	}
}

// choose settles the method: one that does not go with the values is replaced
// by predictive mean matching.
func (v *variable) choose() *Note {
	if slices.Min(known(v.number)) == slices.Max(known(v.number)) {
		return &Note{v.Name, result.ConstantInUnits, result.Reason{Code: result.ConstantInUnits, About: v.Name, Message: fmt.Sprintf("%q is the same for everyone who has it; gaps are filled with that value", v.Name)}}
	}
	why := ""
	switch {
	case v.Method == study.PMM:
	case v.Method == study.GaussianFit:
		if v.column.Kind != frame.Numeric {
			why = "it has levels, not numbers"
		}
	case !v.logits():
		why = fmt.Sprintf("there is no method %q", v.Method)
	case !v.coded() || len(v.value) > mostLevels:
		why = fmt.Sprintf("it has more than %d levels", mostLevels)
	case v.Method == study.Logistic && len(v.value) > 2:
		why = fmt.Sprintf("it has %d different values, not two", len(v.value))
	}
	if why == "" {
		return nil
	}
	return v.replace(why)
}

// replace makes predictive mean matching the method, and says so.
func (v *variable) replace(why string) *Note {
	n := &Note{v.Name, result.NotFitted, result.Reason{Code: result.NotFitted, About: v.Name, Message: fmt.Sprintf("%q is filled by predictive mean matching in place of the method %q: %s", v.Name, v.Method, why)}}
	v.Method = study.PMM
	return n
}

func known(x []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(x), math.IsNaN)
}

// names are the levels as a reader knows them.
func (v *variable) names() []string {
	out := make([]string, len(v.value))
	for k, x := range v.value {
		if v.column.Kind == frame.Factor {
			out[k] = v.column.Levels[v.level[k]]
		} else {
			out[k] = strconv.FormatFloat(x, 'f', -1, 64)
		}
	}
	return out
}

// commonest is the level observed most often, the first of several.
func (v *variable) commonest() int32 {
	return int32(slices.Index(v.count, slices.Max(v.count)))
}

// completed is the column with its gaps filled by numbers, or numbers of levels.
func (v *variable) completed(filled []float64) *frame.Column {
	c := *v.column
	if c.Kind == frame.Factor {
		c.Code = slices.Clone(c.Code)
		for k, i := range v.missing {
			c.Code[i] = int32(filled[k]) - 1
		}
		return &c
	}
	c.Number = slices.Clone(c.Number)
	for k, i := range v.missing {
		c.Number[i] = filled[k]
	}
	return &c
}
