package source

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bidrag/data/frame"
	"bidrag/data/sqltext"
	"bidrag/data/store/duck"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func columnsOf(t testing.TB, path string) []*frame.Column {
	t.Helper()
	f, err := ReadFrame(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return f.Columns()
}

func TestReadFrameOfCSV(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name, text string
		want       []*frame.Column
	}{
		{"commas", "y,kode,sex,ok,x,empty\n1,0351,M,true,1.5e3,\n0,0352,\"F, ja\",FALSE,-2,NA\nNA,NA,,,NaN,\n", []*frame.Column{
			frame.NewNumeric("y", []float64{1, 0, nan}),
			frame.NewFactor("kode", []string{"0351", "0352"}, []int32{0, 1, -1}),
			frame.NewFactor("sex", []string{"F, ja", "M"}, []int32{1, 0, -1}),
			frame.NewLogical("ok", []float64{1, 0, nan}),
			frame.NewNumeric("x", []float64{1500, -2, nan}),
			frame.NewNumeric("empty", []float64{nan, nan, nan}),
		}},
		{"semicolons", "\ufeff\"y\";timer, fravær;år;sted\r\n1;17,9;2017;Å\r\n0;2;2018;A\r\n", []*frame.Column{
			frame.NewNumeric("y", []float64{1, 0}),
			frame.NewNumeric("timer, fravær", []float64{17.9, 2}),
			frame.NewNumeric("år", []float64{2017, 2018}),
			frame.NewFactor("sted", []string{"A", "Å"}, []int32{1, 0}),
		}},
		{"semicolons and points", "y;x\n1;1.5\n0;2\n", []*frame.Column{frame.NewNumeric("y", []float64{1, 0}), frame.NewNumeric("x", []float64{1.5, 2})}},
		{"decimal comma in a file of commas", "y,x\n1,\"1,5\"\n0,-2\n", []*frame.Column{frame.NewNumeric("y", []float64{1, 0}), frame.NewNumeric("x", []float64{1.5, -2})}},
		{"thousands in a file of commas", "y,x\n1,\"1,500\"\n0,2\n", []*frame.Column{frame.NewNumeric("y", []float64{1, 0}), frame.NewFactor("x", []string{"1,500", "2"}, []int32{0, 1})}},
		{"three decimals in a file of commas", "y,x\n1,\"0,500\"\n0,\"1,500\"\n", []*frame.Column{frame.NewNumeric("y", []float64{1, 0}), frame.NewNumeric("x", []float64{0.5, 1.5})}},
		{"both decimal signs are text", "y;x\n1;1.5\n0;2,5\n", []*frame.Column{frame.NewNumeric("y", []float64{1, 0}), frame.NewFactor("x", []string{"1.5", "2,5"}, []int32{0, 1})}},
		{"names of rows", "\"\",y\n\"1\",0.5\n", []*frame.Column{frame.NewNumeric("X", []float64{1}), frame.NewNumeric("y", []float64{0.5})}},
		{"one column", "y\n3\n4", []*frame.Column{frame.NewNumeric("y", []float64{3, 4})}},
		{"zero is no code", "a,b,c\n0,0.5,00\n1,0,1\n", []*frame.Column{
			frame.NewNumeric("a", []float64{0, 1}), frame.NewNumeric("b", []float64{0.5, 0}), frame.NewFactor("c", []string{"00", "1"}, []int32{0, 1})}},
		{"mixed", "a,b\ntrue,1\n1,x\n", []*frame.Column{
			frame.NewFactor("a", []string{"1", "true"}, []int32{1, 0}), frame.NewFactor("b", []string{"1", "x"}, []int32{0, 1})}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, name := range []string{"a.csv", "A.CSV.gz"} {
				text := c.text
				if strings.HasSuffix(name, ".gz") {
					text = zipped(t, text)
				}
				if diff := cmp.Diff(c.want, columnsOf(t, write(t, name, text)), cmpopts.EquateNaNs()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func TestReadFrameTellsWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.csv", "", "1:1: is empty: fetch the file again"},
		{"a.csv", "y,x\n", "1:1: has a header but no rows: fetch the file again"},
		{"a.csv", "y,å,y\n1,2,3\n", `1:5: column "y" comes twice in the header (fields 1 and 3): give one of them another name`},
		{"a.csv", "y,x\n1,2\n1\n", "3:1: 1 fields where the header has 2: is a delimiter missing, or one too many in a text without quotes?"},
		{"a.csv", "y,x\n1,\xe5\n", "2:3: holds bytes that are not UTF-8, the first of them here: it is in another encoding"},
		{"a.csv", "y,\xe5\n1,\xe5\n\xe5,2,3\n", "1:3: holds bytes that are not UTF-8"},
		{"a.csv", "y,x\n1,\xe5\n1,\x00\n", "3:3: holds NUL bytes, the first of them here: it is no text file"},
		{"a.csv", "y,x\r1,2\r1,2,3\r1,2,3\r", "1:1: its lines end with a carriage return alone"},
		{"a.csv.gz", "y,x\n1,2\n", "1:1: is not gzip, although its name ends in .gz: fetch it again or rename it"},
		{"a.sav", "$FL2", "1:1: SPSS files are not read yet: save it as csv or Parquet"},
		{"a.dta", "x", "1:1: Stata files are not read yet: save it as csv or Parquet"},
		{"a.txt", "x", "1:1: is of no kind that is read (.csv, .csv.gz, .parquet, .xlsx): save it as one of these"},
		{"a.parquet", "PAR1", "1:1: cannot be read as Parquet: "},
		{"a.xlsx", "PK", "1:1: is no Excel workbook (.xlsx)"},
	} {
		path := write(t, c.name, c.text)
		f, err := ReadFrame(context.Background(), path)
		if f != nil || err == nil || !strings.HasPrefix(err.Error(), path+":"+c.want) {
			t.Errorf("%s %q: got %v, want %s", c.name, c.text, err, c.want)
		} else if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "study") {
			t.Errorf("%s %q: several lines, or advice for a study: %v", c.name, c.text, err)
		}
	}
	if _, err := ReadFrame(context.Background(), t.TempDir()); err == nil || !strings.HasSuffix(err.Error(), ":1:1: is a folder: name a file") {
		t.Errorf("a folder gives %v", err)
	}
	path := filepath.Join(t.TempDir(), "none.csv")
	if _, err := ReadFrame(context.Background(), path); err == nil || err.Error() != path+":1:1: cannot be read: no such file or directory" {
		t.Errorf("no file gives %v", err)
	}
}

func TestReadFrameOfXLSX(t *testing.T) {
	path := write(t, "a.xlsx", workbook(t, sheet{"data", map[string]any{
		"A1": "En tittel", "A3": "y", "B3": "kode", "C3": "ok", "D3": "x",
		"A4": 1, "B4": formatted{351, "0000"}, "C4": true, "D4": 1.25,
		"A6": 0, "B6": "0352", "C6": false, "D6": "NA",
	}}, sheet{"other", map[string]any{"A1": "z"}}))
	want := []*frame.Column{
		frame.NewNumeric("y", []float64{1, 0}),
		frame.NewFactor("kode", []string{"0351", "0352"}, []int32{0, 1}),
		frame.NewLogical("ok", []float64{1, 0}),
		frame.NewNumeric("x", []float64{1.25, math.NaN()}),
	}
	if diff := cmp.Diff(want, columnsOf(t, path), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	path = write(t, "b.xlsx", workbook(t, sheet{"data", map[string]any{"A1": "y", "B1": "x", "A2": 1, "B2": 2, "C2": 3}}))
	if _, err := ReadFrame(context.Background(), path); err == nil || !strings.Contains(err.Error(), ":2:3: sheet data, cell C2: a cell beyond the last column of the header") {
		t.Errorf("a cell beyond the header gives %v", err)
	}
}

func TestReadFrameOfParquet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "it's [a] file*.parquet")
	ctx := context.Background()
	db, err := duck.Open(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	run(t, db, `COPY (SELECT * FROM (VALUES
		(1::TINYINT, '0351', true, 2.50::DECIMAL(9,2), DATE '2017-01-02', ['a']),
		(0, NULL, NULL, NULL, NULL, NULL)) v(y, kode, "ok ja", beløp, dag, liste)) TO `+sqltext.Literal(path)+` (FORMAT parquet)`)
	want := []*frame.Column{
		frame.NewNumeric("y", []float64{1, 0}),
		frame.NewFactor("kode", []string{"0351"}, []int32{0, -1}),
		frame.NewLogical("ok ja", []float64{1, math.NaN()}),
		frame.NewNumeric("beløp", []float64{2.5, math.NaN()}),
		frame.NewFactor("dag", []string{"2017-01-02"}, []int32{0, -1}),
		frame.NewFactor("liste", []string{"[a]"}, []int32{0, -1}),
	}
	if diff := cmp.Diff(want, columnsOf(t, path), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	empty := filepath.Join(t.TempDir(), "empty.parquet")
	run(t, db, `COPY (SELECT 1 AS y WHERE false) TO `+sqltext.Literal(empty)+` (FORMAT parquet)`)
	if _, err := ReadFrame(ctx, empty); fmt.Sprint(err) != empty+":1:1: has no rows: fetch the file again" {
		t.Errorf("an empty file gives %v", err)
	}
}

func run(t testing.TB, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// TestDatesOfXLSXAreTexts: a workbook stores them as numbers of days; as in a
// csv file they are texts.
func TestDatesOfXLSXAreTexts(t *testing.T) {
	path := write(t, "a.xlsx", workbook(t, sheet{"data", map[string]any{
		"A1": "date", "B1": "norsk", "C1": "stamp", "D1": "clock", "E1": "money", "F1": "month", "G1": "year", "H1": "time",
		"A2": formatted{43831, "yyyy-mm-dd"}, "B2": formatted{59, "dd.mm.yyyy;@"}, "C2": formatted{43831.75, `[$-414]d/m/yy\ h:mm`}, "D2": formatted{0.75, "hh:mm"},
		"E2": formatted{43831.5, `"dy" # ##0.00`}, "F2": formatted{43831, "mmm"}, "G2": formatted{43831, "yyyy"}, "H2": time.Date(2021, 2, 3, 4, 5, 6, 0, time.UTC),
		"A3": formatted{44196.9, "yyyy-mm-dd"}, "D3": 0.5, "E3": 7, "G3": 2021,
	}}))
	want := []*frame.Column{
		frame.NewFactor("date", []string{"2020-01-01", "2020-12-31"}, []int32{0, 1}),
		frame.NewFactor("norsk", []string{"1900-02-28"}, []int32{0, -1}),
		frame.NewFactor("stamp", []string{"2020-01-01 18:00:00"}, []int32{0, -1}),
		frame.NewNumeric("clock", []float64{0.75, 0.5}),
		frame.NewNumeric("money", []float64{43831.5, 7}),
		frame.NewFactor("month", []string{"2020-01-01"}, []int32{0, -1}),
		frame.NewFactor("year", []string{"2020-01-01", "2021"}, []int32{0, 1}),
		frame.NewFactor("time", []string{"2021-02-03 04:05:06"}, []int32{0, -1}),
	}
	if diff := cmp.Diff(want, columnsOf(t, path)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
