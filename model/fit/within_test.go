package fit_test

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"bidrag/data/frame"
	"bidrag/model/fit"
	"bidrag/model/glm"
)

// within are the cases of testdata/within.R.
var within = []struct{ name, formula, family, link, group string }{
	{"binary", "one ~ x + z + sex + (1 | b)", "binomial", "", "b"},
	{"nested", "nested ~ x * sex + f + (1 | a) + (1 | b)", "binomial", "", "b"},
	{"trials", "cbind(successes, failures) ~ x + age + (1 | a)", "binomial", "", "a"},
	{"count", "count ~ x + f + offset(log(exposure)) + (1 | b)", "poisson", "", "b"},
	{"normal", "score ~ x + sex + age + (1 | c)", "gaussian", "", "c"},
	{"gamma", "amount ~ x + sex + (1 | a)", "gamma", "log", "a"},
}

// readWithin reads within.csv: numbers by case, kind, quantity and term, joined by spaces.
func readWithin(t *testing.T) map[string]float64 {
	t.Helper()
	f, err := os.Open("testdata/within.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, row := range rows[1:] {
		if out[strings.Join(row[:4], " ")], err = strconv.ParseFloat(row[4], 64); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestPoolingAgreesWithR: no and complete pooling of all families, by R's glm
// with indicator columns and without. Estimates and standard errors to 8
// digits, those of intercepts far out to the same of their error; the
// log-likelihood to 10.
func TestPoolingAgreesWithR(t *testing.T) {
	golden, data := readWithin(t), readFrame(t, "groups.csv")
	for _, c := range within {
		m, err := fit.Fit(c.formula, data, fit.Options{Family: c.family, Link: c.link})
		if err != nil {
			t.Fatal(err)
		}
		none, err := m.NoPooling(data)
		if err != nil {
			t.Fatal(err)
		}
		complete, err := m.CompletePooling(data)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		expect := func(kind, quantity, term string, got, scale, tol float64) {
			t.Helper()
			want, ok := golden[strings.Join([]string{c.name, kind, quantity, term}, " ")]
			if !ok || !(math.Abs(got-want) <= tol*max(math.Abs(want), scale)) {
				t.Errorf("%s: %s %s %s = %.15g, R has %.15g", c.name, kind, quantity, term, got, want)
			}
			seen++
		}
		if none.Group != c.group || none.Status != "converged" {
			t.Errorf("%s: groups of %s, %s", c.name, none.Group, none.Status)
		}
		coefficients(none.Coefficients, "none", expect)
		coefficients(complete.Result.Coefficients, "complete", expect)
		for k, level := range none.Levels {
			if none.State[k] == glm.Estimated {
				expect("none", "estimate", ".group"+level, none.Intercept[k], none.InterceptErr[k], 1e-8)
				expect("none", "std_error", ".group"+level, none.InterceptErr[k], 0, 1e-7)
			}
		}
		expect("none", "log_lik", "", none.LogLik, 0, 1e-10)
		expect("complete", "log_lik", "", complete.Result.LogLik, 0, 1e-10)
		expect("none", "n", "", float64(none.NObs), 0, 0)
		expect("complete", "n", "", float64(complete.Result.NObs), 0, 0)
		for key := range golden {
			if strings.HasPrefix(key, c.name+" ") {
				seen--
			}
		}
		if seen != 0 {
			t.Errorf("%s: %d numbers more than R has", c.name, seen)
		}
	}
}

func coefficients(of []fit.Coefficient, kind string, expect func(kind, quantity, term string, got, scale, tol float64)) {
	for _, b := range of {
		expect(kind, "estimate", b.Term, *b.Estimate, *b.StdError*1e-2, 1e-8)
		expect(kind, "std_error", b.Term, *b.StdError, 0, 1e-7)
	}
}

// TestNoPoolingNamesWhatItCannotTell: a term that is the same throughout every group.
func TestNoPoolingNamesWhatItCannotTell(t *testing.T) {
	data := readFrame(t, "groups.csv")
	a, _ := data.Column("a")
	size := make([]float64, data.NumRows())
	for i, code := range a.Code {
		size[i] = math.Sqrt(float64(code))
	}
	with, err := data.With(frame.NewNumeric("size", size))
	if err != nil {
		t.Fatal(err)
	}
	m, err := fit.Fit("one ~ x + size + (1 | a/b)", with, fit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := m.NoPooling(with)
	if err != nil {
		t.Fatal(err)
	}
	if w.Group != "b:a" || len(w.Coefficients) != 2 || w.Coefficients[1].Estimate != nil || len(w.Warnings) != 1 || w.Warnings[0].Code != "aliased" || w.Warnings[0].Subject != "size" {
		t.Errorf("%s %+v", w.Group, w.Warnings)
	}
	if w.Groups+w.GroupsLeftOut != len(w.Levels) || w.NObs+w.NLeftOut != 720 || w.GroupsLeftOut == 0 {
		t.Errorf("%d and %d groups, %d and %d rows", w.Groups, w.GroupsLeftOut, w.NObs, w.NLeftOut)
	}
}

// TestGroupEffectsArePulledToZero: with the same coefficients, a mode lies
// between zero and the group's own estimate, and solves b/σ² = Σ(y − μ).
func TestGroupEffectsArePulledToZero(t *testing.T) {
	data := readFrame(t, "groups.csv")
	m, err := fit.Fit("one ~ x + z + (1 | b)", data, fit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := m.GroupEffects(data)
	if err != nil {
		t.Fatal(err)
	}
	modes, _ := m.Modes("b")
	outcome, _ := data.Column("one")
	b, _ := data.Column("b")
	variance := m.Result.Random[0].SD[0] * m.Result.Random[0].SD[0]
	left := make([]float64, len(g.Levels))
	for i, code := range b.Code {
		left[code] += outcome.Number[i] - m.Mu[i]
	}
	for k, own := range g.None {
		mode := g.Partial[k]
		if mode*own < 0 || math.Abs(mode) >= math.Abs(own) {
			t.Errorf("%s: %g is not between 0 and %g", g.Levels[k], mode, own)
		}
		if math.Abs(mode-modes.Mode[k][0]) > 1e-12 || math.Abs(mode/variance-left[k]) > 1e-6 {
			t.Errorf("%s: %g is not the mode %g", g.Levels[k], mode, modes.Mode[k][0])
		}
	}
}

// TestPoolingWithRowsLost: rows with something missing are in none of the fits.
func TestPoolingWithRowsLost(t *testing.T) {
	data := readFrame(t, "groups.csv")
	x, _ := data.Column("x")
	holes := append([]float64(nil), x.Number...)
	for i := 0; i < len(holes); i += 7 {
		holes[i] = math.NaN()
	}
	with, err := data.With(frame.NewNumeric("x", holes))
	if err != nil {
		t.Fatal(err)
	}
	m, err := fit.Fit("one ~ x + z + (1 | b)", with, fit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := fit.Fit("one ~ x + z + (1 | b)", with.Rows(m.Rows), fit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.NoPooling(with)
	if err != nil {
		t.Fatal(err)
	}
	b, err := again.NoPooling(with.Rows(m.Rows))
	if err != nil {
		t.Fatal(err)
	}
	if a.NObs != b.NObs || *a.Coefficients[0].Estimate != *b.Coefficients[0].Estimate {
		t.Errorf("%d rows %g, and %d rows %g", a.NObs, *a.Coefficients[0].Estimate, b.NObs, *b.Coefficients[0].Estimate)
	}
	complete, err := m.CompletePooling(with)
	if err != nil || complete.Result.NObs != m.Result.NObs {
		t.Errorf("%v, %d rows of %d", err, complete.Result.NObs, m.Result.NObs)
	}
}

// TestPoolingRefuses: what has no counterpart without pooling is an error.
func TestPoolingRefuses(t *testing.T) {
	data := readFrame(t, "groups.csv")
	for formula, want := range map[string]string{
		"one ~ x":                     "no random terms",
		"one ~ x + (1 + x | a)":       "more than an intercept",
		"one ~ x + (1 | a) + (1 | d)": "crossed",
	} {
		m, err := fit.Fit(formula, data, fit.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.NoPooling(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", formula, err)
		}
	}
}
