package glmm

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"bidrag/model/glm"
)

// A Parameter is one that a profile-likelihood interval can be asked for.
type Parameter struct {
	Kind      Kind
	Column    int // Coefficient: of X
	Term      int // SD: of Data.Terms
	Component int // SD: of the term
}

// Kind says what a [Parameter] is.
type Kind int

const (
	Coefficient Kind = iota // a column's coefficient
	SD                      // the standard deviation of a component of a random term
	ResidualSD              // the square root of the dispersion
)

// Profile returns the profile-likelihood interval of a parameter: the values
// at which the log-likelihood, maximised over all other parameters, is less
// than the maximum by half the level's quantile of χ² with one degree of
// freedom. An end is infinite when the likelihood never falls so far, and the
// lower end of a standard deviation is 0 when it does not on the way there.
//
// Source: Venzon and Moolgavkar (1988), Applied Statistics 37, 87–94; the
// signed root of the loss is followed, as in Bates and Watts (1988), Nonlinear
// Regression Analysis, 6.1.
func (e *Estimate) Profile(parameter Parameter, level float64) (low, high float64, err error) {
	none := math.NaN()
	if e.Status == glm.Separated {
		return none, none, errors.New("some coefficients of the model have no finite estimate, so there is no maximum to measure from")
	}
	if e.fitted.status != glm.Converged || e.fitted.inverse == nil && len(e.fitted.free) > 0 {
		return none, none, errors.New("the model has not converged, so there is no maximum to measure from")
	}
	pr, err := e.fitted.newProfile(parameter)
	if err != nil {
		return none, none, err
	}
	pr.target = math.Sqrt2 * math.Erfinv(level)
	if low, err = pr.end(-1); err != nil {
		return none, none, err
	}
	if high, err = pr.end(1); err != nil {
		return none, none, err
	}
	unit := e.fitted.p.unit * pr.f.p.unit
	return low * unit, high * unit, nil
}

// A profile follows one parameter ψ with all others at their best.
type profile struct {
	f        *climb
	at       int     // the element of x that ψ sets
	unit     float64 // ψ by x, and for a standard deviation in a model with dispersion φ by x√φ
	kind     Kind
	relative bool    // the factor √φ is there
	target   float64 // of the signed root
	best     float64 // maximum of the log-likelihood
	psi, se  float64 // at the maximum
	x        []float64
	metric   *mat.SymDense // by all parameters
}

// newProfile fits the model once more in coordinates in which the parameter is
// one element of x: an intercept is not mixed with centres then, and a
// component stands first in its term.
func (f *climb) newProfile(parameter Parameter) (*profile, error) {
	d, o := *f.p.data, f.p.opts
	if parameter.Kind == Coefficient {
		k := slices.Index(f.p.columns.of, parameter.Column)
		if k < 0 {
			return nil, errors.New("it is determined by the other terms")
		}
		o.uncentred = k == f.p.columns.one
	}
	if parameter.Kind == SD {
		o.uncentred = true
		d.Terms = slices.Clone(d.Terms)
		d.Terms[parameter.Term] = d.Terms[parameter.Term].first(parameter.Component, d.N)
	}
	p, err := newProblem(&d, o)
	if err != nil {
		return nil, err
	}
	g := newClimb(p)
	if g.run(); g.status != glm.Converged || g.inverse == nil && len(g.free) > 0 {
		return nil, fmt.Errorf("the search for the maximum did not converge: %s", g.reason)
	}
	pr := &profile{f: g, kind: parameter.Kind, best: g.value, x: g.x}
	pr.locate(parameter)
	pr.prepare()
	return pr, nil
}

// first returns the term with a component moved to the front.
func (t Term) first(component, n int) Term {
	if component == 0 {
		return t
	}
	z := slices.Clone(t.Z[component*n : (component+1)*n])
	for j := range t.Q {
		if j != component {
			z = append(z, t.Z[j*n:(j+1)*n]...)
		}
	}
	t.Z = z
	return t
}

// locate finds the element of x, and ψ with a rough standard error.
func (pr *profile) locate(parameter Parameter) {
	p := pr.f.p
	switch parameter.Kind {
	case Coefficient:
		pr.at = slices.Index(p.columns.of, parameter.Column)
		pr.unit = 1 / p.columns.scale[pr.at]
	case SD:
		place := slices.Index(p.s.order, parameter.Term)
		p.diagonals(func(other, component, at int, _ []int) {
			if other == place && component == 0 {
				pr.at = at
			}
		})
		pr.unit = math.Abs(p.slopes[place].m[0])
		pr.relative = p.fam.HasDispersion()
	case ResidualSD:
		pr.at, pr.unit = p.params-1, 1
	}
	sd := 0.0
	if i := slices.Index(pr.f.free, pr.at); i >= 0 {
		sd = math.Sqrt(pr.f.inverse.At(i, i))
	}
	x := pr.x[pr.at]
	switch parameter.Kind {
	case Coefficient:
		pr.psi, pr.se = x*pr.unit, sd*math.Abs(pr.unit)
	case SD:
		pr.psi, pr.se = math.Abs(x)*pr.unit, sd*pr.unit
		if pr.relative {
			pr.psi, pr.se = pr.psi*math.Sqrt(pr.f.w.phi), pr.se*math.Sqrt(pr.f.w.phi)
		}
		if sd == 0 {
			pr.se = 0.25 * pr.unit * math.Sqrt(pr.f.w.phi)
		}
	case ResidualSD:
		pr.psi = math.Exp(x / 2)
		pr.se = sd * pr.psi / 2
	}
}

// prepare frees everything but the parameter: a variance that is zero at the
// maximum need not be so elsewhere.
func (pr *profile) prepare() {
	f := pr.f
	pr.metric = mat.NewSymDense(f.p.params, nil)
	for _, j := range f.held {
		pr.metric.SetSym(j, j, f.metric.At(j, j))
	}
	for a, i := range f.free {
		for b := a; b < len(f.free); b++ {
			pr.metric.SetSym(i, f.free[b], f.hessian.At(a, b))
		}
	}
	for _, j := range f.held {
		if j != pr.at && pr.metric.At(j, j) > 0 {
			f.x[j] = 0.02 // at 0 the likelihood is flat
		}
	}
	f.held = []int{pr.at}
	f.split()
	if pr.metric = sub(pr.metric, f.free); pr.metric != nil {
		pr.metric = positive(pr.metric)
	}
	if pr.relative {
		tau := f.p.params - 1
		f.chain = func(x, gradient []float64) { gradient[tau] -= 0.5 * x[pr.at] * gradient[pr.at] }
	}
}

// set ties the element of x to a value of ψ.
func (pr *profile) set(psi float64) {
	tau := pr.f.p.params - 1
	pr.f.tie = func(x []float64) {
		switch {
		case pr.kind == ResidualSD:
			x[pr.at] = 2 * math.Log(psi)
		case pr.relative:
			x[pr.at] = psi / pr.unit * math.Exp(-x[tau]/2)
		default:
			x[pr.at] = psi / pr.unit
		}
	}
}

// loss is the signed root of twice the loss of the log-likelihood at ψ.
func (pr *profile) loss(psi float64) (float64, error) {
	f := pr.f
	pr.set(psi)
	if f.evaluate(); !isFinite(f.value) {
		return 0, fmt.Errorf("the likelihood is not finite where the parameter is %g", psi)
	}
	if f.search(pr.metric, profileTolerance); f.status != glm.Converged {
		return 0, fmt.Errorf("the search with the parameter at %g did not converge: %s", psi, f.reason)
	}
	if f.value > pr.best+1e-5 {
		return 0, fmt.Errorf("the likelihood is higher, by %.2g, where the parameter is %g: the maximum was only a local one", f.value-pr.best, psi)
	}
	return math.Copysign(math.Sqrt(2*max(0, pr.best-f.value)), psi-pr.psi), nil
}

const (
	profileTolerance = 1e-5 // of the searches, in standard errors
	profileEnd       = 1e-7 // of the signed root at the ends
	profileSpan      = 1e4  // standard errors, beyond which an end is infinite
)

// end finds where the signed root is side times the target: first outwards,
// until it is passed, then between, by the secant that keeps both sides
// (Illinois).
func (pr *profile) end(side float64) (float64, error) {
	copy(pr.f.x, pr.x)
	floor := math.Inf(-1)
	if pr.kind != Coefficient {
		floor = 0
	}
	near, nearRoot := pr.psi, -pr.target // ψ, |root| − target
	step := pr.target * pr.se
	var far, farRoot float64
	for {
		far = max(floor, near+side*step)
		if pr.kind == ResidualSD && far <= 0 {
			far = near / 2
		}
		root, err := pr.loss(far)
		if err != nil {
			return 0, err
		}
		if farRoot = math.Abs(root) - pr.target; farRoot >= 0 {
			break
		}
		if far == floor {
			return floor, nil
		}
		if math.Abs(far-pr.psi) > profileSpan*pr.se {
			return math.Inf(int(side)), nil
		}
		step = min(4*math.Abs(far-pr.psi), 1.05*math.Abs(far-pr.psi)*math.Abs(farRoot)/math.Max(math.Abs(root), 0.25*pr.target)+0.02*pr.se)
		near, nearRoot = far, farRoot
	}
	for range 60 {
		if farRoot < profileEnd {
			return far, nil
		}
		psi := near + (far-near)*nearRoot/(nearRoot-farRoot)
		root, err := pr.loss(psi)
		if err != nil {
			return 0, err
		}
		switch r := math.Abs(root) - pr.target; {
		case math.Abs(r) < profileEnd:
			return psi, nil
		case r > 0:
			far, farRoot = psi, r
			nearRoot /= 2
		default:
			near, nearRoot = psi, r
			farRoot /= 2
		}
	}
	return near + (far-near)/2, nil
}
