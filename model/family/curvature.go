package family

import (
	"math"

	"bidrag/model/kernel"
)

// Curvature fills, for rows whose score and observed information were computed
// by [Family.Newton] at eta, the weight w that enters the determinant of
// Laplace's approximation, and its derivative by η.
//
// For the binomial it is the expected information a μ'²/V, as in lme4; with
// the logit that is the observed one too. For the others it is the observed
// information. info and weight may be the same slice where they are the same
// number.
func (f Family) Curvature(eta, y, a, score, info, weight, slope []float64) {
	switch f.Link {
	case Logit:
		for i, w := range info {
			if weight[i] = w; w == 0 {
				slope[i] = 0
				continue
			}
			slope[i] = w * (1 - 2*(y[i]-score[i]/a[i]))
		}
	case Probit: // w = a φ²/(Φ(1−Φ)), d log w = h(η) − h(−η) − 2η
		for i, e := range eta {
			up, down := hazard(e), hazard(-e)
			weight[i] = a[i] * up * down
			slope[i] = weight[i] * (up - down - 2*e)
		}
	case CLogLog: // w = a t²/(eᵗ−1), t = exp(η), d log w = 2 − t eᵗ/(eᵗ−1)
		for i, e := range eta {
			t := math.Exp(e)
			if t > 700 {
				weight[i], slope[i] = 0, 0
				continue
			}
			ratio := 1.0
			if t > 0 {
				ratio = -t / math.Expm1(-t) // t eᵗ/(eᵗ−1), 1 as t → 0
			}
			weight[i] = a[i] * t * ratio * math.Exp(-t)
			slope[i] = weight[i] * (2 - ratio)
		}
	case Identity:
		for i, w := range info {
			weight[i], slope[i] = w, 0
		}
	case Log: // Poisson a μ, gamma a y/μ
		sign := 1.0
		if f.Dist == Gamma {
			sign = -1
		}
		for i, w := range info {
			weight[i], slope[i] = w, sign*w
		}
	}
}

// Each fills the score and the deviance of every row by itself; see
// [Family.Score].
func (f Family) Each(eta, y, a, score, deviance []float64) {
	if f.Link == Logit {
		kernel.Sigmoid(eta, score, deviance)
		for i, mu := range score {
			comp := deviance[i]
			score[i] = a[i] * (y[i]*comp - (1-y[i])*mu)
			if y[i] != 0 && y[i] != 1 {
				deviance[i] = a[i] * binomialDeviance(y[i], -softplus(-eta[i]), -softplus(eta[i]))
				continue
			}
			likely := comp
			if y[i] == 1 {
				likely = mu
			}
			if deviance[i] = -2 * a[i] * math.Log(likely); likely < 1e-300 {
				deviance[i] = 2 * a[i] * math.Abs(eta[i])
			}
		}
		return
	}
	var info [1]float64
	for i := range eta {
		deviance[i] = f.derivatives(eta[i:i+1], y[i:i+1], a[i:i+1], score[i:i+1], info[:], false)
	}
}

// CurvatureObserved tells whether the weight of [Family.Curvature] is the
// observed information.
func (f Family) CurvatureObserved() bool { return f.Link != Probit && f.Link != CLogLog }
