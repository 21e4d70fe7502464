package assume

import (
	"math"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/model/infer"
	"bidrag/model/univariate"
)

// RandomEffects tells whether the random effects are normal. Each group's mode
// is divided by its own standard deviation under the model, √(σ² − v) with v
// its conditional variance, and should then be standard normal, nearly. Values:
//
//	random_effect            {Model, Variable, Level}  from the smallest upwards, for the n-th of the groups
//	random_effect_expected   {Model, Variable, Level}  the normal quantile, with the band of 95 percent for that rank
//	random_effect_mean, _sd, _ks, _ks_p, _groups   {Model, Variable}               their mean, sd, distance from the normal with its p, and number
//
// A group is known by its rank alone. A point rests on the persons of its
// group, and on those of them who attained; it falls with them. Variable is the
// grouping, with the term when it is no intercept: "g" or "g:x". There are no
// values where a variance is zero.
//
// Source: [infer.NormalQuantiles]; Lange and Ryan (1989), Annals of Statistics
// 17, 624–642.
func (t *Test) RandomEffects() []result.Value {
	var out []result.Value
	told := map[string]bool{}
	for k, r := range t.Model.Coding.Random {
		if told[r.Name] {
			continue
		}
		told[r.Name] = true
		modes, ok := t.Model.Modes(r.Name)
		if !ok {
			continue
		}
		var sigma []float64
		for _, e := range t.Model.Result.Random {
			if e.Group == r.Name {
				sigma = append(sigma, e.SD...)
			}
		}
		members := Grouping{Index: t.drawn[k].group, Groups: len(r.Levels)}.members()
		for c, term := range modes.Terms {
			name := r.Name
			if term != "(Intercept)" {
				name += ":" + term
			}
			values := make([]float64, len(modes.Levels))
			for g := range values {
				values[g] = modes.Mode[g][c] / math.Sqrt(sigma[c]*sigma[c]-modes.SD[g][c]*modes.SD[g][c])
			}
			out = append(out, t.normality(name, values, members)...)
		}
	}
	return out
}

// normality compares the standardized modes of one random term with the normal
// distribution.
func (t *Test) normality(name string, values []float64, members [][]int) []result.Value {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil // no variance of its own
		}
	}
	mean, sd := univariate.MeanSD(values)
	d, p := infer.KolmogorovSmirnov(values)
	whole := func(quantity, unit string, x float64) result.Value {
		return t.value(result.Key{Quantity: quantity, Variable: name}, unit, x)
	}
	out := []result.Value{
		whole("random_effect_groups", result.Count, float64(len(values))), whole("random_effect_mean", result.Number, mean), whole("random_effect_sd", result.Number, sd),
		whole("random_effect_ks", result.Number, d), whole("random_effect_ks_p", result.PValue, p),
	}
	for k, point := range infer.NormalQuantiles(values, 0.95) {
		add := func(quantity string, x float64) result.Value {
			key := result.Key{Quantity: quantity, Variable: name, Level: strconv.Itoa(k + 1)}
			v := t.valueOf(key, result.Number, x, len(members[point.Row]))
			v.Part = t.attained(members[point.Row])
			return v
		}
		out = append(out, add("random_effect", point.Value), add("random_effect_expected", point.Expected).WithInterval(point.Low, point.High))
	}
	return out
}
