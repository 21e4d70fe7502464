package describe

import (
	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// Measures is figure 19: the share of a scheme's participants that received
// each measure, the attainment of those who did and did not, and the difference
// between them (measure_difference: with less without) with Newcombe's interval.
func Measures(s *study.Study, data *frame.Frame, sample string, rows []int) []result.Value {
	outcome, _ := data.Column(s.Describe.Outcome)
	var out []result.Value
	for _, group := range Groups(s, data, rows) {
		for _, name := range s.Describe.Measures {
			key := result.Key{Sample: sample, Scheme: group.Scheme, Variable: name}
			out = append(out, measure(s, data, key, group.Rows, outcome)...)
		}
	}
	return out
}

// MeasuresBy is the same at each level of the variables of the study's
// measures_by. Persons whose level is unknown are left out.
func MeasuresBy(s *study.Study, data *frame.Frame, sample string, rows []int) []result.Value {
	outcome, _ := data.Column(s.Describe.Outcome)
	var out []result.Value
	for _, by := range s.Describe.MeasuresBy {
		g := GroupingOf(s, by)
		levels := Levels(s, g)
		for _, group := range Groups(s, data, rows) {
			if group.Scheme == result.All && g.Quantiles > 0 { // made within each scheme
				continue
			}
			for l, rows := range split(len(levels), Assign(s, data, g, group.Rows), group.Rows) {
				for _, name := range s.Describe.Measures {
					key := result.Key{Sample: sample, Scheme: group.Scheme, Variable: name, By: by, ByLevel: levels[l].Key}
					out = append(out, measure(s, data, key, rows, outcome)...)
				}
			}
		}
	}
	return out
}

// measure counts who of the rows received a measure, and rates both.
func measure(s *study.Study, data *frame.Frame, key result.Key, rows []int, outcome *frame.Column) []result.Value {
	g := study.Grouping{Variable: key.Variable}
	levels := Levels(s, g)
	parts := split(len(levels), Assign(s, data, g, rows), rows)
	out := byLevel(key, levels, parts, outcome)
	rate := map[string]result.Value{}
	for _, v := range out {
		if v.Key.Quantity == "attainment" {
			rate[v.Key.Level] = v
		}
	}
	with, hasWith := rate["1"]
	without, hasWithout := rate["0"]
	if hasWith && hasWithout {
		key.Quantity = "measure_difference"
		out = append(out, difference(key, with, without))
	}
	return out
}

// Crossed counts, for each pair of 0/1 variables of the study's crossed, the
// persons in the four combinations, among those of whom both are known; and the
// share that has both among those who have at least one (overlap: Jaccard's
// index), with its Wilson interval.
//
//	overlap = n₁₁ / (n₁₁ + n₁₀ + n₀₁)
func Crossed(s *study.Study, data *frame.Frame, sample string, rows []int) []result.Value {
	var out []result.Value
	for _, pair := range s.Describe.Crossed {
		a, okA := data.Column(pair[0])
		b, okB := data.Column(pair[1])
		if !okA || !okB {
			continue
		}
		for _, group := range Groups(s, data, rows) {
			var n [2][2]int
			for _, i := range group.Rows {
				if !a.Missing(i) && !b.Missing(i) {
					n[one(a.Number[i])][one(b.Number[i])]++
				}
			}
			key := result.Key{Sample: sample, Scheme: group.Scheme, Variable: pair[0], By: pair[1]}
			for x, level := range []string{"0", "1"} {
				for y, byLevel := range []string{"0", "1"} {
					k := key
					k.Quantity, k.Level, k.ByLevel = "persons", level, byLevel
					out = append(out, result.PersonCount(k, n[x][y]))
				}
			}
			key.Quantity = "overlap"
			out = append(out, withWilson(result.Proportion(key, n[1][1], n[1][1]+n[1][0]+n[0][1])))
		}
	}
	return out
}

// one is 1 for 1 and 0 for any other value of a 0/1 variable.
func one(x float64) int {
	if x == 1 {
		return 1
	}
	return 0
}
