package fit

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"bidrag/model/family"
	"bidrag/model/infer"
)

// Compare tests whether a model explains more than a smaller one within it, by
// the ratio of their likelihoods. When the larger has one random effect more,
// the smaller one's variance of zero lies at the edge of what it can be, and
// the p-value of the mixture is given too (see [infer.BoundaryRatio]); the
// ordinary one is then too large.
//
// Both must be fitted to the same responses, by the same family. Whether one
// lies within the other cannot be seen in all cases; what can is an error.
func Compare(small, large *Model) (*LikelihoodRatio, error) {
	if err := comparable(small, large); err != nil {
		return nil, err
	}
	df := large.Result.DF - small.Result.DF
	statistic := 2 * (large.Result.LogLik - small.Result.LogLik)
	slack := 1e-6 * math.Max(1, math.Abs(large.Result.LogLik)*1e-3)
	switch {
	case df <= 0:
		return nil, fmt.Errorf("the smaller model, %s, has %d parameters and the larger %d: it does not lie within it. Name a formula with terms left out", small.Result.Formula, small.Result.DF, large.Result.DF)
	case statistic < -slack:
		return nil, fmt.Errorf("the smaller model, %s, has the higher likelihood (%.6g against %.6g): it does not lie within the larger one. Name a formula with terms left out", small.Result.Formula, small.Result.LogLik, large.Result.LogLik)
	}
	statistic = max(statistic, 0)
	out := &LikelihoodRatio{Formula: small.Result.Formula, Statistic: statistic, DF: df, PValue: infer.LikelihoodRatio(statistic, df)}
	if addedEffects(small, large) == 1 {
		p := infer.BoundaryRatio(statistic, df)
		out.PValueBoundary = &p
	}
	return out, nil
}

// comparable tells what keeps the likelihoods of two models from being compared.
func comparable(small, large *Model) error {
	a, b := small.Result, large.Result
	switch {
	case small.options.Cluster != "" || large.options.Cluster != "":
		return &OptionError{"cluster", "the likelihood-ratio test takes rows to be independent given the model; leave the option out"}
	case a.Family != b.Family || a.Link != b.Link:
		return fmt.Errorf("models of the families %s (%s) and %s (%s) are not compared by their likelihoods", a.Family, a.Link, b.Family, b.Link)
	case !slices.Equal(small.data.Y, large.data.Y) || !slices.Equal(small.data.Trials, large.data.Trials) || !slices.Equal(small.data.Weights, large.data.Weights):
		return errors.New("the models were not fitted to the same responses and weights; fit both to the rows in which no variable of either is missing")
	case large.Family.Dist == family.Gamma && (small.mixed == nil) != (large.mixed == nil):
		return errors.New("the likelihood of a gamma model without random terms is taken at R's estimate of the dispersion, that of one with random terms at its maximum: they cannot be compared")
	case (small.mixed == nil) == (large.mixed == nil) && a.Quadrature != b.Quadrature:
		return fmt.Errorf("the models were integrated with %d and %d points; use the same number", a.Quadrature, b.Quadrature)
	}
	for _, r := range []*Result{a, b} {
		if r.Status == "not_converged" || r.LogLik-r.LogLik != 0 {
			return fmt.Errorf("%s has no likelihood to compare: see its warnings", r.Formula)
		}
	}
	return nil
}

// addedEffects is how many random effects the larger model has beyond those of
// the smaller; −1 when it lacks one of those.
func addedEffects(small, large *Model) int {
	names := func(m *Model) map[string]bool {
		out := map[string]bool{}
		for _, r := range m.Result.Random {
			for _, t := range r.Terms {
				out[componentName(r.Group, t)] = true
			}
		}
		return out
	}
	before, after := names(small), names(large)
	for name := range before {
		if !after[name] {
			return -1
		}
	}
	return len(after) - len(before)
}
