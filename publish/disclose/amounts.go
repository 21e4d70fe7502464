package disclose

import (
	"cmp"
	"math"
	"slices"

	"bidrag/evaluate/result"
)

// amounts are all sums of amounts of money that a set of results tells of.
type amounts struct {
	sums   []*sums
	values [][]cell // by value: what can be found by it
}

// sums are those of one variable, and what ties them together.
type sums struct {
	*Relations // of the persons of the groups; their Counts say where there are none
	of         string
	squares    bool     // the sums are of squares
	owned      bool     // one who contributes may be in several parts
	cells      []summed // by group
}

// A summed is the sum of a group.
type summed struct {
	total     float64   // NaN where it follows from no result
	largest   []float64 // contributions, falling; none is larger than said here
	margin    float64   // how much more than it is it must be able to be: see Dominance
	forbidden bool      // it may not be told, nor be found: of few, or of one more than of others
	hidden    bool      // given up so that a forbidden one cannot be found
	published bool
}

// A cell is the sum of a group.
type cell struct {
	*sums
	group int
}

func (c cell) at() *summed { return &c.cells[c.group] }

// A sumOf names the sums of a variable.
type sumOf struct {
	of      string
	squares bool
}

// newAmounts finds the sums that the values tell of.
func newAmounts(facts *result.Facts, values []Telling, rules Rules) *amounts {
	a := &amounts{values: make([][]cell, len(values))}
	told := map[sumOf]map[result.Group]result.Summed{}
	var order []sumOf
	places := make([][]result.Group, len(values))
	for i, v := range values {
		for _, s := range v.Amounts {
			n := sumOf{s.Of, s.Squares}
			if told[n] == nil {
				told[n] = map[result.Group]result.Summed{}
				order = append(order, n)
			}
			g := s.Group
			if seen, twice := told[n][g]; twice && !sameSum(seen, s) { // of others, as it shows
				g = result.People("number " + v.ID)
			}
			if _, twice := told[n][g]; !twice {
				told[n][g] = s
			}
			places[i] = append(places[i], g)
		}
	}
	of := map[sumOf]*sums{}
	for _, n := range order {
		of[n] = newSums(facts, n, told[n], rules)
		a.sums = append(a.sums, of[n])
	}
	for i, v := range values {
		for j, s := range v.Amounts {
			t := of[sumOf{s.Of, s.Squares}]
			a.values[i] = append(a.values[i], cell{t, t.Find(places[i][j])})
		}
	}
	return a
}

// sameSum tells whether two sums of one group are the same.
func sameSum(a, b result.Summed) bool {
	return a.N == b.N && a.By == b.By && math.Abs(a.Total-b.Total) <= rounding*max(a.Total, b.Total)
}

// rounding is the part of a sum below which a difference is none.
const rounding = 1e-9

// newSums ties the sums of one variable together, and finds those that follow.
func newSums(facts *result.Facts, n sumOf, told map[result.Group]result.Summed, rules Rules) *sums {
	s := &sums{of: n.of, squares: n.squares}
	groups := make([]result.Group, 0, len(told))
	for g, t := range told {
		groups = append(groups, g)
		s.owned = s.owned || t.Owned
	}
	slices.Sort(groups)
	persons := make([]int, len(groups))
	for i, g := range groups {
		persons[i] = told[g].N
	}
	s.Relations = relate(facts, groups, persons)
	s.cells = make([]summed, len(s.Groups))
	for k, g := range s.Groups {
		c := &s.cells[k]
		if t, ok := told[g]; ok {
			c.total, c.largest, c.forbidden = t.Total, t.Largest, rules.small(t.By)
		} else if s.Counts[k] != 0 {
			c.total = math.NaN()
		}
	}
	for changed := true; changed; {
		changed = false
		for _, e := range s.Equations {
			changed = s.derive(e) || changed
		}
	}
	for k := range s.cells {
		c := &s.cells[k]
		c.margin = rules.Dominance.margin(c.total, c.largest, s.squares)
		c.forbidden = c.forbidden || c.margin > 0 || rules.small(s.Counts[k])
	}
	return s
}

// derive finds the one sum of an equation that is not known from the others. It
// tells whether there was one.
func (s *sums) derive(e Equation) bool {
	open, sum := -1, 0.0
	for _, k := range e.Parts {
		switch c := s.cells[k]; {
		case !math.IsNaN(c.total):
			sum += c.total
		case open >= 0:
			return false
		default:
			open = k
		}
	}
	whole := &s.cells[e.Whole]
	switch {
	case math.IsNaN(whole.total) && open < 0:
		whole.total, whole.largest = sum, s.together(e.Parts)
		return true
	case !math.IsNaN(whole.total) && open >= 0:
		left := whole.total - sum
		if left <= rounding*whole.total {
			left = 0
		}
		s.cells[open].total = left
		s.cells[open].largest = s.left(e, open, left)
		return true
	}
	return false
}

// together are the largest contributions to a sum of parts. Those who are in several
// parts have at most the largest of each together.
func (s *sums) together(parts []int) []float64 {
	var out []float64
	for _, k := range parts {
		for i, x := range s.cells[k].largest {
			if s.owned && i < len(out) {
				out[i] += x
			} else {
				out = append(out, x)
			}
		}
	}
	slices.SortFunc(out, func(x, y float64) int { return cmp.Compare(y, x) })
	return out[:min(len(out), result.MaxLargest)]
}

// left are the largest contributions to what the other parts leave of a whole. Of
// persons, those among the whole's largest are there that are among those of no other
// part, and all others are at most as large as the last of the whole's; of others none is
// larger than the whole's.
func (s *sums) left(e Equation, open int, total float64) []float64 {
	whole := s.cells[e.Whole].largest
	out := slices.Clone(whole)
	if !s.owned {
		for _, k := range e.Parts {
			if k == open {
				continue
			}
			for _, x := range s.cells[k].largest {
				if i := slices.Index(out, x); i >= 0 {
					out = slices.Delete(out, i, i+1)
				}
			}
		}
		for len(whole) == result.MaxLargest && len(out) < len(whole) {
			out = append(out, whole[len(whole)-1])
		}
	}
	for i := range out {
		out[i] = min(out[i], total)
	}
	return out
}

// nothing marks the sums that are known before anything is told: those of nobody.
func (s *sums) nothing() []bool {
	out := make([]bool, len(s.cells))
	for k := range out {
		out[k] = s.Counts[k] == 0
	}
	return out
}

// known are the sums that are published, and those of nobody.
func (s *sums) known() []bool {
	out := s.nothing()
	for k, c := range s.cells {
		out[k] = out[k] || c.published
	}
	return out
}

// protect decides which sums are published, of those that a value that may be shown
// otherwise tells of: as many as can be without a forbidden one following from them,
// or being bounded by them too closely; the widest and largest first.
func (a *amounts) protect(mayTell func(value int) bool) {
	candidates := map[*sums]map[int]bool{}
	for i, cells := range a.values {
		if !mayTell(i) {
			continue
		}
		for _, c := range cells {
			if candidates[c.sums] == nil {
				candidates[c.sums] = map[int]bool{}
			}
			candidates[c.sums][c.group] = true
		}
	}
	for _, s := range a.sums {
		s.protect(s.order(candidates[s]))
	}
}

// order is the groups, those of fewest conditions first, of them those of the largest sums.
func (s *sums) order(of map[int]bool) []int {
	var out []int
	for k := range s.cells {
		if of[k] {
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(s.Groups[a].Conditions()), len(s.Groups[b].Conditions())), cmp.Compare(s.cells[b].total, s.cells[a].total))
	})
	return out
}

func (s *sums) protect(order []int) {
	for range maxRounds {
		for k := range s.cells {
			s.cells[k].published = false
		}
		e := newEchelon(len(s.Groups), s.Equations, s.nothing(), nil)
		for _, k := range order {
			c := &s.cells[k]
			if c.forbidden || c.hidden || slices.ContainsFunc(e.reveals(k), func(o int) bool { return s.cells[o].forbidden }) {
				continue
			}
			e.publish(k)
			c.published = true
		}
		if !s.giveUp() {
			return
		}
	}
}

// fine is as how many the largest sum counts when sums are bounded in whole numbers.
const fine = 1e9

// bounds are those of the sums, given those that are known and that no contribution is
// below zero: Relations.Bounds, in parts of the largest sum; and how much a part is.
func (s *sums) bounds(known []bool) (b *Bounds, part float64) {
	for _, c := range s.cells {
		if c.total/fine > part { // not when it is unknown
			part = c.total / fine
		}
	}
	r := *s.Relations
	r.Counts = make([]int, len(s.cells))
	for k, c := range s.cells {
		switch {
		case math.IsNaN(c.total):
			r.Counts[k] = unknown
		case part > 0:
			r.Counts[k] = int(math.Round(c.total / part))
		}
	}
	return r.Bounds(known), part
}

// close tells whether a sum that may not be told is bounded so closely that the largest
// contribution is.
func (c summed) close(high int, part float64) bool {
	return c.margin > 0 && high < endless && float64(high)*part < (c.total+c.margin)*(1-rounding)
}

// giveUp gives up a published sum for each forbidden one that is bounded too closely, of
// those that the bound rests on. It tells whether there were any.
func (s *sums) giveUp() bool {
	any := false
	b, part := s.bounds(s.known())
	for k, c := range s.cells {
		if !c.close(b.High[k], part) {
			continue
		}
		because := b.Because(k)
		if slices.ContainsFunc(because, func(o int) bool { return s.cells[o].hidden }) {
			continue // one was given up for another bound
		}
		if o := s.least(because, c.margin); o >= 0 {
			s.cells[o].hidden, s.cells[o].published = true, false
			any = true
		}
	}
	return any
}

// least is the published sum of those listed that loses least when it is given up: of
// those of most conditions the smallest that is large enough, else the largest; −1
// when none is published.
func (s *sums) least(of []int, enough float64) int {
	best := -1
	for _, k := range of {
		if !s.cells[k].published {
			continue
		}
		if best < 0 {
			best = k
			continue
		}
		width, widest := len(s.Groups[k].Conditions()), len(s.Groups[best].Conditions())
		x, y := s.cells[k].total, s.cells[best].total
		if width > widest || width == widest && (x >= enough && (y < enough || x < y) || y < enough && x > y) {
			best = k
		}
	}
	return best
}

// hides tells whether a value may not be shown for the amounts that it tells of, and
// whether that is for its own, rather than lest others follow.
func (a *amounts) hides(value int) (hides, own bool) {
	for _, c := range a.values[value] {
		hides = hides || !c.at().published
		own = own || c.at().forbidden
	}
	return hides, own
}

// An AmountAttack is what someone finds of sums of amounts who knows those that are
// published: see Attack.
type AmountAttack struct{ amounts *amounts }

// A FoundAmount is a sum that may not be told, as the contributions to it could be
// found by it, and that can be found.
type FoundAmount struct {
	Of      string // the variable
	Squares bool   // the sum is that of the squares
	Group   result.Group
	Follows bool // by subtraction; else it can be bounded too closely
}

// NewAmountAttack prepares an attack on values of which nothing is known yet.
func NewAmountAttack(facts *result.Facts, values []Telling, rules Rules) *AmountAttack {
	return &AmountAttack{newAmounts(facts, values, rules)}
}

// See makes the sums known that can be found by a value. It tells whether one of
// them may not be.
func (a *AmountAttack) See(value int) (secret bool) {
	for _, c := range a.amounts.values[value] {
		c.at().published = true
		secret = secret || c.at().forbidden
	}
	return secret
}

// Secrets is how many sums may not be found.
func (a *AmountAttack) Secrets() int {
	n := 0
	for _, s := range a.amounts.sums {
		for _, c := range s.cells {
			if c.forbidden {
				n++
			}
		}
	}
	return n
}

// Find lists the sums that may not be told and can be found from those that were
// seen, and were not seen themselves.
func (a *AmountAttack) Find() []FoundAmount {
	var out []FoundAmount
	for _, s := range a.amounts.sums {
		e := newEchelon(len(s.Groups), s.Equations, s.known(), nil)
		b, part := s.bounds(s.known())
		for k, c := range s.cells {
			if !c.forbidden || c.published || !e.follows(k) && !c.close(b.High[k], part) {
				continue
			}
			out = append(out, FoundAmount{s.of, s.squares, s.Groups[k], e.follows(k)})
		}
	}
	slices.SortFunc(out, func(x, y FoundAmount) int {
		return cmp.Or(cmp.Compare(x.Of, y.Of), cmp.Compare(x.Group, y.Group))
	})
	return out
}
