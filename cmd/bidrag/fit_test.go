package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"bidrag/model/fit"
)

// runFit runs bidrag fit and returns what it writes.
func runFit(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if status := run(context.Background(), append([]string{"fit"}, args...), streams{in: strings.NewReader(""), out: &out, err: &errs}); status != done {
		t.Fatalf("%v: status %d, %s", args, status, errs.String())
	}
	return out.String()
}

// TestSummariesFit80Columns: every model that is compared with R, among them
// badly scaled and separated ones.
func TestSummariesFit80Columns(t *testing.T) {
	const folder = "../../model/fit/testdata/"
	text, err := os.ReadFile(folder + "glm.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct{ File, Formula, Family, Link string }
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	type model = struct{ File, Formula, Family, Link string }
	golden.Cases = append(golden.Cases,
		model{"people.csv", "outcome ~ age + (region | place) + (1 | member:sex:region)", "binomial", "logit"},
		model{"people.csv", "score ~ scale(income) + (poly(age, 3) + factor(year) | region)", "gaussian", "identity"},
		model{"people.csv", "count ~ age + (age || place/region)", "poisson", "log"},
		model{"scaled.csv", "y ~ income + population + (1 | flag)", "binomial", "logit"})
	for _, c := range golden.Cases {
		if strings.HasPrefix(c.Formula, "share") {
			continue // needs totals
		}
		args := []string{"--data", folder + c.File, "--formula", c.Formula, "--family", c.Family, "--link", c.Link}
		summary := runFit(t, args...)
		for _, line := range strings.Split(summary, "\n") {
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s: %d columns: %s", c.Formula, utf8.RuneCountInString(line), line)
			}
		}
		if strings.Contains(summary, "NaN") {
			t.Errorf("%s:\n%s", c.Formula, summary)
		}
		var r fit.Result
		if err := json.Unmarshal([]byte(runFit(t, append(args, "--format", "json")...)), &r); err != nil {
			t.Errorf("%s: %v", c.Formula, err)
		}
		for _, k := range r.Coefficients {
			if !strings.Contains(summary, k.Term) {
				t.Errorf("%s: the summary has no line for %s", c.Formula, k.Term)
			}
		}
	}
}

func TestShortNumbers(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0"}, {0.5, "0.5000"}, {-0.0123, "-0.0123"}, {1.23456, "1.235"}, {-12.3456, "-12.35"}, {123.456, "123.5"},
		{1234.5, "1234"}, {99999.4, "99999"}, {123456, "1.23e+05"}, {0.00012, "1.20e-04"},
	} {
		if got := short(c.v); got != c.want {
			t.Errorf("short(%g) = %s, want %s", c.v, got, c.want)
		}
	}
}

// TestSummaryLeavesOutWhatIsAbsent: a fit that never began has no likelihood,
// gradient or condition to write.
func TestSummaryLeavesOutWhatIsAbsent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "far.csv")
	if err := os.WriteFile(path, []byte("y,x,far\n1,1,-1e6\n2,2,2e6\n0,3,1e6\n4,5,-3e6\n3,4,5e6\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	summary := runFit(t, "--data", path, "--formula", "y ~ x", "--offset", "far", "--family", "poisson")
	for _, absent := range []string{"NaN", "Inf", "gradient", "condition ", "log-likelihood ", "AIC", "0.2165"} {
		if strings.Contains(summary, absent) {
			t.Errorf("%s is written:\n%s", absent, summary)
		}
	}
	if !strings.Contains(strings.Join(strings.Fields(summary), " "), "NOT CONVERGED after 0 steps (no starting value has a finite likelihood; is the offset far out?): do not use these estimates") {
		t.Errorf("it does not say why:\n%s", summary)
	}
}
