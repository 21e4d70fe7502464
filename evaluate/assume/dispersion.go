package assume

import (
	"gonum.org/v1/gonum/mathext"
	"math"

	"bidrag/evaluate/result"
	"bidrag/model/infer"
	"bidrag/model/univariate"
)

// Dispersion compares the variation that is left over with what the model
// expects. Values:
//
//	dispersion, dispersion_p              {Model}            Σ (y − μ)²/V(μ) over n − p, as the report has it
//	group_dispersion, group_dispersion_p  {Model, Variable}  the same of groups, by what the model expects of it
//	group_dispersion_groups               {Model, Variable}  number of groups
//
// Of outcomes of 0 and 1 the first tells nothing: (y − μ)²/V(μ) has mean 1
// whatever the model leaves out, and its p-value is left out. A model that
// estimates its dispersion, as the Gaussian, has no such ratio. What persons of a
// group have in common shows in sums. With O the successes of a group, E what
// is expected and V = Σ V(μ),
//
//	X² = Σ_g (O_g − E_g)²/V_g,   E(X²) = Σ_g (1 − d_g'M d_g/V_g),   d_g = Σ_{i in g} μ'(η_i) x_i
//
// where M is the covariance of the estimates; the ratio is X²/E(X²), about 1
// when persons are independent given the model, and above it when groups
// differ by more than chance. p is that of χ² with E(X²) degrees of freedom,
// which is rough where groups are small.
//
// In a multilevel model, which says how much groups differ, expectation and
// variance of a group are those of 999 draws with new random effects and of what
// is observed together, and p is the share of these that vary as much:
//
//	X² = Σ_g ((O_g − mean_g)/sd_g)²/G
//
// and above 1 groups differ by more than it says.
//
// Source: McCullagh and Nelder (1989), Generalized Linear Models, 4.5; Hartig
// (2022), DHARMa, for the draws; Barnard (1963) for p among them.
func (t *Test) Dispersion(groupings []Grouping) []result.Value {
	out := t.personDispersion()
	ratios, ps := t.groupDispersions(groupings)
	for k, g := range groupings {
		if math.IsNaN(ratios[k]) {
			continue
		}
		key := func(quantity string) result.Key { return result.Key{Quantity: quantity, Variable: g.Name} }
		out = append(out, t.value(key("group_dispersion"), result.Number, ratios[k]), t.value(key("group_dispersion_p"), result.PValue, ps[k]),
			t.value(key("group_dispersion_groups"), result.Count, float64(g.Groups)))
	}
	return out
}

// personDispersion is Pearson's ratio. A model that estimates its dispersion has
// none: it would be 1 of necessity.
func (t *Test) personDispersion() []result.Value {
	if t.Model.Family.HasDispersion() {
		return nil
	}
	pearson := make([]float64, t.n)
	for i, v := range t.variance {
		if v > 0 {
			pearson[i] = (t.y[i] - t.mu[i]) / math.Sqrt(v)
		}
	}
	d := infer.Overdispersion(pearson, float64(t.n-t.Model.Result.DF))
	out := []result.Value{t.value(result.Key{Quantity: "dispersion"}, result.Number, d.Ratio)}
	if !t.binary && !t.mixed {
		out = append(out, t.value(result.Key{Quantity: "dispersion_p"}, result.PValue, d.P))
	}
	return out
}

// groupDispersions are the ratio and the p-value of every grouping.
func (t *Test) groupDispersions(groupings []Grouping) (ratios, ps []float64) {
	if t.mixed {
		return t.simulatedDispersions(groupings)
	}
	for _, g := range groupings {
		ratio, p := t.groupDispersion(g)
		ratios, ps = append(ratios, ratio), append(ps, p)
	}
	return ratios, ps
}

// groupDispersion is the ratio of a model without random effects; NaN when the
// model reproduces the sum of every group, as that of a factor of its own.
func (t *Test) groupDispersion(g Grouping) (ratio, p float64) {
	n, k := t.n, t.rows.P
	left, variance, slope := make([]float64, g.Groups), make([]float64, g.Groups), make([]float64, n)
	for i, of := range g.Index {
		v := t.a[i] * t.a[i] * t.variance[i]
		left[of] += t.a[i] * (t.y[i] - t.mu[i])
		variance[of] += v
		slope[i] = math.Sqrt(t.rows.Info[i] * v)
	}
	d := make([]float64, g.Groups*k)
	for j := range k {
		for i, x := range t.rows.X[j*n : (j+1)*n] {
			d[int(g.Index[i])*k+j] += x * slope[i]
		}
	}
	statistic, expected := 0.0, 0.0
	for of, v := range variance {
		if v > 0 {
			statistic += left[of] * left[of] / (v * t.dispersion)
			expected += 1 - quadratic(t.rows.Bread, d[of*k:(of+1)*k])/v
		}
	}
	if !(expected > 1e-8*float64(g.Groups)) || math.IsNaN(statistic) {
		return math.NaN(), math.NaN()
	}
	return statistic / expected, mathext.GammaIncRegComp(expected/2, statistic/2)
}

// quadratic is w'Mw; aliased coefficients, NaN in M, do not count.
func quadratic(m, w []float64) float64 {
	sum, k := 0.0, len(w)
	for i, a := range w {
		if math.IsNaN(m[i*k+i]) {
			continue
		}
		for j, b := range w {
			if v := m[i*k+j]; !math.IsNaN(v) {
				sum += a * v * b
			}
		}
	}
	return sum
}

// groupDraws is how many times all responses are drawn for the groups: enough
// that p is known to about 0.01 where it matters.
const groupDraws = 999

// simulatedDispersions are the ratios of a multilevel model, and the share of
// draws, the observed responses among them, whose own is at least as large.
func (t *Test) simulatedDispersions(groupings []Grouping) (ratios, ps []float64) {
	sums := make([][][]float64, groupDraws+1) // by draw, the last observed, and grouping
	infer.Simulations(t.n, groupDraws, t.Seed, t.Threads, t.simulate(), func(_, k int, y []float64) { sums[k] = t.groupSums(groupings, y) })
	sums[groupDraws] = t.groupSums(groupings, t.y)
	of := make([][]float64, len(sums))
	for k := range groupings {
		for d, s := range sums {
			of[d] = s[k]
		}
		ratio, p := amongDraws(of)
		ratios, ps = append(ratios, ratio), append(ps, p)
	}
	return ratios, ps
}

// amongDraws compares the last of several rows of group sums with all of them:
//
//	X²_d = Σ_g ((O_dg − mean_g)/sd_g)²/G,   p = #{d: X²_d ≥ X²_last}/rows
//
// with mean and standard deviation over all rows, the last too. So the rows are
// on one footing, and p is exact for any number of draws: when the last is a
// draw like the others, p ≤ a/rows has probability a/rows. (By mean and
// standard deviation of the draws alone, the last would look too far away.)
func amongDraws(sums [][]float64) (ratio, p float64) {
	last := len(sums) - 1
	statistics, of := make([]float64, len(sums)), make([]float64, len(sums))
	groups := float64(len(sums[last]))
	for g := range sums[last] {
		for d, s := range sums {
			of[d] = s[g]
		}
		mean, sd := univariate.MeanSD(of)
		if sd > 0 {
			for d, x := range of {
				statistics[d] += (x - mean) * (x - mean) / (sd * sd) / groups
			}
		}
	}
	above := 0
	for _, x := range statistics {
		if x >= statistics[last] {
			above++
		}
	}
	return statistics[last], float64(above) / float64(len(sums))
}

// groupSums adds up responses, times what a row counts, in each group of each
// grouping.
func (t *Test) groupSums(groupings []Grouping, y []float64) [][]float64 {
	out := make([][]float64, len(groupings))
	for k, g := range groupings {
		out[k] = make([]float64, g.Groups)
		for i, of := range g.Index {
			out[k][of] += y[i] * t.a[i]
		}
	}
	return out
}
