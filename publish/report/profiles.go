package report

import (
	"math"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// A madeUpPerson is one of the study's profiles as a model answers it.
type madeUpPerson struct {
	key, label string
	name       string // in figures: participant 1
}

// profiles is what a model expects of made-up persons.
func (w *writer) profiles(model string) {
	var persons []madeUpPerson
	for _, e := range w.study.Profiles {
		if !w.hasProfile(model, e.Key) {
			continue
		}
		n := strconv.Itoa(len(persons) + 1)
		persons = append(persons, madeUpPerson{e.Key, e.Value.Label.In(w.lang), w.word("profiles.name", "n", n)})
	}
	if len(persons) == 0 {
		return
	}
	w.text(w.say("profiles.lead"))
	if len(persons) == 1 {
		persons[0].name = w.word("profiles.only")
		w.text(w.profileSentence(model, persons[0]))
	} else {
		w.list(w.profileItems(model, persons))
	}
	w.profileFigure(model, persons)
	w.caution(w.say("profiles.caution"))
}

// profileItems tell of several persons.
func (w *writer) profileItems(model string, persons []madeUpPerson) []string {
	var items []string
	for _, p := range persons {
		if text := w.profileSentence(model, p); text != "" {
			items = append(items, w.say("profiles.item", "name", p.name, "text", text))
		}
	}
	return items
}

// hasProfile tells whether a model expects something of a profile.
func (w *writer) hasProfile(model, profile string) bool {
	for _, s := range append([]scheme{{}}, w.schemes...) {
		if n := w.profile(model, profile, s.key, ""); n.State() != disclose.Absent && n.Unit() == result.Share {
			return true
		}
	}
	return false
}

func (w *writer) profile(model, profile, scheme, suffix string) disclose.Number {
	return w.get(result.Key{Quantity: "profile" + suffix, Kind: profile, Model: model, Scheme: scheme})
}

// profileSentence tells what is expected of a made-up person in the schemes.
func (w *writer) profileSentence(model string, p madeUpPerson) string {
	in := func(s string) phrase { return w.percentInterval(w.profile(model, p.key, s, "")) }
	focus, reference := in(w.focus.key), in(w.reference.key)
	switch {
	case focus.said && reference.said:
		d := w.get(result.Key{Quantity: "profile_difference", Kind: p.key, Model: model, Scheme: w.focus.key})
		return join([]string{w.say("profiles.both", "label", p.label, "focus", focus, "reference", reference, "first", w.focus.name, "second", w.reference.name),
			w.say("profiles.difference", "points", w.pointsInterval(d)), w.maybeNothing(d)})
	case focus.said:
		return w.say("profiles.one", "label", p.label, "scheme", w.focus.name, "share", focus)
	case reference.said:
		return w.say("profiles.one", "label", p.label, "scheme", w.reference.name, "share", reference)
	}
	return w.say("profiles.none", "label", p.label, "share", in("")) // a model without the scheme
}

// percentInterval writes a share with its interval: 60 per cent (57–63).
func (w *writer) percentInterval(n disclose.Number) phrase {
	low, high := n.Interval()
	if !table.Has(n) || math.IsNaN(low) {
		return phrase{}
	}
	return phrase{w.word("profiles.percent", "share", w.percentText(n.Value()), "low", w.locale.Decimal(low*100, 0), "high", w.locale.Decimal(high*100, 0)), true}
}

func (w *writer) profileFigure(model string, persons []madeUpPerson) {
	g := grid{number: func(i int, s scheme) disclose.Number { return w.profile(model, persons[i].key, s.key, "") }}
	for _, p := range persons {
		g.categories = append(g.categories, figure.Category{Key: p.key, Label: capitalize(p.name)})
	}
	marks := w.marks(g)
	if len(marks) == 0 {
		return // a model without the scheme: the sentences say it
	}
	title := w.profileTitle(persons, g)
	w.figure(figure.Figure{
		ID: id("profiles", model), Title: title,
		Subtitle: join([]string{w.say("profiles.subtitle"), w.word("interval.percent"), w.nText(w.get(result.Key{Quantity: "persons", Model: model}))}),
		Note:     w.profileNote(model, persons), Alt: w.alt("alt.dots", title, g),
		Plot: figure.Dots{Series: w.series(), Categories: g.categories, Marks: marks, Format: figure.Percent, Zero: true},
	}, w.profileTable(model, persons))
}

// profileTitle is the finding of the first person who is asked about in both schemes.
func (w *writer) profileTitle(persons []madeUpPerson, g grid) string {
	for i, p := range persons {
		focus, reference := g.number(i, w.focus), g.number(i, w.reference)
		if table.Has(focus) && table.Has(reference) {
			return w.say("profiles.figure", "name", p.name, "focus", w.percent(focus), "reference", w.percent(reference), "first", w.focus.name, "second", w.reference.name)
		}
	}
	return w.say("profiles.figure_plain")
}

func (w *writer) profileNote(model string, persons []madeUpPerson) string {
	for _, p := range persons {
		for _, s := range w.schemes {
			if w.profile(model, p.key, s.key, allGroups).State() != disclose.Absent {
				return w.say("effects.typical")
			}
		}
	}
	return ""
}

// profileTable has a row for each person and scheme, with what is expected, the
// odds, and the average over all groups where the model has them.
func (w *writer) profileTable(model string, persons []madeUpPerson) table.Table {
	multilevel := w.profileNote(model, persons) != ""
	t := table.Table{Columns: append(w.effectColumns(w.word("column.scheme"), w.word("column.expected"), multilevel), table.Column{Label: w.word("column.odds_of")})}
	for _, p := range persons {
		for _, s := range w.schemes {
			n := w.profile(model, p.key, s.key, "")
			if n.State() == disclose.Absent {
				continue
			}
			row := table.Row{Group: w.say("profiles.row", "name", p.name, "label", p.label), Cells: []table.Cell{table.Text(s.label), table.Num(n, withInterval)}}
			if multilevel {
				row.Cells = append(row.Cells, table.Num(w.profile(model, p.key, s.key, allGroups), withInterval))
			}
			odds := w.get(result.Key{Quantity: "profile_odds", Kind: p.key, Model: model, Scheme: s.key})
			row.Cells = append(row.Cells, table.Num(odds, table.Format{Decimals: 2, Interval: true}))
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
