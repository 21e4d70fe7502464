package fit

import (
	"errors"
	"math"

	"bidrag/data/frame"
	"bidrag/model/design"
	"bidrag/model/formula"
	"bidrag/model/glm"
	"bidrag/study/problem"
)

// A Prediction is what is wanted of [Model.Predict]; the zero value is the
// expected response of each row in its own groups.
type Prediction struct {
	// Typical leaves all random effects at 0, those of a typical group, and
	// needs no grouping factor in the frame. Else every group that the fit
	// knew has its mode, and an unknown one 0. Without random terms it makes
	// no difference.
	Typical bool

	// Errors asks for standard errors. They hold the uncertainty of the
	// coefficients and, unless Typical, that of the variances and of the modes;
	// an unknown group adds its variance.
	Errors bool

	// Beta are other coefficients than the estimated ones, as many; NaN counts
	// as 0. Random effects stay as they are, and so do the errors.
	Beta []float64
}

// A Predicted is what a model expects of every row of a frame, NaN where a
// variable of the model is missing.
type Predicted struct {
	Eta, EtaError []float64 // linear predictor with its standard error; an interval for the mean is the inverse link of η ± z·se
	Mu, MuError   []float64 // expected response with its standard error |dμ/dη| se(η); for counts or totals the share
}

// Predict tells what the model expects of the rows of a frame. A column that
// is not there or a level that the model does not know is an error; a group
// that it does not know is not.
func (m *Model) Predict(data *frame.Frame, p Prediction) (*Predicted, error) {
	x, offset, err := m.columns(data)
	if err != nil {
		return nil, err
	}
	if p.Beta == nil {
		p.Beta = m.Beta
	}
	n := data.NumRows()
	out := &Predicted{Mu: make([]float64, n)}
	var z [][]float64
	var group [][]int32
	own := m.mixed != nil && !p.Typical
	if own {
		var missing []bool
		if z, group, missing, err = m.groups(data); err != nil {
			return nil, err
		}
		at := *m.mixed
		at.Beta = p.Beta
		out.Eta = at.Linear(x, n, z, group, offset)
		for i, is := range missing {
			if is {
				out.Eta[i] = math.NaN()
			}
		}
	} else {
		out.Eta = glm.Linear(p.Beta, x, offset, n)
	}
	m.Family.Response(out.Eta, out.Mu)
	if !p.Errors {
		return out, nil
	}
	if own {
		out.EtaError = m.mixed.LinearErrors(x, n, z, group)
	} else {
		out.EtaError = glm.LinearErrors(m.Cov, x, n, len(m.Beta))
	}
	out.MuError = m.onResponse(out)
	return out, nil
}

// groups returns the random-effects model matrix and the groups of a frame, by
// term, and the rows that miss one of them.
func (m *Model) groups(data *frame.Frame) (z [][]float64, group [][]int32, missing []bool, err error) {
	n := data.NumRows()
	missing = make([]bool, n)
	for _, r := range m.Coding.Random {
		zk, gk, err := r.Rows(data)
		if err != nil {
			return nil, nil, nil, err
		}
		for i, g := range gk {
			if g == design.MissingGroup {
				gk[i], missing[i] = design.UnknownGroup, true
			}
		}
		for i, v := range zk {
			if math.IsNaN(v) {
				missing[i%n] = true
			}
		}
		z, group = append(z, zk), append(group, gk)
	}
	return z, group, missing, nil
}

// onResponse is the standard error of μ, and makes both errors NaN where η is.
func (m *Model) onResponse(p *Predicted) []float64 {
	n := len(p.Eta)
	mu, complement, slope := make([]float64, n), make([]float64, n), make([]float64, n)
	m.Family.Mean(p.Eta, mu, complement, slope)
	for i := range slope {
		if math.IsNaN(p.Eta[i]) {
			p.EtaError[i] = math.NaN()
		}
		slope[i] = math.Abs(slope[i]) * p.EtaError[i]
	}
	return slope
}

func (m *Model) columns(data *frame.Frame) (x, offset []float64, err error) {
	if x, err = m.Coding.Matrix(data); err != nil {
		return nil, nil, err
	}
	offset, err = m.Coding.Offset(data)
	return x, offset, err
}

// Coefficient returns the coefficient of that name, as (Intercept) or sexM.
func (m *Model) Coefficient(term string) (Coefficient, bool) {
	for _, c := range m.Result.Coefficients {
		if c.Term == term {
			return c, true
		}
	}
	return Coefficient{}, false
}

// Problems turns the error of a fit into one line a problem. An error at a
// column of the formula becomes one at that place of file, where the formula
// begins at line and column; an option's becomes one of the file named by
// option; anything else is a problem of the data.
func Problems(err error, file string, line, column int, option func(name string) string, data string) problem.List {
	var out problem.List
	for _, e := range flatten(err) {
		var inFormula *formula.Error
		var inOption *OptionError
		switch {
		case errors.As(e, &inFormula):
			out.Add(file, line, column+inFormula.Column-1, "%s", inFormula.Message)
		case errors.As(e, &inOption):
			out.Add(option(inOption.Option), 0, 0, "%s", inOption.Message)
		default:
			out.Join(data, e)
		}
	}
	return out
}

// flatten returns the errors that err joins.
func flatten(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range joined.Unwrap() {
			out = append(out, flatten(e)...)
		}
		return out
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
