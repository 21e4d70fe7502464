package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestVectorsAgreeWithTheirFormulas(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 71 {
		x, root, score, eta := random(r, n), random(r, n), random(r, n), random(r, n)
		size := 1e-14 * float64(n+1)
		near := func(x, y float64) bool { return math.Abs(x-y) <= size }
		c, eta2, c2 := make([]float64, n), slices.Clone(eta), make([]float64, n)
		Standardize(c, x, eta, 0.3, 1.7, -0.4)
		standardizeGo(c2, x, eta2, 0.3, 1.7, -0.4)
		if !slices.Equal(c, c2) || !slices.EqualFunc(eta, eta2, near) {
			t.Errorf("n=%d: standardized columns differ", n)
		}
		product, product2 := Weigh(c, root, score), weighGo(c2, root, score)
		if !near(product, product2) || !slices.Equal(c, c2) {
			t.Errorf("n=%d: weighed columns differ", n)
		}
		low, high, sum, squares, dot := math.Inf(1), math.Inf(-1), 0.0, 0.0, 0.0
		for i, v := range x {
			low, high, sum, squares, dot = min(low, v), max(high, v), sum+v, squares+(v-2)*(v-2), dot+v*root[i]
		}
		gotLow, gotHigh, gotSum := Extremes(x)
		if gotLow != low || gotHigh != high || !near(gotSum, sum) || !near(Squares(x, 2), 10*squares/10) && math.Abs(Squares(x, 2)-squares) > 1e-14*squares {
			t.Errorf("n=%d: least %g, largest %g, sum %g, squares %g; want %g, %g, %g, %g", n, gotLow, gotHigh, gotSum, Squares(x, 2), low, high, sum, squares)
		}
		if !near(Dot(x, root), dot) || !near(dotGo(x, root), dot) {
			t.Errorf("n=%d: scalar product %g, want %g", n, Dot(x, root), dot)
		}
		sums := slices.Clone(root)
		Axpy(sums, 0.7, x)
		for i, v := range x {
			if !near(sums[i], root[i]+0.7*v) {
				t.Errorf("n=%d: sum %d is %g, want %g", n, i, sums[i], root[i]+0.7*v)
			}
		}
		roots := slices.Clone(x)
		for i := range roots {
			roots[i] *= roots[i]
		}
		if Sqrt(roots); !slices.EqualFunc(roots, x, func(r, x float64) bool { return math.Abs(r-math.Abs(x)) < 1e-15*r }) {
			t.Errorf("n=%d: square roots differ", n)
		}
		for i := range n {
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				y := slices.Clone(x)
				y[i] = bad
				if Finite(y) {
					t.Errorf("n=%d: %g in place %d is missed", n, bad, i)
				}
			}
		}
		if !Finite(x) || n > 0 && !Finite(slices.Repeat([]float64{math.MaxFloat64}, n)) {
			t.Errorf("n=%d: finite numbers are not", n)
		}
	}
}

func TestGramIsTheUpperTriangle(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for k := range 30 {
		for _, n := range []int{0, 1, 3, 4, 17, 64} {
			const rows = 64
			stride := k + 2
			panel := random(r, k*rows)
			h := make([]float64, k*stride)
			for i := range h {
				h[i] = float64(i)
			}
			AddGram(h, stride, panel, rows, n, k)
			for i := range k {
				for j := range stride {
					want := float64(i*stride + j)
					for l := 0; j >= i && j < k && l < n; l++ {
						want += panel[i*rows+l] * panel[j*rows+l]
					}
					if math.Abs(h[i*stride+j]-want) > 1e-11 {
						t.Fatalf("k=%d, n=%d: element %d, %d is %g, want %g", k, n, i, j, h[i*stride+j], want)
					}
				}
			}
		}
	}
}

func BenchmarkGram(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{64, 96, 128, 192, 256} {
		for _, k := range []int{8, 32, 33} {
			panel, h := random(r, k*n), make([]float64, k*k)
			b.Run(fmt.Sprintf("rows=%d/columns=%d", n, k), func(b *testing.B) {
				for b.Loop() {
					AddGram(h, k, panel, n, n, k)
				}
				b.ReportMetric(float64(k*(k+1)*n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "Gflop/s")
			})
		}
	}
}
