package pipeline

import (
	"context"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
)

// effects says what the models that are reported by themselves mean in
// percentage points.
func (r *Run) effects(ctx context.Context) error {
	for _, e := range r.Study.Models {
		if !e.Value.HasChapter() {
			continue
		}
		f, err := r.model(ctx, e.Key)
		if err != nil {
			return err
		}
		if f == nil {
			continue
		}
		contrasts, err := r.schemeContrasts(f)
		if err != nil {
			return err
		}
		if err := r.Results.Add("effects", contrasts...); err != nil {
			return err
		}
	}
	return nil
}

// schemeContrasts are the differences between each scheme and the reference
// among like persons: the expected attainment of the model's persons if all
// were in the one, less that if all were in the other. A model without the
// scheme has none.
func (r *Run) schemeContrasts(f *fitted) ([]result.Value, error) {
	uses := false
	for _, n := range f.model.Formula.Names() {
		uses = uses || n.Name == "scheme"
	}
	if !uses || f.model.Result.Status != "converged" {
		return nil, nil
	}
	effects, err := f.model.Effects(fit.TypicalGroup)
	if err != nil {
		return nil, err
	}
	differences, err := effects.Effect(f.data, "scheme")
	if err != nil {
		return nil, err
	}
	var out []result.Value
	for _, d := range differences {
		key := result.Key{Quantity: "adjusted_difference", Model: f.name, Scheme: d.Level}
		out = append(out, result.Estimate(key, result.Points, d.Value, f.data.NumRows()).WithInterval(d.Low, d.High))
	}
	return out, nil
}
