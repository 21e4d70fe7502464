package contribution

import "bidrag/evaluate/result"

// ByLevel compares the persons at each level of a variable, within each scheme,
// with what is expected of them, as Compute does with projects: figures 22, 23
// and 25–28 of the report. A group is a level of a scheme, with the level as its
// name, and Person.Project is the index of a person's group; a group of nobody
// has no numbers. With a variable and the scheme in the model the contributions
// of its levels tell how well the model's line fits each of them, and, when they
// go opposite ways in the schemes, who gains more from one than the model has room for.
func ByLevel(set Settings, variable string, groups []Project, persons []Person) []result.Value {
	var out []result.Value
	for _, t := range count(groups, persons) {
		if t.n == 0 {
			continue
		}
		value := func(quantity, unit string, x float64) result.Value {
			v := result.Estimate(result.Key{Quantity: quantity, Kind: set.Variant, Sample: set.Sample, Scheme: t.Scheme, Variable: variable, Level: t.Name}, unit, x, t.n)
			v.Part = t.attained
			return v
		}
		low, high := t.approximate()
		out = append(out,
			value("group_actual", result.Share, t.actual()),
			value("group_expected", result.Share, t.expect()),
			value("group_contribution", result.Points, t.contribution()).WithInterval(low, high))
	}
	return out
}
