package impute

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// donors is how many persons may give their value to one who lacks it.
const donors = 5

// A pool is those who have a value, in the order of what a model expects of
// them; equals among them in an order drawn at random. It is put into parts
// that follow each other, and a part is put in order when somebody is looked for in it.
type pool struct {
	one     []candidate
	begin   []int32 // of each part, and the end of the last
	ordered []bool
	salt    uint64
}

type candidate struct {
	expected float64
	person   int32
}

// parts is how many parts a large pool has.
const parts = 256

// newPool makes a pool of persons of whom the values are expected.
func newPool(persons []int32, expected []float64, random *rand.Rand) *pool {
	p := &pool{one: make([]candidate, len(persons)), salt: random.Uint64()}
	var splitters []float64 // of a sample
	for k := 1; k < parts && len(persons) > 4*parts; k++ {
		splitters = append(splitters, expected[persons[k*len(persons)/parts]])
	}
	slices.Sort(splitters)
	part := make([]uint8, len(persons))
	p.begin = make([]int32, len(splitters)+2)
	for k, i := range persons {
		part[k] = uint8(above(splitters, expected[i]))
		p.begin[int(part[k])+1]++
	}
	for k := range splitters {
		p.begin[k+2] += p.begin[k+1]
	}
	next := slices.Clone(p.begin)
	for k, i := range persons {
		p.one[next[part[k]]] = candidate{expected[i], i}
		next[part[k]]++
	}
	p.ordered = make([]bool, len(splitters)+1)
	return p
}

// above is how many of the splitters are at most x.
func above(splitters []float64, x float64) int {
	low, high := 0, len(splitters)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if splitters[middle] <= x {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// at is the k-th candidate in order.
func (p *pool) at(k int) candidate {
	low, high := 0, len(p.ordered)-1
	for low < high { // the last part that begins at or before k
		middle := (low + high + 1) / 2
		if int(p.begin[middle]) <= k {
			low = middle
		} else {
			high = middle - 1
		}
	}
	p.order(low)
	return p.one[k]
}

// order puts a part in order.
func (p *pool) order(part int) {
	if p.ordered[part] {
		return
	}
	p.ordered[part] = true
	slices.SortFunc(p.one[p.begin[part]:p.begin[part+1]], func(a, b candidate) int {
		if a.expected != b.expected {
			return cmp.Compare(a.expected, b.expected)
		}
		return cmp.Compare(p.key(a.person), p.key(b.person))
	})
}

// key is a person's place among equals: a hash that differs from pool to pool.
//
// Source: Steele, Lea and Flood (2014), OOPSLA, 453–472 (SplitMix64).
func (p *pool) key(person int32) uint64 {
	z := (uint64(person)+1)*0x9e3779b97f4a7c15 ^ p.salt
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// nearest appends to who the persons, at most most of them, of whom nearly the same is
// expected as target and whom allowed lets give, the nearest first.
func (p *pool) nearest(who []int32, target float64, most int, allowed func(person int32) bool) []int32 {
	right := p.search(target)
	left := right - 1
	for len(who) < most && (left >= 0 || right < len(p.one)) {
		down, up := math.Inf(1), math.Inf(1)
		var lower, upper candidate
		if left >= 0 {
			lower = p.at(left)
			down = target - lower.expected
		}
		if right < len(p.one) {
			upper = p.at(right)
			up = upper.expected - target
		}
		next := upper
		if right == len(p.one) || down < up {
			next, left = lower, left-1
		} else {
			right++
		}
		if allowed(next.person) {
			who = append(who, next.person)
		}
	}
	return who
}

// search is the place of the first candidate of whom at least target is expected.
func (p *pool) search(target float64) int {
	low, high := 0, len(p.one)
	for low < high {
		middle := (low + high) / 2
		if p.at(middle).expected < target {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}
