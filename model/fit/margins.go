package fit

import (
	"errors"
	"math"

	"bidrag/data/frame"
	"bidrag/model/glm"
	"bidrag/model/infer"
)

// Over says which groups an expected response is meant for, in a model with
// random terms. Without them it makes no difference.
type Over int

const (
	// TypicalGroup is the group whose random effects are 0: h(η).
	TypicalGroup Over = iota
	// AllGroups is the average over the distribution of the random effects,
	// also called population-averaged: ∫ h(η + √v s) φ(s) ds with v = z'Σz.
	// With a curved link it is nearer to what is seen in the data, and its
	// effects are weaker.
	AllGroups
)

// Effects answers questions about a fitted model on the scale of the response:
// what it expects of people on average, and how that changes with a variable.
//
//	effects, err := m.Effects(fit.AllGroups)
//	schemes, err := effects.Levels(persons, "scheme") // expected if all were in each
//	all, err := effects.All(persons)                  // the effect of every covariate
//
// Every answer is a function of the parameters ψ: the coefficients and, over
// all groups, the covariances Σ of the random effects. Its standard error is
// that of the delta method, √(g'Vg) with the analytic gradient g by ψ and their
// joint covariance V, that of clusters where the model has them. Averages are
// over the rows of the frame that is given, which must have all variables of
// the model; in a model with frequency weights a row counts as often as its
// weight says.
//
// Coefficients that are aliased count as 0: a frame in which rows differ from
// the fit's may ask for what its data cannot tell.
//
// Source: Williams (2012), Stata Journal 12, 308–331; Arel-Bundock, Greifer and
// Heiss (2024), Journal of Statistical Software 111(9); Oehlert (1992), The
// American Statistician 46, 27–29.
type Effects struct {
	model *Model
	over  Over
	cov   []float64 // of ψ: the coefficients, and over all groups what glmm.Estimate.Joint adds; nil is not known
	width float64   // quantile of the intervals
}

// A Margin is one answer with its uncertainty. StdError, Low and High are NaN
// where the model has no covariance, or some coefficients no finite estimate.
type Margin struct {
	Value, StdError, Low, High float64

	complement float64 // 1 − Value of an average, to full precision
	gradient   []float64
}

// Effects prepares questions. A model that has not converged has no answers.
func (m *Model) Effects(over Over) (*Effects, error) {
	if m.Result.Status == glm.NotConverged.String() {
		return nil, errors.New("the model has not converged, so its effects are not known")
	}
	e := &Effects{model: m, over: over, cov: m.Cov, width: quantile(0.5+m.options.ConfLevel/2, m.intervalDF())}
	if e.averages() {
		e.cov = m.mixed.Joint()
	}
	if m.Result.Status == glm.Separated.String() {
		e.cov = nil
	}
	for j, b := range m.Beta {
		if e.cov != nil && !math.IsNaN(b) && math.IsNaN(e.cov[j*e.size()+j]) {
			e.cov = nil
		}
	}
	return e, nil
}

// intervalDF are the degrees of freedom of intervals, as those of coefficients.
func (m *Model) intervalDF() float64 {
	if !m.Family.HasDispersion() || m.options.Cluster != "" || m.mixed != nil {
		return math.Inf(1)
	}
	return m.residualDF()
}

// averages tells whether random effects are averaged over.
func (e *Effects) averages() bool { return e.over == AllGroups && e.model.mixed != nil }

// size is the number of parameters that gradients and cov have.
func (e *Effects) size() int {
	n := len(e.model.Beta)
	if !e.averages() {
		return n
	}
	for _, t := range e.model.mixed.Terms {
		q := len(t.Boundary)
		n += q * (q + 1) / 2
	}
	if e.model.Family.HasDispersion() {
		n++
	}
	return n
}

// Average is the mean expected response of the rows. Its interval is
// symmetric on the scale of the link, so that it cannot leave the range of the
// response: h(g(m) ± z·se·g′(m)).
func (e *Effects) Average(data *frame.Frame) (Margin, error) {
	weights, err := e.weights(data)
	if err != nil {
		return Margin{}, err
	}
	r, err := e.rows(data)
	if err != nil {
		return Margin{}, err
	}
	out := e.sum(r, weights)
	e.bound(&out)
	return out, nil
}

// Rows are the expected responses of single rows, such as made-up persons
// that stand for a kind of them. For a typical group the interval is the
// inverse link of η ± z·se(η). Rows need no grouping factors and no weights.
func (e *Effects) Rows(data *frame.Frame) ([]Margin, error) {
	r, err := e.rows(data)
	if err != nil {
		return nil, err
	}
	out := make([]Margin, r.n)
	for i := range out {
		one := r.row(i)
		out[i] = e.sum(one, []float64{1})
		e.bound(&out[i])
	}
	return out, nil
}

// Difference is a − b of two answers to the same questions: of averages over
// two frames, a contrast between them; of two effects, how much they differ.
// What the answers have in common cancels in the standard error.
func (e *Effects) Difference(a, b Margin) Margin {
	out := Margin{Value: a.Value - b.Value, gradient: make([]float64, len(a.gradient))}
	for j := range out.gradient {
		out.gradient[j] = a.gradient[j] - b.gradient[j]
	}
	e.finish(&out)
	return out
}

// finish gives an answer its standard error and a symmetric interval.
func (e *Effects) finish(m *Margin) {
	m.StdError = math.NaN()
	if e.cov != nil {
		m.StdError = infer.DeltaError(m.gradient, e.cov)
	}
	m.Low, m.High = m.Value-e.width*m.StdError, m.Value+e.width*m.StdError
}

// bound gives an average its standard error and an interval by the link.
func (e *Effects) bound(m *Margin) {
	e.finish(m)
	f := e.model.Family
	eta, mu, complement, slope := make([]float64, 1), make([]float64, 1), make([]float64, 1), make([]float64, 1)
	f.Eta([]float64{m.Value}, []float64{m.complement}, eta)
	f.Mean(eta, mu, complement, slope)
	half := e.width * m.StdError / slope[0]
	ends := make([]float64, 2)
	f.Response([]float64{eta[0] - half, eta[0] + half}, ends)
	m.Low, m.High = ends[0], ends[1]
}
