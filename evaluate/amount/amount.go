// Package amount tells of amounts of money what the disclosure gate must know of a
// sum, mean or quantile of them: how large the largest contributions are. A
// variable is an amount when the codebook says so (study.Variable.Amount), and says
// who has it: a person, or who shares a value of a column, as a municipality.
package amount

import (
	"math"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// A Variable is a variable that is an amount. A nil Variable is none, and has nothing to tell.
type Variable struct {
	name      string
	column    *frame.Column
	owner     *frame.Column // nil when persons have it
	threshold int
}

// Of returns a variable of the data, nil when it is no amount.
func Of(s *study.Study, data *frame.Frame, name string) *Variable {
	if s.Codebook == nil {
		return nil
	}
	described, _ := s.Codebook.Variables.Get(name)
	column, ok := data.Column(name)
	if described.Amount == "" || !ok || column.Kind == frame.Factor {
		return nil
	}
	v := &Variable{name: name, column: column, threshold: s.Disclosure.Threshold}
	if described.Amount != study.Person {
		v.owner, _ = data.Column(described.Amount)
	}
	return v
}

// Owners numbers who has the amounts of the rows, nil when each row has its own. Rows
// of whom it is unknown have one each.
func (v *Variable) Owners(rows []int) []int {
	if v == nil || v.owner == nil {
		return nil
	}
	out := make([]int, len(rows))
	number := map[float64]int{}
	for k, i := range rows {
		if v.owner.Missing(i) {
			out[k] = -1 - k
			continue
		}
		x := 0.0
		if v.owner.Kind == frame.Factor {
			x = float64(v.owner.Code[i])
		} else {
			x = v.owner.Number[i]
		}
		n, seen := number[x]
		if !seen {
			n = len(number)
			number[x] = n
		}
		out[k] = n
	}
	return out
}

// values are those of rows, NaN where unknown.
func (v *Variable) values(rows []int) []float64 {
	out := make([]float64, len(rows))
	for k, i := range rows {
		out[k] = math.NaN()
		if !v.column.Missing(i) {
			out[k] = v.column.Number[i]
		}
	}
	return out
}

// Sum is what a mean of the rows tells.
func (v *Variable) Sum(rows []int) []result.Amount {
	if v == nil {
		return nil
	}
	return v.SumOf(v.values(rows), rows, nil)
}

// SumOf is what a mean of x tells, of which an element is of each of the rows; who has it
// is told by others where persons would.
func (v *Variable) SumOf(x []float64, rows, others []int) []result.Amount {
	if v == nil {
		return nil
	}
	owners := v.Owners(rows)
	if owners == nil {
		owners = others
	}
	return []result.Amount{result.Contributions(v.name, x, owners)}
}

// SumTold is the same of a value from which that of the key can be found.
func (v *Variable) SumTold(by result.Key, rows []int) []result.Amount {
	out := v.Sum(rows)
	for k := range out {
		out[k] = out[k].Told(by)
	}
	return out
}

// Spread is what a standard deviation of the rows tells beside their mean, which
// the key is of: the sum of squares too.
func (v *Variable) Spread(mean result.Key, rows []int) []result.Amount {
	if v == nil {
		return nil
	}
	x := v.values(rows)
	sum := result.Contributions(v.name, x, v.Owners(rows))
	for k := range x {
		x[k] *= x[k]
	}
	squares := result.Contributions(v.name, x, v.Owners(rows))
	squares.Squares = true
	return []result.Amount{sum.Told(mean), squares.Told(mean)}
}

// Near adds to a quantile of the rows what is told in its place.
func (v *Variable) Near(quantile result.Value, rows []int) result.Value {
	if v == nil {
		return quantile
	}
	return v.NearOf(quantile, v.values(rows), rows)
}

// NearOf adds the same to a quantile of x, of which an element is of each of the rows.
func (v *Variable) NearOf(quantile result.Value, x []float64, rows []int) result.Value {
	if v == nil || math.IsNaN(quantile.Value) || math.IsInf(quantile.Value, 0) {
		return quantile
	}
	told, of := result.Near(v.name, quantile.Value, x, v.Owners(rows), v.threshold)
	quantile.Told, quantile.Amounts = told, []result.Amount{of}
	return quantile
}
