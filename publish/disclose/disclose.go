// Package disclose is the gate between the results of a run and everything
// that leaves the building. Tables, figures, pages and files hold a Number,
// and only this package can make one: what has not been cleared cannot be
// written.
//
// Primary suppression: a count of 1 to Threshold−1 persons is not told, nor who of
// a group have, or have not, what all or none of them have; with a count fall the
// rate and the indicators that rest on it. Secondary suppression: as few others
// as can be are left out besides, so that no such count follows from those that are
// told, within a table or across tables that share margins (echelon), not for one
// who knows of himself, nor can be bounded to fewer than Threshold persons (Bounds).
//
//  1. newCounts finds whom every number counts (result.Facts), and what ties
//     the counts together (Relations);
//  2. protect decides which of them may be told;
//  3. a number is shown when all counts that could be read from it may be.
package disclose

import (
	"math"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
)

// Rules are the settings of the gate.
type Rules struct {
	Threshold int // the smallest count of persons that may be shown
	Dominance Dominance

	// Base is that of small-count rounding, 3 or 5: small counts are shown as multiples of
	// it. 0 for none: they are not shown.
	Base int
}

// DefaultRules are those of the report and of Statistics Norway's practice for
// small counts: fewer than 5 persons are not shown.
var DefaultRules = Rules{Threshold: 5, Dominance: DefaultDominance}

// A State says what became of a number at the gate.
type State int

const (
	Absent     State = iota // there is no such number: nothing was computed
	Suppressed              // there is one, and it may not be shown
	Shown
)

// A Number is a value that has passed the gate, or what is left of one that
// has not: of a suppressed number nothing but that it is suppressed can be
// read. The zero Number is absent.
type Number struct {
	state State
	value result.Value

	rounded bool
}

// State says whether there is something to show.
func (n Number) State() State { return n.state }

// Value returns the number, NaN unless it is shown.
func (n Number) Value() float64 {
	if n.state != Shown {
		return math.NaN()
	}
	return n.value.Value
}

// Interval returns the interval's ends, NaN unless shown and there is one.
func (n Number) Interval() (low, high float64) {
	if n.state != Shown {
		return math.NaN(), math.NaN()
	}
	return n.value.Low, n.value.High
}

// N returns the persons the number rests on, 0 unless it is shown.
func (n Number) N() int {
	if n.state != Shown {
		return 0
	}
	return n.value.N
}

// Unit returns the unit, also of a suppressed number.
func (n Number) Unit() string { return n.value.Unit }

// Rounded tells whether the number is shown and made of rounded counts; they may be what
// they were.
func (n Number) Rounded() bool { return n.rounded }

// Key returns what the number is a number of, also of a suppressed number.
func (n Number) Key() result.Key { return n.value.Key }

// Step returns the step that made the number.
func (n Number) Step() string { return n.value.Step }

// A Cleared is a set of results that has been through the gate.
type Cleared struct {
	numbers []Number
	index   map[result.Key]int
	models  map[string]*fit.Result
	places  map[string]string
	gaps    []result.Gap
	rules   Rules

	// Primary and Secondary count the numbers that are left out since they tell of
	// few persons, and since others could be found by them. Clashes counts groups of
	// which the results tell different numbers; what is told of them is left out.
	Primary, Secondary, Clashes int

	Rounding Rounding // how much was rounded; zero where nothing is
}

// newCleared is what of a set is cleared without a look at its values: the models, and
// the gaps without their messages, which may hold small counts.
func newCleared(set *result.Set, rules Rules) *Cleared {
	c := &Cleared{
		numbers: make([]Number, len(set.Values)),
		index:   make(map[result.Key]int, len(set.Values)),
		models:  make(map[string]*fit.Result, len(set.Models)),
		places:  set.Places,
		rules:   rules,
	}
	for name, m := range set.Models {
		if !rules.small(m.NObs) {
			c.models[name] = rules.model(m)
		}
	}
	for _, g := range set.Gaps {
		g.Message, g.Reason.Message = "", ""
		c.gaps = append(c.gaps, g)
	}
	return c
}

// Clear sends the results through the gate.
func Clear(set *result.Set, rules Rules) *Cleared {
	c := newCleared(set, rules)
	told := tellings(set)
	counts := newCounts(&set.Facts, told, rules)
	for _, k := range counts.Clashes {
		if counts.told[k] > 0 {
			c.Clashes++
		}
	}
	var rounding *rounder
	if rules.Base > 0 && set.Members != nil {
		rounding = newRounder(counts, set, rules)
	}
	counts.protect(rules)
	amounts := newAmounts(&set.Facts, told, rules)
	amounts.protect(func(i int) bool { return !rules.hides(set.Values[i]) && counts.values[i].rate < 0 && counts.mayTell(i) })
	for i, v := range set.Values {
		c.index[v.Key] = i
		c.numbers[i] = Number{state: Suppressed, value: result.Value{Key: v.Key, Unit: v.Unit, Step: v.Step}}
		byAmount, byOwn := amounts.hides(i)
		switch {
		case rounding != nil && rounding.rounds(i, rules.hides(v)):
			if rounding.mayTell(i) {
				c.numbers[i] = Number{state: Shown, value: rounding.value(i, v, set.Facts.Outcome), rounded: true}
				rounding.Numbers++
			} else {
				c.Secondary++
			}
		case rules.hides(v) || counts.values[i].rate >= 0 || byAmount && byOwn:
			c.Primary++
		case !counts.mayTell(i) || byAmount:
			c.Secondary++
		default:
			c.numbers[i] = Number{state: Shown, value: coarse(v)}
		}
	}
	if rounding != nil {
		c.Rounding = rounding.Rounding
	}
	return c
}

// coarse is a value with no more decimals than hide the counts behind it: percentiles
// of units' rates are one unit's rate, and whole percent do not tell of how many. In
// place of a quantile of amounts of money the mean of those around it is told.
func coarse(v result.Value) result.Value {
	if isRateOfUnit(v) {
		v.Value = wholePercent(v.Value)
	}
	if v.Told != nil {
		v.Value = *v.Told
	}
	v.Amounts, v.Told = nil, nil
	return v
}

// isRateOfUnit tells whether a value is a percentile of units' rates, and so one unit's.
func isRateOfUnit(v result.Value) bool {
	return v.Key.Quantity == "actual" || v.Key.Quantity == "municipalities_actual"
}

func wholePercent(x float64) float64 { return math.Round(x*100) / 100 }

// small tells whether a count of persons may not be shown.
func (r Rules) small(n int) bool { return n > 0 && n < r.Threshold }

// hides tells whether a value may not leave.
func (r Rules) hides(v result.Value) bool {
	if r.small(v.N) {
		return true
	}
	// At 0 or 1 a percentile tells of many units that none or all attained the goal.
	if rate := wholePercent(v.Value); isRateOfUnit(v) && (rate == 0 || rate == 1) {
		return true
	}
	return v.Part >= 0 && (r.small(v.Part) || r.small(v.N-v.Part))
}

// model is a fitted model without what may not leave: small counts of persons who
// were dropped for something missing, or any when counts are rounded, and the words
// of warnings, which may hold counts.
func (r Rules) model(m *fit.Result) *fit.Result {
	cleared := *m
	if r.small(m.NDropped) || r.Base > 0 && m.NDropped > 0 {
		cleared.NDropped, cleared.DroppedBy = -1, nil
	}
	for _, n := range m.DroppedBy {
		if r.small(n) { // it would follow from the rest
			cleared.NDropped, cleared.DroppedBy = -1, nil
		}
	}
	cleared.Warnings = make([]fit.Warning, len(m.Warnings))
	for i, w := range m.Warnings {
		cleared.Warnings[i] = fit.Warning{Code: w.Code, Subject: w.Subject}
	}
	return &cleared
}

// Rules returns the settings that were applied.
func (c *Cleared) Rules() Rules { return c.rules }

// Numbers returns every number of the set, suppressed ones too, in the order
// in which they were made. The slice must not be changed.
func (c *Cleared) Numbers() []Number { return c.numbers }

// Number returns the number of a key; the absent Number when there is none.
func (c *Cleared) Number(k result.Key) Number {
	i, ok := c.index[k]
	if !ok {
		return Number{}
	}
	return c.numbers[i]
}

// Gaps returns what the study asks for and the data could not answer, without
// the messages.
func (c *Cleared) Gaps() []result.Gap { return c.gaps }

// Models returns the fitted models by name, without those of fewer persons than
// may be shown. A hidden count of dropped persons is −1.
func (c *Cleared) Models() map[string]*fit.Result { return c.models }

// Place returns the name of a municipality, "" when it is not known.
func (c *Cleared) Place(code string) string { return c.places[code] }
