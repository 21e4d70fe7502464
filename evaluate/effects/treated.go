package effects

import (
	"fmt"

	"bidrag/data/frame"
	"bidrag/model/fit"
)

// A Difference is how much more a model expects of the participants of a scheme
// than of the same persons in the reference scheme,
//
//	(1/n) Σᵢ m(xᵢ with the scheme) − m(xᵢ with the reference)   over the n persons i of the scheme
//
// the average effect on the treated by standardisation (g-computation), if the
// model is right and nothing that matters is left out of it.
//
// Source: Snowden, Rose and Mortimer (2011), American Journal of Epidemiology
// 173, 731–738.
type Difference struct {
	Scheme  string
	Persons int // of the scheme
	fit.Margin
	Ratio fit.Margin // the first of the two over the second: a ratio of risks
}

// Treated is the difference of every scheme but the reference, among its own
// participants. In a model with random terms over says for which groups.
func Treated(m Model, over fit.Over, reference string) ([]Difference, error) {
	e, err := m.Fit.Effects(over)
	if err != nil {
		return nil, err
	}
	scheme, ok := m.Data.Column("scheme")
	if !ok {
		return nil, fmt.Errorf("the data of the model %q have no schemes", m.Name)
	}
	var out []Difference
	for level, name := range scheme.Levels {
		rows := rowsAt(scheme, int32(level))
		if name == reference || len(rows) == 0 {
			continue
		}
		own := m.Data.Rows(rows)
		there, err := inScheme(own, scheme.Levels, reference)
		if err != nil {
			return nil, err
		}
		a, err := e.Average(own)
		if err != nil {
			return nil, err
		}
		b, err := e.Average(there)
		if err != nil {
			return nil, err
		}
		out = append(out, Difference{name, len(rows), e.Difference(a, b), e.Ratio(a, b)})
	}
	return out, nil
}

// rowsAt are the rows of a factor at a level.
func rowsAt(c *frame.Column, level int32) []int {
	var rows []int
	for i, code := range c.Code {
		if code == level {
			rows = append(rows, i)
		}
	}
	return rows
}

// inScheme is a frame with everyone in one scheme.
func inScheme(data *frame.Frame, levels []string, name string) (*frame.Frame, error) {
	codes := make([]int32, data.NumRows())
	for level, l := range levels {
		if l == name {
			for i := range codes {
				codes[i] = int32(level)
			}
		}
	}
	return data.With(frame.NewFactor("scheme", levels, codes))
}
