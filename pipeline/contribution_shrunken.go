package pipeline

import "context"

// shrunkenContributions are the indicators of the multilevel model, drawn towards
// what is expected as far as a project has few participants.
func (r *Run) shrunkenContributions(ctx context.Context) error {
	return ctx.Err()
}
