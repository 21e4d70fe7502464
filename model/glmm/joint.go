package glmm

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Joint returns the covariance of all parameters together, on the scale of the
// data and row by row, from the joint Hessian. They stand in the order
//
//	the P coefficients
//	for every term, as in Data: the lower triangle of its covariance Σ, row by row
//	the dispersion, for the families that have one
//
// With x the free parameters of the fit (γ, the T and log φ), C their
// covariance, and M the matrices that undo centring and scaling, it is J C J',
// where the rows of J are
//
//	dβ      = M dγ
//	dΣ      = M (φ (dT T' + T dT') + φ T T' d log φ) M'
//	dφ      = φ d log φ
//
// Rows and columns of aliased coefficients are NaN. What is held at the
// boundary counts as known: it adds nothing, so that the variance of a zero
// variance is 0. Joint is nil when the model gave no covariance.
//
// Source: the delta method; Pinheiro and Bates (2000), Mixed-Effects Models in
// S and S-PLUS, 2.4.3, for errors of variance components from the joint Hessian.
func (e *Estimate) Joint() []float64 {
	f := e.fitted
	if f.inverse == nil && len(f.free) > 0 {
		return nil
	}
	j := f.natural()
	n, free := j.Dims()
	var half, cov mat.Dense
	if len(f.free) == 0 {
		cov = *mat.NewDense(n, n, nil)
	} else {
		half.Mul(j, f.inverse.SliceSym(0, free))
		cov.Mul(&half, j.T())
	}
	out := make([]float64, n*n)
	for a := range n {
		for b := range n {
			out[a*n+b] = (cov.At(a, b) + cov.At(b, a)) / 2
			if a < len(e.Aliased) && e.Aliased[a] || b < len(e.Aliased) && e.Aliased[b] {
				out[a*n+b] = math.NaN()
			}
		}
	}
	return out
}

// natural is J: the derivatives of the parameters as [Estimate.Joint] orders
// them by the free ones of the fit.
func (f *climb) natural() *mat.Dense {
	p, s := f.p, f.p.s
	first := make([]int, len(s.q)) // row of a term's Σ, by place
	rows := p.data.P
	for t := range p.data.Terms {
		for place := range s.q {
			if s.order[place] == t {
				first[place] = rows
				rows += s.q[place] * (s.q[place] + 1) / 2
			}
		}
	}
	if p.fam.HasDispersion() {
		rows++
	}
	j := mat.NewDense(rows, max(len(f.free), 1), nil)
	var back *mat.Dense
	if p.k > 0 {
		back = p.columns.matrix()
	}
	for c, at := range f.free {
		switch {
		case at < p.k:
			for k, to := range p.columns.of {
				j.Set(to, c, back.At(k, at)*p.unit)
			}
		case at < p.k+p.theta:
			place, moved := f.moved(at)
			setLower(j, first[place], c, moved)
		default:
			for place := range s.q {
				setLower(j, first[place], c, f.scaledCov(place))
			}
			j.Set(rows-1, c, p.phi(f.x)*p.unit*p.unit)
		}
	}
	return j
}

// triangle is the T of a place and its first parameter.
func (f *climb) triangle(place int) (t []float64, at int) {
	at = f.p.k
	for _, q := range f.p.s.q[:place] {
		at += q * (q + 1) / 2
	}
	q := f.p.s.q[place]
	return f.x[at : at+q*(q+1)/2], at
}

// scaledCov is the Σ of a place, on the scale of the data.
func (f *climb) scaledCov(place int) []float64 {
	t, _ := f.triangle(place)
	return f.onData(place, product(t, f.p.s.q[place]))
}

// onData takes a relative covariance of scaled slopes to the scale of the data.
func (f *climb) onData(place int, cov []float64) []float64 {
	out := f.p.slopes[place].sandwich(cov)
	for i := range out {
		out[i] *= f.p.phi(f.x) * f.p.unit * f.p.unit
	}
	return out
}

// moved is the derivative of the Σ of a place by parameter at, an element (a,
// b) of its T: e_a t_b' + t_b e_a', with t_b column b of T.
func (f *climb) moved(at int) (place int, d []float64) {
	place = len(f.p.s.q) - 1
	t, first := f.triangle(place)
	for first > at {
		place--
		t, first = f.triangle(place)
	}
	a := 0
	for (a+1)*(a+2)/2 <= at-first {
		a++
	}
	b, q := at-first-a*(a+1)/2, f.p.s.q[place]
	d = make([]float64, q*q)
	for i := b; i < q; i++ {
		v := t[i*(i+1)/2+b]
		d[a*q+i] += v
		d[i*q+a] += v
	}
	return place, f.onData(place, d)
}

// setLower writes the lower triangle of a square matrix into column c of j.
func setLower(j *mat.Dense, row, c int, v []float64) {
	q := int(math.Sqrt(float64(len(v))))
	for a := range q {
		for b := range a + 1 {
			j.Set(row, c, v[a*q+b])
			row++
		}
	}
}
