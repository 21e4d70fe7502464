package disclose

import (
	"math/big"
	"slices"
	"testing"

	"bidrag/evaluate/result"
	"pgregory.net/rapid"
)

// clearTold clears what is told of persons in schemes a and b who attain a goal.
func clearTold(t *testing.T, values ...result.Value) *Cleared {
	t.Helper()
	s := result.NewSet()
	s.Facts = result.Facts{Outcome: "goal", Reference: "b"}
	for _, v := range values {
		if err := s.Add("test", v); err != nil {
			t.Fatal(err)
		}
	}
	return Clear(s, DefaultRules)
}

func persons(scheme string, n int) result.Value {
	return result.PersonCount(result.Key{Quantity: "persons", Sample: "gross", Scheme: scheme}, n)
}

func attainment(scheme string, part, n int) result.Value {
	return result.Proportion(result.Key{Quantity: "attainment", Sample: "gross", Scheme: scheme}, part, n)
}

func byEducation(v result.Value, level string) result.Value {
	v.Key.Variable, v.Key.Level = "education", level
	return v
}

// In each of these, all counts that are shown may be told alone, and together they
// bound another to few persons or say that all of a group attained the goal.
func TestWhatFollowsTogether(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []result.Value
	}{
		{"a margin: in a there is one more", []result.Value{persons(result.All, 6), persons("b", 5), persons("a", 1)}},
		{"two schemes: five of seven, and one who finds the other", []result.Value{persons(result.All, 7), persons("a", 5), persons("b", 2)}},
		{"failures: 6 in all, 5 of them at level 1", []result.Value{
			attainment(result.All, 10, 16), byEducation(attainment(result.All, 5, 10), "1"), byEducation(attainment(result.All, 0, 0), "2"), byEducation(attainment(result.All, 5, 6), "0")}},
		{"a rate of 100 %: all who failed are at level 0", []result.Value{
			attainment(result.All, 10, 15), byEducation(attainment(result.All, 5, 10), "0"), byEducation(attainment(result.All, 5, 5), "1")}},
	} {
		cleared := clearTold(t, c.values...)
		shown := 0
		for _, n := range cleared.Numbers() {
			if n.State() == Shown && n.N() > 0 {
				shown++
			}
		}
		if most := len(c.values) - 2; shown > most || shown == 0 {
			t.Errorf("%s: %d numbers are shown, of which no more than %d can be", c.name, shown, most)
		}
		if cleared.Primary == 0 || cleared.Secondary == 0 {
			t.Errorf("%s: %d are left out at first and %d besides", c.name, cleared.Primary, cleared.Secondary)
		}
	}
}

// What is told of a table whose parts are more than the whole is left out.
func TestMarginsThatDoNotAddUp(t *testing.T) {
	cleared := clearTold(t, persons(result.All, 20), persons("a", 15), persons("b", 10), byEducation(attainment("a", 6, 12), "1"))
	if cleared.Clashes != 3 {
		t.Errorf("%d groups clash, want all and both schemes", cleared.Clashes)
	}
	for _, n := range cleared.Numbers() {
		if n.Key().Quantity == "persons" && n.State() != Suppressed {
			t.Errorf("%s is shown", n.Key().ID())
		}
	}
}

// A group of which two numbers tell different counts is not told at all.
func TestACountThatIsToldTwice(t *testing.T) {
	cleared := clearTold(t, persons("a", 15), attainment("a", 7, 14))
	if cleared.Clashes != 1 || cleared.Numbers()[0].State() != Suppressed || cleared.Numbers()[1].State() != Suppressed {
		t.Errorf("%d clash, states %d and %d", cleared.Clashes, cleared.Numbers()[0].State(), cleared.Numbers()[1].State())
	}
}

// A table of 2 by 2 with margins 6 and 4, 7 and 3 (Dobra and Fienberg 2001): the
// bounds are those of Fréchet, max(0, row + column − all) and min(row, column).
func TestBoundsAreFrechets(t *testing.T) {
	groups := []result.Group{"s", "s: x=0", "s: x=1", "s: y=0", "s: y=1", "s: x=0; y=0", "s: x=0; y=1", "s: x=1; y=0", "s: x=1; y=1"}
	r := relate(&result.Facts{}, groups, []int{10, 6, 4, 7, 3, 5, 1, 2, 2})
	known := make([]bool, len(r.Groups))
	for k, g := range r.Groups {
		known[k] = len(g.Conditions()) < 2
	}
	b := r.Bounds(known)
	for g, want := range map[result.Group][2]int{"s: x=0; y=0": {3, 6}, "s: x=0; y=1": {0, 3}, "s: x=1; y=0": {1, 4}, "s: x=1; y=1": {0, 3}} {
		k := r.Find(g)
		if got := [2]int{b.Low[k], b.High[k]}; got != want {
			t.Errorf("%s: %v, want %v", g, got, want)
		}
	}
	k := r.Find("s: x=1; y=1")
	if because := b.Because(k); !slices.Equal(because, []int{r.Find("s: y=1")}) {
		t.Errorf("that it is no more than 3 rests on %v, not on the column alone", because)
	}
}

// A count follows from an echelon exactly when its unit vector is a sum of the
// equations, by elimination with fractions.
func TestEchelonFollows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(t, "counts")
		var equations []Equation
		for range rapid.IntRange(1, 8).Draw(t, "equations") {
			order := rapid.Permutation(upTo(n)).Draw(t, "order")
			equations = append(equations, Equation{order[0], order[1 : 1+rapid.IntRange(1, n-1).Draw(t, "parts")]})
		}
		known := make([]bool, n)
		stay := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "stay")
		e := newEchelon(n, equations, known, stay)
		for _, k := range rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 4).Draw(t, "published") {
			if known[k] {
				continue
			}
			reveals := e.reveals(k)
			before := followers(n, equations, known)
			known[k] = true
			after := followers(n, equations, known)
			for j := range n {
				if fresh := j != k && after[j] && !before[j]; fresh != slices.Contains(reveals, j) {
					t.Fatalf("to publish %d would reveal %v; %d: %v", k, reveals, j, fresh)
				}
			}
			e.publish(k)
			for j := range n {
				if !known[j] && e.follows(j) != after[j] {
					t.Fatalf("%d follows: %v, want %v", j, e.follows(j), after[j])
				}
			}
		}
	})
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// followers tells which unknown counts follow from equations.
func followers(n int, equations []Equation, known []bool) []bool {
	rows := make([][]*big.Rat, len(equations))
	for i, q := range equations {
		rows[i] = make([]*big.Rat, n)
		for k := range n {
			rows[i][k] = new(big.Rat)
		}
		rows[i][q.Whole].SetInt64(1)
		for _, k := range q.Parts {
			rows[i][k].SetInt64(-1)
		}
		for k, is := range known {
			if is {
				rows[i][k].SetInt64(0)
			}
		}
	}
	rank := 0
	for k := range n {
		at := slices.IndexFunc(rows[rank:], func(r []*big.Rat) bool { return r[k].Sign() != 0 })
		if at < 0 {
			continue
		}
		rows[rank], rows[rank+at] = rows[rank+at], rows[rank]
		for i, row := range rows {
			if i == rank || row[k].Sign() == 0 {
				continue
			}
			by := new(big.Rat).Quo(row[k], rows[rank][k])
			for j := range row {
				row[j].Sub(row[j], new(big.Rat).Mul(by, rows[rank][j]))
			}
		}
		if rank++; rank == len(rows) {
			break
		}
	}
	out := make([]bool, n)
	for _, row := range rows[:rank] {
		var at []int
		for k, x := range row {
			if x.Sign() != 0 {
				at = append(at, k)
			}
		}
		if len(at) == 1 {
			out[at[0]] = true
		}
	}
	return out
}
