package contribution

import (
	"math"
	"slices"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
)

// TestReliabilityOfTheReport: with its intraclass correlation of projects, 0.089,
// an indicator has reliability 0.28 to 0.29 at 5 leavers and reaches 0.7 at 30,
// when half are expected to attain the goal.
func TestReliabilityOfTheReport(t *testing.T) {
	variance := 0.089 / (1 - 0.089) * math.Pi * math.Pi / 3
	if x := RawReliability(variance, 5*0.25); x < 0.28 || x > 0.29 {
		t.Errorf("at 5 leavers %v", x)
	}
	if x, y := RawReliability(variance, 29*0.25), RawReliability(variance, 30*0.25); !(x < 0.7 && y >= 0.7) {
		t.Errorf("at 29 and 30 leavers %v and %v", x, y)
	}
	if x := RawReliability(0, 3); x != 0 {
		t.Errorf("where units do not differ %v", x)
	}
}

// unitOf is a unit of a scheme with these draws of its contribution, around 0.5.
func unitOf(name, scheme string, persons int, contributions ...float64) Unit {
	u := Unit{Project: Project{Name: name, Scheme: scheme}, Persons: persons, Attained: persons / 2}
	mean := 0.0
	for _, c := range contributions {
		u.Own, u.Typical = append(u.Own, 0.5+c), append(u.Typical, 0.5)
		mean += c / float64(len(contributions))
	}
	u.Mean = fit.UnitMean{Rows: persons, Own: 0.5 + mean, Typical: 0.5, Information: float64(persons) / 4, Prior: 0.3, Posterior: 0.1}
	return u
}

// around are forty draws, evenly from a to b.
func around(a, b float64) []float64 {
	out := make([]float64, 40)
	for k := range out {
		out[k] = a + (b-a)*float64(k)/39
	}
	return out
}

// TestShrinkByHand: three units, of which one is above in all draws, one below in
// all, and one on either side; the order of draws is the same for all.
func TestShrinkByHand(t *testing.T) {
	units := []Unit{
		unitOf("up", "a", 10, around(0.1, 0.2)...), unitOf("middle", "a", 20, around(-0.03, 0.09)...), unitOf("down", "a", 30, around(-0.2, -0.1)...),
		unitOf("other", "b", 40, around(0.01, 0.02)...),
	}
	s := Shrink(units)
	for j, want := range []struct {
		class, rankLow, rankHigh int
		wrong, q                 float64
	}{{1, 1, 1, 0, 0}, {0, 2, 2, 0.25, 0.25 / 4}, {-1, 3, 3, 0, 0}, {1, 1, 1, 0, 0}} {
		got := s[j]
		if got.Class != want.class || got.RankLow != want.rankLow || got.RankHigh != want.rankHigh || got.WrongSide != want.wrong || got.Q != want.q {
			t.Errorf("%s: %+v, want %+v", units[j].Name, got, want)
		}
	}
	// R's quantile(seq(0.1, 0.2, length.out = 40), c(.025, .975)): 0.1025 and 0.1975.
	if math.Abs(s[0].ContributionLow-0.1025) > 1e-12 || math.Abs(s[0].ContributionHigh-0.1975) > 1e-12 || math.Abs(s[0].RatioLow-1.205) > 1e-12 || math.Abs(s[0].PredictedHigh-0.6975) > 1e-12 {
		t.Errorf("%+v", s[0])
	}
	if math.Abs(s[1].Reliability-2./3) > 1e-12 || math.Abs(s[1].RawReliability-0.3/(0.3+1./5)) > 1e-12 {
		t.Errorf("%+v", s[1])
	}
}

// TestRanksCross: two units whose order changes between draws share both ranks.
func TestRanksCross(t *testing.T) {
	s := Shrink([]Unit{unitOf("a", "s", 10, around(0, 0.1)...), unitOf("b", "s", 10, around(0.1, 0)...)})
	for _, x := range s {
		if x.RankLow != 1 || x.RankHigh != 2 {
			t.Errorf("ranks %d to %d", x.RankLow, x.RankHigh)
		}
	}
}

// TestShrunkenValues: who has too few persons is not told of; a discovery has an
// interval without zero as well as a small false-discovery rate; what is told of few
// falls with the one that tells of the fewest.
func TestShrunkenValues(t *testing.T) {
	set := ShrunkenSettings{Model: "m", Sample: "s", MinLeavers: 5, Reliability: 0.7, FalseDiscovery: 0.05, Sizes: []int{5, 20}}
	units := []Unit{
		unitOf("up", "a", 10, around(0.1, 0.2)...), unitOf("nearly", "a", 20, around(-0.006, 0.15)...), unitOf("down", "a", 40, around(-0.2, -0.1)...),
		unitOf("small", "a", 4, around(0.1, 0.2)...),
	}
	values := map[string]result.Value{}
	for _, v := range ShrunkenValues(set, units) {
		values[v.Key.ID()] = v
	}
	for id, want := range map[string]float64{
		"projects_by_shrunken.s.m.a.above": 1. / 3, "projects_by_discovery.s.m.a.above": 1. / 3, "projects_by_discovery.s.m.a.neutral": 1. / 3,
		"projects_by_discovery.s.m.a.below": 1. / 3, "projects_by_size.s.m.a": 3, "projects_by_size.s.m.a.5": 1, "projects_by_size.s.m.a.20": 2,
		"unreliable_by_size.s.m.a.5": 1, "unreliable_by_size.s.m.a.20": 1. / 2, "project_shrunken_class.s.m.a.nearly": 0, "shrunken_false_discovery.s.m.a": 0,
	} {
		if v, ok := values[id]; !ok || math.Abs(v.Value-want) > 1e-12 {
			t.Errorf("%s is %v (%v), want %v", id, v.Value, ok, want)
		}
	}
	if v := values["project_shrunken_q.s.m.a.nearly"]; !(v.Value > 0 && v.Value <= 0.05) {
		t.Errorf("the rate alone would not call it: %v", v.Value)
	}
	if v := values["shrunken.s.m.a.p50"]; v.N != 10 || v.Part != 5 {
		t.Errorf("%+v", v)
	}
	if _, told := values["project_shrunken.s.m.a.small"]; told {
		t.Error("a unit of four persons is told of")
	}
	set.Municipalities = true
	if v := ShrunkenValues(set, units[:1]); v[0].Key.Quantity != "municipality_predicted" || slices.ContainsFunc(v, func(v result.Value) bool { return v.Key.Quantity == "municipality_rank" }) {
		t.Errorf("%+v", v)
	}
	if v := ShrunkenValues(set, units[3:]); v != nil {
		t.Errorf("%+v", v)
	}
}
