package glm

import (
	"fmt"
	"math"
)

// A climber is a model on its way to the highest likelihood by Fisher scoring.
type climber interface {
	// propose computes the next step H⁻¹g and returns its decrement g'H⁻¹g, the
	// squared length of the step in standard errors; false when H is singular.
	propose() (decrement float64, ok bool)

	// follow chooses the information of the next step by the length of this one.
	follow(decrement float64)

	// take goes as much of the step as lowers the deviance; false when none does.
	take() bool

	deviance() float64

	// runaway tells whether the outcomes look separated, and which coefficients
	// then have no finite estimate.
	runaway() (infinite []bool, separated bool)

	// end records how the climb ended.
	end(status Status, reason string)
}

// climb takes steps until the next one is below the tolerance, no longer
// becomes shorter, or cannot be taken; until the likelihood rises for ever; or
// until the limit of iterations.
func (e *ending) climb(c climber, o Options) {
	last := math.Inf(1) // the decrement of the step before
	for e.iterations < o.MaxIterations {
		decrement, ok := c.propose()
		if !ok {
			c.end(NotConverged, "the information matrix became singular to working precision")
			return
		}
		floor := decrement >= 0.5*last && decrement < 1e-14 // it no longer falls: rounding
		if decrement <= o.Tolerance*o.Tolerance || floor {
			c.end(Converged, "the remaining step is below the tolerance")
			return
		}
		last = decrement
		c.follow(decrement)
		before := c.deviance()
		if !c.take() {
			if decrement < 1e-10 {
				c.end(Converged, "the deviance no longer changes at working precision")
			} else {
				c.end(NotConverged, "no part of the step lowers the deviance")
			}
			return
		}
		e.iterations++
		var separated bool
		if e.infinite, separated = c.runaway(); separated && before-c.deviance() <= separatedGain*(math.Abs(c.deviance())+0.1) {
			c.end(Separated, "the likelihood rises for ever in some coefficients")
			return
		}
	}
	c.end(NotConverged, fmt.Sprintf("the limit of %d iterations was reached", o.MaxIterations))
}
