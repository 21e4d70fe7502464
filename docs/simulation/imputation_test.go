package main

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"bidrag/study"
)

// TestFillingFindsTheTruth: a few replicates of both designs, where complete
// cases miss by far; and the same numbers with one thread and three.
func TestFillingFindsTheTruth(t *testing.T) {
	ways := []imputationWay{{name: "complete cases"}, {name: "filled", level: "mean", method: study.GaussianFit}}
	shifted := []imputationWay{{name: "complete cases"}, {name: "filled", level: "mean", method: study.GaussianFit, shift: delta}}
	var first string
	for _, threads := range []int{1, 3} {
		var file strings.Builder
		records := csv.NewWriter(&file)
		if err := simulateImputation("at random", false, ways, 4, threads, 7, records, io.Discard); err != nil {
			t.Fatal(err)
		}
		if err := simulateImputation("shifted", true, shifted, 4, threads, 7, records, io.Discard); err != nil {
			t.Fatal(err)
		}
		if threads == 1 {
			first = file.String()
		} else if file.String() != first {
			t.Error("one thread and three give different numbers")
		}
	}
	rows, err := csv.NewReader(strings.NewReader(first)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	off := map[string]float64{}
	for _, row := range rows {
		truth, _ := strconv.ParseFloat(row[4], 64)
		estimate, _ := strconv.ParseFloat(row[5], 64)
		off[row[0]+", "+row[1]+", "+row[3]] += (estimate - truth) / 4
	}
	for key, most := range map[string]float64{"at random, filled, g": 0.3, "at random, filled, mean of x": 0.1, "shifted, filled, mean of x": 0.1} {
		if d, ok := off[key]; !ok || math.Abs(d) > most {
			t.Errorf("%s is off by %g", key, d)
		}
	}
	for key, least := range map[string]float64{"at random, complete cases, g": 0.8, "shifted, complete cases, mean of x": 0.1} {
		if d := off[key]; math.Abs(d) < least {
			t.Errorf("%s is off by no more than %g", key, d)
		}
	}
}
