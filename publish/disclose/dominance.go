package disclose

// Dominance says when a sum of amounts tells too much of one who contributes to it.
// With contributions x₁ ≥ x₂ ≥ … and their sum X, it does when
//
//	x₁ + … + xₙ > k X                   (n, k) dominance
//	X − x₁ − x₂ < p/100 · x₁            p% rule
//
// By the second, who contributes x₂ finds x₁ to within p per cent. A sum of squares,
// as a standard deviation tells it, must not let x₁ be found to within p per cent
// either, so that there the right side is ((1 + p/100)² − 1) x₁².
//
// Source: Hundepool et al. (2012), Statistical Disclosure Control, ch. 4. The
// zero Dominance hides nothing.
type Dominance struct {
	Largest int     `json:"largest"`   // n
	Share   float64 `json:"share"`     // k, 0 to 1
	Percent float64 `json:"p_percent"` // p
}

// DefaultDominance has the (n, k) of the guidelines for output of research on
// microdata, that nobody contributes more than half (Brandt et al. 2010), and the
// p% rule, which takes account of what the second largest knows.
var DefaultDominance = Dominance{Largest: 1, Share: 0.5, Percent: 10}

// known is the sum of the n largest contributions.
func (d Dominance) known(largest []float64) float64 {
	sum := 0.0
	for _, x := range largest[:min(d.Largest, len(largest))] {
		sum += x
	}
	return sum
}

// margin is how much more than the sum an attacker must think possible, so that he
// does not find the largest contribution: the upper protection level. The sum is
// forbidden when it is more than 0.
func (d Dominance) margin(total float64, largest []float64, squares bool) float64 {
	if len(largest) == 0 || total <= 0 {
		return 0
	}
	second, within := 0.0, d.Percent/100
	if len(largest) > 1 {
		second = largest[1]
	}
	if squares {
		within = (1+within)*(1+within) - 1
	}
	need := within*largest[0] - max(0, total-largest[0]-second)
	if d.Percent == 0 {
		need = 0
	}
	if d.Largest > 0 && d.Share > 0 && !squares {
		need = max(need, d.known(largest)/d.Share-total)
	}
	if need <= total*1e-12 { // no more than rounding
		return 0
	}
	return need
}
