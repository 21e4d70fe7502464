package report

// verb returns what those do who attain the goal ("went on to work or
// education"); a study made without one gets words that always fit.
func (w *writer) verb() string {
	if verb := w.study.Describe.Verb.In(w.lang); verb != "" {
		return verb
	}
	return w.word("attained")
}
