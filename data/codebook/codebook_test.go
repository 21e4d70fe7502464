package codebook

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bidrag/data/source"
	"bidrag/data/sqltext"
	"bidrag/data/store"
	"bidrag/study"
)

// people is a study of one scheme, a, with the extracts t, long and yearly; its
// column names and codes hold quotes.
func people(variables study.Map[study.Variable]) *study.Study {
	return &study.Study{
		Schemes: study.Map[study.Scheme]{{Key: "a", Value: study.Scheme{Reference: true}}},
		Period:  &study.Period{From: 2019, To: 2020},
		Extracts: study.Map[study.Extract]{
			{Key: "t", Value: study.Extract{Format: "csv", Columns: study.Map[string]{{Key: "id", Value: "text"}, {Key: `x"y`, Value: "text"}, {Key: "p", Value: "text"},
				{Key: "q", Value: "text"}, {Key: "born", Value: "integer"}, {Key: "from", Value: "date"}, {Key: "to", Value: "date"}, {Key: "place", Value: "text"}}}},
			{Key: "long", Value: study.Extract{Format: "csv", Columns: study.Map[string]{{Key: "id", Value: "text"}, {Key: "what", Value: "text"}},
				Link: &study.Link{Column: "id", To: "t", On: "id"}}},
			{Key: "yearly", Value: study.Extract{Format: "csv", Columns: study.Map[string]{{Key: "m", Value: "text"}, {Key: "y", Value: "integer"}, {Key: "k", Value: "text"}, {Key: "v", Value: "number"}}}},
		},
		Participants: study.Map[study.Participants]{{Key: "a", Value: study.Participants{Extract: "t",
			Losses: []study.Loss{{Name: "first", Keep: "q IS NOT NULL"}, {Name: "second", Keep: "p IS NOT NULL"}}}}},
		Places: &study.Places{Variable: "municipality", Districts: []string{"0301"}, Project: true},
		Codebook: &study.Codebook{Variables: append(study.Map[study.Variable]{
			{Key: "municipality", Value: study.Variable{Type: study.Municipality, From: from(study.Rule{Column: "place"})}},
			{Key: "year", Value: study.Variable{Type: study.Year, From: from(study.Rule{SQL: `year("to")`})}},
		}, variables...)},
	}
}

func from(r study.Rule) study.Map[study.Rule] { return study.Map[study.Rule]{{Key: "a", Value: r}} }

// run compiles a study, loads its extracts and runs the program.
func run(t *testing.T, s *study.Study) (*store.DB, *Program) {
	t.Helper()
	db, err := store.Open(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	load := func(name string, rows [][]any) {
		e, _ := s.Extracts.Get(name)
		var columns []source.Column
		for _, c := range e.Columns {
			kind, _ := source.ParseType(c.Value)
			if kind == source.Date {
				kind = source.Text // written as text, cast below
			}
			columns = append(columns, source.Column{Name: c.Key, Type: kind})
		}
		for i := range rows {
			rows[i] = append(rows[i], i)
		}
		if err := db.LoadRows(t.Context(), name, append(columns, source.Column{Name: "_row", Type: source.Integer}), rows); err != nil {
			t.Fatal(err)
		}
		if name == "t" {
			if err := db.Exec(t.Context(), `CREATE OR REPLACE TABLE t AS SELECT * REPLACE (CAST("from" AS DATE) AS "from", CAST("to" AS DATE) AS "to") FROM t`); err != nil {
				t.Fatal(err)
			}
		}
	}
	load("t", [][]any{
		{"1", "O'Brien", "1", "0", 1980, "2019-01-31", "2019-02-28", "0301"},
		{"2", "b", nil, "1", 1990, "2018-12-15", "2020-01-15", "030102"},
		{"3", "?", "0", "0", 2000, "2019-01-01", "2020-12-31", "1101"},
		{"4", nil, nil, nil, nil, nil, nil, nil},
		{"5", "new", "0", "1", 1970, "2019-01-01", "2019-01-01", "110101"},
	})
	load("long", [][]any{{"1", "course"}, {"1", "course"}, {"2", "other"}, {"3", "new"}, {"9", "course"}})
	load("yearly", [][]any{{"0301", 2019, "x", 10.0}, {"0301", 2019, "y", 4.0}, {"0301", 2020, "x", 8.0}, {"0301", 2020, "y", nil}, {"1101", 2020, "x", 3.0}})
	p, err := Compile(s, []string{"year"})
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range p.Statements {
		if err := db.Exec(t.Context(), statement.SQL); err != nil {
			t.Fatalf("%v\n%s", err, statement.SQL)
		}
	}
	return db, p
}

// column gives a variable of the coded rows as text, in order.
func column(t *testing.T, db *store.DB, table, name string) string {
	t.Helper()
	values, err := db.QueryStrings(t.Context(), "SELECT coalesce(CAST("+sqltext.Name(name)+" AS VARCHAR), '-') FROM "+table+" ORDER BY _row")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(values, " ")
}

// TestRules runs each kind of rule on five rows.
func TestRules(t *testing.T) {
	codes := func(to string, codes ...string) study.Entry[study.Codes] {
		return study.Entry[study.Codes]{Key: to, Value: codes}
	}
	recode := &study.Recode{To: study.Map[study.Codes]{codes("1", "O'Brien", "new"), codes("0", "b")}, Missing: study.Codes{"?"}}
	ones := &study.Recode{To: study.Map[study.Codes]{codes("1", "1"), codes("0", "0")}}
	for _, c := range []struct {
		name, kind string
		rule       study.Rule
		want       string
	}{
		{"recode, with a quote in column and code", study.Binary, study.Rule{Column: `x"y`, Recode: recode}, "1 0 - - 1"},
		{"as it is", study.Integer, study.Rule{Column: "born"}, "1980 1990 2000 - 1970"},
		{"a number recoded", study.Binary, study.Rule{Column: "born", Recode: &study.Recode{To: study.Map[study.Codes]{codes("1", "1980"), codes("0", "1990", "2000", "1970")}}}, "1 0 0 - 0"},
		{"first", study.Binary, study.Rule{Columns: []string{"p", "q"}, Combine: "first", Recode: ones}, "1 1 0 - 0"},
		{"mean of those known", study.Ordinal, study.Rule{Columns: []string{"p", "q"}, Combine: "mean", Recode: ones}, "0.5 1.0 0.0 - 0.5"},
		{"any", study.Binary, study.Rule{Columns: []string{"p", "q"}, Combine: "any", Recode: ones}, "1 1 0 - 1"},
		{"choose", study.Category, study.Rule{Choose: study.Map[string]{{Key: "pp", Value: "p"}, {Key: "qq", Value: "q"}}}, "pp qq - - qq"},
		{"years", study.Integer, study.Rule{Years: &study.Span{From: "born", To: "to"}}, "39 30 20 - 49"},
		{"whole months", study.Integer, study.Rule{Months: &study.Span{From: "from", To: "to"}}, "0 13 23 - 0"},
		{"exists", study.Binary, study.Rule{Exists: &study.Exists{Extract: "long", Where: study.Map[study.Codes]{codes("what", "course", "other")}}}, "1 1 0 0 0"},
		{"sql of truth", study.Binary, study.Rule{SQL: "born >= 1990"}, "0 1 1 - 0"},
		{"value", study.Category, study.Rule{Value: "it's"}, "it's it's it's it's it's"},
		{"missing", study.NumberType, study.Rule{Missing: true}, "- - - - -"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := study.Variable{Type: c.kind, From: from(c.rule)}
			db, _ := run(t, people(study.Map[study.Variable]{{Key: "v", Value: v}}))
			if got := column(t, db, "coded_a", "v"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestLossesPlacesAndProjects: the first loss counts, a district of a municipality that
// has districts becomes it, and the rows that count are numbered.
func TestLossesPlacesAndProjects(t *testing.T) {
	db, _ := run(t, people(nil))
	if got := column(t, db, "coded_a", "_loss"); got != "- second - first -" {
		t.Errorf("losses %s", got)
	}
	if got := column(t, db, "coded_a", "municipality"); got != "0301 0301 1101 - 110101" {
		t.Errorf("municipalities %s", got)
	}
	if got := column(t, db, "dataset", "project"); got != "a-0301 a-1101 a-110101" {
		t.Errorf("projects %s", got)
	}
	if got := column(t, db, "dataset", "person"); got != "1 2 3" {
		t.Errorf("numbers %s", got)
	}
}

// TestLookups: codes are added up, a missing part makes the sum missing, and a
// number is divided by another.
func TestLookups(t *testing.T) {
	lookup := func(codes ...string) study.Lookup {
		return study.Lookup{Extract: "yearly", Value: "v", By: study.By{Municipality: "m", Year: "y"}, Where: study.Map[study.Codes]{{Key: "k", Value: codes}}}
	}
	share := lookup("x")
	whole := lookup("x", "y")
	share.Of, share.Scale = &whole, 100
	for _, c := range []struct {
		name   string
		lookup study.Lookup
		want   string
	}{
		{"one", lookup("x"), "10.0 8.0 3.0"}, {"sum", lookup("x", "y"), "14.0 - 3.0"}, {"share", share, "71.42857142857143 - 100.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := people(study.Map[study.Variable]{{Key: "v", Value: study.Variable{Type: study.NumberType, From: study.Map[study.Rule]{{Key: "place", Value: study.Rule{Lookup: &c.lookup}}}}}})
			s.Participants[0].Value.Losses = []study.Loss{{Name: "x", Keep: "municipality IN ('0301', '1101')"}}
			db, p := run(t, s)
			if got := column(t, db, "dataset", "v"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if len(p.Lookups) != 1 || p.Lookups[0].Variable != "v" {
				t.Errorf("lookups %+v", p.Lookups)
			}
		})
	}
}

// TestChecksFindWhatNoRuleNames runs the checks of a recode, a choice and a long extract.
func TestChecksFindWhatNoRuleNames(t *testing.T) {
	s := people(study.Map[study.Variable]{
		{Key: "v", Value: study.Variable{Type: study.Binary, From: from(study.Rule{Column: `x"y`, Recode: &study.Recode{To: study.Map[study.Codes]{{Key: "1", Value: study.Codes{"O'Brien"}}}}})}},
		{Key: "w", Value: study.Variable{Type: study.Binary, From: from(study.Rule{Exists: &study.Exists{Extract: "long", Where: study.Map[study.Codes]{{Key: "what", Value: study.Codes{"course"}}}}})}},
	})
	s.Codebook.Unused = study.Map[[]study.UnusedCode]{{Key: "long", Value: []study.UnusedCode{{Where: study.Map[study.Codes]{{Key: "what", Value: study.Codes{"other"}}}}}}}
	db, p := run(t, s)
	var got []string
	for _, check := range p.CodeChecks {
		codes, err := db.QueryStrings(t.Context(), "SELECT code || ' ' || n || ' ' || first FROM ("+check.SQL+")")
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			got = append(got, check.Extract+"."+check.Column+": "+code)
		}
	}
	want := []string{`t.x"y: b 1 1`, `t.x"y: ? 1 2`, `t.x"y: new 1 4`, "long.what: new 1 3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
