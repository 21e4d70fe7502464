package pipeline

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bidrag/evaluate/result"
)

// TestDescriptionsAgainstR holds who is incomplete, the context, the measures by
// education, the crossed measures and the distributions of the shipped study
// against R: testdata/describe/describe.R (R 4.2.2). Values and intervals agree to
// 1e-12 relatively, 1e-14 absolutely; persons exactly.
func TestDescriptionsAgainstR(t *testing.T) {
	byID := map[string]result.Value{}
	for _, v := range shipped(t).Results.Values {
		byID[v.Key.ID()] = v
	}
	golden := readGolden(t, "testdata/describe/describe.csv")
	if len(golden) < 1000 {
		t.Fatalf("R has %d numbers", len(golden))
	}
	told := map[string]bool{}
	for _, row := range golden {
		id := row[0]
		told[id] = true
		v, ok := byID[id]
		if !ok {
			t.Errorf("there is no %s", id)
			continue
		}
		for k, got := range []float64{v.Value, v.Low, v.High} {
			if row[1+k] == "NA" {
				continue
			}
			if want := number(t, row[1+k]); !(math.Abs(got-want) <= 1e-12*math.Abs(want)+1e-14) {
				t.Errorf("%s: %.17g, R has %.17g (%s)", id, got, want, []string{"value", "low", "high"}[k])
			}
		}
		if row[4] != "NA" && strconv.Itoa(v.N) != row[4] {
			t.Errorf("%s rests on %d persons, in R on %s", id, v.N, row[4])
		}
	}
	// Whatever the program tells of these kinds, R tells too, unless it is nobody.
	for id, v := range byID {
		quantity, _, _ := strings.Cut(id, ".")
		if slices.Contains([]string{"incomplete", "missing_pattern", "units", "context_median", "context_rank", "context_correlation", "overlap", "measure_difference"}, quantity) &&
			!told[id] && v.N > 0 && (quantity != "measure_difference" || v.Key.By != "") {
			t.Errorf("R has no %s", id)
		}
	}
}
