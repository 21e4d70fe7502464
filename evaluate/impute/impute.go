// Package impute fills the gaps of a data set several times over, by chained
// equations, so that models can be fitted to everyone and what the gaps leave
// unknown stays in their uncertainty.
package impute

import (
	"context"
	"errors"

	"bidrag/data/frame"
)

// A Bound is a limit of filled values: a number, or the value of another column
// for the same person.
type Bound struct {
	Value  float64
	Column string // "" means Value
}

// A Variable is a column whose gaps are filled.
type Variable struct {
	Name     string
	Method   string // study.Logistic, OrdinalFill, Multinomial, GaussianFit or PMM
	Min, Max *Bound // of a number or an ordinal variable; nil is none
}

// A Problem is what is filled and by what.
type Problem struct {
	Data       *frame.Frame // the persons
	Variables  []Variable   // columns with gaps to fill
	Predictors []string     // columns without gaps: outcome, scheme, covariates; factors or numbers
	Cluster    string       // column of clusters; "" is none
	Level      string       // how the cluster enters: "mean" or "intercept"
}

// Options are how often and how long.
type Options struct {
	Imputations int                // completed data sets
	Iterations  int                // rounds of each chain
	Seed        uint64             // the same seed gives the same bits, whatever Threads is
	Threads     int                // goroutines; 0 is as many as there are processors
	Shift       map[string]float64 // by variable: added to filled values, or to log-odds of a binary one
}

// Filled is the completed data with what tells whether to trust it.
type Filled struct {
	Columns [][]*frame.Column // by imputation, by variable of Problem.Variables: whole columns, observed values unchanged; nil for a variable that could not be filled
	Missing []int             // by variable: persons filled
	Trace   []Trace           // by variable
	Density []Density         // by variable
	Method  []string          // by variable: what was used; "" for none
	Notes   []Note
}

// A Trace is how the filled values of a variable moved along the chains. The
// values are numbers; of a binary variable 0 and 1; of an ordinal one the number
// of the level; of a category whether it is the commonest level.
type Trace struct {
	Mean, SD  [][]float64 // [imputation][iteration]
	Potential float64     // R̂ of the means; NaN with one chain or one iteration
}

// A Density compares the observed values of a variable with the filled ones of all
// imputations together.
type Density struct {
	Levels   []string    // of a factor, binary or ordinal variable; nil for a number
	Edges    []float64   // of a number's bins, one more than there are bins
	Observed []float64   // share by level or bin
	Filled   []float64   // the same of filled values
	Among    int         // persons with an observed value
	Strata   [][2]Strata // by fifth of the propensity of being missing: observed, filled
}

// Strata is one side of a comparison within a fifth of the propensity.
type Strata struct {
	N     int       // persons
	Share []float64 // by level or bin; nil when N is 0
}

// A Note is something that was done otherwise than asked.
type Note struct {
	Variable string
	Code     string // a code of result.Reason
	Err      error
}

// Fill fills the gaps.
func Fill(ctx context.Context, p Problem, o Options) (*Filled, error) {
	return nil, errors.New("impute: not written yet")
}
