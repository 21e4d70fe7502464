package report

func (w *writer) imputation() {}
