package glm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bidrag/model/family"
)

// grouped draws data of a family in groups of very different size, the first of
// 400 rows, each with an intercept of its own; column 1 is far from 0, as a year is.
func grouped(f family.Family, groups, p int, seed uint64) Grouped {
	r := rand.New(rand.NewPCG(seed, 2))
	d := Grouped{Groups: groups}
	for g := range groups {
		for range max(1, 400/(g+1)) {
			d.Group = append(d.Group, int32(g))
		}
	}
	r.Shuffle(len(d.Group), func(i, j int) { d.Group[i], d.Group[j] = d.Group[j], d.Group[i] })
	d.N, d.P, d.Family = len(d.Group), p, f
	d.X, d.Y = make([]float64, d.N*p), make([]float64, d.N)
	alpha, eta, mu := make([]float64, groups), make([]float64, d.N), make([]float64, d.N)
	for g := range alpha {
		alpha[g] = 0.7 * r.NormFloat64()
	}
	for j := range p {
		for i := range d.N {
			x := r.NormFloat64() + 0.3*alpha[d.Group[i]]
			if j%2 == 1 {
				x = float64(r.IntN(2))
			}
			eta[i] += 0.3 * x
			if j == 0 {
				x = 2020 + 3*x
			}
			d.X[j*d.N+i] = x
		}
	}
	for i, g := range d.Group {
		eta[i] += alpha[g]
	}
	f.Response(eta, mu)
	for i, m := range mu {
		d.Y[i] = draw(r, f, m)
	}
	return d
}

// dummies is the same model with an indicator column for every group that was
// kept, on the rows that were kept; dummies first.
func dummies(d Grouped, e *WithinEstimate) (out Data, kept []int) {
	var rows []int
	for i, g := range d.Group {
		if e.State[g] == Estimated && d.counts(i) {
			rows = append(rows, i)
		}
	}
	for g, s := range e.State {
		if s == Estimated {
			kept = append(kept, g)
		}
	}
	out = Data{N: len(rows), P: len(kept) + d.P, Y: pick(d.Y, rows), Weights: pick(d.Weights, rows), WeightType: d.WeightType,
		Trials: pick(d.Trials, rows), Offset: pick(d.Offset, rows), Family: d.Family}
	for _, g := range kept {
		for _, i := range rows {
			out.X = append(out.X, map[bool]float64{true: 1}[d.Group[i] == int32(g)])
		}
	}
	for j := range d.P {
		out.X = append(out.X, pick(d.column(j), rows)...)
	}
	return out, kept
}

func mustFitWithin(t testing.TB, d Grouped, o Options) *WithinEstimate {
	t.Helper()
	e, err := FitWithin(d, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// sameAsDummies holds a fit against Fit with indicator columns, which is held
// against R's glm. The tolerance is relative.
func sameAsDummies(t *testing.T, d Grouped, e *WithinEstimate, tol float64) {
	t.Helper()
	long, kept := dummies(d, e)
	want := mustFit(t, long, Options{})
	if e.Status != want.Status {
		t.Errorf("%s, with indicators %s", e.Status, want.Status)
	}
	same := func(what string, got, want float64) {
		t.Helper()
		if math.IsNaN(got) != math.IsNaN(want) || !(math.Abs(got-want) <= tol*max(1e-3, math.Abs(want))) && !math.IsNaN(want) {
			t.Errorf("%s = %.15g, with indicators %.15g", what, got, want)
		}
	}
	for k, g := range kept {
		same("intercept", e.Intercept[g], want.Beta[k])
		same("its error", e.InterceptErr[g], math.Sqrt(want.Cov[k*long.P+k]))
	}
	for i := range d.P {
		a := len(kept) + i
		same("coefficient", e.Beta[i], want.Beta[a])
		if e.Aliased[i] != want.Aliased[a] || e.Separated[i] != want.Separated[a] {
			t.Errorf("column %d: aliased %v, separated %v", i, e.Aliased[i], e.Separated[i])
		}
		for j := range d.P {
			got, want := e.Cov[i*d.P+j], want.Cov[a*long.P+len(kept)+j]
			scale := math.Sqrt(e.Cov[i*d.P+i] * e.Cov[j*d.P+j])
			if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > tol*scale {
				t.Errorf("covariance %d, %d = %.15g, with indicators %.15g", i, j, got, want)
			}
		}
	}
	same("log-likelihood", e.LogLik, want.LogLik)
	same("deviance", e.Deviance, want.Deviance)
	same("dispersion", e.Dispersion, want.Dispersion)
	same("AIC", e.AIC, want.AIC)
	same("BIC", e.BIC, want.BIC)
	if e.Rank != want.Rank || e.Count != want.Count {
		t.Errorf("rank %d of %g observations, with indicators %d of %g", e.Rank, e.Count, want.Rank, want.Count)
	}
}

// TestWithinIsFitWithIndicators: for every family and link.
func TestWithinIsFitWithIndicators(t *testing.T) {
	for k, f := range families {
		d := grouped(f, 60, 4, uint64(k))
		e := mustFitWithin(t, d, Options{})
		if e.Status != Converged || e.GradientMax > 1e-6 {
			t.Errorf("%v: %s after %d steps, gradient %g", f, e.Status, e.Iterations, e.GradientMax)
		}
		sameAsDummies(t, d, e, 1e-8)
		if f.Dist == family.Binomial && !slices.Contains(e.State, Lowest) && !slices.Contains(e.State, Highest) {
			t.Errorf("%v: the data have no group of equal outcomes", f)
		}
	}
}

func TestWithinHasWeightsTrialsAndOffset(t *testing.T) {
	d := grouped(families[0], 40, 3, 9)
	r := rand.New(rand.NewPCG(7, 7))
	d.Weights, d.Trials, d.Offset = make([]float64, d.N), make([]float64, d.N), make([]float64, d.N)
	for i := range d.N {
		d.Weights[i], d.Trials[i], d.Offset[i] = float64(r.IntN(4)), float64(1+r.IntN(5)), r.NormFloat64()
		d.Y[i] = float64(r.IntN(int(d.Trials[i])+1)) / d.Trials[i]
		if d.Group[i] == 39 {
			d.Weights[i] = 0
		}
	}
	for _, kind := range []WeightType{Prior, Frequency} {
		d.WeightType = kind
		e := mustFitWithin(t, d, Options{})
		if e.State[39] != Empty || !math.IsNaN(e.Intercept[39]) {
			t.Errorf("a group without weight is %d with intercept %g", e.State[39], e.Intercept[39])
		}
		sameAsDummies(t, d, e, 1e-8)
	}
}

// TestWithinLeavesOutGroupsOfEqualOutcomes: without them the coefficients are
// the same to the bit.
func TestWithinLeavesOutGroupsOfEqualOutcomes(t *testing.T) {
	d := grouped(families[0], 20, 3, 3)
	for i, g := range d.Group {
		if g < 2 {
			d.Y[i] = float64(g)
		}
	}
	e := mustFitWithin(t, d, Options{})
	if e.State[0] != Lowest || e.State[1] != Highest || !math.IsInf(e.Intercept[0], -1) || !math.IsInf(e.Intercept[1], 1) || !math.IsNaN(e.InterceptErr[0]) {
		t.Errorf("states %v, intercepts %v", e.State[:2], e.Intercept[:2])
	}
	weights := make([]float64, d.N)
	for i, g := range d.Group {
		if g >= 2 {
			weights[i] = 1
		}
		if g < 2 != math.IsNaN(e.Eta[i]) {
			t.Fatalf("row %d of group %d has the predictor %g", i, g, e.Eta[i])
		}
	}
	d.Weights = weights
	if again := mustFitWithin(t, d, Options{}); !slices.Equal(again.Beta, e.Beta) {
		t.Errorf("%v with them, %v without", e.Beta, again.Beta)
	}
}

// TestWithinAliases: the same throughout every group, and a combination of others within the groups.
func TestWithinAliases(t *testing.T) {
	d := grouped(families[0], 30, 5, 4)
	for i, g := range d.Group {
		d.X[1*d.N+i] = math.Sqrt(float64(g)) * 1e3
		d.X[3*d.N+i] = 2*d.X[2*d.N+i] - d.X[0*d.N+i]/7 + float64(g)
	}
	e := mustFitWithin(t, d, Options{})
	if !slices.Equal(e.Aliased, []bool{false, true, false, true, false}) || !slices.Equal(e.Constant, []bool{false, true, false, false, false}) {
		t.Errorf("aliased %v, constant %v", e.Aliased, e.Constant)
	}
	if !slices.Equal(e.AliasOf[3], []int{0, 2}) || e.AliasOf[1] != nil {
		t.Errorf("%v", e.AliasOf)
	}
	sameAsDummies(t, d, e, 1e-7)
}

// TestWithinSeparated: x tells the outcome in every group.
func TestWithinSeparated(t *testing.T) {
	d := grouped(families[0], 15, 3, 5)
	for i := range d.N {
		d.X[1*d.N+i] = d.Y[i] + float64(d.Group[i])
		if i%3 == 0 {
			d.X[1*d.N+i] = 0.5 + float64(d.Group[i])
		}
	}
	e := mustFitWithin(t, d, Options{})
	if e.Status != Separated || !slices.Equal(e.Separated, []bool{false, true, false}) {
		t.Errorf("%s %v", e.Status, e.Separated)
	}
}

// TestWithinWithoutColumns: the intercept of a group is the logit of its share.
func TestWithinWithoutColumns(t *testing.T) {
	d := grouped(families[0], 12, 0, 6)
	e := mustFitWithin(t, d, Options{})
	for g := range d.Groups {
		n, sum := 0.0, 0.0
		for i, h := range d.Group {
			if int(h) == g {
				n, sum = n+1, sum+d.Y[i]
			}
		}
		p := sum / n
		if want := math.Log(p / (1 - p)); !(math.Abs(e.Intercept[g]-want) < 1e-10) || !(math.Abs(e.InterceptErr[g]-1/math.Sqrt(n*p*(1-p))) < 1e-10) {
			t.Errorf("group %d: %g with error %g, want %g", g, e.Intercept[g], e.InterceptErr[g], want)
		}
	}
}

func TestWithinNeedsAGroup(t *testing.T) {
	d := Grouped{Data: Data{N: 3, Y: []float64{0, 0, 1}, Family: families[0]}, Group: []int32{0, 0, 1}, Groups: 2}
	if _, err := FitWithin(d, Options{}); err == nil {
		t.Error("no group has an intercept, and there is no error")
	}
}

func TestWithinDoesNotDependOnThreads(t *testing.T) {
	d := grouped(families[0], 3000, 6, 8)
	one, four := mustFitWithin(t, d, Options{Threads: 1}), mustFitWithin(t, d, Options{Threads: 4})
	if !slices.Equal(one.Beta, four.Beta) || !slices.Equal(one.Cov, four.Cov) || one.LogLik != four.LogLik {
		t.Error("1 and 4 threads differ")
	}
}

// TestWithinUnits: the units of the columns, and where they are measured from,
// change nothing but the units of the answer.
func TestWithinUnits(t *testing.T) {
	d := grouped(families[0], 50, 3, 10)
	e := mustFitWithin(t, d, Options{})
	far := d
	far.X = slices.Clone(d.X)
	for i := range d.N {
		far.X[2*d.N+i] = far.X[2*d.N+i]*1e6 + 1e9
	}
	if f := mustFitWithin(t, far, Options{}); math.Abs(f.Beta[2]*1e6/e.Beta[2]-1) > 1e-8 || math.Abs(f.Beta[0]/e.Beta[0]-1) > 1e-8 {
		t.Errorf("%v and %v", e.Beta, f.Beta)
	}
}

func BenchmarkWithin(b *testing.B) {
	d := grouped(families[0], 2000, 12, 11)
	for b.Loop() {
		mustFitWithin(b, d, Options{})
	}
}
