package effects

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/data/frame"
	"bidrag/model/fit"
	"bidrag/model/formula"
	"bidrag/study"
)

// A Variable is one characteristic of a model.
type Variable struct {
	Name string // of the codebook, or scheme

	// Settings are the values between which it changes, the reference first:
	// levels of a category, 0 and 1, the levels of a number in factor(). Of
	// another number they are the levels that the codebook names, if any.
	Settings []Setting

	// Slope tells that it is a number, whose effect is the derivative.
	Slope bool
}

// A Setting is one value of a variable.
type Setting struct {
	Level   string // in ids
	Persons int    // who have it; of a number all persons, whose slope it rests on

	columns []*frame.Column // one row each
}

// at is a frame with everyone at the setting.
func (s Setting) at(data *frame.Frame) (*frame.Frame, error) {
	n := data.NumRows()
	columns := make([]*frame.Column, len(s.columns))
	for i, c := range s.columns {
		columns[i] = c.Rows(make([]int, n))
	}
	return data.With(columns...)
}

// Scale turns a number in a variable's own unit into that of the model's
// columns, which may be standardized.
type Scale func(variable string, x float64) float64

// Variables are the characteristics in the fixed part of a model, in its order;
// the indicators of a category are one. Places are left out: what a place
// expects of persons elsewhere is another question.
func Variables(s *study.Study, m Model, scale Scale) []Variable {
	b := builder{s, m, scale}
	var out []Variable
	for _, name := range fixedNames(m.Fit) {
		v, ok := b.variable(name)
		if ok && !slices.ContainsFunc(out, func(o Variable) bool { return o.Name == v.Name }) {
			out = append(out, v)
		}
	}
	return out
}

// fixedNames are the columns of a model's fixed part.
func fixedNames(m *fit.Model) []string {
	var out []string
	for _, v := range m.Coding.Terms.Variables {
		formula.Walk(v, func(x formula.Expr) {
			if n, ok := x.(*formula.Name); ok && !slices.Contains(out, n.Name) {
				out = append(out, n.Name)
			}
		})
	}
	return out
}

// builder makes the variables of a model.
type builder struct {
	study *study.Study
	model Model
	scale Scale
}

func (b builder) variable(name string) (Variable, bool) {
	if v, ok := IndicatorOf(b.study, name); ok {
		return Variable{Name: v.Key, Settings: b.indicators(v)}, true
	}
	v, inCodebook := b.study.Codebook.Variables.Get(name)
	if inCodebook && v.Type == study.Municipality || name == "project" {
		return Variable{}, false
	}
	c, ok := b.model.Data.Column(name)
	switch {
	case !ok:
		return Variable{}, false
	case c.Kind == frame.Factor || formula.InFactor(b.model.Fit.Coding.Terms.Variables, name):
		return Variable{Name: name, Settings: b.occurring(c)}, true
	case zeroOne(c):
		return Variable{Name: name, Settings: []Setting{b.number(c, "0", 0), b.number(c, "1", 1)}}, true
	}
	return Variable{Name: name, Settings: b.named(c, v), Slope: true}, true
}

// IndicatorOf finds the category that a column is an indicator of.
func IndicatorOf(s *study.Study, column string) (study.Entry[study.Variable], bool) {
	for _, v := range s.Codebook.Variables {
		if slices.Contains(v.Value.IndicatorColumns(), column) {
			return v, true
		}
	}
	return study.Entry[study.Variable]{}, false
}

// indicators are the settings of a category that the model has indicators of.
// Levels without one are the reference, named by all of them: europe+america.
func (b builder) indicators(v study.Entry[study.Variable]) []Setting {
	names := fixedNames(b.model.Fit)
	var columns, levels, reference []string
	for _, l := range v.Value.Levels.Keys() {
		if name := v.Value.Indicators.Prefix + "_" + l; slices.Contains(names, name) {
			columns, levels = append(columns, name), append(levels, l)
		} else {
			reference = append(reference, l)
		}
	}
	setting := func(level, one string) Setting {
		s := Setting{Level: level}
		of := make([][]float64, len(columns))
		for i, name := range columns {
			s.columns = append(s.columns, frame.NewNumeric(name, []float64{indicator(name == one)}))
			c, _ := b.model.Data.Column(name)
			of[i] = c.Number
		}
		for row := range b.model.Data.NumRows() {
			same := true
			for i, c := range s.columns {
				same = same && of[i][row] == c.Number[0]
			}
			if same {
				s.Persons++
			}
		}
		return s
	}
	out := []Setting{setting(strings.Join(reference, "+"), "")}
	for i, l := range levels {
		out = append(out, setting(l, columns[i]))
	}
	return out
}

func indicator(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func zeroOne(c *frame.Column) bool {
	return c.Kind == frame.Logical || !slices.ContainsFunc(c.Number, func(x float64) bool { return x != 0 && x != 1 && !math.IsNaN(x) })
}

// number is a setting of a column of numbers.
func (b builder) number(c *frame.Column, level string, x float64) Setting {
	s := Setting{Level: level, columns: []*frame.Column{{Name: c.Name, Kind: c.Kind, Number: []float64{x}}}}
	for _, v := range c.Number {
		if v == x {
			s.Persons++
		}
	}
	return s
}

// occurring are the values of a column that persons have: levels of a factor in
// its order, numbers by size.
func (b builder) occurring(c *frame.Column) []Setting {
	var out []Setting
	if c.Kind != frame.Factor {
		values := slices.DeleteFunc(slices.Clone(c.Number), math.IsNaN)
		slices.Sort(values)
		for _, x := range slices.Compact(values) {
			out = append(out, b.number(c, strconv.FormatFloat(x, 'f', -1, 64), x))
		}
		return out
	}
	persons := make([]int, len(c.Levels))
	for _, k := range c.Code {
		if k >= 0 {
			persons[k]++
		}
	}
	for k, level := range c.Levels {
		if persons[k] > 0 {
			out = append(out, Setting{level, persons[k], []*frame.Column{frame.NewFactor(c.Name, c.Levels, []int32{int32(k)})}})
		}
	}
	return out
}

// named are the levels of the codebook that lie among a number's values.
func (b builder) named(c *frame.Column, v study.Variable) []Setting {
	var out []Setting
	lowest, highest := slices.Min(c.Number), slices.Max(c.Number)
	for _, l := range v.Levels.Keys() {
		x, err := strconv.ParseFloat(l, 64)
		if err != nil {
			return nil
		}
		if x = b.scale(c.Name, x); x < lowest || x > highest {
			continue
		}
		out = append(out, Setting{l, c.Len(), []*frame.Column{frame.NewNumeric(c.Name, []float64{x})}})
	}
	return out
}
