package impute

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// What is wrong with a problem is told, and never a panic.
func TestBadInput(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	r := rand.New(rand.NewPCG(8, 9))
	const n = 60
	column := func(value func(i int) float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = value(i)
		}
		return x
	}
	gap := func(i int) bool { return i%7 == 3 }
	values := map[string][]float64{
		"y":        column(func(i int) float64 { return float64(i % 2) }),
		"w":        column(func(int) float64 { return r.NormFloat64() }),
		"all":      column(func(int) float64 { return nan }),
		"full":     column(func(int) float64 { return r.NormFloat64() }),
		"constant": column(func(i int) float64 { return []float64{4, nan}[b(gap(i))] }),
		"infinite": column(func(i int) float64 { return []float64{inf, nan}[b(gap(i))] }),
		"three":    column(func(i int) float64 { return []float64{float64(i % 3), nan}[b(gap(i))] }),
		"x":        column(func(i int) float64 { return []float64{r.NormFloat64(), nan}[b(gap(i))] }),
		"follows":  column(func(i int) float64 { return []float64{float64(i % 2), nan}[b(gap(i))] }), // y itself
		"almost":   column(func(i int) float64 { return []float64{nan, float64(i % 2)}[b(i < 5)] }),
		"one":      column(func(i int) float64 { return []float64{nan, 3}[b(i == 7)] }),
	}
	names := []string{"y", "w", "all", "full", "constant", "infinite", "three", "x", "follows", "almost", "one"}
	var columns []*frame.Column
	for _, name := range names {
		columns = append(columns, frame.NewNumeric(name, values[name]))
	}
	letters, alone, place := make([]string, n), make([]string, n), make([]string, n)
	for i := range letters {
		letters[i], alone[i], place[i] = []string{"a", "b", "c", "d"}[i%4], fmt.Sprint(i), "here"
		if i == 1 {
			letters[i] = "seen once"
		}
		if gap(i) {
			letters[i] = ""
		}
	}
	for j := range 80 {
		columns = append(columns, frame.NewNumeric(fmt.Sprint("many", j), column(func(int) float64 { return r.NormFloat64() })))
	}
	columns = append(columns, frame.FactorOf("letter", letters), frame.FactorOf("alone", alone), frame.FactorOf("place", place),
		frame.NewNumeric("unlimited", column(func(int) float64 { return inf })))
	data, err := frame.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	many := []string{"y"}
	for j := range 80 {
		many = append(many, fmt.Sprint("many", j))
	}
	for _, c := range []struct {
		name  string
		p     Problem
		shift map[string]float64
		code  string // of the note about the first variable; "" for none
		fails string // what the error is about; "" for none
	}{
		{name: "all missing", p: Problem{Variables: []Variable{{Name: "all", Method: study.PMM}, {Name: "x", Method: study.PMM}}}, code: result.UnknownForAll},
		{name: "no gaps", p: Problem{Variables: []Variable{{Name: "full", Method: study.PMM}, {Name: "x", Method: study.PMM}}}},
		{name: "constant", p: Problem{Variables: []Variable{{Name: "constant", Method: study.Logistic}, {Name: "x", Method: study.PMM}}}, code: result.ConstantInUnits},
		{name: "known for one", p: Problem{Variables: []Variable{{Name: "one", Method: study.GaussianFit}}}, code: result.ConstantInUnits},
		{name: "infinite", p: Problem{Variables: []Variable{{Name: "infinite", Method: study.PMM}, {Name: "x", Method: study.PMM}}}, code: result.NotFilled},
		{name: "infinite predictor", p: Problem{Variables: []Variable{{Name: "x", Method: study.PMM}}, Predictors: []string{"unlimited"}}},
		{name: "three values", p: Problem{Variables: []Variable{{Name: "three", Method: study.Logistic}}}, code: result.NotFitted},
		{name: "no such method", p: Problem{Variables: []Variable{{Name: "three", Method: "guess"}}}, code: result.NotFitted},
		{name: "factor as number", p: Problem{Variables: []Variable{{Name: "letter", Method: study.GaussianFit}}}, code: result.NotFitted},
		{name: "ordinal factor", p: Problem{Variables: []Variable{{Name: "letter", Method: study.OrdinalFill}}}},
		{name: "seen once", p: Problem{Variables: []Variable{{Name: "letter", Method: study.Multinomial}}}},
		{name: "separation", p: Problem{Variables: []Variable{{Name: "follows", Method: study.Logistic}}, Predictors: []string{"y"}}},
		{name: "more predictors than rows", p: Problem{Variables: []Variable{{Name: "x", Method: study.GaussianFit}}, Predictors: many}, code: result.NotFitted},
		{name: "few known", p: Problem{Variables: []Variable{{Name: "almost", Method: study.Logistic}}, Predictors: many}, code: result.NotFitted},
		{name: "no predictors", p: Problem{Variables: []Variable{{Name: "x", Method: study.GaussianFit}}}},
		{name: "clusters of one", p: Problem{Variables: []Variable{{Name: "x", Method: study.GaussianFit}}, Cluster: "alone", Level: "mean"}},
		{name: "intercepts of one", p: Problem{Variables: []Variable{{Name: "x", Method: study.GaussianFit}, {Name: "letter", Method: study.OrdinalFill}}, Cluster: "alone", Level: "intercept"}},
		{name: "one cluster", p: Problem{Variables: []Variable{{Name: "x", Method: study.GaussianFit}}, Cluster: "place", Level: "intercept"}},
		{name: "bounds the wrong way", p: Problem{Variables: []Variable{{Name: "x", Method: study.GaussianFit, Min: &Bound{Value: 3}, Max: &Bound{Value: 1}}}}},
		{name: "no donor within bounds", p: Problem{Variables: []Variable{{Name: "x", Method: study.PMM, Min: &Bound{Value: 30}}}}},
		{name: "no level within bounds", p: Problem{Variables: []Variable{{Name: "three", Method: study.OrdinalFill, Min: &Bound{Value: 30}}}}},
		{name: "bound all missing", p: Problem{Variables: []Variable{{Name: "x", Method: study.PMM, Max: &Bound{Column: "all"}}}}},
		{name: "infinite bound", p: Problem{Variables: []Variable{{Name: "x", Method: study.GaussianFit, Min: &Bound{Column: "unlimited"}}}}},
		{name: "huge shift", p: Problem{Variables: []Variable{{Name: "three", Method: study.OrdinalFill}}}, shift: map[string]float64{"three": 1e9}},
		{name: "the same twice", p: Problem{Variables: []Variable{{Name: "x", Method: study.PMM}}, Predictors: []string{"y", "y", "x", "w"}}},
		{name: "unknown variable", p: Problem{Variables: []Variable{{Name: "nobody", Method: study.PMM}}}, fails: "nobody"},
		{name: "unknown predictor", p: Problem{Variables: []Variable{{Name: "x", Method: study.PMM}}, Predictors: []string{"nobody"}}, fails: "nobody"},
		{name: "unknown cluster", p: Problem{Variables: []Variable{{Name: "x", Method: study.PMM}}, Cluster: "nobody"}, fails: "nobody"},
		{name: "unknown bound", p: Problem{Variables: []Variable{{Name: "x", Method: study.PMM, Min: &Bound{Column: "nobody"}}}}, fails: "nobody"},
		{name: "predictor with gaps", p: Problem{Variables: []Variable{{Name: "x", Method: study.PMM}}, Predictors: []string{"three"}}, fails: "three"},
		{name: "shift of a category", p: Problem{Variables: []Variable{{Name: "letter", Method: study.Multinomial}}}, shift: map[string]float64{"letter": 1}, fails: "letter"},
		{name: "shift of nothing", p: Problem{Variables: []Variable{{Name: "x", Method: study.PMM}}}, shift: map[string]float64{"y": 1}, fails: "y"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.p.Data = data
			out, err := Fill(context.Background(), c.p, Options{Imputations: 2, Iterations: 2, Seed: 1, Shift: c.shift})
			var reason result.Reason
			if errors.As(err, &reason) != (c.fails != "") || reason.About != c.fails {
				t.Fatalf("the error is %v", err)
			}
			if c.fails != "" {
				return
			}
			code := ""
			for _, note := range out.Notes {
				if note.Variable == c.p.Variables[0].Name {
					code = note.Code
				}
			}
			if code != c.code {
				t.Errorf("notes %v, not %q", out.Notes, c.code)
			}
			left := code == result.UnknownForAll || code == result.NotFilled
			for at := range c.p.Variables {
				for k := range out.Columns {
					if gaps(out.Columns[k][at]) && !(at == 0 && left) {
						t.Errorf("%s has gaps", c.p.Variables[at].Name)
					}
					for _, x := range numbers(out.Columns[k][at]) {
						if math.IsInf(x, 0) && c.name != "infinite" && c.name != "infinite bound" {
							t.Fatalf("%s is infinite", c.p.Variables[at].Name)
						}
					}
				}
			}
		})
	}
}

func b(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Fill(ctx, five(t), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// Nobody, nothing to fill, and two variables that bound each other.
func TestLittleInput(t *testing.T) {
	nobody, err := frame.New(frame.NewNumeric("x", nil), frame.FactorOf("place", nil))
	if err != nil {
		t.Fatal(err)
	}
	out := mustFill(t, Problem{Data: nobody, Variables: []Variable{{Name: "x", Method: study.PMM}}, Cluster: "place"}, Options{Imputations: 2})
	if len(out.Columns) != 2 || out.Columns[0][0].Len() != 0 {
		t.Errorf("%+v", out)
	}
	p := five(t)
	p.Variables = nil
	if out := mustFill(t, p, Options{Imputations: 3}); len(out.Columns) != 3 {
		t.Errorf("%+v", out)
	}
	p = five(t)
	p.Variables = p.Variables[3:]
	p.Variables[0].Min, p.Variables[1].Max = &Bound{Column: "z"}, &Bound{Column: "x"}
	out = mustFill(t, p, Options{Imputations: 2, Iterations: 3})
	for at := range p.Variables {
		if gaps(out.Columns[1][at]) {
			t.Errorf("%s has gaps", p.Variables[at].Name)
		}
	}
	place := must(p.Data.Column("place"))
	some := slices.Clone(place.Code)
	for i := range some {
		if i%3 == 0 {
			some[i] = -1 // no place
		}
	}
	p = five(t)
	p.Data, _ = p.Data.With(frame.NewFactor("place", place.Levels, some))
	for _, level := range []string{"mean", "intercept"} {
		p.Level = level
		out := mustFill(t, p, Options{Imputations: 1, Iterations: 2})
		for at := range p.Variables {
			if gaps(out.Columns[0][at]) {
				t.Errorf("%s: %s has gaps", level, p.Variables[at].Name)
			}
		}
	}
}

// broken is a model that cannot be fitted.
type broken struct{}

func (broken) fill(*state) error { return errNotConverged }
func (broken) clone() model      { return broken{} }

// A model that fails in a chain is said to, and the gaps are filled all the same.
func TestAModelThatFails(t *testing.T) {
	f := &filling{problem: five(t), options: Options{Imputations: 2, Iterations: 3, Seed: 1}.withDefaults(), out: &Filled{
		Missing: make([]int, 5), Method: make([]string, 5), Trace: make([]Trace, 5), Density: make([]Density, 5),
	}}
	if err := f.prepare(); err != nil {
		t.Fatal(err)
	}
	s := newState(f.design)
	if err := f.pilot(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	f.models[2] = broken{}
	if err := f.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.columns()
	name := f.design.variables[2].Name
	if len(f.out.Notes) != 1 || f.out.Notes[0].Variable != name || f.out.Notes[0].Code != result.NotFitted {
		t.Errorf("notes %v", f.out.Notes)
	}
	for _, columns := range f.out.Columns {
		for _, c := range columns {
			if gaps(c) {
				t.Errorf("%s has gaps", c.Name)
			}
		}
	}
}

// A model of levels that is too large is replaced by matching.
func TestAModelTooLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const n = 1000
	letters := make([]string, n)
	for i := range letters {
		if letters[i] = fmt.Sprint("level", r.IntN(45)); i%10 == 0 {
			letters[i] = ""
		}
	}
	columns := []*frame.Column{frame.FactorOf("letter", letters)}
	p := Problem{Variables: []Variable{{Name: "letter", Method: study.Multinomial}}}
	for j := range 80 {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.NormFloat64()
		}
		columns = append(columns, frame.NewNumeric(fmt.Sprint("x", j), x))
		p.Predictors = append(p.Predictors, fmt.Sprint("x", j))
	}
	var err error
	if p.Data, err = frame.New(columns...); err != nil {
		t.Fatal(err)
	}
	out := mustFill(t, p, Options{Imputations: 1, Iterations: 1})
	if out.Method[0] != study.PMM || len(out.Notes) != 1 || gaps(out.Columns[0][0]) {
		t.Errorf("filled by %s, notes %v", out.Method[0], out.Notes)
	}
}

// A level that few are at is not given to those with a rare trait because nobody
// with the trait is known to be at it.
func TestRareLevelsStayRare(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	const n = 4000
	letters, trait, w := make([]string, n), make([]float64, n), make([]float64, n)
	for i := range letters {
		letters[i], w[i] = []string{"a", "b", "c"}[r.IntN(3)], r.NormFloat64()
		if i%500 == 1 {
			letters[i] = "rare"
		}
		if i%200 == 2 {
			trait[i] = 1
		}
		if i%20 == 0 || i%1000 == 2 {
			letters[i] = ""
		}
	}
	d, err := frame.New(frame.FactorOf("letter", letters), frame.NewNumeric("trait", trait), frame.NewNumeric("w", w))
	if err != nil {
		t.Fatal(err)
	}
	p := Problem{Data: d, Variables: []Variable{{Name: "letter", Method: study.Multinomial}}, Predictors: []string{"trait", "w"}}
	out := mustFill(t, p, Options{Imputations: 200, Iterations: 1, Seed: 1})
	all, rare := 0.0, 0.0
	for _, columns := range out.Columns {
		for i, k := range columns[0].Code {
			if letters[i] == "" && trait[i] == 1 {
				all++
				if columns[0].Levels[k] == "rare" {
					rare++
				}
			}
		}
	}
	t.Logf("%g of %g", rare, all)
	if all == 0 || rare/all > 0.05 {
		t.Errorf("%g of %g persons with the trait are at the rare level", rare, all)
	}
}
