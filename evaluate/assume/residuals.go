package assume

import (
	"slices"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/model/infer"
	"bidrag/model/univariate"
)

// residualBins is how many points the quantiles of residuals are drawn with.
const residualBins = 40

// Residuals tells whether randomised quantile residuals are standard normal, as
// they are when the distribution of responses is that of the model: against
// the fitted distribution (Dunn and Smyth 1996), in a multilevel model among
// draws with new random effects (Hartig 2022, DHARMa). Values:
//
//	residual_mean, residual_sd                      {Model}         0 and 1 when it is
//	residual_ks                                     {Model}         largest distance from the normal distribution function
//	residual_quantile, residual_quantile_expected   {Model, Level}  means of residuals from the smallest upwards, and what they should be
//
// Of outcomes of 0 and 1 much of a residual is the random part, so that only a
// mean that is wrong on the whole would show. There is no p-value: residuals of
// a group with random effects are not independent.
//
// Source: [infer.QuantileResiduals], [infer.SimulatedResiduals].
func (t *Test) Residuals() []result.Value {
	var r []float64
	if t.mixed {
		r = infer.SimulatedResiduals(t.y, draws, t.Seed, t.Threads, t.simulate())
	} else {
		below, at := infer.Cumulative(t.Model.Family.Dist, t.y, t.mu, t.a, t.dispersion)
		r = infer.QuantileResiduals(below, at, t.Seed)
	}
	mean, sd := univariate.MeanSD(r)
	d, _ := infer.KolmogorovSmirnov(r)
	whole := func(quantity string, x float64) result.Value {
		return t.value(result.Key{Quantity: quantity}, result.Number, x)
	}
	out := []result.Value{whole("residual_mean", mean), whole("residual_sd", sd), whole("residual_ks", d)}
	slices.Sort(r)
	expected := make([]float64, len(r))
	for i := range expected {
		expected[i] = univariate.NormalQuantile((float64(i) + 0.5) / float64(len(r)))
	}
	for k, b := range infer.Bins(expected, r, min(residualBins, infer.BinCount(t.n))) {
		key := func(quantity string) result.Key { return result.Key{Quantity: quantity, Level: strconv.Itoa(k + 1)} }
		out = append(out, t.valueOf(key("residual_quantile"), result.Number, b.Mean, b.Rows),
			t.valueOf(key("residual_quantile_expected"), result.Number, b.X, b.Rows))
	}
	return out
}
