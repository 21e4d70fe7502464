package sparse

import (
	"sync"

	"bidrag/model/kernel"
)

// large is the size of triangles from which on two threads share the work. The
// work is cut in the same way for one thread, so the bits are the same.
const large = 400

// both runs a and b, at the same time when there are threads for it.
func (f *Factor) both(a, b func()) {
	if f.Threads < 2 {
		a()
		b()
		return
	}
	var wait sync.WaitGroup
	wait.Go(a)
	b()
	wait.Wait()
}

// half is about n/2, a multiple of the sides of the kernels' tiles.
func half(n int) int { return (n/2 + 11) / 12 * 12 }

// cholesky is [kernel.Cholesky] for a k×k triangle. A large one is halved:
//
//	A₁₁ = L₁₁L₁₁ᵀ,   L₂₁ = A₂₁L₁₁⁻ᵀ,   A₂₂ − L₂₁L₂₁ᵀ = L₂₂L₂₂ᵀ
func (f *Factor) cholesky(a kernel.Matrix) bool {
	n := a.Rows
	if n < large {
		return kernel.Cholesky(a.Data, n, a.RowStep)
	}
	h := half(n)
	top, low, rest := a.Part(0, h, 0, h), a.Part(h, n, 0, h), a.Part(h, n, h, n)
	if !f.cholesky(top) {
		return false
	}
	f.solveRows(kernel.SolveLower, top, low)
	m := n - h
	q := m * 17 / 24 // √½: above and below are equal shares of the triangle
	above, below := low.Part(0, q, 0, h), low.Part(q, m, 0, h)
	f.both(func() {
		kernel.SymmetricUpdate(rest.Part(0, q, 0, q), above)
	}, func() {
		kernel.MultiplyAdd(rest.Part(q, m, 0, q), -1, below, above.T())
		kernel.SymmetricUpdate(rest.Part(q, m, q, m), below)
	})
	return f.cholesky(rest)
}

// solveRows replaces the rows of b by solutions for the triangle l.
func (f *Factor) solveRows(solve func(l, b kernel.Matrix), l, b kernel.Matrix) {
	h := half(b.Rows)
	f.both(func() {
		solve(l, b.Part(0, h, 0, b.Cols).T())
	}, func() {
		solve(l, b.Part(h, b.Rows, 0, b.Cols).T())
	})
}

// invert is [kernel.Inverse] for a k×k triangle. A large one is halved, as
// [Factor.Inverse] says for a supernode and its ancestors. It writes above the
// diagonal too.
func (f *Factor) invert(a kernel.Matrix) {
	n := a.Rows
	if n < large {
		kernel.Inverse(a.Data, n, a.RowStep)
		return
	}
	h := half(n)
	m := n - h
	top, y, rest := a.Part(0, h, 0, h), a.Part(h, n, 0, h), a.Part(h, n, h, n)
	f.solveRows(kernel.SolveUpper, top, y)
	f.both(func() {
		kernel.Inverse(top.Data, h, a.RowStep)
	}, func() {
		kernel.Inverse(rest.Data, m, a.RowStep)
		mirror(rest)
	})
	clear(f.w[:m*h])
	w, q := kernel.ByRows(f.w, m, h, h), half(m)
	f.both(func() {
		kernel.MultiplyAdd(w.Part(0, q, 0, h), -1, rest.Part(0, q, 0, m), y)
	}, func() {
		kernel.MultiplyAdd(w.Part(q, m, 0, h), -1, rest.Part(q, m, 0, m), y)
	})
	subtract := func(strips ...int) func() {
		return func() {
			for _, s := range strips {
				from, to := s*h/8, (s+1)*h/8
				kernel.MultiplyAdd(top.Part(from, to, 0, to), -1, y.Part(0, m, from, to).T(), w.Part(0, m, 0, to))
			}
		}
	}
	f.both(subtract(0, 3, 4, 7), subtract(1, 2, 5, 6))
	for i := range m {
		copy(y.Data[i*y.RowStep:][:h], f.w[i*h:])
	}
}

// mirror copies the lower triangle to the upper.
func mirror(a kernel.Matrix) {
	for i := range a.Rows {
		for j, v := range a.Data[i*a.RowStep:][:i] {
			a.Data[j*a.RowStep+i] = v
		}
	}
}
