package study

import "slices"

// Disclosure is the settings of the gate.
type Disclosure struct {
	Threshold int       `yaml:"threshold"` // the smallest count of persons that may be shown
	Method    string    `yaml:"method"`    // what becomes of smaller counts: Suppress or Round
	Base      int       `yaml:"base"`      // with Round: small counts become multiples of it; 0 with Suppress
	Dominance Dominance `yaml:"dominance"`
}

// Dominance says when a sum of amounts tells of one who contributes to it: when the
// Largest largest contributions are more than the Share of it ((n, k) rule), or
// when the second largest could find the largest to within Percent per cent of it
// (p% rule).
type Dominance struct {
	Largest int     `yaml:"largest"`
	Share   float64 `yaml:"share"`
	Percent float64 `yaml:"p_percent"`
}

// Methods of disclosure control.
const (
	Suppress = "suppress" // small counts are not shown, nor others by which they could be found
	Round    = "round"    // small counts are rounded, and all others such that they add up
)

func (s *Study) setDisclosureDefaults() {
	d := &s.Disclosure
	if d.Threshold == 0 {
		d.Threshold = 5
	}
	if d.Method == "" {
		d.Method = Suppress
	}
	if d.Base == 0 && d.Method == Round {
		d.Base = 3
	}
	if d.Dominance.Largest == 0 {
		d.Dominance.Largest = 1
	}
	if d.Dominance.Share == 0 {
		d.Dominance.Share = 0.5
	}
	if d.Dominance.Percent == 0 {
		d.Dominance.Percent = 10
	}
}

// checkDisclosure reports a base of what is not rounded, and rules for amounts in a study
// that has none.
func (s *Study) checkDisclosure(c checker) {
	if d := s.Disclosure; d.Base != 0 && d.Method != Round {
		c.key(at("disclosure", "base"), "a base is that of rounding, and small counts are suppressed here; add method: round, or take base away")
	}
	path := at("disclosure", "dominance")
	if _, _, asked := s.studyDoc.find(path); asked && !slices.ContainsFunc(s.Codebook.Variables, func(e Entry[Variable]) bool { return e.Value.Amount != "" }) {
		c.key(path, "no variable of the codebook is an amount of money, so that these rules would hide nothing; give those that are amount: person, or take dominance away")
	}
}

// checkAmount reports an amount that is no number, or that nobody has.
func (s *Study) checkAmount(c checker, path []string, name string, v Variable) {
	path = append(slices.Clone(path), "amount")
	switch {
	case v.Amount == "":
	case v.Type != Integer && v.Type != NumberType:
		c.at(path, "%s is %s, and only numbers can be amounts of money; remove amount", name, v.Type)
	case v.Amount == name:
		c.at(path, "%s says that those with the same amount are one who has it; write person, or a column whose values tell apart who has the amounts, such as the municipality", name)
	case v.Amount != Person && v.Amount != "project":
		c.known(path, "variable", v.Amount, append(s.Codebook.Variables.Keys(), Person))
	case v.Amount == "project" && (s.Places == nil || !s.Places.Project):
		c.at(path, "%s is the project's, and the study has no projects; write person, or another column", name)
	}
}
