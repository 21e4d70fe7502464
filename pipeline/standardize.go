package pipeline

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/formula"
	"bidrag/study"
)

// A scaling is what a standardized variable is centred on and divided by.
type scaling struct {
	variable string
	mean, sd float64
	units    int // over so many persons, or units of them

	rows   []int  // those persons, or the first of each unit
	sample string // of persons; "" of units
}

// standardize replaces the columns that a model wants standardized. A column
// that is the same everywhere becomes 0, so that its term is aliased and told of.
func (r *Run) standardize(m study.Model, data *frame.Frame) (*frame.Frame, error) {
	var columns []*frame.Column
	for _, s := range r.scalesOf(m) {
		column, ok := data.Column(s.variable)
		if !ok || math.IsNaN(s.mean) {
			return nil, result.Reason{Code: result.UnknownForAll, About: s.variable, Message: s.variable + " is unknown for everyone in the sample"}
		}
		columns = append(columns, frame.NewNumeric(s.variable, s.apply(column.Number)))
	}
	return data.With(columns...)
}

// apply standardizes numbers.
func (s scaling) apply(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v - s.mean
		if s.sd > 0 {
			out[i] /= s.sd
		}
	}
	return out
}

// scalesOf are the scales of a model's standardized variables, a later entry
// for a variable in place of an earlier one.
func (r *Run) scalesOf(m study.Model) []scaling {
	var out []scaling
	for _, z := range m.Standardize {
		sample := z.Sample
		if sample == "" {
			sample = m.Sample
		}
		rows := r.units(z.By, r.rows(sample))
		for _, v := range z.Variables {
			s := r.scaleOf(v, rows)
			if len(z.By) == 0 {
				s.sample = sample
			}
			if i := slices.IndexFunc(out, func(o scaling) bool { return o.variable == v }); i >= 0 {
				out[i] = s
			} else {
				out = append(out, s)
			}
		}
	}
	return out
}

// scaleOf is the mean and the standard deviation (by n − 1) of a variable where
// it is known.
func (r *Run) scaleOf(variable string, rows []int) scaling {
	column, _ := r.data.Column(variable)
	sum, n := 0.0, 0
	for _, i := range rows {
		if !column.Missing(i) {
			sum += column.Number[i]
			n++
		}
	}
	s := scaling{variable: variable, mean: sum / float64(n), units: n, rows: rows}
	squares := 0.0
	for _, i := range rows {
		if !column.Missing(i) {
			squares += (column.Number[i] - s.mean) * (column.Number[i] - s.mean)
		}
	}
	s.sd = math.Sqrt(squares / float64(n-1))
	return s
}

// units keeps the first row of every combination of values; all rows without columns.
func (r *Run) units(by []string, rows []int) []int {
	if len(by) == 0 {
		return rows
	}
	seen := map[string]bool{}
	var out []int
	for _, i := range rows {
		var key strings.Builder
		for _, name := range by {
			column, _ := r.data.Column(name)
			if column.Levels != nil {
				fmt.Fprintf(&key, "%d;", column.Code[i])
			} else {
				fmt.Fprintf(&key, "%g;", column.Number[i])
			}
		}
		if !seen[key.String()] {
			seen[key.String()] = true
			out = append(out, i)
		}
	}
	return out
}

// scales are the results that say how a model's variables were standardized.
func (r *Run) scales(f *fitted) []result.Value {
	var out []result.Value
	for _, s := range r.scalesOf(f.study) {
		if !slices.ContainsFunc(f.model.Formula.Names(), func(n *formula.Name) bool { return n.Name == s.variable }) {
			continue
		}
		key := func(quantity string) result.Key {
			return result.Key{Quantity: quantity, Model: f.name, Variable: s.variable}
		}
		n := f.model.Result.NObs
		mean, sd := result.Estimate(key("scale_mean"), result.Number, s.mean, n), result.Estimate(key("scale_sd"), result.Number, s.sd, n)
		mean.Amounts, sd.Amounts = r.scaleAmounts(s, mean.Key)
		out = append(out, mean, sd, result.Estimate(key("scale_units"), result.Count, float64(s.units), n))
	}
	return out
}
