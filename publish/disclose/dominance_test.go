package disclose

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
	"pgregory.net/rapid"

	"bidrag/evaluate/result"
)

// By hand: of 100, 60 is more than half; 45 and 50 leave 5, by which 50 is found to within
// a tenth; 40 and 40 leave 20.
func TestDominanceRules(t *testing.T) {
	share, within := Dominance{Largest: 1, Share: 0.5}, Dominance{Percent: 10}
	for _, c := range []struct {
		name    string
		rules   Dominance
		total   float64
		largest []float64
		squares bool
		want    float64
	}{
		{"one has most", share, 100, []float64{60, 10}, false, 20}, // 60 is half of 120
		{"one has half", share, 100, []float64{50, 10}, false, 0},
		{"two have most", Dominance{Largest: 2, Share: 0.75}, 100, []float64{45, 45, 10}, false, 20},
		{"the second finds the first", within, 100, []float64{50, 46, 4}, false, 1},
		{"the rest hides the first", within, 100, []float64{50, 45, 5}, false, 0},
		{"one person", within, 7, []float64{7}, false, 0.7},
		{"two persons", within, 12, []float64{7, 5}, false, 0.7},
		{"nobody has anything", DefaultDominance, 0, []float64{0, 0, 0, 0, 0}, false, 0},
		{"nobody", DefaultDominance, 0, nil, false, 0},
		{"no rule", Dominance{}, 7, []float64{7}, false, 0},
		{"squares", DefaultDominance, 10000 + 2100, []float64{10000, 1}, true, 1}, // 1.1² − 1 = 0.21
		{"squares of many", DefaultDominance, 10000 + 2102, []float64{10000, 1}, true, 0},
	} {
		if got := c.rules.margin(c.total, c.largest, c.squares); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: margin %g, want %g", c.name, got, c.want)
		}
	}
}

// meanOf is the mean of amounts as describe tells it.
func meanOf(sample, scheme string, x ...float64) result.Value {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	v := result.Estimate(result.Key{Quantity: "mean", Sample: sample, Scheme: scheme, Variable: "v"}, result.Number, sum/float64(len(x)), len(x))
	v.Amounts = []result.Amount{result.Contributions("v", x, nil)}
	return v
}

// shown are the ids that pass the gate.
func shown(t *testing.T, values ...result.Value) (*result.Set, *Cleared, []string) {
	t.Helper()
	s := result.NewSet()
	s.Facts = result.Facts{Outcome: "y", Reference: "b", Within: map[string][]string{"complete": {"gross"}}}
	if err := s.Add("test", values...); err != nil {
		t.Fatal(err)
	}
	c := Clear(s, DefaultRules)
	var out []string
	for _, n := range c.Numbers() {
		if n.State() == Shown {
			out = append(out, n.Key().ID())
		}
	}
	return s, c, out
}

func same(n int, x float64) []float64 { return slices.Repeat([]float64{x}, n) }

// The mean of a is one person's; that of b would tell it, by that of all.
func TestWhatFollowsFromAHiddenMeanFalls(t *testing.T) {
	a, b, c := append(same(9, 1), 500), same(20, 100), same(30, 200)
	all := slices.Concat(a, b, c)
	_, cleared, got := shown(t, meanOf("gross", "all", all...), meanOf("gross", "a", a...), meanOf("gross", "b", b...), meanOf("gross", "c", c...))
	if want := []string{"mean.gross.all.v", "mean.gross.c.v"}; !slices.Equal(got, want) {
		t.Errorf("shown: %v, want %v", got, want)
	}
	if cleared.Primary != 1 || cleared.Secondary != 1 {
		t.Errorf("%d primary, %d secondary", cleared.Primary, cleared.Secondary)
	}
}

// b has so little that a is found to be all but the same when only b is hidden beside it.
func TestASumIsNotBoundedTooClosely(t *testing.T) {
	a, b, c := append(same(9, 1), 500), same(20, 0.001), same(30, 20)
	_, _, got := shown(t, meanOf("gross", "all", slices.Concat(a, b, c)...), meanOf("gross", "a", a...), meanOf("gross", "b", b...), meanOf("gross", "c", c...))
	if slices.Contains(got, "mean.gross.a.v") || slices.Contains(got, "mean.gross.all.v") && slices.Contains(got, "mean.gross.c.v") {
		t.Errorf("shown: %v; 509 of scheme a lies between 509 and 509.02", got)
	}
}

// What a sample has more than another within it is one person's.
func TestWhatASampleLeavesOverFalls(t *testing.T) {
	complete := same(40, 10)
	gross := append(slices.Concat(complete, same(9, 1)), 900)
	_, _, got := shown(t, meanOf("gross", "all", gross...), meanOf("complete", "all", complete...))
	if len(got) != 1 {
		t.Errorf("shown: %v; one of the two tells of the ten who lack something", got)
	}
}

// A standard deviation falls with its mean, and by itself when it tells of the largest.
func TestStandardDeviationsOfAmounts(t *testing.T) {
	with := func(x []float64) []result.Value {
		mean := meanOf("gross", "a", x...)
		sd := mean
		sd.Key.Quantity = "sd"
		squares := make([]float64, len(x))
		for i, v := range x {
			squares[i] = v * v
		}
		s := result.Contributions("v", squares, nil).Told(mean.Key)
		s.Squares = true
		sd.Amounts = []result.Amount{mean.Amounts[0].Told(mean.Key), s}
		return []result.Value{mean, sd}
	}
	for _, c := range []struct {
		name string
		x    []float64
		want int
	}{{"alike", same(50, 10), 2}, {"one has all", append(same(9, 1), 500), 0}, {"one is told by the squares", append(same(500, 1), 400), 1}} {
		if _, _, got := shown(t, with(c.x)...); len(got) != c.want {
			t.Errorf("%s: shown %v, want %d", c.name, got, c.want)
		}
	}
}

// Three owners, however alike and however many their rows, are too few.
func TestFewOwners(t *testing.T) {
	v := meanOf("gross", "a", same(90, 1)...)
	owners := make([]int, 90)
	for i := range owners {
		owners[i] = i % 3
	}
	v.Amounts[0] = result.Contributions("v", same(90, 1), owners)
	if _, _, got := shown(t, v); len(got) != 0 {
		t.Errorf("shown: %v", got)
	}
}

// In place of a median the mean of the five nearest is told, unless one of them has most of
// it, and the median is nowhere.
func TestAMedianIsToldByOthers(t *testing.T) {
	for _, c := range []struct {
		x    []float64
		want float64 // NaN: hidden
	}{{[]float64{1, 2, 4, 7, 8, 9, 12}, 6}, {[]float64{1, 2, 4, 7, 30, 31, 32}, math.NaN()}} {
		v := result.Estimate(result.Key{Quantity: "median", Sample: "gross", Scheme: "a", Variable: "v"}, result.Number, 7, len(c.x))
		told, of := result.Near("v", 7, c.x, nil, 5)
		v.Told, v.Amounts = told, []result.Amount{of}
		_, cleared, _ := shown(t, v)
		n := cleared.Number(v.Key)
		if got := n.Value(); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%v: %g, want %g", c.x, got, c.want)
		}
		if n.value.Amounts != nil || n.value.Told != nil {
			t.Error("the amounts are still inside")
		}
	}
}

// invented are amounts of persons by scheme and completeness, and means of some groups of them.
type invented struct {
	cells  [][]float64       // by scheme, incomplete and complete
	groups map[string][]bool // by the id of its mean: the cells of a group, also of those not told of
	set    *result.Set
}

func invent(t *rapid.T) *invented {
	schemes := []string{"a", "b", "c"}
	p := &invented{make([][]float64, 2*len(schemes)), map[string][]bool{}, result.NewSet()}
	p.set.Facts = result.Facts{Outcome: "y", Reference: "b", Within: map[string][]string{"complete": {"gross"}}}
	for k := range p.cells {
		for range rapid.IntRange(0, 12).Draw(t, "persons") {
			p.cells[k] = append(p.cells[k], float64(rapid.SampledFrom([]int{0, 1, 2, 3, 5, 8, 40, 1000}).Draw(t, "amount")))
		}
	}
	for _, sample := range []string{"gross", "complete", "incomplete"} {
		told := sample != "incomplete" && rapid.Bool().Draw(t, "sample")
		for s, scheme := range append([]string{result.All}, schemes...) {
			in := make([]bool, len(p.cells))
			for k := range p.cells {
				in[k] = (s == 0 || k/2 == s-1) && (sample == "gross" || (k%2 == 1) == (sample == "complete"))
			}
			x := p.amounts(in)
			v := meanOf(sample, scheme, x...)
			p.groups[v.Key.ID()] = in
			if told && len(x) > 0 && (s == 0 || rapid.Bool().Draw(t, "told")) {
				if err := p.set.Add("test", v); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return p
}

// amounts are those of the persons in cells.
func (p *invented) amounts(in []bool) []float64 {
	var out []float64
	for k, x := range p.cells {
		if in[k] {
			out = append(out, x...)
		}
	}
	return out
}

// shown are the groups whose means pass the gate.
func (p *invented) shown() (groups [][]bool, ids string) {
	for _, n := range Clear(p.set, DefaultRules).Numbers() {
		if n.State() == Shown {
			groups = append(groups, p.groups[n.Key().ID()])
			ids += " " + n.Key().ID()
		}
	}
	return groups, ids
}

// An attacker with nothing of the gate's: he knows the sums of the cells that are shown,
// and what else they add up to.
func TestNoForbiddenSumFollows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := invent(t)
		groups, ids := p.shown()
		known := &span{}
		for _, in := range groups {
			known.add(in)
		}
		for id, in := range p.groups {
			a := result.Contributions("v", p.amounts(in), nil)
			if DefaultDominance.margin(a.Total, a.Largest, false) > 0 && known.holds(in) {
				t.Fatalf("the sum of %s, %v, follows from%s", id, p.amounts(in), ids)
			}
		}
	})
}

// An attacker with linear programming finds for no hidden sum of a mean that was to be told
// an upper bound that is less than the upper protection level above it.
func TestNoForbiddenSumIsBoundedTooClosely(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := invent(t)
		groups, ids := p.shown()
		for _, v := range p.set.Values {
			id := v.Key.ID()
			in, a := p.groups[id], v.Amounts[0]
			margin := DefaultDominance.margin(a.Total, a.Largest, false)
			if margin == 0 {
				continue
			}
			if most := p.most(t, groups, in); most < (a.Total+margin)*(1-1e-6) {
				t.Fatalf("the sum of %s, %v, is at most %g by%s", id, p.amounts(in), most, ids)
			}
		}
	})
}

// most is the largest that the sum of a group can be when those of others are known, and nobody
// has less than nothing: +Inf when nothing bounds it.
func (p *invented) most(t *rapid.T, known [][]bool, in []bool) float64 {
	var rows [][]float64 // independent ones, in echelon form, with the sum last
	var pivots []int
	for _, g := range known {
		row := make([]float64, len(p.cells)+1)
		for k, is := range g {
			if is {
				row[k] = 1
			}
		}
		for _, x := range p.amounts(g) {
			row[len(p.cells)] += x
		}
		for i, other := range rows {
			by := row[pivots[i]] / other[pivots[i]]
			for k := range row {
				row[k] -= by * other[k]
			}
		}
		if at := slices.IndexFunc(row[:len(p.cells)], func(x float64) bool { return math.Abs(x) > 1e-9 }); at >= 0 {
			rows, pivots = append(rows, row), append(pivots, at)
		}
	}
	var columns []int // cells that a known sum holds
	for k := range p.cells {
		if slices.ContainsFunc(rows, func(row []float64) bool { return math.Abs(row[k]) > 1e-9 }) {
			columns = append(columns, k)
		} else if in[k] {
			return math.Inf(1)
		}
	}
	if len(rows) == 0 {
		return 0
	}
	c, a, b := make([]float64, len(columns)), mat.NewDense(len(rows), len(columns), nil), make([]float64, len(rows))
	for j, k := range columns {
		if in[k] {
			c[j] = -1
		}
		for i, row := range rows {
			a.Set(i, j, row[k])
		}
	}
	for i, row := range rows {
		b[i] = row[len(p.cells)]
	}
	least, _, err := lp.Simplex(c, a, b, 1e-9, nil)
	if err != nil && !errors.Is(err, lp.ErrUnbounded) {
		t.Fatalf("%v: %v x = %v", err, mat.Formatted(a), b)
	}
	if err != nil {
		return math.Inf(1)
	}
	return -least
}

// The attack finds what the gate would have hidden, in the same words whatever is seen first.
func TestAmountAttack(t *testing.T) {
	a, b := append(same(9, 1), 500), same(20, 100)
	set, _, _ := shown(t, meanOf("gross", "all", slices.Concat(a, b)...), meanOf("gross", "a", a...), meanOf("gross", "b", b...))
	attack := func(see ...int) string {
		k := NewAmountAttack(&set.Facts, tellings(set), DefaultRules)
		secret := false
		for _, i := range see {
			secret = k.See(i) || secret
		}
		return fmt.Sprint(secret, k.Secrets(), k.Find())
	}
	for _, c := range []struct {
		see  []int
		want string
	}{
		{nil, "false 1 []"},
		{[]int{0}, "false 1 []"},
		{[]int{1}, "true 1 []"},
		{[]int{0, 2}, "false 1 [{v false gross: scheme=a true}]"},
		{[]int{2, 0}, "false 1 [{v false gross: scheme=a true}]"},
	} {
		if got := attack(c.see...); got != c.want {
			t.Errorf("%v: %s, want %s", c.see, got, c.want)
		}
	}
}
