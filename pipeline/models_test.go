package pipeline

import (
	"math"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
)

// The golden files of testdata/models are made by models.R (versions there):
// glm for models without groups, glmmTMB polished by Newton steps for the
// others, performance for ICC and R². Tolerances, relative:
//
//	estimates            10⁻⁸, those near zero of their standard error
//	log-likelihood       10⁻¹⁰
//	standard deviations  10⁻⁸
//	standard errors      10⁻⁶
//	ICC and R²           10⁻⁸
const (
	estimateTolerance = 1e-8
	errorTolerance    = 1e-6
	logLikTolerance   = 1e-10
)

// golden is numbers by the fields before the last, joined by spaces.
func golden(t *testing.T, file string) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	for _, row := range readGolden(t, "testdata/models/"+file) {
		key := strings.Join(row[:len(row)-1], " ")
		if _, twice := out[key]; twice {
			t.Fatalf("%s has %q twice", file, key)
		}
		out[key] = number(t, row[len(row)-1])
	}
	return out
}

// TestModelsAgainstR runs the shipped study's models once for all comparisons.
func TestModelsAgainstR(t *testing.T) {
	r := shipped(t)
	for name, compare := range map[string]func(*testing.T, *Run){
		"estimates": modelsAgainstR, "lme4": modelsAgainstLme4, "likelihood ratios": likelihoodRatiosAgainstR,
		"scales": scalesAgainstR, "pooling": poolingAgainstR, "group intercepts": groupInterceptsAgainstR,
	} {
		t.Run(name, func(t *testing.T) { compare(t, r) })
	}
}

// modelsAgainstR: every model of the shipped study but the ones by quadrature,
// for which R has no peer; and every number that R has is one of ours.
func modelsAgainstR(t *testing.T, r *Run) {
	want := golden(t, "models.csv")
	for _, name := range r.Study.Models.Keys() {
		m := r.Results.Models[name]
		if m == nil || m.Status != "converged" {
			t.Fatalf("%s was not fitted", name)
		}
		if m.Quadrature > 1 {
			continue
		}
		expect := func(quantity, term string, got, tolerance, scale float64) {
			t.Helper()
			key := name + " " + quantity + " " + term
			value, ok := want[key]
			delete(want, key)
			if !ok || !(math.Abs(got-value) <= tolerance*max(math.Abs(value), scale)) {
				t.Errorf("%s = %.15g, R has %.15g", key, got, value)
			}
		}
		expect("n", "", float64(m.NObs), 0, 0)
		expect("log_lik", "", m.LogLik, logLikTolerance, 0)
		for _, c := range m.Coefficients {
			expect("estimate", c.Term, *c.Estimate, estimateTolerance, *c.StdError)
			expect("std_error", c.Term, *c.StdError, errorTolerance, 0)
		}
		for _, random := range m.Random {
			expect("groups", random.Group, float64(m.Groups[random.Group]), 0, 0)
			expect("sd", random.Group, random.SD[0], estimateTolerance, 0)
			expect("icc", random.Group, m.ICC[random.Group], estimateTolerance, 0)
		}
		if len(m.Random) > 0 {
			expect("r2_marginal", "", m.RSquared["nakagawa_marginal"], estimateTolerance, 1e-6)
			expect("r2_conditional", "", m.RSquared["nakagawa_conditional"], estimateTolerance, 0)
		}
	}
	for key := range want {
		t.Errorf("R has %s, and the study has not", key)
	}
}

// modelsAgainstLme4: the second peer for the models of chapter 5. Its
// optimiser stops a little off the maximum, with the log-likelihood equal to 11 digits,
// so that estimates differ by up to 2·10⁻⁴ of a standard error; its standard errors are by finite
// differences of the deviance.
func modelsAgainstLme4(t *testing.T, r *Run) {
	want := golden(t, "lme4.csv")
	for _, name := range []string{"municipality", "project"} {
		m := r.Results.Models[name]
		closeTo(t, name, m.LogLik, want[name+" log_lik "], logLikTolerance)
		closeTo(t, name+" sd", m.Random[0].SD[0], want[name+" sd "], 1e-5)
		for _, c := range m.Coefficients {
			if off := math.Abs(*c.Estimate - want[name+" estimate "+c.Term]); !(off <= 2e-4**c.StdError) {
				t.Errorf("%s %s is %g from lme4's", name, c.Term, off)
			}
			closeTo(t, name+" "+c.Term+" (error)", *c.StdError, want[name+" std_error "+c.Term], 1e-3)
		}
	}
}

// likelihoodRatiosAgainstR: models of the study within another, on the same persons.
func likelihoodRatiosAgainstR(t *testing.T, r *Run) {
	rows := readGolden(t, "testdata/models/lr.csv")
	compared := 0
	for _, row := range rows {
		of, _ := r.Study.Models.Get(row[0])
		if of.Like != row[1] {
			t.Errorf("%s is like %s", row[0], of.Like)
		}
		get := func(quantity string) float64 {
			v, _ := r.Results.Get(result.Key{Quantity: quantity, Model: row[0]})
			return v.Value
		}
		closeTo(t, row[0]+" statistic", get("lr_statistic"), number(t, row[2]), 1e-6)
		closeTo(t, row[0]+" df", get("lr_df"), number(t, row[3]), 0)
		closeTo(t, row[0]+" p", get("lr_p_value"), number(t, row[4]), 1e-4)
		compared++
	}
	for _, v := range r.Results.Values {
		if v.Key.Quantity == "lr_statistic" {
			compared--
		}
	}
	if compared != 0 {
		t.Errorf("R has %d comparisons more than the study", compared)
	}
}

// scalesAgainstR: what standardized variables are centred on and divided by.
func scalesAgainstR(t *testing.T, r *Run) {
	for _, row := range readGolden(t, "testdata/models/scales.csv") {
		for k, quantity := range []string{"scale_mean", "scale_sd", "scale_units"} {
			v, ok := r.Results.Get(result.Key{Quantity: quantity, Model: row[0], Variable: row[1]})
			if !ok {
				t.Fatalf("there is no %s of %s in %s", quantity, row[1], row[0])
			}
			closeTo(t, row[0]+" "+row[1]+" "+quantity, v.Value, number(t, row[2+k]), 1e-12)
		}
	}
}

// poolingAgainstR: without groups, and with a coefficient for every group
// by glm with indicator columns; estimates to 8 digits, errors to 6.
func poolingAgainstR(t *testing.T, r *Run) {
	want := golden(t, "pooling.csv")
	for _, name := range []string{"municipality", "project"} {
		terms := 0
		for _, c := range r.Results.Models[name].Coefficients {
			for _, kind := range []string{"none", "complete"} {
				get := func(quantity string) (result.Value, bool) {
					return r.Results.Get(result.Key{Quantity: quantity, Kind: kind, Model: name, Term: c.Term})
				}
				estimate, ok := get("pooled_estimate")
				b := want[name+" "+kind+" estimate "+c.Term]
				if c.Term == "(Intercept)" || b == 0 { // glm.fit gives NA, read as 0, to what is the same throughout every group
					if ok {
						t.Errorf("%s %s has an estimate of %s", name, kind, c.Term)
					}
					continue
				}
				terms++
				se, _ := get("pooled_std_error")
				wantErr := want[name+" "+kind+" std_error "+c.Term]
				if !(math.Abs(estimate.Value-b) <= estimateTolerance*max(math.Abs(b), wantErr)) {
					t.Errorf("%s %s %s = %.12g, R has %.12g", name, kind, c.Term, estimate.Value, b)
				}
				closeTo(t, name+" "+kind+" "+c.Term+" (error)", se.Value, wantErr, errorTolerance)
			}
		}
		if terms < 12 {
			t.Errorf("%s: %d terms were compared", name, terms)
		}
		count := func(quantity, kind string) float64 {
			v, _ := r.Results.Get(result.Key{Quantity: quantity, Kind: kind, Model: name, Variable: name})
			return v.Value
		}
		closeTo(t, name+" groups", count("pooled_groups", "none"), want[name+" none groups "], 0)
		closeTo(t, name+" groups left out", count("pooled_left_out", "groups"), want[name+" none groups_left_out "], 0)
		closeTo(t, name+" persons left out", count("pooled_left_out", "persons"), want[name+" none persons_left_out "], 0)
		lr, _ := r.Results.Get(result.Key{Quantity: "pooled_lr_statistic", Model: name})
		closeTo(t, name+" groups' variance", lr.Value, 2*(golden(t, "models.csv")[name+" log_lik "]-want[name+" complete log_lik "]), 1e-8)
	}
}

// groupInterceptsAgainstR: the coefficients of the groups without pooling, and their errors.
func groupInterceptsAgainstR(t *testing.T, r *Run) {
	want := golden(t, "pooling.csv")
	for _, name := range []string{"municipality", "project"} {
		f := r.fits[name]
		data, err := r.modelData(f.study)
		if err != nil {
			t.Fatal(err)
		}
		none, err := f.model.NoPooling(data)
		if err != nil {
			t.Fatal(err)
		}
		compared := 0
		for k, level := range none.Levels {
			b, ok := want[name+" none intercept "+level]
			if ok == math.IsInf(none.Intercept[k], 0) {
				t.Errorf("%s has %g, in R it is in the fit: %v", level, none.Intercept[k], ok)
			}
			if ok {
				se := want[name+" none intercept_error "+level]
				if !(math.Abs(none.Intercept[k]-b) <= 1e-7*se) {
					t.Errorf("%s = %.12g, R has %.12g", level, none.Intercept[k], b)
				}
				closeTo(t, level+" (error)", none.InterceptErr[k], se, errorTolerance)
				compared++
			}
		}
		closeTo(t, name+" log-likelihood", none.LogLik, want[name+" none log_lik "], logLikTolerance)
		if compared != none.Groups {
			t.Errorf("%s: %d groups compared of %d", name, compared, none.Groups)
		}
	}
}

// TestQuadratureOfThreeLevels: no R package integrates over nested groups, so
// the three-level model by adaptive quadrature is held against itself. One point
// is Laplace, to the bit of the likelihood that R agrees with; 7, 11 and 15
// points agree ever more closely.
func TestQuadratureOfThreeLevels(t *testing.T) {
	r := shipped(t)
	m, _ := r.Study.Models.Get("three_level_empty")
	data, err := r.modelData(m)
	if err != nil {
		t.Fatal(err)
	}
	by := map[int]*fit.Result{}
	for _, points := range []int{0, 1, 7, 11, 15} {
		model, err := fit.Fit(r.formulas["three_level_empty"].Source, data, fit.Options{Quadrature: points})
		if err != nil {
			t.Fatal(err)
		}
		by[points] = model.Result
	}
	if by[0].LogLik != by[1].LogLik || *by[0].Coefficients[0].Estimate != *by[1].Coefficients[0].Estimate {
		t.Errorf("one point gives %.12g, Laplace %.12g", by[1].LogLik, by[0].LogLik)
	}
	closeTo(t, "Laplace", by[1].LogLik, golden(t, "models.csv")["three_level_empty log_lik "], logLikTolerance)
	off := func(points int) float64 { return math.Abs(by[points].LogLik - by[15].LogLik) }
	if !(off(7) < 1e-4 && off(11) < off(7) && off(7) < off(1)/100) {
		t.Errorf("1, 7, 11 and 15 points: %.9f, %.9f, %.9f, %.9f", by[1].LogLik, by[7].LogLik, by[11].LogLik, by[15].LogLik)
	}
	for k := range by[15].Random {
		closeTo(t, by[15].Random[k].Group, by[7].Random[k].SD[0], by[15].Random[k].SD[0], 1e-4)
	}
}
