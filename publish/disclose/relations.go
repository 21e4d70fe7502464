package disclose

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/result"
)

// Relations are the counts of groups of persons that a set of results tells of,
// and what ties them together: a group is the sum of those at the levels of
// a variable and of the rest, of samples within it, and of the parts that the
// facts name. Groups that no result tells of, but of which others are parts, are
// among them, so that tables that share a margin are tied.
type Relations struct {
	Groups []result.Group
	Counts []int // persons; unknown where it follows from no result

	Equations []Equation

	// Clashes are groups of which the results give different counts, or which
	// are less than the sum of their parts. What is told of them is not safe.
	Clashes []int

	index    map[result.Group]int
	rest     map[int]bool // groups that stand for what an equation leaves over
	failures map[int]int  // groups of those who did not attain the goal, by those who did
	schemes  int          // how many there are
	outcome  string       // the variable that tells who attained the goal
}

// unknown is the count of a group that follows from no result.
const unknown = -1

// An Equation says that a group has as many persons as its parts together.
type Equation struct {
	Whole int
	Parts []int
}

// relate ties together the groups with known or unknown counts.
func relate(facts *result.Facts, groups []result.Group, counts []int) *Relations {
	r := &Relations{index: map[result.Group]int{}, rest: map[int]bool{}, failures: map[int]int{}, outcome: facts.Outcome}
	for i, g := range groups {
		k := r.add(g)
		switch {
		case counts[i] == unknown:
		case r.Counts[k] == unknown:
			r.Counts[k] = counts[i]
		case r.Counts[k] != counts[i]:
			r.clash(k)
		}
	}
	r.close()
	r.rests(r.families(0))
	r.samples(facts)
	r.sums(facts)
	r.solve()
	return r
}

// Find returns the number of a group, −1 when the results tie nothing to it.
func (r *Relations) Find(g result.Group) int {
	if k, ok := r.index[g]; ok {
		return k
	}
	return -1
}

func (r *Relations) add(g result.Group) int {
	if k, ok := r.index[g]; ok {
		return k
	}
	k := len(r.Groups)
	r.index[g] = k
	r.Groups = append(r.Groups, g)
	r.Counts = append(r.Counts, unknown)
	return k
}

func (r *Relations) clash(k int) {
	if !slices.Contains(r.Clashes, k) {
		r.Clashes = append(r.Clashes, k)
	}
}

// close adds the groups that others are parts of, and those of the other schemes.
func (r *Relations) close() {
	var schemes []string
	for k := 0; k < len(r.Groups); k++ { // grows
		g := r.Groups[k]
		for _, c := range g.Conditions() {
			r.add(g.Wider(c[0]))
			if c[0] == scheme && !slices.Contains(schemes, c[1]) {
				schemes = append(schemes, c[1])
			}
		}
	}
	for _, g := range slices.Clone(r.Groups) {
		if g.Level(scheme) != "" {
			for _, s := range schemes {
				r.add(g.At(scheme, s))
			}
		}
	}
	r.schemes = len(schemes)
}

// scheme is the variable that is known of everyone.
const scheme = "scheme"

// A family is the groups at levels of a variable within a group.
type family struct {
	whole    result.Group
	variable string
	levels   []string
}

// families says that a group is the sum of those at the levels of a variable that
// there are, and of the rest: persons at levels that nothing tells of, or of whom
// the variable is unknown. The parts are looked for from a group on. It returns
// the families that have a rest.
func (r *Relations) families(from int) (open []family) {
	type key struct {
		whole    result.Group
		variable string
	}
	parts := map[key][]int{}
	var order []key
	for k := from; k < len(r.Groups); k++ {
		for _, c := range r.Groups[k].Conditions() {
			f := key{r.Groups[k].Wider(c[0]), c[0]}
			if isRest(c[1]) || r.Find(f.whole) < 0 {
				continue
			}
			if parts[f] == nil {
				order = append(order, f)
			}
			parts[f] = append(parts[f], k)
		}
	}
	for _, f := range order {
		whole := r.index[f.whole]
		if f.variable == scheme && len(parts[f]) == r.schemes && r.adds(Equation{whole, parts[f]}) {
			r.sum(whole, parts[f], "")
			continue
		}
		levels := make([]string, len(parts[f]))
		for i, k := range parts[f] {
			levels[i] = r.Groups[k].Level(f.variable)
		}
		slices.Sort(levels)
		r.sum(whole, parts[f], restOf(f.whole, f.variable, levels))
		open = append(open, family{f.whole, f.variable, levels})
	}
	return open
}

// rests says that rests are made of groups too, and are parts of the rests of the same
// levels in wider groups.
func (r *Relations) rests(open []family) {
	from := len(r.Groups) - len(r.rest)
	for i := 0; i < len(open); i++ { // grows
		f := open[i]
		for _, c := range f.whole.Conditions() {
			wide := family{f.whole.Wider(c[0]), f.variable, f.levels}
			rest := restOf(wide.whole, f.variable, f.levels)
			if c[0] == f.variable || r.Find(rest) >= 0 {
				continue
			}
			parts := make([]int, len(f.levels))
			for j, level := range f.levels {
				parts[j] = r.add(wide.whole.At(f.variable, level))
			}
			r.sum(r.index[wide.whole], parts, rest)
			open = append(open, wide)
		}
	}
	r.families(from)
}

// restOf names those of a group who are at none of the levels. Rests of the same
// levels have the same name, whatever else is asked, so that they add up too.
func restOf(whole result.Group, variable string, levels []string) result.Group {
	h := fnv.New64a()
	h.Write([]byte(strings.Join(levels, ";")))
	level := restSign + strconv.FormatUint(h.Sum64(), 36)
	if wide := whole.Level(variable); wide != "" {
		level = wide + "/" + level
	}
	return whole.At(variable, level)
}

// restSign begins the level of a rest; no level of data holds it (result.Facts).
const restSign = "~"

func isRest(level string) bool {
	return strings.HasPrefix(level[strings.LastIndexByte(level, '/')+1:], restSign)
}

// sum adds the equation whole = parts + rest. A rest of "" says that there is none.
func (r *Relations) sum(whole int, parts []int, rest result.Group) {
	e := Equation{whole, slices.Clone(parts)}
	if rest != "" {
		k := r.add(rest)
		r.rest[k] = true
		if len(parts) == 1 && r.Groups[parts[0]].Level(r.outcome) != "" && r.Groups[whole].Level(r.outcome) == "" {
			r.failures[k] = parts[0]
		}
		e.Parts = append(e.Parts, k)
	}
	r.Equations = append(r.Equations, e)
}

// samples says that a group of a sample is that of a sample within it and the
// rest, where both are told of.
func (r *Relations) samples(facts *result.Facts) {
	for k := range r.Groups {
		g := r.Groups[k]
		small := g.Sample()
		for _, large := range facts.Within[small] {
			whole, ok := r.index[g.In(large)]
			if !ok {
				continue
			}
			name := result.Rest(large, small)
			if same, ok := facts.Same[name]; ok {
				name = same
			}
			rest := g.In(name)
			if r.Find(rest) >= 0 {
				r.sum(whole, []int{k, r.index[rest]}, "")
			} else {
				r.sum(whole, []int{k}, rest)
			}
		}
	}
}

// sums adds what the facts say of groups made of others, where at least one of
// the parts is told of.
func (r *Relations) sums(facts *result.Facts) {
	n := len(r.Groups)
	for k := 0; k < n; k++ {
		for _, s := range facts.Sums {
			if parts, ok := r.partsOf(r.Groups[k], s); ok {
				r.sum(k, parts, "")
			}
		}
	}
}

// partsOf returns the parts of a group by a sum, false when the sum says nothing
// of it or nothing is told of any part.
func (r *Relations) partsOf(g result.Group, s result.Sum) ([]int, bool) {
	if sample := s.Whole.Sample(); sample != "" && sample != g.Sample() {
		return nil, false
	}
	for _, c := range s.Whole.Conditions() {
		if g.Level(c[0]) != c[1] {
			return nil, false
		}
	}
	for _, p := range s.Parts { // the group may be such a part itself
		for _, c := range p.Conditions() {
			if s.Whole.Level(c[0]) == "" && g.Level(c[0]) != "" {
				return nil, false
			}
		}
	}
	told := false
	parts := make([]result.Group, len(s.Parts))
	for i, p := range s.Parts {
		of := g
		for _, c := range s.Whole.Conditions() {
			of = of.Without(c[0])
		}
		if sample := p.Sample(); sample != "" {
			of = of.In(sample)
		}
		for _, c := range p.Conditions() {
			of = of.At(c[0], c[1])
		}
		parts[i] = of
		told = told || r.Find(of) >= 0
	}
	if !told {
		return nil, false
	}
	out := make([]int, len(parts))
	for i, p := range parts {
		out[i] = r.add(p)
	}
	return out, true
}

// solve finds counts that follow from an equation in which all others are known,
// until there are no more, and tells of sums that do not add up.
func (r *Relations) solve() {
	for changed := true; changed; {
		changed = false
		for _, e := range r.Equations {
			open, sum := -1, 0
			several := false
			for _, k := range e.Parts {
				if c := r.Counts[k]; c != unknown {
					sum += c
				} else {
					several = several || open >= 0
					open = k
				}
			}
			whole := r.Counts[e.Whole]
			switch {
			case several || whole == unknown && open >= 0 || whole != unknown && open < 0:
			case open < 0:
				r.Counts[e.Whole], changed = sum, true
			case whole >= sum:
				r.Counts[open], changed = whole-sum, true
			}
		}
	}
	for _, e := range r.Equations {
		if !r.adds(e) {
			r.clash(e.Whole)
			for _, k := range e.Parts {
				r.clash(k)
			}
		}
	}
}

// adds tells whether the parts can be the whole, as far as their counts are known.
func (r *Relations) adds(e Equation) bool {
	whole, sum, open := r.Counts[e.Whole], 0, false
	for _, k := range e.Parts {
		if r.Counts[k] == unknown {
			open = true
		} else {
			sum += r.Counts[k]
		}
	}
	return whole == unknown || sum == whole || open && sum < whole
}
