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
const tolerance = 0.01

// off is how much of a step may be left over by it until the information is
// computed anew: how wrong an old one may be. A variable that at most one in a
// hundred lacks may have one that is patientOff wrong.
const (
	off        = 0.1
	patientOff = 0.5
)

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

// patience is how wrong the information of a variable's model may be.
func (s *state) patience(v *variable) float64 {
	if 100*len(v.missing) <= s.n {
		return patientOff
	}
	return off
}
