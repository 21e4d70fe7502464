package fit_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bidrag/data/frame"
	"bidrag/data/source"
	"bidrag/model/fit"
)

// goldenFile holds what R makes of the data beside it; see testdata/glm.R.
type goldenFile struct {
	Cases      []goldenCase
	Robust     []goldenRobust
	Prediction struct {
		Formula string
		Rows    []int
		Eta     []*float64
		Error   []*float64
		Mu      []*float64
	}
}

type goldenCase struct {
	Name, File, Formula, Family, Link string
	Options                           struct {
		Weights, Offset, Separated string
		WeightsType                string `json:"weights_type"`
	}
	N                    int
	Terms                []string
	Estimates, Errors, P []*float64
	Low, High            []*float64
	LogLik               *float64 `json:"log_lik"`
	DF                   int
	Deviance             float64
	AIC, BIC             *float64
	Dispersion           *float64
	Tolerance            goldenTolerance
}

// goldenTolerance is how far relative differences from R may go; those that
// are 0 are the usual ones.
type goldenTolerance struct{ Estimate, Error, Likelihood float64 }

type goldenRobust struct {
	Formula, Family, Link, Cluster string
	Terms                          []string
	Errors                         []float64
}

func readGolden(t testing.TB) goldenFile {
	t.Helper()
	text, err := os.ReadFile("testdata/glm.json")
	if err != nil {
		t.Fatal(err)
	}
	var g goldenFile
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func readFrame(t testing.TB, file string) *frame.Frame {
	t.Helper()
	f, err := source.ReadFrame(context.Background(), filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (c goldenCase) fit(t testing.TB) *fit.Result {
	t.Helper()
	m, err := fit.Fit(c.Formula, readFrame(t, c.File), fit.Options{
		Family: c.Family, Link: c.Link, Weights: c.Options.Weights, WeightsType: c.Options.WeightsType, Offset: c.Options.Offset,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m.Result
}

func TestAgreesWithR(t *testing.T) {
	for _, c := range readGolden(t).Cases {
		t.Run(c.Name, func(t *testing.T) {
			r := c.fit(t)
			tol := goldenTolerance{Estimate: 1e-8, Error: 1e-6, Likelihood: 1e-10}
			if c.Tolerance != (goldenTolerance{}) {
				tol = c.Tolerance
			}
			c.compareTerms(t, r, tol)
			c.compareWhole(t, r, tol)
		})
	}
}

// compareTerms checks every coefficient. A separated one has no value that
// could be compared.
func (c goldenCase) compareTerms(t *testing.T, r *fit.Result, tol goldenTolerance) {
	var names []string
	for _, k := range r.Coefficients {
		names = append(names, k.Term)
	}
	if diff := cmp.Diff(c.Terms, names); diff != "" {
		t.Fatalf("names (-R +ours):\n%s", diff)
	}
	separated := strings.Fields(c.Options.Separated)
	var worst, worstError float64
	for j, k := range r.Coefficients {
		if contains(separated, k.Term) {
			continue
		}
		se := 0.0
		if c.Errors[j] != nil {
			se = *c.Errors[j]
		}
		worst = max(worst, distance(c.Estimates[j], k.Estimate, 1e-2*se))
		worst = max(worst, distance(c.Low[j], k.ConfLow, se), distance(c.High[j], k.ConfHigh, se))
		worstError = max(worstError, distance(c.Errors[j], k.StdError, 0), distance(c.P[j], k.PValue, 1e-3))
	}
	t.Logf("estimates agree to %.1g, errors to %.1g", worst, worstError)
	if worst > tol.Estimate || worstError > tol.Error {
		t.Errorf("estimates differ by %.2g, errors and p-values by %.2g", worst, worstError)
	}
}

func (c goldenCase) compareWhole(t *testing.T, r *fit.Result, tol goldenTolerance) {
	d := distance(&c.Deviance, &r.Deviance, 1)
	if c.LogLik != nil && c.Dispersion != nil { // else an exact fit
		d = max(d, distance(c.LogLik, &r.LogLik, 1), distance(c.AIC, &r.AIC, 1), distance(c.BIC, &r.BIC, 1))
	}
	t.Logf("log-likelihood, deviance, AIC and BIC agree to %.1g", d)
	if d > tol.Likelihood {
		t.Errorf("log-likelihood, deviance, AIC or BIC differ by %.2g", d)
	}
	status := "converged"
	if c.Options.Separated != "" {
		status = "separated"
	}
	if r.Status != status {
		t.Errorf("status %s, want %s", r.Status, status)
	}
	if r.NObs != c.N {
		t.Errorf("%d observations, R has %d", r.NObs, c.N)
	}
	if r.DF != c.DF {
		t.Errorf("%d parameters, R has %d", r.DF, c.DF)
	}
	var dispersion *float64
	switch {
	case r.Sigma != nil:
		square := *r.Sigma * *r.Sigma
		dispersion = &square
	case r.Dispersion != nil:
		dispersion = r.Dispersion
	default:
		return
	}
	if d := distance(c.Dispersion, dispersion, 0); d > tol.Error {
		t.Errorf("the dispersion differs by %.2g", d)
	}
}

// distance is the difference relative to the wanted value, or to least when
// that is larger; infinite when one of the two is missing.
func distance(want, got *float64, least float64) float64 {
	switch {
	case want == nil && got == nil:
		return 0
	case want == nil || got == nil:
		return math.Inf(1)
	case *want == *got:
		return 0
	}
	return math.Abs(*want-*got) / max(math.Abs(*want), least)
}

func contains(all []string, one string) bool {
	for _, a := range all {
		if a == one {
			return true
		}
	}
	return false
}
