package contribution

import (
	"math"
	"slices"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// FunnelSettings are those of a funnel.
type FunnelSettings struct {
	Settings
	Winsorize float64 // share of the standardized contributions drawn in at each end, 0 up to but not 0.5
	Sizes     []int   // numbers of persons at which the limits are told
}

// Funnel tells which units differ from what is expected more than chance, and
// more than units usually differ, would make them. For unit j with nⱼ persons,
// contribution Cⱼ and Vⱼ = Σ pᵢ(1 − pᵢ),
//
//	standard error   sⱼ = √Vⱼ / nⱼ
//	standardized     zⱼ = Cⱼ / sⱼ              adjusted  Cⱼ / √(sⱼ² + τ²)
//	size             xⱼ = p̄(1 − p̄) / sⱼ²       p̄ the expected attainment of all persons of the units
//	limits at x      ± 1.960 and ± 3.090 times √(p̄(1 − p̄)/x), adjusted √(p̄(1 − p̄)/x + τ²)
//
// with φ and τ² of [Overdispersion]. The size is the number of persons, each with
// the probability p̄, whose contribution is as precise as the unit's: on it the
// limits are the same curve for all units, and a unit lies outside the curve when
// its own z does. A class is 2 above the limit of 99.8 %, 1 above that of 95 %,
// 0 within, −1 and −2 below.
//
// A unit whose error is 0, or next to it, as of whom everyone's probability is 0 or 1,
// has no place: its size would be without limit, and outweigh all others.
//
// Source: Spiegelhalter (2005), Statistics in Medicine 24:1185–1202.
func Funnel(set FunnelSettings, units []Project, persons []Person) []result.Value {
	tallies := slices.DeleteFunc(count(units, persons), func(t tally) bool { return t.n < set.MinLeavers || !(t.variance > certain*float64(t.n)) })
	if len(tallies) == 0 {
		return nil
	}
	all := set.around(result.All, tallies)
	var out []result.Value
	for _, t := range tallies {
		out = append(out, set.place(all, t)...)
	}
	out = append(out, set.summary(all)...)
	out = append(out, set.limits(all)...)
	out = append(out, set.classes(all, result.All, tallies)...)
	for _, scheme := range funnelSchemes(tallies) {
		of := slices.DeleteFunc(slices.Clone(tallies), func(t tally) bool { return t.Scheme != scheme })
		out = append(out, set.summary(set.around(scheme, of))...)
		out = append(out, set.classes(all, scheme, of)...)
	}
	return out
}

// certain is the mean of p(1 − p) up to which outcomes count as certain: a model that
// separates them ends near 0 and 1, and not at them.
const certain = 1e-6

// Limits of a funnel, as normal quantiles of both sides.
var (
	limit95  = univariate.NormalQuantile(0.975)
	limit998 = univariate.NormalQuantile(0.999)
)

// A funnel is what units are held against.
type funnel struct {
	scheme     string
	units      int
	n, part    int     // what its numbers rest on
	spread     float64 // p̄(1 − p̄)
	dispersion Dispersion
}

func (set FunnelSettings) around(scheme string, of []tally) funnel {
	f := funnel{scheme: scheme, units: len(of)}
	f.n, f.part = restOn(len(of), of)
	z, errors := make([]float64, len(of)), make([]float64, len(of))
	var persons int
	var expected float64
	for j, t := range of {
		persons += t.n
		expected += t.expected
		errors[j] = t.stdError()
		z[j] = t.contribution() / errors[j]
	}
	mean := expected / float64(persons)
	f.spread = mean * (1 - mean)
	f.dispersion = Overdispersion(z, errors, set.Winsorize)
	return f
}

func (t tally) stdError() float64 { return math.Sqrt(t.variance) / float64(t.n) }

// funnelSchemes lists the schemes of units, in their order; none when the units are
// of no single one.
func funnelSchemes(of []tally) []string {
	var out []string
	for _, t := range of {
		if t.Scheme != result.All && !slices.Contains(out, t.Scheme) {
			out = append(out, t.Scheme)
		}
	}
	return out
}

// restOn is the persons that what is told of several units rests on: all of them,
// or those of the unit that tells of the fewest, when the units are few. part is −1
// for all. A unit may be there with each of several years.
func restOn(units int, of []tally) (n, part int) {
	if units < few {
		least := slices.MinFunc(of, func(a, b tally) int { return a.fewest() - b.fewest() })
		return least.n, least.attained
	}
	for _, t := range of {
		n += t.n
	}
	return n, -1
}

// told makes values of several units.
func (set Settings) told(scheme string, n, part int) func(quantity, unit string, x float64) result.Value {
	if set.Municipalities {
		scheme = result.All
	}
	return func(quantity, unit string, x float64) result.Value {
		if set.Municipalities {
			quantity = "municipalities_" + quantity
		}
		v := result.Estimate(result.Key{Quantity: quantity, Kind: set.Variant, Sample: set.Sample, Scheme: scheme, Year: set.Year}, unit, x, n)
		v.Part = part
		return v
	}
}

// place is where a unit lies. All of it falls at the gate with the unit's other numbers.
func (set FunnelSettings) place(f funnel, t tally) []result.Value {
	of := set.of(t)
	value := func(level, unit string, x float64) result.Value {
		v := of("funnel", unit, x)
		v.Key.Level = level
		return v
	}
	z, adjusted := f.standardized(t)
	return []result.Value{
		value("size", result.Number, f.spread/(t.stdError()*t.stdError())),
		value("z", result.Number, z),
		value("z_adjusted", result.Number, adjusted),
		value("class", result.Count, float64(beyond(z))),
		value("class_adjusted", result.Count, float64(beyond(adjusted))),
	}
}

func (f funnel) standardized(t tally) (z, adjusted float64) {
	return t.contribution() / t.stdError(), t.contribution() / math.Sqrt(t.stdError()*t.stdError()+f.dispersion.Tau2)
}

// beyond is the class of a standardized contribution.
func beyond(z float64) int {
	class := 0
	switch size := math.Abs(z); {
	case size > limit998:
		class = 2
	case size > limit95:
		class = 1
	}
	if z < 0 {
		return -class
	}
	return class
}

// summary is what is told of all units of a scheme together.
func (set FunnelSettings) summary(f funnel) []result.Value {
	value := set.told(f.scheme, f.n, f.part)
	d := f.dispersion
	return []result.Value{
		value("funnel_units", result.Count, float64(f.units)),
		value("funnel_sd", result.Number, math.Sqrt(f.spread)),
		value("funnel_phi", result.Number, d.Phi),
		value("funnel_phi_all", result.Number, d.PhiAll),
		value("funnel_tau2", result.Number, d.Tau2),
		value("funnel_winsorized", result.Count, float64(d.Winsorized)),
	}
}

// limits are the ends of the funnel at some numbers of persons.
func (set FunnelSettings) limits(f funnel) []result.Value {
	value := set.told(f.scheme, f.n, f.part)
	var out []result.Value
	for _, size := range set.Sizes {
		for _, l := range []struct {
			name    string
			z, tau2 float64
		}{{"95", limit95, 0}, {"998", limit998, 0}, {"95_adjusted", limit95, f.dispersion.Tau2}, {"998_adjusted", limit998, f.dispersion.Tau2}} {
			half := l.z * math.Sqrt(f.spread/float64(size)+l.tau2)
			v := value("funnel_limit", result.Points, half).WithInterval(-half, half)
			v.Key.Level, v.Key.ByLevel = strconv.Itoa(size), l.name
			out = append(out, v)
		}
	}
	return out
}

// classes are the shares of units above, within and below the limits of 95 % and
// of 99.8 %, those of chance and the adjusted ones.
func (set FunnelSettings) classes(f funnel, scheme string, of []tally) []result.Value {
	counts := map[string]map[int]int{"chance": {}, "adjusted": {}}
	for _, t := range of {
		z, adjusted := f.standardized(t)
		counts["chance"][beyond(z)]++
		counts["adjusted"][beyond(adjusted)]++
	}
	n, part := restOn(len(of), of)
	value := set.told(scheme, n, part)
	var out []result.Value
	for _, limit := range []string{"chance", "adjusted"} {
		for class, name := range []string{"below_998", "below_95", "within", "above_95", "above_998"} {
			v := value("funnel_class", result.Share, float64(counts[limit][class-2])/float64(len(of)))
			v.Key.Level, v.Key.ByLevel = name, limit
			out = append(out, v)
		}
	}
	return out
}
