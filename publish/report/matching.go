package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// A matched is a matching of one scheme, as it is written about.
type matched struct {
	*writer
	name   string
	of     study.Matching
	scheme scheme
	points bool // the outcome is 0 or 1
}

// matching is a section for every matching and every scheme that is compared
// with the reference.
func (w *writer) matching() {
	first := true
	for _, e := range w.study.Matching {
		for _, s := range w.schemes {
			if s.key == w.reference.key {
				continue
			}
			m := matched{writer: w, name: e.Key, of: e.Value, scheme: s}
			raw := m.number("matching_raw_difference", "")
			m.points = raw.Unit() == result.Points
			title := e.Value.Label.In(w.lang)
			if len(w.schemes) > 2 {
				title = w.word("matching.of_scheme", "label", title, "scheme", s.plain)
			}
			w.section(id("matching", e.Key, s.key), title)
			m.cautions()
			if raw.State() != disclose.Absent {
				m.write(first)
				first = false
			}
			w.endSection()
		}
	}
}

// write is what is said of a matching that has an answer. The first of them says
// what matching is.
func (m matched) write(first bool) {
	if first {
		m.text(m.say("matching.lead"), m.say("matching.lead_model"))
	}
	m.text(m.covariateSentence(), m.foundSentence(), m.supportSentence(), m.aloneSentence())
	m.text(m.rawSentence(), m.mainSentence(), m.rangeSentence())
	m.caution(m.fewSentence(), m.unlikeSentence())
	m.effectFigure()
	m.supportFigure()
	m.text(m.balanceSentence())
	m.loveFigure()
	m.table(m.methodTable())
	m.folded(m.balanceTable())
	m.folded(m.meanTable())
}

// number is a quantity of the matching, of a method or before any ("").
func (m matched) number(quantity, method string) disclose.Number {
	return m.get(result.Key{Quantity: quantity, Kind: method, Analysis: m.name, Scheme: m.scheme.key})
}

// methods are the methods that have an answer.
func (m matched) methods() []study.Entry[study.Method] {
	var out []study.Entry[study.Method]
	for _, e := range m.of.Methods {
		if m.number("matched_difference", e.Key).State() != disclose.Absent {
			out = append(out, e)
		}
	}
	return out
}

// matchGaps are the reasons for having no answer that there are words for.
var matchGaps = []string{result.Nobody, result.UnknownForAll, result.OneCluster, result.Separation, result.NoOverlap, result.NoMatch, result.NotFitted}

// cautions tell what these data could not answer.
func (m matched) cautions() {
	for _, g := range m.numbers.Gaps() {
		key, method, _ := strings.Cut(g.Subject, " ")
		if g.Step != "matching" || g.Model != m.name || key != m.scheme.key {
			continue
		}
		what := m.quote(m.of.Label.In(m.lang))
		if of, ok := m.of.Methods.Get(method); ok {
			what = m.quote(of.Label.In(m.lang))
		}
		code := g.Reason.Code
		if !slices.Contains(matchGaps, code) {
			code = "other"
		}
		if code == result.OneCluster && g.Reason.About == "" { // every person is a cluster
			code = "few_persons"
		}
		if code == result.NoMatch && g.Reason.About == "exact" {
			code = "no_match_exact"
		}
		m.caution(m.say("matching.gap."+code, "what", what, "about", m.about(g.Reason.About), "first", m.scheme.people, "second", m.reference.people))
	}
}

// covariateSentence names what the compared are alike in.
func (m matched) covariateSentence() string {
	var names []string
	for _, n := range m.balances("") {
		k := n.Key()
		if name := m.parentOf(k.Variable); k.Variable != "" && !slices.Contains(m.of.Balance, k.Variable) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i, name := range names {
		names[i] = m.topic(name)
	}
	return m.say("matching.covariates", "first", m.scheme.people, "second", m.reference.people, "list", m.enumerate(names))
}

// parentOf is the variable that a column is an indicator of, or the column.
func (m matched) parentOf(column string) string {
	for _, e := range m.study.Codebook.Variables {
		if i := e.Value.Indicators; i != nil && strings.HasPrefix(column, i.Prefix+"_") {
			return e.Key
		}
	}
	return column
}

// foundSentence says how many found somebody, by the first method of nearest
// neighbours.
func (m matched) foundSentence() string {
	for _, e := range m.of.Methods {
		kept, all := m.number("matching_kept", e.Key), m.number("matching_persons", "")
		if e.Value.Kind != study.Nearest || !table.Has(kept) || !table.Has(all) {
			continue
		}
		if kept.Value() == all.Value() {
			return m.say("matching.found_all", "people", m.scheme.people, "n", m.count(all), "second", m.reference.people, "method", m.quote(e.Value.Label.In(m.lang)))
		}
		return join([]string{m.say("matching.found", "people", m.scheme.people, "n", m.count(kept), "all", m.count(all),
			"share", m.percentText(kept.Value()/all.Value()), "second", m.reference.people, "method", m.quote(e.Value.Label.In(m.lang))), m.othersSentence(e.Value)})
	}
	return ""
}

// othersSentence says why a method left persons of the scheme without anybody.
func (m matched) othersSentence(method study.Method) string {
	switch limited := method.Caliper > 0 || len(method.Exact) > 0; {
	case method.Replace:
		return m.say("matching.others.unlike")
	case limited:
		return m.say("matching.others.left")
	}
	return m.say("matching.others.used_up", "second", m.reference.people)
}

// supportSentence says how many have a score that nobody of the other side has.
func (m matched) supportSentence() string {
	off, other := m.number("matching_off_support", ""), m.number("matching_off_support_reference", "")
	all, others := m.number("matching_persons", ""), m.number("matching_persons_reference", "")
	if !table.Has(off) || !table.Has(other) || off.Value()+other.Value() == 0 {
		return ""
	}
	return m.say("matching.support", "n", m.count(off), "all", m.count(all), "m", m.count(other), "others", m.count(others),
		"first", m.scheme.people, "second", m.reference.people)
}

// aloneSentence counts who was left out before any method.
func (m matched) aloneSentence() string {
	sentence := func(key, quantity string) string {
		a, b := m.number(quantity, ""), m.number(quantity+"_reference", "")
		if !table.Has(a) || !table.Has(b) || a.Value()+b.Value() == 0 {
			return ""
		}
		return m.say(key, "n", m.count(a), "m", m.count(b), "first", m.scheme.people, "second", m.reference.people)
	}
	return join([]string{sentence("matching.incomplete", "matching_incomplete"), sentence("matching.alone", "matching_alone")})
}

// amount writes a difference of the outcome: so many points, or so much of its unit.
func (m matched) amount(n disclose.Number) phrase {
	if m.points {
		return m.pointsInterval(n)
	}
	low, high := n.Interval()
	if !table.Has(n) || math.IsNaN(low) {
		return phrase{}
	}
	v, _ := m.study.Codebook.Variables.Get(m.of.Outcome)
	decimals := table.Decimals(math.Abs(high-low), 1)
	number := func(x float64) string { return m.locale.Decimal(x, decimals) }
	return phrase{m.word("matching.amount", "x", number(n.Value()), "low", number(low), "high", number(high), "unit", v.Unit.In(m.lang)), true}
}

// rawSentence is the difference before anything is done.
func (m matched) rawSentence() string {
	return m.say("matching.raw", "first", m.scheme.people, "second", m.reference.people, "outcome", m.outcome(), "points", m.amount(m.number("matching_raw_difference", "")))
}

// outcome is what is compared, inside a sentence.
func (m matched) outcome() string {
	if m.of.Outcome == m.study.Describe.Outcome {
		return m.word("matching.attainment")
	}
	return m.topic(m.of.Outcome)
}

// mainSentence is the difference by the first method.
func (m matched) mainSentence() string {
	methods := m.methods()
	if len(methods) == 0 {
		return ""
	}
	n := m.number("matched_difference", methods[0].Key)
	kept, all := m.number("matching_kept", methods[0].Key), m.number("matching_persons", "")
	said := []string{m.say("matching.main", "method", m.quote(methods[0].Value.Label.In(m.lang)), "points", m.amount(n), "n", m.count(kept)), m.maybeNothing(n)}
	if table.Has(kept) && table.Has(all) && kept.Value() < 0.9*all.Value() {
		said = append(said, m.say("matching.only", "people", m.scheme.people))
	}
	return join(said)
}

// rangeSentence is from where to where the methods go, and how many of their
// differences are clear.
func (m matched) rangeSentence() string {
	shown := m.shown()
	if len(shown) < 2 {
		return ""
	}
	low, high := shown[0], shown[0]
	clear := 0
	for _, n := range shown {
		if n.Value() < low.Value() {
			low = n
		}
		if n.Value() > high.Value() {
			high = n
		}
		if a, b := n.Interval(); a > 0 || b < 0 {
			clear++
		}
	}
	return m.say("matching.range", "n", m.cardinal(len(shown)), "low", m.bare(low), "high", m.bare(high), "clear", m.clearText(clear, len(shown)))
}

// shown are the methods' differences that are shown.
func (m matched) shown() []disclose.Number {
	var out []disclose.Number
	for _, e := range m.methods() {
		if n := m.number("matched_difference", e.Key); table.Has(n) {
			out = append(out, n)
		}
	}
	return out
}

// bare is a difference without its interval.
func (m matched) bare(n disclose.Number) string {
	if m.points {
		return m.locale.Points(n.Value())
	}
	return m.locale.Decimal(n.Value(), table.Decimals(math.Abs(n.Value()), 1))
}

func (m matched) clearText(clear, of int) string {
	switch clear {
	case 0:
		return m.word("matching.clear_none")
	case of:
		return m.word("matching.clear_all")
	case 1:
		return m.word("matching.clear_one")
	}
	return m.word("matching.clear_some", "n", m.cardinal(clear))
}

// few is how few persons weights may be worth before a reader is told.
const few = 30

// fewSentence names the methods whose comparison a few persons of the reference
// carry.
func (m matched) fewSentence() string {
	var items []string
	for _, e := range m.methods() {
		worth, used := m.number("matching_effective_reference", e.Key), m.number("matching_kept_reference", e.Key)
		if table.Has(worth) && table.Has(used) && worth.Value() < few && used.Value() >= 2*worth.Value() {
			items = append(items, m.word("matching.few_item", "method", m.quote(e.Value.Label.In(m.lang)), "used", m.locale.Count(used.Value()), "worth", m.locale.Count(worth.Value())))
		}
	}
	if len(items) == 0 {
		return ""
	}
	return m.say("matching.few", "list", m.enumerate(items), "second", m.reference.people)
}

// effectFigure is the difference before, and by every method.
func (m matched) effectFigure() {
	v, _ := m.study.Codebook.Variables.Get(m.of.Outcome)
	format, cells, axis := figure.Points, table.Format{Kind: table.Points, Interval: true}, m.word("matching.axis")
	if !m.points {
		format, cells, axis = figure.Decimal, table.Format{Decimals: 1, Interval: true}, m.word("matching.axis_unit", "unit", v.Unit.In(m.lang))
	}
	plot := figure.Forest{Format: format, Axis: axis}
	data := table.Table{Columns: []table.Column{{Label: m.word("matching.method")}, {Label: m.word("matching.difference")}, {Label: m.word("matching.kept")}}}
	row := func(group, label string, n, persons disclose.Number) {
		if n.State() == disclose.Absent {
			return
		}
		plot.Rows = append(plot.Rows, figure.ForestRow{Label: label, Group: group, Number: n})
		data.Rows = append(data.Rows, table.Row{Group: group, Cells: []table.Cell{table.Text(label), table.Num(n, cells), table.Num(persons, wholeNumber)}})
	}
	row(m.word("matching.group_raw"), m.word("matching.raw_label"), m.number("matching_raw_difference", ""), m.number("matching_persons", ""))
	for _, e := range m.methods() {
		row(m.word("matching.group_like"), e.Value.Label.In(m.lang), m.number("matched_difference", e.Key), m.number("matching_kept", e.Key))
	}
	for _, e := range m.methods() {
		row(m.word("matching.group_plain"), e.Value.Label.In(m.lang), m.number("matched_difference_plain", e.Key), m.number("matching_kept", e.Key))
	}
	title := m.effectTitle()
	m.figure(figure.Figure{
		ID: id("matching-effects", m.name, m.scheme.key), Title: title,
		Subtitle: join([]string{m.say("matching.subtitle", "outcome", m.outcome(), "first", m.scheme.people, "second", m.reference.people), m.nText(m.number("matching_persons", ""), m.number("matching_persons_reference", ""))}),
		Note:     m.effectNote(), Alt: m.word("matching.effects_alt", "title", title), Plot: plot,
	}, data)
}

// effectTitle is what the methods find together.
func (m matched) effectTitle() string {
	shown := m.shown()
	above, below := 0, 0
	for _, n := range shown {
		low, high := n.Interval()
		if low > 0 {
			above++
		}
		if high < 0 {
			below++
		}
	}
	pairs := []any{"first", m.scheme.people, "second", m.reference.people, "outcome", m.outcome(), "n", m.cardinal(len(shown))}
	switch {
	case len(shown) == 0:
		return m.say("matching.title_plain", pairs...)
	case above == len(shown) && above > 1:
		return m.say("matching.title_above_all", pairs...)
	case below == len(shown) && below > 1:
		return m.say("matching.title_below_all", pairs...)
	case above > 0 && below == 0:
		return m.say("matching.title_above", append(pairs, "k", m.cardinal(above))...)
	case below > 0 && above == 0:
		return m.say("matching.title_below", append(pairs, "k", m.cardinal(below))...)
	case above > 0:
		return m.say("matching.title_both", pairs...)
	}
	return m.say("matching.title_unclear", pairs...)
}

// effectNote says on whom the effects are, and what intervals are.
func (m matched) effectNote() string {
	notes := []string{m.say("matching.note"), m.say("matching.note_raw")}
	kinds := map[string]bool{}
	for _, e := range m.methods() {
		kinds[e.Value.Kind] = true
		kinds[e.Value.Estimand] = true
	}
	if kinds[study.Nearest] {
		notes = append(notes, m.say("matching.note_nearest"))
	}
	if kinds[study.Weighting] || kinds[study.AIPW] || kinds[study.Overlap] {
		notes = append(notes, m.say("matching.note_bootstrap"))
	}
	if kinds[study.Overlap] {
		notes = append(notes, m.say("matching.note_overlap"))
	}
	notes = append(notes, m.trimNotes()...)
	if kinds["all"] {
		notes = append(notes, m.say("matching.note_all"))
	}
	return join(notes)
}

// trimNotes say whom methods leave out for their probability, those with the same
// bounds together.
func (m matched) trimNotes() []string {
	var bounds [][]float64
	names := map[string][]string{}
	for _, e := range m.methods() {
		if len(e.Value.Trim) != 2 {
			continue
		}
		key := fmt.Sprint(e.Value.Trim)
		if names[key] == nil {
			bounds = append(bounds, e.Value.Trim)
		}
		names[key] = append(names[key], m.quote(e.Value.Label.In(m.lang)))
	}
	var notes []string
	for _, b := range bounds {
		percent := func(p float64) string { return m.trim(math.Round(1e8*p) / 1e6) }
		notes = append(notes, m.say("matching.note_trim", "list", m.enumerate(names[fmt.Sprint(b)]), "low", percent(b[0]), "high", percent(b[1])))
	}
	return notes
}
