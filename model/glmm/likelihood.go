package glmm

import "math"

// The marginal log-likelihood is approximated around the modes û of the
// standardised random effects, where H = I + Λ'Z'WZΛ = L L':
//
//	ℓ = log p(y | û) − ½ û'û − ½ log det H                  (Laplace)
//
// and by adaptive quadrature as in quadrature.go, of which Laplace's is the
// case of one point. Both are numbers f(x, û, L) of which the gradient by x is
// wanted; it is taken backwards (adjoint of L, adjoint of H, adjoint of û):
//
//	∂f/∂L  → ∂f/∂H          reverse of the Cholesky decomposition
//	∂f/∂H  → ∂f/∂w, ∂f/∂a   H is I + Σ w a a'
//	∂f/∂û  → λ = H⁻¹ ∂f/∂û  û solves A's − u = 0, whose derivative by u is −H
//	         → ∂f/∂η, ∂f/∂a
//	∂f/∂η  → ∂f/∂γ = X' ∂f/∂η,   ∂f/∂a → ∂f/∂T, ∂f/∂φ
//
// Source: Kristensen, Nielsen, Berg, Skaug and Bell (2016), Journal of
// Statistical Software 70(5), for Laplace's approximation differentiated
// through the modes; Pinheiro and Chao (2006), Journal of Computational and
// Graphical Statistics 15, 58–81, for the quadrature.

// expected is what a quadrature finds of the posterior of u: expectations over
// its nodes. With one node they are the values at the modes.
type expected struct {
	deviance float64
	score    []float64   // by row
	scores   []float64   // by cell: of the sum of scores, S
	moved    [][]float64 // by slot and cell: of S·x, x = u − û; nil is 0
	shift    []float64   // by random effect: of x; nil is 0
	bar      []float64   // derivative by the entries of H, symmetric
}

// evaluate returns the log-likelihood at x and fills its gradient; NaN when
// the modes could not be found.
func (w *state) evaluate(x, gradient []float64) float64 {
	w.move(x)
	return w.evaluateHere(gradient)
}

func (w *state) evaluateHere(gradient []float64) float64 {
	if !(w.phi > w.p.floor) || math.IsInf(w.phi, 0) || !w.modes() {
		return math.NaN()
	}
	w.curvature()
	if w.laplace != w.newton {
		w.hessian(w.weights, w.h)
		if !w.laplace.Factor(w.h) {
			return math.NaN()
		}
	}
	p := w.p
	dispersed, slope := p.dispersed(w.phi)
	value := p.saturated + dispersed - 0.5*w.laplace.LogDet()
	var e expected
	if p.nodes.n() == 1 {
		e = w.laplaced()
		value += -0.5*w.deviance/w.phi - 0.5*dot(w.u, w.u)
	} else {
		var integral float64
		integral, e = w.integrate()
		value += integral
	}
	if gradient != nil {
		w.gradient(&e, slope, gradient)
	}
	return value
}

// curvature fills the weights of the determinant and their slopes.
func (w *state) curvature() {
	p, s := w.p, w.p.s
	w.parallel(func(_, from, to int) {
		lo, hi := s.start[from], s.start[to]
		score, info, weight, slope := w.score[lo:hi], w.info[lo:hi], w.weight[lo:hi], w.slope[lo:hi]
		if w.phi == 1 {
			p.fam.Curvature(w.eta[lo:hi], p.y[lo:hi], p.a[lo:hi], score, info, weight, slope)
		} else { // families with a dispersion have the observed weights
			p.fam.Curvature(w.eta[lo:hi], p.y[lo:hi], p.a[lo:hi], score, info, info, slope)
		}
		if w.laplace != w.newton {
			w.sumCells(w.weight, w.weights, from, to)
		}
	})
}

// laplaced is what one node expects.
func (w *state) laplaced() expected {
	e := expected{deviance: w.deviance, score: w.score, scores: w.scores, bar: make([]float64, w.p.s.nnz)}
	w.laplace.Inverse(e.bar)
	for i := range e.bar {
		e.bar[i] *= -0.5
	}
	return e
}

// gradient takes the derivatives back to the parameters.
func (w *state) gradient(e *expected, dispersion float64, out []float64) {
	p, s := w.p, w.p.s
	bars := make([][]float64, s.depth) // ∂f/∂a by slot and cell
	for k := range bars {
		bars[k] = make([]float64, s.cells)
	}
	wbar := make([]float64, s.cells) // ∂f/∂w of the rows of a cell
	slopes := make([]float64, s.cells)
	w.parallel(func(_, from, to int) {
		w.sumCells(w.slope, slopes, from, to)
		w.barHessian(e.bar, bars, wbar, from, to)
	})

	// adjoint of the modes
	lambda := w.room
	for v := range lambda {
		lambda[v] = 0
	}
	through := w.cellRoom()
	for c := range through {
		through[c] = wbar[c] * slopes[c]
	}
	w.spreadCells(through, lambda)
	if e.shift != nil {
		w.spreadCells(e.scores, lambda)
		for v, x := range e.shift {
			lambda[v] -= w.u[v] + x
		}
	}
	w.newton.Solve(lambda)

	partial := make([]float64, (len(p.chunks)-1)*p.k)
	etaBar := w.eta // not needed any more
	zl := make([]float64, s.cells)
	w.parallel(func(chunk, from, to int) {
		for c := from; c < to; c++ {
			zl[c] = w.gather(lambda, c)
			for r := s.start[c]; r < s.start[c+1]; r++ {
				etaBar[r] = e.score[r] + wbar[c]*w.slope[r] - w.info[r]*zl[c]
			}
			w.barLoadings(e, bars, lambda, c, through[c], zl[c])
		}
		lo, hi := s.start[from], s.start[to]
		for k := range p.k {
			partial[chunk*p.k+k] = dot(p.column(k)[lo:hi], etaBar[lo:hi])
		}
	})
	clear(out)
	for i, v := range partial {
		out[i%p.k] += v
	}
	w.barFactors(bars, out)
	if p.fam.HasDispersion() {
		tau := dispersion + 0.5*e.deviance/w.phi
		for c := range s.cells {
			tau -= wbar[c]*w.weights[c] + w.scores[c]*zl[c]
			for k := range s.depth {
				tau += 0.5 * bars[k][c] * w.a[k][c]
			}
		}
		out[p.params-1] = tau
	}
}

// barHessian adds to ∂f/∂w and ∂f/∂a what comes through H = I + Σ w a a'.
func (w *state) barHessian(bar []float64, bars [][]float64, wbar []float64, from, to int) {
	s := w.p.s
	for k := range s.depth {
		for j := k; j < s.depth; j++ {
			index := s.pair[s.place[k]][s.place[j]]
			if index == nil {
				index = s.group[s.place[k]]
			}
			h := bar[s.at[k][j]:]
			ak, aj, bk, bj := w.a[k], w.a[j], bars[k], bars[j]
			for c := from; c < to; c++ {
				v := h[index[c]]
				if j == k {
					wbar[c] += v * ak[c] * ak[c]
					bk[c] += 2 * w.weights[c] * v * ak[c]
					continue
				}
				wbar[c] += 2 * v * ak[c] * aj[c]
				bk[c] += 2 * w.weights[c] * v * aj[c]
				bj[c] += 2 * w.weights[c] * v * ak[c]
			}
		}
	}
}

// barLoadings adds to ∂f/∂a of a cell what comes through η and the modes.
func (w *state) barLoadings(e *expected, bars [][]float64, lambda []float64, c int, through, zl float64) {
	s := w.p.s
	for k := range s.depth {
		v := s.first[k] + int(s.group[s.place[k]][c])
		bars[k][c] += w.u[v]*(e.scores[c]+through-w.infos[c]*zl) + w.scores[c]*lambda[v]
		if e.moved != nil {
			bars[k][c] += e.moved[k][c]
		}
	}
}

// barFactors turns ∂f/∂a into derivatives by the elements of the T.
func (w *state) barFactors(bars [][]float64, out []float64) {
	p, s := w.p, w.p.s
	root := math.Sqrt(w.phi)
	at := p.k
	for slot := 0; slot < s.depth; {
		q := s.q[s.place[slot]]
		for i := range q {
			for j := range i + 1 {
				sum := 0.0
				if z := s.z[slot+i]; z == nil {
					for _, v := range bars[slot+j] {
						sum += v
					}
				} else {
					sum = dot(z, bars[slot+j])
				}
				out[at] = root * sum
				at++
			}
		}
		slot += q
	}
}

func (w *state) cellRoom() []float64 { return make([]float64, w.p.s.cells) }
