package infer

import (
	"fmt"
	"math"
)

const (
	maxWidenings = 60   // of a bracket, each twice as wide
	maxSecants   = 60   // within it
	rootAccuracy = 1e-9 // of the root, relative to the bracket's start
)

// A Drop is how far twice the log-likelihood, maximised over all other
// parameters, lies below its maximum when a parameter has the value b. Its
// error ends the search.
type Drop func(b float64) (float64, error)

// ProfileBound returns the end of a profile-likelihood interval: the b beyond
// the estimate at which the signed root of the drop
//
//	r(b) = √(drop(b))
//
// is z. It starts with a step from the estimate, whose sign is the direction
// of the search, doubles it until the root is bracketed, and closes in by
// secants, which r, nearly a straight line, makes quick. It is infinite when
// the likelihood does not fall that far.
//
// Source: Venzon and Moolgavkar (1988), Applied Statistics 37, 87–94; Bates
// and Watts (1988), Nonlinear Regression Analysis, 6.1.
func ProfileBound(drop Drop, estimate, step, z float64) (float64, error) {
	root := func(b float64) (float64, error) {
		d, err := drop(b)
		if err == nil && math.IsNaN(d) {
			err = fmt.Errorf("the likelihood has no value at %g", b)
		}
		return math.Sqrt(max(d, 0)) - z, err
	}
	near, far := estimate, estimate+step
	rNear := -z
	rFar, err := root(far)
	for k := 0; err == nil && rFar < 0; k++ {
		if k == maxWidenings || math.IsInf(far, 0) || k > 20 && rFar-rNear < 1e-12*z {
			return math.Inf(int(math.Copysign(1, step))), nil
		}
		near, rNear = far, rFar
		step *= 2
		far = estimate + step
		rFar, err = root(far)
	}
	if err != nil {
		return math.NaN(), err
	}
	return closeIn(root, near, far, rNear, rFar)
}

// closeIn finds the root between near, where r is negative, and far, where it
// is not: by the Illinois variant of false position, which is a secant that
// never leaves the bracket.
func closeIn(root func(b float64) (float64, error), near, far, rNear, rFar float64) (float64, error) {
	width := math.Abs(far - near)
	side := 0
	b := far
	for range maxSecants {
		if rFar == rNear {
			break
		}
		b = far - rFar*(far-near)/(rFar-rNear)
		r, err := root(b)
		if err != nil {
			return math.NaN(), err
		}
		if math.Abs(r) < rootAccuracy || math.Abs(far-near) < rootAccuracy*width {
			return b, nil
		}
		if r < 0 {
			near, rNear = b, r
			if side == -1 {
				rFar /= 2
			}
			side = -1
			continue
		}
		far, rFar = b, r
		if side == 1 {
			rNear /= 2
		}
		side = 1
	}
	return b, nil
}
