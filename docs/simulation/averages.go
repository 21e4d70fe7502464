package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat"

	"bidrag/data/frame"
	"bidrag/model/family"
	engine "bidrag/model/fit"
	"bidrag/model/glm"
	"bidrag/model/glmm"
	"bidrag/model/infer"
)

// A question is one that engine.Effects answers, with the answer when the
// parameters are known. The true answer is that for the covariates which the
// replicate has drawn, as that of the estimate.
type question struct {
	name  string
	over  engine.Over
	ask   func(e *engine.Effects, data *frame.Frame) (engine.Margin, error)
	truth func(p population) float64
}

// A population is a replicate of a design as its truth sees it.
type population struct {
	*design
	data     glmm.Data
	variance float64 // of the random effects; 0 for a typical group
}

// at is the mean response over the rows, with a column at a value, and the mean
// derivative by the linear predictor. A column of −1 leaves all as it is.
func (p population) at(column int, value float64, rows int) (mean, byEta float64) {
	n := p.data.N
	x := slices.Clone(p.data.X)
	if column >= 0 {
		for i := range n {
			x[column*n+i] = value
		}
	}
	eta := glm.Linear(p.beta, x, nil, n)[:rows]
	of := infer.PopulationMean(family.Family{Dist: family.Binomial, Link: family.Logit}, eta, slices.Repeat([]float64{p.variance}, rows))
	return stat.Mean(of.Mu, nil), stat.Mean(of.ByEta, nil)
}

// questions about the 0/1 covariate first and the number second of d.shown.
func (d *design) questions() []question {
	binary, number := d.shown[0], d.shown[1]
	one := func(e []engine.Effect, err error) (engine.Margin, error) {
		if err != nil {
			return engine.Margin{}, err
		}
		return e[0].Margin, nil
	}
	contrast := func(e *engine.Effects, data *frame.Frame) (engine.Margin, error) {
		return one(e.Effect(data, column(binary)))
	}
	difference := func(p population) float64 {
		to, _ := p.at(binary, 1, p.rows)
		from, _ := p.at(binary, 0, p.rows)
		return to - from
	}
	return []question{
		{d.names[binary] + ": contrast, typical group", engine.TypicalGroup, contrast, difference},
		{d.names[binary] + ": contrast, all groups", engine.AllGroups, contrast, difference},
		{d.names[number] + ": slope, all groups", engine.AllGroups, func(e *engine.Effects, data *frame.Frame) (engine.Margin, error) {
			return one(e.Effect(data, column(number)))
		}, func(p population) float64 { _, byEta := p.at(-1, 0, p.rows); return byEta * p.beta[number] }},
		{d.names[binary] + " for everyone: expected, all groups", engine.AllGroups, func(e *engine.Effects, data *frame.Frame) (engine.Margin, error) {
			levels, err := e.Levels(data, column(binary))
			if err != nil {
				return engine.Margin{}, err
			}
			return levels[1].Margin, nil
		}, func(p population) float64 { mean, _ := p.at(binary, 1, p.rows); return mean }},
		{"one person: expected, typical group", engine.TypicalGroup, firstRow, func(p population) float64 { mean, _ := p.at(-1, 0, 1); return mean }},
		{"one person: expected, all groups", engine.AllGroups, firstRow, func(p population) float64 { mean, _ := p.at(-1, 0, 1); return mean }},
	}
}

// firstRow is the expected response of the first row.
func firstRow(e *engine.Effects, data *frame.Frame) (engine.Margin, error) {
	rows, err := e.Rows(data.Rows([]int{0}))
	if err != nil {
		return engine.Margin{}, err
	}
	return rows[0], nil
}

func column(j int) string { return "x" + strconv.Itoa(j) }

// frame is a replicate as a frame, and formula the model of it.
func (d *design) frame(data glmm.Data) (*frame.Frame, error) {
	columns := []*frame.Column{frame.NewNumeric("y", data.Y)}
	for j := 1; j < data.P; j++ {
		columns = append(columns, frame.NewNumeric(column(j), data.X[j*data.N:(j+1)*data.N]))
	}
	for t, term := range d.terms {
		codes := make([]float64, data.N)
		for i, g := range term.Group {
			codes[i] = float64(g)
		}
		columns = append(columns, frame.NewNumeric(d.levels[t], codes))
	}
	return frame.New(columns...)
}

func (d *design) formula() string {
	text := "y ~ 1"
	for j := 1; j < len(d.beta); j++ {
		text += " + " + column(j)
	}
	for _, level := range d.levels {
		text += " + (1 | " + level + ")"
	}
	return text
}

// answers are those of one replicate, by question: truth, estimate, standard
// error, interval. A replicate that has not converged has none.
func (d *design) answers(points int, r *rand.Rand) ([][5]float64, error) {
	data := d.draw(r)
	f, err := d.frame(data)
	if err != nil {
		return nil, err
	}
	m, err := engine.Fit(d.formula(), f, engine.Options{Quadrature: points, Threads: 1})
	if err != nil || m.Result.Status != "converged" {
		return nil, err
	}
	var out [][5]float64
	for _, q := range d.questions() {
		e, err := m.Effects(q.over)
		if err != nil {
			return nil, err
		}
		x, err := q.ask(e, f)
		if err != nil {
			return nil, err
		}
		p := population{design: d, data: data}
		if q.over == engine.AllGroups {
			for _, sd := range d.sd {
				p.variance += sd * sd
			}
		}
		out = append(out, [5]float64{q.truth(p), x.Value, x.StdError, x.Low, x.High})
	}
	return out, nil
}

// runAverages simulates what models expect, of the designs that are named.
func runAverages(designs []design, replicates, threads int, seed uint64, records *csv.Writer, w io.Writer) error {
	records.Write([]string{"design", "points", "replicate", "question", "truth", "estimate", "std_error", "low", "high"})
	for _, d := range designs {
		for _, points := range d.points {
			answers := make([][][5]float64, replicates)
			failed := make([]error, replicates)
			each(replicates, threads, func(i int) {
				answers[i], failed[i] = d.answers(points, rand.New(rand.NewPCG(seed, uint64(i))))
			})
			for i, err := range failed {
				if err != nil {
					return fmt.Errorf("%s, replicate %d: %w", d.name, i, err)
				}
				for k, q := range d.questions() {
					if answers[i] == nil {
						continue
					}
					cells := []string{d.name, strconv.Itoa(points), strconv.Itoa(i), q.name}
					for _, v := range answers[i][k] {
						cells = append(cells, fmt.Sprintf("%.9g", v))
					}
					records.Write(cells)
				}
			}
			d.writeAverages(w, points, answers)
		}
	}
	records.Flush()
	return records.Error()
}

// writeAverages writes the table of a design for one number of points.
func (d *design) writeAverages(w io.Writer, points int, answers [][][5]float64) {
	good := slices.DeleteFunc(slices.Clone(answers), func(a [][5]float64) bool { return a == nil })
	fmt.Fprintf(w, "### %s, %s\n\n%d of %d converged.\n\n", d.name, method(points), len(good), len(answers))
	fmt.Fprint(w, "| question | truth | bias (error) | sd | mean se | coverage |\n|---|--:|--:|--:|--:|--:|\n")
	for k, q := range d.questions() {
		var truth, off, se, covered []float64
		for _, a := range good {
			x := a[k]
			truth, off, se = append(truth, x[0]), append(off, x[1]-x[0]), append(se, x[2])
			covered = append(covered, indicator(x[3] <= x[0] && x[0] <= x[4]))
		}
		bias, sd := stat.MeanStdDev(off, nil)
		fmt.Fprintf(w, "| %s | %.4f | %+.5f (%.5f) | %.4f | %.4f | %s |\n", q.name, stat.Mean(truth, nil), bias,
			sd/math.Sqrt(float64(len(good))), sd, stat.Mean(se, nil), percent(stat.Mean(covered, nil)))
	}
	fmt.Fprintln(w)
}
