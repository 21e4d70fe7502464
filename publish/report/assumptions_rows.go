package report

import (
	"math"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

// dispersionChecks are the ratio of persons, and those of groups.
func (w *writer) dispersionChecks(model string) []check {
	var out []check
	groups := w.variablesWith("group_dispersion", model)
	if persons := w.get(result.Key{Quantity: "dispersion", Model: model}); table.Has(persons) {
		verdict := []string{w.say("dispersion.nothing")}
		switch {
		case w.get(result.Key{Quantity: "brier", Model: model}).State() == disclose.Absent:
			verdict = []string{w.countDispersion(model, persons)}
		case len(groups) > 0:
			verdict = append(verdict, w.say("dispersion.see"))
		}
		out = append(out, check{test: w.word("dispersion.test"), asks: w.word("dispersion.asks"), number: table.Num(persons, table.Format{Decimals: 2}), verdict: verdict})
	}
	mixed, remedy := len(w.groupings(model)) > 0, false
	for _, g := range groups {
		number := func(quantity string) disclose.Number {
			return w.get(result.Key{Quantity: quantity, Model: model, Variable: g})
		}
		ratio, p := number("group_dispersion"), number("group_dispersion_p")
		key := "grouped.fine"
		if p.Value() < clearP && ratio.Value() > 1 {
			key = "grouped.more"
			if mixed {
				key = "grouped.more_mixed"
			}
		}
		c := check{test: w.word("grouped.test", "level", w.levelName(g)), asks: w.word("grouped.asks", "level", w.levelName(g)), number: table.Num(ratio, table.Format{Decimals: 2})}
		switch key {
		case "grouped.fine":
			c.verdict = []string{w.say(key, "n", w.count(number("group_dispersion_groups")), "p", w.pPhrase(p))}
		default:
			c.verdict = []string{w.say(key, "n", w.count(number("group_dispersion_groups")), "x", w.decimals(ratio, 1), "p", w.pPhrase(p))}
		}
		if key == "grouped.more" && !remedy {
			remedy = true
			c.verdict = append(c.verdict, w.say("grouped.remedy"))
		}
		out = append(out, c)
	}
	return out
}

// countDispersion judges the ratio of a model of counts; without a test, as of
// multilevel models, it says what the ratio should be.
func (w *writer) countDispersion(model string, ratio disclose.Number) string {
	p := w.get(result.Key{Quantity: "dispersion_p", Model: model})
	switch {
	case !table.Has(p):
		return w.say("dispersion.plain")
	case p.Value() < clearP && ratio.Value() > 1:
		return w.say("dispersion.more", "x", w.decimals(ratio, 1), "p", w.pPhrase(p))
	}
	return w.say("dispersion.fine", "p", w.pPhrase(p))
}

func (w *writer) residualCheck(model string) []check {
	number := func(quantity string) disclose.Number {
		return w.get(result.Key{Quantity: quantity, Model: model})
	}
	mean, sd, ks := number("residual_mean"), number("residual_sd"), number("residual_ks")
	if !table.Has(ks) {
		return nil
	}
	test, key := "residual.test", "residual.fine"
	if len(w.groupings(model)) > 0 {
		test = "residual.test_mixed"
	}
	if math.Abs(mean.Value()) > residualFine || math.Abs(sd.Value()-1) > residualFine {
		key = "residual.off"
	}
	return []check{{test: w.word(test), asks: w.word("residual.asks"), number: table.Num(ks, table.Format{Decimals: 3}),
		verdict: []string{w.say(key, "mean", w.decimals(mean, 2), "sd", w.decimals(sd, 2))}}}
}

func (w *writer) randomChecks(model string) []check {
	var out []check
	for _, g := range w.variablesWith("random_effect_sd", model) {
		number := func(quantity string) disclose.Number {
			return w.get(result.Key{Quantity: quantity, Model: model, Variable: g})
		}
		p := number("random_effect_ks_p")
		key := "random.fine"
		if p.Value() < clearP {
			key = "random.off"
		}
		out = append(out, check{test: w.word("random.test", "level", w.varyingName(model, g)), asks: w.word("random.asks"),
			number: table.Num(number("random_effect_sd"), table.Format{Decimals: 2}), verdict: []string{w.say(key, "p", w.pPhrase(p))}})
	}
	return out
}

// bent are the numbers of a model along which fewer intervals than most hold
// zero, and straight the others; lowest is the smallest share.
func (w *writer) bent(model string) (bent, straight []string, lowest disclose.Number) {
	for _, v := range w.variablesWith("binned_within", model) {
		within := w.get(result.Key{Quantity: "binned_within", Model: model, Variable: v})
		if !table.Has(within) {
			continue
		}
		if !table.Has(lowest) || within.Value() < lowest.Value() {
			lowest = within
		}
		if within.Value() < mostBins {
			bent = append(bent, v)
		} else {
			straight = append(straight, v)
		}
	}
	return bent, straight, lowest
}

func (w *writer) linearityCheck(model string) []check {
	bent, straight, lowest := w.bent(model)
	if !table.Has(lowest) {
		return nil
	}
	c := check{test: w.word("linear.test"), asks: w.word("linear.asks"), number: table.Num(lowest, wholePercent)}
	if len(bent) > 0 {
		c.verdict = []string{w.say("linear.bent", "labels", w.variableNames(bent))}
	} else {
		c.verdict = []string{w.say("linear.fine", "labels", w.variableNames(straight))}
	}
	return []check{c}
}

// accuracyChecks are calibration, Brier's score and the area under the curve.
func (w *writer) accuracyChecks(model string) []check {
	number := func(quantity, kind string) disclose.Number {
		return w.get(result.Key{Quantity: quantity, Kind: kind, Model: model})
	}
	var out []check
	if !w.kind(model).attainment {
		return nil
	}
	if within := number("calibration_within", ""); table.Has(within) {
		key := "calibration.fine"
		if within.Value() < mostBins {
			key = "calibration.off"
		}
		out = append(out, check{test: w.word("calibration.test"), asks: w.word("calibration.asks"), number: table.Num(within, wholePercent),
			verdict: []string{w.say(key, "n", w.count(number("calibration_bins", "")))}})
	}
	if len(w.groupings(model)) > 0 { // else the slope is 1 of necessity
		out = append(out, w.slopeCheck("slope.test", number("calibration_slope", ""))...)
		out = append(out, w.slopeCheck("slope.test_typical", number("calibration_slope", "typical"))...)
	}
	if brier := number("brier", ""); table.Has(brier) {
		out = append(out, check{test: w.word("brier.test"), asks: w.word("brier.asks"), number: table.Num(brier, table.Format{Decimals: 3}),
			verdict: []string{w.say("brier.says", "brier", w.decimals(brier, 3), "null", w.decimals(number("brier_null", ""), 3), "share", w.percent(number("brier_scaled", "")))}})
	}
	if auc := number("auc", ""); table.Has(auc) {
		key := "auc.weak"
		switch {
		case auc.Value() >= aucGood:
			key = "auc.good"
		case auc.Value() >= aucFair:
			key = "auc.fair"
		}
		out = append(out, check{test: w.word("auc.test"), asks: w.word("auc.asks"), number: table.Num(auc, table.Format{Decimals: 2, Interval: true}), verdict: []string{w.say(key)}})
	}
	return out
}

func (w *writer) slopeCheck(test string, slope disclose.Number) []check {
	if !table.Has(slope) {
		return nil
	}
	key := "slope.fine"
	switch low, high := slope.Interval(); {
	case low > 1:
		key = "slope.cautious"
	case high < 1:
		key = "slope.bold"
	}
	return []check{{test: w.word(test), asks: w.word("slope.asks"), number: table.Num(slope, table.Format{Decimals: 2, Interval: true}), verdict: []string{w.say(key)}}}
}

// squaredChecks gathers the measures called R², which ask different things.
func (w *writer) squaredChecks(model string) []check {
	var out []check
	for _, kind := range []string{"mcfadden", "tjur", "nakagawa_marginal", "nakagawa_conditional"} {
		n := w.get(result.Key{Quantity: "r_squared", Kind: kind, Model: model})
		if !table.Has(n) {
			continue
		}
		out = append(out, check{test: w.word("squared.test." + kind), asks: w.word("squared.asks." + kind), number: table.Num(n, table.Format{Decimals: 2}),
			verdict: []string{w.say("squared.says."+kind, "x", w.locale.Decimal(n.Value()*100, 0))}})
	}
	return out
}
