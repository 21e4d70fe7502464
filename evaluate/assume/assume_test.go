package assume

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/family"
	"bidrag/model/fit"
	"bidrag/model/infer"
)

// people are 600 made-up persons in 30 towns that differ by sd: an outcome y, a
// count and an amount that hang on x and the scheme.
func people(sd float64) *frame.Frame {
	r := rand.New(rand.NewPCG(7, 8))
	const n, towns = 600, 30
	u := make([]float64, towns)
	for g := range u {
		u[g] = sd * r.NormFloat64()
	}
	town, scheme := make([]string, n), make([]string, n)
	x, y, count, amount := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		g := (i*i + i/towns) % towns
		town[i], scheme[i] = fmt.Sprintf("t%02d", g), []string{"a", "b"}[(i/7)%2]
		x[i] = math.Round(10*r.NormFloat64()) / 10
		eta := 0.5*x[i] + u[g] + 0.6*float64((i/7)%2) - 0.2
		if r.Float64() < 1/(1+math.Exp(-eta)) {
			y[i] = 1
		}
		count[i] = math.Floor(3 * math.Exp(eta/3) * r.Float64())
		amount[i] = eta + r.NormFloat64()
	}
	data, err := frame.New(frame.NewNumeric("y", y), frame.NewNumeric("count", count), frame.NewNumeric("amount", amount), frame.NewNumeric("x", x),
		frame.NewNumeric("twice", slices.Collect(double(x))), frame.FactorOf("town", town), frame.FactorOf("scheme", scheme))
	if err != nil {
		panic(err)
	}
	return data
}

func double(x []float64) func(func(float64) bool) {
	return func(yield func(float64) bool) {
		for _, v := range x {
			if !yield(2 * v) {
				return
			}
		}
	}
}

// tested fits a model and prepares its tests.
func tested(t *testing.T, formula string, data *frame.Frame, o fit.Options) *Test {
	t.Helper()
	m, err := fit.Fit(formula, data, o)
	if err != nil {
		t.Fatal(err)
	}
	s := Subject{Name: "m", Model: m, Data: data, Variables: make([]string, len(m.Beta)), Focus: []string{"schemeb"}, Seed: 1, Threads: 2}
	for j, c := range m.Coding.Columns {
		if c.Term > 0 {
			s.Variables[j] = m.Coding.Terms.Terms[c.Term-1].Label
		}
	}
	test, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return test
}

func towns(t *testing.T, data *frame.Frame) Grouping {
	t.Helper()
	g, err := GroupingOf(data, "town")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// find is the value of a key of model m.
func find(t *testing.T, values []result.Value, k result.Key) result.Value {
	t.Helper()
	k.Model = "m"
	for _, v := range values {
		if v.Key == k {
			return v
		}
	}
	t.Fatalf("there is no %s", k.ID())
	return result.Value{}
}

func has(values []result.Value, quantity string) bool {
	return slices.ContainsFunc(values, func(v result.Value) bool { return v.Key.Quantity == quantity })
}

// TestGroupDispersionTellsGroups: towns that differ show in sums, though not in
// persons; with the towns in the model what is left is as it says.
func TestGroupDispersionTellsGroups(t *testing.T) {
	key := func(quantity string) result.Key { return result.Key{Quantity: quantity, Variable: "town"} }
	for _, test := range []struct {
		sd       float64
		formula  string
		low, top float64 // of the ratio
		clear    bool
	}{
		{0, "y ~ x + scheme", 0.6, 1.5, false},
		{1.2, "y ~ x + scheme", 3, 10, true},
		{1.2, "y ~ x + scheme + (1 | town)", 0.6, 1.6, false},
	} {
		data := people(test.sd)
		m := tested(t, test.formula, data, fit.Options{})
		values := m.Dispersion([]Grouping{towns(t, data)})
		ratio, p := find(t, values, key("group_dispersion")).Value, find(t, values, key("group_dispersion_p")).Value
		if !(ratio > test.low && ratio < test.top) || (p < 0.01) != test.clear {
			t.Errorf("%s, towns of sd %g: ratio %g, p %g", test.formula, test.sd, ratio, p)
		}
		if person := find(t, values, result.Key{Quantity: "dispersion"}).Value; math.Abs(person-1) > 0.15 {
			t.Errorf("%s: the ratio of persons is %g; of 0 and 1 it is near 1 in any case", test.formula, person)
		}
		if has(values, "dispersion_p") {
			t.Error("there is a p-value of a ratio that tells nothing")
		}
	}
}

// TestGroupsOfTheModelItselfHaveNoDispersion: a model with a coefficient for every group gives each group's sum exactly, so
// that there is nothing left for the groups to differ by.
func TestGroupsOfTheModelItselfHaveNoDispersion(t *testing.T) {
	data := people(0.3)
	g, err := GroupingOf(data, "scheme")
	if err != nil {
		t.Fatal(err)
	}
	test := tested(t, "y ~ scheme + x", data, fit.Options{})
	if has(test.Dispersion([]Grouping{g}), "group_dispersion") {
		t.Error("groups that the model reproduces have a dispersion")
	}
	if !has(test.Dispersion([]Grouping{towns(t, data)}), "group_dispersion") {
		t.Error("towns have none")
	}
}

// TestOneRowGroups: of groups of one person each the statistic is Pearson's and
// what is expected of it n − p, less the covariates' part in unequal variances.
func TestOneRowGroups(t *testing.T) {
	data := people(0)
	m := tested(t, "amount ~ x + scheme", data, fit.Options{Family: "gaussian"})
	g := Grouping{Name: "one", Index: make([]int32, m.n), Groups: m.n}
	for i := range g.Index {
		g.Index[i] = int32(i)
	}
	values := m.Dispersion([]Grouping{g})
	want := 0.0
	for _, r := range m.residuals() {
		want += r * r
	}
	want /= m.dispersion * float64(m.n-3)
	if got := find(t, values, result.Key{Quantity: "group_dispersion", Variable: "one"}).Value; math.Abs(got-want) > 1e-10 {
		t.Errorf("ratio %.12g, want %.12g", got, want)
	}
}

// TestPAmongDrawsIsExact: when what is observed is a draw like the others, p is
// uniform, also with few draws.
func TestPAmongDrawsIsExact(t *testing.T) {
	const times, draws, groups = 2000, 19, 40
	r := rand.New(rand.NewPCG(1, 2))
	below, ratios := map[int]int{}, 0.0
	for range times {
		sums := make([][]float64, draws+1)
		for d := range sums {
			sums[d] = make([]float64, groups)
			for g := range sums[d] {
				sums[d][g] = 10*float64(g) + float64(1+g%5)*r.NormFloat64()
			}
		}
		ratio, p := amongDraws(sums)
		ratios += ratio / times
		for rank := 1; rank <= draws; rank++ {
			if p <= (float64(rank)+0.5)/(draws+1) {
				below[rank]++
			}
		}
	}
	for _, rank := range []int{1, 5, 10} {
		want := float64(rank) / (draws + 1)
		if got, error := float64(below[rank])/times, math.Sqrt(want*(1-want)/times); math.Abs(got-want) > 4*error {
			t.Errorf("p ≤ %g in %g of the cases", want, got)
		}
	}
	if want := float64(draws) / (draws + 1); math.Abs(ratios-want) > 0.01 {
		t.Errorf("the mean ratio is %g, want %g", ratios, want)
	}
}

// TestPAmongDrawsByHand: of the sums 0, 1 and 5 the last lies 3 from the mean.
func TestPAmongDrawsByHand(t *testing.T) {
	ratio, p := amongDraws([][]float64{{0, 7}, {1, 7}, {5, 7}})
	if want := 9.0 / 7 / 2; math.Abs(ratio-want) > 1e-12 || math.Abs(p-1.0/3) > 1e-12 {
		t.Errorf("ratio %g, p %g; want %g and a third", ratio, p, want)
	}
}

// TestThreadsDoNotMatter: every number drawn at random is the same.
func TestThreadsDoNotMatter(t *testing.T) {
	data := people(0.8)
	m := tested(t, "y ~ x + scheme + (1 | town)", data, fit.Options{})
	want := slices.Concat(m.Residuals(), m.Dispersion([]Grouping{towns(t, data)}))
	m.Threads = 5
	got := slices.Concat(m.Residuals(), m.Dispersion([]Grouping{towns(t, data)}))
	for i := range want {
		if got[i].Value != want[i].Value {
			t.Errorf("%s: %g and %g", want[i].Key.ID(), want[i].Value, got[i].Value)
		}
	}
}

// TestWithoutClusters: the extremes are those of all towns left out in turn, and
// they rest on the persons left out.
func TestWithoutClusters(t *testing.T) {
	for _, formula := range []string{"y ~ x + scheme", "y ~ x + scheme + (1 | town)"} {
		data := people(0.8)
		m, g := tested(t, formula, data, fit.Options{}), towns(t, data)
		refit := func(rows []int) (*fit.Model, error) {
			return fit.Fit(formula, data.Rows(rows), fit.Options{Threads: 1})
		}
		values, err := m.WithoutClusters(g, refit)
		if err != nil {
			t.Fatal(err)
		}
		low, high, persons := math.Inf(1), math.Inf(-1), 0
		for k, members := range g.members() {
			out, err := refit(data.Where(func(i int) bool { return g.Index[i] != int32(k) }))
			if err != nil {
				t.Fatal(err)
			}
			c, _ := out.Coefficient("schemeb")
			if *c.Estimate < low {
				persons = len(members)
			}
			low, high = min(low, *c.Estimate), max(high, *c.Estimate)
		}
		v := find(t, values, result.Key{Quantity: "without_cluster", Kind: "lowest", Term: "schemeb"})
		if math.Abs(v.Value-low) > 1e-7 || v.N != persons {
			t.Errorf("%s: lowest %g of %d persons left out, of all towns %g of %d", formula, v.Value, v.N, low, persons)
		}
		if v := find(t, values, result.Key{Quantity: "without_cluster", Kind: "highest", Term: "schemeb"}); math.Abs(v.Value-high) > 1e-7 {
			t.Errorf("%s: highest %g, of all towns %g", formula, v.Value, high)
		}
		span := find(t, values, result.Key{Quantity: "without_cluster_range", Term: "schemeb"})
		if span.Unit != result.OddsRatio || math.Abs(math.Log(span.Low)-low) > 1e-7 || math.Abs(math.Log(span.High)-high) > 1e-7 {
			t.Errorf("%s: range %+v", formula, span)
		}
	}
}

// TestRobustNeedsIndependentClusters: what cannot be computed is an error.
func TestRobustErrors(t *testing.T) {
	data := people(0.5)
	if _, err := tested(t, "y ~ x + (1 | town)", data, fit.Options{}).Robust(towns(t, data)); err == nil || !strings.Contains(err.Error(), "without random effects") {
		t.Errorf("a multilevel model: %v", err)
	}
	if _, err := tested(t, "y ~ x", data, fit.Options{}).Robust(Grouping{Name: "all", Index: make([]int32, 600), Groups: 1}); err == nil || !strings.Contains(err.Error(), "one cluster") {
		t.Errorf("one cluster: %v", err)
	}
}

// TestAliasedTerms: a column that is a combination of others has no inflation
// factor and no errors, and does not disturb those of others.
func TestAliasedTerms(t *testing.T) {
	data := people(0.5)
	plain, aliased := tested(t, "y ~ x + scheme", data, fit.Options{}), tested(t, "y ~ x + twice + scheme", data, fit.Options{})
	a, b := plain.Collinearity(), aliased.Collinearity()
	if len(a) != 6 || len(b) != 6 {
		t.Fatalf("%d and %d values", len(a), len(b))
	}
	for i := range a {
		if math.Abs(a[i].Value-b[i].Value) > 1e-9 || a[i].Key != b[i].Key {
			t.Errorf("%s = %g, with an aliased column %g", a[i].Key.ID(), a[i].Value, b[i].Value)
		}
	}
	robust, err := aliased.Robust(towns(t, data))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range slices.Concat(robust, aliased.Influence()) {
		if v.Key.Term == "twice" || math.IsNaN(v.Value) {
			t.Errorf("%+v", v)
		}
	}
}

// TestSinglePersons: what is about one person rests on one, and the bound lies
// above every dfbetas.
func TestSinglePersons(t *testing.T) {
	values := tested(t, "y ~ x + scheme", people(0.5), fit.Options{}).Influence()
	bound := find(t, values, result.Key{Quantity: "influence_bound"})
	for _, v := range values {
		switch v.Key.Quantity {
		case "max_dfbetas", "max_cook":
			if v.N != 1 {
				t.Errorf("%s rests on %d persons", v.Key.ID(), v.N)
			}
			if v.Key.Term != "" && v.Value > bound.Value {
				t.Errorf("%s is %g, above the bound of %g", v.Key.ID(), v.Value, bound.Value)
			}
		}
	}
	if bound.N != 600 {
		t.Errorf("the bound rests on %d persons", bound.N)
	}
}

func TestRoundUp(t *testing.T) {
	for x, want := range map[float64]float64{0.18: 0.2, 0.2: 0.2, 0.21: 0.5, 0.51: 1, 1: 1, 1.1: 2, 0.0011: 0.002, 73: 100, 0: 0} {
		if got := roundUp(x); got != want {
			t.Errorf("%g is rounded up to %g, not %g", x, got, want)
		}
	}
}

// TestRandomEffectsStandOrFall: the points of a group rest on its persons and on
// those who attained, whatever their rank; values go upwards.
func TestRandomEffectsStandOrFall(t *testing.T) {
	data := people(0.8)
	values := tested(t, "y ~ x + scheme + (1 | town)", data, fit.Options{}).RandomEffects()
	var last, persons, attained float64
	last = math.Inf(-1)
	y, _ := data.Column("y")
	for _, v := range values {
		if v.Key.Quantity != "random_effect" {
			continue
		}
		if v.Value < last {
			t.Errorf("%s is below the one before", v.Key.ID())
		}
		last = v.Value
		persons += float64(v.N)
		attained += float64(v.Part)
		if e := find(t, values, result.Key{Quantity: "random_effect_expected", Variable: "town", Level: v.Key.Level}); e.N != v.N || e.Part != v.Part {
			t.Errorf("%s rests on other persons than what is expected of it", v.Key.ID())
		}
	}
	sum := 0.0
	for _, v := range y.Number {
		sum += v
	}
	if persons != 600 || attained != sum {
		t.Errorf("%g persons, %g attained; there are 600, %g", persons, attained, sum)
	}
}

// TestAZeroVarianceHasNoQuantiles: towns with the same persons do not differ.
func TestAZeroVarianceHasNoQuantiles(t *testing.T) {
	amount, town := make([]float64, 200), make([]string, 200)
	for i := range amount {
		amount[i], town[i] = math.Sin(float64(i/10)), fmt.Sprint("t", i%10)
	}
	data, err := frame.New(frame.NewNumeric("amount", amount), frame.FactorOf("town", town))
	if err != nil {
		t.Fatal(err)
	}
	m := tested(t, "amount ~ 1 + (1 | town)", data, fit.Options{Family: "gaussian"})
	if sd := m.Model.Result.Random[0].SD[0]; sd != 0 {
		t.Fatalf("the towns have sd %g", sd)
	}
	if values := m.RandomEffects(); len(values) > 0 {
		t.Errorf("there are quantiles of groups that do not differ: %+v", values)
	}
}

// TestOtherFamilies: a model of counts or amounts has the tests that mean
// something for it, and no others.
func TestOtherFamilies(t *testing.T) {
	data := people(0.5)
	x, _ := data.Column("x")
	for formula, name := range map[string]string{"count ~ x + scheme": "poisson", "amount ~ x + scheme": "gaussian", "amount ~ x + (1 | town)": "gaussian", "count ~ x + (x | town)": "poisson"} {
		m := tested(t, formula, data, fit.Options{Family: name})
		accuracy, err := m.Accuracy()
		if err != nil || len(accuracy) > 0 {
			t.Errorf("%s: %v, %d numbers of accuracy", formula, err, len(accuracy))
		}
		values := slices.Concat(m.Residuals(), m.Linearity([]Covariate{{Name: "x", X: x.Number}}), m.Dispersion([]Grouping{towns(t, data)}), m.RandomEffects(), m.Influence())
		for _, v := range values {
			if v.Key.Quantity != "group_dispersion_p" && (math.IsNaN(v.Value) || v.Part >= 0) {
				t.Errorf("%s: %+v", formula, v)
			}
		}
		if has(values, "dispersion") != (name == "poisson") {
			t.Errorf("%s: a model that estimates its dispersion has no ratio, others have", formula)
		}
		if sd := find(t, values, result.Key{Quantity: "residual_sd"}).Value; math.Abs(sd-1) > 0.25 {
			t.Errorf("%s: residuals have sd %g", formula, sd)
		}
	}
}

// TestCounts: of successes and failures a row counts its trials.
func TestCounts(t *testing.T) {
	data, err := frame.New(frame.NewNumeric("s", []float64{3, 5, 8, 2, 6, 9}), frame.NewNumeric("f", []float64{7, 6, 3, 9, 5, 2}),
		frame.NewNumeric("x", []float64{1, 2, 3, 1.5, 2.2, 3.4}))
	if err != nil {
		t.Fatal(err)
	}
	m := tested(t, "cbind(s, f) ~ x", data, fit.Options{})
	want := 0.0
	for i, y := range m.y {
		want += (y - m.mu[i]) * (y - m.mu[i]) * m.a[i] / (m.mu[i] * (1 - m.mu[i]))
	}
	values := m.Dispersion(nil)
	if got := find(t, values, result.Key{Quantity: "dispersion"}).Value; m.a[0] != 10 || math.Abs(got-want/4) > 1e-12 || !has(values, "dispersion_p") {
		t.Errorf("ratio %g, want %g", got, want/4)
	}
}

// TestAccuracyByHand: two predictions, 0.25 and 0.75.
func TestAccuracyByHand(t *testing.T) {
	data, err := frame.New(frame.NewNumeric("y", []float64{1, 0, 0, 0, 1, 1, 1, 0}), frame.NewNumeric("x", []float64{0, 0, 0, 0, 1, 1, 1, 1}))
	if err != nil {
		t.Fatal(err)
	}
	values, err := tested(t, "y ~ x", data, fit.Options{}).Accuracy()
	if err != nil {
		t.Fatal(err)
	}
	for quantity, want := range map[string]float64{"brier": 0.1875, "brier_null": 0.25, "brier_scaled": 0.25, "auc": 0.75, "calibration_slope": 1, "calibration_bins": 2, "calibration_within": 1} {
		if got := find(t, values, result.Key{Quantity: quantity}).Value; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s = %g, want %g", quantity, got, want)
		}
	}
	if v := find(t, values, result.Key{Quantity: "calibration", Level: "1"}); v.N != 4 || v.Part != 1 {
		t.Errorf("%+v", v)
	}
}

// TestNotConverged: what has not converged is not tested.
func TestNotConverged(t *testing.T) {
	data, err := frame.New(frame.NewNumeric("y", []float64{0, 0, 0, 1, 1, 1}), frame.NewNumeric("x", []float64{1, 2, 3, 4, 5, 6}))
	if err != nil {
		t.Fatal(err)
	}
	m, err := fit.Fit("y ~ x", data, fit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Subject{Model: m, Data: data}); err == nil || !strings.Contains(err.Error(), "separated") {
		t.Errorf("%v", err)
	}
}

// TestGroupingOf: by a factor and by a number; a missing value is an error.
func TestGroupingOf(t *testing.T) {
	data, err := frame.New(frame.NewNumeric("code", []float64{5, 7, 5}), frame.NewNumeric("hole", []float64{1, math.NaN(), 2}), frame.FactorOf("name", []string{"b", "a", "b"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"code", "name"} {
		if g, err := GroupingOf(data, name); err != nil || g.Groups != 2 || g.Index[0] != g.Index[2] || g.Index[0] == g.Index[1] {
			t.Errorf("%s: %+v, %v", name, g, err)
		}
	}
	for name, want := range map[string]string{"hole": "unknown for some", "nothing": "no column"} {
		if _, err := GroupingOf(data, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRoot: the triangular root gives the covariance back, also where a
// component has no variance of its own.
func TestRoot(t *testing.T) {
	half, one := 0.5, 1.0
	for _, e := range []fit.Random{
		{SD: []float64{2, 3}, Cor: [][]*float64{{&one, &half}, {&half, &one}}},
		{SD: []float64{2, 1}, Cor: [][]*float64{{&one, &one}, {&one, &one}}},
		{SD: []float64{0, 3}, Cor: [][]*float64{{nil, nil}, {nil, &one}}},
	} {
		l := root(e)
		for i := range 2 {
			for j := range i + 1 {
				got, want := l[i*2]*l[j*2]+l[i*2+1]*l[j*2+1], e.SD[i]*e.SD[j]
				if i != j {
					want = 0
					if e.Cor[i][j] != nil {
						want = *e.Cor[i][j] * e.SD[i] * e.SD[j]
					}
				}
				if math.Abs(got-want) > 1e-12 {
					t.Errorf("%v: covariance %d,%d is %g, not %g", e.SD, i, j, got, want)
				}
			}
		}
	}
}

// TestDraws: draws have the mean and variance of their distribution.
func TestDraws(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, test := range []struct {
		dist                    family.Dist
		mu, a, dispersion, want float64 // variance
	}{
		{family.Binomial, 0.3, 10, 1, 0.021}, {family.Poisson, 4, 1, 1, 4}, {family.Gaussian, -2, 1, 9, 9}, {family.Gamma, 3, 1, 0.25, 2.25},
	} {
		const n = 20000
		sum, square := 0.0, 0.0
		for range n {
			y := draw(r, test.dist, test.mu, test.a, test.dispersion)
			sum += y
			square += (y - test.mu) * (y - test.mu)
		}
		if mean := sum / n; math.Abs(mean-test.mu) > 5*math.Sqrt(test.want/n) {
			t.Errorf("%s: mean %g, not %g", test.dist, mean, test.mu)
		}
		if v := square / n; math.Abs(v/test.want-1) > 0.08 {
			t.Errorf("%s: variance %g, not %g", test.dist, v, test.want)
		}
	}
}

// TestSimulationsFollowTheModel: the mean of draws with new random effects is
// the mean over their distribution.
func TestSimulationsFollowTheModel(t *testing.T) {
	data := people(1)
	m := tested(t, "y ~ x + scheme + (1 | town)", data, fit.Options{})
	mean := 0.0
	infer.Simulations(m.n, 400, 3, 1, m.simulate(), func(_, _ int, y []float64) {
		for _, v := range y {
			mean += v / float64(m.n) / 400
		}
	})
	variance := slices.Repeat([]float64{m.Model.Result.Random[0].SD[0] * m.Model.Result.Random[0].SD[0]}, m.n)
	want := 0.0
	for _, p := range infer.PopulationMean(m.Model.Family, m.typical, variance).Mu {
		want += p / float64(m.n)
	}
	if math.Abs(mean-want) > 0.02 {
		t.Errorf("the mean of draws is %g, of the model %g", mean, want)
	}
}
