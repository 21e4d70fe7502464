package disclose

import (
	"math"
	"slices"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// kind is how a value is made of counts, which says what rounding makes of it.
type kind int

const (
	other      kind = iota // more can be read from it than rounded counts tell, or of whom is not known
	number                 // a count of persons
	proportion             // a share of one count in another, or the count with what it is a part of
	difference             // of two shares of those who attained the goal
	estimate               // made by a model: its value tells of no count, only its n does
	residual               // of a share, what a model leaves of it
)

// kindOf finds how a value is made. It is found from the numbers themselves: what
// counts do not give to the last bit is not made of them.
func (w *who) kindOf(v result.Value, groups []int, outcome string) kind {
	if v.Amounts != nil || slices.ContainsFunc(groups, func(k int) bool { return w.of[k] < 0 }) {
		return other
	}
	switch {
	case v.Unit == result.Persons && v.Part < 0 && len(groups) == 1 && v.Value == float64(v.N):
		return number
	case v.Unit == result.Persons && len(groups) == 2 && v.Value == float64(v.Part),
		v.Unit == result.Share && v.Part >= 0 && len(groups) >= 2 && sameNumber(v.Value, share(v.Part, v.N)):
		return proportion
	case v.Unit == result.Points && w.isDifference(v, groups, outcome):
		return difference
	case v.Part < 0 && len(groups) == 1 && slices.Contains(ofModels, v.Unit):
		return estimate
	}
	return other
}

// ofModels are the units of what models say of groups. A mean is not among them: it
// is a sum over the persons, and its digits tell how many they are.
var ofModels = []string{result.Share, result.Points, result.LogOdds, result.OddsRatio, result.PValue}

func share(part, n int) float64 { return result.Proportion(result.Key{}, part, n).Value }

// sameNumber tells whether numbers are the same, or both none.
func sameNumber(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }

// isDifference tells whether a value is the share of those who attained the goal in one
// of its groups less that in another.
func (w *who) isDifference(v result.Value, groups []int, outcome string) bool {
	a, b, ok := w.compared(groups, outcome)
	return ok && sameNumber(v.Value, share(w.size[a[1]], w.size[a[0]])-share(w.size[b[1]], w.size[b[0]]))
}

// compared finds the two groups of which those who attained the goal are told too, each
// with those, in the order in which they are told.
func (w *who) compared(groups []int, outcome string) (a, b [2]int, ok bool) {
	var pairs [][2]int
	for _, part := range groups {
		g := w.Groups[part]
		pair := [2]int{w.Find(g.Without(outcome)), part}
		if g.Level(outcome) == "1" && slices.Contains(groups, pair[0]) && !slices.Contains(pairs, pair) {
			pairs = append(pairs, pair)
		}
	}
	if len(pairs) != 2 {
		return a, b, false
	}
	return pairs[0], pairs[1], true
}

// residuals finds the numbers of groups whose counts were changed that are a share less
// what a model expects of it, and the expected ones. With the share rounded they are made
// again; as they were, they would tell it.
func (r *rounder) residuals(set *result.Set) {
	expected := map[[2]int][]int{}
	of := func(i int, unit string) (groups [2]int, ok bool) {
		g, v := r.counts.values[i].groups, set.Values[i]
		if r.kind[i] != other || v.Unit != unit || v.Part < 0 || len(g) != 2 || r.of[g[0]] < 0 || r.of[g[1]] < 0 {
			return groups, false
		}
		return [2]int{g[0], g[1]}, r.change[g[0]] != 0 || r.change[g[1]] != 0
	}
	for i := range set.Values {
		if groups, ok := of(i, result.Share); ok {
			expected[groups] = append(expected[groups], i)
		}
	}
	for i, v := range set.Values {
		groups, ok := of(i, result.Points)
		if !ok {
			continue
		}
		for _, j := range expected[groups] {
			if math.Abs(share(v.Part, v.N)-set.Values[j].Value-v.Value) < 1e-9 {
				r.kind[i], r.kind[j] = residual, estimate
			}
		}
	}
}

// value makes a value again of the rounded counts.
func (r *rounder) value(i int, v result.Value, outcome string) result.Value {
	groups := r.counts.values[i].groups
	n := r.rounded(groups[0])
	switch r.kind[i] {
	case number:
		v.N, v.Value = n, float64(n)
	case proportion:
		part := r.rounded(groups[1])
		wasLow, wasHigh := univariate.Wilson(v.Part, v.N, 0.95)
		low, high := univariate.Wilson(part, n, 0.95)
		v = interval(v, wasLow, wasHigh, low, high)
		v.N, v.Part, v.Value = n, part, share(part, n)
		if v.Unit == result.Persons {
			v.Value = float64(part)
		}
	case difference:
		a, b, _ := r.compared(groups, outcome)
		newcombe := func(of func(k int) int) (low, high float64) {
			return univariate.Newcombe(of(a[1]), of(a[0]), of(b[1]), of(b[0]), 0.95)
		}
		wasLow, wasHigh := newcombe(func(k int) int { return r.who.size[k] })
		low, high := newcombe(r.rounded)
		v = interval(v, wasLow, wasHigh, low, high)
		v.N, v.Part, v.Value = n, -1, share(r.rounded(a[1]), r.rounded(a[0]))-share(r.rounded(b[1]), r.rounded(b[0]))
	case estimate:
		v.N, v.Part = n, -1
	case residual:
		by := share(r.rounded(groups[1]), n) - share(v.Part, v.N)
		v = moved(v, by)
		v.N, v.Part = n, -1
	}
	return v
}

// interval gives a value the interval of its rounded counts (that of Wilson for a share,
// of Newcombe for a difference) in place of the one of its counts, and takes any other
// from it.
func interval(v result.Value, wasLow, wasHigh, low, high float64) result.Value {
	if !sameNumber(v.Low, wasLow) || !sameNumber(v.High, wasHigh) {
		return v.WithInterval(math.NaN(), math.NaN())
	}
	return v.WithInterval(low, high)
}

// moved adds a number to a value and its interval, the ends of which are then moved
// outwards to whole per cents, of many persons to whole per mille: they are sums over
// the persons, and their digits would tell how many. Of few any digit would.
func moved(v result.Value, by float64) result.Value {
	v.Value += by
	steps := 100.0
	switch {
	case v.N < fewForIntervals:
		return v.WithInterval(math.NaN(), math.NaN())
	case v.N >= manyForIntervals:
		steps = 1000
	}
	return v.WithInterval(math.Floor((v.Low+by)*steps)/steps, math.Ceil((v.High+by)*steps)/steps)
}

// Persons from which intervals that were moved are told, and are told more exactly. With
// n persons an interval is about 2/√n wide, so that steps of s leave n open within
// n × s√n/2: 50 within about 2, 1000 within about 15.
const (
	fewForIntervals  = 50
	manyForIntervals = 1000
)
