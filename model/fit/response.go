package fit

import (
	"math"

	"bidrag/data/frame"
	"bidrag/model/family"
	"bidrag/model/formula"
)

// response turns the left side of the formula into the numbers that the family
// needs, and tells what cannot be.
func (s *setup) response() error {
	if err := s.weights(); err != nil {
		return err
	}
	var err error
	switch s.family.Dist {
	case family.Binomial:
		err = s.binomial()
	case family.Poisson:
		err = s.must(func(y float64) bool { return y >= 0 && y == math.Trunc(y) }, "a count: 0, 1, 2, …")
	case family.Gamma:
		err = s.must(func(y float64) bool { return y > 0 }, "positive")
	case family.Gaussian:
		err = s.must(func(float64) bool { return true }, "")
	}
	if err != nil {
		return err
	}
	return s.varies()
}

// wrong is an error about the response.
func (s *setup) wrong(format string, args ...any) error {
	return formula.Errorf(s.formula.Response.Start(), format, args...)
}

// weights must be 0 or positive; frequencies whole.
func (s *setup) weights() error {
	positive := 0
	for i, w := range s.design.Weights {
		switch {
		case w < 0 || w-w != 0:
			return &OptionError{"weights", "the weights must be 0 or positive; " + s.rowText(i) + " has " + formula.NumberText(w)}
		case s.options.WeightsType == Frequency && w != math.Trunc(w):
			return &OptionError{"weights", "frequency weights are whole numbers; " + s.rowText(i) + " has " + formula.NumberText(w) + ": use --weights-type prior"}
		case w > 0:
			positive++
		}
	}
	if s.design.Weights != nil && positive == 0 {
		return &OptionError{"weights", "every weight is 0: nothing is left to fit"}
	}
	return nil
}

// rowText names row i of the fit as a row of the data, from 1.
func (s *setup) rowText(i int) string {
	if s.design.Rows != nil {
		i = s.design.Rows[i]
	}
	return "row " + formula.NumberText(float64(i+1)) + " of the data"
}

// must checks the values of a response that is used as it is.
func (s *setup) must(ok func(float64) bool, what string) error {
	r := &s.design.Response
	if r.Failures != nil {
		return s.wrong("cbind(successes, failures) is a binomial response; for the family %s name one column", s.family.Dist)
	}
	if r.Kind == frame.Factor {
		return s.wrong("%s is text; for the family %s the response must be numbers", r.Label, s.family.Dist)
	}
	if bad, first := s.offending(ok); bad > 0 {
		return s.wrong("for the family %s the response must be %s; %s is not in %d of %d rows, the first of them %s with %s",
			s.family.Dist, what, r.Label, bad, s.design.N, s.rowText(first), formula.NumberText(r.Y[first]))
	}
	s.data.Y = r.Y
	return nil
}

// offending counts the responses that are not ok.
func (s *setup) offending(ok func(float64) bool) (bad, first int) {
	for i, y := range s.design.Response.Y {
		if !ok(y) {
			if bad == 0 {
				first = i
			}
			bad++
		}
	}
	return bad, first
}

func (s *setup) binomial() error {
	r := &s.design.Response
	total := s.options.WeightsType == Total
	switch {
	case r.Failures != nil && total:
		return &OptionError{"weights-type", "cbind(successes, failures) holds the totals already: leave the option out"}
	case r.Failures != nil:
		return s.counts()
	case r.Kind == frame.Factor && len(r.Levels) > 2:
		return s.wrong("%s has %d levels %.60q; a binomial response has two, the first of them failure", r.Label, len(r.Levels), r.Levels)
	case total:
		if bad, first := s.offending(func(y float64) bool { return y >= 0 && y <= 1 }); bad > 0 {
			return s.wrong("with totals as weights the response is a share between 0 and 1; %s has %s: for counts write cbind(successes, failures)",
				s.rowText(first), formula.NumberText(r.Y[first]))
		}
		s.data.Y, s.data.Trials, s.data.Weights = r.Y, s.design.Weights, nil
		return nil
	}
	if bad, first := s.offending(func(y float64) bool { return y == 0 || y == 1 }); bad > 0 {
		hint := ""
		if y := r.Y[first]; y > 0 && y < 1 {
			hint = "; for shares give the totals, --weights-type total, or write cbind(successes, failures)"
		}
		return s.wrong("a binomial response is 0 or 1; %s is neither in %d of %d rows, the first of them %s with %s%s",
			r.Label, bad, s.design.N, s.rowText(first), formula.NumberText(r.Y[first]), hint)
	}
	s.data.Y = r.Y
	return nil
}

// counts makes shares and trials of successes and failures.
func (s *setup) counts() error {
	r := &s.design.Response
	s.data.Y, s.data.Trials = make([]float64, s.design.N), make([]float64, s.design.N)
	for i, success := range r.Y {
		n := success + r.Failures[i]
		if success < 0 || r.Failures[i] < 0 {
			return s.wrong("successes and failures must be 0 or positive; %s has %s and %s",
				s.rowText(i), formula.NumberText(success), formula.NumberText(r.Failures[i]))
		}
		if n > 0 {
			s.data.Y[i], s.data.Trials[i] = success/n, n
		}
	}
	return nil
}

// varies tells of a response that is the same in every row that counts, where
// no maximum-likelihood estimate exists.
func (s *setup) varies() error {
	first, some := 0.0, false
	for i, y := range s.data.Y {
		if s.data.Weights != nil && s.data.Weights[i] == 0 || s.data.Trials != nil && s.data.Trials[i] == 0 {
			continue
		}
		if some && y != first {
			return nil
		}
		first, some = y, true
	}
	label := s.design.Response.Label
	switch {
	case !some:
		return s.wrong("%s has no trials in any row", label)
	case s.family.Dist == family.Binomial && first != 0 && first != 1:
		return nil
	case s.family.Dist == family.Poisson && first != 0:
		return nil
	}
	return s.wrong("%s is %s in every row of the fit: there is nothing to explain", label, formula.NumberText(first))
}
