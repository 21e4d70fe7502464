package fit

import (
	"errors"
	"math"

	"bidrag/data/frame"
	"bidrag/model/glm"
	"bidrag/model/infer"
)

// AverageContrast is the mean of the expected responses of the rows of a less
// that of b, with its standard error by the delta method. With a and b the
// same persons, all in one scheme and all in another, it is the average
// difference between the schemes among like persons (the average marginal
// effect of a factor; Williams 2012, Stata Journal 12, 308–331).
//
// With random terms it is that of persons in typical groups: random effects
// are 0.
//
// Both frames must have rows, and none may lack a variable of the model.
func (m *Model) AverageContrast(a, b *frame.Frame) (estimate, stdError float64, err error) {
	meanA, gradient, err := m.average(a)
	if err != nil {
		return 0, 0, err
	}
	meanB, other, err := m.average(b)
	if err != nil {
		return 0, 0, err
	}
	for j := range gradient {
		gradient[j] -= other[j]
	}
	return meanA - meanB, infer.DeltaError(gradient, m.Cov), nil
}

// average is the mean expected response and its gradient by the coefficients.
func (m *Model) average(data *frame.Frame) (mean float64, gradient []float64, err error) {
	n, p := data.NumRows(), len(m.Beta)
	if n == 0 {
		return 0, nil, errors.New("there are no rows to average over")
	}
	x, offset, err := m.columns(data)
	if err != nil {
		return 0, nil, err
	}
	eta := glm.Linear(m.Beta, x, offset, n)
	mu, complement, slope := make([]float64, n), make([]float64, n), make([]float64, n)
	m.Family.Mean(eta, mu, complement, slope)
	for _, v := range mu {
		mean += v
	}
	if math.IsNaN(mean) {
		return 0, nil, errors.New("a row lacks a variable of the model")
	}
	return mean / float64(n), infer.MeanGradient(x, slope, n, p), nil
}
