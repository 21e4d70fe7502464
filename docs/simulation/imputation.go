package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"bidrag/data/frame"
	"bidrag/evaluate/impute"
	"bidrag/model/family"
	"bidrag/model/glm"
	"bidrag/model/infer"
	"bidrag/study"
)

// Persons of a replicate, and the places that they are in.
const (
	imputedPersons = 1000
	imputedPlaces  = 40
)

// delta is how much higher the number of those who lack it is in the design "shifted".
const delta = 0.8

// An incomplete is a replicate before and after its gaps: outcome y, scheme g,
// number x, ordinal o (1 to 4), binary b, and the place.
type incomplete struct {
	y, g, x, o, b []float64
	place         []int32
	without       [3][]bool // x, o, b
}

// drawIncomplete draws n persons. Where shifted, the persons who lack x have it
// delta higher than others with the same y, g, o and b.
func drawIncomplete(r *rand.Rand, n int, shifted bool) incomplete {
	d := incomplete{place: make([]int32, n)}
	for _, c := range []*[]float64{&d.y, &d.g, &d.x, &d.o, &d.b} {
		*c = make([]float64, n)
	}
	for v := range d.without {
		d.without[v] = make([]bool, n)
	}
	var ofX, ofO [imputedPlaces]float64
	for k := range ofX { // the same in every replicate
		ofX[k], ofO[k] = 0.35*normalScore(k), 0.5*normalScore(7*k%imputedPlaces)
	}
	for i := range n {
		k := r.IntN(imputedPlaces)
		d.place[i] = int32(k)
		d.g[i] = coin(r, 0.3)
		d.x[i] = 0.4*d.g[i] + ofX[k] + r.NormFloat64()
		d.b[i] = coin(r, expit(-0.2+0.5*d.x[i]))
		latent := 0.6*d.x[i] + 0.4*d.b[i] + ofO[k] + logisticNoise(r)
		d.o[i] = 1
		for _, limit := range []float64{-1, 0.5, 2} {
			if latent > limit {
				d.o[i]++
			}
		}
		d.y[i] = coin(r, expit(-0.9+0.5*d.g[i]+0.5*d.x[i]+0.3*(d.o[i]-2)-0.4*d.b[i]))
		more := 0.15 // leave a gap where outcome and scheme differ, mostly
		if d.y[i] != d.g[i] {
			more = 0.4
		}
		for v := range d.without {
			d.without[v][i] = r.Float64() < more/(1+float64(v)/2)
		}
		if shifted {
			d.without[1][i], d.without[2][i] = false, false
			if d.without[0][i] {
				d.x[i] += delta
			}
		}
	}
	return d
}

// normalScore is the middle of the k-th of as many equal parts of the normal
// distribution as there are places.
func normalScore(k int) float64 {
	return distuv.UnitNormal.Quantile((float64(k) + 0.5) / imputedPlaces)
}

func coin(r *rand.Rand, p float64) float64 {
	if r.Float64() < p {
		return 1
	}
	return 0
}

func expit(t float64) float64 { return 1 / (1 + math.Exp(-t)) }

func logisticNoise(r *rand.Rand) float64 {
	u := 1 - r.Float64()
	return math.Log(u / (1 - u + 1e-300))
}

// imputedTerms are what is asked: coefficients of the logistic model of y, and
// the mean of x.
var imputedTerms = []string{"constant", "g", "x", "o", "b", "mean of x"}

// imputedShown have rows of their own in the tables.
var imputedShown = []string{"g", "x", "mean of x"}

// ask answers for the rows that are given; the mean of x as one more parameter.
func ask(y, g, x, o, b []float64, rows []int) (estimate, cov []float64, err error) {
	n, p := len(rows), 5
	d := glm.Data{N: n, P: p, X: make([]float64, n*p), Y: make([]float64, n), Family: family.Family{Dist: family.Binomial, Link: family.Logit}}
	for k, i := range rows {
		d.Y[k] = y[i]
		for j, v := range []float64{1, g[i], x[i], o[i], b[i]} {
			d.X[j*n+k] = v
		}
	}
	e, err := glm.Fit(d, glm.Options{Threads: 1})
	if err != nil {
		return nil, nil, err
	}
	mean, sd := stat.MeanStdDev(d.X[2*n:3*n], nil)
	cov = make([]float64, (p+1)*(p+1))
	for i := range p {
		copy(cov[i*(p+1):], e.Cov[i*p:(i+1)*p])
	}
	cov[(p+1)*(p+1)-1] = sd * sd / float64(n)
	return append(e.Beta, mean), cov, nil
}

// An imputationWay is how gaps are dealt with.
type imputationWay struct {
	name   string
	level  string // "" does not impute
	method string // of x
	shift  float64
	known  bool // all rows as they were before the gaps
}

// answer is a way's estimates and 95 % intervals.
func (way imputationWay) answer(d *incomplete, seed uint64) (estimate, low, high []float64, err error) {
	n := len(d.y)
	all, whole := make([]int, 0, n), make([]int, 0, n)
	for i := range n {
		all = append(all, i)
		if !d.without[0][i] && !d.without[1][i] && !d.without[2][i] {
			whole = append(whole, i)
		}
	}
	if way.level == "" {
		rows := whole
		if way.known {
			rows = all
		}
		estimate, cov, err := ask(d.y, d.g, d.x, d.o, d.b, rows)
		if err != nil {
			return nil, nil, nil, err
		}
		for j := range estimate {
			half := wald * math.Sqrt(cov[j*len(estimate)+j])
			low, high = append(low, estimate[j]-half), append(high, estimate[j]+half)
		}
		return estimate, low, high, nil
	}
	filled, err := way.fill(d, seed)
	if err != nil {
		return nil, nil, nil, err
	}
	var estimates, covs [][]float64
	for _, c := range filled.Columns {
		e, cov, err := ask(d.y, d.g, c[0].Number, c[1].Number, c[2].Number, all)
		if err != nil {
			return nil, nil, nil, err
		}
		estimates, covs = append(estimates, e), append(covs, cov)
	}
	pooled, err := infer.Pool(estimates, covs, float64(n-5))
	if err != nil {
		return nil, nil, nil, err
	}
	for j := range pooled.Estimate {
		a, b := pooled.Interval(j, 0.95)
		low, high = append(low, a), append(high, b)
	}
	return pooled.Estimate, low, high, nil
}

func (way imputationWay) fill(d *incomplete, seed uint64) (*impute.Filled, error) {
	columns := []*frame.Column{frame.NewNumeric("y", d.y), frame.NewNumeric("g", d.g)}
	for v, x := range [][]float64{d.x, d.o, d.b} {
		gaps := make([]float64, len(x))
		for i := range gaps {
			if gaps[i] = x[i]; d.without[v][i] {
				gaps[i] = math.NaN()
			}
		}
		columns = append(columns, frame.NewNumeric([]string{"x", "o", "b"}[v], gaps))
	}
	places := make([]string, imputedPlaces)
	for k := range places {
		places[k] = strconv.Itoa(k)
	}
	data, err := frame.New(append(columns, frame.NewFactor("place", places, d.place))...)
	if err != nil {
		return nil, err
	}
	return impute.Fill(context.Background(), impute.Problem{Data: data, Predictors: []string{"y", "g"}, Cluster: "place", Level: way.level, Variables: []impute.Variable{
		{Name: "x", Method: way.method}, {Name: "o", Method: study.OrdinalFill}, {Name: "b", Method: study.Logistic},
	}}, impute.Options{Imputations: 20, Iterations: 5, Seed: seed, Threads: 1, Shift: map[string]float64{"x": way.shift}})
}

// runImputation simulates both designs and writes their tables.
func runImputation(replicates, threads int, seed uint64, records *csv.Writer, w io.Writer) error {
	records.Write([]string{"design", "way", "replicate", "parameter", "truth", "estimate", "low", "high"})
	mar := []imputationWay{{name: "no gaps", known: true}, {name: "complete cases"}, {name: "filled, x by matching", level: "mean", method: study.PMM},
		{name: "filled", level: "mean", method: study.GaussianFit}, {name: "filled, random intercepts", level: "intercept", method: study.GaussianFit}}
	if err := simulateImputation("at random", false, mar, replicates, threads, seed, records, w); err != nil {
		return err
	}
	shifted := []imputationWay{{name: "no gaps", known: true}, {name: "complete cases"}, {name: "filled", level: "mean", method: study.GaussianFit},
		{name: "filled, shifted", level: "mean", method: study.GaussianFit, shift: delta}, {name: "filled by matching, shifted", level: "mean", method: study.PMM, shift: delta}}
	return simulateImputation("shifted", true, shifted, replicates, threads, seed, records, w)
}

// simulateImputation is one design. The truth is the answer for two million persons without gaps.
func simulateImputation(name string, shifted bool, ways []imputationWay, replicates, threads int, seed uint64, records *csv.Writer, w io.Writer) error {
	big := drawIncomplete(rand.New(rand.NewPCG(seed, 1<<40)), 2_000_000, shifted)
	every := make([]int, len(big.y))
	for i := range every {
		every[i] = i
	}
	truth, _, err := ask(big.y, big.g, big.x, big.o, big.b, every)
	if err != nil {
		return err
	}
	answers := make([][]imputationAnswer, replicates)
	failures := make([]error, replicates)
	each(replicates, threads, func(i int) {
		d := drawIncomplete(rand.New(rand.NewPCG(seed, uint64(i))), imputedPersons, shifted)
		for _, way := range ways {
			var a imputationAnswer
			var err error
			if a.estimate, a.low, a.high, err = way.answer(&d, uint64(i)); err != nil {
				failures[i] = err
			}
			answers[i] = append(answers[i], a)
		}
	})
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	writeImputation(w, records, name, ways, truth, answers)
	fmt.Fprintln(w)
	records.Flush()
	return records.Error()
}

// An imputationAnswer is the estimates of a way for a replicate, with 95 % intervals.
type imputationAnswer struct{ estimate, low, high []float64 }

// writeImputation writes the table of a design, and every answer to records.
func writeImputation(w io.Writer, records *csv.Writer, name string, ways []imputationWay, truth []float64, answers [][]imputationAnswer) {
	replicates := len(answers)
	fmt.Fprintf(w, "### %s\n\n| way | parameter | truth | bias (error) | sd | coverage |\n|---|---|--:|--:|--:|--:|\n", name)
	for k, way := range ways {
		worst, total, lowest, highest := 0.0, 0.0, 1.0, 0.0
		for j, term := range imputedTerms {
			var estimates []float64
			covered := 0.0
			for i := range answers {
				a := answers[i][k]
				estimates = append(estimates, a.estimate[j])
				if a.low[j] <= truth[j] && truth[j] <= a.high[j] {
					covered += 1 / float64(replicates)
				}
				records.Write([]string{name, way.name, strconv.Itoa(i), term, fmt.Sprintf("%.9g", truth[j]), fmt.Sprintf("%.9g", a.estimate[j]), fmt.Sprintf("%.9g", a.low[j]), fmt.Sprintf("%.9g", a.high[j])})
			}
			mean, sd := stat.MeanStdDev(estimates, nil)
			bias, error := mean-truth[j], sd/math.Sqrt(float64(replicates))
			worst, total = max(worst, math.Abs(bias)/sd), total+covered/float64(len(imputedTerms))
			lowest, highest = min(lowest, covered), max(highest, covered)
			if slices.Contains(imputedShown, term) {
				fmt.Fprintf(w, "| %s | %s | %.3f | %+.4f (%.4f) | %.4f | %.1f %% |\n", way.name, term, truth[j], bias, error, sd, 100*covered)
			}
		}
		fmt.Fprintf(w, "| %s | all %d | | at most %.2f sd | | %.1f %% (%.1f %%–%.1f %%) |\n", way.name, len(imputedTerms), worst, 100*total, 100*lowest, 100*highest)
	}
}
