package impute

import (
	"errors"
	"math"
)

// A climber is a model of levels on its way to the highest likelihood.
type climber interface {
	// lasts tells whether an information computed before may be used.
	lasts() bool

	// renew computes the information at the present point, with the gradient.
	renew(s *state) error

	// slope computes the gradient.
	slope(s *state)

	// step finds the next step and returns its decrement g'I⁻¹g, the squared
	// length of the step in standard errors.
	step() (decrement float64)

	// move goes the step.
	move()

	// size is the number of parameters.
	size() int
}

// tolerance is how near the top a fit of logits stops: the root mean square over
// its parameters of what is left to go, in standard errors. The draw that follows
// goes one standard error away.
const tolerance = 0.03

// off is how much of a step may be left over by it until the information is
// computed anew: how wrong an old one may be.
const off = 0.1

// rare is how few may lack a variable for its model to follow the others' values
// by one step each time, with the information of the pilot: one step of Newton's
// from an estimate that is nearly right is as good as the top of the likelihood.
//
// Source: van der Vaart (1998), Asymptotic Statistics, 5.7.
const rare = 0.01

var (
	errNotConverged = errors.New("the fit does not converge")
	errNotFinite    = errors.New("the likelihood is not finite")
	errSingular     = errors.New("its predictors depend on each other")
)

// climb goes to the top of the likelihood by Newton's method, with the
// information of an earlier point as long as that serves: the steps then become
// shorter by a factor every time, not quadratically, but cost a tenth. It stops
// when what the next step is expected to leave is below the tolerance.
func climb(m climber, s *state, off, tolerance float64) error {
	enough := tolerance * tolerance * float64(m.size())
	before := math.Inf(1)
	for range 60 {
		fresh := !m.lasts()
		if fresh {
			if err := m.renew(s); err != nil {
				return err
			}
		} else {
			m.slope(s)
		}
		decrement := m.step()
		if !fresh && decrement > off*off*before && decrement > enough {
			if err := m.renew(s); err != nil {
				return err
			}
			decrement, fresh = m.step(), true
		}
		if math.IsNaN(decrement) {
			return errNotFinite
		}
		if decrement <= enough {
			return nil
		}
		m.move()
		if !fresh && decrement*(decrement/before) <= enough {
			return nil
		}
		before = decrement
	}
	return errNotConverged
}

// follow is climb for a model that has been fitted to nearly the same data. Of a
// variable that few lack it takes one step, unless that is longer than a
// standard error in every parameter.
func follow(m climber, s *state, v *variable) error {
	if float64(len(v.missing)) <= rare*float64(s.n) && m.lasts() {
		m.slope(s)
		if decrement := m.step(); decrement <= float64(m.size()) {
			m.move()
			return nil
		}
	}
	return climb(m, s, off, tolerance)
}
