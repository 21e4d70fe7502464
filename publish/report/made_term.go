package report

import "regexp"

var (
	callOf  = regexp.MustCompile(`^(\w+)\((.*)\)(.*)$`)
	polyOf  = regexp.MustCompile(`^(.*), *\d+$`)
	namesIn = regexp.MustCompile(`[\p{L}.][\p{L}\p{N}_.]*\(?`)
)

// madeTerm is what a term is called that a formula makes of variables, as
// log(age) or poly(age, 2)1: in words where there are words for it, else as its
// author wrote it, with the variables by their labels.
func (w *writer) madeTerm(name string) string {
	call := callOf.FindStringSubmatch(name)
	if call == nil {
		return w.labelled(name)
	}
	function, of, rest := call[1], call[2], call[3]
	if poly := polyOf.FindStringSubmatch(of); function == "poly" && poly != nil {
		return w.word("term.poly", "label", w.labelled(poly[1]), "degree", rest)
	}
	switch {
	case function == "factor":
		return w.word("level_of", "variable", w.labelled(of), "level", rest)
	case rest != "":
	case function == "I":
		return w.labelled(of)
	case function == "log":
		return w.word("term.log", "label", w.labelled(of))
	case function == "scale":
		return w.word("per_sd", "label", w.labelled(of))
	}
	return w.labelled(name)
}

// labelled puts labels for the variables in a piece of a formula.
func (w *writer) labelled(text string) string {
	return namesIn.ReplaceAllStringFunc(text, func(name string) string {
		if v, ok := w.study.Codebook.Variables.Get(name); ok {
			return v.Label.In(w.lang)
		}
		return name
	})
}
