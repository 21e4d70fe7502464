package infer

import (
	"math"

	"bidrag/model/family"
)

// A Population is what the mean is over a normal distribution of the linear
// predictor, row by row.
type Population struct {
	Mu, Complement []float64 // mean m and 1 − m
	ByEta          []float64 // ∂m/∂η
	ByVariance     []float64 // ∂m/∂v
}

// PopulationMean averages the inverse link h over random effects: for a row
// with linear predictor η, random effects left out, and variance v = z'Σz that
// these add to it,
//
//	m(η, v) = ∫ h(η + √v s) φ(s) ds
//
// with the derivatives ∂m/∂η = ∫ h′ φ ds and ∂m/∂v = ½ ∫ h″ φ ds (the heat
// equation). Where there is a closed form, that is taken:
//
//	log       exp(η + v/2)
//	probit    Φ(η/√(1 + v))
//	identity  η
//
// The logit and the complementary log-log are summed over equidistant nodes,
// which for such integrands converges as fast as Gauss–Hermite quadrature for a
// small v and far faster for a large one; the error is about 1e-14.
//
// Source: Zeger, Liang and Albert (1988), Biometrics 44, 1049–1060, for the
// quantity; Trefethen and Weideman (2014), SIAM Review 56, 385–458, for the
// rule.
func PopulationMean(f family.Family, eta, variance []float64) Population {
	n := len(eta)
	out := Population{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)}
	switch f.Link {
	case family.Identity:
		f.Mean(eta, out.Mu, out.Complement, out.ByEta)
	case family.Log:
		shifted := make([]float64, n)
		for i, v := range variance {
			shifted[i] = eta[i] + v/2
		}
		f.Mean(shifted, out.Mu, out.Complement, out.ByEta)
		for i, m := range out.Mu {
			out.ByVariance[i] = m / 2
		}
	case family.Probit:
		shrunk := make([]float64, n)
		for i, v := range variance {
			shrunk[i] = eta[i] / math.Sqrt(1+v)
		}
		f.Mean(shrunk, out.Mu, out.Complement, out.ByEta)
		for i, v := range variance {
			out.ByVariance[i] = -out.ByEta[i] * shrunk[i] / (2 * (1 + v))
			out.ByEta[i] /= math.Sqrt(1 + v)
		}
	default:
		var r rule
		for i, v := range variance {
			r.set(v)
			out.Mu[i], out.Complement[i], out.ByEta[i], out.ByVariance[i] = r.mean(f, eta[i])
		}
	}
	return out
}

// A rule sums over a normal distribution of variance v by equidistant nodes.
type rule struct {
	variance            float64
	shift, weight       []float64 // √v s and its share
	eta, mu, comp, byMu []float64 // room
}

const (
	ruleEnd  = 8.5  // standard deviations, beyond which there is less than rounding
	ruleStep = 0.3  // largest step of η: the links' nearest poles are π/2 and more from the axis
	ruleWide = 0.5  // largest step of s
	ruleMost = 2000 // most nodes on a side, reached when √v is 70
)

func (r *rule) set(variance float64) {
	if r.weight != nil && variance == r.variance {
		return
	}
	sd := math.Sqrt(variance)
	side := 0
	if sd > 0 {
		side = int(min(ruleMost, math.Ceil(ruleEnd/min(ruleWide, ruleStep/sd))))
	}
	n := 2*side + 1
	*r = rule{variance, make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)}
	total := 0.0
	for k := range n {
		s := 0.0
		if side > 0 {
			s = ruleEnd * float64(k-side) / float64(side)
		}
		r.shift[k], r.weight[k] = sd*s, math.Exp(-s*s/2)
		total += r.weight[k]
	}
	for k := range r.weight {
		r.weight[k] /= total
	}
}

func (r *rule) mean(f family.Family, eta float64) (mu, comp, byEta, byVariance float64) {
	for k, s := range r.shift {
		r.eta[k] = eta + s
	}
	f.Mean(r.eta, r.mu, r.comp, r.byMu)
	for k, w := range r.weight {
		mu += w * r.mu[k]
		comp += w * r.comp[k]
		d := w * r.byMu[k]
		if d == 0 {
			continue
		}
		byEta += d
		if f.Link == family.Logit { // h″ = h′ (1 − 2h)
			byVariance += d * (r.comp[k] - r.mu[k]) / 2
		} else { // cloglog: h″ = h′ (1 − exp η)
			byVariance += d * (1 - math.Exp(r.eta[k])) / 2
		}
	}
	return mu, comp, byEta, byVariance
}
