package main

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"

	"bidrag/data/frame"
	"bidrag/evaluate/contribution"
	engine "bidrag/model/fit"
)

// A shrinking is a population of projects in municipalities, with the sizes of the
// shipped study, whose effects are known: how the shrunken contributions of the
// multilevel model do.
type shrinking struct {
	name             string
	municipality, sd float64 // standard deviation of the effects of municipalities and of projects, log odds
	share            float64 // of the municipalities and of the projects that differ at all: the others are average
	draws            int
	oneIn            int // of so many replicates is drawn
	two, one         int // municipalities with two projects and with one: the first of both and of single
}

func shrinkings() []shrinking {
	return []shrinking{
		{"as different as in the shipped study", 0.35, 0.45, 1, 1000, 1, len(both), len(single)},
		{"all are average", 0, 0, 0, 1000, 1, len(both), len(single)},
		{"one in five differs", 0.7, 0.7, 0.2, 1000, 3, len(both), len(single)},
	}
}

// placed are the persons of one replicate. Units are the projects and then the
// municipalities.
type placed struct {
	units                  []contribution.Project
	average                []bool
	project, municipality  []int32 // of a person
	y, x, z, scheme        []float64
	probability, elsewhere []float64 // of attaining the goal here, and with no effect of project or municipality
}

// draw draws the persons of all projects. Projects differ in whom they have, too.
func (s shrinking) draw(random *rand.Rand) *placed {
	all := &placed{}
	effect := func(sd float64) float64 {
		if random.Float64() >= s.share {
			return 0
		}
		return sd * random.NormFloat64()
	}
	var places []bool
	municipality := func(sizes ...int) {
		place := effect(s.municipality)
		places = append(places, place == 0)
		for focus, n := range sizes {
			u := place + effect(s.sd)
			places[len(places)-1] = places[len(places)-1] && u == 0
			all.persons(random, n, float64(focus), u, int32(len(places)-1))
		}
	}
	for _, n := range both[:s.two] {
		municipality(n[0], n[1])
	}
	for _, n := range single[:s.one] {
		municipality(n)
	}
	for m, average := range places {
		all.units = append(all.units, contribution.Project{Name: "m" + strconv.Itoa(m), Scheme: "all"})
		all.average = append(all.average, average)
	}
	return all
}

// persons draws those of one project.
func (all *placed) persons(random *rand.Rand, n int, focus, effect float64, municipality int32) {
	j := len(all.units)
	all.units = append(all.units, contribution.Project{Name: strconv.Itoa(j), Scheme: []string{"old", "new"}[int(focus)]})
	all.average = append(all.average, effect == 0)
	lean := 0.5 * random.NormFloat64()
	for range n {
		x, z := lean+random.NormFloat64(), float64(random.IntN(2))
		eta := -0.3 + 0.8*focus + 0.7*x + 0.5*z
		p, y := logistic(eta+effect), 0.0
		if random.Float64() < p {
			y = 1
		}
		all.project, all.municipality = append(all.project, int32(j)), append(all.municipality, municipality)
		all.y, all.x, all.z, all.scheme = append(all.y, y), append(all.x, x), append(all.z, z), append(all.scheme, focus)
		all.probability, all.elsewhere = append(all.probability, p), append(all.elsewhere, logistic(eta))
	}
}

func (all *placed) frame() (*frame.Frame, error) {
	names := make([]string, len(all.units))
	for j, u := range all.units {
		names[j] = u.Name
	}
	projects := int(all.project[len(all.project)-1]) + 1
	return frame.New(frame.NewNumeric("y", all.y), frame.NewNumeric("x", all.x), frame.NewNumeric("z", all.z), frame.NewNumeric("scheme", all.scheme),
		frame.NewFactor("project", names[:projects], all.project), frame.NewFactor("municipality", names[projects:], all.municipality))
}

// A shrunk is what one replicate says of one unit.
type shrunk struct {
	municipality bool
	size         int // class
	average      bool
	truth        float64
	raw          float64 // actual attainment less the true expectation: what chance alone does to the raw indicator
	exact        int     // class by the exact interval
	contribution.Shrunken
	best, worst int // true rank; units of the same contribution share theirs
}

// A replicate is what is told of all units, projects first.
type replicate struct {
	of        []shrunk
	told      bool    // not where the projects vary no more than chance lets them
	effective float64 // draws
}

// judge draws a population, fits the model and compares what is told of every unit
// with the truth.
func (s shrinking) judge(random *rand.Rand, seed uint64) (*replicate, error) {
	all := s.draw(random)
	data, err := all.frame()
	if err != nil {
		return nil, err
	}
	municipalities := int(all.municipality[len(all.y)-1]) + 1
	sorts := []engine.Units{{Of: all.project, Number: len(all.units) - municipalities}, {Of: all.municipality, Number: municipalities}}
	out := &replicate{}
	if out.of, err = all.truths(data, sorts); err != nil {
		return nil, err
	}
	m, err := engine.Fit("y ~ scheme + x + z + (1 | municipality/project)", data, engine.Options{Family: "binomial", Threads: 1})
	if err != nil {
		return nil, err
	}
	for _, t := range m.Result.Random {
		out.told = out.told || t.SD[0] > 0
	}
	if !out.told {
		return out, nil
	}
	means, err := m.UnitMeans(sorts...)
	if err != nil {
		return nil, err
	}
	draws, err := m.DrawUnits(context.Background(), s.draws, seed, sorts...)
	if err != nil {
		return nil, err
	}
	out.effective = draws.Effective
	first := 0
	for k := range sorts {
		units := make([]contribution.Unit, sorts[k].Number)
		for u := range units {
			units[u] = contribution.Unit{Project: all.units[first+u], Mean: means[k][u], Own: draws.Units[k].Own[u], Typical: draws.Units[k].Typical[u]}
		}
		for u, x := range contribution.Shrink(units) {
			out.of[first+u].Shrunken = x
		}
		first += len(units)
	}
	return out, nil
}

// truths are the units with their true contributions and ranks, and what their raw
// indicators say.
func (all *placed) truths(data *frame.Frame, sorts []engine.Units) ([]shrunk, error) {
	expected, err := expects("y", data)
	if err != nil {
		return nil, err
	}
	out := make([]shrunk, len(all.units))
	first := 0
	for k, sort := range sorts {
		eta, outcome := make([][]float64, sort.Number), make([][]float64, sort.Number)
		for i, u := range sort.Of {
			of := &out[first+int(u)]
			of.truth += all.probability[i] - all.elsewhere[i]
			of.raw += all.y[i] - all.probability[i]
			eta[u], outcome[u] = append(eta[u], math.Log(expected[i]/(1-expected[i]))), append(outcome[u], all.y[i])
		}
		for u := range eta {
			of, n, mean := &out[first+u], float64(len(eta[u])), 0.0
			for _, e := range eta[u] {
				mean += logistic(e) / n
			}
			of.municipality, of.size, of.average = k == 1, sizeClass(len(eta[u])), all.average[first+u]
			of.truth, of.raw = of.truth/n, of.raw/n
			switch x := contribution.Compare(eta[u], outcome[u]); {
			case x.Low > mean:
				of.exact = 1
			case x.High < mean:
				of.exact = -1
			}
		}
		first += sort.Number
	}
	all.rank(out)
	return out, nil
}

// rank gives every unit the ranks of its true contribution among those of its
// scheme, and municipalities among all.
func (all *placed) rank(of []shrunk) {
	for j := range of {
		of[j].best = 1
		for i := range of {
			if all.units[i].Scheme != all.units[j].Scheme {
				continue
			}
			if of[i].truth > of[j].truth {
				of[j].best++
			}
			if of[i].truth >= of[j].truth {
				of[j].worst++
			}
		}
	}
}
