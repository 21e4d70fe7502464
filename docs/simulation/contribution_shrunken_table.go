package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
)

// runShrinking writes a table of every population.
func runShrinking(populations []shrinking, replicates, threads int, seed uint64, w io.Writer) error {
	for _, s := range populations {
		n := max(1, replicates/s.oneIn)
		results, failures := make([]*replicate, n), make([]error, n)
		each(n, threads, func(i int) {
			results[i], failures[i] = s.judge(rand.New(rand.NewPCG(seed, uint64(i))), seed+uint64(i))
		})
		for _, err := range failures {
			if err != nil {
				return err
			}
		}
		s.write(w, results)
	}
	return nil
}

// write is the table of one population, by size.
func (s shrinking) write(w io.Writer, results []*replicate) {
	var told []*replicate
	effective := 0.0
	for _, r := range results {
		if r.told {
			told = append(told, r)
			effective += r.effective
		}
	}
	fmt.Fprintf(w, "#### %s\n\n%d replicates", s.name, len(results))
	if len(told) < len(results) {
		fmt.Fprintf(w, "; in %d of them the projects vary no more than chance lets them, and nothing is told of any", len(results)-len(told))
	}
	if len(told) == 0 {
		fmt.Fprint(w, ".\n\n")
		s.writeFalse(w, results)
		return
	}
	fmt.Fprintf(w, ". %d draws, worth %.0f.\n\n", s.draws, effective/float64(len(told)))
	fmt.Fprint(w, "| leavers | units | raw: rms error | shrunken: rms error | bias | covers | length | rank covers | called different, exact | shrunken |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	var projects, municipalities shrunkSums
	for k := range contributionSizes {
		var sums shrunkSums
		for _, r := range told {
			for _, u := range r.of {
				switch {
				case u.municipality && k == 0:
					municipalities.add(u)
				case !u.municipality && u.size == k:
					sums.add(u)
					projects.add(u)
				}
			}
		}
		sums.write(w, sizeName(k), len(told))
	}
	projects.write(w, "all projects", len(told))
	municipalities.write(w, "municipalities", len(told))
	fmt.Fprintln(w)
	s.writeFalse(w, results)
}

// callings are ways to call a project above (1) or below (−1) what is expected.
var callings = []struct {
	name   string
	called func(u shrunk) int
}{
	{"exact interval", func(u shrunk) int { return u.exact }},
	{"shrunken interval", func(u shrunk) int { return u.Class }},
	{"share on the wrong side of 5 % alone", func(u shrunk) int {
		switch {
		case u.Q > 0.05 || u.RankHigh == 0: // the second where nothing is told
			return 0
		case u.Contribution > 0:
			return 1
		}
		return -1
	}},
}

// writeFalse tells how many projects are called different that are not, or that
// differ in the other direction, on average over all replicates: where nothing is
// told, none is called.
func (s shrinking) writeFalse(w io.Writer, results []*replicate) {
	fmt.Fprint(w, "| projects called different by | of the average ones | of those that differ | of the called, average | on the wrong side |\n|---|--:|--:|--:|--:|\n")
	for _, way := range callings {
		var sums calledSums
		for _, r := range results {
			sums.add(r.of, way.called)
		}
		percent := func(x, of float64) string {
			if of == 0 {
				return ""
			}
			return fmt.Sprintf("%.1f %%", 100*x/of)
		}
		n := float64(len(results))
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", way.name, percent(sums.falsely, sums.average), percent(sums.rightly, sums.differing), percent(sums.averageShare, n), percent(sums.wrongShare, n))
	}
	fmt.Fprintln(w)
}

// calledSums add up who is called different.
type calledSums struct {
	average, differing       float64 // projects
	falsely, rightly         float64 // of these, called different
	averageShare, wrongShare float64 // of those called, by replicate
}

func (s *calledSums) add(of []shrunk, called func(shrunk) int) {
	all, none, wrong := 0.0, 0.0, 0.0
	for _, u := range of {
		if u.municipality {
			continue
		}
		is := called(u)
		if u.average {
			s.average++
		} else {
			s.differing++
		}
		switch {
		case is == 0:
			continue
		case u.average:
			none++
		default:
			s.rightly++
			if float64(is)*u.truth < 0 {
				wrong++
			}
		}
		all++
	}
	s.falsely += none
	s.averageShare += none / math.Max(1, all)
	s.wrongShare += wrong / math.Max(1, all)
}

// shrunkSums add units up.
type shrunkSums struct {
	n, raw, bias, square, covers, length, rank, exact, different float64
}

func (s *shrunkSums) add(u shrunk) {
	one := map[bool]float64{true: 1}
	off := u.Contribution - u.truth
	s.n++
	s.raw += u.raw * u.raw
	s.bias += off
	s.square += off * off
	s.covers += one[u.ContributionLow <= u.truth && u.truth <= u.ContributionHigh]
	s.length += u.ContributionHigh - u.ContributionLow
	s.rank += one[u.RankLow <= u.worst && u.best <= u.RankHigh]
	s.exact += one[u.exact != 0]
	s.different += one[u.Class != 0]
}

func (s *shrunkSums) write(w io.Writer, label string, replicates int) {
	percent := func(x float64) string { return fmt.Sprintf("%.1f %%", 100*x/s.n) }
	fmt.Fprintf(w, "| %s | %.0f | %.1f | %.1f | %+.2f | %s | %.1f | %s | %s | %s |\n", label, s.n/float64(replicates),
		100*math.Sqrt(s.raw/s.n), 100*math.Sqrt(s.square/s.n), 100*s.bias/s.n,
		percent(s.covers), 100*s.length/s.n, percent(s.rank), percent(s.exact), percent(s.different))
}
