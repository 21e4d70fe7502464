// Package problem is how bad input is told: one line per problem,
//
//	file:line:column: what is wrong, and what to do about it
//
// A reader collects every problem it can find before it gives up, so that the
// user mends a file once. Problems name codes and counts, never persons.
package problem

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Problem is one thing wrong with one place of one input file.
type Problem struct {
	File    string // as the user named it, or its path within the study
	Line    int    // from 1; 0 when the problem is with the file as a whole
	Column  int    // from 1, in characters; 0 when unknown
	Message string // what is wrong, and what to do about it
}

// Error gives the problem as one line. A file without line is shown as line 1,
// column 1, so that editors can jump to it.
func (p Problem) Error() string {
	return p.File + ":" + strconv.Itoa(max(p.Line, 1)) + ":" + strconv.Itoa(max(p.Column, 1)) + ": " + p.Message
}

// A List is the problems of one reading, in the order in which they were found.
// The zero value is an empty list.
type List []Problem

// Add appends a problem.
func (l *List) Add(file string, line, column int, format string, args ...any) {
	*l = append(*l, Problem{File: file, Line: line, Column: column, Message: fmt.Sprintf(format, args...)})
}

// Join appends the problems that err consists of; an error of another kind
// becomes a problem of file.
func (l *List) Join(file string, err error) {
	if err == nil {
		return
	}
	var list List
	var one Problem
	switch {
	case errors.As(err, &list):
		*l = append(*l, list...)
	case errors.As(err, &one):
		*l = append(*l, one)
	default:
		l.Add(file, 0, 0, "%v", err)
	}
}

// Err returns the list as an error, nil when it is empty. The problems are
// ordered by place within a file and stripped of exact repetitions; files keep
// the order in which they were first named.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	order := map[string]int{}
	for _, p := range l {
		if _, seen := order[p.File]; !seen {
			order[p.File] = len(order)
		}
	}
	sorted := slices.Clone(l)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(sorted)
}

// Error gives one line per problem.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, p := range l {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Nearest returns the candidate that a person who wrote name most likely
// meant: the one at the smallest edit distance, if that is at most a third of
// the name's length (and at least 1), and less than all of it. The second result
// is false when nothing is near.
func Nearest(name string, candidates []string) (string, bool) {
	length := len([]rune(name))
	best, bestDistance := "", min(max(1, length/3)+1, length)
	for _, c := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best, best != ""
}

// DidYouMean returns "; did you mean "x"?" for the nearest candidate, or nothing.
func DidYouMean(name string, candidates []string) string {
	if near, ok := Nearest(name, candidates); ok {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// distance is the optimal string alignment distance: insertions, deletions,
// substitutions and swaps of neighbours each cost 1.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	older, prev, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, prev, row = prev, row, older
	}
	return prev[len(t)]
}
