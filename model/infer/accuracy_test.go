package infer_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"bidrag/model/family"
	"bidrag/model/infer"
)

func TestAreaAgreesWithPROC(t *testing.T) {
	for _, c := range readAssumed(t).AUC {
		a, err := infer.AreaUnderCurve(c.Y, c.P)
		if err != nil {
			t.Fatal(err)
		}
		agree(t, c.Name, some([]float64{c.AUC, c.SE}), []float64{a.AUC, a.Error}, 0, 1e-9)
		area, variance := byPairs(c.Y, c.P)
		agree(t, c.Name+", by pairs", some([]float64{area, math.Sqrt(variance)}), []float64{a.AUC, a.Error}, 0, 1e-12)
	}
}

// byPairs is the Mann–Whitney statistic over all pairs, and DeLong's variance
// by the definition.
func byPairs(y, score []float64) (area, variance float64) {
	var parts [2][]float64
	for i := range y {
		sum, n := 0.0, 0.0
		for j := range y {
			if y[j] == y[i] {
				continue
			}
			n++
			difference := (score[i] - score[j]) * (y[i] - y[j])
			if difference > 0 {
				sum++
			} else if difference == 0 {
				sum += 0.5
			}
		}
		parts[int(y[i])] = append(parts[int(y[i])], sum/n)
	}
	for _, part := range parts {
		mean, squares, n := 0.0, 0.0, float64(len(part))
		for _, v := range part {
			mean += v / n
		}
		for _, v := range part {
			squares += (v - mean) * (v - mean)
		}
		area, variance = mean, variance+squares/(n-1)/n
	}
	return area, variance
}

func TestAreaKnowsItsLimits(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ y, score []float64 }{
		{[]float64{1, 1}, []float64{1, 2}},
		{[]float64{0, 0.5, 1}, []float64{1, 2, 3}},
		{[]float64{0, 1}, []float64{1, nan}},
		{nil, nil},
	} {
		if a, err := infer.AreaUnderCurve(c.y, c.score); err == nil {
			t.Errorf("%v: %+v, want an error", c, a)
		}
	}
	a, err := infer.AreaUnderCurve([]float64{0, 0, 1}, []float64{1, 2, 3})
	if err != nil || a.AUC != 1 || !math.IsNaN(a.Error) {
		t.Errorf("one success: %+v, %v", a, err)
	}
	a, err = infer.AreaUnderCurve([]float64{0, 1, 0, 1}, []float64{5, 5, 5, 5})
	if err != nil || a.AUC != 0.5 || a.Error != 0 {
		t.Errorf("all tied: %+v, %v", a, err)
	}
}

func TestCalibrationAgreesWithR(t *testing.T) {
	c := readAssumed(t).Calibration
	compareBins(t, infer.Bins(c.P, c.Y, c.Bins), c.Rows, c.Predicted, c.Observed, nil)
	agree(t, "Brier", []*float64{&c.Brier}, []float64{infer.Brier(c.Y, c.P)}, 0, 1e-12)
	eta := make([]float64, len(c.P))
	for i, p := range c.P {
		eta[i] = math.Log(p / (1 - p))
	}
	k, err := infer.Calibrate(c.Y, eta)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, "recalibration", some([]float64{c.Intercept, c.InterceptSE, c.Slope, c.SlopeSE}), []float64{k.Intercept, k.InterceptError, k.Slope, k.SlopeError}, 0, 1e-7)
	if _, err := infer.Calibrate([]float64{0, 0, 1, 1}, []float64{-2, -1, 1, 2}); err == nil {
		t.Error("separated outcomes have no slope")
	}
	if _, err := infer.Calibrate([]float64{0, 1, 0, 1}, []float64{1, 1, 1, 1}); err == nil {
		t.Error("equal predictions have no slope")
	}
}

func TestBinnedResidualsAgreeWithR(t *testing.T) {
	c := readAssumed(t).Binned
	compareBins(t, infer.Bins(c.X, c.Residual, c.Bins), c.Rows, c.Centre, c.Mean, c.Bound)
}

// compareBins checks bins against R's; twice is two standard errors.
func compareBins(t *testing.T, bins []infer.Bin, rows, x, mean, twice []float64) {
	t.Helper()
	if len(bins) != len(rows) {
		t.Fatalf("%d bins, want %d", len(bins), len(rows))
	}
	var got [4][]float64
	for _, b := range bins {
		got[0], got[1], got[2], got[3] = append(got[0], float64(b.Rows)), append(got[1], b.X), append(got[2], b.Mean), append(got[3], 2*b.Error)
	}
	agree(t, "rows", some(rows), got[0], 0, 0)
	agree(t, "mean x", some(x), got[1], 1e-6, 1e-9)
	agree(t, "means", some(mean), got[2], 1e-6, 1e-9)
	if twice != nil {
		agree(t, "errors", some(twice), got[3], 0, 1e-9)
	}
}

// TestOwnFitIsCalibrated: a logistic fit is its own recalibration.
func TestOwnFitIsCalibrated(t *testing.T) {
	c := caseNamed(t, "logit, an aliased column")
	k, err := infer.Calibrate(c.Y, c.fit(t).Eta)
	if err != nil || math.Abs(k.Intercept) > 1e-8 || math.Abs(k.Slope-1) > 1e-8 {
		t.Errorf("%+v, %v", k, err)
	}
}

func TestTiesStayTogether(t *testing.T) {
	x := []float64{3, 1, 1, 1, 1, 1, 2, 3}
	bins := infer.Bins(x, x, 4)
	rows := 0
	for i, b := range bins {
		rows += b.Rows
		if i > 0 && b.Low <= bins[i-1].High {
			t.Errorf("bin %d begins at %g, the one before ends at %g", i, b.Low, bins[i-1].High)
		}
	}
	if rows != len(x) || bins[0].Rows != 5 || bins[0].Error != 0 {
		t.Errorf("bins %+v", bins)
	}
	for n, want := range map[int]int{1: 1, 8: 4, 11: 10, 99: 10, 100: 10, 19316: 138} {
		if got := infer.BinCount(n); got != want {
			t.Errorf("%d rows in %d bins, want %d", n, got, want)
		}
	}
}

func TestNormalQuantilesAgreeWithR(t *testing.T) {
	for _, c := range readAssumed(t).Order {
		values := make([]float64, c.N)
		for i := range values {
			values[i] = -float64(i)
		}
		var low, high, expected []float64
		for k, p := range infer.NormalQuantiles(values, c.Level) {
			low, high, expected = append(low, p.Low), append(high, p.High), append(expected, p.Expected)
			if p.Row != c.N-1-k || p.Value != values[p.Row] {
				t.Errorf("point %d of %d is %+v", k, c.N, p)
			}
		}
		agree(t, "low", some(c.Low), low, 1e-3, 1e-8)
		agree(t, "high", some(c.High), high, 1e-3, 1e-8)
		agree(t, "expected", some(c.Expected), expected, 1e-3, 1e-8)
	}
}

func TestCumulativeAgreesWithR(t *testing.T) {
	all := readAssumed(t)
	for _, c := range all.CDF {
		f, err := family.New(c.Family, "")
		if err != nil {
			t.Fatal(err)
		}
		below, at := infer.Cumulative(f.Dist, c.Y, c.Mu, c.A, all.CDFDispersion)
		agree(t, c.Family+" below", some(c.Below), below, 1e-12, 1e-9)
		agree(t, c.Family+" at", some(c.At), at, 1e-12, 1e-9)
	}
	below, at := infer.Cumulative(family.Binomial, []float64{1, math.NaN(), 1, 0}, []float64{0.5, 0.5, 1, 0}, []float64{0, 1, 1, 1}, 1)
	if !math.IsNaN(at[0]) || !math.IsNaN(below[1]) || below[2] != 0 || at[2] != 1 || at[3] != 1 {
		t.Errorf("at the edges: %v, %v", below, at)
	}
}

// poissonSample is counts with their means, the right ones or not.
func poissonSample(n int, factor float64) (y, mu, one []float64) {
	r := rand.New(rand.NewPCG(5, 6))
	y, mu, one = make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range y {
		mu[i], one[i] = 0.2+4*r.Float64(), 1
		y[i] = distuv.Poisson{Lambda: factor * mu[i], Src: r}.Rand()
	}
	return y, mu, one
}

// distanceFromNormal is the largest distance of the distribution function of
// the residuals from Φ (Kolmogorov–Smirnov).
func distanceFromNormal(residuals []float64) float64 {
	sorted := slices.Sorted(slices.Values(residuals))
	n, worst := float64(len(sorted)), 0.0
	for i, v := range sorted {
		u := distuv.UnitNormal.CDF(v)
		worst = max(worst, u-float64(i)/n, float64(i+1)/n-u)
	}
	return worst
}

// TestQuantileResidualsAreNormal: of the right model they are within the
// Kolmogorov–Smirnov bound of one in a thousand, 1.95/√n; of a wrong one not.
func TestQuantileResidualsAreNormal(t *testing.T) {
	const n = 4000
	bound := 1.95 / math.Sqrt(n)
	for _, factor := range []float64{1, 1.3} {
		y, mu, one := poissonSample(n, factor)
		below, at := infer.Cumulative(family.Poisson, y, mu, one, 1)
		exact := distanceFromNormal(infer.QuantileResiduals(below, at, 1))
		simulated := distanceFromNormal(infer.SimulatedResiduals(y, 99, 1, 2, func(r *rand.Rand, y []float64) {
			for i, m := range mu {
				y[i] = distuv.Poisson{Lambda: m, Src: r}.Rand()
			}
		}))
		if right := factor == 1; (exact < bound) != right || (simulated < bound) != right {
			t.Errorf("counts %g times what is expected: exact %.3f, simulated %.3f, bound %.3f", factor, exact, simulated, bound)
		}
	}
}

func TestResidualsDependOnTheSeedAlone(t *testing.T) {
	y, mu, one := poissonSample(300, 1)
	below, at := infer.Cumulative(family.Poisson, y, mu, one, 1)
	if !slices.Equal(infer.QuantileResiduals(below, at, 7), infer.QuantileResiduals(below, at, 7)) || slices.Equal(infer.QuantileResiduals(below, at, 7), infer.QuantileResiduals(below, at, 8)) {
		t.Error("quantile residuals and seeds")
	}
	draw := func(threads int, seed uint64) []float64 {
		return infer.SimulatedResiduals(y, 50, seed, threads, func(r *rand.Rand, y []float64) {
			for i, m := range mu {
				y[i] = distuv.Poisson{Lambda: m, Src: r}.Rand()
			}
		})
	}
	one1 := draw(1, 7)
	for _, threads := range []int{0, 2, 7, 100} {
		if !slices.Equal(one1, draw(threads, 7)) {
			t.Errorf("%d threads give other residuals", threads)
		}
	}
	if slices.Equal(one1, draw(1, 8)) {
		t.Error("another seed gives the same residuals")
	}
}

// TestFarOutResidualsAreFinite: an impossible response has a residual.
func TestFarOutResidualsAreFinite(t *testing.T) {
	for _, v := range infer.QuantileResiduals([]float64{1, 0, 0}, []float64{1, 0, 1e-300}, 1) {
		if math.Abs(math.Abs(v)-8.2095) > 1e-3 {
			t.Errorf("residual %g", v)
		}
	}
}
