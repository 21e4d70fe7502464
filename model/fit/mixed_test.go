package fit_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bidrag/data/frame"
	"bidrag/model/fit"
)

// classes are pupils in classes in schools, 12 schools of 3 classes of 12:
// outcomes y (0/1) and s (a number) with an effect of x, of the school and of
// the class, and constant where sd is 0. Group codes are text and numbers.
func classes(t testing.TB, sd float64) *frame.Frame {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 11))
	var y, s, x, class, pair, kind []float64
	var school []string
	for i := range 12 {
		a := sd * r.NormFloat64()
		for j := range 3 {
			b := sd * r.NormFloat64()
			for k := range 12 {
				v := r.NormFloat64()
				eta := 0.3 + 0.8*v + a + b
				x = append(x, v)
				s = append(s, eta+r.NormFloat64())
				y = append(y, float64(min(1, int(r.Float64()+1/(1+math.Exp(-eta))))))
				school = append(school, string(rune('a'+i)))
				class = append(class, float64(j+1))
				pair = append(pair, float64(i))
				kind = append(kind, float64(k%3))
			}
		}
	}
	f, err := frame.New(frame.NewNumeric("y", y), frame.NewNumeric("s", s), frame.NewNumeric("x", x), frame.FactorOf("school", school),
		frame.NewNumeric("class", class), frame.NewNumeric("number", pair), frame.NewNumeric("kind", kind))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestMixedModelsAreReported(t *testing.T) {
	data := classes(t, 1)
	r := mustFit(t, "y ~ x + (1 | school/class)", data, fit.Options{}).Result
	if r.Method != "laplace" || r.Quadrature != 1 || r.Status != "converged" || r.NObs != 432 || r.DF != 4 || r.Deviance != -2*r.LogLik {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff(map[string]int{"school": 12, "class:school": 36}, r.Groups); diff != "" {
		t.Error(diff)
	}
	if len(r.Random) != 2 || r.Random[0].Group != "class:school" || r.Random[1].Group != "school" || r.Random[0].Cor != nil || r.Sigma != nil {
		t.Errorf("random terms %+v", r.Random)
	}
	a, b := r.Random[1].SD[0], r.Random[0].SD[0]
	all := a*a + b*b + math.Pi*math.Pi/3
	if math.Abs(r.ICC["school"]-a*a/all) > 1e-12 || math.Abs(r.ICC["class:school"]-b*b/all) > 1e-12 {
		t.Errorf("icc %v of standard deviations %g and %g", r.ICC, a, b)
	}
	if c := r.Coefficients[1]; math.Abs(*c.ConfHigh-*c.Estimate-1.959963984540054**c.StdError) > 1e-12 {
		t.Errorf("the interval of x is not the normal one: %+v", c)
	}
	if len(r.Warnings) != 0 {
		t.Errorf("warnings %v", r.Warnings)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back fit.Result
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*r, back, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

// TestLatentVariances: the intraclass correlation is a share of the variance
// that each link and family has, and R² add up to the same whole.
func TestLatentVariances(t *testing.T) {
	data := classes(t, 1)
	for _, c := range []struct {
		formula string
		options fit.Options
		latent  float64
	}{
		{"y ~ x + (1 | school)", fit.Options{Link: "probit"}, 1},
		{"y ~ x + (1 | school)", fit.Options{Link: "cloglog"}, math.Pi * math.Pi / 6},
		{"s ~ x + (1 | school)", fit.Options{Family: "gaussian"}, math.NaN()},
		{"exp(s) ~ x + (1 | school)", fit.Options{Family: "gamma"}, math.NaN()},
	} {
		r := mustFit(t, c.formula, data, c.options).Result
		switch c.options.Family {
		case "gaussian":
			c.latent = *r.Sigma * *r.Sigma
		case "gamma":
			c.latent = trigamma(1 / *r.Dispersion)
		}
		v := r.Random[0].SD[0] * r.Random[0].SD[0]
		if got := r.ICC["school"]; math.Abs(got-v/(v+c.latent)) > 1e-9 {
			t.Errorf("%s, %+v: icc %g, want %g", c.formula, c.options, got, v/(v+c.latent))
		}
		low, high := r.RSquared["nakagawa_marginal"], r.RSquared["nakagawa_conditional"]
		if whole := v / max(high-low, 1e-300); math.Abs((1-high)*whole-c.latent) > 1e-6*c.latent {
			t.Errorf("%s: R² %g and %g do not leave the distribution's share", c.formula, low, high)
		}
	}
}

// trigamma by its series.
func trigamma(x float64) float64 {
	sum := 0.0
	for k := range 1000000 {
		sum += 1 / ((x + float64(k)) * (x + float64(k)))
	}
	return sum + 1/(x+1e6)
}

func TestRandomSlopesHaveCorrelations(t *testing.T) {
	r := mustFit(t, "s ~ x + (x | school)", classes(t, 1), fit.Options{Family: "gaussian"}).Result
	random := r.Random[0]
	if diff := cmp.Diff([]string{"(Intercept)", "x"}, random.Terms); diff != "" || len(random.SD) != 2 || len(random.Cor) != 2 {
		t.Fatalf("%+v", random)
	}
	if *random.Cor[0][0] != 1 || random.Cor[0][1] != nil && *random.Cor[0][1] != *random.Cor[1][0] {
		t.Errorf("correlations %v", random.Cor)
	}
	if r.DF != 6 {
		t.Errorf("%d parameters", r.DF)
	}
}

func TestWarningsOfMixedModels(t *testing.T) {
	plain, none := classes(t, 1), classes(t, 0)
	apart, err := plain.With(frame.NewNumeric("y", func() []float64 {
		number, _ := plain.Column("number")
		out := make([]float64, plain.NumRows())
		for i, v := range number.Number {
			out[i] = float64(int(v) % 2)
		}
		out[0] = 1 - out[0]
		return out
	}()))
	if err != nil {
		t.Fatal(err)
	}
	twin, err := plain.With(func() *frame.Column {
		x, _ := plain.Column("x")
		out := slices.Clone(x.Number)
		for i := range out {
			out[i] += 1e-4 * float64(i%2)
		}
		return frame.NewNumeric("twin", out)
	}())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		formula             string
		data                *frame.Frame
		code, subject, says string
	}{
		{"y ~ x + (1 | kind:school)", none, "zero_variance", "kind:school: (Intercept)", "the model without (1 | kind:school) fits as well"},
		{"y ~ x + (1 | school) + (1 | kind)", plain, "few_groups", "kind", "kind has 3 groups only"},
		{"y ~ x + (1 | school) + (1 | number)", plain, "same_groups", "number", "school and number form the same groups"},
		{"y ~ 1 + (1 | x)", plain, "single_rows", "x", "every group of x has one row"},
		{"y ~ x + (1 | school)", apart, "large_variance", "school: (Intercept)", "group more coarsely"},
		{"y ~ x + twin + (1 | school)", twin, "ill_conditioned", "x", "x and twin nearly repeat each other"},
		{"y ~ x + twin", twin, "ill_conditioned", "x", "x and twin nearly repeat each other"},
		{"y ~ x + I(2 * x) + (1 | school)", plain, "aliased", "I(2 * x)", "determined by x"},
	} {
		r := mustFit(t, c.formula, c.data, fit.Options{}).Result
		if !warned(r, c.code, c.subject, c.says) {
			t.Errorf("%s: warnings %v; want %s of %s: %q", c.formula, r.Warnings, c.code, c.subject, c.says)
		}
		if text, err := json.Marshal(r); err != nil || strings.Contains(string(text), "NaN") {
			t.Errorf("%s: JSON %s, %v", c.formula, text, err)
		}
		if c.code == "zero_variance" && !slices.Contains(r.Boundary, c.subject) {
			t.Errorf("%s: boundary %v", c.formula, r.Boundary)
		}
	}
}

func TestModesByName(t *testing.T) {
	data := classes(t, 1)
	m := mustFit(t, "y ~ x + (1 | school/class) + (0 + x | school)", data, fit.Options{})
	modes, ok := m.Modes("school")
	if !ok || len(modes.Levels) != 12 || modes.Levels[2] != "c" || len(modes.Mode[2]) != 2 {
		t.Fatalf("%+v", modes)
	}
	if diff := cmp.Diff([]string{"(Intercept)", "x"}, modes.Terms); diff != "" {
		t.Error(diff)
	}
	inner, ok := m.Modes("class:school")
	if !ok || inner.Levels[12] != "2:a" {
		t.Fatalf("%+v", inner)
	}
	for g, sd := range inner.SD {
		if !(sd[0] > 0 && sd[0] <= m.Result.Random[0].SD[0]*(1+1e-9)) {
			t.Errorf("the mode of %s has the standard deviation %g", inner.Levels[g], sd[0])
		}
	}
	if _, ok := m.Modes("x"); ok {
		t.Error("modes of what is no grouping")
	}
	if _, ok := mustFit(t, "y ~ x", data, fit.Options{}).Modes("school"); ok {
		t.Error("modes of a model without random terms")
	}
}

// TestPredictionOfMixedModels: of the fitted rows it is the fit; a typical
// group has no mode; an unknown one neither, and adds its variance.
func TestPredictionOfMixedModels(t *testing.T) {
	data := classes(t, 1)
	m := mustFit(t, "y ~ x + (x | school) + (1 | class:school)", data, fit.Options{})
	own, err := m.Predict(data, fit.Prediction{Errors: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range own.Mu {
		if math.Abs(own.Eta[i]-m.Eta[i]) > 1e-10 || !(own.EtaError[i] > 0) || math.Abs(own.MuError[i]-own.EtaError[i]*own.Mu[i]*(1-own.Mu[i])) > 1e-12 {
			t.Fatalf("row %d: η %g ± %g, fitted %g, μ ± %g", i, own.Eta[i], own.EtaError[i], m.Eta[i], own.MuError[i])
		}
	}
	strange, err := frame.New(frame.NewNumeric("x", []float64{0, 0, math.NaN(), 0}), frame.FactorOf("school", []string{"new", "a", "a", ""}),
		frame.NewNumeric("class", []float64{1, 9, 1, 1}))
	if err != nil {
		t.Fatal(err)
	}
	typical, err := m.Predict(strange, fit.Prediction{Typical: true, Errors: true})
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Predict(strange, fit.Prediction{Errors: true})
	if err != nil {
		t.Fatal(err)
	}
	if got.Eta[0] != m.Beta[0] || typical.Eta[0] != m.Beta[0] || typical.Eta[1] != m.Beta[0] || got.Eta[1] == m.Beta[0] {
		t.Errorf("η %v, of typical groups %v; the intercept is %g", got.Eta, typical.Eta, m.Beta[0])
	}
	prior := 0.0
	for _, r := range m.Result.Random {
		prior += r.SD[0] * r.SD[0]
	}
	if want := math.Sqrt(prior + typical.EtaError[0]*typical.EtaError[0]); math.Abs(got.EtaError[0]-want) > 1e-6*want {
		t.Errorf("the error in an unknown group is %g, want %g", got.EtaError[0], want)
	}
	if !math.IsNaN(got.Eta[2]) || !math.IsNaN(got.EtaError[2]) || !math.IsNaN(got.Mu[3]) || math.IsNaN(typical.Mu[3]) || !math.IsNaN(typical.Mu[2]) {
		t.Errorf("with missing values: %+v, typical %+v", got, typical)
	}
	only, err := frame.New(frame.NewNumeric("x", []float64{1}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Predict(only, fit.Prediction{Typical: true}); err != nil {
		t.Errorf("a typical group needs no grouping: %v", err)
	}
	if _, err := m.Predict(only, fit.Prediction{}); err == nil || !strings.Contains(err.Error(), `there is no column "school"`) {
		t.Errorf("a grouping that is not there: %v", err)
	}
}

// TestMixedModelsDoNotDependOnNames: neither the names of groups nor the order
// of rows change what is estimated.
func TestMixedModelsDoNotDependOnNames(t *testing.T) {
	data := classes(t, 1)
	const text = "y ~ x + (x | school) + (1 | class:school)"
	plain := mustFit(t, text, data, fit.Options{}).Result
	order := rand.New(rand.NewPCG(1, 1)).Perm(data.NumRows())
	school, _ := data.Column("school")
	names := make([]string, data.NumRows())
	for i, c := range school.Code {
		names[i] = string(rune('z' - c))
	}
	renamed, err := data.With(frame.FactorOf("school", names))
	if err != nil {
		t.Fatal(err)
	}
	for what, other := range map[string]*frame.Frame{"other names": renamed, "other order": data.Rows(order)} {
		r := mustFit(t, text, other, fit.Options{}).Result
		if math.Abs(r.LogLik-plain.LogLik) > 1e-8 || math.Abs(*r.Coefficients[1].Estimate-*plain.Coefficients[1].Estimate) > 1e-6 ||
			math.Abs(r.Random[0].SD[1]-plain.Random[0].SD[1]) > 1e-5 {
			t.Errorf("%s: %+v, was %+v", what, r, plain)
		}
	}
}

// TestRepeatedRowsAreFrequencies: twice the rows is frequency weight 2, in all
// that is reported; and rows of weight 0 are not there.
func TestRepeatedRowsAreFrequencies(t *testing.T) {
	data := classes(t, 1)
	n := data.NumRows()
	var twice, kept []int
	weight := make([]float64, n)
	for i := range n {
		weight[i] = 2
		if i%7 == 0 {
			weight[i] = 0
		} else {
			twice = append(twice, i, i)
			kept = append(kept, i)
		}
	}
	weighted, err := data.With(frame.NewNumeric("w", weight))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ formula, family string }{{"y ~ x + (1 | school/class)", "binomial"}, {"s ~ x + (x | school)", "gaussian"}, {"kind ~ x + (1 | school:class)", "poisson"}, {"exp(s) ~ x + (1 | school)", "gamma"}} {
		want := mustFit(t, c.formula, data.Rows(twice), fit.Options{Family: c.family}).Result
		got := mustFit(t, c.formula, weighted, fit.Options{Family: c.family, Weights: "w", WeightsType: fit.Frequency}).Result
		same(t, c.formula, want, got)
		if c.family == "binomial" { // where a weight of 1 is a weight of none
			for i := range weight {
				weight[i] = min(1, weight[i])
			}
			same(t, c.formula+", prior", mustFit(t, c.formula, data.Rows(kept), fit.Options{}).Result, mustFit(t, c.formula, weighted, fit.Options{Weights: "w"}).Result)
			for i := range weight {
				weight[i] *= 2
			}
		}
	}
}

// same compares what two results say, but not how they were found.
func same(t *testing.T, what string, want, got *fit.Result) {
	t.Helper()
	a, b := *want, *got
	for _, r := range []*fit.Result{&a, &b} {
		r.Seconds, r.Iterations, r.GradientMax, r.HessianCondition, r.Warnings = 0, 0, nil, nil, nil
	}
	if diff := cmp.Diff(a, b, cmpopts.EquateApprox(1e-5, 1e-7)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestRandomTermsThatStandForEachOther: the constant is a combination of the
// indicators of a factor, so an intercept beside them has no variance of its own.
func TestRandomTermsThatStandForEachOther(t *testing.T) {
	data := classes(t, 1)
	for _, c := range []struct{ formula, subject, says string }{
		{"s ~ x + (factor(kind) || school)", "school: factor(kind)0", "the random effect of (Intercept) in school and the random effects of factor(kind)0, factor(kind)1 and factor(kind)2 in school can stand for each other"},
		{"s ~ x + (1 | school) + (0 + I(3 * kind / kind^0 - 3 * kind + 1) | school)", "school: I(3 * kind/kind^0 - 3 * kind + 1)", ""},
		{"s ~ x + (0 + factor(kind) | school) + (1 | school:kind)", "school:kind: (Intercept)", "can stand for each other"},
		{"s ~ (x + I(2 * x - 1) | school)", "school: (Intercept)", "(Intercept), x and I(2 * x - 1)) are combinations of each other"},
		{"s ~ x + (x || school)", "", ""},
		{"s ~ x + (x | school) + (1 | school:kind)", "", ""},
		{"s ~ x + (factor(kind) | school) + (1 | school:class)", "", ""},
	} {
		r := mustFit(t, c.formula, data, fit.Options{Family: "gaussian"}).Result
		if c.subject == "" {
			if hasCode(r, "unidentified") {
				t.Errorf("%s: %v", c.formula, r.Warnings)
			}
			continue
		}
		if !warned(r, "unidentified", c.subject, c.says) {
			t.Errorf("%s: %v", c.formula, r.Warnings)
		}
		if r.HessianCondition == nil && !warned(r, "no_standard_errors", "s", "") && !warned(r, "ill_conditioned", "s", "") {
			t.Errorf("%s: no condition, and nothing is said of it: %v", c.formula, r.Warnings)
		}
	}
}

// TestQuadratureThatWouldNotEnd: three random effects and 100 points are a
// million nodes for each of 432 rows.
func TestQuadratureThatWouldNotEnd(t *testing.T) {
	data := classes(t, 1)
	_, err := fit.Fit("y ~ x + (x | school) + (1 | school:class)", data, fit.Options{Quadrature: 100})
	want := "column 9 of the formula: every row has 3 random effects, so 100 points make 1e+06 nodes and, for 432 rows, 4.3e+08 values at each evaluation of the likelihood, more than the 3e+08 that can be computed: use --quadrature 88 or less (1 is Laplace), or leave out a random effect"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if _, err := fit.Fit("y ~ x + (1 | school)", data, fit.Options{Quadrature: 201}); err == nil || !strings.HasPrefix(err.Error(), "quadrature: 201 points are more than 200") {
		t.Errorf("201 points: %v", err)
	}
	mustFit(t, "y ~ x + (1 | school)", data, fit.Options{Quadrature: 200})
}

// TestSlopeBesideAZeroIntercept: an effect that comes after one whose variance
// is zero is no combination of it, and has no warning of its own.
func TestSlopeBesideAZeroIntercept(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	var y, x, z, g []float64
	for i := range 20 {
		slope, other := r.NormFloat64(), r.NormFloat64()
		for k := range 6 { // x is −1 and 1, and the noise of a group sums to zero over it and over z
			e := 0.3 * float64(1-k/3*2) * float64(1-k%2*2)
			u, v := float64(k%2*2-1), float64(k%3-1)
			y, x, z, g = append(y, slope*u+other*v+e), append(x, u), append(z, v), append(g, float64(i))
		}
	}
	data, err := frame.New(frame.NewNumeric("y", y), frame.NewNumeric("x", x), frame.NewNumeric("z", z), frame.NewNumeric("g", g))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"y ~ (x | g)", "y ~ (x + z | g)"} {
		m := mustFit(t, text, data, fit.Options{Family: "gaussian"}).Result
		if !slices.Equal(m.Boundary, []string{"g: (Intercept)"}) || m.Random[0].SD[1] < 0.3 {
			t.Errorf("%s: boundary %q, standard deviations %v", text, m.Boundary, m.Random[0].SD)
		}
		if !warned(m, "zero_variance", "g: (Intercept)", "") || hasCode(m, "perfect_correlation") {
			t.Errorf("%s: %v", text, m.Warnings)
		}
	}
}

// TestUnusedGroupsInOneAndInMany: one group has, several have no random effect.
func TestUnusedGroupsInOneAndInMany(t *testing.T) {
	data := classes(t, 1)
	school, _ := data.Column("school")
	for lost, says := range map[string]string{
		"a":  `the group "a" of school; it has no random effect, and is predicted as an unknown group`,
		"ab": `the groups "a" and "b" of school; they have no random effects, and are predicted as unknown groups`,
	} {
		x, _ := data.Column("x")
		values := slices.Clone(x.Number)
		for i := range values {
			if strings.Contains(lost, school.Levels[school.Code[i]]) {
				values[i] = math.NaN()
			}
		}
		gaps, err := data.With(frame.NewNumeric("x", values))
		if err != nil {
			t.Fatal(err)
		}
		if r := mustFit(t, "y ~ x + (1 | school)", gaps, fit.Options{}).Result; !warned(r, "unused_group", "school", says) {
			t.Errorf("%s: %v", lost, r.Warnings)
		}
	}
}
