package disclose

import (
	"slices"
	"strings"

	"bidrag/evaluate/result"
)

// who tells which persons are in the groups of a set of results. A group is one cell of
// a crossing: the classification of a sample by the variables that it asks for.
type who struct {
	*Relations
	members   *result.Members
	crossings []crossing
	of        []int            // by group: its crossing, −1 of a rest and where the members are not known
	left      map[int]Equation // by group that is a rest: the equation that leaves it
	size      []int            // by group: persons, of those in a crossing
	unknown   int              // groups told of whose members are not known, or are not as many as are told
}

// A crossing classifies the persons of a sample by variables. Every person is in at most
// one of its groups.
type crossing struct {
	in     []bool // by row
	by     []result.Levels
	groups map[uint64]int32 // number of the group by the codes of its levels
	dense  []int32          // the same as a list, −1 for none, where the levels are few
}

// maxDense is the number of combinations of levels up to which they are listed.
const maxDense = 1 << 16

// list makes the list of the groups.
func (x *crossing) list() {
	size := uint64(1)
	for _, levels := range x.by {
		if size *= uint64(len(levels.Names)); size > maxDense {
			return
		}
	}
	x.dense = slices.Repeat([]int32{-1}, int(size))
	for key, k := range x.groups {
		x.dense[key] = k
	}
}

// newWho finds the members of all groups that it can. Whose number is not that of the
// results has members that are not known.
func newWho(c *counts, members *result.Members) *who {
	w := &who{Relations: c.Relations, members: members, of: make([]int, len(c.Groups)), left: map[int]Equation{}}
	at := map[string]int{}
	for k := range c.Groups {
		w.of[k] = w.place(k, at)
	}
	for i := range w.crossings {
		w.crossings[i].list()
	}
	w.size = w.sizes()
	for k := range c.Groups {
		if w.of[k] >= 0 && (c.Counts[k] != unknown && c.Counts[k] != w.size[k] || slices.Contains(c.Clashes, k)) {
			w.of[k] = -1
		}
		if c.told[k] > 0 && w.of[k] < 0 {
			w.unknown++
		}
	}
	for _, e := range c.Equations {
		k := e.Parts[len(e.Parts)-1]
		if c.rest[k] && !w.known(k) && w.known(e.Whole) && !slices.ContainsFunc(e.Parts[:len(e.Parts)-1], func(p int) bool { return !w.known(p) }) {
			w.left[k] = e
		}
	}
	return w
}

// place puts a group in its crossing, and returns which; −1 when the members do not tell
// of the sample, of a variable or of a level.
func (w *who) place(k int, at map[string]int) int {
	in, ok := w.members.Samples[w.Groups[k].Sample()]
	if !ok {
		return -1
	}
	conditions := w.Groups[k].Conditions()
	name := w.Groups[k].Sample()
	key := uint64(0)
	by := make([]result.Levels, len(conditions))
	for i, c := range conditions {
		levels, ok := w.members.Variables[c[0]]
		code := slices.Index(levels.Names, c[1])
		if !ok || code < 0 {
			return -1
		}
		by[i], key = levels, key*uint64(len(levels.Names))+uint64(code)
		name += ";" + c[0]
	}
	x, seen := at[name]
	if !seen {
		x = len(w.crossings)
		at[name] = x
		w.crossings = append(w.crossings, crossing{in: in, by: by, groups: map[uint64]int32{}})
	}
	w.crossings[x].groups[key] = int32(k)
	return x
}

// group returns the group of the crossing that a person is in, −1 for none.
func (x *crossing) group(row int) int32 {
	if !x.in[row] {
		return -1
	}
	key := uint64(0)
	for i := range x.by {
		code := x.by[i].Code[row]
		if code < 0 {
			return -1
		}
		key = key*uint64(len(x.by[i].Names)) + uint64(code)
	}
	if x.dense != nil {
		return x.dense[key]
	}
	if k, ok := x.groups[key]; ok {
		return k
	}
	return -1
}

// sizes counts the members of every group that is in a crossing.
func (w *who) sizes() []int {
	n := make([]int, len(w.Groups))
	for i := range w.crossings {
		for row := range w.members.Rows {
			if k := w.crossings[i].group(row); k >= 0 {
				n[k]++
			}
		}
	}
	return n
}

// known tells whether the members of a group are known, those of a rest by the whole and
// the other parts.
func (w *who) known(k int) bool {
	_, isRest := w.left[k]
	return w.of[k] >= 0 || isRest
}

// has tells whether a person is in a group whose members are known.
func (w *who) has(k, row int) bool {
	if x := w.of[k]; x >= 0 {
		return w.crossings[x].group(row) == int32(k)
	}
	e := w.left[k]
	if !w.has(e.Whole, row) {
		return false
	}
	for _, p := range e.Parts[:len(e.Parts)-1] {
		if w.has(p, row) {
			return false
		}
	}
	return true
}

// root is the group in a crossing of which a group whose members are known is a part, or
// which it is.
func (w *who) root(k int) int {
	for w.of[k] < 0 {
		k = w.left[k].Whole
	}
	return k
}

// isHeadline tells whether a group is one of the large counts that a report begins with:
// all of a sample, by no more than scheme, year and outcome.
func isHeadline(g result.Group, outcome string) bool {
	for _, c := range g.Conditions() {
		if c[0] != "scheme" && c[0] != "year" && c[0] != outcome && c[0] != outcome+" kind" {
			return false
		}
	}
	return !strings.HasPrefix(g.Sample(), "number ")
}
