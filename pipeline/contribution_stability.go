package pipeline

import "context"

// contributionStability tells how far the projects differ more than chance makes
// them, and whether their indicators are the same from year to year.
func (r *Run) contributionStability(ctx context.Context) error {
	return ctx.Err()
}
