package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestWhatIsHiddenIsTakenAway: of 100,000 persons the estimate is off without the
// hidden variable, and not with something as strong in the model.
func TestWhatIsHiddenIsTakenAway(t *testing.T) {
	a, err := hidden{"as strong", 1}.draw(rand.New(rand.NewPCG(5, 5)), 100_000)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(a.plain-schemeWorth) < 0.02 || math.Abs(a.adjusted-schemeWorth) > 0.015 || a.needed < 1 {
		t.Errorf("%+v", a)
	}
}

// TestSensitivityDoesNotDependOnThreads: and bounds keep to their level at the true Γ.
func TestSensitivityDoesNotDependOnThreads(t *testing.T) {
	var one, three strings.Builder
	if err := runSensitivity(20, 1, 3, &one); err != nil {
		t.Fatal(err)
	}
	if err := runSensitivity(20, 3, 3, &three); err != nil {
		t.Fatal(err)
	}
	if one.String() != three.String() || strings.Contains(one.String(), "NaN") {
		t.Errorf("%s\n%s", one.String(), three.String())
	}
	rejected := 0
	for i := range 400 {
		yes, err := hiddenPairs(rand.New(rand.NewPCG(9, uint64(i))), 200, 1, 1.5, 1.5)
		if err != nil {
			t.Fatal(err)
		}
		if yes {
			rejected++
		}
	}
	if rejected > 22 { // 10 are expected at most; 22 have a probability below 0.001
		t.Errorf("%d of 400 at the true Γ", rejected)
	}
}
