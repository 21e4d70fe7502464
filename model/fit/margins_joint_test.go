package fit

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"bidrag/data/frame"
	"bidrag/data/source"
)

// A jointGolden is the covariance that R has for all parameters of a model.
type jointGolden struct {
	Formula, Family, Link string
	Parameters            []float64
	Cov                   [][]float64
}

// readJoint reads what testdata/margins.R made of groups.csv.
func readJoint(t *testing.T) ([]jointGolden, *frame.Frame) {
	t.Helper()
	text, err := os.ReadFile("testdata/margins.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct{ Joint []jointGolden }
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	data, err := source.ReadFrame(context.Background(), "testdata/groups.csv")
	if err != nil {
		t.Fatal(err)
	}
	if len(golden.Joint) == 0 {
		t.Fatal("no golden values")
	}
	return golden.Joint, data
}

// TestJointCovarianceAgreesWithR: that of coefficients, variance components
// and dispersion, from the Hessians of glmmTMB and, by differences of the deviance
// alone, of lme4, by testdata/margins.R.
func TestJointCovarianceAgreesWithR(t *testing.T) {
	golden, data := readJoint(t)
	for _, g := range golden {
		m := mustFit(t, g.Formula, data, Options{Family: g.Family, Link: g.Link})
		got := m.mixed.Joint()
		n := len(g.Parameters)
		if len(got) != n*n {
			t.Fatalf("%s: %d numbers for %d parameters", g.Formula, len(got), n)
		}
		worst := 0.0
		for i := range n {
			for j := range n {
				if d := math.Abs(got[i*n+j]-g.Cov[i][j]) / math.Sqrt(g.Cov[i][i]*g.Cov[j][j]); !(d <= worst) {
					worst = d
				}
			}
		}
		if t.Logf("%s, %s: %.1g", g.Formula, g.Link, worst); !(worst < 2e-5) {
			t.Errorf("%s, %s: the covariance differs from R's by %g", g.Formula, g.Link, worst)
		}
	}
}
