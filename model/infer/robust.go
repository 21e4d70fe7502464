package infer

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Rows are the rows of a fitted generalized linear model, as far as standard
// errors and influence are about them. Nothing of it is changed or kept.
type Rows struct {
	N, P  int
	X     []float64 // N×P model matrix, column by column
	Score []float64 // N: derivative of each row's log-likelihood by its linear predictor, times the dispersion; 0 for a row that does not count
	Info  []float64 // N: expected information a μ'²/V(μ) of each row, without the dispersion; 0 for a row that does not count
	Bread []float64 // P×P inverse of X'WX, W the information; NaN in rows and columns of aliased coefficients
}

func (r Rows) check() {
	if len(r.X) != r.N*r.P || len(r.Score) != r.N || len(r.Info) != r.N || len(r.Bread) != r.P*r.P {
		panic(fmt.Sprintf("infer: shapes differ: N=%d P=%d, X %d, score %d, info %d, bread %d", r.N, r.P, len(r.X), len(r.Score), len(r.Info), len(r.Bread)))
	}
}

// A whitened model is least squares with the same coefficients and the same
// standard errors as the last step of the fit: rows √W x, residuals score/√W,
// in coordinates in which the rows are orthonormal.
type whitened struct {
	kept     []int      // the coefficients that are estimated
	root     *mat.Dense // k×k lower triangular L, LL' the bread of the kept
	rows     *mat.Dense // n×k, S = √W X L, so that S'S = I
	residual []float64  // n Pearson residuals, √W-times those of the working response
}

// whiten returns the whitened model, nil when no coefficient is estimated or
// the bread has no Cholesky factor.
func (r Rows) whiten() *whitened {
	r.check()
	w := &whitened{residual: r.pearson()}
	for j := range r.P {
		if !math.IsNaN(r.Bread[j*r.P+j]) {
			w.kept = append(w.kept, j)
		}
	}
	k := len(w.kept)
	if k == 0 || r.N == 0 {
		return nil
	}
	bread := mat.NewSymDense(k, nil)
	x := mat.NewDense(r.N, k, nil)
	for a, i := range w.kept {
		for b, j := range w.kept[:a+1] {
			bread.SetSym(a, b, r.Bread[i*r.P+j])
		}
		for row, v := range r.X[i*r.N : (i+1)*r.N] {
			if r.Info[row] > 0 {
				x.Set(row, a, v*math.Sqrt(r.Info[row]))
			}
		}
	}
	var c mat.Cholesky
	if !c.Factorize(bread) {
		return nil
	}
	var l mat.TriDense
	c.LTo(&l)
	w.root = mat.DenseCopyOf(&l)
	w.rows = mat.NewDense(r.N, k, nil)
	w.rows.Mul(x, w.root)
	return w
}

// pearson is the Pearson residual score/√info of every row, without the
// dispersion.
func (r Rows) pearson() []float64 {
	e := make([]float64, r.N)
	for i, s := range r.Score {
		if r.Info[i] > 0 {
			e[i] = s / math.Sqrt(r.Info[i])
		}
	}
	return e
}

// spread puts a k×k matrix of the kept coefficients into p×p; the rest is NaN.
func (w *whitened) spread(v *mat.Dense, p int) []float64 {
	out := empty(p * p)
	for a, i := range w.kept {
		for b, j := range w.kept {
			out[i*p+j] = v.At(a, b)
		}
	}
	return out
}

// empty is n times NaN.
func empty(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// CR1S is what [ClusterRobust] (CR0) is multiplied with for the correction of
// Stata's regress,
//
//	J (n − 1) / ((J − 1) (n − p))
//
// for n rows that count, J clusters and p estimated coefficients.
//
// Source: Cameron and Miller (2015), J. Human Resources 50, 317–372; type
// "CR1S" of R's clubSandwich.
func CR1S(rows, clusters, rank int) float64 {
	n, j, p := float64(rows), float64(clusters), float64(rank)
	return j * (n - 1) / ((j - 1) * (n - p))
}

// BiasReduced is a cluster-robust covariance of coefficients whose bias is
// removed under the model.
type BiasReduced struct {
	Cov []float64 // p×p; NaN in rows and columns of aliased coefficients
	DF  []float64 // p: degrees of freedom of the t-test of each coefficient; NaN where aliased
}

// ClusterRobustCR2 returns the bias-reduced cluster-robust covariance (CR2)
// and its Satterthwaite degrees of freedom. variance is V(μ)/a of every row,
// its variance under the model without the dispersion (family.Variance by
// weight times trials); cluster is the index of each row's cluster, from 0.
// A nil result means that the bread is no covariance, or that a row that counts
// has no positive variance.
//
// With X̃ the derivatives of the means by the coefficients, Θ the diagonal
// matrix of variances, r = y − μ and M the bread,
//
//	V = M Σ_g X̃_g' Θ_g⁻¹ A_g r_g r_g' A_g' Θ_g⁻¹ X̃_g M
//	A_g = Θ½ (Θ½ (Θ − X̃MX̃')_g Θ½)^(+½) Θ½
//
// where (+½) is the root of the Moore–Penrose inverse, so that V is unbiased
// when Θ is right and no effect is a single cluster's own. Degrees of freedom
// are (Σ P_gg)²/Σ P_gh² where P_gh is the covariance under the model of the
// parts that clusters g and h have in the coefficient.
//
// In orthonormal rows S = Θ⁻½X̃L, LL' = M, the matrix to be inverted is
// Θ(I − SS')Θ, and all that is asked of a cluster is the n_g×p matrix
// D = Θ (Θ(I − SS')Θ)^(+½) S. Where variances are the same in a cluster it is
// by the p×p eigenvectors S'S = UΛU',
//
//	D = S U (I − Λ)^(+½) U'
//
// in small clusters by n_g×n_g eigenvectors, and in large ones by the integral
//
//	G^(−½) = 2/π ∫₀^∞ (t² + G)⁻¹ dt
//
// in which each term is diagonal but for p×p (Woodbury). The substitution
// t = √m sc(u), with elliptic functions, lets a few dozen points do to working
// precision. The time is proportional to n p² and clusters·p³.
//
// Source: Bell and McCaffrey (2002), Survey Methodology 28, 169–181;
// Pustejovsky and Tipton (2018), J. Bus. Econ. Stat. 36, 672–683, with the
// working model that the package clubSandwich takes for glm; Hale, Higham and
// Trefethen (2008), SIAM J. Numer. Anal. 46, 2505–2523, for the integral.
func ClusterRobustCR2(r Rows, variance []float64, cluster []int32, clusters int) *BiasReduced {
	if len(variance) != r.N || len(cluster) != r.N {
		panic(fmt.Sprintf("infer: shapes differ: N=%d, variance %d, cluster %d", r.N, len(variance), len(cluster)))
	}
	w := r.whiten()
	if w == nil {
		return nil
	}
	for i, v := range variance {
		if r.Info[i] > 0 && !(v > 0 && v <= math.MaxFloat64) {
			return nil
		}
	}
	k := len(w.kept)
	moments := newSatterthwaite(k)
	cov := mat.NewDense(k, k, nil)
	for _, members := range membersOf(cluster, clusters, r.Info) {
		if len(members) == 0 {
			continue
		}
		s, e, theta := w.take(members, variance)
		d := adjusted(s, theta)
		var t, ld, f mat.Dense
		ld.Mul(w.root, d.T())
		t.Mul(&ld, mat.NewDense(len(e), 1, e))
		f.Mul(&ld, s)
		cov.RankOne(cov, 1, t.ColView(0), t.ColView(0))
		moments.add(&ld, &f)
	}
	out := &BiasReduced{Cov: w.spread(cov, r.P), DF: empty(r.P)}
	for a, j := range w.kept {
		out.DF[j] = moments.df(a)
	}
	return out
}

// membersOf lists the rows of every cluster that count.
func membersOf(cluster []int32, clusters int, info []float64) [][]int {
	members := make([][]int, clusters)
	for i, g := range cluster {
		if info[i] > 0 {
			members[g] = append(members[g], i)
		}
	}
	return members
}

// take returns orthonormal rows, residuals and variances of a cluster, the
// largest variance 1.
func (w *whitened) take(members []int, variance []float64) (s *mat.Dense, e, theta []float64) {
	s = mat.NewDense(len(members), len(w.kept), nil)
	e, theta = make([]float64, len(members)), make([]float64, len(members))
	largest := 0.0
	for a, i := range members {
		s.SetRow(a, w.rows.RawRowView(i))
		e[a], theta[a] = w.residual[i], variance[i]
		largest = max(largest, variance[i])
	}
	for a := range theta {
		theta[a] = max(theta[a]/largest, leastVariance)
	}
	return s, e, theta
}

// A satterthwaite sums, for each coefficient j, what its degrees of freedom
// need of P_gh = δ_gh q_g − f_g·f_h, without the clusters×clusters matrix:
//
//	Σ_gh P_gh² = Σ_g ((q_g − |f_g|²)² − |f_g|⁴) + ‖Σ_g f_g f_g'‖²
type satterthwaite struct {
	trace, square []float64
	outer         []*mat.SymDense
}

func newSatterthwaite(k int) *satterthwaite {
	s := &satterthwaite{trace: make([]float64, k), square: make([]float64, k), outer: make([]*mat.SymDense, k)}
	for j := range s.outer {
		s.outer[j] = mat.NewSymDense(k, nil)
	}
	return s
}

// add takes a cluster: q_g is the squared length of row j of ld, f_g the row j
// of f.
func (s *satterthwaite) add(ld, f *mat.Dense) {
	for j := range s.trace {
		part := f.RowView(j)
		q, ff := squared(ld.RawRowView(j)), squared(f.RawRowView(j))
		s.trace[j] += q - ff
		s.square[j] += (q-ff)*(q-ff) - ff*ff
		s.outer[j].SymRankOne(s.outer[j], 1, part)
	}
}

func (s *satterthwaite) df(j int) float64 {
	norm := mat.Norm(s.outer[j], 2)
	return s.trace[j] * s.trace[j] / (s.square[j] + norm*norm)
}

func squared(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return sum
}
