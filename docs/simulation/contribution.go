package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"

	"bidrag/data/frame"
	"bidrag/evaluate/contribution"
	engine "bidrag/model/fit"
)

// A contributing is a population of projects with the sizes of the shipped study whose
// intercepts are known: how their raw contribution indicators do when the model
// is estimated from the same persons.
type contributing struct {
	name  string
	sd    float64 // of the projects' log odds
	share float64 // of the projects that differ at all: the others are average
}

var contributings = []contributing{{"all are average", 0, 0}, {"as different as the report found them", 0.567, 1}, {"one in five differs", 1, 0.2}}

// contributionSizes are where classes of size begin.
var contributionSizes = []int{5, 10, 20, 30, 50, 100}

// sizeName names a class of size in a table.
func sizeName(k int) string {
	from := strconv.Itoa(contributionSizes[k])
	if k+1 == len(contributionSizes) {
		return from + " or more"
	}
	return from + " to " + strconv.Itoa(contributionSizes[k+1]-1)
}

// A judged project is what one replicate says of one project.
type judged struct {
	size                   int // class
	average                bool
	truth                  float64 // contribution in expectation, as against these projects
	raw, firth             float64
	exact, normal, penalty bool // the interval holds the truth
	others                 bool // the exact interval holds the contribution as against all projects there could be
	different, clear       bool // called different by the exact interval, and with a q-value below 0.05
}

// drawnProjects are the persons of one replicate.
type drawnProjects struct {
	units                          []contribution.Project
	differs                        []bool // by project
	project                        []int  // of a person
	y, x, z, scheme                []float64
	probability, miss, expectation []float64 // of attaining the goal here, of not, and on average over all projects there could be
}

// project draws one with n participants. Projects differ in whom they have, too.
func (c contributing) project(random *rand.Rand, to *drawnProjects, n int, focus float64) {
	j := len(to.units)
	to.units = append(to.units, contribution.Project{Name: strconv.Itoa(j), Scheme: []string{"old", "new"}[int(focus)]})
	u, lean := 0.0, 0.5*random.NormFloat64()
	to.differs = append(to.differs, c.sd > 0 && random.Float64() < c.share)
	if to.differs[j] {
		u = c.sd * random.NormFloat64()
	}
	for range n {
		x, z := lean+random.NormFloat64(), float64(random.IntN(2))
		eta := -0.3 + 0.8*focus + 0.7*x + 0.5*z
		p, y := logistic(eta+u), 0.0
		if random.Float64() < p {
			y = 1
		}
		to.project = append(to.project, j)
		to.y, to.x, to.z, to.scheme = append(to.y, y), append(to.x, x), append(to.z, z), append(to.scheme, focus)
		to.probability, to.miss, to.expectation = append(to.probability, p), append(to.miss, 1-p), append(to.expectation, c.expectation(eta))
	}
}

// draw draws a replicate, and judges every project.
func (c contributing) draw(random *rand.Rand) ([]judged, error) {
	all, persons, truth, others, err := c.replicate(random)
	if err != nil {
		return nil, err
	}
	return judge(*all, persons, truth, others), nil
}

// replicate draws outcomes and fits the model without projects. truth and others are
// sums over each project's persons, as against these projects and as against all.
func (c contributing) replicate(random *rand.Rand) (all *drawnProjects, persons []contribution.Person, truth, others []float64, err error) {
	all = &drawnProjects{}
	for _, n := range both {
		c.project(random, all, n[0], 0)
		c.project(random, all, n[1], 1)
	}
	for _, n := range single {
		c.project(random, all, n, 0)
	}
	data, err := frame.New(frame.NewNumeric("y", all.y), frame.NewNumeric("x", all.x), frame.NewNumeric("z", all.z),
		frame.NewNumeric("scheme", all.scheme), frame.NewNumeric("p", all.probability), frame.NewNumeric("q", all.miss))
	if err != nil {
		return nil, nil, nil, nil, err
	}
	estimated, err := expects("y", data)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	here, err := expects("cbind(p, q)", data) // without chance in the outcomes
	if err != nil {
		return nil, nil, nil, nil, err
	}
	persons = make([]contribution.Person, len(all.y))
	truth, others = make([]float64, len(all.units)), make([]float64, len(all.units))
	for i, j := range all.project {
		persons[i] = contribution.Person{Project: j, Outcome: all.y[i], Expected: estimated[i]}
		truth[j] += all.probability[i] - here[i]
		others[j] += all.probability[i] - all.expectation[i]
	}
	return all, persons, truth, others, nil
}

// expects is what the model without projects expects of everyone.
func expects(outcome string, data *frame.Frame) ([]float64, error) {
	m, err := engine.Fit(outcome+" ~ scheme + x + z", data, engine.Options{Family: "binomial", Threads: 1})
	if err != nil {
		return nil, err
	}
	p, err := m.Predict(data, engine.Prediction{})
	if err != nil {
		return nil, err
	}
	return p.Mu, nil
}

// expectation is what participants with these log odds attain on average over all
// projects, by the trapezoid rule, which is exact here to ten digits.
func (c contributing) expectation(eta float64) float64 {
	if c.sd == 0 {
		return logistic(eta)
	}
	sum, weight := 0.0, 0.0
	for k := -16; k <= 16; k++ {
		v := float64(k) * 0.5
		w := math.Exp(-v * v / 2)
		sum, weight = sum+w*logistic(eta+c.sd*v), weight+w
	}
	return c.share*sum/weight + (1-c.share)*logistic(eta)
}

// judge compares what is told of projects with the truth, as against these projects
// and as against others: sums over their persons.
func judge(all drawnProjects, persons []contribution.Person, truth, others []float64) []judged {
	set := contribution.Settings{Variant: "v", Sample: "s", MinLeavers: 1}
	out := make([]judged, len(all.units))
	at := map[string]int{}
	for j, u := range all.units {
		at[u.Name] = j
		out[j].average = !all.differs[j]
	}
	for _, v := range contribution.Compute(set, all.units, persons) {
		if v.Key.Project == "" {
			continue
		}
		of, t := &out[at[v.Key.Project]], truth[at[v.Key.Project]]/float64(v.N)
		holds := v.Low <= t && t <= v.High
		switch v.Key.Quantity {
		case "project_contribution":
			of.truth, of.raw, of.exact = t, v.Value, holds
			o := others[at[v.Key.Project]] / float64(v.N)
			of.others = v.Low <= o && o <= v.High
			of.size = sizeClass(v.N)
		case "project_firth":
			of.firth, of.penalty = v.Value, holds
		case "project_class":
			of.different = v.Value != 0
		case "project_q_value":
			of.clear = v.Value < 0.05
		}
	}
	for _, v := range contribution.Approximate(set, all.units, persons) {
		of := &out[at[v.Key.Project]]
		of.normal = v.Low <= of.truth && of.truth <= v.High
	}
	return out
}

// sizeClass is the class of size of so many persons.
func sizeClass(n int) int {
	k := 0
	for k+1 < len(contributionSizes) && n >= contributionSizes[k+1] {
		k++
	}
	return k
}

// runContributions writes a table of every population.
func runContributions(replicates, threads int, seed uint64, w io.Writer) error {
	for _, c := range contributings {
		results, failures := make([][]judged, replicates), make([]error, replicates)
		each(replicates, threads, func(i int) {
			results[i], failures[i] = c.draw(rand.New(rand.NewPCG(seed, uint64(i))))
		})
		for _, err := range failures {
			if err != nil {
				return err
			}
		}
		c.write(w, results)
	}
	return nil
}

// write is the table of one population, by size, and how many of the discoveries are false.
func (c contributing) write(w io.Writer, results [][]judged) {
	fmt.Fprintf(w, "#### %s\n\n%d replicates of 411 projects.\n\n", c.name, len(results))
	fmt.Fprint(w, "| leavers | projects | raw: bias | rms error | Firth's: rms error | exact covers | Firth's covers | normal covers | exact covers, all there could be | called different |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	var all judgedSums
	for k := range contributionSizes {
		var s judgedSums
		for _, projects := range results {
			for _, p := range projects {
				if p.size == k {
					s.add(p)
					all.add(p)
				}
			}
		}
		s.write(w, sizeName(k), len(results))
	}
	all.write(w, "all", len(results))
	fmt.Fprintln(w)
	falseShare, found, differing := 0.0, 0.0, 0.0
	for _, projects := range results {
		called, wrong := 0.0, 0.0
		for _, p := range projects {
			if p.clear {
				called++
				if p.average || p.raw*p.truth < 0 {
					wrong++
				} else {
					found++
				}
			}
			if !p.average {
				differing++
			}
		}
		falseShare += wrong / math.Max(1, called)
	}
	fmt.Fprintf(w, "By the false-discovery rate: %.1f per cent of findings are false on average over replicates", 100*falseShare/float64(len(results)))
	if differing > 0 {
		fmt.Fprintf(w, ", and %.1f per cent of the projects that differ are found", 100*found/differing)
	}
	fmt.Fprint(w, ".\n\n")
}

// judgedSums add projects up.
type judgedSums struct {
	n, bias, raw, firth, exact, penalty, normal, others, different float64
}

func (s *judgedSums) add(p judged) {
	one := map[bool]float64{true: 1}
	s.n++
	s.bias += p.raw - p.truth
	s.raw += (p.raw - p.truth) * (p.raw - p.truth)
	s.firth += (p.firth - p.truth) * (p.firth - p.truth)
	s.exact += one[p.exact]
	s.penalty += one[p.penalty]
	s.normal += one[p.normal]
	s.others += one[p.others]
	s.different += one[p.different]
}

func (s *judgedSums) write(w io.Writer, label string, replicates int) {
	percent := func(x float64) string { return fmt.Sprintf("%.1f %%", 100*x/s.n) }
	fmt.Fprintf(w, "| %s | %.0f | %+.2f | %.1f | %.1f | %s | %s | %s | %s | %s |\n", label, s.n/float64(replicates),
		100*s.bias/s.n, 100*math.Sqrt(s.raw/s.n), 100*math.Sqrt(s.firth/s.n),
		percent(s.exact), percent(s.penalty), percent(s.normal), percent(s.others), percent(s.different))
}
