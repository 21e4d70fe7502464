package family

import (
	"math"
	"testing"
)

// TestCurvatureAndItsSlope: the weight is the information that it is said to
// be, and the slope its derivative.
func TestCurvatureAndItsSlope(t *testing.T) {
	for _, c := range all {
		at := func(eta, y float64) (weight, slope, expected, observed float64) {
			score, info, w, s := []float64{0}, []float64{0}, []float64{0}, []float64{0}
			c.family.Newton(one(eta), one(y), one(1.5), score, info)
			c.family.Curvature(one(eta), one(y), one(1.5), score, info, w, s)
			e := []float64{0}
			c.family.Score(one(eta), one(y), one(1.5), score, e)
			return w[0], s[0], e[0], info[0]
		}
		for eta := -6.0; eta <= 3; eta += 0.37 {
			for _, y := range c.y {
				weight, slope, want, observed := at(eta, y)
				if c.family.CurvatureObserved() {
					want = observed
				}
				if !near(weight, want, 1e-12) {
					t.Errorf("%v %v: weight at η=%.2f, y=%g is %.15g, not %.15g", c.family.Dist, c.family.Link, eta, y, weight, want)
				}
				const h = 1e-5
				up, _, _, _ := at(eta+h, y)
				down, _, _, _ := at(eta-h, y)
				if by := (up - down) / (2 * h); math.Abs(slope-by) > 1e-7*(1+math.Abs(by)) {
					t.Errorf("%v %v: its slope at η=%.2f, y=%g is %.9g, by differences %.9g", c.family.Dist, c.family.Link, eta, y, slope, by)
				}
			}
		}
		for _, eta := range tails {
			for _, y := range c.y {
				if weight, slope, _, _ := at(eta, y); math.IsNaN(weight) || weight < 0 || math.IsNaN(slope) {
					t.Errorf("%v %v: weight %g and slope %g at η=%g, y=%g", c.family.Dist, c.family.Link, weight, slope, eta, y)
				}
			}
		}
	}
}

// TestEachRowByItself: as Score has them together.
func TestEachRowByItself(t *testing.T) {
	for _, c := range all {
		for _, eta := range append([]float64{-3.3, -0.2, 0, 1.1, 4.7}, tails...) {
			for _, y := range c.y {
				wantScore, info := []float64{0}, []float64{0}
				want := c.family.Score(one(eta), one(y), one(1.5), wantScore, info)
				score, deviance := []float64{0}, []float64{0}
				c.family.Each(one(eta), one(y), one(1.5), score, deviance)
				if !near(score[0], wantScore[0], 1e-14) || !near(deviance[0], want, 1e-13) {
					t.Errorf("%v %v at η=%g, y=%g: score %g and deviance %g, want %g and %g", c.family.Dist, c.family.Link, eta, y, score[0], deviance[0], wantScore[0], want)
				}
			}
		}
	}
}
