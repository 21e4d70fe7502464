package glmm

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestJointIsTheInverseOfTheHessian: the covariance is that of the
// log-likelihood as a function of the parameters on the scale of the data,
// differentiated twice by differences.
func TestJointIsTheInverseOfTheHessian(t *testing.T) {
	shapes := []shape{
		{name: "two levels", rows: 900, nested: []int{60, 15}, sd: 1.2},
		{name: "slope", rows: 400, nested: []int{25}, slopes: 1, sd: 0.8},
		{name: "crossed", rows: 500, crossed: []int{15, 12}, sd: 1},
	}
	for _, fam := range families {
		for _, sh := range shapes {
			t.Run(fmt.Sprint(fam.Dist, fam.Link, sh.name), func(t *testing.T) {
				e := mustFit(t, simulate(fam, sh, 4), Options{})
				if len(e.fitted.held) > 0 {
					t.Fatal("the data have a variance of zero, where there are no differences to take: draw others")
				}
				want := e.byDifferences(t)
				got := e.Joint()
				n, _ := want.Dims()
				if len(got) != n*n {
					t.Fatalf("%d numbers for %d parameters", len(got), n)
				}
				for i := range n {
					for j := range n {
						scale := math.Sqrt(want.At(i, i) * want.At(j, j))
						if d := math.Abs(got[i*n+j]-want.At(i, j)) / scale; !(d < 2e-4) {
							t.Errorf("element %d, %d is %g, by differences %g", i, j, got[i*n+j], want.At(i, j))
						}
					}
				}
				for i := range e.Beta {
					for j := range e.Beta {
						if got[i*n+j] != e.Cov[i*len(e.Beta)+j] && math.Abs(got[i*n+j]/e.Cov[i*len(e.Beta)+j]-1) > 1e-8 {
							t.Errorf("coefficients %d, %d: %g, in Cov %g", i, j, got[i*n+j], e.Cov[i*len(e.Beta)+j])
						}
					}
				}
			})
		}
	}
}

// byDifferences inverts the numeric Hessian of minus the log-likelihood by the
// parameters in the order of Joint.
func (e *Estimate) byDifferences(t *testing.T) *mat.Dense {
	p := e.fitted.p
	at := append([]float64{}, e.Beta...)
	for _, term := range e.Terms {
		q := len(term.Boundary)
		for a := range q {
			at = append(at, term.Cov[a*q:a*q+a+1]...)
		}
	}
	if p.fam.HasDispersion() {
		at = append(at, e.Dispersion)
	}
	n := len(at)
	w := p.newState(1)
	gradient := make([]float64, p.params)
	value := func(natural []float64) float64 {
		return w.evaluate(e.inward(t, natural), gradient)
	}
	step := make([]float64, n)
	for i := range step { // a small part of a standard error
		step[i] = 0.03 * math.Sqrt(e.Joint()[i*n+i])
	}
	// second derivatives at step h, and at h/2 for Richardson's extrapolation
	second := func(i, j int, h float64) float64 {
		sum := 0.0
		for _, s := range [][3]float64{{1, 1, 1}, {1, -1, -1}, {-1, 1, -1}, {-1, -1, 1}} {
			x := append([]float64{}, at...)
			x[i] += s[0] * h * step[i]
			x[j] += s[1] * h * step[j]
			sum += s[2] * value(x)
		}
		return -sum / (4 * h * h)
	}
	hessian := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range i + 1 {
			d := (4*second(i, j, 1) - second(i, j, 2)) / 3
			hessian.Set(i, j, d)
			hessian.Set(j, i, d)
		}
	}
	var cov mat.Dense
	if err := cov.Inverse(hessian); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		for j := range n {
			cov.Set(i, j, cov.At(i, j)*step[i]*step[j])
		}
	}
	return &cov
}

// inward gives the parameters of the fit for those on the scale of the data.
func (e *Estimate) inward(t *testing.T, natural []float64) []float64 {
	p := e.fitted.p
	x := make([]float64, p.params)
	beta := make([]float64, p.k)
	for k, j := range p.columns.of {
		beta[k] = natural[j] / p.unit
	}
	copy(x, p.columns.forth(beta))
	phi := 1.0
	if p.fam.HasDispersion() {
		phi = natural[len(natural)-1] / p.unit / p.unit
		x[p.params-1] = math.Log(phi)
	}
	to := p.k
	for place, q := range p.s.q {
		from := p.data.P
		for term := range p.s.order[place] {
			q := len(e.Terms[term].Boundary)
			from += q * (q + 1) / 2
		}
		sigma := mat.NewDense(q, q, nil)
		for a := range q {
			for b := range a + 1 {
				sigma.Set(a, b, natural[from+a*(a+1)/2+b])
				sigma.Set(b, a, natural[from+a*(a+1)/2+b])
			}
		}
		var inverse, half, scaled mat.Dense
		if err := inverse.Inverse(mat.NewDense(q, q, p.slopes[place].m)); err != nil {
			t.Fatal(err)
		}
		half.Mul(&inverse, sigma)
		scaled.Mul(&half, inverse.T())
		relative := mat.NewSymDense(q, nil)
		for a := range q {
			for b := range a + 1 {
				relative.SetSym(a, b, scaled.At(a, b)/phi/p.unit/p.unit)
			}
		}
		var cholesky mat.Cholesky
		if !cholesky.Factorize(relative) {
			t.Fatal("a covariance is not positive definite")
		}
		var lower mat.TriDense
		cholesky.LTo(&lower)
		for a := range q {
			for b := range a + 1 {
				x[to] = lower.At(a, b)
				to++
			}
		}
	}
	return x
}

// TestJointAtTheBoundary: what is held adds nothing, and aliased coefficients
// stay missing.
func TestJointAtTheBoundary(t *testing.T) {
	var d *Data
	for seed := uint64(3); ; seed++ { // a response without variance between groups
		d = simulate(families[0], shape{rows: 200, nested: []int{10}, sd: 0}, seed)
		if e := mustFit(t, d, Options{}); e.Terms[0].Boundary[0] {
			break
		}
	}
	d.X = append(d.X, d.X[d.N:2*d.N]...)
	d.P++
	e := mustFit(t, d, Options{})
	joint := e.Joint()
	n := d.P + 1
	if v := joint[n*n-1]; v != 0 {
		t.Errorf("a zero variance has the variance %g", v)
	}
	for i := range n {
		if !math.IsNaN(joint[(d.P-1)*n+i]) {
			t.Errorf("the aliased coefficient has the covariance %g", joint[(d.P-1)*n+i])
		}
	}
}
