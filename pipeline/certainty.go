package pipeline

import "context"

func (r *Run) certainty(context.Context) error { return nil }
