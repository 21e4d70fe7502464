package impute

import (
	"math"

	"bidrag/model/univariate"
)

// trace returns mean and standard deviation of the filled values of a variable.
func (s *state) trace(at int) (mean, sd float64) {
	v := s.variables[at]
	x := make([]float64, len(v.missing))
	for k, i := range v.missing {
		if x[k] = s.number[at][i]; v.nominal() {
			x[k] = 0
			if s.code[at][i] == v.commonest() {
				x[k] = 1
			}
		}
	}
	return univariate.MeanSD(x)
}

// potential is the potential scale reduction of the means of chains over their
// last half of n iterations,
//
//	R̂ = √((W (n − 1)/n + B/n)/W)
//
// with W the mean variance within chains and B/n the variance of their means:
// near 1 when the chains have become alike. It is NaN with fewer than two chains
// or iterations, or when nothing moves.
//
// Source: Gelman and Rubin (1992), Statistical Science 7, 457–472, without its
// correction for degrees of freedom.
func potential(means [][]float64) float64 {
	if len(means) < 2 || len(means[0]) < 2 {
		return math.NaN()
	}
	n := max(2, (len(means[0])+1)/2)
	within := 0.0
	of := make([]float64, len(means))
	for k, m := range means {
		mean, sd := univariate.MeanSD(m[len(m)-n:])
		of[k] = mean
		within += sd * sd / float64(len(means))
	}
	_, between := univariate.MeanSD(of)
	if within == 0 {
		return math.NaN()
	}
	return math.Sqrt(float64(n-1)/float64(n) + between*between/within)
}
