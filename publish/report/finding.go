package report

import (
	"fmt"
	"math"
	"strconv"

	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

// A pair is the two schemes' numbers at one level, with what the level is called.
type pair struct {
	label            string
	focus, reference disclose.Number
}

func (p pair) comparable() bool { return table.Has(p.focus) && table.Has(p.reference) }

// ahead is how much higher the focus scheme is.
func (p pair) ahead() float64 { return p.focus.Value() - p.reference.Value() }

// clear tells whether the intervals of the two do not overlap.
func (p pair) clear() bool {
	low, high := p.focus.Interval()
	otherLow, otherHigh := p.reference.Interval()
	return low > otherHigh || otherLow > high
}

// A comparison is what the pairs of a figure say together.
type comparison struct {
	pairs                      []pair // those that can be compared
	focusAhead, referenceAhead []pair // clearly
	sameSign                   bool   // one scheme is ahead everywhere, clearly or not
}

func compare(pairs []pair) comparison {
	var c comparison
	focus, reference := 0, 0
	for _, p := range pairs {
		if !p.comparable() {
			continue
		}
		c.pairs = append(c.pairs, p)
		if p.ahead() > 0 {
			focus++
		} else if p.ahead() < 0 {
			reference++
		}
		switch {
		case p.clear() && p.ahead() > 0:
			c.focusAhead = append(c.focusAhead, p)
		case p.clear():
			c.referenceAhead = append(c.referenceAhead, p)
		}
	}
	c.sameSign = max(focus, reference) == len(c.pairs)
	return c
}

// widest and narrowest are the pairs that are farthest apart and closest.
func widest(pairs []pair) pair {
	best := pairs[0]
	for _, p := range pairs[1:] {
		if math.Abs(p.ahead()) > math.Abs(best.ahead()) {
			best = p
		}
	}
	return best
}

func narrowest(pairs []pair) pair {
	best := pairs[0]
	for _, p := range pairs[1:] {
		if math.Abs(p.ahead()) < math.Abs(best.ahead()) {
			best = p
		}
	}
	return best
}

// whole writes the size of a difference in whole points.
func (w *writer) whole(difference float64) string {
	if points := math.Abs(difference) * 100; points > 0 && math.Round(points) == 0 {
		return w.word("under.one")
	}
	return w.locale.Decimal(math.Abs(difference)*100, 0)
}

// finding is what a figure of attainment by level says: which scheme attains
// the goal more often, where, and by how much. unit is "group" or "year", topic
// what the title names when there is nothing to compare.
func (w *writer) finding(pairs []pair, unit, topic string) string {
	c := compare(pairs)
	n := len(c.pairs)
	if n == 0 {
		return w.say("finding.nothing", "topic", topic)
	}
	total := ""
	if n < len(pairs) {
		total = w.word("comparable")
	}
	ahead, first, second := c.focusAhead, w.focus, w.reference
	if len(c.referenceAhead) > len(c.focusAhead) {
		ahead, first, second = c.referenceAhead, w.reference, w.focus
	}
	other := len(c.focusAhead) + len(c.referenceAhead) - len(ahead)
	switch {
	case len(ahead) == 0 && len(pairs) == 1:
		return w.say("finding.one_unclear", "between", w.between())
	case len(ahead) == 0:
		return w.say("finding.unclear", "between", w.between(), "none", w.none(unit, len(pairs)))
	case other > 0:
		return w.say("finding.both", "first", first.people, "second", second.people,
			"many", w.some(unit, len(ahead)), "few", w.some(unit, other))
	case len(pairs) == 1:
		return w.say("finding.one", "first", first.people, "points", w.points(ahead[0].ahead()))
	case len(ahead) == n && n > 1:
		return w.say("finding.all", "first", first.people, "all", w.all(unit, n)+total, "range", w.span(ahead))
	}
	top := widest(ahead)
	if len(ahead) == 1 {
		key := "finding.only"
		if n == 1 {
			key = "finding.alone"
		}
		return w.say(key, "first", first.people, "where", w.word("where."+unit, "level", top.label), "points", w.points(top.ahead()))
	}
	return w.say("finding.some", "first", first.people, "many", w.someOf(unit, len(ahead), n)+total,
		"where", w.word("where."+unit, "level", top.label), "points", w.points(top.ahead()))
}

// between names what is compared: the schemes, or the two of several that
// sentences and titles are about.
func (w *writer) between() string {
	if len(w.schemes) > 2 {
		return w.word("between.two", "first", w.focus.people, "second", w.reference.people)
	}
	return w.word("between.schemes")
}

// twoOfSeveral says which schemes are compared when there are more than two.
func (w *writer) twoOfSeveral() string {
	if len(w.schemes) <= 2 {
		return ""
	}
	return w.say("description.two", "first", w.focus.people, "second", w.reference.people)
}

// points writes a difference as so many percentage points.
func (w *writer) points(difference float64) string {
	return w.pointsText(w.whole(difference))
}

// pointsText is "1 percentage point" or "9 percentage points".
func (w *writer) pointsText(n string) string {
	if n == "1" || n == w.word("under.one") {
		return w.word("points.one", "n", n)
	}
	return w.word("points", "n", n)
}

// span writes the smallest and largest difference.
func (w *writer) span(pairs []pair) string {
	low, high := w.whole(narrowest(pairs).ahead()), w.whole(widest(pairs).ahead())
	if low == high {
		return w.pointsText(high)
	}
	return w.word("points.span", "low", low, "high", high)
}

// all writes "both groups", "all five years".
func (w *writer) all(unit string, n int) string {
	if n == 2 {
		return w.word("both." + unit)
	}
	return w.word("all."+unit, "n", w.cardinal(n))
}

// none writes "in any of the groups" as it stands after a negation.
func (w *writer) none(unit string, n int) string {
	if n == 2 {
		return w.word("neither." + unit)
	}
	return w.word("none." + unit)
}

// some writes "one group", "three years".
func (w *writer) some(unit string, n int) string {
	if n == 1 {
		return w.word("one." + unit)
	}
	return w.word("some."+unit, "n", w.cardinal(n))
}

// someOf writes "two of five groups".
func (w *writer) someOf(unit string, n, of int) string {
	return w.word("some_of."+unit, "n", w.cardinal(n), "of", w.cardinal(of))
}

// contrast is what a figure of shares by level says: where the schemes differ
// most. one is the text's key when there is a difference, and about what the
// title names when there is none.
func (w *writer) contrast(pairs []pair, key, topic string) string {
	var shown []pair
	for _, p := range pairs {
		if p.comparable() {
			shown = append(shown, p)
		}
	}
	if len(shown) == 0 {
		return w.say("contrast.nothing", "topic", topic)
	}
	top := shown[0]
	for _, p := range shown {
		// Of two levels that differ as much, the one that the focus scheme has more of.
		if d, best := math.Abs(p.ahead()), math.Abs(top.ahead()); d > best+1e-9 || d > best-1e-9 && p.ahead() > top.ahead() {
			top = p
		}
	}
	if math.Abs(top.ahead()) < 0.015 {
		if len(w.schemes) > 2 {
			return w.say("contrast.same_two", "first", w.focus.people, "second", w.reference.people, "topic", topic)
		}
		return w.say("contrast.same", "topic", topic)
	}
	return w.say(key, "level", top.label, "focus", w.percent(top.focus), "reference", w.percent(top.reference),
		"first", w.focus.people, "second", w.reference.people)
}

// oddsChange writes an odds ratio as percent higher or lower odds, and from
// three times on as so many times the odds, with its interval.
func (w *writer) oddsChange(n disclose.Number) phrase {
	if !table.Has(n) {
		return phrase{}
	}
	low, high := n.Interval()
	decimals := changeDecimals(n.Value())
	size := func(ratio float64) string { return w.changeSize(ratio, decimals) }
	switch x := n.Value(); {
	case math.IsInf(x, 0) || x <= 0 || math.IsNaN(low) || math.IsNaN(high) || math.IsInf(high, 0):
		return phrase{}
	case x >= 3:
		return phrase{w.word("odds.times", "x", w.locale.Decimal(x, 1), "low", w.locale.Decimal(low, 1), "high", w.locale.Decimal(high, 1)), true}
	case low < 1 && high > 1: // the interval holds both directions
		return phrase{w.word("odds.either", "x", w.changeText(x, decimals), "low", w.changeText(low, decimals), "high", w.changeText(high, decimals)), true}
	case x < 1:
		return phrase{w.word("odds.lower", "x", size(x), "low", size(high), "high", size(low)), true}
	default:
		return phrase{w.word("odds.higher", "x", size(x), "low", size(low), "high", size(high)), true}
	}
}

// changeDecimals are the decimals to write the change of a ratio with: none
// unless it is less than one percent.
func changeDecimals(ratio float64) int {
	if change := math.Abs(ratio-1) * 100; change < 0.95 {
		return table.Decimals(change, 1)
	}
	return 0
}

// changeSize is how many percent a ratio is above or below 1.
func (w *writer) changeSize(ratio float64, decimals int) string {
	return w.locale.Decimal(math.Abs(ratio-1)*100, decimals)
}

// changeText is changeSize with "higher" or "lower".
func (w *writer) changeText(ratio float64, decimals int) string {
	if ratio < 1 {
		return w.word("change.lower", "x", w.changeSize(ratio, decimals))
	}
	return w.word("change.higher", "x", w.changeSize(ratio, decimals))
}

// trim writes a setting with the decimals its author gave it.
func (w *writer) trim(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	decimals := 0
	for i := range text {
		if text[i] == '.' {
			decimals = len(text) - i - 1
		}
	}
	return w.locale.Decimal(x, min(decimals, 8))
}

// id joins the parts of a figure's or table's id.
func id(parts ...string) string {
	out := ""
	for i, p := range parts {
		if i > 0 {
			out += "-"
		}
		out += safe(p)
	}
	return out
}

// safe keeps of a name what may stand in a file's name and an element's id.
func safe(name string) string {
	out := ""
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			out += string(r)
		case r >= 'A' && r <= 'Z':
			out += string(r + 'a' - 'A')
		case r == '_' || r == '-':
			out += "-"
		default:
			out += fmt.Sprintf("x%x", r)
		}
	}
	return out
}
