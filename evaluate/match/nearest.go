package match

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// Nearest says how the nearest persons of the reference are found.
type Nearest struct {
	Mahalanobis bool    // distance by the covariates, not by the propensity score
	Ratio       int     // persons of the reference for each of the scheme
	Replace     bool    // a person of the reference may stand for several
	Caliper     float64 // largest difference of propensity scores, in their standard deviation over all compared; 0 is none
	Exact       []string
}

// Nearest finds for every person of the scheme the nearest of the reference:
// by the difference of propensity scores |eᵢ − eⱼ|, or by the Mahalanobis
// distance
//
//	(xᵢ − xⱼ)' S⁻¹ (xᵢ − xⱼ)
//
// of the covariates, S their covariance within the two sides. It is greedy:
// persons of the scheme choose in the order of falling score, with Ratio > 1 all
// a first one before any a second one. Who is free, equal in the Exact columns
// and within the caliper can be chosen; of several at the same distance the first
// row. Sets are in the order of rows; who finds nobody has none.
//
// The error is a [result.Reason] when nobody finds anybody, or that of ctx.
//
// Source: Rosenbaum and Rubin (1985), The American Statistician 39, 33–38;
// Rubin (1980), Biometrics 36, 293–298; defaults as MatchIt's method "nearest".
func (c *Comparison) Nearest(ctx context.Context, o Nearest) ([]Set, error) {
	cells, err := c.cells(o.Exact)
	if err != nil {
		return nil, err
	}
	_, sd := univariate.MeanSD(c.Score)
	caliper := math.Inf(1)
	if o.Caliper > 0 {
		caliper = o.Caliper * sd
	}
	var chosen [][]int
	if o.Mahalanobis {
		chosen, err = c.byCovariates(ctx, o, cells, caliper)
	} else {
		chosen = c.byScore(o, cells, caliper)
	}
	if err != nil {
		return nil, err
	}
	var sets []Set
	for i, controls := range chosen {
		if len(controls) == 0 {
			continue
		}
		set := Set{Treated: i, Controls: controls, Outcome: c.Outcome[i]}
		for _, j := range controls {
			set.Outcomes = append(set.Outcomes, c.Outcome[j])
		}
		sets = append(sets, set)
	}
	if len(sets) == 0 {
		return nil, c.noMatch(o, cells)
	}
	return sets, nil
}

// noMatch says why nobody found anybody.
func (c *Comparison) noMatch(o Nearest, cells []int32) error {
	treated := map[int32]bool{}
	for i, t := range c.Treated {
		if t {
			treated[cells[i]] = true
		}
	}
	if !slices.ContainsFunc(cells, func(cell int32) bool { return treated[cell] && c.inReference(cells, cell) }) {
		return result.Reason{Code: result.NoMatch, About: "exact", Message: "nobody of the reference is equal in the columns under exact to anybody of the scheme; name fewer or coarser columns"}
	}
	return result.Reason{Code: result.NoMatch, About: "caliper", Message: fmt.Sprintf("nobody of the reference is within the caliper of %g standard deviations of the propensity score of anybody of the scheme; widen it", o.Caliper)}
}

func (c *Comparison) inReference(cells []int32, cell int32) bool {
	for i, t := range c.Treated {
		if !t && cells[i] == cell {
			return true
		}
	}
	return false
}

// cells numbers the combinations of values of columns.
func (c *Comparison) cells(columns []string) ([]int32, error) {
	cells := make([]int32, len(c.Treated))
	for _, name := range columns {
		column, ok := c.data.Column(name)
		if !ok {
			return nil, fmt.Errorf("there is no column %q", name)
		}
		of, _ := column.Groups()
		seen := map[[2]int32]int32{}
		for i, v := range of {
			k, ok := seen[[2]int32{cells[i], v}]
			if !ok {
				k = int32(len(seen))
				seen[[2]int32{cells[i], v}] = k
			}
			cells[i] = k
		}
	}
	return cells, nil
}

// order is the persons of the scheme by falling score, of equal ones by row.
func (c *Comparison) order() []int {
	var order []int
	for i, t := range c.Treated {
		if t {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.Score[b], c.Score[a]) })
	return order
}

// byScore chooses by the propensity score.
func (c *Comparison) byScore(o Nearest, cells []int32, caliper float64) [][]int {
	queues := map[int32]*queue{}
	for i, t := range c.Treated {
		if t {
			continue
		}
		q := queues[cells[i]]
		if q == nil {
			q = &queue{}
			queues[cells[i]] = q
		}
		q.rows = append(q.rows, i)
	}
	for _, q := range queues {
		q.build(c.Score)
	}
	chosen := make([][]int, len(c.Treated))
	order := c.order()
	if o.Replace {
		for _, i := range order {
			if q := queues[cells[i]]; q != nil {
				chosen[i] = q.nearest(c.Score[i], caliper, o.Ratio)
			}
		}
		return chosen
	}
	for range o.Ratio {
		for _, i := range order {
			if q := queues[cells[i]]; q != nil {
				if row, ok := q.take(c.Score[i], caliper); ok {
					chosen[i] = append(chosen[i], row)
				}
			}
		}
	}
	return chosen
}

// A queue is persons of the reference in the order of their scores. Persons of
// the same score are a block, of which the first row is taken first; blocks that
// are empty are jumped over, by paths that are halved as they are walked, so
// that n persons are found in little more than n log n steps.
type queue struct {
	rows   []int // of all blocks
	score  []float64
	from   []int // of each block, and one more: where its rows begin
	next   []int // of each block: the row that is taken next
	up, dn []int // of each block and one beyond either end: the nearest that is not empty, above or at it, and below or at it
}

func (q *queue) build(score []float64) {
	slices.SortStableFunc(q.rows, func(a, b int) int { return cmp.Compare(score[a], score[b]) })
	for k, i := range q.rows {
		if k == 0 || score[i] != score[q.rows[k-1]] {
			q.score, q.from = append(q.score, score[i]), append(q.from, k)
		}
	}
	q.next = slices.Clone(q.from)
	q.from = append(q.from, len(q.rows))
	for b := range len(q.score) + 2 {
		q.up, q.dn = append(q.up, b), append(q.dn, b)
	}
}

// find follows a path to its end and halves it.
func find(path []int, b int) int {
	for path[b] != b {
		path[b] = path[path[b]]
		b = path[b]
	}
	return b
}

// take takes the nearest row of those that are left.
func (q *queue) take(score, caliper float64) (row int, ok bool) {
	at, _ := slices.BinarySearch(q.score, score)
	above, below := find(q.up, at+1)-1, find(q.dn, at)-1 // blocks count from 1 in the paths
	b := q.nearer(score, below, above, func(b int) int { return q.rows[q.next[b]] })
	if b < 0 || math.Abs(q.score[b]-score) > caliper {
		return 0, false
	}
	row = q.rows[q.next[b]]
	if q.next[b]++; q.next[b] == q.from[b+1] {
		q.up[b+1], q.dn[b+1] = b+2, b
	}
	return row, true
}

// nearer is the block whose score is nearer, of equally near ones that with the
// smaller row; −1 when there is neither.
func (q *queue) nearer(score float64, below, above int, row func(b int) int) int {
	switch n := len(q.score); {
	case below < 0 && above >= n:
		return -1
	case below < 0:
		return above
	case above >= n:
		return below
	}
	down, up := math.Abs(score-q.score[below]), math.Abs(q.score[above]-score)
	if down < up || down == up && row(below) < row(above) {
		return below
	}
	return above
}

// nearest are the nearest so many rows, which stay.
func (q *queue) nearest(score, caliper float64, n int) []int {
	at, _ := slices.BinarySearch(q.score, score)
	next := map[int]int{}
	row := func(b int) int {
		k, begun := next[b]
		if !begun {
			k = q.from[b]
		}
		return q.rows[k]
	}
	below, above := at-1, at
	var out []int
	for len(out) < n {
		b := q.nearer(score, below, above, row)
		if b < 0 || math.Abs(q.score[b]-score) > caliper {
			break
		}
		out = append(out, row(b))
		k, begun := next[b]
		if !begun {
			k = q.from[b]
		}
		next[b] = k + 1
		switch {
		case k+1 < q.from[b+1]:
		case b == below:
			below--
		default:
			above++
		}
	}
	return out
}
