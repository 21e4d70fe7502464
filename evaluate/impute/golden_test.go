package impute

import (
	"context"
	"math"
	"slices"
	"strconv"
	"testing"

	"bidrag/data/frame"
	"bidrag/model/fit"
	"bidrag/model/infer"
	"bidrag/model/univariate"
	"bidrag/study"
)

// complete are the columns of gaps.csv without gaps.
var complete = []string{"y", "g", "w", "f"}

// gapsFrame is testdata/gaps.csv.
func gapsFrame(t testing.TB) *frame.Frame {
	t.Helper()
	rows := records(t, "gaps.csv")
	var columns []*frame.Column
	for j, name := range rows[0] {
		text := make([]string, len(rows)-1)
		for i := range text {
			text[i] = rows[i+1][j]
		}
		if name == "f" || name == "c" || name == "place" {
			columns = append(columns, frame.FactorOf(name, text))
		} else {
			columns = append(columns, frame.NewNumeric(name, numbersOf(t, text)))
		}
	}
	d, err := frame.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// alone is a state with one variable to fill, by the complete columns.
func alone(t testing.TB, name, method string) *state {
	t.Helper()
	f := &filling{problem: Problem{Data: gapsFrame(t), Variables: []Variable{{Name: name, Method: method}}, Predictors: complete}, options: Options{Seed: 1}.withDefaults(), out: &Filled{}}
	if err := f.prepare(); err != nil {
		t.Fatal(err)
	}
	s := newState(f.design)
	s.begin(1, 1)
	return s
}

// ofModel are estimates and standard errors that R gives for a model.
func ofModel(t testing.TB, model string) (terms []string, estimate, se []float64) {
	for _, row := range records(t, "single.csv") {
		if row[0] == model {
			terms = append(terms, row[1])
			estimate = append(estimate, numbersOf(t, row[2:3])[0])
			se = append(se, numbersOf(t, row[3:4])[0])
		}
	}
	return terms, estimate, se
}

func agrees(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s: %.10g, R has %.10g", what, got, want)
	}
}

// The logistic and the cumulative model, with made-up persons as mice makes
// them, against glm (which gives 8 digits) and polr (optim, and a Hessian by
// finite differences: 4 digits).
func TestCumulativeModelsAgreeWithR(t *testing.T) {
	s := alone(t, "b", study.Logistic)
	m := newCumulative(s, 0, s.predictors(0))
	m.doubt = nil
	if err := climb(m, s, off, 1e-12); err != nil {
		t.Fatal(err)
	}
	if err := m.renew(s); err != nil {
		t.Fatal(err)
	}
	v := inverse(m.system.schur, len(m.point))
	terms, estimate, se := ofModel(t, "b")
	for j, term := range terms {
		got := m.point[j]
		if j == 0 { // P(b = 0) = F(θ): θ is minus the constant
			got = -got
		}
		agrees(t, "b "+term, got, estimate[j], 1e-8)
		agrees(t, "b se "+term, math.Sqrt(v[j*len(terms)+j]), se[j], 1e-7)
	}

	s = alone(t, "o", study.OrdinalFill)
	m = newCumulative(s, 0, s.predictors(0))
	m.doubt = nil
	if err := climb(m, s, off, 1e-12); err != nil {
		t.Fatal(err)
	}
	if err := m.renew(s); err != nil {
		t.Fatal(err)
	}
	q := len(m.point)
	v = inverse(m.system.schur, q)
	terms, estimate, se = ofModel(t, "o")
	for j, term := range terms {
		at := (j + m.levels - 1) % q // R has the thresholds last
		agrees(t, "o "+term, m.point[at], estimate[j], 2e-5)
		agrees(t, "o se "+term, math.Sqrt(v[at*q+at]), se[j], 1e-4)
	}
}

// inverse is A⁻¹ by its factor.
func inverse(l []float64, k int) []float64 {
	out := make([]float64, k*k)
	for j := range k {
		unit := make([]float64, k)
		unit[j] = 1
		for i, v := range solve(l, unit) {
			out[i*k+j] = v
		}
	}
	return out
}

// The multinomial model against multinom, whose optimizer stops at 4 digits.
func TestTheMultinomialModelAgreesWithR(t *testing.T) {
	s := alone(t, "c", study.Multinomial)
	m := newMultinomial(s, 0, s.predictors(0), 2)
	m.doubt = nil
	m.start(s)
	if err := climb(m, s, off, 1e-12); err != nil {
		t.Fatal(err)
	}
	if err := m.renew(s); err != nil {
		t.Fatal(err)
	}
	v := inverse(m.factor, len(m.point))
	terms, estimate, se := ofModel(t, "c")
	if len(terms) != len(m.point) {
		t.Fatalf("%d parameters, R has %d", len(m.point), len(terms))
	}
	for j, term := range terms {
		agrees(t, "c "+term, m.point[j], estimate[j], 1e-4)
		agrees(t, "c se "+term, math.Sqrt(v[j*len(terms)+j]), se[j], 1e-4)
	}
}

// The linear model against lm, and the spread of draws against its errors.
func TestTheLinearModelAgreesWithR(t *testing.T) {
	s := alone(t, "x", study.GaussianFit)
	m := newLinear(s, 0, s.predictors(0), false)
	e, err := m.estimate(s)
	if err != nil {
		t.Fatal(err)
	}
	terms, estimate, se := ofModel(t, "x")
	k := len(m.cols)
	v := inverse(e.information, k)
	sigma := estimate[k]
	for j := range k {
		got := m.scale * e.hat[j]
		if j == 0 {
			got += m.mean
		}
		agrees(t, "x "+terms[j], got, estimate[j], 1e-10)
		agrees(t, "x se "+terms[j], sigma*math.Sqrt(v[j*k+j]), se[j], 1e-10)
	}
	// E σ*² = RSS/(df − 2), so the mean of σ*² tells the estimate.
	const draws = 4000
	mean := 0.0
	for range draws {
		e, _ := m.estimate(s)
		mean += e.sigma * e.sigma * m.scale * m.scale / draws
	}
	df := float64(s.variables[0].known - k)
	agrees(t, "σ²", mean*(df-2)/df, sigma*sigma, 0.005)
}

// The persons who may give their value, against all that mice drew in 300 tries.
func TestDonorsAreThoseOfMice(t *testing.T) {
	s := alone(t, "z", study.PMM)
	m := newLinear(s, 0, s.predictors(0), true)
	e, err := m.estimate(s)
	if err != nil {
		t.Fatal(err)
	}
	s.predict(m.cols, e.hat)
	p := newPool(s.having(s.variables[0]), s.eta, s.random)
	want := map[float64][]int32{}
	for _, row := range records(t, "donors.csv")[1:] {
		x := numbersOf(t, row)
		want[x[0]] = append(want[x[0]], int32(x[1])-1)
	}
	if len(want) != 25 {
		t.Fatalf("%d persons to give to", len(want))
	}
	for target, persons := range want {
		got := p.nearest(nil, (target-m.mean)/m.scale, donors, func(int32) bool { return true })
		slices.Sort(got)
		// Where persons have the same predictors, any of them is as near.
		if !slices.Equal(got, persons) {
			near := func(who []int32) (d []float64) {
				for _, i := range who {
					d = append(d, math.Round(1e9*math.Abs(s.eta[i]-(target-m.mean)/m.scale)))
				}
				slices.Sort(d)
				return d
			}
			if a, b := near(got), near(persons); !slices.Equal(a, b[:min(len(a), len(b))]) {
				t.Errorf("for %g persons %v give, in mice %v", target, got, persons)
			}
		}
	}
}

// A model fitted to data filled 150 times, against the same with mice: within four
// Monte Carlo errors of each other, the errors within 4 % and the fraction of
// missing information within 0.08 (its own Monte Carlo error is some 0.025).
func TestPooledEstimatesAgreeWithMice(t *testing.T) {
	data := gapsFrame(t)
	p := Problem{Data: data, Predictors: complete, Variables: []Variable{
		{Name: "b", Method: study.Logistic}, {Name: "o", Method: study.OrdinalFill}, {Name: "c", Method: study.Multinomial},
		{Name: "x", Method: study.GaussianFit}, {Name: "z", Method: study.PMM},
	}}
	out, err := Fill(context.Background(), p, Options{Imputations: 150, Iterations: 10, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Notes) > 0 {
		t.Errorf("notes: %v", out.Notes)
	}
	var estimates, covs [][]float64
	for _, columns := range out.Columns {
		filled, err := data.With(columns...)
		if err != nil {
			t.Fatal(err)
		}
		m, err := fit.Fit("y ~ g + w + f + b + o + c + x + z", filled, fit.Options{Family: "binomial"})
		if err != nil {
			t.Fatal(err)
		}
		var beta []float64
		n := len(m.Result.Coefficients)
		cov := make([]float64, n*n)
		for j, c := range m.Result.Coefficients {
			beta = append(beta, *c.Estimate)
			cov[j*n+j] = *c.StdError * *c.StdError
		}
		estimates, covs = append(estimates, beta), append(covs, cov)
	}
	pooled, err := infer.Pool(estimates, covs, float64(data.NumRows()-len(estimates[0])))
	if err != nil {
		t.Fatal(err)
	}
	rows := records(t, "pooled.csv")[1:]
	if len(rows) != len(pooled.Estimate) {
		t.Fatalf("%d terms, R has %d", len(pooled.Estimate), len(rows))
	}
	for j, row := range rows {
		x := numbersOf(t, row[1:])
		error := math.Sqrt(x[4]/150 + pooled.MonteCarlo[j]*pooled.MonteCarlo[j])
		if d := pooled.Estimate[j] - x[0]; !(math.Abs(d) <= 4*error) {
			t.Errorf("%s: %g, mice has %g: %.1f Monte Carlo errors off", row[0], pooled.Estimate[j], x[0], d/error)
		}
		agrees(t, "se "+row[0], pooled.StdError[j]/x[1], 1, 0.04)
		t.Logf("%s %.4f %.4f, %.1f errors; se %.4f %.4f; fmi %.3f %.3f", row[0], pooled.Estimate[j], x[0], (pooled.Estimate[j]-x[0])/error, pooled.StdError[j], x[1], pooled.FMI[j], x[3])
		agrees(t, "fmi "+row[0], pooled.FMI[j], x[3], 0.08)
	}
}

func numbersOf(t testing.TB, text []string) []float64 {
	t.Helper()
	x := make([]float64, len(text))
	for i, v := range text {
		var err error
		if x[i], err = strconv.ParseFloat(v, 64); err != nil {
			if v != "" {
				t.Fatal(err)
			}
			x[i] = math.NaN()
		}
	}
	return x
}

// Draws with random intercepts: their means over 1,000 draws lie where lme4 has
// its estimates, within a sixth of a standard error, of the logistic model a third
// (the top of coefficients and intercepts together, penalized quasi-likelihood,
// is 2 % nearer zero here); their standard deviations within a tenth, and those
// of places and persons too.
func TestRandomInterceptsAgreeWithLme4(t *testing.T) {
	data := gapsFrame(t)
	x := must(data.Column("x"))
	high := make([]float64, len(x.Number))
	for i, v := range x.Number {
		switch {
		case math.IsNaN(v):
			high[i] = v
		case v > 11:
			high[i] = 1
		}
	}
	data, err := data.With(frame.NewNumeric("h", high))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []Variable{{Name: "x", Method: study.GaussianFit}, {Name: "h", Method: study.Logistic}} {
		f := &filling{problem: Problem{Data: data, Variables: []Variable{v}, Predictors: complete, Cluster: "place", Level: "intercept"}, out: &Filled{}}
		if err := f.prepare(); err != nil {
			t.Fatal(err)
		}
		s := newState(f.design)
		s.begin(1, 1)
		cols := make([]int, 0, 6)
		for j, c := range s.columns { // lme4 has no means of places
			if c.of < 0 && c.meanOf < 0 && j < 6 {
				cols = append(cols, j)
			}
		}
		draws := drawsOf(t, s, v, cols, 1000)
		near := map[string]float64{"x": 1.0 / 6, "h": 1.0 / 3}[v.Name]
		for _, row := range records(t, "intercepts.csv") {
			if row[0] != v.Name {
				continue
			}
			want := numbersOf(t, row[2:])
			mean, sd := univariate.MeanSD(draws[row[1]])
			if math.IsNaN(want[1]) {
				agrees(t, v.Name+" "+row[1], mean/want[0], 1, 0.1)
			} else {
				agrees(t, v.Name+" "+row[1]+" in standard errors", (mean-want[0])/want[1], 0, near)
				agrees(t, v.Name+" sd "+row[1], sd/want[1], 1, 0.1)
			}
		}
	}
}

// drawsOf are draws of a model's parameters by R's names.
func drawsOf(t *testing.T, s *state, v Variable, cols []int, n int) map[string][]float64 {
	t.Helper()
	names := []string{"0", "y", "g", "w", "fq", "fr"}
	out := map[string][]float64{}
	add := func(name string, x float64) { out[name] = append(out[name], x) }
	if v.Method == study.GaussianFit {
		m := newLinear(s, 0, cols, false)
		for range n {
			e, err := m.estimate(s)
			if err != nil {
				t.Fatal(err)
			}
			for j, b := range e.drawn {
				if b *= m.scale; j == 0 {
					b += m.mean
				}
				add(names[j], b)
			}
			add("tau", m.scale*math.Sqrt(m.tau2))
			add("sigma", m.scale*math.Sqrt(m.sigma2))
		}
		return out
	}
	m := newCumulative(s, 0, cols)
	for k := range n + 50 {
		if err := climb(m, s, off, tolerance); err != nil {
			t.Fatal(err)
		}
		theta, beta, _, err := m.draw(s)
		if err != nil {
			t.Fatal(err)
		}
		if k == 49 { // as the pilot does
			if err := m.renew(s); err != nil {
				t.Fatal(err)
			}
		}
		if k < 50 {
			continue
		}
		add("0", -theta[0])
		for j, b := range beta {
			add(names[j+1], b)
		}
		add("tau", math.Sqrt(m.tau2))
	}
	return out
}
