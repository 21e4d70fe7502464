// Package cases chooses municipalities to visit, as the report did for its
// interviews (table 2): places with projects of all schemes, of which the project
// of one scheme does better, or worse, than its participants lead one to expect,
// and which are otherwise as alike as places can be, so that what differs in
// their results is not their size.
//
//  1. the candidates of a quadrant are the places whose deciding project lies in it;
//  2. of these, those whose contribution can be told from chance, and of them those
//     whose indicator is reliable, where that leaves twice as many as are to be
//     chosen, so that they can still be alike (Rule);
//  3. of all sets with so many of each quadrant as the study asks for, that in
//     which the two least alike are most alike (Choice.Distance);
//  4. a description of the chosen that fits at least Settings.Crowd places each
//     (Description), so that a reader cannot tell which they are.
//
// The distance of two places a and b, with numbers x₁ … x_m such as population
// and immigrant share, is
//
//	d(a, b) = √( Σₖ ((xₖₐ − xₖᵦ)/sₖ)² / m )
//
// where sₖ is the standard deviation of xₖ over the places with projects of all
// schemes, and a number that is positive everywhere is replaced by its logarithm
// when that makes it less skew. It is 1 for two places that are one standard
// deviation apart in everything.
//
// Nothing is drawn at random: the same results give the same places.
//
// Source: the report, "Casestudier" and table 2; smallest largest distance within a set:
// the complete-linkage diameter of Kaufman and Rousseeuw 1990, section 5.
package cases

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Settings are those of the study.
type Settings struct {
	Wanted      []Wanted // quadrants, and how many places of each
	Alike       []string // names of Place.Numbers
	Reliability float64  // from which an indicator is reliable
	Crowd       int      // places that a published description must fit, at least
}

// Wanted is so many places of a quadrant.
type Wanted struct {
	Quadrant int // contribution.AboveAbove … BelowAbove
	Count    int
}

// A Place is a municipality with projects of all schemes.
type Place struct {
	Code     string
	Deciding Project
	Others   []Project // of the other schemes, in the order of the study
	Numbers  []float64 // of Settings.Alike; NaN where unknown
	Hidden   bool      // its numbers may not be shown: it is no candidate, but one of the crowd
}

// A Project is what is known of one scheme in one place.
type Project struct {
	Scheme      string
	Persons     int
	Quadrant    int
	Low, High   float64 // interval of the contribution (share)
	Shrunken    int     // class by the multilevel model: 1 above, 0 as, −1 below expectation
	Modelled    bool    // whether the multilevel model has told its class
	Reliability float64 // NaN when unknown
	Attainment  int     // against the mean of the scheme: High, NearHigh, NearLow or Low
}

// Attainment of a project against the mean of its scheme.
const (
	High     = 2  // above it
	NearHigh = 1  // above it, and near
	NearLow  = -1 // below it, and near
	Low      = -2 // below it
)

// Class is 1 when a project is above what is expected by its interval, −1 when it
// is below it, and 0 when that cannot be told.
func (p Project) Class() int {
	switch {
	case p.Low > 0:
		return 1
	case p.High < 0:
		return -1
	}
	return 0
}

// clear tells whether neither interval of the contribution holds zero.
func (p Project) clear() bool {
	return p.Class() != 0 && (!p.Modelled || p.Shrunken == p.Class())
}

// A Rule is what the candidates of a quadrant had to have.
type Rule int

const (
	Reliable Rule = iota + 1 // an interval without zero and a reliable indicator
	Clear                    // an interval without zero
	Any                      // nothing more than to lie in the quadrant
)

// met tells whether a project of the rule's quadrant has what it asks for.
func (r Rule) met(p Project, reliability float64) bool {
	switch r {
	case Reliable:
		return p.clear() && p.Reliability >= reliability
	case Clear:
		return p.clear()
	}
	return true
}

// A Choice is the chosen places and why they are chosen.
type Choice struct {
	Chosen     []int      // indices of places, those of the first quadrant first, by code within a quadrant
	Quadrants  []Quadrant // one for each of Settings.Wanted
	Distance   float64    // largest distance of two of the chosen; NaN of fewer than two, or without numbers
	ByNumber   []float64  // the same in each number, in its standard deviations
	Typical    float64    // median distance of two places with projects of all schemes
	Exact      bool       // no set is more alike; false when the search was cut short
	Considered int        // places with projects of all schemes and known numbers
	Description
}

// A Quadrant is the candidates of one quadrant.
type Quadrant struct {
	Wanted
	Candidates, Clear, Reliable int // places; Clear and Reliable are counted among Candidates and Clear
	Rule                        Rule
	Chosen                      int // fewer than Count when there are too few candidates
}

// Choose chooses. Places of which a number is unknown are not considered. The
// error is that of a context that has ended.
func Choose(ctx context.Context, set Settings, places []Place) (Choice, error) {
	at := considered(places)
	space := newSpace(places, at, len(set.Alike))
	choice := Choice{Considered: len(at), Distance: math.NaN(), Typical: space.typical()}
	var groups [][]int // of each quadrant, positions in the space
	var counts []int
	for _, w := range set.Wanted {
		q, group := candidates(w, set.Reliability, places, at)
		choice.Quadrants = append(choice.Quadrants, q)
		groups, counts = append(groups, group), append(counts, q.Chosen)
	}
	s := &search{space: space, groups: groups, counts: counts}
	if err := s.run(ctx); err != nil {
		return Choice{}, err
	}
	choice.Exact = !s.cut
	for _, k := range s.best {
		choice.Chosen = append(choice.Chosen, at[k])
	}
	if len(s.best) > 1 && len(set.Alike) > 0 {
		choice.Distance = s.largest
		choice.ByNumber = space.ranges(s.best)
	}
	rules := map[int]Rule{}
	for _, q := range choice.Quadrants {
		rules[q.Wanted.Quadrant] = q.Rule
	}
	choice.Description = describe(set, places, at, rules, choice.Chosen)
	return choice, nil
}

// considered are the places of which all numbers are known, by code.
func considered(places []Place) []int {
	var at []int
	for i, p := range places {
		if !slices.ContainsFunc(p.Numbers, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }) {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(places[a].Code, places[b].Code) })
	return at
}

// choiceOf is how many candidates a rule must leave for each place to be chosen.
const choiceOf = 2

// candidates are those of a quadrant by the strictest rule that leaves a choice.
func candidates(w Wanted, reliability float64, places []Place, at []int) (Quadrant, []int) {
	var by [Any + 1][]int
	for k, i := range at {
		p := places[i].Deciding
		if p.Quadrant != w.Quadrant || places[i].Hidden {
			continue
		}
		for rule := Reliable; rule <= Any; rule++ {
			if rule.met(p, reliability) {
				by[rule] = append(by[rule], k)
			}
		}
	}
	q := Quadrant{Wanted: w, Candidates: len(by[Any]), Clear: len(by[Clear]), Reliable: len(by[Reliable]), Rule: Reliable}
	for q.Rule < Any && len(by[q.Rule]) < choiceOf*w.Count {
		q.Rule++
	}
	q.Chosen = min(w.Count, len(by[q.Rule]))
	return q, by[q.Rule]
}
