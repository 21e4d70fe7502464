package pipeline

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"bidrag/data/codebook"
	"bidrag/data/source"
)

// cubeTable is a statistics bank table with one row a cell: a column for every
// dimension, region, year and number.
type cubeTable struct {
	dimensions [][]string // by dimension of the cube, the category of every row
	region     []string
	year       []int
	value      []float64
}

func (t *cubeTable) missing(i int) bool { return math.IsNaN(t.value[i]) }

// cubeRows unfolds a cube. It is an error when the cube has no dimension of
// regions or of years.
func cubeRows(c *source.Cube) (*cubeTable, error) {
	geo, at := slices.Index(c.IDs, c.Geo), slices.Index(c.IDs, c.Time)
	if geo < 0 || at < 0 {
		return nil, fmt.Errorf("the table needs a dimension of regions and one of years; its dimensions are %v", c.IDs)
	}
	years := make([]int, c.Size[at])
	for i, category := range c.Categories[at] {
		year, err := strconv.Atoi(category)
		if err != nil {
			return nil, fmt.Errorf("the time %q is no year; fetch the table by year", category)
		}
		years[i] = year
	}
	n := len(c.Values)
	t := &cubeTable{make([][]string, len(c.IDs)), make([]string, n), make([]int, n), c.Values}
	stride := n
	for k := range c.IDs {
		t.dimensions[k] = make([]string, n)
		stride /= c.Size[k]
		for i := range n {
			t.dimensions[k][i] = c.Categories[k][i/stride%c.Size[k]]
		}
	}
	for i := range n {
		t.region[i] = t.dimensions[geo][i]
	}
	stride = 1
	for k := len(c.IDs) - 1; k > at; k-- {
		stride *= c.Size[k]
	}
	for i := range n {
		t.year[i] = years[i/stride%c.Size[at]]
	}
	return t, nil
}

// table is the cells as the database takes them.
func (t *cubeTable) table(c *source.Cube) *source.Table {
	var out []*source.Vector
	for k, id := range c.IDs {
		out = append(out, textVector(id, t.dimensions[k]))
	}
	n := len(t.value)
	valid, year, number := make([]bool, n), make([]int64, n), make([]float64, n)
	known := make([]bool, n)
	for i, v := range t.value {
		valid[i], year[i] = true, int64(t.year[i])
		if known[i] = !math.IsNaN(v); known[i] {
			number[i] = v
		}
	}
	out = append(out, textVector(codebook.RegionColumn, t.region),
		&source.Vector{Column: source.Column{Name: codebook.TimeColumn, Type: source.Integer}, Valid: valid, Int: year},
		&source.Vector{Column: source.Column{Name: codebook.ValueColumn, Type: source.Number}, Valid: known, Float: number})
	if c.Status != nil {
		out = append(out, textVector(codebook.StatusColumn, c.Status))
	} else {
		out = append(out, textVector(codebook.StatusColumn, make([]string, n)))
	}
	return &source.Table{Name: c.File, Rows: n, Columns: out}
}

// textVector is a column of texts, none missing.
func textVector(name string, values []string) *source.Vector {
	v := &source.Vector{Column: source.Column{Name: name, Type: source.Text}, Valid: make([]bool, len(values)), Code: make([]int32, len(values))}
	code := map[string]int32{}
	for i, text := range values {
		k, seen := code[text]
		if !seen {
			k = int32(len(v.Texts))
			code[text] = k
			v.Texts = append(v.Texts, text)
		}
		v.Code[i], v.Valid[i] = k, true
	}
	return v
}
