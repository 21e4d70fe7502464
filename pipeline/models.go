package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bidrag/data/frame"
	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/model/formula"
	"bidrag/study"
	"bidrag/study/problem"
)

// A fitted model of the study, with the data it was fitted to.
type fitted struct {
	name  string
	study study.Model
	model *fit.Model
	data  *frame.Frame // the rows that were fitted, with standardized columns
}

// fitModels fits every model of the study to its sample, and tests those that
// are like another within it or it within them.
func (r *Run) fitModels(ctx context.Context) error {
	if err := r.Results.Add("models", r.sampleAttainment()...); err != nil {
		return err
	}
	err := r.eachModel(ctx, "models", r.Study.Models.Keys(), func(part *Run, name string, f *fitted) error {
		if f == nil {
			return nil
		}
		part.Results.Models[name] = f.model.Result
		values := slices.Concat(result.OfModel(name, f.model.Result), part.scales(f), part.levels(f))
		if err := part.Results.Add("models", values...); err != nil {
			return err
		}
		if err := part.compare(f); err != nil {
			return err
		}
		return part.pooling(f)
	})
	// The other steps ask the models with a chapter only; the rest take room.
	for _, e := range r.Study.Models {
		if f := r.fits[e.Key]; f != nil && !e.Value.HasChapter() {
			delete(r.fits, e.Key)
		}
	}
	return err
}

// answerable tells why a formula cannot be fitted to these persons, when that is
// plain: a variable is unknown for all of them, or they are all in one scheme.
func answerable(f *formula.Formula, data *frame.Frame) error {
	var unknown []string
	for _, n := range f.Names() {
		if column, ok := data.Column(n.Name); ok && !slices.Contains(unknown, n.Name) && allMissing(column, data.NumRows()) {
			unknown = append(unknown, n.Name)
		}
	}
	if len(unknown) > 0 {
		names := strings.Join(unknown, ", ")
		return result.Reason{Code: result.UnknownForAll, About: names, Message: names + " is unknown for everyone in the sample; choose another sample, or leave it out"}
	}
	scheme, _ := data.Column("scheme")
	if !uses(f, "scheme") {
		return nil
	}
	for _, code := range scheme.Code {
		if code != scheme.Code[0] {
			return nil
		}
	}
	only := scheme.Levels[scheme.Code[0]]
	return result.Reason{Code: result.OneScheme, About: only, Message: fmt.Sprintf("everyone in the sample is in the scheme %s, so that it says nothing of the schemes' difference; drop scheme, or choose another sample", only)}
}

func allMissing(c *frame.Column, rows int) bool {
	for i := range rows {
		if !c.Missing(i) {
			return false
		}
	}
	return true
}

// sampleAttainment is how many attain the goal by scheme, and how the schemes
// differ, in the samples of the models that are reported by themselves: what
// their adjusted differences are to be seen against.
func (r *Run) sampleAttainment() []result.Value {
	var out []result.Value
	done := []string{"gross", "complete"} // described
	for _, e := range r.Study.Models {
		sample := e.Value.Sample
		if !e.Value.HasChapter() || slices.Contains(done, sample) {
			continue
		}
		done = append(done, sample)
		rows := r.rows(sample)
		for _, v := range describe.Attainment(r.Study, r.data, sample, rows) {
			if v.Key.Year == "" && v.Key.Kind == "" {
				out = append(out, v)
			}
		}
		out = append(out, describe.Differences(r.Study, r.data, sample, rows)...)
	}
	return out
}

// fitAll fits models of the study that have not been fitted. One that these data
// do not let be fitted becomes nil, and a gap of the results. The error is of a
// run that has been stopped.
func (r *Run) fitAll(ctx context.Context, names []string) error {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { _, done := r.fits[name]; return done })
	fittedModels, failed := make([]*fitted, len(names)), make([]error, len(names))
	if err := r.parallel(len(names), func(i int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		fittedModels[i], failed[i] = r.fitOne(names[i])
		return nil
	}); err != nil {
		return err
	}
	for i, name := range names {
		if failed[i] != nil {
			m, _ := r.Study.Models.Get(name)
			r.gap("models", name, "", fmt.Errorf("the model cannot be fitted: %w", failed[i]), "models", name, formulaPart(m))
		}
		r.fits[name] = fittedModels[i]
	}
	return nil
}

func (r *Run) fitOne(name string) (*fitted, error) {
	m, _ := r.Study.Models.Get(name)
	return r.fitTo(name, m)
}

// fitTo fits the formula of a model to the sample of m, with its settings.
func (r *Run) fitTo(name string, m study.Model) (*fitted, error) {
	data, err := r.modelData(m)
	if err != nil {
		return nil, err
	}
	if err := answerable(r.formulas[name], data); err != nil {
		return nil, err
	}
	model, err := r.fit(m, r.formulas[name].Source, data)
	if err != nil {
		return nil, err
	}
	if model.Rows != nil {
		data = data.Rows(model.Rows)
	}
	return &fitted{name, m, model, data}, nil
}

// modelData is the rows of a model's sample, with its standardized columns.
func (r *Run) modelData(m study.Model) (*frame.Frame, error) {
	data := r.frames.rows(r, m.Sample)
	if data.NumRows() == 0 {
		return nil, r.nobody(m.Sample)
	}
	return r.standardize(m, data)
}

// fit fits a formula with the settings of a model.
func (r *Run) fit(m study.Model, text string, data *frame.Frame) (*fit.Model, error) {
	return fit.Fit(text, data, fit.Options{Family: m.Family, Link: m.Link, Quadrature: m.Quadrature, Threads: r.threads()})
}

// nobody says why a sample has no persons.
func (r *Run) nobody(sample string) error {
	var unknown []string
	for _, v := range r.Results.Values {
		if v.Key.Quantity == "missing" && v.Key.Kind == "" && v.Key.Scheme == result.All && v.Value == 1 {
			unknown = append(unknown, v.Key.Variable)
		}
	}
	if len(unknown) > 0 {
		names := strings.Join(unknown, ", ")
		return result.Reason{Code: result.UnknownForAll, About: names, Message: fmt.Sprintf("nobody is in the sample %q: %s is unknown for everyone", sample, names)}
	}
	return result.Reason{Code: result.Nobody, About: sample, Message: fmt.Sprintf("nobody is in the sample %q", sample)}
}

// gap remembers that something the study asks for has no answer, and why, in a line.
func (r *Run) gap(step, model, subject string, err error, path ...string) {
	file, line, column := r.Study.Place(path...)
	var reason result.Reason
	errors.As(err, &reason)
	r.Results.Gaps = append(r.Results.Gaps, result.Gap{
		Step: step, Model: model, Subject: subject,
		Place: fmt.Sprintf("%s:%d:%d", file, line, column), Message: strings.ReplaceAll(err.Error(), "\n", "; "), Reason: reason,
	})
}

// compare tests a model that has more or fewer terms than the one it is like,
// fitted to the same persons, by the ratio of their likelihoods.
func (r *Run) compare(f *fitted) error {
	m := f.study
	if m.Like == "" {
		return nil
	}
	of := r.fits[m.Like]
	if of == nil {
		return nil // told of that model
	}
	change := m.Changes[len(m.Changes)-1]
	nested := (change.Add == "") != (len(change.Drop) == 0)
	same := of.study.Sample == m.Sample && of.study.Quadrature == m.Quadrature && of.study.Family == m.Family && of.study.Link == m.Link
	if !nested || !same {
		return nil
	}
	small, large := of, f
	if change.Add == "" {
		small, large = f, of
	}
	data, err := r.modelData(large.study)
	if err != nil {
		return err
	}
	test, err := fit.Compare(small.model, large.model, data)
	if err != nil {
		r.gap("models", f.name, "likelihood_ratio", fmt.Errorf("%q and %q cannot be compared: %w", f.name, m.Like, err), "models", f.name)
		return nil
	}
	n := large.model.Result.NObs
	value := func(quantity, unit string, x float64) result.Value {
		return result.Estimate(result.Key{Quantity: quantity, Model: f.name}, unit, x, n)
	}
	p := test.PValue
	if test.PValueBoundary != nil {
		p = *test.PValueBoundary
	}
	return r.Results.Add("models", value("lr_statistic", result.Number, test.Statistic), value("lr_df", result.Number, float64(test.DF)), value("lr_p_value", result.PValue, p))
}

// uses tells whether a variable is in a term of a formula's fixed part. One that
// was added and taken out again, as x in a + x - x, is in none.
func uses(f *formula.Formula, variable string) bool {
	terms, err := f.Terms()
	if err != nil {
		return false
	}
	for _, t := range terms.Terms {
		for _, v := range t.Variables {
			found := false
			formula.Walk(terms.Variables[v], func(e formula.Expr) {
				n, ok := e.(*formula.Name)
				found = found || ok && n.Name == variable
			})
			if found {
				return true
			}
		}
	}
	return false
}

// resolve makes the changes to a model's formula, and reports what of it does
// not work where its author wrote it.
func (r *Run) resolve(name string, m study.Model, problems *problem.List) (*formula.Formula, bool) {
	report := func(model, part string, err error) {
		file, line, column := r.Study.Place("models", model, part)
		problems.Add(file, line, column, "the formula of model %q: %v", model, err)
	}
	f, err := formula.Parse(m.Formula)
	if err != nil {
		if m.Like == "" { // else it is told of that model
			report(name, "formula", err)
		}
		return nil, false
	}
	for _, change := range m.Changes {
		text := f.Source
		if len(change.Drop) > 0 {
			if text, err = f.Without(change.Drop...); err != nil {
				report(change.Model, "drop", fmt.Errorf("%w; take it out of drop", err))
				return nil, false
			}
		}
		if change.Add != "" {
			text += " + " + change.Add
		}
		if f, err = formula.Parse(text); err != nil {
			report(change.Model, "add", err)
			return nil, false
		}
	}
	return f, true
}
