package report

// assumptions is the section of a model's chapter that tells how well the
// model's assumptions hold.
func (w *writer) assumptions(model string) {}
