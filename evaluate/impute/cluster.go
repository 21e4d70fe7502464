package impute

import "math"

// leastICC is the share of a variable's variance between clusters below which
// its means tell nothing about them.
const leastICC = 0.01

// Clusters are groups of persons: the group of each from 0, −1 where unknown.
type clusters struct {
	of     []int32
	number int
}

// clusterMeans are the shrunken means of x (NaN where missing) in the cluster of
// each person, as deviations from the mean of all: with n known values in
// cluster g, whose sum is S,
//
//	own    = τ² (S − n x̄) / (σ² + n τ²)
//	others = the same without the person's own value
//
// τ² and σ² are the variances between and within clusters by analysis of
// variance. Those who lack a value have own = others. Both are nil when x does
// not differ between clusters, or does not within them.
//
// Source: Searle, Casella and McCulloch (1992), Variance Components, 3.6 (the
// variances) and 3.4 (the means).
func (c *clusters) means(x []float64) (own, others []float64) {
	n, sum := make([]float64, c.number), make([]float64, c.number)
	total, count := 0.0, 0.0
	for i, g := range c.of {
		if g >= 0 && !math.IsNaN(x[i]) {
			n[g]++
			sum[g] += x[i]
			total += x[i]
			count++
		}
	}
	mean := total / count
	between, within, ok := c.variances(x, n, sum, mean, count)
	if !ok {
		return nil, nil
	}
	own, others = make([]float64, len(x)), make([]float64, len(x))
	for i, g := range c.of {
		if g < 0 {
			continue
		}
		own[i] = between * (sum[g] - n[g]*mean) / (within + n[g]*between)
		others[i] = own[i]
		if !math.IsNaN(x[i]) {
			others[i] = between * (sum[g] - x[i] - (n[g]-1)*mean) / (within + (n[g]-1)*between)
		}
	}
	return own, others
}

// variances between and within clusters; false when there is nothing to shrink.
func (c *clusters) variances(x, n, sum []float64, mean, count float64) (between, within float64, ok bool) {
	groups, squares, msb, msw := 0.0, 0.0, 0.0, 0.0
	for g := range n {
		if n[g] > 0 {
			groups++
			squares += n[g] * n[g]
			d := sum[g]/n[g] - mean
			msb += n[g] * d * d
		}
	}
	if groups < 2 || count <= groups {
		return 0, 0, false
	}
	for i, g := range c.of {
		if g >= 0 && !math.IsNaN(x[i]) {
			d := x[i] - sum[g]/n[g]
			msw += d * d
		}
	}
	msb /= groups - 1
	within = msw / (count - groups)
	between = (msb - within) * (groups - 1) / (count - squares/count)
	if !(within > 1e-9*(within+between)) || !(between >= leastICC*(within+between)) {
		return 0, 0, false
	}
	return between, within, true
}
