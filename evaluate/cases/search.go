package cases

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// mostSets is how many sets, whole or in part, a search looks at before it is
// cut short. Places in a few numbers need far fewer: what is farther from one of
// the chosen than the best set so far is never looked at.
const mostSets = 20_000_000

// A search finds, among all sets with counts[g] places of groups[g], that with
// the smallest largest distance; of several such that with the smallest sum of
// distances, and of several such that which is found first, always the same. It
// starts from the best set around one place and goes through all others depth
// first, leaving out those that cannot be better (branch and bound).
type search struct {
	space  space
	groups [][]int // places of each group, by code
	counts []int

	slots        []int // of each place to choose, its group
	set          []int // chosen so far
	best         []int
	largest, sum float64 // of best
	looked       int
	cut          bool
	err          error
}

func (s *search) run(ctx context.Context) error {
	for g, n := range s.counts {
		for range n {
			s.slots = append(s.slots, g)
		}
	}
	s.largest, s.sum = math.Inf(1), math.Inf(1)
	for _, group := range s.groups {
		for _, centre := range group {
			s.around(centre)
		}
	}
	s.extend(ctx, 0, 0, 0)
	return s.err
}

// around takes the places nearest to a centre.
func (s *search) around(centre int) {
	var set []int
	for g, n := range s.counts {
		near := slices.Clone(s.groups[g])
		slices.SortStableFunc(near, func(a, b int) int {
			return cmp.Compare(s.space.distance(a, centre), s.space.distance(b, centre))
		})
		near = near[:n]
		slices.Sort(near)
		set = append(set, near...)
	}
	largest, sum := 0.0, 0.0
	for i, a := range set {
		for _, b := range set[:i] {
			d := s.space.distance(a, b)
			largest, sum = max(largest, d), sum+d
		}
	}
	s.keep(set, largest, sum)
}

func (s *search) keep(set []int, largest, sum float64) {
	if largest < s.largest || largest == s.largest && sum < s.sum {
		s.best, s.largest, s.sum = slices.Clone(set), largest, sum
	}
}

// extend adds to the set a place of the next group, from its from-th on.
func (s *search) extend(ctx context.Context, from int, largest, sum float64) {
	if len(s.set) == len(s.slots) {
		s.keep(s.set, largest, sum)
		return
	}
	g := s.slots[len(s.set)]
	for k := from; k < len(s.groups[g]); k++ {
		if s.looked++; s.looked%4096 == 0 && ctx.Err() != nil {
			s.err = ctx.Err()
		}
		if s.cut = s.cut || s.looked > mostSets; s.cut || s.err != nil {
			return
		}
		place := s.groups[g][k]
		far, total := largest, sum
		for _, other := range s.set {
			d := s.space.distance(place, other)
			far, total = max(far, d), total+d
		}
		if far > s.largest || far == s.largest && total >= s.sum {
			continue
		}
		s.set = append(s.set, place)
		next := 0
		if len(s.set) < len(s.slots) && s.slots[len(s.set)] == g {
			next = k + 1
		}
		s.extend(ctx, next, far, total)
		s.set = s.set[:len(s.set)-1]
	}
}
