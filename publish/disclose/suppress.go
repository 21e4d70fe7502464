package disclose

import (
	"cmp"
	"slices"
	"strings"

	"bidrag/evaluate/result"
)

// A told is what a value tells: the groups whose counts can be read from it.
type told struct {
	groups []int // numbers in the relations
	rate   int   // the group whose share of another is 0 or 1, −1 when there is none
}

// counts are all counts that a set of results tells of, and which of them may
// be told.
type counts struct {
	*Relations
	values    []told
	sensitive []bool // may not be told, and not be found
	hidden    []bool // given up so that a sensitive one cannot be found
	told      []bool // something tells of it
	published []bool
}

// A Telling is what a value tells: whom it counts, and what the gate must know of it.
type Telling struct {
	ID      string
	N, Part int
	Groups  []result.Counted
}

// tellings are what the values of a set tell.
func tellings(set *result.Set) []Telling {
	out := make([]Telling, len(set.Values))
	for i, v := range set.Values {
		out[i] = Telling{v.Key.ID(), v.N, v.Part, set.Facts.Counts(v)}
	}
	return out
}

// newCounts finds the groups that the values tell of.
func newCounts(facts *result.Facts, values []Telling, rules Rules) *counts {
	var groups []result.Group
	var sizes []int
	at := map[result.Group]int{}
	note := func(g result.Group, n int) {
		if k, seen := at[g]; !seen {
			at[g] = len(groups)
			groups, sizes = append(groups, g), append(sizes, n)
		} else if sizes[k] == unknown {
			sizes[k] = n
		} else if n != unknown && n != sizes[k] { // told twice, and not the same
			groups, sizes = append(groups, g), append(sizes, n)
		}
	}
	all := make([][]result.Counted, len(values))
	for i, v := range values {
		all[i] = slices.Clone(v.Groups)
		for _, c := range all[i] {
			if len(c.Or) == 0 {
				note(c.Group, c.N)
			}
		}
	}
	for i, v := range values {
		for j, c := range all[i] {
			if len(c.Or) > 0 {
				all[i][j] = choose(c, v.ID, func(g result.Group) int {
					if k, seen := at[g]; seen {
						return sizes[k]
					}
					return unknown
				})
				note(all[i][j].Group, all[i][j].N)
			}
		}
	}
	c := &counts{Relations: relate(facts, groups, sizes), values: make([]told, len(values))}
	c.tell(facts, values, all)
	c.mark(rules)
	return c
}

// choose finds which of several groups a value rests on: the first of as many
// persons; a group of its own when there is none.
func choose(c result.Counted, id string, size func(result.Group) int) result.Counted {
	for _, g := range append([]result.Group{c.Group}, c.Or...) {
		if size(g) == c.N {
			return result.Counted{Group: g, N: c.N}
		}
	}
	return result.Counted{Group: result.People("number " + id), N: c.N}
}

// tell remembers which groups each value tells of.
func (c *counts) tell(facts *result.Facts, values []Telling, all [][]result.Counted) {
	c.told = make([]bool, len(c.Groups))
	for i, v := range values {
		t := told{rate: -1}
		for _, g := range all[i] {
			k := c.Find(g.Group)
			t.groups = append(t.groups, k)
			c.told[k] = true
		}
		if len(t.groups) > 1 && v.Part >= 0 && v.N > 0 && (v.Part == 0 || v.Part == v.N) && c.aboutFew(t.groups[0], t.groups[1], facts.Outcome) {
			t.rate = t.groups[1]
		}
		c.values[i] = t
	}
}

// aboutFew tells whether a share of 0 or 1 says something of each person in a group:
// whether they attained the goal, or anything of others than all of a scheme.
func (c *counts) aboutFew(of, part int, outcome string) bool {
	if c.Groups[part].Level(outcome) != "" {
		return true
	}
	for _, k := range c.Groups[of].Conditions() {
		if k[0] != "scheme" && k[0] != "year" && !strings.HasSuffix(k[0], " known") {
			return true
		}
	}
	return false
}

// mark finds what may not be told: counts of 1 to threshold − 1 persons, of those
// who have or have not what a share of 0 or 1 is a share of, and what does
// not add up.
func (c *counts) mark(rules Rules) {
	c.sensitive, c.hidden, c.published = make([]bool, len(c.Groups)), make([]bool, len(c.Groups)), make([]bool, len(c.Groups))
	for k, n := range c.Counts {
		c.sensitive[k] = n > 0 && n < rules.Threshold
	}
	rates := map[int]bool{}
	for _, t := range c.values {
		if t.rate >= 0 {
			rates[t.rate] = true
			c.sensitive[t.rate] = true
		}
	}
	for _, e := range c.Equations {
		if !slices.ContainsFunc(e.Parts, func(k int) bool { return rates[k] }) || c.Counts[e.Whole] <= 0 {
			continue
		}
		for _, k := range e.Parts {
			if c.rest[k] && c.Counts[k] == 0 {
				c.sensitive[k] = true
			}
		}
	}
	for _, k := range c.Clashes {
		c.sensitive[k] = true
	}
}

// protect decides which counts are published: as many as can be without a
// sensitive one following from them, the widest and largest first.
func (c *counts) protect(rules Rules) {
	for range maxRounds {
		clear(c.published)
		e, _ := c.solveFor(rules.Threshold)
		for _, k := range c.order() {
			if c.sensitive[k] || c.hidden[k] {
				continue
			}
			if slices.ContainsFunc(e.reveals(k), func(s int) bool { return s >= len(c.Groups) || c.sensitive[s] || c.hidden[s] }) {
				continue
			}
			e.publish(k)
			c.published[k] = true
		}
		if !c.giveUp(rules) && !c.giveUpTables(rules) {
			return
		}
	}
}

// solveFor is the system of equations in which that nobody is in a group is known,
// with a sum of two counts for each that a single person could take from it
// to find the other. It returns those pairs; their sums are the unknowns after the groups.
func (c *counts) solveFor(threshold int) (system *echelon, pairs [][2]int) {
	known := c.known()
	equations := slices.Clone(c.Equations)
	n := len(c.Groups)
	done := map[[2]int]bool{}
	for _, e := range c.Equations {
		var few []int
		for _, k := range e.Parts {
			if c.sensitive[k] && c.Counts[k] > 0 {
				few = append(few, k)
			}
		}
		if len(few) > maxPairs {
			continue // too many to be found
		}
		for i, a := range few {
			for _, b := range few[:i] {
				if pair := [2]int{a, b}; (c.Counts[a] == 1 || c.Counts[b] == 1 || c.Counts[a]+c.Counts[b] < threshold) && !done[pair] {
					done[pair] = true
					pairs = append(pairs, pair)
					equations = append(equations, Equation{n, []int{a, b}})
					n++
				}
			}
		}
	}
	return newEchelon(n, equations, append(known, make([]bool, n-len(c.Groups))...)), pairs
}

// maxRounds is how often counts are given up beside those that can be bounded.
const maxRounds = 20

// maxPairs is the number of sensitive counts of a sum above which a person who
// is alone in one of them does not come nearer to the others.
const maxPairs = 8

// order is the groups that something tells of, those of fewest conditions first, of
// them those that most values tell of, and of them those of most persons.
func (c *counts) order() []int {
	var out []int
	values := make([]int, len(c.Groups))
	for _, t := range c.values {
		for _, k := range t.groups {
			values[k]++
		}
	}
	width := make([]int, len(c.Groups))
	for k := range c.Groups {
		if c.told[k] {
			out = append(out, k)
			width[k] = len(c.Groups[k].Conditions())
			if c.Groups[k].Level("municipality") != "" && c.Groups[k].Level("scheme") == "" {
				width[k] += 2 // projects rather than the places that they add up to
			}
		}
	}
	slices.SortFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(width[a], width[b]), cmp.Compare(values[b], values[a]), cmp.Compare(c.Counts[b], c.Counts[a]), cmp.Compare(c.Groups[a], c.Groups[b]))
	})
	return out
}

// giveUp looks for counts that may not be told and can yet be bounded to fewer
// persons than may be, and gives up another count in every sum that bounds them.
// It tells whether there were any.
func (c *counts) giveUp(rules Rules) bool {
	any := false
	low, high := c.Bounds(c.known())
	for _, e := range c.Equations {
		least := 0
		for _, k := range e.Parts {
			least += low[k]
		}
		for _, s := range e.Parts {
			if !c.sensitive[s] || c.Counts[s] <= 0 || c.Counts[s] >= rules.Threshold || high[e.Whole] == endless {
				continue
			}
			bound := high[e.Whole] - (least - low[s])
			if bound >= rules.Threshold {
				continue
			}
			if k := c.cheapest(e, rules.Threshold-bound); k >= 0 {
				c.hidden[k], c.published[k] = true, false
				any = true
				least -= low[k]
			}
		}
	}
	return any
}

// giveUpTables gives up the tables in which there are counts that can still be bounded
// to fewer persons than may be told: all counts by the same variables, of the same
// place if they are of places. It tells whether there were any.
func (c *counts) giveUpTables(rules Rules) bool {
	any := false
	_, high := c.Bounds(c.known())
	for s, n := range c.Counts {
		if !c.sensitive[s] || n <= 0 || n >= rules.Threshold || high[s] >= rules.Threshold {
			continue
		}
		for k, g := range c.Groups {
			if c.published[k] && alike(g, c.Groups[s]) {
				c.hidden[k], c.published[k] = true, false
				any = true
			}
		}
	}
	return any
}

// alike tells whether groups are of one table: by the same variables, of the same
// sample, and of the same place.
func alike(a, b result.Group) bool {
	x, y := a.Conditions(), b.Conditions()
	if len(x) != len(y) || a.Sample() != b.Sample() {
		return false
	}
	for i := range x {
		if x[i][0] != y[i][0] || x[i][0] == "municipality" && x[i][1] != y[i][1] {
			return false
		}
	}
	return true
}

// large is a count that is not given up for what is a part of it.
const large = 100

// cheapest is the published part of a sum that loses least when it is given up: the
// smallest of enough persons, else the largest; the whole when no part is published;
// −1 when there is nothing to give up but a large whole.
func (c *counts) cheapest(e Equation, enough int) int {
	best := -1
	for _, k := range e.Parts {
		switch {
		case !c.published[k] || c.Counts[k] <= 0:
		case best < 0,
			c.Counts[k] >= enough && (c.Counts[best] < enough || c.Counts[k] < c.Counts[best]),
			c.Counts[best] < enough && c.Counts[k] > c.Counts[best]:
			best = k
		}
	}
	if best < 0 && c.published[e.Whole] && c.Counts[e.Whole] < large {
		return e.Whole
	}
	return best
}

// mayTell tells whether all counts that could be read from a value are published.
func (c *counts) mayTell(value int) bool {
	for _, k := range c.values[value].groups {
		if !c.published[k] {
			return false
		}
	}
	return true
}

// known are the counts that are published, and the groups of nobody.
func (c *counts) known() []bool {
	known := slices.Clone(c.published)
	for k, n := range c.Counts {
		known[k] = known[k] || n == 0 && !c.sensitive[k]
	}
	return known
}
