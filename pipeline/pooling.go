package pipeline

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/family"
	"bidrag/model/fit"
	"bidrag/model/formula"
	"bidrag/model/glm"
	"bidrag/model/univariate"
	"bidrag/study"
	"bidrag/study/problem"
)

// poolingSizes are where classes of groups begin, in persons, and poolingLeast
// is how many groups a class needs for its spread to be told.
var poolingSizes = []int{1, 10, 30, 100}

const poolingLeast = 5

// pooling sets a model with random intercepts beside the same model without
// groups (complete pooling) and with a coefficient for every group (none).
func (r *Run) pooling(f *fitted) error {
	if !f.study.Pooling || f.model.Result.Status != "converged" {
		return nil
	}
	data, err := r.modelData(f.study)
	if err != nil {
		return err
	}
	for _, part := range []func(*frame.Frame) ([]result.Value, error){f.completePooling, f.unpooled} {
		values, err := part(data)
		if err != nil {
			r.gap("models", f.name, "pooling", fmt.Errorf("%q cannot be fitted with other pooling: %w", f.name, err), "models", f.name, "pooling")
		} else if err := r.Results.Add("models", values...); err != nil {
			return err
		}
	}
	return nil
}

// unpooled is what there is to say of groups each by itself.
func (f *fitted) unpooled(data *frame.Frame) ([]result.Value, error) {
	terms, err := f.noPooling(data)
	if err != nil {
		return nil, err
	}
	groups, err := f.groupEffects(data)
	return append(terms, groups...), err
}

// completePooling is the model without groups beside that with random
// intercepts, and the test of whether the groups vary.
func (f *fitted) completePooling(data *frame.Frame) ([]result.Value, error) {
	complete, err := f.model.CompletePooling(data)
	if err != nil {
		return nil, err
	}
	if complete.Result.Status != "converged" {
		return nil, fmt.Errorf("without groups it is %s", complete.Result.Status)
	}
	out := slices.Concat(f.pooled("partial", f.model.Result.Coefficients, f.model.Result.NObs), f.pooled("complete", complete.Result.Coefficients, complete.Result.NObs))
	test, err := fit.Compare(complete, f.model, data)
	if err != nil {
		return nil, err
	}
	p := test.PValue
	if test.PValueBoundary != nil {
		p = *test.PValueBoundary
	}
	number := func(quantity, unit string, x float64) {
		out = append(out, result.Estimate(result.Key{Quantity: quantity, Model: f.name}, unit, x, f.model.Result.NObs))
	}
	number("pooled_lr_statistic", result.Number, test.Statistic)
	number("pooled_lr_df", result.Number, float64(test.DF))
	number("pooled_lr_p_value", result.PValue, p)
	return out, nil
}

// noPooling is the model with a coefficient for every group, and the groups
// that have none.
func (f *fitted) noPooling(data *frame.Frame) ([]result.Value, error) {
	none, err := f.model.NoPooling(data)
	if err != nil {
		return nil, err
	}
	if none.Status != "converged" {
		return nil, fmt.Errorf("with a coefficient for every group it is %s", none.Status)
	}
	key := func(quantity, kind string) result.Key {
		return result.Key{Quantity: quantity, Kind: kind, Model: f.name, Variable: none.Group}
	}
	return append(f.pooled("none", none.Coefficients, none.NObs),
		result.Estimate(key("pooled_groups", "none"), result.Count, float64(none.Groups), none.NObs),
		result.Estimate(key("pooled_groups", "partial"), result.Count, float64(len(none.Levels)), f.model.Result.NObs),
		result.PersonCount(key("pooled_left_out", "persons"), none.NLeftOut),
		result.Estimate(key("pooled_left_out", "groups"), result.Count, float64(none.GroupsLeftOut), none.NLeftOut)), nil
}

// pooled are the terms of a model by one kind of pooling; of one without an
// estimate nothing. The intercept stands for nothing without pooling.
func (f *fitted) pooled(kind string, coefficients []fit.Coefficient, n int) []result.Value {
	var out []result.Value
	for _, c := range coefficients {
		if c.Estimate == nil || c.StdError == nil || c.Term == "(Intercept)" {
			continue
		}
		key := func(quantity string) result.Key {
			return result.Key{Quantity: quantity, Kind: kind, Model: f.name, Term: c.Term}
		}
		low, high := *c.ConfLow, *c.ConfHigh
		out = append(out, result.Estimate(key("pooled_estimate"), f.unit(), *c.Estimate, n).WithInterval(low, high), result.Estimate(key("pooled_std_error"), f.unit(), *c.StdError, n))
		if f.unit() == result.LogOdds {
			out = append(out, result.Estimate(key("pooled_odds_ratio"), result.OddsRatio, math.Exp(*c.Estimate), n).WithInterval(math.Exp(low), math.Exp(high)))
		}
	}
	return out
}

// unit is that of the model's coefficients.
func (f *fitted) unit() string {
	if f.model.Result.Link == "logit" {
		return result.LogOdds
	}
	return result.Number
}

// A pooledGroup is one group's effect by itself and drawn towards the others.
type pooledGroup struct {
	persons, attained  int
	none, err, partial float64
}

// groupEffects are the effects of the groups without and with pooling, by size
// and one by one. A group is known by its rank in size alone. What follows from how many of a
// small group attained the goal is hidden as that number is.
func (f *fitted) groupEffects(data *frame.Frame) ([]result.Value, error) {
	effects, err := f.model.GroupEffects(data)
	if err != nil {
		return nil, err
	}
	groups := f.pooledGroups(effects)
	var out []result.Value
	for k, g := range groups {
		value := func(kind string, x float64) result.Value {
			v := result.Estimate(result.Key{Quantity: "pooled_group", Kind: kind, Model: f.name, Level: strconv.Itoa(k + 1)}, f.unit(), x, g.persons)
			v.Part = g.attained
			return v
		}
		size := result.PersonCount(result.Key{Quantity: "pooled_group", Kind: "persons", Model: f.name, Level: strconv.Itoa(k + 1)}, g.persons)
		out = append(out, size, value("none", g.none), value("partial", g.partial))
	}
	for k, from := range poolingSizes {
		to := math.MaxInt
		if k+1 < len(poolingSizes) {
			to = poolingSizes[k+1]
		}
		out = append(out, f.spread(strconv.Itoa(from), slices.DeleteFunc(slices.Clone(groups), func(g pooledGroup) bool { return g.persons < from || g.persons >= to }))...)
	}
	return append(out, f.spread("", groups)...), nil
}

// pooledGroups are the groups with a finite effect of their own, the largest first.
func (f *fitted) pooledGroups(e *fit.GroupEffects) []pooledGroup {
	var groups []pooledGroup
	for k, state := range e.State {
		if state != glm.Estimated {
			continue
		}
		g := pooledGroup{persons: e.NObs[k], attained: -1, none: e.None[k], err: e.NoneErr[k], partial: e.Partial[k]}
		if f.model.Family.Dist == family.Binomial {
			g.attained = int(e.Total[k])
		}
		groups = append(groups, g)
	}
	slices.SortStableFunc(groups, func(a, b pooledGroup) int {
		return cmp.Or(cmp.Compare(b.persons, a.persons), cmp.Compare(a.partial, b.partial))
	})
	return groups
}

// spread is how the effects of groups of about one size are spread: standard
// deviation, and median with the 10th and 90th percentile, without and with
// pooling, and the root mean square of the standard errors of the former. The
// percentiles are ratios of odds in a logit model.
func (f *fitted) spread(level string, groups []pooledGroup) []result.Value {
	n := 0
	for _, g := range groups {
		n += g.persons
	}
	value := func(quantity, kind, unit string, x float64) result.Value {
		return result.Estimate(result.Key{Quantity: quantity, Kind: kind, Model: f.name, Level: level}, unit, x, n)
	}
	out := []result.Value{value("pooled_class", "", result.Count, float64(len(groups)))}
	if len(groups) < poolingLeast {
		return out
	}
	squares, none, partial := 0.0, make([]float64, len(groups)), make([]float64, len(groups))
	for k, g := range groups {
		squares += g.err * g.err
		none[k], partial[k] = g.none, g.partial
	}
	for _, e := range []struct {
		kind string
		x    []float64
	}{{"none", none}, {"partial", partial}} {
		slices.Sort(e.x)
		_, sd := univariate.MeanSD(e.x)
		middle, unit := f.percentiles(e.x)
		out = append(out, value("pooled_sd", e.kind, f.unit(), sd), value("pooled_range", e.kind, unit, middle[1]).WithInterval(middle[0], middle[2]))
	}
	return append(out, value("pooled_error", "", f.unit(), math.Sqrt(squares/float64(len(groups)))))
}

// percentiles are the 10th, 50th and 90th of sorted effects.
func (f *fitted) percentiles(sorted []float64) (at [3]float64, unit string) {
	unit = result.Number
	for k, p := range []float64{0.1, 0.5, 0.9} {
		at[k] = univariate.Quantile(sorted, p)
		if f.unit() == result.LogOdds {
			at[k], unit = math.Exp(at[k]), result.OddsRatio
		}
	}
	return at, unit
}

// checkPooling tells of models that have nothing to pool.
func (r *Run) checkPooling(name string, m study.Model, f *formula.Formula, problems *problem.List) {
	if m.Pooling && len(f.Random) == 0 {
		file, line, column := r.Study.Place("models", name, "pooling")
		problems.Add(file, line, column, "the formula of model %q has no random term, so there are no groups to pool; add one, as (1 | municipality), or leave pooling out", name)
	}
}
