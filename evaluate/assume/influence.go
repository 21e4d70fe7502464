package assume

import (
	"fmt"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/model/infer"
)

// Influence tells how much single persons weigh in a model without random
// effects. Values:
//
//	influential_persons  {Model}        with a Cook's distance above 4/n
//	influence_bound      {Model}        1, 2 or 5 times a power of ten of standard errors: no person moves any estimate by more
//	max_cook             {Model}        the largest Cook's distance
//	max_dfbetas          {Model, Term}  the largest |dfbetas|: what leaving out one person changes, in standard errors
//
// The last two are about one person each, and the gate hides them; the bound
// says of all that they lie under it.
//
// Source: [infer.NewInfluence]; 4/n is Bollen and Jackman's (1990).
func (t *Test) Influence() []result.Value {
	if t.mixed {
		return nil
	}
	deviance := make([]float64, t.n)
	for i := range deviance {
		if t.a[i] > 0 {
			deviance[i] = t.Model.Family.Score(t.eta[i:i+1], t.y[i:i+1], t.a[i:i+1], nil, nil)
		}
	}
	f := infer.NewInfluence(t.rows, deviance, t.dispersion)
	if f == nil {
		return nil
	}
	count, cook, largest := 0, 0.0, 0.0
	for _, d := range f.Cook {
		if d > 4/float64(t.n) {
			count++
		}
		cook = math.Max(cook, d)
	}
	out := []result.Value{{}, {}, t.valueOf(result.Key{Quantity: "max_cook"}, result.Number, cook, 1)}
	for j, c := range t.Model.Coding.Columns {
		most := 0.0
		for _, d := range f.DFBetas[j*t.n : (j+1)*t.n] {
			most = math.Max(most, math.Abs(d))
		}
		if !math.IsNaN(most) {
			largest = math.Max(largest, most)
			out = append(out, t.valueOf(result.Key{Quantity: "max_dfbetas", Term: c.Name}, result.Number, most, 1))
		}
	}
	out[0] = result.PersonCount(result.Key{Quantity: "influential_persons", Model: t.Name}, count)
	out[1] = t.value(result.Key{Quantity: "influence_bound"}, result.Number, roundUp(largest))
	return out
}

// roundUp is the smallest of 1, 2 and 5 times a power of ten that is not below x.
func roundUp(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return x
	}
	exponent := math.Floor(math.Log10(x))
	for _, digit := range []float64{1, 2, 5, 10} {
		bound := digit * math.Pow(10, exponent)
		if exponent < 0 {
			bound = digit / math.Pow(10, -exponent)
		}
		if x <= bound {
			return bound
		}
	}
	return math.Pow(10, exponent+1)
}

// refits is how many clusters at each end are left out by fitting again.
const refits = 3

// WithoutClusters gives the smallest and the largest estimate of each term of
// the focus when any one cluster is left out. Clusters are ranked by one step
// from the fit, and the model is fitted again without the three that would move
// the estimate furthest down, and the three furthest up; the numbers are of
// these fits. Values:
//
//	without_cluster.lowest, without_cluster.highest   {Model, Term}
//	without_cluster_range                             {Model, Term}  the estimate from the one to the other; odds ratios of a logit model
//
// They rest on the persons left out, by whom they differ from the estimate
// itself. The step is that of [infer.WithoutClusters]; in a multilevel model,
// whose rows are not independent, it is β − V s with V the covariance of the
// estimates and s the cluster's part of the score at the modes.
//
// refit fits the model to some of the rows; it is called for several at once.
func (t *Test) WithoutClusters(c Grouping, refit func(rows []int) (*fit.Model, error)) ([]result.Value, error) {
	if c.Groups < 3 || len(t.Focus) == 0 {
		return nil, nil
	}
	steps := t.steps(c)
	p := t.rows.P
	members := c.members()
	columns := t.Model.Coding.Names()
	chosen := map[int]*fit.Model{}
	ends := map[string][]int{}
	for _, term := range t.Focus {
		j := slices.Index(columns, term)
		if j < 0 || math.IsNaN(t.rows.Bread[j*p+j]) {
			continue
		}
		for _, g := range furthest(c.Groups, func(g int) float64 { return steps[g*p+j] }) {
			chosen[g] = nil
			ends[term] = append(ends[term], g)
		}
	}
	if err := t.refitAll(c, chosen, refit); err != nil {
		return nil, err
	}
	var out []result.Value
	for _, term := range t.Focus {
		estimate := func(g int) float64 { return *estimateOf(chosen[g], term) }
		known := slices.DeleteFunc(slices.Clone(ends[term]), func(g int) bool { return estimateOf(chosen[g], term) == nil })
		if len(known) == 0 {
			continue
		}
		compare := func(a, b int) int {
			if d := estimate(a) - estimate(b); d != 0 {
				return int(math.Copysign(1, d))
			}
			return a - b
		}
		low, high := slices.MinFunc(known, compare), slices.MaxFunc(known, compare)
		out = append(out, t.span(term, estimate(low), estimate(high), len(members[low]), len(members[high]))...)
	}
	return out, nil
}

// span is the values of [Test.WithoutClusters] for one term: its smallest and
// largest estimate, and the persons left out of each fit.
func (t *Test) span(term string, low, high float64, fromLow, fromHigh int) []result.Value {
	value := func(kind string, x float64, n int) result.Value {
		return t.valueOf(result.Key{Quantity: "without_cluster", Kind: kind, Term: term}, t.scale(), x, n)
	}
	all, unit, show := *estimateOf(t.Model, term), result.Number, func(x float64) float64 { return x }
	if t.scale() == result.LogOdds {
		unit, show = result.OddsRatio, math.Exp
	}
	span := t.valueOf(result.Key{Quantity: "without_cluster_range", Term: term}, unit, show(all), min(fromLow, fromHigh))
	return []result.Value{value("lowest", low, fromLow), value("highest", high, fromHigh), span.WithInterval(show(low), show(high))}
}

// estimateOf is the estimate of a term, nil where it has none.
func estimateOf(m *fit.Model, term string) *float64 {
	if m == nil || m.Result.Status != "converged" {
		return nil
	}
	c, _ := m.Coefficient(term)
	return c.Estimate
}

// steps are the coefficients without each cluster to one step, clusters×P.
func (t *Test) steps(c Grouping) []float64 {
	if !t.mixed {
		return infer.WithoutClusters(t.rows, t.Model.Beta, c.Index, c.Groups)
	}
	p, n := t.rows.P, t.n
	out := make([]float64, c.Groups*p)
	for g := range c.Groups {
		copy(out[g*p:], t.Model.Beta)
	}
	for l := range p {
		if math.IsNaN(t.Model.Cov[l*p+l]) {
			continue
		}
		sums := make([]float64, c.Groups)
		for i, v := range t.rows.X[l*n : (l+1)*n] {
			sums[c.Index[i]] += v * t.rows.Score[i] / t.dispersion
		}
		for g, s := range sums {
			for j := range p {
				out[g*p+j] -= t.Model.Cov[j*p+l] * s
			}
		}
	}
	return out
}

// furthest are the groups with the smallest and the largest values, three of each.
func furthest(groups int, value func(g int) float64) []int {
	var order []int
	for g := range groups {
		if !math.IsNaN(value(g)) {
			order = append(order, g)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch va, vb := value(a), value(b); {
		case va < vb:
			return -1
		case va > vb:
			return 1
		}
		return 0
	})
	if len(order) <= 2*refits {
		return order
	}
	return append(order[:refits:refits], order[len(order)-refits:]...)
}

// refitAll fits the model without each of the chosen clusters.
func (t *Test) refitAll(c Grouping, chosen map[int]*fit.Model, refit func(rows []int) (*fit.Model, error)) error {
	var clusters []int
	for g := range chosen {
		clusters = append(clusters, g)
	}
	slices.Sort(clusters)
	models, errs := make([]*fit.Model, len(clusters)), make([]error, len(clusters))
	var group errgroup.Group
	group.SetLimit(max(1, t.Threads))
	for k, g := range clusters {
		group.Go(func() error {
			var rows []int
			for i, of := range c.Index {
				if of != int32(g) {
					rows = append(rows, i)
				}
			}
			models[k], errs[k] = refit(rows)
			return nil // told below, the first cluster's first
		})
	}
	_ = group.Wait()
	for k, g := range clusters {
		if errs[k] != nil {
			return fmt.Errorf("the model cannot be fitted without one of the clusters by %q: %w", c.Name, errs[k])
		}
		chosen[g] = models[k]
	}
	return nil
}
