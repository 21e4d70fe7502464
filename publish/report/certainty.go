package report

func (w *writer) certainty() {}
