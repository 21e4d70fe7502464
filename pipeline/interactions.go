package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"bidrag/evaluate/describe"
	"bidrag/evaluate/effects"
)

// interactions asks, for every variable that the study names, whether the
// schemes differ by more in some groups of persons than in others.
func (r *Run) interactions(ctx context.Context, f *fitted) error {
	for i, variable := range f.study.Interactions {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := []string{"models", f.name, "interactions", strconv.Itoa(i)}
		answer, err := r.interaction(f, variable, path)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.gap("effects", f.name, variable, fmt.Errorf("it cannot be said whether the schemes' difference varies with %s: %w", variable, err), path...)
			continue
		}
		if err := r.tell(f, answer, path...); err != nil {
			return err
		}
	}
	return nil
}

// interaction fits the model with the scheme times a variable. Levels at which
// a scheme's persons all have the same outcome leave no finite estimate; where
// the fit ends so, they are left out of both models.
func (r *Run) interaction(f *fitted, variable string, path []string) (effects.Answer, error) {
	if !uses(f.model.Formula, "scheme") {
		return effects.Answer{}, fmt.Errorf("the model does not have the scheme")
	}
	text, err := effects.Crossed(r.formulas[f.name].Source, f.model.Coding.Terms, r.columnsOf(variable))
	if err != nil {
		return effects.Answer{}, err
	}
	groups := r.groupsOf(f, variable)
	with, err := r.fit(f.study, text, f.data)
	if err != nil {
		return effects.Answer{}, err
	}
	if with.Result.DF <= f.model.Result.DF {
		return effects.Answer{}, fmt.Errorf("the model has their interaction already, or the data cannot tell it from other terms; take %s out of interactions", variable)
	}
	m := effects.Model{Name: f.name, Fit: with, Data: f.data}
	if with.Result.Status != "separated" {
		return effects.Interaction(m, f.model, groups)
	}
	oneSided := effects.OneSided(m, groups)
	keep := f.data.Where(func(i int) bool { return !slices.Contains(oneSided, groups.Of[i]) })
	groups.Of = pick(groups.Of, keep)
	if len(oneSided) > 0 && !severalLevels(groups.Of) {
		return effects.Answer{}, fmt.Errorf("at all levels but one, all persons of a scheme have the same outcome")
	}
	m.Data = f.data.Rows(keep)
	if m.Fit, err = r.fit(f.study, text, m.Data); err != nil {
		return effects.Answer{}, err
	}
	without, err := r.fit(f.study, r.formulas[f.name].Source, m.Data)
	if err != nil {
		return effects.Answer{}, err
	}
	answer, err := effects.Interaction(m, without, groups)
	if err == nil {
		for _, level := range oneSided {
			r.gap("effects", f.name, variable+" "+groups.Levels[level], fmt.Errorf("all persons of a scheme with this level have the same outcome, so that there is no finite estimate; they are left out of the comparison by %s", variable), path...)
		}
	}
	return answer, err
}

// severalLevels tells whether persons are at two levels or more.
func severalLevels(of []int) bool {
	return slices.ContainsFunc(of, func(l int) bool { return l != of[0] })
}

func pick(of, rows []int) []int {
	out := make([]int, len(rows))
	for k, i := range rows {
		out[k] = of[i]
	}
	return out
}

// groupsOf divides the persons of a model by a variable, in its own unit, as the
// description does.
func (r *Run) groupsOf(f *fitted, variable string) effects.Groups {
	rows := r.rows(f.study.Sample)
	if f.model.Rows != nil {
		rows = pick(rows, f.model.Rows)
	}
	g := describe.GroupingOf(r.Study, variable)
	out := effects.Groups{By: variable, Of: describe.Assign(r.Study, r.data, g, rows)}
	for _, l := range describe.Levels(r.Study, g) {
		out.Levels = append(out.Levels, l.Key)
	}
	return out
}
