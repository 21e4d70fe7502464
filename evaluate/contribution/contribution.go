// Package contribution compares each project's actual attainment with what its
// participants would lead one to expect. What holds of projects holds of
// municipalities, and of either in one year; they are called units here.
//
// For unit j with participants i = 1 … nⱼ, outcome yᵢ and probability pᵢ that the
// individual model gives participant i,
//
//	actual       Aⱼ = Σ yᵢ / nⱼ
//	expected     Eⱼ = Σ pᵢ / nⱼ
//	contribution Cⱼ = Aⱼ − Eⱼ                 (shares; 0.01 is one percentage point)
//
// and, with A the attainment of all persons, the unit's distance from the country is
//
//	Aⱼ − A = (Eⱼ − A) + (Aⱼ − Eⱼ): its participants and its contribution
//
// where, if the model knows the schemes, Eⱼ − A = (Sⱼ − A) + (Eⱼ − Sⱼ): the participants
// themselves and their scheme, with Sⱼ what is expected of them on average over the schemes.
//
// Beside them stand three ways to say how sure a contribution is, none of which
// draws small units towards the rest:
//
//  1. [Exact]: an interval and a p-value of the Poisson binomial distribution, and
//     q-values that allow for there being many units ([Discoveries]);
//  2. [Firth]: the unit's own intercept by penalised likelihood, for all sizes;
//  3. [Country.Attainment]: what the unit would attain with the country's participants.
//
// All are of the chance in the outcomes of nⱼ persons whose log odds are those
// expected, moved by as much for all; the model's own uncertainty is not in them
// (docs/limitations.md). Intervals are wide for small units, as they should be.
//
// Source: the report, "Bidragsindikatoranalyser"; Steffensen and Kalcic 2019.
package contribution

import (
	"math"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// Settings are those of the study.
type Settings struct {
	Variant     string  // names the way the expected was computed
	Sample      string  // names the rows
	Year        string  // of leaving; "" when all years are pooled
	MinLeavers  int     // a unit with fewer is not shown
	NeutralBand float64 // a contribution within ± the band is neutral (share)

	// Municipalities says that the units are these and not projects.
	Municipalities bool

	// FalseDiscovery is the expected share of false findings among the units that
	// are called above or below; 0 for 0.05.
	FalseDiscovery float64

	// Country is all persons of the model as if they were in a scheme, by scheme, and
	// in their own under result.All: the participants of direct standardisation. A
	// unit whose scheme is not there has none.
	Country map[string]*Country
}

// A Person is what one participant brings.
type Person struct {
	Project  int // index into Projects
	Outcome  float64
	Expected float64 // probability from the model

	// AnyScheme is that probability on average over the schemes, each with its share
	// of all persons; 0 when the model makes no difference between them.
	AnyScheme float64
}

// A Project is one scheme in one municipality, or another unit: a municipality
// has its code as the name and result.All as the scheme.
type Project struct {
	Name   string
	Scheme string
}

// tally is one unit's sums.
type tally struct {
	Project
	n, attained        int
	expected, variance float64 // Σp, Σp(1−p)
	anyScheme          float64 // Σ of the same in any scheme
}

func (t tally) actual() float64       { return float64(t.attained) / float64(t.n) }
func (t tally) expect() float64       { return t.expected / float64(t.n) }
func (t tally) contribution() float64 { return t.actual() - t.expect() }

// approximate is the interval of the normal approximation, Cⱼ ± 1.96 √Σpᵢ(1−pᵢ)/nⱼ.
func (t tally) approximate() (low, high float64) {
	half := univariate.NormalQuantile(0.5+level/2) * math.Sqrt(t.variance) / float64(t.n)
	return t.contribution() - half, t.contribution() + half
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
		t.anyScheme += p.AnyScheme
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

// Approximate are the contributions of the units with enough persons, with the
// intervals of the normal approximation: half of one over 1.96 is a standard
// error, which pooling over filled data asks for.
func Approximate(set Settings, projects []Project, persons []Person) []result.Value {
	var out []result.Value
	for _, t := range count(projects, persons) {
		if t.n > 0 && t.n >= set.MinLeavers {
			low, high := t.approximate()
			out = append(out, set.of(t)("contribution", result.Points, t.contribution()).WithInterval(low, high))
		}
	}
	return out
}

// Compute returns the indicators of every unit with enough persons, and how they
// are spread.
func Compute(set Settings, projects []Project, persons []Person) []result.Value {
	return Assess(set, projects, persons).Values()
}

// of makes values of one unit. They stand or fall together at the gate: each would
// give the number who attained.
func (set Settings) of(t tally) func(quantity, unit string, x float64) result.Value {
	prefix := "project_"
	if set.Municipalities {
		prefix = "municipality_"
	}
	return func(quantity, unit string, x float64) result.Value {
		v := result.Estimate(result.Key{Quantity: prefix + quantity, Kind: set.Variant, Sample: set.Sample, Scheme: t.Scheme, Year: set.Year, Project: t.Name}, unit, x, t.n)
		v.Part = t.attained
		return v
	}
}
