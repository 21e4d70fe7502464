package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// random returns n numbers that are about normal.
func random(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// positive returns a positive definite n×n matrix, its rows stride apart, with
// NaN everywhere but in the lower triangle.
func positive(r *rand.Rand, n, stride int) []float64 {
	a := make([]float64, n*stride)
	for i := range a {
		a[i] = math.NaN()
	}
	f := random(r, n*(n+3))
	for i := range n {
		for j := range i + 1 {
			a[i*stride+j] = dotGo(f[i*(n+3):][:n+3], f[j*(n+3):][:n+3])
		}
		a[i*stride+i] += 1
	}
	return a
}

// lowerProduct is the lower triangle of L L', by its definition.
func lowerProduct(l []float64, n, stride int) []float64 {
	out := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			for k := range j + 1 {
				out[i*n+j] += l[i*stride+k] * l[j*stride+k]
			}
		}
	}
	return out
}

var sizes = []int{0, 1, 2, 3, 4, 5, 7, 11, 12, 13, 16, 23, 24, 25, 31, 48, 61, 100, 145, 200}

func TestTileIsTheScalarProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 71 {
		for na := 1; na <= tileA; na++ {
			for nb := 1; nb <= tileB; nb++ {
				a, b := random(r, (na-1)*(n+5)+n), random(r, (nb-1)*(n+2)+n)
				var got, plain [tileA * tileB]float64
				dots(&got, a, n+5, na, b, n+2, nb, n)
				dotsGo(&plain, a, n+5, na, b, n+2, nb, n)
				for i := range na {
					for j := range nb {
						want := 0.0
						for k := range n {
							want += a[i*(n+5)+k] * b[j*(n+2)+k]
						}
						for _, v := range []float64{got[i*tileB+j], plain[i*tileB+j]} {
							if math.Abs(v-want) > 1e-13*float64(n+1) {
								t.Fatalf("n=%d: product %d, %d of %d×%d is %g, want %g", n, i, j, na, nb, v, want)
							}
						}
					}
				}
			}
		}
	}
}

// orders returns an m×n matrix stored by rows and the same stored by columns.
func orders(r *rand.Rand, m, n int) []Matrix {
	x := ByRows(random(r, m*(n+3)), m, n, n+3)
	y := ByRows(make([]float64, n*(m+1)), n, m, m+1).T()
	for i := range m {
		for j := range n {
			*y.at(i, j) = *x.at(i, j)
		}
	}
	return []Matrix{x, y}
}

func (m Matrix) at(i, j int) *float64 { return &m.Data[i*m.RowStep+j*m.ColStep] }

func TestProductsOfMatrices(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, s := range [][3]int{{1, 1, 1}, {3, 4, 5}, {7, 13, 2}, {50, 20, 300}, {150, 400, 9}, {5, 0, 3}, {4, 4, 0}} {
		m, n, k := s[0], s[1], s[2]
		for ai, a := range orders(r, m, k) {
			for bi, b := range orders(r, k, n) {
				for ci, c := range orders(r, m, n) {
					before := ByRows(make([]float64, m*n), m, n, n)
					MultiplyAdd(before, 1, ByRows(eye(m), m, m, m), c)
					MultiplyAdd(c, 0.5, a, b)
					for i := range m {
						for j := range n {
							want := *before.at(i, j)
							for l := range k {
								want += 0.5 * *a.at(i, l) * *b.at(l, j)
							}
							if math.Abs(*c.at(i, j)-want) > 1e-13*float64(k+1) {
								t.Fatalf("%v, orders %d %d %d: element %d, %d is %g, want %g", s, ai, bi, ci, i, j, *c.at(i, j), want)
							}
						}
					}
				}
			}
		}
	}
}

func eye(n int) []float64 {
	x := make([]float64, n*n)
	for i := range n {
		x[i*n+i] = 1
	}
	return x
}

func TestSymmetricUpdateLeavesTheUpperTriangle(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, n := range append(sizes, 500) {
		for _, a := range orders(r, n, 17) {
			c := ByRows(positive(r, n, n+2), n, n, n+2)
			want := ByRows(append([]float64(nil), c.Data...), n, n, n+2)
			SymmetricUpdate(c, a)
			for i := range n {
				for j := range n {
					v := *want.at(i, j)
					for l := range a.Cols {
						v -= *a.at(i, l) * *a.at(j, l)
					}
					if got := *c.at(i, j); j > i && !math.IsNaN(got) || j <= i && math.Abs(got-v) > 1e-12*(1+math.Abs(v)) {
						t.Fatalf("n=%d: element %d, %d is %g, want %g", n, i, j, got, v)
					}
				}
			}
		}
	}
}

func TestCholesky(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, n := range sizes {
		stride := n + n%5
		a := positive(r, n, stride)
		l := append([]float64(nil), a...)
		if !Cholesky(l, n, stride) {
			t.Fatalf("n=%d: no factor", n)
		}
		product := lowerProduct(l, n, stride)
		for i := range n {
			for j := range i + 1 {
				size := math.Sqrt(a[i*stride+i] * a[j*stride+j])
				if math.Abs(product[i*n+j]-a[i*stride+j]) > 1e-14*float64(n+1)*size {
					t.Fatalf("n=%d: L L' at %d, %d is %g, not %g", n, i, j, product[i*n+j], a[i*stride+j])
				}
			}
			for j := i + 1; j < stride; j++ {
				if !math.IsNaN(l[i*stride+j]) {
					t.Fatalf("n=%d: element %d, %d above the diagonal was written", n, i, j)
				}
			}
		}
	}
}

func TestNotPositiveDefinite(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, n := range []int{1, 2, 12, 13, 40, 100} {
		for _, bad := range []float64{-1, 0, math.NaN(), math.Inf(1)} {
			for _, at := range []int{0, n / 2, n - 1} {
				a := positive(r, n, n)
				a[at*n+at] = bad
				if Cholesky(a, n, n) {
					t.Errorf("n=%d: a diagonal element %g in row %d passes", n, bad, at)
				}
			}
		}
	}
}

func TestTriangularSolutions(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for _, n := range sizes {
		stride := n + 1
		a := positive(r, n, stride)
		if !Cholesky(a, n, stride) {
			t.Fatal("no factor")
		}
		l := ByRows(a, n, n, stride)
		for _, m := range []int{0, 1, 5, 33} {
			for _, upper := range []bool{false, true} {
				for order, x := range orders(r, n, m) {
					b := ByRows(make([]float64, n*m), n, m, m)
					for i := range n {
						for j := range m {
							for k := range i + 1 {
								if upper {
									*b.at(k, j) += *l.at(i, k) * *x.at(i, j)
								} else {
									*b.at(i, j) += *l.at(i, k) * *x.at(k, j)
								}
							}
						}
					}
					if order == 1 {
						b = Matrix{append([]float64(nil), x.Data...), n, m, x.RowStep, x.ColStep}.filled(b)
					}
					if upper {
						SolveUpper(l, b)
					} else {
						SolveLower(l, b)
					}
					for i := range n {
						for j := range m {
							if math.Abs(*b.at(i, j)-*x.at(i, j)) > 1e-10 {
								t.Fatalf("n=%d m=%d upper=%v order %d: %g at %d, %d, want %g", n, m, upper, order, *b.at(i, j), i, j, *x.at(i, j))
							}
						}
					}
				}
			}
		}
	}
}

// filled copies the elements of from.
func (m Matrix) filled(from Matrix) Matrix {
	for i := range m.Rows {
		for j := range m.Cols {
			*m.at(i, j) = *from.at(i, j)
		}
	}
	return m
}

func TestInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, n := range sizes {
		stride := n + 2
		a := positive(r, n, stride)
		inverse := append([]float64(nil), a...)
		if !Cholesky(inverse, n, stride) {
			t.Fatal("no factor")
		}
		Inverse(inverse, n, stride)
		full := func(x []float64, i, j int) float64 { return x[max(i, j)*stride+min(i, j)] }
		for i := range n {
			for j := range n {
				sum, want := 0.0, 0.0
				for k := range n {
					sum += full(a, i, k) * full(inverse, k, j)
				}
				if i == j {
					want = 1
				}
				if math.Abs(sum-want) > 1e-9 {
					t.Fatalf("n=%d: A A⁻¹ at %d, %d is %g", n, i, j, sum)
				}
			}
		}
	}
}

func BenchmarkCholesky(b *testing.B) {
	for _, n := range []int{8, 32, 100, 500, 1000, 2000} {
		r := rand.New(rand.NewPCG(8, 8))
		a := positive(r, n, n)
		l := make([]float64, len(a))
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			for b.Loop() {
				copy(l, a)
				Cholesky(l, n, n)
			}
			b.ReportMetric(float64(n)*float64(n)*float64(n)/3*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "Gflop/s")
		})
	}
}

func BenchmarkInverse(b *testing.B) {
	for _, n := range []int{32, 500, 1000} {
		r := rand.New(rand.NewPCG(8, 8))
		a := positive(r, n, n)
		Cholesky(a, n, n)
		l := make([]float64, len(a))
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			for b.Loop() {
				copy(l, a)
				Inverse(l, n, n)
			}
			b.ReportMetric(2./3*float64(n)*float64(n)*float64(n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "Gflop/s")
		})
	}
}

func BenchmarkMultiplyAdd(b *testing.B) {
	for _, n := range []int{8, 32, 100, 500, 1000} {
		r := rand.New(rand.NewPCG(8, 8))
		x, y, c := ByRows(random(r, n*n), n, n, n), ByRows(random(r, n*n), n, n, n), ByRows(random(r, n*n), n, n, n)
		for _, f := range []struct {
			name string
			do   func()
		}{
			{"AB", func() { MultiplyAdd(c, 1e-9, x, y) }},
			{"ABT", func() { MultiplyAdd(c, 1e-9, x, y.T()) }},
		} {
			b.Run(fmt.Sprintf("%s/n=%d", f.name, n), func(b *testing.B) {
				for b.Loop() {
					f.do()
				}
				b.ReportMetric(2*float64(n)*float64(n)*float64(n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "Gflop/s")
			})
		}
	}
}
