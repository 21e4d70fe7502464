package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
	"bidrag/study"
)

// Limits of the verdicts. Those of inflation are the report's own; the others
// are the field's rules of thumb, or what counts as clear.
const (
	inflationFine   = 5.0
	inflationStrong = 10.0
	errorGrows      = 1.2  // a robust standard error so many times the model's own
	clearP          = 0.05 // of tests
	influenceSmall  = 0.5  // standard errors that one person moves an estimate
	mostBins        = 0.8  // of the intervals that should hold the model's value, where 0.95 do when it is right
	residualFine    = 0.1  // of the mean from 0 and the standard deviation from 1
	aucFair         = 0.7
	aucGood         = 0.9
)

// assumptions is the section of a model's chapter that tells how well the
// model's assumptions hold.
func (w *writer) assumptions(model string) {
	w.section(id("assumptions", model), w.word("assume.title"))
	overview := w.overview(model)
	if !overview.Empty() {
		w.text(w.say("assume.lead"))
		w.table(overview)
	}
	w.testGaps(model)
	w.inflationText(model)
	w.folded(w.inflationTable(model))
	w.robustText(model)
	w.folded(w.robustTable(model))
	w.calibrationFigure(model)
	w.linearityFigure(model)
	w.randomFigure(model)
	w.endSection()
}

// testGaps tells which tests these data do not allow.
func (w *writer) testGaps(model string) {
	for _, g := range w.numbers.Gaps() {
		switch {
		case g.Step != "assumptions" || g.Model != model:
		case g.Subject == "":
			w.caution(w.say("assume.gap"))
		default:
			w.caution(w.say("assume.gap_one", "test", w.word("assume.of."+g.Subject)))
		}
	}
}

// A check is one row of the overview, under the name of its test.
type check struct {
	test, asks string
	number     table.Cell
	verdict    []string // sentences
}

// overview is the table of all tests, with a verdict on each.
func (w *writer) overview(model string) table.Table {
	t := table.Table{ID: id("assumptions", model), Title: w.word("assume.table"), Note: join([]string{w.say("assume.note"), w.source()}), Columns: []table.Column{
		{Label: w.word("column.assume_asks")}, {Label: w.word("column.assume_number")}, {Label: w.word("column.assume_verdict")},
	}}
	var all []check
	for _, checks := range [][]check{
		w.inflationCheck(model), w.robustCheck(model), w.withoutCheck(model), w.influenceCheck(model), w.dispersionChecks(model), w.residualCheck(model),
		w.randomChecks(model), w.linearityCheck(model), w.accuracyChecks(model),
	} {
		all = append(all, checks...)
	}
	if len(all) > 0 { // else no test was made
		all = append(all, w.squaredChecks(model)...)
	}
	for _, c := range all {
		t.Rows = append(t.Rows, table.Row{Group: c.test, Cells: []table.Cell{table.Text(c.asks), c.number, table.Text(join(c.verdict))}})
	}
	return t
}

// numbered are the numbers of a key at the levels 1, 2, …, suppressed ones too.
func (w *writer) numbered(k result.Key) []disclose.Number {
	var out []disclose.Number
	for {
		k.Level = strconv.Itoa(len(out) + 1)
		n := w.get(k)
		if n.State() == disclose.Absent {
			return out
		}
		out = append(out, n)
	}
}

// variablesWith are the variables of a model that have a quantity, in its order.
func (w *writer) variablesWith(quantity, model string) []string {
	var out []string
	for _, n := range w.numbers.Numbers() {
		if k := n.Key(); k.Quantity == quantity && k.Model == model && !slices.Contains(out, k.Variable) {
			out = append(out, k.Variable)
		}
	}
	return out
}

// variableName is a model's variable inside a sentence. One that is several
// joined by colons is named by all.
func (w *writer) variableName(name string) string {
	if v, _ := w.study.Codebook.Variables.Get(name); v.Type == study.Binary {
		return w.quote(w.variableHeading(name)) // as "took part in upper secondary"
	}
	return w.casing.inside(w.variableHeading(name))
}

func (w *writer) variableHeading(name string) string {
	if name == "scheme" {
		return w.word("effects.scheme_group")
	}
	var parts []string
	for part := range strings.SplitSeq(name, ":") {
		v, known := w.study.Codebook.Variables.Get(part)
		switch {
		case known && !v.Label.IsZero():
			part = v.Label.In(w.lang)
		case !known:
			part = w.indicatorLabel(part)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " × ")
}

// indicatorLabel is what a column is called that is made of a category.
func (w *writer) indicatorLabel(column string) string {
	var ignored term
	_, full := w.simpleTerm(column, &ignored)
	return full
}

func (w *writer) variableNames(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, w.variableName(n))
	}
	return w.enumerate(out)
}

// decimals writes a number with so many decimals.
func (w *writer) decimals(n disclose.Number, decimals int) phrase {
	if !table.Has(n) {
		return phrase{}
	}
	return phrase{w.locale.Decimal(n.Value(), decimals), true}
}

// pPhrase is a p-value inside a sentence.
func (w *writer) pPhrase(n disclose.Number) phrase {
	if !table.Has(n) {
		return phrase{}
	}
	return phrase{w.pText(n.Value()), true}
}

// An inflation is one variable's factor.
type inflation struct {
	variable       string
	gvif, df, root disclose.Number
}

// perCoefficient is the factor on the scale of one coefficient's variance,
// GVIF^(1/df), which the limits are for.
func (f inflation) perCoefficient() float64 { return f.root.Value() * f.root.Value() }

// inflations are the factors of a model, the largest first.
func (w *writer) inflations(model string) []inflation {
	var out []inflation
	for _, v := range w.variablesWith("gvif", model) {
		number := func(quantity string) disclose.Number {
			return w.get(result.Key{Quantity: quantity, Model: model, Variable: v})
		}
		if f := (inflation{v, number("gvif"), number("gvif_df"), number("gvif_root")}); table.Has(f.gvif) && table.Has(f.root) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b inflation) int {
		switch d := b.perCoefficient() - a.perCoefficient(); {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
		return 0
	})
	return out
}

// between are the variables whose factor is above low and not above high.
func between(all []inflation, low, high float64) []string {
	var out []string
	for _, f := range all {
		if x := f.perCoefficient(); x > low && x <= high {
			out = append(out, f.variable)
		}
	}
	return out
}

func (w *writer) inflationCheck(model string) []check {
	all := w.inflations(model)
	if len(all) == 0 {
		return nil
	}
	c := check{test: w.word("collinear.test"), asks: w.word("collinear.asks"), number: table.Text(w.locale.Decimal(all[0].perCoefficient(), 1))}
	if all[0].df.Value() == 1 {
		c.number = table.Num(all[0].gvif, table.Format{Decimals: 1})
	}
	strong, some := between(all, inflationStrong, math.Inf(1)), between(all, inflationFine, inflationStrong)
	fine, limit := w.locale.Count(inflationFine), w.locale.Count(inflationStrong)
	switch {
	case len(strong) > 0:
		c.verdict = append(c.verdict, w.say("collinear.strong", "labels", w.variableNames(strong)))
	case len(some) > 0:
		c.verdict = append(c.verdict, w.say("collinear.some", "low", fine, "high", limit, "labels", w.variableNames(some)))
	default:
		c.verdict = append(c.verdict, w.say("collinear.fine", "limit", fine))
	}
	return []check{c}
}

func (w *writer) inflationText(model string) {
	all := w.inflations(model)
	if len(all) == 0 {
		return
	}
	strong := between(all, inflationStrong, math.Inf(1))
	if len(strong) > 0 {
		key := "collinear.together"
		if len(strong) == 1 {
			key = "collinear.alone"
		}
		sentences := []string{w.say("collinear.lead"), w.say(key, "labels", w.variableNames(strong))}
		if w.without(model, strong) {
			sentences = append(sentences, w.say("collinear.variants"))
		}
		w.text(sentences...)
		return
	}
	limit := inflationStrong
	if len(between(all, inflationFine, inflationStrong)) == 0 {
		limit = inflationFine
	}
	w.text(w.say("collinear.lead"), w.say("collinear.none", "limit", w.locale.Count(limit)))
}

// without tells whether the study has models like this one without one of the variables.
func (w *writer) without(model string, variables []string) bool {
	return slices.ContainsFunc(w.study.Models, func(e study.Entry[study.Model]) bool {
		return e.Value.Like == model && len(e.Value.Drop) == 1 && slices.Contains(variables, e.Value.Drop[0])
	})
}

// inflationTable is table 18.
func (w *writer) inflationTable(model string) table.Table {
	t := table.Table{ID: id("inflation", model), Title: w.word("collinear.table"), Note: join([]string{w.say("collinear.note"), w.source()}), Columns: []table.Column{
		{Label: w.word("column.variable")}, {Label: w.word("column.gvif")}, {Label: w.word("column.gvif_df")}, {Label: w.word("column.gvif_root")},
	}}
	for _, f := range w.inflations(model) {
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{
			table.Text(w.variableHeading(f.variable)), table.Num(f.gvif, table.Format{Decimals: 2}), table.Num(f.df, wholeNumber), table.Num(f.root, table.Format{Decimals: 2}),
		}})
	}
	return t
}

// clusterOf is the grouping of a model's robust errors, "" without them.
func (w *writer) clusterOf(model string) string {
	if names := w.variablesWith("clusters", model); len(names) > 0 {
		return names[0]
	}
	return ""
}

func (w *writer) termNumber(quantity, model, term string) disclose.Number {
	return w.get(result.Key{Quantity: quantity, Model: model, Term: term})
}

func (w *writer) robustCheck(model string) []check {
	scheme, cluster := w.schemeTerm(model), w.clusterOf(model)
	ratio := w.termNumber("std_error_ratio", model, scheme.name)
	if cluster == "" || !table.Has(ratio) {
		return nil
	}
	level := w.levelName(cluster)
	c := check{test: w.word("cluster.test", "level", level, "scheme", w.focus.name), asks: w.word("cluster.asks", "level", level), number: table.Num(ratio, table.Format{Decimals: 2})}
	p := w.termNumber("p_value_cr2", model, scheme.name)
	key, after := "cluster.similar", "cluster.still"
	if ratio.Value() > errorGrows {
		key = "cluster.larger"
	}
	switch own := scheme.pValue.Value() < clearP; {
	case own && p.Value() >= clearP:
		after = "cluster.not"
	case !own && p.Value() >= clearP:
		after = "cluster.neither"
	case !own:
		after = "cluster.now"
	}
	c.verdict = []string{w.say(key, "x", w.decimals(ratio, 2)), w.say(after, "p", w.pPhrase(p))}
	return []check{c}
}

func (w *writer) robustText(model string) {
	m, _ := w.study.Models.Get(model)
	cluster := w.clusterOf(model)
	if cluster == "" {
		if m.Cluster != "" && len(w.groupings(model)) > 0 {
			w.text(w.say("cluster.mixed"))
		}
		return
	}
	scheme := w.schemeTerm(model)
	growing, all := 0, 0
	for _, t := range w.terms(model) {
		ratio := w.termNumber("std_error_ratio", model, t.name)
		if t.name == "(Intercept)" || !table.Has(ratio) {
			continue
		}
		all++
		if ratio.Value() > errorGrows {
			growing++
		}
	}
	w.text(w.say("cluster.lead", "level", w.levelName(cluster), "n", w.count(w.get(result.Key{Quantity: "clusters", Model: model, Variable: cluster}))),
		w.say("cluster.scheme", "own", w.decimals(scheme.stdError, 3), "robust", w.decimals(w.termNumber("std_error_cr2", model, scheme.name), 3),
			"p", w.pPhrase(w.termNumber("p_value_cr2", model, scheme.name)), "df", w.decimals(w.termNumber("df_cr2", model, scheme.name), 0)))
	if growing > 0 {
		w.caution(w.say("cluster.growing", "n", w.cardinal(growing), "all", w.locale.Count(float64(all))))
	}
}

func (w *writer) robustTable(model string) table.Table {
	t := table.Table{ID: id("robust", model), Title: w.word("cluster.table"), Note: join([]string{w.logOddsNote(model), w.say("cluster.note"), w.source()}), Columns: []table.Column{
		{Label: w.word("column.variable")}, {Label: w.word("column.estimate")}, {Label: w.word("column.own_error")}, {Label: w.word("column.cr0")},
		{Label: w.word("column.cr1s")}, {Label: w.word("column.cr2")}, {Label: w.word("column.cr2_df")}, {Label: w.word("column.cr2_p")},
	}}
	m, _ := w.study.Models.Get(model)
	for _, c := range w.grouped(m, w.terms(model)) {
		if w.termNumber("std_error_cr2", model, c.name).State() == disclose.Absent {
			continue
		}
		decimals := 3
		if c.stdError.Value() < 0.01 {
			decimals = table.Decimals(c.stdError.Value(), 3)
		}
		error := func(quantity string) table.Cell {
			return table.Num(w.termNumber(quantity, model, c.name), table.Format{Decimals: decimals})
		}
		t.Rows = append(t.Rows, table.Row{Group: c.group, Cells: []table.Cell{
			table.Text(c.label), table.Num(c.estimate, table.Format{Decimals: decimals}), table.Num(c.stdError, table.Format{Decimals: decimals}),
			error("std_error_cr0"), error("std_error_cr1s"), error("std_error_cr2"),
			table.Num(w.termNumber("df_cr2", model, c.name), table.Format{Decimals: 1}), table.Num(w.termNumber("p_value_cr2", model, c.name), table.Format{Kind: table.PValue}),
		}})
	}
	return t
}

// withoutCheck compares the scheme's estimate without one group at a time with
// its interval.
func (w *writer) withoutCheck(model string) []check {
	t := w.schemeTerm(model)
	span := w.termNumber("without_cluster_range", model, t.name)
	if !table.Has(span) || t.name == "" {
		return nil
	}
	m, _ := w.study.Models.Get(model)
	key, interval := "without.plain_test", t.estimate
	if span.Unit() == result.OddsRatio {
		key, interval = "without.test", t.odds
	}
	verdict := "without.stable"
	low, high := span.Interval()
	if a, b := interval.Interval(); low < a || high > b {
		verdict = "without.unstable"
	}
	return []check{{test: w.word(key, "scheme", w.focus.name, "level", w.levelName(w.leftOut(model, m))), asks: w.word("without.asks"),
		number: table.Num(span, table.Format{Decimals: 2, Interval: true}), verdict: []string{w.say(verdict)}}}
}

// leftOut is the grouping whose groups are left out one at a time: the model's
// clusters, or the outermost of its random effects.
func (w *writer) leftOut(model string, m study.Model) string {
	if m.Cluster != "" {
		return m.Cluster
	}
	for _, g := range w.groupings(model) {
		if !strings.Contains(g, ":") {
			return g
		}
	}
	return ""
}

// influential counts those whom a model would do most without; nothing of nobody.
func (w *writer) influential(model string) string {
	n := w.get(result.Key{Quantity: "influential_persons", Model: model})
	if table.Has(n) && n.Value() == 0 {
		return ""
	}
	return w.say("influence.count", "n", w.count(n))
}

// logOddsNote is the unit of a logit model's coefficients.
func (w *writer) logOddsNote(model string) string {
	if w.kind(model).link != "logit" {
		return ""
	}
	return w.say("cluster.log_odds")
}

func (w *writer) influenceCheck(model string) []check {
	bound := w.get(result.Key{Quantity: "influence_bound", Model: model})
	if !table.Has(bound) {
		return nil
	}
	x := w.locale.Decimal(bound.Value(), table.Decimals(bound.Value()*10, 0))
	key := "influence.none"
	if bound.Value() > influenceSmall {
		key = "influence.some"
	}
	return []check{{test: w.word("influence.test"), asks: w.word("influence.asks"), number: table.Num(bound, table.Format{Decimals: table.Decimals(bound.Value()*10, 0)}),
		verdict: []string{w.say(key, "x", x), w.influential(model)}}}
}
