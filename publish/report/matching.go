package report

func (w *writer) matching() {}
