package infer_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"bidrag/model/infer"
)

func caseNamed(t *testing.T, name string) assumedCase {
	t.Helper()
	for _, c := range readAssumed(t).Cases {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no case %q", name)
	return assumedCase{}
}

// TestSingleRowsAreHC2: with every row its own cluster, CR2 is Σ B x u² x'B/(1 − h).
func TestSingleRowsAreHC2(t *testing.T) {
	c := caseNamed(t, "gaussian, every row a cluster")
	f := c.fit(t)
	got := infer.ClusterRobustCR2(f.rows, f.variance, c.Cluster, f.clusters)
	agree(t, "sandwich's HC2", some(readAssumed(t).HC2), got.Cov, 1e-6, 1e-8)

	i := infer.NewInfluence(f.rows, f.deviance, f.Dispersion)
	scaled := slices.Clone(f.rows.Score)
	for row := range scaled {
		scaled[row] /= math.Sqrt(1 - i.Hat[row])
	}
	agree(t, "by hat values", some(infer.ClusterRobust(f.rows.X, scaled, f.rows.Bread, c.N, c.P, c.Cluster, f.clusters)), got.Cov, 1e-6, 1e-10)
}

// TestAdjustmentOnlyAdds: A'A − I has no negative eigenvalue where variances
// are equal, so no variance of CR2 is below that of CR0 on average over the
// residuals the model expects; with these data on the diagonal itself.
func TestAdjustmentOnlyAdds(t *testing.T) {
	c := caseNamed(t, "gaussian")
	f := c.fit(t)
	cr0 := c.diagonal(infer.ClusterRobust(f.rows.X, f.rows.Score, f.rows.Bread, c.N, c.P, c.Cluster, f.clusters))
	cr2 := infer.ClusterRobustCR2(f.rows, f.variance, c.Cluster, f.clusters)
	for j, v := range c.diagonal(cr2.Cov) {
		if v < cr0[j] || cr2.DF[j] > float64(f.clusters) {
			t.Errorf("coefficient %d: CR2 %g, CR0 %g, %g degrees of freedom of %d clusters", j, v, cr0[j], cr2.DF[j], f.clusters)
		}
	}
}

// TestClustersHaveNoOrder: the numbering of clusters and the order of rows do
// not matter, and a row of weight 0 is not there.
func TestClustersHaveNoOrder(t *testing.T) {
	for _, c := range readAssumed(t).Cases {
		f := c.fit(t)
		want := infer.ClusterRobustCR2(f.rows, f.variance, c.Cluster, f.clusters)
		turned := slices.Clone(c.Cluster)
		for i, g := range turned {
			turned[i] = int32(f.clusters) - g // cluster 0 is empty
		}
		got := infer.ClusterRobustCR2(f.rows, f.variance, turned, f.clusters+1)
		compareNumbers(t, c.Name, want, got)

		with := c
		with.N++
		with.X = nil
		for j := range c.P {
			with.X = append(append(with.X, c.X[j*c.N:(j+1)*c.N]...), 3)
		}
		with.Y, with.Offset = append(slices.Clone(c.Y), 1), append(slices.Clone(c.Offset), 0)
		with.Trials, with.Weights = append(slices.Clone(c.Trials), 1), append(slices.Clone(c.Weights), 0)
		with.Cluster = append(slices.Clone(c.Cluster), 0)
		f = with.fit(t)
		compareNumbers(t, c.Name+", row of weight 0", want, infer.ClusterRobustCR2(f.rows, f.variance, with.Cluster, f.clusters))
	}
}

func compareNumbers(t *testing.T, name string, want, got *infer.BiasReduced) {
	t.Helper()
	for _, v := range [][2][]float64{{want.Cov, got.Cov}, {want.DF, got.DF}} {
		for i, w := range v[0] {
			if math.IsNaN(w) != math.IsNaN(v[1][i]) || math.Abs(w-v[1][i]) > 1e-8*(1e-4+math.Abs(w)) {
				t.Errorf("%s: value %d is %g, was %g", name, i, v[1][i], w)
			}
		}
	}
}

// TestWithoutClusters: for a linear model one step is the exact refit, for
// others here within half a standard error, also without the largest.
func TestWithoutClusters(t *testing.T) {
	for name, tolerance := range map[string]float64{"gaussian": 1e-10, "poisson, offset and weights": 0.5, "logit, an aliased column": 0.5} {
		c := caseNamed(t, name)
		f := c.fit(t)
		step := infer.WithoutClusters(f.rows, f.Beta, c.Cluster, f.clusters)
		var exact []float64
		for g := range f.clusters {
			exact = append(exact, c.fitRows(t, func(i int) bool { return int(c.Cluster[i]) != g }).Beta...)
		}
		for i, v := range exact {
			j := i % c.P
			error := math.Sqrt(f.Cov[j*c.P+j])
			if math.IsNaN(v) != math.IsNaN(step[i]) {
				t.Errorf("%s: value %d is %g, exact %g", name, i, step[i], v)
			} else if math.Abs(step[i]-v) > tolerance*error {
				t.Errorf("%s: coefficient %d without cluster %d: %g, exact %g, of all %g with error %g", name, j, i/c.P, step[i], v, f.Beta[j], error)
			}
		}
	}
	c := caseNamed(t, "gaussian, weights, an effect of every cluster")
	f := c.fit(t)
	if step := infer.WithoutClusters(f.rows, f.Beta, c.Cluster, f.clusters); !math.IsNaN(step[0]) || !math.IsNaN(step[len(step)-1]) {
		t.Errorf("without a cluster its own effect is not determined: %v", step)
	}
}

// TestInflationOfTwoColumns: with two single columns both factors are
// 1/(1 − r²); an aliased coefficient does not count.
func TestInflationOfTwoColumns(t *testing.T) {
	nan := math.NaN()
	v := infer.InflationFactors([]float64{
		9, 1, nan, 2,
		1, 4, nan, 1.2,
		nan, nan, nan, nan,
		2, 1.2, nan, 1,
	}, []int{0, 1, 2, 3})
	want := 1 / (1 - 0.36)
	if len(v) != 2 || v[0].Term != 1 || v[1].Term != 3 || math.Abs(v[0].GVIF-want) > 1e-12 || math.Abs(v[1].GVIF-want) > 1e-12 || math.Abs(v[0].Root-math.Sqrt(want)) > 1e-12 {
		t.Errorf("factors %+v, want %g", v, want)
	}
}

// BenchmarkCR2 is of 20,000 rows with 31 columns, in ten clusters or in two
// thousand.
func BenchmarkCR2(b *testing.B) {
	const n, p = 20000, 31
	for _, clusters := range []int{10, 2000} {
		b.Run(fmt.Sprint(clusters), func(b *testing.B) {
			rows, variance, cluster := randomRows(n, p, clusters)
			for b.Loop() {
				infer.ClusterRobustCR2(rows, variance, cluster, clusters)
			}
		})
	}
}

// randomRows are rows of a logistic model with bread of their own.
func randomRows(n, p, clusters int) (rows infer.Rows, variance []float64, cluster []int32) {
	r := rand.New(rand.NewPCG(7, 8))
	rows = infer.Rows{N: n, P: p, X: make([]float64, n*p), Score: make([]float64, n), Info: make([]float64, n), Bread: make([]float64, p*p)}
	variance, cluster = make([]float64, n), make([]int32, n)
	for i := range rows.X {
		rows.X[i] = r.NormFloat64()
	}
	x := mat.NewDense(n, p, nil)
	for i := range n {
		mu := 1 / (1 + math.Exp(-2*r.NormFloat64()))
		rows.Score[i], rows.Info[i], variance[i] = -mu, mu*(1-mu), mu*(1-mu)
		cluster[i] = int32(i % clusters)
		for j := range p {
			x.Set(i, j, rows.X[j*n+i]*math.Sqrt(rows.Info[i]))
		}
	}
	var gram, bread mat.Dense
	gram.Mul(x.T(), x)
	if err := bread.Inverse(&gram); err != nil {
		panic(err)
	}
	copy(rows.Bread, bread.RawMatrix().Data)
	return rows, variance, cluster
}

// TestExtremeRowsHaveErrors: fitted probabilities next to 0 and 1 give finite
// errors; a row that counts and has no variance gives none.
func TestExtremeRowsHaveErrors(t *testing.T) {
	rows, variance, cluster := randomRows(200, 3, 4)
	for i := range 40 {
		mu := math.Pow(10, -float64(i))
		rows.Score[i], rows.Info[i], variance[i] = -mu, mu, mu
	}
	v := infer.ClusterRobustCR2(rows, variance, cluster, 4)
	for j := range 3 {
		if !(v.Cov[4*j] > 0) || !(v.DF[j] > 0.5 && v.DF[j] <= 4) {
			t.Errorf("coefficient %d: variance %g with %g degrees of freedom", j, v.Cov[4*j], v.DF[j])
		}
	}
	variance[7] = 0
	if infer.ClusterRobustCR2(rows, variance, cluster, 4) != nil {
		t.Error("a row without variance")
	}
	rows.Bread[4] = -1
	if infer.NewInfluence(rows, make([]float64, 200), 1) != nil {
		t.Error("a bread that is no covariance")
	}
}
