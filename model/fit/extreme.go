package fit

import (
	"errors"
	"math"

	"bidrag/model/family"
	"bidrag/model/formula"
)

// Numbers beyond these have squares that working precision cannot hold, or
// holds as zero.
const (
	tooLarge = 1e150
	tooSmall = 1e-150
)

// checkSizes tells of columns, offsets and Gaussian responses that no sum of
// squares can be made of, by name.
func (s *setup) checkSizes() error {
	n := s.design.N
	var errs []error
	told := map[string]bool{}
	check := func(at int, name string, values []float64) {
		if message := s.sizeText(name, values); message != "" && !told[name] {
			told[name] = true
			errs = append(errs, formula.Errorf(at, "%s", message))
		}
	}
	if s.family.Dist == family.Gaussian {
		check(s.formula.Response.Start(), s.design.Response.Label, s.data.Y)
	}
	for j, c := range s.design.Coding.Columns {
		if c.Term > 0 {
			check(s.design.Coding.Terms.Terms[c.Term-1].Column, c.Name, s.data.X[j*n:(j+1)*n])
		}
	}
	for _, t := range s.design.Random {
		for q, name := range t.Columns {
			if t.Z != nil {
				check(t.Column, name, t.Z[q*n:(q+1)*n])
			}
		}
	}
	if i, size := largest(s.data.Offset); size > tooLarge {
		errs = append(errs, formula.Errorf(s.formula.Response.Start(), "the offset is %.3g in %s, which no computation can hold: correct that value", s.data.Offset[i], s.rowText(i)))
	}
	return errors.Join(errs...)
}

// sizeText tells what is wrong with the size of some values; it is empty when
// nothing is.
func (s *setup) sizeText(name string, values []float64) string {
	i, size := largest(values)
	unit := formula.NumberText(math.Pow10(int(math.Floor(math.Log10(size)))))
	switch {
	case size > tooLarge:
		return name + " is " + formula.NumberText(values[i]) + " in " + s.rowText(i) + ", too large to be squared: divide it by " + unit + ", or make the cell empty if it is a mistake"
	case size > 0 && size < tooSmall:
		return name + " has no value larger than " + formula.NumberText(size) + ", too small to be squared: divide it by " + unit
	}
	return ""
}

// largest finds the value that is farthest from 0.
func largest(values []float64) (at int, size float64) {
	for i, v := range values {
		if a := math.Abs(v); a > size {
			at, size = i, a
		}
	}
	return at, size
}
