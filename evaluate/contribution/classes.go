package contribution

import (
	"math"
	"slices"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// Quadrants of figure 21: contribution × attainment against the mean of all
// persons. A value exactly on a line counts as above it.
const (
	AboveAbove = 1 // better than expected, attainment above the mean
	AboveBelow = 2 // better than expected, attainment below the mean
	BelowBelow = 3 // worse than expected, attainment below the mean
	BelowAbove = 4 // worse than expected, attainment above the mean
)

func (t tally) quadrant(mean float64) int {
	better, above := t.contribution() >= 0, t.actual() >= mean
	switch {
	case better && above:
		return AboveAbove
	case better:
		return AboveBelow
	case above:
		return BelowAbove
	default:
		return BelowBelow
	}
}

// Class is above when everything from low to high is over the band, below when
// everything is under it, else neutral.
func Class(low, high, band float64) string {
	switch {
	case low > band:
		return "above"
	case high < -band:
		return "below"
	default:
		return "neutral"
	}
}

// Discoveries are the q-values of some p-values: the smallest expected share of
// false ones among those called findings at which each would be one,
//
//	q₍ᵢ₎ = min over k ≥ i of min(1, m p₍ₖ₎ / k)      p₍₁₎ ≤ … ≤ p₍ₘ₎
//
// With p-values of exact tests, which are as often small as they may be or less
// often, the share is smaller than it says. The side on which a finding lies may
// be told too (Benjamini and Yekutieli 2005, J. Am. Stat. Assoc. 100:71–81).
//
// Source: Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57:289–300; R's
// p.adjust(method = "BH").
func Discoveries(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	q, least := make([]float64, len(p)), 1.0
	for rank := len(p); rank > 0; rank-- {
		i := order[rank-1]
		least = math.Min(least, p[i]*float64(len(p))/float64(rank))
		q[i] = least
	}
	return q
}

// discovery is the class of a unit whose difference survives the false-discovery
// rate.
func (x *Indicators) discovery(u unit) string {
	switch {
	case u.q >= x.set.FalseDiscovery:
		return "neutral"
	case u.contribution() > 0:
		return "above"
	default:
		return "below"
	}
}

// Percentiles of table 6.
var percentiles = []struct {
	name string
	p    float64
}{{"p10", 0.10}, {"p25", 0.25}, {"p50", 0.50}, {"p75", 0.75}, {"p90", 0.90}}

// few is a number of units under which what is told of all of them tells of one.
const few = 5

// spread tells how the units' indicators are distributed, by scheme and in all:
// percentiles (table 6), shares above, below and near what is expected by the
// neutral band, by the interval and by the false-discovery rate, and quadrants.
func (x *Indicators) spread() []result.Value {
	schemes := []string{result.All}
	for _, u := range x.units {
		if !slices.Contains(schemes, u.Scheme) {
			schemes = append(schemes, u.Scheme)
		}
	}
	var out []result.Value
	for _, scheme := range schemes {
		var of []unit
		for _, u := range x.units {
			if scheme == result.All || u.Scheme == scheme {
				of = append(of, u)
			}
		}
		if len(of) > 0 {
			out = append(out, x.spreadOf(scheme, of)...)
		}
	}
	return out
}

// summary makes values of several units. They rest on all their persons; when the
// units are few, on those of the one that tells of the fewest, with which they
// fall at the gate.
func (x *Indicators) summary(scheme string, of []unit) func(quantity, level, unit string, value float64) result.Value {
	n, part := 0, -1
	for _, u := range of {
		n += u.n
	}
	if len(of) < few {
		least := slices.MinFunc(of, func(a, b unit) int { return a.fewest() - b.fewest() })
		n, part = least.n, least.attained
	}
	return func(quantity, level, unit string, value float64) result.Value {
		if x.set.Municipalities {
			quantity = municipal[quantity]
		}
		v := result.Estimate(result.Key{Quantity: quantity, Kind: x.set.Variant, Sample: x.set.Sample, Scheme: scheme, Year: x.set.Year, Level: level}, unit, value, n)
		v.Part = part
		return v
	}
}

// municipal are the names that quantities of projects have of municipalities.
var municipal = map[string]string{
	"projects": "municipalities", "contribution": "municipalities_contribution", "actual": "municipalities_actual",
	"projects_by_band": "municipalities_by_band", "projects_by_interval": "municipalities_by_interval",
	"projects_by_discovery": "municipalities_by_discovery", "projects_in_quadrant": "municipalities_in_quadrant",
}

// fewest is the smallest number of persons that a unit's numbers tell of.
func (t tally) fewest() int { return min(t.n, t.attained, t.n-t.attained) }

func (x *Indicators) spreadOf(scheme string, of []unit) []result.Value {
	value := x.summary(scheme, of)
	out := []result.Value{value("projects", "", result.Count, float64(len(of)))}
	contributions, actuals := make([]float64, len(of)), make([]float64, len(of))
	quadrants := [5]int{}
	byBand, byInterval, byDiscovery := map[string]int{}, map[string]int{}, map[string]int{}
	for j, u := range of {
		contributions[j], actuals[j] = u.contribution(), u.actual()
		quadrants[u.quadrant(x.mean)]++
		byBand[Class(contributions[j], contributions[j], x.set.NeutralBand)]++
		byInterval[u.class()]++
		byDiscovery[x.discovery(u)]++
	}
	slices.Sort(contributions)
	slices.Sort(actuals)
	for _, p := range percentiles {
		out = append(out, value("contribution", p.name, result.Points, univariate.Quantile(contributions, p.p)),
			value("actual", p.name, result.Share, univariate.Quantile(actuals, p.p)))
	}
	share := func(n int) float64 { return float64(n) / float64(len(of)) }
	for _, c := range []string{"above", "neutral", "below"} {
		out = append(out, value("projects_by_band", c, result.Share, share(byBand[c])),
			value("projects_by_interval", c, result.Share, share(byInterval[c])),
			value("projects_by_discovery", c, result.Share, share(byDiscovery[c])))
	}
	for q, name := range []string{1: "better_above", 2: "better_below", 3: "worse_below", 4: "worse_above"} {
		if q > 0 {
			out = append(out, value("projects_in_quadrant", name, result.Count, float64(quadrants[q])))
		}
	}
	return append(out, x.extremes(value, of)...)
}

// extremes are the largest and the smallest contribution. Each is one unit's
// number and falls with it at the gate.
func (x *Indicators) extremes(value func(quantity, level, unit string, x float64) result.Value, of []unit) []result.Value {
	byContribution := func(a, b unit) int {
		switch d := a.contribution() - b.contribution(); {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	}
	one := func(level string, u unit) result.Value {
		v := value("contribution", level, result.Points, u.contribution())
		v.N, v.Part = u.n, u.attained
		return v
	}
	return []result.Value{one("min", slices.MinFunc(of, byContribution)), one("max", slices.MaxFunc(of, byContribution))}
}
