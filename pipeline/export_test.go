package pipeline

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bidrag/data/codebook"
	"bidrag/data/sqltext"
)

var datasetFile = flag.String("dataset", "", "keep the shipped study's data set as this CSV file, which the R scripts in testdata read")

// TestDatasetAsCSV writes the data set that the R scripts read, and holds it
// against the one in memory: every person, in order, with codes as text.
func TestDatasetAsCSV(t *testing.T) {
	r := shipped(t)
	file := *datasetFile
	if file == "" {
		file = filepath.Join(t.TempDir(), "dataset.csv")
	}
	if err := r.db.Exec(t.Context(), fmt.Sprintf("COPY (%s) TO %s (HEADER)", r.datasetQuery(), sqltext.Literal(file))); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(codebook.DatasetColumns(r.Study), rows[0]); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if len(rows)-1 != r.data.NumRows() {
		t.Fatalf("%d rows, want %d", len(rows)-1, r.data.NumRows())
	}
	for k, name := range rows[0] {
		column, _ := r.data.Column(name)
		for i, row := range rows[1:] {
			want := ""
			switch {
			case column.Missing(i):
			case column.Levels != nil:
				want = column.Levels[column.Code[i]]
			default:
				if got := number(t, row[k]); got != column.Number[i] {
					t.Fatalf("%s of row %d is %s, want %v", name, i+1, row[k], column.Number[i])
				}
				continue
			}
			if row[k] != want {
				t.Fatalf("%s of row %d is %q, want %q", name, i+1, row[k], want)
			}
		}
	}
}
