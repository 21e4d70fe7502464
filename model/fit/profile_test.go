package fit_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"bidrag/model/fit"
)

// TestProfileIntervals: at each bound the likelihood has fallen by half of the
// χ² quantile, which a fit with the coefficient fixed there, by an offset, shows.
func TestProfileIntervals(t *testing.T) {
	people := readFrame(t, "people.csv")
	const drop = 3.841458820694124 / 2
	for _, c := range []struct{ formula, term, fixed, family string }{
		{"outcome ~ age + sex", "age", "outcome ~ sex", "binomial"},
		{"count ~ age + sex + offset(log(exposure))", "age", "count ~ sex + offset(log(exposure))", "poisson"},
		{"outcome ~ age + sex + (1 | region)", "age", "outcome ~ sex + (1 | region)", "binomial"},
	} {
		m := mustFit(t, c.formula, people, fit.Options{Family: c.family})
		p, err := m.Profile(people, c.term, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		rows := people
		if m.Rows != nil {
			rows = people.Rows(m.Rows)
		}
		for _, b := range []*float64{p.Low, p.High} {
			fixed := mustFit(t, c.fixed+" + offset(age * "+number(*b)+")", rows, fit.Options{Family: c.family}).Result
			if fall := m.Result.LogLik - fixed.LogLik; math.Abs(fall-drop) > 1e-6 {
				t.Errorf("%s: at %g the log-likelihood has fallen by %g, want %g", c.formula, *b, fall, drop)
			}
		}
		if b := *m.Result.Coefficients[1].Estimate; !(*p.Low < b && b < *p.High) {
			t.Errorf("%s: %g to %g does not hold %g", c.formula, *p.Low, *p.High, b)
		}
	}
}

// number writes a number that may be negative as an operand.
func number(v float64) string {
	if v < 0 {
		return "(0 - " + strconv.FormatFloat(-v, 'f', -1, 64) + ")"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// TestProfilesOfLinearModels are their ordinary intervals.
func TestProfilesOfLinearModels(t *testing.T) {
	people := readFrame(t, "people.csv")
	m := mustFit(t, "score ~ age + sex", people, fit.Options{Family: "gaussian"})
	c, _ := m.Coefficient("sexM")
	p, err := m.Profile(people, "sexM", 0.95)
	if err != nil || math.Abs(*p.Low-*c.ConfLow) > 1e-8 || math.Abs(*p.High-*c.ConfHigh) > 1e-8 {
		t.Errorf("%v to %v, ordinary %v to %v, %v", *p.Low, *p.High, *c.ConfLow, *c.ConfHigh, err)
	}
}

// TestProfilesOfStandardDeviations hold the estimate, and begin above 0 where
// the likelihood ratio rejects 0.
func TestProfilesOfStandardDeviations(t *testing.T) {
	data := classes(t, 1)
	m := mustFit(t, "s ~ x + (x | school) + (1 | class:school)", data, fit.Options{Family: "gaussian"})
	for name, sd := range map[string]float64{
		"school: (Intercept)": m.Result.Random[0].SD[0], "school: x": m.Result.Random[0].SD[1],
		"class:school: (Intercept)": m.Result.Random[1].SD[0], "sigma": *m.Result.Sigma,
	} {
		p, err := m.Profile(data, name, 0.9)
		if err != nil {
			t.Error(err)
			continue
		}
		if p.Low == nil || p.High == nil || !(*p.Low <= sd && sd < *p.High) || p.Term != name {
			t.Errorf("%s: estimate %g, interval %v to %v", name, sd, p.Low, p.High)
		}
	}
	none := mustFit(t, "s ~ x + (1 | school)", data, fit.Options{Family: "gaussian"})
	if p, err := m.Profile(data, "class:school: (Intercept)", 0.95); err != nil || !(*p.Low > 0) {
		t.Errorf("%+v, %v", p, err)
	}
	ratio, err := fit.Compare(none, mustFit(t, "s ~ x + (1 | school/class)", data, fit.Options{Family: "gaussian"}), data)
	if err != nil || ratio.PValue > 1e-6 {
		t.Errorf("the classes do not differ: %+v, %v", ratio, err)
	}
}

// TestProfileOfASeparatedCoefficient has one end: the value below which the
// data are too unlikely.
func TestProfileOfASeparatedCoefficient(t *testing.T) {
	separated := readFrame(t, "separated.csv")
	m := mustFit(t, "y ~ all_yes + u", separated, fit.Options{})
	p, err := m.Profile(separated, "all_yes", 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if p.Low == nil || p.High != nil || *p.Low > 20 {
		t.Errorf("%+v", p)
	}
}

func TestProfilesThatCannotBe(t *testing.T) {
	people := readFrame(t, "people.csv")
	for _, c := range []struct {
		formula, term string
		options       fit.Options
		says          string
	}{
		{"outcome ~ age", "agee", fit.Options{}, `profile: there is no coefficient or standard deviation "agee"; did you mean "age"?`},
		{"outcome ~ age + age_months", "age_months", fit.Options{}, "profile: age_months has no estimate"},
		{"outcome ~ age", "age", fit.Options{Cluster: "place"}, "cluster: profile intervals take rows to be independent"},
	} {
		_, err := mustFit(t, c.formula, people, c.options).Profile(people, c.term, 0.95)
		if err == nil || !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%s, %s: %v, want %s", c.formula, c.term, err, c.says)
		}
	}
}

func TestLikelihoodRatios(t *testing.T) {
	data := classes(t, 1)
	fitted := func(text string) *fit.Model { return mustFit(t, text, data, fit.Options{}) }
	none, one, two, slope := fitted("y ~ x"), fitted("y ~ x + (1 | school)"), fitted("y ~ x + (1 | school/class)"), fitted("y ~ x + (x | school)")
	for _, c := range []struct {
		small, large *fit.Model
		df           int
		boundary     bool
	}{{fitted("y ~ 1"), none, 1, false}, {none, one, 1, true}, {one, two, 1, true}, {none, two, 2, false}, {one, slope, 2, true}, {fitted("y ~ 1 + (1 | school)"), one, 1, false}} {
		r, err := fit.Compare(c.small, c.large, data)
		if err != nil {
			t.Fatal(err)
		}
		if want := 2 * (c.large.Result.LogLik - c.small.Result.LogLik); r.DF != c.df || (r.PValueBoundary != nil) != c.boundary || math.Abs(r.Statistic-max(0, want)) > 1e-12 {
			t.Errorf("%s in %s: %+v", c.small.Result.Formula, c.large.Result.Formula, r)
		}
		if c.df == 1 && c.boundary && math.Abs(*r.PValueBoundary-r.PValue/2) > 1e-15 {
			t.Errorf("%s: p %g, at the boundary %g, want half of it", c.small.Result.Formula, r.PValue, *r.PValueBoundary)
		}
	}
	if _, err := fit.Compare(one, none, data); err == nil || !strings.Contains(err.Error(), "does not lie within it") {
		t.Errorf("the wrong way round: %v", err)
	}
	fewer := mustFit(t, "y ~ 1", data.Rows([]int{0, 5, 9, 17, 30, 44, 51, 99}), fit.Options{})
	if _, err := fit.Compare(fewer, none, data); err == nil || !strings.Contains(err.Error(), "not fitted to the same responses") {
		t.Errorf("other rows: %v", err)
	}
	probit := mustFit(t, "y ~ 1", data, fit.Options{Link: "probit"})
	if _, err := fit.Compare(probit, none, data); err == nil || !strings.Contains(err.Error(), "not compared by their likelihoods") {
		t.Errorf("another link: %v", err)
	}
}

// TestOnlyNestedModelsAreCompared: the smaller model's columns, offset and
// random terms must be special cases of the larger one's, however written.
func TestOnlyNestedModelsAreCompared(t *testing.T) {
	data := classes(t, 1)
	for _, c := range []struct{ small, large, says string }{
		{"y ~ x", "y ~ poly(x, 2) + kind", ""},
		{"y ~ I(2 * x + 3)", "y ~ x + (1 | school)", ""},
		{"y ~ offset(x)", "y ~ x", ""},
		{"y ~ 1", "y ~ 0 + factor(kind) + x", ""},
		{"y ~ x + (1 | number)", "y ~ x + (1 | school/class)", ""},
		{"y ~ x + (x || school)", "y ~ x + (x | school)", ""},
		{"y ~ 1 + (1 | school) + (1 | school:class)", "y ~ x + (0 + factor(class) | school)", ""},
		{"y ~ s", "y ~ x + (1 | school)", "column 5 of the formula: the larger model, y ~ x + (1 | school), does not have s, "},
		{"y ~ x + s:kind", "y ~ x + s", "column 9 of the formula: the larger model, y ~ x + s, does not have s:kind"},
		{"y ~ 1", "y ~ 0 + x + (1 | school)", "does not have the intercept"},
		{"y ~ x + offset(s)", "y ~ x + kind", "the offsets of the two models differ"},
		{"y ~ x + (1 | class)", "y ~ x + s + (1 | school)", "column 9 of the formula: the larger model, y ~ x + s + (1 | school), does not have the random effects (Intercept) of class"},
		{"y ~ (x | school)", "y ~ x + kind + s + (x || school)", "does not have the random effects (Intercept) and x of school, correlated"},
		{"y ~ (1 | school:class)", "y ~ x + (1 + x | school)", "does not have the random effects (Intercept) of school:class"},
		{"y ~ (0 + x | school)", "y ~ x + kind + (1 | school)", "does not have the random effects x of school"},
	} {
		_, err := fit.Compare(mustFit(t, c.small, data, fit.Options{}), mustFit(t, c.large, data, fit.Options{}), data)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s in %s: %v", c.small, c.large, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s in %s: %v, want %s", c.small, c.large, err, c.says)
		}
	}
}
