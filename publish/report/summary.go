package report

import (
	"math"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

// summary is the main numbers in sentences, each only when there is one.
func (w *writer) summary() {
	w.begin("summary", w.word("summary.title"))
	w.text(w.rawSentence(w.sample), w.differenceSentence(), w.say("summary.goal", "verb", w.verb()))
	w.facts()
	w.adjusted(w.study.Complete)
	w.otherModels()
	w.certaintyInBrief()
	w.strongestList(w.study.Complete, 6)
	w.projectsInBrief()
	w.section("uncertain", w.word("uncertain.title"))
	w.list(w.uncertain())
	w.endSection()
	w.end()
}

// attainment is the share of a scheme that attains the goal.
func (w *writer) attainment(sample, scheme string) disclose.Number {
	return w.get(result.Key{Quantity: "attainment", Sample: sample, Scheme: scheme})
}

// rawSentence sets the schemes' attainment against each other as it is.
func (w *writer) rawSentence(sample string) string {
	focus, reference := w.attainment(sample, w.focus.key), w.attainment(sample, w.reference.key)
	return w.say("summary.attainment", "focus", w.percent(focus), "reference", w.percent(reference),
		"first", w.focus.people, "second", w.reference.people, "verb", w.verb())
}

// differenceSentence tells the raw difference with its interval, and says so
// when it may be nothing.
func (w *writer) differenceSentence() string {
	d := w.get(result.Key{Quantity: "attainment_difference", Sample: w.sample, Scheme: w.focus.key})
	if !table.Has(d) {
		return ""
	}
	low, high := d.Interval()
	text := w.say("summary.difference", "points", w.locale.Points(d.Value()), "low", w.locale.Points(low), "high", w.locale.Points(high))
	if low <= 0 && high >= 0 {
		text = join([]string{text, w.say("summary.unclear")})
	}
	return text
}

// facts are the numbers that stand out at the head of the report.
func (w *writer) facts() {
	var facts []Fact
	for _, s := range w.schemes {
		if n := w.attainment(w.sample, s.key); table.Has(n) {
			facts = append(facts, Fact{
				Value: w.locale.Percent(n.Value(), 0), Label: w.word("fact.attained", "people", s.people),
				Detail: w.word("fact.of", "n", w.locale.Count(float64(n.N()))), Style: s.style,
			})
		}
	}
	if t := w.schemeTerm(w.study.Complete); table.Has(t.odds) && w.kind(w.study.Complete).attainment {
		low, high := t.odds.Interval()
		facts = append(facts, Fact{
			Value: w.locale.Decimal(t.odds.Value(), 2), Label: w.word("fact.odds", "first", w.focus.people, "second", w.reference.people),
			Detail: w.word("fact.interval", "interval", w.locale.Interval(low, high, table.Format{Decimals: 2})),
		})
	}
	if d := w.adjustedDifference(w.study.Complete); table.Has(d) {
		low, high := d.Interval()
		facts = append(facts, Fact{
			Value: w.locale.Points(d.Value()), Label: w.word("fact.points"),
			Detail: w.word("fact.interval", "interval", w.locale.Interval(low, high, table.Format{Kind: table.Points})),
		})
	}
	if len(facts) > 0 {
		w.add(Block{Facts: facts})
	}
}

// adjustedDifference is that of the schemes' expected attainment; absent for a
// model of something else.
func (w *writer) adjustedDifference(model string) disclose.Number {
	n := w.get(result.Key{Quantity: "adjusted_difference", Model: model, Scheme: w.focus.key})
	if n.Unit() != result.Points || !w.kind(model).attainment {
		return disclose.Number{}
	}
	return n
}

// adjusted says what a model of attainment says of the scheme.
func (w *writer) adjusted(model string) {
	if !w.kind(model).attainment {
		return
	}
	t := w.schemeTerm(model)
	d := w.adjustedDifference(model)
	w.text(
		w.say("adjusted.odds", "first", w.focus.people, "second", w.reference.people, "odds", w.oddsChange(t.odds)),
		w.adjustedPoints(model, d),
		w.adjustedVerdict(model, t.odds, d),
	)
}

// raw is the attainment of the two schemes among the persons of a model.
func (w *writer) raw(model string) (focus, reference disclose.Number) {
	sample := w.sampleOf(model)
	if w.attainment(sample, w.focus.key).State() == disclose.Absent {
		sample = w.sample
	}
	return w.attainment(sample, w.focus.key), w.attainment(sample, w.reference.key)
}

func (w *writer) adjustedPoints(model string, d disclose.Number) string {
	focus, reference := w.raw(model)
	if !table.Has(d) || !table.Has(focus) || !table.Has(reference) {
		return ""
	}
	low, high := d.Interval()
	return w.say("adjusted.points", "points", w.locale.Points(d.Value()), "low", w.locale.Points(low), "high", w.locale.Points(high),
		"raw", w.locale.Points(focus.Value()-reference.Value()), "first", w.focus.people)
}

// adjustedVerdict says what is left of the difference among like persons.
func (w *writer) adjustedVerdict(model string, odds, d disclose.Number) string {
	low, high := odds.Interval()
	focus, reference := w.raw(model)
	if !table.Has(odds) || math.IsNaN(low) {
		return ""
	}
	if low <= 1 && high >= 1 {
		return w.say("adjusted.unclear", "between", w.between())
	}
	if !table.Has(d) || !table.Has(focus) || !table.Has(reference) {
		return ""
	}
	raw := focus.Value() - reference.Value()
	switch same := raw*d.Value() > 0; {
	case same && math.Abs(d.Value()) < math.Abs(raw):
		return w.say("adjusted.smaller")
	case same:
		return w.say("adjusted.larger")
	default:
		return w.say("adjusted.turned")
	}
}

// otherModels says what the other models with a chapter say of the scheme.
func (w *writer) otherModels() {
	var items []string
	for _, e := range w.study.Models {
		if e.Key == w.study.Complete || !e.Value.HasChapter() {
			continue
		}
		if t := w.schemeTerm(e.Key); table.Has(t.odds) {
			n := w.count(w.get(result.Key{Quantity: "persons", Model: e.Key}))
			items = append(items, w.say("variant.item_persons", "label", e.Value.Label.In(w.lang), "text", w.schemeSentence(t), "n", n))
		}
	}
	if len(items) > 0 {
		w.text(w.say("summary.models"))
		w.list(items)
	}
}

// strongestList names the clearest associations with attainment.
func (w *writer) strongestList(model string, most int) {
	if !w.kind(model).attainment {
		return
	}
	var items []string
	lead := "strongest.lead"
	for _, t := range w.strongest(model, most) {
		if w.hasUnit(t) {
			lead = "strongest.lead_units"
		}
		items = append(items, w.say("strongest.item", "label", t.full, "odds", w.oddsChange(t.odds)))
	}
	if len(items) > 0 {
		w.text(w.say(lead))
		w.list(items)
	}
}

// certaintyInBrief says what all estimates of the difference find together, and
// where they stand.
func (w *writer) certaintyInBrief() {
	if t := countEstimates(w.estimates(w.focus)); t.adjusted > 1 {
		w.add(Block{Text: w.say("certainty.summary", "finding", w.certaintyTitle(t)+"."), See: &See{"certainty", w.word("certainty.title")}})
	}
}

// projectsInBrief says how many projects do better and worse than expected.
func (w *writer) projectsInBrief() {
	if w.study.Contribution == nil {
		return
	}
	w.contributionSentences()
}

// uncertain is what a reader must keep in mind.
func (w *writer) uncertain() []string {
	items := []string{w.say("uncertain.causes")}
	if text := w.missingSentence(); text != "" {
		items = append(items, text)
	}
	if t := w.schemeTerm(w.study.Complete); table.Has(t.odds) {
		items = append(items, w.say("uncertain.odds"))
	}
	if len(w.study.Describe.Measures) > 0 {
		items = append(items, w.say("uncertain.measures"))
	}
	if w.study.Contribution != nil {
		items = append(items, w.say("uncertain.projects", "min", w.cardinal(w.study.Contribution.MinLeavers)))
	}
	return items
}

// missingSentence tells how many are left out of the model.
func (w *writer) missingSentence() string {
	share := func(scheme string) disclose.Number {
		return w.get(result.Key{Quantity: "missing", Kind: "any", Sample: "gross", Scheme: scheme})
	}
	if all := share(result.All); !table.Has(all) || all.Value() == 0 {
		return ""
	}
	return w.say("uncertain.missing", "share", w.percent(share(result.All)),
		"focus", w.percent(share(w.focus.key)), "reference", w.percent(share(w.reference.key)),
		"first", w.focus.people, "second", w.reference.people)
}
