package contribution

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// TestExamples: the nearest in expected and actual attainment, of those that may be
// shown; of two as near the first by name; none twice; none is named.
func TestExamples(t *testing.T) {
	var projects []Project
	var all []Person
	for j, p := range []struct {
		name      string
		n, attain int
		expected  float64
	}{
		{"d", 20, 10, 0.4}, {"c", 20, 10, 0.4}, // as near as each other
		{"a", 20, 4, 0.4}, // nearer to example low, and too few attained
		{"b", 20, 6, 0.4},
		{"e", 4, 2, 0.5}, // too small
	} {
		projects = append(projects, Project{p.name, "new"})
		all = append(all, persons(j, p.n, p.attain, p.expected)...)
	}
	x := Assess(set, projects, all)
	values, units := x.Examples([]Example{
		{"first", "new", 0.41, 0.52}, {"second", "new", 0.41, 0.52}, {"low", "new", 0.4, 0.2}, {"none", "new", 0.4, 0.2}, {"other", "old", 0.4, 0.2},
	}, 5)
	if !slices.Equal(units, []string{"c", "d", "b", "", ""}) || len(values) != 9 {
		t.Errorf("units %q, %d values", units, len(values))
	}
	near(t, "low", find(t, values, "example_actual.v.s.new.low").Value, 0.3)
	near(t, "low's contribution", find(t, values, "example_contribution.v.s.new.low").Value, -0.1)
	for _, v := range values {
		if v.Key.Project != "" || v.N != 5 || v.Part != -1 {
			t.Errorf("%+v", v)
		}
	}
}

// TestExamplesAreRounded to whole per cent, of which the contribution is the
// difference; the interval is no narrower than the exact one.
func TestExamplesAreRounded(t *testing.T) {
	projects := []Project{{"a", "new"}}
	all := persons(0, 23, 12, 0.4275) // 52.17 %, and a contribution of 9.42 points
	x := Assess(set, projects, all)
	values, _ := x.Examples([]Example{{"only", "new", 0.4, 0.5}}, 5)
	near(t, "expected", find(t, values, "example_expected.v.s.new.only").Value, 0.43)
	near(t, "actual", find(t, values, "example_actual.v.s.new.only").Value, 0.52)
	v := find(t, values, "example_contribution.v.s.new.only")
	near(t, "contribution", v.Value, 0.09)
	exact := find(t, x.Values(), "project_contribution.v.s.new.a")
	for _, end := range [][2]float64{{exact.Low, v.Low}, {v.High, exact.High}} {
		if d := end[0] - end[1]; !(d > 0 && d <= 0.01) {
			t.Errorf("from %v to %v, the exact interval is from %v to %v", v.Low, v.High, exact.Low, exact.High)
		}
	}
	for _, end := range []float64{v.Low, v.High} {
		near(t, "an end in points", math.Round(100*end), 100*end)
	}
}

// TestFewUnits: what is told of fewer than five projects rests on the one that
// tells of the fewest, that of five on all their persons.
func TestFewUnits(t *testing.T) {
	var projects []Project
	var all []Person
	for j := range 9 {
		scheme := "new"
		if j > 3 {
			scheme = "old"
		}
		projects = append(projects, Project{string(rune('a' + j)), scheme})
		all = append(all, persons(j, 10+j, 5+j%4, 0.5)...)
	}
	got := Compute(set, projects, all)
	// Of a to d, d has 13 persons, of whom 8 attained; a tells of 5 who did, and of 5 who did not.
	few := find(t, got, "contribution.v.s.new.p50")
	if few.N != 10 || few.Part != 5 {
		t.Errorf("%+v", few)
	}
	if many := find(t, got, "contribution.v.s.old.p50"); many.N != 14+15+16+17+18 || many.Part != -1 {
		t.Errorf("%+v", many)
	}
	if v := find(t, got, "projects_by_interval.v.s.new.above"); v.N != 10 || v.Part != 5 {
		t.Errorf("%+v", v)
	}
}

// TestMunicipalities have names of their own, and no scheme but all.
func TestMunicipalities(t *testing.T) {
	of := set
	of.Municipalities, of.Year = true, "2019"
	got := Compute(of, []Project{{"0301", "all"}, {"1103", "all"}}, append(persons(0, 10, 8, 0.5), persons(1, 20, 1, 0.5)...))
	near(t, "contribution", find(t, got, "municipality_contribution.v.s.all.2019.0301").Value, 0.3)
	near(t, "class", find(t, got, "municipality_class.v.s.all.2019.1103").Value, -1)
	near(t, "share", find(t, got, "municipalities_by_interval.v.s.all.2019.below").Value, 0.5)
	near(t, "share", find(t, got, "municipalities_by_discovery.v.s.all.2019.below").Value, 0.5)
	for _, v := range got {
		if !strings.HasPrefix(v.Key.Quantity, "municipality_") && !strings.HasPrefix(v.Key.Quantity, "municipalities") {
			t.Errorf("%s is of projects", v.Key.ID())
		}
	}
}

// TestSchemesPart: of what is expected above the mean of all, the part that goes with
// the scheme is what is expected in it less what is expected in any.
func TestSchemesPart(t *testing.T) {
	all := append(persons(0, 10, 8, 0.5), persons(1, 20, 9, 0.6)...)
	for i := range all {
		all[i].AnyScheme = 0.45
	}
	got := Compute(set, []Project{{"A", "new"}, {"B", "old"}}, all)
	near(t, "A", find(t, got, "project_scheme.v.s.new.A").Value, 0.05)
	near(t, "B", find(t, got, "project_scheme.v.s.old.B").Value, 0.15)
}

// TestExpectedForCertain: of persons expected with 0 or 1, and of one leaver, no
// number is missing or infinite.
func TestExpectedForCertain(t *testing.T) {
	one := set
	one.MinLeavers = 1
	projects := []Project{{"a", "new"}, {"b", "new"}, {"c", "old"}, {"d", "old"}}
	all := slices.Concat(persons(0, 1, 1, 0), persons(1, 3, 0, 1), persons(2, 6, 6, 1), persons(3, 6, 2, 0))
	var expected []float64
	for _, p := range all {
		expected = append(expected, p.Expected)
	}
	one.Country = map[string]*Country{"new": NewCountry(expected), "old": NewCountry(expected)}
	for _, v := range Compute(one, projects, all) {
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) || math.IsInf(v.Low, 0) || math.IsInf(v.High, 0) {
			t.Errorf("%s is %v from %v to %v", v.Key.ID(), v.Value, v.Low, v.High)
		}
	}
}

// TestOrderOfPersons does not matter, nor does that of projects, beyond rounding.
func TestOrderOfPersons(t *testing.T) {
	projects, all := sized(12)
	got := Compute(set, projects, all)
	slices.Reverse(all)
	back := Compute(set, projects, all)
	for i, v := range got {
		if d := math.Abs(v.Value - back[i].Value); v.Key != back[i].Key || d > 1e-9 || math.Abs(v.Low-back[i].Low) > 1e-9 {
			t.Errorf("%+v and %+v", v, back[i])
		}
	}
}
