package source

import (
	"fmt"
	"strconv"
	"unicode"

	"bidrag/study/problem"
)

// listed is the number of problems of one kind that are listed; the others are counted.
const listed = 20

// findings collects the problems of one file, by kind.
type findings struct {
	file  string
	list  problem.List
	kinds []*tally
	index map[string]*tally

	// oneText is for a file that no study describes: what is no text in it is
	// told in one line, without the problems that follow from it.
	oneText bool
}

// A tally is what was found of one kind beyond the listed problems.
type tally struct {
	kind      string
	count     int
	line, col int // of the first that is not listed
	first     struct{ line, col int }
}

func newFindings(file string) *findings {
	return &findings{file: file, index: map[string]*tally{}}
}

// add notes a problem. The kind is shown when there are more of it than are
// listed: "… and 12 more <kind>".
func (f *findings) add(kind string, line, col int, format string, args ...any) {
	t := f.index[kind]
	if t == nil {
		t = &tally{kind: kind}
		t.first.line, t.first.col = line, col
		f.index[kind] = t
		f.kinds = append(f.kinds, t)
	}
	t.count++
	switch {
	case t.count <= listed:
		f.list.Add(f.file, line, col, format, args...)
	case t.count == listed+1:
		t.line, t.col = line, col
	}
}

// whole notes a problem of the file as a whole, or of everything from a line on.
func (f *findings) whole(line int, format string, args ...any) {
	f.list.Add(f.file, line, 0, format, args...)
}

// any tells whether something was found.
func (f *findings) any() bool { return len(f.list) > 0 }

// err returns what was found, nil when nothing was.
func (f *findings) err() error {
	if f.oneText {
		if err := f.noText(); err != nil {
			return err
		}
	}
	list := f.list
	for _, t := range f.kinds {
		if more := t.count - listed; more > 0 {
			list.Add(f.file, t.line, t.col, "… and %d more %s", more, t.kind)
		}
	}
	return list.Err()
}

// Kinds of what is no text.
const (
	nulBytes = "NUL bytes"
	notUTF8  = "bytes that are not UTF-8"
)

// noText tells, in one line, of a file that is no text in UTF-8; nil when it is.
func (f *findings) noText() error {
	var list problem.List
	if t := f.index[nulBytes]; t != nil {
		list.Add(f.file, t.first.line, t.first.col, "holds NUL bytes, the first of them here: it is no text file, or a damaged one; export it again as csv in UTF-8")
	} else if t := f.index[notUTF8]; t != nil {
		list.Add(f.file, t.first.line, t.first.col, "holds bytes that are not UTF-8, the first of them here: it is in another encoding (Windows-1252, Latin-1) or no text file; save it as csv in UTF-8")
	}
	return list.Err()
}

// Shown is how an offending text is quoted in a message: at most 40 characters,
// and no number of nine or more digits, which may be a person's in the wrong column.
func Shown(text string) string {
	if longDigits(text) {
		return fmt.Sprintf("(a text of %d characters with a long number, not shown)", len([]rune(text)))
	}
	if r := []rune(text); len(r) > 40 {
		text = string(r[:40]) + "…"
	}
	return strconv.Quote(text)
}

func longDigits(text string) bool {
	run := 0
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			run++
		case r != ' ' && r != '-': // 311299 12345 and 311299-12345 are one number
			run = 0
		}
		if run >= 9 {
			return true
		}
	}
	return false
}
