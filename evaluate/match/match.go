// Package match compares the persons of a scheme with persons of the reference
// who are like them in what is known before the scheme could change it.
//
// Its stance: what is compared is shown before the outcome is. Who has nobody
// to be compared with is counted, and how alike the compared are stands beside
// the difference. A model may be wrong, so the same question is answered in
// several ways that lean on different models.
//
//  1. New fits the propensity score, the probability of being in the scheme by
//     the covariates, and says who can be compared at all;
//  2. Nearest finds for every person of the scheme the nearest of the reference,
//     and Matched.Effect tells how their outcomes differ, with and without a
//     model of the outcome;
//  3. Weighted weights the reference to be like the scheme, by the inverse of
//     the score, by overlap weights, or in the doubly robust way;
//  4. Balance and Support tell how alike the compared are.
//
// The difference is an effect of the scheme only if persons with the same
// covariates would have fared alike in the same scheme: nothing that matters for
// both the choice of scheme and the outcome may be missing from the covariates.
// What follows from the scheme itself, such as how long one stays in it, is no
// covariate.
//
// Source: Rosenbaum and Rubin (1983), Biometrika 70, 41–55; Stuart (2010),
// Statistical Science 25, 1–21; Ho, Imai, King and Stuart (2011), Journal of
// Statistical Software 42(8).
package match

import (
	"math"

	"bidrag/model/univariate"
)

// A Question is what is compared with what.
type Question struct {
	Scheme, Reference string
	Outcome           string   // a column of numbers
	Covariates        string   // of the propensity score: the right side of a formula
	Adjust            string   // of the models of the outcome, likewise
	Balance           []string // columns whose balance is told beside that of the covariates
	Exact             []string // columns that a method wants equal; who lacks one is not compared
	Cluster           string   // column of clusters of persons; "" when each is one

	Replicates int    // of the bootstrap
	Seed       uint64 // of its draws
	Threads    int    // no effect on the results
}

// An Effect is how much higher the outcome of the scheme is than what the
// compared persons of the reference say it would have been.
type Effect struct {
	Scheme, Reference   float64 // means: of the scheme, and by the reference
	Value               float64 // Scheme − Reference
	StdError, Low, High float64 // 95 % interval; NaN when unknown
}

// z95 is the normal quantile of a 95 % interval.
var z95 = univariate.NormalQuantile(0.975)

// normal gives an effect its standard error and the interval that goes with it.
func (e Effect) normal(stdError float64) Effect {
	e.StdError, e.Low, e.High = stdError, e.Value-z95*stdError, e.Value+z95*stdError
	return e
}

func effect(scheme, reference float64) Effect {
	nan := math.NaN()
	return Effect{scheme, reference, scheme - reference, nan, nan, nan}
}
