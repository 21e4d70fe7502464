package disclose

// A plan says by how many persons the number of each stratum changes, so that the
// headline counts change as little as can be: not at all, but for strata of so few
// persons that it cannot be otherwise. For those, others make up that share the larger
// headline counts with them.
type plan struct {
	*weights
	size, loose []int     // by stratum: persons, and those who are loose
	groups      [][]int32 // by stratum: its headline groups
	by          []int     // by stratum: the change
	change      []int     // by group
}

// plan finds the change of each stratum by coordinate descent, and returns how many
// more of it become loose for it, and how many weigh base.
func (a *weights) plan() (more, heavy []int) {
	p := a.newPlan()
	for s := range p.by {
		p.set(s, p.nearest(s))
	}
	for range maxPasses {
		better := false
		for s := range p.by {
			better = p.improve(s) || better
		}
		if !better {
			break
		}
	}
	more, heavy = make([]int, a.strata), make([]int, a.strata)
	for s, by := range p.by {
		more[s], heavy[s], _ = p.realize(s, by)
	}
	return more, heavy
}

func (a *weights) newPlan() *plan {
	p := &plan{weights: a, size: make([]int, a.strata), loose: make([]int, a.strata), by: make([]int, a.strata),
		groups: make([][]int32, a.strata), change: make([]int, len(a.Groups))}
	for row, s := range a.stratum {
		if p.size[s] == 0 {
			for _, i := range a.headline {
				if k := a.crossings[i].group(row); k >= 0 {
					p.groups[s] = append(p.groups[s], k)
				}
			}
		}
		p.size[s]++
		if a.loose[row] {
			p.loose[s]++
		}
	}
	return p
}

// realize finds how a stratum changes by a number of persons: how many more become
// loose, and how many weigh base. It is not ok when there are too few.
func (p *plan) realize(s, by int) (more, heavy int, ok bool) {
	loose := p.loose[s]
	for more = 0; more < p.base && loose+more <= p.size[s]; more++ {
		if sum := loose + more + by; sum%p.base == 0 && sum >= 0 && sum/p.base <= loose+more {
			return more, sum / p.base, true
		}
	}
	return 0, 0, false
}

// nearest is the smallest change of a stratum that there can be.
func (p *plan) nearest(s int) int {
	for by := range p.base {
		for _, by := range []int{-by, by} {
			if _, _, ok := p.realize(s, by); ok {
				return by
			}
		}
	}
	return -p.loose[s] // never reached: so many all weigh nothing
}

// set changes the stratum by so many persons, in place of what it changed by.
func (p *plan) set(s, by int) {
	for _, k := range p.groups[s] {
		p.change[k] += by - p.by[s]
	}
	p.by[s] = by
}

// partners is the number of strata to which one may hand some of its change.
const partners = 256

// improve gives a stratum the change by which the sum of squares becomes least, or
// hands some of its change to another stratum. It tells whether anything became better.
func (p *plan) improve(s int) bool {
	best, other, otherBy, least := p.by[s], -1, 0, 0
	was := p.by[s]
	for by := 1 - p.base; by < p.base; by++ {
		if _, _, ok := p.realize(s, by); !ok || by == was {
			continue
		}
		sum := p.gain(s, by)
		if sum < least {
			best, other, least = by, -1, sum
		}
		if was == 0 {
			continue
		}
		p.set(s, by)
		for next := range min(partners, len(p.by)-1) {
			t := (s + next + 1) % len(p.by)
			to := p.by[t] + was - by
			if to <= -p.base || to >= p.base {
				continue
			}
			if both := sum + p.gain(t, to); both < least {
				if _, _, ok := p.realize(t, to); ok {
					best, other, otherBy, least = by, t, to, both
				}
			}
		}
		p.set(s, was)
	}
	p.set(s, best)
	if other >= 0 {
		p.set(other, otherBy)
	}
	return least < 0
}

// gain is by how much the sum of squares grows when a stratum changes by so many.
func (p *plan) gain(s, by int) int {
	sum, more := 0, by-p.by[s]
	for _, k := range p.groups[s] {
		sum += p.cost[k] * more * (2*p.change[k] + more)
	}
	return sum
}
