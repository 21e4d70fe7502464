package sensitivity

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// A Matched is a test of matched sets that tells what its p-value can be when two
// persons of a set, alike in all that is observed, differ in their odds of being
// in the scheme by up to Γ times. With Γ = 1 it is a test of a trial in which lots
// are drawn within sets; p-values are one-sided, in the direction of what is seen.
//
// Source: Rosenbaum (2002), Observational Studies, 2nd ed., chapter 4.
type Matched interface {
	// Bounds are the smallest and the largest p-value at gamma, which is at least 1.
	Bounds(gamma float64) (low, high float64)
}

// ErrNoContrast is the error of sets in each of which all have the same outcome.
var ErrNoContrast = errors.New("the persons of every matched set have the same outcome, so nothing tells the schemes apart")

// mostTipping is the Γ above which nothing is told of the tipping point.
const mostTipping = 1e6

// Tipping is the largest Γ at which the largest p-value is still at most alpha:
// what is unobserved must change the odds more than that to be able to explain the
// difference. It is 1 when the p-value of Γ = 1 is above alpha, and told to six
// digits.
func Tipping(m Matched, alpha float64) float64 {
	if _, p := m.Bounds(1); !(p <= alpha) {
		return 1
	}
	low, high := 1.0, 2.0
	for ; ; low, high = high, high*2 {
		if high > mostTipping {
			return math.Inf(1)
		}
		if _, p := m.Bounds(high); p > alpha {
			break
		}
	}
	for high-low > 1e-7*low {
		middle := (low + high) / 2
		if _, p := m.Bounds(middle); p > alpha {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}

// A Set is one person of the scheme and those matched with this one.
type Set struct {
	Size      int  // persons of the set, at least 2
	Successes int  // of them with the outcome
	Treated   bool // whether the person of the scheme has it
}

// A Binary is the test of matched sets with an outcome of yes or no: the number
// of persons of the scheme who have it, T. In a set of n persons of whom c have
// it, the person of the scheme is one of these with a probability between
//
//	c/(c + Γ(n − c))   and   Γc/(Γc + n − c)
//
// and T is a sum of independent draws. Of pairs it is McNemar's exact test: the
// discordant pairs in which the one of the scheme has the outcome are binomial.
// Sets in which all or none have it tell nothing.
//
// Source: Rosenbaum (2002), 4.3.2 (pairs) and 4.4 (sign-score statistics).
type Binary struct {
	More, Fewer int  // discordant sets: the one of the scheme has the outcome, or has it not
	Above       bool // the direction: the scheme has more than was to be expected
	kinds       []kind
}

// A kind is discordant sets of one size with equally many who have the outcome.
type kind struct{ size, successes, sets int }

// NewBinary prepares the test. The error is [ErrNoContrast], or of a set that is none.
func NewBinary(sets []Set) (*Binary, error) {
	b := &Binary{}
	count := map[kind]int{}
	for _, s := range sets {
		if s.Size < 2 || s.Successes < 0 || s.Successes > s.Size || s.Treated && s.Successes == 0 || !s.Treated && s.Successes == s.Size {
			return nil, fmt.Errorf("a matched set cannot have %d persons, %d of them with the outcome", s.Size, s.Successes)
		}
		if s.Successes == 0 || s.Successes == s.Size {
			continue
		}
		count[kind{s.Size, s.Successes, 0}]++
		if s.Treated {
			b.More++
		} else {
			b.Fewer++
		}
	}
	if b.More+b.Fewer == 0 {
		return nil, ErrNoContrast
	}
	expected := 0.0
	for k, n := range count {
		k.sets = n
		b.kinds = append(b.kinds, k)
	}
	slices.SortFunc(b.kinds, func(x, y kind) int { return cmp.Or(x.size-y.size, x.successes-y.successes) })
	for _, k := range b.kinds {
		expected += float64(k.sets*k.successes) / float64(k.size)
	}
	b.Above = float64(b.More) >= expected
	return b, nil
}

// Bounds are exact for pairs and for up to exactSets sets; of more sets of several
// kinds by the normal distribution.
func (b *Binary) Bounds(gamma float64) (low, high float64) {
	return b.tail(1 / gamma), b.tail(gamma)
}

// exactSets is the number of discordant sets up to which the distribution of a sum
// of unequal draws is worked out.
const exactSets = 2000

// tail is the probability of so many or more in the direction of what is seen,
// when the odds of who does the one thing that speaks for the scheme are gamma times.
func (b *Binary) tail(gamma float64) float64 {
	seen := b.More
	if !b.Above {
		seen = b.Fewer
	}
	chances := make([]float64, len(b.kinds))
	for i, k := range b.kinds {
		own, against := float64(k.successes), float64(k.size-k.successes)
		if !b.Above {
			own, against = against, own
		}
		chances[i] = gamma * own / (gamma*own + against)
	}
	n := b.More + b.Fewer
	switch {
	case seen == 0:
		return 1
	case len(b.kinds) == 1:
		return mathext.RegIncBeta(float64(seen), float64(n-seen+1), chances[0])
	case n > exactSets:
		mean, variance := 0.0, 0.0
		for i, k := range b.kinds {
			mean += float64(k.sets) * chances[i]
			variance += float64(k.sets) * chances[i] * (1 - chances[i])
		}
		return above((float64(seen) - mean) / math.Sqrt(variance))
	}
	return b.exactTail(seen, n, chances)
}

// exactTail works out the distribution of a sum of independent draws one by one.
func (b *Binary) exactTail(seen, n int, chances []float64) float64 {
	probability := make([]float64, n+1) // of each sum so far
	probability[0] = 1
	done := 0
	for i, k := range b.kinds {
		p := chances[i]
		for range k.sets {
			done++
			for t := done; t > 0; t-- {
				probability[t] += p * (probability[t-1] - probability[t])
			}
			probability[0] *= 1 - p
		}
	}
	sum := 0.0
	for t := n; t >= seen; t-- {
		sum += probability[t]
	}
	return sum
}

// A SignedRank is Wilcoxon's test of pairs with an outcome that is a number: the
// sum W of the ranks q of the differences in the direction of what is seen, ranked
// by size, equal ones by the mean of their ranks. Differences of 0 have ranks too,
// but count nothing (Pratt 1959). W is held against the normal distribution with
//
//	mean p Σq,   variance p(1 − p) Σq²,   p = Γ/(1 + Γ) for the largest p-value, 1/(1 + Γ) for the smallest
//
// without a correction for continuity.
//
// Source: Rosenbaum (2002), 4.3.3; Pratt (1959), JASA 54, 655–667.
type SignedRank struct {
	Pairs         int  // whose two differ
	Above         bool // the direction: the scheme has more
	sum           float64
	ranks, ranks2 float64
}

// NewSignedRank prepares the test of differences, those of the scheme less those
// they are matched with. The error is [ErrNoContrast].
func NewSignedRank(differences []float64) (*SignedRank, error) {
	d := slices.Clone(differences)
	slices.SortFunc(d, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	s := &SignedRank{}
	for first := 0; first < len(d); {
		last := first
		for last+1 < len(d) && math.Abs(d[last+1]) == math.Abs(d[first]) {
			last++
		}
		rank := float64(first+last)/2 + 1
		for _, x := range d[first : last+1] {
			if x == 0 {
				break
			}
			s.Pairs++
			s.ranks += rank
			s.ranks2 += rank * rank
			if x > 0 {
				s.sum += rank
			}
		}
		first = last + 1
	}
	if s.Pairs == 0 {
		return nil, ErrNoContrast
	}
	s.Above = s.sum >= s.ranks/2
	if !s.Above {
		s.sum = s.ranks - s.sum
	}
	return s, nil
}

// Bounds are by the normal distribution.
func (s *SignedRank) Bounds(gamma float64) (low, high float64) {
	return s.tail(1 / (1 + gamma)), s.tail(gamma / (1 + gamma))
}

func (s *SignedRank) tail(p float64) float64 {
	return above((s.sum - p*s.ranks) / math.Sqrt(p*(1-p)*s.ranks2))
}

// above is the probability of a standard normal number above z, also far out.
func above(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }
