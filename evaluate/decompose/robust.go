package decompose

import (
	"math"

	"bidrag/model/kernel"
	"bidrag/model/univariate"
)

// robust adds the parts of the conditional decomposition once more, with
// intervals by the normal distribution from their cluster-robust variance,
//
//	Σ_c (Σ_{i in c} ψᵢ)²
//
// where ψᵢ is how far person i moves a part: with A the products of the columns
// 1, D, z, e the residual, Γⱼ the difference of means of zⱼ and β its
// coefficient,
//
//	ψᵢ = Σ_j Γⱼ (A⁻¹xᵢ)ⱼ eᵢ + βⱼ ψᵢ(Γⱼ),   ψᵢ(Γⱼ) = ±(zᵢⱼ − z̄ⱼ)/n of the own scheme
//
// over the columns j of a block, and of what remains (A⁻¹xᵢ)_D eᵢ. It is a check
// of the bootstrap, which it agrees with where clusters are many (Gelbach 2016,
// appendix B; the small-sample factor is left out, CR0).
func (m *methods) robust(a *Answer) {
	p := m.people
	if p.clusters.Compared(p.inFocus()) != nil {
		return // told of the bootstrap
	}
	r := newRoom(p)
	m.linear.sum(&r.h, r.panel, p.ones())
	l := linearOf(p, &r.h, r)
	residual := l.residuals(p)
	influence := make([][]float64, len(p.data.Blocks)+2) // of every block, of all, of what remains
	total := make([]float64, p.n)
	for b := range p.data.Blocks {
		influence[b] = l.influence(p, r, residual, b)
		kernel.Axpy(total, 1, influence[b])
	}
	influence[len(p.data.Blocks)] = total
	influence[len(p.data.Blocks)+1] = l.influence(p, r, residual, remains)
	k := 0
	z := univariate.NormalQuantile(0.975)
	for _, part := range a.Parts {
		if part.Method != Gelbach {
			continue
		}
		half := z * math.Sqrt(p.clustered(influence[k]))
		part.Method, part.Low, part.High = GelbachCR0, part.Value-half, part.Value+half
		a.Parts = append(a.Parts, part)
		k++
	}
}

// residuals are those of the model with the scheme in it.
func (l *linear) residuals(p *people) []float64 {
	e := make([]float64, p.n)
	for i, y := range p.column(p.p + 1)[:p.n] {
		e[i] = y - l.pooled.a
		if i >= p.begin[focus] {
			e[i] -= l.scheme
		}
	}
	for j, b := range l.pooled.b {
		kernel.Axpy(e, -b, p.column(j+1))
	}
	return e
}

// remains stands for the block of the scheme itself.
const remains = -1

// influence is how far every person moves the part of a block.
func (l *linear) influence(p *people, r *room, residual []float64, block int) []float64 {
	k := p.p + 2
	_, c := withScheme(r, r.both, r.h[focus], k, p.p) // the factor is of this matrix
	clear(c)
	gamma := func(j int) float64 { return l.sample.mean[focus][j] - l.sample.mean[reference][j] }
	if block == remains {
		c[1] = 1
	}
	for j, b := range p.block {
		if b == block {
			c[j+2] = gamma(j)
		}
	}
	r.factor.solve(c)
	out := make([]float64, p.n)
	for i := range out {
		out[i] = c[0]
		if i >= p.begin[focus] {
			out[i] += c[1]
		}
	}
	for j := range p.p {
		kernel.Axpy(out, c[j+2], p.column(j+1))
	}
	for i, e := range residual {
		out[i] *= e
	}
	for j, b := range p.block {
		if b != block {
			continue
		}
		for s, sign := range []float64{-1, 1} {
			f := sign * l.pooled.b[j] / l.sample.n[s]
			begin := p.begin[s]
			for i, z := range p.rows(j+1, s) {
				out[begin+i] += f * (z - l.sample.mean[s][j])
			}
		}
	}
	return out
}

// clustered is the sum of squares of the sums over clusters.
func (p *people) clustered(influence []float64) float64 {
	sums := make([]float64, p.clusters.Number)
	for i, v := range influence {
		sums[p.clusters.Of[i]] += v
	}
	return kernel.Squares(sums, 0)
}
