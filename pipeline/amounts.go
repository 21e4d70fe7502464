package pipeline

import (
	"math"
	"slices"
	"strings"

	"bidrag/evaluate/amount"
	"bidrag/evaluate/result"
)

// ofReference ends the quantities of the reference in a matching.
const ofReference = "_reference"

// amounts adds to values of a comparison what the gate must know of sums of amounts
// of money that can be found by them: means of covariates and of the outcome, by
// the weights that a method gives (nil before any), and what is made of the means of
// both sides, by which the one is found from the other.
func (o matchOf) amounts(values []result.Value, weights []float64) []result.Value {
	for i, v := range values {
		k := v.Key
		switch quantity := strings.TrimSuffix(k.Quantity, ofReference); quantity {
		case "matching_mean":
			if k.Level == "" {
				values[i].Amounts = o.sums(k.Variable, k, weights, false)
			}
		case "matching_balance", "matching_variance_ratio":
			if k.Level == "" {
				mean := k
				mean.Quantity = "matching_mean"
				values[i].Amounts = slices.Concat(o.bothSums(k.Variable, mean, weights, false), o.bothSums(k.Variable, mean, weights, quantity == "matching_variance_ratio"))
			}
		case "matching_raw_mean", "matched_mean":
			values[i].Amounts = o.sums(o.c.Question.Outcome, k, weights, false)
		case "matching_raw_difference", "matched_difference", "matched_difference_plain":
			mean := k
			mean.Quantity = map[bool]string{true: "matching_raw_mean", false: "matched_mean"}[quantity == "matching_raw_difference"]
			values[i].Amounts = o.bothSums(o.c.Question.Outcome, mean, weights, false)
		}
	}
	return values
}

// bothSums are the sums of both sides, told by the means of the key and of that of the reference.
func (o matchOf) bothSums(variable string, mean result.Key, weights []float64, squares bool) []result.Amount {
	other := mean
	other.Quantity += ofReference
	return append(o.sums(variable, mean, weights, squares), o.sums(variable, other, weights, squares)...)
}

// sums is the weighted sum, or that of squares, of a variable over the side whose
// mean the key is of. Unless all weights are the same it is no part of another.
func (o matchOf) sums(variable string, mean result.Key, weights []float64, squares bool) []result.Amount {
	money := amount.Of(o.Study, o.data, variable)
	if money == nil {
		return nil
	}
	column, _ := o.data.Column(variable)
	scheme := !strings.HasSuffix(mean.Quantity, ofReference)
	var x []float64
	var rows []int
	first, apart := 0.0, false
	for i, treated := range o.c.Treated {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		row := o.rows[o.c.Rows[i]]
		if treated != scheme || w <= 0 || column.Missing(row) {
			continue
		}
		if len(x) == 0 {
			first = w
		}
		apart = apart || math.Abs(w-first) > 1e-9*first
		v := column.Number[row]
		if squares {
			v *= v
		}
		x, rows = append(x, w*v), append(rows, row)
	}
	if !apart {
		for k := range x {
			x[k] /= first
		}
	}
	out := money.SumOf(x, rows, nil)
	for k := range out {
		out[k] = out[k].Told(mean)
		out[k].Squares, out[k].Apart = squares, apart
	}
	return out
}

// scaleAmounts are what the mean and the standard deviation of a scaling tell of, when
// its variable is an amount: of the persons of a sample, or of units, which are no
// part of another sum.
func (r *Run) scaleAmounts(s scaling, mean result.Key) (ofMean, ofSD []result.Amount) {
	money := amount.Of(r.Study, r.data, s.variable)
	if s.sample != "" {
		mean = result.Key{Quantity: "mean", Sample: s.sample, Scheme: result.All, Variable: s.variable}
	}
	ofMean, ofSD = money.SumTold(mean, s.rows), money.Spread(mean, s.rows)
	for _, a := range [][]result.Amount{ofMean, ofSD} {
		for k := range a {
			a[k].Apart = s.sample == ""
		}
	}
	return ofMean, ofSD
}
