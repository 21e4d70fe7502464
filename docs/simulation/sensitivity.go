package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat"

	"bidrag/data/frame"
	"bidrag/evaluate/sensitivity"
	engine "bidrag/model/fit"
	"bidrag/model/univariate"
)

// A hidden is a population in which persons are drawn to a scheme by something
// observed, x, and by something hidden, z, so many times as strongly (variances
// count), which also matters that much more for the outcome. The scheme is worth
// schemeWorth to everybody.
type hidden struct {
	name  string
	times float64 // how many times as strong as x
}

const schemeWorth = 0.1

var hiddens = []hidden{{"nothing hidden", 0}, {"half as strong", 0.5}, {"as strong", 1}, {"twice as strong", 2}}

// An adjustment is what is told of one population by one replicate.
type adjustment struct {
	plain, adjusted        float64 // the estimate without z, and with something as strong as x
	plainCovers, adjCovers bool
	needed                 float64 // the multiple of x at which the estimate is 0
	neededHolds            bool    // it is at least the true multiple, as the scheme is worth something
}

// draw draws persons, fits the linear model without z, and asks it.
func (h hidden) draw(random *rand.Rand, n int) (adjustment, error) {
	y, d, x := make([]float64, n), make([]float64, n), make([]float64, n)
	root := math.Sqrt(h.times)
	for i := range n {
		x[i] = random.NormFloat64()
		z := random.NormFloat64()
		if 0.4*x[i]+root*0.4*z+random.NormFloat64() > 0 {
			d[i] = 1
		}
		y[i] = schemeWorth*d[i] + 0.05*x[i] + root*0.05*z + 0.4*random.NormFloat64()
	}
	data, err := frame.New(frame.NewNumeric("y", y), frame.NewNumeric("d", d), frame.NewNumeric("x", x))
	if err != nil {
		return adjustment{}, err
	}
	m, err := engine.Fit("y ~ d + x", data, engine.Options{Family: "gaussian", Threads: 1})
	if err != nil {
		return adjustment{}, err
	}
	o, err := sensitivity.NewOmitted(sensitivity.Linear{Beta: m.Beta, Cov: m.Cov, DF: float64(n - 3)}, 1, 0)
	if err != nil {
		return adjustment{}, err
	}
	observed := o.Observed([]int{2})
	a, ok := o.Bound(observed, max(h.times, 1e-9))
	if !ok {
		return adjustment{}, fmt.Errorf("nothing is %v times as strong", h.times)
	}
	low, high := o.Interval()
	k, _ := o.Needed(observed, false)
	return adjustment{o.Estimate, a.Estimate, low <= schemeWorth && schemeWorth <= high, a.Low <= schemeWorth && schemeWorth <= a.High, k, k >= h.times}, nil
}

// hiddenPairs draws matched sets of one person of the scheme and others, as many
// with the outcome as given, in which the scheme is worth nothing and whoever has
// the outcome has odds of being in it that are bias times as high, and tells how
// often the largest p-value at Γ is at most 0.025.
func hiddenPairs(random *rand.Rand, sets, others int, bias, gamma float64) (bool, error) {
	all := make([]sensitivity.Set, sets)
	for i := range all {
		size := 1 + others
		successes := 1 + random.IntN(size-1)
		own := bias * float64(successes) / (bias*float64(successes) + float64(size-successes))
		all[i] = sensitivity.Set{Size: size, Successes: successes, Treated: random.Float64() < own}
	}
	b, err := sensitivity.NewBinary(all)
	if err != nil {
		return false, err
	}
	_, p := b.Bounds(gamma)
	return b.Above && p <= 0.025, nil
}

// runSensitivity simulates and writes the tables.
func runSensitivity(replicates, threads int, seed uint64, w io.Writer) error {
	fmt.Fprintf(w, "#### benchmark\n\n%d replicates of 2000 persons; the scheme is worth %.1f.\n\n", replicates, schemeWorth)
	fmt.Fprintln(w, "| hidden, against x | estimate without it: bias (error) | coverage | with so many times x: bias (error) | coverage | times x needed (median) | at least the truth |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|")
	for _, h := range hiddens {
		answers, failures := make([]adjustment, replicates), make([]error, replicates)
		var running sync.WaitGroup
		for t := range threads {
			running.Go(func() {
				for i := t; i < replicates; i += threads {
					answers[i], failures[i] = h.draw(rand.New(rand.NewPCG(seed, uint64(i))), 2000)
				}
			})
		}
		running.Wait()
		for _, err := range failures {
			if err != nil {
				return err
			}
		}
		h.write(w, answers)
	}
	fmt.Fprintf(w, "\n#### bounds\n\n%d replicates of 200 discordant sets; the scheme is worth nothing; whoever has the outcome has 1.5 times the odds of being in it.\n\n", replicates)
	fmt.Fprintln(w, "| others in a set | p ≤ 0.025 at Γ = 1 | Γ = 1.25 | Γ = 1.5 | Γ = 2 |\n|---|--:|--:|--:|--:|")
	for _, others := range []int{1, 2, 3} {
		fmt.Fprintf(w, "| %d |", others)
		for _, gamma := range []float64{1, 1.25, 1.5, 2} {
			rejected := 0
			for i := range replicates {
				yes, err := hiddenPairs(rand.New(rand.NewPCG(seed, uint64(i))), 200, others, 1.5, gamma)
				if err != nil {
					return err
				}
				if yes {
					rejected++
				}
			}
			fmt.Fprintf(w, " %.1f %% |", 100*float64(rejected)/float64(replicates))
		}
		fmt.Fprintln(w)
	}
	return nil
}

// write tells what the replicates of a population say together.
func (h hidden) write(w io.Writer, answers []adjustment) {
	var plain, adjusted, needed []float64
	var plainCovers, adjCovers, holds float64
	count := func(b bool) float64 {
		if b {
			return 100 / float64(len(answers))
		}
		return 0
	}
	for _, a := range answers {
		plain, adjusted, needed = append(plain, a.plain-schemeWorth), append(adjusted, a.adjusted-schemeWorth), append(needed, a.needed)
		plainCovers += count(a.plainCovers)
		adjCovers += count(a.adjCovers)
		holds += count(a.neededHolds)
	}
	slices.Sort(needed)
	cell := func(x []float64) string {
		mean, sd := stat.MeanStdDev(x, nil)
		return fmt.Sprintf("%+.4f (%.4f)", mean, sd/math.Sqrt(float64(len(x))))
	}
	fmt.Fprintf(w, "| %s | %s | %.1f %% | %s | %.1f %% | %.2f | %.1f %% |\n", h.name, cell(plain), plainCovers, cell(adjusted), adjCovers, univariate.Quantile(needed, 0.5), holds)
}
