package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/evaluate/cases"
	"bidrag/evaluate/result"
)

// caseCrowd is the fewest places that what is published of a case must fit. Places
// are no persons, of which five would be asked for: three is what official
// statistics ask for of enterprises and other units.
const caseCrowd = 3

// cases chooses case municipalities by what their projects contribute.
func (r *Run) cases(ctx context.Context) error {
	c, k := r.Study.Cases, r.Study.Contribution
	if c == nil || k == nil || len(k.Variants) == 0 {
		return ctx.Err()
	}
	places := r.casePlaces()
	if !slices.ContainsFunc(places, func(p cases.Place) bool { return !p.Hidden }) {
		r.gap("cases", k.Model, "", result.Reason{Code: result.NoCases,
			Message: fmt.Sprintf("no place has a project with %d leavers in each scheme whose numbers may be shown; lower min_leavers, or leave cases out", k.MinLeavers)}, "cases")
		return ctx.Err()
	}
	alike := r.knownInPlaces(places)
	set := cases.Settings{Reliability: k.Reliability, Crowd: caseCrowd}
	for _, m := range alike {
		set.Alike = append(set.Alike, c.Alike[m])
	}
	for i := range places {
		numbers := make([]float64, len(alike))
		for j, m := range alike {
			numbers[j] = places[i].Numbers[m]
		}
		places[i].Numbers = numbers
	}
	for _, q := range c.Quadrants {
		if q.Value > 0 {
			set.Wanted = append(set.Wanted, cases.Wanted{Quadrant: cases.QuadrantOf(q.Key), Count: q.Value})
		}
	}
	choice, err := cases.Choose(ctx, set, places)
	if err != nil {
		return err
	}
	r.caseGaps(set, choice)
	for _, i := range choice.Chosen {
		r.Results.Cases = append(r.Results.Cases, places[i].Code)
	}
	return r.Results.Add("cases", cases.Values(set, places, choice, r.sizeFloor)...)
}

// caseGaps tells of quadrants with fewer candidates than the study asks for.
func (r *Run) caseGaps(set cases.Settings, choice cases.Choice) {
	c := r.Study.Cases
	for _, q := range c.Quadrants {
		at := slices.IndexFunc(choice.Quadrants, func(of cases.Quadrant) bool { return of.Wanted.Quadrant == cases.QuadrantOf(q.Key) })
		if at < 0 || choice.Quadrants[at].Chosen == q.Value {
			continue
		}
		r.gap("cases", r.Study.Contribution.Model, q.Key, result.Reason{Code: result.FewCases, About: q.Key,
			Message: fmt.Sprintf("cases asks for %d places of %s, and of the %d with projects of all schemes and known %s there are %d; ask for fewer, or lower min_leavers",
				q.Value, q.Key, choice.Considered, strings.Join(set.Alike, ", "), choice.Quadrants[at].Candidates)}, "cases", "quadrants", q.Key)
	}
}

// casePlaces are the places with projects of all schemes that have enough leavers,
// by code. One of which the gate will hide a project's numbers for being small is
// marked as hidden.
func (r *Run) casePlaces() []cases.Place {
	projects := r.caseProjects()
	deciding := r.Study.Cases.Scheme
	var places []cases.Place
	for code, of := range projects {
		p := cases.Place{Code: code}
		for _, scheme := range r.Study.Schemes.Keys() {
			project, ok := of[scheme]
			p.Hidden = p.Hidden || project.hidden
			switch {
			case !ok:
			case scheme == deciding:
				p.Deciding = project.Project
			default:
				p.Others = append(p.Others, project.Project)
			}
		}
		if len(p.Others)+1 == len(r.Study.Schemes) && p.Deciding.Scheme != "" {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, func(a, b cases.Place) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	for i := range places {
		places[i].Numbers = make([]float64, len(r.Study.Cases.Alike))
	}
	for m, name := range r.Study.Cases.Alike {
		means := r.placeMeans(name)
		for i := range places {
			places[i].Numbers[m] = math.NaN()
			if x, known := means[places[i].Code]; known {
				places[i].Numbers[m] = x
			}
		}
	}
	return places
}

// A caseProject is a project, and whether fewer persons than may be told of have,
// or have not, attained the goal.
type caseProject struct {
	cases.Project
	hidden bool
}

// caseProjects are the indicators of the first variant over all years, by place
// and scheme. Of what other parts of the step tell of a project, the last is taken.
func (r *Run) caseProjects() map[string]map[string]caseProject {
	k := r.Study.Contribution
	m, _ := r.Study.Models.Get(k.Model)
	placeOf, means := r.placeOfProject(), r.schemeMeans(m.Sample)
	out := map[string]map[string]caseProject{}
	for _, v := range r.Results.Values {
		key := v.Key
		if key.Quantity != "project_contribution" || key.Kind != k.Variants[0].Key || key.Year != "" {
			continue
		}
		p := caseProject{cases.Project{Scheme: key.Scheme, Persons: v.N, Low: v.Low, High: v.High, Reliability: math.NaN()},
			min(v.Part, v.N-v.Part) < r.Study.Disclosure.Threshold}
		actual := float64(v.Part) / float64(v.N)
		p.Attainment = attainmentClass(actual-means[key.Scheme], k.NeutralBand)
		place := placeOf[key.Project]
		if out[place] == nil {
			out[place] = map[string]caseProject{}
		}
		out[place][key.Scheme] = p
	}
	for _, v := range r.Results.Values {
		key := v.Key
		p, ok := out[placeOf[key.Project]][key.Scheme]
		if !ok || key.Project == "" || key.Year != "" || key.Kind != "" && key.Kind != k.Variants[0].Key {
			continue
		}
		switch key.Quantity {
		case "project_quadrant":
			p.Quadrant = int(v.Value)
		case "project_reliability":
			p.Reliability = v.Value
		case "project_shrunken_class":
			p.Shrunken, p.Modelled = int(v.Value), true
		}
		out[placeOf[key.Project]][key.Scheme] = p
	}
	return out
}

// attainmentClass is an attainment against a mean: near it within the band.
func attainmentClass(difference, band float64) int {
	switch {
	case difference > band:
		return cases.High
	case difference >= 0:
		return cases.NearHigh
	case difference >= -band:
		return cases.NearLow
	}
	return cases.Low
}

// placeOfProject is the place that each project is in.
func (r *Run) placeOfProject() map[string]string {
	project, _ := r.data.Column("project")
	place, _ := r.data.Column(r.Study.Places.Variable)
	out := make(map[string]string, len(project.Levels))
	for i, j := range project.Code {
		if j >= 0 && place.Code[i] >= 0 {
			out[project.Levels[j]] = place.Levels[place.Code[i]]
		}
	}
	return out
}

// schemeMeans are the shares of the schemes' persons in a sample who attain the goal.
func (r *Run) schemeMeans(sample string) map[string]float64 {
	scheme, _ := r.data.Column("scheme")
	outcome, _ := r.data.Column(r.Study.Describe.Outcome)
	attained, persons := map[string]float64{}, map[string]float64{}
	for _, i := range r.rows(sample) {
		if !outcome.Missing(i) {
			attained[scheme.Levels[scheme.Code[i]]] += outcome.Number[i]
			persons[scheme.Levels[scheme.Code[i]]]++
		}
	}
	for s, n := range persons {
		attained[s] /= n
	}
	return attained
}

// placeMeans are the means of a number over each place's persons of all schemes
// in the sample of the contributions, of those of whom it is known.
func (r *Run) placeMeans(name string) map[string]float64 {
	m, _ := r.Study.Models.Get(r.Study.Contribution.Model)
	place, _ := r.data.Column(r.Study.Places.Variable)
	column, ok := r.data.Column(name)
	if !ok {
		return nil
	}
	sum, known := map[string]float64{}, map[string]float64{}
	for _, i := range r.rows(m.Sample) {
		if j := place.Code[i]; j >= 0 && !column.Missing(i) {
			sum[place.Levels[j]] += column.Number[i]
			known[place.Levels[j]]++
		}
	}
	for code, n := range known {
		sum[code] /= n
	}
	return sum
}

// knownInPlaces are the numbers in which places can be alike: those known of any.
func (r *Run) knownInPlaces(places []cases.Place) []int {
	var out []int
	for m, name := range r.Study.Cases.Alike {
		if slices.ContainsFunc(places, func(p cases.Place) bool { return !math.IsNaN(p.Numbers[m]) }) {
			out = append(out, m)
			continue
		}
		r.gap("cases", r.Study.Contribution.Model, name, result.Reason{Code: result.UnknownForAll, About: name,
			Message: name + " is unknown in every place with projects of all schemes, which are therefore not chosen to be alike in it; take it out of alike"},
			"cases", "alike", strconv.Itoa(m))
	}
	return out
}

// sizeFloor is the number of persons that is told in place of that of a case: the
// smallest that may be told, which is the same for all and narrows nothing.
func (r *Run) sizeFloor(persons int) int { return min(persons, r.Study.Disclosure.Threshold) }
