package pipeline

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/contribution"
	"bidrag/evaluate/result"
)

// TestUnitIndicatorsAgainstR holds every project and municipality of all years, and
// the projects of 2019, in both variants, against R: testdata/contribution/contribution.R
// (R 4.2.2; convolution and uniroot, brglm2, p.adjust). Numbers agree to 1e-8,
// probabilities relative to themselves.
func TestUnitIndicatorsAgainstR(t *testing.T) {
	r := shipped(t)
	units := 0
	for _, row := range readGolden(t, "testdata/contribution/contribution.csv") {
		key := result.Key{Kind: row[0], Sample: "in_individual", Scheme: result.All, Year: row[2], Project: row[3]}
		if row[1] == "project" {
			key.Scheme, _, _ = strings.Cut(row[3], "-")
		}
		units++
		want := make([]float64, len(row))
		for k := 4; k < len(row); k++ {
			want[k] = number(t, row[k])
		}
		check := func(quantity string, value, low, high float64) {
			key.Quantity = row[1] + "_" + quantity
			v, ok := r.Results.Get(key)
			near := func(got, want float64) bool {
				return math.Abs(got-want) <= 1e-8*math.Max(1, math.Abs(want)) || math.IsNaN(want)
			}
			if !ok || !near(v.Value, value) || !near(v.Low, low) || !near(v.High, high) || v.Unit == result.PValue && math.Abs(v.Value-value) > 1e-7*value {
				t.Errorf("%s: %v from %v to %v (%v), R has %v from %v to %v", key.ID(), v.Value, v.Low, v.High, ok, value, low, high)
			}
			if float64(v.N) != want[4] || float64(v.Part) != want[5] {
				t.Errorf("%s: the gate sees %d of %d, R has %s of %s", key.ID(), v.Part, v.N, row[5], row[4])
			}
		}
		nan := math.NaN()
		check("expected", want[6], nan, nan)
		check("contribution", want[5]/want[4]-want[6], want[10], want[11])
		check("p_value", want[9], nan, nan)
		check("firth_log_odds", want[12], want[13], want[14])
		check("firth", want[15], want[16], want[17])
		check("standardized", want[18], want[19], want[20])
		check("q_value", want[22], nan, nan)
		if row[0] == "with_scheme" {
			check("scheme", want[21], nan, nan)
		} else if key.Quantity = row[1] + "_scheme"; math.Abs(want[21]) > 1e-12 {
			t.Errorf("%s: R has %v", key.ID(), want[21])
		} else if _, told := r.Results.Get(key); told {
			t.Errorf("%s is there, and the model knows no scheme", key.ID())
		}
	}
	shown := 0
	for _, v := range r.Results.Values {
		if v.Key.Quantity == "project_class" && (v.Key.Year == "" || v.Key.Year == "2019") || v.Key.Quantity == "municipality_class" && v.Key.Year == "" {
			shown++
		}
	}
	if units != shown {
		t.Errorf("%d units, R has %d", shown, units)
	}
}

// TestProvidersByPprofsFormulas: simulated providers of 1 to 1,300 persons, by the
// formulas of the R package pprof 1.0.2 (testdata/contribution/contribution.R):
// one-sided exact tests, the two-sided one with half of P(O = o) in both tails, and
// the direct rate. To 1e-9.
func TestProvidersByPprofsFormulas(t *testing.T) {
	eta, outcome := map[string][]float64{}, map[string][]float64{}
	var all []float64 // probabilities
	for _, row := range readGolden(t, "testdata/contribution/persons.csv") {
		e := number(t, row[1])
		all = append(all, 1/(1+math.Exp(-e)))
		eta[row[0]], outcome[row[0]] = append(eta[row[0]], e), append(outcome[row[0]], number(t, row[2]))
	}
	country, direct := contribution.NewCountry(all), 0
	for _, row := range readGolden(t, "testdata/contribution/providers.csv") {
		x := contribution.Compare(eta[row[0]], outcome[row[0]])
		upper := x.Upper - x.Point/2
		for what, pair := range map[string][2]float64{
			"greater": {x.Upper, number(t, row[1])}, "less": {x.Lower, number(t, row[2])},
			"two-sided": {2 * math.Min(upper, 1-upper), number(t, row[3])},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-9 {
				t.Errorf("provider %s, %s: %v, pprof's formula gives %v", row[0], what, pair[0], pair[1])
			}
		}
		if row[4] == "NA" {
			continue
		}
		direct++
		if got := country.Attainment(number(t, row[4])); math.Abs(got-number(t, row[5])) > 1e-9 {
			t.Errorf("provider %s: direct rate %v, pprof's formula gives %s", row[0], got, row[5])
		}
	}
	if direct < 8 {
		t.Errorf("%d direct rates", direct)
	}
}

// withUnits is the mini study by year, down to projects of one leaver, of which
// there is one: regular-0301 in 2020.
func withUnits(t *testing.T) mini {
	m := newMini(t)
	m.replace("study.yaml", "min_leavers: 5", "min_leavers: 1\n  years: true\n  examples:\n    town: {label: By, scheme: regular, expected: 0.3, actual: 0.3}\n    other: {label: Annen, scheme: regular, expected: 0.3, actual: 0.3}\n    pilot: {label: Forsøk, scheme: pilot, expected: 0.5, actual: 0.5}\n    second: {label: Forsøk til, scheme: pilot, expected: 0.5, actual: 0.5}")
	m.replace("extracts/register.csv.gz", "14.06.2019;Arbeid;0301;0,5", "14.06.2020;Arbeid;0301;0,5")
	return m
}

// TestUnitsByYear: years add up to all of them and projects to their municipality;
// a place that is there in one year only has the same numbers in that year and in
// all; one leaver has an interval that is open on the side of what happened.
func TestUnitsByYear(t *testing.T) {
	r := withUnits(t).run(1)
	units := map[string][2]int{} // persons, and how many attained
	for _, v := range r.Results.Values {
		k := v.Key
		if v.Step != "contribution" || k.Project == "" {
			continue
		}
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
			t.Errorf("%s is %v", k.ID(), v.Value)
		}
		if v.Part < 0 || v.Part > v.N {
			t.Errorf("%s: %d of %d", k.ID(), v.Part, v.N)
		}
		if strings.HasSuffix(k.Quantity, "_contribution") && !(v.Low <= v.Value && v.Value <= v.High && v.Low >= -1 && v.High <= 1) {
			t.Errorf("%s: %v from %v to %v", k.ID(), v.Value, v.Low, v.High)
		}
		if strings.HasSuffix(k.Quantity, "_persons") && k.Kind == "with_scheme" {
			units[k.Scheme+" "+k.Project+" "+k.Year] = [2]int{v.N, v.Part}
		}
	}
	add := func(names ...string) (total [2]int) {
		for _, name := range names {
			total[0] += units[name][0]
			total[1] += units[name][1]
		}
		return total
	}
	for whole, parts := range map[string][]string{
		"regular regular-0301 ": {"regular regular-0301 2019", "regular regular-0301 2020"},
		"all 0301 2020":         {"pilot pilot-0301 2020", "regular regular-0301 2020"},
		"all 0301 ":             {"all 0301 2019", "all 0301 2020"},
		"all 1102 ":             {"all 1102 2020"},
		"all 1101 ":             {"all 1101 2019"},
	} {
		if got := add(parts...); got != units[whole] || got[0] == 0 {
			t.Errorf("%s is %v, its parts are %v", whole, units[whole], got)
		}
	}
	for _, name := range []string{"all 1102 2019", "all 1101 2020"} {
		if _, there := units[name]; there {
			t.Errorf("%s is there", name)
		}
	}
	v, _ := r.Results.Get(result.Key{Quantity: "project_contribution", Kind: "with_scheme", Sample: "complete", Scheme: "regular", Year: "2020", Project: "regular-0301"})
	e := one(r, "project_expected.with_scheme.complete.regular.2020.regular-0301")
	if v.N != 1 || v.Part != 1 || math.Abs(v.High-(1-e)) > 1e-12 || v.Low > v.High-0.9 {
		t.Errorf("one leaver, who attained the goal, expected %v: %+v", e, v)
	}
	if p := one(r, "project_p_value.with_scheme.complete.regular.2020.regular-0301"); math.Abs(p-math.Min(1, 2*e)) > 1e-12 {
		t.Errorf("p = %v, want %v", p, 2*e)
	}
}

// TestOneProjectInAScheme: what is told of a scheme's projects is told of the one,
// and falls with it at the gate.
func TestOneProjectInAScheme(t *testing.T) {
	r := withUnits(t).run(1)
	project, _ := r.Results.Get(result.Key{Quantity: "project_contribution", Kind: "with_scheme", Sample: "complete", Scheme: "pilot", Project: "pilot-0301"})
	for _, level := range []string{"p10", "p50", "max"} {
		v, ok := r.Results.Get(result.Key{Quantity: "contribution", Kind: "with_scheme", Sample: "complete", Scheme: "pilot", Level: level})
		if !ok || v.Value != project.Value || v.N != project.N || v.Part != project.Part {
			t.Errorf("%s: %+v, the project %+v", level, v, project)
		}
	}
}

// TestContributionExamples: no project is an example twice, none is named, and one
// that there is not is a gap at its place.
func TestContributionExamples(t *testing.T) {
	r := withUnits(t).run(1)
	seen := map[[2]float64]string{}
	for _, name := range []string{"regular.town", "pilot.pilot"} {
		id := "example_expected.with_scheme.complete." + name
		at := [2]float64{one(r, id), one(r, strings.Replace(id, "expected", "actual", 1))}
		if math.IsNaN(at[0]) || seen[at] != "" {
			t.Errorf("%s is %v, and so is %q", name, at, seen[at])
		}
		seen[at] = name
	}
	var gaps []string
	for _, g := range r.Results.Gaps {
		if g.Step == "contribution" {
			gaps = append(gaps, g.Subject+" "+g.Reason.Code+" "+g.Reason.About)
			if !strings.HasPrefix(g.Place, "mini/study.yaml:") {
				t.Errorf("%+v", g)
			}
		}
	}
	if want := []string{"other no_units regular", "second no_units pilot", "stability no_units complete"}; !slices.Equal(gaps, want) {
		t.Errorf("gaps %q, want %q", gaps, want)
	}
	for _, v := range r.Results.Values {
		if strings.HasPrefix(v.Key.Quantity, "example_") && (v.Key.Project != "" || v.N != 5 || v.Part != -1) {
			t.Errorf("%+v", v)
		}
	}
}

// TestUnitsDoNotDependOnThreads: to the last bit.
func TestUnitsDoNotDependOnThreads(t *testing.T) {
	m := withUnits(t)
	single, several := m.run(1), m.run(3)
	bits := func(r *Run) (out []string) {
		for _, v := range r.Results.Values {
			if v.Step == "contribution" {
				out = append(out, fmt.Sprintf("%s %x %x %x", v.Key.ID(), math.Float64bits(v.Value), math.Float64bits(v.Low), math.Float64bits(v.High)))
			}
		}
		return out
	}
	a, b := bits(single), bits(several)
	if len(a) == 0 || len(a) != len(b) {
		t.Fatalf("%d values and %d", len(a), len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("%s and %s", a[i], b[i])
		}
	}
}

// TestContributionOfAmounts: a model that gives no probabilities expects nothing
// that an attainment can be compared with.
func TestContributionOfAmounts(t *testing.T) {
	m := newMini(t)
	m.replace("study.yaml", "models:\n", "models:\n  linear: {label: Linje, sample: complete, family: gaussian, formula: outcome ~ age}\n")
	m.replace("study.yaml", "contribution:\n  model: main", "contribution:\n  model: linear")
	_, err := m.load()
	if want := `mini/study.yaml:78:10: the model "linear" is of the family gaussian, and what is expected is a probability`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestNoProjectIsLargeEnough: that is told, and the rest is done.
func TestNoProjectIsLargeEnough(t *testing.T) {
	m := newMini(t)
	m.replace("study.yaml", "min_leavers: 5", "min_leavers: 500")
	r := m.run(1)
	var gaps []string
	for _, g := range r.Results.Gaps {
		if g.Step == "contribution" {
			gaps = append(gaps, g.Model+" "+g.Reason.Code+" "+g.Reason.About)
		}
	}
	if want := []string{"main no_units complete"}; !slices.Equal(gaps, want) {
		t.Errorf("gaps %q, want %q", gaps, want)
	}
	if math.IsNaN(one(r, "group_contribution.with_scheme.complete.pilot.male.1")) {
		t.Error("the contributions by level are gone")
	}
}

// TestSchemeThatNobodyIsIn: a scheme without anybody in the sample has no projects,
// and the other is told of.
func TestSchemeThatNobodyIsIn(t *testing.T) {
	m := newMini(t)
	m.replace("study.yaml", "samples:\n", "samples:\n  pilots: {label: Forsøk, where: scheme = 'pilot'}\n")
	m.replace("study.yaml", "models:\n", "models:\n  alone: {label: Uten, sample: pilots, formula: outcome ~ age}\n")
	m.replace("study.yaml", "contribution:\n  model: main", "contribution:\n  model: alone")
	m.replace("study.yaml", "{label: uten, drop: [scheme]}", "{label: uten, drop: [age]}")
	r := m.run(1)
	if math.IsNaN(one(r, "project_standardized.with_scheme.pilots.pilot.pilot-0301")) {
		t.Errorf("gaps %+v", r.Results.Gaps)
	}
	for id := range values(r, "project_") {
		if strings.Contains(id, ".regular.") {
			t.Errorf("%s is of a scheme that nobody is in", id)
		}
	}
}
