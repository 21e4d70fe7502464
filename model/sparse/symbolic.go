package sparse

import (
	"fmt"
	"slices"
)

// A Symbolic is what the pattern of a symmetric n×n matrix H determines of its
// Cholesky factor L, P H Pᵀ = L Lᵀ: the permutation P and where L can be other
// than 0. It is not changed once made.
//
// Columns of L that have the same rows below the diagonal are stored together,
// in a supernode: one dense block with all rows of its columns.
type Symbolic struct {
	n     int
	order []int32 // order[j] is the row and column of H that P puts at j
	place []int   // by entry of the pattern: its place in the values of L

	nodes    []supernode
	rows     []int32   // of all supernodes: their rows below the diagonal block
	segments []segment // of all supernodes
	at       []int32   // of all segments that have them: places of the rows
	values   int       // length of the values of L
	nnz      int
	largest  sizes
}

// A supernode is a dense block of width consecutive columns of L, from first on:
// rows first to first+width−1 (lower triangle) and below them others, row by row.
type supernode struct {
	first, width, below int32
	segments            int32 // index of its first segment; those of the next supernode follow
	rows                int   // index of its first row below
	values              int   // where the block begins
}

func (s *supernode) size() int { return int(s.width+s.below) * int(s.width) }

// A segment says how a supernode meets one of its ancestors: its rows from..to
// (counted below its diagonal block) are columns of the target, and all its rows
// from `from` on are rows of the target. Their places in the target's block
// begin at at; −1 when they are not kept, to save memory, but found anew.
type segment struct {
	target, from, to int32
	at               int
}

// sizes are the largest among the supernodes.
type sizes struct {
	width, below, panel int // panel: width × below
}

// Analyze orders the pattern of a symmetric n×n matrix and finds that of its
// Cholesky factor. The pattern is given by entries, row[k] and col[k] counted
// from 0, in any order: of every pair (i, j) and (j, i) one of the two, and the
// whole diagonal. It panics when an index is out of range or n is not positive.
func Analyze(n int, row, col []int32) *Symbolic {
	if n < 1 || len(row) != len(col) {
		panic(fmt.Sprintf("sparse: n = %d, %d rows and %d columns of entries", n, len(row), len(col)))
	}
	for k, i := range row {
		if j := col[k]; i < 0 || j < 0 || int(i) >= n || int(j) >= n {
			panic(fmt.Sprintf("sparse: entry %d is at (%d, %d), n = %d", k, i, j, n))
		}
	}
	g := newGraph(n, row, col)
	s := &Symbolic{n: n, order: minimumDegree(n, g)}
	position := inverted(s.order)
	parent := eliminationTree(g, s.order, position)
	count := columnCounts(g, s.order, position, parent)
	post := postorder(parent, count)
	s.order, parent, count = relabel(post, s.order, parent, count)
	position = inverted(s.order)
	s.layOut(partition(parent, count), count)
	node := s.nodeOf()
	s.findRows(g, position, node)
	s.findSegments(node)
	s.place = make([]int, len(row))
	for k := range row {
		i, j := position[row[k]], position[col[k]]
		s.place[k] = s.locate(node, max(i, j), min(i, j))
	}
	return s
}

// Order returns the order of elimination: a permutation of 0 to n−1.
func (s *Symbolic) Order() []int32 { return slices.Clone(s.order) }

// N returns the order of the matrix.
func (s *Symbolic) N() int { return s.n }

// NNZ returns how many numbers L has that can be other than 0, with the few
// zeros that supernodes store for the sake of speed.
func (s *Symbolic) NNZ() int { return s.nnz }

func inverted(order []int32) []int32 {
	position := make([]int32, len(order))
	for k, i := range order {
		position[i] = int32(k)
	}
	return position
}

// eliminationTree returns for every column of L the row of its first number
// below the diagonal, −1 for none: Liu (1986), with compressed paths (Davis
// 2006, section 4.1).
func eliminationTree(g *graph, order, position []int32) []int32 {
	parent, ancestor := make([]int32, len(order)), make([]int32, len(order))
	for i := range int32(len(order)) {
		parent[i], ancestor[i] = -1, -1
		for _, v := range g.of(order[i]) {
			j := position[v]
			for j >= 0 && j < i {
				next := ancestor[j]
				ancestor[j] = i
				if next < 0 {
					parent[j] = i
				}
				j = next
			}
		}
	}
	return parent
}

// columnCounts returns how many numbers every column of L has: row i has one in
// column j when j is on the way up the tree from a number of row i of the matrix.
func columnCounts(g *graph, order, position, parent []int32) []int32 {
	count, mark := make([]int32, len(order)), make([]int32, len(order))
	for i := range mark {
		mark[i] = -1
	}
	for i := range int32(len(order)) {
		count[i]++
		mark[i] = i
		for _, v := range g.of(order[i]) {
			for j := position[v]; j < i && mark[j] != i; j = parent[j] {
				mark[j] = i
				count[j]++
			}
		}
	}
	return count
}

// postorder returns the columns in a postorder of the tree in which, of the
// children of one parent, that with most numbers comes last: it is the one that
// can join the parent in a supernode.
func postorder(parent, count []int32) []int32 {
	n := len(parent)
	byCount := make([]int32, n)
	for i := range byCount {
		byCount[i] = int32(i)
	}
	slices.SortStableFunc(byCount, func(i, j int32) int { return int(count[i]) - int(count[j]) })
	child, sibling := make([]int32, n+1), make([]int32, n) // child[n]: the roots
	for i := range child {
		child[i] = -1
	}
	for k := n - 1; k >= 0; k-- {
		i := byCount[k]
		p := parent[i]
		if p < 0 {
			p = int32(n)
		}
		sibling[i], child[p] = child[p], i
	}
	post, stack := make([]int32, 0, n), make([]int32, 0, n)
	for root := child[n]; root >= 0; root = sibling[root] {
		stack = append(stack, root)
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			if c := child[i]; c >= 0 {
				child[i] = sibling[c]
				stack = append(stack, c)
			} else {
				stack = stack[:len(stack)-1]
				post = append(post, i)
			}
		}
	}
	return post
}

// relabel numbers the columns by their place in the postorder.
func relabel(post, order, parent, count []int32) (o, p, c []int32) {
	n := len(post)
	o, p, c = make([]int32, n), make([]int32, n), make([]int32, n)
	position := inverted(post)
	for k, j := range post {
		o[k], c[k], p[k] = order[j], count[j], -1
		if parent[j] >= 0 {
			p[k] = position[parent[j]]
		}
	}
	return o, p, c
}

// cost is about how many nanoseconds a supernode takes in a factorisation: for
// the handling, the triangle, the rows below, and their products, which are
// added to the ancestors.
func cost(width, below int32) float64 {
	k, m := float64(width), float64(below)
	return 80 + k*k*(8+k/60) + m*k*(1+k/10) + m*m*(0.7+k/20)
}

// partition returns the first columns of the supernodes, and n at the end.
//
// A column joins the next when the next is its parent and they have the same
// rows (Ng and Peyton 1993). Then a supernode is joined to its parent, with
// zeros that are stored and multiplied, when this costs less time than to treat
// the two (amalgamation: Ashcraft and Grimes 1989).
func partition(parent, count []int32) []int32 {
	n := int32(len(parent))
	var starts []int32 // of the supernodes so far
	for first := int32(0); first < n; {
		last := first
		for last+1 < n && parent[last] == last+1 && count[last] == count[last+1]+1 {
			last++
		}
		from, below := first, count[last]-1
		for len(starts) > 0 {
			child, top := starts[len(starts)-1], from-1 // the supernode just before
			if parent[top] < 0 || parent[top] > last {
				break
			}
			apart := cost(last-from+1, below) + cost(from-child, count[top]-1)
			if cost(last-child+1, below) > apart {
				break
			}
			from = child
			starts = starts[:len(starts)-1]
		}
		starts = append(starts, from)
		first = last + 1
	}
	return append(starts, n)
}

// layOut makes the supernodes without their rows.
func (s *Symbolic) layOut(starts, count []int32) {
	s.nodes = make([]supernode, len(starts)-1)
	rows := 0
	for k := range s.nodes {
		v := &s.nodes[k]
		v.first, v.width = starts[k], starts[k+1]-starts[k]
		v.below = count[starts[k+1]-1] - 1
		v.rows, v.values = rows, s.values
		rows += int(v.below)
		s.values += v.size()
		w, b := int(v.width), int(v.below)
		s.nnz += w*(w+1)/2 + w*b
		s.largest.width = max(s.largest.width, w)
		s.largest.below = max(s.largest.below, b)
		s.largest.panel = max(s.largest.panel, w*b)
	}
	s.rows = make([]int32, rows)
}

// nodeOf returns the supernode of every column.
func (s *Symbolic) nodeOf() []int32 {
	node := make([]int32, s.n)
	for k, v := range s.nodes {
		for j := v.first; j < v.first+v.width; j++ {
			node[j] = int32(k)
		}
	}
	return node
}

func (s *Symbolic) rowsOf(v *supernode) []int32 { return s.rows[v.rows : v.rows+int(v.below)] }

// findRows finds the rows of every supernode: those of its columns in the matrix
// and those of its children, in order.
func (s *Symbolic) findRows(g *graph, position, node []int32) {
	mark := make([]int32, s.n)
	child, sibling := make([]int32, len(s.nodes)), make([]int32, len(s.nodes))
	for k := range child {
		child[k] = -1
	}
	for i := range mark {
		mark[i] = -1
	}
	for k := range s.nodes {
		v := &s.nodes[k]
		end := v.first + v.width
		rows := s.rowsOf(v)[:0]
		add := func(i int32) {
			if i >= end && mark[i] != int32(k) {
				mark[i] = int32(k)
				rows = append(rows, i)
			}
		}
		for j := v.first; j < end; j++ {
			for _, i := range g.of(s.order[j]) {
				add(position[i])
			}
		}
		for c := child[k]; c >= 0; c = sibling[c] {
			for _, i := range s.rowsOf(&s.nodes[c]) {
				add(i)
			}
		}
		slices.Sort(rows)
		if len(rows) > 0 {
			p := node[rows[0]]
			sibling[k], child[p] = child[p], int32(k)
		}
	}
}

// findSegments finds how every supernode meets its ancestors. The places of the
// rows are kept as long as they take less room than half of L.
func (s *Symbolic) findSegments(node []int32) {
	room := s.values + 1<<20
	scratch := make([]int32, s.largest.below)
	for k := range s.nodes {
		v := &s.nodes[k]
		v.segments = int32(len(s.segments))
		rows := s.rowsOf(v)
		for from := 0; from < len(rows); {
			g := segment{target: node[rows[from]], from: int32(from), at: -1}
			t := &s.nodes[g.target]
			to := from
			for to < len(rows) && rows[to] < t.first+t.width {
				to++
			}
			g.to = int32(to)
			if room -= len(rows) - from; room >= 0 {
				g.at = len(s.at)
				s.at = append(s.at, s.places(v, &segment{g.target, g.from, g.to, -1}, scratch)...)
			}
			s.segments = append(s.segments, g)
			from = to
		}
	}
}

// segmentsOf returns the segments of supernode k.
func (s *Symbolic) segmentsOf(k int) []segment {
	if k+1 < len(s.nodes) {
		return s.segments[s.nodes[k].segments:s.nodes[k+1].segments]
	}
	return s.segments[s.nodes[k].segments:]
}

// places returns the rows of the target's block at which the rows of v from
// g.from on are. It may use scratch.
func (s *Symbolic) places(v *supernode, g *segment, scratch []int32) []int32 {
	count := int(v.below - g.from)
	if g.at >= 0 {
		return s.at[g.at : g.at+count]
	}
	t := &s.nodes[g.target]
	rows, out := s.rowsOf(v)[g.from:], scratch[:count]
	inside := int(g.to - g.from)
	for k, i := range rows[:inside] {
		out[k] = i - t.first
	}
	among, at := s.rowsOf(t), 0
	for k, i := range rows[inside:] {
		step := 1
		for at+step < len(among) && among[at+step] < i { // gallop
			step *= 2
		}
		lo := at + step/2
		found, _ := slices.BinarySearch(among[lo:min(at+step+1, len(among))], i)
		at = lo + found
		out[inside+k] = t.width + int32(at)
	}
	return out
}

// locate returns the place of the number in row i and column j, i ≥ j.
func (s *Symbolic) locate(node []int32, i, j int32) int {
	v := &s.nodes[node[j]]
	at := i - v.first
	if at >= v.width {
		below, _ := slices.BinarySearch(s.rowsOf(v), i)
		at = v.width + int32(below)
	}
	return v.values + int(at)*int(v.width) + int(j-v.first)
}
