package fit_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bidrag/data/frame"
	"bidrag/model/fit"
	"bidrag/model/formula"
)

func mustFit(t testing.TB, text string, data *frame.Frame, o fit.Options) *fit.Model {
	t.Helper()
	m, err := fit.Fit(text, data, o)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}

func TestClusterRobustErrorsAreThoseOfSandwich(t *testing.T) {
	people := readFrame(t, "people.csv")
	for _, c := range readGolden(t).Robust {
		r := mustFit(t, c.Formula, people, fit.Options{Family: c.Family, Link: c.Link, Cluster: c.Cluster}).Result
		at := map[string]*float64{}
		for _, k := range r.Coefficients {
			at[k.Term] = k.StdError
		}
		for j, term := range c.Terms {
			if d := distance(&c.Errors[j], at[term], 0); d > 1e-8 {
				t.Errorf("%s: the error of %s differs by %.2g", c.Formula, term, d)
			}
		}
		if !warned(r, "cluster_robust", "place", "6 clusters of place (CR0") {
			t.Errorf("%s: nothing is said of the clusters: %v", c.Formula, r.Warnings)
		}
	}
}

// TestTooFewClusters: the scores of one cluster sum to zero, and those of few
// leave the covariance singular.
func TestTooFewClusters(t *testing.T) {
	people := readFrame(t, "people.csv")
	one := make([]float64, people.NumRows())
	for i := range one {
		one[i] = 3
	}
	all, err := people.With(frame.NewNumeric("all", one))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fit.Fit("outcome ~ age", all, fit.Options{Cluster: "all"}); err == nil || !strings.HasPrefix(err.Error(), `cluster: "all" has the same value in every row of the fit`) {
		t.Errorf("one cluster: %v", err)
	}
	enough := mustFit(t, "outcome ~ age + sex", people, fit.Options{Cluster: "place"}).Result
	if warned(enough, "few_clusters", "place", "") {
		t.Errorf("6 clusters and 3 coefficients: %v", enough.Warnings)
	}
	few := mustFit(t, "outcome ~ poly(age, 3) + sex + score", people, fit.Options{Cluster: "place"}).Result
	if !warned(few, "few_clusters", "place", "6 clusters of place are no more than the model's coefficients (6)") {
		t.Errorf("6 clusters and 6 coefficients: %v", few.Warnings)
	}
}

func warned(r *fit.Result, code, subject, says string) bool {
	return slices.ContainsFunc(r.Warnings, func(w fit.Warning) bool {
		return w.Code == code && w.Subject == subject && strings.Contains(w.Message, says)
	})
}

func TestPredictionIsThatOfR(t *testing.T) {
	want := readGolden(t).Prediction
	people := readFrame(t, "people.csv")
	age, _ := people.Column("age")
	m := mustFit(t, want.Formula, people.Rows(people.Where(func(i int) bool { return !age.Missing(i) })), fit.Options{})
	region, _ := people.Column("region")
	code := slices.Clone(region.Code)
	code[2] = int32(slices.Index(region.Levels, "west")) // R's script does the same: the fit knows no region abroad
	other, err := people.With(frame.NewFactor("region", region.Levels, code))
	if err != nil {
		t.Fatal(err)
	}
	other = other.Rows(want.Rows)
	before, _ := json.Marshal(m.Result)
	p, err := m.Predict(other, fit.Prediction{Errors: true})
	if err != nil {
		t.Fatal(err)
	}
	mu, eta, se := p.Mu, p.Eta, p.EtaError
	for i := range want.Rows {
		if want.Eta[i] == nil {
			if !math.IsNaN(mu[i]) || !math.IsNaN(eta[i]) {
				t.Errorf("row %d: %g and %g, though its age is missing", i, mu[i], eta[i])
			}
			continue
		}
		if d := distance(want.Eta[i], &eta[i], 0) + distance(want.Error[i], &se[i], 0) + distance(want.Mu[i], &mu[i], 0); d > 1e-8 {
			t.Errorf("row %d: η %g ± %g, μ %g; R has %g ± %g, %g", i, eta[i], se[i], mu[i], *want.Eta[i], *want.Error[i], *want.Mu[i])
		}
	}
	if after, _ := json.Marshal(m.Result); string(after) != string(before) {
		t.Error("prediction changed the fit")
	}
}

func TestPredictionOfTheFittedRowsIsTheFit(t *testing.T) {
	people := readFrame(t, "people.csv")
	for _, c := range []struct {
		formula string
		options fit.Options
	}{
		{"outcome ~ age*sex + poly(income, 2) + age_months", fit.Options{}},
		{"count ~ region + offset(log(exposure))", fit.Options{Family: "poisson", Offset: "z"}},
		{"amount ~ scale(age)*region", fit.Options{Family: "gamma"}},
		{"outcome ~ age", fit.Options{Link: "cloglog"}},
	} {
		m := mustFit(t, c.formula, people, c.options)
		p, err := m.Predict(people.Rows(m.Rows), fit.Prediction{})
		if err != nil {
			t.Fatal(err)
		}
		mu := p.Mu
		for i := range mu {
			if math.Abs(mu[i]-m.Mu[i]) > 1e-11*m.Mu[i] {
				t.Fatalf("%s: row %d is predicted as %g and fitted as %g", c.formula, i, mu[i], m.Mu[i])
			}
		}
	}
}

func TestWarningsNameTheTerms(t *testing.T) {
	people, separated := readFrame(t, "people.csv"), readFrame(t, "separated.csv")
	for _, c := range []struct {
		formula             string
		data                *frame.Frame
		options             fit.Options
		status              string
		code, subject, says string
	}{
		{"y ~ all_yes + u", separated, fit.Options{}, "separated", "separation", "all_yes", "plus infinity"},
		{"y ~ x", separated, fit.Options{}, "separated", "separation", "x", "plus infinity"},
		{"y ~ x", separated, fit.Options{Link: "probit"}, "separated", "separation", "x", "plus infinity"},
		{"y ~ x", separated, fit.Options{Link: "cloglog"}, "separated", "separation", "x", "plus infinity"},
		{"n ~ never + u", separated, fit.Options{Family: "poisson"}, "separated", "separation", "never", "minus infinity"},
		{"outcome ~ age + age_months", people, fit.Options{}, "converged", "aliased", "age_months", "determined by (Intercept) and age"},
		{"outcome ~ sex + female", people, fit.Options{}, "converged", "aliased", "female", "determined by (Intercept) and sexM"},
		{"outcome ~ I(age - age) + sex", people, fit.Options{}, "converged", "aliased", "I(age - age)", "0 in every row"},
		{"score ~ region + age", people, fit.Options{Family: "gaussian"}, "converged", "unused_level", "region", `the level "abroad" of region`},
		{"age_months ~ age", people, fit.Options{Family: "gaussian"}, "converged", "exact_fit", "age_months", "determine age_months exactly"},
		{"y ~ a + b + c + d + e", readFrame(t, "few.csv"), fit.Options{Family: "gaussian"}, "converged", "exact_fit", "y", "as many coefficients (5)"},
		{"share ~ age", people, fit.Options{Weights: "exposure", WeightsType: fit.Total}, "converged", "non_integer_successes", "share", "not a whole number in"},
	} {
		r := mustFit(t, c.formula, c.data, c.options).Result
		if r.Status != c.status || !warned(r, c.code, c.subject, c.says) {
			t.Errorf("%s: status %s, warnings %v; want %s and %s of %s: %q", c.formula, r.Status, r.Warnings, c.status, c.code, c.subject, c.says)
		}
		if text, err := json.Marshal(r); err != nil || strings.Contains(string(text), "NaN") {
			t.Errorf("%s: JSON %s, %v", c.formula, text, err)
		}
	}
	if r := mustFit(t, "outcome ~ age", people, fit.Options{}).Result; len(r.Warnings) != 0 {
		t.Errorf("warnings of a plain model: %v", r.Warnings)
	}
}

func TestJSONComesBack(t *testing.T) {
	for _, file := range []struct{ file, formula, family string }{{"people.csv", "score ~ age + age_months", "gaussian"}, {"few.csv", "y ~ a + b + c + d", "gaussian"}} {
		r := mustFit(t, file.formula, readFrame(t, file.file), fit.Options{Family: file.family}).Result
		text, err := json.Marshal(*r)
		if err != nil {
			t.Fatal(err)
		}
		var back fit.Result
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if math.IsInf(r.LogLik, 1) {
			if !math.IsNaN(back.LogLik) || !math.IsNaN(back.AIC) {
				t.Errorf("an absent likelihood comes back as %g", back.LogLik)
			}
			continue
		}
		if diff := cmp.Diff(*r, back); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatCannotBeFitted(t *testing.T) {
	people := readFrame(t, "people.csv")
	for _, c := range []struct {
		formula string
		options fit.Options
		says    string // the whole error, or its beginning
	}{
		{"outcome ~ agee", fit.Options{}, `column 11 of the formula: there is no column "agee"; did you mean "age"?`},
		{"outcome ~", fit.Options{}, "column 10 of the formula: the formula ends"},
		{"outcome ~ age + (1 | palce)", fit.Options{}, `column 22 of the formula: there is no column "palce"; did you mean "place"?`},
		{"outcome ~ age + (1 | place) + (1 | region)", fit.Options{Quadrature: 7}, "column 31 of the formula: place and region are crossed"},
		{"outcome ~ age + (1 | place)", fit.Options{Cluster: "place"}, "cluster: the random terms of the formula are the model of what"},
		{"score ~ age + (1 | income)", fit.Options{Family: "gaussian"}, "column 15 of the formula: (1 | income): income has as many groups"},
		{"age ~ sex", fit.Options{}, "column 1 of the formula: a binomial response is 0 or 1; age is neither in 397 of 397 rows, the first of them row 1 of the data with 48"},
		{"share ~ sex", fit.Options{}, "column 1 of the formula: a binomial response is 0 or 1; share is neither in"},
		{"region ~ sex", fit.Options{}, "column 1 of the formula: region has 5 levels"},
		{"region ~ sex", fit.Options{Family: "gaussian"}, "column 1 of the formula: region is text"},
		{"score ~ sex", fit.Options{Family: "poisson"}, "column 1 of the formula: for the family poisson the response must be a count: 0, 1, 2, …; score is not in"},
		{"count ~ sex", fit.Options{Family: "gamma"}, "column 1 of the formula: for the family gamma the response must be positive; count is not in"},
		{"cbind(successes, failures) ~ sex", fit.Options{Family: "poisson"}, "column 1 of the formula: cbind(successes, failures) is a binomial response"},
		{"cbind(z, failures) ~ sex", fit.Options{}, "column 1 of the formula: successes and failures must be 0 or positive; row"},
		{"cbind(successes, failures) ~ sex", fit.Options{Weights: "total", WeightsType: fit.Total}, "weights-type: cbind(successes, failures) holds the totals already"},
		{"I(outcome*0) ~ sex", fit.Options{}, "column 1 of the formula: I(outcome * 0) is 0 in every row of the fit: there is nothing to explain"},
		{"I(score*0 + 3) ~ sex", fit.Options{Family: "gaussian"}, "column 1 of the formula: I(score * 0 + 3) is 3 in every row"},
		{"I(count*0) ~ sex", fit.Options{Family: "poisson"}, "column 1 of the formula: I(count * 0) is 0 in every row"},
		{"outcome ~ sex", fit.Options{Weights: "z"}, "weights: the weights must be 0 or positive; row"},
		{"outcome ~ sex", fit.Options{Weights: "w", WeightsType: fit.Frequency}, "weights: frequency weights are whole numbers; row 1 of the data has 0.64"},
		{"outcome ~ sex", fit.Options{Weights: "region"}, `weights: the column "region" is text`},
		{"outcome ~ sex", fit.Options{Weights: "ww"}, `weights: there is no column "ww"; did you mean "w"?`},
		{"outcome ~ sex", fit.Options{WeightsType: fit.Frequency}, "weights-type: it says what weights mean"},
		{"outcome ~ sex", fit.Options{Weights: "w", WeightsType: "sampling"}, `weights-type: there is no type "sampling"`},
		{"score ~ sex", fit.Options{Family: "gaussian", Weights: "w", WeightsType: fit.Total}, "weights-type: total is the number of trials of a binomial response"},
		{"outcome ~ sex", fit.Options{Offset: "sex"}, `offset: the column "sex" is text`},
		{"outcome ~ sex", fit.Options{Cluster: "plcae"}, `cluster: there is no column "plcae"; did you mean "place"?`},
		{"outcome ~ sex", fit.Options{Family: "beta"}, `family: there is no family "beta"`},
		{"outcome ~ sex", fit.Options{Link: "log"}, `link: the family binomial has no link "log"`},
		{"outcome ~ sex", fit.Options{ConfLevel: 95}, "conf-level: the level must lie between 0 and 1"},
		{"outcome ~ sex", fit.Options{Quadrature: 5}, "quadrature: the formula has no random term"},
		{"outcome ~ sex", fit.Options{Quadrature: -1}, "quadrature: the number of points"},
		{"outcome ~ sex", fit.Options{Reference: map[string]string{"sex": "X"}}, `reference: sex has no level "X"`},
		{"outcome ~ sex", fit.Options{Reference: map[string]string{"sx": "X"}}, `reference: there is no column "sx"; did you mean "sex"?`},
		{"outcome ~ sex", fit.Options{Reference: map[string]string{"age": "40"}}, "reference: age is a number, not a factor"},
	} {
		_, err := fit.Fit(c.formula, people, c.options)
		if err == nil || !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%s, %+v:\n got %v\nwant %s", c.formula, c.options, err, c.says)
		}
	}
}

// TestProblemsOfAFormulaKeepTheirPlace: all that is wrong is told at once, and
// a formula within a file points into the file.
func TestProblemsOfAFormulaKeepTheirPlace(t *testing.T) {
	_, err := fit.Fit("outcome ~ agee + sx", readFrame(t, "people.csv"), fit.Options{Weights: "none", Family: "gaussian"})
	got := fit.Problems(err, "study.yaml", 12, 14, func(option string) string { return "--" + option }, "people.csv")
	want := []string{`--weights:1:1: there is no column "none"`, `study.yaml:12:24: there is no column "agee"`, `study.yaml:12:31: there is no column "sx"`}
	for i, p := range got {
		if i >= len(want) || !strings.HasPrefix(p.Error(), want[i]) {
			t.Errorf("problem %d: %v", i, p)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d problems, want %d", len(got), len(want))
	}
	var at *formula.Error
	if !errors.As(err, &at) {
		t.Error("the place in the formula is lost")
	}
}

func TestReferenceLevels(t *testing.T) {
	people := readFrame(t, "people.csv")
	plain := mustFit(t, "outcome ~ sex + region", people, fit.Options{})
	other := mustFit(t, "outcome ~ sex + region", people, fit.Options{Reference: map[string]string{"sex": "M"}})
	a, _ := plain.Coefficient("sexM")
	b, ok := other.Coefficient("sexF")
	if !ok || math.Abs(*a.Estimate+*b.Estimate) > 1e-12 || math.Abs(plain.Result.LogLik-other.Result.LogLik) > 1e-10 {
		t.Errorf("sexM %g and sexF %v", *a.Estimate, b)
	}
	if p, err := other.Predict(people, fit.Prediction{}); err != nil || math.Abs(p.Mu[0]-plain.Mu[0]) > 1e-12 {
		t.Errorf("prediction with another reference: %v", err)
	}
}

// TestLevelsUnderOtherNames: what the levels are called, and their order,
// changes no fitted value.
func TestLevelsUnderOtherNames(t *testing.T) {
	people := readFrame(t, "people.csv")
	plain := mustFit(t, "outcome ~ region*sex + age", people, fit.Options{})
	region, _ := people.Column("region")
	order := rand.New(rand.NewPCG(4, 4)).Perm(len(region.Levels))
	levels, code := make([]string, len(order)), make([]int32, len(region.Code))
	for old, now := range order {
		levels[now] = "level " + region.Levels[old]
	}
	for i, c := range region.Code {
		code[i] = int32(order[c])
	}
	renamed, err := people.With(frame.NewFactor("region", levels, code))
	if err != nil {
		t.Fatal(err)
	}
	other := mustFit(t, "outcome ~ region*sex + age", renamed, fit.Options{})
	for i := range plain.Mu {
		if math.Abs(plain.Mu[i]-other.Mu[i]) > 1e-11 {
			t.Fatalf("row %d: %g and %g", i, plain.Mu[i], other.Mu[i])
		}
	}
}

func TestTheResultDoesNotDependOnThreads(t *testing.T) {
	people := readFrame(t, "people.csv")
	var first []byte
	for _, threads := range []int{1, 2, 5} {
		r := *mustFit(t, "outcome ~ age*sex + region + poly(income, 3)", people, fit.Options{Threads: threads}).Result
		r.Seconds = 0
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = text
		} else if string(first) != string(text) {
			t.Errorf("%d threads give another result", threads)
		}
	}
}

func TestModelsWithoutCoefficients(t *testing.T) {
	r := mustFit(t, "count ~ 0 + offset(log(exposure))", readFrame(t, "people.csv"), fit.Options{Family: "poisson"}).Result
	if len(r.Coefficients) != 0 || r.Status != "converged" || r.DF != 0 {
		t.Errorf("%+v", r)
	}
}

// FuzzFit: whatever formula is written over a small file with missing values,
// text and constants, there is an error or a result that JSON can hold.
func FuzzFit(f *testing.F) {
	for _, c := range readGolden(f).Cases {
		if c.File == "separated.csv" || c.File == "few.csv" {
			f.Add(c.Formula, uint8(len(c.Family)))
		}
	}
	for _, text := range []string{"y ~ x + (1 | group)", "q ~ u + (x | group)", "y ~ (u || group/q)", "n ~ x + (0 + x | q) + (1 | group:u)", "y ~ u + (1 | x)", "q ~ (1 | group) + (1 | n) + (1 | u)", "n ~ (poly(x, 2) | group)", "y ~ u + (1 | factor(log(x)))", "x ~ u + (group | q)", "all_yes ~ never + (never | all_yes:group)", "y ~ log(x) + group", "group ~ x", "cbind(u, q) ~ never", "y ~ poly(x, 3) + offset(x)", "y ~ 0", "q ~ u*x*group - 1", "y ~ x^2 + I(x^-2)", "n ~ scale(n):group"} {
		f.Add(text, uint8(1))
	}
	data := readFrame(f, "separated.csv")
	f.Fuzz(func(t *testing.T, text string, which uint8) {
		o := fit.Options{Family: []string{"binomial", "poisson", "gaussian", "gamma"}[which%4], Threads: 1}
		if o.Family == "binomial" {
			o.Link = []string{"logit", "probit", "cloglog"}[which/4%3]
		}
		if which&128 != 0 {
			o.Weights = "n"
		}
		if which&64 != 0 && strings.Contains(text, "|") {
			o.Quadrature = 3
		}
		if len(text) > 60 {
			return // large powers take long and teach nothing
		}
		m, err := fit.Fit(text, data, o)
		if err != nil {
			return
		}
		if _, err := json.Marshal(m.Result); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		for _, r := range m.Result.Random {
			for q, sd := range r.SD {
				if !(sd >= 0) || math.IsInf(sd, 0) {
					t.Errorf("%q: the standard deviation of %s is %g (%s)", text, r.Terms[q], sd, m.Result.Status)
				}
			}
		}
		if _, err := m.Predict(data, fit.Prediction{Errors: true}); err != nil {
			t.Errorf("%q: its own data cannot be predicted: %v", text, err)
		}
		if m.Result.Status == "converged" {
			for _, c := range m.Result.Coefficients {
				if c.Estimate == nil && !warned(m.Result, "aliased", c.Term, "") {
					t.Errorf("%q: %s has no estimate and nothing is said of it", text, c.Term)
				}
			}
		}
	})
}

// TestMcFadden compares with the model of an intercept, fitted.
func TestMcFadden(t *testing.T) {
	people := readFrame(t, "people.csv")
	for _, c := range []struct {
		response string
		options  fit.Options
	}{{"outcome", fit.Options{}}, {"outcome", fit.Options{Link: "probit", Weights: "w"}}, {"outcome", fit.Options{Offset: "z"}}, {"cbind(successes, failures)", fit.Options{Link: "cloglog"}}} {
		large := mustFit(t, c.response+" ~ sex + region", people, c.options).Result
		null := mustFit(t, c.response+" ~ 1", people, c.options).Result
		if want := 1 - large.LogLik/null.LogLik; math.Abs(large.RSquared["mcfadden"]-want) > 1e-12 {
			t.Errorf("%s, %+v: %g, want %g", c.response, c.options, large.RSquared["mcfadden"], want)
		}
	}
}

// TestNumbersTooLargeToSquare are errors by name: sums of squares overflow or
// vanish, and the fit would seem exact.
func TestNumbersTooLargeToSquare(t *testing.T) {
	people := readFrame(t, "people.csv")
	for _, c := range []struct {
		formula string
		options fit.Options
		says    string
	}{
		{"I(score * 1e300) ~ age", fit.Options{Family: "gaussian"}, "column 1 of the formula: I(score * 1e+300) is "},
		{"I(score * 1e-300) ~ age", fit.Options{Family: "gaussian"}, "column 1 of the formula: I(score * 1e-300) has no value larger than "},
		{"outcome ~ sex + I(age * 1e300)", fit.Options{}, "too large to be squared: divide it by 1e+301"},
		{"outcome ~ sex + I(age * 1e-300)", fit.Options{}, "column 17 of the formula: I(age * 1e-300) has no value larger than 6.5e-299, too small to be squared: divide it by 1e-299"},
		{"outcome ~ sex + (0 + I(age * 1e300) | region)", fit.Options{}, "column 17 of the formula: I(age * 1e+300) is "},
		{"outcome ~ sex + offset(age * 1e200)", fit.Options{}, "the offset is "},
	} {
		if _, err := fit.Fit(c.formula, people, c.options); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s", c.formula, err, c.says)
		}
	}
	for _, text := range []string{"I(score * 1e140) ~ age", "I(score * 1e-140) ~ I(age * 1e140)"} {
		if r := mustFit(t, text, people, fit.Options{Family: "gaussian"}).Result; r.Status != "converged" || hasCode(r, "exact_fit") {
			t.Errorf("%s: %s, %v", text, r.Status, r.Warnings)
		}
	}
}

func hasCode(r *fit.Result, code string) bool {
	return slices.ContainsFunc(r.Warnings, func(w fit.Warning) bool { return w.Code == code })
}

// TestSeparationSaysWhatCanBeDone: a level can be merged, a number and the
// intercept cannot.
func TestSeparationSaysWhatCanBeDone(t *testing.T) {
	data, err := frame.New(frame.NewNumeric("y", []float64{0, 0, 0, 1, 1, 0, 1, 1, 0, 1}), frame.FactorOf("f", []string{"a", "a", "a", "b", "b", "b", "c", "c", "d", "d"}),
		frame.NewNumeric("x", []float64{0, 0, 0, 1, 1, 1, 2, 2, 1, 1}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ formula, subject, says string }{
		{"y ~ f", "fc", "Merge its level with another, leave the term out, or report the rows apart"},
		{"y ~ f", "(Intercept)", "Choose other reference levels, or leave out the terms that mark those rows"},
		{"y ~ x + I(x^2)", "x", "mean nothing. Leave it out, or report the rows apart"},
	} {
		r := mustFit(t, c.formula, data, fit.Options{}).Result
		if !warned(r, "separation", c.subject, c.says) {
			t.Errorf("%s: %v", c.formula, r.Warnings)
		}
		for _, w := range r.Warnings {
			if strings.Contains(w.Message, "number shown") {
				t.Errorf("%s: %s", c.formula, w.Message)
			}
		}
	}
}

// TestNotConvergedSaysWhy, and of the offset only when there is one.
func TestNotConvergedSaysWhy(t *testing.T) {
	people := readFrame(t, "people.csv")
	r := mustFit(t, "count ~ age + offset(age * 1e6)", people, fit.Options{Family: "poisson"}).Result
	if r.Status != "not_converged" || r.Reason == "" || !warned(r, "not_converged", "count", "("+r.Reason+")") || !warned(r, "not_converged", "count", "an offset far out") {
		t.Errorf("%s, %q: %v", r.Status, r.Reason, r.Warnings)
	}
	if r.Iterations == 0 && (r.GradientMax != nil || r.HessianCondition != nil) {
		t.Errorf("no step, but gradient %v and condition %v", r.GradientMax, r.HessianCondition)
	}
}
