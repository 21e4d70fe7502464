package cases

import (
	"math"
	"strconv"

	"bidrag/evaluate/contribution"
	"bidrag/evaluate/result"
)

// quadrantNames are those of the study, by quadrant.
var quadrantNames = map[int]string{
	contribution.AboveAbove: "better_above", contribution.AboveBelow: "better_below",
	contribution.BelowBelow: "worse_below", contribution.BelowAbove: "worse_above",
}

// QuadrantOf is the number of a quadrant by its name in a study, 0 of none.
func QuadrantOf(name string) int {
	for q, n := range quadrantNames {
		if n == name {
			return q
		}
	}
	return 0
}

// Values are the choice as it may be published: classes and round numbers, with
// the cases' invented labels 1, 2, 3 … as Key.Level. A value of a case has the
// persons of its smallest project as N, rounded down to the beginning of its class
// of size by floor, since N itself would tell which project it is.
//
//	case_quadrant.S.LEVEL                       1 to 4
//	case_class.S.LEVEL, case_class.shrunken…    1, 0, −1 by the exact interval and by the multilevel model's
//	case_reliable.S.LEVEL                       1 or 0
//	case_attainment.S.LEVEL                     2 above the scheme's mean, 1 above but near, −1 below but near, −2 below
//	case_number.VARIABLE                        no value; what all the cases lie between
//	case_candidates, case_candidates.clear, .reliable .S.QUADRANT, case_rule.S.QUADRANT
//	case_distance, case_distance.typical, case_distance.VARIABLE, with one decimal
//	case_places, case_fits                      places considered; that fit a case's description
func Values(set Settings, places []Place, c Choice, floor func(persons int) int) []result.Value {
	if len(c.Quadrants) == 0 || len(places) == 0 {
		return nil
	}
	v := values{set: set, choice: c, scheme: places[0].Deciding.Scheme}
	for _, p := range places {
		v.persons += p.persons()
	}
	v.quadrants()
	for label, i := range c.Chosen {
		v.place(strconv.Itoa(label+1), places[i], floor(places[i].fewest()))
	}
	v.likeness()
	return v.out
}

type values struct {
	set     Settings
	choice  Choice
	scheme  string // the deciding one
	persons int    // in all places
	out     []result.Value
}

func (v *values) add(key result.Key, unit string, x float64, persons int) {
	v.out = append(v.out, result.Estimate(key, unit, x, persons))
}

func (p Place) persons() int {
	n := p.Deciding.Persons
	for _, o := range p.Others {
		n += o.Persons
	}
	return n
}

// fewest is the persons of the place's smallest project.
func (p Place) fewest() int {
	n := p.Deciding.Persons
	for _, o := range p.Others {
		n = min(n, o.Persons)
	}
	return n
}

// quadrants tell how many candidates there were, and what they had to have.
func (v *values) quadrants() {
	v.add(result.Key{Quantity: "case_places"}, result.Count, float64(v.choice.Considered), v.persons)
	for _, q := range v.choice.Quadrants {
		for _, n := range []struct {
			kind   string
			number int
		}{{"", q.Candidates}, {"clear", q.Clear}, {"reliable", q.Reliable}} {
			v.add(result.Key{Quantity: "case_candidates", Kind: n.kind, Scheme: v.scheme, Level: quadrantNames[q.Quadrant]}, result.Count, float64(n.number), v.persons)
		}
		v.add(result.Key{Quantity: "case_rule", Scheme: v.scheme, Level: quadrantNames[q.Quadrant]}, result.Count, float64(q.Rule), v.persons)
	}
}

// place is what is told of a case.
func (v *values) place(label string, p Place, persons int) {
	of := func(quantity, kind string, x int) {
		v.add(result.Key{Quantity: quantity, Kind: kind, Scheme: v.scheme, Level: label}, result.Count, float64(x), persons)
	}
	of("case_quadrant", "", p.Deciding.Quadrant)
	if v.choice.Detail < Rules {
		of("case_class", "", p.Deciding.Class())
		if p.Deciding.Modelled {
			of("case_class", "shrunken", p.Deciding.Shrunken)
		}
		if !math.IsNaN(p.Deciding.Reliability) {
			reliable := 0
			if p.Deciding.Reliability >= v.set.Reliability {
				reliable = 1
			}
			of("case_reliable", "", reliable)
		}
	}
	for _, project := range append([]Project{p.Deciding}, p.Others...) {
		if told := v.choice.Told(project); told != 0 {
			v.add(result.Key{Quantity: "case_attainment", Scheme: project.Scheme, Level: label}, result.Count, float64(told), persons)
		}
	}
}

// likeness tells how alike the cases are, and what fits how many places.
func (v *values) likeness() {
	if len(v.choice.Chosen) == 0 {
		return
	}
	v.add(result.Key{Quantity: "case_fits"}, result.Count, float64(v.choice.Fits), v.persons)
	for m, band := range v.choice.Bands {
		if !math.IsNaN(band[0]) {
			v.out = append(v.out, result.Estimate(result.Key{Quantity: "case_number", Variable: v.set.Alike[m]}, result.Number, math.NaN(), v.persons).WithInterval(band[0], band[1]))
		}
	}
	if math.IsNaN(v.choice.Distance) {
		return
	}
	v.add(result.Key{Quantity: "case_distance"}, result.Number, tenth(v.choice.Distance), v.persons)
	v.add(result.Key{Quantity: "case_distance", Kind: "typical"}, result.Number, tenth(v.choice.Typical), v.persons)
	for m, name := range v.set.Alike {
		v.add(result.Key{Quantity: "case_distance", Variable: name}, result.Number, tenth(v.choice.ByNumber[m]), v.persons)
	}
}

// tenth leaves one decimal, so that a distance does not tell between which places it is.
func tenth(x float64) float64 { return math.Round(x*10) / 10 }
