package fit

import (
	"errors"
	"math"
	"slices"

	"bidrag/data/frame"
	"bidrag/model/formula"
)

// times is β_j D with its gradient, β_j ∂D + D e_j. An aliased β counts as 0.
func (e *Effects) times(column int, d Margin) Margin {
	beta := e.model.Beta[column]
	if math.IsNaN(beta) {
		beta = 0
	}
	out := Margin{Value: beta * d.Value, gradient: make([]float64, len(d.gradient))}
	for k, g := range d.gradient {
		out.gradient[k] = beta * g
	}
	out.gradient[column] += d.Value
	e.finish(&out)
	return out
}

// linear finds the column of a variable that is a term by itself and is in no
// other part of the model.
func (e *Effects) linear(variable string) (column int, ok bool) {
	terms := e.model.Coding.Terms
	at := -1
	for k, v := range terms.Variables {
		if !names(v, variable) {
			continue
		}
		if _, plain := v.(*formula.Name); !plain || at >= 0 {
			return 0, false
		}
		at = k
	}
	term := -1
	for k, t := range terms.Terms {
		if !slices.Contains(t.Variables, at) {
			continue
		}
		if len(t.Variables) > 1 {
			return 0, false
		}
		term = k
	}
	for _, x := range e.model.Formula.Offsets {
		if names(x, variable) {
			return 0, false
		}
	}
	for _, random := range e.model.Formula.Random {
		if slices.ContainsFunc(random.Left.Variables, func(x formula.Expr) bool { return names(x, variable) }) {
			return 0, false
		}
	}
	if term < 0 || e.model.options.Offset == variable {
		return 0, false
	}
	for k, c := range e.model.Coding.Columns {
		if c.Term == term+1 {
			return k, true
		}
	}
	return 0, false
}

// names tells whether an expression names a column.
func names(e formula.Expr, column string) bool {
	is := false
	formula.Walk(e, func(x formula.Expr) {
		n, ok := x.(*formula.Name)
		is = is || ok && n.Name == column
	})
	return is
}

// etaStep is the step of derivatives by η; the response changes over steps of 1.
const etaStep = 2e-3

// meanDerivative is the mean of ∂m/∂η, with its gradient: ∂²m/∂η² and ∂²m/∂η∂v
// by the five-point formula of [Effects.slope] in η.
func (e *Effects) meanDerivative(data *frame.Frame) (*Margin, error) {
	weights, err := e.weights(data)
	if err != nil {
		return nil, err
	}
	r, eta, variance, err := e.predictors(data)
	if err != nil {
		return nil, err
	}
	e.evaluate(r, eta, variance)
	if slices.ContainsFunc(r.mu, math.IsNaN) {
		return nil, errors.New("a row lacks a variable of the model")
	}
	of := &evaluated{n: r.n, x: r.x, z: r.z, mu: r.byEta, complement: make([]float64, r.n), byEta: make([]float64, r.n)}
	if e.averages() {
		of.byVariance = make([]float64, r.n)
	}
	shifted := make([]float64, r.n)
	for _, step := range []struct{ at, weight float64 }{{-1, -8}, {1, 8}, {-2, 1}, {2, -1}} {
		for i, v := range eta {
			shifted[i] = v + step.at*etaStep
		}
		e.evaluate(r, shifted, variance)
		w := step.weight / (12 * etaStep)
		for i, d := range r.byEta {
			of.byEta[i] += w * d
		}
		for i, d := range r.byVariance {
			of.byVariance[i] += w * d
		}
	}
	out := e.sum(of, weights)
	return &out, nil
}
