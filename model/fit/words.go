package fit

import (
	"fmt"
	"math"
	"strings"

	"bidrag/model/family"
	"bidrag/model/formula"
)

// aliasText tells what an aliased column repeats.
func aliasText(names []string, j int, of []int) string {
	const most = 6
	if len(of) == 0 {
		return fmt.Sprintf("%s is 0 in every row of the fit and was left out; its coefficient has no estimate", names[j])
	}
	parts := make([]string, 0, most)
	for _, k := range of {
		if len(parts) == most {
			parts = append(parts, fmt.Sprintf("%d more", len(of)-most))
			break
		}
		parts = append(parts, names[k])
	}
	return fmt.Sprintf("%s is determined by %s in the rows of the fit, so its coefficient has no estimate; it was left out, which changes no fitted value. Leave out one of them", names[j], list(parts))
}

// separationText tells what a coefficient without a finite estimate means.
func (s *setup) separationText(j int, beta float64) string {
	name := s.design.Coding.Columns[j].Name
	towards := "plus"
	if beta < 0 || math.Signbit(beta) {
		towards = "minus"
	}
	what := "predicts the outcome of some rows without exception"
	if s.family.Dist == family.Poisson {
		what = "marks rows in which the count is always 0"
	}
	remedy := "Leave it out, or report the rows apart"
	switch {
	case s.design.Coding.Columns[j].Term == 0:
		remedy = "Choose other reference levels, or leave out the terms that mark those rows"
	case s.design.Coding.OfLevel(j):
		remedy = "Merge its level with another, leave the term out, or report the rows apart"
	}
	return fmt.Sprintf("%s, alone or with other terms, %s: its estimate runs off to %s infinity; where the iteration stopped, and the error and p-value there, mean nothing. %s", name, what, towards, remedy)
}

// list joins parts as in a sentence.
func list(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

func quoted(parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = fmt.Sprintf("%q", p)
	}
	return list(out)
}

// someQuoted is quoted, of many parts only the first.
func someQuoted(parts []string) string {
	const most = 8
	if len(parts) <= most+1 {
		return quoted(parts)
	}
	out := ""
	for _, p := range parts[:most] {
		out += fmt.Sprintf("%q, ", p)
	}
	return fmt.Sprintf("%sand %d more", out, len(parts)-most)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func number(v float64) string { return formula.NumberText(v) }
