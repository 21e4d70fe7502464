package glm

import (
	"fmt"
	"math"
)

// Grouped is data in which every row belongs to one of several groups that have
// an intercept each.
type Grouped struct {
	Data           // a constant column of X is aliased: the intercepts are in its place
	Group  []int32 // N groups, from 0 to Groups−1
	Groups int
}

// A GroupState says whether a group has an intercept.
type GroupState int8

const (
	Estimated GroupState = iota
	Lowest               // every outcome is the lowest that there can be: the intercept is −∞
	Highest              // every outcome is the highest: +∞
	Empty                // no row of the group counts
)

// A WithinEstimate is a fitted model with an intercept for every group,
//
//	η = offset + α_g + x'β
//
// In Estimate, Beta to Separated are of β alone; Rank and DF count the
// intercepts too; Eta and Mu are NaN in rows that are not in the fit;
// HessianCondition is of the information about β with the intercepts profiled
// out. A column that does not vary within any group is aliased, with AliasOf
// nil and Constant set.
type WithinEstimate struct {
	Estimate
	Constant     []bool       // P: the column is the same throughout every group
	Intercept    []float64    // Groups: α_g, the predictor at x = 0, aliased columns left out; ±Inf or NaN by State
	InterceptErr []float64    // Groups: its standard error; NaN where there is no finite intercept
	State        []GroupState // Groups
}

// FitWithin finds the maximum-likelihood estimate of a model in which the
// intercepts of the groups are parameters: no pooling, fixed effects. It is what
// [Fit] finds with an indicator column for every group, in time and
// memory linear in the rows, whatever the number of groups.
//
// A group of a binomial model whose outcomes are all 0 or all 1, or of a
// Poisson model all 0, has no finite intercept. Whatever β is, its likelihood
// comes as near to 1 as one likes: it tells nothing of β, and is left out.
//
// In every step of Fisher scoring the diagonal block of the intercepts is
// eliminated. With information w and score s by row, W_g = Σw and S_g = Σs over
// a group, and x̄_g = Σwx/W_g,
//
//	A  = Σ w (x − x̄_g)(x − x̄_g)'      the Schur complement
//	δβ = A⁻¹ Σ s (x − x̄_g)
//	δα_g = S_g/W_g − x̄_g'δβ
//
// The covariance of β is A⁻¹, the variance of α_g is 1/W_g + x̄_g'A⁻¹x̄_g. Ends and errors
// are as of [Fit]; an error too when no group is left.
//
// Intercepts cost degrees of freedom: with few rows to a group estimates of β
// in binomial models lie too far from 0 (Neyman and Scott's problem), with two
// rows to every group twice as far.
//
// Source: Chamberlain (1980), Review of Economic Studies 47, 225–238, for what
// is estimated; Greene (2004), Econometrics Journal 7, 98–119, for the steps and the bias.
func FitWithin(d Grouped, o Options) (*WithinEstimate, error) {
	o = o.withDefaults()
	if err := d.check(o); err != nil {
		return nil, err
	}
	if len(d.Group) != d.N {
		panic(fmt.Sprintf("glm: %d groups for %d rows", len(d.Group), d.N))
	}
	w := sortGroups(&d)
	if len(w.kept) == 0 {
		return nil, fmt.Errorf("no group is left to fit: in every one the outcomes are all as low, or all as high, as can be")
	}
	w.centre()
	w.problem = newProblem(&w.ordered, o)
	w.cut()
	w.choose()
	w.climb()
	return w.estimate(), nil
}

// A within is one model with intercepts for groups being fitted: to the rows
// of groups that have one, in the order of the groups.
type within struct {
	*problem // of those rows; X is the columns that vary within groups, centred there, and then their orthogonal combinations Q
	whole    *Grouped
	ordered  Data

	state []GroupState // by group of the data
	kept  []int        // groups of the fit
	order []int        // rows of the fit, by group
	start []int        // first row of every group of the fit, and the end
	cuts  []int        // first group of every chunk, and the end

	varying []int     // columns of the data that vary within groups
	means   []float64 // len(kept)×len(varying): what was subtracted

	alpha    []float64  // len(kept): intercepts at the centre of the group
	step     withinStep // as problem.proposed
	group    []groupSum
	weighted []float64 // len(kept)×k: weighted means of Q by group
	score    []float64 // by row of the fit
	info     []float64
	comp     []float64
}

// A groupSum is the sums of score and information of a group.
type groupSum struct{ score, info float64 }

// sortGroups sorts the rows by group and leaves out what has no intercept.
func sortGroups(d *Grouped) *within {
	w := &within{whole: d, state: make([]GroupState, d.Groups)}
	counts := w.states()
	start := make([]int, d.Groups+1)
	for g, state := range w.state {
		start[g+1] = start[g]
		if state == Estimated {
			start[g+1] += counts[g]
			w.kept, w.start = append(w.kept, g), append(w.start, start[g])
		}
	}
	n := start[d.Groups]
	w.start = append(w.start, n)
	w.order = make([]int, n)
	for i, g := range d.Group {
		if w.state[g] == Estimated && d.counts(i) {
			w.order[start[g]] = i
			start[g]++
		}
	}
	w.ordered = Data{N: n, Y: pick(d.Y, w.order), Trials: pick(d.Trials, w.order), Offset: pick(d.Offset, w.order),
		Weights: pick(d.Weights, w.order), WeightType: d.WeightType, Family: d.Family}
	return w
}

// counts tells whether a row is in the fit.
func (d *Data) counts(i int) bool {
	return (d.Weights == nil || d.Weights[i] > 0) && (d.Trials == nil || d.Trials[i] > 0)
}

// states finds the state of every group, and counts its rows.
func (w *within) states() (counts []int) {
	d := w.whole
	counts = make([]int, d.Groups)
	low, high := make([]bool, d.Groups), make([]bool, d.Groups) // some outcome is not the lowest, the highest
	for i, g := range d.Group {
		if !d.counts(i) {
			continue
		}
		counts[g]++
		low[g] = low[g] || d.Family.HasDispersion() || d.Y[i] != 0
		high[g] = high[g] || !bounded(d.Data) || d.Y[i] != 1
	}
	for g, n := range counts {
		switch {
		case n == 0:
			w.state[g] = Empty
		case !low[g]:
			w.state[g] = Lowest
		case !high[g]:
			w.state[g] = Highest
		}
	}
	return counts
}

// pick is the values of some rows; nil where there are none.
func pick(values []float64, rows []int) []float64 {
	if values == nil {
		return nil
	}
	out := make([]float64, len(rows))
	for k, i := range rows {
		out[k] = values[i]
	}
	return out
}

// centre takes the mean of the group from every column, and sets those aside
// that are the same throughout every group, to rounding.
func (w *within) centre() {
	d, n, groups := w.whole, len(w.order), len(w.kept)
	var x, means []float64
	for j := range d.P {
		column := pick(d.column(j), w.order)
		mean := make([]float64, groups)
		before, after := norm(column), 0.0
		for g := range groups {
			after = math.Hypot(after, subtractMean(column[w.start[g]:w.start[g+1]], &mean[g]))
		}
		if after <= withinTolerance*before {
			continue
		}
		w.varying = append(w.varying, j)
		x, means = append(x, column...), append(means, mean...)
	}
	k := len(w.varying)
	w.ordered.P, w.ordered.X = k, x[:n*k:n*k]
	w.means = make([]float64, groups*k)
	for j := range k {
		for g := range groups {
			w.means[g*k+j] = means[j*groups+g]
		}
	}
}

// withinTolerance is how much of a column, as a length, must vary within groups.
const withinTolerance = 1e-11

// subtractMean centres the values, and returns their length after it: 0 when they are equal.
func subtractMean(x []float64, mean *float64) (length float64) {
	low, high, sum := x[0], x[0], 0.0
	for _, v := range x {
		low, high, sum = min(low, v), max(high, v), sum+v
	}
	if *mean = sum / float64(len(x)); low == high {
		*mean = low
	}
	for i := range x {
		x[i] -= *mean
	}
	return norm(x)
}

// cut makes chunks of whole groups, of about as many rows each.
func (w *within) cut() {
	w.cuts = []int{0}
	rows := max(minChunk, w.ordered.N/maxChunks, w.ordered.N/max(2, maxSums/(w.ordered.P*w.ordered.P+1)))
	from := 0
	for g := range w.kept {
		if w.start[g+1]-from >= rows || g == len(w.kept)-1 {
			w.cuts, from = append(w.cuts, g+1), w.start[g+1]
		}
	}
}

// choose sets aside columns that are combinations of earlier ones, within the
// groups, and turns the others into orthogonal ones: Q = X S⁻¹ T.
func (w *within) choose() {
	d := &w.ordered
	keep, r, combination := limitedPivoting(w.triangle(), d.P, w.opts.RankTolerance)
	w.combination = combination
	w.basis = w.uncentred(keep)
	k := len(keep)
	w.basis.t = invertUpper(r, k)
	for j := k - 1; j >= 0; j-- { // from the last: column j needs earlier ones as they were
		q := make([]float64, d.N)
		for i := 0; i <= j; i++ {
			f := w.basis.t[i*k+j] / w.basis.scale[i]
			for row, v := range d.column(keep[i]) {
				q[row] += f * v
			}
		}
		copy(d.column(keep[j]), q)
	}
	for to, from := range keep {
		copy(d.column(to), d.column(from))
	}
	w.gamma, w.alpha = make([]float64, k), make([]float64, len(w.kept))
	w.group, w.weighted = make([]groupSum, len(w.kept)), make([]float64, len(w.kept)*k)
	w.score, w.info, w.comp = make([]float64, d.N), make([]float64, d.N), make([]float64, d.N)
}
