package decompose

import "math"

// cells are the persons of a draw at the levels of a table, by scheme.
type cells struct {
	n, attained [2][]float64 // by level
	all, rate   [2]float64   // persons with a known level, and the share of them that attains the goal
}

// cells counts a draw by table k.
func (p *people) cells(k int, draw []float64) cells {
	var c cells
	levels, y := p.levels[k], p.column(p.p+1)
	for s := range 2 {
		c.n[s], c.attained[s] = make([]float64, len(p.data.Tables[k].Levels)), make([]float64, len(p.data.Tables[k].Levels))
		sum := 0.0
		for i := p.begin[s]; i < p.begin[s+1]; i++ {
			if l := levels[i]; l >= 0 {
				c.n[s][l] += draw[i]
				c.attained[s][l] += draw[i] * y[i]
				c.all[s] += draw[i]
				sum += draw[i] * y[i]
			}
		}
		c.rate[s] = sum / c.all[s]
	}
	return c
}

// share is how many of a scheme's persons are at a level; side may be both.
func (c *cells) share(side, level int) float64 {
	if side == both {
		return (c.n[0][level] + c.n[1][level]) / (c.all[0] + c.all[1])
	}
	return c.n[side][level] / c.all[side]
}

// at is the rate of a scheme, or both, at a level; NaN without persons.
func (c *cells) at(side, level int) float64 {
	if side == both {
		return (c.attained[0][level] + c.attained[1][level]) / (c.n[0][level] + c.n[1][level])
	}
	return c.attained[side][level] / c.n[side][level]
}

// both stands for both schemes together.
const both = 2

// sides are the places of the choices of a table.
var sides = []string{reference: RefSide, focus: FocusSide, both: Pooled}

// rates compares the schemes by the levels l of table k. With the share a and the
// rate r of each scheme at a level (1 the scheme, 0 the reference),
//
//	R₁ − R₀ = Σ_l (a₁ₗ − a₀ₗ)((r₁ₗ + r₀ₗ)/2 − R̄) + Σ_l (r₁ₗ − r₀ₗ)(a₁ₗ + a₀ₗ)/2
//
// goes with composition and with rates (Kitagawa 1955). R̄ = (R₁ + R₀)/2 changes no
// sum, as shares add up to 1; it makes the part of a level that of having more
// persons there than elsewhere, and not than nowhere. At a level where a scheme
// has nobody its rate is taken for that of the other. Directly standardized rates
// give each scheme's rates the composition of a scheme or of both, Σ_l aₗ r_sₗ;
// indirectly standardized ones give its composition the rates of a standard, and
// its attainment by what these expect of it is put on the standard's rate,
//
//	R · (Σ_l n_sₗ r_sₗ)/(Σ_l n_sₗ rₗ)
//
// (Rothman, Greenland and Lash 2008, Modern Epidemiology, 3rd ed., chapter 4).
func (m *methods) rates(t *tally, k int, draw []float64) {
	c := m.people.cells(k, draw)
	part := Part{Method: Kitagawa, Block: m.people.data.Tables[k].Variable}
	part.Persons, part.Successes = m.few.Persons, m.few.Successes
	middle := (c.rate[focus] + c.rate[reference]) / 2
	composition, rates := make([]float64, len(c.n[0])), make([]float64, len(c.n[0]))
	totals := [2]float64{}
	for l := range composition {
		one, zero := c.at(focus, l), c.at(reference, l)
		switch {
		case math.IsNaN(one) && math.IsNaN(zero):
			continue
		case math.IsNaN(one):
			one = zero
		case math.IsNaN(zero):
			zero = one
		}
		composition[l] = (c.share(focus, l) - c.share(reference, l)) * ((one+zero)/2 - middle)
		rates[l] = (one - zero) * (c.share(focus, l) + c.share(reference, l)) / 2
		totals[0] += composition[l]
		totals[1] += rates[l]
	}
	t.add(c.rate[focus]-c.rate[reference], part)
	for i, piece := range []string{Composition, Rates} {
		part.Piece = piece
		t.add(totals[i], part)
	}
	for l, level := range m.people.data.Tables[k].Levels {
		part.Level = level
		part.Persons, part.Successes = fewest(c.side(focus, l), c.side(reference, l))
		part.Piece = Composition
		t.add(composition[l], part)
		part.Piece = Rates
		t.add(rates[l], part)
	}
	m.standardized(t, k, &c)
}

// side is the persons of a scheme at a level of the whole data.
func (c *cells) side(scheme, level int) Side {
	return Side{int(c.n[scheme][level]), int(c.attained[scheme][level])}
}

// standardized adds directly and indirectly standardized rates.
func (m *methods) standardized(t *tally, k int, c *cells) {
	for s := range 2 {
		part := Part{Block: m.people.data.Tables[k].Variable, Side: sides[s], Persons: m.people.side[s].Persons, Successes: m.people.side[s].Successes}
		for of, choice := range sides {
			part.Method, part.Choice = Direct, choice
			t.add(c.direct(s, of), part)
			if of != s {
				part.Method = Indirect
				t.add(c.indirect(s, of), part)
			}
		}
	}
}

// direct is the rate of a scheme with the composition of a side.
func (c *cells) direct(scheme, of int) float64 {
	sum := 0.0
	for l := range c.n[0] {
		if a := c.share(of, l); a > 0 {
			sum += a * c.at(scheme, l)
		}
	}
	return sum
}

// indirect is the rate of a scheme by what the rates of a side expect of it.
func (c *cells) indirect(scheme, by int) float64 {
	attained, expected, rate := 0.0, 0.0, 0.0
	for l := range c.n[0] {
		attained += c.attained[scheme][l]
		if n := c.n[scheme][l]; n > 0 {
			expected += n * c.at(by, l)
		}
		if a := c.share(by, l); a > 0 {
			rate += a * c.at(by, l)
		}
	}
	return rate * attained / expected
}

// emptyLevels tells of levels where one of the schemes has nobody.
func (m *methods) emptyLevels(k int, t Table) []Gap {
	c := m.people.cells(k, m.people.ones())
	var out []Gap
	for l, level := range t.Levels {
		if (c.n[0][l] == 0) != (c.n[1][l] == 0) {
			out = append(out, Gap{Method: Kitagawa, Names: []string{t.Variable, level}, Err: ErrEmptyLevel})
		}
	}
	return out
}
