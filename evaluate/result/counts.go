package result

import (
	"cmp"
	"slices"
	"strings"
)

// A Counted is what a value tells of a group: how many persons are in it, or,
// when N is −1, something from which that could be found with other numbers.
// Of a value that rests on the smaller of several groups, Or are the others.
type Counted struct {
	Group Group
	N     int
	Or    []Group
}

// Counts returns the groups that a value tells of. A value whose key does not
// say whom it counts tells of a group of its own, which no other count is a part of.
func (f *Facts) Counts(v Value) []Counted {
	of, having, also := f.groups(v)
	out := []Counted{{Group: of[0], N: v.N, Or: of[1:]}}
	if having != "" && v.Part >= 0 {
		out = append(out, Counted{Group: having, N: v.Part})
	}
	for _, g := range also {
		out = append(out, Counted{Group: g, N: -1})
	}
	return out
}

// groups returns whom the value's N counts (with others that it may count
// instead), whom its Part counts, and whom else it tells of.
func (f *Facts) groups(v Value) (of []Group, having Group, also []Group) {
	k := v.Key
	own := People("number " + clean(k.ID()))
	if f.Alone {
		return []Group{own}, own.At("part", "1"), nil
	}
	if v.Like != (Key{}) {
		k = v.Like
	}
	if of, also := f.ofMatching(k, v.Unit, v.Part >= 0, own); len(of) > 0 {
		if v.Part >= 0 {
			having = own.At("part", "1")
		}
		return of, having, also
	}
	for _, rules := range []func(Key) ([]Group, Group, []Group){f.ofData, f.ofDescription, f.ofModel, f.ofComposition, f.ofContribution} {
		if of, having, also = rules(k); len(of) > 0 {
			return of, having, also
		}
	}
	if of := f.ofUnits(v); len(of) > 0 {
		return of, "", nil
	}
	return []Group{own}, own.At("part", "1"), nil
}

// clean takes the signs out of a text that separate conditions and their levels,
// and that of rests.
func clean(s string) string { return signs.Replace(s) }

var signs = strings.NewReplacer(";", ",", "=", "≈", ": ", ":", "/", "∕", "~", "∼")

// sample returns everyone in a sample, or in another that has the same persons.
func (f *Facts) sample(name string) Group {
	name = clean(name)
	if same, ok := f.Same[name]; ok {
		name = same
	}
	return People(name)
}

// scheme returns those of the group who are in a scheme.
func (f *Facts) scheme(g Group, scheme string) Group {
	if scheme == All {
		return g
	}
	return g.At("scheme", clean(scheme))
}

// base is the sample of a key with its scheme and year.
func (f *Facts) base(k Key) Group {
	return f.scheme(f.sample(k.Sample), k.Scheme).At("year", k.Year)
}

// level returns those of the group who are at a level of a variable, which is
// another variable in each sample and scheme when its levels are of equal size.
func (f *Facts) level(g Group, k Key, variable, level string) Group {
	if f.Ranked[variable] && level != "" {
		variable += " of " + k.Sample + k.Model + " " + k.Scheme
	}
	return g.At(clean(variable), clean(level))
}

// reference is the scheme that others are compared with.
func (f *Facts) reference() string { return cmp.Or(f.Reference, "reference") }

// attained returns those of the group who attained the goal, in one way of
// several when kind is not empty.
func (f *Facts) attained(g Group, kind string) Group {
	outcome := cmp.Or(f.Outcome, "outcome")
	if kind != "" {
		return g.At(outcome+" kind", clean(kind))
	}
	return g.At(outcome, "1")
}

// known returns those of the group of whom a variable is known, or is not.
func (f *Facts) known(g Group, variable string, yes bool) Group {
	return g.At(clean(variable)+" known", map[bool]string{true: "1", false: "0"}[yes])
}

// difference are the groups whose attainment a value compares. It counts one of them.
func (f *Facts) difference(a, b Group) (of []Group, having Group, also []Group) {
	return []Group{a, b}, "", []Group{a, b, f.attained(a, ""), f.attained(b, "")}
}

func one(g Group) []Group { return []Group{g} }

// ofData are the groups of the step that makes the data set.
func (f *Facts) ofData(k Key) (of []Group, having Group, also []Group) {
	switch k.Quantity {
	case "persons":
		switch {
		case k.Kind == "read":
			return one(f.scheme(People("read"), k.Scheme)), "", nil
		case k.Model != "":
			return one(f.sample("model " + k.Model)), "", nil
		}
		return one(f.level(f.level(f.base(k), k, k.Variable, k.Level), k, k.By, k.ByLevel)), "", nil
	case "lost":
		return one(f.scheme(People("read"), k.Scheme).At("lost", clean(k.Level))), "", nil
	case "missing", "missing_persons":
		if k.Variable == "" || k.Kind == "any" {
			return one(f.base(k)), f.base(k).In("incomplete"), nil
		}
		return one(f.base(k)), f.known(f.base(k), k.Variable, false), nil
	case "municipalities":
		if k.Kind != "" { // those with indicators
			return nil, "", nil
		}
		return one(f.base(k)), "", nil
	case "missing_pattern":
		return one(f.base(k).At("pattern", clean(k.Kind))), "", nil
	case "missing_both":
		return one(f.known(f.known(f.base(k), k.Variable, false), k.By, false)), "", nil
	case "context_missing":
		level := "0"
		if k.Kind != "" {
			level += "/" + clean(k.Kind)
		}
		return one(f.scheme(f.sample("in a place"), k.Scheme).At(clean(k.Variable)+" known", level)), "", nil
	}
	return nil, "", nil
}

// ofDescription are the groups of the described samples.
func (f *Facts) ofDescription(k Key) (of []Group, having Group, also []Group) {
	base := f.base(k)
	at := f.level(f.level(base, k, k.Variable, k.Level), k, k.By, k.ByLevel)
	switch k.Quantity {
	case "attainment":
		return one(at), f.attained(at, k.Kind), nil
	case "attainment_difference":
		other := f.scheme(base, f.reference())
		return f.difference(base, other)
	case "share":
		within := f.level(base, k, k.By, k.ByLevel)
		return one(within), at, nil
	case "measure_difference":
		return f.difference(at.At(clean(k.Variable), "1"), at.At(clean(k.Variable), "0"))
	case "overlap":
		both, neither := base.At(clean(k.Variable), "1").At(clean(k.By), "1"), base.At(clean(k.Variable), "0").At(clean(k.By), "0")
		return one(base.At(clean(k.Variable)+" or "+clean(k.By), "1")), both, []Group{neither}
	case "distribution":
		return one(f.known(base, k.Variable, true)), f.known(base, k.Variable, true).At(clean(k.Variable)+" bins", clean(k.Level)), nil
	case "mean", "sd", "median":
		return one(f.known(base, k.Variable, true)), "", nil
	case "incomplete":
		return one(at), at.In("incomplete"), nil
	case "incomplete_difference":
		group, other := f.scheme(People("incomplete"), k.Scheme), f.scheme(f.sample("complete"), k.Scheme)
		return f.difference(group, other)
	case "standardized_difference":
		return []Group{f.known(base, k.Variable, true), f.known(base.In(string(f.sample("complete"))), k.Variable, true)}, "", nil
	case "units", "unit_persons_q1", "unit_persons_median", "unit_persons_q3":
		return one(f.inUnits(k)), "", nil
	case "context_known", "context_q1", "context_median", "context_q3", "context_person_mean":
		return one(f.known(f.inUnits(k), k.Variable, true)), "", nil
	case "context_rank":
		known := f.known(f.inUnits(k), k.Variable, true)
		return []Group{known, f.scheme(known, f.reference())}, "", nil
	case "context_correlation":
		return one(f.known(f.known(f.inUnits(k), k.Variable, true), k.By, true)), "", nil
	}
	return nil, "", nil
}

// inUnits are those of a scheme who are in the units of a context.
func (f *Facts) inUnits(k Key) Group {
	if k.Scheme == "" {
		k.Scheme = All
	}
	return f.scheme(f.sample("units of "+k.Kind), k.Scheme).At("year", k.Year)
}

// ofScheme are quantities of a model that rest on those of its persons who are in
// the key's scheme.
var ofScheme = []string{"e_value", "e_value_limit", "risk_ratio", "linear_difference", "partial_r2", "robustness_value", "robustness_value_limit"}

// ofModel are the groups of the models, their effects and the tests of their
// assumptions.
func (f *Facts) ofModel(k Key) (of []Group, having Group, also []Group) {
	all := f.sample("model " + k.Model)
	q := strings.TrimSuffix(k.Quantity, "_all_groups")
	switch {
	case strings.HasPrefix(q, "imputed_") || q == "complete_treated_difference" || strings.HasPrefix(q, "imputation_"):
		return f.ofImputation(k)
	case k.Model == "" || k.Analysis != "" || strings.HasPrefix(q, "project_") || strings.HasPrefix(q, "municipality_") || k.Sample != "":
		return nil, "", nil
	case q == "calibration" || q == "calibration_predicted":
		bin := all.At("calibration of "+clean(k.Model+" "+k.Kind), k.Level)
		return one(bin), f.attained(bin, ""), nil
	case q == "binned_residual" || q == "binned_x":
		bin := all.At("bins of "+clean(k.Variable+" in "+k.Model), k.Level)
		return one(bin), f.attained(bin, ""), nil
	case q == "random_effect" || q == "random_effect_expected" || q == "pooled_group":
		group := all.At("groups of "+clean(k.Variable+" in "+k.Model+" "+k.Quantity[:6]), k.Level)
		return one(group), f.attained(group, ""), nil
	case q == "pooled_class" || q == "pooled_error" || q == "pooled_sd" || q == "pooled_range":
		return one(all.At("own intercept in "+clean(k.Model), "1").At("size of group in "+clean(k.Model), k.Level)), "", nil
	case strings.HasPrefix(q, "pooled_") && k.Kind == "none":
		return one(all.At("own intercept in "+clean(k.Model), "1")), "", nil
	case q == "pooled_left_out":
		return one(all.At("own intercept in "+clean(k.Model), "0")), "", nil
	case q == "expected" || q == "adjusted_difference" || q == "adjusted_risk_ratio":
		if k.Scheme != "" {
			return one(all), f.scheme(all, k.Scheme), nil
		}
		return []Group{f.level(all, k, k.Variable, k.Level), all}, "", nil
	case q == "marginal_effect":
		level := f.level(all, k, k.Variable, k.Level)
		return []Group{level, all}, "", nil
	case q == "interaction" || q == "interaction_difference":
		return []Group{f.level(f.scheme(all, k.Scheme), k, k.By, k.ByLevel), all}, "", nil
	case q == "groups_with_several" || q == "without_cluster" || q == "without_cluster_range" || q == "influential_persons" || q == "max_cook" || q == "max_dfbetas" || strings.HasPrefix(q, "residual_quantile"):
		return nil, "", nil
	case slices.Contains(ofScheme, q) || strings.HasPrefix(q, "benchmark_"):
		return one(f.scheme(all, k.Scheme)), "", nil
	}
	return one(all), "", nil
}

// ofImputation are the groups of filled data.
func (f *Facts) ofImputation(k Key) (of []Group, having Group, also []Group) {
	all := f.sample("imputed")
	if k.Model != "" {
		all = f.sample("imputed " + k.Model)
	}
	switch k.Quantity {
	case "complete_treated_difference":
		return one(f.scheme(f.sample("model "+k.Model), k.Scheme)), "", nil
	case "imputed_treated_difference", "imputed_treated_difference_fmi", "imputed_delta_treated_difference":
		return one(f.scheme(all, k.Scheme)), "", nil
	case "imputed_adjusted_difference", "imputed_adjusted_difference_fmi":
		return one(all), f.scheme(all, k.Scheme), nil
	case "imputation_filled", "imputation_rhat", "imputation_trace":
		return one(f.known(f.sample("imputed"), k.Variable, false)), "", nil
	case "imputation_density":
		group := f.known(f.sample("imputed"), k.Variable, k.Kind == "observed").At("propensity of "+clean(k.Variable), k.ByLevel)
		return one(group), group.At(clean(k.Variable)+" filled", clean(k.Level)), nil
	case "imputed_project_contribution", "imputed_project_std_error":
		group := f.project(f.base(k), k)
		return one(group), f.attained(group, ""), nil
	}
	return one(all), "", nil
}

// ofComposition are the groups of decompositions and matchings.
func (f *Facts) ofComposition(k Key) (of []Group, having Group, also []Group) {
	if k.Analysis == "" {
		return nil, "", nil
	}
	q, isReference := strings.CutSuffix(k.Quantity, "_reference")
	scheme := k.Scheme
	if isReference || k.Level == "reference" {
		scheme = f.reference()
	}
	if strings.HasPrefix(q, "decomposition") || q == "standardized_rate" {
		group := f.scheme(f.sample("decomposition "+k.Analysis), scheme)
		if k.By != "level" {
			return one(group), f.attained(group, ""), nil
		}
		group = f.level(group, k, k.Variable, k.ByLevel)
		return f.difference(group, f.scheme(group, f.reference()))
	}
	all := f.scheme(f.sample("matching "+k.Analysis), scheme)
	kept := all
	if k.Kind != "" {
		kept = all.At("matching "+clean(k.Analysis+" "+k.Kind), "kept")
	}
	switch q {
	case "matching_persons", "matching_raw_mean":
		return one(all), f.attained(all, ""), nil
	case "matching_incomplete", "matching_alone", "matching_off_support":
		return one(all.At(clean(k.Analysis+" "+strings.TrimPrefix(q, "matching_")), "1")), "", nil
	case "matching_left_out":
		return one(kept.At("matching "+clean(k.Analysis+" "+k.Kind), "left out")), "", nil
	case "matching_kept":
		return one(kept), "", nil
	case "matched_mean":
		return one(kept), f.attained(kept, ""), nil
	case "matching_score":
		return one(all), all.At("score of "+clean(k.Analysis), k.Level), nil
	case "matching_mean":
		level := k.Level
		if level == "" {
			level = "1"
		}
		return []Group{kept, all}, f.level(kept, k, k.Variable, level), nil
	}
	return nil, "", nil
}

// ofMatching are the groups of what a matching compares. A difference tells of both
// sides, since the number of the one is found from it and that of the other, and of an
// outcome of yes or no (points) also of those who attained the goal. Whose part a share of
// few of either side is cannot be told from the key, so that it has a group of its own.
func (f *Facts) ofMatching(k Key, unit string, share bool, own Group) (of, also []Group) {
	if k.Analysis == "" {
		return nil, nil
	}
	q, isReference := strings.CutSuffix(k.Quantity, "_reference")
	all := f.scheme(f.sample("matching "+k.Analysis), k.Scheme)
	if k.Kind != "" {
		all = all.At("matching "+clean(k.Analysis+" "+k.Kind), "kept")
	}
	other := f.scheme(all, f.reference())
	discordant := clean(k.Analysis + " discordant")
	more, fewer := all.At(discordant, "more"), all.At(discordant, "fewer")
	switch q {
	case "matching_effective":
		if isReference {
			return one(other), nil
		}
		return one(all), nil
	case "rosenbaum_sets":
		return one(all), nil
	case "rosenbaum_discordant": // from the one and the difference the other is found
		return one(all.At(discordant, k.Level)), []Group{more, fewer}
	case "rosenbaum_p", "rosenbaum_p_smallest", "rosenbaum_gamma":
		return []Group{more, fewer}, []Group{more, fewer}
	case "matching_raw_difference", "matched_difference", "matched_difference_plain":
		if unit == Points {
			of, _, also = f.difference(all, other)
			return of, also
		}
		return []Group{all, other}, []Group{all, other}
	case "matching_score_odds_ratio":
		return one(own), []Group{all, other}
	case "matching_replicates":
		everyone := all.Without("matching " + clean(k.Analysis+" "+k.Kind))
		return []Group{everyone, all}, nil
	case "matching_balance", "matching_variance_ratio":
		if !share {
			return []Group{all, other}, []Group{all, other}
		}
		level := cmp.Or(k.Level, "1")
		return one(own), []Group{all, other, f.level(all, k, k.Variable, level), f.level(other, k, k.Variable, level)}
	}
	return nil, nil
}

// project returns those of the group who are in the key's project, as those of its
// scheme in its place, or in the key's place.
func (f *Facts) project(g Group, k Key) Group {
	return g.At("municipality", clean(strings.TrimPrefix(k.Project, k.Scheme+"-")))
}

// ofContribution are the groups of projects and places.
func (f *Facts) ofContribution(k Key) (of []Group, having Group, also []Group) {
	base := f.base(k)
	switch {
	case k.Project != "":
		group := f.project(base, k)
		return one(group), f.attained(group, ""), nil
	case strings.HasPrefix(k.Quantity, "group_"):
		group := f.level(base, k, k.Variable, k.Level)
		return one(group), f.attained(group, ""), nil
	}
	return nil, "", nil
}

// ofUnits are those of whom a value of many projects, or places, tells: everyone of the
// sample, scheme and year. One of a pair of years tells of a group of its own.
func (f *Facts) ofUnits(v Value) []Group {
	if !OfUnits(v) || v.Key.ByLevel != "" {
		return nil
	}
	return one(f.base(v.Key))
}

// OfUnits tells whether a value is of many projects, or places, together. It rests on
// everyone of its sample, scheme and year, those in units too small for indicators
// too, since how many are in these is no one's to know; one of few units rests on
// the one that tells of the fewest, and is none.
func OfUnits(v Value) bool {
	k := v.Key
	if k.Project != "" || k.Sample == "" || v.Part >= 0 {
		return false
	}
	return slices.ContainsFunc(ofProjects, func(q string) bool { return strings.HasPrefix(k.Quantity, q) })
}

// ofProjects are the beginnings of quantities of all projects, or places, that have
// indicators.
var ofProjects = []string{"projects", "municipalities", "contribution", "actual", "shrunken", "reliability", "unreliable", "funnel", "stability", "split_half"}
