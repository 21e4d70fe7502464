package fit

import (
	"errors"

	"bidrag/data/frame"
	"bidrag/model/formula"
	"bidrag/model/glm"
	"bidrag/study/problem"
)

// Predict returns the expected response of every row of a frame, NaN where a
// variable of the model is missing. A column that is not there or a level that
// the model does not know is an error. For a binomial model with counts or
// totals it is the expected share.
func (m *Model) Predict(data *frame.Frame) ([]float64, error) {
	return m.PredictAt(m.Beta, data)
}

// PredictAt is [Model.Predict] with other coefficients than the estimated
// ones, len(m.Beta) of them; NaN counts as 0.
func (m *Model) PredictAt(beta []float64, data *frame.Frame) ([]float64, error) {
	x, offset, err := m.columns(data)
	if err != nil {
		return nil, err
	}
	eta := glm.Linear(beta, x, offset, data.NumRows())
	m.Family.Response(eta, eta)
	return eta, nil
}

// PredictLink returns the linear predictor η of every row of a frame with its
// standard error, NaN where a variable of the model is missing. An interval
// for the mean comes from the inverse link of η ± z·se.
func (m *Model) PredictLink(data *frame.Frame) (eta, stdError []float64, err error) {
	x, offset, err := m.columns(data)
	if err != nil {
		return nil, nil, err
	}
	n := data.NumRows()
	return glm.Linear(m.Beta, x, offset, n), glm.LinearErrors(m.Cov, x, n, len(m.Beta)), nil
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
