package glmm

import (
	"math"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/integrate/quad"
)

// Adaptive Gauss–Hermite quadrature over nested random effects. With H = L L'
// at the modes, u = û + x and L'x = z, the marginal likelihood is
//
//	∫ exp g(û + x) dz / det L,   g = log p(y | u) − ½ u'u
//
// and the integral is a nested one: given the x of its ancestors, that of a
// random effect runs over x = (z − Σ L x)/L, which is centred where the
// ancestors' x draws it and as wide as L says. Every random effect has N nodes
// for each combination of the nodes above it, and a group is integrated given
// its ancestors independently of its siblings: Nᴰ evaluations of a row.
//
// Source: Pinheiro and Chao (2006), Journal of Computational and Graphical
// Statistics 15, 58–81; Liu and Pierce (1994), Biometrika 81, 624–629.

// nodes are the points of a rule for the standard normal distribution and the
// logarithms of their weights, to which ½z² is added: ∫ F(z) dz/√2π = Σ exp(log) F.
type nodes struct{ z, log []float64 }

func (n nodes) n() int { return len(n.z) }

func newNodes(n int) nodes {
	if n <= 1 {
		return nodes{z: []float64{0}, log: []float64{0}}
	}
	x, weight := make([]float64, n), make([]float64, n)
	quad.Hermite{}.FixedLocations(x, weight, math.Inf(-1), math.Inf(1))
	out := nodes{z: make([]float64, n), log: make([]float64, n)}
	for i := range x {
		out.z[i] = math.Sqrt2 * x[i]
		out.log[i] = math.Log(weight[i]) - 0.5*math.Log(math.Pi) + x[i]*x[i]
	}
	return out
}

// A posterior holds expectations, given the nodes of some ancestors, over what
// lies below them. Only the parts that belong to groups below are meant.
type posterior struct {
	deviance float64
	score    []float64   // by row
	moved    [][]float64 // by slot and cell: S·x, with S the cell's sum of scores
	shift    [][]float64 // by slot and group: x
	square   [][]float64 // by entry of H, slot by slot: x·x
}

func newPosterior(s *structure) posterior {
	numbers := func(n int) []float64 { return make([]float64, n) }
	out := posterior{score: numbers(int(s.start[s.cells]))}
	for k := range s.depth {
		out.moved = append(out.moved, numbers(s.cells))
		out.shift = append(out.shift, numbers(s.groups[s.place[k]]))
		out.square = append(out.square, numbers(s.groups[s.place[k]]*(s.depth-k)))
	}
	return out
}

// A forest tells which groups, cells and rows lie below a group.
type forest struct {
	s     *structure
	child [][]int32 // by place: where the children of each group begin, groups of the place below or cells
}

func newForest(s *structure) forest {
	f := forest{s: s}
	for place, groups := range s.groups {
		of := s.group[0]
		if place > 0 {
			of = s.up[place-1][place]
		}
		begin := make([]int32, groups+1)
		for _, g := range of {
			begin[g+1]++
		}
		for g := range groups {
			begin[g+1] += begin[g]
		}
		f.child = append(f.child, begin)
	}
	return f
}

// A span is the groups at every place, the cells and the rows below a group.
type span struct {
	groups      [][2]int32
	cell, cells int32 // first and end
	row, rows   int32
}

// below fills the span of group g of a place.
func (f forest) below(place int, g int32, out *span) {
	from, to := g, g+1
	for t := place; t >= 0; t-- {
		out.groups[t] = [2]int32{from, to}
		from, to = f.child[t][from], f.child[t][to]
	}
	out.cell, out.cells = from, to
	out.row, out.rows = f.s.start[from], f.s.start[to]
}

// An integrator integrates roots, one after the other.
type integrator struct {
	w      *state
	s      *structure
	l      []float64 // of the tree
	forest forest
	spans  []span      // by slot: of the group that is looked at
	x      []float64   // by slot: displacement of the node that is looked at
	mean   []posterior // by slot: over the nodes of the slot
	term   []float64   // by node of a leaf
	total  []float64   // by node of a leaf: deviance
	z      []float64   // by node of a leaf: its displacement

	eta, y, a, score, deviance []float64 // by node and row of a leaf
}

func newIntegrator(w *state, l []float64, f forest) *integrator {
	s := w.p.s
	n := w.p.nodes.n()
	in := &integrator{w: w, s: s, l: l, forest: f, x: make([]float64, s.depth), term: make([]float64, n), total: make([]float64, n), z: make([]float64, n)}
	for range s.depth {
		in.spans = append(in.spans, span{groups: make([][2]int32, len(s.groups))})
		in.mean = append(in.mean, newPosterior(s))
	}
	return in
}

// integrate returns the log of the integral and what its nodes expect.
func (w *state) integrate() (float64, expected) {
	s := w.p.s
	t := w.laplace.(*tree)
	f := newForest(s)
	all := newPosterior(s)
	top := s.depth - 1
	roots := s.groups[s.place[top]]
	logs, deviances := make([]float64, roots), make([]float64, roots)
	var next atomic.Int64
	work := func() {
		in := newIntegrator(w, t.l, f)
		for g := int(next.Add(1)) - 1; g < roots; g = int(next.Add(1)) - 1 {
			logs[g] = in.group(top, int32(g))
			deviances[g] = in.mean[top].deviance
			in.add(&all, &in.mean[top], top, 0, 1)
		}
	}
	if threads := min(w.threads, roots); threads <= 1 {
		work()
	} else {
		var wait sync.WaitGroup
		for range threads {
			wait.Go(work)
		}
		wait.Wait()
	}
	e := expected{score: all.score, moved: all.moved, scores: make([]float64, s.cells), shift: make([]float64, s.size)}
	value := 0.0
	for g, v := range logs {
		value += v
		e.deviance += deviances[g]
	}
	w.sumCells(e.score, e.scores, 0, s.cells)
	for k := range s.depth {
		copy(e.shift[s.first[k]:], all.shift[k])
	}
	e.bar = w.barFactor(t, &all, &e)
	return value, e
}

// group integrates the random effects of a group, from slot k down, given the
// displacements above, and leaves their means in in.mean[k].
func (in *integrator) group(k int, g int32) float64 {
	s := in.s
	in.forest.below(s.place[k], g, &in.spans[k])
	at := s.at[k]
	pivot := in.l[at[k]+int(g)]
	centre := 0.0
	for j := k + 1; j < s.depth; j++ {
		centre -= in.l[at[j]+int(g)] * in.x[j] / pivot
	}
	if k == 0 {
		return in.leaf(g, centre, pivot)
	}
	mode := in.w.u[s.first[k]+int(g)]
	mean := &in.mean[k]
	in.clear(mean, k)
	largest, sum := math.Inf(-1), 0.0
	shift, square := 0.0, 0.0
	for m, z := range in.w.p.nodes.z {
		x := centre + z/pivot
		in.x[k] = x
		u := mode + x
		term, deviance := in.children(k, g)
		term += in.w.p.nodes.log[m] - 0.5*u*u
		keep, weight := 1.0, math.Exp(term-largest)
		if term > largest {
			keep, weight, largest = math.Exp(largest-term), 1, term
		}
		in.add(mean, &in.mean[k-1], k, keep, weight)
		mean.deviance = keep*mean.deviance + weight*deviance
		sum = keep*sum + weight
		shift = keep*shift + weight*x
		square = keep*square + weight*x*x
	}
	in.add(mean, nil, k, 1/sum, 0)
	mean.deviance /= sum
	in.own(mean, k, g, shift/sum, square/sum)
	return largest + math.Log(sum)
}

// children integrates what lies directly below a group.
func (in *integrator) children(k int, g int32) (term, deviance float64) {
	from, to := g, g+1
	if place := in.s.place[k]; in.s.place[k-1] != place {
		from, to = in.forest.child[place][g], in.forest.child[place][g+1]
	}
	for c := from; c < to; c++ {
		term += in.group(k-1, c)
		deviance += in.mean[k-1].deviance
	}
	return term, deviance
}

// own records the first two moments of a group's own random effect.
func (in *integrator) own(mean *posterior, k int, g int32, shift, square float64) {
	d := in.s.depth - k
	mean.shift[k][g] = shift
	mean.square[k][int(g)*d] = square
	for j := k + 1; j < in.s.depth; j++ {
		mean.square[k][int(g)*d+j-k] = shift * in.x[j]
	}
}

// clear empties the part of a posterior that lies below the group of slot k.
func (in *integrator) clear(to *posterior, k int) {
	in.add(to, nil, k, 0, 0)
	to.deviance = 0
}

// add sets to = keep·to + weight·from in what lies below the group of slot k;
// a from of nil is nothing.
func (in *integrator) add(to, from *posterior, k int, keep, weight float64) {
	at := &in.spans[k]
	if from == nil {
		from, weight = to, 0
	}
	mix(to.score[at.row:at.rows], from.score[at.row:at.rows], keep, weight)
	for j := range in.s.depth {
		mix(to.moved[j][at.cell:at.cells], from.moved[j][at.cell:at.cells], keep, weight)
	}
	for j := range k + 1 {
		d := int32(in.s.depth - j)
		r := at.groups[in.s.place[j]]
		mix(to.shift[j][r[0]:r[1]], from.shift[j][r[0]:r[1]], keep, weight)
		mix(to.square[j][r[0]*d:r[1]*d], from.square[j][r[0]*d:r[1]*d], keep, weight)
	}
}

// mix sets to = keep·to + weight·from.
func mix(to, from []float64, keep, weight float64) {
	from = from[:len(to)]
	switch {
	case weight == 0 && keep == 0:
		clear(to)
	case weight == 0:
		for i := range to {
			to[i] *= keep
		}
	case keep == 1:
		for i, v := range from {
			to[i] += weight * v
		}
	default:
		for i, v := range from {
			to[i] = keep*to[i] + weight*v
		}
	}
}

// leaf integrates the random effect of slot 0 of a group over its rows.
func (in *integrator) leaf(g int32, centre, pivot float64) float64 {
	w, nodes := in.w, in.w.p.nodes
	at := &in.spans[0]
	n := int(at.rows - at.row)
	in.fill(at, n, centre, pivot, w.u[g])
	w.p.fam.Each(in.eta, in.y, in.a, in.score, in.deviance)
	for m, x := range in.z {
		deviance := 0.0
		for _, d := range in.deviance[m*n : (m+1)*n] {
			deviance += d
		}
		u := w.u[g] + x
		in.term[m] = nodes.log[m] - 0.5*u*u - 0.5*deviance/w.phi
		in.total[m] = deviance
	}
	largest := math.Inf(-1)
	for _, t := range in.term {
		largest = max(largest, t)
	}
	sum := 0.0
	for m, t := range in.term {
		in.term[m] = math.Exp(t - largest)
		sum += in.term[m]
	}
	in.leafMeans(at, n, g, sum)
	return largest + math.Log(sum)
}

// fill computes η of every row of a leaf at every node.
func (in *integrator) fill(at *span, n int, centre, pivot, mode float64) {
	w, s, nodes := in.w, in.s, in.w.p.nodes
	size := n * nodes.n()
	for _, room := range []*[]float64{&in.eta, &in.y, &in.a, &in.score, &in.deviance} {
		*room = grow(*room, size)
	}
	for m, z := range nodes.z {
		in.z[m] = centre + z/pivot
		copy(in.y[m*n:], w.p.y[at.row:at.rows])
		copy(in.a[m*n:], w.p.a[at.row:at.rows])
	}
	for c := at.cell; c < at.cells; c++ {
		above := 0.0
		for j := 1; j < s.depth; j++ {
			above += w.a[j][c] * (w.u[s.first[j]+int(s.group[s.place[j]][c])] + in.x[j])
		}
		from, to := s.start[c], s.start[c+1]
		fix := w.fix[from:to]
		for m, x := range in.z {
			zb := above + w.a[0][c]*(mode+x)
			eta := in.eta[m*n+int(from-at.row) : m*n+int(to-at.row)]
			for i, v := range fix {
				eta[i] = v + zb
			}
		}
	}
}

// leafMeans averages over the nodes of a leaf, whose weights in.term add up to sum.
func (in *integrator) leafMeans(at *span, n int, g int32, sum float64) {
	s, w := in.s, in.w
	mean := &in.mean[0]
	in.clear(mean, 0)
	score := mean.score[at.row:at.rows]
	var deviance, shift, square float64
	for m, x := range in.z {
		weight := in.term[m] / sum
		deviance += weight * in.total[m]
		shift += weight * x
		square += weight * x * x
		weight /= w.phi
		row := in.score[m*n : (m+1)*n]
		for i, v := range row {
			score[i] += weight * v
		}
		for c := at.cell; c < at.cells; c++ {
			cell := 0.0
			for _, v := range row[s.start[c]-at.row : s.start[c+1]-at.row] {
				cell += v
			}
			mean.moved[0][c] += weight * x * cell
		}
	}
	mean.deviance = deviance
	for c := at.cell; c < at.cells; c++ {
		cell := 0.0
		for _, v := range mean.score[s.start[c]:s.start[c+1]] {
			cell += v
		}
		for j := 1; j < s.depth; j++ {
			mean.moved[j][c] = in.x[j] * cell
		}
	}
	in.own(mean, 0, g, shift, square)
}

// grow returns a slice of at least n elements, the old one where it is long enough.
func grow(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n, 2*n)
	}
	return x[:n]
}

// barFactor returns the derivatives of the log of the integral, less log det L,
// by the entries of H, symmetric. Moving L moves the nodes: L'x = z makes
// dx = −L⁻ᵀ dL' x, so that with r = ∂g/∂u and y = L⁻¹ r
//
//	∂/∂L_jk = −E[x_j y_k],   y = Σ S L⁻¹a − L⁻¹u
func (w *state) barFactor(t *tree, all *posterior, e *expected) []float64 {
	s := w.p.s
	bar := make([]float64, s.nnz)
	for k := range s.depth {
		at := s.at[k][k]
		for g := range s.groups[s.place[k]] {
			bar[at+g] = -1 / t.l[at+g]
		}
	}
	path, half := make([]int, s.depth), make([]float64, s.depth)
	for c := range s.cells {
		for k := range s.depth {
			path[k] = int(s.group[s.place[k]][c])
			half[k] = w.a[k][c]
		}
		t.halfSolve(path, half, 0)
		for k := range s.depth {
			for j := k; j < s.depth; j++ {
				bar[s.at[k][j]+path[k]] -= half[k] * e.moved[j][c]
			}
		}
	}
	for k := range s.depth {
		for g := range s.groups[s.place[k]] {
			clear(half)
			half[k] = 1
			for j := k; j < s.depth; j++ {
				path[j] = int(s.above(k, j, int32(g)))
			}
			t.halfSolve(path, half, k)
			u := w.u[s.first[k]+g]
			for i := k; i < s.depth; i++ {
				for j := i; j < s.depth; j++ {
					xx := all.square[k][g*(s.depth-k)+j-k]
					bar[s.at[i][j]+path[i]] += half[i] * (u*e.shift[s.first[j]+path[j]] + xx)
				}
			}
		}
	}
	t.adjoint(bar)
	return bar
}

// halfSolve turns b, which is 0 off a path and below slot from, into L⁻¹ b.
func (t *tree) halfSolve(path []int, b []float64, from int) {
	s := t.s
	for k := from; k < s.depth; k++ {
		b[k] /= t.l[s.at[k][k]+path[k]]
		for j := k + 1; j < s.depth; j++ {
			b[j] -= t.l[s.at[k][j]+path[k]] * b[k]
		}
	}
}
