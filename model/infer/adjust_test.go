package infer

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// orthonormal draws the rows of a cluster: n of 3n orthonormal rows of k
// columns; with own, the last column is the cluster's indicator.
func orthonormal(n, k int, own bool, r *rand.Rand) *mat.Dense {
	x := mat.NewDense(3*n+2*k, k, nil)
	x.Apply(func(i, j int, _ float64) float64 {
		if own && j == k-1 {
			if i < n {
				return 1
			}
			return 0
		}
		return r.NormFloat64()
	}, x)
	var qr mat.QR
	qr.Factorize(x)
	var q mat.Dense
	qr.QTo(&q)
	return mat.DenseCopyOf(q.Slice(0, n, 0, k))
}

func furthest(a, b *mat.Dense) float64 {
	var d mat.Dense
	d.Sub(a, b)
	return max(mat.Max(&d), -mat.Min(&d))
}

// TestThreeWaysToAdjust: eigenvectors of the rows, eigenvectors of the columns
// and the integral are the same matrix, also where directions lie wholly in
// the cluster.
func TestThreeWaysToAdjust(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, own := range []bool{false, true} {
		for _, size := range [][2]int{{1, 4}, {3, 5}, {5, 5}, {12, 4}, {60, 3}, {150, 6}} {
			n, k := size[0], size[1]
			s := orthonormal(n, k, own, r)
			even, uneven := make([]float64, n), make([]float64, n)
			for i := range n {
				even[i], uneven[i] = 1, 0.02+0.98*r.Float64()
			}
			uneven[0] = 1
			small := adjustedSmall(s, even)
			if d := furthest(small, adjustedEven(s)); d > 1e-11 {
				t.Errorf("%d×%d, own %t: by columns off by %g", n, k, own, d)
			}
			if d := furthest(small, adjustedLarge(s, even, 1)); d > 1e-11 {
				t.Errorf("%d×%d, own %t: equal variances by integral off by %g", n, k, own, d)
			}
			least := 1.0
			for _, v := range uneven {
				least = min(least, v)
			}
			if d := furthest(adjustedSmall(s, uneven), adjustedLarge(s, uneven, least)); d > 1e-10 {
				t.Errorf("%d×%d, own %t: by integral off by %g", n, k, own, d)
			}
		}
	}
}

// TestRootsByIntegration: the nodes give 1/√v over all of the range.
func TestRootsByIntegration(t *testing.T) {
	for _, m := range []float64{1, 0.3, 1e-2, 1e-6, 1e-12, 1e-24} {
		nodes := rootNodes(m)
		for _, v := range []float64{m, math.Sqrt(m), math.Pow(m, 0.1), 1} {
			sum := 0.0
			for _, a := range nodes {
				sum += a.weight / (a.square + v)
			}
			if off := math.Abs(sum*math.Sqrt(v) - 1); off > 1e-12 {
				t.Errorf("m=%g: root of %g off by %g with %d nodes", m, v, off, len(nodes))
			}
		}
		if len(nodes) > 100 {
			t.Errorf("m=%g takes %d nodes", m, len(nodes))
		}
	}
}

// TestVariancesFarApart: the condition A (Θ − X̃MX̃') A' = Θ, which makes CR2
// unbiased and is D'(I − SS')D = S'S, holds also where variances differ by
// many orders of size. Where directions lie wholly in the cluster S is less
// its part along the null vectors of Θ(I − SS')Θ.
func TestVariancesFarApart(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, own := range []bool{false, true} {
		for _, n := range []int{6, 40} {
			for _, orders := range []float64{4, 8, 12, 30} {
				s := orthonormal(n, 3, own, r)
				theta := make([]float64, n)
				for i := range theta {
					theta[i] = math.Pow(10, -orders*float64(i)/float64(n-1))
				}
				d := adjusted(s, theta)
				rotated, shares, vectors := rotate(s)
				var b, want, across, got, inner mat.Dense
				b.Mul(withoutNull(rotated, theta, shares), vectors.T())
				want.Mul(b.T(), &b)
				across.Mul(s.T(), d)
				inner.Mul(across.T(), &across)
				got.Mul(d.T(), d)
				got.Sub(&got, &inner)
				if off := furthest(&want, &got); !(off < 1e-9) {
					t.Errorf("%d rows, %g orders, own %t: off by %g", n, orders, own, off)
				}
			}
		}
	}
}
