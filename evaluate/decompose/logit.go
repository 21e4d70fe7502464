package decompose

import (
	"math"
	"math/rand/v2"
	"slices"

	"bidrag/model/family"
	"bidrag/model/glm"
	"bidrag/model/kernel"
)

// logits are the logistic models of the whole data, and the products from which
// those of a draw begin.
type logits struct {
	*methods
	own    [2]*logit
	pooled *logit // with the scheme in the model
}

// A logit is one logistic model.
type logit struct {
	coefs
	scheme float64   // coefficient of the scheme; of a model of one scheme 0
	info   *products // of the columns 1, z with weights μ(1 − μ)
	of     [2]bool   // the schemes that it is fitted to
}

// newLogits fits the models, and tells of those without finite estimates.
func newLogits(m *methods, a *Answer) *logits {
	p := m.people
	out := &logits{methods: m}
	weights := make([]float64, p.n) // of the models of one scheme, which share products
	for s, choice := range []string{RefSide, FocusSide} {
		if y := p.side[s].Successes; y == 0 || y == p.side[s].Persons {
			a.Gaps = append(a.Gaps, Gap{Method: Logit, Choice: choice, Err: ErrSameOut})
			continue
		}
		of := [2]bool{}
		of[s] = true
		out.own[s] = m.fit(of, weights, choice, a)
	}
	info := newProducts(p, p.p+1, weights)
	for _, l := range out.own {
		if l != nil {
			l.info = info
		}
	}
	together := make([]float64, p.n)
	if out.pooled = m.fit([2]bool{true, true}, together, Pooled, a); out.pooled != nil {
		out.pooled.info = newProducts(p, p.p+1, together)
	}
	return out
}

// oneSided tells whether all persons of some scheme have the same outcome.
func (m *methods) oneSided() bool {
	return slices.ContainsFunc(m.people.side[:], func(s Side) bool { return s.Successes == 0 || s.Successes == s.Persons })
}

// fit fits a model to some schemes, and fills in the weights μ(1 − μ) of their
// rows. It is nil, and told of, when there is none.
func (m *methods) fit(of [2]bool, weights []float64, choice string, a *Answer) *logit {
	p := m.people
	begin, end := p.begin[0], p.begin[2]
	both := of[0] && of[1]
	switch {
	case both && m.oneSided():
		a.Gaps = append(a.Gaps, Gap{Method: Logit, Choice: choice, Err: ErrSameOut})
		return nil
	case !of[reference]:
		begin = p.begin[focus]
	case !of[focus]:
		end = p.begin[focus]
	}
	var x []float64
	columns := p.p + 1
	x = append(x, p.column(0)[begin:end]...)
	if both {
		columns++
		for i := range p.n {
			x = append(x, indicator(i >= p.begin[focus]))
		}
	}
	for j := range p.p {
		x = append(x, p.column(j + 1)[begin:end]...)
	}
	logistic, _ := family.New("binomial", "")
	e, err := glm.Fit(glm.Data{N: end - begin, P: columns, X: x, Y: p.column(p.p + 1)[begin:end], Family: logistic}, glm.Options{Threads: m.threads})
	if err == nil && e.Status != glm.Converged {
		err = ErrSeparated
	}
	if err != nil {
		gap := Gap{Method: Logit, Choice: choice, Err: err}
		if e != nil {
			gap.Names = m.names(e.Separated[columns-p.p:])
		}
		a.Gaps = append(a.Gaps, gap)
		return nil
	}
	for i, mu := range e.Mu {
		weights[begin+i] = mu * (1 - mu)
	}
	beta := slices.Clone(e.Beta)
	for j, b := range beta {
		if math.IsNaN(b) {
			beta[j] = 0
		}
	}
	out := &logit{coefs: coefs{beta[0], beta[columns-p.p:]}, of: of}
	if both {
		out.scheme = beta[1]
	}
	return out
}

func indicator(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// The steps towards the estimate of a draw.
const (
	mostSteps   = 40
	nearEnough  = 1e-6 // squared standard errors that the last step may be long
	farFromDone = 0.05 // where it ends when a coefficient has no finite estimate in the draw, which hardly moves probabilities any more
)

// draw is the model fitted to a draw, by steps from the estimate of the whole
// data with the information there, the draw's weights on it where clusters are
// few, so that a step needs no new matrix and sums over clusters serve all draws.
// Where there is no estimate
// its coefficients are NaN, and so is what is made of them.
func (l *logit) draw(p *people, r *room, draw []float64) *logit {
	l.info.sum(&r.info, r.panel, draw)
	k, n := p.p+1, p.p+1
	both := l.of[0] && l.of[1]
	var a, b []float64
	if both {
		r.both = sized(r.both, k*k)
		for i := range r.both {
			r.both[i] = r.info[0][i] + r.info[1][i]
		}
		a, b = withScheme(r, r.both, r.info[focus], k, p.p)
		n++
	} else if l.of[focus] {
		a, b = square(r, r.info[focus], k, n, 0)
	} else {
		a, b = square(r, r.info[reference], k, n, 0)
	}
	r.factor.of(a, n)
	out := &logit{coefs: coefs{l.a, slices.Clone(l.b)}, scheme: l.scheme, of: l.of, info: l.info}
	decrement := 0.0
	for range mostSteps {
		decrement = out.step(p, r, draw, b)
		if !(decrement > nearEnough) {
			break
		}
	}
	if !(decrement < farFromDone) {
		out.a = math.NaN()
	}
	return out
}

// step goes one step up the likelihood of a draw and returns its squared length
// in standard errors.
func (l *logit) step(p *people, r *room, draw, b []float64) (decrement float64) {
	first := len(b) - p.p
	clear(b)
	for s := range 2 {
		if !l.of[s] {
			continue
		}
		begin, end := p.begin[s], p.begin[s+1]
		res := l.mean(p, r, s, indicator(s == focus && first == 2)*l.scheme)
		for i, y := range p.column(p.p + 1)[begin:end] {
			res[i] = draw[begin+i] * (y - res[i])
		}
		for j := range p.p {
			b[first+j] += kernel.Dot(p.rows(j+1, s), res)
		}
		sum := kernel.Dot(p.rows(0, s), res)
		b[0] += sum
		if first == 2 && s == focus {
			b[1] = sum
		}
	}
	gradient := append(r.res[:0], b...)
	r.factor.solve(b)
	decrement = kernel.Dot(gradient, b)
	l.a += b[0]
	if first == 2 {
		l.scheme += b[1]
	}
	kernel.Axpy(l.b, 1, b[first:])
	return decrement
}

// mean is what the coefficients expect of the persons of a scheme, shift added
// to the index, in the room's mu.
func (c *coefs) mean(p *people, r *room, scheme int, shift float64) []float64 {
	n := p.begin[scheme+1] - p.begin[scheme]
	eta, mu := r.eta[:n], r.mu[:n]
	for i := range eta {
		eta[i] = c.a + shift
	}
	for j, b := range c.b {
		if b != 0 {
			kernel.Axpy(eta, b, p.rows(j+1, scheme))
		}
	}
	kernel.Sigmoid(eta, mu, eta)
	return mu
}

// expected is the mean over the persons of a scheme in a draw.
func (c *coefs) expected(p *people, r *room, s *sample, scheme int, draw []float64) float64 {
	mu := c.mean(p, r, scheme, 0)
	return kernel.Dot(mu, draw[p.begin[scheme]:p.begin[scheme+1]]) / s.n[scheme]
}

// answer adds the decompositions by logistic models.
func (l *logits) answer(t *tally, s *sample, r *room, draw []float64, orderings int, random *rand.Rand) {
	now := logits{methods: l.methods}
	for i, of := range [3]*logit{l.own[0], l.own[1], l.pooled} {
		if of != nil {
			*[3]**logit{&now.own[0], &now.own[1], &now.pooled}[i] = of.draw(l.people, r, draw)
		}
	}
	for _, c := range []struct {
		choice string
		at     *logit
	}{{RefSide, now.own[reference]}, {FocusSide, now.own[focus]}, {Pooled, now.pooled}} {
		if c.at == nil {
			continue
		}
		now.twofold(t, c.choice, &c.at.coefs, s, r, draw)
		l.fairlie(t, c.choice, &c.at.coefs, s, r, draw, orderings, random)
	}
}

// twofold is the decomposition of Oaxaca and Blinder with probabilities at
// coefficients β*, where E_s(β) is the mean of 1/(1 + exp(−x'β)) over the persons
// of a scheme,
//
//	ȳ₁ − ȳ₀ = [E₁(β*) − E₀(β*)] + [ȳ₁ − E₁(β*)] + [E₀(β*) − ȳ₀]
//
// (Bauer and Sinning 2008, Advances in Statistical Analysis 92, 197–206). Each
// bracket is shared out over blocks as the linear index is (Yun 2004, Economics
// Letters 82, 275–280): the first by (x̄₁ − x̄₀)'β*, the second by x̄₁'(β₁ − β*), the
// third by x̄₀'(β* − β₀), normalized as the linear ones are. Pooled coefficients
// expect of everyone what they would of persons of the reference; what remains
// then is the average difference between the schemes among the scheme's own
// persons.
func (l *logits) twofold(t *tally, choice string, at *coefs, s *sample, r *room, draw []float64) {
	p := l.people
	one, zero := at.expected(p, r, s, focus, draw), at.expected(p, r, s, reference, draw)
	part := Part{Method: Logit, Choice: choice, Piece: Explained, Persons: l.few.Persons, Successes: l.few.Successes}
	blocks := p.endowments(s, at.b)
	shareOut(one-zero, blocks, nil)
	t.split(p.data.Blocks, blocks, nil, part)
	part.Piece = Unexplained
	rest := s.share[focus] - one + zero - s.share[reference]
	if l.own[0] == nil || l.own[1] == nil {
		t.add(rest, part)
		return
	}
	above, first := p.atMeans(s.mean[focus], difference(l.own[focus].coefs, *at))
	below, second := p.atMeans(s.mean[reference], difference(*at, l.own[reference].coefs))
	if choice == FocusSide {
		shareOut(0, above, &first)
	} else {
		shareOut(s.share[focus]-one, above, &first)
	}
	if choice == RefSide {
		shareOut(0, below, &second)
	} else {
		shareOut(zero-s.share[reference], below, &second)
	}
	for b := range above {
		above[b] += below[b]
	}
	first += second
	t.split(p.data.Blocks, above, &first, part)
	t.total(rest)
}

// shareOut replaces parts of a linear index by those of a total, in proportion.
// A total of 0 has parts of 0, and where the index itself is the same the total
// is the constant's.
func shareOut(total float64, parts []float64, constant *float64) {
	sum := 0.0
	for _, v := range parts {
		sum += v
	}
	if constant != nil {
		sum += *constant
	}
	f := 0.0
	switch {
	case total != 0 && sum != 0:
		f = total / sum
	case constant != nil:
		*constant, f = total, 1
		clear(parts)
	}
	for i := range parts {
		parts[i] *= f
	}
	if constant != nil {
		*constant *= f
	}
}
