package report

// effects is the sections of a model's chapter that say in percentage points
// what the model means.
func (w *writer) effects(model string) {}
