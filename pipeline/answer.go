package pipeline

import (
	"context"
	"fmt"
	"math"
	"strings"

	"bidrag/data/frame"
	"bidrag/evaluate/contribution"
	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/model/formula"
	"bidrag/study"
	"bidrag/study/problem"
)

// describe counts who takes part and how many attain the goal.
func (r *Run) describe(context.Context) error {
	add := func(values []result.Value) error { return r.Results.Add("describe", values...) }
	for _, sample := range []string{"gross", "complete", "incomplete"} {
		values := append(describe.Attainment(r.Study, r.data, sample, r.rows(sample)), describe.Differences(r.Study, r.data, sample, r.rows(sample))...)
		if err := add(values); err != nil {
			return err
		}
	}
	sample := r.Study.Describe.Sample
	rows := r.rows(sample)
	for _, of := range []func(*study.Study, *frame.Frame, string, []int) []result.Value{
		describe.Composition, describe.Measures, describe.Means, describe.Distribution,
	} {
		if err := add(of(r.Study, r.data, sample, rows)); err != nil {
			return err
		}
	}
	return nil
}

// fitModels fits every model of the study to its sample.
func (r *Run) fitModels(ctx context.Context) error {
	var problems problem.List
	for _, e := range r.Study.Models {
		model, err := r.fit(ctx, e.Value, nil)
		if err != nil {
			file, line, column := r.Study.Place("models", e.Key, "formula")
			problems.Add(file, line, column, "model %q cannot be fitted: %v", e.Key, err)
			continue
		}
		r.Results.Models[e.Key] = model.Result
		values := result.OfModel(e.Key, model.Result)
		contrasts, err := r.schemeContrasts(e.Key, e.Value, model)
		if err != nil {
			return err
		}
		if err := r.Results.Add("models", append(values, contrasts...)...); err != nil {
			return err
		}
	}
	return problems.Err()
}

// schemeContrasts are the differences between each scheme and the reference
// among like persons: the expected attainment of the model's persons if all
// were in the one, less that if all were in the other. A model without the
// scheme has none.
func (r *Run) schemeContrasts(name string, m study.Model, model *fit.Model) ([]result.Value, error) {
	uses := false
	for _, n := range model.Formula.Names() {
		uses = uses || n.Name == "scheme"
	}
	if !uses || model.Result.Status != "converged" {
		return nil, nil
	}
	data := r.data.Rows(r.rows(m.Sample))
	if model.Rows != nil {
		data = data.Rows(model.Rows)
	}
	effects, err := model.Effects(fit.TypicalGroup)
	if err != nil {
		return nil, err
	}
	differences, err := effects.Effect(data, "scheme")
	if err != nil {
		return nil, err
	}
	var out []result.Value
	for _, d := range differences {
		key := result.Key{Quantity: "adjusted_difference", Model: name, Scheme: d.Level}
		out = append(out, result.Estimate(key, result.Points, d.Value, data.NumRows()).WithInterval(d.Low, d.High))
	}
	return out, nil
}

// nobody says why a sample has no persons.
func (r *Run) nobody(sample string) error {
	var unknown []string
	for _, v := range r.Results.Values {
		if v.Key.Quantity == "missing" && v.Key.Kind == "" && v.Key.Scheme == result.All && v.Value == 1 {
			unknown = append(unknown, v.Key.Variable)
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("nobody is in the sample %q: %s is unknown for everyone", sample, strings.Join(unknown, ", "))
	}
	return fmt.Errorf("nobody is in the sample %q", sample)
}

// fit fits one model to its sample, without the variables in drop. A model
// that has been fitted is not fitted again.
func (r *Run) fit(ctx context.Context, m study.Model, drop []string) (*fit.Model, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := formula.Parse(m.Formula)
	if err != nil {
		return nil, err
	}
	text, err := f.Without(drop...)
	if err != nil {
		return nil, err
	}
	id := [4]string{text, m.Family, m.Link, m.Sample}
	if model, done := r.fitted[id]; done {
		return model, nil
	}
	rows := r.rows(m.Sample)
	if len(rows) == 0 {
		return nil, r.nobody(m.Sample)
	}
	model, err := fit.Fit(text, r.data.Rows(rows), fit.Options{Family: m.Family, Link: m.Link, Threads: r.threads()})
	if err == nil {
		r.fitted[id] = model
	}
	return model, err
}

// contributions compares every project with what its participants lead one to
// expect, in each of the study's variants.
func (r *Run) contributions(ctx context.Context) error {
	c := r.Study.Contribution
	if c == nil {
		return nil
	}
	m, _ := r.Study.Models.Get(c.Model)
	rows := r.rows(m.Sample)
	data := r.data.Rows(rows)
	for _, v := range c.Variants {
		model, err := r.fit(ctx, m, v.Value.Drop)
		if err != nil {
			file, line, column := r.Study.Place("contribution", "variants", v.Key)
			return problem.Problem{File: file, Line: line, Column: column, Message: fmt.Sprintf("the expected attainment cannot be computed: %v", err)}
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
