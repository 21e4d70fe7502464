package contribution

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"bidrag/evaluate/result"
)

// drawnUnits are units of two schemes whose effects in log odds have the variance
// sd², and their participants in some years; effects do not change.
func drawnUnits(random *rand.Rand, sd float64, sizes []int, years int) (units []Project, byYear []Year, all []Person) {
	byYear = make([]Year, years)
	for k := range byYear {
		byYear[k].Name = strconv.Itoa(2001 + k)
	}
	for j, n := range sizes {
		units = append(units, Project{Name: strconv.Itoa(j), Scheme: []string{"new", "old"}[j%2]})
		effect := sd * random.NormFloat64()
		for i := range n * years {
			eta := -0.2 + 0.8*random.NormFloat64()
			p := Person{Project: j, Expected: 1 / (1 + math.Exp(-eta))}
			if random.Float64() < 1/(1+math.Exp(-eta-effect)) {
				p.Outcome = 1
			}
			byYear[i%years].Persons, all = append(byYear[i%years].Persons, p), append(all, p)
		}
	}
	return units, byYear, all
}

func stability(sd float64) StabilitySettings {
	return StabilitySettings{Settings: set, Variance: sd * sd, Seed: 1, Splits: 50, Sizes: []int{5, 20, 50}}
}

// TestSplitHalfIsTheModelsReliability where the effects' variance is known: 3,000
// units of 8, 30 and 80 persons. The reliability of the smaller, where chance is
// large, is as near to the model's as that of the larger: 0.04, three times what
// the units' number lets it be off by; and none is found where there is none.
func TestSplitHalfIsTheModelsReliability(t *testing.T) {
	sizes := make([]int, 3000)
	for j := range sizes {
		sizes[j] = []int{8, 30, 80}[j%3]
	}
	for _, sd := range []float64{0, 0.3, 0.6} {
		units, _, all := drawnUnits(rand.New(rand.NewPCG(7, 1)), sd, sizes, 1)
		values, err := SplitHalf(context.Background(), stability(sd), units, all)
		if err != nil {
			t.Fatal(err)
		}
		for _, level := range []string{"", ".5", ".20", ".50"} {
			got := find(t, values, "split_half.v.s.all"+level)
			model := find(t, values, "split_half_model.v.s.all"+level).Value
			tolerance := 0.04
			if sd == 0 {
				tolerance = 0.12 // r of 1,000 units, doubled by Spearman and Brown
			}
			if math.Abs(got.Value-model) > tolerance || !(got.Low < got.Value && got.Value < got.High) {
				t.Errorf("sd %v, size %q: %v from %v to %v, the model %v", sd, level, got.Value, got.Low, got.High, model)
			}
			agrees := find(t, values, "split_half_agrees.v.s.all"+level).Value
			if (agrees == 1) != (got.Low <= model && model <= got.High) {
				t.Errorf("agrees is %v", agrees)
			}
		}
	}
}

// TestYearsAreAsAlikeAsChanceLetsThem: effects that do not change have correlation 1
// when it is corrected for chance.
func TestYearsAreAsAlikeAsChanceLetsThem(t *testing.T) {
	sizes := make([]int, 2000)
	for j := range sizes {
		sizes[j] = []int{8, 30, 80}[j%3]
	}
	units, years, _ := drawnUnits(rand.New(rand.NewPCG(7, 2)), 0.6, sizes, 3)
	values := BetweenYears(stability(0.6), units, years)
	for _, id := range []string{"all", "new", "old", "all.2001.2002", "all.2001.2003", "old.2002.2003"} {
		if v := find(t, values, "stability_corrected.v.s."+id); math.Abs(v.Value-1) > 0.12 {
			t.Errorf("%s: %v", id, v.Value)
		}
		r, e := find(t, values, "stability_correlation.v.s."+id), find(t, values, "stability_expected.v.s."+id)
		if math.Abs(r.Value-e.Value) > 0.07 || r.Value > 0.9 {
			t.Errorf("%s: r = %v, expected %v", id, r.Value, e.Value)
		}
	}
	near(t, "pairs", find(t, values, "stability_pairs.v.s.all").Value, 3)
	near(t, "units", find(t, values, "stability_units.v.s.new.2001.2002").Value, 1000)
}

// TestReliabilityOfEqualUnits: with n persons of probability p in each unit it is
// that of one of them, σ²/(σ² + 1/(np(1 − p))).
func TestReliabilityOfEqualUnits(t *testing.T) {
	of := []tally{{n: 10, variance: 2.1}, {n: 10, variance: 2.1}}
	near(t, "reliability", modelReliability(0.32, of), RawReliability(0.32, 2.1))
	near(t, "no variance", modelReliability(0, of), 0)
	if got := modelReliability(math.NaN(), of); !math.IsNaN(got) {
		t.Errorf("%v without a model", got)
	}
}

// TestTooLittleToTell: units in one year only, fewer than four in two, or all the
// same, tell nothing of years; one person a unit nothing of halves.
func TestTooLittleToTell(t *testing.T) {
	units := []Project{{"A", "new"}, {"B", "new"}, {"C", "new"}, {"D", "new"}}
	var first, three []Person
	for j := range units {
		first = append(first, persons(j, 6, j, 0.5)...)
		if j < 3 {
			three = append(three, persons(j, 6, j, 0.5)...)
		}
	}
	var same []Person
	for j := range units {
		same = append(same, persons(j, 6, 3, 0.5)...)
	}
	for name, years := range map[string][]Year{"none": nil, "one": {{"1", first}}, "three units": {{"1", first}, {"2", three}}, "the same": {{"1", same}, {"2", first}}, "nobody": {{"1", nil}, {"2", nil}}} {
		if got := BetweenYears(stability(0.5), units, years); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := BetweenYears(stability(0.5), units, []Year{{"1", first}, {"2", first}}); len(got) == 0 {
		t.Error("four units in two years tell nothing")
	}
	one := stability(0.5)
	one.MinLeavers = 1
	for _, all := range [][]Person{nil, persons(0, 8, 3, 0.5), {{Project: 0, Expected: 0.5}, {Project: 1, Expected: 0.5}, {Project: 2, Expected: 0.5}, {Project: 3, Expected: 0.5}}} {
		if got, err := SplitHalf(context.Background(), one, units, all); err != nil || len(got) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// TestPerfectCorrelation: years in which units are the same leave numbers that can be told.
func TestPerfectCorrelation(t *testing.T) {
	units := []Project{{"A", "new"}, {"B", "new"}, {"C", "new"}, {"D", "new"}}
	var up, down []Person
	for j := range units {
		up = append(up, persons(j, 8, 2*j, 0.5)...)
		down = append(down, persons(j, 8, 6-2*j, 0.5)...)
	}
	for _, v := range BetweenYears(stability(0.5), units, []Year{{"1", up}, {"2", up}, {"3", down}}) {
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
			t.Errorf("%+v", v)
		}
	}
}

// TestHalvesDependOnTheSeedOnly, and stop when they must.
func TestHalvesDependOnTheSeedOnly(t *testing.T) {
	units, _, all := drawnUnits(rand.New(rand.NewPCG(7, 3)), 0.6, []int{8, 9, 30, 31, 80, 81, 7, 12}, 1)
	value := func(set StabilitySettings) float64 {
		values, err := SplitHalf(context.Background(), set, units, all)
		if err != nil {
			t.Fatal(err)
		}
		return find(t, values, "split_half.v.s.all").Value
	}
	other := stability(0.6)
	other.Seed = 2
	if a, b := value(stability(0.6)), value(stability(0.6)); a != b || a == value(other) {
		t.Errorf("%v, again %v, with another seed %v", a, b, value(other))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := SplitHalf(ctx, stability(0.6), units, all); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestFewUnitsFallWithTheOneThatTellsOfTheFewest at the gate.
func TestFewUnitsFallWithTheOneThatTellsOfTheFewest(t *testing.T) {
	units := []Project{{"A", "new"}, {"B", "new"}, {"C", "new"}, {"D", "new"}}
	var all []Person
	for j, attained := range []int{9, 2, 8, 10} {
		all = append(all, persons(j, 20, attained, 0.5)...)
	}
	values, err := SplitHalf(context.Background(), stability(0.5), units, all)
	if err != nil {
		t.Fatal(err)
	}
	values = append(values, Funnel(FunnelSettings{Settings: set, Winsorize: 0.1, Sizes: []int{10}}, units, all)...)
	for _, v := range values {
		if v.Key.Project == "" && (v.N != 20 || v.Part != 2) {
			t.Errorf("%s: %d of %d", v.Key.ID(), v.Part, v.N)
		}
		if v.Key.Scheme == result.All && v.Key.Project != "" {
			t.Errorf("%s", v.Key.ID())
		}
	}
}

// TestYearsRestOnEveryoneOnce: what is told of all pairs of years rests on each person
// once, however many pairs the person's year is in; and of few units, on those of the
// unit and year that tell of the fewest.
func TestYearsRestOnEveryoneOnce(t *testing.T) {
	units := []Project{{"A", "new"}, {"B", "new"}, {"C", "new"}, {"D", "new"}, {"E", "new"}, {"F", "new"}}
	year := func(size int, attained ...int) Year {
		var of []Person
		for j, k := range attained {
			of = append(of, persons(j, size, k, 0.5)...)
		}
		return Year{Persons: of}
	}
	years := func(first, second, third Year) []Year {
		first.Name, second.Name, third.Name = "1", "2", "3"
		return []Year{first, second, third}
	}
	many := BetweenYears(stability(0.5), units, years(year(20, 8, 9, 10, 11, 12, 9), year(10, 4, 5, 6, 3, 2, 5), year(30, 12, 14, 15, 16, 10, 20)))
	for id, want := range map[string]int{"all": 6 * 60, "new": 6 * 60, "all.1.2": 6 * 30, "all.2.3": 6 * 40} {
		if v := find(t, many, "stability_correlation.v.s."+id); v.N != want || v.Part != -1 {
			t.Errorf("%s rests on %d, %d of %d persons", id, v.Part, v.N, want)
		}
	}
	few := BetweenYears(stability(0.5), units[:4], years(year(20, 8, 9, 10, 11), year(10, 4, 5, 6, 1), year(30, 12, 14, 15, 16)))
	for id, want := range map[string][2]int{"all": {1, 10}, "all.1.2": {1, 10}, "all.1.3": {8, 20}} {
		if v := find(t, few, "stability_correlation.v.s."+id); v.Part != want[0] || v.N != want[1] {
			t.Errorf("of few units %s rests on %d of %d, not on %v", id, v.Part, v.N, want)
		}
	}
}
