package pipeline

import (
	"context"
	"slices"
	"strconv"

	"bidrag/evaluate/effects"
	"bidrag/model/formula"
	"bidrag/study"
	"bidrag/study/problem"
)

// checkProfiles reports profiles that leave out a variable of a model that they
// are asked of, or name one that it does not have, and interactions with
// variables that a model does not have.
func (r *Run) checkProfiles(problems *problem.List) {
	for _, p := range r.Study.Profiles {
		for i, model := range p.Value.Models {
			f, ok := r.formulas[model]
			if !ok {
				continue // its formula is told of
			}
			r.checkProfile(p.Key, p.Value, i, model, f, problems)
		}
	}
	for _, m := range r.Study.Models {
		f, ok := r.formulas[m.Key]
		if !ok {
			continue
		}
		for i, v := range m.Value.Interactions {
			if !slices.ContainsFunc(r.columnsOf(v), func(c string) bool { return slices.Contains(asked(f), c) }) {
				file, line, column := r.Study.Place("models", m.Key, "interactions", strconv.Itoa(i))
				problems.Add(file, line, column, "the model %q does not have %s; take it out of interactions, or put it into the formula", m.Key, v)
			}
		}
	}
}

// checkProfile holds one profile against the formula of one model.
func (r *Run) checkProfile(name string, p study.Profile, at int, model string, f *formula.Formula, problems *problem.List) {
	m, _ := r.Study.Models.Get(model)
	given := map[string]bool{}
	for _, v := range p.Values {
		used := false
		for _, c := range r.valueColumns(m, v.Key) {
			given[c] = true
			if slices.Contains(asked(f), c) {
				used = true
				r.checkProfileLevel(name, v.Key, c, v.Value, f, problems)
			}
		}
		if !used {
			file, line, column := r.Study.Place("profiles", name, "values", v.Key)
			problems.Add(file, line, column, "the profile %q gives %s, which the model %q does not have; take it out, or give that model a profile of its own", name, v.Key, model)
		}
	}
	for _, c := range asked(f) {
		if !given[c] && c != "scheme" {
			file, line, column := r.Study.Place("profiles", name, "models", strconv.Itoa(at))
			problems.Add(file, line, column, "the profile %q does not say what %s is, which the model %q needs; give it a value", name, r.variableOf(c), model)
		}
	}
}

// checkProfileLevel reports a value that is no level, where the model takes
// levels.
func (r *Run) checkProfileLevel(profile, name, column, value string, f *formula.Formula, problems *problem.List) {
	v, ok := r.Study.Codebook.Variables.Get(column)
	if !ok {
		return
	}
	file, line, at := r.Study.Place("profiles", profile, "values", name)
	number, err := strconv.ParseFloat(value, 64)
	switch inFactor := formula.InFactor([]formula.Expr{f.Fixed}, column); {
	case v.Type == study.Category && name != column:
		problems.Add(file, line, at, "%s is a category; give it a level of its own in the profile %q", column, profile)
	case inFactor && value == study.Mean:
		problems.Add(file, line, at, "%s stands in factor() and has no mean; give the profile %q a level", column, profile)
	case inFactor && v.Type != study.Category && err == nil && len(v.Levels) > 0 && !slices.Contains(v.Levels.Keys(), strconv.FormatFloat(number, 'f', -1, 64)):
		problems.Add(file, line, at, "%s stands in factor() and has no level %s%s", column, value, problem.DidYouMean(value, v.Levels.Keys()))
	}
}

// asked are the columns of a formula that an expected response needs: not the
// response, nor the groups.
func asked(f *formula.Formula) []string {
	var out []string
	visit := func(e formula.Expr) {
		if e == nil {
			return
		}
		formula.Walk(e, func(x formula.Expr) {
			if n, ok := x.(*formula.Name); ok && !slices.Contains(out, n.Name) {
				out = append(out, n.Name)
			}
		})
	}
	visit(f.Fixed)
	for _, e := range f.Offsets {
		visit(e)
	}
	for _, random := range f.Random {
		for _, e := range random.Left.Variables {
			visit(e)
		}
	}
	return out
}

// columnsOf are the columns that hold a variable: itself, and its indicators.
func (r *Run) columnsOf(name string) []string {
	v, _ := r.Study.Codebook.Variables.Get(name)
	return append([]string{name}, v.IndicatorColumns()...)
}

// valueColumns are the columns that a value of a profile is of: those of a
// variable, an indicator, or of all variables of a group of the model.
func (r *Run) valueColumns(m study.Model, name string) []string {
	g, isGroup := m.Groups.Get(name)
	if _, isVariable := r.Study.Codebook.Variables.Get(name); isVariable || !isGroup || slices.Contains(r.Study.ColumnNames(), name) {
		return r.columnsOf(name)
	}
	return slices.DeleteFunc(slices.Clone(g.Variables), func(v string) bool { return v == "scheme" })
}

// variableOf is a column as a profile would name it: an indicator by the
// category that it is made of.
func (r *Run) variableOf(column string) string {
	if v, ok := effects.IndicatorOf(r.Study, column); ok {
		return v.Key
	}
	return column
}

// noProfiles tells that a model has no answer for any of its profiles.
func (r *Run) noProfiles(model string, err error) {
	for _, p := range r.Study.Profiles {
		if i := slices.Index(p.Value.Models, model); i >= 0 {
			r.gap("effects", model, p.Key, err, "profiles", p.Key, "models", strconv.Itoa(i))
		}
	}
}

// profiles is what a model expects of made-up persons.
func (r *Run) profiles(ctx context.Context, f *fitted) error {
	for _, p := range r.Study.Profiles {
		i := slices.Index(p.Value.Models, f.name)
		if i < 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		path := []string{"profiles", p.Key, "models", strconv.Itoa(i)}
		answer, err := r.profile(f, p.Key, p.Value)
		if err != nil {
			r.gap("effects", f.name, p.Key, err, path...)
			continue
		}
		if err := r.tell(f, answer, path...); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) profile(f *fitted, name string, p study.Profile) (effects.Answer, error) {
	schemes := p.Schemes
	if len(schemes) == 0 {
		schemes = r.Study.Schemes.Keys()
	}
	m := f.of()
	rows, err := effects.ProfileRows(m, name, schemes, r.profileValues(f, p))
	if err != nil {
		return effects.Answer{}, err
	}
	return effects.Profiles(m, rows, r.Study.Reference())
}

// profileValues are the values of the columns that the model asks for. What is
// said of a variable counts before what is said of its group, and what is said
// of an indicator before what is said of its category.
func (r *Run) profileValues(f *fitted, p study.Profile) []effects.ProfileValue {
	need := asked(f.model.Formula)
	scale, scales := r.scaleFor(f), r.scalesOf(f.study)
	of := map[string]effects.ProfileValue{}
	rank := map[string]int{}
	for _, v := range p.Values {
		columns := r.valueColumns(f.study, v.Key)
		for _, c := range columns {
			specific := 1
			switch {
			case v.Key == c:
				specific = 3
			case r.variableOf(c) == v.Key:
				specific = 2
			}
			if specific > rank[c] {
				rank[c], of[c] = specific, r.profileValue(c, v.Key, v.Value, scale)
				// The mean of a standardized variable is what it is centred on: of municipalities, perhaps, and not of persons.
				if of[c].Mean && slices.ContainsFunc(scales, func(s scaling) bool { return s.variable == c }) {
					of[c] = effects.ProfileValue{Column: c}
				}
			}
		}
	}
	var out []effects.ProfileValue
	for _, c := range need {
		if v, ok := of[c]; ok {
			out = append(out, v)
		}
	}
	return out
}

// profileValue is what a profile's value says of a column.
func (r *Run) profileValue(column, name, value string, scale effects.Scale) effects.ProfileValue {
	v := effects.ProfileValue{Column: column, Level: value, Mean: value == study.Mean}
	if category, ok := r.Study.Codebook.Variables.Get(name); ok && name != column {
		v.Level = ""
		if column == category.Indicators.Prefix+"_"+value {
			v.Number = 1
		}
		return v
	}
	if x, err := strconv.ParseFloat(value, 64); err == nil {
		v.Number = scale(column, x)
	}
	return v
}
