package glmm

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/mat"

	"bidrag/model/glm"
)

// A Draw is one draw of all parameters and random effects from what the data
// say of them together. Rows are those of [Estimate.DrawnRows], in its order.
type Draw struct {
	Fixed    []float64 // by row: linear predictor without random effects, offset included
	Eta      []float64 // by row: with them
	Variance []float64 // by term, as in Data: of its random effects

	// LogWeight is the logarithm of what the draw counts: the likelihood of its
	// parameters by the density they were drawn from, up to a constant. −Inf
	// when its random effects could not be found.
	LogWeight float64
}

// Errors of [Estimate.Draw].
var (
	ErrSlopes       = errors.New("slopes vary between the groups; draws are for models whose intercepts alone vary")
	ErrNoCovariance = errors.New("the model gave no covariance of its parameters to draw from")
)

// Draw draws so many times all that the model estimates, parameters and random
// effects, and shows every draw to visit, which is called from up to
// Options.Threads goroutines, each draw once. A draw may be changed, not kept. The
// error is [ErrSlopes], [ErrNoCovariance], or that of a context that was cancelled.
//
// The parameters x (coefficients γ, relative standard deviations t, log φ) come
// from the normal distribution around their estimates with the joint Hessian,
//
//	x ~ N(x̂, C)
//
// in which the sign of t means nothing: |t| is what counts, and a standard
// deviation near zero is no edge. One that is estimated as zero has no part in
// the Hessian; it is drawn as |N(0, s²)|, with s where the log-likelihood has lost
// about ½. What the normal distribution lacks is put right by the weight
//
//	w = L(x) / q(|x|),   q summed over the signs of the t,
//
// with L the marginal likelihood by the model's own approximation: weighted
// draws are from the posterior for priors that are flat in γ, in standard
// deviations and in log φ. The random effects of a draw come from their
// distribution given its x and the data: normal around their modes with H⁻¹ in
// the first place, the Laplace approximation, from which a few independent
// Metropolis steps lead on to the exact one, for every group of the outermost
// grouping by itself. Crossed groupings keep the first draw.
//
// Draw k has a random sequence of its own, of seed and k, so that nothing
// depends on the number of threads.
//
// Source: Gelman (2006), Bayesian Analysis 1, 515–533, for the prior flat in
// standard deviations; Rubin (1988), Bayesian Statistics 3, 395–402, for
// sampling by importance; Tierney (1994), Annals of Statistics 22, 1701–1728,
// for independent Metropolis steps.
func (e *Estimate) Draw(ctx context.Context, draws int, seed uint64, visit func(k int, d *Draw)) error {
	f := e.fitted
	for _, q := range f.p.s.q {
		if q > 1 {
			return ErrSlopes
		}
	}
	if f.status != glm.Converged || f.inverse == nil && len(f.free) > 0 {
		return ErrNoCovariance
	}
	pr := f.newProposal()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(f.p.threads(), draws) {
		wait.Go(func() {
			d := newDrawer(pr)
			for k := int(next.Add(1)) - 1; k < draws && ctx.Err() == nil; k = int(next.Add(1)) - 1 {
				visit(k, d.draw(sequence(seed, k)))
			}
		})
	}
	wait.Wait()
	return ctx.Err()
}

// DrawnRows are the rows of Data that draws are of, those of positive weight, in
// the order in which a [Draw] has them.
func (e *Estimate) DrawnRows() []int32 { return slices.Clone(e.fitted.p.s.rows) }

// sequence is the random sequence of a draw.
func sequence(seed uint64, k int) *rand.Rand {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.LittleEndian.PutUint64(key[8:], uint64(k))
	copy(key[16:], "random effects")
	return rand.New(rand.NewChaCha8(key))
}

// A proposal is what parameters are drawn from.
type proposal struct {
	f     *climb
	root  *mat.Dense // of the covariance of the free parameters
	signs []int      // free parameters, by index in free, whose sign means nothing
	zero  []float64  // by held parameter: s
	tree  *lineage   // groups of the outermost grouping; nil when groupings are crossed
}

func (f *climb) newProposal() *proposal {
	pr := &proposal{f: f, zero: make([]float64, len(f.held))}
	n := len(f.free)
	for i, j := range f.free {
		if j >= f.p.k && j < f.p.k+f.p.theta {
			pr.signs = append(pr.signs, i)
		}
	}
	if n > 0 {
		pr.root = squareRoot(f.inverse)
	}
	for h, j := range f.held {
		pr.zero[h] = f.widthAtZero(j)
	}
	if f.p.s.nested {
		pr.tree = newLineage(f.p.s)
	}
	return pr
}

// squareRoot is R with R R' = c, whose smallest eigenvalues may be rounding.
func squareRoot(c *mat.SymDense) *mat.Dense {
	n := c.SymmetricDim()
	root := mat.NewDense(n, n, nil)
	scale := make([]float64, n)
	for i := range scale {
		if scale[i] = math.Sqrt(c.At(i, i)); !(scale[i] > 0) {
			scale[i] = 1
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(scaled(c, scale), true) {
		return root
	}
	eigen.VectorsTo(root)
	for k, v := range eigen.Values(nil) {
		for i := range n {
			root.Set(i, k, root.At(i, k)*scale[i]*math.Sqrt(max(v, 0)))
		}
	}
	return root
}

// widthAtZero is the standard deviation of the normal density that falls from
// zero as the likelihood does by parameter j, which is held there.
func (f *climb) widthAtZero(j int) float64 {
	w := f.p.newState(1)
	copy(w.u, f.w.u)
	x := slices.Clone(f.x)
	for h := 0.02; h < 10; h *= 1.5 {
		x[j] = h
		loss := f.value - w.evaluate(x, nil)
		if !isFinite(loss) {
			return h / 1.5
		}
		if loss >= 0.5 {
			return h / math.Sqrt(2*loss)
		}
	}
	return 1
}

// logDensity is that of a point that was drawn, with all signs of the t, less a
// constant.
func (pr *proposal) logDensity(x []float64) float64 {
	f := pr.f
	n := len(f.free)
	out := 0.0
	for h, j := range f.held {
		z := x[j] / pr.zero[h]
		out -= 0.5 * z * z
	}
	if n == 0 {
		return out
	}
	d := mat.NewVecDense(n, nil)
	largest, sum := math.Inf(-1), 0.0
	for flips := range 1 << len(pr.signs) {
		for i, j := range f.free {
			d.SetVec(i, x[j]-f.x[j])
		}
		for s, i := range pr.signs {
			if flips>>s&1 == 1 {
				d.SetVec(i, -x[f.free[i]]-f.x[f.free[i]])
			}
		}
		log := -0.5 * mat.Inner(d, f.hessian, d)
		keep, weight := 1.0, math.Exp(log-largest)
		if log > largest {
			keep, weight, largest = math.Exp(largest-log), 1, log
		}
		sum = keep*sum + weight
	}
	return out + largest + math.Log(sum)
}

// A drawer makes draws, one after the other.
type drawer struct {
	pr       *proposal
	p        *problem
	w        *state
	x, z     []float64
	u        []float64 // random effects that are drawn
	delta    []float64 // a draw less the modes
	through  []float64 // by cell
	variance []float64
	chain    *chain // nil when groupings are crossed
	out      Draw
}

func newDrawer(pr *proposal) *drawer {
	p := pr.f.p
	w := p.newState(1)
	d := &drawer{pr: pr, p: p, w: w, x: make([]float64, p.params), z: make([]float64, len(pr.f.free)),
		u: make([]float64, p.s.size), delta: make([]float64, p.s.size), through: w.cellRoom(), variance: make([]float64, len(p.s.q))}
	d.out = Draw{Fixed: make([]float64, p.rows), Eta: make([]float64, p.rows), Variance: d.variance}
	if pr.tree != nil {
		d.chain = newChain(pr.tree, p.s.size)
	}
	return d
}

func (d *drawer) draw(r *rand.Rand) *Draw {
	f := d.pr.f
	d.parameters(r)
	copy(d.w.u, f.w.u)
	value := d.w.evaluate(d.x, nil)
	d.out.LogWeight = math.Inf(-1)
	if isFinite(value) {
		d.out.LogWeight = value - f.value - d.pr.logDensity(d.x)
		d.effects(r)
	} else {
		copy(d.u, d.w.u)
	}
	d.w.predict(d.u, 0, d.p.s.cells)
	for i, v := range d.w.fix {
		d.out.Fixed[i], d.out.Eta[i] = v*d.p.unit, d.w.eta[i]*d.p.unit
	}
	for place, t := range d.p.s.order {
		relative := d.x[d.p.k+place]
		d.variance[t] = relative * relative * d.w.phi * d.p.unit * d.p.unit * d.p.slopes[place].m[0] * d.p.slopes[place].m[0]
	}
	return &d.out
}

// parameters draws x.
func (d *drawer) parameters(r *rand.Rand) {
	f := d.pr.f
	copy(d.x, f.x)
	for i := range d.z {
		d.z[i] = r.NormFloat64()
	}
	if len(d.z) > 0 {
		var step mat.VecDense
		step.MulVec(d.pr.root, mat.NewVecDense(len(d.z), d.z))
		for i, j := range f.free {
			d.x[j] += step.AtVec(i)
		}
	}
	for h, j := range f.held {
		d.x[j] = d.pr.zero[h] * r.NormFloat64()
	}
	for t := range d.p.theta { // the sign means nothing
		d.x[d.p.k+t] = math.Abs(d.x[d.p.k+t])
	}
}

// effects draws the random effects given x, of which the state has the modes.
func (d *drawer) effects(r *rand.Rand) {
	d.propose(r)
	if d.chain == nil {
		for v, u := range d.w.u {
			d.u[v] = u + d.delta[v]
		}
		return
	}
	d.chain.start(d)
	for range metropolisSteps {
		d.propose(r)
		d.chain.step(d, r)
	}
}

// metropolisSteps lead from the Laplace approximation to the distribution of the
// random effects: most are taken, and each leaves the less of the difference the
// smaller it is.
const metropolisSteps = 3

// propose fills delta with a draw from N(0, H⁻¹). With H = I + Σ w a a',
//
//	b = z₀ + Σ √w a z,   z standard normal,   has variance H,   and H⁻¹ b has H⁻¹.
func (d *drawer) propose(r *rand.Rand) {
	for v := range d.delta {
		d.delta[v] = r.NormFloat64()
	}
	for c, info := range d.w.infos {
		d.through[c] = math.Sqrt(info) * r.NormFloat64()
	}
	d.w.spreadCells(d.through, d.delta)
	d.w.newton.Solve(d.delta)
}
