package glmm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bidrag/model/family"
	"bidrag/model/glm"
)

var families = []family.Family{
	{Dist: family.Binomial, Link: family.Logit}, {Dist: family.Binomial, Link: family.Probit}, {Dist: family.Binomial, Link: family.CLogLog},
	{Dist: family.Poisson, Link: family.Log}, {Dist: family.Gaussian, Link: family.Identity}, {Dist: family.Gamma, Link: family.Log},
}

// A shape says which random terms a simulated model has.
type shape struct {
	name    string
	rows    int
	nested  []int // groups of nested intercepts, the finest first
	crossed []int // groups of crossed intercepts
	slopes  int   // slopes of the last nested (or first crossed) term, with its intercept
	sd      float64
}

// simulate draws data of a family and shape: an intercept, a normal column, a
// 0/1 column and one that is the same within groups of the last term.
func simulate(f family.Family, sh shape, seed uint64) *Data {
	r := rand.New(rand.NewPCG(seed, 7))
	n, k := sh.rows, 4
	d := &Data{Data: glm.Data{N: n, P: k, X: make([]float64, n*k), Y: make([]float64, n), Family: f}}
	var terms []Term
	var parent []int32
	group := make([]int32, n)
	for t, groups := range sh.nested {
		if t == 0 {
			for i := range group {
				group[i] = int32(r.IntN(groups))
			}
			for g := range groups {
				group[g%n] = int32(g)
			}
		} else {
			for g := range parent {
				parent[g] = int32(r.IntN(groups))
			}
			for g := range groups {
				parent[g%len(parent)] = int32(g)
			}
			of := make([]int32, n)
			for i := range of {
				of[i] = parent[group[i]]
			}
			group = of
		}
		terms = append(terms, Term{Q: 1, Group: slices.Clone(group), Groups: groups})
		parent = make([]int32, groups)
	}
	for _, groups := range sh.crossed {
		for i := range group {
			group[i] = int32(r.IntN(groups))
		}
		for g := range groups {
			group[g] = int32(g)
		}
		terms = append(terms, Term{Q: 1, Group: slices.Clone(group), Groups: groups})
	}
	last := &terms[len(terms)-1]
	level := make([]float64, last.Groups)
	for g := range level {
		level[g] = r.NormFloat64()
	}
	for i := range n {
		d.X[i], d.X[n+i], d.X[2*n+i], d.X[3*n+i] = 1, 2+1.5*r.NormFloat64(), float64(r.IntN(2)), level[last.Group[i]]
	}
	if sh.slopes > 0 {
		last.Q = 1 + sh.slopes
		last.Z = slices.Clone(d.X[:n*last.Q])
	}
	eta := glm.Linear([]float64{-0.3, 0.3, -0.4, 0.5}, d.X, nil, n)
	for t := range terms {
		term := &terms[t]
		for j := range term.Q {
			b := make([]float64, term.Groups)
			for g := range b {
				b[g] = sh.sd * r.NormFloat64() / float64(1+j)
			}
			for i := range eta {
				z := 1.0
				if term.Z != nil {
					z = term.Z[j*n+i]
				}
				eta[i] += z * b[term.Group[i]]
			}
		}
	}
	mu := make([]float64, n)
	f.Response(eta, mu)
	for i, m := range mu {
		d.Y[i] = draw(r, f, m)
	}
	d.Terms = terms
	return d
}

func draw(r *rand.Rand, f family.Family, mu float64) float64 {
	switch f.Dist {
	case family.Binomial:
		if r.Float64() < mu {
			return 1
		}
		return 0
	case family.Poisson:
		k, sum := -1.0, 0.0
		for sum < mu {
			sum += r.ExpFloat64()
			k++
		}
		return k
	case family.Gamma:
		return mu * (r.ExpFloat64() + r.ExpFloat64() + r.ExpFloat64()) / 3
	}
	return mu + 1.3*r.NormFloat64()
}

var shapes = []shape{
	{name: "one", rows: 300, nested: []int{20}, sd: 0.7},
	{name: "nested", rows: 400, nested: []int{40, 9}, sd: 0.7},
	{name: "three", rows: 500, nested: []int{60, 20, 5}, sd: 0.6},
	{name: "slope", rows: 400, nested: []int{15}, slopes: 1, sd: 0.6},
	{name: "nested slopes", rows: 600, nested: []int{40, 12}, slopes: 2, sd: 0.5},
	{name: "tiny", rows: 120, nested: []int{60, 25}, sd: 1},
}

var crossedShapes = []shape{
	{name: "crossed", rows: 400, crossed: []int{30, 12}, sd: 0.7},
	{name: "crossed slope", rows: 500, crossed: []int{30, 12}, slopes: 1, sd: 0.5},
	{name: "nested and crossed", rows: 500, nested: []int{40, 9}, crossed: []int{14}, sd: 0.6},
}

// TestGradient compares the analytic gradient with central differences, at
// random points, for Laplace and for quadratures.
func TestGradient(t *testing.T) {
	for _, f := range families {
		for s, sh := range shapes {
			for _, points := range []int{1, 2, 5} {
				if points == 5 && (sh.slopes > 1 || len(sh.nested) > 2) {
					continue
				}
				checkGradient(t, simulate(f, sh, uint64(s)), points, sh.name)
			}
		}
		for s, sh := range crossedShapes {
			checkGradient(t, simulate(f, sh, uint64(s)), 1, sh.name)
		}
	}
}

func checkGradient(t *testing.T, d *Data, points int, name string) {
	t.Helper()
	p, err := newProblem(d, Options{Quadrature: points})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, uint64(points)))
	w := p.newState(2)
	x := p.first()
	for i := range x {
		x[i] += 0.2 * r.NormFloat64()
	}
	g := make([]float64, p.params)
	at := w.evaluate(x, g)
	if !isFinite(at) {
		t.Fatalf("%v %v %s: log-likelihood %g", d.Family.Dist, d.Family.Link, name, at)
	}
	for i := range x {
		const h = 1e-4
		ends := [2]float64{}
		for side, sign := range []float64{1, -1} {
			y := slices.Clone(x)
			y[i] += sign * h
			ends[side] = w.evaluate(y, nil)
		}
		slope := (ends[0] - ends[1]) / (2 * h)
		if math.Abs(slope-g[i]) > 1e-5*(1+math.Abs(slope)) {
			t.Errorf("%v %v %s, %d points: derivative %d of %d is %.8g, by differences %.8g", d.Family.Dist, d.Family.Link, name, points, i, p.params, g[i], slope)
		}
	}
}

func mustFit(t testing.TB, d *Data, o Options) *Estimate {
	t.Helper()
	e, err := Fit(*d, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
