package context

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/study"
)

func small() *study.Study {
	return &study.Study{
		Schemes: study.Map[study.Scheme]{{Key: "new"}, {Key: "old", Value: study.Scheme{Reference: true}}},
		Period:  &study.Period{From: 2019, To: 2020},
	}
}

// places has ten rows in four units of place and year, and one row without a place:
//
//	A 2019: new new old   A 2020: old old   B 2019: new old old   B 2020: old
func places(t *testing.T) *frame.Frame {
	nan := math.NaN()
	f, err := frame.New(
		frame.NewFactor("scheme", []string{"old", "new"}, []int32{1, 1, 0, 0, 0, 1, 0, 0, 0, 1}),
		frame.NewFactor("place", []string{"A", "B"}, []int32{0, 0, 0, 0, 0, 1, 1, 1, 1, -1}),
		frame.NewNumeric("year", []float64{2019, 2019, 2019, 2020, 2020, 2019, 2019, 2019, 2020, 2019}),
		frame.NewNumeric("size", []float64{10, nan, 10, 12, 12, 40, 40, 40, 44, 99}), // unknown of one person
		frame.NewNumeric("money", []float64{1, 1, 5, 6, 6, 2, 7, 7, 8, 9}),           // of a scheme in a place
		frame.NewNumeric("own", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),            // of each person
		frame.NewNumeric("same", []float64{3, 3, 3, 3, 3, 3, 3, 3, 3, 3}),
		frame.NewNumeric("never", []float64{nan, nan, nan, nan, nan, nan, nan, nan, nan, 4}))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var rows = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}

func compute(t *testing.T, c study.Context) (map[string]result.Value, []Gap) {
	values, gaps := Compute(small(), "places", c, places(t), rows)
	out := map[string]result.Value{}
	for _, v := range values {
		if _, twice := out[v.Key.ID()]; twice {
			t.Errorf("two values are %s", v.Key.ID())
		}
		out[v.Key.ID()] = v
	}
	return out, gaps
}

func check(t *testing.T, got map[string]result.Value, want map[string][2]float64) {
	t.Helper()
	for id, w := range want {
		if v, ok := got[id]; !ok || math.Abs(v.Value-w[0]) > 1e-12 || float64(v.N) != w[1] {
			t.Errorf("%s = %v of %d persons (%v), want %v of %v", id, v.Value, v.N, ok, w[0], w[1])
		}
	}
}

func TestUnitsCountOncePerScheme(t *testing.T) {
	got, gaps := compute(t, study.Context{By: []string{"place", "year"}, Variables: []string{"size", "money"}})
	if len(gaps) > 0 {
		t.Error(gaps)
	}
	check(t, got, map[string][2]float64{
		"units.places.new":                     {2, 3},
		"units.places.old":                     {4, 6},
		"units.places.all":                     {4, 9}, // the row without a place is in none
		"units.places.all.2019":                {2, 6},
		"units.places.new.2020":                {0, 0},
		"unit_persons_median.places.old":       {1.5, 6},
		"unit_persons_median.places.all":       {2.5, 9},
		"context_known.places.new.size":        {2, 3},
		"context_median.places.new.size":       {25, 3},
		"context_median.places.old.size":       {26, 6}, // 10 12 40 44
		"context_q1.places.old.size":           {11.5, 6},
		"context_median.places.all.size":       {26, 9},
		"context_person_mean.places.new.size":  {20, 3}, // of the unit, also of whom it is unknown
		"context_person_mean.places.all.size":  {(3*10 + 2*12 + 3*40 + 44) / 9.0, 9},
		"context_median.places.new.money":      {1.5, 3},
		"context_median.places.old.money":      {6.5, 6},
		"context_person_mean.places.all.money": {43.0 / 9, 9},
		"context_rank.places.new.size":         {0.5, 3}, // two of four are below 25
		"context_rank.places.new.money":        {0, 3},
	})
	if _, ok := got["context_median.places.all.money"]; ok {
		t.Error("what differs between the schemes of a unit has no median over all")
	}
}

// TestSizesOfFewUnitsFallWithTheSmaller: of four units of 1, 2, 3 and 3 persons the
// quantiles would tell the sizes.
func TestSizesOfFewUnitsFallWithTheSmaller(t *testing.T) {
	got, _ := compute(t, study.Context{By: []string{"place", "year"}})
	for id, want := range map[string]int{"unit_persons_q1.places.all": 1, "unit_persons_median.places.all": 2, "unit_persons_q3.places.all": 3, "unit_persons_q1.places.new": 1} {
		if v := got[id]; v.Part != want {
			t.Errorf("%s tells of a unit of %d, not %d", id, v.Part, want)
		}
	}
}

func TestSmallUnitsAreLeftOut(t *testing.T) {
	got, _ := compute(t, study.Context{By: []string{"place", "year"}, MinPersons: 3, Variables: []string{"size"}})
	check(t, got, map[string][2]float64{
		"units.places.all": {2, 6}, "units.places.old": {2, 3}, "units.places.all.2020": {0, 0}, "context_median.places.old.size": {25, 3},
	})
}

// Without a year among the columns nothing is counted by year.
func TestUnitsWithoutYears(t *testing.T) {
	got, gaps := compute(t, study.Context{By: []string{"place"}, Variables: []string{"size"}})
	check(t, got, map[string][2]float64{"units.places.all": {2, 9}})
	if _, ok := got["units.places.all.2019"]; ok || len(gaps) != 1 || !strings.Contains(gaps[0].Err.Error(), "size is not the same") {
		t.Errorf("%v", gaps)
	}
}

func TestWhatHasNoAnswerIsAGap(t *testing.T) {
	c := study.Context{By: []string{"place", "year"}, Variables: []string{"own", "never", "same"},
		Correlations: [][]string{{"size", "same"}, {"own", "size"}, {"money", "size"}}}
	got, gaps := compute(t, c)
	var told []string
	for _, g := range gaps {
		told = append(told, strings.Join(g.Path, ".")+": "+g.Err.Error())
	}
	for i, want := range []string{
		"variables.0: own is not the same for everyone in a unit",
		"variables.1: never is unknown in every unit",
		"correlations.0: size and same have no correlation: one of them is the same in all units",
		"correlations.2: money and size have no correlation: money differs between the schemes",
	} {
		if i >= len(told) || !strings.HasPrefix(told[i], want) {
			t.Errorf("gap %d of %q, want %q", i, told, want)
		}
	}
	if len(gaps) != 4 {
		t.Errorf("%d gaps: %q", len(gaps), told)
	}
	check(t, got, map[string][2]float64{"context_median.places.all.same": {3, 9}})
}

func TestCorrelation(t *testing.T) {
	got, gaps := compute(t, study.Context{By: []string{"place", "year"}, Correlations: [][]string{{"size", "year"}}})
	v := got["context_correlation.places.size.year"]
	// cor.test(c(10,12,40,44), c(2019,2020,2019,2020)) in R 4.2.2
	if len(gaps) != 0 || math.Abs(v.Value-0.096274581570852003) > 1e-14 || math.Abs(v.Low+0.95299110677580179) > 1e-14 || math.Abs(v.High-0.96781173175279855) > 1e-14 || v.N != 9 {
		t.Errorf("%+v, %v", v, gaps)
	}
}

// The order of the rows changes nothing but, in the last bits, sums.
func TestOrderOfRows(t *testing.T) {
	c := study.Context{By: []string{"place", "year"}, Variables: []string{"size", "money"}, Correlations: [][]string{{"size", "year"}}}
	want, _ := Compute(small(), "places", c, places(t), rows)
	shuffled := slices.Clone(rows)
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	got, _ := Compute(small(), "places", c, places(t), shuffled)
	for i := range want {
		if got[i].Key != want[i].Key || !(math.Abs(got[i].Value-want[i].Value) <= 1e-12) && !math.IsNaN(want[i].Value) || got[i].N != want[i].N {
			t.Errorf("%+v, in another order %+v", want[i], got[i])
		}
	}
}

func TestNoUnitHasSoManyPersons(t *testing.T) {
	got, gaps := compute(t, study.Context{By: []string{"place", "year"}, MinPersons: 50, Variables: []string{"same"}, Correlations: [][]string{{"same", "size"}}})
	check(t, got, map[string][2]float64{"units.places.all": {0, 0}, "units.places.new": {0, 0}})
	var reason result.Reason
	if len(gaps) != 1 || !errors.As(gaps[0].Err, &reason) || reason.Code != result.NoUnits || !slices.Equal(gaps[0].Path, []string{"min_persons"}) || !strings.Contains(reason.Message, "50") {
		t.Errorf("%+v", gaps)
	}
}
