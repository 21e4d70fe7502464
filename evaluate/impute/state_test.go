package impute

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// However variables are filled, X'X is that of the present values.
func TestTheSumOfProductsFollows(t *testing.T) {
	p := five(t)
	c := must(p.Data.Column("c"))
	few := slices.Clone(c.Code)
	full := mustFill(t, p, Options{Imputations: 1, Iterations: 1, Seed: 1}).Columns[0][2].Code
	for i := range few {
		if i%50 != 0 { // a category that few lack
			few[i] = full[i]
		}
	}
	rare := *c
	rare.Code = few
	p.Data, _ = p.Data.With(&rare)
	f := &filling{problem: p, out: &Filled{}}
	if err := f.prepare(); err != nil {
		t.Fatal(err)
	}
	s := newState(f.design)
	s.begin(1, 1)
	models := make([]model, len(s.variables))
	for k := range models {
		models[k], _ = s.newModel(k, 1)
	}
	told := 0
	for range 3 {
		for k := range models {
			if err := models[k].fill(s); err != nil {
				t.Fatal(err)
			}
			s.settle(k)
			if s.told[k] != nil {
				told++
			}
		}
		s.refresh()
		q := len(s.columns)
		for i := range q {
			for j := range q {
				if want := dot(s.column(i), s.column(j)); math.Abs(s.gram[i*q+j]-want) > 1e-8*float64(s.n) {
					t.Fatalf("product %d, %d is %g, not %g", i, j, s.gram[i*q+j], want)
				}
			}
		}
		for k, v := range s.variables {
			cols := s.predictors(k)
			got := s.observed(v, cols)
			want := make([]float64, len(got))
			s.addRows(want, cols, s.having(v))
			for i := range want {
				if math.Abs(got[i]-want[i]) > 1e-8*float64(s.n) {
					t.Fatalf("%s: product %d is %g, not %g", v.Name, i, got[i], want[i])
				}
			}
		}
	}
	if told == 0 {
		t.Error("no variable has been told of alone")
	}
}

// A pool in parts gives the persons that a search through all of it finds.
func TestNearest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 3, 40, 5000} {
		expected, persons := make([]float64, n), make([]int32, n)
		for i := range expected {
			expected[i], persons[i] = r.NormFloat64(), int32(i)
			if i%3 == 0 {
				expected[i] = math.Round(expected[i]) // many alike
			}
		}
		p := newPool(persons, expected, r)
		for range 200 {
			target := 2 * r.NormFloat64()
			odd := func(person int32) bool { return person%2 == 0 }
			got := p.nearest(nil, target, donors, odd)
			var want []float64
			for i, x := range expected {
				if odd(int32(i)) {
					want = append(want, math.Abs(x-target))
				}
			}
			slices.Sort(want)
			want = want[:min(donors, len(want))]
			for k, i := range got {
				if k >= len(want) || math.Abs(expected[i]-target) != want[k] || !odd(i) {
					t.Fatalf("of %d persons %v are nearest to %g", n, got, target)
				}
			}
			if len(got) != len(want) {
				t.Fatalf("%d persons, not %d", len(got), len(want))
			}
		}
	}
}

// Of persons of whom the same is expected, all have a chance to give.
func TestEqualsTakeTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	persons := make([]int32, 30)
	for i := range persons {
		persons[i] = int32(i)
	}
	seen := map[int32]int{}
	for range 300 {
		for _, i := range newPool(persons, make([]float64, 30), r).nearest(nil, 0, donors, func(int32) bool { return true }) {
			seen[i]++
		}
	}
	for i := range persons {
		if n := seen[int32(i)]; n < 20 || n > 90 { // 50 on average
			t.Errorf("person %d gave %d times of 300", i, n)
		}
	}
}
