// Package family holds the response distributions of generalized linear
// models, each with its links:
//
//	binomial   logit, probit, cloglog   y a share of a number of trials
//	poisson    log                      y a count
//	gaussian   identity                 y any number
//	gamma      log                      y a positive number
//
// Its stance: everything that depends on the linear predictor η comes from one
// place per link ([Family.Mean] and [Family.Score]), is computed for whole
// slices so that the choice of link stays outside the loops, and stays finite
// and accurate far out in the tails, where 1−μ is not 1 minus μ.
package family

import (
	"fmt"
	"slices"
	"strings"
)

// A Dist is a response distribution.
type Dist int

const (
	Binomial Dist = iota
	Poisson
	Gaussian
	Gamma
)

// A Link is the function g with g(μ) = η.
type Link int

const (
	Logit    Link = iota // log(μ/(1−μ))
	Probit               // Φ⁻¹(μ)
	CLogLog              // log(−log(1−μ))
	Log                  // log μ
	Identity             // μ
)

var distNames = []string{"binomial", "poisson", "gaussian", "gamma"}
var linkNames = []string{"logit", "probit", "cloglog", "log", "identity"}

// links are the links of every distribution, the default first.
var links = [][]Link{{Logit, Probit, CLogLog}, {Log}, {Identity}, {Log}}

// String names the distribution as in the formula interface.
func (d Dist) String() string { return distNames[d] }

// String names the link.
func (l Link) String() string { return linkNames[l] }

// A Family is a distribution with one of its links.
type Family struct {
	Dist Dist
	Link Link
}

// New returns the family of that name; an empty link means the first of the
// distribution's links. The error names what there is to choose from.
func New(name, link string) (Family, error) {
	d := slices.Index(distNames, strings.ToLower(name))
	if d < 0 {
		return Family{}, fmt.Errorf("there is no family %q; choose one of %s", name, strings.Join(distNames, ", "))
	}
	f := Family{Dist(d), links[d][0]}
	if link == "" {
		return f, nil
	}
	l := slices.Index(linkNames, strings.ToLower(link))
	if l < 0 || !slices.Contains(links[d], Link(l)) {
		have := make([]string, len(links[d]))
		for i, h := range links[d] {
			have[i] = h.String()
		}
		return Family{}, fmt.Errorf("the family %s has no link %q; choose one of %s", f.Dist, link, strings.Join(have, ", "))
	}
	f.Link = Link(l)
	return f, nil
}

// HasDispersion tells whether the variance has a scale that is estimated:
// Gaussian and gamma. The others have dispersion 1.
func (f Family) HasDispersion() bool { return f.Dist == Gaussian || f.Dist == Gamma }

// Canonical tells whether the link is the canonical one, for which expected
// and observed information agree.
func (f Family) Canonical() bool {
	return f.Link == Logit || f.Link == Identity || f.Dist == Poisson
}

// Variance fills v with the variance function V(μ) of the distribution: the
// variance of one observation (one trial) divided by the dispersion. comp is
// 1 − μ as [Family.Mean] gives it; it is read for the binomial only.
func (f Family) Variance(mu, comp, v []float64) {
	switch f.Dist {
	case Binomial:
		for i, m := range mu {
			v[i] = m * comp[i]
		}
	case Poisson:
		copy(v, mu)
	case Gaussian:
		for i := range mu {
			v[i] = 1
		}
	case Gamma:
		for i, m := range mu {
			v[i] = m * m
		}
	}
}
