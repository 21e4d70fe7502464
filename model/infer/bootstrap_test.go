package infer

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// sum of x by the weights of a draw.
func weighted(x, weight []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += v * weight[i]
	}
	return s
}

func drawn(n int) (x []float64, c Clusters) {
	random := rand.New(rand.NewPCG(1, 2))
	const perCluster = 4
	x, c = make([]float64, n), Clusters{make([]int32, n), n / perCluster}
	level := 0.0
	for i := range x {
		if i%perCluster == 0 {
			level = random.NormFloat64()
		}
		c.Of[i] = int32(i / perCluster)
		x[i] = 3 + level + random.NormFloat64()
	}
	return x, c
}

// The bootstrap's error of a mean is √(Σ_g (S_g − S̄)²)/n for clusters of one
// size, which it estimates with a standard error of 1/√(2·replicates) of itself.
func TestBootstrapOfMean(t *testing.T) {
	x, c := drawn(400)
	r, err := Bootstrap(c, 4000, 7, 2, func(_ int, _ *rand.Rand, weight []float64) ([]float64, error) {
		return []float64{weighted(x, weight) / float64(len(x)), 0}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sums := make([]float64, c.Number)
	mean := 0.0
	for i, v := range x {
		sums[c.Of[i]] += v
		mean += v / float64(c.Number)
	}
	square := 0.0
	for _, s := range sums {
		square += (s - mean) * (s - mean)
	}
	want := math.Sqrt(square) / float64(len(x))
	if got := r.StdError(0); math.Abs(got/want-1) > 4/math.Sqrt(8000) {
		t.Errorf("standard error %g, want %g", got, want)
	}
	low, high := r.Interval(0, 0.95)
	if at := mean * float64(c.Number) / float64(len(x)); math.Abs((high-low)/(2*1.96*want)-1) > 0.1 || low > at || high < at {
		t.Errorf("interval %g to %g", low, high)
	}
	if e := r.StdError(1); e != 0 {
		t.Errorf("a constant has the standard error %g", e)
	}
}

// Threads have no effect; draws keep whole clusters and their number.
func TestBootstrapDraws(t *testing.T) {
	x, c := drawn(80)
	run := func(threads int) *Replicates {
		r, err := Bootstrap(c, 50, 3, threads, func(_ int, random *rand.Rand, weight []float64) ([]float64, error) {
			total := 0.0
			for i, w := range weight {
				total += w
				if w != weight[i/4*4] {
					t.Error("a cluster was torn")
				}
			}
			if total != float64(len(x)) {
				t.Errorf("%g rows were drawn", total)
			}
			if random.IntN(5) == 0 {
				return nil, errors.New("no answer")
			}
			return []float64{weighted(x, weight)}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	one, three := run(1), run(3)
	if !slices.EqualFunc(one.Values, three.Values, slices.Equal[[]float64]) || one.Failed != three.Failed {
		t.Error("answers depend on the number of threads")
	}
	if one.Failed == 0 || one.Failed+len(one.Values) != 50 || one.Reason == nil {
		t.Errorf("%d failed of 50 with %d answers", one.Failed, len(one.Values))
	}
}

func TestBootstrapWithoutAnswer(t *testing.T) {
	fail := errors.New("nobody")
	_, err := Bootstrap(Clusters{[]int32{0, 1}, 2}, 5, 1, 1, func(int, *rand.Rand, []float64) ([]float64, error) { return nil, fail })
	if !errors.Is(err, fail) {
		t.Error(err)
	}
	if _, err := Bootstrap(Clusters{[]int32{0, 0}, 1}, 5, 1, 1, nil); !errors.Is(err, ErrOneCluster) {
		t.Error(err)
	}
}

// TestClustersOfTheCompared: a difference has an error when either side is in
// several clusters.
func TestClustersOfTheCompared(t *testing.T) {
	in := []bool{true, true, false, false}
	for _, c := range []struct {
		of   []int32
		want bool
	}{
		{[]int32{0, 1, 0, 1}, true},
		{[]int32{0, 1, 2, 3}, true},
		{[]int32{0, 0, 1, 2}, false}, // those who are in are all of one
		{[]int32{0, 1, 1, 1}, false}, // those who are not
		{[]int32{0, 0, 1, 1}, false},
	} {
		if err := (Clusters{Of: c.of, Number: 4}).Compared(in); (err == nil) != c.want || err != nil && !errors.Is(err, ErrOneCluster) {
			t.Errorf("%v: %v", c.of, err)
		}
	}
	if err := (Clusters{Of: []int32{0, 0, 0, 0}, Number: 1}).Compared(in); err != ErrOneCluster {
		t.Error(err)
	}
}
