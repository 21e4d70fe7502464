package match

import (
	"context"
	"math"
	"math/rand/v2"

	"bidrag/evaluate/result"
	"bidrag/model/infer"
)

// A Kind is one of the ways to weight.
type Kind int

// Ways to weight.
const (
	InverseProbability Kind = iota
	Overlap
	DoublyRobust
)

// A Weighting is a way to make the reference like the scheme by weights.
type Weighting struct {
	Kind      Kind
	All       bool    // the effect on everyone, not on the persons of the scheme; not with Overlap
	Low, High float64 // propensity scores between which persons are kept, the ends included; not with Overlap
}

// keeps tells whether a person with a score is kept.
func (w Weighting) keeps(score float64) bool { return w.Low <= score && score <= w.High }

// WeightsOf is how much every person counts, with propensity score e:
//
//	                       scheme     reference
//	effect on the scheme   1          e/(1−e)
//	effect on everyone     1/e        1/(1−e)
//	overlap                1−e        e
//
// Who is not between Low and High has 0.
//
// Source: Robins, Hernán and Brumback (2000), Epidemiology 11, 550–560; Li,
// Morgan and Zaslavsky (2018), Journal of the American Statistical Association
// 113, 390–400, on overlap weights; Crump, Hotz, Imbens and Mitnik (2009),
// Biometrika 96, 187–199, on trimming.
func (c *Comparison) WeightsOf(w Weighting) []float64 {
	out := make([]float64, len(c.Score))
	for i, e := range c.Score {
		out[i] = w.weight(c.Treated[i], e, c.complement[i])
	}
	return out
}

func (w Weighting) weight(treated bool, e, complement float64) float64 {
	switch {
	case w.Kind == Overlap && treated:
		return complement
	case w.Kind == Overlap:
		return e
	case !w.keeps(e):
		return 0
	case treated && w.All:
		return 1 / e
	case treated:
		return 1
	case w.All:
		return 1 / complement
	}
	return e / complement
}

// A Weighed is what a weighting says.
type Weighed struct {
	Effect
	Replicates int   // of the bootstrap that have an answer
	Err        error // why there is no effect, or with an effect why there is no interval; nil
}

// Weighted is what each of some weightings says: the difference of weighted
// means (Hájek's), with d 1 in the scheme and 0 in the reference,
//
//	Σ d w y / Σ d w − Σ (1−d) w y / Σ (1−d) w
//
// and doubly robust, with models m₁ and m₀ of the outcome in the scheme and in the
// reference, unweighted over those who are kept, the means over these of
//
//	on the scheme   (1/n₁) Σ d (y − m₀) − Σ (1−d) w (y − m₀) / Σ (1−d) w
//	on everyone     (1/n) Σ (m₁ − m₀) + Σ d w (y − m₁) / Σ d w − Σ (1−d) w (y − m₀) / Σ (1−d) w
//
// which is right when the propensity score or the models of the outcome are.
//
// Intervals hold the middle 95 % of a bootstrap that draws clusters, with the
// propensity score, the trimming and the models of the outcome anew in each
// replicate; all weightings are asked of the same draws.
//
// Source: Hirano and Imbens (2001), Health Services & Outcomes Research
// Methodology 2, 259–278; Robins, Rotnitzky and Zhao (1994), Journal of the
// American Statistical Association 89, 846–866, and Mercatanti and Li (2014),
// Annals of Applied Statistics 8, 2485–2508, for the effect on the treated.
func (c *Comparison) Weighted(ctx context.Context, ways []Weighting) []Weighed {
	out := make([]Weighed, len(ways))
	b := c.newWeigher(ways, out)
	whole := b.newRoom()
	at := b.answer(whole, ones(len(c.Treated)), nil)
	for k := range out {
		if out[k].Err == nil && math.IsNaN(at[3*k]) {
			out[k].Err = result.Reason{Code: result.NotFitted, About: "adjust", Message: "the propensity score or the model of the outcome cannot be fitted"}
		}
		out[k].Effect = effect(at[3*k], at[3*k+1])
	}
	b.remember(whole)
	rooms := make([]*weigherRoom, max(1, c.Threads))
	replicates, err := c.bootstrap(len(rooms), func(thread int, weight []float64) ([]float64, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if rooms[thread] == nil {
			rooms[thread] = b.newRoom()
		}
		return b.answer(rooms[thread], weight, b.start), nil
	})
	for k := range out {
		w := &out[k]
		switch {
		case w.Err != nil:
		case err != nil:
			w.Err = err
		default:
			w.Low, w.High = replicates.Interval(3*k+2, 0.95)
			w.StdError = replicates.StdError(3*k + 2)
			for _, v := range replicates.Values {
				if !math.IsNaN(v[3*k+2]) {
					w.Replicates++
				}
			}
		}
	}
	return out
}

// bootstrap draws the clusters, of which either side must have several.
func (c *Comparison) bootstrap(threads int, statistic func(thread int, weight []float64) ([]float64, error)) (*infer.Replicates, error) {
	if err := c.clusters.Compared(c.Treated); err != nil {
		return nil, err
	}
	return infer.Bootstrap(c.clusters, c.Replicates, c.Seed, threads, func(thread int, _ *rand.Rand, weight []float64) ([]float64, error) {
		return statistic(thread, weight)
	})
}

// A weigher answers weightings for weights of persons.
type weigher struct {
	*Comparison
	ways   []Weighting
	in     []float64 // 1 in the scheme, 0 in the reference
	score  *regression
	models []outcomeModels // by way
	start  *starts
}

// outcomeModels are those of a doubly robust way; nil for others, and m₁ when
// the effect is on the scheme.
type outcomeModels struct{ reference, scheme *regression }

// starts are the coefficients of everyone, from which those of draws begin.
type starts struct {
	score             []float64
	reference, scheme [][]float64 // by way
}

// newWeigher prepares the regressions. What has no answer gets its reason in out.
func (c *Comparison) newWeigher(ways []Weighting, out []Weighed) *weigher {
	b := &weigher{Comparison: c, ways: ways, in: make([]float64, len(c.Treated)), models: make([]outcomeModels, len(ways))}
	for i, t := range c.Treated {
		b.in[i] = float64(side(t))
	}
	x, err := c.Propensity.Coding.Matrix(c.data)
	if err == nil {
		b.score = newRegression(x, len(b.in), finite(c.Propensity.Beta), c.Propensity.Family.Dist)
	}
	for k, w := range ways {
		if out[k].Err = err; err != nil {
			continue
		}
		if kept := c.KeptBy(w); kept.Scheme == 0 || kept.Reference == 0 {
			out[k].Err = result.Reason{Code: result.NoOverlap, About: "trim", Message: "nobody of a scheme has a propensity score between the bounds under trim; widen them"}
			continue
		}
		if w.Kind == DoublyRobust {
			b.models[k].reference, out[k].Err = c.outcomeRegression(w, false)
			if w.All && out[k].Err == nil {
				b.models[k].scheme, out[k].Err = c.outcomeRegression(w, true)
			}
		}
	}
	return b
}

// KeptBy counts who has weight.
func (c *Comparison) KeptBy(w Weighting) Sides {
	var s Sides
	for i, v := range c.WeightsOf(w) {
		if v > 0 {
			s.count(c.Treated[i])
		}
	}
	return s
}

// outcomeRegression prepares the model of the outcome of one side, once it is
// seen that it can be fitted.
func (c *Comparison) outcomeRegression(w Weighting, treated bool) (*regression, error) {
	weights := make([]float64, len(c.Score))
	for i, e := range c.Score {
		if c.Treated[i] == treated && w.keeps(e) {
			weights[i] = 1
		}
	}
	m, err := c.fitOutcome(weights)
	if err != nil {
		return nil, err
	}
	return m.regression, nil
}

// A weigherRoom is what one goroutine needs.
type weigherRoom struct {
	score             *room
	models            []struct{ reference, scheme *room }
	e, complement     []float64
	weight            []float64 // of the draw, within what is kept of one side
	mu0, mu1, nothing []float64
	beta              starts
}

func (b *weigher) newRoom() *weigherRoom {
	n := len(b.in)
	o := &weigherRoom{models: make([]struct{ reference, scheme *room }, len(b.ways))}
	for _, x := range []*[]float64{&o.e, &o.complement, &o.weight, &o.mu0, &o.mu1, &o.nothing} {
		*x = make([]float64, n)
	}
	if b.score != nil {
		o.score = b.score.room()
	}
	for k, m := range b.models {
		if m.reference != nil {
			o.models[k].reference = m.reference.room()
		}
		if m.scheme != nil {
			o.models[k].scheme = m.scheme.room()
		}
	}
	o.beta.reference, o.beta.scheme = make([][]float64, len(b.ways)), make([][]float64, len(b.ways))
	return o
}

// remember keeps the coefficients of a room as starts.
func (b *weigher) remember(o *weigherRoom) { b.start = &o.beta }

// answer is the two means and their difference by way, NaN without an answer.
func (b *weigher) answer(o *weigherRoom, weight []float64, start *starts) []float64 {
	out := make([]float64, 3*len(b.ways))
	for k := range out {
		out[k] = math.NaN()
	}
	if b.score == nil {
		return out
	}
	if start == nil {
		start = &starts{reference: make([][]float64, len(b.ways)), scheme: make([][]float64, len(b.ways))}
	}
	beta, err := b.score.fit(o.score, b.in, weight, start.score)
	if err != nil {
		return out
	}
	o.beta.score = beta
	b.score.predict(beta, o.e)
	b.score.means(o.e, o.e, o.complement)
	for k, w := range b.ways {
		if w.Kind == DoublyRobust {
			if !b.expect(o, k, weight, start) {
				continue
			}
		}
		out[3*k], out[3*k+1] = b.means(o, w, weight)
		out[3*k+2] = out[3*k] - out[3*k+1]
	}
	return out
}

// expect fills mu0, and mu1 for an effect on everyone, with what the models of
// the outcome expect of everyone.
func (b *weigher) expect(o *weigherRoom, k int, weight []float64, start *starts) bool {
	m := b.models[k]
	for _, of := range []struct {
		*regression
		*room
		treated bool
		start   []float64
		keep    *[]float64
		mu      []float64
	}{
		{m.reference, o.models[k].reference, false, start.reference[k], &o.beta.reference[k], o.mu0},
		{m.scheme, o.models[k].scheme, true, start.scheme[k], &o.beta.scheme[k], o.mu1},
	} {
		if of.regression == nil {
			if !of.treated {
				return false
			}
			continue
		}
		for i, v := range weight {
			o.weight[i] = 0
			if b.Treated[i] == of.treated && b.ways[k].keeps(o.e[i]) {
				o.weight[i] = v
			}
		}
		beta, err := of.fit(of.room, b.Outcome, o.weight, of.start)
		if err != nil {
			return false
		}
		*of.keep = beta
		of.predict(beta, of.mu)
		of.means(of.mu, of.mu, o.nothing)
	}
	return true
}

// means are those of the scheme and of the reference by a weighting.
func (b *weigher) means(o *weigherRoom, w Weighting, weight []float64) (scheme, reference float64) {
	robust := w.Kind == DoublyRobust
	var sum, of [2]float64  // weighted outcomes, less what is expected of them
	var expected, n float64 // of those whom the effect is on, in the reference
	var likewise float64    // in the scheme
	for i, v := range weight {
		if v == 0 {
			continue
		}
		treated, y := b.Treated[i], b.Outcome[i]
		if robust && !treated {
			y -= o.mu0[i]
		} else if robust && w.All {
			y -= o.mu1[i]
		}
		if robust && (treated || w.All) && w.keeps(o.e[i]) {
			n += v
			expected += v * o.mu0[i]
			if w.All {
				likewise += v * o.mu1[i]
			}
		}
		u := v * w.weight(treated, o.e[i], o.complement[i])
		sum[side(treated)] += u * y
		of[side(treated)] += u
	}
	scheme, reference = sum[1]/of[1], sum[0]/of[0]
	if robust {
		scheme, reference = scheme+likewise/n, reference+expected/n
	}
	return scheme, reference
}
