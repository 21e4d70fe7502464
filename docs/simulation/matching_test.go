package main

import (
	"encoding/csv"
	"io"
	"strings"
	"testing"
)

// A small simulation of the estimators of like with like: the same text for any
// number of threads, a row for each of them, and of the rows with right models a
// difference of few points to the truth.
func TestMatchingSimulation(t *testing.T) {
	text := func(threads int) string {
		var b strings.Builder
		if err := runMatching(confounded{clusters: 40, each: 10, bootstrap: 20}, 6, threads, 1, csv.NewWriter(io.Discard), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	one := text(1)
	if three := text(3); one != three {
		t.Errorf("%s\n%s", one, three)
	}
	if n := strings.Count(one, "\n| "); n != len(estimators())+1 {
		t.Errorf("%d rows:\n%s", n, one)
	}
	if strings.Contains(one, "NaN") {
		t.Error(one)
	}
}
