package audit

import (
	"path/filepath"

	"bidrag/publish/disclose"
	"bidrag/publish/record"
	"bidrag/study/problem"
)

// prepareAmounts prepares the attack on sums of amounts of money.
func (a *auditor) prepareAmounts(tellings []disclose.Telling) error {
	rules := a.manifest.Settings.Dominance
	for _, t := range tellings {
		if len(t.Amounts) > 0 && rules == (disclose.Dominance{}) {
			return problem.Problem{File: filepath.ToSlash(filepath.Join(a.dir, "manifest.json")), Message: "it does not say when amounts of money may not be told; " + runAgain}
		}
	}
	a.amounts = disclose.NewAmountAttack(&a.full.Facts, tellings, disclose.Rules{Threshold: a.manifest.Settings.Threshold, Dominance: rules})
	return nil
}

// findAmounts tells of sums of amounts that can be found by all that was seen.
func (a *auditor) findAmounts() {
	for _, f := range a.amounts.Find() {
		what := "the sum of " + f.Of
		if f.Squares {
			what = "the sum of squares of " + f.Of
		}
		how := "can be bounded too closely by what is shown"
		if f.Follows {
			how = "follows from what is shown"
		}
		a.found("results.json", 0, "%s of (%s), by which the largest amount could be found, %s; %s", what, f.Group, how, mend)
	}
}

// told is what may be told of a number: of a quantile of amounts, what stands in its place.
func told(v record.Value) *float64 {
	if v.Told != nil {
		return v.Told
	}
	return v.Value
}
