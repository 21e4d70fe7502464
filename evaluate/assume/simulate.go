package assume

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"bidrag/model/family"
	"bidrag/model/fit"
)

// draws is how many times responses are drawn from a multilevel model.
const draws = 250

// A drawnTerm is one random term: effects are z times the triangular root of
// its covariance times standard normal numbers.
type drawnTerm struct {
	q, groups int
	root      []float64 // q×q lower triangular
	z         []float64 // n×q, column by column; nil is ones
	group     []int32
}

// simulate returns a function that draws the responses of all rows with new
// random effects; the coefficients and covariances are the estimates.
func (t *Test) simulate() func(r *rand.Rand, y []float64) {
	f := t.Model.Family
	typical, terms := t.typical, t.drawn
	return func(r *rand.Rand, y []float64) {
		eta := append(make([]float64, 0, t.n), typical...)
		for _, term := range terms {
			term.add(r, eta)
		}
		mu := make([]float64, t.n)
		f.Response(eta, mu)
		if t.binary {
			bernoulli(r, mu, y)
			return
		}
		for i, m := range mu {
			y[i] = draw(r, f.Dist, m, t.a[i], t.dispersion)
		}
	}
}

// add adds newly drawn random effects to η.
func (d drawnTerm) add(r *rand.Rand, eta []float64) {
	u := make([]float64, d.q)
	b := make([]float64, d.groups*d.q)
	for g := range d.groups {
		for k := range u {
			u[k] = r.NormFloat64()
		}
		for i := range d.q {
			for j := range i + 1 {
				b[g*d.q+i] += d.root[i*d.q+j] * u[j]
			}
		}
	}
	n := len(eta)
	for i, g := range d.group {
		for k := range d.q {
			z := 1.0
			if d.z != nil {
				z = d.z[k*n+i]
			}
			eta[i] += z * b[int(g)*d.q+k]
		}
	}
}

// bernoulli draws outcomes of 0 and 1.
func bernoulli(r *rand.Rand, mu, y []float64) {
	for i, m := range mu {
		y[i] = 0
		if r.Float64() < m {
			y[i] = 1
		}
	}
}

// draw draws a response of mean mu that counts a.
func draw(r *rand.Rand, dist family.Dist, mu, a, dispersion float64) float64 {
	switch dist {
	case family.Poisson:
		return distuv.Poisson{Lambda: mu, Src: r}.Rand()
	case family.Gaussian:
		return mu + math.Sqrt(dispersion)*r.NormFloat64()
	case family.Gamma:
		return distuv.Gamma{Alpha: 1 / dispersion, Beta: 1 / (dispersion * mu), Src: r}.Rand()
	}
	successes := 0.0
	for range int(a) {
		if r.Float64() < mu {
			successes++
		}
	}
	return successes / max(a, 1)
}

// prepareDraws finds the linear predictor of typical groups and the random terms.
func (t *Test) prepareDraws() error {
	typical, err := t.Model.Predict(t.Data, fit.Prediction{Typical: true})
	if err != nil {
		return err
	}
	t.typical, t.typicalMu = typical.Eta, typical.Mu
	for k, r := range t.Model.Coding.Random {
		z, group, err := r.Rows(t.Data)
		if err != nil {
			return err
		}
		estimate := t.Model.Result.Random[k]
		q := len(estimate.SD)
		t.drawn = append(t.drawn, drawnTerm{q, len(r.Levels), root(estimate), z, group})
	}
	return nil
}

// root is the lower triangular root of a random term's covariance, by
// Cholesky's method; a component without variance of its own has no pivot.
func root(e fit.Random) []float64 {
	q := len(e.SD)
	l := make([]float64, q*q)
	for i := range q {
		for j := range i + 1 {
			c := 0.0
			switch {
			case i == j:
				c = 1
			case e.Cor != nil && e.Cor[i][j] != nil:
				c = *e.Cor[i][j]
			}
			s := c * e.SD[i] * e.SD[j]
			for k := range j {
				s -= l[i*q+k] * l[j*q+k]
			}
			switch {
			case i == j:
				l[i*q+i] = math.Sqrt(max(s, 0))
			case l[j*q+j] > 1e-10*e.SD[j]:
				l[i*q+j] = s / l[j*q+j]
			}
		}
	}
	return l
}
