package describe

import (
	"math"
	"slices"
	"strings"

	"bidrag/data/frame"
	"bidrag/evaluate/amount"
	"bidrag/evaluate/result"
	"bidrag/model/univariate"
	"bidrag/study"
)

// Missing counts, among the rows, the persons for whom a variable is unknown,
// by variable and scheme, and those for whom any of them is.
func Missing(s *study.Study, data *frame.Frame, variables []string, sample string, rows []int) []result.Value {
	var out []result.Value
	for _, group := range Groups(s, data, rows) {
		anyMissing := make([]bool, len(group.Rows))
		for _, name := range variables {
			column, ok := data.Column(name)
			if !ok {
				continue
			}
			n := 0
			for k, i := range group.Rows {
				if column.Missing(i) {
					n++
					anyMissing[k] = true
				}
			}
			out = append(out, missing(result.Key{Sample: sample, Scheme: group.Scheme, Variable: name}, n, len(group.Rows))...)
		}
		n := 0
		for _, m := range anyMissing {
			if m {
				n++
			}
		}
		out = append(out, missing(result.Key{Kind: "any", Sample: sample, Scheme: group.Scheme}, n, len(group.Rows))...)
	}
	return out
}

// missing is the number of persons without a value, and their share.
func missing(key result.Key, part, n int) []result.Value {
	share, persons := key, key
	share.Quantity, persons.Quantity = "missing", "missing_persons"
	count := result.PersonCount(persons, part)
	count.N, count.Part = n, part
	return []result.Value{result.Proportion(share, part, n), count}
}

// Patterns counts the rows of each scheme by which of the variables are unknown
// together: one value for every set of variables that somebody lacks, most
// frequent first, named by the variables joined by "+" in the order given.
// Complete rows are in no pattern.
func Patterns(s *study.Study, data *frame.Frame, variables []string, sample string, rows []int) []result.Value {
	pattern, sets := patterns(data, variables, rows)
	groups := Groups(s, data, rows)
	counts := make([][]int, len(groups))
	for g, group := range groups {
		counts[g] = make([]int, len(sets))
		for _, i := range group.Rows {
			counts[g][pattern[i]]++
		}
	}
	whole := counts[len(groups)-1] // all schemes
	var order []int
	for p := 1; p < len(sets); p++ {
		if whole[p] > 0 { // the others are parts of what somebody lacks
			order = append(order, p)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return whole[b] - whole[a] })
	var out []result.Value
	for _, p := range order {
		for g, group := range groups {
			key := result.Key{Quantity: "missing_pattern", Kind: strings.Join(sets[p], "+"), Sample: sample, Scheme: group.Scheme}
			out = append(out, result.PersonCount(key, counts[g][p]))
		}
	}
	return out
}

// patterns gives every row of the data the number of the set of variables that it
// lacks, when it is among the rows. Set 0 is the empty one.
func patterns(data *frame.Frame, variables []string, rows []int) (pattern []int, sets [][]string) {
	pattern = make([]int, data.NumRows())
	sets = [][]string{nil}
	for _, name := range variables {
		column, ok := data.Column(name)
		if !ok {
			continue
		}
		with := map[int]int{} // set without the variable → set with it
		for _, i := range rows {
			if !column.Missing(i) {
				continue
			}
			next, seen := with[pattern[i]]
			if !seen {
				next = len(sets)
				with[pattern[i]] = next
				sets = append(sets, append(slices.Clone(sets[pattern[i]]), name))
			}
			pattern[i] = next
		}
	}
	return pattern, sets
}

// MissingPairs counts, for every two of the variables that are each unknown for
// somebody, the rows that lack both, whatever else they lack.
func MissingPairs(s *study.Study, data *frame.Frame, variables []string, sample string, rows []int) []result.Value {
	var columns []*frame.Column
	for _, name := range variables {
		if column, ok := data.Column(name); ok && slices.ContainsFunc(rows, column.Missing) {
			columns = append(columns, column)
		}
	}
	groups := Groups(s, data, rows)
	var out []result.Value
	for k, a := range columns {
		for _, b := range columns[k+1:] {
			for _, group := range groups {
				n := 0
				for _, i := range group.Rows {
					if a.Missing(i) && b.Missing(i) {
						n++
					}
				}
				out = append(out, result.PersonCount(result.Key{Quantity: "missing_both", Sample: sample, Scheme: group.Scheme, Variable: a.Name, By: b.Name}, n))
			}
		}
	}
	return out
}

// Incomplete is table 15: the share of the rows that are incomplete, by scheme,
// and at each level of the variables, with Wilson intervals. At the levels,
// persons whose level is unknown are left out.
func Incomplete(s *study.Study, data *frame.Frame, variables []string, sample string, rows []int) []result.Value {
	complete, ok := data.Column("complete")
	if !ok {
		return nil
	}
	var out []result.Value
	for _, group := range Groups(s, data, rows) {
		key := result.Key{Quantity: "incomplete", Sample: sample, Scheme: group.Scheme}
		out = append(out, incomplete(key, complete, group.Rows))
		for _, name := range variables {
			g := GroupingOf(s, name)
			levels := Levels(s, g)
			for l, rows := range split(len(levels), Assign(s, data, g, group.Rows), group.Rows) {
				key.Variable, key.Level = name, levels[l].Key
				out = append(out, incomplete(key, complete, rows))
			}
		}
	}
	return out
}

func incomplete(key result.Key, complete *frame.Column, rows []int) result.Value {
	part := 0
	for _, i := range rows {
		if complete.Number[i] == 0 {
			part++
		}
	}
	return withWilson(result.Proportion(key, part, len(rows)))
}

// IncompleteDifference is, by scheme, the attainment of the incomplete rows less
// that of the complete, with Newcombe's interval.
func IncompleteDifference(s *study.Study, data *frame.Frame, complete, incomplete []int) []result.Value {
	outcome, _ := data.Column(s.Describe.Outcome)
	whole := Groups(s, data, complete)
	var out []result.Value
	for g, group := range Groups(s, data, incomplete) {
		key := result.Key{Quantity: "incomplete_difference", Scheme: group.Scheme}
		out = append(out, difference(key, attained(result.Key{}, outcome, group.Rows), attained(result.Key{}, outcome, whole[g].Rows)))
	}
	return out
}

// StandardizedDifferences are, by scheme, the means of the variables over the
// incomplete rows less those over the complete, in standard deviations:
//
//	d = (m₁ − m₀) / √((s₁² + s₀²)/2)
//
// (Austin 2009, Statistics in Medicine 28:3083–3107), over the persons whose
// value is known. It rests on the smaller of the two. NaN when nobody varies.
func StandardizedDifferences(s *study.Study, data *frame.Frame, variables []string, complete, incomplete []int) []result.Value {
	whole, part := Groups(s, data, complete), Groups(s, data, incomplete)
	var out []result.Value
	for _, name := range variables {
		column, ok := data.Column(name)
		if !ok || column.Kind == frame.Factor {
			continue
		}
		for g := range part {
			with, without := known(column, part[g].Rows), known(column, whole[g].Rows)
			mean1, sd1 := univariate.MeanSD(with)
			mean0, sd0 := univariate.MeanSD(without)
			d := math.NaN()
			if scale := math.Sqrt((sd1*sd1 + sd0*sd0) / 2); scale > 0 {
				d = (mean1 - mean0) / scale
			}
			key := result.Key{Quantity: "standardized_difference", Sample: "incomplete", Scheme: part[g].Scheme, Variable: name}
			v := result.Estimate(key, result.Number, d, min(len(with), len(without)))
			money, mean := amount.Of(s, data, name), key
			mean.Quantity = "mean"
			for k, of := range [][]int{part[g].Rows, whole[g].Rows} {
				mean.Sample = []string{"incomplete", "complete"}[k]
				v.Amounts = append(v.Amounts, money.SumTold(mean, of)...)
			}
			out = append(out, v)
		}
	}
	return out
}
