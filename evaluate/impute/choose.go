package impute

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"bidrag/evaluate/result"
	"bidrag/study"
)

// dependent is the share of a column's length that others must leave for it to
// be a predictor beside them.
const dependent = 1e-8

// leak is the share of what is left of a variable's cluster means, given all
// else in its model, that may lie within clusters.
const leak = 0.1

// predictors are the columns of the model of variable at: those of everything
// else, of which none follows from those before. The variable's own cluster mean
// is without the person's own value, which would predict itself; but within a
// cluster that mean is the lower the higher the value, which tells all when
// the other columns tell the clusters apart. Then the mean with the own value
// stands in its place, which at worst is one of these columns.
func (s *state) predictors(at int) []int {
	v := s.variables[at]
	var cols, own []int
	for j, c := range s.columns {
		switch {
		case c.of == at || c.others && c.meanOf != at:
		case c.meanOf == at:
			if c.others && !(s.intercept && !v.nominal()) {
				own = append(own, j)
			}
		default:
			cols = append(cols, j)
		}
	}
	cols, _ = s.independent(v, cols)
	for _, j := range own {
		with, left := s.independent(v, append(slices.Clip(cols), j))
		if left <= 0 || s.withinShare(v, j) > leak*left {
			with, _ = s.independent(v, append(slices.Clip(cols), j-1))
		}
		cols = with
	}
	return cols
}

// independent keeps the columns of which none is a combination of those before,
// over those who have the variable, and returns the share of the last one's
// squared length that those before leave of it.
func (s *state) independent(v *variable, cols []int) (kept []int, left float64) {
	k := len(cols)
	a := s.observed(v, cols)
	l := make([]float64, k*k) // by rows, of kept columns
	for b, j := range cols {
		row := l[len(kept)*k:]
		left = a[b*k+b]
		if !(left > 0) {
			continue
		}
		scale := math.Sqrt(left)
		left = 1
		at := 0
		for c := range b {
			if at == len(kept) || cols[c] != kept[at] {
				continue
			}
			other := l[at*k:]
			row[at] = (a[c*k+b]/scale - dot(row[:at], other[:at])) / other[at]
			left -= row[at] * row[at]
			at++
		}
		if left > dependent {
			row[at] = math.Sqrt(left)
			for c := range at {
				row[c] *= scale
			}
			row[at] *= scale
			kept = append(kept, j)
		}
	}
	return kept, max(left, 0)
}

// withinShare is how much of a column's squared length over those who have the
// variable lies within clusters.
func (s *state) withinShare(v *variable, j int) float64 {
	n, sum := make([]float64, s.clusters.number), make([]float64, s.clusters.number)
	x := s.column(j)
	squares, total := 0.0, 0.0
	for _, i := range s.having(v) {
		total += x[i] * x[i]
		if g := s.clusters.of[i]; g >= 0 {
			n[g]++
			sum[g] += x[i]
			squares += x[i] * x[i]
		}
	}
	for g := range n {
		if n[g] > 0 {
			squares -= sum[g] * sum[g] / n[g]
		}
	}
	return squares / total
}

// few keeps, where a variable has too few known values for all its predictors,
// those that hang together with it most: a third as many as there are values.
func (s *state) few(at int, cols []int) ([]int, *Note) {
	v := s.variables[at]
	most := max(1, v.known/3)
	if len(cols) <= most {
		return cols, nil
	}
	y := newLinear(s, at, cols, true).y
	size := map[int]float64{}
	for _, j := range cols {
		size[j] = math.Abs(dot(s.column(j), y))
	}
	kept := slices.Clone(cols[1:])
	slices.SortStableFunc(kept, func(a, b int) int { return cmp.Compare(size[b], size[a]) })
	kept = append([]int{cols[0]}, kept[:most-1]...)
	slices.Sort(kept)
	return kept, &Note{v.Name, result.NotFitted, result.Reason{Code: result.NotFitted, About: v.Name, Message: fmt.Sprintf("%q has %d known values for %d predictors; it is filled by the %d that hang together with it most", v.Name, v.known, len(cols)-1, len(kept)-1)}}
}

// A model fills the gaps of a variable with draws, by the present values of all
// others.
type model interface {
	fill(s *state) error
	clone() model // a model that goes on from the same estimates
}

// newModel is the model of variable at, and what is to be said of it.
func (s *state) newModel(at, threads int) (model, *Note) {
	v := s.variables[at]
	cols, note := s.few(at, s.predictors(at))
	switch {
	case v.Method == study.Multinomial && len(v.value) > 2:
		if size := (len(v.value) - 1) * len(cols); size > mostParameters {
			return newLinear(s, at, cols, true), v.replace(fmt.Sprintf("the model would have %d parameters", size))
		}
		return newMultinomial(s, at, cols, threads), note
	case v.logits():
		return newCumulative(s, at, cols), note
	}
	return newLinear(s, at, cols, v.Method == study.PMM), note
}

// mostParameters is how many a model of levels may have: their information is a
// matrix of the square of that.
const mostParameters = 3000
