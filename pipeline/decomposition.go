package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"bidrag/evaluate/decompose"
	"bidrag/evaluate/describe"
	"bidrag/evaluate/effects"
	"bidrag/evaluate/result"
	"bidrag/model/design"
	"bidrag/model/formula"
	"bidrag/model/infer"
	"bidrag/study"
)

// decomposition splits the difference of every scheme from the reference, in each
// of the study's decompositions.
func (r *Run) decomposition(ctx context.Context) error {
	for _, e := range r.Study.Decomposition {
		for _, scheme := range r.Study.Schemes.Keys() {
			if scheme == r.Study.Reference() {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.decompose(ctx, e.Key, e.Value, scheme); err != nil {
				return err
			}
		}
	}
	return nil
}

// decompose answers one decomposition for one scheme.
func (r *Run) decompose(ctx context.Context, name string, d study.Decomposition, scheme string) error {
	subject := name + " " + scheme
	data, err := r.decomposed(d, scheme)
	if err != nil {
		r.gap("decomposition", d.Model, subject, fmt.Errorf("the difference cannot be split: %w", err), "decomposition", name)
		return nil
	}
	options := decompose.Options{Orderings: d.Orderings, Replicates: d.Replicates, Seed: r.options.Seed, Threads: r.threads()}
	answer, err := decompose.Decompose(ctx, *data, options)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		r.gap("decomposition", d.Model, subject, fmt.Errorf("the difference cannot be split: %w", r.emptySide(err, d, scheme)), "decomposition", name)
		return nil
	}
	for _, g := range answer.Gaps {
		of := subject
		if g.Choice != "" {
			of += " " + g.Choice
		}
		r.gap("decomposition", d.Model, of, decompositionReason(g, d), "decomposition", name)
	}
	return r.Results.Add("decomposition", answer.Values(name, scheme)...)
}

// emptySide says which scheme has nobody.
func (r *Run) emptySide(err error, d study.Decomposition, scheme string) error {
	if !errors.Is(err, decompose.ErrEmpty) {
		return err
	}
	m, _ := r.Study.Models.Get(d.Model)
	column, _ := r.data.Column("scheme")
	only := scheme
	for _, i := range r.rows(m.Sample) {
		if column.Levels[column.Code[i]] == r.Study.Reference() {
			only = r.Study.Reference()
		}
	}
	return result.Reason{Code: result.OneScheme, About: only, Message: err.Error()}
}

// decompositionReason is why something of a decomposition has no answer, or one
// with a reservation.
func decompositionReason(g decompose.Gap, d study.Decomposition) error {
	about := strings.Join(g.Names, ", ")
	code := result.NotFitted
	switch {
	case errors.Is(g.Err, infer.ErrOneCluster):
		code, about = result.OneCluster, d.Cluster
	case errors.Is(g.Err, decompose.ErrSeparated):
		code = result.Separation
	case errors.Is(g.Err, decompose.ErrSameOut):
		code = result.SameOutcome
	case errors.Is(g.Err, decompose.ErrAliased):
		code = result.Aliased
	case errors.Is(g.Err, decompose.ErrOneSided):
		code = result.OneSided
	case errors.Is(g.Err, decompose.ErrEmptyLevel):
		code, about = result.TooFew, strings.Join(g.Names, " ")
	}
	message := g.Err.Error()
	if about != "" {
		message = about + ": " + message
	}
	if g.Choice != "" {
		message += fmt.Sprintf(" (the coefficients of %s)", g.Choice)
	}
	return result.Reason{Code: code, About: about, Message: message}
}

// decomposed is the data of a decomposition: the persons of its model who are in
// the scheme or the reference, with the columns of the model's fixed part.
func (r *Run) decomposed(d study.Decomposition, scheme string) (*decompose.Data, error) {
	m, _ := r.Study.Models.Get(d.Model)
	data, err := r.modelData(m)
	if err != nil {
		return nil, err
	}
	column, _ := data.Column("scheme")
	keep := data.Where(func(i int) bool {
		level := column.Levels[column.Code[i]]
		return level == scheme || level == r.Study.Reference()
	})
	data, rows := data.Rows(keep), pick(r.rows(m.Sample), keep)
	f, err := withoutScheme(r.formulas[d.Model])
	if err != nil {
		return nil, err
	}
	if err := answerable(f, data); err != nil {
		return nil, err
	}
	var extra design.Columns
	if d.Cluster != "" {
		extra.Cluster, _ = data.Column(d.Cluster)
	}
	x, err := design.New(f, data, extra)
	if err != nil {
		return nil, result.Reason{Code: result.NotFitted, About: d.Model, Message: err.Error()}
	}
	if name := oversized(x); name != "" {
		return nil, result.Reason{Code: result.NotFitted, About: d.Model, Message: name + " has values too large to be squared; correct them, or make the cells empty"}
	}
	if x.Rows != nil {
		data, rows = data.Rows(x.Rows), pick(rows, x.Rows)
	}
	out := &decompose.Data{N: x.N, Y: x.Response.Y, Clusters: infer.Clusters{Of: x.Cluster, Number: x.Clusters}}
	if x.Cluster == nil {
		out.Clusters = persons(x.N)
	}
	column, _ = data.Column("scheme")
	for _, code := range column.Code {
		out.Focus = append(out.Focus, column.Levels[code] == scheme)
	}
	r.blockColumns(out, m, d, x)
	for _, v := range d.Tables {
		out.Tables = append(out.Tables, r.rateTable(v, rows))
	}
	return out, nil
}

// oversized names a column with a value whose square is infinite; "" is none.
func oversized(x *design.Design) string {
	for c, column := range x.Coding.Columns {
		if slices.ContainsFunc(x.X[c*x.N:(c+1)*x.N], func(v float64) bool { return math.IsInf(v*v*float64(x.N), 1) }) {
			return column.Name
		}
	}
	return ""
}

// withoutScheme is a formula without its terms of the scheme.
func withoutScheme(f *formula.Formula) (*formula.Formula, error) {
	if !uses(f, "scheme") {
		return f, nil
	}
	text, err := f.Without("scheme")
	if err != nil {
		return nil, err
	}
	return formula.Parse(text)
}

// persons are clusters of one row each.
func persons(n int) infer.Clusters {
	of := make([]int32, n)
	for i := range of {
		of[i] = int32(i)
	}
	return infer.Clusters{Of: of, Number: n}
}

// blockColumns fills in the columns of a model's terms, with their blocks and the
// categories that they are levels of.
func (r *Run) blockColumns(out *decompose.Data, m study.Model, d study.Decomposition, x *design.Design) {
	out.Blocks = d.Blocks.Keys()
	block := r.blockOf(m, d)
	categories := map[string]int{}
	for c, column := range x.Coding.Columns {
		if column.Term == 0 {
			continue
		}
		values := x.X[c*x.N : (c+1)*x.N]
		names := termColumns(x.Coding.Terms, column.Term-1)
		at := 0
		for _, name := range names {
			at = block[name]
		}
		j := out.P
		out.P++
		out.X, out.Names, out.Block = append(out.X, values...), append(out.Names, column.Name), append(out.Block, at)
		category := r.categoryOf(x, c, names, values)
		if category == "" {
			continue
		}
		k, seen := categories[category]
		if !seen {
			k = len(out.Categories)
			categories[category] = k
			out.Categories = append(out.Categories, nil)
		}
		out.Categories[k] = append(out.Categories[k], j)
	}
}

// categoryOf names the category that a column is a level of; "" of a number, and
// of an interaction.
func (r *Run) categoryOf(x *design.Design, column int, names []string, values []float64) string {
	term := x.Coding.Terms.Terms[x.Coding.Columns[column].Term-1]
	plain := slices.Contains(names, x.Coding.Columns[column].Name)
	zeroOne := !slices.ContainsFunc(values, func(v float64) bool { return v != 0 && v != 1 })
	switch {
	case len(term.Variables) != 1:
		return ""
	case x.Coding.OfLevel(column):
		return term.Label
	case !plain || !zeroOne:
		return ""
	}
	if v, ok := effects.IndicatorOf(r.Study, names[0]); ok {
		return v.Key
	}
	return term.Label
}

// termColumns are the columns of the data that a term is made of.
func termColumns(terms *formula.Terms, term int) []string {
	var out []string
	for _, v := range terms.Terms[term].Variables {
		formula.Walk(terms.Variables[v], func(e formula.Expr) {
			if n, ok := e.(*formula.Name); ok && !slices.Contains(out, n.Name) {
				out = append(out, n.Name)
			}
		})
	}
	return out
}

// blockOf is the number of the block that every column is in.
func (r *Run) blockOf(m study.Model, d study.Decomposition) map[string]int {
	out := map[string]int{}
	for b, e := range d.Blocks {
		for _, v := range e.Value.Variables {
			for _, c := range r.valueColumns(m, v) {
				out[c] = b
			}
		}
	}
	return out
}

// rateTable divides persons by the levels of a variable that occur among them, as
// the description does; quantiles are those of both schemes together.
func (r *Run) rateTable(variable string, rows []int) decompose.Table {
	g := describe.GroupingOf(r.Study, variable)
	of := describe.Assign(r.Study, r.data, g, rows)
	out := decompose.Table{Variable: variable, Of: of}
	place := map[int]int{-1: -1}
	for l, level := range describe.Levels(r.Study, g) {
		if slices.Contains(of, l) {
			place[l] = len(out.Levels)
			out.Levels = append(out.Levels, level.Key)
		}
	}
	for i, l := range of {
		of[i] = place[l]
	}
	return out
}
