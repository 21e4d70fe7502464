package pipeline

import "context"

func (r *Run) decomposition(context.Context) error { return nil }
