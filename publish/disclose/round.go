package disclose

import (
	"bidrag/evaluate/result"
)

// A Rounding tells how much was changed by small-count rounding.
type Rounding struct {
	Numbers int `json:"rounded_values"`     // shown, made of rounded counts, changed or not
	Counts  int `json:"counts"`             // that they tell
	Changed int `json:"counts_changed"`     // of these, those that are not what they were
	Total   int `json:"persons_changed"`    // the changes of all counts together
	Largest int `json:"largest_change"`     // of one count
	Persons int `json:"persons_reweighted"` // who count as Base or nothing, and not as 1
	Unknown int `json:"counts_not_rounded"` // told of, and it is not known of whom: they are exact or suppressed
}

// A rounder is small-count rounding of a set of results (Langsrud and Heldal 2018, the
// method of PLSrounding): the counts of groups are made again as sums over persons, of
// whom those who are in a small group weigh base or nothing, so that
//
//   - the count of a small group, or of what a sum leaves over, is a multiple of base;
//   - counts add up, since they are sums over the same persons;
//   - headline counts are as they were, or, of few persons, nearly so (plan);
//   - the others are changed as little as can be (weights).
//
// What is more than counts of known groups (kindOf) is exact, and is suppressed as
// without rounding; so is what can be found from that, together with the headline counts.
type rounder struct {
	*weights
	counts *counts
	kind   []kind // by value
	exact  []bool // by group: a headline count that is as it was
	Rounding
}

// maxLoosened is how often groups that have become small are made small groups.
const maxLoosened = 20

// newRounder rounds the counts, and leaves among those told the ones that are exact.
func newRounder(c *counts, set *result.Set, rules Rules) *rounder {
	w := newWho(c, set.Members)
	r := &rounder{counts: c, kind: make([]kind, len(set.Values))}
	told, estimated := make([]bool, len(c.Groups)), make([]bool, len(c.Groups))
	for i, v := range set.Values {
		r.kind[i] = w.kindOf(v, c.values[i].groups, set.Facts.Outcome)
		for _, k := range c.values[i].groups {
			told[k] = told[k] || r.kind[i] != other
			estimated[k] = estimated[k] || r.kind[i] == other
		}
	}
	r.weights = newWeights(w, rules, set.Facts.Outcome, costs(w, told, estimated, rules, set.Facts.Outcome))
	r.settle(told)
	r.residuals(set)
	r.keep(told, estimated, set.Facts.Outcome)
	r.count(told)
	return r
}

// costs is what it costs to change the count of each group by a person, in terms of
// the sum of squares that is made least.
func costs(w *who, told, estimated []bool, rules Rules, outcome string) []int {
	out := make([]int, len(w.Groups))
	for k, g := range w.Groups {
		switch {
		case !told[k] && !estimated[k]:
		case isHeadline(g, outcome) && !rules.small(w.Counts[k]):
			out[k] = costHeadline
			for range len(g.Conditions()) {
				out[k] /= headlineStep
			}
		case estimated[k]:
			out[k] = costEstimated
		default:
			out[k] = costTold
		}
	}
	return out
}

// settle rounds until no count that is told, or left over of one, is 1 to threshold − 1
// and no multiple of base: the members of such a group are rounded too.
func (r *rounder) settle(told []bool) {
	c := r.counts
	var small []int
	for k, n := range c.Counts {
		if n > 0 && n < r.threshold && r.known(k) {
			small = append(small, k)
		}
	}
	for range maxLoosened {
		r.loosen(small)
		r.assign()
		small = small[:0]
		for k := range c.Groups {
			_, isRest := r.left[k]
			if (told[k] && r.of[k] >= 0 || isRest && c.Counts[k] != unknown && r.known(k)) && r.looksSmall(r.rounded(k)) {
				small = append(small, k)
			}
		}
		if len(small) == 0 {
			return
		}
	}
}

// looksSmall tells whether a rounded count may not be shown.
func (r *rounder) looksSmall(n int) bool { return n > 0 && n < r.threshold && n%r.base != 0 }

// rounded returns the rounded count of a group whose members are known.
func (r *rounder) rounded(k int) int {
	if r.of[k] >= 0 {
		return r.who.size[k] + r.change[k]
	}
	e := r.left[k]
	n := r.rounded(e.Whole)
	for _, p := range e.Parts[:len(e.Parts)-1] {
		n -= r.rounded(p)
	}
	return n
}

// keep leaves among the counts that are told those known to be as they were: of what is
// not rounded, and of the headline. Of groups whose counts were changed nothing that is
// not rounded can be told.
func (r *rounder) keep(told, estimated []bool, outcome string) {
	c := r.counts
	c.rounded, r.exact = make([]bool, len(c.Groups)), make([]bool, len(c.Groups))
	for k, g := range c.Groups {
		c.rounded[k] = r.known(k)
		r.exact[k] = told[k] && r.change[k] == 0 && !c.sensitive[k] && isHeadline(g, outcome)
		if !r.exact[k] && (!estimated[k] || r.change[k] != 0) {
			c.told[k] = 0
		}
	}
}

// count tells how much was changed.
func (r *rounder) count(told []bool) {
	r.Persons, r.Unknown = len(r.rows), r.unknown
	for k := range r.counts.Groups {
		if !told[k] || r.of[k] < 0 {
			continue
		}
		r.Counts++
		by := max(r.change[k], -r.change[k])
		if by > 0 {
			r.Changed++
		}
		r.Total += by
		r.Largest = max(r.Largest, by)
	}
}

// mayTell tells whether a rounded value may be shown: headline counts that it tells must
// be published, and none may look small.
func (r *rounder) mayTell(value int) bool {
	groups := r.counts.values[value].groups
	for _, k := range groups {
		if r.exact[k] && !r.counts.published[k] || r.looksSmall(r.rounded(k)) {
			return false
		}
	}
	return r.kind[value] != proportion || !r.looksSmall(r.rounded(groups[0])-r.rounded(groups[1]))
}

// rounds tells whether a value is made again of rounded counts, one that rests on few
// persons only if it is nothing but counts.
func (r *rounder) rounds(value int, few bool) bool {
	switch r.kind[value] {
	case number, proportion, difference:
		return true
	case estimate, residual:
		return !few
	}
	return false
}
