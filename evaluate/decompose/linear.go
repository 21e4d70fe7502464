package decompose

import "slices"

// coefs are coefficients of a linear index of the characteristics,
//
//	a + z'b
//
// with z centred and scaled.
type coefs struct {
	a float64
	b []float64 // p
}

// A sample is what a draw tells of both schemes, each by its place.
type sample struct {
	n, share [2]float64   // persons; the share that attains the goal
	mean     [2][]float64 // p means of z
}

// raw is the difference to be split.
func (s *sample) raw() float64 { return s.share[focus] - s.share[reference] }

// linear are the linear probability models of a draw.
type linear struct {
	own           [2]coefs // of each scheme by itself
	pooled        coefs    // of both, with the scheme in the model
	scheme        float64  // whose coefficient is that
	neumark       coefs    // of both, without it
	ownAliased    [2][]bool
	pooledAliased []bool
	sample        sample
}

// linearOf fits the linear models from the products of the columns 1, z, y:
// least squares by the normal equations of centred and scaled columns.
func linearOf(p *people, h *[2][]float64, room *room) linear {
	k := p.p + 2
	out := linear{sample: sampleOf(p, h)}
	both := sized(room.both, k*k)
	room.both = both
	for i := range both {
		both[i] = h[0][i] + h[1][i]
	}
	fit := func(from []float64) (coefs, []bool) {
		n := p.p + 1
		a, b := square(room, from, k, n, 0)
		for j := range n {
			b[j] = from[j*k+k-1]
		}
		room.factor.of(a, n)
		room.factor.solve(b)
		return coefs{b[0], slices.Clone(b[1:])}, slices.Clone(room.factor.aliased[1:])
	}
	for s := range h {
		out.own[s], out.ownAliased[s] = fit(h[s])
	}
	out.neumark, _ = fit(both)
	n := p.p + 2
	a, b := withScheme(room, both, h[focus], k, p.p)
	for j := range p.p {
		b[j+2] = both[(j+1)*k+k-1]
	}
	b[0], b[1] = both[k-1], h[focus][k-1]
	room.factor.of(a, n)
	room.factor.solve(b)
	out.pooled, out.scheme = coefs{b[0], slices.Clone(b[2:])}, b[1]
	out.pooledAliased = slices.Clone(room.factor.aliased[2:])
	return out
}

// sampleOf reads means off the products.
func sampleOf(p *people, h *[2][]float64) sample {
	var s sample
	k := p.p + 2
	for g := range h {
		s.n[g] = h[g][0]
		s.share[g] = h[g][k-1] / s.n[g]
		s.mean[g] = make([]float64, p.p)
		for j := range p.p {
			s.mean[g][j] = h[g][j+1] / s.n[g]
		}
	}
	return s
}

// square is room for the first n columns of a matrix of k, which it copies, and
// for a right-hand side; shift leaves that many columns open after the first.
func square(room *room, from []float64, k, n, shift int) (a, b []float64) {
	m := n + shift
	room.a, room.b = sized(room.a, m*m), sized(room.b, m)
	at := func(i int) int {
		if i == 0 {
			return 0
		}
		return i + shift
	}
	for i := range n {
		for j := i; j < n; j++ {
			room.a[at(i)*m+at(j)] = from[i*k+j]
		}
	}
	return room.a, room.b
}

// withScheme is the matrix of the columns 1, scheme, z from the products of both
// schemes and of the scheme.
func withScheme(room *room, both, scheme []float64, k, p int) (a, b []float64) {
	a, b = square(room, both, k, p+1, 1)
	m := p + 2
	a[1], a[m+1] = scheme[0], scheme[0]
	for j := range p {
		a[m+2+j] = scheme[1+j]
	}
	return a, b
}

// mix is the coefficients f β₁ + (1 − f) β₀.
func mix(f float64, one, zero coefs) coefs {
	out := coefs{f*one.a + (1-f)*zero.a, make([]float64, len(one.b))}
	for j := range out.b {
		out.b[j] = f*one.b[j] + (1-f)*zero.b[j]
	}
	return out
}

// endowments are, by block, what different means come to at coefficients b,
//
//	Σⱼ (z̄ⱼ(scheme) − z̄ⱼ(reference)) bⱼ   over the columns j of the block
//
// which depends neither on where a number has its zero nor on which level of a
// category is omitted.
func (p *people) endowments(s *sample, b []float64) []float64 {
	out := make([]float64, len(p.data.Blocks))
	for j, f := range b {
		out[p.block[j]] += (s.mean[focus][j] - s.mean[reference][j]) * f
	}
	return out
}

// atMeans are, by block, what coefficients come to at the means of a scheme, and
// what belongs to no block,
//
//	x̄'β̃ = Σⱼ x̄ⱼβⱼ − Σ β̄   over the columns and categories of the block,   β̄ = Σⱼ βⱼ/L
//
// in the characteristics' own units, those of a category of L levels normalized:
// each is measured from their mean, the omitted one too, whose coefficient is 0.
// So they do not depend on which level is omitted (Yun 2005, Economic Inquiry 43,
// 766–772). They do depend on where a number has its zero.
func (p *people) atMeans(mean []float64, c coefs) (blocks []float64, constant float64) {
	blocks, constant = make([]float64, len(p.data.Blocks)), c.a
	for j, b := range c.b {
		blocks[p.block[j]] += b * (p.centre[j] + mean[j])
		constant -= b * p.centre[j]
	}
	for _, category := range p.data.Categories {
		average := 0.0
		for _, j := range category {
			average += c.b[j] / p.scale[j]
		}
		average /= float64(len(category) + 1)
		for _, j := range category {
			blocks[p.block[j]] -= average / float64(len(category))
		}
		constant += average
	}
	return blocks, constant
}

// gelbach is the conditional decomposition: how far the coefficient of the scheme
// moves when characteristics enter the regression, by block,
//
//	y = α + D δ₀ + e           δ₀ = the raw difference
//	y = α + D δ + z'β + e      δ₀ − δ = Σ_b Σ_{j in b} Γⱼβⱼ,   Γⱼ the coefficient of D in zⱼ = α + D Γⱼ + e
//
// in no order. What remains is δ. The parts are those of the twofold
// decomposition with the pooled coefficients of a model that has the scheme in
// it (Jann 2008, Stata Journal 8, 453–479).
func (m *methods) gelbach(t *tally, l *linear) {
	part := Part{Method: Gelbach, Piece: Explained, Persons: m.few.Persons, Successes: m.few.Successes}
	t.split(m.people.data.Blocks, m.people.endowments(&l.sample, l.pooled.b), nil, part)
	part.Piece = Unexplained
	t.add(l.scheme, part)
}

// twofold is the decomposition of Oaxaca and Blinder at coefficients β*,
//
//	ȳ₁ − ȳ₀ = (x̄₁ − x̄₀)'β* + [x̄₁'(β₁ − β*) + x̄₀'(β* − β₀)]
//
// with 1 the scheme and 0 the reference. β* are those of the reference, of the
// scheme, of both with the scheme in the model, half of each (Reimers 1983,
// Review of Economics and Statistics 65, 570–579), or of both without the scheme
// (Neumark 1988, Journal of Human Resources 23, 279–295), which gives some of
// what remains to the characteristics.
func (m *methods) twofold(t *tally, l *linear) {
	p, s := m.people, &l.sample
	for _, c := range []struct {
		choice string
		at     coefs
	}{{RefSide, l.own[reference]}, {FocusSide, l.own[focus]}, {Pooled, l.pooled}, {Half, mix(0.5, l.own[focus], l.own[reference])}, {Neumark, l.neumark}} {
		part := Part{Method: Twofold, Choice: c.choice, Piece: Explained, Persons: m.few.Persons, Successes: m.few.Successes}
		t.split(p.data.Blocks, p.endowments(s, c.at.b), nil, part)
		one, first := p.atMeans(s.mean[focus], difference(l.own[focus], c.at))
		zero, second := p.atMeans(s.mean[reference], difference(c.at, l.own[reference]))
		for b := range one {
			one[b] += zero[b]
		}
		first += second
		part.Piece = Unexplained
		t.split(p.data.Blocks, one, &first, part)
	}
}

// threefold is the decomposition from the viewpoint of the reference,
//
//	ȳ₁ − ȳ₀ = (x̄₁ − x̄₀)'β₀ + x̄₀'(β₁ − β₀) + (x̄₁ − x̄₀)'(β₁ − β₀)
//
// endowments, coefficients and interaction, and from that of the scheme,
//
//	ȳ₁ − ȳ₀ = (x̄₁ − x̄₀)'β₁ + x̄₁'(β₁ − β₀) − (x̄₁ − x̄₀)'(β₁ − β₀)
//
// (Winsborough and Dickinson 1971; Jann 2008).
func (m *methods) threefold(t *tally, l *linear) {
	p, s := m.people, &l.sample
	change := difference(l.own[focus], l.own[reference])
	for _, v := range []struct {
		choice string
		scheme int
		sign   float64
	}{{RefSide, reference, 1}, {FocusSide, focus, -1}} {
		part := Part{Method: Threefold, Choice: v.choice, Piece: Endowments, Persons: m.few.Persons, Successes: m.few.Successes}
		t.split(p.data.Blocks, p.endowments(s, l.own[v.scheme].b), nil, part)
		part.Piece = Coefs
		blocks, constant := p.atMeans(s.mean[v.scheme], change)
		t.split(p.data.Blocks, blocks, &constant, part)
		part.Piece = Interaction
		both := p.endowments(s, change.b)
		for b := range both {
			both[b] *= v.sign
		}
		t.split(p.data.Blocks, both, nil, part)
	}
}

// difference is the coefficients β₁ − β₀.
func difference(one, zero coefs) coefs {
	out := coefs{one.a - zero.a, make([]float64, len(one.b))}
	for j := range out.b {
		out.b[j] = one.b[j] - zero.b[j]
	}
	return out
}
