package fit

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"bidrag/data/frame"
	"bidrag/model/design"
	"bidrag/model/formula"
	"bidrag/model/univariate"
)

// A Level is what a model expects at one level of a variable.
type Level struct {
	Level string
	Rows  int // averaged over
	Margin
}

// An Effect is how the expected response changes with a variable, on average
// over rows that are otherwise as they are.
type Effect struct {
	Variable string

	// Level less Reference, where levels are compared; both are empty for the
	// others.
	Level, Reference string

	// Step is by how much a number is raised; 0 is the derivative.
	Step float64

	Margin
}

// A Subgroup is the effects of a variable among the rows at one level of
// another.
type Subgroup struct {
	Level   string
	Rows    int
	Effects []Effect

	// Less is each effect less that in the first subgroup, nil in that one:
	// the interaction on the scale of the response.
	Less []Effect
}

// Levels is what the model expects of the rows if all were at each level of a
// variable (predictive margins): people are alike in everything else. The
// levels are those that occur in the rows, the model's reference first.
func (e *Effects) Levels(data *frame.Frame, variable string) ([]Level, error) {
	settings, err := e.levels(data, variable)
	if err != nil {
		return nil, err
	}
	return e.at(data, settings)
}

// By is what the model expects of the rows at each level of a variable, as
// they are: people differ in everything else too. The levels are as in
// [Effects.Levels].
func (e *Effects) By(data *frame.Frame, variable string) ([]Level, error) {
	settings, err := e.levels(data, variable)
	if err != nil {
		return nil, err
	}
	out := make([]Level, 0, len(settings))
	for _, s := range settings {
		rows := s.rows(data)
		if len(rows) == 0 {
			continue
		}
		m, err := e.Average(data.Rows(rows))
		if err != nil {
			return nil, err
		}
		out = append(out, Level{s.label, len(rows), m})
	}
	return out, nil
}

// Effect is the average marginal effect of each of some variables: for a factor,
// a true/false variable and one of zeros and ones that of each level against the
// reference; for numbers the derivative of the expected response, everything
// that is computed of the variable moving along: log(x), x:z, random slopes.
// An effect whose coefficients are all aliased is NaN.
//
// Of a number that enters the model by a term of its own and nowhere else the
// derivative is
//
//	(1/n) Σᵢ ∂m/∂x = β D,   D = (1/n) Σᵢ ∂m/∂η
//
// with one D for all such variables, so that many cost little more than one.
func (e *Effects) Effect(data *frame.Frame, variables ...string) ([]Effect, error) {
	var out []Effect
	var derivative *Margin // D
	for _, name := range variables {
		settings, err := e.settings(data, name)
		if err != nil {
			return nil, err
		}
		column, linear := e.linear(name)
		if settings != nil || !linear {
			effects, err := e.effect(data, name, settings)
			if err != nil {
				return nil, err
			}
			out = append(out, effects...)
			continue
		}
		if derivative == nil {
			if derivative, err = e.meanDerivative(data); err != nil {
				return nil, err
			}
		}
		out = append(out, Effect{Variable: name, Margin: e.unlessAliased(e.times(column, *derivative))})
	}
	return out, nil
}

// Change is the effect of raising a number by step, as one unit or one
// standard deviation, in every row.
func (e *Effects) Change(data *frame.Frame, variable string, step float64) (Effect, error) {
	if _, err := numeric(data, variable); err != nil {
		return Effect{}, err
	}
	after, err := shift(data, variable, func(float64) float64 { return step })
	if err != nil {
		return Effect{}, err
	}
	to, err := e.Average(after)
	if err != nil {
		return Effect{}, err
	}
	from, err := e.Average(data)
	if err != nil {
		return Effect{}, err
	}
	return Effect{Variable: variable, Step: step, Margin: e.unlessAliased(e.Difference(to, from))}, nil
}

// All is [Effects.Effect] of every variable of the fixed part of the model, in
// its order. Of a variable in offset() alone there is none.
func (e *Effects) All(data *frame.Frame) ([]Effect, error) {
	var names []string
	for _, v := range e.model.Coding.Terms.Variables {
		formula.Walk(v, func(x formula.Expr) {
			if n, ok := x.(*formula.Name); ok && !slices.Contains(names, n.Name) {
				names = append(names, n.Name)
			}
		})
	}
	return e.Effect(data, names...)
}

// Within is the effects of a variable among the rows at each level of another,
// as they are, and how much they differ. For groups that are alike in
// everything else take the [Effects.Difference] of effects over frames in which
// all rows have been given the level.
func (e *Effects) Within(data *frame.Frame, variable, by string) ([]Subgroup, error) {
	settings, err := e.settings(data, variable)
	if err != nil {
		return nil, err
	}
	levels, err := e.levels(data, by)
	if err != nil {
		return nil, err
	}
	var out []Subgroup
	for _, l := range levels {
		rows := l.rows(data)
		if len(rows) == 0 {
			continue
		}
		g := Subgroup{Level: l.label, Rows: len(rows)}
		if g.Effects, err = e.effect(data.Rows(rows), variable, settings); err != nil {
			return nil, fmt.Errorf("among those with %s %s: %w", by, l.label, err)
		}
		if len(out) > 0 {
			for i, x := range g.Effects {
				x.Margin = e.Difference(x.Margin, out[0].Effects[i].Margin)
				g.Less = append(g.Less, x)
			}
		}
		out = append(out, g)
	}
	return out, nil
}

// effect compares settings, or differentiates where there are none.
func (e *Effects) effect(data *frame.Frame, variable string, settings []setting) ([]Effect, error) {
	if settings == nil {
		m, err := e.slope(data, variable)
		return []Effect{{Variable: variable, Margin: e.unlessAliased(m)}}, err
	}
	levels, err := e.at(data, settings)
	if err != nil {
		return nil, err
	}
	var out []Effect
	for _, l := range levels[1:] {
		out = append(out, Effect{Variable: variable, Level: l.Level, Reference: levels[0].Level, Margin: e.unlessAliased(e.Difference(l.Margin, levels[0].Margin))})
	}
	return out, nil
}

// unlessAliased makes an effect NaN that hangs on aliased coefficients alone:
// these count as 0, which is no estimate.
func (e *Effects) unlessAliased(m Margin) Margin {
	if m.Value == 0 && !(m.StdError > 0) && slices.ContainsFunc(e.model.Beta, math.IsNaN) {
		m.Value, m.StdError, m.Low, m.High = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	}
	return m
}

// at averages over all rows at each setting.
func (e *Effects) at(data *frame.Frame, settings []setting) ([]Level, error) {
	var out []Level
	for _, s := range settings {
		all, err := data.With(s.column(data.NumRows()))
		if err != nil {
			return nil, err
		}
		m, err := e.Average(all)
		if err != nil {
			return nil, err
		}
		out = append(out, Level{s.label, data.NumRows(), m})
	}
	return out, nil
}

// slopeStep is the step of derivatives, in standard deviations of the variable;
// near zero it shrinks with the value, for the sake of log(x).
const slopeStep, slopeNear = 1e-3, 1e-3

// slope is the mean of dm/dx, with its gradient by the parameters, both by the
// five-point formula
//
//	f′(x) = (8 (f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h)))/12h + O(h⁴)
func (e *Effects) slope(data *frame.Frame, variable string) (Margin, error) {
	x, err := numeric(data, variable)
	if err != nil {
		return Margin{}, err
	}
	weights, err := e.weights(data)
	if err != nil {
		return Margin{}, err
	}
	_, sd := univariate.MeanSD(x)
	if !(sd > 0) { // one row, or all alike
		sd = 1
	}
	h := func(x float64) float64 { return slopeStep * min(sd, max(math.Abs(x), slopeNear*sd)) }
	var out Margin
	for _, step := range []struct{ at, weight float64 }{{-1, -8}, {1, 8}, {-2, 1}, {2, -1}} {
		moved, err := shift(data, variable, func(x float64) float64 { return step.at * h(x) })
		if err != nil {
			return Margin{}, err
		}
		r, err := e.rows(moved)
		if err != nil {
			return Margin{}, fmt.Errorf("the slope of %s: %w, or is at an end of what can be computed", variable, err)
		}
		share := make([]float64, r.n)
		for i := range share {
			share[i] = step.weight / (12 * h(x[i]))
		}
		if weights != nil {
			share = product(share, weights)
		}
		m := e.sum(r, share)
		out.Value += m.Value
		if out.gradient == nil {
			out.gradient = make([]float64, len(m.gradient))
		}
		for j, g := range m.gradient {
			out.gradient[j] += g
		}
	}
	e.finish(&out)
	return out, nil
}

// shift adds to a column of numbers.
func shift(data *frame.Frame, variable string, by func(x float64) float64) (*frame.Frame, error) {
	x, err := numeric(data, variable)
	if err != nil {
		return nil, err
	}
	moved := make([]float64, len(x))
	for i, v := range x {
		moved[i] = v + by(v)
	}
	return data.With(frame.NewNumeric(variable, moved))
}

// numeric returns the numbers of a column.
func numeric(data *frame.Frame, variable string) ([]float64, error) {
	c, err := column(data, variable)
	if err == nil && c.Kind != frame.Numeric {
		err = fmt.Errorf("%s is a %s, not a number that could be raised", variable, c.Kind)
	}
	if err != nil {
		return nil, err
	}
	return c.Number, nil
}

func column(data *frame.Frame, name string) (*frame.Column, error) {
	c, ok := data.Column(name)
	if !ok {
		return nil, fmt.Errorf("there is no column %q%s", name, design.Meant(name, data.Names()))
	}
	return c, nil
}

// A setting is one value of a variable.
type setting struct {
	label  string
	number float64
	code   int32
	of     *frame.Column
}

// column has the value in n rows.
func (s setting) column(n int) *frame.Column {
	c := *s.of
	if c.Kind == frame.Factor {
		c.Code = slices.Repeat([]int32{s.code}, n)
	} else {
		c.Number = slices.Repeat([]float64{s.number}, n)
	}
	return &c
}

// rows are those of a frame that have the value.
func (s setting) rows(data *frame.Frame) []int {
	c, _ := data.Column(s.of.Name)
	return data.Where(func(row int) bool {
		if c.Kind == frame.Factor {
			return c.Code[row] == s.code
		}
		return c.Number[row] == s.number
	})
}

// label is a value of a column of numbers or of true and false.
func label(c *frame.Column, v float64) string {
	if c.Kind == frame.Logical {
		return map[bool]string{false: "FALSE", true: "TRUE"}[v == 1]
	}
	return formula.NumberText(v)
}

// settings are the values between which a variable changes, the reference
// first; nil for numbers, which have a slope.
func (e *Effects) settings(data *frame.Frame, variable string) ([]setting, error) {
	c, err := column(data, variable)
	if err != nil {
		return nil, err
	}
	zeroOne := func(v float64) bool { return v == 0 || v == 1 || math.IsNaN(v) }
	switch {
	case c.Kind == frame.Logical || c.Kind == frame.Numeric && !slices.ContainsFunc(c.Number, func(v float64) bool { return !zeroOne(v) }):
		return []setting{{label: label(c, 0), of: c}, {label: label(c, 1), number: 1, of: c}}, nil
	case c.Kind == frame.Numeric && !formula.InFactor(e.model.Coding.Terms.Variables, variable):
		return nil, nil
	}
	return e.levels(data, variable)
}

// levels are the values of a variable that occur, the reference first.
func (e *Effects) levels(data *frame.Frame, variable string) ([]setting, error) {
	c, err := column(data, variable)
	if err != nil {
		return nil, err
	}
	var out []setting
	if c.Kind == frame.Factor {
		for code, level := range c.Levels {
			s := setting{label: level, code: int32(code), of: c}
			switch occurs := slices.Contains(c.Code, s.code); {
			case level == e.model.options.Reference[variable]:
				out = slices.Insert(out, 0, s)
			case occurs:
				out = append(out, s)
			}
		}
	} else {
		values := slices.DeleteFunc(slices.Clone(c.Number), math.IsNaN)
		slices.Sort(values)
		for _, v := range slices.Compact(values) {
			out = append(out, setting{label: label(c, v), number: v, of: c})
		}
	}
	if len(out) == 0 {
		return nil, errors.New(variable + " is missing in all rows")
	}
	return out, nil
}
