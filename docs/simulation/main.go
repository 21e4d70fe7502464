// Simulation draws data from mixed models with known parameters, fits them
// with package glmm, and tells how well estimates, standard errors and
// intervals do. README.md has the designs and the results.
//
//	go run ./docs/simulation -out replicates.csv > tables.md
//	go run ./docs/simulation -averages -out averages.csv > averages.md
//	go run ./docs/simulation -decompositions > decompositions.md
//	go run ./docs/simulation -imputation -out imputation.csv > imputation.md
//	go run ./docs/simulation -contributions > contributions.md
//	go run ./docs/simulation -stability > stability.md
//	go run ./docs/simulation -shrunken -replicates 300 > shrunken.md
//
// A replicate is drawn from a generator seeded with -seed and the replicate's
// number, so the numbers do not depend on -threads; only the times do.
package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"bidrag/model/glm"
	"bidrag/model/glmm"
)

func main() {
	replicates := flag.Int("replicates", 1000, "replicates of each design")
	threads := flag.Int("threads", runtime.GOMAXPROCS(0), "replicates fitted at the same time")
	seed := flag.Uint64("seed", 1, "of the random numbers")
	out := flag.String("out", "", "csv `file` for the estimates of every replicate")
	averages := flag.Bool("averages", false, "what models expect, in place of their parameters")
	imputation := flag.Bool("imputation", false, "estimates from data whose gaps are filled")
	decompositions := flag.Bool("decompositions", false, "differences between two schemes, split")
	matching := flag.Bool("matching", false, "effects found by comparing like with like")
	hidden := flag.Bool("sensitivity", false, "how strong something hidden must be, where it is known")
	units := flag.Bool("contributions", false, "contribution indicators of projects whose contribution is known")
	drawn := flag.Bool("shrunken", false, "contribution indicators of the multilevel model, where the contribution is known")
	stability := flag.Bool("stability", false, "funnels, halves and years of projects whose contribution is known")
	flag.Parse()
	if *stability {
		if err := runStability(*replicates, *threads, *seed, os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *drawn {
		if err := runShrinking(shrinkings(), *replicates, *threads, *seed, os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *units {
		if err := runContributions(*replicates, *threads, *seed, os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *hidden {
		if err := runSensitivity(*replicates, *threads, *seed, os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *matching {
		if err := writeTo(*out, os.Stdout, func(records *csv.Writer, w io.Writer) error {
			return runMatching(confounded{clusters: 100, each: 15, bootstrap: 200}, *replicates, *threads, *seed, records, w)
		}); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *decompositions {
		if err := runDecompositions([]splitting{linearSplitting(), logisticSplitting()}, *replicates, *threads, *seed, 300, os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *imputation {
		if err := writeTo(*out, os.Stdout, func(records *csv.Writer, w io.Writer) error {
			return runImputation(*replicates, *threads, *seed, records, w)
		}); err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := run(*averages, *replicates, *threads, *seed, *out, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// writeTo opens the csv file, when one is named, for a simulation.
func writeTo(file string, w io.Writer, simulate func(records *csv.Writer, w io.Writer) error) error {
	if file == "" {
		return simulate(csv.NewWriter(io.Discard), w)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return simulate(csv.NewWriter(f), w)
}

// run simulates the designs and writes their tables to w and, when a file is
// named, all estimates to it.
func run(averages bool, replicates, threads int, seed uint64, file string, w io.Writer) error {
	every := io.Discard
	if file != "" {
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		defer f.Close()
		every = f
	}
	records := csv.NewWriter(every)
	if averages {
		return runAverages([]design{projects("joined", 55), tiny()}, replicates, threads, seed, records, w)
	}
	records.Write([]string{"design", "points", "replicate", "status", "parameter", "truth", "estimate", "low", "high"})
	for _, d := range []design{projects("pairs", 0), projects("joined", 55), tiny()} {
		results := simulate(&d, replicates, threads, seed)
		for k, points := range d.points {
			fits := make([]fit, replicates)
			for i := range fits {
				fits[i] = results[i][k]
				d.record(records, points, i, &fits[i])
			}
			if records.Flush(); records.Error() != nil {
				return records.Error()
			}
			d.write(w, points, fits)
		}
	}
	return nil
}

// A fit is what is kept of one.
type fit struct {
	beta, se  []float64
	sd        []float64 // of the random effects, by term
	low, high []float64 // profile intervals of them; nil where the fit has not converged
	boundary  []bool    // by term
	status    glm.Status
	problem   string  // what went wrong, if something did
	seconds   float64 // of the fit
}

// simulate returns the fits of every replicate, by number of points.
func simulate(d *design, replicates, threads int, seed uint64) [][]fit {
	results := make([][]fit, replicates)
	each(replicates, threads, func(i int) {
		data := d.draw(rand.New(rand.NewPCG(seed, uint64(i))))
		for _, points := range d.points {
			results[i] = append(results[i], fitOne(data, points))
		}
	})
	return results
}

// each does something for every replicate, several at the same time.
func each(replicates, threads int, do func(i int)) {
	next := make(chan int)
	var workers sync.WaitGroup
	for range threads {
		workers.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range replicates {
		next <- i
	}
	close(next)
	workers.Wait()
}

func fitOne(data glmm.Data, points int) fit {
	start := time.Now()
	e, err := glmm.Fit(data, glmm.Options{Quadrature: points, Threads: 1})
	if err != nil {
		return fit{status: glm.NotConverged, problem: err.Error()}
	}
	f := fit{beta: e.Beta, status: e.Status, seconds: time.Since(start).Seconds()}
	if e.Status != glm.Converged {
		f.problem = e.Reason
	}
	for j := range e.Beta {
		f.se = append(f.se, math.Sqrt(e.Cov[j*len(e.Beta)+j]))
	}
	for t, term := range e.Terms {
		f.sd = append(f.sd, math.Sqrt(term.Cov[0]))
		f.boundary = append(f.boundary, term.Boundary[0])
		if e.Status != glm.Converged {
			continue
		}
		low, high, err := e.Profile(glmm.Parameter{Kind: glmm.SD, Term: t}, 0.95)
		if err != nil {
			f.problem = "profile: " + err.Error()
		}
		f.low, f.high = append(f.low, low), append(f.high, high)
	}
	return f
}

// record writes a replicate to the csv file: Wald intervals of coefficients,
// profile intervals of standard deviations.
func (d *design) record(records *csv.Writer, points, replicate int, f *fit) {
	row := func(name string, numbers ...float64) {
		cells := []string{d.name, strconv.Itoa(points), strconv.Itoa(replicate), f.status.String(), name}
		for _, v := range numbers {
			cells = append(cells, fmt.Sprintf("%.9g", v))
		}
		records.Write(cells)
	}
	for j := range f.beta {
		row(d.names[j], d.beta[j], f.beta[j], f.beta[j]-wald*f.se[j], f.beta[j]+wald*f.se[j])
	}
	for t := range f.sd {
		low, high := math.NaN(), math.NaN()
		if f.low != nil {
			low, high = f.low[t], f.high[t]
		}
		row("sd of "+d.levels[t], d.sd[t], f.sd[t], low, high)
	}
}
