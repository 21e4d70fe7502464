package impute

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
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

// The gradient and information of the cumulative model with cluster effects are
// those of its log-likelihood, by differences.
func TestCumulativeGradient(t *testing.T) {
	p := five(t)
	p.Level, p.Variables = "intercept", p.Variables[1:2]
	f := &filling{problem: p, out: &Filled{}}
	if err := f.prepare(); err != nil {
		t.Fatal(err)
	}
	s := newState(f.design)
	s.begin(rand.New(rand.NewPCG(1, 1)))
	m := newCumulative(s, 0, s.predictors(0))
	m.tau2 = 0.3
	for i := range m.point {
		m.point[i] += 0.05 * float64(i%3)
	}
	for g := range m.u {
		m.u[g] = 0.1 * float64(g%5-2)
	}
	if err := m.renew(s); err != nil {
		t.Fatal(err)
	}
	gradient, gradientU, system := slices.Clone(m.gradient), slices.Clone(m.gradientU), m.system
	const h = 1e-5
	move := func(j int, by float64) {
		if j < len(m.point) {
			m.point[j] += by
		} else {
			m.u[j-len(m.point)] += by
		}
	}
	for _, j := range []int{0, 1, 2, 3, 5, len(m.point), len(m.point) + 7} {
		move(j, h)
		up := m.logLik(s)
		m.pass(s, false)
		upper, upperU := slices.Clone(m.gradient), slices.Clone(m.gradientU)
		move(j, -2*h)
		down := m.logLik(s)
		m.pass(s, false)
		lower, lowerU := slices.Clone(m.gradient), slices.Clone(m.gradientU)
		move(j, h)
		want := (up - down) / (2 * h)
		got := 0.0
		if j < len(gradient) {
			got = gradient[j]
		} else {
			got = gradientU[j-len(gradient)]
		}
		if math.Abs(got-want) > 1e-4*max(1, math.Abs(want)) {
			t.Errorf("parameter %d: gradient %g, by differences %g", j, got, want)
		}
		k := len(m.point)
		for i := range k {
			second := (lower[i] - upper[i]) / (2 * h)
			var has float64
			if j < k {
				has = system.a[min(i, j)*k+max(i, j)]
			} else {
				has = system.cross[(j-k)*k+i]
			}
			if math.Abs(second-has) > 1e-4*max(1, math.Abs(second)) {
				t.Errorf("information %d, %d: %g, by differences %g", i, j, has, second)
			}
		}
		for g := range m.u {
			second, has := (lowerU[g]-upperU[g])/(2*h), 0.0
			if j < k {
				has = system.cross[g*k+j]
			} else if g == j-k {
				has = system.d[g]
			}
			if math.Abs(second-has) > 1e-4*max(1, math.Abs(second)) {
				t.Errorf("information of cluster %d and %d: %g, by differences %g", g, j, has, second)
			}
		}
	}
}

// logLik is the log-likelihood by its definition, person by person.
func (m *cumulative) logLik(s *state) float64 {
	t := m.levels - 1
	term := func(k int, eta float64) float64 {
		upper, lower := 1.0, 0.0
		if k < t {
			upper = logistic(m.point[k] - eta)
		}
		if k > 0 {
			lower = logistic(m.point[k-1] - eta)
		}
		return math.Log(upper - lower)
	}
	total := 0.0
	for i, k := range s.variables[m.at].code {
		if k < 0 {
			continue
		}
		eta := m.u[s.clusters.of[i]]
		for c, j := range m.cols {
			eta += m.point[t+c] * s.x[j*s.n+i]
		}
		total += term(int(k), eta)
	}
	for c, values := range m.madeUp.at {
		for _, x := range values {
			for k := range m.levels {
				total += m.madeUp.weight * term(k, m.point[t+c]*x)
			}
		}
	}
	for _, u := range m.u {
		total -= u * u / (2 * m.tau2)
	}
	return total
}

// The system with cluster effects eliminated gives the solution, and draws with
// the covariance, of the whole one.
func TestArrow(t *testing.T) {
	const k, groups = 4, 6
	r := rand.New(rand.NewPCG(3, 4))
	w := &arrow{k: k, groups: groups, a: make([]float64, k*k), cross: make([]float64, groups*k), d: make([]float64, groups)}
	whole := make([]float64, (k+groups)*(k+groups))
	for i := range w.cross {
		w.cross[i] = r.NormFloat64()
	}
	for g := range w.d {
		w.d[g] = 3 + r.Float64()
	}
	for i := range k {
		for j := i; j < k; j++ {
			w.a[i*k+j] = r.NormFloat64()
			if i == j {
				w.a[i*k+j] = 25
			}
			whole[i*(k+groups)+j] = w.a[i*k+j]
		}
		for g := range groups {
			whole[i*(k+groups)+k+g] = w.cross[g*k+i]
		}
	}
	for g := range groups {
		whole[(k+g)*(k+groups)+k+g] = w.d[g]
	}
	l, ok := factor(whole, k+groups)
	if !ok || !w.eliminate() {
		t.Fatal("singular")
	}
	right := make([]float64, k+groups)
	for i := range right {
		right[i] = r.NormFloat64()
	}
	want := solve(l, right)
	beta, u := w.solve(right[:k], right[k:])
	for i, v := range append(beta, u...) {
		if math.Abs(v-want[i]) > 1e-12 {
			t.Errorf("solution %d: %g, not %g", i, v, want[i])
		}
	}
	s := &state{random: r}
	cov := inverse(l, k+groups)
	const draws = 40000
	mean := make([]float64, len(cov))
	for range draws {
		beta, u := w.draw(s)
		x := append(beta, u...)
		for i := range x {
			for j := range x {
				mean[i*len(x)+j] += x[i] * x[j] / draws
			}
		}
	}
	for i := range cov {
		if math.Abs(mean[i]-cov[i]) > 0.01 {
			t.Errorf("covariance %d: %g, not %g", i, mean[i], cov[i])
		}
	}
}

// Cluster means: by hand with two clusters, and nothing where clusters do not differ.
func TestClusterMeans(t *testing.T) {
	nan := math.NaN()
	c := &clusters{of: []int32{0, 0, 0, 0, 1, 1, 1, 1, -1}, number: 2}
	x := []float64{1, 2, 3, nan, 7, 8, 9, nan, nan}
	// Mean 5, within 1, between (27 − 1)/3 … : MSB = 3·9 + 3·9 = 54, n₀ = (6 − 18/6)/1 = 3.
	between := (54.0 - 1) / 3
	own, others := c.means(x)
	shrunk := func(sum, n float64) float64 { return between * (sum - 5*n) / (1 + n*between) }
	for i, want := range [][2]float64{{shrunk(6, 3), shrunk(5, 2)}, {shrunk(6, 3), shrunk(4, 2)}, 3: {shrunk(6, 3), shrunk(6, 3)}, 4: {shrunk(24, 3), shrunk(17, 2)}, 8: {0, 0}} {
		if want != [2]float64{} && (math.Abs(own[i]-want[0]) > 1e-12 || math.Abs(others[i]-want[1]) > 1e-12) {
			t.Errorf("person %d: %g and %g, not %v", i, own[i], others[i], want)
		}
	}
	if own, _ := c.means([]float64{1, 2, 3, 2, 1, 2, 3, 2, 9}); own != nil {
		t.Errorf("clusters that are alike have means %v", own)
	}
	if own, _ := c.means([]float64{1, 1, 1, 1, 2, 2, 2, 2, 3}); own != nil {
		t.Errorf("what is the same in a cluster has a mean of its own: %v", own)
	}
}

// A mean of others does not tell a person's own value when other predictors tell
// all clusters apart.
func TestClusterMeansDoNotLeak(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const n = 400
	x, cluster := make([]float64, n), make([]string, n)
	for i := range x {
		g := i % 4
		cluster[i] = fmt.Sprint("c", g)
		x[i] = float64(g) + r.NormFloat64()
		if i%5 == 0 {
			x[i] = math.NaN()
		}
	}
	same := slices.Clone(cluster)
	d, err := frame.New(frame.NewNumeric("x", x), frame.FactorOf("cluster", cluster), frame.FactorOf("same", same))
	if err != nil {
		t.Fatal(err)
	}
	p := Problem{Data: d, Variables: []Variable{{Name: "x", Method: study.GaussianFit}}, Predictors: []string{"same"}, Cluster: "cluster", Level: "mean"}
	out := mustFill(t, p, Options{Imputations: 30, Iterations: 1, Seed: 1})
	total := 0.0
	for k := range out.Columns {
		for i, v := range out.Columns[k][0].Number {
			if math.IsNaN(x[i]) {
				d := v - float64(i%4)
				total += d * d / (30 * n / 5)
			}
		}
	}
	if total < 0.8 || total > 1.25 {
		t.Errorf("filled values spread with variance %g about their clusters, not 1", total)
	}
}

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

// Filled values differ between clusters as observed ones do, which without
// clusters they do not.
func TestClustersKeepTheirDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const n, places = 4000, 50
	full, x, w, place := make([]float64, n), make([]float64, n), make([]float64, n), make([]int32, n)
	effects := make([]float64, places)
	for k := range effects {
		effects[k] = 0.5 * r.NormFloat64()
	}
	for i := range x {
		k := r.IntN(places)
		place[i], w[i] = int32(k), r.NormFloat64()
		full[i] = effects[k] + 0.5*w[i] + r.NormFloat64()
		if x[i] = full[i]; r.Float64() < 0.5 {
			x[i] = math.NaN()
		}
	}
	names := make([]string, places)
	for k := range names {
		names[k] = fmt.Sprint(k)
	}
	d, err := frame.New(frame.NewNumeric("x", x), frame.NewNumeric("w", w), frame.NewFactor("place", names, place))
	if err != nil {
		t.Fatal(err)
	}
	c := &clusters{of: place, number: places}
	want := c.share(full)
	for _, level := range []string{"", "mean", "intercept"} {
		p := Problem{Data: d, Variables: []Variable{{Name: "x", Method: study.GaussianFit}}, Predictors: []string{"w"}, Level: level}
		if level != "" {
			p.Cluster = "place"
		}
		out := mustFill(t, p, Options{Imputations: 20, Iterations: 3, Seed: 1})
		got := 0.0
		for k := range out.Columns {
			got += c.share(out.Columns[k][0].Number) / 20
		}
		t.Logf("%q: %.3f of the variance is between clusters, %.3f in truth", level, got, want)
		if near := math.Abs(got-want) < 0.15*want; near != (level != "") {
			t.Errorf("%q: %.3f of the variance is between clusters, %.3f in truth", level, got, want)
		}
	}
}

// share is the share of the variance between clusters.
func (c *clusters) share(x []float64) float64 {
	n, sum, total := make([]float64, c.number), make([]float64, c.number), 0.0
	for i, g := range c.of {
		n[g]++
		sum[g] += x[i]
		total += x[i]
	}
	between, within, _ := c.variances(x, n, sum, total/float64(len(x)), float64(len(x)))
	return between / (between + within)
}
