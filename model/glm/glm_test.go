package glm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bidrag/model/family"
)

// families are all that can be fitted.
var families = []family.Family{
	{Dist: family.Binomial, Link: family.Logit}, {Dist: family.Binomial, Link: family.Probit}, {Dist: family.Binomial, Link: family.CLogLog},
	{Dist: family.Poisson, Link: family.Log}, {Dist: family.Gaussian, Link: family.Identity}, {Dist: family.Gamma, Link: family.Log},
}

// simulate draws data of a family: an intercept, then columns that are
// normal or 0/1 by turns.
func simulate(f family.Family, n, p int, seed uint64) Data {
	r := rand.New(rand.NewPCG(seed, 1))
	d := Data{N: n, P: p, X: make([]float64, n*p), Y: make([]float64, n), Family: f}
	beta := make([]float64, p)
	for j := range p {
		x := d.column(j)
		beta[j] = 0.4 * r.NormFloat64() / math.Sqrt(float64(p))
		for i := range x {
			switch {
			case j == 0:
				x[i] = 1
			case j%2 == 0:
				x[i] = float64(r.IntN(2))
			default:
				x[i] = r.NormFloat64()
			}
		}
	}
	eta := Linear(beta, d.X, nil, n)
	mu := make([]float64, n)
	f.Response(eta, mu)
	for i, m := range mu {
		d.Y[i] = draw(r, f, m)
	}
	return d
}

func draw(r *rand.Rand, f family.Family, mu float64) float64 {
	switch f.Dist {
	case family.Binomial:
		if r.Float64() < mu {
			return 1
		}
		return 0
	case family.Poisson:
		k, p := 0.0, math.Exp(-mu)
		for u := r.Float64(); u > p; p *= r.Float64() {
			u, k = u/r.Float64(), k+1
			if k > 50 {
				break
			}
		}
		return k
	case family.Gamma:
		return mu * (r.ExpFloat64() + r.ExpFloat64()) / 2
	}
	return mu + r.NormFloat64()
}

func mustFit(t testing.TB, d Data, o Options) *Estimate {
	t.Helper()
	e, err := Fit(d, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// close tells whether all numbers agree, relative to the size of the wanted.
func agree(got, want []float64, tol float64) bool {
	return slices.EqualFunc(got, want, func(g, w float64) bool {
		return g == w || math.IsNaN(g) && math.IsNaN(w) || math.Abs(g-w) <= tol*max(1, math.Abs(w))
	})
}

func TestTheBitsDoNotDependOnThreads(t *testing.T) {
	for _, f := range families {
		d := simulate(f, 3001, 9, 7)
		want := mustFit(t, d, Options{Threads: 1})
		for _, threads := range []int{2, 3, 8} {
			got := mustFit(t, d, Options{Threads: threads})
			if !slices.Equal(got.Beta, want.Beta) || !slices.Equal(got.Cov, want.Cov) || got.Deviance != want.Deviance || !slices.Equal(got.Eta, want.Eta) {
				t.Errorf("%v %v: %d threads give other bits", f.Dist, f.Link, threads)
			}
		}
	}
}

func TestTheDevianceIsLeastAtTheEstimate(t *testing.T) {
	for _, f := range families {
		d := simulate(f, 400, 6, 3)
		e := mustFit(t, d, Options{})
		if e.Status != Converged {
			t.Errorf("%v %v: %v, %s", f.Dist, f.Link, e.Status, e.Reason)
		}
		a := make([]float64, d.N)
		family.Rows{Y: d.Y}.Scale(a)
		deviance := func(beta []float64) float64 {
			return f.Score(Linear(beta, d.X, nil, d.N), d.Y, a, nil, nil)
		}
		if got := deviance(e.Beta); math.Abs(got-e.Deviance) > 1e-10*got {
			t.Errorf("%v %v: deviance %g, at the estimate %g", f.Dist, f.Link, e.Deviance, got)
		}
		for j := range d.P {
			const h = 1e-4
			se := math.Sqrt(e.Cov[j*d.P+j] / e.Dispersion)
			up, down := slices.Clone(e.Beta), slices.Clone(e.Beta)
			up[j], down[j] = up[j]+h*se, down[j]-h*se
			if slope := (deviance(up) - deviance(down)) / (2 * h); math.Abs(slope) > 1e-6 {
				t.Errorf("%v %v: the deviance has slope %.2g per standard error along coefficient %d", f.Dist, f.Link, slope, j)
			}
		}
	}
}

func TestRowsInAnotherOrder(t *testing.T) {
	for _, f := range families {
		d := simulate(f, 700, 7, 5)
		want := mustFit(t, d, Options{})
		order := rand.New(rand.NewPCG(2, 2)).Perm(d.N)
		p := d
		p.X, p.Y = make([]float64, len(d.X)), make([]float64, d.N)
		for k, i := range order {
			p.Y[k] = d.Y[i]
			for j := range d.P {
				p.X[j*d.N+k] = d.X[j*d.N+i]
			}
		}
		got := mustFit(t, p, Options{})
		if !agree(got.Beta, want.Beta, 1e-11) || !agree(got.Cov, want.Cov, 1e-10) {
			t.Errorf("%v %v: another order of rows changes the estimate", f.Dist, f.Link)
		}
	}
}

func TestRowsTwiceAreFrequencyTwo(t *testing.T) {
	for _, f := range families {
		d := simulate(f, 300, 5, 11)
		d.Offset = slices.Clone(d.column(1))
		twice := Data{N: 2 * d.N, P: d.P, Family: f, Y: slices.Concat(d.Y, d.Y), Offset: slices.Concat(d.Offset, d.Offset)}
		for j := range d.P {
			twice.X = append(append(twice.X, d.column(j)...), d.column(j)...)
		}
		want := mustFit(t, twice, Options{})
		d.WeightType, d.Weights = Frequency, make([]float64, d.N)
		for i := range d.Weights {
			d.Weights[i] = 2
		}
		got := mustFit(t, d, Options{})
		if !agree(got.Beta, want.Beta, 1e-10) || !agree(got.Cov, want.Cov, 1e-9) ||
			!agree([]float64{got.LogLik, got.AIC, got.BIC, got.Deviance, got.DFResidual, got.Dispersion}, []float64{want.LogLik, want.AIC, want.BIC, want.Deviance, want.DFResidual, want.Dispersion}, 1e-10) {
			t.Errorf("%v %v: rows twice and weight 2 differ", f.Dist, f.Link)
		}
	}
}

func TestARowOfWeightZeroIsNotThere(t *testing.T) {
	for _, f := range families {
		d := simulate(f, 200, 4, 13)
		d.Weights = make([]float64, d.N)
		for i := range d.Weights {
			d.Weights[i] = float64(1 + i%3)
		}
		want := mustFit(t, d, Options{})
		more := Data{N: d.N + 1, P: d.P, Family: f, Y: append(slices.Clone(d.Y), d.Y[0]), Weights: append(slices.Clone(d.Weights), 0)}
		for j := range d.P {
			more.X = append(append(more.X, d.column(j)...), 1e3)
		}
		got := mustFit(t, more, Options{})
		if !agree(got.Beta, want.Beta, 1e-10) || got.Count != want.Count || !agree([]float64{got.LogLik}, []float64{want.LogLik}, 1e-11) {
			t.Errorf("%v %v: a row of weight 0 counts", f.Dist, f.Link)
		}
	}
}

// TestUnitsDoNotMatter: a column moved and stretched, as a year or an income
// is, changes its own coefficient and the intercept as it must and nothing else.
func TestUnitsDoNotMatter(t *testing.T) {
	for _, f := range families {
		d := simulate(f, 500, 6, 17)
		want := mustFit(t, d, Options{})
		for _, c := range []struct{ scale, shift float64 }{{1, 2015}, {1e6, 0}, {1e-9, 0}, {1e5, 1e7}, {-3, 40}} {
			m := d
			m.X = slices.Clone(d.X)
			for i, v := range d.column(3) {
				m.X[3*d.N+i] = v*c.scale + c.shift
			}
			got := mustFit(t, m, Options{})
			beta := slices.Clone(got.Beta)
			beta[0] += c.shift * beta[3]
			beta[3] *= c.scale
			if !agree(beta, want.Beta, 1e-9) || math.Abs(got.LogLik-want.LogLik) > 1e-9*math.Abs(want.LogLik) {
				t.Errorf("%v %v: x·%g + %g changes the model: %v, %v", f.Dist, f.Link, c.scale, c.shift, beta, want.Beta)
			}
			if se, plain := math.Sqrt(got.Cov[3*d.P+3])*math.Abs(c.scale), math.Sqrt(want.Cov[3*d.P+3]); math.Abs(se-plain) > 1e-8*plain {
				t.Errorf("%v %v: x·%g + %g changes the standard error by %g", f.Dist, f.Link, c.scale, c.shift, se/plain-1)
			}
		}
	}
}

func TestLaterColumnsAreAliased(t *testing.T) {
	for _, f := range families {
		d := simulate(f, 300, 5, 19)
		want := mustFit(t, d, Options{})
		wide := d // 1, x1, x1 again, x2, x2 − 2·x1 + 3, x3, x4, zeros, 7
		wide.P, wide.X = 9, nil
		mix := make([]float64, d.N)
		for i := range mix {
			mix[i] = d.column(2)[i] - 2*d.column(1)[i] + 3
		}
		seven := slices.Repeat([]float64{7}, d.N)
		for _, c := range [][]float64{d.column(0), d.column(1), d.column(1), d.column(2), mix, d.column(3), d.column(4), make([]float64, d.N), seven} {
			wide.X = append(wide.X, c...)
		}
		got := mustFit(t, wide, Options{})
		if !slices.Equal(got.Aliased, []bool{false, false, true, false, true, false, false, true, true}) || got.Rank != 5 {
			t.Errorf("%v %v: aliased %v", f.Dist, f.Link, got.Aliased)
		}
		for j, of := range map[int][]int{2: {1}, 4: {0, 1, 3}, 7: nil, 8: {0}} {
			if !slices.Equal(got.AliasOf[j], of) {
				t.Errorf("column %d is said to be a combination of %v, not %v", j, got.AliasOf[j], of)
			}
		}
		nan := math.NaN()
		b := want.Beta
		if !agree(got.Beta, []float64{b[0], b[1], nan, b[2], nan, b[3], b[4], nan, nan}, 1e-9) || math.Abs(got.LogLik-want.LogLik) > 1e-10*math.Abs(want.LogLik) {
			t.Errorf("%v %v: aliased columns change the others: %v, %v", f.Dist, f.Link, got.Beta, b)
		}
	}
}

func TestModelsWithoutColumns(t *testing.T) {
	d := Data{N: 3, P: 0, Y: []float64{1, 0, 1}, Offset: []float64{0.5, -1, 2}, Family: families[0]}
	e := mustFit(t, d, Options{})
	want := 0.0
	for i, o := range d.Offset {
		want += math.Log1p(math.Exp(-o * (2*d.Y[i] - 1)))
	}
	if e.Status != Converged || math.Abs(e.LogLik+want) > 1e-14 || e.Rank != 0 {
		t.Errorf("%v: log-likelihood %g, want %g", e.Status, e.LogLik, -want)
	}
}

func TestWhatCannotBeFitted(t *testing.T) {
	good := simulate(families[0], 20, 2, 1)
	for _, c := range []struct {
		name   string
		spoil  func(*Data)
		reason string
	}{
		{"no rows", func(d *Data) { *d = Data{Family: d.Family} }, "there are no rows to fit"},
		{"infinite column", func(d *Data) { d.X[25] = math.Inf(1) }, "column 2 of the model matrix is not finite in row 6"},
		{"response", func(d *Data) { d.Y[3] = 2 }, "the response must be between 0 and 1; row 4 has 2"},
		{"weights", func(d *Data) { d.Weights = make([]float64, 20); d.Weights[4] = -1 }, "the weights must be 0 or positive; row 5 has -1"},
		{"offset", func(d *Data) { d.Offset = make([]float64, 20); d.Offset[0] = math.NaN() }, "the offset must be finite; row 1 has NaN"},
		{"trials", func(d *Data) { d.Trials = make([]float64, 20); d.Trials[0] = -3 }, "the numbers of trials must be 0 or positive; row 1 has -3"},
	} {
		d := good
		d.X, d.Y = slices.Clone(good.X), slices.Clone(good.Y)
		c.spoil(&d)
		if _, err := Fit(d, Options{}); err == nil || err.Error() != c.reason {
			t.Errorf("%s: error %v, want %s", c.name, err, c.reason)
		}
	}
}

// TestEndingsOtherThanConverged: the status says so, and nothing panics.
func TestEndingsOtherThanConverged(t *testing.T) {
	d := simulate(families[0], 200, 4, 23)
	if e := mustFit(t, d, Options{MaxIterations: 2}); e.Status != NotConverged || e.Reason != "the limit of 2 iterations was reached" {
		t.Errorf("%v: %s", e.Status, e.Reason)
	}
	d = simulate(families[3], 200, 4, 23)
	d.Offset = slices.Repeat([]float64{800}, d.N)
	if e := mustFit(t, d, Options{}); e.Status == Converged && math.Abs(e.Beta[0]+800) > 20 {
		t.Errorf("an offset of 800 converged to %v", e.Beta)
	}
}

func TestPrediction(t *testing.T) {
	d := simulate(families[0], 100, 4, 29)
	d.Offset = slices.Clone(d.column(1))
	e := mustFit(t, d, Options{})
	if eta := Linear(e.Beta, d.X, d.Offset, d.N); !agree(eta, e.Eta, 1e-13) {
		t.Error("the linear predictor of the data is not that of the fit")
	}
	se := LinearErrors(e.Cov, d.X, d.N, d.P)
	for i := range 5 {
		v := 0.0
		for j := range d.P {
			for k := range d.P {
				v += d.X[j*d.N+i] * e.Cov[j*d.P+k] * d.X[k*d.N+i]
			}
		}
		if math.Abs(se[i]-math.Sqrt(v)) > 1e-14 {
			t.Errorf("row %d: standard error %g, want %g", i, se[i], math.Sqrt(v))
		}
	}
}
