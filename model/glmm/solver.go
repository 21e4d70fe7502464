package glmm

import "errors"

// ErrCrossed is the error of a quadrature over crossed grouping factors.
var ErrCrossed = errors.New("the grouping factors are crossed, so the random effects cannot be integrated one group at a time; use one point (Laplace), or leave terms out until the others are nested")

// A solver factors H = I + Λ'Z'WZΛ, whose entries are laid out by structure,
// and answers what the likelihood and its gradient ask of it.
type solver interface {
	Factor(h []float64) bool // false when H is not positive definite
	LogDet() float64         // log det H
	Solve(b []float64)       // b becomes H⁻¹ b
	Inverse(out []float64)   // the entries of H⁻¹ where H has some
}

// newSolver is a tree for nested terms, which fill nothing in, and a sparse
// Cholesky factor in an order of little fill for crossed ones.
func (p *problem) newSolver(threads int) solver {
	if p.s.nested {
		return newTree(p.s)
	}
	f := p.symbolic.NewFactor()
	f.Threads = threads
	return f
}
