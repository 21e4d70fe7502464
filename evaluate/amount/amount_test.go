package amount

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// money is a study with an amount of persons, one of municipalities, and a number that is none.
func money(t *testing.T) (*study.Study, *frame.Frame) {
	s := &study.Study{Disclosure: study.Disclosure{Threshold: 3}, Codebook: &study.Codebook{Variables: study.Map[study.Variable]{
		{Key: "earnings", Value: study.Variable{Type: study.NumberType, Amount: study.Person}},
		{Key: "wages", Value: study.Variable{Type: study.NumberType, Amount: "municipality"}},
		{Key: "age", Value: study.Variable{Type: study.Integer}},
	}}}
	data, err := frame.New(
		frame.NewNumeric("earnings", []float64{1, 2, 3, math.NaN(), 50}),
		frame.NewNumeric("wages", []float64{10, 10, 20, 20, 30}),
		frame.NewNumeric("age", []float64{20, 30, 40, 50, 60}),
		frame.NewFactor("municipality", []string{"a", "b"}, []int32{0, 0, 1, 1, -1}))
	if err != nil {
		t.Fatal(err)
	}
	return s, data
}

func TestWhoseAmountsAre(t *testing.T) {
	s, data := money(t)
	all := []int{0, 1, 2, 3, 4}
	for _, c := range []struct {
		variable string
		rows     []int
		want     []result.Amount
	}{
		{"age", all, nil},
		{"municipality", all, nil},
		{"nothing", all, nil},
		{"earnings", all, []result.Amount{{Of: "earnings", N: 4, By: 4, Total: 56, Largest: []float64{50, 3, 2, 1}}}},
		{"wages", all, []result.Amount{{Of: "wages", Owned: true, N: 5, By: 3, Total: 90, Largest: []float64{40, 30, 20}}}},
		{"wages", []int{1, 2}, []result.Amount{{Of: "wages", Owned: true, N: 2, By: 2, Total: 30, Largest: []float64{20, 10}}}},
	} {
		if got := Of(s, data, c.variable).Sum(c.rows); !cmp.Equal(got, c.want) {
			t.Errorf("%s of %v:\n%s", c.variable, c.rows, cmp.Diff(c.want, got))
		}
	}
	if Of(&study.Study{}, data, "wages") != nil {
		t.Error("a study without codebook has an amount")
	}
}

// A standard deviation tells the sum, as the mean does, and that of squares.
func TestSpread(t *testing.T) {
	s, data := money(t)
	mean := result.Key{Quantity: "mean"}
	got := Of(s, data, "earnings").Spread(mean, []int{0, 1, 2})
	want := []result.Amount{
		{Of: "earnings", Key: mean, N: 3, By: 3, Total: 6, Largest: []float64{3, 2, 1}},
		{Of: "earnings", Squares: true, Key: mean, N: 3, By: 3, Total: 14, Largest: []float64{9, 4, 1}},
	}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

// Of a number that is no amount nothing changes; of one, the three nearest owners speak.
func TestNear(t *testing.T) {
	s, data := money(t)
	quantile := func(variable string, x float64) result.Value {
		return Of(s, data, variable).Near(result.Estimate(result.Key{}, result.Number, x, 5), []int{0, 1, 2, 3, 4})
	}
	if v := quantile("age", 40); v.Told != nil || v.Amounts != nil {
		t.Errorf("%+v", v)
	}
	if v := quantile("earnings", 2.5); v.Told == nil || *v.Told != 2 || v.Amounts[0].By != 3 {
		t.Errorf("%+v", v)
	}
	if v := quantile("wages", 20); v.Told == nil || *v.Told != 20 { // 20, 10 and 30
		t.Errorf("%+v", v)
	}
}
