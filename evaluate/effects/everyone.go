package effects

import (
	"fmt"

	"bidrag/model/fit"
)

// Everyone is how much more a model expects if all its persons, n of them, were
// in a scheme than if they were in the reference,
//
//	(1/n) Σᵢ m(xᵢ with the scheme) − m(xᵢ with the reference)
//
// for every scheme but the reference: the adjusted_difference of [Marginal], with
// its standard error. In a model with random terms over says for which groups.
func Everyone(m Model, over fit.Over, reference string) ([]Difference, error) {
	e, err := m.Fit.Effects(over)
	if err != nil {
		return nil, err
	}
	scheme, ok := m.Data.Column("scheme")
	if !ok {
		return nil, fmt.Errorf("the data of the model %q have no schemes", m.Name)
	}
	average := func(name string) (fit.Margin, error) {
		data, err := inScheme(m.Data, scheme.Levels, name)
		if err != nil {
			return fit.Margin{}, err
		}
		return e.Average(data)
	}
	there, err := average(reference)
	if err != nil {
		return nil, err
	}
	var out []Difference
	for level, name := range scheme.Levels {
		rows := rowsAt(scheme, int32(level))
		if name == reference || len(rows) == 0 {
			continue
		}
		here, err := average(name)
		if err != nil {
			return nil, err
		}
		out = append(out, Difference{name, len(rows), e.Difference(here, there), e.Ratio(here, there)})
	}
	return out, nil
}
