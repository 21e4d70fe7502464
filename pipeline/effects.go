package pipeline

import (
	"context"
	"fmt"
	"slices"

	"bidrag/evaluate/effects"
)

// effects says what the models that are reported by themselves mean in
// percentage points: for everyone, for made-up persons, and in groups of persons.
func (r *Run) effects(ctx context.Context) error {
	return r.eachModel(ctx, "effects", r.withChapter(), func(part *Run, name string, f *fitted) error {
		if f == nil {
			part.noProfiles(name, fmt.Errorf("the model %q could not be fitted", name))
			return nil
		}
		for _, answer := range []func(context.Context, *fitted) error{part.marginal, part.profiles, part.interactions} {
			if err := answer(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
}

// of is a model as its effects are asked for.
func (f *fitted) of() effects.Model { return effects.Model{Name: f.name, Fit: f.model, Data: f.data} }

// marginal is what is expected of everyone at each level of every variable.
func (r *Run) marginal(ctx context.Context, f *fitted) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m := f.of()
	answer, err := effects.Marginal(m, effects.Variables(r.Study, m, r.scaleFor(f)), r.threads())
	if err != nil {
		r.gap("effects", f.name, "", err, "models", f.name)
		return nil
	}
	return r.tell(f, answer, "models", f.name)
}

// scaleFor turns numbers into those of a model's columns.
func (r *Run) scaleFor(f *fitted) effects.Scale {
	scales := r.scalesOf(f.study)
	return func(variable string, x float64) float64 {
		if i := slices.IndexFunc(scales, func(s scaling) bool { return s.variable == variable }); i >= 0 {
			return scales[i].apply([]float64{x})[0]
		}
		return x
	}
}

// tell adds an answer to the results; what it has no number for is a gap at a
// place of the study.
func (r *Run) tell(f *fitted, answer effects.Answer, path ...string) error {
	for _, g := range answer.Gaps {
		r.gap("effects", f.name, g.Subject, g.Err, path...)
	}
	return r.Results.Add("effects", answer.Values...)
}
