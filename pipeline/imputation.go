package pipeline

import "context"

func (r *Run) imputation(context.Context) error { return nil }
