package glmm

import (
	"math"
	"math/rand/v2"
)

// A lineage is the roots of nested random effects with what lies below each: it
// is independent of all other roots, given the parameters.
type lineage struct {
	root []int32 // by random effect
	cell []int   // by root: its first cell, and the end
}

func newLineage(s *structure) *lineage {
	top := s.depth - 1
	roots := s.groups[s.place[top]]
	t := &lineage{root: make([]int32, s.size), cell: make([]int, roots+1)}
	for k := range s.depth {
		for g := range s.groups[s.place[k]] {
			t.root[s.first[k]+g] = s.above(k, top, int32(g))
		}
	}
	for _, g := range s.group[s.place[top]] {
		t.cell[g+1]++
	}
	for g := range roots {
		t.cell[g+1] += t.cell[g]
	}
	return t
}

// A chain takes independent Metropolis steps for every root by itself: a draw u
// of the Laplace approximation q is taken with probability
//
//	min(1, w(u)/w(now)),   log w = log p(y, u) − log q(u)
//
// which is nearly always where the approximation is good.
type chain struct {
	tree     *lineage
	now      []float64 // by root: log w
	proposed []float64
	taken    []bool
	trial    []float64 // by random effect
}

func newChain(t *lineage, size int) *chain {
	roots := len(t.cell) - 1
	return &chain{tree: t, now: make([]float64, roots), proposed: make([]float64, roots), taken: make([]bool, roots), trial: make([]float64, size)}
}

// start begins with the draw there is.
func (c *chain) start(d *drawer) {
	c.weigh(d, c.now)
	copy(d.u, c.trial)
}

// step takes the draw there is, or not.
func (c *chain) step(d *drawer, r *rand.Rand) {
	c.weigh(d, c.proposed)
	for g, w := range c.proposed {
		u := r.Float64()
		if c.taken[g] = w >= c.now[g] || math.Log(u) < w-c.now[g]; c.taken[g] {
			c.now[g] = w
		}
	}
	for v, g := range c.tree.root {
		if c.taken[g] {
			d.u[v] = c.trial[v]
		}
	}
}

// weigh fills trial with the modes and delta, and to with log w of every root,
// less a constant of its own.
func (c *chain) weigh(d *drawer, to []float64) {
	w, s := d.w, d.p.s
	clear(to)
	for v, x := range d.delta {
		u := w.u[v] + x
		c.trial[v] = u
		to[c.tree.root[v]] += 0.5 * (x*x - u*u)
	}
	w.predict(c.trial, 0, s.cells)
	for g := range to {
		from, end := c.tree.cell[g], c.tree.cell[g+1]
		for cell := from; cell < end; cell++ {
			x := w.gather(d.delta, cell)
			to[g] += 0.5 * w.infos[cell] * x * x
		}
		lo, hi := s.start[from], s.start[end]
		to[g] -= 0.5 * d.p.fam.Newton(w.eta[lo:hi], d.p.y[lo:hi], d.p.a[lo:hi], w.score[lo:hi], w.info[lo:hi]) / w.phi
	}
}
