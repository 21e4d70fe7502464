package impute

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"bidrag/model/kernel"
	"bidrag/model/univariate"
	"bidrag/study"
)

// A linear model of a variable's numbers, standardized,
//
//	y = Xβ + u + e,   e ~ N(0, σ²),   u ~ N(0, τ²) by cluster or 0
//
// with the usual prior p(β, σ²) ∝ 1/σ². Without clusters parameters are drawn as
//
//	σ*² = RSS/χ²(n − k),   β* = β̂ + σ* (X'X)⁻½ z
//
// With clusters β and u are drawn together given the variances, and the variances
// given these, in turn; τ² has the prior of one more cluster with u² = 1/100.
// Gaps are filled with draws from the model at these parameters, within bounds;
// or, matching, by the value of one of the five persons whose Xβ̂ + û are nearest to the
// Xβ* + u* of the one who lacks it.
//
// Source: Rubin (1987), Multiple Imputation for Nonresponse in Surveys, example
// 5.1, and p. 168; van Buuren (2018), algorithms 3.1, 3.3 (matching of type 1) and
// 7.1; Schafer and Yucel (2002), Journal of Computational and Graphical
// Statistics 11, 437–457.
type linear struct {
	at           int // variable
	cols         []int
	y            []float64 // by person, standardized; 0 for those who lack it
	mean, scale  float64
	matching     bool
	clustered    bool
	sigma2, tau2 float64 // of the last draw
}

func newLinear(s *state, at int, cols []int, matching bool) *linear {
	v := s.variables[at]
	m := &linear{at: at, cols: cols, matching: matching, y: make([]float64, s.n), clustered: s.intercept, sigma2: 1, tau2: 0.1}
	m.mean, m.scale = univariate.MeanSD(known(v.number))
	for i, x := range v.number {
		if !math.IsNaN(x) {
			m.y[i] = (x - m.mean) / m.scale
		}
	}
	return m
}

func (m *linear) clone() model {
	c := *m
	return &c
}

// parameters are estimates and a draw of coefficients and cluster effects.
type parameters struct {
	hat, drawn   []float64 // β
	hatU, drawnU []float64 // u by cluster; nil without
	sigma        float64
	information  []float64 // factor of X'X
}

func (m *linear) fill(s *state) error {
	e, err := m.estimate(s)
	if err != nil {
		return err
	}
	v := s.variables[m.at]
	target := s.predictMissing(v, m.cols, e.drawn)
	s.addEffects(target, v.missing, e.drawnU)
	if m.matching {
		m.match(s, e, target)
		return nil
	}
	for k, i := range v.missing {
		low, high := s.limits(m.at, int(i))
		x := m.mean + v.shift + m.scale*(target[k]+e.sigma*truncated(s.random, m.standardize(low-v.shift, target[k], e.sigma), m.standardize(high-v.shift, target[k], e.sigma)))
		s.put(m.at, int(i), min(max(x, low), high))
	}
	return nil
}

func (m *linear) standardize(x, centre, sigma float64) float64 {
	return ((x-m.mean)/m.scale - centre) / sigma
}

// match fills gaps with the values of persons who are like those who lack one.
func (m *linear) match(s *state, e *parameters, target []float64) {
	v := s.variables[m.at]
	s.predict(m.cols, e.hat)
	having := s.having(v)
	if e.hatU != nil {
		for _, i := range having {
			if g := s.clusters.of[i]; g >= 0 {
				s.eta[i] += e.hatU[g]
			}
		}
	}
	p := newPool(having, s.eta, s.random)
	who := make([]int32, 0, donors)
	for k, i := range v.missing {
		low, high := s.limits(m.at, int(i))
		who = p.nearest(who[:0], target[k], donors, func(person int32) bool {
			return v.number[person] >= low && v.number[person] <= high
		})
		if len(who) == 0 { // nobody may give: the nearest, brought within the bounds
			who = p.nearest(who, target[k], 1, func(int32) bool { return true })
		}
		s.put(m.at, int(i), s.within(m.at, v.number[who[s.random.IntN(len(who))]], low, high))
	}
}

// estimate finds the coefficients and draws parameters.
func (m *linear) estimate(s *state) (*parameters, error) {
	v := s.variables[m.at]
	k := len(m.cols)
	a := s.observed(v, m.cols)
	b := make([]float64, k)
	for i, j := range m.cols {
		b[i] = kernel.Dot(s.column(j), m.y)
	}
	if m.clustered {
		return m.gibbs(s, a, b)
	}
	l, ok := factor(a, k)
	if !ok {
		return nil, errSingular
	}
	e := &parameters{hat: solve(l, b), information: l}
	rss := max(kernel.Dot(m.y, m.y)-dot(e.hat, b), 0)
	df := float64(max(v.known-k, 1))
	e.sigma = math.Sqrt(rss / chiSquared(s.random, df))
	e.drawn = spread(l, s.normals(k))
	for i := range e.drawn {
		e.drawn[i] = e.hat[i] + e.sigma*e.drawn[i]
	}
	m.sigma2 = e.sigma * e.sigma
	return e, nil
}

func chiSquared(random *rand.Rand, df float64) float64 {
	return distuv.ChiSquared{K: df, Src: random}.Rand()
}

// truncated draws a standard normal number between low and high, by the
// inverse of its distribution in the tail where that is exact.
func truncated(random *rand.Rand, low, high float64) float64 {
	if math.IsInf(low, -1) && math.IsInf(high, 1) {
		return random.NormFloat64()
	}
	if !(low < high) {
		return low
	}
	if low > 0 {
		return -truncated(random, -high, -low)
	}
	// From here low ≤ 0: the lower tail, whose probabilities do not cancel.
	p, q := distuv.UnitNormal.CDF(low), distuv.UnitNormal.CDF(high)
	if q == 0 {
		return high
	}
	z := distuv.UnitNormal.Quantile(p + (q-p)*(1-random.Float64()))
	return min(max(z, low), high)
}

// limits are the bounds of a variable's value for person i.
func (s *state) limits(at, i int) (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	if b := s.bounds[at][0]; b != nil {
		low = b.of(s, i, low)
	}
	if b := s.bounds[at][1]; b != nil {
		high = b.of(s, i, high)
	}
	return low, high
}

// A bound is a limit that has been looked up.
type bound struct {
	value    float64
	fixed    []float64 // by person; nil for value
	variable int       // whose present value it is; −1 for none
}

func (b *bound) of(s *state, i int, none float64) float64 {
	x := b.value
	switch {
	case b.variable >= 0:
		x = s.number[b.variable][i]
	case b.fixed != nil:
		x = b.fixed[i]
	}
	if math.IsNaN(x) {
		return none
	}
	return x
}

// within is a value after the shift, brought within bounds; of a variable with
// levels the level below or above, with the chance that makes it right on average.
func (s *state) within(at int, x, low, high float64) float64 {
	v := s.variables[at]
	if !v.coded() {
		return min(max(x+v.shift, low), high)
	}
	if v.Method == study.Multinomial || len(v.value) == 2 {
		return x
	}
	x += v.shift
	above, exact := slices.BinarySearch(v.value, x)
	switch {
	case above == len(v.value):
		above--
	case above > 0 && !exact:
		below := v.value[above-1]
		if s.coins.Float64() >= (x-below)/(v.value[above]-below) {
			above--
		}
	}
	for above > 0 && v.value[above] > high {
		above--
	}
	for above < len(v.value)-1 && v.value[above] < low {
		above++
	}
	return v.value[above]
}
