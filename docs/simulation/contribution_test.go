package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestContributionsOfAverageProjects: in ten replicates at most one project in
// twenty is called different, the exact interval holds the truth in 95 per cent or
// more, and what is raw is off by chance only.
func TestContributionsOfAverageProjects(t *testing.T) {
	var s judgedSums
	for i := range 10 {
		projects, err := contributings[0].draw(rand.New(rand.NewPCG(1, uint64(i))))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range projects {
			s.add(p)
		}
	}
	if s.n != 4110 || s.exact/s.n < 0.95 || s.different/s.n > 0.05 || math.Abs(s.bias/s.n) > 0.01 {
		t.Errorf("%+v", s)
	}
}

// TestContributionsDoNotDependOnThreads to the last digit.
func TestContributionsDoNotDependOnThreads(t *testing.T) {
	var one, three strings.Builder
	if err := runContributions(3, 1, 3, &one); err != nil {
		t.Fatal(err)
	}
	if err := runContributions(3, 3, 3, &three); err != nil {
		t.Fatal(err)
	}
	if one.String() != three.String() || strings.Contains(one.String(), "NaN") {
		t.Errorf("%s\n%s", one.String(), three.String())
	}
}
