package contribution

import (
	"math"
	"slices"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// StabilitySettings are those of how stable indicators are.
type StabilitySettings struct {
	Settings
	Variance float64 // of units' effects in log odds, by a multilevel model; NaN when there is none
	Seed     uint64  // of the random halves
	Splits   int     // into random halves
	Sizes    []int   // numbers of persons at which classes of size begin, rising
}

// A Year is the units' persons in a year of leaving. The units are the same in
// every year, and in the same order.
type Year struct {
	Name    string
	Persons []Person
}

// BetweenYears tells how alike contributions of the same units are in each pair of
// years: over the units that have MinLeavers persons or more in both, of each
// scheme and of all,
//
//	stability_units        their number J
//	stability_correlation  Pearson's r of the contributions, with Fisher's interval
//	stability_expected     √(R₁R₂): the r of contributions that do not change, which chance keeps below 1
//	stability_corrected    r/√(R₁R₂), with the interval divided likewise: may pass 1
//
// R is the reliability of each year's contributions, [modelReliability]. Values
// without a pair of years are over all pairs: r by the mean of artanh r with
// weights J − 3, R by the mean with the same weights; as the pairs share units
// they have no interval. A pair of years with fewer than 4 such units has no
// values, nor has one in which the contributions do not vary.
//
// Fisher's interval is that of normal pairs with one correlation; small units
// make it too narrow or too wide by little.
//
// Sources: Fisher (1921), Metron 1:3–32; Spearman (1904), American Journal of
// Psychology 15:72–101, for the correction.
func BetweenYears(set StabilitySettings, units []Project, years []Year) []result.Value {
	tallies := make([][]tally, len(years))
	for k, y := range years {
		tallies[k] = count(units, y.Persons)
	}
	var out []result.Value
	for _, scheme := range append([]string{result.All}, funnelSchemes(unitTallies(units))...) {
		var all pooledYears
		for b := range years {
			for a := range b {
				p := set.pair(scheme, tallies[a], tallies[b])
				if !p.usable() {
					continue
				}
				all.add(p, a, b)
				for _, v := range set.pairValues(scheme, p) {
					v.Key.Year, v.Key.ByLevel = years[a].Name, years[b].Name
					out = append(out, v)
				}
			}
		}
		out = append(out, set.pooledValues(scheme, all)...)
	}
	return out
}

func unitTallies(units []Project) []tally {
	out := make([]tally, len(units))
	for j, p := range units {
		out[j].Project = p
	}
	return out
}

// A yearPair is the units of a scheme in two years.
type yearPair struct {
	units         []int
	first, second []tally
	r, expected   float64
}

func (p yearPair) usable() bool { return len(p.first) >= 4 && !math.IsNaN(p.r) }

func (set StabilitySettings) pair(scheme string, a, b []tally) yearPair {
	var p yearPair
	var x, y []float64
	for j := range a {
		enough := min(a[j].n, b[j].n) >= max(1, set.MinLeavers)
		if enough && (scheme == result.All || a[j].Scheme == scheme) {
			p.units, p.first, p.second = append(p.units, j), append(p.first, a[j]), append(p.second, b[j])
			x, y = append(x, a[j].contribution()), append(y, b[j].contribution())
		}
	}
	p.r = univariate.Pearson(x, y)
	p.expected = math.Sqrt(modelReliability(set.Variance, p.first) * modelReliability(set.Variance, p.second))
	return p
}

// modelReliability is the share of the variation in some units' contributions
// that is between the units, not chance, when their effects have variance σ² in
// log odds: with Vⱼ = Σ pᵢ(1 − pᵢ), to first order in the effect,
//
//	R = Σ σ²Vⱼ²/nⱼ² / Σ (σ²Vⱼ²/nⱼ² + Vⱼ/nⱼ²)
//
// It is the reliability that a correlation over these units has, in which large
// and small count alike; that of a single unit is [RawReliability]. NaN without
// units or variance to go by.
func modelReliability(variance float64, of []tally) float64 {
	between, chance := 0.0, 0.0
	for _, t := range of {
		n2 := float64(t.n) * float64(t.n)
		between += variance * t.variance * t.variance / n2
		chance += t.variance / n2
	}
	return between / (between + chance)
}

func (set StabilitySettings) pairValues(scheme string, p yearPair) []result.Value {
	n, part := restOn(len(p.units), slices.Concat(p.first, p.second))
	value := set.told(scheme, n, part)
	low, high := univariate.FisherInterval(p.r, len(p.first), level)
	out := []result.Value{
		value("stability_units", result.Count, float64(len(p.first))),
		value("stability_correlation", result.Number, p.r).WithInterval(low, high),
	}
	if p.expected > 0 {
		out = append(out, value("stability_expected", result.Number, p.expected),
			value("stability_corrected", result.Number, p.r/p.expected).WithInterval(low/p.expected, high/p.expected))
	}
	return out
}

// pooledYears are sums over pairs of years, and the units in each year that is in
// one of the pairs.
type pooledYears struct {
	pairs               int
	weight, z, expected float64
	units               map[int]bool
	years               map[[2]int]bool // unit and year
	of                  []tally         // each unit's year once
}

func (all *pooledYears) add(p yearPair, first, second int) {
	if all.pairs == 0 {
		all.units, all.years = map[int]bool{}, map[[2]int]bool{}
	}
	w := float64(len(p.first) - 3)
	all.pairs++
	all.weight += w
	all.z += w * math.Atanh(p.r)
	all.expected += w * p.expected
	see := func(unit, year int, t tally) {
		if at := [2]int{unit, year}; !all.years[at] {
			all.years[at] = true
			all.of = append(all.of, t)
		}
	}
	for k, j := range p.units {
		all.units[j] = true
		see(j, first, p.first[k])
		see(j, second, p.second[k])
	}
}

func (set StabilitySettings) pooledValues(scheme string, all pooledYears) []result.Value {
	if all.pairs < 2 {
		return nil
	}
	n, part := restOn(len(all.units), all.of)
	value := set.told(scheme, n, part)
	r, expected := math.Tanh(all.z/all.weight), all.expected/all.weight
	if math.IsNaN(r) {
		return nil // perfect correlations of both signs
	}
	out := []result.Value{value("stability_pairs", result.Count, float64(all.pairs)), value("stability_correlation", result.Number, r)}
	if expected > 0 {
		out = append(out, value("stability_expected", result.Number, expected), value("stability_corrected", result.Number, r/expected))
	}
	return out
}

// sizeClass is the number of persons at which a unit's class of size begins, and
// the place of the class; -1 for a unit that is smaller than all.
func sizeClass(sizes []int, n int) (name string, class int) {
	class = -1
	for k, from := range sizes {
		if n >= from {
			name, class = strconv.Itoa(from), k
		}
	}
	return name, class
}
