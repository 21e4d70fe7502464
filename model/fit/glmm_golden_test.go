package fit_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bidrag/data/frame"
	"bidrag/model/fit"
)

// mixedFile holds what R's packages for mixed models make of the data beside
// it; see testdata/glmm.R.
type mixedFile struct {
	Cases    []mixedCase
	Profiles []struct {
		Case, File, Formula string
		Term, Group         string
		Low, High           float64
	}
	Tests []struct {
		File, Small, Large string
		Statistic, P       float64
		DF                 int
	}
	PredictionErrors []struct {
		File, Formula string
		Rows          []int
		Eta, Error    []float64
	} `json:"prediction_errors"`
}

type mixedCase struct {
	Name, File, Formula, Family, Link string
	Quadrature                        int
	Options                           struct {
		Weights, Offset string
		WeightsType     string `json:"weights_type"`
	}
	N                 int
	Groups            map[string]int
	Terms             []string
	Estimates, Errors []*float64
	Random            []struct {
		Group string
		Terms []string
		SD    []float64
		Cor   [][]*float64
	}
	Boundary          int // how many parameters R's optimum has on the boundary
	Sigma, Dispersion *float64
	LogLik            float64 `json:"log_lik"`
	DF                int
	AIC, BIC          float64
	Modes             []struct {
		Group    string
		Terms    []string
		Levels   []string
		Mode, SD [][]float64
	}
	ICC         map[string]float64
	RSquared    map[string]float64 `json:"r_squared"`
	Predictions *struct {
		Rows     []int
		Eta, Mu  []float64
		EtaFixed []float64 `json:"eta_fixed"` // with random effects of 0
		MuFixed  []float64 `json:"mu_fixed"`
	}
	Tolerance goldenTolerance
}

func readMixed(t testing.TB) mixedFile {
	t.Helper()
	text, err := os.ReadFile("testdata/glmm.json")
	if err != nil {
		t.Fatal(err)
	}
	var g mixedFile
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func (c mixedCase) fit(t testing.TB, data *frame.Frame) *fit.Model {
	t.Helper()
	m, err := fit.Fit(c.Formula, data, fit.Options{
		Family: c.Family, Link: c.Link, Quadrature: c.Quadrature, Weights: c.Options.Weights, WeightsType: c.Options.WeightsType, Offset: c.Options.Offset,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMixedModelsAgreeWithR(t *testing.T) {
	g := readMixed(t)
	for _, c := range g.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if c.Tolerance == (goldenTolerance{}) {
				c.Tolerance = goldenTolerance{Estimate: 1e-7, Error: 1e-5, Likelihood: 1e-10}
			}
			data := readFrame(t, c.File)
			m := c.fit(t, data)
			c.compareTerms(t, m.Result)
			c.compareRandom(t, m.Result)
			c.compareWhole(t, m.Result)
			c.compareModes(t, m)
			c.comparePredictions(t, m, data)
		})
	}
}

// check tells how far values are from R's, and fails when that is too far.
func check(t *testing.T, what string, worst, tolerance float64) {
	t.Helper()
	t.Logf("%s: %.1g", what, worst)
	if !(worst <= tolerance) {
		t.Errorf("%s: differ by %.2g, more than %.0g", what, worst, tolerance)
	}
}

func (c mixedCase) compareTerms(t *testing.T, r *fit.Result) {
	var names []string
	for _, k := range r.Coefficients {
		names = append(names, k.Term)
	}
	if diff := cmp.Diff(c.Terms, names); diff != "" {
		t.Fatalf("names (-R +ours):\n%s", diff)
	}
	worst, worstError := 0.0, 0.0
	for j, k := range r.Coefficients {
		se := 0.0
		if c.Errors[j] != nil {
			se = *c.Errors[j]
		}
		worst = max(worst, distance(c.Estimates[j], k.Estimate, se))
		worstError = max(worstError, distance(c.Errors[j], k.StdError, 0))
	}
	check(t, "estimates", worst, c.Tolerance.Estimate)
	check(t, "standard errors", worstError, c.Tolerance.Error)
}

// compareRandom compares standard deviations relative to the largest, so that
// one of zero may be compared too, and correlations.
func (c mixedCase) compareRandom(t *testing.T, r *fit.Result) {
	if len(r.Random) != len(c.Random) {
		t.Fatalf("%d random terms, R has %d", len(r.Random), len(c.Random))
	}
	largest, worst, worstCor := 0.0, 0.0, 0.0
	for _, w := range c.Random {
		largest = max(largest, slices.Max(w.SD))
	}
	for _, w := range c.Random {
		k := slices.IndexFunc(r.Random, func(o fit.Random) bool { return o.Group == w.Group && slices.Equal(o.Terms, w.Terms) })
		if k < 0 {
			t.Fatalf("no random term %v of %s: %+v", w.Terms, w.Group, r.Random)
		}
		for q, sd := range w.SD {
			worst = max(worst, distance(&sd, &r.Random[k].SD[q], largest))
		}
		for a := range w.Cor {
			for b := range w.Cor[a] {
				worstCor = max(worstCor, distance(w.Cor[a][b], r.Random[k].Cor[a][b], 1))
			}
		}
	}
	check(t, "standard deviations", worst, c.Tolerance.Estimate)
	check(t, "correlations", worstCor, 10*c.Tolerance.Estimate)
	if got := len(r.Boundary); got != c.Boundary {
		t.Errorf("%d parameters on the boundary, R has %d: %v", got, c.Boundary, r.Boundary)
	}
}

func (c mixedCase) compareWhole(t *testing.T, r *fit.Result) {
	if r.Status != "converged" {
		t.Errorf("status %s: %v", r.Status, r.Warnings)
	}
	if r.NObs != c.N || r.DF != c.DF || !cmp.Equal(r.Groups, c.Groups) {
		t.Errorf("%d observations, %d parameters, groups %v; R has %d, %d, %v", r.NObs, r.DF, r.Groups, c.N, c.DF, c.Groups)
	}
	check(t, "log-likelihood, AIC, BIC", max(distance(&c.LogLik, &r.LogLik, 1), distance(&c.AIC, &r.AIC, 1), distance(&c.BIC, &r.BIC, 1)), c.Tolerance.Likelihood)
	check(t, "sigma, dispersion", max(distance(c.Sigma, r.Sigma, 0), distance(c.Dispersion, r.Dispersion, 0)), c.Tolerance.Estimate)
	worst := 0.0
	for g, v := range c.ICC {
		got, ok := r.ICC[g]
		if !ok {
			t.Errorf("no intraclass correlation of %s: %v", g, r.ICC)
		}
		worst = max(worst, distance(&v, &got, 0.1))
	}
	for kind, v := range c.RSquared {
		got := r.RSquared["nakagawa_"+kind]
		worst = max(worst, distance(&v, &got, 0.1))
	}
	check(t, "intraclass correlations, R²", worst, 10*c.Tolerance.Estimate)
}

func (c mixedCase) compareModes(t *testing.T, m *fit.Model) {
	worst := 0.0
	for _, w := range c.Modes {
		got, ok := m.Modes(w.Group)
		if !ok {
			t.Fatalf("no modes of %s", w.Group)
		}
		for i, level := range w.Levels {
			row := slices.Index(got.Levels, level)
			if row < 0 {
				t.Fatalf("no group %s of %s", level, w.Group)
			}
			for q, term := range w.Terms {
				k := slices.Index(got.Terms, term)
				sd := w.SD[i][q]
				// relative to its deviation; where the variance is zero, to 1
				least := sd
				if sd < 1e-8 {
					least = 1
				}
				worst = max(worst, distance(&w.Mode[i][q], &got.Mode[row][k], least), distance(&sd, &got.SD[row][k], least))
			}
		}
	}
	check(t, "modes and their deviations", worst, 10*c.Tolerance.Estimate)
}

func (c mixedCase) comparePredictions(t *testing.T, m *fit.Model, data *frame.Frame) {
	w := c.Predictions
	if w == nil {
		return
	}
	own, err := m.Predict(data, fit.Prediction{})
	if err != nil {
		t.Fatal(err)
	}
	typical, err := m.Predict(data, fit.Prediction{Typical: true})
	if err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for i, row := range w.Rows {
		worst = max(worst, distance(&w.Eta[i], &own.Eta[row], 1), distance(&w.Mu[i], &own.Mu[row], 0), distance(&w.EtaFixed[i], &typical.Eta[row], 1), distance(&w.MuFixed[i], &typical.Mu[row], 0))
	}
	check(t, "predictions", worst, c.Tolerance.Estimate)
}

// TestPredictionErrorsAgreeWithGlmmTMB: standard errors of the linear predictor
// with random effects. glmmTMB has them from numeric derivatives.
func TestPredictionErrorsAgreeWithGlmmTMB(t *testing.T) {
	for _, w := range readMixed(t).PredictionErrors {
		data := readFrame(t, w.File)
		p, err := mustFit(t, w.Formula, data, fit.Options{}).Predict(data, fit.Prediction{Errors: true})
		if err != nil {
			t.Fatal(err)
		}
		worst, worstError := 0.0, 0.0
		for i, row := range w.Rows {
			worst = max(worst, distance(&w.Eta[i], &p.Eta[row], 1))
			worstError = max(worstError, distance(&w.Error[i], &p.EtaError[row], 0))
		}
		check(t, w.Formula+": predictions", worst, 1e-7)
		check(t, w.Formula+": standard errors", worstError, 1e-5)
	}
}

// TestProfilesAgreeWithR: intervals by the profile of the deviance.
func TestProfilesAgreeWithR(t *testing.T) {
	g := readMixed(t)
	for _, w := range g.Profiles {
		if k := slices.IndexFunc(g.Cases, func(c mixedCase) bool { return c.Name == w.Case }); k >= 0 {
			w.File, w.Formula = g.Cases[k].File, g.Cases[k].Formula
		}
		name := w.Term
		if name == "" {
			name = w.Group + ": (Intercept)"
		}
		t.Run(w.Formula+" "+name, func(t *testing.T) {
			data := readFrame(t, w.File)
			p, err := mustFit(t, w.Formula, data, fit.Options{}).Profile(data, name, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			width := w.High - w.Low
			check(t, "bounds", max(distance(&w.Low, p.Low, width), distance(&w.High, p.High, width)), 1e-6)
		})
	}
}

// TestLikelihoodRatiosAgreeWithR: tests between nested models.
func TestLikelihoodRatiosAgreeWithR(t *testing.T) {
	for _, w := range readMixed(t).Tests {
		t.Run(w.Small, func(t *testing.T) {
			data := readFrame(t, w.File)
			got, err := fit.Compare(mustFit(t, w.Small, data, fit.Options{}), mustFit(t, w.Large, data, fit.Options{}), data)
			if err != nil {
				t.Fatal(err)
			}
			if got.DF != w.DF {
				t.Errorf("%d degrees of freedom, R has %d", got.DF, w.DF)
			}
			check(t, "statistic and p-value", max(distance(&w.Statistic, &got.Statistic, 1e-2), distance(&w.P, &got.PValue, 1e-4)), 1e-7)
		})
	}
}
