package glmm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"

	"bidrag/model/family"
	"bidrag/model/glm"
)

// near tells whether two numbers agree, relative to the size of the second.
func near(got, want, tol float64) bool {
	return got == want || math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= tol*max(1, math.Abs(want))
}

func allNear(got, want []float64, tol float64) bool {
	return slices.EqualFunc(got, want, func(g, w float64) bool { return near(g, w, tol) })
}

// numbers are all that a fit says, for comparing two.
func numbers(e *Estimate) []float64 {
	out := slices.Concat(e.Beta, e.Cov, []float64{e.LogLik, e.Dispersion, e.AIC, e.BIC})
	for _, t := range e.Terms {
		out = slices.Concat(out, t.Cov, t.Modes, t.ModeSD)
	}
	return out
}

func everyShape(t *testing.T, try func(t *testing.T, d *Data, o Options)) {
	shapesOf(t, families, slices.Concat(shapes, crossedShapes), try)
}

func shapesOf(t *testing.T, families []family.Family, shapes []shape, try func(t *testing.T, d *Data, o Options)) {
	for _, f := range families {
		for i, sh := range shapes {
			if sh.name == "tiny" && f.Link == family.CLogLog { // Laplace's likelihood has two maxima there
				continue
			}
			o := Options{}
			if i%2 == 0 && len(sh.crossed) == 0 && len(sh.nested) < 3 && sh.slopes < 2 {
				o.Quadrature = 3
			}
			t.Run(f.Dist.String()+" "+f.Link.String()+" "+sh.name, func(t *testing.T) { try(t, simulate(f, sh, uint64(i)), o) })
		}
	}
}

func TestEveryShapeConverges(t *testing.T) {
	everyShape(t, func(t *testing.T, d *Data, o Options) {
		e := mustFit(t, d, o)
		if e.Status != glm.Converged || e.GradientMax > 1e-6 {
			t.Errorf("%v: %s, gradient %g", e.Status, e.Reason, e.GradientMax)
		}
		for j := range d.P {
			if se := math.Sqrt(e.Cov[j*d.P+j]); !(se > 0) || math.IsInf(se, 0) {
				t.Errorf("standard error %d is %g", j, se)
			}
		}
	})
}

func TestTheBitsDoNotDependOnThreads(t *testing.T) {
	everyShape(t, func(t *testing.T, d *Data, o Options) {
		o.Threads = 1
		want := mustFit(t, d, o)
		for _, o.Threads = range []int{2, 5} {
			got := mustFit(t, d, o)
			if !slices.EqualFunc(numbers(got), numbers(want), func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
				t.Errorf("%d threads give other bits", o.Threads)
			}
			errors, other := want.LinearErrors(d.X, d.N, zOf(d), groupOf(d)), got.LinearErrors(d.X, d.N, zOf(d), groupOf(d))
			if !slices.Equal(errors, other) {
				t.Errorf("%d threads give other standard errors", o.Threads)
			}
		}
	})
}

// TestOrderAndLabelsDoNotMatter: rows and groups shuffled, terms in another order.
func TestOrderAndLabelsDoNotMatter(t *testing.T) {
	everyShape(t, func(t *testing.T, d *Data, o Options) {
		r := rand.New(rand.NewPCG(4, 4))
		rows := r.Perm(d.N)
		m := pick(d, rows)
		names := make([][]int, len(d.Terms))
		for k := range m.Terms {
			names[k] = r.Perm(d.Terms[k].Groups)
			for i, g := range m.Terms[k].Group {
				m.Terms[k].Group[i] = int32(names[k][g])
			}
		}
		slices.Reverse(m.Terms)
		want, got := mustFit(t, d, o), mustFit(t, m, o)
		if !allNear(got.Beta, want.Beta, 1e-7) || !allNear(got.Cov, want.Cov, 1e-6) || !near(got.LogLik, want.LogLik, 1e-10) {
			t.Errorf("shuffled: %v, %v", got.Beta, want.Beta)
		}
		for k, term := range want.Terms {
			other := got.Terms[len(want.Terms)-1-k]
			q := len(term.Boundary)
			if !allNear(other.Cov, term.Cov, 1e-6) {
				t.Errorf("shuffled: covariance %v, %v", other.Cov, term.Cov)
			}
			for g := range d.Terms[k].Groups {
				to := names[k][g]
				if !allNear(other.Modes[to*q:to*q+q], term.Modes[g*q:g*q+q], 1e-5) {
					t.Errorf("shuffled: modes %v, %v", other.Modes[to*q:to*q+q], term.Modes[g*q:g*q+q])
				}
			}
		}
	})
}

// pick returns the data with the given rows.
func pick(d *Data, rows []int) *Data {
	m := &Data{Data: d.Data}
	m.N = len(rows)
	take := func(from []float64) []float64 {
		var to []float64
		for at := 0; at < len(from); at += d.N {
			for _, i := range rows {
				to = append(to, from[at+i])
			}
		}
		return to
	}
	m.X, m.Y, m.Offset, m.Weights, m.Trials = take(d.X), take(d.Y), take(d.Offset), take(d.Weights), take(d.Trials)
	for _, term := range d.Terms {
		of := make([]int32, len(rows))
		for k, i := range rows {
			of[k] = term.Group[i]
		}
		term.Group, term.Z = of, take(term.Z)
		m.Terms = append(m.Terms, term)
	}
	return m
}

func TestRowsTwiceAreFrequencyTwo(t *testing.T) {
	everyShape(t, func(t *testing.T, d *Data, o Options) {
		var rows []int
		for i := range 2 * d.N {
			rows = append(rows, i%d.N)
		}
		want := mustFit(t, pick(d, rows), o)
		d.WeightType, d.Weights = glm.Frequency, slices.Repeat([]float64{2}, d.N)
		got := mustFit(t, d, o)
		for i, w := range numbers(want) {
			if g := numbers(got)[i]; !near(g, w, 1e-5) {
				t.Errorf("number %d is %g with rows twice and %g with weight 2", i, w, g)
			}
		}
	})
}

// TestUnitsDoNotMatter: a covariate moved and stretched, in the fixed and in
// the random part, changes what it must.
func TestUnitsDoNotMatter(t *testing.T) {
	everyShape(t, func(t *testing.T, d *Data, o Options) {
		want := mustFit(t, d, o)
		const scale, shift = 1e5, 3e5
		m := &Data{Data: d.Data, Terms: slices.Clone(d.Terms)}
		m.X = slices.Clone(d.X)
		for i, v := range d.X[d.N : 2*d.N] {
			m.X[d.N+i] = v*scale + shift
		}
		for k := range m.Terms {
			if z := slices.Clone(m.Terms[k].Z); z != nil {
				copy(z[d.N:2*d.N], m.X[d.N:2*d.N])
				m.Terms[k].Z = z
			}
		}
		got := mustFit(t, m, o)
		beta := slices.Clone(got.Beta)
		beta[0] += shift * beta[1]
		beta[1] *= scale
		if !allNear(beta, want.Beta, 1e-6) || !near(got.LogLik, want.LogLik, 1e-9) {
			t.Errorf("x·%g + %g changes the model: %v, %v", scale, shift, beta, want.Beta)
		}
		for k, term := range want.Terms {
			q := len(term.Boundary)
			if q > 1 && !near(got.Terms[k].Cov[q+1]*scale*scale, term.Cov[q+1], 1e-5) {
				t.Errorf("the slope's variance is %g, not %g", got.Terms[k].Cov[q+1]*scale*scale, term.Cov[q+1])
			}
		}
		errors, plain := got.LinearErrors(m.X, m.N, zOf(m), groupOf(m)), want.LinearErrors(d.X, d.N, zOf(d), groupOf(d))
		if !allNear(errors, plain, 1e-5) {
			t.Errorf("x·%g + %g changes the errors of predictions", scale, shift)
		}
	})
}

// TestWithoutVarianceItIsTheGLM: at T = 0 value and gradient are those of the
// model without random effects.
func TestWithoutVarianceItIsTheGLM(t *testing.T) {
	everyShape(t, func(t *testing.T, d *Data, o Options) {
		p, err := newProblem(d, o)
		if err != nil {
			t.Fatal(err)
		}
		x := p.first()
		clear(x[p.k : p.k+p.theta])
		g := make([]float64, p.params)
		value := p.newState(1).evaluate(x, g)
		if want := p.start.LogLik; d.Family.Dist != family.Gamma && !near(value, want, 1e-11) {
			t.Errorf("log-likelihood %.12g, of the GLM %.12g", value, want)
		}
		for j, v := range g[:p.k+p.theta] {
			if math.Abs(v) > 1e-5 {
				t.Errorf("derivative %d is %g", j, v)
			}
		}
	})
}

// TestOneNodeIsLaplace takes the two ways through the code.
func TestOneNodeIsLaplace(t *testing.T) {
	for _, f := range families {
		for i, sh := range shapes {
			d := simulate(f, sh, uint64(i))
			p, err := newProblem(d, Options{})
			if err != nil {
				t.Fatal(err)
			}
			w := p.newState(1)
			g, h := make([]float64, p.params), make([]float64, p.params)
			x := p.first()
			want := w.evaluate(x, g)
			integral, e := w.integrate()
			_, slope := p.dispersed(w.phi)
			w.gradient(&e, slope, h)
			direct := -0.5*w.deviance/w.phi - 0.5*dot(w.u, w.u)
			if !near(integral, direct, 1e-12) || !isFinite(want) || !allNear(h, g, 1e-7) {
				t.Errorf("%v %v %s: integral %g, at the modes %g; gradients %v, %v", f.Dist, f.Link, sh.name, integral, direct, h, g)
			}
		}
	}
}

// TestQuadratureGrowsToTheIntegral compares with the integral itself, by
// Gauss–Legendre over nine standard deviations.
func TestQuadratureGrowsToTheIntegral(t *testing.T) {
	for _, f := range families {
		for _, sh := range []shape{{rows: 60, nested: []int{9}, sd: 0.8}, {rows: 40, nested: []int{12, 4}, sd: 0.8}, {rows: 24, nested: []int{8, 4, 2}, sd: 0.7}} {
			if len(sh.nested) == 3 && f.Link != family.Logit && f.Dist != family.Gamma {
				continue
			}
			d := simulate(f, sh, 3)
			p, err := newProblem(d, Options{})
			if err != nil {
				t.Fatal(err)
			}
			x := p.first()
			want := bruteForce(p, x)
			last := math.Inf(1)
			for _, n := range []int{3, 7, 15, 31} { // one point is luckier than three now and then
				p.nodes = newNodes(n)
				off := math.Abs(p.newState(1).evaluate(x, nil) - want)
				if off > last+1e-9 {
					t.Errorf("%v %v, %d levels: with %d points it is off by %g, with fewer by %g", f.Dist, f.Link, len(sh.nested), n, off, last)
				}
				last = off
			}
			if last > 1e-7*math.Abs(want) {
				t.Errorf("%v %v, %d levels: 31 points are off by %g", f.Dist, f.Link, len(sh.nested), last)
			}
		}
	}
}

// bruteForce integrates nested intercepts one within the other, by
// Gauss–Legendre with 161 points a level, of three levels 61.
func bruteForce(p *problem, x []float64) float64 {
	w := p.newState(1)
	w.move(x)
	s := p.s
	n := 161
	if s.depth > 2 {
		n = 61
	}
	u, weight := make([]float64, n), make([]float64, n)
	quad.Legendre{}.FixedLocations(u, weight, -9, 9)
	for i := range weight {
		weight[i] *= math.Exp(-0.5*u[i]*u[i]) / math.Sqrt(2*math.Pi)
	}
	density := func(c int, b float64) float64 { // of the rows of a cell
		sum := 0.0
		for r := s.start[c]; r < s.start[c+1]; r++ {
			sum -= 0.5 * p.fam.Score([]float64{w.fix[r] + b}, p.y[r:r+1], p.a[r:r+1], nil, nil) / w.phi
		}
		return math.Exp(sum)
	}
	var inside func(k int, g int32, above float64) float64 // what lies below group g of slot k
	inside = func(k int, g int32, above float64) float64 {
		sum := 0.0
		for i, v := range u {
			product := weight[i]
			b := above + w.a[k][0]*v // the loadings of intercepts are the same in all cells
			if k == 0 {
				for c := range s.cells {
					if s.group[0][c] == g {
						product *= density(c, b)
					}
				}
			} else {
				for h := range int32(s.groups[k-1]) {
					if s.up[k-1][k][h] == g {
						product *= inside(k-1, h, b)
					}
				}
			}
			sum += product
		}
		return sum
	}
	dispersed, _ := p.dispersed(w.phi)
	total := p.saturated + dispersed
	for g := range int32(s.groups[s.depth-1]) {
		total += math.Log(inside(s.depth-1, g, 0))
	}
	return total
}

// TestBothSolvers: nested terms through the sparse factor give the same as
// through the tree.
func TestBothSolvers(t *testing.T) {
	for _, sh := range shapes {
		d := simulate(families[0], sh, 5)
		want := mustFit(t, d, Options{})
		d.Terms = append(d.Terms, crossing(d)) // its variance is held at zero below
		p, err := newProblem(d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if p.s.nested {
			t.Fatal("the terms are still nested")
		}
		x := make([]float64, p.params)
		copy(x, want.fitted.x[:p.k])
		at := p.k
		for place, q := range p.s.q {
			n := q * (q + 1) / 2
			if from := slices.Index(want.fitted.p.s.order, p.s.order[place]); from >= 0 {
				begin := want.fitted.p.k
				for _, q := range want.fitted.p.s.q[:from] {
					begin += q * (q + 1) / 2
				}
				copy(x[at:at+n], want.fitted.x[begin:])
			}
			at += n
		}
		if got := p.newState(2).evaluate(x, make([]float64, p.params)); !near(got, want.LogLik, 1e-10) {
			t.Errorf("%s: log-likelihood %.12g through the sparse factor, %.12g through the tree", sh.name, got, want.LogLik)
		}
	}
}

func crossing(d *Data) Term {
	r := rand.New(rand.NewPCG(9, 9))
	t := Term{Q: 1, Groups: 7, Group: make([]int32, d.N)}
	for i := range t.Group {
		t.Group[i] = int32(r.IntN(7))
	}
	return t
}

// TestBalancedOneWay has a closed form: with k groups of n and sums of squares
// B between and W within, the maximum-likelihood variances are W/(k(n−1)) and
// (B/k − W/(k(n−1)))/n.
//
// Source: Searle, Casella and McCulloch (1992), Variance Components, 3.7.
func TestBalancedOneWay(t *testing.T) {
	const k, n = 14, 6
	r := rand.New(rand.NewPCG(1, 3))
	d := &Data{Data: glm.Data{N: k * n, P: 1, X: slices.Repeat([]float64{1}, k*n), Y: make([]float64, k*n), Family: families[4]}}
	term := Term{Q: 1, Groups: k, Group: make([]int32, k*n)}
	mean, means := 0.0, make([]float64, k)
	for g := range k {
		b := 2 * r.NormFloat64()
		for i := range n {
			y := 5 + b + r.NormFloat64()
			d.Y[g*n+i], term.Group[g*n+i] = y, int32(g)
			mean += y / (k * n)
			means[g] += y / n
		}
	}
	d.Terms = []Term{term}
	var between, within float64
	for g := range k {
		between += n * (means[g] - mean) * (means[g] - mean)
		for i := range n {
			e := d.Y[g*n+i] - means[g]
			within += e * e
		}
	}
	residual := within / (k * (n - 1))
	group := (between/k - residual) / n
	total := residual + n*group
	logLik := -0.5 * (k*n*math.Log(2*math.Pi) + k*(n-1)*math.Log(residual) + k*math.Log(total) + within/residual + between/total)
	e := mustFit(t, d, Options{})
	got := []float64{e.Beta[0], e.Dispersion, e.Terms[0].Cov[0], e.LogLik}
	if want := []float64{mean, residual, group, logLik}; !allNear(got, want, 1e-9) {
		t.Errorf("%v, want %v", got, want)
	}
	if se, want := math.Sqrt(e.Cov[0]), math.Sqrt(total/(k*n)); !near(se, want, 3e-6) { // the Hessian is that of a point close by
		t.Errorf("standard error %g, want %g", se, want)
	}
	shrink := n * group / total
	for g, b := range e.Terms[0].Modes {
		if want := shrink * (means[g] - mean); !near(b, want, 1e-7) {
			t.Errorf("mode %d is %g, want %g", g, b, want)
		}
		if want := math.Sqrt(group * (1 - shrink)); !near(e.Terms[0].ModeSD[g], want, 1e-7) {
			t.Errorf("its standard deviation is %g, want %g", e.Terms[0].ModeSD[g], want)
		}
	}
}

// TestNoVarianceIsABoundary: groups that say nothing leave the model without
// them, and a small variance is not taken for none.
func TestNoVarianceIsABoundary(t *testing.T) {
	none, small := 0, 0
	for seed := range uint64(30) {
		for _, f := range families {
			d := simulate(f, shape{rows: 400, nested: []int{25}, sd: 0.05}, seed)
			e := mustFit(t, d, Options{})
			if e.Status != glm.Converged {
				t.Errorf("%v %v: %v, %s", f.Dist, f.Link, e.Status, e.Reason)
			}
			if !e.Terms[0].Boundary[0] {
				small++
				continue
			}
			none++
			g := mustGLM(t, d)
			if e.Terms[0].Cov[0] != 0 || !allNear(e.Beta, g.Beta, 1e-6) {
				t.Errorf("%v %v: at the boundary the variance is %g and β %v, without random effects %v", f.Dist, f.Link, e.Terms[0].Cov[0], e.Beta, g.Beta)
			}
			p := e.fitted.p
			x := slices.Clone(e.fitted.x)
			x[p.k] = 0.02
			if up := p.newState(1).evaluate(x, nil); up > e.fitted.value {
				t.Errorf("%v %v: the likelihood rises from the boundary by %g", f.Dist, f.Link, up-e.fitted.value)
			}
		}
	}
	if none < 20 || small < 20 {
		t.Errorf("%d fits at the boundary and %d not: too few to test with", none, small)
	}
}

func mustGLM(t *testing.T, d *Data) *glm.Estimate {
	t.Helper()
	e, err := glm.Fit(d.Data, glm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestErrorsOfPredictions: with the derivative of η by the parameters taken by
// differences, modes and all, and H⁻¹ by dense inversion.
func TestErrorsOfPredictions(t *testing.T) {
	everyShape(t, func(t *testing.T, d *Data, o Options) {
		e := mustFit(t, d, o)
		f := e.fitted
		p := f.p
		slopes := mat.NewDense(d.N, len(f.free), nil)
		for i, j := range f.free {
			step := 1e-4 / math.Sqrt(f.hessian.At(i, i))
			for _, sign := range []float64{1, -1} {
				w := p.newState(1)
				x := slices.Clone(f.x)
				x[j] += sign * step
				w.move(x)
				if !w.modes() {
					t.Fatal("no modes")
				}
				for r, to := range p.s.rows {
					slopes.Set(int(to), i, slopes.At(int(to), i)+sign*w.eta[r]/(2*step))
				}
			}
		}
		h := dense(f.w)
		var inverse mat.Dense
		if err := inverse.Inverse(h); err != nil {
			t.Fatal(err)
		}
		got := e.LinearErrors(d.X, d.N, zOf(d), groupOf(d))
		for c := range p.s.cells {
			a := mat.NewVecDense(p.s.size, nil)
			for k := range p.s.depth {
				a.SetVec(p.s.first[k]+int(p.s.group[p.s.place[k]][c]), f.w.a[k][c])
			}
			for r := p.s.start[c]; r < p.s.start[c+1]; r++ {
				i := int(p.s.rows[r])
				g := slopes.RowView(i)
				want := p.unit * math.Sqrt(mat.Inner(a, &inverse, a)+mat.Inner(g, f.inverse, g))
				if !near(got[i], want, 2e-5) {
					t.Fatalf("row %d: standard error %.8g, want %.8g", i, got[i], want)
				}
			}
		}
	})
}

// dense is H at the modes.
func dense(w *state) *mat.Dense {
	s := w.p.s
	h := make([]float64, s.nnz)
	w.hessian(w.infos, h)
	row, col := s.pattern()
	out := mat.NewDense(s.size, s.size, nil)
	for e, v := range h {
		out.Set(int(row[e]), int(col[e]), v)
		out.Set(int(col[e]), int(row[e]), v)
	}
	return out
}

// TestUnknownGroups: their random effect is 0, with the variance of the term.
func TestUnknownGroups(t *testing.T) {
	d := simulate(families[0], shapes[1], 2)
	e := mustFit(t, d, Options{})
	x := []float64{1, 2, 1, 0.5}
	unknown := [][]int32{{-1}, {-1}}
	z := [][]float64{nil, nil}
	fixed := e.LinearErrors(x, 1, z, nil)[0]
	all := e.LinearErrors(x, 1, z, unknown)[0]
	want := math.Sqrt(fixed*fixed + e.Terms[0].Cov[0] + e.Terms[1].Cov[0])
	if !near(all, want, 1e-9) {
		t.Errorf("standard error %g, want %g", all, want)
	}
	if eta := e.Linear(x, 1, z, unknown, nil); !near(eta[0], e.Beta[0]+2*e.Beta[1]+e.Beta[2]+0.5*e.Beta[3], 1e-12) {
		t.Errorf("η is %g", eta[0])
	}
}

func TestCrossedQuadratureIsAnError(t *testing.T) {
	d := simulate(families[0], crossedShapes[0], 1)
	if _, err := Fit(*d, Options{Quadrature: 5}); err != ErrCrossed {
		t.Errorf("error %v", err)
	}
}

// TestProfile: at the ends of the interval the loss is what the level says,
// found anew with the parameter held by an offset. One family of each kind: a
// profile is many fits.
func TestProfile(t *testing.T) {
	kinds := []family.Family{families[0], families[3], families[4], families[5]}
	few := []shape{shapes[0], shapes[1], shapes[3], shapes[4], shapes[5], crossedShapes[0], crossedShapes[1]}
	shapesOf(t, kinds, few, func(t *testing.T, d *Data, o Options) {
		e := mustFit(t, d, o)
		low, high, err := e.Profile(Parameter{Kind: Coefficient, Column: 1}, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if !(low < e.Beta[1] && e.Beta[1] < high) {
			t.Errorf("the interval %g to %g leaves out %g", low, high, e.Beta[1])
		}
		for _, b := range []float64{low, high} {
			m := *d
			m.P, m.X = 3, slices.Concat(d.X[:d.N], d.X[2*d.N:])
			m.Offset = make([]float64, d.N)
			for i, v := range d.X[d.N : 2*d.N] {
				m.Offset[i] = b * v
			}
			held := mustFit(t, &m, o)
			if loss := 2 * (e.LogLik - held.LogLik); !near(loss, 3.841458820694124, 1e-4) {
				t.Errorf("at %g twice the loss is %.8g", b, loss)
			}
		}
		for k, term := range e.Terms {
			q := len(term.Boundary)
			for j := range q {
				low, high, err := e.Profile(Parameter{Kind: SD, Term: k, Component: j}, 0.95)
				if sd := math.Sqrt(term.Cov[j*q+j]); err != nil || !(0 <= low && low <= sd && sd < high) {
					t.Errorf("term %d, component %d: %g to %g around %g, %v", k, j, low, high, sd, err)
				}
			}
		}
	})
}

// TestTheUnitOfTheResponseDoesNotMatter: from the smallest to the largest
// numbers there are.
func TestTheUnitOfTheResponseDoesNotMatter(t *testing.T) {
	for _, sh := range []shape{shapes[1], shapes[3], crossedShapes[0]} {
		d := simulate(families[4], sh, 2)
		d.Offset = slices.Clone(d.X[d.N : 2*d.N])
		want := mustFit(t, d, Options{})
		errors := want.LinearErrors(d.X, d.N, zOf(d), groupOf(d))
		low, high, err := want.Profile(Parameter{Kind: SD}, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		for _, unit := range []float64{1e-300, 1e-10, 1e6, 1e30, 1e300} {
			m := *d
			m.Y, m.Offset = slices.Clone(d.Y), slices.Clone(d.Offset)
			for i := range m.Y {
				m.Y[i] *= unit
				m.Offset[i] *= unit
			}
			got := mustFit(t, &m, Options{})
			var beta, se []float64
			for j, b := range got.Beta {
				beta, se = append(beta, b/unit), append(se, math.Sqrt(got.Cov[j*d.P+j])/unit)
				if s := want.Cov[j*d.P+j]; math.Abs(math.Log10(unit)) < 100 && !near(se[j], math.Sqrt(s), 1e-6) {
					t.Errorf("%s in units of %g: standard error %g, want %g", sh.name, unit, se[j], math.Sqrt(s))
				}
			}
			if got.Status != glm.Converged || !allNear(beta, want.Beta, 1e-9) || !near(got.LogLik, want.LogLik-float64(d.N)*math.Log(unit), 1e-10) {
				t.Errorf("%s in units of %g: %v, %v, log-likelihood %g; want %v", sh.name, unit, got.Status, beta, got.LogLik, want.Beta)
			}
			for i, e := range got.LinearErrors(m.X, m.N, zOf(&m), groupOf(&m)) {
				if !near(e/unit, errors[i], 1e-6) {
					t.Fatalf("%s in units of %g: error of a prediction %g, want %g", sh.name, unit, e/unit, errors[i])
				}
			}
			if l, h, err := got.Profile(Parameter{Kind: SD}, 0.9); err != nil || !near(l/unit, low, 1e-6) || !near(h/unit, high, 1e-6) {
				t.Errorf("%s in units of %g: profile %g to %g, want %g to %g; %v", sh.name, unit, l/unit, h/unit, low, high, err)
			}
		}
	}
}

// TestNothingButAVariance: a model without coefficients whose variance is zero
// has nothing left to estimate.
func TestNothingButAVariance(t *testing.T) {
	d := simulate(families[0], shape{rows: 200, nested: []int{20}, sd: 0.5}, 1)
	for i := range d.Y {
		d.Y[i] = float64(i % 2)
	}
	for i, g := range d.Terms[0].Group {
		d.Terms[0].Group[i] = g / 2 * 2 % 20
		d.Terms[0].Group[i] = int32(i / 2 % 20)
	}
	d.P, d.X = 0, nil
	e := mustFit(t, d, Options{})
	if want := -200 * math.Ln2; e.Status != glm.Converged || !e.Terms[0].Boundary[0] || !near(e.LogLik, want, 1e-12) {
		t.Errorf("%v, boundary %v, log-likelihood %g, want %g", e.Status, e.Terms[0].Boundary, e.LogLik, want)
	}
	low, high, err := e.Profile(Parameter{Kind: SD}, 0.95)
	if err != nil || low != 0 || !(high > 0) {
		t.Errorf("profile %g to %g, %v", low, high, err)
	}
	if se := e.LinearErrors(nil, 1, [][]float64{nil}, [][]int32{{0}}); se[0] != 0 {
		t.Errorf("standard error %g", se[0])
	}
}

// TestAGroupWithoutTrials has no say.
func TestAGroupWithoutTrials(t *testing.T) {
	for _, points := range []int{1, 5} {
		d := simulate(families[0], shapes[1], 1)
		want := mustFit(t, d, Options{Quadrature: points})
		m := pick(d, append(rand.New(rand.NewPCG(1, 1)).Perm(d.N), 0, 1))
		m.Trials = slices.Repeat([]float64{1}, m.N)
		for _, i := range []int{m.N - 2, m.N - 1} {
			m.Trials[i], m.Y[i] = 0, 0
			m.Terms[0].Group[i] = int32(m.Terms[0].Groups)
		}
		m.Terms[0].Groups++
		got := mustFit(t, m, Options{Quadrature: points})
		if !allNear(got.Beta, want.Beta, 1e-7) || !near(got.LogLik, want.LogLik, 1e-10) {
			t.Errorf("%d points: %v, want %v", points, got.Beta, want.Beta)
		}
		if mode := got.Terms[0].Modes[m.Terms[0].Groups-1]; mode != 0 {
			t.Errorf("the mode of the empty group is %g", mode)
		}
	}
}
