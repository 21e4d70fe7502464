package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// balances are the standardized differences of a method, or before any, of the
// propensity score first.
func (m matched) balances(method string) []disclose.Number {
	var out []disclose.Number
	for _, n := range m.numbers.Numbers() {
		if k := n.Key(); k.Quantity == "matching_balance" && k.Kind == method && k.Analysis == m.name && k.Scheme == m.scheme.key {
			out = append(out, n)
		}
	}
	return out
}

// at is the number of a quantity of a method for the trait of another number.
func (m matched) at(n disclose.Number, quantity, method string) disclose.Number {
	k := n.Key()
	k.Quantity, k.Kind = quantity, method
	return m.get(k)
}

// traitLabel is what a trait is called where it stands alone.
func (m matched) traitLabel(k result.Key) string {
	if k.Variable == "" {
		return m.word("matching.score_label", "scheme", m.scheme.name)
	}
	if parent := m.parentOf(k.Variable); parent != k.Variable {
		v, _ := m.study.Codebook.Variables.Get(parent)
		level := strings.TrimPrefix(k.Variable, v.Indicators.Prefix+"_")
		return m.word("level_of", "variable", m.variable(parent), "level", m.levelLabel(parent, level))
	}
	if k.Level != "" {
		return m.word("level_of", "variable", m.variable(k.Variable), "level", m.levelLabel(k.Variable, k.Level))
	}
	if label, ok := m.study.LabelOf(k.Variable); ok {
		return label.In(m.lang)
	}
	return m.variable(k.Variable)
}

// imbalance is where a standardized difference is worth a word.
const imbalance = 0.1

// A comparedTrait is a trait that the compared were to be alike in, with its
// standardized differences before any method and after one, both shown.
type comparedTrait struct {
	label         string // inside a sentence
	before, after float64
}

func (t comparedTrait) unlikeBefore() bool { return math.Abs(t.before) > imbalance }
func (t comparedTrait) unlikeAfter() bool  { return math.Abs(t.after) > imbalance }

// compared are the traits that the compared were to be alike in; hidden tells
// that there are others, of few persons.
func (m matched) compared(method string) (traits []comparedTrait, hidden bool) {
	for _, n := range m.balances("") {
		k := n.Key()
		if k.Variable == "" || slices.Contains(m.of.Balance, k.Variable) {
			continue
		}
		after := m.at(n, "matching_balance", method)
		if !table.Has(n) || !table.Has(after) {
			hidden = true
			continue
		}
		traits = append(traits, comparedTrait{m.casing.inside(m.traitLabel(k)), n.Value(), after.Value()})
	}
	return traits, hidden
}

// unlike counts the traits that differ before and after.
func unlike(traits []comparedTrait) (before, after int) {
	for _, t := range traits {
		if t.unlikeBefore() {
			before++
		}
		if t.unlikeAfter() {
			after++
		}
	}
	return before, after
}

// balanceSentence says how unlike the sides are before, and after the first method.
func (m matched) balanceSentence() string {
	methods := m.methods()
	if len(methods) == 0 {
		return ""
	}
	traits, _ := m.compared(methods[0].Key)
	if len(traits) == 0 {
		return ""
	}
	first, last := traits[0], traits[0]
	for _, t := range traits {
		if math.Abs(t.before) > math.Abs(first.before) {
			first = t
		}
		if math.Abs(t.after) > math.Abs(last.after) {
			last = t
		}
	}
	before, after := unlike(traits)
	size := func(x float64) string { return m.locale.Decimal(math.Abs(x), 2) }
	said := []string{
		m.say("matching.balance_before", "k", m.cardinal(before), "n", m.cardinal(len(traits)), "trait", first.label, "sd", size(first.before)),
		m.say("matching.balance_after", "k", m.cardinal(after), "trait", last.label, "sd", size(last.after), "method", m.quote(methods[0].Value.Label.In(m.lang))),
	}
	if after == 0 {
		said[1] = m.say("matching.balance_after_none", "trait", last.label, "sd", size(last.after), "method", m.quote(methods[0].Value.Label.In(m.lang)))
	}
	if len(m.of.Balance) > 0 {
		var names []string
		for _, v := range m.of.Balance {
			names = append(names, m.topic(v))
		}
		said = append(said, m.say("matching.balance_shown", "list", m.enumerate(names)))
	}
	return join(said)
}

// tooUnlike is the standardized difference above which a model of the outcome can
// no longer be trusted to even out what is left.
//
// Source: Rubin (2001), Health Services & Outcomes Research Methodology 2, 169–188.
const tooUnlike = 0.25

// unlikeSentence names the methods that do not make the compared alike.
func (m matched) unlikeSentence() string {
	var names []string
	for _, e := range m.methods() {
		traits, _ := m.compared(e.Key)
		if slices.ContainsFunc(traits, func(t comparedTrait) bool { return math.Abs(t.after) > tooUnlike }) {
			names = append(names, m.quote(e.Value.Label.In(m.lang)))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return m.say("matching.unlike", "list", m.enumerate(names))
}

// loveFigure is the standardized differences before and after the first method.
func (m matched) loveFigure() {
	methods := m.methods()
	if len(methods) == 0 {
		return
	}
	method := methods[0]
	series := []figure.Series{{Key: "before", Label: m.word("matching.before"), Style: figure.Neutral}, {Key: "after", Label: m.word("matching.after"), Style: figure.Focus}}
	plot := figure.Dots{Series: series, Format: figure.Ratio, Axis: m.word("matching.love_axis"), Zero: true}
	data := table.Table{Columns: []table.Column{{Label: m.word("matching.trait")}, {Label: series[0].Label}, {Label: series[1].Label}}}
	cells := table.Format{Decimals: 2}
	for i, n := range m.balances("") {
		key, after := strconv.Itoa(i), m.at(n, "matching_balance", method.Key)
		plot.Categories = append(plot.Categories, figure.Category{Key: key, Label: m.traitLabel(n.Key())})
		plot.Marks = append(plot.Marks, figure.Mark{Category: key, Series: "before", Number: n}, figure.Mark{Category: key, Series: "after", Number: after})
		data.Rows = append(data.Rows, table.Row{Cells: []table.Cell{table.Text(m.traitLabel(n.Key())), table.Num(n, cells), table.Num(after, cells)}})
	}
	title := m.loveTitle(method.Key)
	m.figure(figure.Figure{
		ID: id("matching-balance", m.name, m.scheme.key), Title: title,
		Subtitle: m.say("matching.love_subtitle", "first", m.scheme.people, "second", m.reference.people, "method", m.quote(method.Value.Label.In(m.lang))),
		Note:     join([]string{m.say("matching.love_note"), m.hiddenTraits(method.Key)}), Alt: m.word("matching.love_alt", "title", title), Plot: plot,
	}, data)
}

// hiddenTraits says that some traits are not counted, when that is so.
func (m matched) hiddenTraits(method string) string {
	if _, hidden := m.compared(method); hidden {
		return m.say("matching.love_hidden")
	}
	return ""
}

func (m matched) loveTitle(method string) string {
	traits, _ := m.compared(method)
	before, after := unlike(traits)
	pairs := []any{"before", m.cardinal(before), "after", m.cardinal(after)}
	switch {
	case len(traits) == 0:
		return m.say("matching.love_plain")
	case before == 0 && after == 0:
		return m.say("matching.love_nothing")
	case after == 0:
		return m.say("matching.love_all", pairs...)
	case after < before:
		return m.say("matching.love_some", pairs...)
	}
	return m.say("matching.love_none", pairs...)
}

// supportFigure is how the propensity scores of the two sides lie.
func (m matched) supportFigure() {
	const bins = 20
	first, second := m.scheme.series, m.reference.series
	first.Style = figure.Focus
	plot := figure.Steps{Series: []figure.Series{first, second}, Format: figure.Percent, Axis: m.word("matching.support_axis", "scheme", m.scheme.name)}
	data := table.Table{Columns: []table.Column{{Label: m.word("matching.support_column")}, {Label: m.scheme.label}, {Label: m.reference.label}}}
	for k := range bins {
		key := result.Key{Quantity: "matching_score", Analysis: m.name, Scheme: m.scheme.key, Level: strconv.FormatFloat(float64(k)/bins, 'g', -1, 64)}
		own := m.get(key)
		key.Quantity += "_reference"
		other := m.get(key)
		low, high := float64(k)*100/bins, float64(k+1)*100/bins
		plot.Bins = append(plot.Bins, figure.Bin{Series: first.Key, X0: low, X1: high, Number: own}, figure.Bin{Series: second.Key, X0: low, X1: high, Number: other})
		data.Rows = append(data.Rows, table.Row{Cells: []table.Cell{
			table.Text(m.word("matching.support_bin", "low", m.locale.Decimal(low, 0), "high", m.locale.Decimal(high, 0))),
			table.Num(own, table.Format{Kind: table.Percent}), table.Num(other, table.Format{Kind: table.Percent}),
		}})
	}
	title := m.supportTitle()
	m.figure(figure.Figure{
		ID: id("matching-support", m.name, m.scheme.key), Title: title,
		Subtitle: join([]string{m.say("matching.support_subtitle", "scheme", m.scheme.name), m.nText(m.number("matching_persons", ""), m.number("matching_persons_reference", ""))}),
		Note:     m.say("matching.support_note"), Alt: m.word("matching.support_alt", "title", title), Plot: plot,
	}, data)
}

// supportTitle says how many of the scheme have a score that nobody else has.
func (m matched) supportTitle() string {
	share := func(scheme, quantity string) (float64, bool) {
		n, all := m.number(quantity, ""), m.number(scheme, "")
		if !table.Has(n) || !table.Has(all) {
			return 0, false
		}
		return n.Value() / all.Value(), true
	}
	own, ok := share("matching_persons", "matching_off_support")
	switch {
	case !ok:
		return m.say("matching.support_title")
	case own == 0:
		return m.say("matching.support_title_all", "people", m.scheme.people, "second", m.reference.people)
	}
	return m.say("matching.support_title_off", "share", m.percentText(own), "people", m.scheme.people, "second", m.reference.people)
}

// methodTable is the methods beside each other.
func (m matched) methodTable() table.Table {
	t := table.Table{ID: id("matching-methods", m.name, m.scheme.key), Title: m.word("matching.methods_title", "label", m.of.Label.In(m.lang)),
		Note: join([]string{m.say("matching.methods_note"), m.source()}),
		Columns: []table.Column{{Label: m.word("matching.method")}, {Label: m.scheme.label, Group: m.word("matching.compared")},
			{Label: m.reference.label, Group: m.word("matching.compared")}, {Label: m.word("matching.worth"), Group: m.word("matching.compared")},
			{Label: m.scheme.label, Group: m.word("matching.outcome")}, {Label: m.reference.label, Group: m.word("matching.outcome")}}}
	cells := table.Format{Kind: table.Percent}
	if !m.points {
		cells = table.Format{Decimals: 1}
	}
	row := func(label string, numbers [5]disclose.Number) {
		r := table.Row{Cells: []table.Cell{table.Text(label)}}
		for i, n := range numbers {
			format := wholeNumber
			if i >= 3 {
				format = cells
			}
			r.Cells = append(r.Cells, table.Num(n, format))
		}
		t.Rows = append(t.Rows, r)
	}
	row(m.word("matching.raw_label"), [5]disclose.Number{m.number("matching_persons", ""), m.number("matching_persons_reference", ""), m.number("matching_persons_reference", ""),
		m.number("matching_raw_mean", ""), m.number("matching_raw_mean_reference", "")})
	for _, e := range m.methods() {
		get := func(quantity string) disclose.Number { return m.number(quantity, e.Key) }
		row(e.Value.Label.In(m.lang), [5]disclose.Number{get("matching_kept"), get("matching_kept_reference"), get("matching_effective_reference"),
			get("matched_mean"), get("matched_mean_reference")})
	}
	return t
}

// balanceTable is the standardized differences of all methods.
func (m matched) balanceTable() table.Table {
	t := table.Table{ID: id("matching-differences", m.name, m.scheme.key), Title: m.word("matching.differences_title", "label", m.of.Label.In(m.lang)),
		Note:    join([]string{m.say("matching.love_note"), m.source()}),
		Columns: []table.Column{{Label: m.word("matching.trait")}, {Label: m.word("matching.before")}}}
	methods := m.methods()
	for _, e := range methods {
		t.Columns = append(t.Columns, table.Column{Label: e.Value.Label.In(m.lang), Group: m.word("matching.after")})
	}
	for _, n := range m.balances("") {
		r := table.Row{Cells: []table.Cell{table.Text(m.traitLabel(n.Key())), table.Num(n, table.Format{Decimals: 2})}}
		for _, e := range methods {
			r.Cells = append(r.Cells, table.Num(m.at(n, "matching_balance", e.Key), table.Format{Decimals: 2}))
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// meanTable is means and variance ratios before and after the first method.
func (m matched) meanTable() table.Table {
	t := table.Table{ID: id("matching-means", m.name, m.scheme.key), Title: m.word("matching.means_title", "label", m.of.Label.In(m.lang)),
		Note: join([]string{m.say("matching.means_note"), m.source()}), Columns: []table.Column{{Label: m.word("matching.trait")}}}
	methods := m.methods()
	if len(methods) == 0 {
		return table.Table{}
	}
	after := m.word("matching.after_method", "method", methods[0].Value.Label.In(m.lang))
	for _, group := range []string{m.word("matching.before"), after} {
		t.Columns = append(t.Columns, table.Column{Label: m.scheme.label, Group: group}, table.Column{Label: m.reference.label, Group: group}, table.Column{Label: m.word("matching.ratio"), Group: group})
	}
	for _, n := range m.balances("") {
		r := table.Row{Cells: []table.Cell{table.Text(m.traitLabel(n.Key()))}}
		for _, method := range []string{"", methods[0].Key} {
			for _, quantity := range []string{"matching_mean", "matching_mean_reference"} {
				x := m.at(n, quantity, method)
				format := table.Format{Decimals: 1}
				if x.Unit() == result.Share {
					format = table.Format{Kind: table.Percent}
				} else if n.Key().Variable == "" {
					format = table.Format{Decimals: 2}
				}
				r.Cells = append(r.Cells, table.Num(x, format))
			}
			r.Cells = append(r.Cells, table.Num(m.at(n, "matching_variance_ratio", method), table.Format{Decimals: 2}))
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}
