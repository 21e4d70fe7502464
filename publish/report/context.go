package report

// context is the chapter on the units that participants belong to: tables 3 and 4.
func (w *writer) context() {}
