package disclose

import "math"

// endless is the upper bound of a count that nothing bounds.
const endless = math.MaxInt32

// Bounds are the fewest and the most persons that each group can have, given the
// counts that are known and that none is negative. They are found by the shuttle
// algorithm: every equation bounds each of its counts by the bounds of the others,
// until nothing changes (Buzzigoli and Giusti 1999; Dobra and Fienberg 2001). No
// count lies outside them; where tables overlap in a round, tighter ones may exist.
func (r *Relations) Bounds(known []bool) (low, high []int) {
	low, high = make([]int, len(r.Groups)), make([]int, len(r.Groups))
	for k := range r.Groups {
		high[k] = endless
		if known[k] && r.Counts[k] != unknown {
			low[k], high[k] = r.Counts[k], r.Counts[k]
		}
	}
	uses := make([][]int32, len(r.Groups))
	queue, queued := make([]int32, len(r.Equations)), make([]bool, len(r.Equations))
	for i, e := range r.Equations {
		queue[i], queued[i] = int32(i), true
		uses[e.Whole] = append(uses[e.Whole], int32(i))
		for _, k := range e.Parts {
			uses[k] = append(uses[k], int32(i))
		}
	}
	// Bounds of large groups can creep; what matters is bounded to few soon.
	for budget := 100 * len(r.Equations); len(queue) > 0 && budget > 0; budget-- {
		i := queue[0]
		queue, queued[i] = queue[1:], false
		for _, k := range r.Equations[i].tighten(low, high) {
			for _, j := range uses[k] {
				if !queued[j] {
					queue, queued[j] = append(queue, j), true
				}
			}
		}
	}
	return low, high
}

// tighten bounds the whole by its parts and each part by the whole and the other
// parts, and returns those whose bounds changed.
func (e Equation) tighten(low, high []int) (changed []int) {
	least, most, open := 0, 0, 0 // of all parts; those without an upper bound are counted
	for _, k := range e.Parts {
		least += low[k]
		if high[k] == endless {
			open++
		} else {
			most += high[k]
		}
	}
	set := func(k, newLow, newHigh int) {
		if newLow > low[k] || newHigh < high[k] {
			low[k], high[k] = max(low[k], newLow), min(high[k], newHigh)
			changed = append(changed, k)
		}
	}
	whole := endless
	if open == 0 {
		whole = most
	}
	set(e.Whole, least, whole)
	for _, k := range e.Parts {
		newLow, newHigh := 0, endless
		if high[e.Whole] != endless {
			newHigh = high[e.Whole] - (least - low[k])
		}
		switch {
		case open == 0:
			newLow = low[e.Whole] - (most - high[k])
		case open == 1 && high[k] == endless:
			newLow = low[e.Whole] - most
		}
		was := [2]int{low[k], high[k]}
		set(k, newLow, newHigh)
		least += low[k] - was[0]
		switch {
		case was[1] == endless && high[k] != endless:
			open--
			most += high[k]
		case was[1] != endless:
			most += high[k] - was[1]
		}
	}
	return changed
}
