package glmm

import (
	"cmp"
	"slices"
)

// A structure is how the random effects of a model hang together. Each row of
// the data has one group of every term, and so D random effects, D = Σ Q. The
// D places are called slots; slot k belongs to a component of a term, and the
// random effect of row i in it is number first[k] + group of the row's term.
//
// Terms stand in the order of their groups, most first. When every group of a
// term lies within one group of the next, they are nested: then the random
// effects form a forest, in which those of a row are a path from leaf (slot 0)
// to root (slot D−1), and eliminating them in the order of the slots fills
// nothing in.
type structure struct {
	order  []int // the term of Data that stands at each place
	q      []int // by place: coefficients of the term
	groups []int // by place: number of groups
	depth  int   // D
	place  []int // by slot: its term
	comp   []int // by slot: its component of the term
	first  []int // by slot: index of its first random effect
	size   int   // number of random effects
	nested bool

	rows  []int32   // row of Data by row of the fit: those that count, group by group
	cells int       // runs of rows that have the same groups and the same z
	start []int32   // cells+1: first row of each cell
	group [][]int32 // by place and cell: the group
	label [][]int32 // by place and group: the group's number in Data
	z     [][]float64

	pair [][][]int32            // by place t < s and cell: which combination of groups; nil when t's group decides it
	seen [][]map[[2]int32]int32 // by place t < s: the number of each combination
	up   [][][]int32            // by place t < s and group of t: the group of s it lies in; nil when it lies in several
	at   [][]int                // by slots k ≤ j: where the entries of H for them begin
	nnz  int                    // entries of H
}

// newStructure sorts the rows that count into cells and finds what is nested.
func newStructure(d *Data, a []float64) *structure {
	s := &structure{order: make([]int, len(d.Terms))}
	for t := range s.order {
		s.order[t] = t
	}
	slices.SortStableFunc(s.order, func(x, y int) int { return cmp.Compare(d.Terms[y].Groups, d.Terms[x].Groups) })
	for place, t := range s.order {
		term := &d.Terms[t]
		s.q = append(s.q, term.Q)
		s.groups = append(s.groups, term.Groups)
		for j := range term.Q {
			s.place, s.comp, s.first = append(s.place, place), append(s.comp, j), append(s.first, s.size)
			s.size += term.Groups
		}
	}
	s.depth = len(s.place)
	s.sort(d, a)
	s.split(d)
	s.relate()
	s.layout()
	return s
}

// sort orders the rows that count by the groups of the terms, the term with
// fewest groups first: nested groups then stand together.
func (s *structure) sort(d *Data, a []float64) {
	for i, v := range a {
		if v > 0 {
			s.rows = append(s.rows, int32(i))
		}
	}
	spare := make([]int32, len(s.rows))
	for place, t := range s.order {
		at := make([]int32, s.groups[place]+1)
		of := d.Terms[t].Group
		for _, i := range s.rows {
			at[of[i]+1]++
		}
		for g := range s.groups[place] {
			at[g+1] += at[g]
		}
		for _, i := range s.rows {
			spare[at[of[i]]] = i
			at[of[i]]++
		}
		s.rows, spare = spare, s.rows
	}
}

// split makes the cells, and numbers the groups in the order of their first
// row; those without a row that counts come last.
func (s *structure) split(d *Data) {
	var z [][]float64 // by slot; nil is ones
	for k, place := range s.place {
		if all := d.Terms[s.order[place]].Z; all != nil {
			z = append(z, all[s.comp[k]*d.N:(s.comp[k]+1)*d.N])
		} else {
			z = append(z, nil)
		}
	}
	same := func(i, j int32) bool {
		for _, t := range s.order {
			if g := d.Terms[t].Group; g[i] != g[j] {
				return false
			}
		}
		for _, v := range z {
			if v != nil && v[i] != v[j] {
				return false
			}
		}
		return true
	}
	for r, i := range s.rows {
		if r == 0 || !same(i, s.rows[r-1]) {
			s.start = append(s.start, int32(r))
		}
	}
	s.cells = len(s.start)
	s.start = append(s.start, int32(len(s.rows)))
	for place, t := range s.order {
		group, label := s.renumber(d.Terms[t].Group, s.groups[place])
		s.group, s.label = append(s.group, group), append(s.label, label)
	}
	for _, v := range z {
		if v == nil {
			s.z = append(s.z, nil)
			continue
		}
		of := make([]float64, s.cells)
		for c := range of {
			of[c] = v[s.rows[s.start[c]]]
		}
		s.z = append(s.z, of)
	}
}

func (s *structure) renumber(of []int32, groups int) (group, label []int32) {
	number := slices.Repeat([]int32{-1}, groups)
	group = make([]int32, s.cells)
	see := func(g int32) int32 {
		if number[g] < 0 {
			number[g] = int32(len(label))
			label = append(label, g)
		}
		return number[g]
	}
	for c := range group {
		group[c] = see(of[s.rows[s.start[c]]])
	}
	for g := range groups {
		see(int32(g))
	}
	return group, label
}

// relate finds, for every two terms, the combinations of groups that occur.
func (s *structure) relate() {
	n := len(s.q)
	s.pair, s.up, s.seen = make([][][]int32, n), make([][][]int32, n), make([][]map[[2]int32]int32, n)
	s.nested = true
	for t := range n {
		s.pair[t], s.up[t], s.seen[t] = make([][]int32, n), make([][]int32, n), make([]map[[2]int32]int32, n)
		for u := t + 1; u < n; u++ {
			s.up[t][u] = s.within(t, u)
			if s.up[t][u] == nil {
				s.nested = false
				s.pair[t][u], s.seen[t][u] = s.combinations(t, u)
			}
		}
	}
}

// within returns the group of place u in which each group of t lies; nil when
// one lies in several. Groups without a row lie in the last group, whose
// number is as good as any.
func (s *structure) within(t, u int) []int32 {
	up := slices.Repeat([]int32{-1}, s.groups[t])
	for c, g := range s.group[t] {
		switch to := s.group[u][c]; up[g] {
		case -1:
			up[g] = to
		case to:
		default:
			return nil
		}
	}
	for g, to := range up {
		if to < 0 {
			up[g] = int32(s.groups[u] - 1)
		}
	}
	return up
}

// combinations numbers the pairs of groups of two crossed terms by cell.
func (s *structure) combinations(t, u int) ([]int32, map[[2]int32]int32) {
	seen := map[[2]int32]int32{}
	out := make([]int32, s.cells)
	for c := range out {
		key := [2]int32{s.group[t][c], s.group[u][c]}
		number, ok := seen[key]
		if !ok {
			number = int32(len(seen))
			seen[key] = number
		}
		out[c] = number
	}
	return out, seen
}

// layout places the entries of H: for slots k ≤ j one for every combination of
// their groups; for j = k, and within and above it where groups are nested,
// one for every group of k.
func (s *structure) layout() {
	s.at = make([][]int, s.depth)
	for k := range s.depth {
		s.at[k] = make([]int, s.depth)
		for j := k; j < s.depth; j++ {
			s.at[k][j] = s.nnz
			s.nnz += s.combined(k, j)
		}
	}
}

// combined is the number of entries of H for slots k ≤ j.
func (s *structure) combined(k, j int) int {
	if pair := s.pair[s.place[k]][s.place[j]]; pair != nil {
		return int(slices.Max(pair)) + 1
	}
	return s.groups[s.place[k]]
}

// entry is where the product of slots k ≤ j of a cell belongs in H.
func (s *structure) entry(k, j, cell int) int {
	if pair := s.pair[s.place[k]][s.place[j]]; pair != nil {
		return s.at[k][j] + int(pair[cell])
	}
	return s.at[k][j] + int(s.group[s.place[k]][cell])
}

// find is where the product of slots k ≤ j of groups g and h is in H, −1 when
// it is not.
func (s *structure) find(k, j int, g, h int32) int {
	t, u := s.place[k], s.place[j]
	if seen := s.seen[t][u]; seen != nil {
		if number, ok := seen[[2]int32{g, h}]; ok {
			return s.at[k][j] + int(number)
		}
		return -1
	}
	if s.above(k, j, g) != h {
		return -1
	}
	return s.at[k][j] + int(g)
}

// above is the group at slot j ≥ k of the path from group g of slot k.
func (s *structure) above(k, j int, g int32) int32 {
	if s.place[k] == s.place[j] {
		return g
	}
	return s.up[s.place[k]][s.place[j]][g]
}

// pattern lists row and column of every entry of H.
func (s *structure) pattern() (row, col []int32) {
	row, col = make([]int32, s.nnz), make([]int32, s.nnz)
	for k := range s.depth {
		for j := k; j < s.depth; j++ {
			if s.pair[s.place[k]][s.place[j]] == nil {
				for g := range s.groups[s.place[k]] {
					row[s.at[k][j]+g] = int32(s.first[k] + g)
					col[s.at[k][j]+g] = int32(s.first[j]) + s.above(k, j, int32(g))
				}
				continue
			}
			for c := range s.cells {
				e := s.entry(k, j, c)
				row[e] = int32(s.first[k]) + s.group[s.place[k]][c]
				col[e] = int32(s.first[j]) + s.group[s.place[j]][c]
			}
		}
	}
	return row, col
}
