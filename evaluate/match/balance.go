package match

import (
	"math"
	"slices"
	"strconv"

	"bidrag/data/frame"
	"bidrag/model/formula"
)

// A Trait is something by which the two sides are told apart: a number, or a
// level of a category that one has (1) or has not (0).
type Trait struct {
	Variable, Level string    // no Level for a number; no Variable for the propensity score
	Values          []float64 // by person; NaN unknown
	Indicator       bool      // all values are 0 or 1
}

// A Balance is how alike the two sides are in a trait.
type Balance struct {
	Trait
	Scheme, Reference float64 // weighted means

	// Difference is the standardized mean difference,
	//
	//	(x̄ of the scheme − x̄ of the reference) / s
	//
	// weighted, with s the standard deviation in the scheme, without weights, so
	// that before and after have the same divisor. Where that is 0, it is that
	// within both sides.
	Difference float64

	// Ratio is the variance of a number in the scheme divided by that in the
	// reference, weighted; NaN for an indicator.
	Ratio float64
}

// Traits are the propensity score, the variables of the covariates, every level
// of those that are categories, and the columns of Question.Balance.
func (c *Comparison) Traits() []Trait {
	out := []Trait{{Values: c.Score}}
	f, err := formula.Parse("~ " + c.Covariates)
	if err != nil {
		return out
	}
	terms, err := f.Terms()
	if err != nil {
		return out
	}
	var names []string
	for _, e := range terms.Variables {
		formula.Walk(e, func(e formula.Expr) {
			if n, ok := e.(*formula.Name); ok && !slices.Contains(names, n.Name) {
				names = append(names, n.Name)
			}
		})
	}
	for _, name := range append(names, c.Question.Balance...) {
		column, ok := c.data.Column(name)
		if !ok || slices.ContainsFunc(out, func(t Trait) bool { return t.Variable == name }) {
			continue
		}
		out = append(out, traitsOf(column, formula.InFactor(terms.Variables, name))...)
	}
	return out
}

// traitsOf are a number, or the levels of a category.
func traitsOf(column *frame.Column, category bool) []Trait {
	n := column.Len()
	if column.Kind != frame.Factor && !category {
		t := Trait{Variable: column.Name, Values: column.Number, Indicator: true}
		for _, v := range t.Values {
			t.Indicator = t.Indicator && (v == 0 || v == 1 || math.IsNaN(v))
		}
		return []Trait{t}
	}
	var levels []string
	var code func(i int) int
	if column.Kind == frame.Factor {
		levels, code = column.Levels, func(i int) int { return int(column.Code[i]) }
	} else {
		values := slices.Clone(column.Number)
		slices.Sort(values)
		values = slices.DeleteFunc(slices.Compact(values), func(v float64) bool { return math.IsNaN(v) })
		for _, v := range values {
			levels = append(levels, strconv.FormatFloat(v, 'g', -1, 64))
		}
		code = func(i int) int { k, _ := slices.BinarySearch(values, column.Number[i]); return k }
	}
	out := make([]Trait, len(levels))
	seen := make([]bool, len(levels))
	for k, level := range levels {
		out[k] = Trait{Variable: column.Name, Level: level, Values: make([]float64, n), Indicator: true}
	}
	for i := range n {
		for k := range out {
			if column.Missing(i) {
				out[k].Values[i] = math.NaN()
			}
		}
		if !column.Missing(i) {
			out[code(i)].Values[i], seen[code(i)] = 1, true
		}
	}
	var present []Trait
	for k, t := range out {
		if seen[k] {
			present = append(present, t)
		}
	}
	return present
}

// Balance is how alike the two sides are in each trait with weights, nil for
// everyone as they are. Who lacks a trait is left out of it.
//
// Source: Austin (2009), Statistics in Medicine 28, 3083–3107; definitions as
// MatchIt's summary.
func (c *Comparison) Balance(traits []Trait, weights []float64) []Balance {
	if weights == nil {
		weights = ones(len(c.Treated))
	}
	out := make([]Balance, len(traits))
	for k, t := range traits {
		whole, now := c.spread(t, ones(len(c.Treated))), c.spread(t, weights)
		sd := math.Sqrt(whole.variance[1])
		if !(sd > 1e-8) {
			sd = math.Sqrt((whole.variance[0]*whole.weight[0] + whole.variance[1]*whole.weight[1]) / (whole.weight[0] + whole.weight[1]))
		}
		b := Balance{Trait: t, Scheme: now.mean[1], Reference: now.mean[0], Ratio: math.NaN()}
		if b.Difference = b.Scheme - b.Reference; math.Abs(b.Difference) > 1e-8 {
			b.Difference /= sd
		}
		if !t.Indicator {
			b.Ratio = now.variance[1] / now.variance[0]
		}
		out[k] = b
	}
	return out
}

// A spread is the weighted means and variances of a trait, of the reference and
// of the scheme.
type spread struct{ mean, variance, weight [2]float64 }

// spread is, with weights that add up to 1, Σ w (x − x̄)² / (1 − Σ w²), and
// x̄ (1 − x̄) of an indicator.
func (c *Comparison) spread(t Trait, weights []float64) spread {
	var s spread
	var squares, spent [2]float64
	for i, x := range t.Values {
		if k := side(c.Treated[i]); x == x {
			s.weight[k] += weights[i]
			s.mean[k] += weights[i] * x
		}
	}
	for k := range s.mean {
		s.mean[k] /= s.weight[k]
	}
	for i, x := range t.Values {
		if k := side(c.Treated[i]); x == x {
			w := weights[i] / s.weight[k]
			squares[k] += w * (x - s.mean[k]) * (x - s.mean[k])
			spent[k] += w * w
		}
	}
	for k := range s.mean {
		if s.variance[k] = squares[k] / (1 - spent[k]); t.Indicator {
			s.variance[k] = s.mean[k] * (1 - s.mean[k])
		}
	}
	return s
}

// Effective is the persons of the reference that weights are worth, as many as
// without weights would tell as much (Kish):
//
//	(Σ w)² / Σ w²
func (c *Comparison) Effective(weights []float64) float64 {
	sum, squares := 0.0, 0.0
	for i, w := range weights {
		if !c.Treated[i] {
			sum += w
			squares += w * w
		}
	}
	return sum * sum / squares
}

// OffSupport counts the persons of each side whose propensity score is lower or
// higher than all of the other side.
func (c *Comparison) OffSupport() Sides {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i, e := range c.Score {
		k := side(c.Treated[i])
		low[k], high[k] = min(low[k], e), max(high[k], e)
	}
	var out Sides
	for i, e := range c.Score {
		if other := 1 - side(c.Treated[i]); e < low[other] || e > high[other] {
			out.count(c.Treated[i])
		}
	}
	return out
}

// Support counts the persons of each side in bins of equal width of the
// propensity score, from 0 to 1.
func (c *Comparison) Support(bins int) []Sides {
	out := make([]Sides, bins)
	for i, e := range c.Score {
		out[min(int(e*float64(bins)), bins-1)].count(c.Treated[i])
	}
	return out
}
