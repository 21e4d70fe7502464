package pipeline

import (
	"context"
	"slices"

	"bidrag/data/frame"
	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// describe counts who takes part, how many attain the goal, of whom too little
// is known, and what the places and projects are like.
func (r *Run) describe(context.Context) error {
	add := func(values ...result.Value) error { return r.Results.Add("describe", values...) }
	for _, sample := range []string{"gross", "complete", "incomplete"} {
		rows := r.rows(sample)
		values := append(describe.Attainment(r.Study, r.data, sample, rows), describe.Differences(r.Study, r.data, sample, rows)...)
		if err := add(values...); err != nil {
			return err
		}
	}
	sample := r.Study.Describe.Sample
	rows := r.rows(sample)
	for _, of := range []func(*study.Study, *frame.Frame, string, []int) []result.Value{
		describe.Composition, describe.Measures, describe.MeasuresBy, describe.Crossed, describe.Distribution,
	} {
		if err := add(of(r.Study, r.data, sample, rows)...); err != nil {
			return err
		}
	}
	if err := add(describe.Means(r.Study, r.data, describe.Numbers(r.Study, r.data), sample, rows)...); err != nil {
		return err
	}
	if err := add(r.incomplete()...); err != nil {
		return err
	}
	return add(r.contexts()...)
}

// incomplete sets those of whom everything is known against those of whom
// something is not. The patterns are those of the variables of a complete row.
func (r *Run) incomplete() []result.Value {
	gross, complete, incomplete := r.rows("gross"), r.rows("complete"), r.rows("incomplete")
	variables := r.completeVariables()
	out := slices.Concat(
		describe.Patterns(r.Study, r.data, variables, "gross", gross),
		describe.MissingPairs(r.Study, r.data, variables, "gross", gross),
		describe.IncompleteDifference(r.Study, r.data, complete, incomplete))
	m := r.Study.Missing
	if m == nil {
		return out
	}
	means := func(sample string, rows []int) []result.Value {
		variables := m.Means
		if sample == r.Study.Describe.Sample {
			described := describe.Numbers(r.Study, r.data)
			variables = slices.DeleteFunc(slices.Clone(variables), func(v string) bool { return slices.Contains(described, v) })
		}
		return describe.Means(r.Study, r.data, variables, sample, rows)
	}
	return slices.Concat(out,
		describe.Incomplete(r.Study, r.data, m.By, "gross", gross),
		means("complete", complete), means("incomplete", incomplete),
		describe.StandardizedDifferences(r.Study, r.data, m.Means, complete, incomplete))
}

// completeVariables are the variables that are known in a complete row, and the
// place. A category stands for the indicators made of it; the scheme is always
// known.
func (r *Run) completeVariables() []string {
	var out []string
	for _, n := range r.formulas[r.Study.Complete].Names() {
		if n.Name != "scheme" {
			out = append(out, n.Name)
		}
	}
	if p := r.Study.Places; p != nil {
		out = append(out, p.Variable)
	}
	return r.byVariable(out)
}
