package contribution

import (
	"math"
	"sync"

	"bidrag/model/kernel"
)

// A Country is the participants of direct standardisation, who may be asked what
// they would attain in every unit, from several goroutines at once.
type Country struct {
	eta   []float64 // log odds expected of each
	guard sync.Mutex
	knots map[int]knot // by the multiple of knotSpacing at which it is
}

// A knot is the attainment under a shift with its first two derivatives.
type knot struct{ value, slope, bend float64 }

const (
	knotSpacing = 1.0 / 8
	farthest    = 1000.0 // shift at which all attain the goal, or nobody
)

// NewCountry takes the probabilities that are expected of everyone, NaN for those
// of whom nothing is.
func NewCountry(expected []float64) *Country {
	c := &Country{knots: map[int]knot{}}
	for _, p := range expected {
		if !math.IsNaN(p) {
			c.eta = append(c.eta, logOdds(p))
		}
	}
	return c
}

// Attainment is the share of the N persons, with log odds ηᵢ, who attain the goal
// when all of them are shifted,
//
//	G(δ) = (1/N) Σ h(ηᵢ + δ)
//
// With a unit's own shift this is direct standardisation: what the unit would
// attain with the country's participants (in the R package pprof the direct rate).
// G is computed at multiples of 1/8 with its derivatives, which are Σ pᵢ(1 − pᵢ)/N and
// Σ pᵢ(1 − pᵢ)(1 − 2pᵢ)/N, when first asked for, and is the polynomial of the fifth
// degree that agrees with them between two; it is off by less than 10⁻¹⁰. NaN without persons.
func (c *Country) Attainment(shift float64) float64 {
	shift = math.Max(-farthest, math.Min(farthest, shift))
	if len(c.eta) == 0 || math.IsNaN(shift) {
		return math.NaN()
	}
	k := math.Floor(shift / knotSpacing)
	t := shift/knotSpacing - k
	a, b := c.knot(int(k)), c.knot(int(k)+1)
	rise, slopeA, slopeB := b.value-a.value, a.slope*knotSpacing, b.slope*knotSpacing
	bendA, bendB := a.bend*knotSpacing*knotSpacing, b.bend*knotSpacing*knotSpacing
	third := 10*rise - 6*slopeA - 4*slopeB - (3*bendA-bendB)/2
	fourth := -15*rise + 8*slopeA + 7*slopeB + (3*bendA-2*bendB)/2
	fifth := 6*rise - 3*(slopeA+slopeB) - (bendA-bendB)/2
	return a.value + t*(slopeA+t*(bendA/2+t*(third+t*(fourth+t*fifth))))
}

func (c *Country) knot(at int) knot {
	c.guard.Lock()
	defer c.guard.Unlock()
	k, known := c.knots[at]
	if !known {
		k = c.sum(float64(at) * knotSpacing)
		c.knots[at] = k
	}
	return k
}

// sum adds the persons up, some at a time.
func (c *Country) sum(shift float64) knot {
	var moved, p, q [512]float64
	var total knot
	for eta := c.eta; len(eta) > 0; {
		n := min(len(eta), len(moved))
		for i, e := range eta[:n] {
			moved[i] = e + shift
		}
		kernel.Sigmoid(moved[:n], p[:n], q[:n])
		var part knot
		for i, x := range p[:n] {
			spread := x * q[i]
			part.value += x
			part.slope += spread
			part.bend += spread * (q[i] - x)
		}
		total.value, total.slope, total.bend = total.value+part.value, total.slope+part.slope, total.bend+part.bend
		eta = eta[n:]
	}
	n := float64(len(c.eta))
	return knot{total.value / n, total.slope / n, total.bend / n}
}
