package pipeline

import "context"

func (r *Run) matching(context.Context) error { return nil }
