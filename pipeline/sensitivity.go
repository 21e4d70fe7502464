package pipeline

import "context"

func (r *Run) sensitivity(context.Context) error { return nil }
