package pipeline

import (
	"math"
	"slices"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
)

// levels are what a multilevel model says of its groups: how many there are, how
// much they vary, and their share of what the fixed part leaves unexplained.
func (r *Run) levels(f *fitted) []result.Value {
	fitted := f.model.Result
	if len(fitted.Random) == 0 {
		return nil
	}
	estimate := func(quantity, group, unit string, v fit.Margin) result.Value {
		key := result.Key{Quantity: quantity, Model: f.name, Variable: group}
		return result.Estimate(key, unit, v.Value, fitted.NObs).WithInterval(v.Low, v.High)
	}
	var out []result.Value
	names := []string{}
	for _, random := range fitted.Random {
		if !slices.Contains(names, random.Group) {
			names = append(names, random.Group)
			out = append(out, result.Estimate(result.Key{Quantity: "groups", Model: f.name, Variable: random.Group}, result.Count, float64(fitted.Groups[random.Group]), fitted.NObs))
		}
	}
	out = append(out, f.several(names)...)
	if parts, ok := f.model.Partition(); ok {
		for _, p := range parts {
			out = append(out, estimate("random_sd", p.Group, result.LogOdds, p.SD), estimate("icc", p.Group, result.Share, p.Share))
		}
		return out
	}
	none := math.NaN()
	for _, random := range fitted.Random {
		for k, term := range random.Terms {
			v := estimate("random_sd", random.Group, result.Number, fit.Margin{Value: random.SD[k], Low: none, High: none})
			v.Key.Term = term
			out = append(out, v)
		}
	}
	for _, name := range names {
		if icc, ok := fitted.ICC[name]; ok {
			out = append(out, estimate("icc", name, result.Share, fit.Margin{Value: icc, Low: none, High: none}))
		}
	}
	return out
}

// several counts, for every grouping that another is nested in, its groups with
// more than one of the inner: only they tell how the variation divides between
// the two. Inner groupings are called inner:outer.
func (f *fitted) several(names []string) []result.Value {
	var out []result.Value
	for _, outer := range names {
		i := slices.IndexFunc(names, func(n string) bool { return strings.HasSuffix(n, ":"+outer) })
		if i < 0 {
			continue
		}
		of, ok := f.data.Column(outer)
		in, found := f.data.Column(strings.TrimSuffix(names[i], ":"+outer))
		if !ok || !found || of.Levels == nil || in.Levels == nil {
			continue
		}
		inside, persons := make([]map[int32]bool, len(of.Levels)), make([]int, len(of.Levels))
		for row, g := range of.Code {
			if g < 0 {
				continue
			}
			if inside[g] == nil {
				inside[g] = map[int32]bool{}
			}
			inside[g][in.Code[row]] = true
			persons[g]++
		}
		groups, n := 0, 0
		for g, seen := range inside {
			if len(seen) > 1 {
				groups++
				n += persons[g]
			}
		}
		out = append(out, result.Estimate(result.Key{Quantity: "groups_with_several", Model: f.name, Variable: outer}, result.Count, float64(groups), n))
	}
	return out
}
