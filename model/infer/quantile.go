package infer

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"bidrag/model/family"
)

// A QuantilePoint is a point of a normal quantile–quantile plot.
type QuantilePoint struct {
	Row       int     // index of the value
	Value     float64 // the i-th smallest
	Expected  float64 // Φ⁻¹((i − a)/(n + 1 − 2a)), a = ½, of up to ten values ⅜: R's ppoints
	Low, High float64 // where the i-th smallest of n normal values lies with the level's probability
}

// NormalQuantiles are the points of values that should be standard normal. The
// band holds at each point by itself, without simulation, as the i-th smallest
// of n uniform values has a Beta(i, n+1−i) distribution.
//
// Modes of random effects are standard normal, nearly, when divided by their
// own standard deviation under the model, √(σ² − v), where σ is that of the
// random effect and v the conditional variance of the mode: they are shrunken,
// so σ itself would be too much. They are not quite independent.
//
// Source: David and Nagaraja (2003), Order Statistics, 2.1; Lange and Ryan
// (1989), Annals of Statistics 17, 624–642, for the modes.
func NormalQuantiles(values []float64, level float64) []QuantilePoint {
	n := len(values)
	order := make([]QuantilePoint, 0, n)
	tied(values, func(run []int) {
		for _, i := range run {
			order = append(order, QuantilePoint{Row: i, Value: values[i]})
		}
	})
	a := 0.5
	if n <= 10 {
		a = 0.375
	}
	for k := range order {
		i, rest := float64(k+1), float64(n-k)
		order[k].Expected = distuv.UnitNormal.Quantile((i - a) / (float64(n) + 1 - 2*a))
		order[k].Low = distuv.UnitNormal.Quantile(mathext.InvRegIncBeta(i, rest, (1-level)/2))
		order[k].High = -distuv.UnitNormal.Quantile(mathext.InvRegIncBeta(rest, i, (1-level)/2))
	}
	return order
}

// Cumulative returns the probabilities under the model that a response is
// smaller than y, and that it is not larger; for continuous distributions they
// are the same. mu is the mean and dispersion φ; a is what a row counts:
// trials of a share (binomial), exposure of a rate (Poisson: a y is a count of
// mean a μ); a/φ is the precision (Gaussian) or the shape (gamma). Both are
// NaN for a row that counts nothing.
func Cumulative(d family.Dist, y, mu, a []float64, dispersion float64) (below, at []float64) {
	if len(mu) != len(y) || len(a) != len(y) {
		panic(fmt.Sprintf("infer: shapes differ: %d responses, %d means, %d counts", len(y), len(mu), len(a)))
	}
	below, at = make([]float64, len(y)), make([]float64, len(y))
	for i, v := range y {
		if !(a[i] > 0) || math.IsNaN(mu[i]+v) {
			below[i], at[i] = math.NaN(), math.NaN()
			continue
		}
		k := math.Round(a[i] * v)
		switch d {
		case family.Binomial:
			below[i], at[i] = binomialCDF(k-1, a[i], mu[i]), binomialCDF(k, a[i], mu[i])
		case family.Poisson:
			below[i], at[i] = poissonCDF(k-1, a[i]*mu[i]), poissonCDF(k, a[i]*mu[i])
		case family.Gaussian:
			at[i] = distuv.UnitNormal.CDF((v - mu[i]) * math.Sqrt(a[i]/dispersion))
			below[i] = at[i]
		case family.Gamma:
			shape := a[i] / dispersion
			at[i] = mathext.GammaIncReg(shape, max(v, 0)*shape/mu[i])
			below[i] = at[i]
		}
	}
	return below, at
}

// binomialCDF is the probability of at most k of n successes.
func binomialCDF(k, n, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n:
		return 1
	}
	return mathext.RegIncBeta(n-k, k+1, 1-p)
}

// poissonCDF is the probability of at most k.
func poissonCDF(k, mean float64) float64 {
	if k < 0 {
		return 0
	}
	return mathext.GammaIncRegComp(k+1, mean)
}

// QuantileResiduals returns randomised quantile residuals, which are exactly
// standard normal under the model with the parameters given, whatever the
// distribution, and nearly so when they are estimated from many rows,
//
//	r_i = Φ⁻¹(b_i + U_i (c_i − b_i))
//
// with b and c the probabilities of a smaller and of a not larger response
// ([Cumulative]) and U uniform, drawn for every row in order from the seed.
// Residuals are cut off at ±8.2, Φ⁻¹ of 1 − 2⁻⁵³.
//
// Source: Dunn and Smyth (1996), J. Comput. Graph. Stat. 5, 236–244.
func QuantileResiduals(below, at []float64, seed uint64) []float64 {
	if len(below) != len(at) {
		panic(fmt.Sprintf("infer: shapes differ: %d and %d probabilities", len(below), len(at)))
	}
	random := stream(seed, 0)
	r := make([]float64, len(at))
	for i, b := range below {
		r[i] = normalScore(b + random.Float64()*(at[i]-b))
	}
	return r
}

// normalScore is Φ⁻¹, cut off where it would not be finite.
func normalScore(u float64) float64 {
	const edge = 0x1p-53
	if math.IsNaN(u) {
		return u
	}
	return distuv.UnitNormal.Quantile(min(max(u, edge), 1-edge))
}

// stream is the k-th random sequence of a seed.
func stream(seed uint64, k int) *rand.Rand {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.LittleEndian.PutUint64(key[8:], uint64(k))
	return rand.New(rand.NewChaCha8(key))
}

// SimulatedResiduals returns randomised quantile residuals of a model from
// which responses can be drawn, as a multilevel one with new random effects:
// where a response stands among its own draws,
//
//	r_i = Φ⁻¹((#{draws < y_i} + U_i (1 + #{draws = y_i})) / (1 + draws))
//
// which is exactly standard normal when y is one more draw. simulate fills y
// with a draw of all rows, using nothing else that changes than r; it is
// called from so many goroutines at once, and every draw has its own random
// sequence from the seed, so their number does not matter.
//
// Source: Hartig (2022), DHARMa, residuals of type "PIT", which has no 1 + in
// it; Gelman and Hill (2007), 8.3.
func SimulatedResiduals(y []float64, draws int, seed uint64, threads int, simulate func(r *rand.Rand, y []float64)) []float64 {
	threads = max(1, min(threads, draws))
	below, equal := make([][]int32, threads), make([][]int32, threads)
	for t := range threads {
		below[t], equal[t] = make([]int32, len(y)), make([]int32, len(y))
	}
	Simulations(len(y), draws, seed, threads, simulate, func(t, _ int, drawn []float64) {
		for i, v := range drawn {
			switch {
			case v < y[i]:
				below[t][i]++
			case v == y[i]:
				equal[t][i]++
			}
		}
	})
	random := stream(seed, 0)
	r := make([]float64, len(y))
	for i := range y {
		b, e := int32(0), int32(0)
		for t := range threads {
			b += below[t][i]
			e += equal[t][i]
		}
		r[i] = normalScore((float64(b) + random.Float64()*(1+float64(e))) / (1 + float64(draws)))
	}
	return r
}

// Simulations draws responses of n rows so many times, and gives each draw k
// from 0 to use, together with the number of the goroutine, below threads, that
// it belongs to. simulate is as in [SimulatedResiduals], which has the same
// draws of a seed; y must not be kept.
func Simulations(n, draws int, seed uint64, threads int, simulate func(r *rand.Rand, y []float64), use func(thread, k int, y []float64)) {
	threads = max(1, min(threads, draws))
	var running sync.WaitGroup
	for t := range threads {
		running.Go(func() {
			y := make([]float64, n)
			for k := t; k < draws; k += threads {
				simulate(stream(seed, k+1), y)
				use(t, k, y)
			}
		})
	}
	running.Wait()
}
