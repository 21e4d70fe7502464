package disclose

import (
	"cmp"
	"slices"
)

// weights give every person a whole number, so that the rounded count of a group is the
// sum of the weights of its members: counts that added up do so still. The weight is
// base or 0 of persons who are in a small group, and 1 of the others.
type weights struct {
	*who
	base      int
	threshold int
	stratum   []int32 // by row: persons of one stratum are in the same headline groups
	strata    int
	headline  []int // the crossings whose groups are headline groups
	cost      []int // by group: what a person more or less costs; 0 of groups that nothing tells of

	small  []bool  // by row: in a small group
	loose  []bool  // by row: the weight is base or 0
	rows   []int32 // those who are loose, by stratum
	from   []int   // by stratum: where its persons begin among rows; one more at the end
	groups []int32 // by loose person and crossing: the group, −1
	heavy  []bool  // by loose person: the weight is base
	change []int   // by group: rounded count less count
}

// newWeights puts the persons into strata.
func newWeights(w *who, rules Rules, outcome string, cost []int) *weights {
	a := &weights{who: w, base: rules.Base, threshold: rules.Threshold, cost: cost, small: make([]bool, w.members.Rows), loose: make([]bool, w.members.Rows)}
	a.stratum = make([]int32, w.members.Rows)
	a.strata = 1
	for i := range w.crossings {
		for _, k := range w.crossings[i].groups {
			if isHeadline(w.Groups[k], outcome) {
				a.headline = append(a.headline, i)
			}
			break // all groups of a crossing are, or none
		}
	}
	for _, i := range a.headline {
		a.split(&w.crossings[i])
	}
	return a
}

// split makes of each stratum those who are in different groups of a crossing.
func (a *weights) split(x *crossing) {
	at := map[[2]int32]int32{}
	for row, s := range a.stratum {
		key := [2]int32{s, x.group(row)}
		number, seen := at[key]
		if !seen {
			number = int32(len(at))
			at[key] = number
		}
		a.stratum[row] = number
	}
	a.strata = len(at)
}

// loosen marks the members of small groups.
func (a *weights) loosen(groups []int) {
	within := map[int32][]int{} // the groups by their root
	crossings := map[int]bool{}
	for _, k := range groups {
		root := a.root(k)
		within[int32(root)] = append(within[int32(root)], k)
		crossings[a.of[root]] = true
	}
	for i := range a.crossings {
		if !crossings[i] {
			continue
		}
		for row := range a.small {
			for _, k := range within[a.crossings[i].group(row)] {
				a.small[row] = a.small[row] || a.has(k, row)
			}
		}
	}
}

// assign chooses who weighs base: so many in each stratum as plan says, and among them
// those by whom the counts change least.
func (a *weights) assign() {
	copy(a.loose, a.small)
	more, heavy := a.plan()
	a.pad(more)
	a.list()
	a.change = make([]int, len(a.Groups))
	for _, k := range a.groups {
		if k >= 0 {
			a.change[k]--
		}
	}
	a.heavy = make([]bool, len(a.rows))
	for s := range a.strata {
		a.choose(s, heavy[s])
	}
	rows := a.byStratum()
	for range maxPasses {
		better := false
		for s := range a.strata {
			better = a.exchange(s) || better
			better = a.replace(s, rows[s]) || better
		}
		if !better {
			return
		}
	}
}

// pad makes so many others of each stratum loose: those who are in most groups
// together with persons who are loose already, since they can make up for them.
func (a *weights) pad(more []int) {
	score := a.together(more)
	others := make([][]int32, a.strata)
	for row, s := range a.stratum {
		if more[s] > 0 && !a.loose[row] {
			others[s] = append(others[s], int32(row))
		}
	}
	for s, rows := range others {
		slices.SortFunc(rows, func(x, y int32) int { return cmp.Or(cmp.Compare(score[y], score[x]), cmp.Compare(x, y)) })
		for _, row := range rows[:more[s]] {
			a.loose[row] = true
		}
	}
}

// together counts for each person of a stratum that needs more, and who is not loose,
// the loose ones of the stratum in each of his groups.
func (a *weights) together(more []int) []int {
	score := make([]int, len(a.loose))
	for i := range a.crossings {
		x := &a.crossings[i]
		n := map[[2]int32]int{}
		for row, loose := range a.loose {
			if s := a.stratum[row]; loose && more[s] > 0 {
				if k := x.group(row); k >= 0 {
					n[[2]int32{s, k}] += a.cost[k]
				}
			}
		}
		for row, loose := range a.loose {
			if s := a.stratum[row]; !loose && more[s] > 0 {
				score[row] += n[[2]int32{s, x.group(row)}]
			}
		}
	}
	return score
}

// list makes the list of loose persons with the groups that each is in.
func (a *weights) list() {
	a.rows, a.from = a.rows[:0], make([]int, a.strata+1)
	for row, loose := range a.loose {
		if loose {
			a.rows = append(a.rows, int32(row))
			a.from[a.stratum[row]+1]++
		}
	}
	for s := range a.strata {
		a.from[s+1] += a.from[s]
	}
	slices.SortStableFunc(a.rows, func(x, y int32) int { return cmp.Compare(a.stratum[x], a.stratum[y]) })
	a.groups = make([]int32, len(a.rows)*len(a.crossings))
	for p, row := range a.rows {
		for i := range a.crossings {
			a.groups[p*len(a.crossings)+i] = a.crossings[i].group(int(row))
		}
	}
}

func (a *weights) groupsOf(p int) []int32 {
	return a.groups[p*len(a.crossings) : (p+1)*len(a.crossings)]
}
