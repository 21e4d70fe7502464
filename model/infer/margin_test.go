package infer

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"

	"bidrag/model/family"
)

var links = []family.Family{
	{Dist: family.Binomial, Link: family.Logit}, {Dist: family.Binomial, Link: family.Probit}, {Dist: family.Binomial, Link: family.CLogLog},
	{Dist: family.Poisson, Link: family.Log}, {Dist: family.Gaussian, Link: family.Identity},
}

func populationAt(f family.Family, eta, variance float64) (mu, comp, byEta, byVariance float64) {
	p := PopulationMean(f, []float64{eta}, []float64{variance})
	return p.Mu[0], p.Complement[0], p.ByEta[0], p.ByVariance[0]
}

// TestPopulationMeanIsTheIntegral: against Gauss–Legendre quadrature in many
// panels.
func TestPopulationMeanIsTheIntegral(t *testing.T) {
	for _, f := range links {
		for _, sd := range []float64{0, 1e-3, 0.3, 1, 2.5, 6} {
			for _, eta := range []float64{-6, -0.7, 0, 2, 9} {
				got, comp, _, _ := populationAt(f, eta, sd*sd)
				at, mu, c, slope := make([]float64, 1), make([]float64, 1), make([]float64, 1), make([]float64, 1)
				want := 0.0
				for lo := -20.0; lo < 20; lo += 0.25 {
					want += quad.Fixed(func(s float64) float64 {
						at[0] = eta + sd*s
						f.Mean(at, mu, c, slope)
						return mu[0] * math.Exp(-s*s/2) / math.Sqrt(2*math.Pi)
					}, lo, lo+0.25, 12, quad.Legendre{}, 1)
				}
				if d := math.Abs(got-want) / max(1, math.Abs(want)); !(d < 2e-13) {
					t.Errorf("%v, η %v, sd %v: %v, want %v", f.Link, eta, sd, got, want)
				}
				if f.Dist == family.Binomial && math.Abs(got+comp-1) > 1e-14 {
					t.Errorf("%v, η %v, sd %v: mean and complement are %v", f.Link, eta, sd, got+comp)
				}
			}
		}
	}
}

// TestPopulationMeanDerivatives: against finite differences.
func TestPopulationMeanDerivatives(t *testing.T) {
	for _, f := range links {
		for _, variance := range []float64{0.01, 1, 6} {
			for _, eta := range []float64{-5, -0.7, 0, 2} {
				const step = 1e-4
				value := func(e, v float64) float64 { m, _, _, _ := populationAt(f, e, v); return m }
				_, _, byEta, byVariance := populationAt(f, eta, variance)
				wantEta := (value(eta+step, variance) - value(eta-step, variance)) / (2 * step)
				wantVariance := (value(eta, variance+step) - value(eta, variance-step)) / (2 * step)
				name := fmt.Sprintf("%v, η %v, v %v", f.Link, eta, variance)
				if math.Abs(byEta-wantEta) > 1e-7*max(1, math.Abs(wantEta)) {
					t.Errorf("%s: by η %v, by differences %v", name, byEta, wantEta)
				}
				if math.Abs(byVariance-wantVariance) > 1e-7*max(1, math.Abs(wantVariance)) {
					t.Errorf("%s: by v %v, by differences %v", name, byVariance, wantVariance)
				}
			}
		}
	}
}

// TestPopulationMeanFarOut: nothing is NaN in the tails or where the variance
// is beyond all reason.
func TestPopulationMeanFarOut(t *testing.T) {
	for _, f := range links[:3] {
		for _, variance := range []float64{0, 1, 1e6} {
			for _, eta := range []float64{-1e4, -750, 750, 1e4} {
				mu, comp, byEta, byVariance := populationAt(f, eta, variance)
				if s := mu + comp + byEta + byVariance; math.IsNaN(s) || mu < 0 || mu > 1+1e-12 {
					t.Errorf("%v, η %v, v %v: %v %v %v %v", f.Link, eta, variance, mu, comp, byEta, byVariance)
				}
			}
		}
	}
}
