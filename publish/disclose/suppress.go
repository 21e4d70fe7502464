package disclose

import (
	"cmp"
	"maps"
	"math"
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
	told      []int  // how many values tell of it
	published []bool

	rounded []bool // shown rounded if at all, so that bounds tell no more of it; nil when nothing is
}

// A Telling is what a value tells: whom it counts, and what the gate must know of it.
type Telling struct {
	ID      string
	N, Part int
	Groups  []result.Counted
	Amounts []result.Summed
}

// tellings are what the values of a set tell.
func tellings(set *result.Set) []Telling {
	out := make([]Telling, len(set.Values))
	for i, v := range set.Values {
		out[i] = Telling{v.Key.ID(), v.N, v.Part, set.Facts.Counts(v), set.Facts.Amounts(v)}
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
	c.told = make([]int, len(c.Groups))
	for i, v := range values {
		t := told{rate: -1}
		for _, g := range all[i] {
			k := c.Find(g.Group)
			t.groups = append(t.groups, k)
			c.told[k]++
		}
		if len(t.groups) > 1 && all[i][1].N == v.Part && v.Part >= 0 && v.N > 0 && (v.Part == 0 || v.Part == v.N) && c.aboutFew(t.groups[0], t.groups[1], facts.Outcome) {
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
	for failed, attained := range c.failures {
		if c.Counts[failed]+c.Counts[attained] > 0 {
			c.sensitive[failed] = c.sensitive[failed] || c.Counts[failed] == 0
			c.sensitive[attained] = c.sensitive[attained] || c.Counts[attained] == 0
		}
	}
	for _, k := range c.Clashes {
		c.sensitive[k] = true
	}
}

// protect decides which counts are published: as many as can be without a
// sensitive one following from them, the widest and largest first.
func (c *counts) protect(rules Rules) {
	given := c.Bounds(c.known()) // whatever is published
	order := c.order()
	for range maxRounds {
		e, _ := c.solveFor(rules.Threshold)
		for _, k := range order {
			if c.published[k] || c.sensitive[k] || c.hidden[k] {
				continue
			}
			if slices.ContainsFunc(e.reveals(k), func(s int) bool { return s >= len(c.Groups) || c.sensitive[s] || c.hidden[s] }) {
				continue
			}
			e.publish(k)
			c.published[k] = true
		}
		if !c.giveUp(given, rules) {
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
	stay := make([]bool, n)
	for k := range stay {
		stay[k] = k >= len(c.Groups) || c.told[k] == 0 || c.sensitive[k] || c.hidden[k]
	}
	return newEchelon(n, equations, append(known, make([]bool, n-len(c.Groups))...), stay), pairs
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
	width := make([]int, len(c.Groups))
	for k := range c.Groups {
		if c.told[k] > 0 {
			out = append(out, k)
			width[k] = len(c.Groups[k].Conditions())
			if c.Groups[k].Level("municipality") != "" && c.Groups[k].Level("scheme") == "" {
				width[k] += 2 // projects rather than the places that they add up to
			}
		}
	}
	slices.SortFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(width[a], width[b]), cmp.Compare(c.told[b], c.told[a]), cmp.Compare(c.Counts[b], c.Counts[a]), cmp.Compare(c.Groups[a], c.Groups[b]))
	})
	return out
}

// giveUp looks for counts that may not be told and can yet be bounded to fewer
// persons than may be, or to nobody where that may not be told, and gives up counts
// that the bounds rest on. What is bounded whatever is published is not looked at. It
// tells whether anything was given up.
func (c *counts) giveUp(given *Bounds, rules Rules) bool {
	b := c.Bounds(c.known())
	bounds := 0
	restOn := map[int][]int{} // of published counts: the bounds that rest on them
	for s := range c.Counts {
		if !c.tooTight(s, b, rules) || c.tooTight(s, given, rules) {
			continue
		}
		for _, k := range b.Because(s) {
			if c.published[k] {
				restOn[k] = append(restOn[k], bounds)
			}
		}
		bounds++
	}
	c.hit(restOn, bounds)
	return len(restOn) > 0
}

// tooTight tells whether a count that may not be told is bounded to too few.
func (c *counts) tooTight(s int, b *Bounds, rules Rules) bool {
	n := c.Counts[s]
	return c.sensitive[s] && !(c.rounded != nil && c.rounded[s]) && (n == 0 && b.High[s] == 0 || rules.small(n) && b.High[s] < rules.Threshold)
}

// hit gives up a count of those that each bound rests on, with as little lost as
// can be: first those of which most bounds are had for what they cost.
func (c *counts) hit(restOn map[int][]int, bounds int) {
	done := make([]bool, bounds)
	order := slices.Sorted(maps.Keys(restOn))
	for {
		best, most := -1, 0.0
		for _, k := range order {
			n := 0
			for _, i := range restOn[k] {
				if !done[i] {
					n++
				}
			}
			if had := float64(n) / c.cost(k); had > most {
				best, most = k, had
			}
		}
		if best < 0 {
			return
		}
		c.hidden[best], c.published[best] = true, false
		for _, i := range restOn[best] {
			done[i] = true
		}
	}
}

// cost is what is lost when a count is not told. It grows with the values that tell of
// it and with its persons; what is asked of fewer variables is worth more.
func (c *counts) cost(k int) float64 {
	return float64(c.told[k]) * math.Sqrt(float64(c.Counts[k]+1)) * math.Pow(8, -float64(len(c.Groups[k].Conditions())))
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

// known are the counts that are published, and the rests of nobody: that everyone is
// at one of the levels that are told of.
func (c *counts) known() []bool {
	known := slices.Clone(c.published)
	for k, n := range c.Counts {
		_, failed := c.failures[k]
		known[k] = known[k] || n == 0 && c.rest[k] && !failed && !c.sensitive[k]
	}
	return known
}
