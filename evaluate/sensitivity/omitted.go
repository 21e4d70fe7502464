package sensitivity

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Linear is a linear model fitted by ordinary least squares.
type Linear struct {
	Beta []float64 // p; NaN where aliased
	Cov  []float64 // p×p, σ²(X'X)⁻¹ with σ² the residual variance; NaN where aliased
	DF   float64   // residual degrees of freedom
}

// An Omitted asks what a linear model leaves out: by how much the estimate τ of
// one of its terms, the treatment D, can be off for want of a variable Z that
// accounts for a share R²(D) of what the other terms leave of D and a share R²(Y)
// of what all terms leave of the outcome (both partial R²),
//
//	bias = √( R²(Y) R²(D) / (1 − R²(D)) ) · se √df
//	se′  = √( (1 − R²(Y)) / (1 − R²(D)) ) · se √( df/(df − 1) )
//
// with se the error of τ by σ²(X'X)⁻¹ and df the residual degrees of freedom. The
// bias is exact, whatever the distribution; it may have either sign, and is here
// taken to be towards 0. Where errors are robust to clusters, se′ is the robust
// one times the same factors, as if Z left the pattern of residuals as it is.
//
// Source: Cinelli and Hazlett (2020), J. R. Stat. Soc. B 82, 39–67.
type Omitted struct {
	Estimate float64
	StdError float64 // that intervals rest on, robust where the model's is
	DF       float64

	classical float64 // σ²(X'X)⁻¹
	quantile  float64 // of intervals
	linear    Linear
	treatment int
}

// ErrNoEstimate is the error of a treatment whose coefficient has no estimate.
var ErrNoEstimate = errors.New("the scheme's difference has no estimate in the linear model")

// NewOmitted asks the coefficient at a column of a model. robust is its standard
// error where that is not the model's own, else 0; intervals are 95 per cent,
// by the normal distribution when it is robust, else by t with df − 1 degrees of
// freedom, as Z takes one.
func NewOmitted(l Linear, treatment int, robust float64) (*Omitted, error) {
	p := len(l.Beta)
	variance := l.Cov[treatment*p+treatment]
	if math.IsNaN(l.Beta[treatment]) || !(variance > 0) || !(l.DF > 1) {
		return nil, ErrNoEstimate
	}
	o := &Omitted{Estimate: l.Beta[treatment], StdError: math.Sqrt(variance), classical: math.Sqrt(variance), DF: l.DF, linear: l, treatment: treatment,
		quantile: distuv.StudentsT{Sigma: 1, Nu: l.DF - 1}.Quantile(0.975)}
	if robust > 0 {
		o.StdError, o.quantile = robust, distuv.UnitNormal.Quantile(0.975)
	}
	return o, nil
}

// Interval is that of the estimate as it is.
func (o *Omitted) Interval() (low, high float64) {
	return o.Estimate - o.quantile*o.StdError, o.Estimate + o.quantile*o.StdError
}

// f is Cohen's f of the treatment with the outcome, |t|/√df.
func (o *Omitted) f() float64 { return math.Abs(o.Estimate) / o.classical / math.Sqrt(o.DF) }

// PartialR2 is the share of what the other terms leave of the outcome that the
// treatment accounts for, t²/(t² + df): something unobserved that accounts for all
// that is left of the outcome must account for this share of the treatment to
// bring the estimate to 0.
func (o *Omitted) PartialR2() float64 { f := o.f(); return f * f / (1 + f*f) }

// RobustnessValue is the share of what is left both of the treatment and of the
// outcome that something unobserved must account for to bring the estimate to 0,
//
//	RV = ½(√(f⁴ + 4f²) − f²)
//
// and, with limit, to bring the nearer end of its interval there, f less z·se′/se/√(df − 1),
// with z the interval's quantile and se′ the robust error; 0 when the interval
// holds 0 as it is.
func (o *Omitted) RobustnessValue(limit bool) float64 {
	f := o.f()
	if limit {
		f -= o.quantile * o.StdError / o.classical / math.Sqrt(o.DF-1)
	}
	if f <= 0 {
		return 0
	}
	return (math.Sqrt(f*f*f*f+4*f*f) - f*f) / 2
}

// A Strength is how strongly something goes with the treatment and the outcome.
type Strength struct {
	Treatment float64 // partial R² with the treatment given the other terms
	Outcome   float64 // partial R² with the outcome given the treatment and the other terms
}

// Observed is the strength of some of the model's columns together, by
//
//	R² = w/(w + df),  w = b'V⁻¹b
//
// of their coefficients b in the model and, for the treatment, in its regression
// on the other columns, both from the one (X'X)⁻¹. It is 0 of aliased columns.
func (o *Omitted) Observed(columns []int) Strength {
	p, d := len(o.linear.Beta), o.treatment
	var at []int
	for _, j := range columns {
		if j != d && !math.IsNaN(o.linear.Beta[j]) && o.linear.Cov[j*p+j] > 0 {
			at = append(at, j)
		}
	}
	if len(at) == 0 {
		return Strength{}
	}
	cov := func(i, j int) float64 { return o.linear.Cov[i*p+j] }
	k := len(at)
	of, on := mat.NewSymDense(k, nil), mat.NewSymDense(k, nil) // given the treatment, and in its regression
	b, g := mat.NewVecDense(k, nil), mat.NewVecDense(k, nil)
	for r, i := range at {
		b.SetVec(r, o.linear.Beta[i])
		g.SetVec(r, -cov(i, d)/cov(d, d))
		for c := r; c < k; c++ {
			j := at[c]
			of.SetSym(r, c, cov(i, j))
			on.SetSym(r, c, cov(i, j)-cov(i, d)*cov(j, d)/cov(d, d))
		}
	}
	w, v := quadratic(of, b), quadratic(on, g)
	return Strength{Treatment: v / (v + 1/cov(d, d)), Outcome: w / (w + o.DF)}
}

// quadratic is x'A⁻¹x, 0 when A is singular.
func quadratic(a *mat.SymDense, x *mat.VecDense) float64 {
	var c mat.Cholesky
	if !c.Factorize(a) {
		return 0
	}
	var y mat.VecDense
	if c.SolveVecTo(&y, x) != nil {
		return 0
	}
	return mat.Dot(x, &y)
}

// times is the strength of something k times as strong as observed columns are,
//
//	R²(D) = k r_D,   r_D = R²_D/(1 − R²_D)
//	R²(Y) = ((√k + √c)/√(1 − c))² R²_Y/(1 − R²_Y),   c = k R²_D² / ((1 − k R²_D)(1 − R²_D))
//
// at most 1. There is none from k = 1/r_D on: no variable can be that strong.
func (s Strength) times(k float64) (Strength, bool) {
	d, y := s.Treatment, s.Outcome
	c := k * d * d / ((1 - k*d) * (1 - d))
	out := Strength{Treatment: k * d / (1 - d)}
	if !(d < 1) || !(y < 1) || !(out.Treatment < 1) || !(c < 1) || k*d >= 1 {
		return Strength{}, false
	}
	root := (math.Sqrt(k) + math.Sqrt(c)) / math.Sqrt(1-c)
	out.Outcome = min(1, root*root*y/(1-y))
	return out, true
}

// An Adjusted is what the estimate would be with something unobserved in the model.
type Adjusted struct {
	Strength
	Estimate, StdError, Low, High float64
}

// At is the estimate with something of a strength in the model, if that
// works towards 0, and beyond it when it is strong enough.
func (o *Omitted) At(s Strength) Adjusted {
	bias := math.Sqrt(s.Outcome*s.Treatment/(1-s.Treatment)) * o.classical * math.Sqrt(o.DF)
	a := Adjusted{Strength: s, Estimate: math.Copysign(math.Abs(o.Estimate)-bias, o.Estimate)}
	if math.Abs(o.Estimate) < bias {
		a.Estimate = -math.Copysign(bias-math.Abs(o.Estimate), o.Estimate)
	}
	a.StdError = o.StdError * math.Sqrt((1-s.Outcome)/(1-s.Treatment)) * math.Sqrt(o.DF/(o.DF-1))
	a.Low, a.High = a.Estimate-o.quantile*a.StdError, a.Estimate+o.quantile*a.StdError
	return a
}

// Bound is the estimate with something in the model that is k times as strong as
// observed columns; false when nothing can be that strong.
func (o *Omitted) Bound(observed Strength, k float64) (Adjusted, bool) {
	s, ok := observed.times(k)
	if !ok {
		return Adjusted{}, false
	}
	return o.At(s), true
}

// Needed is how many times as strong as observed columns something must be to
// bring the estimate to 0, or, with limit, the nearer end of its interval: the
// smallest k for which it does, 0 when the interval holds 0 as it is. There is
// none when the columns go with nothing: no multiple of nothing is enough.
func (o *Omitted) Needed(observed Strength, limit bool) (float64, bool) {
	left := func(k float64) (float64, bool) {
		a, ok := o.Bound(observed, k)
		if !ok {
			return 0, false
		}
		rest := math.Copysign(1, o.Estimate) * a.Estimate
		if limit {
			rest -= o.quantile * a.StdError
		}
		return rest, true
	}
	if limit && math.Abs(o.Estimate) <= o.quantile*o.StdError || o.Estimate == 0 {
		return 0, true
	}
	if !(observed.Treatment > 0) || !(observed.Outcome > 0) || !(observed.Treatment < 1) {
		return 0, false
	}
	most := (1 - observed.Treatment) / observed.Treatment
	low, high := 0.0, most*1e-6
	for {
		if rest, ok := left(high); !ok || rest <= 0 {
			break // towards most the bias is without end
		}
		low, high = high, min(high*1.01, most)
	}
	for range 200 {
		middle := (low + high) / 2
		if rest, ok := left(middle); ok && rest > 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return high, true
}
