package glmm

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/mat"
)

// metric approximates the Hessian of minus the log-likelihood at the point the
// state was evaluated at, with gradient g: for the coefficients what is left
// of X'WX when the random effects have been eliminated,
//
//	X'WX − X'WA H⁻¹ A'WX,
//
// for the other parameters differences of the gradient.
func (p *problem) metric(w *state, g []float64) *mat.SymDense {
	h := mat.NewSymDense(p.params, nil)
	p.eliminated(w, h)
	x := append([]float64(nil), w.x...)
	moved := make([]float64, p.params)
	for j := p.k; j < p.params; j++ {
		const step = 1e-3
		x[j] += step
		value := w.evaluate(x, moved)
		x[j] -= step
		for i := range p.params {
			d := -(moved[i] - g[i]) / step
			switch {
			case !isFinite(value):
				d = 0
			case i > p.k && i < j:
				d = (d + h.At(i, j)) / 2
			}
			h.SetSym(i, j, d)
		}
	}
	return positive(h)
}

func (p *problem) eliminated(w *state, h *mat.SymDense) {
	s := p.s
	sums, through := w.cellRoom(), w.room
	for k := range p.k {
		x := p.column(k)
		w.parallel(func(_, from, to int) {
			for c := from; c < to; c++ {
				sum := 0.0
				for r := s.start[c]; r < s.start[c+1]; r++ {
					sum += w.info[r] * x[r]
				}
				sums[c] = sum
			}
		})
		clear(through)
		w.spreadCells(sums, through)
		w.newton.Solve(through)
		partial := make([]float64, (len(p.chunks)-1)*(k+1))
		w.parallel(func(chunk, from, to int) {
			lo, hi := s.start[from], s.start[to]
			rest := w.eta[lo:hi] // room
			for c := from; c < to; c++ {
				zb := w.gather(through, c)
				for r := s.start[c]; r < s.start[c+1]; r++ {
					rest[r-lo] = w.info[r] * (x[r] - zb)
				}
			}
			for l := range k + 1 {
				partial[chunk*(k+1)+l] = dot(p.column(l)[lo:hi], rest)
			}
		})
		for i, v := range partial {
			h.SetSym(i%(k+1), k, h.At(i%(k+1), k)+v)
		}
	}
}

// positive makes a symmetric matrix positive definite: scaled to unit diagonal,
// eigenvalues count by their size, and not below a thousandth.
func positive(h *mat.SymDense) *mat.SymDense {
	n := h.SymmetricDim()
	scale := make([]float64, n)
	for i := range n {
		if scale[i] = math.Sqrt(math.Abs(h.At(i, i))); !(scale[i] > 0) {
			scale[i] = 1
		}
	}
	unit := scaled(h, scale)
	var eigen mat.EigenSym
	if slices.ContainsFunc(unit.RawSymmetric().Data, func(v float64) bool { return !isFinite(v) }) || !eigen.Factorize(unit, true) {
		return diagonal(scale)
	}
	values := eigen.Values(nil)
	if values[0] >= leastEigenvalue {
		return h
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	out := mat.NewSymDense(n, nil)
	for k, v := range values {
		column := mat.Col(nil, k, &vectors)
		for i := range column {
			column[i] *= scale[i]
		}
		out.SymRankOne(out, max(math.Abs(v), leastEigenvalue), mat.NewVecDense(n, column))
	}
	return out
}

const leastEigenvalue = 1e-3

// diagonal has the squares of scale, where they are finite.
func diagonal(scale []float64) *mat.SymDense {
	out := mat.NewSymDense(len(scale), nil)
	for i, s := range scale {
		if out.SetSym(i, i, s*s); !isFinite(s * s) {
			out.SetSym(i, i, 1)
		}
	}
	return out
}

// scaled returns h_ij/(s_i s_j).
func scaled(h *mat.SymDense, s []float64) *mat.SymDense {
	n := h.SymmetricDim()
	out := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			out.SetSym(i, j, h.At(i, j)/s[i]/s[j])
		}
	}
	return out
}

// differenceStep is the step of differences, in units of the standard
// deviation that a parameter has when all others are known.
const differenceStep = 1e-3

// hessian returns the Hessian of minus the log-likelihood by the free
// parameters at the point of the state, by central differences of the
// gradient; about is the diagonal of a rough one.
func (p *problem) hessian(at *state, free []int, about []float64) *mat.SymDense {
	n := len(free)
	rows := make([][]float64, n)
	var next atomic.Int64
	work := func() {
		w := p.newState(1)
		var base solver
		if !p.s.nested { // every column starts from the same factor, whichever goroutine it is
			at.hessian(at.infos, w.h)
			if base = p.newSolver(1); !base.Factor(w.h) {
				base = nil
			}
		}
		gradients := [2][]float64{make([]float64, p.params), make([]float64, p.params)}
		for f := int(next.Add(1)) - 1; f < n; f = int(next.Add(1)) - 1 {
			j := free[f]
			step := differenceStep / math.Sqrt(about[f])
			for side, sign := range []float64{1, -1} {
				w.by = base
				w.beside(at, j, sign*step)
				if !isFinite(w.evaluateHere(gradients[side])) {
					gradients[side][0] = math.NaN()
				}
			}
			rows[f] = make([]float64, n)
			for g, i := range free {
				rows[f][g] = -(gradients[0][i] - gradients[1][i]) / (2 * step)
			}
		}
	}
	threads := min(p.threads(), n)
	if threads <= 1 {
		work()
	} else {
		var wait sync.WaitGroup
		for range threads {
			wait.Go(work)
		}
		wait.Wait()
	}
	h := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			h.SetSym(i, j, (rows[i][j]+rows[j][i])/2)
		}
	}
	return h
}

// beside takes the state to a point that differs from another's in one
// parameter, starting from its modes.
func (w *state) beside(at *state, j int, step float64) {
	p := w.p
	copy(w.x, at.x)
	w.x[j] += step
	copy(w.u, at.u)
	copy(w.fix, at.fix)
	if j < p.k {
		for i, v := range p.column(j) {
			w.fix[i] += step * v
		}
	}
	w.phi = p.phi(w.x)
	w.load()
}
