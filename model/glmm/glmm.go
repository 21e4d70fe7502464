// Package glmm fits generalized linear mixed models by maximum likelihood. It
// takes matrices and grouping indices and gives estimates; it knows no study,
// file, frame or name.
//
// The model is
//
//	η = X β + Z b + offset,   b ~ N(0, Σ),   E(y | b) = g⁻¹(η)
//
// with a covariance block for every random term (x | g), the same for all
// groups of the term. A block is φ T T' with T lower triangular, and b = Λ u
// with u standard normal and Λ made of the √φ T; φ is the dispersion of the
// family, 1 for binomial and Poisson. What is maximised over β, the T and φ,
// jointly, is the likelihood with u integrated out.
//
// Its stance: there are no starting values to give, no optimiser to choose and
// no tolerance to loosen; a fit says how it ended, and a variance of zero is an
// answer.
//
// The steps of [Fit]:
//
//  1. The model without random effects gives rank, separation and a first β
//     (package glm). Rows are put in the order of their groups; columns, and
//     the slopes of random terms, are centred and scaled (structure.go,
//     scale.go).
//  2. At any point the modes of u are found by Newton's method (modes.go). H,
//     the Hessian there, is factored level by level where groups are nested
//     (tree.go), else by a sparse Cholesky factor (package sparse).
//  3. Around the modes the integral is taken by Laplace's approximation or by
//     nested adaptive Gauss–Hermite quadrature, with its gradient by all
//     parameters, the movement of modes and nodes in it (likelihood.go,
//     quadrature.go).
//  4. A quasi-Newton search starts from an approximate Hessian (optimize.go,
//     hessian.go), tries small variances at zero (boundary.go), then
//     differentiates the gradient once by differences and ends with Newton
//     steps. Standard errors come from that joint Hessian.
//
// Everything costs time and memory linear in the rows; for nested groups in
// the groups, too. Sums over rows are taken in fixed chunks, so the bits of a
// result do not depend on the number of threads.
//
// Source: Bates, Mächler, Bolker and Walker (2015), Journal of Statistical
// Software 67(1), for the parameters; the other files name theirs.
package glmm

import "bidrag/model/glm"

// A Term is one random term (x | g).
type Term struct {
	Q      int       // coefficients that vary between the groups
	Z      []float64 // N×Q random-effects model matrix, column by column; nil is one column of ones
	Group  []int32   // N: the group of each row, from 0
	Groups int       // number of groups; every one has a row
}

// Data is what a model is fitted to. Nothing of it is changed or kept.
type Data struct {
	glm.Data
	Terms []Term // at least one
}

// Options are the settings of [Fit]; zero values mean the defaults.
type Options struct {
	Quadrature    int // points per random effect; 0 and 1 are Laplace's approximation
	MaxIterations int // most steps of the outer iteration; default 200
	Threads       int // goroutines; default the number of processors. The result does not depend on it

	uncentred bool // columns and slopes are scaled only
}

// An Estimate is a fitted model.
type Estimate struct {
	Beta    []float64 // P coefficients; NaN where aliased
	Cov     []float64 // P×P covariance of Beta, from the joint Hessian of all parameters; NaN in rows and columns of aliased ones
	Aliased []bool    // P: the column is a combination of earlier ones
	AliasOf [][]int   // P: for an aliased column, the columns it is a combination of

	// Separated marks the coefficients that have no finite estimate, P of them.
	Separated []bool

	Terms []TermEstimate // as in Data

	Eta []float64 // N linear predictors at the modes, offset included
	Mu  []float64 // N fitted means at the modes

	Rank       int
	Count      float64 // observations: rows of positive weight, or the sum of frequency weights
	Dispersion float64 // Gaussian: variance of the residuals; gamma: 1/shape; else 1. Of maximum likelihood
	LogLik     float64
	DF         int // parameters: coefficients, covariances, dispersion
	AIC, BIC   float64

	Status           glm.Status
	Reason           string // why it stopped, in words
	Iterations       int
	Evaluations      int     // of the likelihood with its gradient
	GradientMax      float64 // largest derivative of the log-likelihood, per unit of its curvature's square root; NaN without a Hessian
	HessianCondition float64 // largest by smallest eigenvalue of the joint Hessian, scaled to unit diagonal; NaN without one

	fitted *climb // for questions asked later
}

// A TermEstimate is what was estimated of one random term.
type TermEstimate struct {
	Cov      []float64 // Q×Q covariance of the random effects
	Boundary []bool    // Q: the component has no variance of its own: it is zero, or a combination of earlier ones
	Modes    []float64 // Groups×Q conditional modes, row by row
	ModeSD   []float64 // Groups×Q their standard deviations given the data and the parameters
}
