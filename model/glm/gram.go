package glm

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"bidrag/model/family"
	"bidrag/model/kernel"
)

const (
	maxChunks = 64       // chunks of rows whose sums are added in order
	minChunk  = 768      // rows, at least, of a chunk
	maxSums   = 1 << 25  // numbers that the sums of all chunks may take together
	nearCache = 24 << 10 // bytes of the weighted block that X'WX is made from
)

// A problem is one model being fitted: the data, the coordinates, and the
// state of the iteration.
type problem struct {
	data  *Data
	opts  Options
	fam   family.Family
	rows  family.Rows
	a     []float64 // what each row counts: weight × trials
	idle  bool      // some row counts nothing
	sign  []int8    // where a row's η may run off to without limit: +1, −1, 0 nowhere; nil when none can
	panel int       // rows of a weighted block
	chunk int       // rows of a chunk, a multiple of panel

	parts   []sums       // room for the sums of the chunks
	workers []*workspace // one for every goroutine

	basis       basis
	combination [][]int // by column of X: those that an aliased one is made of; nil when none is aliased

	gamma    []float64 // coefficients in the basis; nil before the first step
	eta      []float64 // linear predictor at gamma, offset included
	newton   bool      // the steps have come to use the observed information
	proposed []float64 // the step to take, and then the part of it that was taken
	spare    []float64 // room for the linear predictor of a step that is tried
	now      sums      // sums over the rows at gamma
	result   ending
}

// sums are what one pass over the rows adds up.
type sums struct {
	deviance float64
	gradient []float64 // k: score by the centred and scaled coefficients
	hessian  []float64 // k×k: information in the basis, upper triangle
	step     reach     // of the change in η since the last accepted gamma
	whole    reach     // of η itself, without offset
}

// newSums returns zero sums for k columns.
func newSums(k int) sums {
	return sums{gradient: make([]float64, k), hessian: make([]float64, k*k), step: noReach, whole: noReach}
}

// reset makes the sums zero again, for k columns.
func (s *sums) reset(k int) {
	if len(s.gradient) != k {
		*s = newSums(k)
		return
	}
	s.deviance, s.step, s.whole = 0, noReach, noReach
	clear(s.gradient)
	clear(s.hessian)
}

func (s *sums) add(o *sums) {
	s.deviance += o.deviance
	for i, v := range o.gradient {
		s.gradient[i] += v
	}
	for i, v := range o.hessian {
		s.hessian[i] += v
	}
	s.step.join(o.step)
	s.whole.join(o.whole)
}

func newProblem(d *Data, o Options) *problem {
	p := &problem{data: d, opts: o, fam: d.Family, a: make([]float64, d.N), eta: make([]float64, d.N), spare: make([]float64, d.N)}
	p.rows = family.Rows{Y: d.Y, Weight: d.Weights, Trials: d.Trials}
	p.panel = min(max(nearCache/8/max(d.P, 1)&^7, 64), 192)
	chunks := min(maxChunks, (d.N+minChunk-1)/minChunk, max(2, maxSums/(d.P*d.P+1)))
	p.chunk = roundUp((d.N+chunks-1)/chunks, p.panel)
	p.parts = make([]sums, (d.N+p.chunk-1)/p.chunk)
	p.chunks(func(lo, hi int) {
		family.Rows{Weight: part(d.Weights, lo, hi), Trials: part(d.Trials, lo, hi)}.Scale(p.a[lo:hi])
	})
	p.idle = slices.Contains(p.a, 0)
	p.signs()
	return p
}

// part is values lo to hi, nil where there are none.
func part(values []float64, lo, hi int) []float64 {
	if values == nil {
		return nil
	}
	return values[lo:hi]
}

func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }

// A workspace is what one goroutine needs for a pass, for the rows of a panel.
type workspace struct {
	score, info []float64
	eta         []float64 // η that counts: 0 in rows that count nothing
	comp        []float64 // 1 − μ of the first regression
	panel       []float64 // k columns of the basis times √info
	raw         []float64 // k centred and scaled columns, when the basis has a T
}

// workspace returns that of a goroutine, made when it is first asked for.
func (p *problem) workspace(worker int) *workspace {
	w, k := p.workers[worker], len(p.basis.cols)
	if w == nil {
		room := make([]float64, 4*p.panel)
		part := func(i int) []float64 { return room[i*p.panel : (i+1)*p.panel : (i+1)*p.panel] }
		w = &workspace{score: part(0), info: part(1), eta: part(2), comp: part(3), panel: make([]float64, p.data.P*p.panel)}
		p.workers[worker] = w
	}
	if p.basis.t != nil && w.raw == nil {
		w.raw = make([]float64, k*p.panel)
	}
	return w
}

// A pass evaluates the model at coefficients c of the centred and scaled
// columns, writing η to eta; with start, it takes η from the responses instead
// and sums the gradient of the first weighted regression.
type pass struct {
	c        []float64
	eta      []float64
	observed bool // sum the observed information, not the expected
	start    bool
	every    int // take every panel of that number only; 0 is all
}

// run makes a pass. Every chunk has sums of its own and they are added in the
// order of the rows, so the bits do not depend on the number of goroutines.
func (p *problem) run(q pass) sums {
	k := len(p.basis.cols)
	threads := p.opts.threads(len(p.parts))
	for len(p.workers) < threads {
		p.workers = append(p.workers, nil)
	}
	each(threads, len(p.parts), func(worker, c int) {
		w := p.workspace(worker)
		p.parts[c].reset(k)
		for lo := c * p.chunk; lo < min((c+1)*p.chunk, p.data.N); lo += p.panel {
			if q.every == 0 || lo/p.panel%q.every == q.every/2 {
				p.addPanel(q, lo, min(lo+p.panel, p.data.N), w, &p.parts[c])
			}
		}
	})
	total := newSums(k)
	for c := range p.parts {
		total.add(&p.parts[c])
	}
	return total
}

// threads is how many goroutines share so many pieces of work.
func (o Options) threads(pieces int) int {
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return min(threads, pieces)
}

// each calls do for 0 to n−1, in no order, from as many goroutines; worker is
// the number of the one that calls.
func each(threads, n int, do func(worker, i int)) {
	if threads <= 1 {
		for i := range n {
			do(0, i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for worker := range threads {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(worker, i)
			}
		})
	}
	wait.Wait()
}

// chunks calls do for the rows of every chunk, by several goroutines.
func (p *problem) chunks(do func(lo, hi int)) {
	each(p.opts.threads(len(p.parts)), len(p.parts), func(_, c int) { do(c*p.chunk, min((c+1)*p.chunk, p.data.N)) })
}

// addPanel adds up rows lo to hi, no more than a panel has.
func (p *problem) addPanel(q pass, lo, hi int, w *workspace, s *sums) {
	n := hi - lo
	score, info, eta := w.score[:n], w.info[:n], q.eta[lo:hi]
	y, a := p.data.Y[lo:hi], p.a[lo:hi]
	offset := part(p.data.Offset, lo, hi)
	if q.start {
		p.fill(nil, lo, w.eta[:n], w)
		p.startEta(lo, hi, eta, w.comp[:n])
	} else {
		clear(eta)
		p.fill(q.c, lo, eta, w)
		p.reaches(lo, hi, eta, s)
		for i, o := range offset {
			eta[i] += o
		}
	}
	if q.observed {
		s.deviance += p.fam.Newton(p.counted(eta, a, w), y, a, score, info)
	} else {
		s.deviance += p.fam.Score(p.counted(eta, a, w), y, a, score, info)
	}
	if q.start {
		target(eta, offset, score, info)
	}
	if p.idle {
		for i, v := range a {
			if v == 0 {
				score[i], info[i] = 0, 0
			}
		}
	}
	kernel.Sqrt(info)
	p.weigh(score, info, w, s.gradient)
	kernel.AddGram(s.hessian, len(p.basis.cols), w.panel, p.panel, n, len(p.basis.cols))
}

// target turns the score into that of the regression of
// z = η − offset + score/info, from coefficients 0.
func target(eta, offset, score, info []float64) {
	for i := range score {
		score[i] += info[i] * eta[i]
	}
	for i, o := range offset {
		score[i] -= info[i] * o
	}
}

// counted is η with 0 in rows that count nothing, where it may be so far out
// that 0 times its deviance is no number.
func (p *problem) counted(eta, a []float64, w *workspace) []float64 {
	if !p.idle {
		return eta
	}
	out := w.eta[:len(eta)]
	copy(out, eta)
	for i, v := range a {
		if v == 0 {
			out[i] = 0
		}
	}
	return out
}

// linear fills eta = Σ c_k (x_k − m_k)/s_k for rows lo to hi.
func (p *problem) linear(c []float64, lo, hi int, eta []float64) {
	clear(eta)
	for k, j := range p.basis.cols {
		x := p.data.column(j)[lo:hi]
		m, b := p.basis.centre[k], c[k]/p.basis.scale[k]
		eta := eta[:len(x)]
		for i, v := range x {
			eta[i] += (v - m) * b
		}
	}
}

// columns are those of the panel that hold the centred and scaled ones.
func (w *workspace) columns(b *basis) []float64 {
	if b.t != nil {
		return w.raw
	}
	return w.panel
}

// fill puts the centred and scaled columns of the rows from lo on into the
// panel, and adds them times c to eta; nil is coefficients of 0.
func (p *problem) fill(c []float64, lo int, eta []float64, w *workspace) {
	b := &p.basis
	n, to := len(eta), w.columns(b)
	for k, j := range b.cols {
		coef := 0.0
		if c != nil {
			coef = c[k]
		}
		kernel.Standardize(to[k*p.panel:][:n], p.data.column(j)[lo:lo+n], eta, b.centre[k], 1/b.scale[k], coef)
	}
}

// weigh multiplies the columns of the basis by root, and adds the products of
// the centred and scaled ones with the score to the gradient.
func (p *problem) weigh(score, root []float64, w *workspace, gradient []float64) {
	n, k := len(score), len(p.basis.cols)
	if p.basis.t == nil {
		for j := range k {
			gradient[j] += kernel.Weigh(w.panel[j*p.panel:][:n], root, score)
		}
		return
	}
	for j := range k {
		gradient[j] += kernel.Dot(w.raw[j*p.panel:][:n], score)
	}
	for j := range k { // column j of the basis is raw times column j of T
		to := w.panel[j*p.panel:][:n]
		clear(to)
		for i := 0; i <= j; i++ {
			f := p.basis.t[i*k+j]
			for r, v := range w.raw[i*p.panel:][:n] {
				to[r] += f * v
			}
		}
		for r, v := range root {
			to[r] *= v
		}
	}
}

// startEta fills η from the responses, moved inside the range of the mean as
// R's families do; comp is room for 1 − μ.
func (p *problem) startEta(lo, hi int, eta, comp []float64) {
	for i := range eta {
		y, a := p.data.Y[lo+i], p.a[lo+i]
		mu := y
		switch p.fam.Dist {
		case family.Binomial:
			mu = (a*y + 0.5) / (a + 1)
			comp[i] = (a*(1-y) + 0.5) / (a + 1)
		case family.Poisson:
			mu = y + 0.1
		}
		eta[i] = mu
	}
	p.fam.Eta(eta, comp, eta)
}
