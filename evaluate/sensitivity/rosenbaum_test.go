package sensitivity

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"testing"
)

// hammond are the discordant pairs of Hammond (1964): of 36,975 pairs of a heavy
// smoker and a nonsmoker, the one or the other died of lung cancer.
func hammond(t *testing.T) *Binary {
	t.Helper()
	sets := make([]Set, 122, 200)
	for i := range sets {
		sets[i] = Set{2, 1, i < 110}
	}
	sets = append(sets, Set{2, 0, false}, Set{2, 2, true}) // tell nothing
	b, err := NewBinary(sets)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPublishedSmoking: Rosenbaum (2002), table 4.1, whose p-values are by the
// normal distribution with a correction for continuity (0.0036, 0.03 and 0.1 at
// Γ = 4, 5 and 6); ours are exact and a little smaller. The conclusion tips between 5 and 6.
func TestPublishedSmoking(t *testing.T) {
	b := hammond(t)
	if b.More != 110 || b.Fewer != 12 || !b.Above {
		t.Fatalf("%+v", b)
	}
	for gamma, published := range map[float64]float64{1: 0, 2: 0, 3: 0.0001, 4: 0.0036, 5: 0.03, 6: 0.1} {
		_, p := b.Bounds(gamma)
		near(t, "Γ "+strconv.Itoa(int(gamma)), p, published, 0.007)
		mean := 122 * gamma / (1 + gamma)
		z := (109.5 - mean) / math.Sqrt(mean/(1+gamma))
		if gamma >= 4 {
			near(t, "by the normal distribution", math.Erfc(z/math.Sqrt2)/2, published, 0.002)
		}
	}
	if g := Tipping(b, 0.05); !(g > 5 && g < 6) {
		t.Errorf("it tips at %v", g)
	}
}

// TestPublishedLead: Rosenbaum (2002), table 4.2: lead in the blood of children of
// workers with lead, 33 pairs (Morton et al. 1982).
func TestPublishedLead(t *testing.T) {
	s, err := NewSignedRank(lead())
	if err != nil {
		t.Fatal(err)
	}
	for gamma, published := range map[float64]float64{1: 0, 2: 0.0018, 3: 0.0136, 4: 0.0388, 4.25: 0.0468, 5: 0.0740} {
		_, p := s.Bounds(gamma)
		near(t, "Γ", p, published, 0.00005)
	}
}

func lead() []float64 {
	exposed := []float64{38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15, 10, 45, 39, 22, 35, 49, 48, 44, 35, 43, 39, 34, 13, 73, 25, 27}
	for i, c := range []float64{16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24, 13, 9, 14, 21, 19, 7, 18, 19, 12, 11, 22, 25, 16, 13, 11, 13} {
		exposed[i] -= c
	}
	return exposed
}

// TestRosenbaumAgainstR: binomial, the sum of unequal draws and Wilcoxon, relative 1e-9.
func TestRosenbaumAgainstR(t *testing.T) {
	want := golden(t, "rosenbaum.csv")
	wilcoxon, err := NewSignedRank(lead())
	if err != nil {
		t.Fatal(err)
	}
	var sets []Set
	for _, row := range table(t, "sets.csv") {
		size, _ := strconv.Atoi(row[0])
		successes, _ := strconv.Atoi(row[1])
		sets = append(sets, Set{size, successes, row[2] == "1"})
	}
	several, err := NewBinary(sets)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for name, m := range map[string]Matched{"pairs": hammond(t), "sets": several, "lead": wilcoxon} {
		for _, gamma := range []float64{1, 1.5, 2, 3, 4, 4.25, 5, 6} {
			p, ok := want[name+"."+strconv.FormatFloat(gamma, 'g', -1, 64)]
			if !ok {
				continue
			}
			low, high := m.Bounds(gamma)
			near(t, name+" low", low, p[0], 1e-9*p[0])
			near(t, name+" high", high, p[1], 1e-9*p[1])
			checked++
		}
	}
	if checked < 19 {
		t.Errorf("%d bounds checked", checked)
	}
	near(t, "pairs tip", Tipping(hammond(t), 0.025), want["pairs.tipping"][0], 1e-6)
	near(t, "lead tips", Tipping(wilcoxon, 0.025), want["lead.tipping"][0], 1e-6)
	nonzero, err := NewSignedRank(slices.DeleteFunc(lead(), func(d float64) bool { return d == 0 }))
	if err != nil {
		t.Fatal(err)
	}
	_, p := nonzero.Bounds(1)
	near(t, "wilcox.test", p, want["nonzero.1"][0], 1e-14)
}

// TestDirection: what speaks for the reference has the same bounds as its mirror.
func TestDirection(t *testing.T) {
	var up, down []Set
	for i := range 90 {
		s := Set{2 + i%3, 1, i%4 != 0}
		up = append(up, s)
		down = append(down, Set{s.Size, s.Size - 1, !s.Treated})
	}
	a, err := NewBinary(up)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBinary(down)
	if err != nil {
		t.Fatal(err)
	}
	x, y := lead(), lead()
	for i := range y {
		y[i] = -y[i]
	}
	c, _ := NewSignedRank(x)
	d, _ := NewSignedRank(y)
	if !a.Above || b.Above || !c.Above || d.Above {
		t.Error("the direction is wrong")
	}
	for _, gamma := range []float64{1, 1.3, 4} {
		for _, pair := range [][2]Matched{{a, b}, {c, d}} {
			low, high := pair[0].Bounds(gamma)
			otherLow, otherHigh := pair[1].Bounds(gamma)
			near(t, "low", low, otherLow, 1e-12)
			near(t, "high", high, otherHigh, 1e-12)
		}
	}
}

// TestBoundsWiden: with Γ, from the same p-value at 1; and they end at the limit.
func TestBoundsWiden(t *testing.T) {
	wilcoxon, _ := NewSignedRank(lead())
	for _, m := range []Matched{hammond(t), wilcoxon} {
		before, above := m.Bounds(1)
		if before != above {
			t.Errorf("%v and %v at Γ = 1", before, above)
		}
		for _, gamma := range []float64{1.1, 2, 10} {
			low, high := m.Bounds(gamma)
			if !(low < before && high > above) {
				t.Errorf("Γ %v: %v to %v after %v to %v", gamma, low, high, before, above)
			}
			before, above = low, high
		}
		g := Tipping(m, 0.025)
		_, at := m.Bounds(g)
		_, after := m.Bounds(g * (1 + 1e-6))
		if !(at <= 0.025 && after > 0.025) {
			t.Errorf("%v before and %v after the tipping point", at, after)
		}
	}
}

// TestManySetsByTheNormalDistribution: near the exact tail on its border.
func TestManySetsByTheNormalDistribution(t *testing.T) {
	var sets []Set
	for i := range exactSets {
		sets = append(sets, Set{2 + i%2, 1, i%9 < 5})
	}
	exact, err := NewBinary(sets)
	if err != nil {
		t.Fatal(err)
	}
	normal, err := NewBinary(append(sets, Set{2, 1, true}))
	if err != nil {
		t.Fatal(err)
	}
	_, a := exact.Bounds(1.75)
	_, b := normal.Bounds(1.75)
	if !(a > 0.01 && a < 0.99) {
		t.Fatalf("%v tells nothing", a)
	}
	near(t, "normal", b, a, 0.02)
}

func TestSetsThatAreNone(t *testing.T) {
	for _, s := range []Set{{1, 1, true}, {2, 3, true}, {2, 0, true}, {3, 3, false}, {2, -1, false}} {
		if _, err := NewBinary([]Set{s}); err == nil || errors.Is(err, ErrNoContrast) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if _, err := NewBinary([]Set{{2, 0, false}, {3, 3, true}}); !errors.Is(err, ErrNoContrast) {
		t.Error(err)
	}
	if _, err := NewBinary(nil); !errors.Is(err, ErrNoContrast) {
		t.Error(err)
	}
	if _, err := NewSignedRank([]float64{0, 0}); !errors.Is(err, ErrNoContrast) {
		t.Error(err)
	}
	one, err := NewBinary([]Set{{2, 1, true}})
	if err != nil {
		t.Fatal(err)
	}
	if g := Tipping(one, 0.025); g != 1 {
		t.Errorf("one pair tips at %v", g)
	}
}
