package describe

import (
	"math"
	"slices"
	"strconv"

	"bidrag/data/frame"
	"bidrag/evaluate/amount"
	"bidrag/evaluate/result"
	"bidrag/model/univariate"
	"bidrag/study"
)

// Numbers are the described variables that are numbers, in the study's order.
func Numbers(s *study.Study, data *frame.Frame) []string {
	var out []string
	for _, g := range s.Describe.Variables {
		v, _ := s.Codebook.Variables.Get(g.Variable)
		if column, ok := data.Column(g.Variable); ok && column.Kind != frame.Factor && v.Type != study.Binary {
			out = append(out, g.Variable)
		}
	}
	return out
}

// Means is the mean, standard deviation and median of each of the variables, by
// scheme, over the persons whose value is known.
func Means(s *study.Study, data *frame.Frame, variables []string, sample string, rows []int) []result.Value {
	groups := Groups(s, data, rows)
	var out []result.Value
	for _, name := range variables {
		column, ok := data.Column(name)
		if !ok || column.Kind == frame.Factor {
			continue
		}
		for _, group := range groups {
			key := result.Key{Quantity: "mean", Sample: sample, Scheme: group.Scheme, Variable: name}
			out = append(out, meanSDMedian(key, known(column, group.Rows), amount.Of(s, data, name), group.Rows)...)
		}
	}
	return out
}

// meanSDMedian are the three of the values of rows, with what the gate must know of
// them when they are amounts of money.
func meanSDMedian(key result.Key, values []float64, money *amount.Variable, rows []int) []result.Value {
	m, s := univariate.MeanSD(values)
	slices.Sort(values)
	mean := result.Estimate(key, result.Number, m, len(values))
	mean.Amounts = money.Sum(rows)
	sd := result.Estimate(key, result.Number, s, len(values))
	sd.Key.Quantity, sd.Amounts = "sd", money.Spread(key, rows)
	median := result.Estimate(key, result.Number, univariate.Quantile(values, 0.5), len(values))
	median.Key.Quantity = "median"
	return []result.Value{mean, sd, money.Near(median, rows)}
}

// Distribution is figures 5, 7 and 15: the share of a scheme's participants in
// intervals of equal width of every described whole number. A value's level is
// the interval's lower end, a multiple of the width.
func Distribution(s *study.Study, data *frame.Frame, sample string, rows []int) []result.Value {
	groups := Groups(s, data, rows)
	var out []result.Value
	for _, g := range s.Describe.Variables {
		v, _ := s.Codebook.Variables.Get(g.Variable)
		column, ok := data.Column(g.Variable)
		if v.Type != study.Integer || !ok {
			continue
		}
		values := known(column, rows)
		if len(values) == 0 {
			continue
		}
		width := binWidth(column, groups)
		first := math.Floor(slices.Min(values) / width)
		bins := int(math.Floor(slices.Max(values)/width)-first) + 1
		for _, group := range groups {
			counts := make([]int, bins)
			n := 0
			for _, x := range known(column, group.Rows) {
				counts[int(math.Floor(x/width)-first)]++
				n++
			}
			for b, part := range counts {
				key := result.Key{Quantity: "distribution", Sample: sample, Scheme: group.Scheme, Variable: g.Variable,
					Level: strconv.FormatFloat((first+float64(b))*width, 'f', -1, 64)}
				out = append(out, result.Proportion(key, part, n))
			}
		}
	}
	return out
}

// binWidth is the width, a whole number, of a variable's intervals: that of
// Freedman and Diaconis (1981),
//
//	2 IQR / ∛n,
//
// in the scheme where it is least, so that no scheme's shape is lost; and wide
// enough for at most 60 intervals.
func binWidth(column *frame.Column, groups []Group) float64 {
	width := math.Inf(1)
	low, high := math.Inf(1), math.Inf(-1)
	for _, g := range groups {
		values := known(column, g.Rows)
		if g.Scheme == result.All || len(values) == 0 {
			continue
		}
		slices.Sort(values)
		low, high = math.Min(low, values[0]), math.Max(high, values[len(values)-1])
		iqr := univariate.Quantile(values, 0.75) - univariate.Quantile(values, 0.25)
		width = math.Min(width, 2*iqr/math.Cbrt(float64(len(values))))
	}
	return math.Max(math.Max(1, math.Round(width)), math.Ceil((high-low+1)/60))
}
