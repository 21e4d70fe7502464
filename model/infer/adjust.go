package infer

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

const (
	nullShare    = 1e-10 // 1 − λ below which a direction lies wholly in the cluster, as its own effect does
	gradedRatio  = 1e-3  // variances further apart cost the eigenvectors of a cluster too many digits
	rootAccurate = 1e-14 // of the root by integration

	leastVariance = 1e-30 // of a row, where the largest of its cluster is 1
)

// adjusted returns D = Θ (Θ(I − SS')Θ)^(+½) S of a cluster, see
// [ClusterRobustCR2]; the largest of Θ is 1.
func adjusted(s *mat.Dense, theta []float64) *mat.Dense {
	n, k := s.Dims()
	least := 1.0
	for _, v := range theta {
		least = min(least, v)
	}
	switch {
	case n <= k && least > gradedRatio:
		return adjustedSmall(s, theta)
	case least == 1:
		return adjustedEven(s)
	}
	return adjustedLarge(s, theta, least)
}

// adjustedSmall takes the eigenvectors of the n×n matrix.
func adjustedSmall(s *mat.Dense, theta []float64) *mat.Dense {
	n, _ := s.Dims()
	var within mat.SymDense
	within.SymOuterK(-1, s)
	for i := range n {
		within.SetSym(i, i, 1+within.At(i, i))
	}
	null := 0 // Θ(I − SS')Θ has as many zeros as I − SS'
	shares, _ := eigenSym(&within)
	for null < n && shares[null] < nullShare {
		null++
	}
	for i := range n {
		for j := range i + 1 {
			within.SetSym(i, j, theta[i]*within.At(i, j)*theta[j])
		}
	}
	values, vectors := eigenSym(&within)
	var part, out mat.Dense
	part.Mul(vectors.T(), s)
	for i, v := range values {
		scaleRow(&part, i, inverseRoot(v, i < null))
	}
	out.Mul(vectors, &part)
	for i, v := range theta {
		scaleRow(&out, i, v)
	}
	return &out
}

// adjustedEven is for equal variances: D = S U (I − Λ)^(+½) U'.
func adjustedEven(s *mat.Dense) *mat.Dense {
	rotated, shares, vectors := rotate(s)
	var scaled, out mat.Dense
	scaled.Apply(func(_, j int, v float64) float64 { return v * inverseRoot(shares[j], shares[j] == 0) }, rotated)
	out.Mul(&scaled, vectors.T())
	return &out
}

// adjustedLarge integrates (t² + G)⁻¹S over t.
func adjustedLarge(s *mat.Dense, theta []float64, least float64) *mat.Dense {
	n, k := s.Dims()
	t, shares, vectors := rotate(s)
	b := withoutNull(t, theta, shares)
	smallest := 1.0
	for _, v := range shares {
		if v > 0 {
			smallest = min(smallest, v)
		}
	}
	sum, b0 := mat.NewDense(n, k, nil), mat.NewDense(n, k, nil)
	weighted, solved := mat.NewDense(n, k, nil), mat.NewDense(n, k, nil)
	for _, at := range rootNodes(least * least * smallest) {
		// Q = I − Λ + T' diag(t²/(t²+θ²)) T, and (t² + G)⁻¹ b = b/δ + (ΘT/δ) Q⁻¹ (ΘT/δ)'b, δ = t²+θ²
		for i, v := range theta {
			d := at.square + v*v
			r := math.Sqrt(at.square / d)
			for j := range k {
				solved.Set(i, j, t.At(i, j)*r)
				weighted.Set(i, j, t.At(i, j)*v/d)
				b0.Set(i, j, b.At(i, j)/d)
			}
		}
		var q mat.SymDense
		q.SymOuterK(1, solved.T())
		for j, v := range shares {
			q.SetSym(j, j, q.At(j, j)+v)
		}
		var right mat.Dense
		right.Mul(weighted.T(), b)
		solved.Mul(weighted, solveGraded(&q, &right))
		b0.Add(b0, solved)
		b0.Scale(at.weight, b0)
		sum.Add(sum, b0)
	}
	var out mat.Dense
	out.Mul(sum, vectors.T())
	for i, v := range theta {
		scaleRow(&out, i, v)
	}
	return &out
}

// solveGraded returns Q⁻¹B for a positive definite matrix that may be of very
// different size in different directions; NaN when it is not. Q is overwritten.
func solveGraded(q *mat.SymDense, b *mat.Dense) *mat.Dense {
	k := q.SymmetricDim()
	scale := make([]float64, k)
	for j := range k {
		scale[j] = 1 / math.Sqrt(q.At(j, j))
	}
	for i := range k {
		for j := range i + 1 {
			q.SetSym(i, j, scale[i]*q.At(i, j)*scale[j])
		}
		scaleRow(b, i, scale[i])
	}
	var c mat.Cholesky
	if !c.Factorize(q) {
		b.Apply(func(_, _ int, _ float64) float64 { return math.NaN() }, b)
		return b
	}
	// the error says that digits are lost; there is an answer all the same
	_ = c.SolveTo(b, b)
	for i, v := range scale {
		scaleRow(b, i, v)
	}
	return b
}

// rotate returns T = SU and 1 − λ, where S'S = UΛU'; 1 − λ is 0 in directions
// that lie wholly in the cluster.
func rotate(s *mat.Dense) (t *mat.Dense, shares []float64, vectors *mat.Dense) {
	var gram mat.SymDense
	gram.SymOuterK(1, s.T())
	values, vectors := eigenSym(&gram)
	for j, v := range values {
		values[j] = 1 - v
		if 1-v < nullShare {
			values[j] = 0
		}
	}
	t = new(mat.Dense)
	t.Mul(s, vectors)
	return t, values, vectors
}

// withoutNull is T less its part along the null vectors of Θ(I − TT')Θ, which
// are Θ⁻¹ times the columns of T whose share is 0.
func withoutNull(t *mat.Dense, theta, shares []float64) *mat.Dense {
	n, k := t.Dims()
	var basis []*mat.VecDense
	for j, share := range shares {
		if share > 0 {
			continue
		}
		v := mat.NewVecDense(n, nil)
		for i := range n {
			v.SetVec(i, t.At(i, j)/theta[i])
		}
		v.ScaleVec(1/mat.Norm(v, 2), v)
		for range 2 { // Gram and Schmidt, twice is enough
			for _, u := range basis {
				v.AddScaledVec(v, -mat.Dot(u, v), u)
			}
			v.ScaleVec(1/mat.Norm(v, 2), v)
		}
		basis = append(basis, v)
	}
	b := mat.DenseCopyOf(t)
	for j := range k {
		column := mat.NewVecDense(n, mat.Col(nil, j, t))
		for range 2 {
			for _, u := range basis {
				column.AddScaledVec(column, -mat.Dot(u, column), u)
			}
		}
		b.SetCol(j, column.RawVector().Data)
	}
	return b
}

// A node is a term of G^(−½) ≈ Σ weight (square + G)⁻¹.
type node struct{ square, weight float64 }

// rootNodes are the terms for eigenvalues between m and 1: the midpoint rule
// in u, where t = √m τ, τ = sc(u) and dt = √m √((1 + τ²)(1 + mτ²)) du, sc the
// elliptic function of parameter 1 − m, and u goes from 0 to its period K. The
// upper half of the nodes is by sc(K − u) = 1/(√m sc(u)).
//
// sc is sinh ψ₀ by the arithmetic–geometric mean a_l, b_l of 1 and √(1 − m)
// (c_l half the difference before it):
//
//	ψ_N = 2^N a_N u,   sinh(2ψ_{l−1} − ψ_l) = c_l/a_l sinh ψ_l
//
// Source: Hale, Higham and Trefethen (2008), section 3; Abramowitz and Stegun
// (1964), 16.4 with the imaginary argument of 16.20.
func rootNodes(m float64) []node {
	m = min(m, 0.5)
	count := int(math.Ceil((3 - math.Log(m)) * -math.Log(rootAccurate) / (2 * math.Pi * math.Pi)))
	var mean, half [10]float64
	last := 0
	mean[0] = 1
	for b, square := math.Sqrt(1-m), m; last < 9 && square > 1e-17*mean[last]; last++ { // square is a² − b²
		a := mean[last]
		half[last+1] = square / (2 * (a + b))
		mean[last+1], b = (a+b)/2, math.Sqrt(a*b)
		square = half[last+1] * half[last+1]
	}
	period := math.Pi / 2 / geometricMean(1, math.Sqrt(m))
	nodes := make([]node, count)
	for i := range (count + 1) / 2 {
		psi := math.Ldexp(mean[last]*period*(float64(i)+0.5)/float64(count), last)
		for l := last; l > 0; l-- {
			psi = (psi + math.Asinh(half[l]/mean[l]*math.Sinh(psi))) / 2
		}
		tau := math.Sinh(psi)
		step := 2 * period / (math.Pi * float64(count)) * math.Sqrt((1+tau*tau)*(1+m*tau*tau))
		nodes[i] = node{square: m * tau * tau, weight: step * math.Sqrt(m)}
		nodes[count-1-i] = node{square: 1 / (tau * tau), weight: step / (tau * tau)}
	}
	return nodes
}

// geometricMean is the arithmetic–geometric mean.
func geometricMean(a, b float64) float64 {
	for range 40 {
		a, b = (a+b)/2, math.Sqrt(a*b)
	}
	return a
}

// eigenSym returns eigenvalues, ascending, and eigenvectors; NaN when there are
// none.
func eigenSym(a *mat.SymDense) ([]float64, *mat.Dense) {
	var e mat.EigenSym
	if k := a.SymmetricDim(); !e.Factorize(a, true) {
		return empty(k), mat.NewDense(k, k, empty(k*k))
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	return e.Values(nil), &vectors
}

// inverseRoot is 1/√v, or 0.
func inverseRoot(v float64, null bool) float64 {
	if null || v <= 0 {
		return 0
	}
	return 1 / math.Sqrt(v)
}

func scaleRow(a *mat.Dense, i int, by float64) {
	row := a.RawRowView(i)
	for j := range row {
		row[j] *= by
	}
}
