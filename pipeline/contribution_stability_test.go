package pipeline

import (
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
)

// TestFunnelAgainstR holds the funnels of projects and municipalities in both
// variants, and the correlations between years, against R: testdata/funnel/funnel.R
// (R 4.2.2; FunnelPlotR's formulas, cor.test). Numbers agree to 1e-8. Split halves
// are drawn otherwise in R: 200 draws here and 500 there agree to 0.02.
func TestFunnelAgainstR(t *testing.T) {
	r := shipped(t)
	rows := readGolden(t, "testdata/funnel/funnel.csv")
	for _, row := range rows {
		key := result.Key{Quantity: row[3], Kind: row[0], Sample: "in_individual", Scheme: row[2], Project: row[5]}
		switch {
		case row[5] != "":
			key.Quantity = row[1] + "_" + row[3]
		case row[1] == "municipality":
			key.Quantity = "municipalities_" + row[3]
		}
		level, by, _ := strings.Cut(row[4], ".")
		tolerance := 1e-8
		switch {
		case strings.HasPrefix(row[3], "stability"):
			key.Year, key.ByLevel = level, by
		case row[3] == "split_half":
			tolerance = 0.02
		default:
			key.Level, key.ByLevel = level, by
		}
		v, ok := r.Results.Get(key)
		want := number(t, row[6])
		if !ok || !(math.Abs(v.Value-want) <= tolerance*math.Max(1, math.Abs(want))) {
			t.Errorf("%s = %v (%v), R has %v", key.ID(), v.Value, ok, want)
		}
		if row[3] == "funnel_limit" && (v.Low != -v.Value || v.High != v.Value) {
			t.Errorf("%s: from %v to %v", key.ID(), v.Low, v.High)
		}
		if row[7] != "NA" && (math.Abs(v.Low-number(t, row[7])) > 1e-8 || math.Abs(v.High-number(t, row[8])) > 1e-8) {
			t.Errorf("%s: from %v to %v, R has %s to %s", key.ID(), v.Low, v.High, row[7], row[8])
		}
	}
	told := 0
	for _, v := range r.Results.Values {
		if strings.HasSuffix(v.Key.Quantity, "_funnel") && strings.HasPrefix(v.Key.Level, "z") {
			told++
		}
	}
	inR := 0
	for _, row := range rows {
		if row[3] == "funnel" {
			inR++
		}
	}
	if told != inR {
		t.Errorf("%d standardized contributions, R has %d", told, inR)
	}
}

// TestStabilityOfTooFew: fewer than four projects, and one year only, tell nothing of
// halves and of years; the study is told where it asks for them, and the funnel is there.
func TestStabilityOfTooFew(t *testing.T) {
	m := newMini(t)
	m.replace("study.yaml", "min_leavers: 5", "min_leavers: 18\n  years: true")
	r := m.run(1)
	var gaps []string
	for _, g := range r.Results.Gaps {
		if g.Step == "contribution" && (g.Subject == "stability" || g.Subject == "halves") {
			gaps = append(gaps, g.Subject+" "+g.Reason.Code+" "+g.Reason.About)
			if !strings.HasPrefix(g.Place, "mini/study.yaml:") {
				t.Errorf("%+v", g)
			}
		}
	}
	if want := []string{"stability no_units complete", "halves no_units complete"}; !slices.Equal(gaps, want) {
		t.Errorf("gaps %q, want %q", gaps, want)
	}
	if phi := one(r, "funnel_phi.with_scheme.complete.all"); math.IsNaN(phi) {
		t.Error("there is no funnel")
	}
}
