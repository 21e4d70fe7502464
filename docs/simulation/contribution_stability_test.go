package main

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestFunnelsOfAverageProjects: of projects that do not differ, 5 and 0.2 per cent lie
// outside the limits of chance, as far as five replicates tell, and halves and years
// are not alike.
func TestFunnelsOfAverageProjects(t *testing.T) {
	var outside, far, half float64
	for i := range 5 {
		s, err := contributings[0].steady(rand.New(rand.NewPCG(1, uint64(i))), uint64(i), 20)
		if err != nil {
			t.Fatal(err)
		}
		outside, far, half = outside+s.average[0]/5, far+s.average[1]/5, half+s.half/5
	}
	if outside < 0.03 || outside > 0.07 || far > 0.006 || half < -0.2 || half > 0.2 {
		t.Errorf("%v outside, %v far outside, reliability by halves %v", outside, far, half)
	}
}

// TestHalvesTellTheReliability of projects that differ, and years their correlation:
// to 0.1 in five replicates.
func TestHalvesTellTheReliability(t *testing.T) {
	var half, years float64
	for i := range 5 {
		s, err := contributings[1].steady(rand.New(rand.NewPCG(1, uint64(i))), uint64(i), 20)
		if err != nil {
			t.Fatal(err)
		}
		half, years = half+(s.half-s.reliability)/5, years+(s.years-s.unchanged)/5
	}
	if half < -0.1 || half > 0.1 || years < -0.1 || years > 0.1 {
		t.Errorf("by halves %+.3f, between years %+.3f", half, years)
	}
}

// TestStabilityDoesNotDependOnThreads to the last digit.
func TestStabilityDoesNotDependOnThreads(t *testing.T) {
	var one, three strings.Builder
	if err := writeStability(contributings, 2, 1, 3, 5, &one); err != nil {
		t.Fatal(err)
	}
	if err := writeStability(contributings, 2, 3, 3, 5, &three); err != nil {
		t.Fatal(err)
	}
	if one.String() != three.String() || strings.Contains(one.String(), "NaN") || !strings.Contains(one.String(), "| reliability by halves |") {
		t.Errorf("%s\n%s", one.String(), three.String())
	}
}
