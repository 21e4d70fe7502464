package sparse

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

func (p *pattern) dense() *mat.SymDense {
	h := mat.NewSymDense(p.n, nil)
	for k, v := range p.values {
		i, j := int(p.row[k]), int(p.col[k])
		h.SetSym(i, j, h.At(i, j)+v)
	}
	return h
}

func near(a, b, scale float64) bool { return math.Abs(a-b) <= 1e-9*(scale+math.Abs(b)) }

// failer is what testing.T and rapid.T have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// check compares everything that a Factor computes with dense results.
func check(t failer, p *pattern) {
	t.Helper()
	s := Analyze(p.n, p.row, p.col)
	order := s.Order()
	slices.Sort(order)
	for i, j := range order {
		if int(j) != i {
			t.Fatalf("the order is no permutation")
		}
	}
	checkValues(t, s, p)
}

func checkValues(t failer, s *Symbolic, p *pattern) {
	t.Helper()
	var c mat.Cholesky
	if !c.Factorize(p.dense()) {
		t.Fatalf("the test's matrix is not positive definite")
	}
	f := s.NewFactor()
	for range 2 { // a second time, over the first
		if !f.Factor(p.values) {
			t.Fatalf("not positive definite")
		}
		if got, want := f.LogDet(), c.LogDet(); !near(got, want, 1) {
			t.Fatalf("log determinant %v, want %v", got, want)
		}
		var inverse mat.SymDense
		if err := c.InverseTo(&inverse); err != nil {
			t.Fatalf("%v", err)
		}
		out := make([]float64, len(p.row))
		f.Inverse(out)
		for k, got := range out {
			if want := inverse.At(int(p.row[k]), int(p.col[k])); !near(got, want, 1e-3) {
				t.Fatalf("inverse at (%d, %d) is %v, want %v", p.row[k], p.col[k], got, want)
			}
		}
		b, z, sum := make([]float64, p.n), make([]float64, p.n), 0.0
		noise := rand.New(rand.NewPCG(3, 4))
		for i := range b {
			b[i], z[i] = noise.NormFloat64(), noise.NormFloat64()
			sum += z[i] * z[i]
		}
		var x mat.VecDense
		if err := c.SolveVecTo(&x, mat.NewVecDense(p.n, slices.Clone(b))); err != nil {
			t.Fatalf("%v", err)
		}
		f.Solve(b)
		for i := range b {
			if !near(b[i], x.AtVec(i), 1e-3) {
				t.Fatalf("solution %d is %v, want %v", i, b[i], x.AtVec(i))
			}
		}
		f.HalfSolve(z) // x'Hx = z'z
		v := mat.NewVecDense(p.n, z)
		if got := mat.Inner(v, p.dense(), v); !near(got, sum, 1) {
			t.Fatalf("x'Hx = %v, want %v", got, sum)
		}
	}
}

func TestShapes(t *testing.T) {
	path, star, diagonal, full := newBuilder(200, 1), newBuilder(150, 1), newBuilder(20, 1), newBuilder(300, 1)
	var all []int32
	for i := range int32(300) {
		if i > 0 && i < 200 {
			path.cell(i-1, i)
		}
		if i > 0 && i < 150 {
			star.cell(0, i)
		}
		all = append(all, i)
	}
	full.cell(all...)
	band := newBuilder(150, 1)
	for i := range int32(140) {
		band.cell(i, i+3, i+10)
	}
	for name, p := range map[string]*pattern{
		"one": newBuilder(1, 1).pattern(), "path": path.pattern(), "arrow": star.pattern(),
		"diagonal": diagonal.pattern(), "dense": full.pattern(), "band": band.pattern(),
		"nested": nested(200, 20, 1), "nested slopes": nested(150, 12, 3),
		"crossed": crossed(200, 150, 3, 1), "crossed slopes": crossed(80, 40, 4, 2), "evaluations": evaluations(150, 170),
		"cliques": cliques(4, 100, 20), "tiles": cliques(3, 160, 40), "small cliques": cliques(20, 9, 10),
		"large": cliques(1, 450, 3),
		"wide":  crossed(300, 280, 12, 1),
	} {
		t.Run(name, func(t *testing.T) { check(t, p) })
	}
}

// randomPattern draws a matrix of cells between groups, some apart.
func randomPattern(t *rapid.T) *pattern {
	n := rapid.IntRange(1, 60).Draw(t, "n")
	b := newBuilder(n, rapid.Uint64().Draw(t, "seed"))
	islands := rapid.IntRange(1, 3).Draw(t, "islands")
	most := rapid.IntRange(1, 5).Draw(t, "most")
	for range rapid.IntRange(0, 2*n).Draw(t, "cells") {
		island := b.noise.IntN(islands)
		seen := map[int32]bool{}
		var cell []int32
		for range 1 + b.noise.IntN(most) {
			if i := int32(b.noise.IntN(n)); int(i)%islands == island && !seen[i] {
				seen[i] = true
				cell = append(cell, i)
			}
		}
		b.cell(cell...)
	}
	return b.pattern()
}

func TestRandomPatterns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { check(t, randomPattern(t)) })
}

// TestForgottenPlaces: places that are not kept are found anew.
func TestForgottenPlaces(t *testing.T) {
	for _, p := range []*pattern{crossed(200, 150, 3, 1), crossed(80, 40, 4, 2), evaluations(60, 170), nested(200, 20, 2), cliques(3, 90, 20)} {
		s := Analyze(p.n, p.row, p.col)
		for k := range s.segments {
			s.segments[k].at = -1
		}
		s.at = nil
		checkValues(t, s, p)
	}
}

// TestFill: the pattern of L holds that of the elimination, and a tree has no
// fill but what supernodes add.
func TestFill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := randomPattern(t)
		g := newGraph(p.n, p.row, p.col)
		order := minimumDegree(p.n, g)
		position := inverted(order)
		total := int32(0)
		for _, c := range columnCounts(g, order, position, eliminationTree(g, order, position)) {
			total += c
		}
		if want := fill(p.n, g, order); int(total) != want {
			t.Fatalf("%d numbers by the tree, %d by elimination", total, want)
		}
	})
}

// fill counts the numbers of L by elimination of a dense pattern.
func fill(n int, g *graph, order []int32) int {
	a := make([]bool, n*n)
	for i := range int32(n) {
		for _, j := range g.of(i) {
			a[int(i)*n+int(j)] = true
		}
	}
	done, total := make([]bool, n), 0
	for _, p := range order {
		done[p] = true
		var rest []int
		for i := range n {
			if !done[i] && a[int(p)*n+i] {
				rest = append(rest, i)
			}
		}
		total += 1 + len(rest)
		for _, i := range rest {
			for _, j := range rest {
				a[i*n+j] = i != j
			}
		}
	}
	return total
}

// TestNoFill: trees and nested groups are eliminated from the leaves.
func TestNoFill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 400).Draw(t, "n")
		wide := rapid.IntRange(1, 400).Draw(t, "reach")
		b := newBuilder(n, rapid.Uint64().Draw(t, "seed"))
		for i := 1; i < n; i++ {
			b.cell(int32(i), int32(max(0, i-1-b.noise.IntN(wide))))
		}
		noFill(t, b.pattern())
	})
	for _, columns := range []int{1, 2, 3} {
		noFill(t, nested(3000, 20, columns))
	}
	three := newBuilder(3000+100+5, 1) // the larger groups of a cell follow from the smallest
	for i := range int32(3000) {
		three.cell(i, 3000+i%100, 3100+i%100%5)
	}
	noFill(t, three.pattern())
}

func noFill(t failer, p *pattern) {
	t.Helper()
	g := newGraph(p.n, p.row, p.col)
	order := minimumDegree(p.n, g)
	position := inverted(order)
	total := int32(0)
	for _, c := range columnCounts(g, order, position, eliminationTree(g, order, position)) {
		total += c
	}
	if int(total) != len(p.row) {
		t.Fatalf("%d numbers in L, %d in the lower triangle of H", total, len(p.row))
	}
}

func TestNotPositiveDefinite(t *testing.T) {
	for _, p := range []*pattern{nested(200, 20, 2), crossed(200, 150, 3, 1), newBuilder(3, 1).pattern()} {
		s := Analyze(p.n, p.row, p.col)
		f := s.NewFactor()
		for k := range p.values {
			if p.row[k] != p.col[k] || k%7 != 0 && len(p.values) > 3 {
				continue
			}
			for _, bad := range []float64{-1, 0, math.NaN(), math.Inf(1)} {
				values := slices.Clone(p.values)
				values[k] = bad
				if f.Factor(values) {
					t.Fatalf("positive definite with %v on the diagonal", bad)
				}
			}
		}
		if !f.Factor(p.values) {
			t.Fatal("not positive definite after a failure")
		}
	}
	// [1 1; 1 1] and [1e20 1e20; 1e20 1e20+1] are singular to working precision.
	s := Analyze(2, []int32{0, 1, 1}, []int32{0, 0, 1})
	if f := s.NewFactor(); f.Factor([]float64{1, 1, 1}) || f.Factor([]float64{1e20, 1e20, 1e20 + 1}) {
		t.Error("a singular matrix is positive definite")
	}
}

func TestUseBeforeFactor(t *testing.T) {
	f := Analyze(1, []int32{0}, []int32{0}).NewFactor()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	f.LogDet()
}

// TestConcurrent: factors of one Symbolic do not disturb each other, and the
// bits are the same every time.
func TestConcurrent(t *testing.T) {
	p := evaluations(400, 500)
	results := make([][]float64, 4)
	s := Analyze(p.n, p.row, p.col)
	var wait sync.WaitGroup
	for k := range results {
		wait.Go(func() {
			mine := s
			if k == 0 {
				mine = Analyze(p.n, p.row, p.col)
			}
			f := mine.NewFactor()
			f.Threads = k
			for range 3 {
				out := make([]float64, len(p.row), len(p.row)+p.n+1)
				b := make([]float64, p.n)
				for i := range b {
					b[i] = float64(i % 7)
				}
				f.Factor(p.values)
				f.Inverse(out)
				f.Solve(b)
				results[k] = append(append(out, b...), f.LogDet())
			}
		})
	}
	wait.Wait()
	for k := range results {
		if !slices.Equal(results[k], results[0]) {
			t.Errorf("run %d differs", k)
		}
	}
}

// TestNoAllocation: the work with values allocates nothing per supernode.
func TestNoAllocation(t *testing.T) {
	p := nested(2000, 40, 1)
	f := Analyze(p.n, p.row, p.col).NewFactor()
	out, b := make([]float64, len(p.row)), make([]float64, p.n)
	f.Factor(p.values)
	f.Inverse(out)
	if n := testing.AllocsPerRun(3, func() { f.Factor(p.values); f.Inverse(out); f.Solve(b) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
