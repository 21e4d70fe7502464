package infer

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Influence is how much single rows weigh in a fitted generalized linear
// model. Every slice has one element a row; a row that does not count has 0,
// and what would be divided by 1 − hat is NaN where hat is 1.
type Influence struct {
	Hat         []float64 // leverage: diagonal of √W X (X'WX)⁻¹ X'√W; their sum is the number of estimated coefficients
	Pearson     []float64 // (y − μ)/√(V(μ)/a)
	Deviance    []float64 // ±√deviance of the row
	StdPearson  []float64 // Pearson/√(φ (1 − hat))
	StdDeviance []float64 // Deviance/√(φ (1 − hat))
	Cook        []float64 // Cook's distance: Pearson²·hat/(φ p (1 − hat)²)
	DFBetas     []float64 // n×P, column by column: change of each coefficient in its standard errors when the row goes; NaN where aliased
}

// NewInfluence returns influence measures to one step from the fit, without
// fitting again. deviance is each row's part of the deviance; dispersion is φ.
//
//	dfbetas_i = (X'WX)⁻¹ √w_i x_i d_i / (1 − h_i) / (σ_i √diag (X'WX)⁻¹)
//	σ_i² = (Σ d² − d_i²/(1 − h_i)) / (n − p − 1)
//
// with d the deviance residuals, as R has it, also for models without a
// dispersion. The dfbetas of a row with hat 1 are 0. A nil result means that
// the bread is no covariance.
//
// Source: Williams (1987), Applied Statistics 36, 181–191; R's
// influence.measures, rstandard and cooks.distance for glm.
func NewInfluence(r Rows, deviance []float64, dispersion float64) *Influence {
	if len(deviance) != r.N {
		panic(fmt.Sprintf("infer: shapes differ: N=%d, deviance %d", r.N, len(deviance)))
	}
	w := r.whiten()
	if w == nil {
		return nil
	}
	n, k := w.rows.Dims()
	f := &Influence{
		Hat: make([]float64, n), Pearson: w.residual, Deviance: make([]float64, n),
		StdPearson: make([]float64, n), StdDeviance: make([]float64, n), Cook: make([]float64, n),
	}
	count, sum := 0.0, 0.0
	for i := range n {
		if r.Info[i] <= 0 {
			continue
		}
		f.Hat[i] = min(squared(w.rows.RawRowView(i)), 1)
		f.Deviance[i] = math.Copysign(math.Sqrt(max(deviance[i], 0)), r.Score[i])
		count++
		sum += deviance[i]
		rest := 1 - f.Hat[i]
		if rest < nullShare {
			f.Hat[i], rest = 1, math.NaN()
		}
		f.StdPearson[i] = f.Pearson[i] / math.Sqrt(dispersion*rest)
		f.StdDeviance[i] = f.Deviance[i] / math.Sqrt(dispersion*rest)
		f.Cook[i] = f.Pearson[i] * f.Pearson[i] * f.Hat[i] / (dispersion * float64(k) * rest * rest)
	}
	f.DFBetas = f.betas(r, w, sum, count-float64(k)-1)
	return f
}

// betas are the dfbetas; sum is the deviance, df the degrees of freedom when
// one row is left out.
func (f *Influence) betas(r Rows, w *whitened, sum, df float64) []float64 {
	out := empty(r.N * r.P)
	var change mat.Dense
	change.Mul(w.rows, w.root.T()) // row i is ((X'WX)⁻¹ √w_i x_i)'
	for i, d := range f.Deviance {
		rest := 1 - f.Hat[i]
		residual, left := d/rest, sum-d*d/rest
		if rest == 0 {
			residual, left = 0, sum
		}
		sigma := math.Sqrt(left / df)
		for a, j := range w.kept {
			out[j*r.N+i] = change.At(i, a) * residual / (sigma * math.Sqrt(r.Bread[j*r.P+j]))
		}
	}
	return out
}

// WithoutClusters approximates the coefficients of the fits that leave out one
// cluster each, by one Fisher scoring step from beta,
//
//	β_(g) = β − (X'WX − X_g'W_gX_g)⁻¹ Σ_{i in g} x_i u_i
//
// clusters×P, row by row. A row is NaN where the others do not determine the
// coefficients, and NaN in aliased ones. For a linear model it is exact.
// cluster is the index of each row's cluster, from 0.
//
// Source: Pregibon (1981), Annals of Statistics 9, 705–724, for sets of rows.
func WithoutClusters(r Rows, beta []float64, cluster []int32, clusters int) []float64 {
	if len(beta) != r.P || len(cluster) != r.N {
		panic(fmt.Sprintf("infer: shapes differ: N=%d P=%d, beta %d, cluster %d", r.N, r.P, len(beta), len(cluster)))
	}
	out := empty(clusters * r.P)
	w := r.whiten()
	if w == nil {
		return out
	}
	k := len(w.kept)
	for g, members := range membersOf(cluster, clusters, r.Info) {
		rest := mat.NewSymDense(k, nil)
		score := mat.NewVecDense(k, nil)
		for _, i := range members {
			row := w.rows.RowView(i)
			rest.SymRankOne(rest, -1, row)
			score.AddScaledVec(score, w.residual[i], row)
		}
		for a := range k {
			rest.SetSym(a, a, 1+rest.At(a, a))
		}
		values, vectors := eigenSym(rest)
		if values[0] < nullShare {
			continue
		}
		var along, step mat.VecDense
		along.MulVec(vectors.T(), score)
		for a, v := range values {
			along.SetVec(a, along.AtVec(a)/v)
		}
		step.MulVec(vectors, &along)
		step.MulVec(w.root, &step)
		for a, j := range w.kept {
			out[g*r.P+j] = beta[j] - step.AtVec(a)
		}
	}
	return out
}
