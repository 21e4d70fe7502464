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
// and of several as near the first by name. The values do not name it. Missing are the examples
// for which there is no unit.
func (x *Indicators) Examples(wanted []Example, threshold int) (values []result.Value, missing []string) {
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
			missing = append(missing, e.Name)
			continue
		}
		u := x.units[nearest]
		taken[nearest] = true
		value := func(quantity, unit string, number float64) result.Value {
			v := result.Estimate(result.Key{Quantity: quantity, Kind: x.set.Variant, Sample: x.set.Sample, Scheme: e.Scheme, Year: x.set.Year, Level: e.Name}, unit, number, u.n)
			v.Part = u.attained
			return v
		}
		low, high := u.interval()
		values = append(values, value("example_expected", result.Share, u.expect()), value("example_actual", result.Share, u.actual()),
			value("example_contribution", result.Points, u.contribution()).WithInterval(low, high))
	}
	return values, missing
}
