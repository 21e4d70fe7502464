package duck

import (
	"context"
	"math"
	"math/big"
	"strings"
	"testing"

	"bidrag/data/frame"
	"bidrag/data/sqltext"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestFrame(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got, err := Frame(ctx, db, `SELECT * REPLACE (e::ENUM('stor', 'liten', 'ingen') AS e) FROM (VALUES
		(1::TINYINT, 2::HUGEINT, 3.25::DECIMAL(18,2), 0.5::FLOAT, true, 'b', 'stor'),
		(NULL, NULL, NULL, NULL, NULL, NULL, NULL),
		(4, 5, -6.07, 'NaN', false, 'Å', 'ingen'),
		(7, 8, 9, 1, true, '', 'stor')) v(tiny, huge, "beløp i kr", x, ok, t, e) WHERE tiny IS NULL OR tiny < ?`, 100)
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	want := []*frame.Column{
		frame.NewNumeric("tiny", []float64{1, nan, 4, 7}),
		frame.NewNumeric("huge", []float64{2, nan, 5, 8}),
		frame.NewNumeric("beløp i kr", []float64{3.25, nan, -6.07, 9}),
		frame.NewNumeric("x", []float64{0.5, nan, nan, 1}),
		frame.NewLogical("ok", []float64{1, nan, 0, 1}),
		frame.NewFactor("t", []string{"b", "Å"}, []int32{0, -1, 1, -1}),
		frame.NewFactor("e", []string{"stor", "liten", "ingen"}, []int32{0, -1, 2, 0}),
	}
	if diff := cmp.Diff(want, got.Columns(), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFrameRefusesWhatItCannotHold(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for query, want := range map[string]string{
		"SELECT DATE '2020-01-01' AS dag": `column "dag" is neither number, text nor true/false`,
		"SELECT 1 AS a, 2 AS a":           `column "a" comes twice`,
		"SELECT nothing":                  `"nothing"`,
	} {
		if _, err := Frame(ctx, db, query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want %s", query, err, want)
		}
	}
}

func TestDecimalsAreTheNearestFloats(t *testing.T) {
	for value, want := range map[string]float64{"1": 0.01, "10": 0.1, "-607": -6.07, "123456789012345678901234567890": 1234567890123456789012345678.90} {
		v, _ := new(big.Int).SetString(value, 10)
		if got := decimal(duckdb.Decimal{Width: 38, Scale: 2, Value: v}); got != want {
			t.Errorf("%s hundredths are %v, want %v", value, got, want)
		}
	}
}

func TestHoldsAgreesWithFrame(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, kind := range []string{"TINYINT", "UBIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL(9,2)", "BOOLEAN", "VARCHAR", "ENUM('a')",
		"DATE", "TIMESTAMP", "UUID", "BLOB", "INTEGER[]", "DECIMAL(9,2)[]", "STRUCT(a INTEGER)"} {
		_, err := Frame(ctx, db, "SELECT CAST(NULL AS "+kind+") AS x")
		if Holds(kind) != (err == nil) {
			t.Errorf("%s: Holds %v, but Frame gives %v", kind, Holds(kind), err)
		}
	}
}

// The database must not fetch anything, nor let a query change that.
func TestOpenClosesTheDoors(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{"INSTALL spatial", "LOAD spatial", "SET autoinstall_known_extensions = true", "SELECT * FROM 'https://example.org/a.parquet'"} {
		if _, err := db.ExecContext(ctx, statement); err == nil {
			t.Errorf("%s is done", statement)
		}
	}
	if _, err := Open(ctx, -1); err == nil {
		t.Error("opened with -1 threads")
	}
}

func TestQuoting(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, text := range []string{"Kjønn", "Antall deltakere", `a"b`, "a'b", "select", "0351", ";--"} {
		var got string
		if err := db.QueryRow("SELECT v." + sqltext.Name(text) + " FROM (SELECT " + sqltext.Literal(text) + " AS " + sqltext.Name(text) + ") v").Scan(&got); err != nil || got != text {
			t.Errorf("%q comes back as %q, %v", text, got, err)
		}
	}
}
