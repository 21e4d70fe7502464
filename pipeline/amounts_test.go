package pipeline

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
)

// noAmounts are the beginnings of quantities of a number that say nothing of its sums:
// ranks and correlations, tests of models, and means of made-up values.
var noAmounts = []string{"context_known", "context_rank", "context_correlation", "gvif", "binned_residual", "binned_within", "binned_bins", "scale_units",
	"marginal_effect", "imputation_", "missing", "share", "attainment", "distribution", "persons", "benchmark_", "partial_r2", "context_missing",
	"group_", "decomposition", "standardized_rate"}

// TestEverySumOfAmountsIsKnown: whatever the results tell of a number that is an amount of
// money has what the gate must know of it, or is none of the quantities that tell of its sums.
func TestEverySumOfAmountsIsKnown(t *testing.T) {
	m := withMatching(t, "outcome: hours, covariates: age + hours, replicates: 20",
		nearest+", again: {label: N, kind: nearest, ratio: 2, replace: true}, w: {label: W, kind: weighting}, d: {label: D, kind: aipw}")
	m.replace("study.yaml", "covariates: age + hours", "covariates: age + male")
	m.replace("codebook.yaml", "    label: {nb: Timer, en: Hours}\n    type: number\n", "    label: {nb: Timer, en: Hours}\n    type: number\n    amount: person\n")
	m.replace("codebook.yaml", "  age:\n", "  age:\n    amount: person\n")
	m.replace("study.yaml", "formula: outcome ~ scheme + male + age + hours + course}", "formula: outcome ~ scheme + male + age + hours + course, standardize: [{variables: [hours]}]}")
	m.replace("study.yaml", "describe:\n", "missing: {by: [male], means: [hours]}\ncontext: {years: {label: Years, unit: years, by: [hours], sample: gross, min_persons: 2, variables: [hours]}}\ndescribe:\n")
	r := m.run(1)
	with := map[string]bool{}
	for _, v := range r.Results.Values {
		of := v.Key.Variable == "hours" || v.Key.Variable == "age" || v.Key.Analysis == "like" && v.Key.Variable == "" && (strings.HasPrefix(v.Key.Quantity, "matched_") || strings.HasPrefix(v.Key.Quantity, "matching_raw"))
		if !of || v.Unit != result.Number || math.IsNaN(v.Value) {
			continue
		}
		if len(v.Amounts) > 0 {
			with[v.Key.Quantity] = true
			continue
		}
		if !slices.ContainsFunc(noAmounts, func(q string) bool { return strings.HasPrefix(v.Key.Quantity, q) }) {
			t.Errorf("%s says nothing of the amounts behind it", v.Key.ID())
		}
	}
	for _, q := range []string{"mean", "sd", "median", "scale_mean", "scale_sd", "binned_x", "context_median", "context_q1", "context_q3", "context_person_mean",
		"matching_mean", "matching_mean_reference", "matching_balance", "matching_variance_ratio", "matching_raw_mean", "matching_raw_mean_reference",
		"matching_raw_difference", "matched_mean", "matched_mean_reference", "matched_difference", "matched_difference_plain"} {
		if !with[q] {
			t.Errorf("no %s has amounts", q)
		}
	}
}

// TestSumsOfAmounts: the sum behind a mean is that mean times its persons, of the same
// persons for every value that tells it.
func TestSumsOfAmounts(t *testing.T) {
	r := shipped(t)
	n := 0
	for _, v := range r.Results.Values {
		plain := slices.Contains([]string{"mean", "matching_raw_mean", "matching_raw_mean_reference", "binned_x", "context_person_mean"}, v.Key.Quantity)
		for _, a := range v.Amounts {
			if n++; a.Total < a.Largest[0] || !slices.IsSortedFunc(a.Largest, func(x, y float64) int { return cmp.Compare(y, x) }) {
				t.Errorf("%s: %+v", v.Key.ID(), a)
			}
			if plain && (a.N != v.N || math.Abs(a.Total-v.Value*float64(v.N)) > 1e-6*a.Total) {
				t.Errorf("%s is the mean %g of %d, and its sum %g of %d", v.Key.ID(), v.Value, v.N, a.Total, a.N)
			}
		}
	}
	if n == 0 {
		t.Error("no value has amounts")
	}
}
