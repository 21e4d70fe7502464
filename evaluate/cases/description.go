package cases

import "math"

// A Description is what may be published of the chosen places.
type Description struct {
	Detail Detail
	Bands  [][2]float64 // by number, what all the chosen lie between; NaN when that is not told
	Fits   int          // places that the description of a case fits, of that which fits fewest
}

// A Detail is how much of each case's projects is told. One tells less than the one before.
type Detail int

const (
	Near     Detail = iota // every scheme's attainment against its mean, and whether it is near
	Sides                  // every scheme's attainment against its mean: above or below
	Deciding               // of the deciding project alone: quadrant, class, reliability
	Rules                  // the quadrant of the deciding project, and what the rule of the quadrant asks for
)

// widths are how many round numbers the bands are widened by, at most.
const widths = 2

// describe finds the description that tells most and fits as many places as it
// must for each of the chosen: of the schemes' results first with bands, ever
// wider, then without, before less is told of the results. One that tells no more
// than the rules is given however few it fits.
func describe(set Settings, places []Place, at []int, rules map[int]Rule, chosen []int) Description {
	none := make([][2]float64, len(set.Alike))
	for m := range none {
		none[m] = [2]float64{math.NaN(), math.NaN()}
	}
	var d Description
	try := func(detail Detail, bands [][2]float64) bool {
		d = Description{Detail: detail, Bands: bands}
		d.count(set, places, at, rules, chosen)
		return d.Fits >= set.Crowd
	}
	if len(chosen) == 0 {
		return Description{Detail: Rules, Bands: none}
	}
	for _, details := range [][]Detail{{Near, Sides}, {Deciding}, {Rules}} {
		for _, detail := range details {
			for width := range widths + 1 {
				if len(set.Alike) > 0 && try(detail, bandsAround(set, places, chosen, width)) {
					return d
				}
			}
		}
		for _, detail := range details {
			if try(detail, none) {
				return d
			}
		}
	}
	return d
}

// count counts the places that the description of each of the chosen fits.
func (d *Description) count(set Settings, places []Place, at []int, rules map[int]Rule, chosen []int) {
	d.Fits = len(at)
	for _, c := range chosen {
		n := 0
		for _, i := range at {
			if d.fits(set, rules, places[c], places[i]) {
				n++
			}
		}
		d.Fits = min(d.Fits, n)
	}
}

// fits tells whether another place has the description of a chosen one.
func (d *Description) fits(set Settings, rules map[int]Rule, chosen, other Place) bool {
	for m, band := range d.Bands {
		if x := other.Numbers[m]; x < band[0] || x > band[1] {
			return false
		}
	}
	a, b := chosen.Deciding, other.Deciding
	if a.Quadrant != b.Quadrant || !rules[a.Quadrant].met(b, set.Reliability) {
		return false
	}
	if d.Detail == Rules {
		return true
	}
	if a.Class() != b.Class() || a.Modelled != b.Modelled || a.Shrunken != b.Shrunken ||
		(a.Reliability >= set.Reliability) != (b.Reliability >= set.Reliability) {
		return false
	}
	if d.Detail == Deciding {
		return true
	}
	same := d.Told(a) == d.Told(b)
	for k, p := range chosen.Others {
		same = same && d.Told(p) == d.Told(other.Others[k])
	}
	return same
}

// Told is what the description tells of a project's attainment: High, NearHigh,
// NearLow or Low, of which the near ones are not told apart from the others
// unless the detail is Near; 0 when it tells nothing of it.
func (d *Description) Told(p Project) int {
	switch {
	case d.Detail >= Deciding:
		return 0
	case d.Detail == Sides && p.Attainment > 0:
		return High
	case d.Detail == Sides:
		return Low
	}
	return p.Attainment
}

// bandsAround are round numbers that the chosen lie between, some steps farther out.
func bandsAround(set Settings, places []Place, chosen []int, steps int) [][2]float64 {
	bands := make([][2]float64, len(set.Alike))
	for m := range bands {
		low, high := math.Inf(1), math.Inf(-1)
		for _, i := range chosen {
			low, high = min(low, places[i].Numbers[m]), max(high, places[i].Numbers[m])
		}
		bands[m] = [2]float64{-roundUp(-low, steps), roundUp(high, steps)}
	}
	return bands
}

// roundUp is the smallest of … 0.1, 0.2, 0.5, 1, 2, 5, 10 … (with 0 and the
// negatives of these) that is at least x, or the one that is so many steps above it.
func roundUp(x float64, steps int) float64 {
	switch {
	case x == 0:
		return 0
	case x < 0: // the largest that is at most −x, turned
		return -rung(rungAbove(-x, false) - steps)
	}
	return rung(rungAbove(x, true) + steps)
}

// rung is the i-th of the numbers 1, 2, 5, 10, 20, 50 …; 0.5 is the −1st.
func rung(i int) float64 {
	decade, k := i/3, i%3
	if k < 0 {
		decade, k = decade-1, k+3
	}
	digit := []float64{1, 2, 5}[k]
	if decade < 0 {
		return digit / math.Pow(10, float64(-decade))
	}
	return digit * math.Pow(10, float64(decade))
}

// rungAbove is the rung at or next above a positive x, or else at or next below it.
func rungAbove(x float64, above bool) int {
	i := 3 * int(math.Floor(math.Log10(x)))
	for rung(i) > x {
		i--
	}
	for rung(i+1) <= x {
		i++
	}
	if above && rung(i) < x {
		i++
	}
	return i
}
