package pipeline

import "context"

// assumptions tests what the models that are reported by themselves assume.
func (r *Run) assumptions(context.Context) error { return nil }
