package pipeline

import "context"

// cases chooses case municipalities by what their projects contribute.
func (r *Run) cases(ctx context.Context) error {
	if r.Study.Cases == nil || r.Study.Contribution == nil {
		return nil
	}
	return ctx.Err()
}
