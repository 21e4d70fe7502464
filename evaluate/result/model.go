package result

import (
	"math"

	"bidrag/model/fit"
)

// OfModel gives the numbers of a fitted model that a table or figure shows:
// for every term the estimate with its interval, its standard error and
// p-value, for a logit model the odds ratio with its interval; and what is
// said of the model as a whole. An aliased term has no values.
func OfModel(name string, r *fit.Result) []Value {
	var out []Value
	whole := func(quantity, unit string, value float64) {
		out = append(out, Estimate(Key{Quantity: quantity, Model: name}, unit, value, r.NObs))
	}
	out = append(out, PersonCount(Key{Quantity: "persons", Model: name}, r.NObs))
	whole("log_lik", LogLik, r.LogLik)
	whole("aic", Number, r.AIC)
	whole("bic", Number, r.BIC)
	for _, kind := range []string{"mcfadden", "tjur", "nakagawa_marginal", "nakagawa_conditional"} {
		if v, ok := r.RSquared[kind]; ok {
			out = append(out, Estimate(Key{Quantity: "r_squared", Kind: kind, Model: name}, Share, v, r.NObs))
		}
	}
	for _, c := range r.Coefficients {
		out = append(out, ofTerm(name, r, c)...)
	}
	return out
}

// ofTerm gives the numbers of one coefficient.
func ofTerm(name string, r *fit.Result, c fit.Coefficient) []Value {
	if c.Estimate == nil {
		return nil
	}
	number := func(p *float64) float64 {
		if p == nil {
			return math.NaN()
		}
		return *p
	}
	key := func(quantity string) Key { return Key{Quantity: quantity, Model: name, Term: c.Term} }
	low, high := number(c.ConfLow), number(c.ConfHigh)
	unit := Number
	if r.Link == "logit" {
		unit = LogOdds
	}
	out := []Value{
		Estimate(key("estimate"), unit, *c.Estimate, r.NObs).WithInterval(low, high),
		Estimate(key("std_error"), unit, number(c.StdError), r.NObs),
		Estimate(key("p_value"), PValue, number(c.PValue), r.NObs),
	}
	if r.Link == "logit" {
		out = append(out, Estimate(key("odds_ratio"), OddsRatio, math.Exp(*c.Estimate), r.NObs).WithInterval(math.Exp(low), math.Exp(high)))
	}
	return out
}
