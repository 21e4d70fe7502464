package frame

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFactorOfSortsLevelsByByteAndKeepsMissing(t *testing.T) {
	c := FactorOf("g", []string{"b", "", "Æ", "a", "B", "b"})
	if diff := cmp.Diff([]string{"B", "a", "b", "Æ"}, c.Levels); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int32{2, -1, 3, 1, 0, 2}, c.Code); diff != "" {
		t.Error(diff)
	}
	if !c.Missing(1) || c.Missing(0) {
		t.Error("the empty text alone is missing")
	}
}

func TestRelevelPermutesCodesWithLevels(t *testing.T) {
	c := FactorOf("g", []string{"a", "b", "c", "", "b"})
	r, err := c.Relevel("b")
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Code {
		if c.Missing(i) != r.Missing(i) || !c.Missing(i) && c.Levels[c.Code[i]] != r.Levels[r.Code[i]] {
			t.Errorf("row %d changed its value", i)
		}
	}
	if r.Levels[0] != "b" {
		t.Errorf("reference is %q", r.Levels[0])
	}
	if _, err := c.Relevel("d"); err == nil {
		t.Error("an unknown level must be an error")
	}
	if _, err := NewNumeric("x", nil).Relevel("d"); err == nil {
		t.Error("a number has no reference level")
	}
}

func TestFrameChecksItsColumns(t *testing.T) {
	x := NewNumeric("x", []float64{1, math.NaN(), 3})
	if _, err := New(x, NewNumeric("y", []float64{1})); err == nil {
		t.Error("unequal lengths must be an error")
	}
	if _, err := New(x, x); err == nil {
		t.Error("a name twice must be an error")
	}
	f, err := New(x, FactorOf("g", []string{"a", "b", "a"}))
	if err != nil {
		t.Fatal(err)
	}
	sub := f.Rows(f.Where(func(i int) bool { return !x.Missing(i) }))
	got, _ := sub.Column("x")
	if diff := cmp.Diff([]float64{1, 3}, got.Number); diff != "" || sub.NumRows() != 2 {
		t.Error(diff)
	}
	with, err := f.With(NewLogical("x", []float64{1, 0, 1}), NewNumeric("z", []float64{0, 0, 0}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"x", "g", "z"}, with.Names()); diff != "" {
		t.Error(diff)
	}
}

// Groups come in the order of the rows; what is missing is in none, and a level
// that no row has is no group.
func TestGroupsOfAColumn(t *testing.T) {
	for _, c := range []*Column{
		NewFactor("f", []string{"unused", "b", "a"}, []int32{2, -1, 1, 2}),
		NewNumeric("x", []float64{7, math.NaN(), -1, 7}),
	} {
		if of, n := c.Groups(); n != 2 || !slices.Equal(of, []int32{0, -1, 1, 0}) {
			t.Errorf("%s: %v, %d groups", c.Name, of, n)
		}
	}
}
