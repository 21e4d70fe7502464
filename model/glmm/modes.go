package glmm

import (
	"math"
	"sync"
	"sync/atomic"

	"bidrag/model/kernel"
)

const (
	modeTolerance = 1e-24 // squared length of the remaining step, in standard deviations of all u, at which modes are found
	modeRounding  = 1e-15 // below this they are found as well when it no longer shrinks
	maxModeSteps  = 100
	maxHalvings   = 30
)

// A state is one evaluation of the likelihood under way: what belongs to a
// point x, and the room for it. Several may be used at once.
type state struct {
	p       *problem
	threads int

	x   []float64   // the point: γ, T, log φ
	phi float64     // dispersion
	a   [][]float64 // by slot and cell: Λ'z, the loading of the random effect on η
	fix []float64   // by row: η without random effects

	u        []float64 // random effects, standardised: at the modes when found
	eta      []float64 // by row, at u
	score    []float64 // by row: derivative of the log-likelihood by η
	info     []float64 // by row: minus its second derivative
	deviance float64

	weight []float64 // by row: weight in the determinant; info where that is the same
	slope  []float64 // by row: derivative of weight by η

	scores, infos, weights []float64 // sums of the above by cell
	h                      []float64 // entries of H
	newton                 solver    // H with info
	laplace                solver    // H with weight

	room, step, trial []float64 // by random effect
	by                solver    // takes the steps to the modes: newton, or another that was factored near by; nil when none was
}

func (p *problem) newState(threads int) *state {
	w := &state{p: p, threads: threads}
	numbers := func(n int) []float64 { return make([]float64, n) }
	w.x, w.fix = numbers(p.params), numbers(p.rows)
	w.u, w.room, w.step, w.trial = numbers(p.s.size), numbers(p.s.size), numbers(p.s.size), numbers(p.s.size)
	w.eta, w.score, w.info, w.slope = numbers(p.rows), numbers(p.rows), numbers(p.rows), numbers(p.rows)
	w.scores, w.infos = numbers(p.s.cells), numbers(p.s.cells)
	w.h = numbers(p.s.nnz)
	for range p.s.depth {
		w.a = append(w.a, numbers(p.s.cells))
	}
	w.newton = p.newSolver(threads)
	w.weight, w.weights, w.laplace = w.info, w.infos, w.newton
	if !p.fam.CurvatureObserved() {
		w.weight, w.weights, w.laplace = numbers(p.rows), numbers(p.s.cells), p.newSolver(threads)
	}
	return w
}

// parallel runs work for every chunk of cells.
func (w *state) parallel(work func(chunk, from, to int)) {
	chunks := w.p.chunks
	n := len(chunks) - 1
	threads := min(w.threads, n)
	if threads <= 1 {
		for c := range n {
			work(c, chunks[c], chunks[c+1])
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range threads {
		wait.Go(func() {
			for c := int(next.Add(1)) - 1; c < n; c = int(next.Add(1)) - 1 {
				work(c, chunks[c], chunks[c+1])
			}
		})
	}
	wait.Wait()
}

// move takes the state to the point x.
func (w *state) move(x []float64) {
	copy(w.x, x)
	p := w.p
	w.parallel(func(_, from, to int) {
		lo, hi := p.s.start[from], p.s.start[to]
		fix := w.fix[lo:hi]
		clear(fix)
		if p.offset != nil {
			copy(fix, p.offset[lo:hi])
		}
		for k := range p.k {
			b := x[k]
			for i, v := range p.column(k)[lo:hi] {
				fix[i] += b * v
			}
		}
	})
	w.load()
}

// load computes the loadings: a = √φ T' z̃ for every term.
func (w *state) load() {
	p, s := w.p, w.p.s
	w.phi = p.phi(w.x)
	root := math.Sqrt(w.phi)
	at := p.k
	for slot := 0; slot < s.depth; {
		q := s.q[s.place[slot]]
		for j := range q {
			a := w.a[slot+j]
			clear(a)
			for i := j; i < q; i++ {
				t := root * w.x[at+i*(i+1)/2+j]
				if z := s.z[slot+i]; z == nil {
					for c := range a {
						a[c] += t
					}
				} else {
					for c, v := range z {
						a[c] += t * v
					}
				}
			}
		}
		at += q * (q + 1) / 2
		slot += q
	}
}

// see computes η at u and what depends on it by row and by cell, and returns
// the log of the joint density of data and u, less what does not depend on u.
func (w *state) see(u []float64) float64 {
	p, s := w.p, w.p.s
	deviances := make([]float64, len(p.chunks)-1)
	w.parallel(func(chunk, from, to int) {
		w.predict(u, from, to)
		lo, hi := s.start[from], s.start[to]
		score, info := w.score[lo:hi], w.info[lo:hi]
		deviances[chunk] = p.fam.Newton(w.eta[lo:hi], p.y[lo:hi], p.a[lo:hi], score, info)
		if w.phi != 1 {
			for i := range score {
				score[i] /= w.phi
				info[i] /= w.phi
			}
		}
		w.sumCells(w.score, w.scores, from, to)
		w.sumCells(w.info, w.infos, from, to)
	})
	w.deviance = 0
	for _, d := range deviances {
		w.deviance += d
	}
	return -0.5*w.deviance/w.phi - 0.5*dot(u, u)
}

// predict fills η of the rows of some cells.
func (w *state) predict(u []float64, from, to int) {
	s := w.p.s
	for c := from; c < to; c++ {
		zb := 0.0
		for k := range s.depth {
			zb += w.a[k][c] * u[s.first[k]+int(s.group[s.place[k]][c])]
		}
		lo, hi := s.start[c], s.start[c+1]
		eta, fix := w.eta[lo:hi], w.fix[lo:hi]
		for i := range eta {
			eta[i] = fix[i] + zb
		}
	}
}

// sumCells adds up rows by cell.
func (w *state) sumCells(rows, cells []float64, from, to int) {
	start := w.p.s.start
	for c := from; c < to; c++ {
		sum := 0.0
		for _, v := range rows[start[c]:start[c+1]] {
			sum += v
		}
		cells[c] = sum
	}
}

// spreadCells adds A' v to b: to every random effect the sum of its loadings
// times the cells' numbers.
func (w *state) spreadCells(v, b []float64) {
	s := w.p.s
	for k := range s.depth {
		group, to, a := s.group[s.place[k]], b[s.first[k]:s.first[k]+s.groups[s.place[k]]], w.a[k]
		for c, g := range group {
			to[g] += a[c] * v[c]
		}
	}
}

// gather returns A u of a cell.
func (w *state) gather(u []float64, c int) float64 {
	s := w.p.s
	sum := 0.0
	for k := range s.depth {
		sum += w.a[k][c] * u[s.first[k]+int(s.group[s.place[k]][c])]
	}
	return sum
}

// hessian fills h with I + Σ w a a' for the cells' sums of weights.
func (w *state) hessian(weights, h []float64) {
	s := w.p.s
	clear(h)
	for k := range s.depth {
		diagonal := h[s.at[k][k] : s.at[k][k]+s.groups[s.place[k]]]
		for g := range diagonal {
			diagonal[g] = 1
		}
		for j := k; j < s.depth; j++ {
			index := s.pair[s.place[k]][s.place[j]]
			if index == nil {
				index = s.group[s.place[k]]
			}
			to := h[s.at[k][j]:]
			ak, aj := w.a[k], w.a[j]
			for c, e := range index {
				to[e] += weights[c] * ak[c] * aj[c]
			}
		}
	}
}

// modes finds the u at which the joint density is largest, by Newton's method
// with step-halving from the u there is. The log-likelihoods here are concave
// in η, so there is one maximum. H is factored at every step where that is
// cheap, and else only when steps with the factor there is do not do; it ends
// with that of the modes.
func (w *state) modes() bool {
	value := w.see(w.u)
	if !isFinite(value) {
		clear(w.u)
		if value = w.see(w.u); !isFinite(value) {
			return false
		}
	}
	stale := !w.p.s.nested && w.by != nil
	last := math.Inf(1)
	for range maxModeSteps {
		if !stale && !w.factor() {
			return false
		}
		decrement := w.newtonStep()
		switch {
		case !isFinite(decrement):
			return false
		case decrement <= modeTolerance, decrement < modeRounding && decrement > last/4:
			return !stale || w.factor()
		case stale && decrement > last/100:
			stale, last = false, math.Inf(1)
			continue
		}
		if !w.halve(&value) {
			if stale {
				stale = false
				continue
			}
			return decrement < 1e-8
		}
		last = decrement
		stale = stale || !w.p.s.nested && decrement < 1e-2
	}
	return false
}

// factor factors H at the u that was seen last.
func (w *state) factor() bool {
	w.hessian(w.infos, w.h)
	if !w.newton.Factor(w.h) {
		w.by = nil
		return false
	}
	w.by = w.newton
	return true
}

// newtonStep fills the step to the modes, and returns its squared length.
func (w *state) newtonStep() float64 {
	gradient := w.room
	for v, u := range w.u {
		gradient[v] = -u
	}
	w.spreadCells(w.scores, gradient)
	copy(w.step, gradient)
	w.by.Solve(w.step)
	return dot(gradient, w.step)
}

// halve takes the step, or the largest half, quarter, … of it that does not
// lower the density beyond rounding.
func (w *state) halve(value *float64) bool {
	slack := 1e-12 * math.Abs(*value)
	size := 1.0
	for range maxHalvings {
		for v, u := range w.u {
			w.trial[v] = u + size*w.step[v]
		}
		if now := w.see(w.trial); now >= *value-slack {
			w.u, w.trial, *value = w.trial, w.u, now
			return true
		}
		size /= 2
	}
	w.see(w.u)
	return false
}

func dot(x, y []float64) float64 { return kernel.Dot(x, y) }

func isFinite(v float64) bool { return v-v == 0 }
