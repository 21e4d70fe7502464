package decompose

import (
	"errors"
	"math/rand/v2"
	"slices"
)

// methods are all methods, with what of them is the same in every draw.
type methods struct {
	people  *people
	few     Side // the side that tells of the fewest persons
	linear  *products
	logit   *logits
	threads int
}

// room is what one goroutine works in.
type room struct {
	h, info      [2][]float64
	both, panel  []float64
	a, b         []float64
	factor       factor
	eta, mu, res []float64
	match        matching
}

func newRoom(p *people) *room {
	return &room{panel: make([]float64, (p.p+2)*panelRows), eta: make([]float64, p.n), mu: make([]float64, p.n), res: make([]float64, p.n)}
}

// newMethods prepares the methods, and tells what of them has no answer.
func newMethods(p *people, o Options, a *Answer) *methods {
	m := &methods{people: p, threads: o.Threads, linear: newProducts(p, p.p+2, nil)}
	m.few.Persons, m.few.Successes = fewest(p.side[focus], p.side[reference])
	r := newRoom(p)
	m.linear.sum(&r.h, r.panel, p.ones())
	l := linearOf(p, &r.h, r)
	if names := m.names(l.pooledAliased); len(names) > 0 {
		a.Gaps = append(a.Gaps, Gap{Names: names, Err: ErrAliased})
	}
	for s, choice := range []string{RefSide, FocusSide} {
		only := slices.Clone(l.ownAliased[s])
		for j := range only {
			only[j] = only[j] && !l.pooledAliased[j]
		}
		if names := m.names(only); len(names) > 0 {
			a.Gaps = append(a.Gaps, Gap{Choice: choice, Names: names, Err: ErrOneSided})
		}
	}
	m.logit = newLogits(m, a)
	for k, t := range p.data.Tables {
		a.Gaps = append(a.Gaps, m.emptyLevels(k, t)...)
	}
	return m
}

// names are those of the columns that are marked.
func (m *methods) names(marked []bool) []string {
	var out []string
	for j, yes := range marked {
		if yes {
			out = append(out, m.people.data.Names[j])
		}
	}
	return out
}

// errNoSide is a draw in which a scheme has nobody.
var errNoSide = errors.New("a draw has nobody of one of the schemes")

// all computes everything for a draw, in an order that is always the same.
func (m *methods) all(t *tally, r *room, draw []float64, orderings int, random *rand.Rand) error {
	m.linear.sum(&r.h, r.panel, draw)
	if r.h[focus][0] == 0 || r.h[reference][0] == 0 {
		return errNoSide
	}
	l := linearOf(m.people, &r.h, r)
	t.add(l.sample.raw(), Part{Persons: m.few.Persons, Successes: m.few.Successes})
	m.gelbach(t, &l)
	m.twofold(t, &l)
	m.threefold(t, &l)
	m.logit.answer(t, &l.sample, r, draw, orderings, random)
	for k := range m.people.data.Tables {
		m.rates(t, k, draw)
	}
	return nil
}
