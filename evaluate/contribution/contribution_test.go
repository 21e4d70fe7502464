package contribution

import (
	"math"
	"testing"

	"bidrag/evaluate/result"
)

// find returns a value by its id.
func find(t *testing.T, values []result.Value, id string) result.Value {
	t.Helper()
	for _, v := range values {
		if v.Key.ID() == id {
			return v
		}
	}
	t.Fatalf("there is no %s", id)
	return result.Value{}
}

// persons makes a project's persons: n, of whom some attain, each expected with p.
func persons(project, n, attain int, p float64) []Person {
	out := make([]Person, n)
	for i := range out {
		out[i] = Person{Project: project, Expected: p}
		if i < attain {
			out[i].Outcome = 1
		}
	}
	return out
}

var set = Settings{Variant: "v", Sample: "s", MinLeavers: 5, NeutralBand: 0.0275}

// TestByHand holds three projects against a hand calculation:
//
//	A: 10 persons, 8 attain, 0.5 expected: +0.30, from 0.4439045 − 0.5 to 0.9747893 − 0.5 (R: binom.test(8, 10)),
//	   p = 2·56/1024
//	B: 20 persons, 9 attain, 0.6 expected: −0.15
//	C: 4 persons: too few to be shown, but they count in the mean (17 + 2 of 34)
func TestByHand(t *testing.T) {
	projects := []Project{{"A", "new"}, {"B", "old"}, {"C", "old"}}
	var all []Person
	all = append(all, persons(0, 10, 8, 0.5)...)
	all = append(all, persons(1, 20, 9, 0.6)...)
	all = append(all, persons(2, 4, 2, 0.1)...)
	got := Compute(set, projects, all)

	a := find(t, got, "project_contribution.v.s.new.A")
	near(t, "contribution", a.Value, 0.3)
	if math.Abs(a.Low+0.0560955) > 5e-8 || math.Abs(a.High-0.4747893) > 5e-8 {
		t.Errorf("from %v to %v", a.Low, a.High)
	}
	near(t, "p-value", find(t, got, "project_p_value.v.s.new.A").Value, 112.0/1024)
	near(t, "class", find(t, got, "project_class.v.s.new.A").Value, 0)
	near(t, "A's participants", find(t, got, "project_participants.v.s.new.A").Value, 0.5-19.0/34)
	if a.N != 10 || a.Part != 8 {
		t.Errorf("the gate must see 8 of 10, and sees %d of %d", a.Part, a.N)
	}
	near(t, "expected", find(t, got, "project_expected.v.s.old.B").Value, 0.6)
	near(t, "actual", find(t, got, "project_actual.v.s.old.B").Value, 0.45)
	near(t, "projects", find(t, got, "projects.v.s.all").Value, 2)
	near(t, "above", find(t, got, "projects_by_band.v.s.all.above").Value, 0.5)
	near(t, "below", find(t, got, "projects_by_band.v.s.all.below").Value, 0.5)
	near(t, "median", find(t, got, "contribution.v.s.all.p50").Value, 0.075)
	near(t, "max", find(t, got, "contribution.v.s.all.max").Value, 0.3)
	// The mean of all 34 persons is 19/34 = 0.559: A is above it, B below.
	near(t, "A's quadrant", find(t, got, "project_quadrant.v.s.new.A").Value, AboveAbove)
	near(t, "B's quadrant", find(t, got, "project_quadrant.v.s.old.B").Value, BelowBelow)
	near(t, "in quadrant", find(t, got, "projects_in_quadrant.v.s.all.worse_below").Value, 1)
	for _, v := range got {
		if v.Key.Project == "C" {
			t.Errorf("%s is shown", v.Key.ID())
		}
	}
}

// TestClasses: by the band a small contribution is neutral, by the interval an uncertain one.
func TestClasses(t *testing.T) {
	for _, c := range []struct {
		low, high, band float64
		want            string
	}{
		{0.02, 0.02, 0.0275, "neutral"}, {0.03, 0.03, 0.0275, "above"}, {-0.03, -0.03, 0.0275, "below"},
		{-0.1, 0.2, 0, "neutral"}, {0.01, 0.2, 0, "above"}, {-0.2, -0.01, 0, "below"},
	} {
		if got := Class(c.low, c.high, c.band); got != c.want {
			t.Errorf("Class(%v, %v, %v) = %s, want %s", c.low, c.high, c.band, got, c.want)
		}
	}
}

// TestNobody: no persons, and no project large enough.
func TestNobody(t *testing.T) {
	if got := Compute(set, nil, nil); len(got) != 0 {
		t.Errorf("%d values of nothing", len(got))
	}
	if got := Compute(set, []Project{{"A", "new"}}, persons(0, 4, 1, 0.5)); len(got) != 0 {
		t.Errorf("%d values of a project that is too small", len(got))
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// TestByLevel: sums by hand; a level of nobody has no numbers, and what the gate
// must see is there.
func TestByLevel(t *testing.T) {
	groups := []Project{{Name: "1", Scheme: "a"}, {Name: "2", Scheme: "a"}, {Name: "1", Scheme: "b"}}
	persons := []Person{{Project: 0, Outcome: 1, Expected: 0.5}, {Project: 0, Outcome: 0, Expected: 0.25}, {Project: 2, Outcome: 1, Expected: 0.9}}
	got := map[string]result.Value{}
	for _, v := range ByLevel(Settings{Variant: "v", Sample: "s"}, "education", groups, persons) {
		got[v.Key.ID()] = v
	}
	if len(got) != 6 {
		t.Errorf("%d values", len(got))
	}
	v := got["group_contribution.v.s.a.education.1"]
	exact := Compare([]float64{logOdds(0.5), logOdds(0.25)}, []float64{1, 0})
	if math.Abs(v.Value-0.125) > 1e-15 || v.Low != exact.Low-0.375 || v.High != exact.High-0.375 || v.N != 2 || v.Part != 1 {
		t.Errorf("%+v", v)
	}
	if e := got["group_expected.v.s.b.education.1"]; e.Value != 0.9 || got["group_actual.v.s.b.education.1"].Value != 1 {
		t.Errorf("%+v", e)
	}
}

// TestLargeGroups: where intervals of groups cease to be exact they are nearly that.
func TestLargeGroups(t *testing.T) {
	for _, attain := range []int{300, 700, 1000} {
		large := persons(0, mostExact+1, attain, 0.35)
		v := find(t, ByLevel(set, "age", []Project{{"1", "a"}}, large), "group_contribution.v.s.a.age.1")
		eta, outcome := gather(count([]Project{{"1", "a"}}, large), large)
		x := Compare(eta[0], outcome[0])
		if v.Low == x.Low-0.35 || math.Abs(v.Low-(x.Low-0.35)) > 0.0002 || math.Abs(v.High-(x.High-0.35)) > 0.0002 {
			t.Errorf("from %v to %v, exactly %v to %v", v.Low, v.High, x.Low-0.35, x.High-0.35)
		}
	}
}
