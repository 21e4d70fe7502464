package pipeline

import (
	"context"
	"fmt"
	"math"

	"bidrag/data/frame"
	"bidrag/evaluate/contribution"
	"bidrag/model/fit"
)

// contributions compares every project with what its participants lead one to
// expect, in each of the study's variants.
func (r *Run) contributions(ctx context.Context) error {
	c := r.Study.Contribution
	if c == nil {
		return nil
	}
	m, _ := r.Study.Models.Get(c.Model)
	data, err := r.modelData(m)
	if err != nil {
		return err
	}
	for _, v := range c.Variants {
		text, err := r.formulas[c.Model].without(v.Value.Drop)
		if err != nil {
			return err
		}
		model, err := r.fit(ctx, m, text, data)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r.gap("contribution", c.Model, v.Key, fmt.Errorf("the expected attainment cannot be computed: %w", err), "contribution", "variants", v.Key)
			continue
		}
		expected, err := model.Predict(data, fit.Prediction{Typical: true})
		if err != nil {
			return err
		}
		projects, persons := r.persons(data, expected.Mu)
		settings := contribution.Settings{Variant: v.Key, Sample: m.Sample, MinLeavers: c.MinLeavers, NeutralBand: c.NeutralBand}
		if err := r.Results.Add("contribution", contribution.Compute(settings, projects, persons)...); err != nil {
			return err
		}
	}
	return nil
}

// persons gives every person of the sample the project and what is expected.
// A person without a project or an outcome, or who lacks a variable of the
// model, counts in none.
func (r *Run) persons(data *frame.Frame, expected []float64) ([]contribution.Project, []contribution.Person) {
	project, _ := data.Column("project")
	scheme, _ := data.Column("scheme")
	outcome, _ := data.Column(r.Study.Describe.Outcome)
	projects := make([]contribution.Project, len(project.Levels))
	for j, name := range project.Levels {
		projects[j].Name = name
	}
	var persons []contribution.Person
	for i, j := range project.Code {
		if j < 0 || outcome.Missing(i) || math.IsNaN(expected[i]) {
			continue
		}
		projects[j].Scheme = scheme.Levels[scheme.Code[i]]
		persons = append(persons, contribution.Person{Project: int(j), Outcome: outcome.Number[i], Expected: expected[i]})
	}
	return projects, persons
}
