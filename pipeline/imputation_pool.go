package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"bidrag/evaluate/effects"
	"bidrag/evaluate/result"
	"bidrag/model/family"
	"bidrag/model/infer"
)

// confidence is the level of intervals.
const confidence = 0.95

// poolModels pools what the completed data sets say of each model, beside what
// the model of complete rows says of the participants of each scheme.
func (r *Run) poolModels(ctx context.Context, a *setAnswers) error {
	if err := r.fitAll(ctx, a.names); err != nil {
		return err
	}
	for i, name := range a.names {
		answers, err := r.answersOf(a, i)
		if err != nil {
			continue // told
		}
		pooled, err := pool(answers)
		if err != nil {
			return err
		}
		values := slices.Concat(pooledCoefficients(name, answers, pooled), r.pooledGroups(name, answers, pooled), pooledScalars(answers), r.completeDifferences(name))
		values = append(values, result.Estimate(result.Key{Quantity: "imputed_sets", Model: name}, result.Count, float64(len(answers)), answers[0].persons))
		if err := r.Results.Add("imputation", values...); err != nil {
			return err
		}
	}
	return nil
}

// answersOf are a model's answers in the sets in which it can be fitted. That
// there are others is a gap; fewer than two cannot be pooled.
func (r *Run) answersOf(a *setAnswers, model int) ([]*modelAnswer, error) {
	var answers []*modelAnswer
	var failure error
	for _, s := range a.sets {
		if s.models[model] != nil {
			answers = append(answers, s.models[model])
		} else if failure == nil {
			failure = s.failed[model]
		}
	}
	name, m := a.names[model], len(a.sets)
	path := []string{"imputation", "models", name}
	switch {
	case len(answers) < 2:
		var reason result.Reason
		if !errors.As(failure, &reason) {
			failure = result.Reason{Code: result.NotFitted, About: name, Message: fmt.Sprintf("the model %q can be fitted to %d of %d completed data sets, and two are needed: %v", name, len(answers), m, failure)}
		}
		r.gap("imputation", name, "", failure, path...)
		return nil, infer.ErrOneSet
	case failure != nil:
		r.gap("imputation", name, "sets", result.Reason{Code: result.NotFitted, About: name, Message: fmt.Sprintf("the model %q can be fitted to %d of %d completed data sets only, which are pooled: %v", name, len(answers), m, failure)}, path...)
	}
	return answers, nil
}

// pool pools the coefficients of one model, by the terms of its first answer.
func pool(answers []*modelAnswer) (*infer.Pooled, error) {
	terms := answers[0].terms
	p := len(terms)
	estimates, covs := make([][]float64, len(answers)), make([][]float64, len(answers))
	for k, a := range answers {
		estimates[k], covs[k] = a.beta, a.cov
		if slices.Equal(a.terms, terms) {
			continue
		}
		// A set in which a level has nobody has other terms.
		estimates[k], covs[k] = make([]float64, p), make([]float64, p*p)
		for i, t := range terms {
			from := slices.Index(a.terms, t)
			estimates[k][i] = at(a.beta, from)
			for j, u := range terms {
				to := slices.Index(a.terms, u)
				if covs[k][i*p+j] = math.NaN(); from >= 0 && to >= 0 {
					covs[k][i*p+j] = a.cov[from*len(a.terms)+to]
				}
			}
		}
	}
	return infer.Pool(estimates, covs, completeDF(answers))
}

// completeDF are the degrees of freedom that complete data would have.
func completeDF(answers []*modelAnswer) float64 {
	df := math.Inf(1)
	for _, a := range answers {
		df = min(df, a.df)
	}
	return df
}

func at(x []float64, i int) float64 {
	if i < 0 {
		return math.NaN()
	}
	return x[i]
}

// pooledCoefficients are the numbers of every term of a model. A term without an
// estimate in some set has none.
func pooledCoefficients(name string, answers []*modelAnswer, q *infer.Pooled) []result.Value {
	first := answers[0]
	unit := result.Number
	if first.link == "logit" {
		unit = result.LogOdds
	}
	out := []result.Value{result.PersonCount(result.Key{Quantity: "imputed_persons", Model: name}, first.persons)}
	for j, term := range first.terms {
		if math.IsNaN(q.Estimate[j]) || math.IsNaN(q.StdError[j]) {
			continue
		}
		value := func(quantity, unit string, x float64) result.Value {
			return result.Estimate(result.Key{Quantity: quantity, Model: name, Term: term}, unit, x, first.persons)
		}
		low, high := q.Interval(j, confidence)
		out = append(out, value("imputed_estimate", unit, q.Estimate[j]).WithInterval(low, high), value("imputed_std_error", unit, q.StdError[j]),
			value("imputed_p_value", result.PValue, q.PValue(j)), value("imputed_fmi", result.Share, q.FMI[j]), value("imputed_monte_carlo", unit, q.MonteCarlo[j]))
		if !math.IsInf(q.DF[j], 1) {
			out = append(out, value("imputed_df", result.Number, q.DF[j]))
		}
		if first.link == "logit" {
			out = append(out, value("imputed_odds_ratio", result.OddsRatio, math.Exp(q.Estimate[j])).WithInterval(math.Exp(low), math.Exp(high)))
		}
	}
	return out
}

// pooledGroups tests together the terms of every group of a model that has
// several: whether origin matters, and not only which origin.
func (r *Run) pooledGroups(name string, answers []*modelAnswer, q *infer.Pooled) []result.Value {
	m, _ := r.Study.Models.Get(name)
	first := answers[0]
	var out []result.Value
	for _, g := range m.Groups {
		var terms []int
		for j := range first.terms {
			if slices.Contains(g.Value.Variables, first.variables[j]) && !math.IsNaN(q.Estimate[j]) {
				terms = append(terms, j)
			}
		}
		test, err := q.Wald(terms)
		if err != nil || len(terms) < 2 {
			continue // nothing to test, or no covariance to test by
		}
		value := func(quantity, unit string, x float64) result.Value {
			return result.Estimate(result.Key{Quantity: quantity, Model: name, Variable: g.Key}, unit, x, first.persons)
		}
		out = append(out, value("imputed_group_f", result.Number, test.F), value("imputed_group_df", result.Number, test.DF),
			value("imputed_group_p_value", result.PValue, test.PValue))
	}
	return out
}

// pooledScalars are the numbers that every answer has, pooled each by itself.
func pooledScalars(answers []*modelAnswer) []result.Value {
	var out []result.Value
	for _, s := range answers[0].scalars {
		var all []scalar
		for _, a := range answers {
			if i := slices.IndexFunc(a.scalars, func(o scalar) bool { return o.key == s.key }); i >= 0 {
				all = append(all, a.scalars[i])
			}
		}
		if len(all) == len(answers) {
			out = append(out, poolScalar(all, completeDF(answers))...)
		}
	}
	return out
}

// poolScalar pools one number: with its interval and, of a difference between
// the schemes, its fraction of missing information. Where some set has no standard
// error on the pooling scale, as of a variance of zero, it is the mean of the
// sets on its own scale, without an interval.
func poolScalar(all []scalar, df float64) []result.Value {
	s := all[0]
	back := s.back
	if back == nil {
		back = func(x float64) float64 { return x }
	}
	estimates, covs, mean, known := make([][]float64, len(all)), make([][]float64, len(all)), 0.0, true
	for k, one := range all {
		estimates[k], covs[k] = []float64{one.x}, []float64{one.error * one.error}
		mean += back(one.x) / float64(len(all))
		known = known && !math.IsNaN(one.error) && !math.IsInf(one.x, 0)
	}
	if !known {
		if math.IsNaN(mean) {
			return nil
		}
		return []result.Value{s.value(s.key, s.unit, mean)}
	}
	q, err := infer.Pool(estimates, covs, df)
	if err != nil {
		return nil
	}
	low, high := q.Interval(0, confidence)
	out := []result.Value{s.value(s.key, s.unit, back(q.Estimate[0])).WithInterval(back(low), back(high))}
	if s.back == nil {
		fmi := s.key
		fmi.Quantity += "_fmi"
		out = append(out, s.value(fmi, result.Share, q.FMI[0]))
	}
	return out
}

func (s scalar) value(k result.Key, unit string, x float64) result.Value {
	v := result.Estimate(k, unit, x, s.n)
	v.Part = s.part
	return v
}

// completeDifferences are those of the schemes among the participants of each, by
// the study's model of complete rows.
func (r *Run) completeDifferences(name string) []result.Value {
	f := r.fits[name]
	if f == nil || !uses(f.model.Formula, "scheme") {
		return nil
	}
	with, err := r.clustered(f)
	if err != nil {
		with = f
	}
	treated, err := effects.Treated(with.of(), overGroups, r.Study.Reference())
	if err != nil {
		return nil // told of by the effects
	}
	var out []result.Value
	for _, d := range treated {
		k := result.Key{Quantity: "complete_treated_difference", Model: name, Scheme: d.Scheme}
		unit := result.Points
		if f.model.Family.Dist != family.Binomial {
			unit = result.Number
		}
		out = append(out, result.Estimate(k, unit, d.Value, d.Persons).WithInterval(d.Low, d.High))
	}
	return out
}
