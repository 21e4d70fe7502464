// Package targets compares the results of a run with published numbers.
//
// A targets file is a CSV with the columns id, where, value and
// tolerance_suggested, one published number a row. A mapping file of the study
// (targets.yaml) says which result, or which sum or difference of results, each
// number is; or why it is not computed. What is compared are the results before
// disclosure control, for the owner's eyes: a comparison is not for publication.
package targets

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/study"
	"bidrag/study/problem"
)

// A Status says how a target compares.
type Status string

const (
	Hit         Status = "hit"
	Miss        Status = "miss"
	NotComputed Status = "not computed"
)

// A Target is a published number.
type Target struct {
	ID, Where string
	Values    []float64 // several for a set of numbers, such as two peaks
	Tolerance float64
}

// A Comparison is a target beside what the run found.
type Comparison struct {
	Target
	Computed []float64 // nil when not computed
	Status   Status
	Why      string // when not computed
}

// Read reads a targets file. A row whose value is no number, or numbers with
// semicolons between them, is a problem; name is the file as the user named it.
func Read(in io.Reader, name string) ([]Target, error) {
	var problems problem.List
	rows := csv.NewReader(in)
	header, err := rows.Read()
	if err != nil {
		problems.Add(name, 1, 1, "no header can be read (%v); a targets file begins with id,where,value,tolerance_suggested", err)
		return nil, problems.Err()
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	at := map[string]int{}
	for _, column := range []string{"id", "where", "value", "tolerance_suggested"} {
		if at[column] = slices.Index(header, column); at[column] < 0 {
			problems.Add(name, 1, 1, "the column %q is missing%s", column, problem.DidYouMean(column, header))
		}
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	var targets []Target
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return targets, problems.Err()
		}
		if err != nil {
			var parse *csv.ParseError
			if errors.As(err, &parse) {
				problems.Add(name, parse.Line, parse.Column, "%v", parse.Err)
			} else {
				problems.Add(name, 0, 0, "%v", err)
			}
			return nil, problems.Err()
		}
		targets = append(targets, target(rows, row, at, name, &problems))
	}
}

// target reads one row.
func target(rows *csv.Reader, row []string, at map[string]int, name string, problems *problem.List) Target {
	t := Target{ID: row[at["id"]], Where: row[at["where"]]}
	number := func(column, text string) float64 {
		x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			line, col := rows.FieldPos(at[column])
			problems.Add(name, line, col, "%s of %s is %q, which is no number", column, t.ID, text)
		}
		return x
	}
	for _, text := range strings.Split(row[at["value"]], ";") {
		t.Values = append(t.Values, number("value", text))
	}
	t.Tolerance = number("tolerance_suggested", row[at["tolerance_suggested"]])
	return t
}

// Compare compares every target with the results.
func Compare(targets []Target, mapping study.Map[study.Target], results *result.Set) []Comparison {
	f := finder{results, make(map[string]result.Value, len(results.Values))}
	for _, v := range results.Values {
		f.byID[v.Key.ID()] = v
	}
	out := make([]Comparison, len(targets))
	for i, t := range targets {
		out[i] = f.compare(t, mapping)
	}
	return out
}

// A finder looks results up by their id.
type finder struct {
	results *result.Set
	byID    map[string]result.Value
}

func (f finder) compare(t Target, mapping study.Map[study.Target]) Comparison {
	c := Comparison{Target: t, Status: NotComputed}
	rule, known := lookup(mapping, t.ID)
	switch {
	case !known:
		c.Why = "the study's targets.yaml does not say which result it is"
		return c
	case rule.NotComputed != "":
		c.Why = rule.NotComputed
		return c
	}
	computed, why := f.evaluate(rule)
	if why != "" {
		c.Why = why
		return c
	}
	c.Computed, c.Status = computed, Miss
	if matches(t, computed) {
		c.Status = Hit
	}
	return c
}

// lookup finds the rule of a target: its own, or the first pattern that fits.
func lookup(mapping study.Map[study.Target], id string) (study.Target, bool) {
	if rule, ok := mapping.Get(id); ok {
		return rule, true
	}
	for _, e := range mapping {
		if fits, err := path.Match(e.Key, id); err == nil && fits {
			return e.Value, true
		}
	}
	return study.Target{}, false
}

// matches tells whether every number is within the tolerance; the slack is
// that of decimal numbers in binary.
func matches(t Target, computed []float64) bool {
	if len(computed) != len(t.Values) {
		return false
	}
	for i, x := range computed {
		if !(math.Abs(x-t.Values[i]) <= t.Tolerance+1e-9) {
			return false
		}
	}
	return true
}

// evaluate computes what a rule says, or tells why it cannot.
func (f finder) evaluate(rule study.Target) (computed []float64, why string) {
	if rule.Peaks != "" {
		return f.peaks(rule.Peaks, rule.Count)
	}
	terms := slices.Concat(nonEmpty(rule.Value, rule.Minus, rule.Over, rule.Sign), rule.Sum, rule.Mean, rule.Falls, rule.Highest, rule.Than, rule.Negative)
	value := map[string]float64{}
	for _, id := range terms {
		v, ok := f.byID[id]
		switch {
		case !ok:
			return nil, fmt.Sprintf("there is no result %s", id)
		case math.IsNaN(v.Value):
			return nil, fmt.Sprintf("%s has no value: nobody is in it", id)
		}
		value[id] = v.Value
		if id == rule.Sign {
			value[id] = sign(v)
		}
	}
	x := combine(rule, value)
	if rule.Times != 0 {
		x *= rule.Times
	}
	return []float64{x}, ""
}

// sign is 1 or −1 when the interval of a number lies on one side of zero, else 0.
func sign(v result.Value) float64 {
	switch {
	case v.Low > 0:
		return 1
	case v.High < 0:
		return -1
	}
	return 0
}

func nonEmpty(ids ...string) []string {
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}

// combine computes a rule from its results.
func combine(rule study.Target, value map[string]float64) float64 {
	of := func(ids []string) []float64 {
		out := make([]float64, len(ids))
		for i, id := range ids {
			out[i] = value[id]
		}
		return out
	}
	sum := func(ids []string) (s float64) {
		for _, x := range of(ids) {
			s += x
		}
		return s
	}
	yes := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	switch {
	case len(rule.Sum) > 0:
		return sum(rule.Sum)
	case len(rule.Mean) > 0:
		return sum(rule.Mean) / float64(len(rule.Mean))
	case len(rule.Falls) > 0:
		x := of(rule.Falls)
		slices.Reverse(x)
		return yes(slices.IsSorted(x))
	case len(rule.Negative) > 0:
		return yes(slices.Max(of(rule.Negative)) < 0)
	case len(rule.Highest) > 0:
		return yes(slices.Min(of(rule.Highest)) > slices.Max(of(rule.Than)))
	case rule.Sign != "":
		return value[rule.Sign]
	case rule.Over != "" && rule.Minus != "":
		return (value[rule.Value] - value[rule.Minus]) / value[rule.Over]
	case rule.Over != "":
		return value[rule.Value] / value[rule.Over]
	case rule.Minus != "":
		return value[rule.Value] - value[rule.Minus]
	default:
		return value[rule.Value]
	}
}

// peaks finds the levels of a distribution with the largest shares that are
// larger than both their neighbours', in rising order.
func (f finder) peaks(prefix string, count int) ([]float64, string) {
	type bar struct{ at, share float64 }
	var bars []bar
	for _, v := range f.results.Values {
		k := v.Key
		level, err := strconv.ParseFloat(k.Level, 64)
		whole := k
		whole.Level = ""
		if err == nil && whole.ID() == prefix {
			bars = append(bars, bar{level, v.Value})
		}
	}
	if len(bars) == 0 {
		return nil, "there is no result " + prefix
	}
	slices.SortFunc(bars, func(a, b bar) int { return cmp.Compare(a.at, b.at) })
	var tops []bar
	for i, b := range bars {
		if (i == 0 || !(bars[i-1].share >= b.share)) && (i+1 == len(bars) || !(bars[i+1].share > b.share)) && !math.IsNaN(b.share) {
			tops = append(tops, b)
		}
	}
	slices.SortStableFunc(tops, func(a, b bar) int { return cmp.Compare(b.share, a.share) })
	tops = tops[:min(count, len(tops))]
	out := make([]float64, len(tops))
	for i, b := range tops {
		out[i] = b.at
	}
	slices.Sort(out)
	return out, ""
}
