package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/result"
)

// deltaSets is how many completed data sets each delta is looked at in: fewer
// than for the models, as the same random numbers are used for all of them, so
// that what differs between deltas is the delta.
const deltaSets = 5

// A shifted is what the first model says when something is added to the filled
// values of a variable.
type shifted struct {
	delta    float64
	estimate []result.Value // the scheme's coefficients and odds ratios
	treated  []result.Value // and what it expects of the schemes' participants
}

// deltas asks what follows if those who lack a variable differ from those who are
// like them in everything else: gaps are filled again with a delta added, the
// first model of the imputation is fitted to the completed data, and the scheme's
// coefficient and effect are pooled. imputed_delta_tipping is the delta at which
// the effect's interval would begin or cease to hold zero.
func (r *Run) deltas(ctx context.Context, p *incomplete, base *setAnswers) error {
	if len(base.names) == 0 || len(r.Study.Imputation.Deltas) == 0 {
		return nil
	}
	sets := min(deltaSets, len(base.sets))
	zero, err := r.deltaOf(ctx, p, base.names[0], "", 0, sets)
	if err != nil {
		return ctx.Err() // told of the model
	}
	tasks := r.deltaTasks(p)
	err = r.parallel(len(tasks), func(i int) error {
		part := *r
		part.options.Threads = 1
		tasks[i].answer, tasks[i].failure = part.deltaOf(ctx, p, base.names[0], tasks[i].variable, tasks[i].delta, sets)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for _, e := range r.Study.Imputation.Deltas {
		all := []shifted{zero}
		for _, task := range tasks {
			switch {
			case task.variable != e.Key:
			case task.failure != nil:
				r.gap("imputation", base.names[0], e.Key, fmt.Errorf("what follows if those who lack %s differ by %g cannot be computed: %w", e.Key, task.delta, task.failure), "imputation", "deltas", e.Key, strconv.Itoa(task.place))
			default:
				all = append(all, task.answer)
			}
		}
		if len(all) == 1 {
			continue
		}
		slices.SortFunc(all, func(a, b shifted) int { return cmp.Compare(a.delta, b.delta) })
		if err := r.Results.Add("imputation", deltaValues(e.Key, all)...); err != nil {
			return err
		}
	}
	return nil
}

// A deltaTask is one delta of one variable.
type deltaTask struct {
	variable string
	place    int // in the study's list
	delta    float64
	answer   shifted
	failure  error
}

// deltaTasks are the deltas of the variables that somebody lacks.
func (r *Run) deltaTasks(p *incomplete) []deltaTask {
	var out []deltaTask
	for _, e := range r.Study.Imputation.Deltas {
		for i, delta := range e.Value {
			if !slices.Contains(p.whole, e.Key) {
				out = append(out, deltaTask{variable: e.Key, place: i, delta: delta})
			}
		}
	}
	return out
}

// deltaOf fills with one delta and pools the first model.
func (r *Run) deltaOf(ctx context.Context, p *incomplete, model, variable string, delta float64, sets int) (shifted, error) {
	var shift map[string]float64
	if variable != "" {
		shift = map[string]float64{variable: delta}
	}
	f, err := r.fill(ctx, p, sets, shift)
	if err != nil {
		return shifted{}, err
	}
	answers := &setAnswers{names: []string{model}, sets: make([]setAnswer, sets)}
	err = r.parallel(sets, func(k int) error {
		part, err := r.set(f, k)
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		answer, err := part.shiftedModel(model)
		answers.sets[k] = setAnswer{models: []*modelAnswer{answer}, failed: []error{err}}
		return nil
	})
	if err != nil {
		return shifted{}, err
	}
	return r.shift(delta, answers, sets)
}

// shiftedModel is a model's coefficients and the schemes' differences.
func (r *Run) shiftedModel(name string) (*modelAnswer, error) {
	f, err := r.imputedFit(name)
	if err != nil {
		return nil, err
	}
	answer := coefficients(f)
	answer.scalars, err = r.differences(f)
	return answer, err
}

// shift pools the first model's answers in the first sets.
func (r *Run) shift(delta float64, a *setAnswers, sets int) (shifted, error) {
	out := shifted{delta: delta}
	var answers []*modelAnswer
	for _, s := range a.sets[:sets] {
		if s.models[0] == nil {
			return out, s.failed[0]
		}
		answers = append(answers, s.models[0])
	}
	q, err := pool(answers)
	if err != nil {
		return out, err
	}
	for _, v := range pooledCoefficients(a.names[0], answers, q) {
		scheme, ofScheme := strings.CutPrefix(v.Key.Term, "scheme")
		if ofScheme && slices.Contains(r.Study.Schemes.Keys(), scheme) && (v.Key.Quantity == "imputed_estimate" || v.Key.Quantity == "imputed_odds_ratio") {
			out.estimate = append(out.estimate, v)
		}
	}
	for _, v := range pooledScalars(answers) {
		if v.Key.Quantity == "imputed_treated_difference" {
			out.treated = append(out.treated, v)
		}
	}
	return out, nil
}

// deltaValues are what follows from each delta of a variable, smallest first, and
// where the conclusion tips.
func deltaValues(variable string, all []shifted) []result.Value {
	var out []result.Value
	for _, s := range all {
		for _, v := range slices.Concat(s.estimate, s.treated) {
			v.Key.Quantity = "imputed_delta" + v.Key.Quantity[len("imputed"):]
			v.Key.Variable, v.Key.Level = variable, exact(s.delta)
			out = append(out, v)
		}
	}
	for i, v := range all[0].treated {
		series := make([]result.Value, len(all))
		for k, s := range all {
			if i >= len(s.treated) {
				return out
			}
			series[k] = s.treated[i]
		}
		if at, tips := tipping(all, series); tips {
			k := result.Key{Quantity: "imputed_delta_tipping", Model: v.Key.Model, Scheme: v.Key.Scheme, Variable: variable}
			out = append(out, result.Estimate(k, result.Number, at, v.N))
		}
	}
	return out
}

// tipping is the delta nearest to zero at which an end of the interval crosses
// zero, between two deltas by a straight line.
func tipping(all []shifted, series []result.Value) (at float64, tips bool) {
	at = math.Inf(1)
	for k := range len(series) - 1 {
		for _, end := range []func(result.Value) float64{func(v result.Value) float64 { return v.Low }, func(v result.Value) float64 { return v.High }} {
			a, b := end(series[k]), end(series[k+1])
			if !(a*b < 0) {
				continue
			}
			from, to := all[k].delta, all[k+1].delta
			if x := from + (to-from)*a/(a-b); math.Abs(x) < math.Abs(at) {
				at, tips = x, true
			}
		}
	}
	return at, tips
}
