package match

import (
	"math"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// bins are those in which the propensity scores are counted.
const bins = 20

// reference ends the quantities of the reference when those of the scheme have
// the same key: a person of the reference may be compared with several schemes.
const reference = "_reference"

// Values are what is said of a comparison before any method: who is compared and
// who is not, how the outcomes of the two sides differ as they are, how the
// propensity scores lie, and how unlike the sides are. They stand under the
// name of the analysis and the scheme.
func (c *Comparison) Values(analysis string, traits []Trait) []result.Value {
	key := func(quantity string) result.Key {
		return result.Key{Quantity: quantity, Analysis: analysis, Scheme: c.Scheme}
	}
	var out []result.Value
	counts := func(quantity string, s Sides) {
		out = append(out, result.PersonCount(key(quantity), s.Scheme), result.PersonCount(key(quantity+reference), s.Reference))
	}
	counts("matching_persons", c.Persons())
	counts("matching_incomplete", c.Incomplete)
	counts("matching_alone", c.Alone)
	counts("matching_off_support", c.OffSupport())
	out = append(out, c.before(key)...)
	n := c.Persons()
	for k, s := range c.Support(bins) {
		at := key("matching_score")
		at.Level = strconv.FormatFloat(float64(k)/bins, 'g', -1, 64)
		of := at
		of.Quantity += reference
		out = append(out, result.Proportion(at, s.Scheme, n.Scheme), result.Proportion(of, s.Reference, n.Reference))
	}
	for _, t := range c.Propensity.Result.Coefficients {
		if t.Estimate == nil || t.ConfLow == nil {
			continue
		}
		at := key("matching_score_odds_ratio")
		at.Term = t.Term
		out = append(out, result.Estimate(at, result.OddsRatio, math.Exp(*t.Estimate), len(c.Treated)).WithInterval(math.Exp(*t.ConfLow), math.Exp(*t.ConfHigh)))
	}
	return append(out, c.balanceValues("", analysis, c.Balance(traits, nil), nil)...)
}

// before is how the outcomes of those who are compared differ as they are, with
// Newcombe's interval, of numbers by the normal distribution.
func (c *Comparison) before(key func(string) result.Key) []result.Value {
	s := c.spread(Trait{Values: c.Outcome}, ones(len(c.Treated)))
	e := effect(s.mean[1], s.mean[0])
	scheme, other := c.meanValues(key("matching_raw_mean"), e, ones(len(c.Treated)))
	if c.Binary {
		e.Low, e.High = univariate.Newcombe(scheme.Part, scheme.N, other.Part, other.N, 0.95)
	} else {
		e = e.normal(math.Sqrt(s.variance[1]/s.weight[1] + s.variance[0]/s.weight[0]))
	}
	return []result.Value{scheme, other, c.EffectValue(key("matching_raw_difference"), e, min(scheme.N, other.N))}
}

// unit is that of a difference of outcomes.
func (c *Comparison) unit() string {
	if c.Binary {
		return result.Points
	}
	return result.Number
}

// meanValues are the mean outcome of the scheme and of the reference, with the
// persons with weight that they rest on.
func (c *Comparison) meanValues(key result.Key, e Effect, weights []float64) (scheme, other result.Value) {
	var n, part [2]int
	for i, w := range weights {
		if k := side(c.Treated[i]); w > 0 {
			n[k]++
			part[k] += int(c.Outcome[i])
		}
	}
	of := key
	of.Quantity += reference
	scheme, other = result.Estimate(key, result.Number, e.Scheme, n[1]), result.Estimate(of, result.Number, e.Reference, n[0])
	if c.Binary {
		scheme.Unit, other.Unit = result.Share, result.Share
		scheme.Part, other.Part = part[1], part[0]
	}
	return scheme, other
}

// MethodValues are what is said of one method, by the weights that it gives to
// persons: whom it compares, how alike they are, and unless the error says that
// there is none the difference of their outcomes.
func (c *Comparison) MethodValues(analysis, method string, traits []Trait, weights []float64, e Effect, known bool) []result.Value {
	key := func(quantity string) result.Key {
		return result.Key{Quantity: quantity, Kind: method, Analysis: analysis, Scheme: c.Scheme}
	}
	var kept, all Sides
	for i, w := range weights {
		all.count(c.Treated[i])
		if w > 0 {
			kept.count(c.Treated[i])
		}
	}
	out := []result.Value{
		result.PersonCount(key("matching_kept"), kept.Scheme),
		result.PersonCount(key("matching_kept"+reference), kept.Reference),
		result.PersonCount(key("matching_left_out"), all.Scheme-kept.Scheme),
		result.PersonCount(key("matching_left_out"+reference), all.Reference-kept.Reference),
		result.Estimate(key("matching_effective"+reference), result.Number, c.Effective(weights), kept.Reference),
	}
	if known {
		scheme, other := c.meanValues(key("matched_mean"), e, weights)
		out = append(out, scheme, other, c.EffectValue(key("matched_difference"), e, kept.Scheme))
	}
	return append(out, c.balanceValues(method, analysis, c.Balance(traits, weights), weights)...)
}

// EffectValue is an effect as a value.
func (c *Comparison) EffectValue(key result.Key, e Effect, persons int) result.Value {
	return result.Estimate(key, c.unit(), e.Value, persons).WithInterval(e.Low, e.High)
}

// balanceValues are balances as values. They rest on the persons with weight of
// the side with fewer of, or without, the trait.
func (c *Comparison) balanceValues(method, analysis string, balances []Balance, weights []float64) []result.Value {
	var out []result.Value
	for _, b := range balances {
		n, part := c.persons(b.Trait, weights)
		key := func(quantity string) result.Key {
			return result.Key{Quantity: quantity, Kind: method, Analysis: analysis, Scheme: c.Scheme, Variable: b.Variable, Level: b.Level}
		}
		scheme, other := result.Estimate(key("matching_mean"), result.Number, b.Scheme, n[1]), result.Estimate(key("matching_mean"+reference), result.Number, b.Reference, n[0])
		d := result.Estimate(key("matching_balance"), result.Number, b.Difference, min(n[0], n[1]))
		if b.Indicator {
			scheme.Unit, other.Unit = result.Share, result.Share
			scheme.Part, other.Part = part[1], part[0]
			few := 0
			if rest := func(k int) int { return min(part[k], n[k]-part[k]) }; rest(1) > 0 && (rest(1) < rest(0) || rest(0) == 0) {
				few = 1
			}
			d.N, d.Part = n[few], part[few]
		}
		out = append(out, scheme, other, d)
		if !math.IsNaN(b.Ratio) {
			out = append(out, result.Estimate(key("matching_variance_ratio"), result.Number, b.Ratio, min(n[0], n[1])))
		}
	}
	return out
}

// persons are those of both sides with weight whose trait is known, and of them
// those who have it.
func (c *Comparison) persons(t Trait, weights []float64) (n, part [2]int) {
	for i, x := range t.Values {
		if k := side(c.Treated[i]); x == x && (weights == nil || weights[i] > 0) {
			n[k]++
			if t.Indicator && x == 1 {
				part[k]++
			}
		}
	}
	return n, part
}
