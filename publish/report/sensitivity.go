package report

func (w *writer) sensitivity() {}
