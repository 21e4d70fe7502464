package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"bidrag/model/family"
	"bidrag/model/glm"
	"bidrag/model/glmm"
)

// A design is a model and the truth about it. The sizes of the groups are
// fixed; covariates, random effects and outcomes are drawn for every replicate.
type design struct {
	name    string
	names   []string // of the coefficients
	beta    []float64
	shown   []int       // the coefficients that have a row of the table
	terms   []glmm.Term // random intercepts
	levels  []string    // names of the terms
	sd      []float64   // of the random effects
	rows    int
	points  []int                        // of the quadrature: every replicate is fitted with each
	columns func(r *rand.Rand) []float64 // draws the model matrix
}

// draw makes a replicate.
func (d *design) draw(r *rand.Rand) glmm.Data {
	n := d.rows
	data := glmm.Data{Terms: d.terms}
	data.Data = glm.Data{N: n, P: len(d.beta), X: d.columns(r), Y: make([]float64, n),
		Family: family.Family{Dist: family.Binomial, Link: family.Logit}}
	eta := glm.Linear(d.beta, data.X, nil, n)
	for t, term := range d.terms {
		b := normal(r, term.Groups)
		for i, g := range term.Group {
			eta[i] += d.sd[t] * b[g]
		}
	}
	for i := range eta {
		if r.Float64() < logistic(eta[i]) {
			data.Y[i] = 1
		}
	}
	return data
}

func logistic(eta float64) float64 { return 1 / (1 + math.Exp(-eta)) }

func normal(r *rand.Rand, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = r.NormFloat64()
	}
	return out
}

// A covariate of a participant is 0/1, or a whole number where it has a
// standard deviation.
type covariate struct {
	name     string
	beta     float64
	mean     [2]float64 // introduction programme, Jobbsjansen
	sd       float64
	from, to float64 // smallest and largest number
}

// participants have coefficients of the report's individual model (table 17)
// and about the means of the shipped study.
var participants = []covariate{
	{name: "education", beta: 0.44, mean: [2]float64{1.82, 2.49}, sd: 0.67, from: 1, to: 3},
	{name: "age", beta: -0.05, mean: [2]float64{32.9, 37}, sd: 8, from: 18, to: 66},
	{name: "residence", beta: -0.02, mean: [2]float64{2.3, 8.8}, sd: 2.5, from: 0, to: 40},
	{name: "norwegian", beta: 0.84, mean: [2]float64{3, 3.68}, sd: 0.8, from: 1, to: 5},
	{name: "duration", beta: 0.002, mean: [2]float64{28.9, 14.3}, sd: 11, from: 1, to: 80},
	{name: "male", beta: 0.68, mean: [2]float64{0.65, 0.012}},
	{name: "high absence", beta: -0.11, mean: [2]float64{0.7, 0.31}},
	{name: "Norwegian lessons", beta: -0.38, mean: [2]float64{0.96, 0.64}},
	{name: "social studies", beta: 0.15, mean: [2]float64{0.7, 0.46}},
	{name: "language placement", beta: -0.08, mean: [2]float64{0.36, 0.5}},
	{name: "vocational course", beta: 0.09, mean: [2]float64{0.12, 0.15}},
	{name: "ordinary work", beta: 1.18, mean: [2]float64{0.12, 0.1}},
	{name: "sheltered placement", beta: -0.19, mean: [2]float64{0.045, 0.049}},
	{name: "ordinary placement", beta: 0.23, mean: [2]float64{0.37, 0.72}},
	{name: "labour market course", beta: -0.07, mean: [2]float64{0.05, 0.17}},
	{name: "social network", beta: -0.09, mean: [2]float64{0.34, 0.4}},
	{name: "health", beta: -0.1, mean: [2]float64{0.36, 0.44}},
	{name: "children and family", beta: -0.21, mean: [2]float64{0.14, 0.24}},
	{name: "culture and leisure", beta: -0.1, mean: [2]float64{0.14, 0.09}},
	{name: "validation", beta: 0.36, mean: [2]float64{0.014, 0.06}},
	{name: "lower secondary", beta: -0.7, mean: [2]float64{0.34, 0.11}},
	{name: "upper secondary", beta: 0.41, mean: [2]float64{0.33, 0.13}},
}

// origins exclude each other; who has none of them is from Europe.
var origins = []covariate{
	{name: "other Asia", beta: 0.06, mean: [2]float64{0.005, 0.06}},
	{name: "Sub-Saharan Africa", beta: -0.13, mean: [2]float64{0.375, 0.16}},
	{name: "Southeast Asia", beta: 0.59, mean: [2]float64{0.005, 0.17}},
	{name: "West Asia", beta: 0.01, mean: [2]float64{0.444, 0.11}},
	{name: "Latin America", beta: 0.37, mean: [2]float64{0.001, 0.05}},
	{name: "South Asia", beta: 0.13, mean: [2]float64{0.069, 0.26}},
	{name: "North Africa", beta: -0.39, mean: [2]float64{0.039, 0.075}},
	{name: "stateless", beta: -0.2, mean: [2]float64{0.052, 0.015}},
}

// projects is the report's model with random intercepts of projects within
// municipalities, on groups of the shipped study's sizes. There only 36
// municipalities have two projects, one of each scheme; joined others are made
// to have two, by taking in that of the next smaller municipality.
func projects(name string, joined int) design {
	const perLevel = 0.4 // with two levels an ICC of 0.089, the report's
	d := design{
		name: name, levels: []string{"project", "municipality"}, sd: []float64{perLevel, perLevel},
		terms: []glmm.Term{{Q: 1}, {Q: 1}}, points: []int{1},
	}
	project, municipality := &d.terms[0], &d.terms[1]
	var scheme []int // of the projects
	add := func(size, ofScheme int) {
		for range size {
			project.Group = append(project.Group, int32(project.Groups))
			municipality.Group = append(municipality.Group, int32(municipality.Groups))
		}
		scheme = append(scheme, ofScheme)
		project.Groups++
	}
	for _, sizes := range both {
		add(sizes[0], 0)
		add(sizes[1], 1)
		municipality.Groups++
	}
	for i, size := range single {
		if add(size, 0); i%6 != 0 || i/6 >= joined {
			municipality.Groups++
		}
	}
	d.rows = len(project.Group)

	d.names = []string{"intercept", "scheme", "immigrant share", "net migration", "labour market"}
	d.beta = []float64{-1.45, 0.46, 0.18, 0.15, 0}
	d.shown = []int{1, 2, 10, 11} // the scheme, one of the municipality, two of the participant
	for _, c := range slices.Concat(participants, origins) {
		d.names, d.beta = append(d.names, c.name), append(d.beta, c.beta)
	}
	d.columns = func(r *rand.Rand) []float64 { return projectColumns(r, project, municipality, scheme) }
	return d
}

// projectColumns draws the columns of projects. A 0/1 covariate of a
// participant is more common in some projects than in others.
func projectColumns(r *rand.Rand, project, municipality *glmm.Term, scheme []int) []float64 {
	n := len(project.Group)
	var x []float64
	column := func(value func(row, project int) float64) {
		for i, g := range project.Group {
			x = append(x, value(i, int(g)))
		}
	}
	column(func(int, int) float64 { return 1 })
	column(func(_, project int) float64 { return float64(scheme[project]) })
	for range 3 {
		level := normal(r, municipality.Groups)
		column(func(row, _ int) float64 { return level[municipality.Group[row]] })
	}
	for _, c := range participants {
		shift := normal(r, project.Groups)
		column(func(_, project int) float64 {
			mean := c.mean[scheme[project]]
			if c.sd > 0 {
				return min(max(math.Round(mean+c.sd*r.NormFloat64()), c.from), c.to)
			}
			return indicator(r.Float64() < logistic(math.Log(mean/(1-mean))+0.5*shift[project]))
		})
	}
	at := make([]float64, n) // on the unit interval, which the origins divide
	for i := range at {
		at[i] = r.Float64()
	}
	var below [2]float64
	for _, c := range origins {
		column(func(row, project int) float64 {
			low := below[scheme[project]]
			return indicator(low <= at[row] && at[row] < low+c.mean[scheme[project]])
		})
		below[0] += c.mean[0]
		below[1] += c.mean[1]
	}
	return x
}

func indicator(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// tiny has groups so small that Laplace's approximation is known to be poor.
func tiny() design {
	d := design{
		name: "tiny", names: []string{"intercept", "0/1", "normal", "of the group"}, beta: []float64{-0.5, 0.5, 0.5, 0.5},
		shown: []int{1, 2, 3}, levels: []string{"group"}, sd: []float64{1}, terms: []glmm.Term{{Q: 1, Groups: 150}},
		points: []int{1, 15},
	}
	group := &d.terms[0]
	for g := range group.Groups {
		for range 2 + g%3 {
			group.Group = append(group.Group, int32(g))
		}
	}
	d.rows = len(group.Group)
	d.columns = func(r *rand.Rand) []float64 {
		n := d.rows
		x := make([]float64, 4*n)
		level := normal(r, group.Groups)
		for i, g := range group.Group {
			x[i], x[n+i], x[2*n+i], x[3*n+i] = 1, float64(r.IntN(2)), r.NormFloat64(), level[g]
		}
		return x
	}
	return d
}
