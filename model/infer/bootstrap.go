package infer

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"bidrag/model/univariate"
)

// Clusters are rows that are drawn together.
type Clusters struct {
	Of     []int32 // the cluster of each row, from 0
	Number int
}

// Replicates are the answers of a bootstrap.
type Replicates struct {
	Values [][]float64 // by replicate that has an answer, in the order of the draws: one value for each question
	Failed int         // replicates without an answer
	Reason error       // of the first of these; nil when there are none
}

// ErrOneCluster is the error of a bootstrap whose rows are all in one cluster.
var ErrOneCluster = errors.New("all persons are in one cluster, so nothing tells how clusters differ")

// oneCluster is [ErrOneCluster] of one of two groups of rows.
type oneCluster struct{}

func (oneCluster) Error() string {
	return "all persons of one of the two schemes are in one cluster, so nothing tells how its clusters differ"
}

func (oneCluster) Is(err error) bool { return err == ErrOneCluster }

// Compared is an error, [ErrOneCluster], when the rows that are in, or those that
// are not, are all of one cluster. A difference between the two then has no
// error that could be told from clusters: what its one cluster adds to a robust
// variance is zero whatever it is, and every draw has the same rows of it.
//
// Source: MacKinnon and Webb (2018), Econometrics Journal 21, 114–135.
func (c Clusters) Compared(in []bool) error {
	first, several := [2]int32{-1, -1}, [2]bool{}
	for i, g := range c.Of {
		side := 0
		if in[i] {
			side = 1
		}
		if first[side] < 0 {
			first[side] = g
		}
		several[side] = several[side] || g != first[side]
	}
	switch {
	case c.Number < 2:
		return ErrOneCluster
	case !several[0] || !several[1]:
		return oneCluster{}
	}
	return nil
}

// Bootstrap draws clusters with replacement, as many as there are, so many
// times, and asks statistic of every draw. weight[i] is how often the cluster of
// row i was drawn: to weight rows by it is to have copied them. A statistic that
// returns an error has no answer in that draw, which is counted and left out.
//
// statistic is called from up to threads goroutines at once, whose number below
// threads it is told, to keep room to work in; weight must not be kept. Every
// draw has a random sequence of its own, which statistic may use on, so that
// answers do not depend on the number of threads. Every row is a cluster when
// Of is the row's own number.
//
// The error is [ErrOneCluster], or that no draw has an answer.
//
// Source: Davison and Hinkley (1997), Bootstrap Methods and their Application,
// 3.8; Cameron, Gelbach and Miller (2008), Rev. Econ. Stat. 90, 414–427.
func Bootstrap(c Clusters, replicates int, seed uint64, threads int, statistic func(thread int, random *rand.Rand, weight []float64) ([]float64, error)) (*Replicates, error) {
	if c.Number < 2 {
		return nil, ErrOneCluster
	}
	threads = max(1, min(threads, replicates))
	values, failures := make([][]float64, replicates), make([]error, replicates)
	var running sync.WaitGroup
	for t := range threads {
		running.Go(func() {
			weight, drawn := make([]float64, len(c.Of)), make([]float64, c.Number)
			for k := t; k < replicates; k += threads {
				random := stream(seed, k+1)
				clear(drawn)
				for range drawn {
					drawn[random.IntN(c.Number)]++
				}
				for i, g := range c.Of {
					weight[i] = drawn[g]
				}
				values[k], failures[k] = statistic(t, random, weight)
			}
		})
	}
	running.Wait()
	return collect(values, failures)
}

func collect(values [][]float64, failures []error) (*Replicates, error) {
	out := &Replicates{}
	for k, v := range values {
		if failures[k] == nil {
			out.Values = append(out.Values, v)
			continue
		}
		out.Failed++
		if out.Reason == nil {
			out.Reason = failures[k]
		}
	}
	if len(out.Values) == 0 {
		return nil, fmt.Errorf("no draw of the bootstrap has an answer: %w", out.Reason)
	}
	return out, nil
}

// Interval is where the middle share (level) of the answers to question k lies:
// the percentile interval. Answers that are NaN are left out; the ends are NaN
// when there are none.
//
// Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, 13.3.
func (r *Replicates) Interval(k int, level float64) (low, high float64) {
	x := r.of(k)
	if len(x) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(x)
	return univariate.Quantile(x, (1-level)/2), univariate.Quantile(x, (1+level)/2)
}

// StdError is the standard deviation of the answers to question k, NaN with
// fewer than two.
func (r *Replicates) StdError(k int) float64 {
	x := r.of(k)
	if len(x) < 2 {
		return math.NaN()
	}
	_, sd := univariate.MeanSD(x)
	return sd
}

// of is the answers to question k that are numbers.
func (r *Replicates) of(k int) []float64 {
	var x []float64
	for _, v := range r.Values {
		if !math.IsNaN(v[k]) {
			x = append(x, v[k])
		}
	}
	return x
}
