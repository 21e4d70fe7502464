package disclose

import (
	"fmt"
	"math"
	"slices"

	"bidrag/evaluate/result"
	"pgregory.net/rapid"
)

// A population is invented persons, each of a cell of the classification by all
// variables at once, and what is told of them, with the cells that each count
// is a count of. Nothing of it comes from the gate.
type population struct {
	vars   []string // scheme first, the outcome last
	levels []int    // of each; a variable that may be missing has one more
	open   []bool   // the variable may be missing
	cells  [][]int  // level of each variable, −1 where it is missing; then 1 when in the complete sample
	counts []int    // persons of each cell
	set    *result.Set
	tells  []tells // by value
}

// tells are the cells that a value counts, and those of its part.
type tells struct {
	of, part []bool
	table    string
}

// drawPopulation invents 5 to 60 persons by two or three variables besides scheme,
// outcome and whether they are in the complete sample.
func drawPopulation(t *rapid.T, cats, levels, persons int) *population {
	p := &population{vars: []string{"scheme"}, levels: []int{2}, open: []bool{false}}
	for i := range cats {
		p.vars = append(p.vars, []string{"year", "education", "sex", "municipality"}[i])
		p.levels = append(p.levels, rapid.IntRange(2, levels).Draw(t, "levels"))
		p.open = append(p.open, true)
	}
	p.vars, p.levels, p.open = append(p.vars, "goal"), append(p.levels, 2), append(p.open, false)
	p.build(nil)
	p.counts = make([]int, len(p.cells))
	weight := rapid.IntRange(1, len(p.cells)).Draw(t, "occupied")
	for range rapid.IntRange(5, persons).Draw(t, "persons") {
		p.counts[rapid.IntRange(0, len(p.cells)-1).Draw(t, "cell")%weight*7%len(p.cells)]++
	}
	return p
}

// build lists the cells. Nobody knows of any but scheme and outcome that they are known of all.
func (p *population) build(cell []int) {
	if v := len(cell); v < len(p.vars) {
		for l := range p.levels[v] {
			p.build(append(slices.Clone(cell), l))
		}
		if p.open[v] {
			p.build(append(slices.Clone(cell), -1))
		}
		return
	}
	p.cells = append(p.cells, append(slices.Clone(cell), 0), append(slices.Clone(cell), 1))
}

// where marks the cells of a sample at which variables have the levels; a level
// of −1 asks nothing.
func (p *population) where(sample string, at map[string]int) []bool {
	out := make([]bool, len(p.cells))
	for c, cell := range p.cells {
		out[c] = sample == "gross" || cell[len(p.vars)] == 1
		for i, v := range p.vars {
			if l, asked := at[v]; asked && l >= 0 && cell[i] != l {
				out[c] = false
			}
		}
	}
	return out
}

// size is the number of persons in cells.
func (p *population) size(cells []bool) int {
	n := 0
	for c, in := range cells {
		if in {
			n += p.counts[c]
		}
	}
	return n
}

func (p *population) add(v result.Value, t tells) {
	if err := p.set.Add("test", v); err != nil {
		panic(err)
	}
	p.tells = append(p.tells, t)
}

// rate tells how many of a group attained the goal.
func (p *population) rate(key result.Key, at map[string]int) {
	of := p.where(key.Sample, at)
	goal := map[string]int{"goal": 1}
	for k, v := range at {
		goal[k] = v
	}
	part := p.where(key.Sample, goal)
	p.add(result.Proportion(key, p.size(part), p.size(of)), tells{of, part, fmt.Sprintf("%s %s %s %s %s", key.Quantity, key.Sample, key.Scheme, key.Variable, key.By)})
}

// tell makes the tables that the draws ask for, as the pipeline does.
func (p *population) tell(t *rapid.T, samples ...string) {
	p.set = result.NewSet()
	p.set.Facts = result.Facts{Outcome: "goal", Reference: "b", Same: map[string]string{}, Within: map[string][]string{"complete": {"gross"}}}
	if p.size(p.where("complete", nil)) == p.size(p.where("gross", nil)) {
		p.set.Facts.Same["complete"], p.set.Facts.Within = "gross", map[string][]string{}
	}
	for _, sample := range samples {
		for s := -1; s < 2; s++ {
			scheme := []string{result.All, "a", "b"}[s+1]
			key := result.Key{Quantity: "attainment", Sample: sample, Scheme: scheme}
			if rapid.Bool().Draw(t, "all") {
				of := p.where(sample, map[string]int{"scheme": s})
				p.add(result.PersonCount(result.Key{Quantity: "persons", Sample: sample, Scheme: scheme}, p.size(of)), tells{of: of, table: "persons"})
				p.rate(key, map[string]int{"scheme": s})
			}
			p.tellLevels(t, key, s)
		}
	}
}

// tellLevels tells of the levels of each variable, and of two together.
func (p *population) tellLevels(t *rapid.T, key result.Key, s int) {
	for i := 1; i < len(p.vars)-1; i++ {
		v := p.vars[i]
		if !rapid.Bool().Draw(t, v) {
			continue
		}
		for l := range p.levels[i] {
			at := map[string]int{"scheme": s, v: l}
			k := key
			switch v {
			case "year":
				k.Year = fmt.Sprint(l)
			case "municipality":
				if k.Sample != "complete" {
					continue
				}
				k.Quantity, k.Kind, k.Project = "municipality_actual", "raw", fmt.Sprint(l)
				if s >= 0 {
					k.Quantity, k.Project = "project_actual", key.Scheme+"-"+fmt.Sprint(l)
				}
			default:
				k.Variable, k.Level = v, fmt.Sprint(l)
				share := k
				share.Quantity = "share"
				of, part := p.where(k.Sample, map[string]int{"scheme": s}), p.where(k.Sample, at)
				p.add(result.Proportion(share, p.size(part), p.size(of)), tells{of, part, "share " + k.Sample + k.Scheme + v})
			}
			p.rate(k, at)
			if i > 1 && v != "municipality" && p.vars[i-1] != "year" && rapid.Bool().Draw(t, "crossed") {
				for m := range p.levels[i-1] {
					k.By, k.ByLevel = p.vars[i-1], fmt.Sprint(m)
					p.rate(k, map[string]int{"scheme": s, v: l, k.By: m})
				}
			}
		}
	}
}

// less is the cells of one group that are not in another.
func less(a, b []bool) []bool {
	out := slices.Clone(a)
	for i, in := range b {
		out[i] = out[i] && !in
	}
	return out
}

// A secret is a count that nobody may find: of few persons, or of those who are the
// exceptions when nobody is one.
type secret struct {
	cells []bool
	n     int
	name  string
	table string
}

// secrets lists what the values would tell and may not.
func (p *population) secrets() []secret {
	var out []secret
	put := func(i int, what string, cells []bool) {
		if n := p.size(cells); n > 0 && n < DefaultRules.Threshold {
			out = append(out, secret{cells, n, what + " " + p.set.Values[i].Key.ID(), p.tells[i].table + what})
		}
	}
	for i, t := range p.tells {
		put(i, "persons of", t.of)
		if t.part == nil {
			continue
		}
		put(i, "part of", t.part)
		put(i, "rest of", less(t.of, t.part))
	}
	return out
}

// rates lists the rates of 0 and 1 of attaining the goal: of whom there are none.
func (p *population) rates() []secret {
	var out []secret
	for i, t := range p.tells {
		v := p.set.Values[i]
		if t.part == nil || v.N == 0 || v.Key.Quantity == "share" {
			continue
		}
		if v.Part == 0 {
			out = append(out, secret{cells: t.part, name: "nobody of " + v.Key.ID()})
		} else if v.Part == v.N {
			out = append(out, secret{cells: less(t.of, t.part), name: "all of " + v.Key.ID()})
		}
	}
	return out
}

// known lists the counts that a reader of the cleared values knows.
func (p *population) known(c *Cleared) [][]bool {
	var out [][]bool
	for i, n := range c.Numbers() {
		if n.State() != Shown {
			continue
		}
		out = append(out, p.tells[i].of)
		if p.tells[i].part != nil {
			out = append(out, p.tells[i].part)
		}
	}
	return out
}

// A span is the sums of known counts, as rows in echelon form modulo a prime that
// is not the gate's.
type span struct {
	rows  [][]int64
	pivot []int
}

const attackersPrime = 998244353

func power(a, e int64) int64 {
	out := int64(1)
	for ; e > 0; e >>= 1 {
		if e&1 == 1 {
			out = out * a % attackersPrime
		}
		a = a * a % attackersPrime
	}
	return out
}

// reduce is what is left of a count when the known ones are taken from it.
func (s *span) reduce(cells []bool) []int64 {
	out := make([]int64, len(cells))
	for c, in := range cells {
		if in {
			out[c] = 1
		}
	}
	for i, row := range s.rows {
		if by := out[s.pivot[i]]; by != 0 {
			for c, x := range row {
				out[c] = (out[c] + (attackersPrime-by)*x) % attackersPrime
			}
		}
	}
	return out
}

// add makes a count known; it tells whether it was not before.
func (s *span) add(cells []bool) bool {
	row := s.reduce(cells)
	at := slices.IndexFunc(row, func(x int64) bool { return x != 0 })
	if at < 0 {
		return false
	}
	by := power(row[at], attackersPrime-2)
	for c := range row {
		row[c] = row[c] * by % attackersPrime
	}
	s.rows, s.pivot = append(s.rows, row), append(s.pivot, at)
	return true
}

// holds tells whether a count follows from the known ones.
func (s *span) holds(cells []bool) bool {
	return !slices.ContainsFunc(s.reduce(cells), func(x int64) bool { return x != 0 })
}

// clone is a span that can be added to.
func (s *span) clone() *span { return &span{slices.Clone(s.rows), slices.Clone(s.pivot)} }

// A simplex is the tables of no negative counts that agree with what is known.
type simplex struct {
	rows  [][]float64 // the last of each is the right side
	basis []int
	n     int
}

// newSimplex finds one of the tables by the first phase of the simplex method.
func newSimplex(known [][]bool, counts []int) *simplex {
	s := &simplex{n: len(counts)}
	independent := &span{}
	for _, cells := range known {
		if !independent.add(cells) {
			continue
		}
		row := make([]float64, s.n+1)
		for c, in := range cells {
			if in {
				row[c] = 1
				row[s.n] += float64(counts[c])
			}
		}
		s.rows = append(s.rows, row)
	}
	m := len(s.rows)
	for i, row := range s.rows {
		wide := make([]float64, s.n+m+1)
		copy(wide, row[:s.n])
		wide[s.n+i], wide[s.n+m] = 1, row[s.n]
		s.rows[i], s.basis = wide, append(s.basis, s.n+i)
	}
	gain := make([]float64, s.n+m)
	for i := range m {
		gain[s.n+i] = -1
	}
	s.maximize(gain)
	for i, b := range s.basis { // artificial counts of 0 leave
		for c := 0; b >= s.n && c < s.n; c++ {
			if math.Abs(s.rows[i][c]) > 1e-9 {
				s.turn(i, c)
				break
			}
		}
	}
	for i, row := range s.rows {
		s.rows[i] = append(row[:s.n:s.n], row[len(row)-1])
	}
	return s
}

// maximize goes from table to table by Bland's rule until none has a larger gain,
// and returns the gain; +Inf when there is no largest.
func (s *simplex) maximize(gain []float64) float64 {
	for {
		enter := -1
		for c := range gain {
			d := gain[c]
			for i, b := range s.basis {
				d -= gain[b] * s.rows[i][c]
			}
			if d > 1e-9 {
				enter = c
				break
			}
		}
		if enter < 0 {
			break
		}
		leave, least := -1, math.Inf(1)
		for i, row := range s.rows {
			if row[enter] > 1e-9 {
				if q := row[len(row)-1] / row[enter]; q < least-1e-12 || q < least+1e-12 && s.basis[i] < s.basis[leave] {
					leave, least = i, q
				}
			}
		}
		if leave < 0 {
			return math.Inf(1)
		}
		s.turn(leave, enter)
	}
	total := 0.0
	for i, b := range s.basis {
		total += gain[b] * s.rows[i][len(s.rows[i])-1]
	}
	return total
}

// turn puts a count into the basis in place of a row's.
func (s *simplex) turn(i, c int) {
	row := s.rows[i]
	by := row[c]
	for j := range row {
		row[j] /= by
	}
	for o, other := range s.rows {
		if f := other[c]; o != i && f != 0 {
			for j := range other {
				other[j] -= f * row[j]
			}
		}
	}
	s.basis[i] = c
}

// most is the largest count of the cells in any of the tables.
func (s *simplex) most(cells []bool) float64 {
	gain := make([]float64, s.n)
	for c, in := range cells {
		if in {
			gain[c] = 1
		}
	}
	return s.maximize(gain)
}
