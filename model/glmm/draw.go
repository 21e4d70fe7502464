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
// from a distribution around their estimates with the joint Hessian: a Student's
// t with 4 degrees of freedom of t and log φ, and a normal one of γ given these,
// as wide as the t that were drawn leave it ([proposal]). The sign of t means
// nothing: |t| is what counts, and a standard deviation near zero is no edge. One
// that is estimated as zero has no part in the Hessian; it is drawn by itself as
// |s T|, T with Student's t, and s where the log-likelihood has lost about ½. What
// this distribution lacks is put right by the weight
//
//	w = L(x) / q(|x|),   q summed over the signs of the t,
//
// with L the marginal likelihood by the model's own approximation: weighted
// draws are from the posterior for priors that are flat in γ, in standard
// deviations and in log φ, which it takes at least four groups to make a
// distribution of. The random effects of a draw come from their
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

// A drawer makes draws, one after the other.
type drawer struct {
	pr       *proposal
	p        *problem
	w        *state
	x        []float64
	loads    [][]float64  // by column of X: A'WX
	chol     mat.Cholesky // of the precision of the coefficients given the scales
	u        []float64    // random effects that are drawn
	delta    []float64    // a draw less the modes
	through  []float64    // by cell
	variance []float64
	chain    *chain // nil when groupings are crossed
	out      Draw
}

func newDrawer(pr *proposal) *drawer {
	p := pr.f.p
	w := p.newState(1)
	d := &drawer{pr: pr, p: p, w: w, x: make([]float64, p.params),
		u: make([]float64, p.s.size), delta: make([]float64, p.s.size), through: w.cellRoom(), variance: make([]float64, len(p.s.q))}
	d.out = Draw{Fixed: make([]float64, p.rows), Eta: make([]float64, p.rows), Variance: d.variance}
	for range p.k {
		d.loads = append(d.loads, make([]float64, p.s.size))
	}
	if pr.tree != nil {
		d.chain = newChain(pr.tree, p.s.size)
	}
	return d
}

func (d *drawer) draw(r *rand.Rand) *Draw {
	f := d.pr.f
	density, ok := d.parameters(r)
	copy(d.w.u, f.w.u)
	value := d.w.evaluate(d.x, nil)
	d.out.LogWeight = math.Inf(-1)
	if ok && isFinite(value) {
		d.out.LogWeight = value - f.value - density
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
