package glmm

import "errors"

// ErrCrossed is the error of a quadrature over crossed grouping factors.
var ErrCrossed = errors.New("the grouping factors are crossed, so the random effects cannot be integrated one group at a time; use one point (Laplace), or leave terms until the others are nested")

func (p *problem) newSolver() solver {
	if p.s.nested {
		return newTree(p.s)
	}
	panic("crossed: not yet")
}
