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
// them; equals among them in an order drawn at random.
type pool struct {
	expected []float64
	person   []int32
}

// newPool makes a pool of persons of whom the values are expected.
func newPool(persons []int32, expected []float64, random *rand.Rand) *pool {
	salt := random.Uint64()
	key := func(i int32) uint64 { // of a person's place among equals
		z := (uint64(i)+1)*0x9e3779b97f4a7c15 ^ salt
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return z ^ z>>31
	}
	type one struct {
		expected float64
		person   int32
	}
	order := make([]one, len(persons))
	for k, i := range persons {
		order[k] = one{expected[i], i}
	}
	slices.SortFunc(order, func(a, b one) int {
		if a.expected != b.expected {
			return cmp.Compare(a.expected, b.expected)
		}
		return cmp.Compare(key(a.person), key(b.person))
	})
	p := &pool{make([]float64, len(order)), make([]int32, len(order))}
	for k, o := range order {
		p.expected[k], p.person[k] = o.expected, o.person
	}
	return p
}

// nearest appends to who the persons, at most most of them, of whom nearly the same is
// expected as target and whom allowed lets give, the nearest first.
func (p *pool) nearest(who []int32, target float64, most int, allowed func(person int32) bool) []int32 {
	right, _ := slices.BinarySearch(p.expected, target)
	left := right - 1
	for len(who) < most && (left >= 0 || right < len(p.person)) {
		down, up := math.Inf(1), math.Inf(1)
		if left >= 0 {
			down = target - p.expected[left]
		}
		if right < len(p.person) {
			up = p.expected[right] - target
		}
		var next int32
		if down < up {
			next, left = p.person[left], left-1
		} else {
			next, right = p.person[right], right+1
		}
		if allowed(next) {
			who = append(who, next)
		}
	}
	return who
}
