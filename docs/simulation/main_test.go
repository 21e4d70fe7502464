package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestTheNumbersDoNotDependOnThreads runs two replicates of each design with
// one thread and with three, and looks whether estimates are near the truth.
func TestTheNumbersDoNotDependOnThreads(t *testing.T) {
	times := regexp.MustCompile(`\d[\d.e-]* s\.`)
	var tables, records []string
	for _, threads := range []int{1, 3} {
		file := filepath.Join(t.TempDir(), "replicates.csv")
		var table strings.Builder
		if err := run(false, 2, threads, 7, file, &table); err != nil {
			t.Fatal(err)
		}
		rows, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tables, records = append(tables, times.ReplaceAllString(table.String(), "")), append(records, string(rows))
	}
	if records[0] != records[1] || tables[0] != tables[1] {
		t.Error("one thread and three give different numbers")
	}
	rows, err := csv.NewReader(strings.NewReader(records[0])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, row := range rows[1:] {
		if row[3] != "converged" {
			t.Errorf("%v", row)
		}
		if row[0] != "pairs" || row[4] != "male" {
			continue
		}
		truth, _ := strconv.ParseFloat(row[5], 64)
		estimate, _ := strconv.ParseFloat(row[6], 64)
		if seen++; estimate < truth-0.2 || estimate > truth+0.2 { // five standard errors
			t.Errorf("%v", row)
		}
	}
	if seen != 2 {
		t.Errorf("%d estimates of the covariate", seen)
	}
}

// TestAveragesAreNearTheTruth: two replicates, with one thread and with two.
func TestAveragesAreNearTheTruth(t *testing.T) {
	var records, tables [2]strings.Builder
	for k := range records {
		if err := runAverages([]design{tiny()}, 2, k+1, 7, csv.NewWriter(&records[k]), &tables[k]); err != nil {
			t.Fatal(err)
		}
	}
	if records[0].String() != records[1].String() || tables[0].String() != tables[1].String() {
		t.Error("one thread and two give different numbers")
	}
	rows, err := csv.NewReader(strings.NewReader(records[0].String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+2*2*6 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows[1:] {
		truth, _ := strconv.ParseFloat(row[4], 64)
		estimate, _ := strconv.ParseFloat(row[5], 64)
		if d := estimate - truth; !(d > -0.25 && d < 0.25) {
			t.Errorf("%v", row)
		}
	}
}
