package glm

import "slices"

// With many rows the first steps go by a sample of them: one of every so many
// panels of rows. They lead to within about √(k·every) standard errors of the
// estimate of k coefficients, from where Fisher scoring needs few passes over all
// rows. Where the sample does not determine the coefficients, or leads astray,
// the start is from all rows. The estimate is the same; only the way to it differs.

const (
	sampleRows    = 64 // rows of a sample, at least, for every column
	sampleShare   = 1. / 16
	leastThinning = 4    // smallest number of panels of which one is taken
	samplePivot   = 1e-6 // as clearPivot, for a sample
	astray        = 50   // how often the squared distance expected of a sample is too far
)

// startFromSample finds coefficients from a sample of the rows and makes the
// first pass over all of them there. It is false, and nothing decided, when
// there is no need or the sample does not serve.
func (p *problem) startFromSample() bool {
	n, k := float64(p.data.N), len(p.basis.cols)
	every := int(n / max(sampleRows*float64(k), sampleShare*n))
	if k == 0 || every < leastThinning || p.fam.HasDispersion() {
		return false
	}
	gamma, ok := p.fitSample(every)
	if !ok {
		return false
	}
	clear(p.eta)
	copy(p.eta, p.data.Offset)
	p.now = p.run(pass{c: gamma, eta: p.spare})
	if !isFinite(p.now.deviance) || !p.clear() {
		return false
	}
	if _, decrement, ok := p.step(); !ok || !(decrement < astray*float64(k*every)) {
		return false
	}
	p.gamma, p.eta, p.spare = gamma, p.spare, p.eta
	return true
}

// fitSample makes steps on the sample until the remaining one is below a
// standard error, of the sample, for each coefficient.
func (p *problem) fitSample(every int) (gamma []float64, ok bool) {
	k := len(p.basis.cols)
	gamma = make([]float64, k)
	s := p.run(pass{eta: p.spare, start: true, every: every})
	for range 8 {
		c, pivots, ok := cholesky(s.hessian, k, 0)
		if !ok || slices.Min(pivots) < samplePivot {
			return nil, false
		}
		step := c.solve(s.gradient)
		decrement := dot(step, s.gradient)
		for j := range gamma {
			gamma[j] += step[j]
		}
		if decrement < float64(k) {
			return gamma, true
		}
		if s = p.run(pass{c: gamma, eta: p.spare, every: every}); !isFinite(s.deviance) {
			return nil, false
		}
	}
	return nil, false
}
