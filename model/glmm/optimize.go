package glmm

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// An objective returns a number to be made small and fills its gradient; NaN
// where there is none.
type objective func(x, gradient []float64) float64

// A search is a quasi-Newton minimisation under way. Its first metric, an
// approximation of the Hessian, makes it independent of units.
type search struct {
	f       objective
	x       []float64
	value   float64
	slope   []float64
	inverse *mat.SymDense // of the Hessian, as far as it is known
	steps   int
	reason  string
	done    bool // the remaining step is below the tolerance
}

const (
	enough   = 1e-4 // share of the predicted decrease that a step must reach
	flatter  = 0.9  // share of the slope that may remain after a step
	maxTries = 40   // of a line search

	workingPrecision = 1e-8 // decrement at which it is no wonder that no step is better
	stall            = 10   // steps without halving the decrement that tell so
)

// minimise runs the search until the predicted decrease, half the squared
// length of the remaining step in standard errors, is below tol²/2.
//
// Source: Nocedal and Wright (2006), Numerical Optimization, 2nd ed., section
// 6.1 (BFGS) and 3.1 (Wolfe conditions).
func (s *search) minimise(tol float64, maxSteps int) {
	n := len(s.x)
	direction := make([]float64, n)
	least, since := math.Inf(1), 0 // decrement, and steps since it was reached
	for s.steps < maxSteps {
		s.newton(direction)
		decrement := -dot(direction, s.slope)
		if since++; decrement < least/2 {
			least, since = decrement, 0
		}
		switch {
		case !isFinite(decrement):
			s.reason = "the curvature of the likelihood is not finite"
			return
		case decrement <= tol*tol:
			s.done, s.reason = true, "the remaining step is below the tolerance"
			return
		case least < workingPrecision && since > stall:
			s.done, s.reason = true, "the likelihood no longer changes at working precision"
			return
		}
		x, value, slope, ok := s.line(direction)
		if !ok {
			if s.done = decrement < workingPrecision; s.done {
				s.reason = "the likelihood no longer changes at working precision"
			} else {
				s.reason = "no part of the step raises the likelihood"
			}
			return
		}
		s.steps++
		s.learn(x, slope)
		s.x, s.value, s.slope = x, value, slope
	}
	s.reason = fmt.Sprintf("the limit of %d iterations was reached", maxSteps)
}

// newton fills the step −H⁻¹g.
func (s *search) newton(step []float64) {
	n := len(s.x)
	v := mat.NewVecDense(n, step)
	v.MulVec(s.inverse, mat.NewVecDense(n, s.slope))
	for i := range step {
		step[i] = -step[i]
	}
}

// line finds a point along the direction that fulfils Wolfe's conditions, by
// bisection between steps that are too short and too long.
func (s *search) line(direction []float64) (x []float64, value float64, slope []float64, ok bool) {
	n := len(s.x)
	x, slope = make([]float64, n), make([]float64, n)
	down := dot(direction, s.slope)
	low, high, size := 0.0, math.Inf(1), 1.0
	slack := 1e-13 * math.Abs(s.value)
	for range maxTries {
		for i := range x {
			x[i] = s.x[i] + size*direction[i]
		}
		value = s.f(x, slope)
		switch {
		case !(value <= s.value+enough*size*down+slack):
			high = size
		case dot(direction, slope) < flatter*down:
			low = size
		default:
			return x, value, slope, true
		}
		if math.IsInf(high, 1) {
			size = 2 * low
		} else {
			size = (low + high) / 2
		}
	}
	return nil, 0, nil, false
}

// learn updates the inverse Hessian from a step and the change of the slope.
func (s *search) learn(x, slope []float64) {
	n := len(x)
	step, change := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
	for i := range x {
		step.SetVec(i, x[i]-s.x[i])
		change.SetVec(i, slope[i]-s.slope[i])
	}
	sy := mat.Dot(step, change)
	if !(sy > 1e-14*mat.Norm(step, 2)*mat.Norm(change, 2)) {
		return
	}
	var hy mat.VecDense
	hy.MulVec(s.inverse, change)
	s.inverse.RankTwo(s.inverse, -1/sy, &hy, step)
	s.inverse.SymRankOne(s.inverse, (sy+mat.Dot(change, &hy))/(sy*sy), step)
}
