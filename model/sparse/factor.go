package sparse

import (
	"fmt"
	"math"

	"bidrag/model/kernel"
)

const (
	narrow  = 8   // columns from which on a supernode is worth the dense kernels
	tile    = 128 // rows and columns of a product that is added to an ancestor
	epsilon = 0x1p-52
)

// A Factor holds the Cholesky factor of one matrix with the pattern of its
// [Symbolic], P H Pᵀ = L Lᵀ. One goroutine at a time may use it; several may use
// several factors of one Symbolic.
type Factor struct {
	Threads int // goroutines that may work on large blocks: one, or two from 2 on. The bits do not depend on it

	s       *Symbolic
	l       []float64 // L, supernode by supernode
	inverse []float64 // H⁻¹ in the places of L; empty until asked for
	ok      bool      // l holds a factor

	diagonal []float64 // of H, in the order of elimination
	x        []float64 // a right-hand side in the order of elimination
	places   []int32   // of a segment
	product  []float64 // tile×tile
	y, w     []float64 // panels of the inverse
}

// NewFactor makes room for the factor of a matrix.
func (s *Symbolic) NewFactor() *Factor {
	return &Factor{
		s: s, l: make([]float64, s.values), diagonal: make([]float64, s.n), x: make([]float64, s.n),
		places: make([]int32, s.largest.below), product: make([]float64, tile*tile),
	}
}

// Factor computes the Cholesky factor of the matrix with the values, in the
// order of the entries that the pattern was given by; values of an entry given
// twice are added. It returns false when the matrix is not positive definite to
// working precision: when a pivot is less than 2⁻⁵² of the diagonal it is what
// remains of, or no number. What needs the factor panics then.
//
// The method is right-looking by supernodes (Ng and Peyton 1993): each is
// factored as a dense block, and its products are subtracted from its ancestors.
func (f *Factor) Factor(values []float64) bool {
	s := f.s
	if len(values) != len(s.place) {
		panic(fmt.Sprintf("sparse: %d values for %d entries", len(values), len(s.place)))
	}
	f.ok = false
	clear(f.l)
	for k, at := range s.place {
		f.l[at] += values[k]
	}
	for k := range s.nodes {
		v := &s.nodes[k]
		for j, at := 0, v.values; j < int(v.width); j, at = j+1, at+int(v.width)+1 {
			f.diagonal[int(v.first)+j] = f.l[at]
		}
	}
	for k := range s.nodes {
		v := &s.nodes[k]
		if !f.factorBlock(v) {
			return false
		}
		segments := s.segmentsOf(k)
		for g := range segments {
			f.update(v, &segments[g])
		}
	}
	f.ok = true
	return true
}

// block returns the values of a supernode.
func (v *supernode) block(l []float64) []float64 { return l[v.values : v.values+v.size()] }

// factorBlock replaces the block of a supernode, from which the products of all
// its descendants have been subtracted, by the columns of L.
func (f *Factor) factorBlock(v *supernode) bool {
	k, b := int(v.width), v.block(f.l)
	diagonal := f.diagonal[v.first : int(v.first)+k]
	if k < narrow {
		if !smallCholesky(b, k, diagonal) {
			return false
		}
		smallSolve(b, k)
		return true
	}
	triangle, panel := kernel.ByRows(b, k, k, k), kernel.ByRows(b[k*k:], int(v.below), k, k)
	if !f.cholesky(triangle) {
		return false
	}
	for j, d := range diagonal {
		if root := b[j*(k+1)]; !(root*root > epsilon*d) {
			return false
		}
	}
	kernel.SolveLower(triangle, panel.T())
	return true
}

// smallCholesky is [kernel.Cholesky] for the first k rows of a block of k
// columns. The diagonal is that of H.
func smallCholesky(b []float64, k int, diagonal []float64) bool {
	for j, d := range diagonal {
		row := b[j*k : j*k+k]
		for i := range j {
			row[i] = (row[i] - smallDot(b[i*k:i*k+i], row)) / b[i*(k+1)]
		}
		pivot := row[j] - smallDot(row[:j], row)
		if !(pivot > epsilon*d) || math.IsInf(pivot, 1) {
			return false
		}
		row[j] = math.Sqrt(pivot)
	}
	return true
}

// smallDot returns u·v for the length of u.
func smallDot(u, v []float64) float64 {
	sum := 0.0
	for i, x := range u {
		sum += x * v[i]
	}
	return sum
}

// smallSolve replaces the rows below the triangle L of a block of k columns by
// the solutions x of L x = row.
func smallSolve(b []float64, k int) {
	if k == 1 {
		scale := 1 / b[0]
		for i := 1; i < len(b); i++ {
			b[i] *= scale
		}
		return
	}
	var scale [narrow]float64
	for j := range k {
		scale[j] = 1 / b[j*(k+1)]
	}
	for at := k * k; at < len(b); at += k {
		row := b[at : at+k]
		for j := range row {
			row[j] = (row[j] - smallDot(b[j*k:j*k+j], row)) * scale[j]
		}
	}
}

// update subtracts the products of a supernode's rows from one ancestor.
func (f *Factor) update(v *supernode, g *segment) {
	k := int(v.width)
	rows := f.l[v.values+k*k+int(g.from)*k : v.values+v.size()]
	t := &f.s.nodes[g.target]
	places := f.s.places(v, g, f.places)
	to, step, columns := t.block(f.l), int(t.width), int(g.to-g.from)
	switch {
	case k == 1:
		addRankOne(to, step, rows, places, columns)
	case k < narrow || len(places) < narrow:
		addSmall(to, step, rows, k, places, columns)
	default:
		f.addTiles(to, step, kernel.ByRows(rows, len(places), k, k), places, columns)
	}
}

// addRankOne subtracts x[i]x[j], for j < columns and j ≤ i, from row places[i]
// and column places[j] of the block.
func addRankOne(to []float64, step int, x []float64, places []int32, columns int) {
	x = x[:len(places)]
	for i, p := range places {
		row, u := to[int(p)*step:], x[i]
		end := min(i+1, columns)
		other := x[:end]
		for j, q := range places[:end] {
			row[q] -= u * other[j]
		}
	}
}

// addSmall is addRankOne for rows of k numbers and their scalar products.
func addSmall(to []float64, step int, rows []float64, k int, places []int32, columns int) {
	if k == 2 {
		addPairs(to, step, rows, places, columns)
		return
	}
	for i, p := range places {
		row, u := to[int(p)*step:], rows[i*k:i*k+k]
		for j, q := range places[:min(i+1, columns)] {
			other := rows[j*k : j*k+k]
			sum := 0.0
			for c, x := range u {
				sum += x * other[c]
			}
			row[q] -= sum
		}
	}
}

// addPairs is addSmall for two columns.
func addPairs(to []float64, step int, rows []float64, places []int32, columns int) {
	for i, p := range places {
		row, u0, u1 := to[int(p)*step:], rows[2*i], rows[2*i+1]
		other := rows[:2*i+2]
		for j, q := range places[:min(i+1, columns)] {
			row[q] -= u0*other[2*j] + u1*other[2*j+1]
		}
	}
}

// addTiles is addSmall by dense products of tiles.
func (f *Factor) addTiles(to []float64, step int, rows kernel.Matrix, places []int32, columns int) {
	k := rows.Cols
	for j := 0; j < columns; j += tile {
		right := min(j+tile, columns)
		for i := j; i < len(places); i += tile {
			low := min(i+tile, len(places))
			width := right - j
			out := f.product[:(low-i)*width]
			clear(out)
			c := kernel.ByRows(out, low-i, width, width)
			kernel.MultiplyAdd(c, 1, rows.Part(i, low, 0, k), rows.Part(j, right, 0, k).T())
			for r, p := range places[i:low] {
				row, from := to[int(p)*step:], out[r*width:]
				from = from[:min(width, i+r+1-j)]
				for c, q := range places[j : j+len(from)] {
					row[q] -= from[c]
				}
			}
		}
	}
}

// LogDet returns the logarithm of the determinant of H.
func (f *Factor) LogDet() float64 {
	f.need()
	sum, product := 0.0, 1.0
	for k := range f.s.nodes {
		v := &f.s.nodes[k]
		for j, at := 0, v.values; j < int(v.width); j, at = j+1, at+int(v.width)+1 {
			product *= f.l[at]
			if product < 1e-120 || product > 1e120 {
				sum += math.Log(product)
				product = 1
			}
		}
	}
	return 2 * (sum + math.Log(product))
}

// need panics when there is no factor.
func (f *Factor) need() {
	if !f.ok {
		panic("sparse: no matrix has been factored")
	}
}
