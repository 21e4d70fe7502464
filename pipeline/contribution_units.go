package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"bidrag/data/frame"
	"bidrag/evaluate/contribution"
	"bidrag/evaluate/result"
	"bidrag/model/fit"
)

// unitContributions are the indicators of projects and of municipalities, of all
// years together and of each, by what a model expects of everyone. With those of the
// first variant come the study's examples, which show how those of projects are
// read, and that there is no project to tell of.
func (r *Run) unitContributions(ctx context.Context, set contribution.Settings, model *fit.Model, data *frame.Frame, expected []float64, first bool) ([]result.Value, error) {
	var err error
	var anyScheme []float64
	if set.Country, anyScheme, err = r.country(model, data, expected); err != nil {
		return nil, err
	}
	parts := r.unitParts(set, data, expected, anyScheme)
	values := make([][]result.Value, len(parts))
	var pooled *contribution.Indicators // of projects
	if err := r.parallel(len(parts), func(i int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		x := contribution.Assess(parts[i].set, parts[i].units, parts[i].persons)
		if i == 0 {
			pooled = x
		}
		values[i] = x.Values()
		return nil
	}); err != nil {
		return nil, err
	}
	if c := r.Study.Contribution; first && pooled.Units() == 0 {
		r.gap("contribution", c.Model, "", result.Reason{Code: result.NoUnits, About: set.Sample,
			Message: fmt.Sprintf("no project in the sample %q has %d leavers; lower min_leavers, or choose another sample", set.Sample, c.MinLeavers)},
			"contribution", "min_leavers")
	} else if first {
		values = append(values, r.contributionExamples(pooled))
	}
	return slices.Concat(values...), nil
}

// country is all persons as if they were in each of the schemes that somebody is in,
// and as they are: the participants of direct standardisation; and what is expected
// of each on average over the schemes, nil when the model makes no difference.
func (r *Run) country(model *fit.Model, data *frame.Frame, expected []float64) (map[string]*contribution.Country, []float64, error) {
	average, differs := make([]float64, len(expected)), false
	out := map[string]*contribution.Country{result.All: contribution.NewCountry(expected)}
	scheme, _ := data.Column("scheme")
	for code, name := range scheme.Levels {
		if !slices.Contains(scheme.Code, int32(code)) {
			continue // the model need not know it
		}
		share := 0.0
		for _, c := range scheme.Code {
			if c == int32(code) {
				share += 1 / float64(len(scheme.Code))
			}
		}
		codes := slices.Repeat([]int32{int32(code)}, data.NumRows())
		there, err := data.With(frame.NewFactor("scheme", scheme.Levels, codes))
		if err != nil {
			return nil, nil, err
		}
		p, err := model.Predict(there, fit.Prediction{Typical: true})
		if err != nil {
			return nil, nil, fmt.Errorf("everyone's expected attainment in the scheme %s: %w", name, err)
		}
		out[name] = contribution.NewCountry(p.Mu)
		for i, mu := range p.Mu {
			average[i] += share * mu
			differs = differs || math.Abs(mu-expected[i]) > 1e-9
		}
	}
	if !differs {
		average = nil
	}
	return out, average, nil
}

// A unitPart is units of a kind in some years, with their persons.
type unitPart struct {
	set     contribution.Settings
	units   []contribution.Project
	persons []contribution.Person
}

// unitParts are the projects of all years, the municipalities, and both by year.
func (r *Run) unitParts(set contribution.Settings, data *frame.Frame, expected, anyScheme []float64) []unitPart {
	units, persons := r.persons(data, expected)
	kinds := []unitPart{{set, units, persons}}
	if p := r.Study.Places; p != nil {
		set.Municipalities = true
		units, persons = r.municipalityPersons(p.Variable, data, expected)
		kinds = append(kinds, unitPart{set, units, persons})
	}
	rows := r.counted(data, expected)
	if anyScheme != nil {
		for _, k := range kinds {
			for at, i := range rows {
				k.persons[at].AnyScheme = anyScheme[i]
			}
		}
	}
	parts := slices.Clone(kinds)
	year, ok := data.Column("year")
	if !r.Study.Contribution.Years || !ok {
		return parts
	}
	for _, y := range r.Study.Period.Years() {
		for _, k := range kinds {
			k.set.Year = strconv.Itoa(y)
			var of []contribution.Person
			for at, p := range k.persons {
				if year.Number[rows[at]] == float64(y) {
					of = append(of, p)
				}
			}
			k.persons = of
			parts = append(parts, k)
		}
	}
	return parts
}

// counted are the rows whose persons count: a person without a project or an
// outcome, or who lacks a variable of the model, counts in none.
func (r *Run) counted(data *frame.Frame, expected []float64) []int {
	project, _ := data.Column("project")
	outcome, _ := data.Column(r.Study.Describe.Outcome)
	var rows []int
	for i, j := range project.Code {
		if j >= 0 && !outcome.Missing(i) && !math.IsNaN(expected[i]) {
			rows = append(rows, i)
		}
	}
	return rows
}

// persons gives every person who counts the project and what is expected.
func (r *Run) persons(data *frame.Frame, expected []float64) ([]contribution.Project, []contribution.Person) {
	projects, persons := r.personsIn("project", data, expected)
	scheme, _ := data.Column("scheme")
	for k, i := range r.counted(data, expected) {
		projects[persons[k].Project].Scheme = scheme.Levels[scheme.Code[i]]
	}
	return projects, persons
}

// municipalityPersons gives them their municipality instead, of all schemes together.
func (r *Run) municipalityPersons(column string, data *frame.Frame, expected []float64) ([]contribution.Project, []contribution.Person) {
	places, persons := r.personsIn(column, data, expected)
	for j := range places {
		places[j].Scheme = result.All
	}
	return places, persons
}

// personsIn gives every person who counts the level of a column. Whoever has a
// project has a place.
func (r *Run) personsIn(column string, data *frame.Frame, expected []float64) ([]contribution.Project, []contribution.Person) {
	unit, _ := data.Column(column)
	outcome, _ := data.Column(r.Study.Describe.Outcome)
	units := make([]contribution.Project, len(unit.Levels))
	for j, name := range unit.Levels {
		units[j].Name = name
	}
	var persons []contribution.Person
	for _, i := range r.counted(data, expected) {
		persons = append(persons, contribution.Person{Project: int(unit.Code[i]), Outcome: outcome.Number[i], Expected: expected[i]})
	}
	return units, persons
}

// contributionExamples are the study's examples among the projects; one for which
// no project may be shown is a gap. It remembers which projects they are.
func (r *Run) contributionExamples(projects *contribution.Indicators) []result.Value {
	var wanted []contribution.Example
	for _, e := range r.Study.Contribution.Examples {
		wanted = append(wanted, contribution.Example{Name: e.Key, Scheme: e.Value.Scheme, Expected: e.Value.Expected, Actual: e.Value.Actual})
	}
	threshold := r.Study.Disclosure.Threshold
	values, units := projects.Examples(wanted, threshold)
	for k, e := range wanted {
		if units[k] != "" {
			r.examples[e.Name] = units[k]
			continue
		}
		r.gap("contribution", r.Study.Contribution.Model, e.Name, result.Reason{Code: result.NoUnits, About: e.Scheme,
			Message: fmt.Sprintf("no project of the scheme %s is left in which %d or more attained the goal and as many did not, so that there is none to show as an example; take the example out", e.Scheme, threshold)},
			"contribution", "examples", e.Name)
	}
	return values
}

// examplesReliable tells of every example whether the indicator of its project is
// as reliable as the study asks for, where the multilevel model tells how reliable it is.
func (r *Run) examplesReliable() []result.Value {
	c := r.Study.Contribution
	m, _ := r.Study.Models.Get(c.Model)
	multilevel, _ := r.Study.Models.Get(c.Multilevel)
	var out []result.Value
	for _, e := range c.Examples {
		n, known := r.Results.Get(result.Key{Quantity: "project_reliability", Sample: multilevel.Sample, Model: c.Multilevel, Scheme: e.Value.Scheme, Project: r.examples[e.Key]})
		if !known || r.examples[e.Key] == "" {
			continue
		}
		reliable := 0.0
		if n.Value >= c.Reliability {
			reliable = 1
		}
		key := result.Key{Quantity: "example_reliable", Kind: c.Variants[0].Key, Sample: m.Sample, Scheme: e.Value.Scheme, Level: e.Key}
		out = append(out, result.Estimate(key, result.Count, reliable, r.Study.Disclosure.Threshold))
	}
	return out
}
