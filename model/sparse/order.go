package sparse

import "slices"

// A graph is the pattern of a symmetric matrix without its diagonal: the
// neighbours of node i are near[start[i]:start[i+1]].
type graph struct {
	start []int
	near  []int32
}

func (g *graph) of(i int32) []int32 { return g.near[g.start[i]:g.start[i+1]] }

// newGraph sorts the entries by node, both ways.
func newGraph(n int, row, col []int32) *graph {
	g := &graph{start: make([]int, n+2)}
	for k, i := range row {
		if j := col[k]; i != j {
			g.start[i+2]++
			g.start[j+2]++
		}
	}
	for i := 2; i < n+2; i++ {
		g.start[i] += g.start[i-1]
	}
	g.near = make([]int32, g.start[n+1])
	for k, i := range row {
		if j := col[k]; i != j {
			g.near[g.start[i+1]] = j
			g.near[g.start[j+1]] = i
			g.start[i+1]++
			g.start[j+1]++
		}
	}
	g.start = g.start[:n+1]
	return g
}

// What a node of the quotient graph is.
const (
	variable = iota // not yet eliminated; stands for weight columns
	element         // eliminated; stands for the clique of its members
	gone            // absorbed into another variable or element
)

// A quotient graph is the graph of what is left of a matrix after some steps of
// elimination, held without the fill: two variables are neighbours when they
// are in each other's lists or members of the same element (Amestoy, Davis and
// Duff 1996, section 2).
type quotient struct {
	n         int
	kind      []uint8
	weight    []int32   // columns that a variable stands for
	variables [][]int32 // of a variable: neighbours by the matrix itself
	elements  [][]int32 // of a variable: elements that it is a member of
	members   [][]int32 // of an element: its variables
	size      []int32   // of an element: weight of its members

	degree            []int32 // of a variable: upper bound of the weight of its neighbours
	first, next, prev []int32 // variables by degree, in lists linked both ways
	lowest            int32   // no variable has a degree below
	level             int32   // of the least degree, up to which bounds may serve

	chain, last []int32 // columns that a variable stands for: a list that begins with itself
	credit      []int32 // of a variable: work done beside it since its lists were last read

	mark    []int32 // set to stamp: in the set at hand
	stamp   int32
	outside []int32 // of an element: weight of its members outside the pivot's, when seen is the pivot
	seen    []int32
	bucket  []int32 // variables by hash
	follow  []int32
	hash    []uint32

	room, fresh []int32 // members of the pivot; those whose lists have been read
	read        []bool  // by member: its lists have been read

	order []int32 // columns, as they are eliminated
}

// minimumDegree returns an order of elimination with little fill: always a
// variable whose (approximate external) degree is least.
//
// It is the method of Amestoy, Davis and Duff (1996), An approximate minimum
// degree ordering algorithm, SIAM J. Matrix Anal. Appl. 17, with element
// absorption (aggressive too), mass elimination and indistinguishable
// variables. One thing is added for variables with very many neighbours, such
// as a teacher of thousands of students: their lists are read only when the
// work beside them has come to their length, or the least degree has grown by
// half since; in between the cheap bound of the degree serves.
func minimumDegree(n int, g *graph) []int32 {
	q := newQuotient(n, g)
	for len(q.order) < n {
		q.eliminate(q.pop())
	}
	return q.order
}

func newQuotient(n int, g *graph) *quotient {
	ints := func() []int32 { return make([]int32, n) }
	q := &quotient{
		n: n, kind: make([]uint8, n), weight: ints(), size: ints(), degree: ints(),
		variables: make([][]int32, n), elements: make([][]int32, n), members: make([][]int32, n),
		first: ints(), next: ints(), prev: ints(), chain: ints(), last: ints(), credit: ints(),
		mark: ints(), outside: ints(), seen: ints(), bucket: ints(), follow: ints(), hash: make([]uint32, n),
		order: make([]int32, 0, n),
	}
	near := append([]int32(nil), g.near...)
	for i := range int32(n) {
		q.weight[i], q.chain[i], q.last[i], q.seen[i], q.bucket[i], q.first[i] = 1, -1, i, -1, -1, -1
		q.variables[i] = near[g.start[i]:g.start[i+1]]
	}
	for i := int32(n) - 1; i >= 0; i-- {
		q.push(i, min(len(q.variables[i]), n-1))
	}
	return q
}

// push enters a variable into the list of its degree.
func (q *quotient) push(i int32, degree int) {
	d := int32(degree)
	q.degree[i] = d
	q.lowest = min(q.lowest, d)
	q.prev[i], q.next[i] = -1, q.first[d]
	if q.next[i] >= 0 {
		q.prev[q.next[i]] = i
	}
	q.first[d] = i
}

// remove takes a variable out of the list of its degree.
func (q *quotient) remove(i int32) {
	if q.prev[i] >= 0 {
		q.next[q.prev[i]] = q.next[i]
	} else {
		q.first[q.degree[i]] = q.next[i]
	}
	if q.next[i] >= 0 {
		q.prev[q.next[i]] = q.prev[i]
	}
}

// pop takes out a variable of least degree. When that is half more than last
// time, bounds are first replaced by degrees.
func (q *quotient) pop() int32 {
	q.settle()
	if q.lowest > q.level {
		q.level = q.lowest + q.lowest/2
		for i := range int32(q.n) {
			if q.kind[i] == variable && q.credit[i] > 0 {
				q.remove(i)
				q.push(i, int(q.count(i)))
			}
		}
		q.settle()
	}
	p := q.first[q.lowest]
	q.remove(p)
	return p
}

// settle raises lowest to the least degree.
func (q *quotient) settle() {
	for q.first[q.lowest] < 0 {
		q.lowest++
	}
}

// count drops from the lists of variable i what is gone or named twice, and
// returns the weight of its neighbours.
func (q *quotient) count(i int32) int32 {
	q.stamp++
	q.mark[i] = q.stamp
	total := int32(0)
	list := q.elements[i][:0]
	for _, e := range q.elements[i] {
		if q.kind[e] != element {
			continue
		}
		list = append(list, e)
		for _, j := range q.members[e] {
			if q.kind[j] == variable && q.mark[j] != q.stamp {
				q.mark[j] = q.stamp
				total += q.weight[j]
			}
		}
	}
	q.elements[i] = list
	list = q.variables[i][:0]
	for _, j := range q.variables[i] {
		if q.kind[j] == variable && q.mark[j] != q.stamp {
			q.mark[j] = q.stamp
			total += q.weight[j]
			list = append(list, j)
		}
	}
	q.variables[i] = list
	return total
}

// emit orders the columns that variable i stands for.
func (q *quotient) emit(i int32) {
	for ; i >= 0; i = q.chain[i] {
		q.order = append(q.order, i)
	}
}

// eliminate makes variable p an element.
func (q *quotient) eliminate(p int32) {
	pivot := q.weight[p]
	members, weight := q.gather(p)
	q.kind[p] = element
	q.emit(p)
	read := q.measure(p, members)
	live := members[:0]
	fresh := q.fresh[:0]
	for k, i := range members {
		rest := weight - q.weight[i]
		bound := q.degree[i] - pivot + rest
		if !read[k] {
			q.degree[i] = bound
			q.elements[i] = append(q.elements[i], p)
			live = append(live, i)
			continue
		}
		external := q.prune(p, i)
		if external == 0 && len(q.elements[i]) == 0 && len(q.variables[i]) == 0 {
			q.kind[i] = gone // its neighbours are those of p: mass elimination
			weight -= q.weight[i]
			q.emit(i)
			continue
		}
		q.degree[i] = min(bound, external+rest)
		q.elements[i] = append(q.elements[i], p)
		live = append(live, i)
		fresh = append(fresh, i)
	}
	q.merge(fresh)
	q.fresh = fresh
	left := int32(q.n - len(q.order))
	kept := live[:0]
	for _, i := range live {
		if q.kind[i] == variable {
			q.push(i, int(max(0, min(q.degree[i], left-q.weight[i]))))
			kept = append(kept, i)
		}
	}
	q.members[p], q.size[p] = slices.Clone(kept), weight
	q.variables[p], q.elements[p] = nil, nil
	if len(kept) == 0 {
		q.kind[p] = gone
	}
}

// gather returns the neighbours of p, marked and out of the lists of degrees,
// and their weight. Its elements are absorbed.
func (q *quotient) gather(p int32) ([]int32, int32) {
	q.stamp++
	q.mark[p] = q.stamp
	members, weight := q.room[:0], int32(0)
	add := func(list []int32) {
		for _, i := range list {
			if q.kind[i] == variable && q.mark[i] != q.stamp {
				q.mark[i] = q.stamp
				q.remove(i)
				members = append(members, i)
				weight += q.weight[i]
			}
		}
	}
	add(q.variables[p])
	for _, e := range q.elements[p] {
		if q.kind[e] == element {
			add(q.members[e])
			q.kind[e], q.members[e] = gone, nil
		}
	}
	q.room = members
	return members, weight
}

// measure finds, for every element that a member of p is a member of, the weight
// of its members outside those of p, and tells which members' lists it has read:
// all but those too long for the credit they have.
func (q *quotient) measure(p int32, members []int32) []bool {
	const short = 32
	q.read = slices.Grow(q.read[:0], len(members))
	read, all := q.read[:len(members)], true
	for k, i := range members {
		length := int32(len(q.variables[i]) + len(q.elements[i]))
		q.credit[i] += int32(len(members))
		read[k] = length <= short || q.credit[i] >= length
		all = all && read[k]
	}
	for k, i := range members {
		if !read[k] {
			continue
		}
		if q.credit[i] = 0; !all {
			q.credit[i] = 1 // the weights below are too large
		}
		for _, e := range q.elements[i] {
			if q.kind[e] != element {
				continue
			}
			if q.seen[e] != p {
				q.seen[e], q.outside[e] = p, q.size[e]
			}
			q.outside[e] -= q.weight[i]
		}
	}
	return read
}

// prune drops from the lists of member i of p what is gone or covered by p, sets
// its hash, and returns the bound of the weight of its neighbours outside p.
func (q *quotient) prune(p, i int32) int32 {
	external, hash := int32(0), uint32(p)
	list := q.elements[i][:0]
	for _, e := range q.elements[i] {
		switch {
		case q.kind[e] != element:
		case q.outside[e] <= 0: // all its members are p's: aggressive absorption
			q.kind[e], q.members[e] = gone, nil
		default:
			external += q.outside[e]
			hash += uint32(e)
			list = append(list, e)
		}
	}
	q.elements[i] = list
	list = q.variables[i][:0]
	for _, j := range q.variables[i] {
		if q.kind[j] == variable && q.mark[j] != q.stamp {
			external += q.weight[j]
			hash += uint32(j)
			list = append(list, j)
		}
	}
	q.variables[i] = list
	q.hash[i] = hash
	return external
}

// merge makes one variable of those with the same neighbours.
func (q *quotient) merge(fresh []int32) {
	for _, i := range fresh {
		slot := q.hash[i] % uint32(q.n)
		for j := q.bucket[slot]; j >= 0; j = q.follow[j] {
			if q.hash[j] == q.hash[i] && q.kind[j] == variable && q.same(i, j) {
				q.weight[j] += q.weight[i]
				q.degree[j] -= q.weight[i]
				q.chain[q.last[j]] = i
				q.last[j] = q.last[i]
				q.kind[i], q.variables[i], q.elements[i] = gone, nil, nil
				break
			}
		}
		if q.kind[i] == variable {
			q.follow[i], q.bucket[slot] = q.bucket[slot], i
		}
	}
	for _, i := range fresh {
		q.bucket[q.hash[i]%uint32(q.n)] = -1
	}
}

// same tells whether two members of the pivot have the same neighbours.
func (q *quotient) same(i, j int32) bool {
	if len(q.elements[i]) != len(q.elements[j]) || len(q.variables[i]) != len(q.variables[j]) {
		return false
	}
	q.stamp++
	for _, e := range q.elements[j] {
		q.mark[e] = q.stamp
	}
	for _, v := range q.variables[j] {
		q.mark[v] = q.stamp
	}
	for _, e := range q.elements[i] {
		if q.mark[e] != q.stamp {
			return false
		}
	}
	for _, v := range q.variables[i] {
		if q.mark[v] != q.stamp {
			return false
		}
	}
	return true
}
