package disclose

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
	"pgregory.net/rapid"
)

// members says who is in which group: everyone of a cell is a row. Of places the gate
// is not told, as by the pipeline.
func (p *population) members() *result.Members {
	var rows []int // the cell of each person
	for c, n := range p.counts {
		for range n {
			rows = append(rows, c)
		}
	}
	m := result.NewMembers(len(rows))
	var gross, complete []int
	for row, c := range rows {
		gross = append(gross, row)
		if p.cells[c][len(p.vars)] == 1 {
			complete = append(complete, row)
		}
	}
	m.Sample("gross", gross)
	m.Sample("complete", complete)
	for i, v := range p.vars {
		names := []string{"a", "b"}
		if v != "scheme" {
			names = nil
			for l := range p.levels[i] {
				names = append(names, fmt.Sprint(l))
			}
		}
		code := make([]int32, len(rows))
		for row, c := range rows {
			code[row] = int32(p.cells[c][i])
		}
		if v != "municipality" {
			m.Variable(v, names, code)
		}
	}
	return m
}

// A rounded count is what the persons of some cells are shown as.
type roundedCount struct {
	cells []bool
	n     int
	name  string
}

// rounded lists the rounded counts that can be read from what is shown.
func (p *population) rounded(c *Cleared) []roundedCount {
	var out []roundedCount
	for i, n := range c.Numbers() {
		if n.State() != Shown || !n.Rounded() {
			continue
		}
		t, name := p.tells[i], n.Key().ID()
		out = append(out, roundedCount{t.of, n.N(), name})
		if t.part != nil {
			out = append(out, roundedCount{t.part, n.value.Part, "part of " + name}, roundedCount{less(t.of, t.part), n.N() - n.value.Part, "rest of " + name})
		}
	}
	return out
}

// addUp tells whether there are numbers of persons in the cells that give all counts.
func addUp(counts []roundedCount) bool {
	var rows [][]int64
	var pivots []int
	for _, c := range counts {
		row := make([]int64, len(c.cells)+1)
		for i, in := range c.cells {
			if in {
				row[i] = 1
			}
		}
		row[len(c.cells)] = int64(c.n)
		for i, r := range rows {
			if by := row[pivots[i]]; by != 0 {
				for j, x := range r {
					row[j] = (row[j] + (attackersPrime-by)*x) % attackersPrime
				}
			}
		}
		at := slices.IndexFunc(row, func(x int64) bool { return x != 0 })
		if at == len(c.cells) {
			return false
		}
		if at < 0 {
			continue
		}
		by := power(row[at], attackersPrime-2)
		for j := range row {
			row[j] = row[j] * by % attackersPrime
		}
		rows, pivots = append(rows, row), append(pivots, at)
	}
	return true
}

func TestRoundedCountsAddUpAndHideTheSmall(t *testing.T) {
	changed := 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawPopulation(t, rapid.IntRange(2, 4).Draw(t, "variables"), 3, 90)
		p.tell(t, "gross", "complete")
		p.set.Members = p.members()
		rules := Rules{Threshold: 5, Base: rapid.SampledFrom([]int{3, 5}).Draw(t, "base")}
		cleared := Clear(p.set, rules)
		counts := p.rounded(cleared)
		for _, c := range counts {
			was := p.size(c.cells)
			if c.n < 0 || c.n%rules.Base != 0 && (rules.small(c.n) || rules.small(was)) {
				t.Fatalf("%d in place of %d: %s", c.n, was, c.name)
			}
			if c.n != was {
				changed++
			}
		}
		if !addUp(counts) {
			t.Fatalf("rounded counts do not add up%s", p.describe(cleared))
		}
		if cleared.Rounding.Numbers == 0 && len(counts) > 0 || !reflect.DeepEqual(shownText(cleared), shownText(Clear(p.set, rules))) {
			t.Fatal("another time they are others")
		}
	})
	if changed == 0 {
		t.Error("nothing was rounded")
	}
}

// shownText is all that a reader sees.
func shownText(c *Cleared) []string {
	var out []string
	for _, n := range c.Numbers() {
		low, high := n.Interval()
		out = append(out, fmt.Sprint(n.Key().ID(), n.State(), n.Rounded(), n.Value(), low, high, n.N()))
	}
	return out
}

// Nothing follows from the exact numbers that are shown beside the rounded ones, those
// of places and headline counts that are as they were.
func TestNothingFollowsFromWhatIsExactBesideRoundedCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPopulation(t, rapid.IntRange(2, 4).Draw(t, "variables"), 3, 90)
		p.tell(t, "gross", "complete")
		p.set.Members = p.members()
		cleared := Clear(p.set, Rules{Threshold: 5, Base: 3})
		known := &span{}
		see := func(cells []bool, n int, exact bool) {
			if cells != nil && (exact || n == p.size(cells) && n >= 5) {
				known.add(cells)
			}
		}
		for i, n := range cleared.Numbers() {
			k := n.Key()
			if n.State() == Shown && (!n.Rounded() || k.Variable == "" && k.Project == "") {
				see(p.tells[i].of, n.N(), !n.Rounded())
				see(p.tells[i].part, n.value.Part, !n.Rounded())
			}
		}
		for _, s := range p.secrets() {
			if known.holds(s.cells) {
				t.Fatalf("%d %s follow%s", s.n, s.name, p.describe(cleared))
			}
		}
	})
}

// crowd is many persons by a variable with rare levels, and shares of them.
func crowd(seed uint64, persons int) *population {
	p := &population{vars: []string{"scheme", "year", "education", "goal"}, levels: []int{2, 2, 8, 2}, open: []bool{false, false, false, false}}
	p.build(nil)
	p.counts = make([]int, len(p.cells))
	r := rand.New(rand.NewPCG(seed, 1))
	for range persons {
		education := min(7, int(r.ExpFloat64()*1.1)) // the last are rare
		cell := []int{r.IntN(2), r.IntN(2), education, r.IntN(2), r.IntN(2)}
		p.counts[slices.IndexFunc(p.cells, func(c []int) bool { return slices.Equal(c, cell) })]++
	}
	p.set = result.NewSet()
	p.set.Facts = result.Facts{Outcome: "goal", Reference: "b", Same: map[string]string{}, Within: map[string][]string{"complete": {"gross"}}}
	for _, sample := range []string{"gross", "complete"} {
		for s := -1; s < 2; s++ {
			for year := -1; year < 2; year++ {
				key := result.Key{Quantity: "attainment", Sample: sample, Scheme: []string{result.All, "a", "b"}[s+1]}
				at := map[string]int{"scheme": s, "year": year}
				if year >= 0 {
					key.Year = fmt.Sprint(year)
				}
				p.rate(key, at)
				for l := range 8 {
					key.Variable, key.Level = "education", fmt.Sprint(l)
					p.rate(key, map[string]int{"scheme": s, "year": year, "education": l})
				}
			}
		}
	}
	p.set.Members = p.members()
	return p
}

// Headline counts are as they were, and the others are changed by few persons.
func TestRoundingKeepsHeadlinesAndStaysNear(t *testing.T) {
	for seed := range uint64(5) {
		for _, base := range []int{3, 5} {
			p := crowd(seed, 1200)
			cleared := Clear(p.set, Rules{Threshold: 5, Base: base})
			for i, n := range cleared.Numbers() {
				v := p.set.Values[i]
				if n.State() != Shown || !n.Rounded() {
					t.Errorf("%s is not shown, or not rounded", v.Key.ID())
				} else if v.Key.Variable == "" && (n.N() != v.N || n.value.Part != v.Part) {
					t.Errorf("base %d: %s is %d of %d, and was %d of %d", base, v.Key.ID(), n.value.Part, n.N(), v.Part, v.N)
				}
			}
			r := cleared.Rounding
			if mean := float64(r.Total) / float64(r.Counts); r.Persons == 0 || r.Changed == 0 || mean > float64(base)/2 || r.Largest > 4*base {
				t.Errorf("base %d: %+v", base, r)
			}
		}
	}
}

// A difference of two shares is that of the rounded ones, with their interval.
func TestDifferencesOfRoundedShares(t *testing.T) {
	p := crowd(2, 1200)
	changed := 0
	for l := range 8 {
		at := func(year int) (part, n int) {
			return p.size(p.where("gross", map[string]int{"scheme": 0, "year": year, "education": l, "goal": 1})), p.size(p.where("gross", map[string]int{"scheme": 0, "year": year, "education": l}))
		}
		of := func(year string) result.Key {
			return result.Key{Quantity: "attainment", Sample: "gross", Scheme: "a", Year: year, Variable: "education", Level: fmt.Sprint(l)}
		}
		a, n := at(1)
		b, m := at(0)
		key := result.Key{Quantity: "measure_difference", Sample: "gross", Scheme: "a", Variable: "year", By: "education", ByLevel: fmt.Sprint(l)}
		low, high := univariate.Newcombe(a, n, b, m, 0.95)
		if err := p.set.Add("test", result.Estimate(key, result.Points, share(a, n)-share(b, m), n).WithInterval(low, high)); err != nil {
			t.Fatal(err)
		}
		c := Clear(p.set, Rules{Threshold: 5, Base: 5})
		d, x, y := c.Number(key), c.Number(of("1")), c.Number(of("0"))
		if !d.Rounded() || !sameNumber(d.Value(), x.Value()-y.Value()) || d.N() != x.N() {
			t.Errorf("level %d: %+v of %+v and %+v", l, d, x, y)
		}
		low, high = univariate.Newcombe(x.value.Part, x.N(), y.value.Part, y.N(), 0.95)
		if gotLow, gotHigh := d.Interval(); !sameNumber(gotLow, low) || !sameNumber(gotHigh, high) {
			t.Errorf("level %d: %v to %v, want %v to %v", l, gotLow, gotHigh, low, high)
		}
		if x.N() != n || y.N() != m {
			changed++
		}
	}
	if changed == 0 {
		t.Error("the draw shows nothing")
	}
}

// What is made of rounded counts has their intervals; an estimate that tells a count by
// its n alone stays as it is, and has theirs; what would tell the share is made again,
// and what rests on few is not shown.
func TestWhatRoundingMakesOfValues(t *testing.T) {
	p := crowd(1, 1200)
	key := func(quantity, level string) result.Key {
		return result.Key{Quantity: quantity, Sample: "gross", Scheme: "a", Variable: "education", Level: level}
	}
	p.set.Facts.Same["model m"] = "gross"
	for i := range p.set.Values {
		v := &p.set.Values[i]
		v.Low, v.High = univariate.Wilson(v.Part, v.N, 0.95)
	}
	for l := range 8 {
		level := fmt.Sprint(l)
		rate, _ := p.set.Get(key("attainment", level))
		if err := p.set.Add("test",
			result.Value{Key: key("group_expected", level), Unit: result.Share, Value: 0.4, Low: 0.3, High: 0.5, N: rate.N, Part: rate.Part},
			result.Value{Key: key("group_contribution", level), Unit: result.Points, Value: rate.Value - 0.4, Low: -0.1, High: 0.1, N: rate.N, Part: rate.Part},
			result.Estimate(result.Key{Quantity: "expected", Model: "m", Variable: "education", Level: level}, result.Share, 0.31, p.size(p.where("gross", map[string]int{"education": l})))); err != nil {
			t.Fatal(err)
		}
	}
	c := Clear(p.set, Rules{Threshold: 5, Base: 3})
	changed, few := 0, 0
	for l := range 8 {
		level := fmt.Sprint(l)
		rate, _ := p.set.Get(key("attainment", level))
		actual, expected, contribution := c.Number(key("attainment", level)), c.Number(key("group_expected", level)), c.Number(key("group_contribution", level))
		all, estimate := c.Number(result.Key{Quantity: "attainment", Sample: "gross", Scheme: result.All, Variable: "education", Level: level}), c.Number(result.Key{Quantity: "expected", Model: "m", Variable: "education", Level: level})
		if low, high := univariate.Wilson(actual.value.Part, actual.N(), 0.95); actual.N() > 0 && !sameNumber(actual.value.Low, low) || !sameNumber(actual.value.High, high) {
			t.Errorf("the interval of %+v is not %v to %v", actual, low, high)
		}
		switch isFew := DefaultRules.hides(rate); {
		case isFew:
			few++
			if expected.State() != Suppressed || contribution.State() != Suppressed {
				t.Errorf("%d of %d: %+v, %+v", rate.Part, rate.N, expected, contribution)
			}
		case actual.N() != rate.N || actual.value.Part != rate.Part:
			changed++
			if !expected.Rounded() || expected.Value() != 0.4 || expected.N() != actual.N() {
				t.Errorf("expected: %+v of %+v", expected, actual)
			}
			if !contribution.Rounded() || math.Abs(contribution.Value()+0.4-actual.Value()) > 1e-12 || contribution.N() != actual.N() {
				t.Errorf("contribution: %+v of %+v", contribution, actual)
			}
			moved := contribution.Value() - rate.Value + 0.4
			switch low, high := contribution.Interval(); {
			case rate.N < 50 && !(math.IsNaN(low) && math.IsNaN(high)):
				t.Errorf("of %d: %v to %v", rate.N, low, high)
			case rate.N >= 50 && (low > moved-0.1 || low <= moved-0.111 || high < moved+0.1 || high >= moved+0.111 || math.Abs(math.Remainder(low, 0.01)) > 1e-9 || math.Abs(math.Remainder(high, 0.01)) > 1e-9):
				t.Errorf("of %d, moved by %v: %v to %v", rate.N, moved, low, high)
			}
		}
		if estimate.State() == Shown && (estimate.Value() != 0.31 || estimate.N() != all.N()) {
			t.Errorf("estimate: %+v of %+v", estimate, all)
		}
	}
	if changed == 0 || few == 0 {
		t.Errorf("the draw shows nothing: %d changed, %d few", changed, few)
	}
}

// An attacker is told what is wrong with numbers that are said to be rounded.
func TestAnAttackOnARoundedNumber(t *testing.T) {
	p := crowd(3, 400)
	rules := Rules{Threshold: 5, Base: 3}
	rare := slices.IndexFunc(p.set.Values, func(v result.Value) bool { return rules.small(v.Part) && !rules.small(v.N) })
	if rare < 0 {
		t.Fatal("the draw has no small count")
	}
	v := p.set.Values[rare]
	see := func(of result.Value, shown float64, n int) string {
		return NewAttack(&p.set.Facts, tellings(p.set), rules).SeeRounded(rare, of, shown, n)
	}
	points := v
	points.Unit, points.Value = result.Points, v.Value-0.5
	for _, c := range []struct {
		name string
		got  string
		sure bool // it is wrong
	}{
		{"rounded", see(v, share(3, 24), 24), false},
		{"all of them", see(v, share(24, 24), 24), false},
		{"a small count", see(v, share(4, 24), 24), true},
		{"no multiple", see(v, share(7, 24), 24), true},
		{"no share", see(v, 0.3, 24), true},
		{"more than all", see(v, share(27, 24), 24), true},
		{"a deviation as it was", see(points, points.Value, v.N+1), true},
		{"a deviation from the rounded share", see(points, points.Value+0.01, v.N+1), false},
	} {
		if (c.got != "") != c.sure {
			t.Errorf("%s: %q", c.name, c.got)
		}
	}
}
