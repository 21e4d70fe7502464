package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"bidrag/evaluate/contribution"
	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// A steadiness is what one replicate says of how much projects differ beyond chance.
type steadiness struct {
	phi, tau, spread         float64    // τ by the funnel, and the standard deviation of true contributions
	average, differing       [4]float64 // shares of these outside the limits: 95 and 99.8 % of chance, and adjusted
	half, model, reliability float64    // by halves, by the true variance, and r² of raw and true contributions
	halfHolds                float64    // 1 when the interval by halves holds r²
	years, unchanged         float64    // mean correlation between years, and what is expected of it
	lower, halfLower         float64    // share of pairs that are clearly lower, and 1 when half of them are
}

// fields are the numbers of a steadiness as the table has them, in order.
func (s steadiness) fields() []float64 {
	out := []float64{s.phi, 100 * s.tau, 100 * s.spread}
	for k := range s.average {
		out = append(out, 100*s.average[k])
	}
	for k := range s.differing {
		out = append(out, 100*s.differing[k])
	}
	return append(out, s.half, s.model, s.reliability, 100*s.halfHolds, s.years, s.unchanged, 100*s.lower, 100*s.halfLower)
}

var steadinessRows = []string{
	"φ", "τ by the funnel, points", "standard deviation of true contributions, points",
	"average projects outside 95 % of chance, %", "outside 99.8 %, %", "outside 95 %, adjusted, %", "outside 99.8 %, adjusted, %",
	"differing projects outside 95 % of chance, %", "outside 99.8 %, %", "outside 95 %, adjusted, %", "outside 99.8 %, adjusted, %",
	"reliability by halves", "reliability by the true variance", "squared correlation of raw and true contributions", "interval by halves holds it, %",
	"correlation between years", "expected if unchanged", "pairs of years clearly lower, %", "half of the pairs clearly lower, % of replicates",
}

// steady draws a replicate and its four years, in which participants leave at random
// and contributions do not change.
func (c contributing) steady(random *rand.Rand, seed uint64, splits int) (steadiness, error) {
	all, persons, truth, _, err := c.replicate(random)
	if err != nil {
		return steadiness{}, err
	}
	var s steadiness
	set := contribution.Settings{Variant: "v", Sample: "s", MinLeavers: 5}
	s.funnel(all, contribution.Funnel(contribution.FunnelSettings{Settings: set, Winsorize: 0.1}, all.units, persons))
	s.truths(all.units, persons, truth)
	years := make([]contribution.Year, 4)
	for y := range years {
		years[y].Name = fmt.Sprint(y)
	}
	for _, p := range persons {
		y := random.IntN(len(years))
		years[y].Persons = append(years[y].Persons, p)
	}
	stability := contribution.StabilitySettings{Settings: set, Variance: c.share * c.sd * c.sd, Seed: seed, Splits: splits}
	halves, err := contribution.SplitHalf(context.Background(), stability, all.units, persons)
	if err != nil {
		return steadiness{}, err
	}
	s.told(append(halves, contribution.BetweenYears(stability, all.units, years)...))
	return s, nil
}

// funnel counts the projects outside the limits.
func (s *steadiness) funnel(all *drawnProjects, values []result.Value) {
	differs := map[string]bool{}
	for j, u := range all.units {
		differs[u.Name] = all.differs[j]
	}
	number := map[bool]float64{}
	outside := map[bool]*[4]float64{false: &s.average, true: &s.differing}
	for _, v := range values {
		k := v.Key
		switch {
		case k.Quantity == "funnel_phi" && k.Scheme == result.All:
			s.phi = v.Value
		case k.Quantity == "funnel_tau2" && k.Scheme == result.All:
			s.tau = math.Sqrt(v.Value)
		case k.Quantity == "project_funnel" && (k.Level == "class" || k.Level == "class_adjusted"):
			at := map[string]int{"class": 0, "class_adjusted": 2}[k.Level]
			of := outside[differs[k.Project]]
			if at == 0 {
				number[differs[k.Project]]++
			}
			if math.Abs(v.Value) >= 1 {
				of[at]++
			}
			if math.Abs(v.Value) >= 2 {
				of[at+1]++
			}
		}
	}
	for which, of := range outside {
		for k := range of {
			of[k] /= number[which]
		}
	}
}

// truths are of the true contributions, which are sums over persons.
func (s *steadiness) truths(units []contribution.Project, persons []contribution.Person, truth []float64) {
	n, raw, mean := make([]float64, len(units)), make([]float64, len(units)), make([]float64, len(units))
	for _, p := range persons {
		n[p.Project]++
		raw[p.Project] += p.Outcome - p.Expected
	}
	for j := range units {
		raw[j], mean[j] = raw[j]/n[j], truth[j]/n[j]
		s.spread += mean[j] * mean[j] / float64(len(units))
	}
	s.spread = math.Sqrt(s.spread)
	r := univariate.Pearson(raw, mean)
	s.reliability = r * r
}

// told takes what is told of halves and of years.
func (s *steadiness) told(values []result.Value) {
	upper, pairs, lower := map[string]float64{}, 0.0, 0.0
	for _, v := range values {
		if k := v.Key; k.Scheme == result.All && k.Level == "" {
			pair := k.Year + " " + k.ByLevel
			switch {
			case k.Quantity == "split_half":
				s.half = v.Value
				if v.Low <= s.reliability && s.reliability <= v.High {
					s.halfHolds = 1
				}
			case k.Quantity == "split_half_model":
				s.model = v.Value
			case k.Quantity == "stability_correlation" && k.Year == "":
				s.years = v.Value
			case k.Quantity == "stability_correlation":
				upper[pair] = v.High
			case k.Quantity == "stability_expected" && k.Year == "":
				s.unchanged = v.Value
			case k.Quantity == "stability_expected":
				if pairs++; upper[pair] < v.Value {
					lower++
				}
			}
		}
	}
	s.lower = lower / pairs
	switch {
	case pairs == 0:
		s.halfLower = math.NaN()
	case 2*lower >= pairs:
		s.halfLower = 1
	}
}

// runStability writes a table with a column for every population.
func runStability(replicates, threads int, seed uint64, w io.Writer) error {
	return writeStability(contributings, replicates, threads, seed, 100, w)
}

func writeStability(populations []contributing, replicates, threads int, seed uint64, splits int, w io.Writer) error {
	columns := make([][]float64, len(populations)) // sums of the fields that there are
	for k, c := range populations {
		results, failures := make([]steadiness, replicates), make([]error, replicates)
		each(replicates, threads, func(i int) {
			results[i], failures[i] = c.steady(rand.New(rand.NewPCG(seed, uint64(i))), seed+uint64(i), splits)
		})
		columns[k] = make([]float64, len(steadinessRows))
		for i, s := range results {
			if failures[i] != nil {
				return failures[i]
			}
			for f, x := range s.fields() {
				columns[k][f] += x / float64(replicates)
			}
		}
	}
	fmt.Fprintf(w, "%d replicates of 411 projects.\n\n| mean over replicates |", replicates)
	for _, c := range populations {
		fmt.Fprintf(w, " %s |", c.name)
	}
	fmt.Fprint(w, "\n|---|")
	for range populations {
		fmt.Fprint(w, "--:|")
	}
	fmt.Fprintln(w)
	for f, name := range steadinessRows {
		fmt.Fprintf(w, "| %s |", name)
		for k := range populations {
			if x := columns[k][f]; math.IsNaN(x) {
				fmt.Fprint(w, " |")
			} else {
				fmt.Fprintf(w, " %.2f |", x)
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
	return nil
}
