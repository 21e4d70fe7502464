package disclose

import "slices"

// prime is the order of the field in which equations are solved. What follows from
// whole-number equations follows in it too, so that nothing that can be found is
// missed; that something seems to follow and does not is as unlikely as 1 in 2³¹.
const prime = 1<<31 - 1

// An echelon is a system of linear equations between unknown counts in reduced
// row echelon form. Publishing a count makes it known, which takes it out of
// every equation. A count follows from what is published exactly when there is
// an equation that it stands in alone: a row {s} of the reduced form.
//
// This is the criterion of Langsrud's GaussSuppression (2024), with equations
// between the cells in place of inner cells.
type echelon struct {
	rows  []map[int]uint64 // by row: coefficient of each unknown, that of the pivot 1
	pivot []int            // by row
	row   []int            // by unknown: the row whose pivot it is, −1
	in    []map[int]bool   // by unknown: the rows in which it stands
	stay  []bool           // by unknown: it stays unknown, and is a pivot before others (nil: not told)
}

func times(a, b uint64) uint64 { return a * b % prime }

// inverse is a^(p−2).
func inverse(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = times(out, a)
		}
		a = times(a, a)
	}
	return out
}

// newEchelon solves the equations between n counts, those known left out. That some
// stay unknown saves work and changes no answer.
func newEchelon(n int, equations []Equation, known, stay []bool) *echelon {
	e := &echelon{row: make([]int, n), in: make([]map[int]bool, n), stay: stay}
	uses := make([]int, n)
	for k := range e.row {
		e.row[k] = -1
		e.in[k] = map[int]bool{}
	}
	for _, q := range equations {
		uses[q.Whole]++
		for _, k := range q.Parts {
			uses[k]++
		}
	}
	order := make([]int, len(equations))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(equations[a].Parts) - len(equations[b].Parts) })
	for _, i := range order {
		e.add(equations[i], known, uses)
	}
	return e
}

// add puts an equation to the system.
func (e *echelon) add(q Equation, known []bool, uses []int) {
	r := map[int]uint64{}
	put := func(k int, c uint64) {
		if c = (r[k] + c) % prime; c == 0 || known[k] {
			delete(r, k)
		} else {
			r[k] = c
		}
	}
	put(q.Whole, 1)
	for _, k := range q.Parts {
		put(k, prime-1)
	}
	for _, k := range keys(r) {
		if i := e.row[k]; i >= 0 {
			subtract(r, e.rows[i], r[k])
		}
	}
	if len(r) == 0 {
		return
	}
	best := -1
	for _, k := range keys(r) {
		if best < 0 || e.stays(k) && !e.stays(best) || e.stays(k) == e.stays(best) && len(e.in[k])*4+uses[k] < len(e.in[best])*4+uses[best] {
			best = k
		}
	}
	i := len(e.rows)
	e.rows, e.pivot = append(e.rows, r), append(e.pivot, best)
	for k := range r {
		e.in[k][i] = true
	}
	e.eliminate(i, best)
}

// keys are the unknowns of a row in order.
func keys(r map[int]uint64) []int {
	out := make([]int, 0, len(r))
	for k := range r {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// subtract takes times × other from the row.
func subtract(r, other map[int]uint64, by uint64) {
	for k, c := range other {
		d := (r[k] + prime - times(by, c)) % prime
		if r[k] = d; d == 0 {
			delete(r, k)
		}
	}
}

// eliminate makes the unknown the pivot of the row and takes it out of the others.
func (e *echelon) eliminate(i, k int) {
	r := e.rows[i]
	if c := r[k]; c != 1 {
		inv := inverse(c)
		for j, d := range r {
			r[j] = times(d, inv)
		}
	}
	e.pivot[i], e.row[k] = k, i
	for _, o := range rowsOf(e.in[k]) {
		if o == i {
			continue
		}
		other := e.rows[o]
		subtract(other, r, other[k])
		for j := range r {
			if _, there := other[j]; there {
				e.in[j][o] = true
			} else {
				delete(e.in[j], o)
			}
		}
	}
}

func rowsOf(set map[int]bool) []int {
	out := make([]int, 0, len(set))
	for i := range set {
		out = append(out, i)
	}
	slices.Sort(out)
	return out
}

// next chooses the pivot that takes the place of one that becomes known: of the
// row's other unknowns, those first that stay unknown, that which stands in the
// fewest rows; −1 when there is none.
func (e *echelon) next(i, k int) int {
	best := -1
	for j := range e.rows[i] {
		if j != k && (best < 0 || e.before(j, best)) {
			best = j
		}
	}
	return best
}

func (e *echelon) stays(k int) bool { return e.stay != nil && e.stay[k] }

func (e *echelon) before(j, best int) bool {
	if e.stays(j) != e.stays(best) {
		return e.stays(j)
	}
	return len(e.in[j]) < len(e.in[best]) || len(e.in[j]) == len(e.in[best]) && j < best
}

// reveals lists the counts that would follow if k were published, and do not yet.
func (e *echelon) reveals(k int) []int {
	var out []int
	i := e.row[k]
	if i < 0 {
		for _, o := range rowsOf(e.in[k]) {
			if len(e.rows[o]) == 2 {
				out = append(out, e.pivot[o])
			}
		}
		return out
	}
	r := e.rows[i]
	j := e.next(i, k)
	if j < 0 {
		return nil // k follows already
	}
	if len(r) == 2 {
		out = append(out, j)
	}
	inv := inverse(r[j])
	for _, o := range rowsOf(e.in[j]) {
		if o == i {
			continue
		}
		if single := e.single(o, i, k, times(e.rows[o][j], inv)); single {
			out = append(out, e.pivot[o])
		}
	}
	return out
}

// single tells whether row o less by × row i, without k, has its pivot alone.
func (e *echelon) single(o, i, k int, by uint64) bool {
	a, b := e.rows[o], e.rows[i]
	if len(a)-1 > len(b) {
		return false
	}
	for j, c := range a {
		if j == e.pivot[o] || j == k {
			continue
		}
		if c != times(by, b[j]) {
			return false
		}
	}
	for j := range b {
		if j == k {
			continue
		}
		if _, there := a[j]; !there {
			return false
		}
	}
	return true
}

// publish makes the count known.
func (e *echelon) publish(k int) {
	i := e.row[k]
	if i < 0 {
		for o := range e.in[k] {
			delete(e.rows[o], k)
		}
		e.in[k] = nil
		return
	}
	j := e.next(i, k)
	delete(e.rows[i], k)
	e.in[k], e.row[k] = nil, -1
	if j < 0 {
		e.pivot[i] = -1
		return
	}
	e.eliminate(i, j)
}

// follows tells whether a count follows from what is published.
func (e *echelon) follows(k int) bool {
	i := e.row[k]
	return i >= 0 && len(e.rows[i]) == 1
}
