package glmm

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// A proposal is what parameters are drawn from: first the scales s, those of the
// standard deviations t and log φ that are free, then the coefficients given them,
//
//	s ~ t₄(ŝ, C_ss)      γ | s ~ N(γ̂ + M(s − ŝ), P(s)⁻¹)
//	M = C_γs C_ss⁻¹      P(s) = X'(W⁻¹ + Z Σ(s) Z')⁻¹X
//
// with C the inverse of the joint Hessian and W as at the estimates. Standard
// deviations have long tails when the groups are few, and the coefficients are the
// less certain the larger they are: so are both here, that weights stay small.
type proposal struct {
	f         *climb
	scales    []int      // the parameters s
	signs     []int      // places in scales of what has a sign that means nothing
	root      *mat.Dense // of C_ss
	precision mat.Dense  // C_ss⁻¹
	follow    mat.Dense  // M
	zero      []float64  // by held parameter: s
	tree      *lineage   // groups of the outermost grouping; nil when groupings are crossed

	cross *mat.SymDense // X'WX
	cells [][]float64   // by column of X, and by cell: X'W of its rows
}

// tail is the degrees of freedom of the scales' distribution.
const tail = 4

func (f *climb) newProposal() *proposal {
	p := f.p
	pr := &proposal{f: f, zero: make([]float64, len(f.held))}
	var at []int // places of the scales among the free parameters
	for i, j := range f.free {
		if j < p.k {
			continue
		}
		if j < p.k+p.theta {
			pr.signs = append(pr.signs, len(at))
		}
		pr.scales, at = append(pr.scales, j), append(at, i)
	}
	for h, j := range f.held {
		pr.zero[h] = f.widthAtZero(j)
	}
	if p.s.nested {
		pr.tree = newLineage(p.s)
	}
	if n := len(at); n > 0 {
		covariance, with := mat.NewSymDense(n, nil), mat.NewDense(max(p.k, 1), n, nil)
		for a, i := range at {
			for b := range a + 1 {
				covariance.SetSym(a, b, f.inverse.At(i, at[b]))
			}
			for k := range p.k {
				with.Set(k, a, f.inverse.At(k, i))
			}
		}
		pr.root = squareRoot(covariance)
		if err := pr.precision.Inverse(covariance); err != nil && pr.precision.IsEmpty() {
			pr.precision.CloneFrom(mat.NewDiagDense(n, slices.Repeat([]float64{1}, n)))
		}
		pr.follow.Mul(with, &pr.precision)
	}
	pr.information()
	return pr
}

// information fills X'WX and X'W by cell.
func (pr *proposal) information() {
	w, p := pr.f.w, pr.f.p
	if p.k == 0 {
		return
	}
	pr.cross = mat.NewSymDense(p.k, nil)
	product := make([]float64, p.rows)
	for k := range p.k {
		for i, x := range p.column(k) {
			product[i] = x * w.info[i]
		}
		sums := make([]float64, p.s.cells)
		w.sumCells(product, sums, 0, p.s.cells)
		pr.cells = append(pr.cells, sums)
		for l := range k + 1 {
			pr.cross.SetSym(k, l, dot(product, p.column(l)))
		}
	}
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

// parameters draws x and returns whether it could, and the logarithm of the
// density there, summed over the signs, less a constant.
func (d *drawer) parameters(r *rand.Rand) (log float64, ok bool) {
	pr, f := d.pr, d.pr.f
	copy(d.x, f.x)
	heavy := func() float64 { return math.Sqrt(tail / (2 * (r.ExpFloat64() + r.ExpFloat64()))) } // √(ν/χ²), ν = 4
	for h, j := range f.held {
		z := r.NormFloat64() * heavy()
		d.x[j] = math.Abs(pr.zero[h] * z)
		log += studentLog(z*z, 1)
	}
	n := len(pr.scales)
	moved := make([]float64, n)
	if n > 0 {
		z := mat.NewVecDense(n, nil)
		for i := range n {
			z.SetVec(i, r.NormFloat64())
		}
		var step mat.VecDense
		step.ScaleVec(heavy(), z)
		step.MulVec(pr.root, &step)
		for i, j := range pr.scales {
			moved[i] = step.AtVec(i)
			d.x[j] += moved[i]
		}
		for _, i := range pr.signs {
			d.x[pr.scales[i]] = math.Abs(d.x[pr.scales[i]])
		}
	}
	if f.p.k > 0 {
		if !d.precision() {
			return 0, false
		}
		d.coefficients(moved, r)
	}
	return log + d.overSigns(), true
}

// studentLog is the log density of t₄ in so many dimensions at a squared distance.
func studentLog(square float64, dimensions int) float64 {
	return -0.5 * float64(tail+dimensions) * math.Log1p(square/tail)
}

// precision factors P(s) at the scales that were drawn.
func (d *drawer) precision() bool {
	pr, w, k := d.pr, d.w, d.p.k
	copy(w.x, pr.f.x)
	copy(w.x[k:k+d.p.theta], d.x[k:k+d.p.theta])
	w.load()
	w.hessian(pr.f.w.infos, w.h)
	w.by = nil // a draw must not go by the one before
	if !w.newton.Factor(w.h) {
		return false
	}
	p := mat.NewSymDense(k, nil)
	for a := range k {
		clear(d.loads[a])
		w.spreadCells(pr.cells[a], d.loads[a])
		copy(d.delta, d.loads[a])
		w.newton.Solve(d.delta)
		for b := range a + 1 {
			p.SetSym(a, b, pr.cross.At(a, b)-dot(d.loads[b], d.delta))
		}
	}
	return d.chol.Factorize(p)
}

// coefficients draws γ given the scales, which moved from their estimates.
func (d *drawer) coefficients(moved []float64, r *rand.Rand) {
	k := d.p.k
	z := mat.NewDense(k, 1, nil)
	for i := range k {
		z.Set(i, 0, r.NormFloat64())
	}
	var upper mat.TriDense
	d.chol.UTo(&upper) // P = U'U
	var step mat.Dense
	if err := upper.SolveTo(&step, false, z); err != nil && step.IsEmpty() {
		return // its estimates
	}
	for i := range k {
		d.x[i] += step.At(i, 0) + d.pr.shift(i, moved)
	}
}

// shift is how far coefficient i goes with the scales.
func (pr *proposal) shift(i int, moved []float64) float64 {
	sum := 0.0
	for a, m := range moved {
		sum += pr.follow.At(i, a) * m
	}
	return sum
}

// overSigns is the log density of coefficients and free scales at x.
func (d *drawer) overSigns() float64 {
	pr, k, n := d.pr, d.p.k, len(d.pr.scales)
	log, square := 0.0, 0.0
	if k > 0 {
		log = 0.5 * d.chol.LogDet()
	}
	moved := make([]float64, n)
	gamma := mat.NewVecDense(max(k, 1), nil)
	largest, sum := math.Inf(-1), 0.0
	for flips := range 1 << len(pr.signs) {
		for i, j := range pr.scales {
			moved[i] = d.x[j] - pr.f.x[j]
		}
		for s, i := range pr.signs {
			if j := pr.scales[i]; flips>>s&1 == 1 {
				moved[i] = -d.x[j] - pr.f.x[j]
			}
		}
		this := 0.0
		if n > 0 {
			v := mat.NewVecDense(n, moved)
			square = mat.Inner(v, &pr.precision, v)
			this = studentLog(square, n)
		}
		if k > 0 {
			for i := range k {
				gamma.SetVec(i, d.x[i]-pr.f.x[i]-pr.shift(i, moved))
			}
			var root mat.VecDense
			var upper mat.TriDense
			d.chol.UTo(&upper)
			root.MulVec(&upper, gamma)
			this -= 0.5 * mat.Dot(&root, &root)
		}
		if this > largest {
			sum, largest = sum*math.Exp(largest-this), this
		}
		sum += math.Exp(this - largest)
	}
	return log + largest + math.Log(sum)
}
