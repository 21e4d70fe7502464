package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"

	"gonum.org/v1/gonum/stat"

	"bidrag/data/frame"
	"bidrag/evaluate/match"
)

// confounded is a population in which who is in the scheme and how it goes hang
// together by a number, its square and a 0/1 trait.
type confounded struct {
	clusters, each int // persons in a cluster
	bootstrap      int // replicates of it
}

func (confounded) score(x, w float64) float64 { return logistic(-1.6 + 0.5*x + 0.6*w + 0.35*x*x) }

func (confounded) outcome(in, x, w, cluster float64) float64 {
	return logistic(-0.9 + 0.6*in + 0.5*x + 0.5*w + 0.45*x*x + cluster)
}

// draw makes persons, and adds up the truth for them.
func (p confounded) draw(random *rand.Rand, clusters int, truth *matchTruth) *frame.Frame {
	n := clusters * p.each
	scheme, cluster := make([]int32, n), make([]float64, n)
	columns := map[string][]float64{"x": make([]float64, n), "square": make([]float64, n), "w": make([]float64, n), "y": make([]float64, n)}
	common, lies := 0.0, 0.0
	for i := range n {
		if i%p.each == 0 {
			common, lies = 0.4*random.NormFloat64(), 0.4*random.NormFloat64()
		}
		x, w := lies+math.Sqrt(1-0.16)*random.NormFloat64(), float(random.Float64() < 0.4)
		e := p.score(x, w)
		in := float(random.Float64() < e)
		truth.add(e, p.outcome(1, x, w, common)-p.outcome(0, x, w, common))
		columns["x"][i], columns["square"][i], columns["w"][i] = x, x*x, w
		columns["y"][i] = float(random.Float64() < p.outcome(in, x, w, common))
		scheme[i], cluster[i] = int32(in), float64(i/p.each)
	}
	f, err := frame.New(frame.NewFactor("scheme", []string{"reference", "scheme"}, scheme), frame.NewNumeric("cluster", cluster),
		frame.NewNumeric("x", columns["x"]), frame.NewNumeric("square", columns["square"]), frame.NewNumeric("w", columns["w"]), frame.NewNumeric("y", columns["y"]))
	if err != nil {
		panic(err) // the columns above are of one length
	}
	return f
}

// matchTruth is the mean effect by whom it is on: on the scheme with weights e, on
// everyone with 1, in the overlap with e(1 − e).
type matchTruth struct{ effect, weight [3]float64 }

func (t *matchTruth) add(e, effect float64) {
	if t == nil {
		return
	}
	for k, w := range []float64{e, 1, e * (1 - e)} {
		t.effect[k] += w * effect
		t.weight[k] += w
	}
}

// An estimator is one that is tried.
type estimator struct {
	name          string
	score, adjust string // formulas; "" when it has none
	on            int    // whom the effect is on, an index of matchTruth
	way           any    // match.Nearest or match.Weighting
	plain         bool   // of match.Nearest: without a model of the outcome
}

const rightFormula, wrongFormula = "x + square + w", "x + w"

// estimators are all, with right and wrong models.
func estimators() []estimator {
	nearest, several := match.Nearest{Ratio: 1, Caliper: 0.2}, match.Nearest{Ratio: 2, Replace: true, Caliper: 0.2}
	near := match.Nearest{Ratio: 1, Mahalanobis: true, Caliper: 0.2}
	out := []estimator{}
	for _, score := range []string{rightFormula, wrongFormula} {
		out = append(out, estimator{"nearest", score, "", 0, nearest, true}, estimator{"nearest, 2 with replacement", score, "", 0, several, true},
			estimator{"inverse probability, treated", score, "", 0, match.Weighting{High: 1}, false}, estimator{"overlap weights", score, "", 2, match.Weighting{Kind: match.Overlap}, false})
	}
	for _, score := range []string{rightFormula, wrongFormula} {
		for _, adjust := range []string{rightFormula, wrongFormula} {
			out = append(out, estimator{"nearest, outcome model", score, adjust, 0, nearest, false},
				estimator{"nearest, 2 with replacement, outcome model", score, adjust, 0, several, false},
				estimator{"Mahalanobis, outcome model", score, adjust, 0, near, false},
				estimator{"doubly robust, treated", score, adjust, 0, match.Weighting{Kind: match.DoublyRobust, High: 1}, false},
				estimator{"doubly robust, everyone", score, adjust, 1, match.Weighting{Kind: match.DoublyRobust, All: true, High: 1}, false})
		}
	}
	return out
}

// answer is what an estimator says.
func (e estimator) answer(data *frame.Frame, seed uint64, bootstrap int) (match.Effect, error) {
	adjust := e.adjust
	if adjust == "" {
		adjust = e.score
	}
	c, err := match.New(data, match.Question{Scheme: "scheme", Reference: "reference", Outcome: "y", Covariates: e.score, Adjust: adjust,
		Cluster: "cluster", Replicates: bootstrap, Seed: seed, Threads: 1})
	if err != nil {
		return match.Effect{}, err
	}
	if w, ok := e.way.(match.Weighting); ok {
		a := c.Weighted(context.Background(), []match.Weighting{w})[0]
		return a.Effect, a.Err
	}
	sets, err := c.Nearest(context.Background(), e.way.(match.Nearest))
	switch {
	case err != nil:
		return match.Effect{}, err
	case e.plain:
		return c.Difference(sets)
	}
	return c.Adjusted(sets)
}

// runMatching draws replicates and tells how far each estimator is from the truth
// and how often its interval holds it.
func runMatching(p confounded, replicates, threads int, seed uint64, records *csv.Writer, w io.Writer) error {
	var truth matchTruth
	p.draw(rand.New(rand.NewPCG(seed, 1<<40)), 200000, &truth)
	tried := estimators()
	found, failed := make([][]match.Effect, replicates), make([]error, replicates)
	each(replicates, threads, func(i int) {
		data := p.draw(rand.New(rand.NewPCG(seed, uint64(i))), p.clusters, nil)
		for _, e := range tried {
			a, err := e.answer(data, seed+uint64(i), p.bootstrap)
			if err != nil && failed[i] == nil {
				failed[i] = fmt.Errorf("replicate %d, %s: %w", i, e.name, err)
			}
			found[i] = append(found[i], a)
		}
	})
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	records.Write([]string{"replicate", "estimator", "score", "outcome", "truth", "estimate", "std_error", "low", "high"})
	fmt.Fprintf(w, "%d replicates of %d persons in %d clusters; %d of the bootstrap. The effect in points: %.2f on the scheme, %.2f on everyone, %.2f in the overlap.\n\n",
		replicates, p.clusters*p.each, p.clusters, p.bootstrap, 100*truth.effect[0]/truth.weight[0], 100*truth.effect[1]/truth.weight[1], 100*truth.effect[2]/truth.weight[2])
	fmt.Fprintln(w, "| estimator | score | outcome | bias (error) | sd | mean se | coverage |\n|---|---|---|--:|--:|--:|--:|")
	for k, e := range tried {
		of := truth.effect[e.on] / truth.weight[e.on]
		e.write(w, records, k, of, found)
	}
	fmt.Fprintln(w)
	records.Flush()
	return records.Error()
}

// write is the row of an estimator, and its records.
func (e estimator) write(w io.Writer, records *csv.Writer, k int, truth float64, found [][]match.Effect) {
	rightness := map[string]string{"": "", rightFormula: "right", wrongFormula: "wrong"}
	values, errors, held := make([]float64, len(found)), make([]float64, len(found)), 0.0
	for i, f := range found {
		a := f[k]
		values[i], errors[i] = 100*a.Value, 100*a.StdError
		held += float(a.Low <= truth && truth <= a.High)
		row := []string{strconv.Itoa(i), e.name, rightness[e.score], rightness[e.adjust]}
		for _, v := range []float64{truth, a.Value, a.StdError, a.Low, a.High} {
			row = append(row, fmt.Sprintf("%.9g", v))
		}
		records.Write(row)
	}
	mean, sd := stat.MeanStdDev(values, nil)
	n := float64(len(found))
	fmt.Fprintf(w, "| %s | %s | %s | %+.2f (%.2f) | %.2f | %.2f | %.1f %% |\n", e.name, rightness[e.score], rightness[e.adjust],
		mean-100*truth, sd/math.Sqrt(n), sd, stat.Mean(errors, nil), 100*held/n)
}
