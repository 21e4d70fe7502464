package pipeline

import (
	"math"
	"slices"
	"strconv"

	"bidrag/evaluate/impute"
	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// diagnostics tell whether to trust what was filled: how the mean of filled values
// moved, on average over the chains, between the lowest and the highest of them,
// and whether filled values look as observed ones do.
func (f *filling) diagnostics() []result.Value {
	var out []result.Value
	for v, spec := range f.problem.Variables {
		if f.filled.Method[v] == "" {
			continue
		}
		t := f.filled.Trace[v]
		if !math.IsNaN(t.Potential) {
			out = append(out, f.value("imputation_rhat", v, t.Potential))
		}
		for i := range t.Mean[0] {
			means := make([]float64, len(t.Mean))
			for k, chain := range t.Mean {
				means[k] = chain[i]
			}
			mean, _ := univariate.MeanSD(means)
			value := f.value("imputation_trace", v, mean).WithInterval(slices.Min(means), slices.Max(means))
			value.Key.Level = strconv.Itoa(i + 1)
			out = append(out, value)
		}
		out = append(out, f.densities(v, spec.Name)...)
	}
	return out
}

// value is a number that rests on the persons whose value of a variable was filled.
func (f *filling) value(quantity string, v int, x float64) result.Value {
	return result.Estimate(result.Key{Quantity: quantity, Variable: f.problem.Variables[v].Name}, result.Number, x, f.filled.Missing[v])
}

// densities are the shares of observed and of filled values at each level, or in
// each bin, in all and by fifth of the propensity of being missing.
func (f *filling) densities(v int, name string) []result.Value {
	d := f.filled.Density[v]
	var out []result.Value
	for i, level := range densityLevels(d) {
		key := func(kind string) result.Key {
			return result.Key{Quantity: "imputation_density", Kind: kind, Variable: name, Level: level}
		}
		out = append(out, observedShare(key("observed"), at(d.Observed, i), d.Among))
		out = append(out, result.Estimate(key("filled"), result.Share, at(d.Filled, i), f.filled.Missing[v]))
		for fifth, sides := range d.Strata {
			for side, kind := range []string{"observed", "filled"} {
				s := sides[side]
				if i >= len(s.Share) {
					continue
				}
				k := key(kind)
				k.By, k.ByLevel = "propensity", strconv.Itoa(fifth+1)
				if kind == "observed" {
					out = append(out, observedShare(k, s.Share[i], s.N))
				} else {
					out = append(out, result.Estimate(k, result.Share, s.Share[i], s.N))
				}
			}
		}
	}
	return out
}

// observedShare is a share of n persons. That of filled values counts draws, not
// persons who have a value.
func observedShare(k result.Key, share float64, n int) result.Value {
	v := result.Proportion(k, int(math.Round(share*float64(n))), n)
	v.Value = share
	return v
}

// densityLevels are the names of a density's levels; of a number's bins their
// ends, as 12:15.
func densityLevels(d impute.Density) []string {
	if d.Levels != nil {
		return d.Levels
	}
	var out []string
	for i := range len(d.Edges) - 1 {
		out = append(out, exact(d.Edges[i])+":"+exact(d.Edges[i+1]))
	}
	return out
}

// exact writes a number with all its digits.
func exact(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
