package glm

import (
	"math"

	"bidrag/model/family"
	"bidrag/model/kernel"
)

// bounded tells whether the outcome has a highest value.
func bounded(d Data) bool { return d.Family.Dist == family.Binomial }

// A withinStep is a change of the coefficients of Q and of the intercepts.
type withinStep struct{ gamma, alpha []float64 }

// climb runs Fisher scoring to its end, and leaves the expected information there.
func (w *within) climb() {
	w.steps()
	if w.newton {
		w.newton = false
		w.now = w.sum(withinStep{w.gamma, w.alpha}, w.eta, false)
	}
}

func (w *within) steps() {
	w.now = w.sum(withinStep{}, w.eta, true)
	if !w.first() {
		return
	}
	w.result.climb(w, w.opts)
}

// propose is part of climber: the next step, shortened as it is taken.
func (w *within) propose() (decrement float64, ok bool) {
	w.step, decrement, ok = w.next()
	return decrement, ok
}

func (w *within) take() (ok bool) {
	w.step, ok = w.shorten(w.step)
	return ok
}

func (w *within) runaway() ([]bool, bool) {
	if !w.now.separated() {
		return nil, false
	}
	return w.infinite(w.step.gamma, w.now.step.most), true
}

// end records how the iteration ended; a proof of separation overrides.
func (w *within) end(status Status, reason string) {
	if w.result.infinite != nil && status != Separated {
		status, reason = Separated, "the likelihood rises for ever in some coefficients; "+reason
	}
	w.result.status, w.result.reason = status, reason
}

// first solves the first regression and evaluates the model there; where its
// deviance is not finite, closer to 0.
func (w *within) first() bool {
	step, _, ok := w.next()
	if !ok {
		w.end(NotConverged, "the information matrix became singular to working precision")
		return false
	}
	clear(w.eta)
	copy(w.eta, w.ordered.Offset)
	for range maxHalvings {
		if s := w.sum(step, w.spare, false); isFinite(s.deviance) {
			w.accept(step, s)
			w.result.iterations = 1
			return true
		}
		step.scale(0.25)
	}
	w.end(NotConverged, "no starting value has a finite likelihood; is the offset far out?")
	return false
}

// accept makes coefficients those of the fit; their predictor is in spare.
func (w *within) accept(at withinStep, s sums) {
	w.gamma, w.alpha, w.now = at.gamma, at.alpha, s
	w.eta, w.spare = w.spare, w.eta
}

func (s withinStep) scale(f float64) {
	for j := range s.gamma {
		s.gamma[j] *= f
	}
	for g := range s.alpha {
		s.alpha[g] *= f
	}
}

// next returns the next step, and its squared length in standard errors:
//
//	r'A⁻¹r + Σ S_g²/W_g
func (w *within) next() (step withinStep, decrement float64, ok bool) {
	k := len(w.basis.cols)
	c, ok := factor(w.now.hessian, k)
	if !ok {
		return step, 0, false
	}
	step = withinStep{c.solve(w.now.gradient), make([]float64, len(w.kept))}
	decrement = math.Abs(dot(w.now.gradient, step.gamma))
	for g, s := range w.group {
		if s.info > 0 {
			step.alpha[g] = s.score/s.info - dot(w.weighted[g*k:(g+1)*k], step.gamma)
			decrement += s.score * s.score / s.info
		}
	}
	return step, decrement / w.unit(), isFinite(decrement)
}

// shorten takes the step, or the largest half, quarter, … of it that does not
// raise the deviance beyond rounding, and returns what it took.
func (w *within) shorten(step withinStep) (taken withinStep, ok bool) {
	slack := 1e-11 * math.Abs(w.now.deviance)
	// What a step is refused for must leave the group sums as they were.
	group, weighted := append([]groupSum(nil), w.group...), append([]float64(nil), w.weighted...)
	for range maxHalvings {
		at := withinStep{sumOf(w.gamma, step.gamma), sumOf(w.alpha, step.alpha)}
		if s := w.sum(at, w.spare, false); s.deviance <= w.now.deviance+slack {
			w.accept(at, s)
			return step, true
		}
		step.scale(0.5)
	}
	copy(w.group, group)
	copy(w.weighted, weighted)
	return step, false
}

func sumOf(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i, v := range a {
		out[i] = v + b[i]
	}
	return out
}

// sum evaluates the model at coefficients, writing its predictor to eta; with
// start, it takes the predictor from the responses instead and sums the
// gradient of the first weighted regression. Every chunk has sums of its own and they are
// added in the order of the groups.
func (w *within) sum(at withinStep, eta []float64, start bool) sums {
	k, chunks := len(w.basis.cols), len(w.cuts)-1
	threads := w.opts.threads(chunks)
	parts, panels := make([]sums, chunks), make([][]float64, max(threads, 1))
	each(threads, chunks, func(worker, c int) {
		if panels[worker] == nil {
			panels[worker] = make([]float64, k*w.panel)
		}
		parts[c] = newSums(k)
		lo, hi := w.start[w.cuts[c]], w.start[w.cuts[c+1]]
		if start {
			w.startEta(lo, hi, eta[lo:hi], w.comp[lo:hi])
		} else {
			w.predictor(at, w.cuts[c], w.cuts[c+1], eta, &parts[c])
		}
		w.scores(lo, hi, eta, start, &parts[c])
		w.eliminate(w.cuts[c], w.cuts[c+1])
		w.schur(w.cuts[c], w.cuts[c+1], panels[worker], &parts[c])
	})
	total := newSums(k)
	for c := range parts {
		total.add(&parts[c])
	}
	return total
}

// predictor fills eta of the rows of some groups.
func (w *within) predictor(at withinStep, from, to int, eta []float64, s *sums) {
	lo, hi := w.start[from], w.start[to]
	for g := from; g < to; g++ {
		for i := w.start[g]; i < w.start[g+1]; i++ {
			eta[i] = at.alpha[g]
		}
	}
	for j, c := range at.gamma {
		kernel.Axpy(eta[lo:hi], c, w.ordered.column(j)[lo:hi])
	}
	w.reaches(lo, hi, eta[lo:hi], s)
	for i, o := range part(w.ordered.Offset, lo, hi) {
		eta[lo+i] += o
	}
}

// scores fills score and information of rows lo to hi.
func (w *within) scores(lo, hi int, eta []float64, start bool, s *sums) {
	y, a, score, info := w.ordered.Y[lo:hi], w.a[lo:hi], w.score[lo:hi], w.info[lo:hi]
	if w.newton {
		s.deviance += w.fam.Newton(eta[lo:hi], y, a, score, info)
	} else {
		s.deviance += w.fam.Score(eta[lo:hi], y, a, score, info)
	}
	if start {
		target(eta[lo:hi], part(w.ordered.Offset, lo, hi), score, info)
	}
}

// eliminate sums score, information and the weighted means of Q by group.
func (w *within) eliminate(from, to int) {
	k := len(w.basis.cols)
	for g := from; g < to; g++ {
		lo, hi := w.start[g], w.start[g+1]
		var sum groupSum
		for i := lo; i < hi; i++ {
			sum.score += w.score[i]
			sum.info += w.info[i]
		}
		w.group[g] = sum
		means := w.weighted[g*k : (g+1)*k]
		for j := range means {
			means[j] = 0
			if sum.info > 0 {
				means[j] = kernel.Dot(w.info[lo:hi], w.ordered.column(j)[lo:hi]) / sum.info
			}
		}
	}
}

// schur adds the rows of some groups to the gradient and information of the
// coefficients with the intercepts eliminated.
func (w *within) schur(from, to int, panel []float64, s *sums) {
	k, end := len(w.basis.cols), w.start[to]
	g := from
	for lo := w.start[from]; lo < end; lo += w.panel {
		hi := min(lo+w.panel, end)
		for h := g; h < to && w.start[h] < hi; h++ {
			a, b := max(lo, w.start[h]), min(hi, w.start[h+1])
			for j := range k {
				mean, x, out := w.weighted[h*k+j], w.ordered.column(j)[a:b], panel[j*w.panel+a-lo:]
				out = out[:len(x)]
				for i, v := range x {
					out[i] = v - mean
				}
			}
			if w.start[h+1] <= hi {
				g = h + 1
			}
		}
		root := w.info[lo:hi]
		kernel.Sqrt(root)
		for j := range k {
			s.gradient[j] += kernel.Weigh(panel[j*w.panel:][:hi-lo], root, w.score[lo:hi])
		}
		kernel.AddGram(s.hessian, k, panel, w.panel, hi-lo, k)
	}
}
