package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"bidrag/data/frame"
	units "bidrag/evaluate/context"
	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
)

// facts tells the gate which persons the results count: which samples have the
// same persons, which lie within others, and which groups are made of others.
func (r *Run) facts() result.Facts {
	f := result.Facts{Outcome: r.Study.Describe.Outcome, Reference: r.Study.Reference(), Same: map[string]string{}, Within: map[string][]string{}, Ranked: map[string]bool{}}
	for _, v := range r.Study.Codebook.Variables {
		f.Ranked[v.Key] = describe.GroupingOf(r.Study, v.Key).Quantiles > 0
	}
	members := r.memberships(&f)
	r.sameModels(&f)
	f.Sums = slices.Concat(r.lossSums(), r.patternSums(f), r.kindSums(), r.levelSums(f, members), r.binSums())
	return f
}

// A membership is which rows are in a sample.
type membership struct {
	name string
	in   []bool
	n    int
}

// countedSamples lists the samples that results count, and those of their persons who are in a
// place or in a unit of a context.
func (r *Run) countedSamples() (names []string, rows map[string][]int) {
	names = append([]string{"gross", "complete", "incomplete"}, r.Study.Samples.Keys()...)
	rows = map[string][]int{}
	for _, name := range names {
		rows[name] = r.rows(name)
	}
	if p := r.Study.Places; p != nil {
		if place, ok := r.data.Column(p.Variable); ok {
			names = append(names, "in a place")
			rows["in a place"] = r.data.Where(func(i int) bool { return !place.Missing(i) })
		}
	}
	for _, e := range r.Study.Context {
		name := "units of " + e.Key
		names = append(names, name)
		rows[name] = units.Rows(r.Study, e.Value, r.data, r.rows(e.Value.Sample))
	}
	return names, rows
}

// memberships finds the samples that have the same persons and those that lie
// within others, and returns those of different persons.
func (r *Run) memberships(f *result.Facts) []membership {
	var out []membership
	names, rows := r.countedSamples()
	for _, name := range names {
		if _, done := f.Same[name]; done {
			continue
		}
		m := membership{name: name, in: make([]bool, r.data.NumRows())}
		for _, i := range rows[name] {
			m.in[i] = true
			m.n++
		}
		if k := slices.IndexFunc(out, func(o membership) bool { return o.n == m.n && o.holds(m) }); k >= 0 {
			f.Same[name] = out[k].name
			continue
		}
		out = append(out, m)
	}
	for _, small := range out {
		for _, large := range out {
			if small.n < large.n && large.holds(small) {
				f.Within[small.name] = append(f.Within[small.name], large.name)
				for _, rest := range out {
					if rest.n == large.n-small.n && large.holds(rest) && small.apart(rest) {
						f.Same[result.Rest(large.name, small.name)] = rest.name
					}
				}
			}
		}
	}
	return out
}

// holds tells whether everyone in the other is in this one.
func (m membership) holds(other membership) bool {
	for i, in := range other.in {
		if in && !m.in[i] {
			return false
		}
	}
	return true
}

// apart tells whether nobody is in both.
func (m membership) apart(other membership) bool {
	for i, in := range other.in {
		if in && m.in[i] {
			return false
		}
	}
	return true
}

// sameModels finds the samples whose persons the models, decompositions,
// matchings and filled data rest on.
func (r *Run) sameModels(f *result.Facts) {
	same := func(name, sample string) {
		if canonical, ok := f.Same[sample]; ok {
			sample = canonical
		}
		f.Same[name] = sample
	}
	for name, m := range r.Results.Models {
		of, ok := r.Study.Models.Get(name)
		if !ok {
			continue
		}
		r.sameOrWithin(f, "model "+name, of.Sample, m.NObs)
	}
	for _, d := range r.Study.Decomposition {
		same("decomposition "+d.Key, "model "+d.Value.Model)
	}
	for _, m := range r.Study.Matching {
		persons := r.told(func(k result.Key) bool {
			return k.Analysis == m.Key && (k.Quantity == "matching_persons" || k.Quantity == "matching_persons_reference")
		})
		r.sameOrWithin(f, "matching "+m.Key, m.Value.Sample, persons)
	}
	if p := r.Study.Imputation; p != nil {
		r.sameOrWithin(f, "imputed", p.Sample, r.told(func(k result.Key) bool { return k.Quantity == "imputation_persons" }))
		for _, m := range p.Models {
			r.sameOrWithin(f, "imputed "+m.Key, m.Value, r.told(func(k result.Key) bool { return k.Quantity == "imputed_persons" && k.Model == m.Key }))
		}
	}
	if c := r.Study.Contribution; c != nil {
		same("contribution", "model "+c.Model)
	}
}

// sameOrWithin says that so many persons of a sample are all of it, or lie within it.
func (r *Run) sameOrWithin(f *result.Facts, name, sample string, persons int) {
	canonical := sample
	if same, ok := f.Same[sample]; ok {
		canonical = same
	}
	if persons == len(r.rows(sample)) {
		f.Same[name] = canonical
	} else {
		f.Within[name] = append([]string{canonical}, f.Within[canonical]...)
	}
}

// told is the persons that values rest on together.
func (r *Run) told(of func(k result.Key) bool) int {
	n := 0
	for _, v := range r.Results.Values {
		if of(v.Key) {
			n += v.N
		}
	}
	return n
}

// lossSums say that a row that was read is lost for one reason or in the gross sample.
func (r *Run) lossSums() []result.Sum {
	parts := []result.Group{"gross"}
	for _, v := range r.Results.Values {
		if g := result.People("read").At("lost", v.Key.Level); v.Key.Quantity == "lost" && !slices.Contains(parts, g) {
			parts = append(parts, g)
		}
	}
	return []result.Sum{{Whole: "read", Parts: parts}}
}

// patternSums say that who lacks a variable, or two of them, lacks one of the sets of
// variables that hold them, and that the incomplete lack one of all sets.
func (r *Run) patternSums(f result.Facts) []result.Sum {
	incomplete := "incomplete"
	if same, ok := f.Same[incomplete]; ok {
		incomplete = same
	}
	out := []result.Sum{{Whole: result.People(incomplete)}}
	at := map[result.Group]int{}
	for _, v := range r.Results.Values {
		if v.Key.Quantity != "missing_pattern" || v.Key.Scheme != result.All {
			continue
		}
		pattern := result.People("gross").At("pattern", v.Key.Kind)
		out[0].Parts = append(out[0].Parts, pattern)
		lacks := strings.Split(v.Key.Kind, "+")
		for i, a := range lacks {
			one := result.People("gross").At(a+" known", "0")
			for _, whole := range append([]result.Group{one}, pairsWith(one, lacks[i+1:])...) {
				k, seen := at[whole]
				if !seen {
					k, at[whole] = len(out), len(out)
					out = append(out, result.Sum{Whole: whole})
				}
				out[k].Parts = append(out[k].Parts, pattern)
			}
		}
	}
	if len(out[0].Parts) == 0 {
		return nil
	}
	return out
}

// pairsWith are those of a group who lack another variable too, for each of the others.
func pairsWith(g result.Group, others []string) []result.Group {
	out := make([]result.Group, len(others))
	for i, b := range others {
		out[i] = g.At(b+" known", "0")
	}
	return out
}

// kindSums say of which kinds those who attained the goal are.
func (r *Run) kindSums() []result.Sum {
	kinds, ok := r.data.Column(r.Study.Describe.Kinds)
	if !ok || kinds.Kind != frame.Factor {
		return nil
	}
	outcome, _ := r.data.Column(r.Study.Describe.Outcome)
	attained := make([]bool, len(kinds.Levels))
	for i, k := range kinds.Code {
		if k >= 0 && !outcome.Missing(i) && outcome.Number[i] == 1 {
			attained[k] = true
		}
	}
	s := result.Sum{Whole: result.People("").At(r.Study.Describe.Outcome, "1")}
	for k, level := range kinds.Levels {
		if attained[k] {
			s.Parts = append(s.Parts, result.People("").At(r.Study.Describe.Outcome+" kind", level))
		}
	}
	return []result.Sum{s}
}

// levelSums find samples that are all of another sample at one level of a variable.
func (r *Run) levelSums(f result.Facts, members []membership) []result.Sum {
	var out []result.Sum
	for _, v := range r.Study.Codebook.Variables {
		column, ok := r.data.Column(v.Key)
		if !ok || f.Ranked[v.Key] {
			continue
		}
		g := describe.GroupingOf(r.Study, v.Key)
		levels := describe.Levels(r.Study, g)
		all := r.data.Where(func(int) bool { return true })
		assigned := describe.Assign(r.Study, r.data, g, all)
		for _, large := range members {
			for _, small := range members {
				if l := levelOf(large, small, assigned, column); l >= 0 && l < len(levels) {
					out = append(out, result.Sum{Whole: result.People(large.name).At(v.Key, levels[l].Key), Parts: []result.Group{result.People(small.name)}})
				}
			}
		}
	}
	return out
}

// levelOf returns the level at which the persons of the larger sample are those of
// the smaller one, −1 when there is none.
func levelOf(large, small membership, assigned []int, column *frame.Column) int {
	if small.n == 0 || small.n >= large.n {
		return -1
	}
	level := -1
	for i, in := range small.in {
		if in {
			level = assigned[i]
			break
		}
	}
	if level < 0 {
		return -1
	}
	for i := range large.in {
		if (large.in[i] && assigned[i] == level && !column.Missing(i)) != small.in[i] {
			return -1
		}
	}
	return level
}

// binSums say which intervals of a distribution make up the levels of a variable
// that is described between breaks, where the breaks lie between intervals.
func (r *Run) binSums() []result.Sum {
	var out []result.Sum
	for _, g := range r.Study.Describe.Variables {
		if len(g.Breaks) == 0 {
			continue
		}
		var from []float64
		for _, v := range r.Results.Values {
			if v.Key.Quantity == "distribution" && v.Key.Variable == g.Variable && v.Key.Scheme == result.All {
				if x, err := strconv.ParseFloat(v.Key.Level, 64); err == nil {
					from = append(from, x)
				}
			}
		}
		slices.Sort(from)
		if len(from) == 0 || slices.ContainsFunc(g.Breaks, func(b float64) bool { return b > from[0] && b <= from[len(from)-1] && !slices.Contains(from, b) }) {
			continue
		}
		for l, level := range describe.Levels(r.Study, g) {
			s := result.Sum{Whole: result.People("").At(g.Variable, level.Key)}
			for _, x := range from {
				if (l == 0 || x >= g.Breaks[l-1]) && (l == len(g.Breaks) || x < g.Breaks[l]) {
					s.Parts = append(s.Parts, result.People("").At(g.Variable+" known", "1").At(g.Variable+" bins", strconv.FormatFloat(x, 'f', -1, 64)))
				}
			}
			if len(s.Parts) > 0 {
				out = append(out, s)
			}
		}
	}
	return out
}
