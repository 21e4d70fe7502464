package fit

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"bidrag/data/frame"
)

// persons draws people in groups: y depends on x, g, male and the group.
func persons(t testing.TB, n int) *frame.Frame {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 5))
	y, x, male, weight, g, place := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]int32, n), make([]int32, n)
	effect, slope := make([]float64, 30), make([]float64, 30)
	for k := range effect {
		effect[k], slope[k] = 0.9*r.NormFloat64(), 0.8*r.NormFloat64()
	}
	for i := range n {
		x[i], g[i], place[i], weight[i] = r.NormFloat64(), int32(r.IntN(3)), int32(r.IntN(len(effect))), float64(1+r.IntN(3))
		if r.Float64() < 0.4 {
			male[i] = 1
		}
		eta := -0.3 + 0.8*x[i] + 0.6*float64(g[i]) - 0.4*male[i] + effect[place[i]] + slope[place[i]]*x[i]
		if r.Float64() < 1/(1+math.Exp(-eta)) {
			y[i] = 1
		}
	}
	names := make([]string, len(effect))
	for k := range names {
		names[k] = string(rune('a'+k/26)) + string(rune('a'+k%26))
	}
	f, err := frame.New(frame.NewNumeric("y", y), frame.NewNumeric("x", x), frame.NewNumeric("male", male), frame.NewNumeric("w", weight),
		frame.NewFactor("g", []string{"a", "b", "c"}, g), frame.NewFactor("place", names, place))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mustFit(t testing.TB, text string, data *frame.Frame, o Options) *Model {
	t.Helper()
	m, err := Fit(text, data, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mustEffects(t testing.TB, m *Model, over Over) *Effects {
	t.Helper()
	e, err := m.Effects(over)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// answers asks one of everything, by name.
func answers(t testing.TB, e *Effects, data *frame.Frame) map[string]Margin {
	t.Helper()
	out := map[string]Margin{}
	need := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	average, err := e.Average(data)
	need(err)
	out["average"] = average
	levels, err := e.Levels(data, "g")
	need(err)
	for _, l := range levels {
		out["if all in "+l.Level] = l.Margin
	}
	by, err := e.By(data, "g")
	need(err)
	for _, l := range by {
		out["those in "+l.Level] = l.Margin
	}
	all, err := e.All(data)
	need(err)
	for _, a := range all {
		out["effect of "+a.Variable+" "+a.Level] = a.Margin
	}
	change, err := e.Change(data, "x", 1)
	need(err)
	out["change of x"] = change.Margin
	within, err := e.Within(data, "g", "male")
	need(err)
	for _, s := range within {
		for _, a := range s.Effects {
			out["effect of "+a.Level+" within "+s.Level] = a.Margin
		}
		for _, a := range s.Less {
			out["difference of "+a.Level] = a.Margin
		}
	}
	rows, err := e.Rows(data.Rows([]int{0, 1}))
	need(err)
	out["row 0"], out["row 1"] = rows[0], rows[1]
	return out
}

// TestEffectsGradients: the gradients by coefficients and covariances are
// those of finite differences.
func TestEffectsGradients(t *testing.T) {
	data := persons(t, 400)
	for _, c := range []struct{ formula, family, link string }{
		{"y ~ x * g + male", "binomial", "logit"}, {"y ~ x * g + male", "binomial", "probit"}, {"y ~ x + g*male", "binomial", "cloglog"},
		{"y ~ x * g + male + (1 + x | place)", "binomial", "logit"}, {"y ~ x + g*male + (1 | place)", "binomial", "cloglog"},
		{"y ~ x + g*male + (1 + x | place)", "gaussian", ""}, {"y ~ x * g + male + (1 | place)", "poisson", ""},
	} {
		for _, over := range []Over{TypicalGroup, AllGroups} {
			m := mustFit(t, c.formula, data, Options{Family: c.family, Link: c.link})
			e := mustEffects(t, m, over)
			got := answers(t, e, data)
			for j := range e.size() {
				const step = 1e-4
				up, down := answers(t, moved(e, j, step), data), answers(t, moved(e, j, -step), data)
				for name, a := range got {
					want := (up[name].Value - down[name].Value) / (2 * step)
					if !(math.Abs(a.gradient[j]-want) < 1e-6*max(1, math.Abs(want))) {
						t.Errorf("%s, %s, over %d, %s: by parameter %d %v, by differences %v", c.formula, c.link, over, name, j, a.gradient[j], want)
					}
				}
			}
		}
	}
}

// moved is the same questions to a model with one parameter changed.
func moved(e *Effects, j int, step float64) *Effects {
	m := *e.model
	m.Beta = append([]float64{}, m.Beta...)
	out := *e
	out.model = &m
	if j < len(m.Beta) {
		m.Beta[j] += step
		return &out
	}
	mixed := *m.mixed
	mixed.Terms = append(mixed.Terms[:0:0], mixed.Terms...)
	m.mixed = &mixed
	j -= len(m.Beta)
	for k, term := range mixed.Terms {
		q := len(term.Boundary)
		cov := append([]float64{}, term.Cov...)
		for a := range q {
			for b := range a + 1 {
				if j == 0 {
					cov[a*q+b] += step
					if a != b {
						cov[b*q+a] += step
					}
				}
				j--
			}
		}
		mixed.Terms[k].Cov = cov
	}
	return &out
}

// TestDifferenceOfAverages is the standard error of a contrast by finite
// differences, and swapping the frames changes the sign.
func TestDifferenceOfAverages(t *testing.T) {
	data := persons(t, 300)
	in := func(code int32) *frame.Frame {
		codes := make([]int32, data.NumRows())
		for i := range codes {
			codes[i] = code
		}
		f, err := data.With(frame.NewFactor("g", []string{"a", "b", "c"}, codes))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, link := range []string{"logit", "probit", "cloglog"} {
		m := mustFit(t, "y ~ x * g", data, Options{Link: link})
		e := mustEffects(t, m, TypicalGroup)
		contrast := func(beta []float64) float64 {
			total := 0.0
			for sign, f := range map[float64]*frame.Frame{1: in(1), -1: in(0)} {
				p, err := m.Predict(f, Prediction{Beta: beta})
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range p.Mu {
					total += sign * v / float64(len(p.Mu))
				}
			}
			return total
		}
		variance := 0.0
		gradient := make([]float64, len(m.Beta))
		for j := range gradient {
			up, down := append([]float64{}, m.Beta...), append([]float64{}, m.Beta...)
			up[j] += 1e-5
			down[j] -= 1e-5
			gradient[j] = (contrast(up) - contrast(down)) / 2e-5
		}
		for j := range gradient {
			for k := range gradient {
				variance += gradient[j] * m.Cov[j*len(gradient)+k] * gradient[k]
			}
		}
		a, err := e.Average(in(1))
		if err != nil {
			t.Fatal(err)
		}
		b, err := e.Average(in(0))
		if err != nil {
			t.Fatal(err)
		}
		got, back := e.Difference(a, b), e.Difference(b, a)
		if math.Abs(got.Value-contrast(m.Beta)) > 1e-12 || math.Abs(got.StdError-math.Sqrt(variance)) > 1e-8 {
			t.Errorf("%s: %v ± %v, by finite differences %v ± %v", link, got.Value, got.StdError, contrast(m.Beta), math.Sqrt(variance))
		}
		if back.Value != -got.Value || back.StdError != got.StdError || back.Low != -got.High {
			t.Errorf("%s: swapped %v, was %v", link, back, got)
		}
		effects, err := e.Effect(data, "g")
		if err != nil {
			t.Fatal(err)
		}
		if effects[0].Value != got.Value || effects[0].StdError != got.StdError || effects[0].Level != "b" || effects[0].Reference != "a" {
			t.Errorf("%s: the effect of g is %+v, the contrast %v", link, effects[0], got.Value)
		}
	}
}

// TestEffectsOfALinearModelAreItsCoefficients, intervals and all.
func TestEffectsOfALinearModelAreItsCoefficients(t *testing.T) {
	data := persons(t, 200)
	for _, text := range []string{"y ~ x + male + g", "y ~ x + male + g + (1 | place)"} {
		m := mustFit(t, text, data, Options{Family: "gaussian", Reference: map[string]string{"g": "b"}})
		for _, over := range []Over{TypicalGroup, AllGroups} {
			all, err := mustEffects(t, m, over).All(data)
			if err != nil {
				t.Fatal(err)
			}
			for k, a := range all {
				c := m.Result.Coefficients[k+1]
				if c.Term != a.Variable+strings.TrimPrefix(a.Level, "1") {
					t.Fatalf("effect %+v stands at %s", a, c.Term)
				}
				for i, d := range []float64{a.Value - *c.Estimate, a.StdError - *c.StdError, a.Low - *c.ConfLow, a.High - *c.ConfHigh} {
					if math.Abs(d) > 1e-10 {
						t.Errorf("%s, %s: number %d differs by %g", text, c.Term, i, d)
					}
				}
			}
		}
	}
}

// TestEffectsWithFrequencies: rows twice are rows of frequency 2.
func TestEffectsWithFrequencies(t *testing.T) {
	data := persons(t, 200)
	w, _ := data.Column("w")
	var rows []int
	for i, k := range w.Number {
		for range int(k) {
			rows = append(rows, i)
		}
	}
	weighted := mustFit(t, "y ~ x * g + male", data, Options{Weights: "w", WeightsType: Frequency})
	repeated := mustFit(t, "y ~ x * g + male", data.Rows(rows), Options{})
	want := answers(t, mustEffects(t, repeated, TypicalGroup), data.Rows(rows))
	for name, a := range answers(t, mustEffects(t, weighted, TypicalGroup), data) {
		if name == "row 0" || name == "row 1" { // other rows
			continue
		}
		for i, d := range []float64{a.Value - want[name].Value, a.StdError - want[name].StdError, a.Low - want[name].Low, a.High - want[name].High} {
			if !(math.Abs(d) < 1e-9) {
				t.Errorf("%s: number %d differs by %g", name, i, d)
			}
		}
	}
	lacking := data.Rows([]int{0, 1})
	lacking, err := frame.New(lacking.Columns()[1], lacking.Columns()[2], lacking.Columns()[4])
	if err != nil {
		t.Fatal(err)
	}
	e := mustEffects(t, weighted, TypicalGroup)
	if _, err := e.Average(lacking); err == nil || !strings.Contains(err.Error(), "frequency weights") {
		t.Errorf("without weights: %v", err)
	}
	if _, err := e.Rows(lacking); err != nil {
		t.Errorf("single rows need no weights: %v", err)
	}
}

// TestEffectsNeedNoGroups: rows for which no group is known have an answer.
func TestEffectsNeedNoGroups(t *testing.T) {
	data := persons(t, 400)
	m := mustFit(t, "y ~ x + g + (1 + x | place)", data, Options{})
	made, err := frame.New(frame.NewNumeric("x", []float64{0, 2}), frame.FactorOf("g", []string{"a", "c"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, over := range []Over{TypicalGroup, AllGroups} {
		rows, err := mustEffects(t, m, over).Rows(made)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if !(0 < r.Low && r.Low < r.Value && r.Value < r.High && r.High < 1) {
				t.Errorf("row %d over %d: %+v", i, over, r)
			}
		}
	}
	p, err := m.Predict(made, Prediction{Typical: true, Errors: true})
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := mustEffects(t, m, TypicalGroup).Rows(made)
	for i, r := range rows {
		low := 1 / (1 + math.Exp(-p.Eta[i]+quantile(0.975, math.Inf(1))*p.EtaError[i]))
		if math.Abs(r.Value-p.Mu[i]) > 1e-14 || math.Abs(r.StdError-p.MuError[i]) > 1e-12 || math.Abs(r.Low-low) > 1e-12 {
			t.Errorf("row %d is %+v, predicted %v ± %v from %v", i, r, p.Mu[i], p.MuError[i], low)
		}
	}
}

// TestEffectsWithoutVariance: with a variance of zero all groups are typical.
func TestEffectsWithoutVariance(t *testing.T) {
	data := persons(t, 200)
	codes := make([]int32, 200)
	y, _ := data.Column("y")
	var seen [2]int32
	for i, v := range y.Number { // groups with equally many ones
		codes[i] = seen[int(v)] % 4
		seen[int(v)]++
	}
	data, err := data.With(frame.NewFactor("place", []string{"a", "b", "c", "d"}, codes))
	if err != nil {
		t.Fatal(err)
	}
	m := mustFit(t, "y ~ x + g + male + (1 | place)", data, Options{})
	if len(m.Result.Boundary) != 1 {
		t.Fatal("the variance is not zero")
	}
	typical := answers(t, mustEffects(t, m, TypicalGroup), data)
	for name, a := range answers(t, mustEffects(t, m, AllGroups), data) {
		if b := typical[name]; math.Abs(a.Value-b.Value) > 1e-13 || math.Abs(a.StdError-b.StdError) > 1e-12 {
			t.Errorf("%s: %v ± %v, in a typical group %v ± %v", name, a.Value, a.StdError, b.Value, b.StdError)
		}
	}
}

// TestEffectsOfAliasedTerms are not known; those of the others are as without
// the aliased term.
func TestEffectsOfAliasedTerms(t *testing.T) {
	data := persons(t, 300)
	x, _ := data.Column("x")
	twice, c := make([]float64, 300), make([]float64, 300)
	g, _ := data.Column("g")
	for i := range twice {
		twice[i] = 2*x.Number[i] + 1
		if g.Code[i] == 2 {
			c[i] = 1
		}
	}
	data, err := data.With(frame.NewNumeric("twice", twice), frame.NewNumeric("c", c))
	if err != nil {
		t.Fatal(err)
	}
	for _, random := range []string{"", " + (1 | place)"} {
		for _, over := range []Over{TypicalGroup, AllGroups} {
			want, err := mustEffects(t, mustFit(t, "y ~ x + male + g"+random, data, Options{}), over).All(data)
			if err != nil {
				t.Fatal(err)
			}
			got, err := mustEffects(t, mustFit(t, "y ~ x + male + g + twice + c"+random, data, Options{}), over).All(data)
			if err != nil {
				t.Fatal(err)
			}
			for i, a := range got {
				if i >= len(want) {
					if !math.IsNaN(a.Value) || !math.IsNaN(a.StdError) {
						t.Errorf("the effect of the aliased %s is %v ± %v", a.Variable, a.Value, a.StdError)
					}
				} else if math.Abs(a.Value-want[i].Value) > 1e-8 || !(math.Abs(a.StdError-want[i].StdError) < 1e-6) {
					t.Errorf("the effect of %s is %v ± %v, without aliased terms %v ± %v", a.Variable, a.Value, a.StdError, want[i].Value, want[i].StdError)
				}
			}
			if len(got) != len(want)+2 {
				t.Errorf("%d effects", len(got))
			}
		}
	}
}

// TestEffectsThatAreNotThere: errors say what is wrong.
func TestEffectsThatAreNotThere(t *testing.T) {
	data := persons(t, 100)
	m := mustFit(t, "y ~ x + g", data, Options{})
	e := mustEffects(t, m, TypicalGroup)
	x, _ := data.Column("x")
	known := append([]float64{}, x.Number...)
	known[7] = math.NaN()
	lacking, err := data.With(frame.NewNumeric("x", known))
	if err != nil {
		t.Fatal(err)
	}
	for want, ask := range map[string]func() error{
		"no rows":            func() error { _, err := e.Average(data.Rows(nil)); return err },
		"lacks a variable":   func() error { _, err := e.Average(lacking); return err },
		"no column \"h\"":    func() error { _, err := e.Effect(data, "h"); return err },
		"g is a factor":      func() error { _, err := e.Change(data, "g", 1); return err },
		"among those with g": func() error { _, err := e.Within(lacking, "x", "g"); return err },
	} {
		if err := ask(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	separated := mustFit(t, "y ~ x + g + all", mustWith(t, data, func(y float64) float64 { return y }), Options{})
	a, err := mustEffects(t, separated, TypicalGroup).Average(mustWith(t, data, func(y float64) float64 { return y }))
	if err != nil || math.IsNaN(a.Value) || !math.IsNaN(a.StdError) {
		t.Errorf("a separated model expects %+v, %v", a, err)
	}
	m.Result.Status = "not_converged"
	if _, err := m.Effects(TypicalGroup); err == nil {
		t.Error("effects of a model that has not converged")
	}
}

// mustWith adds a column all that follows from y.
func mustWith(t testing.TB, data *frame.Frame, of func(y float64) float64) *frame.Frame {
	t.Helper()
	y, _ := data.Column("y")
	all := make([]float64, len(y.Number))
	for i, v := range y.Number {
		all[i] = of(v)
	}
	out, err := data.With(frame.NewNumeric("all", all))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSlopesOfWhatIsComputed: log(x) close to zero, squares, years.
func TestSlopesOfWhatIsComputed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	const n = 300
	y, x, year, flag := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		x[i], year[i], flag[i] = math.Exp(2*r.NormFloat64()), float64(2001+r.IntN(12)), float64(r.IntN(2))
		y[i] = math.Log(x[i]) + 0.1*year[i] + r.NormFloat64()
	}
	data, err := frame.New(frame.NewNumeric("y", y), frame.NewNumeric("x", x), frame.NewNumeric("year", year), frame.NewLogical("flag", flag))
	if err != nil {
		t.Fatal(err)
	}
	m := mustFit(t, "y ~ log(x) + I((year - 2006)^2) + flag", data, Options{Family: "gaussian"})
	all, err := mustEffects(t, m, TypicalGroup).All(data)
	if err != nil {
		t.Fatal(err)
	}
	var inverse, linear float64
	for i := range n {
		inverse += 1 / x[i] / n
		linear += 2 * (year[i] - 2006) / n
	}
	for i, k := range []float64{inverse, linear, 1} {
		c := m.Result.Coefficients[i+1]
		if d := math.Abs(all[i].Value/(k**c.Estimate) - 1); !(d < 1e-8) {
			t.Errorf("%s: %v, want %v", all[i].Variable, all[i].Value, k**c.Estimate)
		}
		if d := math.Abs(all[i].StdError/(math.Abs(k)**c.StdError) - 1); !(d < 1e-8) {
			t.Errorf("%s: the error is %v, want %v", all[i].Variable, all[i].StdError, math.Abs(k)**c.StdError)
		}
	}
	if all[2].Level != "TRUE" || all[2].Reference != "FALSE" {
		t.Errorf("true less false is %+v", all[2])
	}
	m = mustFit(t, "y ~ factor(year)", data, Options{Family: "gaussian"})
	if all, err = mustEffects(t, m, TypicalGroup).All(data); err != nil || len(all) != 11 || all[0].Reference != "2001" {
		t.Errorf("years as levels: %v, %v", all, err)
	}
}

// TestLinearVariablesShareADerivative: β D is the derivative by the variable, with
// its gradient; and variables that are in the model otherwise too are not taken
// for linear.
func TestLinearVariablesShareADerivative(t *testing.T) {
	data := persons(t, 400)
	for _, c := range []struct {
		formula string
		options Options
		linear  bool
	}{
		{"y ~ x + male + g", Options{}, true},
		{"y ~ x + male", Options{Weights: "w", WeightsType: Frequency}, true},
		{"y ~ x + male + g", Options{Link: "cloglog"}, true},
		{"y ~ x + male + (1 | place)", Options{}, true},
		{"y ~ x + male + (1 | place)", Options{Link: "probit"}, true},
		{"y ~ x + g + (male | place)", Options{}, true},
		{"w ~ x + g + (1 | place)", Options{Family: "poisson"}, true},
		{"w ~ x + g", Options{Family: "gaussian"}, true},
		{"y ~ x + (x | place)", Options{}, false},
		{"y ~ x + I(x^2)", Options{}, false},
		{"y ~ x * male", Options{}, false},
		{"y ~ exp(x)", Options{}, false},
		{"y ~ x + offset(x)", Options{}, false},
	} {
		m := mustFit(t, c.formula, data, c.options)
		for _, over := range []Over{TypicalGroup, AllGroups} {
			e := mustEffects(t, m, over)
			if _, linear := e.linear("x"); linear != c.linear {
				t.Errorf("%s: x is linear: %v", c.formula, linear)
			}
			got, err := e.Effect(data, "x")
			if err != nil {
				t.Fatal(err)
			}
			want, err := e.slope(data, "x")
			if err != nil {
				t.Fatal(err)
			}
			if d := math.Abs(got[0].Value - want.Value); !(d <= 1e-9*math.Abs(want.Value)) {
				t.Errorf("%s: %v, by x %v", c.formula, got[0].Value, want.Value)
			}
			if d := math.Abs(got[0].StdError - want.StdError); !(d <= 1e-8*want.StdError) || !(want.StdError > 0) {
				t.Errorf("%s: error %v, by x %v", c.formula, got[0].StdError, want.StdError)
			}
		}
	}
}
