package impute

import (
	"fmt"
	"math"
	"slices"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// A column of the design is a number, or tells whether a person is at a level.
type column struct {
	of            int // variable (of design.variables) whose values it has; −1 for what does not change
	level         int32
	meanOf        int  // variable whose cluster means it has, known to all; −1 for none
	others        bool // of a mean: without the person's own value, for the variable's own model
	centre, scale float64
	low, high     float64 // the extremes, standardized
}

// A design holds the predictors of all models: standardized columns
//
//	(x − centre)/scale
//
// the first of ones, then those that never change, then those of the variables
// that are filled, whose gaps are 0 until a chain fills them. Centre and
// scale are mean and standard deviation of what is observed.
type design struct {
	n         int
	columns   []column
	x         []float64 // n×len(columns), column by column
	variables []*variable
	first     []int // by variable: its first column
	clusters  *clusters
	intercept bool        // clusters have random intercepts where the model can
	fixed     int         // columns before those of the first variable
	bounds    [][2]*bound // by variable: least and largest; nil for none
}

// add puts a column into the design unless it is constant.
func (d *design) add(c column, x []float64) {
	low, high, sum, count := math.Inf(1), math.Inf(-1), 0.0, 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
			sum += v
			count++
		}
	}
	if !(low < high) {
		return
	}
	c.centre = sum / count
	squares := 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			squares += (v - c.centre) * (v - c.centre)
		}
	}
	c.scale = math.Sqrt(squares / (count - 1))
	if !(c.scale > 0) || math.IsInf(c.scale, 0) {
		return
	}
	c.low, c.high = (low-c.centre)/c.scale, (high-c.centre)/c.scale
	d.columns = append(d.columns, c)
	for _, v := range x {
		if v = (v - c.centre) / c.scale; math.IsNaN(v) {
			v = 0
		}
		d.x = append(d.x, v)
	}
}

// newDesign lays out the columns.
func newDesign(n int, predictors []*frame.Column, variables []*variable, g *clusters, intercept bool) *design {
	d := &design{n: n, variables: variables, clusters: g, intercept: intercept}
	d.columns = append(d.columns, column{of: -1, meanOf: -1, scale: 1})
	d.x = slices.Repeat([]float64{1}, n)
	for _, c := range predictors {
		for _, x := range indicators(c) {
			d.add(column{of: -1, meanOf: -1}, x)
		}
	}
	if g != nil {
		d.addMeans(predictors)
	}
	d.fixed = len(d.columns)
	for k, v := range variables {
		d.first = append(d.first, len(d.columns))
		if !v.coded() {
			d.add(column{of: k, meanOf: -1, level: -1}, v.number)
			continue
		}
		for _, level := range v.shown() {
			d.add(column{of: k, meanOf: -1, level: level}, v.indicator(level))
		}
	}
	d.first = append(d.first, len(d.columns))
	return d
}

// addMeans adds the cluster means of predictors, and of what is known of the variables.
func (d *design) addMeans(predictors []*frame.Column) {
	for _, c := range predictors {
		for _, x := range indicators(c) {
			if own, _ := d.clusters.means(x); own != nil {
				d.add(column{of: -1, meanOf: -1}, own)
			}
		}
	}
	for k, v := range d.variables {
		columns := [][]float64{v.number}
		if v.coded() && v.nominal() {
			columns = nil
			for _, level := range v.shown() {
				columns = append(columns, v.indicator(level))
			}
		}
		for _, x := range columns {
			if own, others := d.clusters.means(x); own != nil {
				d.add(column{of: -1, meanOf: k}, own)
				d.add(column{of: -1, meanOf: k, others: true}, others)
			}
		}
	}
}

// indicators are a column's numbers, or of a factor whether it is at each level but the first.
func indicators(c *frame.Column) [][]float64 {
	if c.Kind != frame.Factor {
		return [][]float64{c.Number}
	}
	var out [][]float64
	for level := 1; level < len(c.Levels); level++ {
		x := make([]float64, len(c.Code))
		for i, k := range c.Code {
			if k == int32(level) {
				x[i] = 1
			}
		}
		out = append(out, x)
	}
	return out
}

// shown are the levels of a coded variable that have a column: all but the commonest.
func (v *variable) shown() []int32 {
	var out []int32
	for k := range v.value {
		if int32(k) != v.commonest() {
			out = append(out, int32(k))
		}
	}
	return out
}

// indicator tells who is at a level; NaN for those who lack the variable.
func (v *variable) indicator(level int32) []float64 {
	x := make([]float64, len(v.code))
	for i, k := range v.code {
		switch {
		case k < 0:
			x[i] = math.NaN()
		case k == level:
			x[i] = 1
		}
	}
	return x
}

// nominal tells whether the levels have no order.
func (v *variable) nominal() bool { return v.Method == study.Multinomial && len(v.value) > 2 }

// predictorColumns are the complete predictors, with notes on those left out.
func predictorColumns(p Problem, variables []*variable) (out []*frame.Column, notes []Note, err error) {
	seen := map[string]bool{p.Cluster: true}
	for _, v := range variables {
		seen[v.Name] = true
	}
	for _, v := range p.Variables {
		if c, ok := p.Data.Column(v.Name); ok && !seen[v.Name] && gaps(c) {
			seen[v.Name] = true // it cannot be filled, and is no predictor either
		}
	}
	for _, name := range p.Predictors {
		if seen[name] {
			continue
		}
		seen[name] = true
		c, ok := p.Data.Column(name)
		if !ok {
			return nil, nil, result.Reason{Code: result.NotFilled, About: name, Message: fmt.Sprintf("the predictor %q is not a column of the data", name)}
		}
		if gaps(c) {
			return nil, nil, result.Reason{Code: result.NotFilled, About: name, Message: fmt.Sprintf("the predictor %q has gaps; a variable with gaps must itself be filled to be a predictor", name)}
		}
		if why := useless(c); why != "" {
			notes = append(notes, Note{name, result.NotFilled, result.Reason{Code: result.NotFilled, About: name, Message: fmt.Sprintf("%q is left out of the predictors: %s", name, why)}})
			continue
		}
		out = append(out, c)
	}
	for _, v := range p.Variables { // a variable without gaps is a predictor
		if c, ok := p.Data.Column(v.Name); ok && !seen[v.Name] && useless(c) == "" {
			seen[v.Name] = true
			out = append(out, c)
		}
	}
	return out, notes, nil
}

func gaps(c *frame.Column) bool {
	for i := range c.Len() {
		if c.Missing(i) {
			return true
		}
	}
	return false
}

// useless says why a complete column cannot be a predictor.
func useless(c *frame.Column) string {
	if c.Kind == frame.Factor {
		if len(c.Levels) > mostLevels {
			return fmt.Sprintf("it has more than %d levels", mostLevels)
		}
		return ""
	}
	for _, x := range c.Number {
		if math.IsInf(x, 0) {
			return "it has infinite values"
		}
	}
	return ""
}
