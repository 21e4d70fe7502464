package impute

import (
	"math"
	"slices"

	"bidrag/model/univariate"
)

// leastForStrata is how many persons must have, and must lack, a variable for
// them to be compared by their propensity to lack it.
const leastForStrata = 50

// look fills traces and densities.
func (f *filling) look() {
	for at := range f.out.Trace {
		f.out.Trace[at].Potential = math.NaN()
	}
	for k, v := range f.design.variables {
		t := &f.out.Trace[v.at]
		for _, c := range f.chains {
			t.Mean, t.SD = append(t.Mean, c.mean[k]), append(t.SD, c.sd[k])
		}
		t.Potential = potential(t.Mean)
		f.out.Density[v.at] = f.density(k, v)
	}
}

// density compares observed and filled values of variable k of the design.
func (f *filling) density(k int, v *variable) Density {
	d := Density{Among: v.known}
	var filled []float64
	for _, c := range f.chains {
		filled = append(filled, c.values[k]...)
	}
	observed := known(v.number)
	bins := len(v.value)
	bin := func(x float64) int { at, _ := slices.BinarySearch(v.value, x); return at }
	if v.coded() {
		d.Levels = v.names()
	} else {
		d.Edges = edges(observed, filled)
		bins = len(d.Edges) - 1
		bin = func(x float64) int {
			at, exact := slices.BinarySearch(d.Edges, x)
			if !exact {
				at--
			}
			return min(max(at, 0), bins-1)
		}
	}
	d.Observed, d.Filled = shares(observed, bins, bin), shares(filled, bins, bin)
	if v.known >= leastForStrata && len(v.missing) >= leastForStrata {
		d.Strata = f.strata(k, v, bins, bin)
	}
	return d
}

// edges are tenths of the observed values, with the extremes of all.
func edges(observed, filled []float64) []float64 {
	x := slices.Sorted(slices.Values(observed))
	var e []float64
	for tenth := range 11 {
		e = append(e, univariate.Quantile(x, float64(tenth)/10))
	}
	e[0] = min(e[0], slices.Min(filled))
	e[10] = max(e[10], slices.Max(filled))
	return slices.Compact(e)
}

// shares of values by bin; nil of none.
func shares(x []float64, bins int, bin func(float64) int) []float64 {
	if len(x) == 0 {
		return nil
	}
	out := make([]float64, bins)
	for _, v := range x {
		out[bin(v)]++
	}
	for b := range out {
		out[b] /= float64(len(x))
	}
	return out
}

// strata compares observed and filled values among persons who were as likely to lack
// the variable: fifths of everyone by a logistic model of lacking it on all that
// is known of everyone.
//
// Source: Raghunathan and Bondarenko (2007), Diagnostics for multiple
// imputations; van Buuren (2018), 6.6.
func (f *filling) strata(k int, v *variable, bins int, bin func(float64) int) [][2]Strata {
	score := f.propensity(k, v)
	if score == nil {
		return nil
	}
	cuts := slices.Sorted(slices.Values(score))
	var limits []float64
	for fifth := 1; fifth < 5; fifth++ {
		limits = append(limits, univariate.Quantile(cuts, float64(fifth)/5))
	}
	fifth := func(i int) int {
		at, _ := slices.BinarySearch(limits, score[i])
		return at
	}
	var values [5][2][]float64
	out := make([][2]Strata, 5)
	for i, x := range v.number {
		if !math.IsNaN(x) {
			q := fifth(i)
			values[q][0] = append(values[q][0], x)
			out[q][0].N++
		}
	}
	for row, i := range v.missing {
		q := fifth(int(i))
		out[q][1].N++
		for _, c := range f.chains {
			values[q][1] = append(values[q][1], c.values[k][row])
		}
	}
	for q := range out {
		for side := range 2 {
			out[q][side].Share = shares(values[q][side], bins, bin)
		}
	}
	return out
}

// propensity is that of the design, or what it was in the answer gone on from.
func (f *filling) propensity(k int, v *variable) []float64 {
	if from := f.options.From; from != nil && from.filling.scores != nil {
		return from.filling.scores[k]
	}
	if f.scores == nil {
		f.scores = map[int][]float64{}
	}
	f.scores[k] = f.design.propensity(v)
	return f.scores[k]
}

// propensity is the linear predictor of lacking a variable, by person; nil when
// it cannot be estimated.
func (d *design) propensity(v *variable) []float64 {
	lacks := &variable{value: []float64{0, 1}, count: []int{v.known, len(v.missing)}, known: d.n, code: make([]int32, d.n), number: make([]float64, d.n)}
	for _, i := range v.missing {
		lacks.code[i], lacks.number[i] = 1, 1
	}
	alone := *d
	alone.columns, alone.x = d.columns[:d.fixed:d.fixed], d.x[:d.fixed*d.n:d.fixed*d.n]
	alone.variables, alone.first, alone.bounds, alone.intercept = []*variable{lacks}, []int{d.fixed, d.fixed}, make([][2]*bound, 1), false
	s := newState(&alone)
	cols := make([]int, 0, d.fixed)
	for j, c := range alone.columns {
		if c.meanOf < 0 {
			cols = append(cols, j)
		}
	}
	cols, _ = s.independent(lacks, cols)
	m := newCumulative(s, 0, cols)
	if climb(m, s, off, tolerance) != nil {
		return nil
	}
	s.predict(m.cols, m.point[m.levels-1:])
	return s.eta
}
