// Package result is what an evaluation says: numbers, each with what it is a
// number of, the persons it rests on and the step that made it, and the fitted
// models. The evaluations add to one Set; the disclosure gate reads it; nothing
// else carries numbers to a reader.
package result

import (
	"fmt"
	"math"
	"strings"

	"bidrag/model/fit"
)

// Units of values.
const (
	Persons   = "persons"
	Count     = "count"  // of things that are not persons: projects, municipalities
	Share     = "share"  // 0 to 1
	Points    = "points" // difference of shares, 0.01 is one percentage point
	LogOdds   = "log_odds"
	OddsRatio = "odds_ratio"
	PValue    = "p_value"
	LogLik    = "log_likelihood"
	Number    = "number" // a mean or quantile in the variable's own unit
)

// All is the scheme of a value that covers every scheme.
const All = "all"

// A Key says what a value is a value of. Empty fields do not apply. The fields
// are also the margins along which values add up, which is what the gate needs.
type Key struct {
	Quantity string // what is counted or estimated: persons, share, attainment, contribution, …
	Kind     string // a part or variant of the quantity: work, education; with_scheme
	Sample   string // the rows: gross, complete, …
	Model    string // a model of the study
	Analysis string // a decomposition or matching of the study
	Scheme   string
	Year     string
	Variable string
	Level    string
	By       string // a second variable, at whose level the first is looked at
	ByLevel  string
	Project  string
	Term     string // a coefficient of the model
}

// ID is the value's name in results.json: the fields that are not empty, in
// the order of the struct, joined by dots. It is stable between runs.
func (k Key) ID() string {
	var parts []string
	for _, p := range []string{k.Quantity, k.Kind, k.Sample, k.Model, k.Analysis, k.Scheme, k.Year, k.Variable, k.Level, k.By, k.ByLevel, k.Project, k.Term} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ".")
}

// A Value is one number of the results.
type Value struct {
	Key  Key
	Unit string

	Value     float64
	Low, High float64 // the interval's ends; NaN where there is none
	N         int     // persons the value rests on; of a share, the denominator

	// Part is, for a share or rate, its numerator: the persons who have what
	// the share is a share of. -1 for any other value. The gate looks at N,
	// Part and N − Part.
	Part int

	// Amounts are the sums of amounts of money that can be found by the value. Told is
	// what is told in place of a value that is one such amount: see [Near].
	Amounts []Amount
	Told    *float64

	// Like is the key of a value that counts the same persons, where its own does not say
	// whom the value counts.
	Like Key

	Step string // the step of the pipeline that made it
}

// Proportion returns the value part/n with its numerator, NaN when n is zero.
// Its interval is left open: see WithInterval.
func Proportion(key Key, part, n int) Value {
	v := Value{Key: key, Unit: Share, Value: math.NaN(), Low: math.NaN(), High: math.NaN(), N: n, Part: part}
	if n > 0 {
		v.Value = float64(part) / float64(n)
	}
	return v
}

// PersonCount returns a count of persons.
func PersonCount(key Key, n int) Value {
	return Value{Key: key, Unit: Persons, Value: float64(n), Low: math.NaN(), High: math.NaN(), N: n, Part: -1}
}

// Estimate returns a value that is neither a count nor a share, resting on n persons.
func Estimate(key Key, unit string, value float64, n int) Value {
	return Value{Key: key, Unit: unit, Value: value, Low: math.NaN(), High: math.NaN(), N: n, Part: -1}
}

// WithInterval returns the value with an interval.
func (v Value) WithInterval(low, high float64) Value {
	v.Low, v.High = low, high
	return v
}

// A Gap is something the study asks for that these data cannot answer.
type Gap struct {
	Step    string
	Model   string // of the study; "" when it concerns none
	Subject string // what of the model has no answer: a profile, an interaction; "" for all of it
	Place   string // file:line:column of what the study asks
	Message string // why, and what to do; it has not passed the gate
	Reason  Reason // the same for a report; zero when there is nothing but the message
}

// A Reason is why there is no answer, as an error that a report can tell in its
// own words.
type Reason struct {
	Code    string // the report has a text for each
	About   string // the variable, level or sample in question
	Message string
}

// Error is the message.
func (r Reason) Error() string { return r.Message }

// Codes of reasons.
const (
	Nobody          = "nobody"            // nobody is in the sample About
	UnknownForAll   = "unknown_for_all"   // About is unknown for everyone in the sample
	UnknownInScheme = "unknown_in_scheme" // a variable is unknown for everyone in the scheme About
	OneScheme       = "one_scheme"        // the sample has persons of one scheme only
	ConstantInUnits = "constant"          // About is the same everywhere in the sample
	VariesInUnits   = "varies"            // About differs within a unit
	NoUnits         = "no_units"          // no unit has as many persons as the study asks for
	TooFew          = "too_few"           // too few persons are at the level About
	OneCluster      = "one_cluster"       // everyone, or everyone in a scheme, is in the same About, whose differences are what errors rest on
	Separation      = "separation"        // About tells the schemes apart without error
	NoOverlap       = "no_overlap"        // nobody of one scheme is like anybody of the other
	NoMatch         = "no_match"          // nobody can be matched under About
	NotFilled       = "not_filled"        // gaps in About cannot be filled
	SameOutcome     = "same_outcome"      // all persons of a scheme have the same outcome
	Aliased         = "aliased"           // About follows from other variables
	OneSided        = "one_sided"         // About does not vary in one of the schemes
	NotFitted       = "not_fitted"        // the model About cannot be fitted
	NoVariance      = "no_variance"       // the groups of the model About, or the years of a project, vary no more than chance lets them
	NoCases         = "no_cases"          // no place has projects of all schemes that may be shown
	FewCases        = "few_cases"         // fewer places than are asked for are in the quadrant About
)

// A Set is the results of a run, in the order in which they were added.
type Set struct {
	Values []Value
	Gaps   []Gap
	Models map[string]*fit.Result
	Places map[string]string // names of municipalities by code; empty when the study has none
	Cases  []string          // codes of the places that the labels 1, 2 … of the cases stand for; not for publication

	Facts   Facts    // of the persons, for the gate
	Members *Members // who is in the groups that the values count; nil unless the gate rounds counts

	index map[Key]int
	ids   map[string]Key
}

// NewSet returns an empty set.
func NewSet() *Set {
	return &Set{Models: map[string]*fit.Result{}, Places: map[string]string{}, index: map[Key]int{}, ids: map[string]Key{}}
}

// Add adds values made by a step. Two values of one ID are an error: an id
// must name one number.
func (s *Set) Add(step string, values ...Value) error {
	for _, v := range values {
		id := v.Key.ID()
		if other, twice := s.ids[id]; twice {
			return fmt.Errorf("two results have the id %q (%+v and %+v)", id, other, v.Key)
		}
		v.Step = step
		s.ids[id] = v.Key
		s.index[v.Key] = len(s.Values)
		s.Values = append(s.Values, v)
	}
	return nil
}

// Get returns the value of a key.
func (s *Set) Get(k Key) (Value, bool) {
	i, ok := s.index[k]
	if !ok {
		return Value{}, false
	}
	return s.Values[i], true
}
