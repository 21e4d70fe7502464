package contribution

import (
	"math"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// mostExact is the number of persons up to which a group's interval is exact.
const mostExact = 2000

// interval is that of the attainment of a group's persons: exact, and in groups of
// more than mostExact with normal tails,
//
//	Φ((Σ pᵢ(δ) − o + ½) / √Σ pᵢ(δ)(1 − pᵢ(δ))) = 0.025 for the lower end
//
// and so for the upper one, which are the score interval of Wilson with continuity
// correction when all are expected the same. They are within 0.0002 of the exact ends.
func interval(eta, outcome []float64) (low, high float64) {
	n, s := float64(len(eta)), newShifter(eta, outcome)
	o := s.short(moments{})
	if len(eta) <= mostExact || o == 0 || o == n {
		x := compare(s)
		return x.Low, x.High
	}
	z := univariate.NormalQuantile(0.5 + level/2)
	centre := s.towards(o)
	step := 2 / math.Sqrt(s.at(centre).variance)
	end := func(side float64) float64 {
		within := func(shift float64) float64 {
			m := s.at(shift)
			return z - (side*(m.attained-o)-0.5)/math.Sqrt(m.variance)
		}
		return s.at(outwards(within, centre, within(centre), side*step)).attained / n
	}
	return end(-1), end(1)
}

// ByLevel compares the persons at each level of a variable, within each scheme,
// with what is expected of them, as Compute does with projects: figures 22, 23
// and 25–28 of the report. A group is a level of a scheme, with the level as its
// name, and Person.Project is the index of a person's group; a group of nobody
// has no numbers. With a variable and the scheme in the model the contributions
// of its levels tell how well the model's line fits each of them, and, when they
// go opposite ways in the schemes, who gains more from one than the model has room for.
func ByLevel(set Settings, variable string, groups []Project, persons []Person) []result.Value {
	var out []result.Value
	tallies := count(groups, persons)
	eta, outcome := gather(tallies, persons)
	for j, t := range tallies {
		if t.n == 0 {
			continue
		}
		value := func(quantity, unit string, x float64) result.Value {
			v := result.Estimate(result.Key{Quantity: quantity, Kind: set.Variant, Sample: set.Sample, Scheme: t.Scheme, Variable: variable, Level: t.Name}, unit, x, t.n)
			v.Part = t.attained
			return v
		}
		low, high := interval(eta[j], outcome[j])
		out = append(out,
			value("group_actual", result.Share, t.actual()),
			value("group_expected", result.Share, t.expect()),
			value("group_contribution", result.Points, t.contribution()).WithInterval(low-t.expect(), high-t.expect()))
	}
	return out
}
