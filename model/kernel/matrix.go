package kernel

import (
	"fmt"
	"sync"
)

// A Matrix is a dense matrix or a part of one: element (i, j) is
// Data[i*RowStep + j*ColStep]. One of the steps is usually 1; products and
// solutions are fastest then. Copying a Matrix does not copy its elements.
type Matrix struct {
	Data             []float64
	Rows, Cols       int
	RowStep, ColStep int
}

// ByRows is the matrix stored row by row, row i from data[i*stride] on.
func ByRows(data []float64, rows, cols, stride int) Matrix {
	return Matrix{Data: data, Rows: rows, Cols: cols, RowStep: stride, ColStep: 1}
}

// T is the transposed matrix, of the same elements.
func (m Matrix) T() Matrix {
	return Matrix{Data: m.Data, Rows: m.Cols, Cols: m.Rows, RowStep: m.ColStep, ColStep: m.RowStep}
}

// Part is rows i0 to i1 and columns j0 to j1, the ends left out; of the same
// elements.
func (m Matrix) Part(i0, i1, j0, j1 int) Matrix {
	if i0 < 0 || i1 > m.Rows || i0 > i1 || j0 < 0 || j1 > m.Cols || j0 > j1 {
		panic(fmt.Sprintf("kernel: rows %d to %d and columns %d to %d of a %d×%d matrix", i0, i1, j0, j1, m.Rows, m.Cols))
	}
	part := Matrix{Rows: i1 - i0, Cols: j1 - j0, RowStep: m.RowStep, ColStep: m.ColStep}
	if part.Rows > 0 && part.Cols > 0 {
		part.Data = m.Data[i0*m.RowStep+j0*m.ColStep:]
	}
	return part
}

// check panics when the elements do not fit in Data.
func (m Matrix) check() {
	if m.Rows > 0 && m.Cols > 0 && len(m.Data) <= (m.Rows-1)*m.RowStep+(m.Cols-1)*m.ColStep {
		panic(fmt.Sprintf("kernel: a %d×%d matrix with steps %d and %d does not fit in %d numbers", m.Rows, m.Cols, m.RowStep, m.ColStep, len(m.Data)))
	}
}

// The blocks in which products are made. Within them depth·nearB numbers stay in
// the nearest cache and depth·blockA in the next one; blocks whose numbers are
// not side by side are copied first.
const (
	depth  = 256 // numbers of a scalar product at a time
	blockA = 48 * tileA
	blockB = 96 * tileB
	nearB  = 3 * tileB
)

// MultiplyAdd adds a product to C, m×n, with A m×k and B k×n:
//
//	C += f A B
//
// C must share no element with A or B.
func MultiplyAdd(c Matrix, f float64, a, b Matrix) {
	if a.Rows != c.Rows || b.Cols != c.Cols || a.Cols != b.Rows {
		panic(fmt.Sprintf("kernel: %d×%d is no product of %d×%d and %d×%d", c.Rows, c.Cols, a.Rows, a.Cols, b.Rows, b.Cols))
	}
	multiply(c, f, a, b.T(), false)
}

// SymmetricUpdate subtracts A A' from the lower triangle of C, n×n, with A n×k:
//
//	C −= A A'
//
// What is above the diagonal of C is neither read nor changed.
func SymmetricUpdate(c, a Matrix) {
	if c.Rows != c.Cols || a.Rows != c.Rows {
		panic(fmt.Sprintf("kernel: %d×%d cannot be updated by %d×%d", c.Rows, c.Cols, a.Rows, a.Cols))
	}
	multiply(c, -1, a, a, true)
}

// multiply is C += f A B', of the lower triangle alone when lower.
func multiply(c Matrix, f float64, a, b Matrix, lower bool) {
	c.check()
	a.check()
	b.check()
	var copyA, copyB *scratch
	for l := 0; l < a.Cols; l += depth {
		to := min(l+depth, a.Cols)
		for j := 0; j < b.Rows; j += blockB {
			right := b.Part(j, min(j+blockB, b.Rows), l, to).sideBySide(&copyB, blockB)
			for i := 0; i < a.Rows; i += blockA {
				end := min(i+blockA, a.Rows)
				if lower && end <= j {
					continue
				}
				left := a.Part(i, end, l, to).sideBySide(&copyA, blockA)
				tiles(c.Part(i, end, j, j+right.Rows), f, left, right, i-j, lower)
			}
		}
	}
	copyA.free()
	copyB.free()
}

// tiles is C += f A B' for blocks of rows that are side by side; when lower,
// only of elements (i, j) with j ≤ i + shift.
func tiles(c Matrix, f float64, a, b Matrix, shift int, lower bool) {
	var out [tileA * tileB]float64
	for near := 0; near < b.Rows; near += nearB {
		for i := 0; i < a.Rows; i += tileA {
			na := min(tileA, a.Rows-i)
			last := min(near+nearB, b.Rows)
			if lower {
				last = min(last, i+shift+na)
			}
			for j := near; j < last; j += tileB {
				nb := min(tileB, last-j)
				dots(&out, a.Data[i*a.RowStep:], a.RowStep, na, b.Data[j*b.RowStep:], b.RowStep, nb, a.Cols)
				for r := range na {
					most := nb
					if lower {
						most = min(nb, i+shift+r+1-j)
					}
					if most > 0 {
						addTo(c.Data[(i+r)*c.RowStep+j*c.ColStep:], c.ColStep, f, out[r*tileB:][:most])
					}
				}
			}
		}
	}
}

// addTo adds f times the values to every step-th number of to.
func addTo(to []float64, step int, f float64, values []float64) {
	for j, v := range values {
		to[j*step] += f * v
	}
}

// A scratch is room for a copy of a block.
type scratch struct{ data []float64 }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// free gives the room back; it may be nil.
func (s *scratch) free() {
	if s != nil {
		scratches.Put(s)
	}
}

// sideBySide returns the matrix with the numbers of every row side by side: as
// it is when they are, or else copied to s, which is made when it is nil.
func (m Matrix) sideBySide(s **scratch, rows int) Matrix {
	if m.ColStep == 1 || m.Rows == 0 || m.Cols == 0 {
		return m
	}
	if *s == nil {
		*s = scratches.Get().(*scratch)
	}
	if n := m.Rows * m.Cols; cap((*s).data) < n {
		(*s).data = make([]float64, max(n, min(rows*depth, 4*n)))
	}
	to := ByRows((*s).data[:cap((*s).data)], m.Rows, m.Cols, m.Cols)
	for j := range m.Cols {
		from := m.Data[j*m.ColStep:]
		for i := range m.Rows {
			to.Data[i*to.RowStep+j] = from[i*m.RowStep]
		}
	}
	return to
}
