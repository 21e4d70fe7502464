package result

import (
	"cmp"
	"math"
	"slices"
)

// An Amount is a sum of amounts of money that can be found by a value, with what
// the gate must know of those who contribute to it. Amounts below zero count by
// their absolute values (Hundepool et al. 2012, ch. 4).
type Amount struct {
	Of      string `json:"of"`                // the variable
	Squares bool   `json:"squares,omitempty"` // the sum is of squares, as a standard deviation tells it
	Owned   bool   `json:"owned,omitempty"`   // one who contributes may have several rows, and so be in several parts of a sum

	// Key is of the value that tells this sum by itself, as the mean of a standard
	// deviation; the value's own when empty.
	Key Key `json:"-"`

	// Apart says that the sum is no part of another: contributions have weights.
	Apart bool `json:"-"`

	N       int       `json:"n"`       // rows that the sum is over
	By      int       `json:"by"`      // contributions that it is made of
	Total   float64   `json:"total"`   // Σ |x|
	Largest []float64 `json:"largest"` // the largest contributions, at most MaxLargest, falling
}

// MaxLargest is how many contributions of an Amount are kept.
const MaxLargest = 10

// Contributions returns an amount of a variable. Elements of one owner are one
// contribution; without owners (nil) each is one. Elements that are no finite
// number are left out.
func Contributions(of string, x []float64, owners []int) Amount {
	a := Amount{Of: of, Owned: owners != nil}
	each := make([]float64, 0, len(x))
	at := map[int]int{}
	for i, v := range x {
		if !finite(v) {
			continue
		}
		a.N++
		v = math.Abs(v)
		a.Total += v
		if owners == nil {
			each = append(each, v)
			continue
		}
		k, seen := at[owners[i]]
		if !seen {
			k = len(each)
			at[owners[i]] = k
			each = append(each, 0)
		}
		each[k] += v
	}
	a.By = len(each)
	a.Largest = make([]float64, 0, MaxLargest+1)
	for _, v := range each {
		if len(a.Largest) == MaxLargest && v <= a.Largest[MaxLargest-1] {
			continue
		}
		i, _ := slices.BinarySearchFunc(a.Largest, v, func(x, y float64) int { return cmp.Compare(y, x) })
		a.Largest = slices.Insert(a.Largest, i, v)
		a.Largest = a.Largest[:min(len(a.Largest), MaxLargest)]
	}
	return a
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Told returns the amount as that which the value of a key tells by itself.
func (a Amount) Told(by Key) Amount {
	a.Key = by
	return a
}

// Near is what is told in place of a quantile of amounts, which would be one owner's
// own: the mean of the amounts of the n owners nearest to it, each owner's nearest; and
// the amount that it is a mean of. Where as many have the quantile itself, it is that.
// There is none for fewer than n owners.
//
// This is microaggregation (Hundepool et al. 2012, ch. 3) of the amounts around the quantile.
func Near(of string, quantile float64, x []float64, owners []int, n int) (*float64, Amount) {
	type one struct {
		amount float64
		owner  int
	}
	nearest := make([]one, 0, len(x))
	for i, v := range x {
		if !finite(v) {
			continue
		}
		nearest = append(nearest, one{v, -1})
		if owners != nil {
			nearest[len(nearest)-1].owner = owners[i]
		}
	}
	slices.SortStableFunc(nearest, func(a, b one) int {
		return cmp.Or(cmp.Compare(math.Abs(a.amount-quantile), math.Abs(b.amount-quantile)), cmp.Compare(a.amount, b.amount), cmp.Compare(a.owner, b.owner))
	})
	var chosen []float64
	sum, seen := 0.0, map[int]bool{}
	for _, o := range nearest {
		if owners != nil && seen[o.owner] {
			continue
		}
		if seen[o.owner] = true; len(chosen) < n {
			chosen = append(chosen, o.amount)
			sum += o.amount
		}
	}
	amount := Contributions(of, chosen, nil)
	amount.Apart = true
	if len(chosen) < n {
		return nil, amount
	}
	mean := sum / float64(n)
	return &mean, amount
}

// A Summed is an amount and whose it is.
type Summed struct {
	Amount
	Group Group `json:"group"`
}

// Amounts returns the sums of amounts that a value tells of, and whose they are. That
// an amount is known adds nothing: who has none that is known contributes none.
func (f *Facts) Amounts(v Value) []Summed {
	var out []Summed
	for _, a := range v.Amounts {
		of := Value{Key: a.Key, N: a.N, Part: -1}
		if a.Key == (Key{}) {
			of.Key = v.Key
		}
		own := People("sum " + clean(of.Key.ID()))
		if f.Alone || a.Apart {
			out = append(out, Summed{a, own})
			continue
		}
		group := f.Counts(of)[0].Group
		out = append(out, Summed{a, group.Without(clean(a.Of) + " known")})
	}
	return out
}
