package glm

import (
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
	p.result.climb(p, p.opts)
}

// propose is part of climber: the next step, halved as it is taken.
func (p *problem) propose() (decrement float64, ok bool) {
	p.proposed, decrement, ok = p.step()
	return decrement, ok
}

func (p *problem) follow(decrement float64) {
	p.newton = !p.fam.Canonical() && (p.newton || decrement < nearby)
}

func (p *problem) take() (ok bool) {
	p.proposed, ok = p.halve(p.proposed)
	return ok
}

func (p *problem) deviance() float64 { return p.now.deviance }

func (p *problem) runaway() ([]bool, bool) {
	if !p.now.separated() {
		return nil, false
	}
	return p.infinite(p.proposed, p.now.step.most), true
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
