package effects

import (
	"fmt"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/model/formula"
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
// its two levels; numbers and schemes rest on all persons of the model, and those
// of a scheme fall at the gate when few are in it. The number of threads has no
// effect on the answer.
func Marginal(m Model, variables []Variable, threads int) (Answer, error) {
	questions, err := m.questions()
	if err != nil {
		return Answer{}, err
	}
	each := len(variables) + 1 // the slopes together, which share most of the work
	tasks := len(questions) * each
	// Each task leaves what it finds in a place of its own, so that their order does not matter.
	parts, slopes := make([]Answer, tasks), make([][]Answer, len(questions))
	var group errgroup.Group
	group.SetLimit(threads)
	for i := range tasks {
		group.Go(func() (err error) {
			if q := questions[i/each]; i%each == len(variables) {
				slopes[i/each], err = q.slopes(variables)
			} else {
				parts[i], err = q.marginal(variables[i%each])
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
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
	if q.undetermined(v) {
		return // its effects are told to have no answer
	}
	for i, x := range levels {
		k := q.key("expected")
		persons, part := v.Settings[i].Persons, -1
		if v.Name == "scheme" {
			k.Scheme, persons, part = v.Settings[i].Level, q.Data.NumRows(), persons
		} else {
			k.Variable, k.Level = v.Name, v.Settings[i].Level
		}
		value := q.expected(k, x, persons)
		value.Part = part
		q.tell(out, v.Name, value, x)
	}
}

// undetermined tells whether the model has a column of a variable, and an
// estimate for none. What is expected at its levels would be anything.
func (q question) undetermined(v Variable) bool {
	coding, has := q.Fit.Coding, false
	names := []string{v.Name}
	for _, s := range v.Settings {
		for _, c := range s.columns {
			names = append(names, c.Name)
		}
	}
	for j, column := range coding.Columns {
		if column.Term == 0 {
			continue
		}
		of := false
		for _, x := range coding.Terms.Terms[column.Term-1].Variables {
			formula.Walk(coding.Terms.Variables[x], func(e formula.Expr) {
				n, ok := e.(*formula.Name)
				of = of || ok && slices.Contains(names, n.Name)
			})
		}
		if of && !math.IsNaN(q.Fit.Beta[j]) {
			return false
		}
		has = has || of
	}
	return has
}

// contrasts tells how much more is expected at each level than at the first.
func (q question) contrasts(out *Answer, v Variable, levels []fit.Margin) {
	for i := 1; i < len(levels); i++ {
		x := q.Difference(levels[i], levels[0])
		k := q.key("marginal_effect")
		k.Variable, k.Level = v.Name, v.Settings[i].Level
		persons, part := min(v.Settings[i].Persons, v.Settings[0].Persons), -1
		if v.Name == "scheme" {
			k = q.key("adjusted_difference")
			k.Scheme, persons, part = v.Settings[i].Level, q.Data.NumRows(), persons
		}
		if x.Value == 0 && x.StdError == 0 { // all of it hangs on coefficients without an estimate
			x.Value = math.NaN()
		}
		value := q.difference(k, x, persons)
		value.Part = part
		q.tell(out, v.Name+" "+v.Settings[i].Level, value, x)
	}
}

// tell adds a value, or a gap where the model has no estimate of it.
func (q question) tell(out *Answer, subject string, v result.Value, x fit.Margin) {
	if !known(x) {
		out.gap(subject, fmt.Errorf("%s: the data do not determine the coefficients that it rests on; the model's warnings say which", subject))
		return
	}
	out.Values = append(out.Values, v)
}
