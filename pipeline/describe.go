package pipeline

import (
	"context"

	"bidrag/data/frame"
	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// describe counts who takes part and how many attain the goal.
func (r *Run) describe(context.Context) error {
	add := func(values []result.Value) error { return r.Results.Add("describe", values...) }
	for _, sample := range []string{"gross", "complete", "incomplete"} {
		values := append(describe.Attainment(r.Study, r.data, sample, r.rows(sample)), describe.Differences(r.Study, r.data, sample, r.rows(sample))...)
		if err := add(values); err != nil {
			return err
		}
	}
	sample := r.Study.Describe.Sample
	rows := r.rows(sample)
	for _, of := range []func(*study.Study, *frame.Frame, string, []int) []result.Value{
		describe.Composition, describe.Measures, describe.Means, describe.Distribution,
	} {
		if err := add(of(r.Study, r.data, sample, rows)); err != nil {
			return err
		}
	}
	return nil
}
