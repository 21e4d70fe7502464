package design

import (
	"fmt"
	"math"

	"bidrag/data/frame"
	"bidrag/model/formula"
)

// constants are what functions learned from the data of the fit, by the
// label of the call: mean and standard deviation of scale(), the recurrence
// of poly(), the levels of factor().
type constants map[string]any

// An evaluator computes expressions over all rows of a frame. When it learns
// it fills the constants, else it uses them.
type evaluator struct {
	data      *frame.Frame
	constants constants
	learn     bool
}

// A value is what an expression is for every row of the frame.
type value struct {
	kind   frame.Kind
	number []float64 // Numeric, Logical; NaN is missing
	codes  []int32   // Factor; -1 is missing
	levels []string  // Factor
}

// value computes a name, a call or arithmetic. A name may be of any kind; so
// may I() of it; everything else is numbers, except factor().
func (ev *evaluator) value(e formula.Expr) (value, error) {
	switch e := e.(type) {
	case *formula.Name:
		c, ok := ev.data.Column(e.Name)
		if !ok {
			return value{}, formula.Errorf(e.Column, "there is no column %q%s", e.Name, Meant(e.Name, ev.data.Names()))
		}
		return value{c.Kind, c.Number, c.Code, c.Levels}, nil
	case *formula.Paren:
		return ev.value(e.X)
	case *formula.Call:
		if e.Func == "I" {
			return ev.value(e.Args[0])
		}
		if e.Func == "factor" {
			v, err := ev.value(e.Args[0])
			if err != nil {
				return value{}, err
			}
			return asFactor(v), nil
		}
	}
	n, err := ev.number(e)
	return value{kind: frame.Numeric, number: n}, err
}

// number computes an expression that must be numbers; true counts as 1.
func (ev *evaluator) number(e formula.Expr) ([]float64, error) {
	switch e := e.(type) {
	case *formula.Name, *formula.Paren:
		v, err := ev.value(e)
		if err == nil && v.kind == frame.Factor {
			err = formula.Errorf(e.Start(), "%s is text, and this needs numbers", e)
			if t, ok := textNumber(e, v.levels); ok {
				err = formula.Errorf(e.Start(), "%s", t)
			}
		}
		return v.number, err
	case *formula.Number:
		out := make([]float64, ev.data.NumRows())
		for i := range out {
			out[i] = e.Value
		}
		return out, nil
	case *formula.Unary:
		x, err := ev.number(e.X)
		if err != nil || e.Op == "+" {
			return x, err
		}
		return apply(x, func(v float64) float64 { return -v }), nil
	case *formula.Binary:
		return ev.binary(e)
	case *formula.Call:
		return ev.call(e)
	}
	return nil, formula.Errorf(e.Start(), "%s cannot be computed", e)
}

func apply(x []float64, f func(float64) float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = f(v)
	}
	return out
}

func (ev *evaluator) binary(e *formula.Binary) ([]float64, error) {
	x, err := ev.number(e.X)
	if err != nil {
		return nil, err
	}
	y, err := ev.number(e.Y)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(x))
	switch e.Op {
	case "+":
		for i := range out {
			out[i] = x[i] + y[i]
		}
	case "-":
		for i := range out {
			out[i] = x[i] - y[i]
		}
	case "*":
		for i := range out {
			out[i] = x[i] * y[i]
		}
	case "/":
		for i := range out {
			out[i] = x[i] / y[i]
		}
	case "^":
		for i := range out {
			out[i] = power(x[i], y[i])
		}
	default:
		return nil, formula.Errorf(e.Column, "%s joins terms and cannot stand where numbers are computed", e.Op)
	}
	return out, nil
}

// power keeps missing values missing: in C and in Go NaN⁰ is 1.
func power(x, y float64) float64 {
	if math.IsNaN(x) || math.IsNaN(y) {
		return math.NaN()
	}
	if y == 2 {
		return x * x
	}
	return math.Pow(x, y)
}

var functions = map[string]func(float64) float64{
	"I": func(v float64) float64 { return v }, "log": math.Log, "log2": math.Log2, "log10": math.Log10, "log1p": math.Log1p,
	"exp": math.Exp, "sqrt": math.Sqrt, "abs": math.Abs,
}

func (ev *evaluator) call(e *formula.Call) ([]float64, error) {
	if e.Func == "poly" || e.Func == "factor" || e.Func == "offset" || e.Func == "cbind" {
		return nil, formula.Errorf(e.Column, "%s() cannot stand inside another expression", e.Func)
	}
	x, err := ev.number(e.Args[0])
	if err != nil {
		return nil, err
	}
	if e.Func == "scale" {
		return ev.scale(e, x)
	}
	return apply(x, functions[e.Func]), nil
}

// location is what scale() learns.
type location struct{ mean, sd float64 }

// scale is (x − mean)/sd, the standard deviation with divisor n − 1.
func (ev *evaluator) scale(e *formula.Call, x []float64) ([]float64, error) {
	l, known := ev.constants[e.String()].(location)
	if !known {
		n := 0.0
		for _, v := range x {
			if !math.IsNaN(v) {
				n++
				l.mean += v
			}
		}
		l.mean /= n
		for _, v := range x {
			if !math.IsNaN(v) {
				l.sd += (v - l.mean) * (v - l.mean)
			}
		}
		l.sd = math.Sqrt(l.sd / (n - 1))
		if !(l.sd > 0) || math.IsInf(l.sd, 0) {
			return nil, formula.Errorf(e.Column, "%s cannot be computed: %s is the same in every row, or not finite", e, e.Args[0])
		}
		ev.constants[e.String()] = l
	}
	return apply(x, func(v float64) float64 { return (v - l.mean) / l.sd }), nil
}

// finite returns the given rows of v, the values of e, and an error when one
// of them is not a finite number (missing values are gone by then). When the
// evaluator does not learn, missing values may be there and stay.
func (ev *evaluator) finite(e formula.Expr, v []float64, rows []int) ([]float64, error) {
	if ev.learn {
		return finite(e, v, rows)
	}
	return take(v, rows), nil
}

func finite(e formula.Expr, v []float64, rows []int) ([]float64, error) {
	out := take(v, rows)
	bad, first := 0, 0.0
	for _, x := range out {
		if x-x != 0 {
			if bad == 0 {
				first = x
			}
			bad++
		}
	}
	if bad == 0 {
		return out, nil
	}
	if _, plain := e.(*formula.Name); plain {
		return nil, formula.Errorf(e.Start(), "%s is infinite in %s: make those values missing or finite in the data", e, rowsText(bad))
	}
	what := "infinite"
	if math.IsNaN(first) {
		what = "undefined"
	}
	return nil, formula.Errorf(e.Start(), "%s is %s in %s whose variables are known (a logarithm or root of a number that has none, a division by 0?): make those rows missing in the data, or change the expression", e, what, rowsText(bad))
}

func rowsText(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
