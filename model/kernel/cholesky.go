package kernel

import (
	"fmt"
	"math"
)

// smallest is the size of triangles that are no longer halved.
const smallest = 12

// half is where a triangle is halved: a multiple of the tiles' sides.
func half(n int) int { return (n/2 + smallest - 1) / smallest * smallest }

// Cholesky replaces the lower triangle of a symmetric positive definite n×n
// matrix A, row i from a[i*stride] on, by that of its factor L,
//
//	A = L L'
//
// and tells whether it could: it is false, and the triangle spoilt, when a
// pivot is not positive or not finite. What is above the diagonal is neither
// read nor changed. The triangle is halved again and again,
//
//	A₁₁ = L₁₁L₁₁',   L₂₁ = A₂₁L₁₁'⁻¹,   A₂₂ − L₂₁L₂₁' = L₂₂L₂₂'
//
// so that nearly all the work is matrix products.
//
// Source: Gustavson (1997), IBM Journal of Research and Development 41, 737–756.
func Cholesky(a []float64, n, stride int) bool {
	m := ByRows(a, n, n, stride)
	m.check()
	return m.cholesky()
}

func (a Matrix) cholesky() bool {
	n := a.Rows
	if n <= smallest {
		return a.smallCholesky()
	}
	h := half(n)
	top, low, rest := a.Part(0, h, 0, h), a.Part(h, n, 0, h), a.Part(h, n, h, n)
	if !top.cholesky() {
		return false
	}
	solveLower(top, low.T())
	multiply(rest, -1, low, low, true)
	return rest.cholesky()
}

func (a Matrix) smallCholesky() bool {
	for i := range a.Rows {
		row := a.Data[i*a.RowStep:][:i+1]
		for j := range i {
			other := a.Data[j*a.RowStep:][:j+1]
			row[j] = (row[j] - smallDot(row, other[:j])) / other[j]
		}
		pivot := row[i] - smallDot(row, row[:i])
		if !(pivot > 0) || math.IsInf(pivot, 1) {
			return false
		}
		row[i] = math.Sqrt(pivot)
	}
	return true
}

// smallDot returns u·v for the length of v.
func smallDot(u, v []float64) float64 {
	u = u[:len(v)]
	sum := 0.0
	for i, x := range v {
		sum += x * u[i]
	}
	return sum
}

// SolveLower replaces B, n×m, by the solution X of L X = B, where L is a lower
// triangle, n×n, stored by rows, of which nothing above the diagonal is read.
// Right-hand sides that lie by rows are solved as SolveLower(l, b.T()).
func SolveLower(l, b Matrix) {
	if checkTriangle(l, b); b.Cols > 0 {
		solveLower(l, b)
	}
}

// SolveUpper is [SolveLower] for L' X = B.
func SolveUpper(l, b Matrix) {
	if checkTriangle(l, b); b.Cols > 0 {
		solveUpper(l, b)
	}
}

func checkTriangle(l, b Matrix) {
	l.check()
	b.check()
	if l.Rows != l.Cols || l.Rows > 1 && l.ColStep != 1 || b.Rows != l.Rows {
		panic(fmt.Sprintf("kernel: a %d×%d triangle cannot solve for %d×%d", l.Rows, l.Cols, b.Rows, b.Cols))
	}
}

func solveLower(l, b Matrix) {
	n := l.Rows
	if n <= smallest {
		smallSolveLower(l, b)
		return
	}
	h := half(n)
	first, second := b.Part(0, h, 0, b.Cols), b.Part(h, n, 0, b.Cols)
	solveLower(l.Part(0, h, 0, h), first)
	multiplyInto(second, -1, l.Part(h, n, 0, h), first)
	solveLower(l.Part(h, n, h, n), second)
}

func solveUpper(l, b Matrix) {
	n := l.Rows
	if n <= smallest {
		smallSolveUpper(l, b)
		return
	}
	h := half(n)
	first, second := b.Part(0, h, 0, b.Cols), b.Part(h, n, 0, b.Cols)
	solveUpper(l.Part(h, n, h, n), second)
	multiplyInto(first, -1, l.Part(h, n, 0, h).T(), second)
	solveUpper(l.Part(0, h, 0, h), first)
}

// multiplyInto is C += f A B; the product is turned where that puts the numbers
// of C side by side.
func multiplyInto(c Matrix, f float64, a, b Matrix) {
	if c.RowStep == 1 && c.ColStep != 1 {
		multiply(c.T(), f, b.T(), a, false)
		return
	}
	multiply(c, f, a, b.T(), false)
}

func smallSolveLower(l, b Matrix) {
	if b.RowStep == 1 { // every right-hand side is side by side
		k := 0
		for ; k+4 <= b.Cols; k += 4 {
			l.solveFour(b.column(k), b.column(k+1), b.column(k+2), b.column(k+3))
		}
		for ; k < b.Cols; k++ {
			l.solveOne(b.column(k))
		}
		return
	}
	for i := range b.Rows {
		for j := range i {
			b.addRow(i, -l.Data[i*l.RowStep+j*l.ColStep], j)
		}
		b.scaleRow(i, 1/l.Data[i*(l.RowStep+l.ColStep)])
	}
}

// column is column k of a matrix whose columns are side by side.
func (m Matrix) column(k int) []float64 { return m.Data[k*m.ColStep:][:m.Rows] }

// solveOne solves L x = b for one right-hand side.
func (l Matrix) solveOne(x []float64) {
	for i, s := range x {
		row := l.Data[i*l.RowStep:][:i+1]
		for j, f := range row[:i] {
			s -= f * x[j]
		}
		x[i] = s * (1 / row[i])
	}
}

// solveFour is solveOne for four right-hand sides at once, so that no addition waits
// for the one before.
func (l Matrix) solveFour(u, v, w, x []float64) {
	v, w, x = v[:len(u)], w[:len(u)], x[:len(u)]
	for i := range u {
		row := l.Data[i*l.RowStep:][:i+1]
		s, t, y, z := u[i], v[i], w[i], x[i]
		for j, f := range row[:i] {
			s -= f * u[j]
			t -= f * v[j]
			y -= f * w[j]
			z -= f * x[j]
		}
		f := 1 / row[i]
		u[i], v[i], w[i], x[i] = s*f, t*f, y*f, z*f
	}
}

func smallSolveUpper(l, b Matrix) {
	if b.RowStep == 1 {
		for k := range b.Cols {
			x := b.column(k)
			for i := len(x) - 1; i >= 0; i-- {
				row := l.Data[i*l.RowStep:][:i+1]
				f := x[i] * (1 / row[i])
				x[i] = f
				for j, v := range row[:i] {
					x[j] -= f * v
				}
			}
		}
		return
	}
	for i := b.Rows - 1; i >= 0; i-- {
		b.scaleRow(i, 1/l.Data[i*(l.RowStep+l.ColStep)])
		for j := range i {
			b.addRow(j, -l.Data[i*l.RowStep+j*l.ColStep], i)
		}
	}
}

// addRow adds f times row j to row i.
func (m Matrix) addRow(i int, f float64, j int) {
	to, from := m.Data[i*m.RowStep:], m.Data[j*m.RowStep:]
	if m.ColStep == 1 {
		Axpy(to[:m.Cols], f, from[:m.Cols])
		return
	}
	for k := 0; k < m.Cols*m.ColStep; k += m.ColStep {
		to[k] += f * from[k]
	}
}

// scaleRow multiplies row i by f.
func (m Matrix) scaleRow(i int, f float64) {
	to := m.Data[i*m.RowStep:]
	for k := range m.Cols {
		to[k*m.ColStep] *= f
	}
}

// Inverse replaces the lower triangle of a Cholesky factor L, n×n, row i from
// l[i*stride] on, by that of the inverse of the matrix it is the factor of:
//
//	A⁻¹ = M'M,   M = L⁻¹
//
// What is above the diagonal is neither read nor changed.
func Inverse(l []float64, n, stride int) {
	m := ByRows(l, n, n, stride)
	m.check()
	m.invertTriangle()
	m.squareTriangle()
}

// invertTriangle replaces L by L⁻¹, of which the lower left part is −L₂₂⁻¹L₂₁L₁₁⁻¹.
func (a Matrix) invertTriangle() {
	n := a.Rows
	if n <= smallest {
		a.smallInvert()
		return
	}
	h := half(n)
	top, low, rest := a.Part(0, h, 0, h), a.Part(h, n, 0, h), a.Part(h, n, h, n)
	solveUpper(top, low.T()) // X L = B is L' X' = B'
	solveLower(rest, low)
	for i := range low.Rows {
		low.scaleRow(i, -1)
	}
	top.invertTriangle()
	rest.invertTriangle()
}

func (a Matrix) smallInvert() {
	for i := range a.Rows {
		row := a.Data[i*a.RowStep:][:i+1]
		var sum [smallest]float64 // row i of L₂₁ L₁₁⁻¹
		for k, f := range row[:i] {
			for j, v := range a.Data[k*a.RowStep:][:k+1] {
				sum[j] += f * v
			}
		}
		d := 1 / row[i]
		for j := range i {
			row[j] = -d * sum[j]
		}
		row[i] = d
	}
}

// squareTriangle replaces M by the lower triangle of M'M, whose parts are
// M₁₁'M₁₁ + M₂₁'M₂₁, M₂₂'M₂₁ and M₂₂'M₂₂.
func (a Matrix) squareTriangle() {
	n := a.Rows
	if n <= smallest {
		a.smallSquare()
		return
	}
	h := half(n)
	top, low, rest := a.Part(0, h, 0, h), a.Part(h, n, 0, h), a.Part(h, n, h, n)
	top.squareTriangle()
	multiply(top, 1, low.T(), low.T(), true)
	rest.timesTransposed(low)
	rest.squareTriangle()
}

func (a Matrix) smallSquare() {
	for i := range a.Rows { // rows below are those of M still
		var sum [smallest]float64
		for k := i; k < a.Rows; k++ {
			row := a.Data[k*a.RowStep:][:i+1]
			f := row[i]
			for j, v := range row {
				sum[j] += f * v
			}
		}
		copy(a.Data[i*a.RowStep:][:i+1], sum[:])
	}
}

// timesTransposed replaces B, n×m, by M'B, of which the first rows are
// M₁₁'B₁ + M₂₁'B₂ and the others M₂₂'B₂.
func (a Matrix) timesTransposed(b Matrix) {
	n := a.Rows
	if n <= smallest {
		for i := range n {
			b.scaleRow(i, a.Data[i*a.RowStep+i])
			for k := i + 1; k < n; k++ {
				b.addRow(i, a.Data[k*a.RowStep+i], k)
			}
		}
		return
	}
	h := half(n)
	first, second := b.Part(0, h, 0, b.Cols), b.Part(h, n, 0, b.Cols)
	a.Part(0, h, 0, h).timesTransposed(first)
	multiply(first, 1, a.Part(h, n, 0, h).T(), second.T(), false)
	a.Part(h, n, h, n).timesTransposed(second)
}
