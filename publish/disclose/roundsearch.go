package disclose

// Costs of a person more or less, in terms of the sum of squares that is made least.
const (
	costTold      = 1
	costEstimated = 10      // of a group that an estimate tells of, which is lost when its count changes
	costHeadline  = 4000000 // of all of a sample; of a part of it, headlineStep times less for each condition
	headlineStep  = 16
)

// The number of persons among whom one is chosen: fewer, the more there are to choose,
// so that the work grows no faster than the number of persons.
const (
	minWindow = 8
	maxWindow = 128
	choices   = 1 << 16 // the product of the two, between the limits
)

// window is the number of persons among whom one is chosen.
func (a *weights) window() int {
	return max(minWindow, min(maxWindow, choices/max(1, len(a.rows))))
}

// maxPasses is how often persons are exchanged for others.
const maxPasses = 20

// gain is by how much the sum of squares grows when a person weighs base more.
func (a *weights) gain(p int) int {
	sum := 0
	for _, k := range a.groupsOf(p) {
		if k >= 0 {
			sum += a.cost[k] * a.base * (2*a.change[k] + a.base)
		}
	}
	return sum
}

// swap is by how much the sum of squares grows when a person who weighs base and one
// who weighs nothing change places.
func (a *weights) swap(heavy, light int) int {
	sum := 0
	of := a.groupsOf(light)
	for i, k := range a.groupsOf(heavy) {
		l := of[i]
		if k == l {
			continue
		}
		if k >= 0 {
			sum += a.cost[k] * a.base * (a.base - 2*a.change[k])
		}
		if l >= 0 {
			sum += a.cost[l] * a.base * (a.base + 2*a.change[l])
		}
	}
	return sum
}

// weigh gives a loose person the weight of base, or takes it.
func (a *weights) weigh(p int, heavy bool) {
	by := a.base
	if !heavy {
		by = -by
	}
	a.heavy[p] = heavy
	for _, k := range a.groupsOf(p) {
		if k >= 0 {
			a.change[k] += by
		}
	}
}

// choose gives one after the other in a stratum the weight of base, the one by whom the
// sum of squares becomes least, until there are enough.
func (a *weights) choose(s, enough int) {
	start, to, window := a.from[s], a.from[s+1], a.window()
	for range enough {
		for start < to && a.heavy[start] {
			start++
		}
		best, least, looked := -1, 0, 0
		for p := start; p < to && looked < window; p++ {
			if a.heavy[p] {
				continue
			}
			looked++
			if g := a.gain(p); best < 0 || g < least {
				best, least = p, g
			}
		}
		a.weigh(best, true)
	}
}

// exchange lets those of a stratum who weigh base change places with others where that
// makes the sum of squares less. It tells whether any did.
func (a *weights) exchange(s int) (any bool) {
	from, to, window := a.from[s], a.from[s+1], a.window()
	for p := from; p < to; p++ {
		if !a.heavy[p] {
			continue
		}
		best, least := -1, 0
		q := p
		for range min(window, to-from-1) {
			if q++; q == to {
				q = from
			}
			if a.heavy[q] {
				continue
			}
			if d := a.swap(p, q); d < least {
				best, least = q, d
			}
		}
		if best >= 0 {
			a.weigh(p, false)
			a.weigh(best, true)
			any = true
		}
	}
	return any
}

// byStratum lists the persons of each stratum in which there are loose ones.
func (a *weights) byStratum() [][]int32 {
	out := make([][]int32, a.strata)
	for row, s := range a.stratum {
		if a.from[s] < a.from[s+1] {
			out[s] = append(out[s], int32(row))
		}
	}
	return out
}

// replace lets those of a stratum who are loose for its number only be so no more, and
// others in their place, where that makes the sum of squares less. It tells whether any did.
func (a *weights) replace(s int, rows []int32) (any bool) {
	others := make([]int32, len(a.crossings))
	next, window := 0, a.window()
	for p := a.from[s]; p < a.from[s+1]; p++ {
		if a.small[a.rows[p]] {
			continue
		}
		best, least := int32(-1), 0
		for range min(window, len(rows)) {
			row := rows[next%len(rows)]
			next++
			if a.loose[row] {
				continue
			}
			a.groupsAt(row, others)
			if d := a.gainByReplacing(p, others); d < least {
				best, least = row, d
			}
		}
		if best >= 0 {
			a.put(p, best)
			any = true
		}
	}
	return any
}

// groupsAt finds the groups that a person is in, by crossing.
func (a *weights) groupsAt(row int32, groups []int32) {
	for i := range a.crossings {
		groups[i] = a.crossings[i].group(int(row))
	}
}

// extra is how much more than 1 a loose person weighs.
func (a *weights) extra(p int) int {
	if a.heavy[p] {
		return a.base - 1
	}
	return -1
}

// gainByReplacing is by how much the sum of squares grows when one who is in other
// groups is loose in place of a person.
func (a *weights) gainByReplacing(p int, others []int32) int {
	sum, extra := 0, a.extra(p)
	for i, k := range a.groupsOf(p) {
		l := others[i]
		if k == l {
			continue
		}
		if k >= 0 {
			sum += a.cost[k] * extra * (extra - 2*a.change[k])
		}
		if l >= 0 {
			sum += a.cost[l] * extra * (extra + 2*a.change[l])
		}
	}
	return sum
}

// put makes another person loose in place of one.
func (a *weights) put(p int, row int32) {
	extra := a.extra(p)
	add := func(by int) {
		for _, k := range a.groupsOf(p) {
			if k >= 0 {
				a.change[k] += by
			}
		}
	}
	add(-extra)
	a.loose[a.rows[p]], a.loose[row], a.rows[p] = false, true, row
	a.groupsAt(row, a.groupsOf(p))
	add(extra)
}
