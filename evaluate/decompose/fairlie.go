package decompose

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"bidrag/model/kernel"
)

// matching is room for Fairlie's decomposition.
type matching struct {
	index   []float64  // n×blocks: what the characteristics of a block add to the index
	order   [2][]int32 // persons of each scheme, by their index, one drawn twice there twice
	total   []float64  // n
	keys    []uint64   // of persons, in the order of their index
	turn    []int32    // an order in which persons of the larger scheme take their turn
	at      int        // whose turn it is
	chosen  []bool     // of the larger scheme in this sample
	taken   []int32    // those who are
	pair    [2][]int32 // the matched persons
	eta     []float64  // by pair: the index, the probability and what it lacks to 1
	mu      []float64
	rest    []float64
	changes []float64 // by block
}

// fairlie is the decomposition in which persons change their characteristics one
// block at a time. A sample of the larger scheme, as many as the smaller has, is
// matched with the smaller one by rank of what the coefficients expect of them;
// then the blocks, in an order drawn at random, pass from those of the person of
// the reference to those of the person of the scheme,
//
//	part of block b = (1/n) Σ [Λ(index after b has passed) − Λ(index before)]
//
// and parts are averaged over samples. Persons of the larger scheme take turns,
// so that all stand for it about equally often. What remains is the raw
// difference less the parts.
//
// Source: Fairlie (1999), Journal of Labor Economics 17, 80–108; Fairlie (2005),
// Journal of Economic and Social Measurement 30, 305–316.
func (m *methods) fairlie(t *tally, choice string, at *coefs, s *sample, r *room, draw []float64, orderings int, random *rand.Rand) {
	f := &r.match
	blocks := len(m.people.data.Blocks)
	if math.IsNaN(at.a) {
		orderings = 0 // the parts are 0/0
	}
	f.indices(m.people, at, draw)
	f.turn, f.at = f.turn[:0], 0
	f.changes = sized(f.changes, blocks)
	clear(f.changes)
	for range orderings {
		f.sample(random)
		f.pass(m.people, at.a, random.Perm(blocks))
	}
	values := slices.Clone(f.changes)
	explained := 0.0
	for b := range values {
		values[b] /= float64(orderings)
		explained += values[b]
	}
	part := Part{Method: Fairlie, Choice: choice, Piece: Explained, Persons: m.few.Persons, Successes: m.few.Successes}
	t.split(m.people.data.Blocks, values, nil, part)
	part.Piece = Unexplained
	t.add(s.raw()-explained, part)
}

// indices computes what every block adds, and orders the persons of a draw.
func (f *matching) indices(p *people, at *coefs, draw []float64) {
	blocks := len(p.data.Blocks)
	f.index, f.total = sized(f.index, p.n*blocks), sized(f.total, p.n)
	clear(f.index)
	clear(f.total)
	for j, b := range at.b {
		if b != 0 {
			kernel.Axpy(f.index[p.block[j]*p.n:(p.block[j]+1)*p.n], b, p.column(j+1))
		}
	}
	for b := range blocks {
		kernel.Axpy(f.total, 1, f.index[b*p.n:(b+1)*p.n])
	}
	for s := range f.order {
		f.order[s] = f.inOrder(f.order[s][:0], p, s, draw)
	}
}

// inOrder appends the persons of a scheme in a draw by their index, each as often
// as drawn. Indices that are equal to nine digits or more stand in the order of
// the rows: the number of the row takes the last bits of the key that is sorted.
func (f *matching) inOrder(order []int32, p *people, scheme int, draw []float64) []int32 {
	low := uint64(1)<<bits.Len(uint(p.n)) - 1
	f.keys = f.keys[:0]
	for i := p.begin[scheme]; i < p.begin[scheme+1]; i++ {
		if draw[i] == 0 {
			continue
		}
		key := math.Float64bits(f.total[i])
		if key>>63 == 0 {
			key |= 1 << 63
		} else {
			key = ^key
		}
		f.keys = append(f.keys, key&^low|uint64(i))
	}
	slices.Sort(f.keys)
	for _, key := range f.keys {
		i := int32(key & low)
		for range int(draw[i]) {
			order = append(order, i)
		}
	}
	return order
}

// sample matches the smaller scheme with persons of the larger one.
func (f *matching) sample(random *rand.Rand) {
	small, large := f.order[focus], f.order[reference]
	first, second := focus, reference
	if len(small) > len(large) {
		small, large, first, second = large, small, reference, focus
	}
	f.pair[first] = small
	if len(small) == len(large) {
		f.pair[second] = large
		return
	}
	if cap(f.chosen) < len(large) {
		f.chosen = make([]bool, len(large))
	}
	f.chosen = f.chosen[:len(large)]
	clear(f.chosen)
	for taken := 0; taken < len(small); f.at++ {
		if f.at == len(f.turn) {
			f.shuffle(len(large), random)
		}
		if k := f.turn[f.at]; !f.chosen[k] {
			f.chosen[k] = true
			taken++
		}
	}
	f.taken = f.taken[:0]
	for k, yes := range f.chosen {
		if yes {
			f.taken = append(f.taken, large[k])
		}
	}
	f.pair[second] = f.taken
}

// shuffle puts the n persons of the larger scheme in a new order of turns.
func (f *matching) shuffle(n int, random *rand.Rand) {
	f.at, f.turn = 0, f.turn[:0]
	for k := range n {
		f.turn = append(f.turn, int32(k))
	}
	random.Shuffle(n, func(i, j int) { f.turn[i], f.turn[j] = f.turn[j], f.turn[i] })
}

// pass lets the blocks pass in an order, and adds what changes with each.
func (f *matching) pass(p *people, constant float64, order []int) {
	n := len(f.pair[reference])
	f.eta, f.mu, f.rest = sized(f.eta, n), sized(f.mu, n), sized(f.rest, n)
	for k, i := range f.pair[reference] {
		f.eta[k] = constant + f.total[i]
	}
	before := f.expected()
	for _, b := range order {
		index := f.index[b*p.n : (b+1)*p.n]
		for k, i := range f.pair[focus] {
			f.eta[k] += index[i] - index[f.pair[reference][k]]
		}
		after := f.expected()
		f.changes[b] += after - before
		before = after
	}
}

// expected is the mean probability of the pairs.
func (f *matching) expected() float64 {
	kernel.Sigmoid(f.eta, f.mu, f.rest)
	_, _, sum := kernel.Extremes(f.mu)
	return sum / float64(len(f.mu))
}
