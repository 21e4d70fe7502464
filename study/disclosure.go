package study

// Disclosure is the settings of the gate.
type Disclosure struct {
	Threshold int `yaml:"threshold"` // the smallest count of persons that may be shown
}

func (s *Study) setDisclosureDefaults() {
	if s.Disclosure.Threshold == 0 {
		s.Disclosure.Threshold = 5
	}
}
