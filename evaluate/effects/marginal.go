package effects

import (
	"errors"
	"fmt"
	"math"
	"slices"

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
	each := len(variables) + 1 // the slopes together, which share most of the work
	tasks := len(questions) * each
	parts, slopes, failed := make([]Answer, tasks), make([][]Answer, len(questions)), make([]error, tasks)
	parallel(tasks, threads, func(i int) {
		if q := questions[i/each]; i%each == len(variables) {
			slopes[i/each], failed[i] = q.slopes(variables)
		} else {
			parts[i], failed[i] = q.marginal(variables[i%each])
		}
	})
	if err := errors.Join(failed...); err != nil {
		return Answer{}, err
	}
	var out Answer
	for k := range questions {
		for v := range variables {
			out.add(parts[k*each+v])
			out.add(slopes[k][v])
		}
	}
	return out, nil
}

// marginal answers for the levels of one variable.
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
	}
	return out, nil
}

// slopes answers for those variables that are numbers, by variable.
func (q question) slopes(variables []Variable) ([]Answer, error) {
	out := make([]Answer, len(variables))
	var names []string
	for _, v := range variables {
		if v.Slope {
			names = append(names, v.Name)
		}
	}
	effects, err := q.Effect(q.Data, names...)
	if err != nil {
		return nil, err
	}
	for _, x := range effects {
		k := q.key("marginal_effect")
		k.Variable = x.Variable
		at := slices.IndexFunc(variables, func(v Variable) bool { return v.Name == x.Variable })
		q.tell(&out[at], x.Variable, q.difference(k, x.Margin, q.Data.NumRows()), x.Margin)
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
