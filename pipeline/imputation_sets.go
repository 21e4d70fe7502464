package pipeline

import (
	"context"
	"math"

	"bidrag/data/frame"
	"bidrag/evaluate/impute"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// A filling is the completed data sets of some persons.
type filling struct {
	*incomplete
	filled *impute.Filled
	shift  map[string]float64 // what was added to filled values; nil for nothing
}

// shiftedRounds is how many rounds of the chains it takes until all follows a
// shift, from chains that have been run without it.
const shiftedRounds = 2

// fill fills the gaps of persons so many times. Chains go on from those of the base
// when there is one.
func (r *Run) fill(ctx context.Context, p *incomplete, imputations int, shift map[string]float64) (*filling, error) {
	o := impute.Options{Imputations: imputations, Iterations: r.Study.Imputation.Iterations, Seed: r.options.Seed, Threads: r.threads(), Shift: shift}
	if p.base != nil {
		o.From, o.Iterations = p.base, min(o.Iterations, shiftedRounds)
	}
	filled, err := impute.Fill(ctx, p.problem, o)
	if err != nil {
		return nil, err
	}
	return &filling{p, filled, shift}, nil
}

// set is completed data set k, with the rows of the run's data: a part of the
// run that reads it, with one thread and results of its own.
func (r *Run) set(f *filling, k int) (*Run, error) {
	var columns []*frame.Column
	for v, spec := range f.problem.Variables {
		from, _ := r.data.Column(spec.Name)
		column := placed(from, f.filled.Columns[k][v], f.rows)
		columns = append(columns, column)
		if described, ok := r.Study.Codebook.Variables.Get(spec.Name); ok {
			columns = append(columns, indicators(described, column)...)
		}
	}
	data, err := r.data.With(columns...)
	if err != nil {
		return nil, err
	}
	part := *r
	part.data, part.Results, part.fits = data, result.NewSet(), map[string]*fitted{}
	part.frames = &frames{of: map[string]*frame.Frame{}}
	part.options.Threads = 1
	return &part, nil
}

// placed is a column of all rows with the values of some rows in their place.
func placed(of, values *frame.Column, rows []int) *frame.Column {
	out := &frame.Column{Name: of.Name, Kind: of.Kind, Levels: of.Levels}
	if of.Kind == frame.Factor {
		out.Code = append([]int32(nil), of.Code...)
		for k, i := range rows {
			out.Code[i] = values.Code[k]
		}
		return out
	}
	out.Number = append([]float64(nil), of.Number...)
	for k, i := range rows {
		out.Number[i] = values.Number[k]
	}
	return out
}

// indicators are the 0/1 columns of a category, missing where it is.
func indicators(v study.Variable, category *frame.Column) []*frame.Column {
	if v.Indicators == nil || category.Kind != frame.Factor {
		return nil
	}
	var out []*frame.Column
	for _, name := range v.IndicatorColumns() {
		at := int32(-1)
		for code, level := range category.Levels {
			if v.Indicators.Prefix+"_"+level == name {
				at = int32(code)
			}
		}
		x := make([]float64, len(category.Code))
		for i, code := range category.Code {
			switch {
			case code < 0:
				x[i] = math.NaN()
			case code == at:
				x[i] = 1
			}
		}
		out = append(out, frame.NewNumeric(name, x))
	}
	return out
}
