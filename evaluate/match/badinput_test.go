package match

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
)

// people are n persons with a number x, a category g of three levels and an
// outcome; half of them or so are in the scheme a.
func people(n int) map[string]*frame.Column {
	random := rand.New(rand.NewPCG(3, 4))
	scheme, group := make([]int32, n), make([]int32, n)
	x, y := make([]float64, n), make([]float64, n)
	for i := range n {
		x[i], group[i] = random.NormFloat64(), int32(random.IntN(3))
		if random.Float64() < 1/(1+math.Exp(-x[i])) {
			scheme[i] = 1
		}
		if random.Float64() < 1/(1+math.Exp(-x[i]-float64(scheme[i]))) {
			y[i] = 1
		}
	}
	return map[string]*frame.Column{
		"scheme": frame.NewFactor("scheme", []string{"r", "a", "b"}, scheme), "g": frame.NewFactor("g", []string{"p", "q", "s"}, group),
		"x": frame.NewNumeric("x", x), "y": frame.NewNumeric("y", y),
	}
}

func compared(t *testing.T, columns map[string]*frame.Column, q Question) (*Comparison, error) {
	data, err := frame.New(columns["scheme"], columns["g"], columns["x"], columns["y"])
	if err != nil {
		t.Fatal(err)
	}
	q.Scheme, q.Reference, q.Outcome, q.Replicates, q.Threads = "a", "r", "y", 20, 1
	if q.Covariates == "" {
		q.Covariates, q.Adjust = "x + g", "x + g"
	}
	return New(data, q)
}

// reasonOf is why there is no answer.
func reasonOf(err error) (code, about string) {
	var reason result.Reason
	errors.As(err, &reason)
	return reason.Code, reason.About
}

func TestNobodyOnASide(t *testing.T) {
	for _, side := range []int32{0, 1} {
		columns := people(100)
		for i := range columns["scheme"].Code {
			columns["scheme"].Code[i] = side
		}
		_, err := compared(t, columns, Question{})
		if code, about := reasonOf(err); code != result.NoOverlap || about != []string{"a", "r"}[side] {
			t.Errorf("%v", err)
		}
	}
}

func TestUnknownForAScheme(t *testing.T) {
	columns := people(100)
	for i, code := range columns["scheme"].Code {
		if code == 1 {
			columns["x"].Number[i] = math.NaN()
		}
	}
	_, err := compared(t, columns, Question{})
	if code, about := reasonOf(err); code != result.UnknownForAll || about != "x" {
		t.Errorf("%v", err)
	}
}

// TestIncompleteAreCounted: who lacks a covariate of either model.
func TestIncompleteAreCounted(t *testing.T) {
	columns := people(200)
	want := Sides{}
	for i := range columns["x"].Number {
		switch {
		case i%10 == 0:
			columns["x"].Number[i] = math.NaN()
		case i%10 == 1:
			columns["g"].Code[i] = -1
		default:
			continue
		}
		want.count(columns["scheme"].Code[i] == 1)
	}
	c, err := compared(t, columns, Question{Covariates: "x", Adjust: "x + g"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Incomplete != want || len(c.Rows) != 200-want.Scheme-want.Reference {
		t.Errorf("%+v incomplete, want %+v", c.Incomplete, want)
	}
	for k, i := range c.Rows {
		if columns["scheme"].Code[i] == 1 != c.Treated[k] || columns["y"].Number[i] != c.Outcome[k] {
			t.Fatalf("row %d is not person %d", i, k)
		}
	}
}

// TestOtherSchemes: persons of a third scheme are neither compared nor counted.
func TestOtherSchemes(t *testing.T) {
	columns := people(200)
	for i := range 50 {
		columns["scheme"].Code[i] = 2
	}
	c, err := compared(t, columns, Question{})
	if err != nil {
		t.Fatal(err)
	}
	if n := c.Persons(); n.Scheme+n.Reference != 150 || c.Rows[0] != 50 || c.Incomplete != (Sides{}) {
		t.Errorf("%+v are compared, %+v are not", n, c.Incomplete)
	}
}

// TestPerfectSeparation: the covariate that tells the schemes apart is named.
func TestPerfectSeparation(t *testing.T) {
	columns := people(100)
	for i, code := range columns["scheme"].Code {
		columns["x"].Number[i] = math.Abs(columns["x"].Number[i]) + 0.1
		if code == 0 {
			columns["x"].Number[i] *= -1
		}
	}
	_, err := compared(t, columns, Question{})
	if code, about := reasonOf(err); code != result.Separation || about != "x" {
		t.Errorf("%v", err)
	}
}

// TestAloneAtALevel: persons at a level that one side has nobody of are left out,
// counted, and the rest is as if they had not been there.
func TestAloneAtALevel(t *testing.T) {
	columns := people(300)
	want := Sides{}
	var others []int
	for i := range columns["g"].Code {
		if columns["scheme"].Code[i] == 1 && columns["g"].Code[i] == 2 {
			columns["g"].Code[i] = 0
		}
		if columns["g"].Code[i] == 2 {
			want.Reference++
		} else {
			others = append(others, i)
		}
	}
	c, err := compared(t, columns, Question{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Alone != want || !slices.Equal(c.Rows, others) {
		t.Errorf("%+v alone, want %+v", c.Alone, want)
	}
	without := map[string]*frame.Column{}
	for name, column := range columns {
		without[name] = column.Rows(others)
	}
	o, err := compared(t, without, Question{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Score, o.Score) {
		t.Error("the scores are not those of the others alone")
	}
}

func TestNobodyMatches(t *testing.T) {
	columns := people(200)
	copy(columns["g"].Code, columns["scheme"].Code)
	c, err := compared(t, columns, Question{Covariates: "x", Adjust: "x", Exact: []string{"g"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Nearest(t.Context(), Nearest{Ratio: 1, Exact: []string{"g"}})
	if code, about := reasonOf(err); code != result.NoMatch || about != "exact" {
		t.Errorf("%v", err)
	}
	_, err = c.Nearest(t.Context(), Nearest{Ratio: 1, Caliper: 1e-12})
	if code, about := reasonOf(err); code != result.NoMatch || about != "caliper" {
		t.Errorf("%v", err)
	}
	a := c.Weighted(t.Context(), []Weighting{{Low: 0, High: 1e-9}, {High: 1}})
	if code, about := reasonOf(a[0].Err); code != result.NoOverlap || about != "trim" {
		t.Errorf("%v", a[0].Err)
	}
	if a[1].Err != nil || a[1].Replicates != 20 {
		t.Errorf("%+v", a[1])
	}
}

// TestOutcomeModelWithoutEstimate: a level at which everyone attains does not
// keep the others from an answer; an outcome that is the same for all of the
// reference does.
func TestOutcomeModelWithoutEstimate(t *testing.T) {
	columns := people(300)
	for i, g := range columns["g"].Code {
		if g == 2 {
			columns["y"].Number[i] = 1
		}
	}
	c, err := compared(t, columns, Question{})
	if err != nil {
		t.Fatal(err)
	}
	sets, err := c.Nearest(t.Context(), Nearest{Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	if e, err := c.Adjusted(sets); err != nil || !(e.Low < e.Value && e.Value < e.High && e.High < 1) {
		t.Errorf("%+v %v", e, err)
	}
	if a := c.Weighted(t.Context(), []Weighting{{Kind: DoublyRobust, High: 1}})[0]; a.Err != nil || !(a.Low < a.High) {
		t.Errorf("%+v", a)
	}
	for i, code := range columns["scheme"].Code {
		if code == 0 {
			columns["y"].Number[i] = 0
		}
	}
	if c, err = compared(t, columns, Question{}); err != nil {
		t.Fatal(err)
	}
	_, err = c.Adjusted(sets)
	if code, about := reasonOf(err); code != result.NotFitted || about != "adjust" {
		t.Errorf("%v", err)
	}
	a := c.Weighted(t.Context(), []Weighting{{Kind: DoublyRobust, High: 1}, {High: 1}})
	if code, _ := reasonOf(a[0].Err); code != result.NotFitted || a[1].Err != nil {
		t.Errorf("%v, %v", a[0].Err, a[1].Err)
	}
}

// TestFewerPersonsThanCoefficients: ten pairs of men equal in everything, of whom
// some are told apart by a covariate, have an answer.
func TestFewerPersonsThanCoefficients(t *testing.T) {
	exact := []string{"re74", "re75", "age", "educ", "race", "married", "nodegree"}
	c, err := New(lalonde(t), Question{Scheme: "trained", Reference: "comparison", Outcome: "employed", Covariates: covariates, Adjust: covariates, Exact: exact})
	if err != nil {
		t.Fatal(err)
	}
	sets, err := c.Nearest(t.Context(), Nearest{Ratio: 1, Exact: exact})
	if err != nil || len(sets) != 10 {
		t.Fatalf("%d sets, %v", len(sets), err)
	}
	if e, err := c.Adjusted(sets); err != nil || !(e.Low < e.Value && e.Value < e.High) {
		t.Errorf("%+v, %v", e, err)
	}
}

// TestRegressionIsThatOfFit: a weight of 2 is a row twice, and the start does not
// matter.
func TestRegressionIsThatOfFit(t *testing.T) {
	for _, outcome := range []string{"employed", "re78"} {
		c := trained(t, outcome, "")
		weights := make([]float64, len(c.Treated))
		for i := range weights {
			weights[i] = float64(i % 3)
		}
		a, err := c.fitOutcome(weights)
		if err != nil {
			t.Fatal(err)
		}
		var rows []int
		for i, w := range weights {
			for range int(w) {
				rows = append(rows, i)
			}
		}
		d := *c
		d.data, d.Outcome = c.data.Rows(rows), nil
		for _, i := range rows {
			d.Outcome = append(d.Outcome, c.Outcome[i])
		}
		b, err := d.fitOutcome(ones(len(rows)))
		if err != nil {
			t.Fatal(err)
		}
		for k, i := range rows {
			near(t, outcome, a.mu[i], b.mu[k], 1e-9)
		}
		far, err := a.fit(a.regression.room(), c.Outcome, weights, slices.Repeat([]float64{0.5}, a.p))
		if err != nil {
			t.Fatal(err)
		}
		for j, v := range far {
			near(t, outcome, v, a.room.beta[j], 1e-7)
		}
	}
}
