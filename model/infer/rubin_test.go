package infer_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"

	"bidrag/model/infer"
)

// pooledCase is a case of testdata/rubin.json (R 4.2.2, mice 3.15.0, mitml 0.4.4).
type pooledCase struct {
	Name                          string
	DFCom                         *float64
	Estimates, Covs               [][]float64
	Estimate, Ubar, B, T, DF, RIV []float64
	Lambda, FMI, PValue           []float64
	Low, High                     []float64
	Tests                         []struct {
		Parameters         []int
		F, DF, Increase, P float64
	}
}

func readPooled(t *testing.T) (cases []pooledCase, scalar map[string]float64) {
	t.Helper()
	text, err := os.ReadFile("testdata/rubin.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases  []json.RawMessage
		Scalar map[string]float64
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, raw := range file.Cases {
		var c pooledCase
		var named struct {
			PValue []float64 `json:"p_value"`
		}
		if err := errors.Join(json.Unmarshal(raw, &c), json.Unmarshal(raw, &named)); err != nil {
			t.Fatal(err)
		}
		c.PValue = named.PValue
		cases = append(cases, c)
	}
	return cases, file.Scalar
}

func (c pooledCase) complete() float64 {
	if c.DFCom == nil {
		return math.Inf(1)
	}
	return *c.DFCom
}

// near holds a number against R's, relative to it.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s is %.15g, R has %.15g", what, got, want)
	}
}

// TestPoolAgreesWithMice: every number of mice::pool and summary to 1e-9, and of D1.
func TestPoolAgreesWithMice(t *testing.T) {
	cases, _ := readPooled(t)
	if len(cases) != 4 {
		t.Fatalf("%d cases", len(cases))
	}
	tests := 0
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			got, err := infer.Pool(c.Estimates, c.Covs, c.complete())
			if err != nil {
				t.Fatal(err)
			}
			p := len(c.Estimate)
			for j := range p {
				for _, x := range []struct {
					what      string
					got, want float64
				}{
					{"estimate", got.Estimate[j], c.Estimate[j]}, {"U", got.Within[j*p+j], c.Ubar[j]}, {"B", got.Between[j*p+j], c.B[j]},
					{"T", got.Cov[j*p+j], c.T[j]}, {"standard error", got.StdError[j], math.Sqrt(c.T[j])}, {"df", got.DF[j], c.DF[j]},
					{"r", got.Increase[j], c.RIV[j]}, {"lambda", got.Lambda[j], c.Lambda[j]}, {"fmi", got.FMI[j], c.FMI[j]}, {"p", got.PValue(j), c.PValue[j]},
					{"Monte Carlo error", got.MonteCarlo[j], math.Sqrt(c.B[j] / float64(got.Sets))},
				} {
					near(t, x.what, x.got, x.want, 1e-9)
				}
				low, high := got.Interval(j, 0.95)
				near(t, "low", low, c.Low[j], 1e-8)
				near(t, "high", high, c.High[j], 1e-8)
			}
			for _, x := range c.Tests {
				tests++
				test, err := got.Wald(x.Parameters)
				if err != nil {
					t.Fatal(err)
				}
				near(t, "D1", test.F, x.F, 1e-10)
				near(t, "D1's df", test.DenDF, x.DF, 1e-10)
				near(t, "D1's r", test.Increase, x.Increase, 1e-10)
				near(t, "D1's p", test.PValue, x.P, 1e-8)
			}
		})
	}
	if tests != 8 {
		t.Errorf("%d tests of several parameters", tests)
	}
}

// TestPoolOfOneParameterAgreesWithPoolScalar: mice::pool.scalar.
func TestPoolOfOneParameterAgreesWithPoolScalar(t *testing.T) {
	_, want := readPooled(t)
	estimates, covs := [][]float64{{1.2}, {1.5}, {0.9}, {1.4}}, [][]float64{{0.10}, {0.12}, {0.09}, {0.11}}
	got, err := infer.Pool(estimates, covs, 40-3)
	if err != nil {
		t.Fatal(err)
	}
	for what, x := range map[string]float64{"qbar": got.Estimate[0], "ubar": got.Within[0], "b": got.Between[0], "t": got.Cov[0], "df": got.DF[0], "r": got.Increase[0], "fmi": got.FMI[0]} {
		near(t, what, x, want[what], 1e-12)
	}
}

// TestWaldOfOneParameterIsTheSquareOfItsT, with the same r; its degrees of
// freedom are Li, Raghunathan and Rubin's.
func TestWaldOfOneParameterIsTheSquareOfItsT(t *testing.T) {
	cases, _ := readPooled(t)
	c := cases[3]
	got, err := infer.Pool(c.Estimates, c.Covs, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	test, err := got.Wald([]int{1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "D1", test.F, math.Pow(got.Estimate[1]/got.StdError[1], 2), 1e-12)
	near(t, "r", test.Increase, got.Increase[1], 1e-12)
}

// TestPoolWithoutGaps: equal estimates leave the variance as it is, no
// information is missing, and intervals are normal.
func TestPoolWithoutGaps(t *testing.T) {
	q, u := []float64{2, -1}, []float64{0.25, 0.1, 0.1, 1}
	got, err := infer.Pool([][]float64{q, q, q}, [][]float64{u, u, u}, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	for j, se := range []float64{0.5, 1} {
		if got.StdError[j] != se || got.FMI[j] != 0 || got.Lambda[j] != 0 || !math.IsInf(got.DF[j], 1) || got.MonteCarlo[j] != 0 {
			t.Errorf("%+v", got)
		}
		low, high := got.Interval(j, 0.95)
		near(t, "low", low, q[j]-1.959963984540054*se, 1e-12)
		near(t, "high", high, q[j]+1.959963984540054*se, 1e-12)
	}
	near(t, "p", got.PValue(0), 6.334248366623996e-05, 1e-12)
	test, err := got.Wald([]int{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	// Q' U⁻¹ Q/2 by hand: U⁻¹ = [1 −0.1; −0.1 0.25]/0.24
	near(t, "D1", test.F, (4*1+2*2*0.1+1*0.25)/0.24/2, 1e-12)
	near(t, "p", test.PValue, infer.ChiSquareTail(2*test.F, 2), 1e-12)
	finite, err := infer.Pool([][]float64{q, q, q}, [][]float64{u, u, u}, 17)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "df of small data", finite.DF[0], 18.0/20*17, 1e-12)
}

// TestPoolOfWhatCannotBePooled: one set, parameters without an estimate,
// parameters that are combinations of others.
func TestPoolOfWhatCannotBePooled(t *testing.T) {
	if _, err := infer.Pool([][]float64{{1}}, [][]float64{{1}}, 10); !errors.Is(err, infer.ErrOneSet) {
		t.Errorf("one set: %v", err)
	}
	nan := math.NaN()
	got, err := infer.Pool([][]float64{{1, 2}, {1.5, nan}}, [][]float64{{1, 0, 0, 1}, {1, nan, nan, nan}}, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	if low, _ := got.Interval(1, 0.95); !math.IsNaN(got.Estimate[1]) || !math.IsNaN(low) || !math.IsNaN(got.PValue(1)) || math.IsNaN(got.StdError[0]) {
		t.Errorf("%+v", got)
	}
	if _, err := got.Wald([]int{0, 1}); err == nil {
		t.Error("a parameter without an estimate was tested")
	}
	if _, err := got.Wald(nil); err == nil {
		t.Error("nothing was tested")
	}
	same, err := infer.Pool([][]float64{{1, 1}, {2, 2}}, [][]float64{{1, 1, 1, 1}, {1, 1, 1, 1}}, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := same.Wald([]int{0, 1}); err == nil {
		t.Error("a parameter was tested twice")
	}
	// All that is known comes from what differs between the sets.
	exact, err := infer.Pool([][]float64{{1}, {3}}, [][]float64{{0}, {0}}, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	if exact.FMI[0] != 1 || exact.Lambda[0] != 1 {
		t.Errorf("%+v", exact)
	}
}
