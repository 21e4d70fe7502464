package design

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bidrag/data/frame"
	"bidrag/data/source"
	"bidrag/model/formula"
)

// goldenCase is a model matrix that R made; see testdata/design.R.
type goldenCase struct {
	Formula string
	Names   []string
	Rows    []int
	X, Y    []float64
}

func readData(t testing.TB) *frame.Frame {
	t.Helper()
	f, err := source.ReadFrame(context.Background(), "testdata/data.csv")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func readGolden(t testing.TB) []goldenCase {
	t.Helper()
	text, err := os.ReadFile("testdata/design.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct{ Cases []goldenCase }
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g.Cases
}

func mustParse(t testing.TB, text string) *formula.Formula {
	t.Helper()
	f, err := formula.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return f
}

func mustNew(t testing.TB, text string, data *frame.Frame) *Design {
	t.Helper()
	d, err := New(mustParse(t, text), data, Columns{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

var rounding = cmpopts.EquateApprox(1e-12, 1e-13)

func TestModelMatricesAreThoseOfR(t *testing.T) {
	data := readData(t)
	for _, want := range readGolden(t) {
		t.Run(want.Formula, func(t *testing.T) {
			d := mustNew(t, want.Formula, data)
			if diff := cmp.Diff(want.Names, d.Coding.Names()); diff != "" {
				t.Fatalf("names (-R +ours):\n%s", diff)
			}
			rows := d.Rows
			if rows == nil {
				rows = data.Where(func(int) bool { return true })
			}
			if diff := cmp.Diff(want.Rows, rows); diff != "" {
				t.Errorf("rows (-R +ours):\n%s", diff)
			}
			if diff := cmp.Diff(want.X, d.X, rounding); diff != "" {
				t.Errorf("values (-R +ours):\n%s", diff)
			}
			if diff := cmp.Diff(want.Y, d.Response.Y, rounding); diff != "" {
				t.Errorf("response (-R +ours):\n%s", diff)
			}
		})
	}
}

// TestAnotherFrameGetsTheSameColumns: rows by themselves, in another order and
// with other levels around, get the values they had in the fit.
func TestAnotherFrameGetsTheSameColumns(t *testing.T) {
	data := readData(t)
	for _, c := range readGolden(t) {
		d := mustNew(t, c.Formula, data)
		n := d.N
		some := []int{n - 1, 3, 3, 0}
		rows := make([]int, len(some))
		for k, i := range some {
			rows[k] = c.Rows[i]
		}
		part := data.Rows(rows)
		f, _ := part.Column("f")
		values := make([]string, f.Len())
		for i, code := range f.Code {
			values[i] = f.Levels[code]
		}
		part, err := part.With(frame.FactorOf("f", values)) // its own levels, fewer than in the fit
		if err != nil {
			t.Fatal(err)
		}
		x, err := d.Coding.Matrix(part)
		if err != nil {
			t.Errorf("%s: %v", c.Formula, err)
			continue
		}
		for j, name := range c.Names {
			for k, i := range some {
				if got, want := x[j*len(some)+k], d.X[j*n+i]; math.Abs(got-want) > 1e-13*max(1, math.Abs(want)) {
					t.Errorf("%s: %s is %g in another frame and was %g", c.Formula, name, got, want)
				}
			}
		}
	}
}

func TestDroppedRowsAreCountedByColumn(t *testing.T) {
	data := readData(t)
	weights := frame.NewNumeric("w", make([]float64, data.NumRows()))
	weights.Number[4], weights.Number[9] = math.NaN(), math.NaN()
	data, err := data.With(weights)
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(mustParse(t, "y ~ x + log(x) + f + z"), data, Columns{Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"x": 1, "f": 1, "w": 2}, d.DroppedBy); diff != "" || d.Dropped != 3 || d.N != 21 || len(d.Weights) != 21 {
		t.Errorf("dropped %d, %d left, %d weights:\n%s", d.Dropped, d.N, len(d.Weights), diff)
	}
}

func TestUnusedLevelsAreTold(t *testing.T) {
	d := mustNew(t, "y ~ x + h", readData(t))
	want := []Unused{{Variable: "h", Levels: []string{"only where x is missing"}}}
	if diff := cmp.Diff(want, d.Unused); diff != "" {
		t.Error(diff)
	}
}

func TestResponses(t *testing.T) {
	data := readData(t)
	if r := mustNew(t, "g ~ x", data).Response; r.Kind != frame.Factor || r.Y[0] != 0 || r.Y[len(r.Y)-1] != 1 || len(r.Levels) != 2 {
		t.Errorf("factor: %+v", r)
	}
	if r := mustNew(t, "cbind(k, z + 1) ~ x", data).Response; r.Y[0]+r.Failures[0] == 0 || r.Label != "cbind(k, z + 1)" {
		t.Errorf("cbind: %+v", r)
	}
	if r := mustNew(t, "l ~ x", data).Response; r.Kind != frame.Logical {
		t.Errorf("logical: %+v", r)
	}
}

func TestOffsetsAddUp(t *testing.T) {
	data := readData(t)
	z, _ := data.Column("z")
	d, err := New(mustParse(t, "y ~ 1 + offset(log(z)) + offset(k)"), data, Columns{Offset: z})
	if err != nil {
		t.Fatal(err)
	}
	k, _ := data.Column("k")
	want := make([]float64, data.NumRows())
	for i := range want {
		want[i] = math.Log(z.Number[i]) + k.Number[i] + z.Number[i]
	}
	again, err := d.Coding.Offset(data)
	if diff := cmp.Diff(want, d.Offset, rounding) + cmp.Diff(want, again, rounding); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestWhatCannotBeDesigned(t *testing.T) {
	data := readData(t)
	for _, c := range []struct {
		formula string
		column  int
		says    string
	}{
		{"~ x", 1, "name the response"},
		{"y ~ xx", 5, `there is no column "xx"; did you mean "x"?`},
		{"y ~ ålder", 5, `there is no column "ålder"; the columns are y, x, z, k, f, g, h, l`},
		{"y ~ x + (1 | gg)", 14, `there is no column "gg"; did you mean "g"?`},
		{"y ~ log(f)", 9, "f is text, and this needs numbers"},
		{"y ~ I(f^2)", 7, "f is text"},
		{"y ~ poly(f, 2)", 10, "f is text"},
		{"y ~ log(z - 5)", 5, "log(z - 5) is undefined in"},
		{"y ~ I(1/(x - x))", 5, "infinite or undefined"},
		{"y ~ poly(k, 3)", 5, "more than 3 different values of k; there are 3"},
		{"y ~ scale(y - y)", 5, "the same in every row"},
		{"log(y) ~ x", 1, "log(y) is infinite in"},
	} {
		_, err := New(mustParse(t, c.formula), data, Columns{})
		var at *formula.Error
		if !errors.As(err, &at) || at.Column != c.column || !says(at.Message, c.says) {
			t.Errorf("%s: error %v; want column %d and %q", c.formula, err, c.column, c.says)
		}
	}
}

// says finds the text in a message; "infinite or undefined" stands for either.
func says(message, text string) bool {
	if text == "infinite or undefined" {
		return strings.Contains(message, "infinite") || strings.Contains(message, "undefined")
	}
	return strings.Contains(message, text)
}

func TestEmptyFactorsAndRows(t *testing.T) {
	data := readData(t)
	one, err := data.With(frame.FactorOf("f", strings.Split(strings.Repeat("a,", data.NumRows()-1)+"a", ",")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(mustParse(t, "y ~ f"), one, Columns{}); err == nil || !strings.Contains(err.Error(), `the single value "a"`) {
		t.Errorf("a factor of one level: %v", err)
	}
	missing := frame.NewNumeric("x", make([]float64, data.NumRows()))
	for i := range missing.Number {
		missing.Number[i] = math.NaN()
	}
	none, err := data.With(missing)
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(mustParse(t, "y ~ x + f"), none, Columns{})
	if want := "no row of 24 is left: each has a missing value in a variable of the model; rows missing by column: x (24), f (1)"; err == nil || err.Error() != want {
		t.Errorf("all rows dropped: %v", err)
	}
	empty := data.Rows(nil)
	if _, err := New(mustParse(t, "y ~ x"), empty, Columns{}); err == nil || err.Error() != "the data have no rows" {
		t.Errorf("no rows: %v", err)
	}
}

func TestOtherDataThatDoNotFit(t *testing.T) {
	data := readData(t)
	d := mustNew(t, "y ~ x + f + factor(k)", data)
	change := func(c *frame.Column) *frame.Frame {
		out, err := data.With(c)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	f, _ := data.Column("f")
	k, _ := data.Column("k")
	other := append([]float64{3}, k.Number[1:]...)
	for _, c := range []struct {
		name string
		data *frame.Frame
		says string
	}{
		{"an unknown level", change(frame.NewFactor("f", append([]string{"A"}, f.Levels...), f.Code)), `f has the level "A" in 7 rows, which the model was not fitted with; its levels are ["a" "b" "c"]`},
		{"an unknown number", change(frame.NewNumeric("k", other)), `factor(k) has the level "3" in 1 row`},
		{"another kind", change(frame.NewNumeric("f", k.Number)), "f was a factor in the data of the fit and is a number here"},
	} {
		if _, err := d.Coding.Matrix(c.data); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.says)
		}
	}
	y, _ := data.Column("y")
	only, err := frame.New(y)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Coding.Matrix(only); err == nil || !strings.Contains(err.Error(), `there is no column "x"`) {
		t.Errorf("a missing column: %v", err)
	}
	if x, err := d.Coding.Matrix(data); err != nil || !math.IsNaN(x[data.NumRows()+4]) {
		t.Errorf("a missing value must stay one: %v", err)
	}
}
