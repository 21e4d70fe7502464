package contribution

import (
	"math"

	"bidrag/model/kernel"
)

// level is the confidence of all intervals.
const level = 0.95

// An Exact compares the number O who attained the goal, among participants with
// log odds ηᵢ, with the distribution of a sum of independent outcomes that each
// have their own probability: the Poisson binomial distribution.
//
//	Upper  = P(O ≥ o),  Lower = P(O ≤ o)   with the probabilities h(ηᵢ)
//	PValue = min(1, 2 min(Upper, Lower))
//
// The interval holds every shift of the log odds that neither tail rejects at 2.5
// per cent,
//
//	ShiftLow:  P(O ≥ o) = 0.025 with h(ηᵢ + ShiftLow)    (−Inf when nobody attained)
//	ShiftHigh: P(O ≤ o) = 0.025 with h(ηᵢ + ShiftHigh)   (+Inf when everybody did)
//	Low = Σ h(ηᵢ + ShiftLow) / n,  High = Σ h(ηᵢ + ShiftHigh) / n
//
// With equal ηᵢ this is the interval of Clopper and Pearson (1934, Biometrika
// 26:404–413). Whatever n, it holds the true attainment with a probability of at
// least 95 per cent when the log odds are off by the same amount for all; it
// leaves out the expected attainment exactly when PValue is below 0.05, and always
// holds the actual one.
//
// The shifted sum is the exponentially tilted one, P(O = k; δ) ∝ P(O = k) e^{δk},
// so that one distribution, computed where its mean is o, tells all others and
// nothing underflows however far o is from what was expected.
//
// Sources: Hong (2013), Computational Statistics & Data Analysis 59:41–51 (the
// distribution); Wu et al. (2022), Statistics in Medicine 41:2840–2853 (the test
// in the profiling of providers, there with half of P(O = o) in both tails).
type Exact struct {
	Upper, Lower        float64
	Point               float64 // P(O = o)
	PValue              float64
	ShiftLow, ShiftHigh float64 // log odds
	Low, High           float64 // shares
}

// Compare tests whether the outcomes (0 or 1) of participants agree with their
// log odds. There must be at least one.
func Compare(eta, outcome []float64) Exact {
	return compare(newShifter(eta, outcome))
}

func compare(s *shifter) Exact {
	n, o := len(s.eta), 0
	for _, y := range s.outcome {
		o += int(y)
	}
	centre := s.towards(math.Max(0.5, math.Min(float64(n)-0.5, float64(o))))
	t := s.tilted(centre, o)
	var x Exact
	t.expected(&x, centre, s.at(0).logLik-s.at(centre).logLik)

	x.ShiftLow, x.ShiftHigh, x.High = math.Inf(-1), math.Inf(1), 1
	step := 2 / math.Sqrt(s.at(centre).variance)
	if o > 0 {
		x.ShiftLow = centre + t.end(-step, func(upper, _ float64) float64 { return upper })
		x.Low = s.at(x.ShiftLow).attained / float64(n)
	}
	if o < n {
		x.ShiftHigh = centre + t.end(step, func(_, lower float64) float64 { return lower })
		x.High = s.at(x.ShiftHigh).attained / float64(n)
	}
	return x
}

// tilted is P(O = k) for k from first, at a shift that makes o about the mean.
type tilted struct {
	first, o int
	mass     []float64
}

// negligible is a probability that is left out at both ends of the distribution.
const negligible = 1e-60

// tilted convolves the participants' distributions one by one. All terms are
// positive, so that every probability has its full relative precision.
func (s *shifter) tilted(shift float64, o int) tilted {
	n := len(s.eta)
	p, q, mass := make([]float64, n), make([]float64, n), make([]float64, n+1)
	for i, e := range s.eta {
		s.moved[i] = e + shift
	}
	kernel.Sigmoid(s.moved, p, q)
	low, high := 0, 0
	mass[0] = 1
	for i, p := range p {
		q := q[i]
		mass[high+1] = mass[high] * p
		for k := high; k > low; k-- {
			mass[k] = mass[k]*q + mass[k-1]*p
		}
		mass[low] *= q
		high++
		for low < o && mass[low] < negligible {
			low++
		}
		for high > low && mass[high] < negligible {
			high--
		}
	}
	return tilted{low, o, mass[low : high+1]}
}

// tails are P(O ≥ o) and P(O ≤ o) after another move of all log odds.
func (t tilted) tails(move float64) (upper, lower float64) {
	ratio, at := math.Exp(move), t.o-t.first
	above, below := 0.0, 0.0
	for k, w := at+1, ratio; k < len(t.mass); k++ {
		above += t.mass[k] * w
		w *= ratio
	}
	for k, w := at-1, 1/ratio; k >= 0; k-- {
		below += t.mass[k] * w
		w /= ratio
	}
	total := above + t.mass[at] + below
	return (t.mass[at] + above) / total, (t.mass[at] + below) / total
}

// end is the move, in the direction of step, after which a tail is 2.5 per cent.
func (t tilted) end(step float64, tail func(upper, lower float64) float64) float64 {
	over := func(move float64) float64 { return math.Log(tail(t.tails(move)) / ((1 - level) / 2)) }
	return outwards(over, 0, over(0), step)
}

// expected fills in the tails without a shift: the move back from centre. There
// P(O = o) is the tilted one times e^ratio, the ratio of the two likelihoods of
// what was observed. The tail on the far side of o is a sum of small numbers, and
// the other is what is left.
func (t tilted) expected(x *Exact, centre, ratio float64) {
	at, sum, w := t.o-t.first, 0.0, 1.0
	back := math.Exp(-math.Abs(centre))
	far := t.mass[at:]
	if centre >= 0 {
		for _, f := range far {
			sum += f * w
			w *= back
		}
	} else {
		for k := at; k >= 0; k-- {
			sum += t.mass[k] * w
			w *= back
		}
	}
	scale := math.Exp(ratio)
	x.Point = t.mass[at] * scale
	tail := math.Min(1, sum*scale)
	rest := math.Min(1, 1-tail+x.Point)
	x.Upper, x.Lower = tail, rest
	if centre < 0 {
		x.Upper, x.Lower = rest, tail
	}
	x.PValue = math.Min(1, 2*math.Min(x.Upper, x.Lower))
}
