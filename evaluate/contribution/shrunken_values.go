package contribution

import (
	"math"
	"slices"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// ShrunkenSettings are the study author's choices for [ShrunkenValues].
type ShrunkenSettings struct {
	Model, Sample  string
	MinLeavers     int     // a unit with fewer is not shown
	Reliability    float64 // an indicator of less is not reliable
	FalseDiscovery float64 // share of units called above or below, by an interval without zero, that may be expected to be on the other side
	Sizes          []int   // persons at which classes of size begin, rising
	Municipalities bool    // the units are these and not projects
}

// ShrunkenValues are the shrunken contributions of units, which are of one kind
// and one year, and how they are spread. Those with too few persons are left out;
// the false-discovery rate is among all others, and their ranks are within their
// schemes. A unit is a discovery when its interval leaves zero out and its
// false-discovery rate is small enough; the rate alone would call every other unit
// different, and among them many that are average in truth.
func ShrunkenValues(set ShrunkenSettings, units []Unit) []result.Value {
	units = slices.DeleteFunc(slices.Clone(units), func(u Unit) bool { return u.Persons == 0 || u.Persons < set.MinLeavers })
	if len(units) == 0 {
		return nil
	}
	all := shrunkenGroup{set: set, scheme: result.All, units: units, of: Shrink(units)}
	var out []result.Value
	for _, scheme := range schemesOf(units) {
		g := all.in(scheme)
		for j, u := range g.units {
			out = append(out, g.unit(u, g.of[j])...)
		}
		if scheme != result.All {
			out = append(out, g.spread()...)
		}
	}
	return append(out, all.spread()...)
}

func schemesOf(units []Unit) []string {
	var out []string
	for _, u := range units {
		if !slices.Contains(out, u.Scheme) {
			out = append(out, u.Scheme)
		}
	}
	return out
}

// A shrunkenGroup is the units of a scheme, or of all.
type shrunkenGroup struct {
	set    ShrunkenSettings
	scheme string
	units  []Unit
	of     []Shrunken
}

// in is the units of a scheme.
func (g *shrunkenGroup) in(scheme string) *shrunkenGroup {
	out := &shrunkenGroup{set: g.set, scheme: scheme}
	for j, u := range g.units {
		if u.Scheme == scheme {
			out.units, out.of = append(out.units, u), append(out.of, g.of[j])
		}
	}
	return out
}

// unit is the numbers of one. They stand or fall together at the gate. The rank
// is told as an interval only; where there is one unit it has none.
func (g *shrunkenGroup) unit(u Unit, s Shrunken) []result.Value {
	prefix := "project_"
	if g.set.Municipalities {
		prefix = "municipality_"
	}
	value := func(quantity, unit string, x float64) result.Value {
		v := result.Estimate(result.Key{Quantity: prefix + quantity, Sample: g.set.Sample, Model: g.set.Model, Scheme: u.Scheme, Year: u.Year, Project: u.Name}, unit, x, u.Persons)
		v.Part = u.Attained
		return v
	}
	out := []result.Value{
		value("predicted", result.Share, s.Predicted).WithInterval(s.PredictedLow, s.PredictedHigh),
		value("expected_multilevel", result.Share, s.Expected),
		value("shrunken", result.Points, s.Contribution).WithInterval(s.ContributionLow, s.ContributionHigh),
		value("ratio", result.Number, s.Ratio).WithInterval(s.RatioLow, s.RatioHigh),
		value("shrunken_class", result.Count, float64(s.Class)),
		value("shrunken_q", result.PValue, s.Q),
		value("reliability", result.Number, s.RawReliability),
		value("shrunken_reliability", result.Number, s.Reliability),
	}
	if len(g.units) > 1 {
		out = append(out, value("rank", result.Count, math.NaN()).WithInterval(float64(s.RankLow), float64(s.RankHigh)))
	}
	return out
}

// shrunkenNames are the names of what is told of several units: of projects and
// of municipalities.
var shrunkenNames = map[string][2]string{
	"shrunken":             {"shrunken", "municipalities_shrunken"},
	"class":                {"projects_by_shrunken", "municipalities_by_shrunken"},
	"discovery":            {"projects_by_discovery", "municipalities_by_discovery"},
	"wrong":                {"shrunken_false_discovery", "municipalities_shrunken_false_discovery"},
	"size":                 {"projects_by_size", "municipalities_by_size"},
	"unreliable":           {"unreliable_by_size", "municipalities_unreliable_by_size"},
	"reliability":          {"reliability_by_size", "municipalities_reliability_by_size"},
	"shrunken reliability": {"shrunken_reliability_by_size", "municipalities_shrunken_reliability_by_size"},
}

// values makes values of some units. They rest on all their persons; when the
// units are few, on those of the one that tells of the fewest, with which they
// fall at the gate.
func (g *shrunkenGroup) values(of []int) func(what, level, unit string, x float64) result.Value {
	n, part := 0, -1
	least := math.MaxInt
	for _, j := range of {
		n += g.units[j].Persons
	}
	if len(of) < few {
		for _, j := range of {
			if u := g.units[j]; min(u.Attained, u.Persons-u.Attained) < least {
				n, part, least = u.Persons, u.Attained, min(u.Attained, u.Persons-u.Attained)
			}
		}
	}
	return func(what, level, unit string, x float64) result.Value {
		quantity := shrunkenNames[what][0]
		if g.set.Municipalities {
			quantity = shrunkenNames[what][1]
		}
		v := result.Estimate(result.Key{Quantity: quantity, Sample: g.set.Sample, Model: g.set.Model, Scheme: g.scheme, Year: g.units[0].Year, Level: level}, unit, x, n)
		v.Part = part
		return v
	}
}

// spread tells how the contributions are spread, how many are above and below what
// is expected, and how reliable they are by size.
func (g *shrunkenGroup) spread() []result.Value {
	everyone := make([]int, len(g.units))
	contributions := make([]float64, len(g.units))
	for j := range everyone {
		everyone[j], contributions[j] = j, g.of[j].Contribution
	}
	value := g.values(everyone)
	var out []result.Value
	slices.Sort(contributions)
	for _, p := range percentiles {
		out = append(out, value("shrunken", p.name, result.Points, univariate.Quantile(contributions, p.p)))
	}
	byClass, byDiscovery := [3]int{}, [3]int{}
	wrong := 0.0
	for _, s := range g.of {
		byClass[1+s.Class]++
		if s.Class != 0 {
			wrong += s.WrongSide
		}
		if s.Q <= g.set.FalseDiscovery {
			byDiscovery[1+s.Class]++
		} else {
			byDiscovery[1]++
		}
	}
	share := func(n int) float64 { return float64(n) / float64(len(g.of)) }
	for k, name := range []string{"below", "neutral", "above"} {
		out = append(out, value("class", name, result.Share, share(byClass[k])), value("discovery", name, result.Share, share(byDiscovery[k])))
	}
	if called := byClass[0] + byClass[2]; called > 0 {
		out = append(out, value("wrong", "", result.Share, wrong/float64(called)))
	}
	return append(out, g.bySize(everyone)...)
}

// bySize is how reliable the indicators are, of all units (no level) and of those
// of a class of size, whose level is the number of persons at which it begins.
func (g *shrunkenGroup) bySize(everyone []int) []result.Value {
	out := g.reliability("", everyone)
	for k, from := range g.set.Sizes {
		to := math.MaxInt
		if k+1 < len(g.set.Sizes) {
			to = g.set.Sizes[k+1]
		}
		var of []int
		for _, j := range everyone {
			if n := g.units[j].Persons; n >= from && n < to {
				of = append(of, j)
			}
		}
		if len(of) > 0 {
			out = append(out, g.reliability(strconv.Itoa(from), of)...)
		}
	}
	return out
}

// reliability is the median reliability of some units, raw and shrunken, and the
// share of them whose raw indicator has less than is asked.
func (g *shrunkenGroup) reliability(level string, of []int) []result.Value {
	raw, shrunken := make([]float64, len(of)), make([]float64, len(of))
	under := 0
	for k, j := range of {
		raw[k], shrunken[k] = g.of[j].RawReliability, g.of[j].Reliability
		if raw[k] < g.set.Reliability {
			under++
		}
	}
	slices.Sort(raw)
	slices.Sort(shrunken)
	value := g.values(of)
	return []result.Value{
		value("size", level, result.Count, float64(len(of))),
		value("reliability", level, result.Number, univariate.Quantile(raw, 0.5)),
		value("shrunken reliability", level, result.Number, univariate.Quantile(shrunken, 0.5)),
		value("unreliable", level, result.Share, float64(under)/float64(len(of))),
	}
}
