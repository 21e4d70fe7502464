// Package context describes the units that participants belong to, such as a
// municipality in a year or a project in a year: tables 3 and 4 of the report.
//
// A unit is a combination of values of the study's `by` columns among the rows of
// a sample, with at least a number of persons of all schemes together. A scheme
// has the units in which somebody takes part in it, so that a unit may count in
// several schemes. A variable of a unit is the same for everyone in it, or for
// everyone of one scheme in it; its median is over units, each counted once
// however many persons are in it. What varies within a unit has no number, and
// is told.
package context

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/data/frame"
	"bidrag/evaluate/amount"
	"bidrag/evaluate/result"
	"bidrag/model/univariate"
	"bidrag/study"
)

// A Gap is something asked of a context that the data have no answer to.
type Gap struct {
	Path []string // where it is asked, under the context's name in the study
	Err  error    // a result.Reason, where there is one
}

// Compute describes the units that the rows form: how many there are
// (units, in all and by year when year is among the columns) and how many persons
// of the scheme are in one (unit_persons_median, _q1, _q3), for each variable
// the number of units where it is known (context_known), its median and
// quartiles (context_median, context_q1, context_q3: R's type 7), where a scheme's
// median and quartiles lie among the reference scheme's units (context_rank), the
// mean over persons (context_person_mean), and the correlations of pairs over all
// units (context_correlation).
func Compute(s *study.Study, name string, c study.Context, data *frame.Frame, rows []int) ([]result.Value, []Gap) {
	u := form(s, c, data, rows)
	w := &work{study: s, data: data, name: name, units: u}
	w.counts(c, data)
	if len(u.persons) == 0 {
		why := result.Reason{Code: result.NoUnits, Message: fmt.Sprintf("no unit has %d persons or more; lower min_persons, or choose another sample or other columns in by", c.MinPersons)}
		return w.out, append(w.gaps, Gap{[]string{"min_persons"}, why})
	}
	w.sizes()
	known := map[string]*values{}
	need := func(variable string, path ...string) *values {
		if v, done := known[variable]; done {
			return v
		}
		v, err := u.values(data, variable)
		if err != nil {
			w.gaps = append(w.gaps, Gap{path, err})
		}
		known[variable] = v
		return v
	}
	for i, variable := range c.Variables {
		if v := need(variable, "variables", strconv.Itoa(i)); v != nil {
			w.variable(variable, v)
		}
	}
	for i, pair := range c.Correlations {
		if len(pair) != 2 {
			continue
		}
		a, b := need(pair[0], "correlations", strconv.Itoa(i), "0"), need(pair[1], "correlations", strconv.Itoa(i), "1")
		if a != nil && b != nil {
			w.correlation(pair, a, b, "correlations", strconv.Itoa(i))
		}
	}
	return w.out, w.gaps
}

// units are groups of rows.
type units struct {
	rows    []int    // the rows that are in a unit, in the order of the data
	of      []int    // of each of them, its unit
	scheme  []int    // and its scheme
	persons []int    // by unit
	schemes []string // in the order of the study
}

// first is a row of each unit.
func (u *units) first() []int {
	out := make([]int, len(u.persons))
	for p, k := range slices.Backward(u.of) {
		out[k] = u.rows[p]
	}
	return out
}

// form makes the units. A row of which a column is unknown is in none.
func form(s *study.Study, c study.Context, data *frame.Frame, rows []int) *units {
	u := &units{schemes: s.Schemes.Keys()}
	var by []*frame.Column
	for _, name := range c.By {
		if column, ok := data.Column(name); ok {
			by = append(by, column)
		}
	}
	scheme, _ := data.Column("scheme")
	order := make([]int, len(scheme.Levels)) // the scheme of a code
	for k, level := range scheme.Levels {
		order[k] = slices.Index(u.schemes, level)
	}
	number := map[string]int{}
	var key []byte
rows:
	for _, i := range rows {
		key = key[:0]
		for _, column := range by {
			if column.Missing(i) {
				continue rows
			}
			key = appendValue(key, column, i)
		}
		k, seen := number[string(key)]
		if !seen {
			k = len(u.persons)
			number[string(key)] = k
			u.persons = append(u.persons, 0)
		}
		u.persons[k]++
		u.rows, u.of, u.scheme = append(u.rows, i), append(u.of, k), append(u.scheme, order[scheme.Code[i]])
	}
	u.keep(c.MinPersons)
	return u
}

// Rows are those of the rows that are in a unit of the context.
func Rows(s *study.Study, c study.Context, data *frame.Frame, rows []int) []int {
	return form(s, c, data, rows).rows
}

func appendValue(key []byte, c *frame.Column, i int) []byte {
	if c.Kind == frame.Factor {
		return binary.LittleEndian.AppendUint64(key, uint64(c.Code[i]))
	}
	return binary.LittleEndian.AppendUint64(key, math.Float64bits(c.Number[i]))
}

// keep drops the units with fewer persons.
func (u *units) keep(persons int) {
	to := make([]int, len(u.persons))
	var kept []int
	for k, n := range u.persons {
		to[k] = -1
		if n >= persons {
			to[k] = len(kept)
			kept = append(kept, n)
		}
	}
	n := 0
	for p, k := range u.of {
		if to[k] >= 0 {
			u.rows[n], u.of[n], u.scheme[n] = u.rows[p], to[k], u.scheme[p]
			n++
		}
	}
	u.rows, u.of, u.scheme, u.persons = u.rows[:n], u.of[:n], u.scheme[:n], kept
}

// values are a variable of the units.
type values struct {
	of     [][]float64 // by scheme and unit, NaN where unknown
	shared []float64   // by unit; nil when it differs between the schemes of a unit
}

// values reads a variable off the persons of the units. What is unknown of one
// person and known of another is known. It is an error when nothing is known, or
// when two persons of one scheme in one unit differ.
func (u *units) values(data *frame.Frame, variable string) (*values, error) {
	column, ok := data.Column(variable)
	if !ok || column.Kind == frame.Factor {
		return nil, fmt.Errorf("%s is no number of the data set", variable)
	}
	v := &values{of: make([][]float64, len(u.schemes)), shared: unknown(len(u.persons))}
	for s := range v.of {
		v.of[s] = unknown(len(u.persons))
	}
	anything := false
	for p, i := range u.rows {
		if column.Missing(i) {
			continue
		}
		anything = true
		k, x := u.of[p], column.Number[i]
		own := v.of[u.scheme[p]]
		if !math.IsNaN(own[k]) && own[k] != x {
			return nil, result.Reason{Code: result.VariesInUnits, About: variable,
				Message: variable + " is not the same for everyone in a unit; take it out, or tell the units apart by more columns"}
		}
		own[k] = x
		if v.shared != nil {
			if !math.IsNaN(v.shared[k]) && v.shared[k] != x {
				v.shared = nil
			} else {
				v.shared[k] = x
			}
		}
	}
	if !anything {
		return nil, result.Reason{Code: result.UnknownForAll, About: variable, Message: variable + " is unknown in every unit"}
	}
	return v, nil
}

func unknown(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// work collects the numbers of one context.
type work struct {
	study *study.Study
	data  *frame.Frame
	name  string
	units *units
	out   []result.Value
	gaps  []Gap
}

func (w *work) add(quantity, scheme, variable, unit string, value float64, persons int) *result.Value {
	key := result.Key{Quantity: quantity, Kind: w.name, Scheme: scheme, Variable: variable}
	w.out = append(w.out, result.Estimate(key, unit, value, persons))
	return &w.out[len(w.out)-1]
}

// counts counts the units and the persons in them, in all and by year.
func (w *work) counts(c study.Context, data *frame.Frame) {
	year, ok := data.Column("year")
	byYear := ok && slices.Contains(c.By, "year")
	count := func(label string, among func(row int) bool) {
		for s := 0; s <= len(w.units.schemes); s++ {
			seen := make([]bool, len(w.units.persons))
			n, persons := 0, 0
			for p, i := range w.units.rows {
				if s < len(w.units.schemes) && w.units.scheme[p] != s || !among(i) {
					continue
				}
				persons++
				if k := w.units.of[p]; !seen[k] {
					seen[k] = true
					n++
				}
			}
			key := result.Key{Quantity: "units", Kind: w.name, Scheme: w.scheme(s), Year: label}
			w.out = append(w.out, result.Estimate(key, result.Count, float64(n), persons))
		}
	}
	count("", func(int) bool { return true })
	if byYear {
		for _, y := range w.study.Period.Years() {
			count(strconv.Itoa(y), func(i int) bool { return year.Number[i] == float64(y) })
		}
	}
}

// sizes are the median and the quartiles of the persons of a scheme, or of all, in
// one of its units. Of few units they give the persons of each, so that a
// quantile falls at the gate with the smaller of the units that it lies between.
func (w *work) sizes() {
	for s := 0; s <= len(w.units.schemes); s++ {
		persons := make([]float64, len(w.units.persons))
		n := 0
		for p, k := range w.units.of {
			if s == len(w.units.schemes) || w.units.scheme[p] == s {
				persons[k]++
				n++
			}
		}
		persons = slices.DeleteFunc(persons, func(x float64) bool { return x == 0 })
		slices.Sort(persons)
		for _, q := range []struct {
			name string
			at   float64
		}{{"q1", 0.25}, {"median", 0.5}, {"q3", 0.75}} {
			key := result.Key{Quantity: "unit_persons_" + q.name, Kind: w.name, Scheme: w.scheme(s)}
			v := result.Estimate(key, result.Number, univariate.Quantile(persons, q.at), n)
			if len(persons) > 0 {
				v.Part = int(persons[int(q.at*float64(len(persons)-1))])
			}
			w.out = append(w.out, v)
		}
	}
}

// scheme is the name of a scheme by its number, and of all of them for the next.
func (w *work) scheme(s int) string {
	if s == len(w.units.schemes) {
		return result.All
	}
	return w.units.schemes[s]
}

// variable summarizes a variable over units and over persons, by scheme; over
// all schemes only when it is the same in all schemes of a unit.
func (w *work) variable(name string, v *values) {
	sorted := make([][]float64, len(v.of))
	for s, of := range v.of {
		sorted[s] = sortedKnown(of)
		w.summary(name, s, sorted[s], of)
	}
	if v.shared != nil {
		w.summary(name, len(v.of), sortedKnown(v.shared), v.shared)
	}
	w.personMeans(name, v)
	reference := slices.Index(w.units.schemes, w.study.Reference())
	if reference < 0 || len(sorted[reference]) == 0 {
		return
	}
	for s := range sorted {
		if len(sorted[s]) == 0 {
			continue
		}
		rank := func(p float64) float64 { return univariate.Rank(sorted[reference], univariate.Quantile(sorted[s], p)) }
		key := result.Key{Quantity: "context_rank", Kind: w.name, Scheme: w.scheme(s), Variable: name}
		persons := min(w.persons(s, v.of[s]), w.persons(reference, v.of[reference]))
		w.out = append(w.out, result.Estimate(key, result.Share, rank(0.5), persons).WithInterval(rank(0.25), rank(0.75)))
	}
}

// summary is how many units there are of which a variable is known, its median
// and its quartiles. Of amounts of money something else is told in their place.
func (w *work) summary(variable string, s int, sorted, of []float64) {
	scheme, persons := w.scheme(s), w.persons(s, of)
	money := amount.Of(w.study, w.data, variable)
	w.add("context_known", scheme, variable, result.Count, float64(len(sorted)), persons)
	for _, q := range []struct {
		name string
		at   float64
	}{{"q1", 0.25}, {"median", 0.5}, {"q3", 0.75}} {
		v := w.add("context_"+q.name, scheme, variable, result.Number, univariate.Quantile(sorted, q.at), persons)
		if money != nil {
			*v = money.NearOf(*v, of, w.units.first())
		}
	}
}

// personMeans is the mean over persons: of each unit as often as there are
// persons of the scheme in it.
func (w *work) personMeans(variable string, v *values) {
	money := amount.Of(w.study, w.data, variable)
	for s := 0; s <= len(v.of); s++ {
		sum, n := 0.0, 0
		each := unknown(len(w.units.of))
		for p, k := range w.units.of {
			own := w.units.scheme[p]
			if x := v.of[own][k]; (s == own || s == len(v.of)) && !math.IsNaN(x) {
				sum += x
				n++
				each[p] = x
			}
		}
		mean := w.add("context_person_mean", w.scheme(s), variable, result.Number, sum/float64(n), n)
		mean.Amounts = money.SumOf(each, w.units.rows, w.units.of)
	}
}

// persons are those of a scheme, or of all, in the units of which something is known.
func (w *work) persons(s int, of []float64) int {
	n := 0
	for p, k := range w.units.of {
		if (s == len(w.units.schemes) || w.units.scheme[p] == s) && !math.IsNaN(of[k]) {
			n++
		}
	}
	return n
}

// correlation is Pearson's over the units of which both are known, with Fisher's
// interval, which takes the units for independent.
func (w *work) correlation(pair []string, a, b *values, path ...string) {
	gap := func(code, about, why string) {
		message := fmt.Sprintf("%s and %s have no correlation: %s", pair[0], pair[1], why)
		w.gaps = append(w.gaps, Gap{path, result.Reason{Code: code, About: about, Message: message}})
	}
	for k, v := range []*values{a, b} {
		if v.shared == nil {
			gap(result.VariesInUnits, pair[k], pair[k]+" differs between the schemes of a unit")
			return
		}
	}
	var x, y []float64
	n := 0
	for k := range a.shared {
		if math.IsNaN(a.shared[k]) || math.IsNaN(b.shared[k]) {
			continue
		}
		x, y = append(x, a.shared[k]), append(y, b.shared[k])
		n += w.units.persons[k]
	}
	r := univariate.Pearson(x, y)
	if math.IsNaN(r) {
		gap(result.ConstantInUnits, strings.Join(pair, ", "), "one of them is the same in all units where both are known, or both are known in fewer than two")
		return
	}
	low, high := univariate.FisherInterval(r, len(x), 0.95)
	key := result.Key{Quantity: "context_correlation", Kind: w.name, Variable: pair[0], By: pair[1]}
	w.out = append(w.out, result.Estimate(key, result.Number, r, n).WithInterval(low, high))
}

// sortedKnown are the values that are known, sorted upwards.
func sortedKnown(x []float64) []float64 {
	var out []float64
	for _, v := range x {
		if !math.IsNaN(v) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}
