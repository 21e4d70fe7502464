package pipeline

import (
	"fmt"

	units "bidrag/evaluate/context"
	"bidrag/evaluate/result"
)

// contexts describes the units of each of the study's contexts.
func (r *Run) contexts() []result.Value {
	var out []result.Value
	for _, e := range r.Study.Context {
		rows := r.rows(e.Value.Sample)
		if len(rows) == 0 {
			r.gap("describe", "", e.Key, fmt.Errorf("the units of %q cannot be described: %w", e.Key, r.nobody(e.Value.Sample)), "context", e.Key)
			continue
		}
		values, gaps := units.Compute(r.Study, e.Key, e.Value, r.data, rows)
		out = append(out, values...)
		for _, g := range gaps {
			r.gap("describe", "", e.Key, g.Err, append([]string{"context", e.Key}, g.Path...)...)
		}
	}
	return out
}
