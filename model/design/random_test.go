package design

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bidrag/data/frame"
	"bidrag/model/formula"
)

// schools is a small made-up data set: class 1 and 2 mean different classes in
// different schools, kind is a number that groups, x is missing in the only
// row of school e.
func schools(t testing.TB) *frame.Frame {
	t.Helper()
	f, err := frame.New(
		frame.NewNumeric("y", []float64{1, 2, 3, 4, 5, 6, 7, 8}),
		frame.NewNumeric("x", []float64{0.5, -1, 2, 0, 1.5, 3, 1, math.NaN()}),
		frame.FactorOf("school", []string{"b", "a", "b", "a", "å", "b", "a", "e"}),
		frame.NewNumeric("class", []float64{2, 1, 10, 2, 1, 2, 2, 1}),
		frame.FactorOf("sex", []string{"M", "F", "F", "M", "M", "F", "F", "M"}),
		frame.NewLogical("late", []float64{1, 0, 1, 1, 0, 0, 0, 1}),
		frame.FactorOf("one", []string{"s", "s", "s", "s", "s", "s", "s", "s"}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRandomTermsByHand(t *testing.T) {
	type term struct {
		Name            string
		Columns, Levels []string
		Group           []int32
		Z               []float64
	}
	one := []string{"(Intercept)"}
	classes := term{"class:school", one, []string{"1:a", "1:å", "2:a", "2:b", "10:b"}, []int32{3, 0, 4, 2, 1, 3, 2}, nil}
	bySchool := []int32{1, 0, 1, 0, 2, 1, 0}
	x := []float64{0.5, -1, 2, 0, 1.5, 3, 1}
	ones := []float64{1, 1, 1, 1, 1, 1, 1}
	for _, c := range []struct {
		formula string
		want    []term
	}{
		{"y ~ x + (1 | school/class)", []term{classes, {"school", one, []string{"a", "b", "å"}, bySchool, nil}}},
		{"y ~ x + (1 | class:school)", []term{classes}},
		{"y ~ x + (1 | school:class)", []term{{"school:class", one, []string{"a:1", "a:2", "b:2", "b:10", "å:1"}, []int32{2, 0, 3, 1, 4, 2, 1}, nil}}},
		{"y ~ x + (1 | late)", []term{{"late", one, []string{"FALSE", "TRUE"}, []int32{1, 0, 1, 1, 0, 0, 0}, nil}}},
		{"y ~ x + (1 | factor(class))", []term{{"factor(class)", one, []string{"1", "2", "10"}, []int32{1, 0, 2, 1, 0, 1, 1}, nil}}},
		{"y ~ 1 + (x | school)", []term{{"school", []string{"(Intercept)", "x"}, []string{"a", "b", "å"}, bySchool, append(append([]float64{}, ones...), x...)}}},
		{"y ~ (x || school)", []term{
			{"school", one, []string{"a", "b", "å"}, bySchool, nil},
			{"school", []string{"x"}, []string{"a", "b", "å"}, bySchool, x}}},
		{"y ~ x + (0 + sex | school)", []term{{"school", []string{"sexF", "sexM"}, []string{"a", "b", "å"}, bySchool,
			[]float64{0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0}}}},
		{"y ~ x + (sex | late)", []term{{"late", []string{"(Intercept)", "sexM"}, []string{"FALSE", "TRUE"}, []int32{1, 0, 1, 1, 0, 0, 0},
			append(append([]float64{}, ones...), 1, 0, 0, 1, 1, 0, 0)}}},
	} {
		d := mustNew(t, c.formula, schools(t))
		var got []term
		for _, r := range d.Random {
			got = append(got, term{r.Name, r.Columns, r.Levels, r.Group, r.Z})
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.formula, diff)
		}
		if d.N != 7 || d.Dropped != 1 {
			t.Errorf("%s: %d rows, %d dropped", c.formula, d.N, d.Dropped)
		}
	}
}

// TestGroupsDoNotDependOnTheOrderOfRows: whatever the order, a row has the
// same group by number and name.
func TestGroupsDoNotDependOnTheOrderOfRows(t *testing.T) {
	data := schools(t)
	const text = "y ~ x + (1 | school/class) + (1 | late:sex)"
	plain := mustNew(t, text, data)
	random := rand.New(rand.NewPCG(2, 9))
	for range 20 {
		order := random.Perm(7)
		d := mustNew(t, text, data.Rows(order))
		for k, r := range d.Random {
			if diff := cmp.Diff(plain.Random[k].Levels, r.Levels); diff != "" {
				t.Fatalf("%s: %s", r.Name, diff)
			}
			for i, from := range order {
				if r.Group[i] != plain.Random[k].Group[from] {
					t.Fatalf("%s: row %d has group %d and had %d", r.Name, from, r.Group[i], plain.Random[k].Group[from])
				}
			}
		}
	}
}

// TestGroupsOfAnotherFrame: groups are found by the text of their levels,
// whatever other levels there are and whether a code was read as number or text.
func TestGroupsOfAnotherFrame(t *testing.T) {
	d := mustNew(t, "y ~ x + (x | school/class) + (1 | late)", schools(t))
	other, err := frame.New(
		frame.NewNumeric("x", []float64{3, 4, math.NaN(), 5, 6}),
		frame.FactorOf("school", []string{"å", "b", "a", "zzz", ""}),
		frame.FactorOf("class", []string{"1", "1", "2", "2", "x"}),
		frame.NewLogical("late", []float64{0, math.NaN(), 1, 1, 0}),
	)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]int32{
		{1, UnknownGroup, 2, UnknownGroup, MissingGroup}, // class:school; class 1 of school b is not in the fit
		{2, 1, 0, UnknownGroup, MissingGroup},
		{0, MissingGroup, 1, 1, 0},
	}
	for k, r := range d.Coding.Random {
		z, group, err := r.Rows(other)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[k], group); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.Name, diff)
		}
		if k == 2 != (z == nil) {
			t.Errorf("%s: random-effects matrix %v", r.Name, z)
		}
		if k < 2 && (z[0] != 1 || z[5] != 3 || !math.IsNaN(z[7])) {
			t.Errorf("%s: random-effects matrix %v", r.Name, z)
		}
	}
}

// TestTheRowsOfTheFitComeBack: coded anew, the rows of the fit get its groups
// and columns.
func TestTheRowsOfTheFitComeBack(t *testing.T) {
	data := readData(t)
	for _, text := range []string{"y ~ x + (poly(x, 2) | f)", "y ~ x + (scale(z) | g:f) + (1 | k)", "y ~ (g || f/l)"} {
		d := mustNew(t, text, data)
		part := data
		if d.Rows != nil {
			part = data.Rows(d.Rows)
		}
		for _, r := range d.Random {
			z, group, err := r.Rows(part)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r.Group, group) + cmp.Diff(r.Z, z, rounding); diff != "" {
				t.Errorf("%s, %s: %s", text, r.Name, diff)
			}
		}
	}
}

func TestLostGroupsAreTold(t *testing.T) {
	d := mustNew(t, "y ~ x + (1 | school/class)", schools(t))
	want := []Unused{{Variable: "school", Levels: []string{"e"}, Grouping: true}}
	if diff := cmp.Diff(want, d.Unused); diff != "" {
		t.Error(diff)
	}
}

func TestRandomTermsThatCannotBe(t *testing.T) {
	data := schools(t)
	for _, c := range []struct {
		formula string
		column  int
		says    string
	}{
		{"y ~ x + (1 | scool)", 14, `there is no column "scool"; did you mean "school"?`},
		{"y ~ x + (1 | school/clas)", 21, `there is no column "clas"; did you mean "class"?`},
		{"y ~ x + (z | school)", 10, `there is no column "z"`},
		{"y ~ x + (1 | one)", 9, `(1 | one): one has the single value "s" in the rows of the fit`},
		{"y ~ x + (1 | y)", 14, "y is the response and cannot form groups"},
		{"y ~ x + (y | school)", 10, "y is the response and cannot explain itself"},
		{"y ~ (1 | school) + (x | school)", 20, "(Intercept) varies between the groups of school in two random terms"},
		{"y ~ (school:factor(class) | late)", 5, "lets 13 coefficients vary, which have 91 variances and correlations: more than there are rows (8)"},
		{"y ~ x + (log(school) | late)", 14, "school is text, and this needs numbers"},
		{"y ~ (1 | factor(log(x)))", 10, "factor(log(x)) is undefined in 1 row"},
	} {
		_, err := New(mustParse(t, c.formula), data, Columns{})
		var at *formula.Error
		if !errors.As(err, &at) || at.Column != c.column || !says(at.Message, c.says) {
			t.Errorf("%s: error %v; want column %d and %q", c.formula, err, c.column, c.says)
		}
	}
}

// TestGroupsOfWeightlessRowsAreNone: a row of weight 0 is in no group, and is
// not counted as dropped.
func TestGroupsOfWeightlessRowsAreNone(t *testing.T) {
	data := schools(t)
	w := frame.NewNumeric("w", []float64{1, 2, 1, 1, 0, 0, 1, 1})
	data, err := data.With(w)
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(mustParse(t, "y ~ x + (1 | school)"), data, Columns{Weights: w})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, d.Random[0].Levels); diff != "" || d.N != 5 || d.Dropped != 1 || len(d.Weights) != 5 {
		t.Errorf("%d rows, %d dropped, weights %v, groups %v", d.N, d.Dropped, d.Weights, d.Random[0].Levels)
	}
}
