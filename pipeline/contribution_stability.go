package pipeline

import (
	"context"
	"fmt"
	"math"

	"bidrag/data/frame"
	"bidrag/evaluate/contribution"
	"bidrag/evaluate/result"
)

const (
	winsorized = 0.1 // share of the standardized contributions of a funnel drawn in at each end: Spiegelhalter (2005)
	halvings   = 200 // random halves of every project
)

// An expectation is what one variant expects of everyone.
type expectation struct {
	set  contribution.Settings
	data *frame.Frame
	mu   []float64
	full bool // by all the variables of the model, which are those of the multilevel model too
}

// contributionStability tells how far the projects differ more than chance makes
// them, and whether their indicators are the same from year to year and in halves
// of their participants.
func (r *Run) contributionStability(ctx context.Context, expectations []expectation) error {
	values := make([][]result.Value, len(expectations))
	if err := r.parallel(len(expectations), func(i int) error {
		var err error
		values[i], err = r.stability(ctx, expectations[i])
		return err
	}); err != nil {
		return err
	}
	for i, of := range values {
		if i == 0 {
			r.unstable(expectations[0].set.Sample, of)
		}
		if err := r.addContributions(of); err != nil {
			return err
		}
	}
	return nil
}

// stability is the funnels, correlations between years and split halves of one variant.
func (r *Run) stability(ctx context.Context, e expectation) ([]result.Value, error) {
	c := r.Study.Contribution
	byYear := map[bool][]contribution.Year{} // of municipalities, of projects
	var pooled []unitPart
	for _, p := range r.unitParts(e.set, e.data, e.mu, nil) {
		if p.set.Year == "" {
			pooled = append(pooled, p)
		} else {
			byYear[p.set.Municipalities] = append(byYear[p.set.Municipalities], contribution.Year{Name: p.set.Year, Persons: p.persons})
		}
	}
	var out []result.Value
	for _, p := range pooled {
		out = append(out, contribution.Funnel(contribution.FunnelSettings{Settings: p.set, Winsorize: winsorized, Sizes: c.Sizes}, p.units, p.persons)...)
		set := contribution.StabilitySettings{Settings: p.set, Variance: math.NaN(), Seed: r.options.Seed, Splits: halvings, Sizes: c.Sizes}
		if e.full && !p.set.Municipalities {
			set.Variance = r.projectVariance()
		}
		out = append(out, contribution.BetweenYears(set, p.units, byYear[p.set.Municipalities])...)
		halves, err := contribution.SplitHalf(ctx, set, p.units, p.persons)
		if err != nil {
			return nil, err
		}
		out = append(out, halves...)
	}
	return out, nil
}

// projectVariance is the variance of the projects' effects in log odds by the
// multilevel model, with that of the places they are in; NaN without one that has converged.
func (r *Run) projectVariance() float64 {
	f := r.fits[r.Study.Contribution.Multilevel]
	if f == nil || f.model.Result.Status == "not_converged" {
		return math.NaN()
	}
	sum := 0.0
	for _, t := range f.model.Result.Random {
		sum += t.SD[0] * t.SD[0]
	}
	return sum
}

// unstable remembers that nothing can be told of how alike years, or halves, are.
// That there is no project at all has been told.
func (r *Run) unstable(sample string, values []result.Value) {
	units, years, halves := false, false, false
	for _, v := range values {
		units = units || v.Key.Quantity == "funnel_units"
		years = years || v.Key.Quantity == "stability_correlation"
		halves = halves || v.Key.Quantity == "split_half"
	}
	c := r.Study.Contribution
	if units && !years && c.Years {
		r.gap("contribution", c.Model, "stability", result.Reason{Code: result.NoUnits, About: sample,
			Message: fmt.Sprintf("in no pair of years do four projects have %d leavers in both, so that nothing can be told of how alike contributions are from year to year; lower min_leavers, or leave years out", c.MinLeavers)},
			"contribution", "years")
	}
	if units && !halves {
		r.gap("contribution", c.Model, "halves", result.Reason{Code: result.NoUnits, About: sample,
			Message: fmt.Sprintf("fewer than four projects have %d leavers, or they do not differ, so that halves of their participants tell nothing of how reliable contributions are; lower min_leavers", c.MinLeavers)},
			"contribution", "min_leavers")
	}
}
