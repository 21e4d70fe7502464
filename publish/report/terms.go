package report

import (
	"math"
	"slices"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
	"bidrag/study"
)

// A term is one coefficient of a model, as a reader knows it.
type term struct {
	name     string // R's name
	model    string // of the study
	variable string // the column it comes from, "" when it is none or several
	label    string // beside its group's heading
	full     string // where it stands alone
	group    string
	scheme   string // the scheme whose difference from the reference it is
	estimate disclose.Number
	stdError disclose.Number
	odds     disclose.Number
	pValue   disclose.Number
}

// strength is |estimate / std_error|, 0 when there is none.
func (t term) strength() float64 {
	if !table.Has(t.estimate) || !table.Has(t.stdError) || t.stdError.Value() <= 0 {
		return 0
	}
	return math.Abs(t.estimate.Value() / t.stdError.Value())
}

// terms are the coefficients of a model in its order, those without an
// estimate too; the intercept first when there is one. Those of single places,
// such as municipalities, are left out: see places.
func (w *writer) terms(model string) []term {
	var out []term
	for _, name := range w.termNames(model) {
		if w.placeOf(name) == "" {
			out = append(out, w.term(model, name))
		}
	}
	return out
}

// placeOf is the variable of places whose level a coefficient, or a part of an
// interaction, is of; "" for other coefficients.
func (w *writer) placeOf(name string) string {
	for _, part := range strings.Split(name, ":") {
		factor := w.factorIn(part)
		if v, ok := w.study.Codebook.Variables.Get(factor); factor == "project" && !ok || v.Type == study.Municipality {
			return factor
		}
	}
	return ""
}

// factorIn is the variable of which a coefficient is one level, named after it
// with or without factor(); "" when it is none.
func (w *writer) factorIn(name string) string {
	if inside, ok := strings.CutPrefix(name, "factor("); ok {
		variable, _, _ := strings.Cut(inside, ")")
		return variable
	}
	longest := ""
	for _, column := range append(w.study.ColumnNames(), "project") {
		if len(column) > len(longest) && strings.HasPrefix(name, column) {
			longest = column
		}
	}
	if longest == name {
		return ""
	}
	return longest
}

// places says that a model has terms for single places that are not shown.
func (w *writer) places(model string) string {
	count := map[string]int{}
	var order []string
	for _, name := range w.termNames(model) {
		if place := w.placeOf(name); place != "" {
			if count[place] == 0 {
				order = append(order, place)
			}
			count[place]++
		}
	}
	var items []string
	for _, place := range order {
		topic := w.topic(place)
		if _, known := w.study.Codebook.Variables.Get(place); !known {
			topic = w.word("level." + place)
		}
		if count[place] == 1 {
			items = append(items, w.word("places.item_one", "variable", topic))
			continue
		}
		items = append(items, w.word("places.item", "variable", topic, "n", w.locale.Count(float64(count[place]))))
	}
	if len(items) == 0 {
		return ""
	}
	return w.say("places.sentence", "list", w.enumerate(items))
}

// termNames are the coefficients of a model, by R's names.
func (w *writer) termNames(model string) []string {
	var names []string
	if fitted := w.numbers.Models()[model]; fitted != nil {
		for _, c := range fitted.Coefficients {
			names = append(names, c.Term)
		}
	} else {
		for _, n := range w.numbers.Numbers() {
			if k := n.Key(); k.Quantity == "estimate" && k.Model == model {
				names = append(names, k.Term)
			}
		}
	}
	return names
}

func (w *writer) term(model, name string) term {
	number := func(quantity string) disclose.Number {
		return w.get(result.Key{Quantity: quantity, Model: model, Term: name})
	}
	t := term{
		name: name, model: model, estimate: number("estimate"), stdError: number("std_error"),
		odds: number("odds_ratio"), pValue: number("p_value"),
	}
	t.label, t.full = w.termLabel(name, &t)
	m, _ := w.study.Models.Get(model)
	for _, g := range m.Groups {
		if slices.Contains(g.Value.Variables, t.variable) {
			t.group = g.Value.Label.In(w.lang)
		}
	}
	return t
}

// termLabel finds what a term is called. The parts of an interaction are
// called each by its name.
func (w *writer) termLabel(name string, t *term) (label, full string) {
	if name == "(Intercept)" {
		return w.word("intercept"), w.word("intercept")
	}
	parts := strings.Split(name, ":")
	if len(parts) == 1 {
		return w.simpleTerm(name, t)
	}
	for i, part := range parts {
		ignored := term{model: t.model}
		_, parts[i] = w.simpleTerm(part, &ignored)
	}
	whole := strings.Join(parts, " × ")
	return whole, whole
}

func (w *writer) simpleTerm(name string, t *term) (label, full string) {
	for _, s := range w.schemes {
		if name == "scheme"+s.key {
			t.variable, t.scheme = "scheme", s.key
			label = w.word("against", "label", s.label, "reference", w.reference.plain)
			return label, label
		}
	}
	for _, e := range w.study.Codebook.Variables {
		if label, full, ok := w.variableTerm(e.Key, e.Value, name); ok {
			t.variable = e.Key
			if e.Key == name && w.standardized(t.model, name) {
				label = w.word("per_sd", "label", e.Value.Label.In(w.lang))
				full = label
			}
			if e.Value.Indicators != nil {
				t.variable = name
			}
			return label, full
		}
	}
	label = w.madeTerm(name)
	return label, label
}

// variableTerm tells whether a term is of a variable: the variable itself, an
// indicator made of it, or one level of it.
func (w *writer) variableTerm(key string, v study.Variable, name string) (label, full string, ok bool) {
	if key == name {
		label = v.Label.In(w.lang)
		switch {
		case v.Type == study.Ordinal:
			label = w.word("per_level", "label", label)
		case !v.Unit.IsZero():
			label = w.word("in_unit", "label", label, "unit", v.Unit.In(w.lang))
		}
		return label, label, true
	}
	for _, l := range v.Levels {
		level := w.levelInside(v, l.Value.In(w.lang))
		full = w.word("level_of", "variable", v.Label.In(w.lang), "level", level)
		if v.Indicators != nil && name == v.Indicators.Prefix+"_"+l.Key {
			return l.Value.In(w.lang), full, true
		}
		if name == key+l.Key || name == factorOf(key)+l.Key {
			if reference := w.referenceLevel(strings.TrimSuffix(name, l.Key), v); reference != "" {
				full = w.word("against", "label", full, "reference", reference)
			}
			return full, full, true
		}
	}
	return "", "", false
}

// levelInside is a level's label after its variable's. That of a category can be
// a name and keeps its capital.
func (w *writer) levelInside(v study.Variable, label string) string {
	if v.Type == study.Category {
		return label
	}
	return w.casing.inside(label)
}

// factorOf is how a formula makes levels of a number.
func factorOf(variable string) string { return "factor(" + variable + ")" }

// standardized tells whether a variable enters a model as a z-score.
func (w *writer) standardized(model, variable string) bool {
	return w.get(result.Key{Quantity: "scale_sd", Model: model, Variable: variable}).State() != disclose.Absent
}

// referenceLevel is the level of a variable that has no coefficient in the
// models under the key, its name or factorOf it; "" when it is not one.
func (w *writer) referenceLevel(key string, v study.Variable) string {
	with := map[string]bool{}
	for _, n := range w.numbers.Numbers() {
		if k := n.Key(); k.Quantity == "estimate" {
			with[k.Term] = true
		}
	}
	var without []string
	for _, l := range v.Levels {
		if !with[key+l.Key] {
			without = append(without, w.levelInside(v, l.Value.In(w.lang)))
		}
	}
	if len(without) != 1 {
		return ""
	}
	return without[0]
}

// schemeTerm is the coefficient of the focus scheme in a model.
func (w *writer) schemeTerm(model string) term {
	for _, t := range w.terms(model) {
		if t.scheme == w.focus.key {
			return t
		}
	}
	return term{}
}

// strongest are the terms other than intercept and scheme whose association
// with the outcome is clearest: at most so many, each with an interval that
// leaves out no association.
func (w *writer) strongest(model string, most int) []term {
	var out []term
	for _, t := range w.terms(model) {
		low, high := t.odds.Interval()
		if t.scheme == "" && t.name != "(Intercept)" && t.strength() > 0 && (low > 1 || high < 1) && w.oddsChange(t.odds).said {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b term) int {
		switch d := b.strength() - a.strength(); {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
		return 0
	})
	return out[:min(most, len(out))]
}
