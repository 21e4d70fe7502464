package contribution

import (
	"math"

	"bidrag/evaluate/result"
)

// An Example is a unit that shows how the indicator is read: the one of its scheme
// nearest to an expected and an actual attainment.
type Example struct {
	Name             string
	Scheme           string
	Expected, Actual float64 // shares
}

// Examples finds the unit of each example: of those of its scheme with at least
// threshold persons who attained the goal and as many who did not, the one at the
// least distance √((Eⱼ − expected)² + (Aⱼ − actual)²) that is no example already,
// and of several as near the first by name. It returns the names of the units, ""
// for an example for which there is none.
//
// The values do not name the unit, and are rounded: shares to whole per cent, the
// contribution is their difference, and its interval is widened to whole points.
// They rest on threshold persons, since the number of the unit's own would tell
// which it is.
func (x *Indicators) Examples(wanted []Example, threshold int) (values []result.Value, units []string) {
	taken := map[int]bool{} // by unit
	for _, e := range wanted {
		nearest, least := -1, math.Inf(1)
		for j, u := range x.units {
			if u.Scheme != e.Scheme || taken[j] || u.fewest() < threshold {
				continue
			}
			d := math.Hypot(u.expect()-e.Expected, u.actual()-e.Actual)
			if d < least || d == least && u.Name < x.units[nearest].Name {
				nearest, least = j, d
			}
		}
		if nearest < 0 {
			units = append(units, "")
			continue
		}
		u := x.units[nearest]
		units = append(units, u.Name)
		taken[nearest] = true
		value := func(quantity, unit string, number float64) result.Value {
			return result.Estimate(result.Key{Quantity: quantity, Kind: x.set.Variant, Sample: x.set.Sample, Scheme: e.Scheme, Year: x.set.Year, Level: e.Name}, unit, number/100, threshold)
		}
		low, high := u.interval()
		expected, actual := math.Round(100*u.expect()), math.Round(100*u.actual())
		values = append(values, value("example_expected", result.Share, expected), value("example_actual", result.Share, actual),
			value("example_contribution", result.Points, actual-expected).WithInterval(math.Floor(100*low)/100, math.Ceil(100*high)/100))
	}
	return values, units
}
