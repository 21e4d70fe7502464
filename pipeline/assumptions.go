package pipeline

import (
	"context"
	"math"
	"slices"
	"strings"

	"bidrag/evaluate/amount"
	"bidrag/evaluate/assume"
	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/model/formula"
	"bidrag/study"
)

// assumptions tests what the models that are reported by themselves assume.
// A test that these data do not allow is a gap; the others are made.
func (r *Run) assumptions(ctx context.Context) error {
	return r.eachModel(ctx, "assumptions", r.withChapter(), func(part *Run, _ string, f *fitted) error {
		if f == nil {
			return nil // told of the model itself
		}
		return part.assumptionsOf(ctx, f)
	})
}

// assumptionsOf makes all tests of one model.
func (r *Run) assumptionsOf(ctx context.Context, f *fitted) error {
	gap := func(subject string, err error, path ...string) {
		r.gap("assumptions", f.name, subject, err, append([]string{"models", f.name}, path...)...)
	}
	t, err := assume.New(assume.Subject{
		Name: f.name, Model: f.model, Data: f.data, Variables: r.variablesOf(f), Focus: r.schemeTerms(f),
		Seed: r.options.Seed, Threads: r.threads(),
	})
	if err != nil {
		gap("", err)
		return nil
	}
	groupings, cluster := r.groupings(f, gap)
	values := slices.Concat(t.Collinearity(), t.Influence(), t.Dispersion(groupings), t.Residuals(), t.RandomEffects(), t.Linearity(r.covariates(f)))
	add := func(subject string, more []result.Value, err error) {
		if err != nil {
			gap(subject, err)
		}
		values = append(values, more...)
	}
	accuracy, err := t.Accuracy()
	add("accuracy", accuracy, err)
	if cluster != nil && len(f.model.Formula.Random) == 0 && f.study.Cluster != "" {
		robust, err := t.Robust(*cluster)
		add("cluster", robust, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if cluster != nil {
		without, err := t.WithoutClusters(*cluster, func(rows []int) (*fit.Model, error) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			return fit.FitParsed(f.model.Formula, f.data.Rows(rows), fit.Options{Family: f.study.Family, Link: f.study.Link, Quadrature: f.study.Quadrature, Threads: 1})
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		add("without_cluster", without, err)
	}
	return r.Results.Add("assumptions", values...)
}

// groupings are the divisions of a model's persons by which it is tested:
// clusters, municipalities, projects and the groups of random effects. cluster
// is the one that is left out one at a time: the model's own, or the outermost
// of the random effects; nil when there is none.
func (r *Run) groupings(f *fitted, gap func(string, error, ...string)) (all []assume.Grouping, cluster *assume.Grouping) {
	names := []string{f.clusterColumn()}
	outer := names[0]
	if p := r.Study.Places; p != nil {
		names = append(names, p.Variable)
		if p.Project {
			names = append(names, "project")
		}
	}
	for k, name := range names {
		if name == "" || slices.Contains(names[:k], name) {
			continue
		}
		g, err := assume.GroupingOf(f.data, name)
		switch {
		case err != nil && k == 0:
			gap("cluster", err, "cluster")
		case err != nil:
			gap("group_dispersion", err)
		case g.Groups > 1:
			all = append(all, g)
			if name == outer {
				cluster = &g
			}
		}
	}
	return all, cluster
}

// schemeTerms are the terms of a model that are differences between schemes.
func (r *Run) schemeTerms(f *fitted) []string {
	var out []string
	for _, e := range r.Study.Schemes {
		if _, ok := f.model.Coefficient("scheme" + e.Key); ok {
			out = append(out, "scheme"+e.Key)
		}
	}
	return out
}

// variablesOf says which variable of the codebook every column of a model
// belongs to: the indicators of a category are that category. Of an interaction
// it is the variables joined by colons.
func (r *Run) variablesOf(f *fitted) []string {
	coding := f.model.Coding
	out := make([]string, len(coding.Columns))
	for j, c := range coding.Columns {
		if c.Term == 0 {
			continue
		}
		var names []string
		for _, v := range coding.Terms.Terms[c.Term-1].Variables {
			formula.Walk(coding.Terms.Variables[v], func(e formula.Expr) {
				if n, ok := e.(*formula.Name); ok {
					if owner := r.owner(n.Name); !slices.Contains(names, owner) {
						names = append(names, owner)
					}
				}
			})
		}
		out[j] = strings.Join(names, ":")
	}
	return out
}

// owner is the category that an indicator was made of, else the column itself.
func (r *Run) owner(column string) string {
	for _, e := range r.Study.Codebook.Variables {
		if i := e.Value.Indicators; i != nil && strings.HasPrefix(column, i.Prefix+"_") {
			if level := strings.TrimPrefix(column, i.Prefix+"_"); slices.ContainsFunc(e.Value.Levels, func(l study.Entry[study.Text]) bool { return l.Key == level }) {
				return e.Key
			}
		}
	}
	return column
}

// covariates are the numbers among a model's variables, in their own unit also
// where the model has them standardized. A number that the model takes as a
// factor has no line that could be bent.
func (r *Run) covariates(f *fitted) []assume.Covariate {
	var out []assume.Covariate
	for _, e := range f.model.Coding.Terms.Variables {
		if call, ok := e.(*formula.Call); ok && call.Func == "factor" {
			continue
		}
		formula.Walk(e, func(e formula.Expr) {
			n, ok := e.(*formula.Name)
			if !ok || slices.ContainsFunc(out, func(c assume.Covariate) bool { return c.Name == n.Name }) {
				return
			}
			v, known := r.Study.Codebook.Variables.Get(n.Name)
			column, has := f.data.Column(n.Name)
			if !known || !has || column.Number == nil || v.Type != study.Ordinal && v.Type != study.Integer && v.Type != study.NumberType {
				return
			}
			out = append(out, assume.Covariate{Name: n.Name, X: r.inOwnUnit(f, n.Name, column.Number), Money: amount.Of(r.Study, f.data, n.Name)})
		})
	}
	return out
}

// inOwnUnit undoes a model's scaling of a variable. Numbers are rounded to
// twelve digits, so that those that were equal still are.
func (r *Run) inOwnUnit(f *fitted, variable string, x []float64) []float64 {
	for _, s := range r.scalesOf(f.study) {
		if s.variable == variable && s.sd > 0 {
			return s.undo(x)
		}
	}
	return x
}

// undo is the inverse of apply.
func (s scaling) undo(x []float64) []float64 {
	out := make([]float64, len(x))
	unit := math.Pow(10, 12-math.Ceil(math.Log10(math.Abs(s.mean)+s.sd)))
	for i, v := range x {
		out[i] = math.Round((s.mean+v*s.sd)*unit) / unit
	}
	return out
}
