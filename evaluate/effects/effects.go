// Package effects says what a fitted model means on the scale of its response:
// in percentage points, for a reader who does not think in odds.
//
// Its stance: a number is told only when the data can tell it. What has no
// answer is a Gap with its reason, and the rest is done. A category that enters
// a model by indicators is one characteristic, whose levels exclude each other:
// nobody is made to be of two origins.
//
//  1. Variables finds the characteristics of a model and the values between
//     which they change;
//  2. Marginal asks what the model expects if everyone had each value, and how
//     much that differs;
//  3. Profiles asks what it expects of made-up persons;
//  4. Interaction asks whether the difference between the schemes is the same
//     among all groups of persons.
//
// Every number is a function of the model's parameters with a standard error by
// the delta method; see [fit.Effects]. In a model with random terms it is asked
// twice: of a typical group, whose random effects are 0, and averaged over all
// groups; quantities of the latter end in _all_groups.
//
// Source: Williams (2012), Stata Journal 12, 308–331; Arel-Bundock, Greifer and
// Heiss (2024), Journal of Statistical Software 111(9); Zeger, Liang and Albert
// (1988), Biometrics 44, 1049–1060, on averages over groups.
package effects

import (
	"errors"
	"math"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/family"
	"bidrag/model/fit"
	"bidrag/model/glm"
)

// A Model is a fitted model of a study.
type Model struct {
	Name string
	Fit  *fit.Model
	Data *frame.Frame // the rows that were fitted
}

// An Answer is numbers, and what has none and why.
type Answer struct {
	Values []result.Value
	Gaps   []Gap
}

// A Gap is something without a number.
type Gap struct {
	Subject string // a variable, a profile, a level: what of the model has no answer
	Err     error
}

func (a *Answer) gap(subject string, err error) { a.Gaps = append(a.Gaps, Gap{subject, err}) }

// add takes over what another answer says.
func (a *Answer) add(b Answer) {
	a.Values, a.Gaps = append(a.Values, b.Values...), append(a.Gaps, b.Gaps...)
}

// question is a model that is asked for one kind of group.
type question struct {
	Model
	*fit.Effects
	suffix string // of quantities
}

// questions are those that a model can be asked: of a typical group, and in a
// model with random terms of all groups too.
func (m Model) questions() ([]question, error) {
	if m.Fit.Result.Status == glm.Separated.String() {
		return nil, errors.New("the model has coefficients without a finite estimate, so its effects are not known; its warnings say which")
	}
	overs := []fit.Over{fit.TypicalGroup}
	if len(m.Fit.Result.Random) > 0 {
		overs = append(overs, fit.AllGroups)
	}
	var out []question
	for _, over := range overs {
		e, err := m.Fit.Effects(over)
		if err != nil {
			return nil, err
		}
		q := question{Model: m, Effects: e}
		if over == fit.AllGroups {
			q.suffix = "_all_groups"
		}
		out = append(out, q)
	}
	return out, nil
}

// key is that of a quantity of the model.
func (q question) key(quantity string) result.Key {
	return result.Key{Quantity: quantity + q.suffix, Model: q.Name}
}

// expected is a mean response as a value: a share of a 0/1 response.
func (m Model) expected(k result.Key, x fit.Margin, persons int) result.Value {
	return m.value(k, result.Share, x, persons)
}

// difference is one of mean responses as a value: points of a 0/1 response.
func (m Model) difference(k result.Key, x fit.Margin, persons int) result.Value {
	return m.value(k, result.Points, x, persons)
}

func (m Model) value(k result.Key, unit string, x fit.Margin, persons int) result.Value {
	if m.Fit.Family.Dist != family.Binomial {
		unit = result.Number
	}
	return result.Estimate(k, unit, x.Value, persons).WithInterval(x.Low, x.High)
}

// known tells whether a margin is a number with an interval.
func known(x fit.Margin) bool { return !math.IsNaN(x.Value) && !math.IsNaN(x.StdError) }
