package pipeline

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bidrag/data/codebook"
	"bidrag/evaluate/result"
)

// run runs the small study.
func (m mini) run(threads int) *Run {
	m.t.Helper()
	s, err := m.load()
	m.check(err)
	r, err := Start(m.t.Context(), s, Options{Threads: threads})
	m.check(err)
	m.t.Cleanup(func() { m.check(r.Close()) })
	return r
}

// values gives the results with ids that begin with one of the prefixes.
func values(r *Run, prefixes ...string) map[string]float64 {
	out := map[string]float64{}
	for _, v := range r.Results.Values {
		if id := v.Key.ID(); slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(id, p) }) {
			out[id] = v.Value
		}
	}
	return out
}

// TestRowsAreCounted holds every count of the small study against what
// newMini writes: 61 + 40 rows, three of which do not count.
func TestRowsAreCounted(t *testing.T) {
	r := newMini(t).run(1)
	want := map[string]float64{
		"persons.read.pilot": 40, "persons.read.regular": 61,
		"lost.pilot.no_result":  0,
		"lost.regular.not_left": 1, "lost.regular.other_year": 1, "lost.regular.no_result": 1,
		"persons.gross.pilot": 40, "persons.gross.regular": 58, "persons.gross.all": 98,
		"persons.complete.pilot": 40, "persons.complete.regular": 58, "persons.complete.all": 98,
		// 0301 has 16 + 40 persons, 1101 and 1103 have 16 each, 1102 has 10
		"persons.in_large.pilot": 40, "persons.in_large.regular": 58, "persons.in_large.all": 98,
		"persons.main": 98,
		// all start in 2018, so none is early
		"counted.regular.late_start": 0,
		// 1103 has no population in 2019, which is not available (".."); the regular scheme has no wages at all
		"context_missing.population": 16, "context_missing.not_available.population": 16, "context_missing.wage": 0,
		"unlinked.measures": 0,
	}
	if diff := cmp.Diff(want, values(r, "persons.", "lost.", "counted.", "context_missing.", "unlinked.")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRowsOfNobodyAreCounted: measures of a case that is not in the register.
func TestRowsOfNobodyAreCounted(t *testing.T) {
	m := newMini(t)
	m.replace("extracts/measures.csv", "\r\n103;", "\r\n999;")
	m.replace("extracts/measures.csv", "\r\n104;", "\r\n;")
	if got := values(m.run(1), "unlinked.")["unlinked.measures"]; got != 2 {
		t.Errorf("%v rows of nobody, want 2", got)
	}
}

// TestDatasetIsRecodedAndLinked looks at single persons whose rows newMini writes.
func TestDatasetIsRecodedAndLinked(t *testing.T) {
	r := newMini(t).run(1)
	if r.Results.Places["1102"] != "Nyvik" {
		t.Errorf("1102 is called %q", r.Results.Places["1102"])
	}
	wantColumns := []string{"person", "scheme", "year", "municipality", "project", "outcome", "male", "age", "months", "hours",
		"region", "region_south", "course", "population", "wage", "complete", "in_large"}
	if diff := cmp.Diff(wantColumns, codebook.DatasetColumns(r.Study)); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	row := func(i int) map[string]any {
		out := map[string]any{}
		for _, c := range r.data.Columns() {
			switch {
			case c.Missing(i):
				out[c.Name] = nil
			case c.Levels != nil:
				out[c.Name] = c.Levels[c.Code[i]]
			default:
				out[c.Name] = c.Number[i]
			}
		}
		return out
	}
	// The second pilot person of 2019: a district of 0301, south, no course of either kind.
	want := map[string]any{"person": 2.0, "scheme": "pilot", "year": 2019.0, "municipality": "0301", "project": "pilot-0301",
		"outcome": 0.0, "male": 1.0, "age": 53.0, "months": nil, "hours": 1.0, "region": "south", "region_south": 1.0, "course": 0.0,
		"population": 1000.0, "wage": 25.0, "complete": 1.0, "in_large": 1.0}
	if diff := cmp.Diff(want, row(1)); diff != "" {
		t.Errorf("pilot (-want +got):\n%s", diff)
	}
	// The second person of the register: in 1101, which has a population in 2019;
	// from 15.02.2018 to 14.06.2019 are 15 whole months.
	want = map[string]any{"person": 42.0, "scheme": "regular", "year": 2019.0, "municipality": "1101", "project": "regular-1101",
		"outcome": 1.0, "male": 1.0, "age": 48.0, "months": 15.0, "hours": 1.5, "region": "south", "region_south": 1.0, "course": 1.0,
		"population": 500.0, "wage": nil, "complete": 1.0, "in_large": 1.0}
	if diff := cmp.Diff(want, row(41)); diff != "" {
		t.Errorf("register (-want +got):\n%s", diff)
	}
	// The last: 15.02.2018 to 15.03.2020 are 25 whole months; 1102 has 510 inhabitants in 2020.
	want = map[string]any{"person": 98.0, "scheme": "regular", "year": 2020.0, "municipality": "1102", "project": "regular-1102",
		"outcome": 0.0, "male": 0.0, "age": 40.0, "months": 25.0, "hours": 4.5, "region": "south", "region_south": 1.0, "course": 1.0,
		"population": 510.0, "wage": nil, "complete": 1.0, "in_large": 1.0}
	if diff := cmp.Diff(want, row(97)); diff != "" {
		t.Errorf("last (-want +got):\n%s", diff)
	}
}

// TestContributionsBalance: with the scheme in the model, a logistic model's
// expected attainment equals the actual within each scheme.
func TestContributionsBalance(t *testing.T) {
	r := newMini(t).run(1)
	for _, scheme := range []string{"pilot", "regular"} {
		sum, n := 0.0, 0.0
		for _, v := range r.Results.Values {
			if v.Key.Quantity == "project_contribution" && v.Key.Kind == "with_scheme" && v.Key.Year == "" && v.Key.Scheme == scheme {
				sum += v.Value * float64(v.N)
				n += float64(v.N)
			}
		}
		if n == 0 || math.Abs(sum/n) > 1e-8 {
			t.Errorf("%s: mean contribution %g over %g persons", scheme, sum/n, n)
		}
	}
}

// TestProjectsMayFormGroups: a study's model may have random terms, of
// projects too: here the regular one in four municipalities and the pilot in one.
func TestProjectsMayFormGroups(t *testing.T) {
	m := newMini(t)
	m.replace("study.yaml", "models:\n", "models:\n  levels: {label: Nivå, sample: complete, formula: outcome ~ scheme + male + (1 | project)}\n")
	r := m.run(1)
	got := r.Results.Models["levels"]
	if got == nil || got.Method != "laplace" || len(got.Random) != 1 || got.Groups["project"] != 5 {
		t.Errorf("the model is %+v", got)
	}
}

// TestContributionsLeaveOutWhoTheModelDoes: in a sample with unknown values the
// persons without expectation count in no project, and the others still balance.
func TestContributionsLeaveOutWhoTheModelDoes(t *testing.T) {
	m := newMini(t)
	m.replace("extracts/pilot_2019.csv", ";1;1966;1;", ";1;1966;;")
	m.replace("study.yaml", "sample: complete, formula", "sample: gross, formula")
	r := m.run(1)
	v, ok := r.Results.Get(result.Key{Quantity: "project_contribution", Kind: "with_scheme", Sample: "gross", Scheme: "pilot", Project: "pilot-0301"})
	if !ok || v.N != 39 || math.Abs(v.Value) > 1e-8 {
		t.Errorf("%v of %d persons (%v), want 0 of 39", v.Value, v.N, ok)
	}
}

// TestResultsDoNotDependOnThreads: the same bits with one thread and with four.
func TestResultsDoNotDependOnThreads(t *testing.T) {
	m := newMini(t)
	one, four := m.run(1), m.run(4)
	same := cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })
	if diff := cmp.Diff(one.Results.Values, four.Results.Values, same); diff != "" {
		t.Errorf("(-one +four):\n%s", diff)
	}
}

// TestIdentifiersStayBehind searches everything that the run keeps, and the
// files it writes, for the names and numbers of persons.
func TestIdentifiersStayBehind(t *testing.T) {
	m := newMini(t)
	r := m.run(1)
	parquet, duckdb := m.path("d.parquet"), m.path("d.duckdb")
	m.check(r.WriteDataset(t.Context(), parquet, duckdb))
	for _, file := range []string{parquet, duckdb} {
		content, err := os.ReadFile(file)
		m.check(err)
		for _, secret := range []string{"10000000007", "Hemmelig", "2019-13"} {
			if strings.Contains(string(content), secret) {
				t.Errorf("%s holds %q", file, secret)
			}
		}
	}
	n, err := r.count(t.Context(), "SELECT count(*) FROM duckdb_columns() WHERE column_name = 'Navn'")
	m.check(err)
	if n != 0 {
		t.Error("a column that the study does not name was loaded")
	}
}

// TestOnlyDoesWhatIsAsked runs single steps.
func TestOnlyDoesWhatIsAsked(t *testing.T) {
	m := newMini(t)
	s, err := m.load()
	m.check(err)
	r, err := Start(t.Context(), s, Options{Only: []string{"models"}})
	m.check(err)
	defer r.Close()
	if len(r.Results.Models) != 1 || len(values(r, "attainment.", "project_")) != 0 {
		t.Errorf("%d models, %d other values", len(r.Results.Models), len(values(r, "attainment.", "project_")))
	}
	bare, err := Start(t.Context(), s, Options{Only: []string{"dataset"}})
	m.check(err)
	defer bare.Close()
	if len(bare.Results.Models) != 0 || len(values(bare, "persons.complete.")) != 3 {
		t.Error("the data set alone has models, or no counts")
	}
	if _, err := Start(t.Context(), s, Options{Only: []string{"modles"}}); err == nil || !strings.Contains(err.Error(), `did you mean "models"`) {
		t.Errorf("an unknown step: %v", err)
	}
}

// TestShippedStudy holds the counts that the extracts' README gives: gross, by
// each loss, complete, and the samples of the multilevel models.
func TestShippedStudy(t *testing.T) {
	r := shipped(t)
	want := map[result.Key]float64{
		{Quantity: "persons", Sample: "gross", Scheme: "jobbsjansen"}:                              1560,
		{Quantity: "persons", Sample: "gross", Scheme: "intro"}:                                    28214,
		{Quantity: "persons", Sample: "complete", Scheme: "jobbsjansen"}:                           1420,
		{Quantity: "persons", Sample: "complete", Scheme: "intro"}:                                 17896,
		{Quantity: "missing_persons", Sample: "gross", Scheme: "all", Variable: "education"}:       6692,
		{Quantity: "missing_persons", Sample: "gross", Scheme: "all", Variable: "norwegian_level"}: 4888,
		{Quantity: "counted", Scheme: "intro", Level: "start_before_decision"}:                     11133,
		{Quantity: "persons", Sample: "in_municipality", Scheme: "all"}:                            17768,
		{Quantity: "municipalities", Sample: "in_municipality", Scheme: "all"}:                     318,
		{Quantity: "persons", Sample: "in_project", Scheme: "all"}:                                 12091,
		{Quantity: "projects", Kind: "with_scheme", Sample: "in_individual", Scheme: "all"}:        411,
	}
	for key, n := range want {
		if v, ok := r.Results.Get(key); !ok || v.Value != n {
			t.Errorf("%s = %v (%v), want %v", key.ID(), v.Value, ok, n)
		}
	}
}
