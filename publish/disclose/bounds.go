package disclose

import (
	"math"
	"slices"
)

// endless is the upper bound of a count that nothing bounds.
const endless = math.MaxInt32

// Bounds are the fewest and the most persons that each group can have, given the
// counts that are known and that none is negative. They are found by the shuttle
// algorithm: every equation bounds each of its counts by the bounds of the others,
// until nothing changes (Buzzigoli and Giusti 1999; Dobra and Fienberg 2001). No
// count lies outside them; where tables overlap in a round, tighter ones may exist.
type Bounds struct {
	Low, High []int // by group

	relations     *Relations
	known         []bool
	lowBy, highBy []int32 // the equation that a bound is by, −1 when by none
}

// Bounds bounds the counts of all groups by those that are known.
func (r *Relations) Bounds(known []bool) *Bounds {
	n := len(r.Groups)
	b := &Bounds{make([]int, n), make([]int, n), r, known, make([]int32, n), make([]int32, n)}
	for k := range r.Groups {
		b.High[k], b.lowBy[k], b.highBy[k] = endless, -1, -1
		if known[k] && r.Counts[k] != unknown {
			b.Low[k], b.High[k] = r.Counts[k], r.Counts[k]
		}
	}
	uses := r.uses()
	queue, queued := make([]int32, len(r.Equations)), make([]bool, len(r.Equations))
	for i := range r.Equations {
		queue[i], queued[i] = int32(i), true
	}
	// Bounds of large groups can creep; what matters is bounded to few soon.
	for budget := 100 * len(r.Equations); len(queue) > 0 && budget > 0; budget-- {
		i := queue[0]
		queue, queued[i] = queue[1:], false
		for _, k := range b.tighten(i) {
			for _, j := range uses[k] {
				if !queued[j] {
					queue, queued[j] = append(queue, j), true
				}
			}
		}
	}
	return b
}

// uses lists the equations that each group stands in.
func (r *Relations) uses() [][]int32 {
	uses := make([][]int32, len(r.Groups))
	for i, e := range r.Equations {
		uses[e.Whole] = append(uses[e.Whole], int32(i))
		for _, k := range e.Parts {
			uses[k] = append(uses[k], int32(i))
		}
	}
	return uses
}

// tighten bounds the whole of an equation by its parts and each part by the whole and
// the other parts, and returns those whose bounds changed.
func (b *Bounds) tighten(i int32) (changed []int) {
	e := b.relations.Equations[i]
	least, most, open := 0, 0, 0 // of all parts; those without an upper bound are counted
	for _, k := range e.Parts {
		least += b.Low[k]
		if b.High[k] == endless {
			open++
		} else {
			most += b.High[k]
		}
	}
	set := func(k, low, high int) {
		if low > b.Low[k] {
			b.Low[k], b.lowBy[k] = low, i
			changed = append(changed, k)
		}
		if high < b.High[k] {
			b.High[k], b.highBy[k] = high, i
			changed = append(changed, k)
		}
	}
	whole := endless
	if open == 0 {
		whole = most
	}
	set(e.Whole, least, whole)
	for _, k := range e.Parts {
		low, high := 0, endless
		if b.High[e.Whole] != endless {
			high = b.High[e.Whole] - (least - b.Low[k])
		}
		switch {
		case open == 0:
			low = b.Low[e.Whole] - (most - b.High[k])
		case open == 1 && b.High[k] == endless:
			low = b.Low[e.Whole] - most
		}
		was := [2]int{b.Low[k], b.High[k]}
		set(k, low, high)
		least += b.Low[k] - was[0]
		switch {
		case was[1] == endless && b.High[k] != endless:
			open--
			most += b.High[k]
		case was[1] != endless:
			most += b.High[k] - was[1]
		}
	}
	return changed
}

// Because lists the known counts that the upper bound of a group rests on.
func (b *Bounds) Because(group int) []int {
	var out []int
	seen := map[[2]int]bool{}
	var follow func(k, side int)
	follow = func(k, side int) { // side 0 is the lower bound
		if at := [2]int{k, side}; seen[at] || side == 0 && b.Low[k] == 0 {
			return
		} else {
			seen[at] = true
		}
		if b.known[k] {
			out = append(out, k)
			return
		}
		i := b.highBy[k]
		if side == 0 {
			i = b.lowBy[k]
		}
		if i < 0 {
			return
		}
		e := b.relations.Equations[i]
		if k == e.Whole {
			for _, p := range e.Parts {
				follow(p, side)
			}
			return
		}
		follow(e.Whole, side)
		for _, p := range e.Parts {
			if p != k {
				follow(p, 1-side)
			}
		}
	}
	follow(group, 1)
	slices.Sort(out)
	return slices.Compact(out)
}
