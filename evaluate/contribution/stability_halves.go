package contribution

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// SplitHalf tells how much of the variation in contributions is the units' own, by
// asking whether one half of a unit's participants tells what the other tells. In
// each of many splits every unit's participants are divided at random in two
// halves (one has a person more when the number is odd), and r is Pearson's
// correlation of the two halves' contributions over the units. With r̄ its mean over
// the splits,
//
//	split_half        2r̄/(1 + |r̄|)     the reliability with all participants (Spearman and Brown)
//	split_half_model  R of [modelReliability], what the multilevel model says of the same units
//	split_half_agrees 1 when R is in the interval of split_half, else 0
//
// for all units, and for those of a class of size under its first number of
// persons. The interval is Fisher's of r̄ and the number of units, corrected
// likewise: the uncertainty from there being so many units, of which splitting
// many times takes none away. Fewer than 4 units have no values.
//
// The numbers depend on the seed, and on nothing else that is not in the data.
// The error is of a context that has ended.
//
// Sources: Spearman (1910) and Brown (1910), British Journal of Psychology 3;
// Adams (2009), The Reliability of Provider Profiling, RAND TR-653.
func SplitHalf(ctx context.Context, set StabilitySettings, units []Project, persons []Person) ([]result.Value, error) {
	h := set.halve(units, persons)
	for split := range set.Splits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h.split(rand.New(rand.NewPCG(set.Seed, uint64(split))))
	}
	var out []result.Value
	for _, g := range h.groups {
		out = append(out, set.halfValues(g)...)
	}
	return out, nil
}

// halves are units whose participants are divided, again and again.
type halves struct {
	tallies []tally
	excess  [][]float64 // outcome less expected of every person, by unit
	first   []float64   // contribution of one half
	second  []float64   // of the other
	groups  []*halfGroup
}

// A halfGroup is units over which the halves are correlated.
type halfGroup struct {
	scheme, size string // size is "" for all
	units        []int
	tallies      []tally // of the units
	x, y         []float64
	sum          float64 // of r over the splits in which there is one
	splits       int
}

func (set StabilitySettings) halve(units []Project, persons []Person) *halves {
	h := &halves{tallies: count(units, persons), first: make([]float64, len(units)), second: make([]float64, len(units)), excess: make([][]float64, len(units))}
	for _, p := range persons {
		h.excess[p.Project] = append(h.excess[p.Project], p.Outcome-p.Expected)
	}
	for _, scheme := range append([]string{result.All}, funnelSchemes(h.tallies)...) {
		all := &halfGroup{scheme: scheme}
		classes := make([]*halfGroup, len(set.Sizes))
		for k, from := range set.Sizes {
			classes[k] = &halfGroup{scheme: scheme, size: strconv.Itoa(from)}
		}
		for j, t := range h.tallies {
			if t.n < max(2, set.MinLeavers) || scheme != result.All && t.Scheme != scheme {
				continue
			}
			all.units = append(all.units, j)
			if _, class := sizeClass(set.Sizes, t.n); class >= 0 {
				classes[class].units = append(classes[class].units, j)
			}
		}
		for _, g := range append([]*halfGroup{all}, classes...) {
			if len(g.units) >= 4 {
				for _, j := range g.units {
					g.tallies = append(g.tallies, h.tallies[j])
				}
				g.x, g.y = make([]float64, len(g.units)), make([]float64, len(g.units))
				h.groups = append(h.groups, g)
			}
		}
	}
	return h
}

// split divides the participants of every unit once.
func (h *halves) split(random *rand.Rand) {
	for j, excess := range h.excess {
		n := len(excess)
		if n < 2 {
			continue
		}
		half := n / 2
		var first, second float64
		for i := range half { // the first steps of a Fisher–Yates shuffle
			k := i + random.IntN(n-i)
			excess[i], excess[k] = excess[k], excess[i]
			first += excess[i]
		}
		for _, e := range excess[half:] {
			second += e
		}
		h.first[j], h.second[j] = first/float64(half), second/float64(n-half)
	}
	for _, g := range h.groups {
		for k, j := range g.units {
			g.x[k], g.y[k] = h.first[j], h.second[j]
		}
		if r := univariate.Pearson(g.x, g.y); !math.IsNaN(r) {
			g.sum += r
			g.splits++
		}
	}
}

// spearmanBrown is the reliability of a whole by the correlation of its halves.
// For a negative one it is the mirror image, so that it stays above −1.
func spearmanBrown(r float64) float64 { return 2 * r / (1 + math.Abs(r)) }

func (set StabilitySettings) halfValues(g *halfGroup) []result.Value {
	if g.splits == 0 {
		return nil
	}
	n, part := restOn(len(g.units), g.tallies)
	told := set.told(g.scheme, n, part)
	value := func(quantity, unit string, x float64) result.Value {
		v := told(quantity, unit, x)
		v.Key.Level = g.size
		return v
	}
	r := g.sum / float64(g.splits)
	low, high := univariate.FisherInterval(r, len(g.units), level)
	low, high = spearmanBrown(low), spearmanBrown(high)
	out := []result.Value{
		value("split_half_units", result.Count, float64(len(g.units))),
		value("split_half", result.Number, spearmanBrown(r)).WithInterval(low, high),
	}
	if model := modelReliability(set.Variance, g.tallies); !math.IsNaN(model) {
		agrees := 0.0
		if low <= model && model <= high {
			agrees = 1
		}
		out = append(out, value("split_half_model", result.Number, model), value("split_half_agrees", result.Count, agrees))
	}
	return out
}
