package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bidrag/data/frame"
	"bidrag/evaluate/contribution"
	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/model/formula"
	"bidrag/study/problem"
)

// fewestDraws is how many independent draws those of a model must be worth for
// the ends of an interval to be told by them.
const fewestDraws = 50

// shrunkenContributions are the indicators of the multilevel model, drawn towards
// what is expected as far as a project has few participants: of all years
// together, and of each by the same model with one level more, of the projects'
// years.
func (r *Run) shrunkenContributions(ctx context.Context) error {
	c := r.Study.Contribution
	if c.Multilevel == "" {
		return nil
	}
	if err := r.fitAll(ctx, []string{c.Multilevel}); err != nil {
		return err
	}
	f := r.fits[c.Multilevel]
	if f == nil {
		r.noShrunken("", result.Reason{Code: result.NotFitted, About: c.Multilevel, Message: fmt.Sprintf("the model %q could not be fitted", c.Multilevel)})
		return nil
	}
	if err := r.shrunken(ctx, "", f.model, f.data); err != nil || !c.Years {
		return err
	}
	byYear, data, err := r.fitByYear(f)
	if err != nil {
		r.noShrunken("year", result.Reason{Code: result.NotFitted, About: c.Multilevel, Message: fmt.Sprintf("the model %q cannot be fitted with a level for the years of a project: %v", c.Multilevel, err)})
		return nil
	}
	return r.shrunken(ctx, "year", byYear, data)
}

// noShrunken remembers that there are no shrunken contributions (of years), and why.
func (r *Run) noShrunken(subject string, err error) {
	r.gap("contribution", r.Study.Contribution.Multilevel, "shrunken"+subject, err, "contribution", "multilevel")
}

// fitByYear fits the multilevel model with one level more: the years of a project.
// With one year in the data, or a level of years in the model, it is the model itself.
func (r *Run) fitByYear(f *fitted) (*fit.Model, *frame.Frame, error) {
	name, within := yearsOf(r.formulas[f.name])
	year, _ := f.data.Column("year")
	if _, years := year.Groups(); within || years == 1 {
		return f.model, f.data, nil
	}
	text := r.formulas[f.name].Source + fmt.Sprintf(" + (1 | %s:year)", name)
	data, err := r.modelData(f.study)
	if err != nil {
		return nil, nil, err
	}
	model, err := r.fit(f.study, text, data)
	if err != nil {
		return nil, nil, err
	}
	if model.Rows != nil {
		data = data.Rows(model.Rows)
	}
	return model, data, nil
}

// yearsOf is the grouping of a formula that projects are, and whether it has one
// of their years as well.
func yearsOf(f *formula.Formula) (project string, years bool) {
	for _, random := range f.Random {
		if !groupedBy(random, "project") {
			continue
		}
		if groupedBy(random, "year") {
			years = true
		} else if project == "" {
			project = random.Name
		}
	}
	return project, years
}

// groupedBy tells whether a variable is among the factors of a random term.
func groupedBy(random formula.Random, variable string) bool {
	return slices.ContainsFunc(random.Group, func(g formula.Expr) bool {
		name, ok := g.(*formula.Name)
		return ok && name.Name == variable
	})
}

// shrunken adds what a multilevel model says of projects and municipalities, of
// all years together or, when the subject is year, of each.
func (r *Run) shrunken(ctx context.Context, subject string, model *fit.Model, data *frame.Frame) error {
	c := r.Study.Contribution
	if err := r.drawable(model, subject); err != nil {
		r.noShrunken(subject, err)
		return nil
	}
	parts := r.shrunkenParts(model, data, subject == "year")
	units := make([]fit.Units, len(parts))
	for k, p := range parts {
		units[k] = p.of
	}
	means, err := model.UnitMeans(units...)
	if err != nil {
		return err
	}
	draws, err := model.DrawUnits(ctx, c.Draws, r.options.Seed, units...)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil && draws.Effective < fewestDraws {
		err = fmt.Errorf("%d draws of its parameters are worth %.0f independent ones; the data say too little of them. Raise draws, or take a simpler model", c.Draws, draws.Effective)
	}
	if err != nil {
		r.noShrunken(subject, result.Reason{Code: result.NotFitted, About: c.Multilevel, Message: fmt.Sprintf("the uncertainty of the model %q cannot be drawn: %v", c.Multilevel, err)})
		return nil
	}
	key := result.Key{Quantity: "shrunken_draws", Kind: subject, Model: c.Multilevel}
	values := []result.Value{result.Estimate(key, result.Count, draws.Effective, model.Result.NObs)}
	for k, p := range parts {
		values = append(values, p.values(means[k], draws.Units[k])...)
	}
	return r.addContributions(values)
}

// drawable is why a multilevel model has no indicators: it has not converged, or
// its units do not differ.
func (r *Run) drawable(model *fit.Model, subject string) error {
	name := r.Study.Contribution.Multilevel
	if model.Result.Status == "not_converged" {
		return result.Reason{Code: result.NotFitted, About: name, Message: fmt.Sprintf("the model %q has not converged: %s", name, model.Result.Reason)}
	}
	between, years, level := 0.0, 0.0, false
	for k, t := range model.Result.Random {
		between += t.SD[0] * t.SD[0]
		if groupedBy(model.Formula.Random[k], "year") {
			years += t.SD[0] * t.SD[0]
			level = true
		}
	}
	switch {
	case between == 0:
		return result.Reason{Code: result.NoVariance, About: name, Message: "the projects do not vary more than chance lets them: by the model " + strconv.Quote(name) + " their variance is zero, and no contribution can be told from chance"}
	case subject == "year" && level && years == 0:
		return result.Reason{Code: result.NoVariance, About: "year", Message: "a project does not vary more from year to year than chance lets it: by the model " + strconv.Quote(name) + " with a level for years their variance is zero, and no year's contribution can be told from that of all years"}
	}
	return nil
}

// A shrunkenPart is units of a kind, and the year of each in which they are looked at.
type shrunkenPart struct {
	set   contribution.ShrunkenSettings
	of    fit.Units
	units []contribution.Unit
	years []string // in which there are units; "" alone for all years together
}

// shrunkenParts are the projects and the municipalities among the fitted rows.
func (r *Run) shrunkenParts(model *fit.Model, data *frame.Frame, byYear bool) []shrunkenPart {
	c := r.Study.Contribution
	m, _ := r.Study.Models.Get(c.Multilevel)
	set := contribution.ShrunkenSettings{
		Model: c.Multilevel, Sample: m.Sample, MinLeavers: c.MinLeavers, Reliability: c.Reliability, FalseDiscovery: c.FalseDiscovery, Sizes: c.Sizes,
	}
	rows := r.counted(data, model.Mu)
	parts := []shrunkenPart{r.shrunkenUnits(set, "project", data, rows, byYear)}
	if p := r.Study.Places; p != nil {
		set.Municipalities = true
		parts = append(parts, r.shrunkenUnits(set, p.Variable, data, rows, byYear))
	}
	return parts
}

// shrunkenUnits are the levels of a column, in each year or in all together.
func (r *Run) shrunkenUnits(set contribution.ShrunkenSettings, column string, data *frame.Frame, rows []int, byYear bool) shrunkenPart {
	unit, _ := data.Column(column)
	scheme, _ := data.Column("scheme")
	outcome, _ := data.Column(r.Study.Describe.Outcome)
	year, _ := data.Column("year")
	p := shrunkenPart{set: set, of: fit.Units{Of: slices.Repeat([]int32{-1}, data.NumRows())}, years: []string{""}}
	if byYear {
		p.years = nil
		for _, y := range r.Study.Period.Years() {
			p.years = append(p.years, strconv.Itoa(y))
		}
	}
	type place struct {
		level int32
		year  string
	}
	number := map[place]int32{}
	for _, i := range rows {
		at := place{level: unit.Code[i]}
		if byYear {
			at.year = strconv.Itoa(int(year.Number[i]))
		}
		u, known := number[at]
		if !known {
			u = int32(len(p.units))
			number[at] = u
			project := contribution.Project{Name: unit.Levels[at.level], Scheme: result.All}
			if !set.Municipalities {
				project.Scheme = scheme.Levels[scheme.Code[i]]
			}
			p.units = append(p.units, contribution.Unit{Project: project, Year: at.year})
		}
		p.of.Of[i] = u
		p.units[u].Persons++
		p.units[u].Attained += int(outcome.Number[i])
	}
	p.of.Number = len(p.units)
	return p
}

// values are the indicators of the units, year by year.
func (p *shrunkenPart) values(means []fit.UnitMean, draws fit.UnitDraws) []result.Value {
	var out []result.Value
	for _, year := range p.years {
		var of []contribution.Unit
		for u, unit := range p.units {
			if unit.Year == year {
				unit.Mean, unit.Own, unit.Typical = means[u], draws.Own[u], draws.Typical[u]
				of = append(of, unit)
			}
		}
		slices.SortStableFunc(of, func(a, b contribution.Unit) int { return strings.Compare(a.Name, b.Name) })
		out = append(out, contribution.ShrunkenValues(p.set, of)...)
	}
	return out
}

// checkMultilevel reports a multilevel model that has no contribution of projects.
func (r *Run) checkMultilevel(problems *problem.List) {
	c := r.Study.Contribution
	if c == nil || c.Multilevel == "" {
		return
	}
	f, ok := r.formulas[c.Multilevel]
	if !ok {
		return // its formula has been told of
	}
	file, line, column := r.Study.Place("contribution", "multilevel")
	report := func(err error) {
		problems.Add(file, line, column, "contributions cannot be taken from the model %q: %v", c.Multilevel, err)
	}
	for _, random := range f.Random {
		if !random.Left.Intercept || len(random.Left.Terms) > 0 {
			report(fmt.Errorf("in %s slopes vary between the groups, so that a project's contribution is not one number; name a model of which the intercepts alone vary, as (1 | municipality/project)", random.Source))
			return
		}
	}
	if project, _ := yearsOf(f); project == "" {
		report(errors.New("project is not among its groupings; add it to a random term, as (1 | municipality/project)"))
	}
}
