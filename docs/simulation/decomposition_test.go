package main

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"bidrag/evaluate/decompose"
)

// TestDecompositionsFindTheTruth: of 40,000 persons every part of the linear
// population is within four of its own standard errors of the truth, which is no
// more than two points.
func TestDecompositionsFindTheTruth(t *testing.T) {
	s := linearSplitting()
	a, err := decompose.Decompose(context.Background(), s.draw(rand.New(rand.NewPCG(5, 5)), 2000), decompose.Options{Orderings: 1, Replicates: 2})
	if err != nil {
		t.Fatal(err)
	}
	for k, p := range s.find(a) {
		if p.Method != decompose.GelbachCR0 {
			continue
		}
		half := (p.High - p.Low) / 2
		if !(half > 0 && half < 0.02 && math.Abs(p.Value-s.truth[k]) < 4/wald*half) {
			t.Errorf("%s %s: %v to %v, the truth is %v", p.Block, p.Piece, p.Low, p.High, s.truth[k])
		}
	}
}

// TestDecompositionsDoNotDependOnThreads: two replicates, with one thread and with two.
func TestDecompositionsDoNotDependOnThreads(t *testing.T) {
	var tables [2]strings.Builder
	for k := range tables {
		if err := runDecompositions([]splitting{linearSplitting()}, 2, k+1, 7, 3, &tables[k]); err != nil {
			t.Fatal(err)
		}
	}
	if tables[0].String() != tables[1].String() || !strings.Contains(tables[0].String(), "| gelbach, who, explained | 5.00 |") {
		t.Errorf("%s\n%s", tables[0].String(), tables[1].String())
	}
}
