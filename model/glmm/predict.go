package glmm

import (
	"math"
	"sync"
	"sync/atomic"

	"bidrag/model/kernel"
)

// A predictor knows how the modes move with the parameters, and gives the
// standard errors of linear predictors: with g the derivative of a row's η by
// the parameters, the modes following, and C their covariance,
//
//	Var η = a' H⁻¹ a + g' C g.
//
// The first part is what the random effects would leave uncertain if the
// parameters were known. A group that is not known has its prior variance.
//
// Source: Kass and Steffey (1989), Journal of the American Statistical
// Association 84, 717–726.
type predictor struct {
	f       *climb
	cov     []float64 // of the free parameters, row by row
	moves   []float64 // by random effect and free parameter: derivative of the mode
	inverse []float64 // entries of H⁻¹
	number  [][]int32 // by place: the group's number in the fit by its number in the data
	theta   []int     // by place: its first parameter
	slot    []int     // by place: its first slot

	lock   sync.Mutex
	others map[int][]float64 // columns of H⁻¹ for pairs that the data do not have
}

// LinearErrors returns the standard errors of the linear predictors of n rows,
// described as for [Estimate.Linear], with the uncertainty of coefficients,
// variance components and modes. Without random effects (group nil) it is the
// error of the fixed part. It is NaN where the model gave no covariance.
func (e *Estimate) LinearErrors(x []float64, n int, z [][]float64, group [][]int32) []float64 {
	out := make([]float64, n)
	if e.fitted.inverse == nil && len(e.fitted.free) > 0 {
		return nans(n)
	}
	pr := e.fitted.newPredictor(group != nil)
	const block = 256
	blocks := (n + block - 1) / block
	var next atomic.Int64
	work := func() {
		r := pr.newRow()
		k := len(r.g)
		g, gc := make([]float64, block*k), make([]float64, block*k) // derivatives by row, and times C
		for b := int(next.Add(1)) - 1; b < blocks; b = int(next.Add(1)) - 1 {
			from, to := b*block, min((b+1)*block, n)
			for i := from; i < to; i++ {
				r.set(x, n, z, group, i)
				copy(g[(i-from)*k:], r.g)
				out[i] = r.known()
			}
			clear(gc)
			if k > 0 {
				kernel.MultiplyAdd(kernel.ByRows(gc, to-from, k, k), 1, kernel.ByRows(g, to-from, k, k), kernel.ByRows(pr.cov, k, k, k))
			}
			for i := from; i < to; i++ {
				at := (i - from) * k
				out[i] = pr.f.p.unit * math.Sqrt(max(0, out[i]+dot(g[at:at+k], gc[at:at+k])))
			}
		}
	}
	var wait sync.WaitGroup
	for range min(pr.f.p.threads(), blocks) {
		wait.Go(work)
	}
	wait.Wait()
	return out
}

func (f *climb) newPredictor(random bool) *predictor {
	p, s, w := f.p, f.p.s, f.w
	pr := &predictor{f: f, others: map[int][]float64{}}
	at, slot := p.k, 0
	for place, q := range s.q {
		pr.theta, pr.slot = append(pr.theta, at), append(pr.slot, slot)
		at += q * (q + 1) / 2
		slot += q
		number := make([]int32, s.groups[place])
		for g, label := range s.label[place] {
			number[label] = int32(g)
		}
		pr.number = append(pr.number, number)
	}
	if k := len(f.free); k > 0 {
		pr.cov = make([]float64, k*k)
		for i := range k {
			for j := range k {
				pr.cov[i*k+j] = f.inverse.At(i, j)
			}
		}
	}
	if random {
		pr.inverse = make([]float64, s.nnz)
		w.newton.Inverse(pr.inverse)
		pr.moves = make([]float64, s.size*len(f.free))
		column := make([]float64, s.size)
		for i, j := range f.free {
			pr.move(j, column)
			for v, d := range column {
				pr.moves[v*len(f.free)+i] = d
			}
		}
	}
	return pr
}

// move fills the derivative of the modes by parameter j: they solve
// A's − u = 0, so du = H⁻¹ (dA's + A' ds), in which ds = −w dη, or −s for log φ.
func (pr *predictor) move(j int, out []float64) {
	p, s, w := pr.f.p, pr.f.p.s, pr.f.w
	clear(out)
	through := w.cellRoom()
	switch {
	case j < p.k:
		x := p.column(j)
		for c := range through {
			for r := s.start[c]; r < s.start[c+1]; r++ {
				through[c] -= w.info[r] * x[r]
			}
		}
	case j == p.k+p.theta:
		for c := range through {
			through[c] = -0.5*w.scores[c] - 0.5*w.infos[c]*w.gather(w.u, c)
		}
	default:
		row, col := pr.element(j)
		z, root := s.z[row], math.Sqrt(w.phi)
		group := s.group[s.place[col]]
		for c := range through {
			d := root
			if z != nil {
				d *= z[c]
			}
			v := s.first[col] + int(group[c])
			out[v] += d * w.scores[c]
			through[c] = -w.infos[c] * d * w.u[v]
		}
	}
	w.spreadCells(through, out)
	w.newton.Solve(out)
}

// element returns the slots of row and column of an element of a T.
func (pr *predictor) element(j int) (row, col int) {
	place := len(pr.theta) - 1
	for pr.theta[place] > j {
		place--
	}
	at := j - pr.theta[place]
	i := 0
	for (i+1)*(i+2)/2 <= at {
		i++
	}
	return pr.slot[place] + i, pr.slot[place] + at - i*(i+1)/2
}

// A row is one row that is predicted.
type row struct {
	pr    *predictor
	x     []float64 // scaled columns
	z     []float64 // by slot: scaled
	a     []float64 // by slot: loading
	group []int32   // by slot; −1 unknown
	full  []float64 // by parameter: derivative of η
	g     []float64 // by free parameter
}

func (pr *predictor) newRow() *row {
	p := pr.f.p
	return &row{
		pr: pr, x: make([]float64, p.k), z: make([]float64, p.s.depth), a: make([]float64, p.s.depth),
		group: make([]int32, p.s.depth), full: make([]float64, p.params), g: make([]float64, len(pr.f.free)),
	}
}

// set takes row i of n.
func (r *row) set(x []float64, n int, z [][]float64, group [][]int32, i int) {
	p, s := r.pr.f.p, r.pr.f.p.s
	c := &p.columns
	one := 0.0
	if c.one >= 0 {
		one = x[c.of[c.one]*n+i] / c.scale[c.one]
	}
	for k, j := range c.of {
		r.x[k] = (x[j*n+i] - one*c.centre[k]) / c.scale[k]
	}
	clear(r.full)
	copy(r.full, r.x)
	for k := range r.group {
		r.group[k], r.a[k] = -1, 0
	}
	if group == nil {
		r.pick()
		return
	}
	root := math.Sqrt(r.pr.f.w.phi)
	for place, q := range s.q {
		t := s.order[place]
		first, theta := r.pr.slot[place], r.pr.theta[place]
		label, m := group[t][i], p.slopes[place].m
		for j := range q {
			r.z[first+j] = 0
			for l := range q {
				v := 1.0
				if z[t] != nil {
					v = z[t][l*n+i]
				}
				r.z[first+j] += v * m[l*q+j]
			}
			if label >= 0 {
				r.group[first+j] = r.pr.number[place][label]
			}
		}
		for l := range q {
			for j := range l + 1 {
				at := theta + l*(l+1)/2 + j
				r.a[first+j] += root * r.pr.f.x[at] * r.z[first+l]
				if label >= 0 {
					r.full[at] = root * r.z[first+l] * r.pr.f.w.u[s.first[first+j]+int(r.group[first+j])]
				}
			}
		}
	}
	if p.fam.HasDispersion() {
		for k, g := range r.group {
			if g >= 0 {
				r.full[p.params-1] += 0.5 * r.a[k] * r.pr.f.w.u[s.first[k]+int(g)]
			}
		}
	}
	r.pick()
	for k, g := range r.group {
		if g >= 0 {
			v := s.first[k] + int(g)
			for i, d := range r.pr.moves[v*len(r.g) : (v+1)*len(r.g)] {
				r.g[i] += r.a[k] * d
			}
		}
	}
}

// pick takes the free parameters.
func (r *row) pick() {
	for i, j := range r.pr.f.free {
		r.g[i] = r.full[j]
	}
}

// known is the variance that is left when the parameters are known, a' H⁻¹ a.
func (r *row) known() float64 {
	sum := 0.0
	for k, a := range r.a {
		if r.group[k] < 0 {
			sum += a * a
			continue
		}
		sum += a * a * r.pr.covariance(k, k, r.group[k], r.group[k])
		for j := k + 1; j < len(r.a); j++ {
			if r.group[j] >= 0 {
				sum += 2 * a * r.a[j] * r.pr.covariance(k, j, r.group[k], r.group[j])
			}
		}
	}
	return sum
}

// covariance of two standardised random effects given the parameters.
func (pr *predictor) covariance(k, j int, g, h int32) float64 {
	s := pr.f.p.s
	if at := s.find(k, j, g, h); at >= 0 {
		return pr.inverse[at]
	}
	pr.lock.Lock()
	defer pr.lock.Unlock()
	v := s.first[k] + int(g)
	column, ok := pr.others[v]
	if !ok {
		const most = 1 << 25 // numbers kept
		if (len(pr.others)+1)*s.size > most {
			clear(pr.others)
		}
		column = make([]float64, s.size)
		column[v] = 1
		pr.f.w.newton.Solve(column)
		pr.others[v] = column
	}
	return column[s.first[j]+int(h)]
}
