package result

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Debts count as earnings do, what is unknown does not count, and what one owner has in
// several rows is one contribution.
func TestContributions(t *testing.T) {
	x := []float64{3, -8, math.NaN(), 1, 4, math.Inf(1)}
	got := Contributions("v", x, nil)
	if want := (Amount{Of: "v", N: 4, By: 4, Total: 16, Largest: []float64{8, 4, 3, 1}}); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	got = Contributions("v", x, []int{0, 1, 1, 0, 1, 1})
	if want := (Amount{Of: "v", Owned: true, N: 4, By: 2, Total: 16, Largest: []float64{12, 4}}); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	many := make([]float64, 100)
	for i := range many {
		many[i] = float64(i * 37 % 100)
	}
	if got = Contributions("v", many, nil); len(got.Largest) != MaxLargest || got.Largest[MaxLargest-1] != 90 || got.By != 100 {
		t.Errorf("%+v", got)
	}
}

// The median 4 of one is told as the mean of three; one owner counts once, by its nearest
// amount; a median that many have stays.
func TestQuantilesAreNoOnesOwn(t *testing.T) {
	x := []float64{1, 2, 4, 7, 30, math.NaN()}
	for _, c := range []struct {
		name   string
		x      []float64
		owners []int
		n      int
		want   float64 // NaN: nothing
	}{
		{"three", x, nil, 3, (4 + 2 + 1) / 3.0},
		{"all", x, nil, 5, 44 / 5.0},
		{"too few", x, nil, 6, math.NaN()},
		{"owners", x, []int{0, 1, 1, 2, 3, 4}, 3, (4 + 1 + 7) / 3.0},
		{"too few owners", x, []int{0, 1, 1, 0, 1, 2}, 3, math.NaN()},
		{"shared by many", []float64{1, 4, 4, 4, 9}, nil, 3, 4},
	} {
		told, of := Near("v", 4, c.x, c.owners, c.n)
		switch {
		case math.IsNaN(c.want):
			if told != nil {
				t.Errorf("%s: %g is told", c.name, *told)
			}
		case told == nil || math.Abs(*told-c.want) > 1e-12:
			t.Errorf("%s: %v, want %g", c.name, told, c.want)
		case of.By != c.n || !of.Apart || math.Abs(of.Total-c.want*float64(c.n)) > 1e-12:
			t.Errorf("%s: %+v", c.name, of)
		}
	}
}

// The mean of those of whom an amount is known, and a standard deviation's, are of one
// group; a weighted sum is of its own.
func TestWhoseAmounts(t *testing.T) {
	f := &Facts{Outcome: "y", Reference: "r"}
	mean := Key{Quantity: "mean", Sample: "complete", Scheme: "s", Variable: "v"}
	sd := mean
	sd.Quantity = "sd"
	a := Contributions("v", []float64{1, 2}, nil)
	group := func(v Value) Group { return f.Amounts(v)[0].Group }
	if got := group(Value{Key: mean, Amounts: []Amount{a}}); got != "complete: scheme=s" {
		t.Errorf("mean: %s", got)
	}
	if got := group(Value{Key: sd, Amounts: []Amount{a.Told(mean)}}); got != "complete: scheme=s" {
		t.Errorf("sd: %s", got)
	}
	a.Apart = true
	if got := group(Value{Key: mean, Amounts: []Amount{a}}); got != "sum mean.complete.s.v" {
		t.Errorf("weighted: %s", got)
	}
}
