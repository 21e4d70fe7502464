package contribution

import (
	"math"

	"bidrag/model/kernel"
)

// A shift δ moves the log odds of all of a unit's participants by as much: the
// unit contributes when their probabilities are
//
//	pᵢ(δ) = h(ηᵢ + δ),  h(η) = 1/(1 + e⁻ᵑ),  ηᵢ = log pᵢ/(1 − pᵢ)
//
// and δ is not 0. The exact interval, the penalised estimate and the direct
// standardisation all ask which δ agrees with what a unit has attained.
//
// mostLogOdds is the largest |ηᵢ|: a probability of exactly 0 or 1, or nearer to
// it than 10⁻¹⁵, counts as that near, so that what was not expected is unlikely
// and not impossible.
const mostLogOdds = 34.5

// logOdds is log p/(1 − p), within ± mostLogOdds.
func logOdds(p float64) float64 {
	return math.Max(-mostLogOdds, math.Min(mostLogOdds, math.Log(p)-math.Log1p(-p)))
}

// moments are those of a unit's outcomes under a shift.
type moments struct {
	logLik    float64 // Σ yᵢ log pᵢ + (1 − yᵢ) log(1 − pᵢ)
	attained  float64 // Σ pᵢ
	variance  float64 // Σ pᵢ(1 − pᵢ), the information on δ
	asymmetry float64 // Σ pᵢ(1 − pᵢ)(1 − 2pᵢ)
}

// shifter computes them for one unit.
type shifter struct {
	eta, outcome               []float64
	moved, weight, score, info []float64 // room
}

func newShifter(eta, outcome []float64) *shifter {
	n := len(eta)
	room := make([]float64, 4*n)
	s := &shifter{eta, outcome, room[:n], room[n : 2*n], room[2*n : 3*n], room[3*n:]}
	for i := range s.weight {
		s.weight[i] = 1
	}
	return s
}

func (s *shifter) at(shift float64) moments {
	for i, e := range s.eta {
		s.moved[i] = e + shift
	}
	m := moments{logLik: -kernel.Logistic(s.moved, s.outcome, s.weight, s.score, s.info)}
	for i, score := range s.score {
		p := s.outcome[i] - score
		m.attained += p
		m.variance += s.info[i]
		m.asymmetry += s.info[i] * (1 - 2*p)
	}
	return m
}

// towards returns a shift at which Σ pᵢ is target, 0 < target < n, to about
// 10⁻⁶ of its standard deviation: by Newton's steps within a bracket.
func (s *shifter) towards(target float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, e := range s.eta {
		low, high = math.Min(low, e), math.Max(high, e)
	}
	all := logOdds(target / float64(len(s.eta)))
	low, high = all-high, all-low // where all are at most, and at least, target/n
	shift := math.Max(low, math.Min(high, 0))
	for range 200 {
		m := s.at(shift)
		short := target - m.attained
		if math.Abs(short) <= 1e-6*math.Sqrt(m.variance) || high-low < 1e-12 {
			break
		}
		if short > 0 {
			low = shift
		} else {
			high = shift
		}
		if shift += short / m.variance; !(shift > low && shift < high) {
			shift = low + (high-low)/2
		}
	}
	return shift
}

// crossing returns where a continuous f is zero between a and b, at which it has
// the opposite signs fa and fb (infinite ones too), by the Illinois rule: the
// secant, with the value of an end that stays halved. It ends when the bracket is
// within 10⁻¹² of itself, or after 200 steps, each of which narrows it.
//
// Source: Dowell and Jarratt (1971), BIT 11:168–174.
func crossing(f func(x float64) float64, a, fa, b, fb float64) float64 {
	for step := range 200 {
		x := b - fb*(b-a)/(fb-fa)
		lo, hi := math.Min(a, b), math.Max(a, b)
		if !(x > lo && x < hi) || step%8 == 7 {
			x = a + (b-a)/2
		}
		if hi-lo <= 1e-12*(1+math.Abs(x)) {
			return x
		}
		fx := f(x)
		switch {
		case fx == 0:
			return x
		case math.Signbit(fx) != math.Signbit(fb):
			a, fa = b, fb
		default:
			fa /= 2
		}
		b, fb = x, fx
	}
	return b
}

// outwards steps from where f is fa ≥ 0, first by step and then twice as far each
// time, until f is negative, and returns where it is zero. It is ± infinite when
// f is not negative within 2⁶⁰ steps.
func outwards(f func(x float64) float64, from, fa, step float64) float64 {
	for range 60 {
		to := from + step
		fb := f(to)
		if fb < 0 {
			return crossing(f, from, fa, to, fb)
		}
		from, fa, step = to, fb, 2*step
	}
	return math.Copysign(math.Inf(1), step)
}
