package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"bidrag/data/frame"
	"bidrag/data/source"
	"bidrag/data/sqltext"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func open(t testing.TB, threads int) *DB {
	t.Helper()
	db, err := Open(context.Background(), threads)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

var columns = []source.Column{
	{Name: "Fodselsnummer", Type: source.Identifier}, {Name: "Kjønn", Type: source.Text}, {Name: "Født år", Type: source.Integer},
	{Name: "Timer", Type: source.Number}, {Name: "Dato", Type: source.Date},
}

// extract reads a csv extract; key hashes its persons.
func extract(t testing.TB, key *source.Key, text string) *source.Table {
	t.Helper()
	fsys := fstest.MapFS{"a.csv": &fstest.MapFile{Data: []byte("Fodselsnummer;Kjønn;Født år;Timer;Dato\n" + text)}}
	table, err := source.ReadCSV(context.Background(), fsys, "a.csv", source.CSV{Delimiter: ';', Encoding: source.UTF8, Decimal: ',', Date: "02.01.2006", Columns: columns}, key)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func key(t testing.TB) *source.Key {
	t.Helper()
	k, err := source.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestLoadKeepsValuesAndOrder(t *testing.T) {
	ctx, db, k := context.Background(), open(t, 2), key(t)
	const name = `nir "æøå"`
	if err := db.Load(ctx, extract(t, k, "04888784196;Kvinne;1987;17,9;10.11.2019\n;;;;\n20878053073;M;-1;0;31.12.1969\n"), name); err != nil {
		t.Fatal(err)
	}
	got, err := db.QueryStrings(ctx, `SELECT coalesce("Kjønn", '-') || '|' || coalesce("Født år"::VARCHAR, '-') || '|' || coalesce(Timer::VARCHAR, '-')
		|| '|' || coalesce(Dato::VARCHAR, '-') || '|' || (Fodselsnummer IS NULL) || '|' || _row FROM `+sqltext.Name(name))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Kvinne|1987|17.9|2019-11-10|false|0", "-|-|-|-|true|1", "M|-1|0.0|1969-12-31|false|2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	types, err := db.QueryStrings(ctx, "SELECT data_type FROM information_schema.columns WHERE table_name = "+sqltext.Literal(name)+" ORDER BY ordinal_position")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"UUID", "VARCHAR", "BIGINT", "DOUBLE", "DATE", "BIGINT"}, types); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Loading again replaces, and a person is found again in another table.
	if err := db.Load(ctx, extract(t, k, "20878053073;M;1;1;01.01.2020\n"), "annen"); err != nil {
		t.Fatal(err)
	}
	if err := db.Load(ctx, extract(t, k, "20878053073;M;1;1;01.01.2020\n"), "annen"); err != nil {
		t.Fatal(err)
	}
	row, err := db.QueryInt(ctx, "SELECT d._row FROM "+sqltext.Name(name)+" d JOIN annen USING (Fodselsnummer)")
	if err != nil {
		t.Fatal(err)
	}
	if row != 2 {
		t.Errorf("row %d, want 2", row)
	}
}

func TestLoadManyRowsConcurrently(t *testing.T) {
	ctx, db, k := context.Background(), open(t, 2), key(t)
	text := &strings.Builder{}
	const rows = 30_001 // several chunks, the last not full
	for i := range rows {
		fmt.Fprintf(text, "%d;tekst %d som er lang nok;%d;%d,5;01.01.2020\n", 10_000_000_000+i/2, i%7, i, i)
	}
	table := extract(t, k, text.String())
	var done sync.WaitGroup
	for i := range 4 {
		done.Go(func() {
			if err := db.Load(ctx, table, fmt.Sprint("t", i)); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	for i := range 4 {
		n, err := db.QueryInt(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT *, row_number() OVER () - 1 AS place FROM t%d)
			WHERE place = _row AND "Født år" = _row AND Timer = _row + 0.5 AND "Kjønn" = 'tekst ' || (_row %% 7) || ' som er lang nok'`, i))
		if err != nil || n != rows {
			t.Errorf("t%d: %d rows are right, %v", i, n, err)
		}
		if n, err := db.QueryInt(ctx, fmt.Sprintf(`SELECT count(DISTINCT Fodselsnummer) FROM t%d`, i)); err != nil || n != (rows+1)/2 {
			t.Errorf("t%d: %d persons, %v", i, n, err)
		}
	}
}

func TestLoadRefusesNamesThatSQLCannotTellApart(t *testing.T) {
	fsys := fstest.MapFS{"a.csv": &fstest.MapFile{Data: []byte("ÅR;år;_row\n1;2;3\n")}}
	read := func(names ...string) *source.Table {
		c := source.CSV{Delimiter: ';', Encoding: source.UTF8, Decimal: ','}
		for _, n := range names {
			c.Columns = append(c.Columns, source.Column{Name: n, Type: source.Integer})
		}
		table, err := source.ReadCSV(context.Background(), fsys, "a.csv", c, nil)
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	db := open(t, 1)
	for _, names := range [][]string{{"ÅR", "år"}, {"_row"}} {
		if err := db.Load(context.Background(), read(names...), "t"); err == nil {
			t.Errorf("%q is loaded", names)
		}
	}
}

func TestLoadRows(t *testing.T) {
	ctx, db := context.Background(), open(t, 1)
	columns := []source.Column{{Name: "kommune", Type: source.Text}, {Name: "år", Type: source.Integer}, {Name: "andel", Type: source.Number}, {Name: "fra", Type: source.Date}}
	from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := db.LoadRows(ctx, "k", columns, [][]any{{"0351", 2017, 0.5, from}, {nil, nil, math.NaN(), nil}, {"0352", int64(2018), 3, from}}); err != nil {
		t.Fatal(err)
	}
	got, err := db.Frame(ctx, "SELECT kommune, år, andel, fra::VARCHAR AS fra FROM k")
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	want := []*frame.Column{
		frame.NewFactor("kommune", []string{"0351", "0352"}, []int32{0, -1, 1}), frame.NewNumeric("år", []float64{2017, nan, 2018}),
		frame.NewNumeric("andel", []float64{0.5, nan, 3}), frame.NewFactor("fra", []string{"2020-01-01"}, []int32{0, -1, 0}),
	}
	if diff := cmp.Diff(want, got.Columns(), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := db.LoadRows(ctx, "empty", columns, nil); err != nil {
		t.Error(err)
	}
	for _, rows := range [][][]any{{{"0351", 2017}}, {{351, 2017, 0.5, from}}, {{"0351", 2017.5, 0.5, from}}, {{"0351", 2017, "x", from}}, {{"0351", 2017, 0.5, "2020"}}, {{[]int{1}, 2017, 0.5, from}}} {
		if err := db.LoadRows(ctx, "k", columns, rows); err == nil {
			t.Errorf("%v is loaded", rows)
		}
	}
}

func TestErrorsNameTheStatement(t *testing.T) {
	ctx, db := context.Background(), open(t, 1)
	query := "SELECT nothing FROM nowhere"
	_, errRows := db.Query(ctx, query)
	_, errInt := db.QueryInt(ctx, query)
	_, errStrings := db.QueryStrings(ctx, query)
	_, errFrame := db.Frame(ctx, query)
	for _, err := range []error{db.Exec(ctx, query), errRows, errInt, errStrings, errFrame} {
		if err == nil || !strings.Contains(err.Error(), "nowhere") || !strings.Contains(err.Error(), "\nin "+query) {
			t.Errorf("got %v", err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := db.Exec(cancelled, "SELECT 1"); err == nil {
		t.Error("a cancelled statement is done")
	}
}

// result is a query with all kinds of columns, of many rows.
const result = `SELECT i AS person, 'intro-' || (i % 300) AS project, i / 7.0 AS x, CASE WHEN i % 3 > 0 THEN i % 2 END AS outcome
	FROM range(200000) r(i) ORDER BY i`

func TestWriteParquetIsTheSameWhateverTheThreads(t *testing.T) {
	ctx, folder := context.Background(), t.TempDir()
	var first []byte
	for i, threads := range []int{1, 2, 4, 2} {
		path := filepath.Join(folder, fmt.Sprintf("it's %d.parquet", i))
		db := open(t, threads)
		for range 2 { // the second replaces the first
			if err := db.WriteParquet(ctx, result, path); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = data
		} else if !bytes.Equal(first, data) {
			t.Errorf("%d threads write other bytes", threads)
		}
	}
	f, err := source.ReadFrame(ctx, filepath.Join(folder, "it's 0.parquet"))
	if err != nil || f.NumRows() != 200000 {
		t.Errorf("read back: %v", err)
	}
}

func TestWriteDatabaseHoldsOneTable(t *testing.T) {
	ctx, db := context.Background(), open(t, 2)
	path := filepath.Join(t.TempDir(), "it's.duckdb")
	if err := db.Exec(ctx, "CREATE TABLE secret AS SELECT 1 AS x"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := db.WriteDatabase(ctx, result, "data set", path); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.WriteDatabase(ctx, "SELECT nothing", "t", filepath.Join(t.TempDir(), "b.duckdb")); err == nil {
		t.Error("an impossible query is written")
	}
	if err := db.WriteDatabase(ctx, "SELECT 1 AS x", "t", filepath.Join(t.TempDir(), "c.duckdb")); err != nil {
		t.Errorf("after a failure: %v", err)
	}
	file, err := sql.Open("duckdb", path+"?access_mode=read_only")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var tables string
	var rows int
	if err := file.QueryRow("SELECT string_agg(table_name, ','), (SELECT count(*) FROM \"data set\") FROM duckdb_tables()").Scan(&tables, &rows); err != nil {
		t.Fatal(err)
	}
	if tables != "data set" || rows != 200000 {
		t.Errorf("tables %s, %d rows", tables, rows)
	}
	if _, err := os.Stat(path + ".wal"); err == nil {
		t.Error("a write-ahead log is left")
	}
}

func BenchmarkLoad(b *testing.B) {
	text := &strings.Builder{}
	for i := range 150_000 {
		fmt.Fprintf(text, "%d;tekst %d som er lang nok;%d;%d,5;01.01.2020\n", 10_000_000_000+i/5, i%24, i, i)
	}
	table, db := extract(b, key(b), text.String()), open(b, 2)
	for b.Loop() {
		if err := db.Load(context.Background(), table, "t"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	db := open(b, 2)
	for b.Loop() {
		if _, err := db.Frame(context.Background(), result); err != nil {
			b.Fatal(err)
		}
	}
}
