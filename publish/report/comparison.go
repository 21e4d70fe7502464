package report

// comparison is the chapter that asks whether the same persons would do better:
// how much of the difference goes with who takes part, how like fares beside
// like, what follows if nothing were unknown, and how strong what nobody has
// observed must be.
func (w *writer) comparison() {
	w.begin("comparison", w.word("comparison.title"))
	w.text(w.say("comparison.lead"))
	w.decomposition()
	w.matching()
	w.imputation()
	w.sensitivity()
	if len(w.chapter.Sections) > 0 {
		w.end()
	}
}
