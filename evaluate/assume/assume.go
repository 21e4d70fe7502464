// Package assume tests what a fitted model assumes, and says what the answers
// mean for its numbers. A test that a model's kind makes meaningless is not
// made; nothing here changes a fit.
//
//  1. [New] takes a fitted model with the rows it was fitted to;
//  2. [Test.Collinearity]: do variables go together so closely that their own
//     coefficients say little (collinearity.go);
//  3. [Test.Robust], [Test.WithoutClusters], [Test.Influence]: do errors and
//     estimates hang on persons being independent, on one cluster, on single
//     persons (robust.go, influence.go);
//  4. [Test.Dispersion], [Test.Residuals], [Test.RandomEffects]: is what is
//     left over spread as the model says (dispersion.go, residuals.go, random.go);
//  5. [Test.Linearity], [Test.Accuracy]: is the mean right along each number,
//     and how well are outcomes predicted (accuracy.go).
//
// Every number carries the persons that it rests on. What is about a single
// person, as the largest Cook's distance, rests on one.
package assume

import (
	"fmt"
	"math"
	"slices"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/design"
	"bidrag/model/family"
	"bidrag/model/fit"
	"bidrag/model/infer"
)

// A Subject is a model to be tested. It is fitted without weights.
type Subject struct {
	Name  string // of the model, in the keys of the values
	Model *fit.Model
	Data  *frame.Frame // the rows that were fitted

	Variables []string // by column of the model: the variable it belongs to, which has one inflation factor; "" for the intercept
	Focus     []string // terms whose estimates without single clusters are asked for

	Seed    uint64 // of what is drawn at random
	Threads int    // no effect on the numbers
}

// A Grouping is a division of the rows: municipalities, projects.
type Grouping struct {
	Name   string
	Index  []int32 // group of each row, from 0
	Groups int
}

// GroupingOf is the grouping by a column. It is an error when some rows have no value.
func GroupingOf(data *frame.Frame, name string) (Grouping, error) {
	c, ok := data.Column(name)
	if !ok {
		return Grouping{}, fmt.Errorf("there is no column %q", name)
	}
	of, number := c.Groups()
	if slices.Contains(of, -1) {
		return Grouping{}, fmt.Errorf("%q is unknown for some persons of the model, so they belong to no group", name)
	}
	return Grouping{Name: name, Index: of, Groups: number}, nil
}

// members lists the rows of every group.
func (g Grouping) members() [][]int {
	out := make([][]int, g.Groups)
	for i, k := range g.Index {
		out[k] = append(out[k], i)
	}
	return out
}

// A Test is a model prepared for its tests.
type Test struct {
	Subject
	n          int
	y          []float64 // response; of cbind the share of successes
	a          []float64 // what a row counts: trials, else 1
	mu, eta    []float64 // fitted, random effects at their modes
	complement []float64 // 1 − μ
	variance   []float64 // V(μ)/a
	dispersion float64   // φ
	binary     bool      // outcomes of single trials, 0 or 1
	mixed      bool
	rows       infer.Rows

	typical, typicalMu []float64 // random effects 0; of a multilevel model
	drawn              []drawnTerm
}

// New prepares the tests of a model that has converged.
func New(s Subject) (*Test, error) {
	m := s.Model
	if m.Result.Status != "converged" {
		return nil, fmt.Errorf("the model's fit ended %q, so its assumptions cannot be tested", m.Result.Status)
	}
	d, err := design.New(m.Formula, s.Data, design.Columns{})
	if err != nil {
		return nil, err
	}
	n := s.Data.NumRows()
	if d.N != n || len(m.Eta) != n {
		return nil, fmt.Errorf("the data have %d rows, of which the model fitted %d", n, len(m.Eta))
	}
	t := &Test{
		Subject: s, n: n, y: d.Response.Y, a: make([]float64, n), eta: m.Eta, mu: make([]float64, n),
		complement: make([]float64, n), variance: make([]float64, n), dispersion: dispersion(m), mixed: len(m.Formula.Random) > 0,
	}
	for i := range t.a {
		t.a[i] = 1
	}
	t.binary = m.Family.Dist == family.Binomial && d.Response.Failures == nil
	if failures := d.Response.Failures; failures != nil {
		t.y = slices.Clone(t.y)
		for i, f := range failures {
			t.a[i] = t.y[i] + f
			t.y[i] /= max(t.a[i], 1)
		}
	}
	t.derive()
	if t.rows.X, err = m.Coding.Matrix(s.Data); err != nil || !t.mixed {
		return t, err
	}
	return t, t.prepareDraws()
}

// derive computes what follows from the linear predictor.
func (t *Test) derive() {
	f, p := t.Model.Family, len(t.Model.Beta)
	f.Mean(t.eta, t.mu, t.complement, make([]float64, t.n))
	f.Variance(t.mu, t.complement, t.variance)
	for i, a := range t.a {
		t.variance[i] /= a
	}
	t.rows = infer.Rows{N: t.n, P: p, Score: make([]float64, t.n), Info: make([]float64, t.n), Bread: make([]float64, p*p)}
	f.Score(t.eta, t.y, t.a, t.rows.Score, t.rows.Info)
	for i, a := range t.a {
		if a == 0 {
			t.rows.Score[i], t.rows.Info[i], t.variance[i] = 0, 0, 0
		}
	}
	for i, v := range t.Model.Cov {
		t.rows.Bread[i] = v / t.dispersion
	}
}

// dispersion is φ of a model.
func dispersion(m *fit.Model) float64 {
	switch r := m.Result; {
	case r.Dispersion != nil:
		return *r.Dispersion
	case r.Sigma != nil:
		return *r.Sigma * *r.Sigma
	}
	return 1
}

// value is a number of the model that rests on all its persons.
func (t *Test) value(k result.Key, unit string, x float64) result.Value {
	return t.valueOf(k, unit, x, t.n)
}

// valueOf is a number of the model that rests on n persons.
func (t *Test) valueOf(k result.Key, unit string, x float64, n int) result.Value {
	k.Model = t.Name
	return result.Estimate(k, unit, x, n)
}

// attained counts the successes among rows; −1 when outcomes are not 0 and 1.
func (t *Test) attained(rows []int) int {
	if !t.binary {
		return -1
	}
	sum := 0
	for _, i := range rows {
		sum += int(t.y[i])
	}
	return sum
}

// residuals are y − μ.
func (t *Test) residuals() []float64 {
	out := make([]float64, t.n)
	for i, y := range t.y {
		if out[i] = y - t.mu[i]; t.a[i] == 0 {
			out[i] = math.NaN()
		}
	}
	return out
}
