package fit

import (
	"math"
	"slices"

	"bidrag/model/design"
)

// withinShare is the share of a column's length that may be left over when it
// is a combination of others but for rounding.
const withinShare = 1e-8

// A span is what the combinations of some columns can be.
type span struct {
	n     int
	given [][]float64 // the columns
	basis [][]float64 // orthogonal, of length 1, of the first of them
	done  int         // how many columns the basis spans
}

// newSpan is the span of columns of n rows each, one after the other.
func newSpan(n int, columns []float64) *span {
	s := &span{n: n}
	s.add(columns)
	return s
}

func (s *span) add(columns []float64) {
	for at := 0; at < len(columns); at += s.n {
		s.given = append(s.given, columns[at:at+s.n])
	}
}

// rank is the number of columns that are no combination of the others.
func (s *span) rank() int {
	for ; s.done < len(s.given); s.done++ {
		if rest, left := s.rest(s.given[s.done]); left > withinShare {
			s.basis = append(s.basis, rest)
		}
	}
	return len(s.basis)
}

// holds tells whether a column is a combination of those added.
func (s *span) holds(column []float64) bool {
	for _, g := range s.given {
		if slices.Equal(g, column) {
			return true
		}
	}
	s.rank()
	_, left := s.rest(column)
	return left <= withinShare
}

// rest is what the span leaves of a column, with length 1, and its share of the
// column's length. Projecting twice makes it orthogonal to working precision.
func (s *span) rest(column []float64) (rest []float64, share float64) {
	size := 0.0
	for _, v := range column {
		size = max(size, math.Abs(v))
	}
	if size == 0 {
		return nil, 0
	}
	rest = make([]float64, s.n)
	for i, v := range column {
		rest[i] = v / size
	}
	before := normalise(rest)
	share = 1
	for range 2 {
		for _, b := range s.basis {
			dot := 0.0
			for i, v := range b {
				dot += v * rest[i]
			}
			for i, v := range b {
				rest[i] -= dot * v
			}
		}
		share *= normalise(rest)
	}
	if before == 0 {
		share = 0
	}
	return rest, share
}

// normalise gives a column the length 1 and returns the length it had.
func normalise(v []float64) float64 {
	square := 0.0
	for _, x := range v {
		square += x * x
	}
	length := math.Sqrt(square)
	if length == 0 {
		return 0
	}
	for i := range v {
		v[i] /= length
	}
	return length
}

// effects are the columns of a random term, of n rows.
func effects(t design.RandomTerm, n int) []float64 {
	if t.Z != nil {
		return t.Z
	}
	ones := make([]float64, n)
	for i := range ones {
		ones[i] = 1
	}
	return ones
}

// samePartition tells whether two groupings put the same rows together.
func samePartition(a, b design.RandomTerm) bool {
	return len(a.Levels) == len(b.Levels) && within(a.Group, b.Group, len(a.Levels))
}

// coveredBy tells whether a random term is a special case of another: the
// covariances that it gives the rows are among those that the other can give.
// So it is when both form the same groups and its columns are combinations of
// the other's; and when its groups are those of the other crossed with the
// levels of a factor, whose effects the other lets vary freely: (1 | g:f) is
// (0 + f | g) with equal variances and no correlations.
func coveredBy(small, large design.RandomTerm, n int) bool {
	if !samePartition(small, large) && !refines(small, large, n) {
		return false
	}
	z, room := effects(small, n), newSpan(n, effects(large, n))
	for at := 0; at < len(z); at += n {
		if !room.holds(z[at : at+n]) {
			return false
		}
	}
	return true
}

// refines tells whether the groups of small, which has an intercept alone, are
// those of large crossed with classes of rows, each of which has a coefficient
// of its own in large.
func refines(small, large design.RandomTerm, n int) bool {
	if small.Z != nil || large.Z == nil || !within(small.Group, large.Group, len(small.Levels)) {
		return false
	}
	class, classes := rowClasses(large.Z, n, len(large.Columns))
	if classes != len(large.Columns) {
		return false
	}
	type cell struct{ group, class int32 }
	known := map[cell]int32{}
	for i, g := range large.Group {
		c := cell{g, class[i]}
		if k, seen := known[c]; seen && k != small.Group[i] {
			return false
		}
		known[c] = small.Group[i]
	}
	return len(known) == len(small.Levels)
}

// rowClasses numbers the different rows of Z; it stops when there are more than most.
func rowClasses(z []float64, n, most int) (class []int32, classes int) {
	class = make([]int32, n)
	var kinds []int // a row of each class
	for i := range n {
		k := slices.IndexFunc(kinds, func(other int) bool {
			for at := 0; at < len(z); at += n {
				if z[at+i] != z[at+other] {
					return false
				}
			}
			return true
		})
		if k < 0 {
			if k = len(kinds); k == most {
				return class, most + 1
			}
			kinds = append(kinds, i)
		}
		class[i] = int32(k)
	}
	return class, len(kinds)
}
