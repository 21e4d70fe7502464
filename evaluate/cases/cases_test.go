package cases

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bidrag/evaluate/contribution"
)

// town is a place whose deciding project is in a quadrant, clearly or not.
func town(code string, quadrant int, clear bool, reliability float64, numbers ...float64) Place {
	p := Project{Scheme: "old", Persons: 40, Quadrant: quadrant, Low: -0.1, High: 0.1, Reliability: reliability, Attainment: High}
	if clear && quadrant <= 2 {
		p.Low = 0.05
	} else if clear {
		p.High = -0.05
	}
	return Place{Code: code, Deciding: p, Others: []Project{{Scheme: "new", Persons: 20, Attainment: Low}}, Numbers: numbers}
}

func choose(t *testing.T, set Settings, places []Place) Choice {
	t.Helper()
	c, err := Choose(context.Background(), set, places)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func codes(places []Place, c Choice) []string {
	var out []string
	for _, i := range c.Chosen {
		out = append(out, places[i].Code)
	}
	return out
}

var twoOfEach = []Wanted{{contribution.AboveAbove, 2}, {contribution.BelowBelow, 2}}

// TestTheLeastAlikeAreMostAlike holds the search against every set there is, on
// random places.
func TestTheLeastAlikeAreMostAlike(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		var places []Place
		for i := range 16 {
			quadrant := []int{contribution.AboveAbove, contribution.BelowBelow}[i%2]
			places = append(places, town(fmt.Sprintf("%02d", i), quadrant, true, 0.9, draw.NormFloat64(), 10*draw.NormFloat64()))
		}
		c := choose(t, Settings{Wanted: twoOfEach, Alike: []string{"x", "y"}, Reliability: 0.7}, places)
		at := make([]int, len(places))
		for i := range at {
			at[i] = i
		}
		s := newSpace(places, at, 2)
		largest := func(set ...int) float64 {
			d := 0.0
			for _, a := range set {
				for _, b := range set {
					d = max(d, s.distance(a, b))
				}
			}
			return d
		}
		best := math.Inf(1)
		for a := 0; a < 16; a += 2 {
			for b := a + 2; b < 16; b += 2 {
				for x := 1; x < 16; x += 2 {
					for y := x + 2; y < 16; y += 2 {
						best = min(best, largest(a, b, x, y))
					}
				}
			}
		}
		if !c.Exact || c.Distance != best || largest(c.Chosen...) != best {
			t.Errorf("chose %v with distance %v, the best is %v", codes(places, c), c.Distance, best)
		}
	}
}

// TestStricterRulesFirst: those that can be told from chance are taken although
// others are more alike, when there is a choice of them; and what was lacking is told.
func TestStricterRulesFirst(t *testing.T) {
	places := []Place{
		town("a", contribution.AboveAbove, false, 0.9, 1), town("b", contribution.AboveAbove, true, 0.5, 8),
		town("c", contribution.AboveAbove, true, 0.9, 9), town("d", contribution.AboveAbove, true, 0.9, 12),
		town("e", contribution.BelowBelow, true, 0.9, 1), town("f", contribution.BelowBelow, false, 0.9, 2),
	}
	wanted := []Wanted{{contribution.AboveAbove, 1}, {contribution.BelowBelow, 1}}
	set := Settings{Wanted: wanted, Alike: []string{"x"}, Reliability: 0.7}
	got := choose(t, set, places)
	if want := []string{"c", "f"}; !slices.Equal(codes(places, got), want) {
		t.Errorf("chose %v, want %v", codes(places, got), want)
	}
	if q := got.Quadrants; q[0].Rule != Reliable || q[1].Rule != Any || q[0].Candidates != 4 || q[0].Clear != 3 || q[0].Reliable != 2 || q[1].Clear != 1 {
		t.Errorf("%+v", q)
	}
	places[3].Deciding.Modelled = true // and by the multilevel model it is as expected
	got = choose(t, set, places)
	if q := got.Quadrants[0]; q.Clear != 2 || q.Rule != Clear || codes(places, got)[0] != "b" {
		t.Errorf("one interval that holds zero is enough not to be clear: %+v", q)
	}
}

// TestTooFewCandidates: as many as there are, without places of unknown numbers.
func TestTooFewCandidates(t *testing.T) {
	places := []Place{town("a", contribution.AboveAbove, true, 0.9, 1), town("b", contribution.AboveAbove, true, 0.9, math.NaN())}
	c := choose(t, Settings{Wanted: twoOfEach, Alike: []string{"x"}}, places)
	if !slices.Equal(codes(places, c), []string{"a"}) || c.Quadrants[0].Chosen != 1 || c.Quadrants[1].Chosen != 0 || c.Considered != 1 {
		t.Errorf("%+v", c)
	}
	if !math.IsNaN(c.Distance) {
		t.Errorf("one place is %v from itself", c.Distance)
	}
	if c := choose(t, Settings{Wanted: twoOfEach}, nil); len(c.Chosen) != 0 {
		t.Errorf("%+v", c)
	}
}

// TestOrderDoesNotMatter: the same places in another order, and equal places.
func TestOrderDoesNotMatter(t *testing.T) {
	var places []Place
	for i := range 12 {
		places = append(places, town(fmt.Sprint(i), 1+2*(i%2), true, 0.9, float64(i/4), 3))
	}
	set := Settings{Wanted: twoOfEach, Alike: []string{"x", "same everywhere"}}
	first := codes(places, choose(t, set, places))
	slices.Reverse(places)
	if again := codes(places, choose(t, set, places)); !slices.Equal(first, again) {
		t.Errorf("%v, and in another order %v", first, again)
	}
}

func TestAnEndedContextEndsTheSearch(t *testing.T) {
	var places []Place
	draw := rand.New(rand.NewPCG(3, 4))
	for i := range 400 {
		places = append(places, town(fmt.Sprint(i), 1+2*(i%2), true, 0.9, draw.Float64(), draw.Float64(), draw.Float64(), draw.Float64()))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	wanted := []Wanted{{contribution.AboveAbove, 6}, {contribution.BelowBelow, 6}}
	if _, err := Choose(ctx, Settings{Wanted: wanted, Alike: []string{"a", "b", "c", "d"}}, places); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// TestADescriptionFitsACrowd: what is told of a case fits at least so many places,
// and a wish for more makes it tell less.
func TestADescriptionFitsACrowd(t *testing.T) {
	draw := rand.New(rand.NewPCG(5, 6))
	var places []Place
	for i := range 60 {
		p := town(fmt.Sprintf("%02d", i), 1+2*(i%2), i%3 > 0, 0.9, math.Exp(8+2*draw.NormFloat64()), 10+5*draw.Float64())
		p.Others[0].Attainment = []int{High, NearHigh, NearLow, Low}[draw.IntN(4)]
		places = append(places, p)
	}
	told := -1
	for _, crowd := range []int{1, 3, 5, 10, 20, 30, 61} {
		c := choose(t, Settings{Wanted: twoOfEach, Alike: []string{"population", "share"}, Reliability: 0.7, Crowd: crowd}, places)
		if c.Fits < crowd && (c.Detail != Rules || !math.IsNaN(c.Bands[0][0])) {
			t.Errorf("crowd %d: detail %d with bands %v fits only %d places", crowd, c.Detail, c.Bands, c.Fits)
		}
		for _, i := range c.Chosen {
			for m, band := range c.Bands {
				if x := places[i].Numbers[m]; x < band[0] || x > band[1] {
					t.Errorf("crowd %d: %v is not within %v", crowd, x, band)
				}
			}
		}
		if crowd == 61 {
			told = int(c.Detail)
		}
	}
	if told != int(Rules) {
		t.Errorf("detail %d when nothing fits 61 of 60 places", told)
	}
}

func TestRoundNumbers(t *testing.T) {
	for _, c := range []struct {
		x    float64
		step int
		want float64
	}{{1, 0, 1}, {1.01, 0, 2}, {4300, 0, 5000}, {4300, 1, 10000}, {5000, 0, 5000}, {0.03, 0, 0.05}, {0, 3, 0}, {-3, 0, -2}, {-3, 1, -1}, {-0.2, 1, -0.1}, {99, 0, 100}} {
		if got := roundUp(c.x, c.step); math.Abs(got-c.want) > 1e-12*math.Abs(c.want) {
			t.Errorf("roundUp(%v, %d) = %v, want %v", c.x, c.step, got, c.want)
		}
	}
}

// TestOnlyClassesAreTold: no value holds a place's own number of persons or a
// code, and labels are invented.
func TestOnlyClassesAreTold(t *testing.T) {
	var places []Place
	for i := range 20 {
		places = append(places, town(fmt.Sprintf("0%d", 300+i), 1+2*(i%2), true, 0.9, 5137+float64(i)))
	}
	set := Settings{Wanted: twoOfEach, Alike: []string{"population"}, Reliability: 0.7, Crowd: 5}
	c := choose(t, set, places)
	labels := map[string]int{}
	for _, v := range Values(set, places, c, func(n int) int { return n / 10 * 10 }) {
		if v.Key.Project != "" || v.N%10 != 0 || v.Value != math.Round(v.Value*10)/10 && !math.IsNaN(v.Value) {
			t.Errorf("%+v", v)
		}
		if v.Key.Quantity == "case_quadrant" {
			labels[v.Key.Level] = int(v.Value)
		}
		if v.Key.Quantity == "case_number" && (v.Low != 5000 || v.High != 10000) {
			t.Errorf("population between %v and %v", v.Low, v.High)
		}
	}
	if len(labels) != 4 || labels["1"] != 1 || labels["2"] != 1 || labels["3"] != 3 || labels["4"] != 3 {
		t.Errorf("labels %v", labels)
	}
}
