package fit

import (
	"errors"
	"math"

	"bidrag/data/frame"
	"bidrag/model/design"
	"bidrag/model/formula"
	"bidrag/model/glm"
	"bidrag/model/infer"
)

// evaluated is what a model expects of rows, with what gradients are made of.
type evaluated struct {
	n              int
	x              []float64 // n×P
	mu, complement []float64
	byEta          []float64
	byVariance     []float64   // nil when no random effects are averaged over
	z              [][]float64 // by random term: n×Q; nil is ones
}

// rows evaluates the model. None may lack a variable of it.
func (e *Effects) rows(data *frame.Frame) (*evaluated, error) {
	r, eta, variance, err := e.predictors(data)
	if err != nil {
		return nil, err
	}
	e.evaluate(r, eta, variance)
	for _, v := range r.mu {
		if math.IsNaN(v) {
			return nil, errors.New("a row lacks a variable of the model")
		}
	}
	return r, nil
}

// predictors are the model matrices of rows, their linear predictors and what
// random effects add to the variance of these, if they are averaged over.
func (e *Effects) predictors(data *frame.Frame) (r *evaluated, eta, variance []float64, err error) {
	m := e.model
	r = &evaluated{n: data.NumRows()}
	if r.n == 0 {
		return nil, nil, nil, errors.New("there are no rows to average over")
	}
	x, offset, err := m.columns(data)
	if err != nil {
		return nil, nil, nil, err
	}
	r.x = x
	if e.averages() {
		if variance, err = e.variance(data, r); err != nil {
			return nil, nil, nil, err
		}
	}
	return r, glm.Linear(m.Beta, x, offset, r.n), variance, nil
}

// evaluate fills in the expected responses with their derivatives.
func (e *Effects) evaluate(r *evaluated, eta, variance []float64) {
	if e.averages() {
		p := infer.PopulationMean(e.model.Family, eta, variance)
		r.mu, r.complement, r.byEta, r.byVariance = p.Mu, p.Complement, p.ByEta, p.ByVariance
		return
	}
	r.mu, r.complement, r.byEta = make([]float64, r.n), make([]float64, r.n), make([]float64, r.n)
	e.model.Family.Mean(eta, r.mu, r.complement, r.byEta)
}

// variance is z'Σz of every row, summed over the random terms.
func (e *Effects) variance(data *frame.Frame, r *evaluated) ([]float64, error) {
	m := e.model
	data, err := m.withGroups(data)
	if err != nil {
		return nil, err
	}
	variance := make([]float64, r.n)
	for k, coding := range m.Coding.Random {
		z, _, err := coding.Rows(data)
		if err != nil {
			return nil, err
		}
		r.z = append(r.z, z)
		cov := m.mixed.Terms[k].Cov
		for a := range len(coding.Columns) {
			for b := range len(coding.Columns) {
				c := cov[a*len(coding.Columns)+b]
				for i := range variance {
					variance[i] += c * entry(z, a*r.n+i) * entry(z, b*r.n+i)
				}
			}
		}
	}
	for i, v := range variance {
		variance[i] = max(v, 0) // rounding; NaN stays
	}
	return variance, nil
}

// entry is one of a random-effects model matrix, of which nil is ones.
func entry(z []float64, i int) float64 {
	if z == nil {
		return 1
	}
	return z[i]
}

// withGroups adds the grouping factors that a frame lacks: which groups the
// rows belong to is of no account when random effects are averaged over.
func (m *Model) withGroups(data *frame.Frame) (*frame.Frame, error) {
	var lacking []*frame.Column
	seen := map[string]bool{}
	for _, random := range m.Formula.Random {
		for _, g := range random.Group {
			formula.Walk(g, func(x formula.Expr) {
				name, ok := x.(*formula.Name)
				if !ok || seen[name.Name] {
					return
				}
				seen[name.Name] = true
				if _, there := data.Column(name.Name); !there {
					lacking = append(lacking, frame.NewNumeric(name.Name, make([]float64, data.NumRows())))
				}
			})
		}
	}
	if lacking == nil {
		return data, nil
	}
	return data.With(lacking...)
}

// row is one row alone.
func (r *evaluated) row(i int) *evaluated {
	pick := func(v []float64) []float64 { // of a matrix, column by column
		var out []float64
		for at := i; at < len(v); at += r.n {
			out = append(out, v[at])
		}
		return out
	}
	one := &evaluated{n: 1, x: pick(r.x), mu: pick(r.mu), complement: pick(r.complement), byEta: pick(r.byEta), byVariance: pick(r.byVariance)}
	for _, z := range r.z {
		one.z = append(one.z, pick(z))
	}
	return one
}

// sum is Σ weight·μ/n with its gradient; nil weights are ones.
//
//	by β_j        Σ ∂m/∂η x_j
//	by Σ_ab       Σ ∂m/∂v z_a z_b, twice that for a ≠ b
func (e *Effects) sum(r *evaluated, weights []float64) Margin {
	var out Margin
	byEta, byVariance := r.byEta, r.byVariance
	if weights != nil {
		byEta, byVariance = product(byEta, weights), product(byVariance, weights)
	}
	for i := range r.n {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		out.Value += w * r.mu[i]
		out.complement += w * r.complement[i]
	}
	n := float64(r.n)
	out.Value, out.complement = out.Value/n, out.complement/n
	p := len(e.model.Beta)
	out.gradient = make([]float64, e.size())
	copy(out.gradient, infer.MeanGradient(r.x, byEta, r.n, p))
	for k, z := range r.z {
		for a := range len(e.model.mixed.Terms[k].Boundary) {
			for b := range a + 1 {
				for i, d := range byVariance {
					out.gradient[p] += d * entry(z, a*r.n+i) * entry(z, b*r.n+i) / n
				}
				if a != b {
					out.gradient[p] *= 2
				}
				p++
			}
		}
	}
	return out
}

func product(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range out {
		out[i] = a[i] * b[i]
	}
	return out
}

// weights are those of the rows in averages, with mean 1: the frequency
// weights of the model; nil when it has none.
func (e *Effects) weights(data *frame.Frame) ([]float64, error) {
	o := e.model.options
	if o.WeightsType != Frequency {
		return nil, nil
	}
	c, ok := data.Column(o.Weights)
	if !ok || c.Kind == frame.Factor {
		return nil, errors.New("there is no column of numbers " + o.Weights + ", the frequency weights of the model" + design.Meant(o.Weights, data.Names()))
	}
	total := 0.0
	for _, w := range c.Number {
		total += w
	}
	if !(total > 0) || math.IsInf(total, 1) {
		return nil, errors.New("the frequency weights in " + o.Weights + " are missing, or there is nothing to average over")
	}
	out := make([]float64, len(c.Number))
	for i, w := range c.Number {
		out[i] = w / total * float64(len(out))
	}
	return out, nil
}
