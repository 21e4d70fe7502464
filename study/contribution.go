package study

import (
	"slices"
	"strconv"
)

// Contribution says how projects are compared with what is expected of their
// participants.
type Contribution struct {
	Model       string       `yaml:"model"`      // gives what is expected of every participant
	Multilevel  string       `yaml:"multilevel"` // a model with random intercepts of places and projects, for indicators that are drawn towards what is expected; "" for none
	MinLeavers  int          `yaml:"min_leavers"`
	NeutralBand float64      `yaml:"neutral_band"` // points; a contribution within ± the band is neutral; a share, 0.0275
	Variants    Map[Variant] `yaml:"variants"`     // the first is the one shown

	Reliability    float64      `yaml:"reliability"`     // an indicator of less is marked; default 0.7
	FalseDiscovery float64      `yaml:"false_discovery"` // expected share of false findings among projects called above or below; default 0.05
	Draws          int          `yaml:"draws"`           // simulated draws of the multilevel model; default 1,000
	Sizes          []int        `yaml:"sizes"`           // leavers at which classes of size begin, rising; default min_leavers, 10, 20, 30, 50, 100
	Years          bool         `yaml:"years"`           // also per year of leaving
	Examples       Map[Example] `yaml:"examples"`        // projects that show how an indicator is read
}

// A Variant is one way to compute what is expected.
type Variant struct {
	Label Text     `yaml:"label"`
	Drop  []string `yaml:"drop"` // variables left out of the model before it is fitted again
}

// An Example is a project that is shown without its name: of those of the scheme
// whose numbers may be shown, the one nearest to an expected and actual attainment.
type Example struct {
	Label    Text    `yaml:"label"`
	Scheme   string  `yaml:"scheme"`
	Expected float64 `yaml:"expected"` // share
	Actual   float64 `yaml:"actual"`   // share
}

// Cases says how case municipalities are chosen, for interviews: places with
// projects of all schemes, of which the projects of one scheme lie in given
// quadrants, and which are alike in size and other things.
type Cases struct {
	Scheme    string   `yaml:"scheme"`    // whose quadrant decides; default the reference
	Quadrants Map[int] `yaml:"quadrants"` // how many places of each of better_above, better_below, worse_below, worse_above, in this order
	Alike     []string `yaml:"alike"`     // numbers of the place in which the chosen should be alike
}

// Quadrants are the names of the quadrants of figure 21.
var Quadrants = []string{"better_above", "better_below", "worse_below", "worse_above"}

func (s *Study) setContributionDefaults() {
	if c := s.Contribution; c != nil {
		if c.Reliability == 0 {
			c.Reliability = 0.7
		}
		if c.FalseDiscovery == 0 {
			c.FalseDiscovery = 0.05
		}
		if c.Draws == 0 {
			c.Draws = 1000
		}
		if len(c.Sizes) == 0 {
			c.Sizes = []int{c.MinLeavers}
			for _, size := range []int{10, 20, 30, 50, 100} {
				if size > c.MinLeavers {
					c.Sizes = append(c.Sizes, size)
				}
			}
		}
	}
	if s.Cases != nil && s.Cases.Scheme == "" {
		s.Cases.Scheme = s.Reference()
	}
}

// checkContribution reports names that lead nowhere and settings without meaning.
func (s *Study) checkContribution(c checker) {
	if s.Contribution == nil {
		if s.Cases != nil {
			c.key(at("cases"), "cases are chosen by what projects contribute; add contribution")
		}
		return
	}
	k := s.Contribution
	s.checkExpecting(c, "model", k.Model)
	if k.Multilevel != "" {
		s.checkExpecting(c, "multilevel", k.Multilevel)
	}
	for _, v := range k.Variants {
		for i, name := range v.Value.Drop {
			c.known(at("contribution", "variants", v.Key, "drop", strconv.Itoa(i)), "variable", name, append(s.ColumnNames(), "scheme"))
		}
	}
	if len(k.Sizes) > 0 && k.Sizes[0] > k.MinLeavers {
		c.at(at("contribution", "sizes", "0"), "sizes begin at %d, and units of %d leavers or more are shown, so that some would be in no class; begin with %[2]d", k.Sizes[0], k.MinLeavers)
	}
	for i := 1; i < len(k.Sizes); i++ {
		if k.Sizes[i] <= k.Sizes[i-1] {
			c.at(at("contribution", "sizes", strconv.Itoa(i)), "sizes must rise, and %d follows %d", k.Sizes[i], k.Sizes[i-1])
		}
	}
	if k.Years && s.Period == nil {
		c.at(at("contribution", "years"), "contributions per year need years, and the study has no period; add one or leave years out")
	}
	for _, e := range k.Examples {
		c.known(at("contribution", "examples", e.Key, "scheme"), "scheme", e.Value.Scheme, s.Schemes.Keys())
	}
	s.checkCases(c)
}

// checkExpecting reports a model that there is not, or that gives no probabilities.
func (s *Study) checkExpecting(c checker, key, name string) {
	path := at("contribution", key)
	if !c.known(path, "model", name, s.Models.Keys()) {
		return
	}
	if m, _ := s.Models.Get(name); m.Family != "" && m.Family != "binomial" {
		c.at(path, "the model %q is of the family %s, and what is expected is a probability; name a model of the family binomial", name, m.Family)
	}
}

func (s *Study) checkCases(c checker) {
	if s.Cases == nil {
		return
	}
	c.known(at("cases", "scheme"), "scheme", s.Cases.Scheme, s.Schemes.Keys())
	for _, q := range s.Cases.Quadrants {
		c.known(at("cases", "quadrants", q.Key), "quadrant", q.Key, Quadrants)
	}
	c.once(at("cases", "alike"), s.Cases.Alike)
	for i, name := range s.Cases.Alike {
		if !c.known(at("cases", "alike", strconv.Itoa(i)), "variable", name, s.Codebook.Variables.Keys()) {
			continue
		}
		if v, _ := s.Codebook.Variables.Get(name); !slices.Contains([]string{Integer, NumberType}, v.Type) {
			c.at(at("cases", "alike", strconv.Itoa(i)), "%q is %s; cases can be alike in numbers only", name, v.Type)
		}
	}
}
