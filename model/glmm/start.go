package glmm

import (
	"math"

	"bidrag/model/family"
)

// first is where the search begins: the coefficients of the model without
// random effects, and random effects with a standard deviation of a half, on
// the scale of η, or in units of the residual's.
func (p *problem) first() []float64 {
	x := make([]float64, p.params)
	beta := make([]float64, p.k)
	for k, j := range p.columns.of {
		beta[k] = p.start.Beta[j]
	}
	copy(x, p.columns.forth(beta))
	phi := 1.0
	if p.fam.HasDispersion() {
		if phi = p.start.Deviance / p.count; p.fam.Dist == family.Gamma {
			phi = min(phi, 1) // a deviance says little where groups differ by orders of magnitude
		}
		x[p.params-1] = math.Log(phi)
	}
	at := p.k
	for _, q := range p.s.q {
		for i := range q {
			x[at+i*(i+1)/2+i] = 0.5
		}
		at += q * (q + 1) / 2
	}
	return x
}
