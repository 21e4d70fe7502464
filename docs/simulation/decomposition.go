package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/stat"

	"bidrag/evaluate/decompose"
	"bidrag/model/infer"
)

// A splitting is a population of two schemes whose difference is split.
type splitting struct {
	name     string
	clusters int
	each     int // persons in a cluster

	// chance is the probability that a person attains the goal.
	chance func(focus bool, who, level, absence, place, cluster float64) float64
	// spread draws what the persons of a cluster have in common beside the place.
	spread func(random *rand.Rand) float64

	parts []decompose.Part // those that are told of
	truth []float64        // of them; nil when it is that of very many persons
}

// blocks of the populations, with one characteristic each: two that are 0 or 1 and
// are had by 60 against 40 and 70 against 30 per cent, one spread evenly over an
// interval of length 1 that lies 0.2 higher in the scheme, and the place.
var blocks = []string{"who", "level", "absence", "place"}

// linearSplitting has chances that are linear in the characteristics, with the same
// coefficients in both schemes, so that all is known: a part is the coefficient
// times the difference of means. The place is even on (0, 1) and a share 0.2 + 0.2
// place of its persons are in the scheme, whose mean is then 5/9, against 10/21.
func linearSplitting() splitting {
	s := splitting{name: "linear", clusters: 100, each: 20,
		chance: func(focus bool, who, level, absence, place, cluster float64) float64 {
			return 0.25 + 0.1*float(focus) + 0.25*who + 0.15*level - 0.1*absence + 0.2*(place-0.5) + cluster
		},
		spread: func(random *rand.Rand) float64 { return 0.1*random.Float64() - 0.05 },
		truth:  []float64{0.05, 0.03, -0.04, 0.2 * (5.0/9 - 10.0/21), 0.1},
	}
	for _, method := range []string{decompose.Gelbach, decompose.GelbachCR0} {
		for _, b := range blocks {
			s.parts = append(s.parts, decompose.Part{Method: method, Block: b, Piece: decompose.Explained})
		}
		s.parts = append(s.parts, decompose.Part{Method: method, Piece: decompose.Unexplained})
	}
	s.truth = append(s.truth, s.truth...)
	return s
}

// logisticSplitting has chances by a logistic model in which one characteristic goes
// with more in the scheme than in the reference. The truth is what each method says
// of two million persons.
func logisticSplitting() splitting {
	s := splitting{name: "logistic", clusters: 100, each: 20,
		chance: func(focus bool, who, level, absence, place, cluster float64) float64 {
			f := float(focus)
			return 1 / (1 + math.Exp(0.6-0.4*f-(1+0.5*f)*who-0.6*level+0.5*absence-0.8*(place-0.5)-cluster))
		},
		spread: func(random *rand.Rand) float64 { return 0.3 * random.NormFloat64() },
	}
	for _, c := range [][2]string{{decompose.Gelbach, ""}, {decompose.Twofold, decompose.RefSide}, {decompose.Twofold, decompose.FocusSide},
		{decompose.Logit, decompose.RefSide}, {decompose.Logit, decompose.Pooled}, {decompose.Fairlie, decompose.RefSide}, {decompose.Fairlie, decompose.Pooled}} {
		s.parts = append(s.parts, decompose.Part{Method: c[0], Choice: c[1], Block: "who", Piece: decompose.Explained},
			decompose.Part{Method: c[0], Choice: c[1], Piece: decompose.Unexplained})
	}
	s.parts = append(s.parts, decompose.Part{Method: decompose.Kitagawa, Block: "who", Piece: decompose.Composition},
		decompose.Part{Method: decompose.Kitagawa, Block: "who", Piece: decompose.Rates})
	return s
}

func float(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// draw makes persons in so many clusters.
func (s *splitting) draw(random *rand.Rand, clusters int) decompose.Data {
	n := clusters * s.each
	d := decompose.Data{N: n, P: 4, X: make([]float64, 4*n), Y: make([]float64, n), Focus: make([]bool, n), Names: blocks, Blocks: blocks,
		Block: []int{0, 1, 2, 3}, Categories: [][]int{{0}, {2}}, Clusters: infer.Clusters{Of: make([]int32, n), Number: clusters}}
	table := decompose.Table{Variable: "who", Levels: []string{"0", "1"}, Of: make([]int, n)}
	place, common := 0.0, 0.0
	for i := range n {
		if i%s.each == 0 {
			place, common = random.Float64(), s.spread(random)
		}
		focus := random.Float64() < 0.2+0.2*place
		f := float(focus)
		who, level, absence := float(random.Float64() < 0.4+0.2*f), random.Float64()+0.2*f, float(random.Float64() < 0.3+0.4*f)
		d.X[i], d.X[n+i], d.X[2*n+i], d.X[3*n+i] = who, level, absence, place
		d.Y[i] = float(random.Float64() < s.chance(focus, who, level, absence, place, common))
		d.Focus[i], d.Clusters.Of[i], table.Of[i] = focus, int32(i/s.each), int(who)
	}
	d.Tables = []decompose.Table{table}
	return d
}

// find returns the parts that are told of.
func (s *splitting) find(a *decompose.Answer) []decompose.Part {
	out := make([]decompose.Part, len(s.parts))
	for k, want := range s.parts {
		for _, p := range a.Parts {
			if p.Method == want.Method && p.Choice == want.Choice && p.Block == want.Block && p.Piece == want.Piece && p.Level == "" {
				out[k] = p
			}
		}
	}
	return out
}

// runDecompositions draws replicates of both populations and tells how far the
// parts are from the truth and how often intervals hold it.
func runDecompositions(populations []splitting, replicates, threads int, seed uint64, bootstrap int, w io.Writer) error {
	for _, s := range populations {
		if s.truth == nil {
			a, err := decompose.Decompose(context.Background(), s.draw(rand.New(rand.NewPCG(seed, 1<<40)), 100000), decompose.Options{Orderings: 2, Replicates: 0, Seed: seed})
			if err != nil {
				return err
			}
			for _, p := range s.find(a) {
				s.truth = append(s.truth, p.Value)
			}
		}
		found, failed := make([][]decompose.Part, replicates), make([]error, replicates)
		each(replicates, threads, func(i int) {
			data := s.draw(rand.New(rand.NewPCG(seed, uint64(i))), s.clusters)
			a, err := decompose.Decompose(context.Background(), data, decompose.Options{Orderings: 20, Replicates: bootstrap, Seed: seed + uint64(i), Threads: 1})
			if failed[i] = err; err == nil {
				found[i] = s.find(a)
			}
		})
		for _, err := range failed {
			if err != nil {
				return err
			}
		}
		s.write(w, found)
	}
	return nil
}

// write makes the table of a population.
func (s *splitting) write(w io.Writer, found [][]decompose.Part) {
	fmt.Fprintf(w, "### %s\n\n%d replicates of %d persons in %d clusters.\n\n", s.name, len(found), s.clusters*s.each, s.clusters)
	fmt.Fprintln(w, "| part, points | truth | bias (error) | sd | half of interval / 1.96 | coverage |\n|---|--:|--:|--:|--:|--:|")
	for k, part := range s.parts {
		values, halves, held := make([]float64, len(found)), make([]float64, len(found)), 0.0
		for i, f := range found {
			values[i], halves[i] = 100*f[k].Value, 100*(f[k].High-f[k].Low)/2/wald
			held += float(f[k].Low <= s.truth[k] && s.truth[k] <= f[k].High)
		}
		mean, sd := stat.MeanStdDev(values, nil)
		n := float64(len(found))
		name := strings.Join(strings.Fields(strings.Join([]string{part.Method, part.Choice, part.Block, part.Piece}, " ")), ", ")
		fmt.Fprintf(w, "| %s | %.2f | %+.3f (%.3f) | %.2f | %.2f | %.1f %% |\n", name, 100*s.truth[k], mean-100*s.truth[k], sd/math.Sqrt(n), sd, stat.Mean(halves, nil), 100*held/n)
	}
	fmt.Fprintln(w)
}
