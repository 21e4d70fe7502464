package pipeline

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/studies"
	"bidrag/study"
)

// TestIndividualModelAgainstR holds the report's individual model on the
// shipped extracts against R, which recodes the extracts by itself:
// testdata/individual/individual.R (R 4.2.2). Estimates agree to 8 digits,
// standard errors to 6, the log-likelihood to 10.
func TestIndividualModelAgainstR(t *testing.T) {
	r := shipped(t)
	got := r.Results.Models["individual"]
	rows := readGolden(t, "testdata/individual/individual.csv")
	if len(rows) != 32 || len(got.Coefficients) != 32 {
		t.Fatalf("%d coefficients, R has %d, the report 31 and an intercept", len(got.Coefficients), len(rows))
	}
	for i, c := range got.Coefficients {
		if c.Term != rows[i][0] {
			t.Errorf("coefficient %d is %s, R has %s", i, c.Term, rows[i][0])
			continue
		}
		closeTo(t, c.Term, *c.Estimate, number(t, rows[i][1]), 1e-8)
		closeTo(t, c.Term+" (error)", *c.StdError, number(t, rows[i][2]), 1e-6)
	}
	whole := map[string]float64{}
	for _, row := range readGolden(t, "testdata/individual/whole.csv") {
		whole[row[0]] = number(t, row[1])
	}
	closeTo(t, "log-likelihood", got.LogLik, whole["log_lik"], 1e-10)
	closeTo(t, "deviance", got.Deviance, whole["deviance"], 1e-10)
	closeTo(t, "McFadden", got.RSquared["mcfadden"], 1-whole["deviance"]/whole["null_deviance"], 1e-8)
	if float64(got.NObs) != whole["n"] || got.Status != "converged" {
		t.Errorf("%d rows, %s", got.NObs, got.Status)
	}
}

// TestSchemeContrastAgainstR: the average difference between the schemes among
// like persons, with R's predict() and numerical derivatives.
func TestSchemeContrastAgainstR(t *testing.T) {
	r := shipped(t)
	v, ok := r.Results.Get(result.Key{Quantity: "adjusted_difference", Model: "individual", Scheme: "jobbsjansen"})
	if !ok {
		t.Fatal("there is no contrast")
	}
	golden := readGolden(t, "testdata/individual/difference.csv")
	closeTo(t, "difference", v.Value, number(t, golden[0][1]), 1e-8)
	closeTo(t, "error", (v.High-v.Low)/2/1.959963984540054, number(t, golden[1][1]), 1e-6)
}

// TestContributionsAgainstR: every project's contribution in both variants.
func TestContributionsAgainstR(t *testing.T) {
	r := shipped(t)
	golden := readGolden(t, "testdata/individual/contribution.csv")
	if len(golden) != 411 {
		t.Fatalf("R has %d projects", len(golden))
	}
	for _, row := range golden {
		scheme, _, _ := strings.Cut(row[0], "-")
		for k, variant := range []string{"with_scheme", "without_scheme"} {
			v, ok := r.Results.Get(result.Key{Quantity: "project_contribution", Kind: variant, Sample: "in_individual", Scheme: scheme, Project: row[0]})
			if want := number(t, row[2+k]); !ok || math.Abs(v.Value-want) > 1e-9 || float64(v.N) != number(t, row[1]) {
				t.Errorf("%s, %s: %v of %d persons, R has %v of %s", row[0], variant, v.Value, v.N, want, row[1])
			}
		}
	}
}

// TestContributionsByLevelAgainstR: actual and expected attainment by scheme and
// level of education and of Norwegian.
func TestContributionsByLevelAgainstR(t *testing.T) {
	r := shipped(t)
	golden := readGolden(t, "testdata/individual/by_level.csv")
	if len(golden) != 16 {
		t.Fatalf("R has %d groups", len(golden))
	}
	for _, row := range golden {
		key := result.Key{Kind: "with_scheme", Sample: "in_individual", Scheme: row[0], Variable: row[1], Level: row[2]}
		actual, expected := number(t, row[4]), number(t, row[5])
		for quantity, want := range map[string]float64{"group_actual": actual, "group_expected": expected, "group_contribution": actual - expected} {
			key.Quantity = quantity
			if v, ok := r.Results.Get(key); !ok || math.Abs(v.Value-want) > 1e-9 || float64(v.N) != number(t, row[3]) {
				t.Errorf("%s: %v of %d persons, R has %v of %s", key.ID(), v.Value, v.N, want, row[3])
			}
		}
	}
}

// shipped is the shipped study, run once for all tests, which must not change it.
func shipped(t *testing.T) *Run {
	t.Helper()
	r, err := runShipped()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var runShipped = sync.OnceValues(func() (*Run, error) {
	fsys, _ := studies.Open(studies.Default)
	s, err := study.Load(fsys, studies.Default)
	if err != nil {
		return nil, err
	}
	return Start(context.Background(), s, Options{})
})

// closeTo compares relatively.
func closeTo(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s = %.12g, R has %.12g", what, got, want)
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// readGolden reads a CSV without its header.
func readGolden(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}
