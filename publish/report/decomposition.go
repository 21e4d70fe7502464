package report

func (w *writer) decomposition() {}
