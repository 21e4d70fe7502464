package sensitivity

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"bidrag/data/frame"
	"bidrag/model/fit"
)

// golden reads numbers by name; a name that comes twice has two.
func golden(t *testing.T, file string) map[string][]float64 {
	t.Helper()
	out := map[string][]float64{}
	for _, row := range table(t, file) {
		v, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		out[row[0]] = append(out[row[0]], v)
	}
	return out
}

// table reads a csv file without its header.
func table(t *testing.T, file string) [][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.15g, want %.15g", what, got, want)
	}
}

// TestPublishedEValues: VanderWeele and Ding (2017): breastfeeding and respiratory
// death, RR 3.9 (1.8 to 8.7), and leukaemia, RR 0.80 (0.71 to 0.91), in their table 1.
func TestPublishedEValues(t *testing.T) {
	e := OfRisks(Ratio{3.9, 1.8, 8.7})
	near(t, "3.9", e.Estimate, 7.26, 0.005)
	near(t, "1.8", e.Limit, 3.0, 0.005)
	e = OfRisks(Ratio{0.80, 0.71, 0.91})
	near(t, "0.80", e.Estimate, 1.8, 0.05)
	near(t, "0.91", e.Limit, 1.4, 0.05)
}

// TestEValueIsTheBoundingFactorSolved: a confounder with both ratios E explains
// exactly RR by Ding and VanderWeele's factor E·E/(E + E − 1).
func TestEValueIsTheBoundingFactorSolved(t *testing.T) {
	for _, rr := range []float64{1, 1.02, 1.5, 3.9, 120, 0.98, 0.2} {
		e := EValue(rr)
		near(t, "factor", e*e/(2*e-1), max(rr, 1/rr), 1e-12*max(rr, 1/rr))
	}
	for _, rr := range []float64{0, -1, math.NaN()} {
		if e := EValue(rr); !math.IsNaN(e) {
			t.Errorf("%v has the E-value %v", rr, e)
		}
	}
	if e := OfRisks(Ratio{1.2, 0.9, 1.6}); e.Limit != 1 {
		t.Errorf("an interval that holds 1 has the E-value %v", e.Limit)
	}
	if e := OfRisks(Ratio{1.2, math.NaN(), math.NaN()}); !math.IsNaN(e.Limit) {
		t.Errorf("no interval has the E-value %v", e.Limit)
	}
}

func TestOddsOfCommonOutcomesByTheRoot(t *testing.T) {
	odds := Ratio{2.25, 1.44, 3.61}
	if got, want := OfOdds(odds, 0.5), OfRisks(Ratio{1.5, 1.2, 1.9}); math.Abs(got.Estimate-want.Estimate) > 1e-14 || math.Abs(got.Limit-want.Limit) > 1e-14 {
		t.Errorf("%v, want %v", got, want)
	}
	if got := OfOdds(odds, 0.1); got != OfRisks(odds) {
		t.Errorf("a rare outcome: %v", got)
	}
}

// persons is testdata/persons.csv as a linear model, with its columns.
func persons(t *testing.T, formula string) *fit.Model {
	t.Helper()
	rows := table(t, "persons.csv")
	var columns []*frame.Column
	for j, name := range []string{"y", "treated", "x1", "x2", "x3", "z", "place"} {
		numbers := make([]float64, len(rows))
		for i := range rows {
			numbers[i], _ = strconv.ParseFloat(rows[i][j], 64)
		}
		columns = append(columns, frame.NewNumeric(name, numbers))
	}
	data, err := frame.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	m, err := fit.Fit(formula, data, fit.Options{Family: "gaussian"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func linear(m *fit.Model) Linear {
	return Linear{m.Beta, m.Cov, float64(m.Result.NObs - len(m.Beta))}
}

// TestOmittedAgainstR: lm with and without variables, to 1e-10 (R's uniroot: 1e-8).
func TestOmittedAgainstR(t *testing.T) {
	want := golden(t, "linear.csv")
	m := persons(t, "y ~ treated + x1 + x2 + x3")
	o, err := NewOmitted(linear(m), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	is := func(name string, got, tolerance float64) { t.Helper(); near(t, name, got, want[name][0], tolerance) }
	is("estimate", o.Estimate, 1e-10)
	is("std_error", o.StdError, 1e-10)
	is("df", o.DF, 0)
	is("partial_r2", o.PartialR2(), 1e-10)
	is("rv", o.RobustnessValue(false), 1e-10)
	is("rv_limit", o.RobustnessValue(true), 1e-10)
	robust, err := NewOmitted(linear(m), 1, want["robust"][0])
	if err != nil {
		t.Fatal(err)
	}
	is("rv_limit_robust", robust.RobustnessValue(true), 1e-10)
	for name, columns := range map[string][]int{"x1": {2}, "x2": {3}, "both": {2, 3}} {
		s := o.Observed(columns)
		is(name+".treatment", s.Treatment, 1e-10)
		is(name+".outcome", s.Outcome, 1e-10)
		for _, k := range []float64{1, 2, 3} {
			a, ok := o.Bound(s, k)
			if !ok {
				t.Fatalf("%s: no bound at %v", name, k)
			}
			at := name + "." + strconv.Itoa(int(k))
			is(at+".r2d", a.Treatment, 1e-10)
			is(at+".r2y", a.Outcome, 1e-10)
			is(at+".estimate", a.Estimate, 1e-9)
			is(at+".std_error", a.StdError, 1e-9)
		}
		for suffix, limit := range map[string]bool{".needed": false, ".needed_limit": true} {
			k, ok := o.Needed(s, limit)
			if !ok {
				t.Errorf("%s%s: none", name, suffix)
			}
			is(name+suffix, k, 1e-8)
		}
	}
}

// TestTheBiasIsExact: with the strength of a variable that is known after all, the
// estimate and its error are those of the model with the variable.
func TestTheBiasIsExact(t *testing.T) {
	want := golden(t, "linear.csv")
	o, err := NewOmitted(linear(persons(t, "y ~ treated + x1 + x2 + x3")), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	with, err := NewOmitted(linear(persons(t, "y ~ treated + x1 + x2 + x3 + z")), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := with.Observed([]int{5})
	near(t, "z with the treatment", s.Treatment, want["z.treatment"][0], 1e-10)
	near(t, "z with the outcome", s.Outcome, want["z.outcome"][0], 1e-10)
	a := o.At(s)
	near(t, "estimate", a.Estimate, want["z.estimate"][0], 1e-10)
	near(t, "standard error", a.StdError, want["z.std_error"][0], 1e-10)
}

// TestPublishedDarfur: Cinelli and Hazlett (2020), section 5, with the digits that
// their package sensemakr has for the same data: 0.0973 (0.0233), 783 degrees of freedom. Its
// intervals of adjusted estimates are by t with 783, ours with 782: 1e-7.
func TestPublishedDarfur(t *testing.T) {
	o, err := NewOmitted(Linear{[]float64{0.09731582}, []float64{0.02325654 * 0.02325654}, 783}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "partial R²", o.PartialR2(), 0.02187, 5e-6)
	near(t, "robustness value", o.RobustnessValue(false), 0.13878, 5e-6)
	near(t, "robustness value of the interval", o.RobustnessValue(true), 0.07626, 5e-6)
	for _, row := range [][]float64{ // as strong as being a woman, twice, three times
		{0.00916428667, 0.12464092304, 0.07522027, 0.02187333, 0.03228297, 0.11815758},
		{0.01832857335, 0.24932406420, 0.05291517, 0.02035006, 0.01296804, 0.09286231},
		{0.02749286003, 0.37405047104, 0.03039602, 0.01867006, -0.00625328, 0.06704533},
	} {
		a := o.At(Strength{row[0], row[1]})
		for i, got := range []float64{a.Estimate, a.StdError, a.Low, a.High} {
			near(t, "adjusted", got, row[2+i], []float64{2e-8, 2e-8, 2e-7, 2e-7}[i])
		}
	}
	// The strength of being a woman follows from the first row; the others from it.
	r := 0.00916428667504862 / 1.00916428667504862
	c := r * r / (1 - r) / (1 - r)
	root := (1 + math.Sqrt(c)) / math.Sqrt(1-c)
	y := 0.12464092303637 / (root * root)
	woman := Strength{r, y / (1 + y)}
	for k, want := range map[float64]Strength{2: {0.0183285733500972, 0.249324064199975}, 3: {0.0274928600251459, 0.374050471038094}} {
		s, ok := woman.times(k)
		if !ok {
			t.Fatal("no bound")
		}
		near(t, "with the treatment", s.Treatment, want.Treatment, 1e-12)
		near(t, "with the outcome", s.Outcome, want.Outcome, 1e-12)
	}
}

// TestNeededBringsToNothing: at the multiple the estimate, or the interval's end,
// is 0, and a little below it is not; there is none where columns go with nothing.
func TestNeededBringsToNothing(t *testing.T) {
	for _, sign := range []float64{1, -1} {
		o, err := NewOmitted(Linear{[]float64{sign * 0.1}, []float64{0.0004}, 500}, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []Strength{{0.01, 0.02}, {0.3, 0.2}, {0.9, 0.001}, {1e-7, 0.5}, {0.4, 1e-9}} {
			k, ok := o.Needed(s, false)
			if !ok {
				t.Fatalf("%v: none", s)
			}
			a, ok := o.Bound(s, k*(1-1e-9))
			if !ok || !(sign*a.Estimate > 0) {
				t.Errorf("%v: just below %v the estimate is %v", s, k, a.Estimate)
			}
			if a, ok := o.Bound(s, k*(1+1e-9)); ok && sign*a.Estimate > 1e-12 {
				t.Errorf("%v: just above %v the estimate is %v", s, k, a.Estimate)
			}
			limit, ok := o.Needed(s, true)
			if !ok || !(limit > 0 && limit <= k) {
				t.Errorf("%v: the interval reaches 0 at %v, the estimate at %v", s, limit, k)
			}
		}
		for _, s := range []Strength{{}, {0.1, 0}, {0, 0.1}} {
			if k, ok := o.Needed(s, false); ok {
				t.Errorf("%v times nothing is enough", k)
			}
		}
		if _, ok := o.Bound(Strength{0.6, 0.1}, 2); ok {
			t.Error("something accounts for more than all of the treatment")
		}
	}
	o, _ := NewOmitted(Linear{[]float64{0.03}, []float64{0.0004}, 500}, 0, 0)
	if k, ok := o.Needed(Strength{}, true); !ok || k != 0 || o.RobustnessValue(true) != 0 {
		t.Error("an interval that holds 0 needs something to reach it")
	}
	if _, err := NewOmitted(Linear{[]float64{math.NaN()}, []float64{math.NaN()}, 500}, 0, 0); !errors.Is(err, ErrNoEstimate) {
		t.Error(err)
	}
}

// TestAliasedColumnsCountNothing: a benchmark of an aliased column and a real one
// is that of the real one.
func TestAliasedColumnsCountNothing(t *testing.T) {
	m := persons(t, "y ~ treated + x1 + I(2*x1) + x2")
	o, err := NewOmitted(Linear{m.Beta, m.Cov, float64(m.Result.NObs - 4)}, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if both, one := o.Observed([]int{2, 3}), o.Observed([]int{2}); both != one || one.Outcome == 0 {
		t.Errorf("%v and %v", both, one)
	}
	if (o.Observed([]int{3}) != Strength{}) {
		t.Error("an aliased column goes with something")
	}
}
