package impute

import (
	"math"

	"bidrag/model/kernel"
)

// sweeps is how often parameters are drawn given variances and variances given
// parameters, each time that a variable is filled.
const sweeps = 3

// An arrow is a symmetric system of k coefficients and one effect for each
// cluster, whose block is diagonal:
//
//	A  C'     β     b
//	C  D      u  =  c
//
// The effects are eliminated: S = A − C'D⁻¹C.
type arrow struct {
	k, groups int
	a         []float64 // k×k, upper triangle by rows
	cross     []float64 // C, groups×k by rows
	d         []float64 // diagonal of D
	likely    []float64 // the part of d that is not 1/τ²; nil where nobody asks
	schur     []float64 // k×k, factor of S
}

// eliminate factors S; false when it is singular.
func (w *arrow) eliminate() (ok bool) {
	k := w.k
	upper := make([]float64, k*k)
	for i := range k {
		for j := i; j < k; j++ {
			upper[j*k+i] = w.a[i*k+j] // the lower triangle
		}
	}
	scaled := make([]float64, w.groups*k)
	for g := range w.groups {
		root := 1 / math.Sqrt(w.d[g])
		for i, v := range w.cross[g*k : (g+1)*k] {
			scaled[g*k+i] = v * root
		}
	}
	kernel.SymmetricUpdate(kernel.ByRows(upper, k, k, k), kernel.ByRows(scaled, w.groups, k, k).T())
	for i := range k {
		for j := range i {
			upper[j*k+i] = upper[i*k+j]
		}
	}
	w.schur, ok = factor(upper, k)
	return ok
}

// withVariance is the system with another variance τ² of the effects; false when
// it is singular.
func (w *arrow) withVariance(tau2 float64) (*arrow, bool) {
	out := *w
	out.d = make([]float64, w.groups)
	for g, v := range w.likely {
		out.d[g] = v + 1/tau2
	}
	ok := out.eliminate()
	return &out, ok
}

// solve returns the solution for right-hand sides b and c.
func (w *arrow) solve(b, c []float64) (beta, u []float64) {
	k := w.k
	rest := make([]float64, k)
	copy(rest, b)
	for g := range w.groups {
		f := -c[g] / w.d[g]
		for i, v := range w.cross[g*k : (g+1)*k] {
			rest[i] += f * v
		}
	}
	beta = solve(w.schur, rest)
	return beta, w.effects(beta, c)
}

// effects returns D⁻¹(c − Cβ).
func (w *arrow) effects(beta, c []float64) []float64 {
	u := make([]float64, w.groups)
	for g := range u {
		u[g] = (c[g] - dot(w.cross[g*w.k:(g+1)*w.k], beta)) / w.d[g]
	}
	return u
}

// draw returns a draw from the normal distribution around zero whose precision
// is the system's matrix.
func (w *arrow) draw(s *state) (beta, u []float64) {
	beta = spread(w.schur, s.normals(w.k))
	u = w.effects(beta, make([]float64, w.groups))
	for g := range u {
		u[g] += s.random.NormFloat64() / math.Sqrt(w.d[g])
	}
	return beta, u
}

// variance draws the variance of cluster effects given these.
func (s *state) variance(u []float64) float64 {
	return (dot(u, u) + 0.01) / chiSquared(s.random, float64(len(u)+1))
}

// addEffects adds the effect of their cluster to the values of persons.
func (s *state) addEffects(x []float64, persons []int32, u []float64) {
	if u == nil {
		return
	}
	for k, i := range persons {
		if g := s.clusters.of[i]; g >= 0 {
			x[k] += u[g]
		}
	}
}

// gibbs draws parameters of the model with cluster effects, from X'X (upper
// triangle) and X'y of those who have a value.
func (m *linear) gibbs(s *state, a, b []float64) (*parameters, error) {
	k, groups := len(m.cols), s.clusters.number
	w := &arrow{k: k, groups: groups, a: a, cross: make([]float64, groups*k), d: make([]float64, groups)}
	persons, sum := make([]float64, groups), make([]float64, groups)
	having := s.having(s.variables[m.at])
	for _, i := range having {
		if g := s.clusters.of[i]; g >= 0 {
			persons[g]++
			sum[g] += m.y[i]
		}
	}
	for c, j := range m.cols {
		x := s.column(j)
		for _, i := range having {
			if g := s.clusters.of[i]; g >= 0 {
				w.cross[int(g)*k+c] += x[i]
			}
		}
	}
	total := kernel.Dot(m.y, m.y)
	e := &parameters{}
	for range sweeps {
		for g := range w.d {
			w.d[g] = persons[g] + m.sigma2/m.tau2
		}
		if !w.eliminate() {
			return nil, errSingular
		}
		e.hat, e.hatU = w.solve(b, sum)
		sigma := math.Sqrt(m.sigma2)
		e.drawn, e.drawnU = w.draw(s)
		for i := range e.drawn {
			e.drawn[i] = e.hat[i] + sigma*e.drawn[i]
		}
		for g := range e.drawnU {
			e.drawnU[g] = e.hatU[g] + sigma*e.drawnU[g]
		}
		rss := total - 2*dot(e.drawn, b) - 2*dot(e.drawnU, sum) + quadratic(a, e.drawn)
		for g, u := range e.drawnU {
			rss += u * (2*dot(w.cross[g*k:(g+1)*k], e.drawn) + persons[g]*u)
		}
		m.sigma2 = max(rss, 1e-12*total) / chiSquared(s.random, float64(max(len(having), 1)))
		m.tau2 = s.variance(e.drawnU)
	}
	e.sigma, e.information = math.Sqrt(m.sigma2), w.schur
	return e, nil
}

// quadratic is x'Ax of the upper triangle of A.
func quadratic(a, x []float64) float64 {
	k, sum := len(x), 0.0
	for i := range k {
		sum += a[i*k+i] * x[i] * x[i]
		for j := i + 1; j < k; j++ {
			sum += 2 * a[i*k+j] * x[i] * x[j]
		}
	}
	return sum
}
