// Package contribution compares each project's actual attainment with what its
// participants would lead one to expect.
//
// For project j with participants i = 1 … nⱼ, outcome yᵢ and probability pᵢ
// that the individual model gives participant i,
//
//	actual       Aⱼ = Σ yᵢ / nⱼ
//	expected     Eⱼ = Σ pᵢ / nⱼ
//	contribution Cⱼ = Aⱼ − Eⱼ                 (shares; 0.01 is one percentage point)
//	interval     Cⱼ ± 1.96 √(Σ pᵢ(1 − pᵢ)) / nⱼ
//
// The interval is that of the chance in the outcomes of nⱼ persons whose
// probabilities are those expected; the model's own uncertainty is not in it
// (docs/limitations.md). It is the normal approximation of the Poisson binomial
// distribution and is wide for small projects, as it should be.
//
// Source: the report, "Bidragsindikatoranalyser"; Steffensen and Kalcic 2019.
package contribution

import (
	"math"
	"slices"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// Settings are those of the study.
type Settings struct {
	Variant     string  // names the way the expected was computed
	Sample      string  // names the rows
	MinLeavers  int     // a project with fewer is not shown
	NeutralBand float64 // a contribution within ± the band is neutral (share)
}

// A Person is what one participant brings.
type Person struct {
	Project  int // index into Projects
	Outcome  float64
	Expected float64 // probability from the model
}

// A Project is one scheme in one municipality.
type Project struct {
	Name   string
	Scheme string
}

// Quadrants of figure 21: contribution × attainment against the mean of all
// persons. A value exactly on a line counts as above it.
const (
	AboveAbove = 1 // better than expected, attainment above the mean
	AboveBelow = 2 // better than expected, attainment below the mean
	BelowBelow = 3 // worse than expected, attainment below the mean
	BelowAbove = 4 // worse than expected, attainment above the mean
)

// tally is one project's sums.
type tally struct {
	Project
	n, attained        int
	expected, variance float64 // Σp, Σp(1−p)
}

func (t tally) actual() float64       { return float64(t.attained) / float64(t.n) }
func (t tally) expect() float64       { return t.expected / float64(t.n) }
func (t tally) contribution() float64 { return t.actual() - t.expect() }
func (t tally) interval() (low, high float64) {
	half := univariate.NormalQuantile(0.975) * math.Sqrt(t.variance) / float64(t.n)
	return t.contribution() - half, t.contribution() + half
}

// Compute returns the indicators of every project with enough persons, and
// how they are spread: percentiles (table 6), shares above, below and near
// what is expected by the neutral band and by the interval, and quadrants.
// mean is the attainment of all persons.
func Compute(set Settings, projects []Project, persons []Person) []result.Value {
	tallies := count(projects, persons)
	shown := slices.DeleteFunc(tallies, func(t tally) bool { return t.n < set.MinLeavers })
	mean := meanOutcome(persons)
	var out []result.Value
	for _, t := range shown {
		out = append(out, projectValues(set, t, mean)...)
	}
	return append(out, spread(set, shown, mean)...)
}

func count(projects []Project, persons []Person) []tally {
	tallies := make([]tally, len(projects))
	for j, p := range projects {
		tallies[j].Project = p
	}
	for _, p := range persons {
		t := &tallies[p.Project]
		t.n++
		t.attained += int(p.Outcome)
		t.expected += p.Expected
		t.variance += p.Expected * (1 - p.Expected)
	}
	return tallies
}

func meanOutcome(persons []Person) float64 {
	sum := 0.0
	for _, p := range persons {
		sum += p.Outcome
	}
	return sum / float64(len(persons))
}

// projectValues are one project's numbers. They stand or fall together at the
// gate: each would give the number who attained.
func projectValues(set Settings, t tally, mean float64) []result.Value {
	value := func(quantity, unit string, x float64) result.Value {
		v := result.Estimate(result.Key{Quantity: quantity, Kind: set.Variant, Sample: set.Sample, Scheme: t.Scheme, Project: t.Name}, unit, x, t.n)
		v.Part = t.attained
		return v
	}
	low, high := t.interval()
	return []result.Value{
		value("project_persons", result.Persons, float64(t.n)),
		value("project_actual", result.Share, t.actual()),
		value("project_expected", result.Share, t.expect()),
		value("project_contribution", result.Points, t.contribution()).WithInterval(low, high),
		value("project_quadrant", result.Count, float64(t.quadrant(mean))),
	}
}

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

// Percentiles of table 6.
var percentiles = map[string]float64{"p10": 0.10, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p90": 0.90}

// spread tells how the projects' indicators are distributed, by scheme and in all.
func spread(set Settings, shown []tally, mean float64) []result.Value {
	schemes := []string{result.All}
	for _, t := range shown {
		if !slices.Contains(schemes, t.Scheme) {
			schemes = append(schemes, t.Scheme)
		}
	}
	var out []result.Value
	for _, scheme := range schemes {
		var of []tally
		persons := 0
		for _, t := range shown {
			if scheme == result.All || t.Scheme == scheme {
				of = append(of, t)
				persons += t.n
			}
		}
		if len(of) > 0 {
			out = append(out, spreadOf(set, scheme, of, persons, mean)...)
		}
	}
	return out
}

func spreadOf(set Settings, scheme string, of []tally, persons int, mean float64) []result.Value {
	value := func(quantity, level, unit string, x float64) result.Value {
		return result.Estimate(result.Key{Quantity: quantity, Kind: set.Variant, Sample: set.Sample, Scheme: scheme, Level: level}, unit, x, persons)
	}
	out := []result.Value{value("projects", "", result.Count, float64(len(of)))}
	contributions, actuals := make([]float64, len(of)), make([]float64, len(of))
	quadrants := [5]int{}
	byBand, byInterval := map[string]int{}, map[string]int{}
	for j, t := range of {
		contributions[j], actuals[j] = t.contribution(), t.actual()
		quadrants[t.quadrant(mean)]++
		byBand[Class(contributions[j], contributions[j], set.NeutralBand)]++
		low, high := t.interval()
		byInterval[Class(low, high, 0)]++
	}
	slices.Sort(contributions)
	slices.Sort(actuals)
	for _, p := range []string{"p10", "p25", "p50", "p75", "p90"} {
		out = append(out, value("contribution", p, result.Points, univariate.Quantile(contributions, percentiles[p])))
		out = append(out, value("actual", p, result.Share, univariate.Quantile(actuals, percentiles[p])))
	}
	for _, c := range []string{"above", "neutral", "below"} {
		out = append(out, value("projects_by_band", c, result.Share, float64(byBand[c])/float64(len(of))))
		out = append(out, value("projects_by_interval", c, result.Share, float64(byInterval[c])/float64(len(of))))
	}
	for q, name := range []string{1: "better_above", 2: "better_below", 3: "worse_below", 4: "worse_above"} {
		if q > 0 {
			out = append(out, value("projects_in_quadrant", name, result.Count, float64(quadrants[q])))
		}
	}
	return append(out, extremes(set, scheme, of)...)
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

// extremes are the largest and the smallest contribution. Each is one
// project's number and falls with it at the gate.
func extremes(set Settings, scheme string, of []tally) []result.Value {
	byContribution := func(a, b tally) int {
		switch d := a.contribution() - b.contribution(); {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	}
	value := func(level string, t tally) result.Value {
		v := result.Estimate(result.Key{Quantity: "contribution", Kind: set.Variant, Sample: set.Sample, Scheme: scheme, Level: level}, result.Points, t.contribution(), t.n)
		v.Part = t.attained
		return v
	}
	return []result.Value{value("min", slices.MinFunc(of, byContribution)), value("max", slices.MaxFunc(of, byContribution))}
}
