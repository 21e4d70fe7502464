package pipeline

import (
	"context"
	"maps"
	"sync"

	"golang.org/x/sync/errgroup"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
)

// parallel does n tasks, so many at a time as the run may use processors. The
// error is one of theirs.
func (r *Run) parallel(n int, task func(i int) error) error {
	var group errgroup.Group
	group.SetLimit(r.threads())
	for i := range n {
		group.Go(func() error { return task(i) })
	}
	return group.Wait()
}

// eachModel does something with each of some models. Several are worked on at a
// time, each with a part of the run that has results of its own; these are added
// in the order of the models, so that nothing depends on the number of
// processors. A model that could not be fitted is nil.
func (r *Run) eachModel(ctx context.Context, step string, names []string, do func(part *Run, name string, f *fitted) error) error {
	if err := r.fitAll(ctx, names); err != nil {
		return err
	}
	parts := make([]*Run, len(names))
	err := r.parallel(len(names), func(i int) error {
		part := *r
		part.Results = result.NewSet()
		parts[i] = &part
		if err := ctx.Err(); err != nil {
			return err
		}
		return do(&part, names[i], r.fits[names[i]])
	})
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := r.Results.Add(step, part.Results.Values...); err != nil {
			return err
		}
		r.Results.Gaps = append(r.Results.Gaps, part.Results.Gaps...)
		maps.Copy(r.Results.Models, part.Results.Models)
	}
	return nil
}

// withChapter are the models that are reported by themselves.
func (r *Run) withChapter() []string {
	var names []string
	for _, e := range r.Study.Models {
		if e.Value.HasChapter() {
			names = append(names, e.Key)
		}
	}
	return names
}

// frames are the rows of samples, which models share.
type frames struct {
	guard sync.Mutex
	of    map[string]*frame.Frame
}

// rows returns the rows of a sample.
func (f *frames) rows(r *Run, sample string) *frame.Frame {
	f.guard.Lock()
	defer f.guard.Unlock()
	data, done := f.of[sample]
	if !done {
		data = r.data.Rows(r.rows(sample))
		f.of[sample] = data
	}
	return data
}
