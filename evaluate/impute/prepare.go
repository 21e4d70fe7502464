package impute

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// prepare reads the variables and lays out the design.
func (f *filling) prepare() error {
	var variables []*variable
	for at, spec := range f.problem.Variables {
		c, ok := f.problem.Data.Column(spec.Name)
		if !ok {
			return unknown(spec.Name)
		}
		if !gaps(c) {
			continue
		}
		v, note := read(spec, at, c)
		if note != nil {
			f.out.Notes = append(f.out.Notes, *note)
		}
		switch {
		case note != nil && (note.Code == result.UnknownForAll || note.Code == result.NotFilled):
			continue
		case note != nil && note.Code == result.ConstantInUnits:
			f.constant = append(f.constant, v)
			continue
		}
		variables = append(variables, v)
	}
	variables = order(variables)
	if err := f.setShifts(variables); err != nil {
		return err
	}
	if f.options.From != nil {
		return f.goOn(variables)
	}
	predictors, notes, err := predictorColumns(f.problem, variables)
	if err != nil {
		return err
	}
	f.out.Notes = append(f.out.Notes, notes...)
	g, err := f.clusters()
	if err != nil {
		return err
	}
	f.design = newDesign(f.problem.Data.NumRows(), predictors, variables, g, g != nil && f.problem.Level == "intercept")
	return f.design.setBounds(f.problem.Data)
}

// errOther is the error of going on from the answer to another problem.
var errOther = errors.New("impute: the answer to go on from is that of another problem")

// goOn takes over the design of an earlier answer, with these variables' shifts,
// and the methods and models that were found then.
func (f *filling) goOn(variables []*variable) error {
	from := f.options.From.filling
	if from == nil || from.design == nil || !reflect.DeepEqual(from.problem, f.problem) || len(from.design.variables) != len(variables) {
		return errOther
	}
	d := *from.design
	d.variables = slices.Clone(d.variables)
	for k, v := range d.variables {
		copied := *v
		copied.shift = variables[slices.IndexFunc(variables, func(w *variable) bool { return w.at == v.at })].shift
		d.variables[k] = &copied
	}
	f.design, f.models = &d, from.models
	return nil
}

// order puts variables with fewer gaps first, but one after those that bound it,
// as far as they do not bound each other, so that bounds hold in the end.
func order(variables []*variable) []*variable {
	slices.SortStableFunc(variables, func(a, b *variable) int { return len(a.missing) - len(b.missing) })
	var out []*variable
	waits := func(v *variable) bool {
		return slices.ContainsFunc(variables, func(w *variable) bool {
			return w != v && (v.Min != nil && v.Min.Column == w.Name || v.Max != nil && v.Max.Column == w.Name)
		})
	}
	for len(variables) > 0 {
		next := max(0, slices.IndexFunc(variables, func(v *variable) bool { return !waits(v) }))
		out = append(out, variables[next])
		variables = slices.Delete(variables, next, next+1)
	}
	return out
}

func unknown(name string) error {
	return result.Reason{Code: result.NotFilled, About: name, Message: fmt.Sprintf("%q is not a column of the data", name)}
}

// setShifts gives variables their shifts.
func (f *filling) setShifts(variables []*variable) error {
	names := make([]string, 0, len(f.options.Shift))
	for name := range f.options.Shift {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.ContainsFunc(f.problem.Variables, func(v Variable) bool { return v.Name == name }) {
			return result.Reason{Code: result.NotFilled, About: name, Message: fmt.Sprintf("%q is shifted but not filled", name)}
		}
		for _, v := range variables {
			switch {
			case v.Name != name:
			case v.Method == study.Multinomial && len(v.value) > 2:
				return result.Reason{Code: result.NotFilled, About: name, Message: fmt.Sprintf("%q is a category, whose levels have no order, and cannot be shifted", name)}
			case v.coded() && len(v.value) == 2 && !v.logits():
				f.out.Notes = append(f.out.Notes, Note{name, result.NotFitted, result.Reason{Code: result.NotFitted, About: name, Message: fmt.Sprintf("%q is not filled by a logistic model, so its log-odds are not shifted", name)}})
			default:
				v.shift = f.options.Shift[name]
			}
		}
	}
	return nil
}

// clusters are those of the problem; nil without, and where all are in one.
func (f *filling) clusters() (*clusters, error) {
	if f.problem.Cluster == "" {
		return nil, nil
	}
	c, ok := f.problem.Data.Column(f.problem.Cluster)
	if !ok {
		return nil, unknown(f.problem.Cluster)
	}
	g := &clusters{}
	if g.of, g.number = c.Groups(); g.number < 2 {
		f.out.Notes = append(f.out.Notes, Note{f.problem.Cluster, result.OneCluster, result.Reason{Code: result.OneCluster, About: f.problem.Cluster, Message: fmt.Sprintf("everyone is in the same %q, which is left out of the imputation models", f.problem.Cluster)}})
		return nil, nil
	}
	return g, nil
}

// setBounds looks up the bounds.
func (d *design) setBounds(data *frame.Frame) error {
	d.bounds = make([][2]*bound, len(d.variables))
	for k, v := range d.variables {
		for side, b := range []*Bound{v.Min, v.Max} {
			if b == nil {
				continue
			}
			found := &bound{value: b.Value, variable: -1}
			if b.Column != "" {
				c, ok := data.Column(b.Column)
				if !ok {
					return unknown(b.Column)
				}
				found.fixed = numbers(c)
				found.variable = slices.IndexFunc(d.variables, func(v *variable) bool { return v.Name == b.Column })
			}
			d.bounds[k][side] = found
		}
	}
	return nil
}
