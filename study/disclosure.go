package study

import "strconv"

// Disclosure is the settings of the gate.
type Disclosure struct {
	Threshold int        `yaml:"threshold"` // the smallest count of persons that may be shown
	Method    string     `yaml:"method"`    // suppress (the default) or round
	Base      int        `yaml:"base"`      // of method round: 3 or 5
	Dominance *Dominance `yaml:"dominance"` // nil when no amounts of units are told of
}

// Dominance says when a mean or sum of amounts over units such as projects tells
// too much of one of them: when the largest few make up more than a share of it.
type Dominance struct {
	Variables []string `yaml:"variables"` // amounts that are those of units
	Largest   int      `yaml:"largest"`   // so many; default 1
	Share     float64  `yaml:"share"`     // of the sum; default 0.7
}

// Methods of disclosure control.
const (
	Suppress = "suppress" // small counts are left out, and others by which they could be found
	Round    = "round"    // small counts become 0 or the base, and all others agree with them
)

func (s *Study) setDisclosureDefaults() {
	d := &s.Disclosure
	if d.Threshold == 0 {
		d.Threshold = 5
	}
	if d.Method == "" {
		d.Method = Suppress
	}
	if d.Method == Round && d.Base == 0 {
		d.Base = 5
	}
	if m := d.Dominance; m != nil {
		if m.Largest == 0 {
			m.Largest = 1
		}
		if m.Share == 0 {
			m.Share = 0.7
		}
	}
}

// checkDisclosure reports settings that have no meaning together.
func (s *Study) checkDisclosure(c checker) {
	d := s.Disclosure
	if d.Method == Suppress && d.Base != 0 {
		c.at(at("disclosure", "base"), "base is of the method %s; leave it out, or set method: %s", Round, Round)
	}
	if d.Dominance == nil {
		return
	}
	c.once(at("disclosure", "dominance", "variables"), d.Dominance.Variables)
	for i, name := range d.Dominance.Variables {
		c.known(at("disclosure", "dominance", "variables", strconv.Itoa(i)), "variable", name, s.Codebook.Variables.Keys())
	}
}
