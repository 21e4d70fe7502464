package pipeline

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"bidrag/data/frame"
	"bidrag/evaluate/contribution"
	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
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
		r.gap("contribution", c.Model, "", fmt.Errorf("the expected attainment cannot be computed: %w", err), "contribution", "model")
		return nil
	}
	var expectations []expectation
	for i, v := range c.Variants {
		model, err := r.expecting(ctx, c.Model, v.Value.Drop, data)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.gap("contribution", c.Model, v.Key, fmt.Errorf("the expected attainment cannot be computed: %w", err), "contribution", "variants", v.Key)
			continue
		}
		expected, err := model.Predict(data, fit.Prediction{Typical: true})
		if err != nil {
			return err
		}
		settings := contribution.Settings{Variant: v.Key, Sample: m.Sample, MinLeavers: c.MinLeavers, NeutralBand: c.NeutralBand, FalseDiscovery: c.FalseDiscovery}
		expectations = append(expectations, expectation{set: settings, data: data, mu: expected.Mu, full: len(v.Value.Drop) == 0})
		values, err := r.unitContributions(ctx, settings, model, data, expected.Mu, i == 0)
		if err != nil {
			return err
		}
		if err := r.addContributions(append(values, r.byLevel(settings, expected.Mu)...)); err != nil {
			return err
		}
	}
	if err := r.shrunkenContributions(ctx); err != nil {
		return err
	}
	if err := r.addContributions(r.examplesReliable()); err != nil {
		return err
	}
	return r.contributionStability(ctx, expectations)
}

// byLevel compares the persons of a sample with what is expected of them at each
// level of the described variables.
func (r *Run) byLevel(settings contribution.Settings, expected []float64) []result.Value {
	rows := r.rows(settings.Sample)
	at := make([]int, r.data.NumRows()) // place of a row in the sample
	for k, i := range rows {
		at[i] = k
	}
	outcome, _ := r.data.Column(r.Study.Describe.Outcome)
	var out []result.Value
	for _, g := range r.Study.Describe.Variables {
		levels := describe.Levels(r.Study, g)
		var groups []contribution.Project
		var persons []contribution.Person
		for _, scheme := range describe.Groups(r.Study, r.data, rows) {
			if scheme.Scheme == result.All {
				continue
			}
			first := len(groups)
			for _, l := range levels {
				groups = append(groups, contribution.Project{Name: l.Key, Scheme: scheme.Scheme})
			}
			for k, level := range describe.Assign(r.Study, r.data, g, scheme.Rows) {
				i := scheme.Rows[k]
				if p := expected[at[i]]; level >= 0 && !outcome.Missing(i) && !math.IsNaN(p) {
					persons = append(persons, contribution.Person{Project: first + level, Outcome: outcome.Number[i], Expected: p})
				}
			}
		}
		out = append(out, contribution.ByLevel(settings, g.Variable, groups, persons)...)
	}
	return out
}

// expecting is a model of the study without some variables.
func (r *Run) expecting(ctx context.Context, name string, drop []string, data *frame.Frame) (*fit.Model, error) {
	if len(drop) > 0 {
		text, err := r.formulas[name].Without(drop...)
		if err != nil {
			return nil, err
		}
		m, _ := r.Study.Models.Get(name)
		return r.fit(m, text, data)
	}
	if err := r.fitAll(ctx, []string{name}); err != nil {
		return nil, err
	}
	if f := r.fits[name]; f != nil {
		return f.model, nil
	}
	return nil, fmt.Errorf("the model %q could not be fitted", name)
}

// addContributions adds values to the results. What is told of many units together
// rests on everyone of the sample, scheme and years, as the gate takes it to
// (result.OfUnits).
func (r *Run) addContributions(values []result.Value) error {
	persons := map[[3]string]int{}
	count := func(sample, scheme, year string) int {
		k := [3]string{sample, scheme, year}
		if _, done := persons[k]; !done {
			persons[k] = r.personsOf(sample, scheme, year)
		}
		return persons[k]
	}
	for i, v := range values {
		if !result.OfUnits(v) {
			continue
		}
		k := v.Key
		values[i].N = count(k.Sample, k.Scheme, k.Year)
		if k.ByLevel != "" { // a pair of years
			values[i].N += count(k.Sample, k.Scheme, k.ByLevel)
		}
	}
	return r.Results.Add("contribution", values...)
}

// personsOf is the number of persons of a sample, scheme and year, of all years where
// none is asked.
func (r *Run) personsOf(sample, scheme, year string) int {
	years, _ := r.data.Column("year")
	n := 0
	for _, g := range describe.Groups(r.Study, r.data, r.rows(sample)) {
		if g.Scheme != scheme {
			continue
		}
		for _, i := range g.Rows {
			if year == "" || !years.Missing(i) && strconv.Itoa(int(years.Number[i])) == year {
				n++
			}
		}
	}
	return n
}
