package glm

import (
	"fmt"
	"math"

	"bidrag/model/family"
)

// maxHalvings is how often a step is halved before it is given up.
const maxHalvings = 40

// An ending is how the iteration ended.
type ending struct {
	status     Status
	reason     string
	iterations int
	infinite   []bool // by column of X: coefficients without a finite estimate; nil when none
}

// nearby is the squared length of a step, in standard errors, from which on
// links that are not canonical go by the observed information: far out the
// expected one is safer, near the maximum it converges slowly.
const nearby = 1

// iterate runs Fisher scoring from the first weighted regression to its end,
// and sees to it that the information it ends with is the expected one.
func (p *problem) iterate() {
	p.climb()
	if p.newton {
		p.now = p.run(pass{c: p.basis.expand(p.gamma), eta: p.eta})
	}
}

func (p *problem) climb() {
	if p.result = p.firstStep(); p.result.reason != "" {
		return
	}
	last := math.Inf(1) // the decrement of the step before
	for p.result.iterations < p.opts.MaxIterations {
		step, decrement, ok := p.step()
		if !ok {
			p.end(NotConverged, "the information matrix became singular to working precision")
			return
		}
		floor := decrement >= 0.5*last && decrement < 1e-14 // it no longer falls: rounding
		if decrement <= p.opts.Tolerance*p.opts.Tolerance || floor {
			p.end(Converged, "the remaining step is below the tolerance")
			return
		}
		last = decrement
		p.newton = !p.fam.Canonical() && (p.newton || decrement < nearby)
		before := p.now.deviance
		taken, ok := p.halve(step)
		if !ok {
			if decrement < 1e-10 {
				p.end(Converged, "the deviance no longer changes at working precision")
			} else {
				p.end(NotConverged, "no part of the step lowers the deviance")
			}
			return
		}
		p.result.iterations++
		if p.now.separated() {
			p.result.infinite = p.infinite(taken, p.now.step.most)
			if before-p.now.deviance <= separatedGain*(math.Abs(p.now.deviance)+0.1) {
				p.end(Separated, "the likelihood rises for ever in some coefficients")
				return
			}
		} else {
			p.result.infinite = nil
		}
	}
	p.end(NotConverged, fmt.Sprintf("the limit of %d iterations was reached", p.opts.MaxIterations))
}

// end records how the iteration ended; a proof of separation overrides.
func (p *problem) end(status Status, reason string) {
	if status != Separated && p.result.infinite == nil {
		p.result.infinite = p.prove()
	}
	if p.result.infinite != nil && status != Separated {
		status, reason = Separated, "the likelihood rises for ever in some coefficients; "+reason
	}
	p.result.status, p.result.reason = status, reason
}

// firstStep solves the first regression and evaluates the model there; where
// its deviance is not finite, closer to 0. Coefficients from a sample are the
// first step already.
func (p *problem) firstStep() ending {
	if p.gamma != nil {
		return ending{iterations: 1}
	}
	k := len(p.basis.cols)
	p.gamma = make([]float64, k)
	step := make([]float64, k)
	if k > 0 {
		c, ok := factor(p.now.hessian, k)
		if ok {
			step = c.solve(p.basis.contract(p.now.gradient))
		}
	}
	clear(p.eta)
	copy(p.eta, p.data.Offset)
	for range maxHalvings {
		s := p.run(pass{c: p.basis.expand(step), eta: p.spare})
		if isFinite(s.deviance) {
			p.gamma, p.eta, p.spare, p.now = step, p.spare, p.eta, s
			return ending{iterations: 1}
		}
		for j := range step {
			step[j] /= 4
		}
	}
	return ending{status: NotConverged, reason: "no starting value has a finite likelihood; is the offset far out?"}
}

// step returns the next step H⁻¹g and its decrement g'H⁻¹g, the squared
// length of the step in standard errors.
func (p *problem) step() (step []float64, decrement float64, ok bool) {
	k := len(p.basis.cols)
	c, ok := factor(p.now.hessian, k)
	if !ok {
		return nil, 0, false
	}
	g := p.basis.contract(p.now.gradient)
	step = c.solve(g)
	return step, math.Abs(dot(g, step)) / p.unit(), true
}

// factor is the Cholesky factor of the information, with as little ridge as
// makes it positive definite.
func factor(h []float64, k int) (*chol, bool) {
	for _, ridge := range []float64{0, 1e-12, 1e-10, 1e-8, 1e-6} {
		if c, _, ok := cholesky(h, k, ridge); ok {
			return c, true
		}
	}
	return nil, false
}

// unit is the dispersion that steps are measured by: deviance by row, and a
// trace of the response's size lest an exact fit divide by 0; 1 for families
// without a dispersion.
func (p *problem) unit() float64 {
	if !p.fam.HasDispersion() {
		return 1
	}
	n, size := p.size()
	return (p.now.deviance + 1e-16*size) / n
}

// size is the number of rows that count, and what the deviance would be about
// if the model explained nothing: Σ a y² for the Gaussian, Σ a for the gamma.
func (p *problem) size() (n, size float64) {
	gaussian := p.fam.Dist == family.Gaussian
	for i, a := range p.a {
		switch {
		case a == 0:
			continue
		case gaussian:
			size += a * p.data.Y[i] * p.data.Y[i]
		default:
			size += a
		}
		n++
	}
	return n, size
}

// halve takes the step, or the largest half, quarter, … of it that does not
// raise the deviance beyond rounding, and returns what it took.
func (p *problem) halve(step []float64) (taken []float64, ok bool) {
	slack := 1e-11 * math.Abs(p.now.deviance)
	gamma, eta := make([]float64, len(step)), p.spare
	taken = append(taken, step...)
	for range maxHalvings {
		for j := range gamma {
			gamma[j] = p.gamma[j] + taken[j]
		}
		s := p.run(pass{c: p.basis.expand(gamma), eta: eta, observed: p.newton})
		if s.deviance <= p.now.deviance+slack {
			p.gamma, p.eta, p.spare, p.now = gamma, eta, p.eta, s
			return taken, true
		}
		for j := range taken {
			taken[j] /= 2
		}
	}
	return nil, false
}
