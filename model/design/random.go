package design

import (
	"slices"

	"bidrag/data/frame"
	"bidrag/model/formula"
)

// Group indices of rows that belong to no group of the fit.
const (
	UnknownGroup = -1 // the fit had no such group
	MissingGroup = -2 // a grouping factor is missing
)

// A RandomTerm is one random term (x | g) over the rows of the fit.
type RandomTerm struct {
	*RandomCoding
	Z     []float64 // N×len(Columns) random-effects model matrix, column by column; nil when an intercept alone varies
	Group []int32   // group of each row, an index into Levels
}

// A RandomCoding is how a random term is turned into columns and groups. It is
// not changed by use.
type RandomCoding struct {
	Name    string   // of the grouping, as in lme4: g, h:g
	Source  string   // the term as it was written
	Column  int      // where it stands in the formula
	Columns []string // what varies between the groups, by the names of R: (Intercept), x, sexM
	Levels  []string // names of the groups of the fit: a, b:a

	columns  *Coding
	grouping *grouping
}

// Rows returns the random-effects model matrix (nil when an intercept alone
// varies) and the groups of another frame. Missing values stay NaN; a group
// that the fit did not have is [UnknownGroup], one that is not known because a
// value is missing [MissingGroup]. A column that is not there, or a level of a
// slope that the fit did not know, is an error.
func (r *RandomCoding) Rows(f *frame.Frame) (z []float64, group []int32, err error) {
	ev := &evaluator{data: f, constants: r.columns.constants}
	if group, err = r.grouping.index(ev, nil); err != nil {
		return nil, nil, err
	}
	z, err = r.matrix(ev, nil, f.NumRows())
	return z, group, err
}

func (r *RandomCoding) matrix(ev *evaluator, rows []int, n int) ([]float64, error) {
	if len(r.columns.Terms.Terms) == 0 {
		return nil, nil
	}
	return r.columns.fill(ev, rows, n)
}

// randomTerms builds the random terms of a formula. Terms with the same
// grouping share their group indices.
func (d *Design) randomTerms(f *formula.Formula, ev *evaluator) error {
	known := map[string]*grouping{}
	indices := map[string][]int32{}
	for _, random := range f.Random {
		g := known[random.Name]
		if g == nil {
			g = &grouping{name: random.Name, factors: random.Group}
			index, err := d.learnGroups(g, random, ev)
			if err != nil {
				return err
			}
			known[random.Name], indices[random.Name] = g, index
		}
		columns, err := d.newColumns(random.Left, ev)
		if err != nil {
			return err
		}
		r := &RandomCoding{
			Name: random.Name, Source: random.Source, Column: random.Column,
			Columns: columns.Names(), Levels: g.names, columns: columns, grouping: g,
		}
		if err := d.checkTerm(r); err != nil {
			return err
		}
		z, err := r.matrix(ev, d.Rows, d.N)
		if err != nil {
			return err
		}
		d.Coding.Random = append(d.Coding.Random, r)
		d.Random = append(d.Random, RandomTerm{r, z, indices[random.Name]})
	}
	return nil
}

// checkTerm tells of a term that no data of this size could determine.
func (d *Design) checkTerm(r *RandomCoding) error {
	q := len(r.Columns)
	if q*(q+1)/2 > d.N {
		return formula.Errorf(r.Column, "%s lets %d coefficients vary, which have %d variances and correlations: more than there are rows (%d). Let fewer of them vary", r.Source, q, q*(q+1)/2, d.N)
	}
	for _, other := range d.Coding.Random {
		if other.Name != r.Name {
			continue
		}
		for _, name := range r.Columns {
			if slices.Contains(other.Columns, name) {
				return formula.Errorf(r.Column, "%s varies between the groups of %s in two random terms, which the data cannot tell apart: leave it out of one of them, as in (0 + x | g)", name, r.Name)
			}
		}
	}
	return nil
}

// A grouping is the groups that one factor forms, or several together. Groups
// are in the order of the first factor's levels, then of the second's: the
// order of R's interaction with the last changing fastest. It does not depend
// on the order of the rows.
type grouping struct {
	name    string
	factors []formula.Expr
	levels  [][]string // by factor: the levels in the rows of the fit
	pairs   [][]int64  // from the second factor on: the combinations that occur, code of what stands before × levels + code, ascending
	names   []string   // of the groups
}

// learnGroups fixes the groups from the rows of the fit and returns the group
// of each row.
func (d *Design) learnGroups(g *grouping, random formula.Random, ev *evaluator) ([]int32, error) {
	var group []int32
	for k, e := range g.factors {
		v, err := groupingValue(e, ev)
		if err != nil {
			return nil, err
		}
		used, codes := usedLevels(v.levels, v.codes, d.Rows)
		if bad := countNegative(codes); bad > 0 {
			return nil, formula.Errorf(e.Start(), "%s is undefined in %s whose variables are known: make those rows missing in the data", e, rowsText(bad))
		}
		d.tellLostGroups(e, v, used)
		g.levels = append(g.levels, used)
		if k == 0 {
			group, g.names = codes, used
			continue
		}
		g.pair(group, codes, used)
	}
	if len(g.names) < 2 {
		return nil, formula.Errorf(random.Column, "%s: %s has the single value %q in the rows of the fit, so nothing can vary between its groups: leave the term out", random.Source, g.name, g.names[0])
	}
	return group, nil
}

// groupingValue computes a factor that forms groups: text, numbers and
// true/false alike, each value a level.
func groupingValue(e formula.Expr, ev *evaluator) (value, error) {
	v, err := ev.value(e)
	return asFactor(v), err
}

// pair crosses the groups so far with one more factor; group is changed.
func (g *grouping) pair(group, codes []int32, levels []string) {
	keys := make([]int64, len(group))
	for i := range keys {
		keys[i] = int64(group[i])*int64(len(levels)) + int64(codes[i])
	}
	distinct := slices.Clone(keys)
	slices.Sort(distinct)
	distinct = slices.Clip(slices.Compact(distinct))
	for i, key := range keys {
		at, _ := slices.BinarySearch(distinct, key)
		group[i] = int32(at)
	}
	names := make([]string, len(distinct))
	for at, key := range distinct {
		names[at] = g.names[key/int64(len(levels))] + ":" + levels[key%int64(len(levels))]
	}
	g.pairs, g.names = append(g.pairs, distinct), names
}

// index returns the groups of the given rows of the evaluator's frame. Levels
// are found by their text.
func (g *grouping) index(ev *evaluator, rows []int) ([]int32, error) {
	var group []int32
	for k, e := range g.factors {
		v, err := groupingValue(e, ev)
		if err != nil {
			return nil, err
		}
		codes := g.recode(k, v, rows)
		if k == 0 {
			group = codes
			continue
		}
		for i, c := range codes {
			switch {
			case c == MissingGroup || group[i] == MissingGroup:
				group[i] = MissingGroup
			case c == UnknownGroup || group[i] == UnknownGroup:
				group[i] = UnknownGroup
			default:
				at, ok := slices.BinarySearch(g.pairs[k-1], int64(group[i])*int64(len(g.levels[k]))+int64(c))
				if group[i] = int32(at); !ok {
					group[i] = UnknownGroup
				}
			}
		}
	}
	return group, nil
}

// recode turns codes by the levels of some frame into codes by those of
// factor k in the fit.
func (g *grouping) recode(k int, v value, rows []int) []int32 {
	known := make(map[string]int32, len(g.levels[k]))
	for i, l := range g.levels[k] {
		known[l] = int32(i)
	}
	to := make([]int32, len(v.levels))
	for i, l := range v.levels {
		at, ok := known[l]
		if !ok {
			at = UnknownGroup
		}
		to[i] = at
	}
	codes := slices.Clone(take(v.codes, rows))
	for i, c := range codes {
		if c < 0 {
			codes[i] = MissingGroup
		} else {
			codes[i] = to[c]
		}
	}
	return codes
}

// tellLostGroups notes groups of the data that are in no row of the fit.
func (d *Design) tellLostGroups(e formula.Expr, v value, used []string) {
	there, _ := usedLevels(v.levels, v.codes, nil)
	if len(there) == len(used) || slices.ContainsFunc(d.Unused, func(u Unused) bool { return u.Variable == e.String() }) {
		return
	}
	in := make(map[string]bool, len(used))
	for _, l := range used {
		in[l] = true
	}
	lost := slices.DeleteFunc(there, func(l string) bool { return in[l] })
	d.Unused = append(d.Unused, Unused{Variable: e.String(), Levels: lost, Grouping: true})
}

func countNegative(codes []int32) int {
	n := 0
	for _, c := range codes {
		if c < 0 {
			n++
		}
	}
	return n
}

// checkRandom tells of random terms that name the response.
func checkRandom(f *formula.Formula) []error {
	var errs []error
	wrong := func(e formula.Expr, format string) {
		if e.String() == f.Response.String() {
			errs = append(errs, formula.Errorf(e.Start(), format, e))
		}
	}
	for _, r := range f.Random {
		for _, v := range r.Left.Variables {
			wrong(v, "%s is the response and cannot explain itself: leave it out on the right")
		}
		for _, g := range r.Group {
			formula.Walk(g, func(e formula.Expr) {
				wrong(e, "%s is the response and cannot form groups: name another column")
			})
		}
	}
	return dedupe(errs)
}

// dedupe drops messages that nesting repeats: g of (1 | g/h) forms two groupings.
func dedupe(errs []error) []error {
	var out []error
	for _, e := range errs {
		if !slices.ContainsFunc(out, func(o error) bool { return o.Error() == e.Error() }) {
			out = append(out, e)
		}
	}
	return out
}
