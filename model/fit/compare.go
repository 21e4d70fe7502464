package fit

import (
	"errors"
	"math"
	"slices"

	"bidrag/data/frame"
	"bidrag/model/design"
	"bidrag/model/family"
	"bidrag/model/formula"
	"bidrag/model/infer"
)

// Compare tests whether a model explains more than a smaller one within it, by
// the ratio of their likelihoods. When the larger has one random effect more,
// the smaller one's variance of zero lies at the edge of what it can be, and
// the p-value of the mixture is given too (see [infer.BoundaryRatio]); the
// ordinary one is then too large.
//
// data is the frame of the larger model's fit. Both must be fitted to the same
// responses, by the same family, and the smaller must lie within the larger:
// its columns are combinations of the other's, and its random terms special
// cases of the other's. Errors are of the smaller formula ([formula.Error]), of
// an option, or joined.
func Compare(small, large *Model, data *frame.Frame) (*LikelihoodRatio, error) {
	if err := comparable(small, large); err != nil {
		return nil, err
	}
	if err := lacking(small, large, data); err != nil {
		return nil, err
	}
	df := large.Result.DF - small.Result.DF
	statistic := 2 * (large.Result.LogLik - small.Result.LogLik)
	slack := 1e-6 * math.Max(1, math.Abs(large.Result.LogLik)*1e-3)
	switch {
	case df <= 0:
		return nil, formula.Errorf(1, "the smaller model, %s, has %d %s and the larger %d: it does not lie within it. Name a formula with terms left out", small.Result.Formula, small.Result.DF, plural(small.Result.DF, "parameter", "parameters"), large.Result.DF)
	case statistic < -slack:
		return nil, formula.Errorf(1, "the smaller model, %s, has the higher likelihood (%.6g against %.6g): it does not lie within the larger one. Name a formula with terms left out", small.Result.Formula, small.Result.LogLik, large.Result.LogLik)
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
		return formula.Errorf(1, "models of the families %s (%s) and %s (%s) are not compared by their likelihoods", a.Family, a.Link, b.Family, b.Link)
	case !slices.Equal(small.data.Y, large.data.Y) || !slices.Equal(small.data.Trials, large.data.Trials) || !slices.Equal(small.data.Weights, large.data.Weights):
		return formula.Errorf(1, "the models were not fitted to the same responses and weights; fit both to the rows in which no variable of either is missing")
	case large.Family.Dist == family.Gamma && (small.mixed == nil) != (large.mixed == nil):
		return formula.Errorf(1, "the likelihood of a gamma model without random terms is taken at R's estimate of the dispersion, that of one with random terms at its maximum: they cannot be compared")
	case (small.mixed == nil) == (large.mixed == nil) && a.Quadrature != b.Quadrature:
		return formula.Errorf(1, "the models were integrated with %d and %d points; use the same number", a.Quadrature, b.Quadrature)
	}
	for _, r := range []*Result{a, b} {
		if r.Status == "not_converged" || r.LogLik-r.LogLik != 0 {
			return formula.Errorf(1, "%s has no likelihood to compare: see its warnings", r.Formula)
		}
	}
	return nil
}

// lacking tells of parts of the smaller model that the larger one does not have.
func lacking(small, large *Model, data *frame.Frame) error {
	if large.Rows != nil {
		data = data.Rows(large.Rows)
	}
	n := large.data.N
	x, err := large.Coding.Matrix(data)
	if err != nil {
		return err
	}
	less, err := small.Coding.Matrix(data)
	if err != nil {
		return err
	}
	if len(x) != n*len(large.Beta) || len(less) != n*len(small.Beta) {
		return formula.Errorf(1, "the comparison needs the data of the fits, of %d rows", n)
	}
	room := newSpan(n, x)
	var errs []error
	missing := map[int]bool{}
	for j, c := range small.Coding.Columns {
		if missing[c.Term] || room.holds(less[j*n:(j+1)*n]) {
			continue
		}
		missing[c.Term] = true
		label, at := "the intercept", 1
		if c.Term > 0 {
			t := small.Coding.Terms.Terms[c.Term-1]
			label, at = t.Label, t.Column
		}
		errs = append(errs, formula.Errorf(at, "the larger model, %s, does not have %s, so this one does not lie within it and the likelihood ratio has no known distribution: leave it out here, or add it there", large.Result.Formula, label))
	}
	if !room.holds(offsetChange(small, large)) {
		errs = append(errs, formula.Errorf(1, "the offsets of the two models differ by more than the terms of the larger one, %s, can make good: use the same offset", large.Result.Formula))
	}
	for _, t := range small.random {
		if !slices.ContainsFunc(large.random, func(o design.RandomTerm) bool { return coveredBy(t, o, n) }) {
			errs = append(errs, formula.Errorf(t.Column, "the larger model, %s, does not have the random effects %s of %s, correlated as here, so this one does not lie within it and the likelihood ratio has no known distribution: leave the term out here, or add it there", large.Result.Formula, list(t.Columns), t.Name))
		}
	}
	return errors.Join(errs...)
}

// offsetChange is the offset of the smaller model less that of the larger.
func offsetChange(small, large *Model) []float64 {
	out := make([]float64, large.data.N)
	for i := range out {
		if small.data.Offset != nil {
			out[i] = small.data.Offset[i]
		}
		if large.data.Offset != nil {
			out[i] -= large.data.Offset[i]
		}
	}
	return out
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
