package disclose

import (
	"cmp"
	"slices"

	"bidrag/evaluate/result"
)

// An Attack is what someone finds who knows what is published and how the counts
// behind it are tied together. It is told everything, and takes as known only
// what it is shown: it knows of the rest what there is to find, and does not use it.
type Attack struct {
	counts *counts
	rules  Rules
	direct []bool // shown by a value itself

	rounded []int // by group: the rounded count that is shown; nil when none is
}

// A Found is a count that may not be told and that can be found.
type Found struct {
	Group  result.Group
	Beside result.Group // the count of both together is found, by which one who is alone in the one finds the other; "" when it is that of Group itself

	// Follows says that the count follows by subtraction from what is known;
	// else it is bounded to at most High persons.
	Follows   bool
	Low, High int

	Rate bool // all or nobody of a group are in this one, and that follows or is the only count that is possible
}

// NewAttack prepares an attack on values of which nothing is known yet.
func NewAttack(facts *result.Facts, values []Telling, rules Rules) *Attack {
	c := newCounts(facts, values, rules)
	return &Attack{counts: c, rules: rules, direct: make([]bool, len(c.Groups))}
}

// See makes the counts known that can be read from a value. It tells whether one
// of them is about few persons, or of a rate of 0 or 1 that may not be told.
func (a *Attack) See(value int) (secret bool) {
	t := a.counts.values[value]
	for _, k := range t.groups {
		a.know(k)
		secret = secret || a.counts.sensitive[k]
	}
	return secret || t.rate >= 0
}

// SeeGroup makes the count of a group known, if the results tie anything to it. It
// tells whether it may not be known.
func (a *Attack) SeeGroup(g result.Group) (secret bool) {
	k := a.counts.Find(g)
	if k < 0 {
		return false
	}
	a.know(k)
	return a.counts.sensitive[k]
}

func (a *Attack) know(k int) { a.counts.published[k], a.direct[k] = true, true }

// Known is how many counts are known.
func (a *Attack) Known() int {
	n := 0
	for _, known := range a.direct {
		if known {
			n++
		}
	}
	return n
}

// Secrets is how many counts and rates may not be found.
func (a *Attack) Secrets() int {
	n := 0
	for _, s := range a.counts.sensitive {
		if s {
			n++
		}
	}
	return n
}

// Find lists the counts that may not be told and can be found from what is known,
// and were not seen themselves: those that follow from the equations, for one who
// is alone in a group too, and those that can be bounded to fewer persons than may
// be told.
func (a *Attack) Find() []Found {
	c := a.counts
	e, pairs := c.solveFor(a.rules.Threshold)
	b := c.Bounds(c.known())
	low, high := b.Low, b.High
	var out []Found
	given := a.given()
	rounded, _ := a.roundedCounts()
	for k, s := range c.sensitive {
		if !s || a.direct[k] {
			continue
		}
		few := a.rules.small(c.Counts[k])
		bounded := rounded == nil || rounded[k] == unknown // of rounded counts bounds tell no more
		switch {
		case !few && (e.follows(k) || bounded && c.Counts[k] == 0 && high[k] == 0) && !given(k):
			out = append(out, Found{Group: c.Groups[k], Follows: true, Rate: true})
		case few && (e.follows(k) || bounded && high[k] < a.rules.Threshold):
			out = append(out, Found{Group: c.Groups[k], Follows: e.follows(k), Low: low[k], High: high[k]})
		}
	}
	for i, p := range pairs {
		if k := len(c.Groups) + i; e.follows(k) && !e.follows(p[0]) && !e.follows(p[1]) && !a.direct[p[0]] && !a.direct[p[1]] {
			out = append(out, Found{Group: c.Groups[p[0]], Beside: c.Groups[p[1]], Follows: true})
		}
	}
	slices.SortFunc(out, func(x, y Found) int {
		return cmp.Or(cmp.Compare(x.Group, y.Group), cmp.Compare(x.Beside, y.Beside))
	})
	return out
}

// given tells of a count whether it follows from the equations before anything is
// known, as that nobody lacks anything does where two samples are the same: such is
// no one's secret.
func (a *Attack) given() func(k int) bool {
	var e *echelon
	var high []int
	return func(k int) bool {
		if e == nil {
			known := a.counts.published
			a.counts.published = make([]bool, len(known))
			e, _ = a.counts.solveFor(a.rules.Threshold)
			high = a.counts.Bounds(a.counts.known()).High
			a.counts.published = known
		}
		return e.follows(k) || a.counts.Counts[k] == 0 && high[k] == 0
	}
}
