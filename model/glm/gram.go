package glm

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"bidrag/model/family"
)

const (
	maxChunks = 64      // chunks of rows whose sums are added in order
	minChunk  = 512     // rows, at least, of a chunk
	maxSums   = 1 << 25 // numbers that the sums of all chunks may take together
	panelRows = 128     // rows of the weighted block that X'WX is made from
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
	chunk int       // rows of a chunk

	basis       basis
	combination [][]int // by column of X: those that an aliased one is made of; nil when none is aliased

	gamma  []float64 // coefficients in the basis
	eta    []float64 // linear predictor at gamma, offset included
	newton bool      // the steps have come to use the observed information
	spare  []float64 // room for the linear predictor of a step that is tried
	now    sums      // sums over the rows at gamma
	result ending
}

// sums are what one pass over the rows adds up.
type sums struct {
	deviance float64
	gradient []float64 // k: score by the centred and scaled coefficients
	hessian  []float64 // m×m, m = k rounded up to a multiple of 4: information in the basis, upper triangle
	step     reach     // of the change in η since the last accepted gamma
	whole    reach     // of η itself, without offset
}

// newSums returns zero sums for k columns.
func newSums(k int) sums {
	m := padded(k)
	return sums{gradient: make([]float64, k), hessian: make([]float64, m*m), step: noReach, whole: noReach}
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

func padded(k int) int { return (k + 3) &^ 3 }

func newProblem(d *Data, o Options) *problem {
	p := &problem{data: d, opts: o, fam: d.Family, a: make([]float64, d.N), eta: make([]float64, d.N)}
	p.rows = family.Rows{Y: d.Y, Weight: d.Weights, Trials: d.Trials}
	p.rows.Scale(p.a)
	p.idle = slices.Contains(p.a, 0)
	p.sign = signs(d, p.a)
	chunks := min(maxChunks, (d.N+minChunk-1)/minChunk, max(2, maxSums/(padded(d.P)*padded(d.P)+1)))
	p.chunk = (d.N + chunks - 1) / chunks
	return p
}

// A workspace is what one goroutine needs for a pass.
type workspace struct {
	score, info []float64 // a chunk
	eta         []float64 // a chunk, when some rows count nothing
	panel       []float64 // m×panelRows: columns of the basis times √info
	raw         []float64 // k×panelRows: centred and scaled columns, when the basis has a T
}

func (p *problem) newWorkspace() *workspace {
	k := len(p.basis.cols)
	w := &workspace{score: make([]float64, p.chunk), info: make([]float64, p.chunk), panel: make([]float64, padded(k)*panelRows)}
	if p.basis.t != nil {
		w.raw = make([]float64, k*panelRows)
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
}

// run makes a pass. Every chunk has sums of its own and they are added in the
// order of the rows, so the bits do not depend on the number of goroutines.
func (p *problem) run(q pass) sums {
	k := len(p.basis.cols)
	chunks := (p.data.N + p.chunk - 1) / p.chunk
	parts := make([]sums, chunks)
	threads := p.opts.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	work := func() {
		w := p.newWorkspace()
		for c := int(next.Add(1)) - 1; c < chunks; c = int(next.Add(1)) - 1 {
			parts[c] = newSums(k)
			p.runChunk(q, c*p.chunk, min((c+1)*p.chunk, p.data.N), w, &parts[c])
		}
	}
	if threads = min(threads, chunks); threads == 1 {
		work()
	} else {
		var wait sync.WaitGroup
		for range threads {
			wait.Go(work)
		}
		wait.Wait()
	}
	total := newSums(k)
	for c := range parts {
		total.add(&parts[c])
	}
	return total
}

// runChunk adds up rows lo to hi.
func (p *problem) runChunk(q pass, lo, hi int, w *workspace, s *sums) {
	score, info, eta := w.score[:hi-lo], w.info[:hi-lo], q.eta[lo:hi]
	y, a := p.data.Y[lo:hi], p.a[lo:hi]
	var offset []float64
	if p.data.Offset != nil {
		offset = p.data.Offset[lo:hi]
	}
	if q.start {
		p.startEta(lo, hi, eta)
	} else {
		p.linear(q.c, lo, hi, eta)
		p.reaches(lo, hi, eta, s)
		for i, o := range offset {
			eta[i] += o
		}
	}
	if q.observed {
		s.deviance = p.fam.Newton(p.counted(eta, a, w), y, a, score, info)
	} else {
		s.deviance = p.fam.Score(p.counted(eta, a, w), y, a, score, info)
	}
	if q.start { // regress z = η − offset + score/info, from coefficients 0
		for i := range score {
			score[i] += info[i] * eta[i]
		}
		for i, o := range offset {
			score[i] -= info[i] * o
		}
	}
	for i := range info {
		if a[i] == 0 {
			score[i], info[i] = 0, 0
		}
		info[i] = math.Sqrt(info[i])
	}
	for at := 0; at < hi-lo; at += panelRows {
		end := min(at+panelRows, hi-lo)
		p.pack(lo+at, score[at:end], info[at:end], w, s.gradient)
		addGram(w.panel, s.hessian, padded(len(p.basis.cols)))
	}
}

// counted is η with 0 in rows that count nothing, where it may be so far out
// that 0 times its deviance is no number.
func (p *problem) counted(eta, a []float64, w *workspace) []float64 {
	if !p.idle {
		return eta
	}
	w.eta = append(w.eta[:0], eta...)
	for i, v := range a {
		if v == 0 {
			w.eta[i] = 0
		}
	}
	return w.eta
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

// pack fills the panel with the columns of the basis times root, for the rows
// from lo on, and adds the gradient. Rows that the block lacks are 0.
func (p *problem) pack(lo int, score, root []float64, w *workspace, gradient []float64) {
	b := &p.basis
	n := len(score)
	for k, j := range b.cols {
		x := p.data.column(j)[lo : lo+n]
		to := w.panel[k*panelRows : (k+1)*panelRows]
		if b.t != nil {
			to = w.raw[k*panelRows : (k+1)*panelRows]
		}
		gradient[k] += packColumn(to, x, score, root, b.centre[k], 1/b.scale[k], b.t == nil)
	}
	if b.t != nil {
		transform(w.panel, w.raw, root, b.t, len(b.cols))
	}
}

// packColumn fills to with (x − m)·inverse, times root when weighted, and
// returns its product with the score.
func packColumn(to, x, score, root []float64, m, inverse float64, weighted bool) float64 {
	n := len(x)
	score, root = score[:n], root[:n]
	sum := 0.0
	if weighted {
		out := to[:n]
		for i, v := range x {
			c := (v - m) * inverse
			sum += c * score[i]
			out[i] = c * root[i]
		}
	} else {
		out := to[:n]
		for i, v := range x {
			c := (v - m) * inverse
			sum += c * score[i]
			out[i] = c
		}
	}
	clear(to[n:])
	return sum
}

// transform fills the panel with the columns of raw times T, times root.
func transform(panel, raw, root, t []float64, k int) {
	for j := range k {
		to := panel[j*panelRows : (j+1)*panelRows]
		clear(to)
		for i := 0; i <= j; i++ {
			f := t[i*k+j]
			from := raw[i*panelRows : (i+1)*panelRows]
			for r, v := range from {
				to[r] += f * v
			}
		}
		for r, v := range root {
			to[r] *= v
		}
	}
}

// addGram adds the products of all pairs of the m columns of the panel to the
// upper triangle of h, m a multiple of 4, in tiles of 2×4.
func addGram(panel, h []float64, m int) {
	column := func(j int) []float64 { return panel[j*panelRows : (j+1)*panelRows] }
	for i := 0; i < m; i += 2 {
		a0, a1 := column(i), column(i+1)
		for j := i &^ 3; j < m; j += 4 {
			r := products(a0, a1, column(j), column(j+1), column(j+2), column(j+3))
			top, bottom := h[i*m+j:i*m+j+4], h[(i+1)*m+j:(i+1)*m+j+4]
			for c := range 4 {
				top[c] += r[c]
				bottom[c] += r[4+c]
			}
		}
	}
}

// products returns the scalar products of a0 and of a1 with b0 to b3.
func products(a0, a1, b0, b1, b2, b3 []float64) (r [8]float64) {
	a1, b0, b1, b2, b3 = a1[:len(a0)], b0[:len(a0)], b1[:len(a0)], b2[:len(a0)], b3[:len(a0)]
	var s0, s1, s2, s3, t0, t1, t2, t3 float64
	for i, u := range a0 {
		v := a1[i]
		w := b0[i]
		s0 += u * w
		t0 += v * w
		w = b1[i]
		s1 += u * w
		t1 += v * w
		w = b2[i]
		s2 += u * w
		t2 += v * w
		w = b3[i]
		s3 += u * w
		t3 += v * w
	}
	return [8]float64{s0, s1, s2, s3, t0, t1, t2, t3}
}

// startEta fills η from the responses, moved inside the range of the mean as
// R's families do.
func (p *problem) startEta(lo, hi int, eta []float64) {
	comp := make([]float64, hi-lo)
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
