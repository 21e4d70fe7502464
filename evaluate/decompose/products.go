package decompose

import (
	"math"

	"bidrag/model/kernel"
)

// products are weighted products of all pairs of the first k columns of W,
//
//	Σᵢ dᵢ vᵢ wᵢwᵢ'   over the rows i of a scheme
//
// with v fixed and d the draw of the bootstrap, which is the same for everyone
// of a cluster. Where clusters are few the sums over each are kept, and a draw
// adds up matrices; where they are many, such as persons, every draw goes over
// the rows.
type products struct {
	people *people
	k      int
	v      []float64   // by row; nil is 1
	parts  [][]float64 // by segment: k×k, upper triangle; nil when each draw goes over the rows

	// whole are the products of everyone. With a v, which is near enough that of
	// a draw to step towards its estimate, they stand for those of a draw that
	// would go over the rows.
	whole [2][]float64
}

const (
	mostParts = 1 << 24 // numbers that the kept sums may take
	panelRows = 128     // rows of a panel that is multiplied at once
)

// newProducts sums the products by cluster, where that is less work than to go
// over the rows.
func newProducts(p *people, k int, v []float64) *products {
	out := &products{people: p, k: k, v: v}
	if size := len(p.segments) * k * k; size > mostParts || 2*len(p.segments) > p.n {
		if v != nil {
			var whole [2][]float64
			out.sum(&whole, make([]float64, k*panelRows), p.ones())
			out.whole = whole
		}
		return out
	}
	panel := make([]float64, k*panelRows)
	for _, s := range p.segments {
		h := make([]float64, k*k)
		out.add(h, panel, s.begin, s.end, p.ones())
		out.parts = append(out.parts, h)
	}
	return out
}

// add adds the products of some rows to h.
func (q *products) add(h, panel []float64, begin, end int, draw []float64) {
	var root [panelRows]float64
	for lo := begin; lo < end; lo += panelRows {
		n := min(panelRows, end-lo)
		for i := range n {
			root[i] = draw[lo+i]
			if q.v != nil {
				root[i] *= q.v[lo+i]
			}
			root[i] = math.Sqrt(root[i])
		}
		for j := range q.k {
			to, from := panel[j*panelRows:], q.people.column(j)[lo:]
			for i := range n {
				to[i] = root[i] * from[i]
			}
		}
		kernel.AddGram(h, q.k, panel, panelRows, n, q.k)
	}
}

// sum fills h with the products of each scheme in a draw, k×k, upper triangles.
func (q *products) sum(h *[2][]float64, panel, draw []float64) {
	for s := range h {
		h[s] = sized(h[s], q.k*q.k)
		clear(h[s])
	}
	if q.whole[0] != nil {
		for s := range h {
			copy(h[s], q.whole[s])
		}
		return
	}
	if q.parts == nil {
		for s := range h {
			q.add(h[s], panel, q.people.begin[s], q.people.begin[s+1], draw)
		}
		return
	}
	for i, s := range q.people.segments {
		if d := draw[s.begin]; d != 0 {
			kernel.Axpy(h[s.scheme], d, q.parts[i])
		}
	}
}

// sized is a slice of n numbers, in the room of x where that is enough.
func sized(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}

// tolerance is the share of a column's squares that columns before it must leave
// for it to have a coefficient of its own.
const tolerance = 1e-9

// A factor is the Cholesky factor of a symmetric positive semidefinite matrix,
// n×n, without the columns that earlier ones explain, whose coefficient is 0.
type factor struct {
	n       int
	l       []float64 // lower triangle, row by row
	aliased []bool
}

// of factors the upper triangle of a, row by row.
func (f *factor) of(a []float64, n int) {
	f.n, f.l = n, sized(f.l, n*n)
	if cap(f.aliased) < n {
		f.aliased = make([]bool, n)
	}
	f.aliased = f.aliased[:n]
	for i := range n {
		row := f.l[i*n : i*n+i+1]
		for j := range i {
			row[j] = 0
			if !f.aliased[j] {
				other := f.l[j*n : j*n+j+1]
				row[j] = (a[j*n+i] - kernel.Dot(row[:j], other[:j])) / other[j]
			}
		}
		left := a[i*n+i] - kernel.Dot(row[:i], row[:i])
		f.aliased[i] = !(left > tolerance*a[i*n+i])
		row[i] = math.Sqrt(max(left, 0))
	}
}

// solve replaces b by the solution of A x = b.
func (f *factor) solve(b []float64) {
	n := f.n
	for i := range n {
		if f.aliased[i] {
			b[i] = 0
			continue
		}
		b[i] = (b[i] - kernel.Dot(f.l[i*n:i*n+i], b[:i])) / f.l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		if f.aliased[i] {
			b[i] = 0
			continue
		}
		b[i] /= f.l[i*n+i]
		kernel.Axpy(b[:i], -b[i], f.l[i*n:i*n+i])
	}
}
