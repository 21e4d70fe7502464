package impute

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bidrag/data/frame"
	"bidrag/study"
)

// The system with cluster effects eliminated gives the solution, and draws with
// the covariance, of the whole one.
func TestArrow(t *testing.T) {
	const k, groups = 4, 6
	r := rand.New(rand.NewPCG(3, 4))
	w := &arrow{k: k, groups: groups, a: make([]float64, k*k), cross: make([]float64, groups*k), d: make([]float64, groups)}
	whole := make([]float64, (k+groups)*(k+groups))
	for i := range w.cross {
		w.cross[i] = r.NormFloat64()
	}
	for g := range w.d {
		w.d[g] = 3 + r.Float64()
	}
	for i := range k {
		for j := i; j < k; j++ {
			w.a[i*k+j] = r.NormFloat64()
			if i == j {
				w.a[i*k+j] = 25
			}
			whole[i*(k+groups)+j] = w.a[i*k+j]
		}
		for g := range groups {
			whole[i*(k+groups)+k+g] = w.cross[g*k+i]
		}
	}
	for g := range groups {
		whole[(k+g)*(k+groups)+k+g] = w.d[g]
	}
	l, ok := factor(whole, k+groups)
	if !ok || !w.eliminate() {
		t.Fatal("singular")
	}
	right := make([]float64, k+groups)
	for i := range right {
		right[i] = r.NormFloat64()
	}
	want := solve(l, right)
	beta, u := w.solve(right[:k], right[k:])
	for i, v := range append(beta, u...) {
		if math.Abs(v-want[i]) > 1e-12 {
			t.Errorf("solution %d: %g, not %g", i, v, want[i])
		}
	}
	s := &state{random: r}
	cov := inverse(l, k+groups)
	const draws = 40000
	mean := make([]float64, len(cov))
	for range draws {
		beta, u := w.draw(s)
		x := append(beta, u...)
		for i := range x {
			for j := range x {
				mean[i*len(x)+j] += x[i] * x[j] / draws
			}
		}
	}
	for i := range cov {
		if math.Abs(mean[i]-cov[i]) > 0.01 {
			t.Errorf("covariance %d: %g, not %g", i, mean[i], cov[i])
		}
	}
}

// Cluster means: by hand with two clusters, and nothing where clusters do not differ.
func TestClusterMeans(t *testing.T) {
	nan := math.NaN()
	c := &clusters{of: []int32{0, 0, 0, 0, 1, 1, 1, 1, -1}, number: 2}
	x := []float64{1, 2, 3, nan, 7, 8, 9, nan, nan}
	// Mean 5, within 1, between (27 − 1)/3 … : MSB = 3·9 + 3·9 = 54, n₀ = (6 − 18/6)/1 = 3.
	between := (54.0 - 1) / 3
	own, others := c.means(x)
	shrunk := func(sum, n float64) float64 { return between * (sum - 5*n) / (1 + n*between) }
	for i, want := range [][2]float64{{shrunk(6, 3), shrunk(5, 2)}, {shrunk(6, 3), shrunk(4, 2)}, 3: {shrunk(6, 3), shrunk(6, 3)}, 4: {shrunk(24, 3), shrunk(17, 2)}, 8: {0, 0}} {
		if want != [2]float64{} && (math.Abs(own[i]-want[0]) > 1e-12 || math.Abs(others[i]-want[1]) > 1e-12) {
			t.Errorf("person %d: %g and %g, not %v", i, own[i], others[i], want)
		}
	}
	if own, _ := c.means([]float64{1, 2, 3, 2, 1, 2, 3, 2, 9}); own != nil {
		t.Errorf("clusters that are alike have means %v", own)
	}
	if own, _ := c.means([]float64{1, 1, 1, 1, 2, 2, 2, 2, 3}); own != nil {
		t.Errorf("what is the same in a cluster has a mean of its own: %v", own)
	}
}

// A mean of others does not tell a person's own value when other predictors tell
// all clusters apart.
func TestClusterMeansDoNotLeak(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const n = 400
	x, cluster := make([]float64, n), make([]string, n)
	for i := range x {
		g := i % 4
		cluster[i] = fmt.Sprint("c", g)
		x[i] = float64(g) + r.NormFloat64()
		if i%5 == 0 {
			x[i] = math.NaN()
		}
	}
	same := slices.Clone(cluster)
	d, err := frame.New(frame.NewNumeric("x", x), frame.FactorOf("cluster", cluster), frame.FactorOf("same", same))
	if err != nil {
		t.Fatal(err)
	}
	p := Problem{Data: d, Variables: []Variable{{Name: "x", Method: study.GaussianFit}}, Predictors: []string{"same"}, Cluster: "cluster", Level: "mean"}
	out := mustFill(t, p, Options{Imputations: 30, Iterations: 1, Seed: 1})
	total := 0.0
	for k := range out.Columns {
		for i, v := range out.Columns[k][0].Number {
			if math.IsNaN(x[i]) {
				d := v - float64(i%4)
				total += d * d / (30 * n / 5)
			}
		}
	}
	if total < 0.8 || total > 1.25 {
		t.Errorf("filled values spread with variance %g about their clusters, not 1", total)
	}
}

// Filled values differ between clusters as observed ones do, which without
// clusters they do not.
func TestClustersKeepTheirDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const n, places = 4000, 50
	full, x, w, place := make([]float64, n), make([]float64, n), make([]float64, n), make([]int32, n)
	effects := make([]float64, places)
	for k := range effects {
		effects[k] = 0.5 * r.NormFloat64()
	}
	for i := range x {
		k := r.IntN(places)
		place[i], w[i] = int32(k), r.NormFloat64()
		full[i] = effects[k] + 0.5*w[i] + r.NormFloat64()
		if x[i] = full[i]; r.Float64() < 0.5 {
			x[i] = math.NaN()
		}
	}
	names := make([]string, places)
	for k := range names {
		names[k] = fmt.Sprint(k)
	}
	d, err := frame.New(frame.NewNumeric("x", x), frame.NewNumeric("w", w), frame.NewFactor("place", names, place))
	if err != nil {
		t.Fatal(err)
	}
	c := &clusters{of: place, number: places}
	want := c.share(full)
	for _, level := range []string{"", "mean", "intercept"} {
		p := Problem{Data: d, Variables: []Variable{{Name: "x", Method: study.GaussianFit}}, Predictors: []string{"w"}, Level: level}
		if level != "" {
			p.Cluster = "place"
		}
		out := mustFill(t, p, Options{Imputations: 20, Iterations: 3, Seed: 1})
		got := 0.0
		for k := range out.Columns {
			got += c.share(out.Columns[k][0].Number) / 20
		}
		t.Logf("%q: %.3f of the variance is between clusters, %.3f in truth", level, got, want)
		if near := math.Abs(got-want) < 0.15*want; near != (level != "") {
			t.Errorf("%q: %.3f of the variance is between clusters, %.3f in truth", level, got, want)
		}
	}
}

// share is the share of the variance between clusters.
func (c *clusters) share(x []float64) float64 {
	n, sum, total := make([]float64, c.number), make([]float64, c.number), 0.0
	for i, g := range c.of {
		n[g]++
		sum[g] += x[i]
		total += x[i]
	}
	between, within, _ := c.variances(x, n, sum, total/float64(len(x)), float64(len(x)))
	return between / (between + within)
}

// The variance between clusters of a logistic model is drawn from about its
// true value.
func TestVarianceBetweenClusters(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	const n, places = 6000, 60
	x, w, place := make([]float64, n), make([]float64, n), make([]int32, n)
	effects := make([]float64, places)
	for k := range effects {
		effects[k] = 0.8 * r.NormFloat64()
	}
	for i := range x {
		k := r.IntN(places)
		place[i], w[i] = int32(k), r.NormFloat64()
		if r.Float64() < logistic(effects[k]+0.5*w[i]) {
			x[i] = 1
		}
		if i%3 == 0 {
			x[i] = math.NaN()
		}
	}
	names := make([]string, places)
	for k := range names {
		names[k] = fmt.Sprint(k)
	}
	d, err := frame.New(frame.NewNumeric("x", x), frame.NewNumeric("w", w), frame.NewFactor("place", names, place))
	if err != nil {
		t.Fatal(err)
	}
	f := &filling{problem: Problem{Data: d, Variables: []Variable{{Name: "x", Method: study.Logistic}}, Predictors: []string{"w"}, Cluster: "place", Level: "intercept"}, out: &Filled{}}
	if err := f.prepare(); err != nil {
		t.Fatal(err)
	}
	s := newState(f.design)
	s.begin(1, 1)
	m := newCumulative(s, 0, s.predictors(0))
	mean := 0.0
	for range 60 {
		if err := m.fill(s); err != nil {
			t.Fatal(err)
		}
		mean += m.tau2 / 60
	}
	truth := dot(effects, effects) / places
	t.Logf("τ² %.3f, in truth %.3f", mean, truth)
	if mean < 0.8*truth || mean > 1.3*truth {
		t.Errorf("the variance between clusters is %.3f on average, in truth %.3f", mean, truth)
	}
}
