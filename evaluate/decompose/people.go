package decompose

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"bidrag/model/infer"
	"bidrag/model/kernel"
)

// The places of the two schemes in pairs of things.
const (
	reference = 0
	focus     = 1
)

// people are the persons in order: those of the reference first, in each scheme
// those of a cluster together.
//
//	Z  n×p characteristics, (x − centre)/scale
//	W  n×(p+2) columns 1, Z, y, with room for n numbers more at the end
type people struct {
	data   *Data
	n, p   int
	begin  [3]int // scheme s is rows begin[s] to begin[s+1]
	side   [2]Side
	w      []float64
	centre []float64 // p means, in units of scale
	scale  []float64 // p standard deviations; 1 of what does not vary
	block  []int     // p

	clusters infer.Clusters
	segments []segment // rows of one scheme and one cluster, in order
	levels   [][]int32 // of each table, by row
}

// A segment is the rows from begin to end.
type segment struct{ begin, end, scheme int }

// inFocus tells of every row whether it is of the scheme.
func (p *people) inFocus() []bool {
	in := make([]bool, p.n)
	for i := p.begin[focus]; i < p.n; i++ {
		in[i] = true
	}
	return in
}

// newPeople puts the persons in order. Its error is [ErrEmpty], or of outcomes
// that are not 0 or 1.
func newPeople(d *Data) (*people, error) {
	p := &people{data: d, n: d.N, p: d.P, block: d.Block}
	order := make([]int, d.N)
	for i := range order {
		order[i] = i
		if y := d.Y[i]; y != 0 && y != 1 {
			return nil, fmt.Errorf("the outcome must be 0 or 1 to be split into points; it is %g for some", y)
		}
	}
	scheme := func(i int) int {
		if d.Focus[i] {
			return focus
		}
		return reference
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(scheme(a), scheme(b)), cmp.Compare(d.Clusters.Of[a], d.Clusters.Of[b]))
	})
	p.clusters = infer.Clusters{Of: make([]int32, d.N), Number: d.Clusters.Number}
	for k, i := range order {
		s := scheme(i)
		p.clusters.Of[k] = d.Clusters.Of[i]
		p.side[s].Persons++
		p.side[s].Successes += int(d.Y[i])
		if last := len(p.segments) - 1; last < 0 || p.segments[last].scheme != s || p.clusters.Of[k] != p.clusters.Of[k-1] {
			p.segments = append(p.segments, segment{k, k, s})
		}
		p.segments[len(p.segments)-1].end = k + 1
	}
	p.begin = [3]int{0, p.side[reference].Persons, d.N}
	if p.side[focus].Persons == 0 || p.side[reference].Persons == 0 {
		return nil, ErrEmpty
	}
	for _, t := range d.Tables {
		levels := make([]int32, d.N)
		for k, i := range order {
			levels[k] = int32(t.Of[i])
		}
		p.levels = append(p.levels, levels)
	}
	return p, p.fill(order)
}

// fill makes the columns W.
func (p *people) fill(order []int) error {
	p.w = make([]float64, p.n*(p.p+3))
	p.centre, p.scale = make([]float64, p.p), make([]float64, p.p)
	for i := range p.n {
		p.w[i] = 1
	}
	for j := range p.p {
		x, z := p.data.X[j*p.n:(j+1)*p.n], p.column(j+1)
		if !kernel.Finite(x) {
			return errors.New("a characteristic is not finite: " + p.data.Names[j])
		}
		_, _, sum := kernel.Extremes(x)
		mean := sum / float64(p.n)
		sd := math.Sqrt(kernel.Squares(x, mean) / float64(p.n))
		if !(sd > 1e-12*math.Abs(mean)) {
			sd = 1
		}
		p.centre[j], p.scale[j] = mean/sd, sd
		for k, i := range order {
			z[k] = (x[i] - mean) / sd
		}
	}
	y := p.column(p.p + 1)
	for k, i := range order {
		y[k] = p.data.Y[i]
	}
	return nil
}

// column is column j of W.
func (p *people) column(j int) []float64 { return p.w[j*p.n : (j+1)*p.n] }

// rows are those of a scheme in column j of W.
func (p *people) rows(j, scheme int) []float64 {
	return p.column(j)[p.begin[scheme]:p.begin[scheme+1]]
}

// ones are the weights of everyone once.
func (p *people) ones() []float64 { return p.w[:p.n] }

// fewest are the persons and the successes of the side that tells of the fewest
// persons, but some, who attain the goal or not.
func fewest(a, b Side) (persons, successes int) {
	few := func(s Side) int {
		least := math.MaxInt
		for _, n := range []int{s.Persons, s.Successes, s.Persons - s.Successes} {
			if n > 0 {
				least = min(least, n)
			}
		}
		return least
	}
	if few(a) <= few(b) {
		return a.Persons, a.Successes
	}
	return b.Persons, b.Successes
}
