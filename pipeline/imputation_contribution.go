package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"

	"bidrag/evaluate/contribution"
	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/model/infer"
	"bidrag/model/univariate"
)

// contributionsOf is what projects contribute in one completed data set, by the
// first variant of the study; nil when its model is not among those that are
// fitted to completed data.
func (r *Run) contributionsOf(f *fitted) ([]result.Value, error) {
	c := r.Study.Contribution
	if c == nil || f == nil {
		return nil, nil
	}
	model, v := f.model, c.Variants[0]
	if len(v.Value.Drop) > 0 {
		text, err := r.formulas[f.name].Without(v.Value.Drop...)
		if err != nil {
			return nil, err
		}
		if model, err = r.fit(f.study, text, f.data); err != nil {
			return nil, err
		}
	}
	return r.projectContributions(model, f, v.Key)
}

// projectContributions are the contributions of projects by the probabilities of
// a model, with intervals of the normal approximation, whose errors can be pooled.
func (r *Run) projectContributions(model *fit.Model, f *fitted, variant string) ([]result.Value, error) {
	expected, err := model.Predict(f.data, fit.Prediction{Typical: true})
	if err != nil {
		return nil, err
	}
	c := r.Study.Contribution
	projects, persons := r.persons(f.data, expected.Mu)
	if len(persons) == 0 {
		return nil, nil
	}
	return contribution.Approximate(contribution.Settings{Variant: variant, Sample: f.study.Sample, MinLeavers: c.MinLeavers}, projects, persons), nil
}

// A pooledProject is a project's contribution by completed data and, where it has
// enough persons without filling, by complete rows.
type pooledProject struct {
	filled   result.Value
	stdError float64
	complete *result.Value
}

// poolContributions pools what projects contribute and compares it with what
// they contribute by complete rows alone.
func (r *Run) poolContributions(ctx context.Context, a *setAnswers) error {
	c := r.Study.Contribution
	if c == nil || !slices.Contains(a.names, c.Model) || a.sets[0].projects == nil && a.sets[0].failure == nil {
		return nil
	}
	var sets [][]result.Value
	for _, s := range a.sets {
		if s.failure != nil {
			r.gap("imputation", c.Model, "contribution", fmt.Errorf("what projects contribute cannot be computed from filled data: %w", s.failure), "contribution", "model")
			return nil
		}
		if s.projects != nil {
			sets = append(sets, s.projects)
		}
	}
	complete, err := r.completeContributions(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil || len(sets) < 2 {
		return nil // told of by the contributions, and by the model
	}
	projects := poolProjects(sets, complete)
	values := r.contributionChanges(projects)
	for _, p := range projects {
		values = append(values, p.values()...)
	}
	return r.Results.Add("imputation", values...)
}

// completeContributions is what projects contribute by the study's own model.
func (r *Run) completeContributions(ctx context.Context) ([]result.Value, error) {
	c := r.Study.Contribution
	m, _ := r.Study.Models.Get(c.Model)
	data, err := r.modelData(m)
	if err != nil {
		return nil, err
	}
	model, err := r.expecting(ctx, c.Model, c.Variants[0].Value.Drop, data)
	if err != nil {
		return nil, err
	}
	return r.projectContributions(model, &fitted{name: c.Model, study: m, model: model, data: data}, c.Variants[0].Key)
}

// poolProjects pools the contributions of each project that all sets have. The
// variance within a set is that of chance in the outcomes, as without filling;
// that between sets is what the gaps leave open.
func poolProjects(sets [][]result.Value, complete []result.Value) []pooledProject {
	var out []pooledProject
	for i, v := range sets[0] {
		estimates, covs := make([][]float64, len(sets)), make([][]float64, len(sets))
		for k, s := range sets {
			if len(s) != len(sets[0]) || s[i].Key != v.Key {
				return nil // outcomes and projects are not filled, so this cannot be
			}
			se := (s[i].High - s[i].Low) / 2 / univariate.NormalQuantile(0.5+confidence/2)
			estimates[k], covs[k] = []float64{s[i].Value}, []float64{se * se}
		}
		q, err := infer.Pool(estimates, covs, math.Inf(1))
		if err != nil {
			return nil
		}
		low, high := q.Interval(0, confidence)
		p := pooledProject{filled: v.WithInterval(low, high), stdError: q.StdError[0]}
		p.filled.Value = q.Estimate[0]
		for _, o := range complete {
			if o.Key.Project == v.Key.Project && o.Key.Scheme == v.Key.Scheme {
				p.complete = &o
			}
		}
		out = append(out, p)
	}
	return out
}

// values are the project's pooled contribution and its standard error.
func (p pooledProject) values() []result.Value {
	v := p.filled.WithInterval(math.NaN(), math.NaN())
	v.Key.Quantity = "imputed_project_contribution"
	e := v
	e.Key.Quantity, e.Value = "imputed_project_std_error", p.stdError
	return []result.Value{v, e}
}

// imputedPersons is the number of persons whose gaps were filled or who have none.
func (r *Run) imputedPersons() int {
	for _, v := range r.Results.Values {
		if v.Key.Quantity == "imputation_persons" {
			return v.N
		}
	}
	return len(r.rows(r.Study.Imputation.Sample))
}

// contributionChanges tells how many projects filling adds, and how much the
// contributions of the others change.
func (r *Run) contributionChanges(projects []pooledProject) []result.Value {
	var before, after []float64
	change := 0.0
	byBand, byInterval := classTable{}, classTable{}
	band := r.Study.Contribution.NeutralBand
	for _, p := range projects {
		if p.complete == nil {
			continue
		}
		c, f := *p.complete, p.filled
		before, after = append(before, c.Value), append(after, f.Value)
		change += math.Abs(f.Value - c.Value)
		byBand[[2]string{contribution.Class(c.Value, c.Value, band), contribution.Class(f.Value, f.Value, band)}]++
		byInterval[[2]string{contribution.Class(c.Low, c.High, 0), contribution.Class(f.Low, f.High, 0)}]++
	}
	persons := r.imputedPersons()
	value := func(quantity, unit string, x float64) result.Value {
		return result.Estimate(result.Key{Quantity: quantity}, unit, x, persons)
	}
	out := []result.Value{
		value("imputed_projects", result.Count, float64(len(projects))),
		value("imputed_projects_new", result.Count, float64(len(projects)-len(before))),
	}
	if len(before) == 0 {
		return out
	}
	out = append(out, value("imputed_contribution_change", result.Points, change/float64(len(before))))
	if correlation := univariate.Pearson(before, after); !math.IsNaN(correlation) {
		out = append(out, value("imputed_contribution_correlation", result.Number, correlation))
	}
	out = append(out, byBand.values("imputed_projects_by_band", persons)...)
	return append(out, byInterval.values("imputed_projects_by_interval", persons)...)
}

// A classTable counts projects by their class without and with filling.
type classTable map[[2]string]int

// values are the counts, and the number of projects whose class is another.
func (t classTable) values(quantity string, persons int) []result.Value {
	var out []result.Value
	changed := 0
	names := []string{"above", "neutral", "below"}
	for _, from := range names {
		for _, to := range names {
			n := t[[2]string{from, to}]
			if from != to {
				changed += n
			}
			out = append(out, result.Estimate(result.Key{Quantity: quantity, Kind: from, Level: to}, result.Count, float64(n), persons))
		}
	}
	return append(out, result.Estimate(result.Key{Quantity: quantity, Kind: "changed"}, result.Count, float64(changed), persons))
}
