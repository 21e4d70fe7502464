// Package glm fits generalized linear models by maximum likelihood. It takes
// matrices and gives estimates; it knows no study, file, frame or name.
//
// Its stance: a fit always says how it ended, a coefficient that the data
// cannot determine keeps its row, and the answer depends on the data alone,
// not on the units of the columns nor on the number of threads.
//
// The steps of [Fit]:
//
//  1. Columns are centred and scaled inside (basis.go), so that income in
//     kroner beside a 0/1 flag costs no digits.
//  2. Where the scaled columns look dependent, a Householder QR decides as R
//     does which ones are aliased (rank.go), and the rest is fitted in its
//     orthogonal coordinates.
//  3. Fisher scoring (iteratively reweighted least squares), for links that are
//     not canonical Newton steps near the maximum, with step-halving on the
//     deviance, until the remaining step is a 10⁻¹⁰th of a standard error
//     (irls.go). Where there are many rows it starts from a sample of them
//     (sample.go). X'WX is summed over fixed chunks of rows (gram.go). The
//     covariance is from the expected information.
//  4. On the way every step is tested for being a direction in which the
//     likelihood rises for ever (separation.go).
//
// Source: McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed.,
// section 2.5; R's glm.fit for the definitions of deviance and rank.
package glm

import (
	"fmt"
	"math"
	"slices"

	"bidrag/model/family"
	"bidrag/model/kernel"
)

// A WeightType says what weights mean; the estimates are the same, the counts
// and the dispersion are not.
type WeightType int

const (
	// Prior weights multiply the log-likelihood of a row, and divide its
	// variance: R's weights. A row counts as one observation.
	Prior WeightType = iota
	// Frequency weights say how many equal observations a row stands for.
	Frequency
)

// Data is what a model is fitted to. Nothing of it is changed or kept.
type Data struct {
	N, P   int       // rows and columns
	X      []float64 // N×P model matrix, column by column: column j is X[j*N:(j+1)*N]
	Y      []float64 // N responses; for the binomial the share of successes
	Trials []float64 // binomial: N numbers of trials, nil where every row is one trial
	Offset []float64 // N known parts of the linear predictor; nil is 0

	Weights    []float64 // N weights ≥ 0; nil is 1; a row of weight 0 is not in the fit
	WeightType WeightType

	Family family.Family
}

// Options are the settings of [Fit]; zero values mean the defaults.
type Options struct {
	MaxIterations int     // most steps; default 100
	Tolerance     float64 // stop when the remaining step, in standard errors, is below; default 1e-10
	RankTolerance float64 // a column is aliased when the part of it that earlier columns do not explain is shorter than this share of it; default 1e-11, as R's glm.fit
	Threads       int     // goroutines; default the number of processors. The result does not depend on it
}

// A Status says how a fit ended.
type Status int

const (
	Converged    Status = iota // the maximum was found
	Separated                  // the likelihood has no maximum: some coefficients are infinite
	NotConverged               // it stopped before the maximum; see Reason
)

// String is the status as it stands in results.
func (s Status) String() string { return [...]string{"converged", "separated", "not_converged"}[s] }

// An Estimate is a fitted model.
type Estimate struct {
	Beta      []float64 // P coefficients; NaN where aliased
	Cov       []float64 // P×P covariance of Beta; NaN in rows and columns of aliased ones
	Aliased   []bool    // P: the column is a combination of earlier ones
	AliasOf   [][]int   // P: for an aliased column, the columns it is a combination of; none for a column of zeros
	Separated []bool    // P: the coefficient has no finite estimate
	Eta       []float64 // N linear predictors, offset included
	Mu        []float64 // N fitted means

	Rank       int     // number of coefficients estimated
	Count      float64 // observations: rows of positive weight, or the sum of frequency weights
	DFResidual float64 // Count − Rank
	Dispersion float64 // Pearson χ² / DFResidual, for families that have one, else 1; NaN without residual degrees of freedom
	Deviance   float64
	Exact      bool    // a Gaussian or gamma model that fits every row exactly: no dispersion is left
	LogLik     float64 // +Inf when Exact
	DF         int     // parameters: Rank, and 1 for a dispersion
	AIC, BIC   float64

	Status           Status
	Reason           string  // why it stopped, in words
	Iterations       int     // steps taken on all rows, the start from a sample counted as one
	GradientMax      float64 // largest derivative of the log-likelihood by a coefficient, per unit of its information's square root
	HessianCondition float64 // largest by smallest eigenvalue of the information, columns scaled to unit diagonal
}

// Fit finds the maximum-likelihood estimate. The error is for data that no
// model can be fitted to: no rows, a response outside the family's range,
// weights that are negative, values that are not finite. A fit that does not
// converge is no error but a status.
func Fit(d Data, o Options) (*Estimate, error) {
	o = o.withDefaults()
	if err := d.check(o); err != nil {
		return nil, err
	}
	p := newProblem(&d, o)
	p.choose()
	p.iterate()
	return p.estimate(), nil
}

func (o Options) withDefaults() Options {
	if o.MaxIterations <= 0 {
		o.MaxIterations = 100
	}
	if o.Tolerance <= 0 {
		o.Tolerance = 1e-10
	}
	if o.RankTolerance <= 0 {
		o.RankTolerance = 1e-11
	}
	return o
}

// check panics on slices of the wrong length, a bug of the caller, and returns
// an error for values that cannot be.
func (d *Data) check(o Options) error {
	if len(d.X) != d.N*d.P || len(d.Y) != d.N || d.Weights != nil && len(d.Weights) != d.N ||
		d.Trials != nil && len(d.Trials) != d.N || d.Offset != nil && len(d.Offset) != d.N {
		panic(fmt.Sprintf("glm: shapes differ: N=%d P=%d, X %d, Y %d, weights %d, trials %d, offset %d",
			d.N, d.P, len(d.X), len(d.Y), len(d.Weights), len(d.Trials), len(d.Offset)))
	}
	if d.N == 0 {
		return fmt.Errorf("there are no rows to fit")
	}
	bad := make([]bool, d.P)
	each(o.threads(d.P), d.P, func(_, j int) { bad[j] = !kernel.Finite(d.column(j)) })
	if j := slices.Index(bad, true); j >= 0 {
		return fmt.Errorf("column %d of the model matrix is not finite in row %d", j+1, firstBad(d.column(j), isFinite)+1)
	}
	for _, v := range []struct {
		name   string
		values []float64
		ok     func(float64) bool
		must   string
	}{
		{"the offset", d.Offset, isFinite, "finite"},
		{"the weights", d.Weights, func(w float64) bool { return w >= 0 && isFinite(w) }, "0 or positive"},
		{"the numbers of trials", d.Trials, func(w float64) bool { return w >= 0 && isFinite(w) }, "0 or positive"},
		{"the response", d.Y, inRange(d.Family), rangeOf(d.Family)},
	} {
		if i := firstBad(v.values, v.ok); i >= 0 {
			return fmt.Errorf("%s must be %s; row %d has %g", v.name, v.must, i+1, v.values[i])
		}
	}
	return nil
}

func firstBad(values []float64, ok func(float64) bool) int {
	for i, v := range values {
		if !ok(v) {
			return i
		}
	}
	return -1
}

func isFinite(v float64) bool { return v-v == 0 }

// inRange tells which responses the family can have.
func inRange(f family.Family) func(float64) bool {
	switch f.Dist {
	case family.Binomial:
		return func(y float64) bool { return y >= 0 && y <= 1 }
	case family.Poisson:
		return func(y float64) bool { return y >= 0 && !math.IsInf(y, 0) }
	case family.Gamma:
		return func(y float64) bool { return y > 0 && !math.IsInf(y, 0) }
	}
	return isFinite
}

func rangeOf(f family.Family) string {
	return [...]string{"between 0 and 1", "0 or positive", "finite", "positive"}[f.Dist]
}
