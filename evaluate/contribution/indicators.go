package contribution

import (
	"bidrag/evaluate/result"
)

// Indicators are those of the units with enough persons.
type Indicators struct {
	set   Settings
	units []unit
	mean  float64 // attainment of all persons, also of those in smaller units
}

// A unit is a project or a municipality with all that is told of it.
type unit struct {
	tally
	exact Exact
	own   Shift   // Firth's, in log odds
	firth Shift   // the same in points: expected with the shift less expected
	q     float64 // by Discoveries, among all units shown
}

// interval is that of the contribution.
func (u unit) interval() (low, high float64) {
	return u.exact.Low - u.expect(), u.exact.High - u.expect()
}

func (u unit) class() string {
	low, high := u.interval()
	return Class(low, high, 0)
}

// Assess computes the indicators of every unit with at least MinLeavers persons,
// and at least one.
func Assess(set Settings, projects []Project, persons []Person) *Indicators {
	if set.FalseDiscovery == 0 {
		set.FalseDiscovery = 0.05
	}
	x := &Indicators{set: set, mean: meanOutcome(persons)}
	tallies := count(projects, persons)
	eta, outcome := gather(tallies, persons)
	var p []float64
	for j, t := range tallies {
		if t.n == 0 || t.n < set.MinLeavers {
			continue
		}
		s := newShifter(eta[j], outcome[j])
		u := unit{tally: t, exact: compare(s), own: firth(s)}
		moved := func(shift float64) float64 { return s.at(shift).attained/float64(t.n) - t.expect() }
		u.firth = Shift{moved(u.own.Value), moved(u.own.Low), moved(u.own.High)}
		x.units = append(x.units, u)
		p = append(p, u.exact.PValue)
	}
	for j, q := range Discoveries(p) {
		x.units[j].q = q
	}
	return x
}

// Units is the number of units with enough persons.
func (x *Indicators) Units() int { return len(x.units) }

// gather puts the log odds and the outcomes of each unit's persons together.
func gather(tallies []tally, persons []Person) (eta, outcome [][]float64) {
	eta, outcome = make([][]float64, len(tallies)), make([][]float64, len(tallies))
	room := make([]float64, 2*len(persons))
	for j, t := range tallies {
		eta[j], outcome[j], room = room[:0:t.n], room[t.n:t.n:2*t.n], room[2*t.n:]
	}
	for _, p := range persons {
		j := p.Project
		eta[j] = append(eta[j], logOdds(p.Expected))
		outcome[j] = append(outcome[j], p.Outcome)
	}
	return eta, outcome
}

// Values are the units' numbers and how they are spread.
func (x *Indicators) Values() []result.Value {
	var out []result.Value
	for _, u := range x.units {
		out = append(out, x.unitValues(u)...)
	}
	return append(out, x.spread()...)
}

// unitValues are one unit's numbers.
func (x *Indicators) unitValues(u unit) []result.Value {
	value := x.set.of(u.tally)
	low, high := u.interval()
	class := map[string]float64{"above": 1, "neutral": 0, "below": -1}[u.class()]
	out := []result.Value{
		value("persons", result.Persons, float64(u.n)),
		value("actual", result.Share, u.actual()),
		value("expected", result.Share, u.expect()),
		value("contribution", result.Points, u.contribution()).WithInterval(low, high),
		value("p_value", result.PValue, u.exact.PValue),
		value("q_value", result.PValue, u.q),
		value("class", result.Count, class),
		value("quadrant", result.Count, float64(u.quadrant(x.mean))),
		value("participants", result.Points, u.expect()-x.mean),
		value("firth", result.Points, u.firth.Value).WithInterval(u.firth.Low, u.firth.High),
		value("firth_log_odds", result.LogOdds, u.own.Value).WithInterval(u.own.Low, u.own.High),
	}
	if u.anyScheme > 0 {
		out = append(out, value("scheme", result.Points, u.expect()-u.anyScheme/float64(u.n)))
	}
	if country := x.set.Country[u.Scheme]; country != nil {
		out = append(out, value("standardized", result.Share, country.Attainment(u.own.Value)).
			WithInterval(country.Attainment(u.own.Low), country.Attainment(u.own.High)))
	}
	return out
}
