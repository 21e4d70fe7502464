package impute

import (
	"context"
	"encoding/csv"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bidrag/data/frame"
	"bidrag/model/univariate"
	"bidrag/study"
)

// records are the rows of a file of testdata, the names first.
func records(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// five is the problem of gaps.csv: a gap of every kind.
func five(t testing.TB) Problem {
	return Problem{Data: gapsFrame(t), Predictors: complete, Cluster: "place", Level: "mean", Variables: []Variable{
		{Name: "b", Method: study.Logistic}, {Name: "o", Method: study.OrdinalFill}, {Name: "c", Method: study.Multinomial},
		{Name: "x", Method: study.GaussianFit}, {Name: "z", Method: study.PMM},
	}}
}

func mustFill(t testing.TB, p Problem, o Options) *Filled {
	t.Helper()
	out, err := Fill(context.Background(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// filledOf are the filled values of variable at in imputation k, as numbers.
func filledOf(p Problem, out *Filled, k, at int) []float64 {
	before, _ := p.Data.Column(p.Variables[at].Name)
	var x []float64
	after := numbers(out.Columns[k][at])
	for i := range after {
		if before.Missing(i) {
			x = append(x, after[i])
		}
	}
	return x
}

func TestTheBitsDoNotDependOnThreads(t *testing.T) {
	for _, level := range []string{"mean", "intercept"} {
		p := five(t)
		p.Level = level
		want := mustFill(t, p, Options{Imputations: 5, Iterations: 2, Seed: 7, Threads: 1})
		for _, threads := range []int{2, 3, 8} {
			got := mustFill(t, p, Options{Imputations: 5, Iterations: 2, Seed: 7, Threads: threads})
			for k := range want.Columns {
				for at := range p.Variables {
					if !slices.Equal(filledOf(p, got, k, at), filledOf(p, want, k, at)) {
						t.Errorf("%s: %d threads fill %s differently", level, threads, p.Variables[at].Name)
					}
				}
			}
		}
		other := mustFill(t, p, Options{Imputations: 5, Iterations: 2, Seed: 8})
		if slices.Equal(filledOf(p, other, 0, 3), filledOf(p, want, 0, 3)) {
			t.Errorf("%s: another seed fills alike", level)
		}
		if slices.Equal(filledOf(p, want, 1, 3), filledOf(p, want, 0, 3)) {
			t.Errorf("%s: two imputations are alike", level)
		}
	}
}

// What is known stays, every gap is filled, and only with values that there can be.
func TestOnlyGapsAreFilled(t *testing.T) {
	for _, level := range []string{"mean", "intercept"} {
		p := five(t)
		p.Level = level
		out := mustFill(t, p, Options{Imputations: 3, Iterations: 2, Seed: 1})
		for at, v := range p.Variables {
			before, _ := p.Data.Column(v.Name)
			seen := map[float64]bool{}
			missing := 0
			for i, x := range numbers(before) {
				if before.Missing(i) {
					missing++
				} else {
					seen[x] = true
				}
			}
			if out.Missing[at] != missing || out.Method[at] != v.Method {
				t.Errorf("%s: %d filled by %s, not %d by %s", v.Name, out.Missing[at], out.Method[at], missing, v.Method)
			}
			for k := range out.Columns {
				after := out.Columns[k][at]
				x := numbers(before)
				for i, y := range numbers(after) {
					switch {
					case after.Missing(i):
						t.Fatalf("%s: row %d is not filled", v.Name, i)
					case !before.Missing(i) && x[i] != y:
						t.Fatalf("%s: row %d was %g and is %g", v.Name, i, x[i], y)
					case v.Method != study.GaussianFit && !seen[y]:
						t.Fatalf("%s: row %d is filled with %g, which nobody has", v.Name, i, y)
					}
				}
			}
			if len(out.Trace[at].Mean) != 3 || len(out.Trace[at].Mean[0]) != 2 || !(out.Trace[at].Potential > 0.5) {
				t.Errorf("%s: trace %+v", v.Name, out.Trace[at])
			}
			last := out.Trace[at].Mean[2][1]
			if mean, _ := univariate.MeanSD(filledOf(p, out, 2, at)); !out.levelsOnly(at) && math.Abs(mean-last) > 1e-12*math.Abs(mean) {
				t.Errorf("%s: filled values have mean %g, the trace says %g", v.Name, mean, last)
			}
			d := out.Density[at]
			if d.Among+missing != p.Data.NumRows() || math.Abs(sum(d.Observed)-1) > 1e-12 || math.Abs(sum(d.Filled)-1) > 1e-12 {
				t.Errorf("%s: density %+v", v.Name, d)
			}
			n := 0
			for _, s := range d.Strata {
				n += s[0].N + s[1].N
			}
			if n != p.Data.NumRows() {
				t.Errorf("%s: %d persons in strata", v.Name, n)
			}
		}
	}
}

// levelsOnly tells whether the trace is of the share at a level.
func (f *Filled) levelsOnly(at int) bool { return f.Method[at] == study.Multinomial }

func sum(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total
}

// Bounds hold, also those of another column and one that is itself filled.
func TestBounds(t *testing.T) {
	p := five(t)
	w, _ := p.Data.Column("w")
	limit := make([]float64, len(w.Number))
	for i, x := range w.Number {
		limit[i] = 10 + x
	}
	p.Data, _ = p.Data.With(frame.NewNumeric("limit", limit))
	p.Variables[1].Min, p.Variables[1].Max = &Bound{Value: 2}, &Bound{Value: 3}
	p.Variables[3].Min, p.Variables[3].Max = &Bound{Value: 5}, &Bound{Column: "limit"}
	p.Variables[4].Max = &Bound{Column: "x"}
	z, _ := p.Data.Column("z")
	out := mustFill(t, p, Options{Imputations: 2, Iterations: 3, Seed: 1, Shift: map[string]float64{"x": -1, "o": 2}})
	for k := range out.Columns {
		for i, known := range z.Number {
			if x := out.Columns[k][3].Number[i]; math.IsNaN(must(p.Data.Column("x")).Number[i]) && (x < 5 || x > limit[i]) {
				t.Fatalf("x is filled with %g, not between 5 and %g", x, limit[i])
			}
			if math.IsNaN(known) && out.Columns[k][4].Number[i] > out.Columns[k][3].Number[i] {
				t.Fatalf("row %d: z is filled with %g, above x, %g", i, out.Columns[k][4].Number[i], out.Columns[k][3].Number[i])
			}
		}
		for _, x := range filledOf(p, out, k, 1) {
			if x < 2 || x > 3 {
				t.Fatalf("o is filled with %g", x)
			}
		}
	}
}

func must(c *frame.Column, ok bool) *frame.Column {
	if !ok {
		panic("no such column")
	}
	return c
}

// A shift moves filled values by as much: a number exactly, an ordinal one on
// average away from the ends, a binary one in log-odds.
func TestShifts(t *testing.T) {
	p := five(t)
	p.Variables = p.Variables[3:4]
	o := Options{Imputations: 40, Iterations: 1, Seed: 2}
	mean := func(o Options) float64 {
		total := 0.0
		out := mustFill(t, p, o)
		for k := range out.Columns {
			m, _ := univariate.MeanSD(filledOf(p, out, k, 0))
			total += m / float64(len(out.Columns))
		}
		return total
	}
	was := mean(o)
	o.Shift = map[string]float64{"x": -2.5}
	if got := mean(o) - was; math.Abs(got+2.5) > 1e-9 {
		t.Errorf("filled numbers move by %g, not -2.5", got)
	}

	p.Variables = five(t).Variables[:1]
	o.Shift = nil
	was = mean(o)
	o.Shift = map[string]float64{"b": 1}
	// Averaged over the others the log-odds move by a little less.
	if got := logit(mean(o)) - logit(was); got < 0.85 || got > 1.05 {
		t.Errorf("log-odds move by %g, not 1", got)
	}

	s := alone(t, "o", study.OrdinalFill)
	s.variables[0].shift = 0.3
	total := 0.0
	for range 20000 {
		total += s.within(0, 2, math.Inf(-1), math.Inf(1)) / 20000
	}
	if math.Abs(total-2.3) > 0.02 {
		t.Errorf("level 2 moves to %g, not 2.3", total)
	}
	s.variables[0].shift = 9
	if got := s.within(0, 2, math.Inf(-1), 3); got != 3 {
		t.Errorf("a shift beyond the bound leads to level %g", got)
	}
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

func TestTruncatedNormal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ low, high, mean float64 }{
		{math.Inf(-1), math.Inf(1), 0}, {0, math.Inf(1), 0.797884560802865}, {math.Inf(-1), 0, -0.797884560802865},
		{-1, 1, 0}, {8, math.Inf(1), 8.121366}, {math.Inf(-1), -8, -8.121366}, {6, 6.1, 6.0454}, // φ(a)/(1 − Φ(a))
	} {
		total := 0.0
		for range 20000 {
			x := truncated(r, c.low, c.high)
			if !(x >= c.low && x <= c.high) {
				t.Fatalf("%g is not between %g and %g", x, c.low, c.high)
			}
			total += x / 20000
		}
		if math.Abs(total-c.mean) > 0.025 {
			t.Errorf("between %g and %g the mean is %g, not %g", c.low, c.high, total, c.mean)
		}
	}
	for _, c := range [][2]float64{{40, 50}, {-50, -40}, {math.Inf(-1), -1e9}, {1e9, math.Inf(1)}, {3, 3}, {math.Inf(1), math.Inf(-1)}} {
		if x := truncated(r, c[0], c[1]); math.IsNaN(x) {
			t.Errorf("between %g and %g: NaN", c[0], c[1])
		}
	}
}

// R̂ by hand: chains with means 1 and 3, variances 1 within.
func TestPotential(t *testing.T) {
	got := potential([][]float64{{99, 99, 0, 1, 2}, {99, 99, 2, 3, 4}})
	if want := math.Sqrt(2.0/3 + 2); math.Abs(got-want) > 1e-12 {
		t.Errorf("%g, not %g", got, want)
	}
	if !math.IsNaN(potential([][]float64{{1, 2, 3}})) {
		t.Error("one chain has a potential")
	}
}

// Chains go on from an earlier answer, with a shift, and know another problem.
func TestGoOn(t *testing.T) {
	p := five(t)
	first := mustFill(t, p, Options{Imputations: 4, Iterations: 3, Seed: 1})
	o := Options{Imputations: 4, Iterations: 2, Seed: 1, From: first, Threads: 1, Shift: map[string]float64{"x": -4}}
	shifted := mustFill(t, p, o)
	o.Threads = 3
	again := mustFill(t, p, o)
	o.Shift = nil
	same := mustFill(t, p, o)
	for k := range shifted.Columns {
		mean := func(f *Filled) float64 {
			m, _ := univariate.MeanSD(filledOf(p, f, k, 3))
			return m
		}
		if d := mean(shifted) - mean(same); d > -3.5 || d < -5.5 { // some more, as others follow
			t.Errorf("filled numbers move by %g, not some -4", d)
		}
		for at := range p.Variables {
			if !slices.Equal(filledOf(p, shifted, k, at), filledOf(p, again, k, at)) {
				t.Errorf("three threads fill %s differently", p.Variables[at].Name)
			}
		}
		if d := mean(same) - mean(first); math.Abs(d) > 1 {
			t.Errorf("without a shift filled numbers move by %g", d)
		}
	}
	p.Variables = p.Variables[:4]
	if _, err := Fill(context.Background(), p, o); !errors.Is(err, errOther) {
		t.Errorf("the error is %v", err)
	}
}

// The unit in which a predictor is measured does not matter.
func TestUnitsDoNotMatter(t *testing.T) {
	p := five(t)
	o := Options{Imputations: 2, Iterations: 2, Seed: 3}
	want := mustFill(t, p, o)
	w := slices.Clone(must(p.Data.Column("w")).Number)
	for i := range w {
		w[i] = 5000 + w[i]/1000
	}
	p.Data, _ = p.Data.With(frame.NewNumeric("w", w))
	got := mustFill(t, p, o)
	for k := range want.Columns {
		for at, v := range p.Variables {
			a, b := filledOf(p, want, k, at), filledOf(p, got, k, at)
			for i := range a {
				if math.Abs(a[i]-b[i]) > 1e-5*(1+math.Abs(a[i])) {
					t.Fatalf("%s: %g, in another unit %g", v.Name, a[i], b[i])
				}
			}
		}
	}
}
