// Package describe answers who the participants of each scheme are, how many of
// them attain the goal, and of whom too little is known: tables 1, 15 and 16 and
// figures 2–19 of the report.
//
// Everything is a count or a share of persons, by scheme, and where it
// applies by year, by a variable's levels and by measure, with a Wilson
// interval (Wilson 1927) around every share of attainment.
package describe

import (
	"math"
	"slices"
	"strconv"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/univariate"
	"bidrag/study"
)

// Attained is the number of persons in rows whose outcome is 1, the number
// whose outcome is known, and the share with its interval.
func attained(key result.Key, outcome *frame.Column, rows []int) result.Value {
	part, n := 0, 0
	for _, i := range rows {
		if outcome.Missing(i) {
			continue
		}
		n++
		if outcome.Number[i] == 1 {
			part++
		}
	}
	return withWilson(result.Proportion(key, part, n))
}

// withWilson adds the 95 % Wilson interval to a share.
func withWilson(v result.Value) result.Value {
	low, high := univariate.Wilson(v.Part, v.N, 0.95)
	return v.WithInterval(low, high)
}

// A Group is a scheme, or all of them, with its rows.
type Group struct {
	Scheme string
	Rows   []int
}

// Groups splits rows by scheme, in the order of the study, and adds all of them last.
func Groups(s *study.Study, data *frame.Frame, rows []int) []Group {
	scheme, ok := data.Column("scheme")
	if !ok {
		return nil
	}
	var groups []Group
	for _, name := range s.Schemes.Keys() {
		code := int32(slices.Index(scheme.Levels, name))
		g := Group{Scheme: name}
		for _, i := range rows {
			if scheme.Code[i] == code {
				g.Rows = append(g.Rows, i)
			}
		}
		groups = append(groups, g)
	}
	return append(groups, Group{result.All, rows})
}

// Attainment is table 1 and figure 2: the share that attains the goal, by
// scheme and by year, and of what kind, among the rows of a sample.
func Attainment(s *study.Study, data *frame.Frame, sample string, rows []int) []result.Value {
	outcome, _ := data.Column(s.Describe.Outcome)
	kinds, hasKinds := data.Column(s.Describe.Kinds)
	year, hasYears := data.Column("year")
	var out []result.Value
	for _, g := range Groups(s, data, rows) {
		cells := []Group{{"", g.Rows}}
		if hasYears {
			for _, y := range s.Period.Years() {
				cells = append(cells, Group{strconv.Itoa(y), where(g.Rows, func(i int) bool { return year.Number[i] == float64(y) })})
			}
		}
		for _, cell := range cells {
			key := result.Key{Quantity: "attainment", Sample: sample, Scheme: g.Scheme, Year: cell.Scheme}
			out = append(out, attained(key, outcome, cell.Rows))
			if hasKinds {
				out = append(out, kindShares(key, kinds, outcome, cell.Rows)...)
			}
		}
	}
	return out
}

// Differences is what each scheme's attainment is above the reference's, among
// the rows of a sample, with Newcombe's interval. It rests on the persons of the
// scheme that tells of the fewest.
func Differences(s *study.Study, data *frame.Frame, sample string, rows []int) []result.Value {
	outcome, _ := data.Column(s.Describe.Outcome)
	rate := map[string]result.Value{}
	for _, g := range Groups(s, data, rows) {
		rate[g.Scheme] = attained(result.Key{}, outcome, g.Rows)
	}
	reference := rate[s.Reference()]
	var out []result.Value
	for _, name := range s.Schemes.Keys() {
		if name == s.Reference() {
			continue
		}
		key := result.Key{Quantity: "attainment_difference", Sample: sample, Scheme: name}
		out = append(out, difference(key, rate[name], reference))
	}
	return out
}

// difference is a share less another of other persons, with Newcombe's interval.
func difference(key result.Key, of, than result.Value) result.Value {
	low, high := univariate.Newcombe(of.Part, of.N, than.Part, than.N, 0.95)
	v := result.Estimate(key, result.Points, of.Value-than.Value, 0).WithInterval(low, high)
	v.N, v.Part = smallest(of, than)
	return v
}

// smallest is the persons and the part of the one of two shares that tells of
// the fewest persons, but some, who have or have not: what the gate must see of
// a number made of both.
func smallest(a, b result.Value) (n, part int) {
	fewest := func(v result.Value) int {
		few := math.MaxInt
		for _, count := range []int{v.N, v.Part, v.N - v.Part} {
			if count > 0 {
				few = min(few, count)
			}
		}
		return few
	}
	if fewest(a) <= fewest(b) {
		return a.N, a.Part
	}
	return b.N, b.Part
}

// kindShares are the shares of each kind of outcome.
func kindShares(key result.Key, kinds, outcome *frame.Column, rows []int) []result.Value {
	counts := make([]int, len(kinds.Levels))
	n := 0
	for _, i := range rows {
		if outcome.Missing(i) || kinds.Missing(i) {
			continue
		}
		n++
		counts[kinds.Code[i]]++
	}
	out := make([]result.Value, len(counts))
	for k, part := range counts {
		key.Kind = kinds.Levels[k]
		out[k] = withWilson(result.Proportion(key, part, n))
	}
	return out
}

// Composition is figures 3, 5, 7, …: for each described variable the share of
// a scheme's participants at each level, and the share of them that attains
// the goal (figures 4, 6, 8, …). Persons whose level is unknown are left out.
func Composition(s *study.Study, data *frame.Frame, sample string, rows []int) []result.Value {
	outcome, _ := data.Column(s.Describe.Outcome)
	var out []result.Value
	for _, g := range s.Describe.Variables {
		levels := Levels(s, g)
		for _, group := range Groups(s, data, rows) {
			// Quantile groups are made within each scheme, so all schemes together have none.
			if group.Scheme == result.All && g.Quantiles > 0 {
				continue
			}
			key := result.Key{Sample: sample, Scheme: group.Scheme, Variable: g.Variable}
			out = append(out, byLevel(key, levels, split(len(levels), Assign(s, data, g, group.Rows), group.Rows), outcome)...)
		}
	}
	return out
}

// split gives every level its rows; rows without a level are in none.
func split(levels int, assigned, rows []int) [][]int {
	out := make([][]int, levels)
	for k, i := range rows {
		if l := assigned[k]; l >= 0 {
			out[l] = append(out[l], i)
		}
	}
	return out
}

// byLevel counts and rates the levels of one variable.
func byLevel(key result.Key, levels []Level, rows [][]int, outcome *frame.Column) []result.Value {
	known := 0
	for _, r := range rows {
		known += len(r)
	}
	out := make([]result.Value, 0, 2*len(levels))
	for l, level := range levels {
		key.Level, key.Quantity = level.Key, "share"
		out = append(out, result.Proportion(key, len(rows[l]), known))
		key.Quantity = "attainment"
		out = append(out, attained(key, outcome, rows[l]))
	}
	return out
}

func where(rows []int, keep func(int) bool) []int {
	var out []int
	for _, i := range rows {
		if keep(i) {
			out = append(out, i)
		}
	}
	return out
}

// known returns the values that are not missing.
func known(c *frame.Column, rows []int) []float64 {
	out := make([]float64, 0, len(rows))
	for _, i := range rows {
		if !c.Missing(i) {
			out = append(out, c.Number[i])
		}
	}
	return out
}
