package effects

import (
	"errors"
	"fmt"
	"math"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
)

// Marginal says what a model expects on average of its persons, n of them, if
// all had a value of a characteristic and were otherwise as they are, and how
// that changes with it:
//
//	expected          Ê(a) = (1/n) Σᵢ m(xᵢ with the characteristic at a)
//	marginal_effect   Ê(a) − Ê(reference) of a level; (1/n) Σᵢ ∂m/∂x of a number
//	adjusted_difference   Ê(scheme) − Ê(reference scheme)
//
// where m is the response that the model expects of a row. Slopes are by one
// unit of the model: of a standardized variable, one standard deviation.
//
// A level rests on the persons who have it, a contrast on the fewer of those at
// its two levels; numbers and schemes rest on all persons of the model. The
// number of threads has no effect on the answer.
func Marginal(m Model, variables []Variable, threads int) (Answer, error) {
	questions, err := m.questions()
	if err != nil {
		return Answer{}, err
	}
	parts := make([]Answer, len(questions)*len(variables))
	failed := make([]error, len(parts))
	parallel(len(parts), threads, func(i int) {
		parts[i], failed[i] = questions[i/len(variables)].marginal(variables[i%len(variables)])
	})
	var out Answer
	for _, a := range parts {
		out.add(a)
	}
	return out, errors.Join(failed...)
}

// marginal answers for one variable.
func (q question) marginal(v Variable) (Answer, error) {
	var out Answer
	levels := make([]fit.Margin, len(v.Settings))
	for i, s := range v.Settings {
		data, err := s.at(q.Data)
		if err != nil {
			return out, err
		}
		if levels[i], err = q.Average(data); err != nil {
			return out, fmt.Errorf("everyone at %s %s: %w", v.Name, s.Level, err)
		}
	}
	q.levels(&out, v, levels)
	if !v.Slope {
		q.contrasts(&out, v, levels)
		return out, nil
	}
	slopes, err := q.Effect(q.Data, v.Name)
	if err != nil {
		return out, err
	}
	for _, x := range slopes {
		k := q.key("marginal_effect")
		k.Variable = v.Name
		q.tell(&out, v.Name, q.difference(k, x.Margin, q.Data.NumRows()), x.Margin)
	}
	return out, nil
}

// levels tells what is expected if everyone were at each level.
func (q question) levels(out *Answer, v Variable, levels []fit.Margin) {
	for i, x := range levels {
		k := q.key("expected")
		persons := v.Settings[i].Persons
		if v.Name == "scheme" {
			k.Scheme, persons = v.Settings[i].Level, q.Data.NumRows()
		} else {
			k.Variable, k.Level = v.Name, v.Settings[i].Level
		}
		q.tell(out, v.Name, q.expected(k, x, persons), x)
	}
}

// contrasts tells how much more is expected at each level than at the first.
func (q question) contrasts(out *Answer, v Variable, levels []fit.Margin) {
	for i := 1; i < len(levels); i++ {
		x := q.Difference(levels[i], levels[0])
		k := q.key("marginal_effect")
		k.Variable, k.Level = v.Name, v.Settings[i].Level
		persons := min(v.Settings[i].Persons, v.Settings[0].Persons)
		if v.Name == "scheme" {
			k = q.key("adjusted_difference")
			k.Scheme, persons = v.Settings[i].Level, q.Data.NumRows()
		}
		if x.Value == 0 && x.StdError == 0 { // all of it hangs on coefficients without an estimate
			x.Value = math.NaN()
		}
		q.tell(out, v.Name+" "+v.Settings[i].Level, q.difference(k, x, persons), x)
	}
}

// tell adds a value, or a gap where the model has no estimate of it.
func (q question) tell(out *Answer, subject string, v result.Value, x fit.Margin) {
	if !known(x) {
		out.gap(subject, errors.New("the data do not determine the coefficients that it rests on; the model's warnings say which"))
		return
	}
	out.Values = append(out.Values, v)
}
