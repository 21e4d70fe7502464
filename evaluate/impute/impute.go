// Package impute fills the gaps of a data set several times over, by chained
// equations, so that models can be fitted to everyone and what the gaps leave
// unknown stays in the models' uncertainty.
//
// Its stance: every filled value is a draw from what the other variables of the
// same person, and the uncertainty about how they hang together, leave open;
// never a best guess. What is known is not changed. What cannot be done as asked
// is done otherwise or left, and said.
//
//  1. Every variable is read, and becomes columns of one standardized design
//     (prepare.go, variable.go, design.go): a number as it is, levels as indicators. A
//     cluster adds shrunken means of every variable (cluster.go).
//  2. A chain begins with values drawn from those observed and goes through the
//     variables in rounds, those with fewest gaps first: the variable's model is
//     fitted to those who have a value, on the values that all other variables
//     have now; parameters are drawn from their posterior distribution; gaps
//     are drawn from the model at these parameters (fill.go; state.go and products.go
//     hold what a chain knows, choose.go picks model and predictors).
//  3. The models: a Bayesian linear one for numbers, drawn from as it is or
//     by predictive mean matching (linear.go, matching.go), cumulative logits for
//     two or more ordered levels (cumulative.go), multinomial logits for
//     others (multinomial.go). Logits are fitted with a few made-up persons, so
//     that no coefficient runs to infinity (augment.go). Clusters may have random
//     intercepts (intercept.go).
//  4. Chains run beside each other, each with a random sequence of its own, from
//     models that one pilot chain has fitted (fill.go). So that twenty chains take
//     seconds, an information matrix is used as long as it serves (climb.go), and
//     where few lack a variable only these few are touched.
//  5. Traces and densities tell whether the chains agree, and whether filled
//     values look like observed ones of persons as likely to lack theirs
//     (trace.go, density.go).
//
// Source: van Buuren (2018), Flexible Imputation of Missing Data, 2nd ed.,
// chapters 3 to 7; van Buuren and Groothuis-Oudshoorn (2011), Journal of
// Statistical Software 45(3).
package impute

import (
	"bidrag/data/frame"
)

// A Bound is a limit of filled values: a number, or the value of another column
// for the same person. A person for whom that column has no value has no limit.
type Bound struct {
	Value  float64
	Column string // "" means Value
}

// A Variable is a column whose gaps are filled.
type Variable struct {
	Name     string
	Method   string // study.Logistic, OrdinalFill, Multinomial, GaussianFit or PMM
	Min, Max *Bound // of a number, or of an ordinal variable's numbers; nil is none
}

// A Problem is what is filled and by what.
type Problem struct {
	Data       *frame.Frame // the persons
	Variables  []Variable   // columns with gaps to fill
	Predictors []string     // columns without gaps: outcome, scheme, covariates; factors or numbers
	Cluster    string       // column of clusters; "" is none
	Level      string       // how the cluster enters: "mean", or "intercept" for a random one
}

// Options are how often and how long.
type Options struct {
	Imputations int    // completed data sets; default 20
	Iterations  int    // rounds of each chain; default 10
	Seed        uint64 // the same seed gives the same bits, whatever Threads is
	Threads     int    // goroutines; default the number of processors

	// Shift says, by variable, how much those who lack a value differ from those
	// who are like them in everything else: it is added to filled numbers, to the
	// numbers of an ordinal variable's levels (a part of a step is a chance of a
	// whole one), and to the log-odds of a binary variable. What is filled stays
	// within levels and bounds.
	//
	// Source: van Buuren (2018), 9.2, delta adjustment.
	Shift map[string]float64

	// From is an earlier answer to the same problem, from whose chains these go on:
	// with its models, and imputation k from the values of its imputation k. A
	// shift then needs fewer iterations, two or three, as only what the shift
	// changes has to be found. Nil begins anew.
	From *Filled
}

// Filled is the completed data, with what tells whether to trust it.
type Filled struct {
	// Columns are whole columns, by imputation and by variable of
	// Problem.Variables, observed values unchanged. A variable that cannot be
	// filled has its own column, gaps and all.
	Columns [][]*frame.Column

	Missing []int     // by variable: persons whose value was filled
	Trace   []Trace   // by variable
	Density []Density // by variable
	Method  []string  // by variable: what was used; "" where nothing was filled
	Notes   []Note

	filling *filling // for Options.From
}

// A Trace is how the filled values of a variable moved along the chains. The
// values are numbers; of a binary variable 0 and 1; of an ordinal one the number
// of the level, from 1 in a factor; of a category whether it is the one observed
// most often.
type Trace struct {
	Mean, SD  [][]float64 // [imputation][iteration]
	Potential float64     // R̂ of the means over the last half of the chains; NaN with one chain or one iteration
}

// A Density compares the observed values of a variable with the filled ones of all
// imputations together.
type Density struct {
	Levels   []string    // names of the levels, as the column has them; nil for a number
	Edges    []float64   // of a number's bins, tenths of those observed; one more than there are bins
	Observed []float64   // share by level or bin
	Filled   []float64   // the same of filled values
	Among    int         // persons with an observed value
	Strata   [][2]Strata // by fifth of the propensity of being missing: observed, filled; nil with few of either
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
