package source

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"

	"bidrag/data/frame"
)

// ReadFrame reads a data file of unknown content, for fitting one model to it.
// The name's ending tells its kind: .csv (also .csv.gz), .parquet or .xlsx (first sheet).
//
// In a csv file the header tells whether commas or semicolons separate; the text
// is UTF-8. Cells are read without spaces around them, the empty cell and NA as missing. A column is
//
//   - numeric when every cell is a number, with decimal point or decimal comma, the
//     same in all of them, and no cell is digits with a leading zero (0351 is a code);
//     where commas separate the fields, 1,234 may be a thousand, and a column of
//     nothing else is text;
//   - logical when every cell is true or false, in capitals or not;
//   - else a factor, its levels in byte order.
//
// In a workbook a number in a format of dates is the text of its day, 2020-12-31.
//
// In Parquet the file's types decide; dates and what else is neither number, text
// nor boolean become factors of their text. A column without name is called X, as in R.
//
// The error is a list of problems (package problem), or ctx's.
func ReadFrame(ctx context.Context, path string) (*frame.Frame, error) {
	found := newFindings(path)
	found.oneText = true
	if info, err := os.Stat(path); err != nil {
		if e := (*fs.PathError)(nil); errors.As(err, &e) {
			err = e.Err
		}
		found.whole(0, "cannot be read: %v", err)
		return nil, found.err()
	} else if info.IsDir() {
		found.whole(0, "is a folder: name a file")
		return nil, found.err()
	}
	name := strings.ToLower(path)
	ends := func(endings ...string) bool {
		return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(name, e) })
	}
	var columns []*frame.Column
	var err error
	switch {
	case ends(".csv", ".csv.gz"):
		columns, err = frameOfCSV(ctx, path, found)
	case ends(".xlsx"):
		columns, err = frameOfXLSX(path, found)
	case ends(".parquet"):
		return frameOfParquet(ctx, path, found)
	default:
		found.whole(0, "%s", unreadKind(ends))
		return nil, found.err()
	}
	if err != nil {
		return nil, err
	}
	f, err := frame.New(columns...)
	if err != nil {
		found.whole(0, "%v: give one of them another name", err)
		return nil, found.err()
	}
	return f, nil
}

func unreadKind(ends func(...string) bool) string {
	switch {
	case ends(".sav", ".zsav", ".por"):
		return "SPSS files are not read yet: save it as csv or Parquet"
	case ends(".dta"):
		return "Stata files are not read yet: save it as csv or Parquet"
	case ends(".xls", ".xlsb", ".ods"):
		return "this kind of workbook is not read: save it as .xlsx or csv"
	}
	return "is of no kind that is read (.csv, .csv.gz, .parquet, .xlsx): save it as one of these"
}

// osFiles are the files of the machine by their paths as the user writes them.
type osFiles struct{}

func (osFiles) Open(name string) (fs.File, error) { return os.Open(name) }

// missingText means missing in a file of unknown content, besides the empty cell.
const missingText = "NA"

// A guess narrows down what a column of texts is.
type guess struct {
	column                  Column
	notPoint, notComma      bool // some cell is no number with that decimal sign
	leadingZero, notLogical bool
	decimalComma            bool // some cell has a comma that cannot separate thousands
}

// see takes a cell into account.
func (g *guess) see(cell string) {
	cell = strings.TrimSpace(cell)
	if cell == "" || cell == missingText {
		return
	}
	g.leadingZero = g.leadingZero || isCodeLike(cell)
	g.notLogical = g.notLogical || !isLogical(cell)
	if cell == notANumber {
		return
	}
	if !g.notPoint {
		_, ok := parseNumber(cell, '.')
		g.notPoint = !ok
	}
	if !g.notComma {
		_, ok := parseNumber(cell, ',')
		g.notComma = !ok
		g.decimalComma = g.decimalComma || ok && !maybeThousands(cell)
	}
}

// maybeThousands tells whether a number's comma, if it has one, may separate
// thousands: three digits follow it, and one to three stand before.
func maybeThousands(s string) bool {
	whole, rest, found := strings.Cut(strings.TrimLeft(s, "+-"), ",")
	return !found || len(rest) == 3 && strings.Trim(rest, "0123456789") == "" && whole != "" && whole[0] != '0' && len(whole) <= 3
}

// notANumber is how R and Python write a number that is none; among numbers it is missing.
const notANumber = "NaN"

// isCodeLike tells whether a text is digits with a leading zero.
func isCodeLike(s string) bool {
	return len(s) > 1 && s[0] == '0' && strings.Trim(s, "0123456789") == ""
}

func isLogical(s string) bool {
	switch s {
	case "true", "false", "TRUE", "FALSE", "True", "False":
		return true
	}
	return false
}

// reader returns a reader for the column as it turned out.
func (g *guess) reader(comma bool) *cellReader {
	r := &cellReader{Vector: &Vector{Column: g.column}, decimal: '.', missing: []string{missingText}}
	switch {
	case g.leadingZero:
	case !g.notPoint:
		r.Type = Number
	case (comma || g.decimalComma) && !g.notComma:
		r.Type, r.decimal = Number, ','
	}
	if r.Type == Number {
		r.missing = append(r.missing, notANumber)
	}
	return r
}

// frameColumn makes a column of a frame from one that was read.
func (g *guess) frameColumn(v *Vector) *frame.Column {
	values := v.Float
	switch {
	case v.Type == Number:
		for row, valid := range v.Valid {
			if !valid {
				values[row] = math.NaN()
			}
		}
		return frame.NewNumeric(v.Name, values)
	case !g.notLogical:
		values = make([]float64, len(v.Valid))
		for row, valid := range v.Valid {
			values[row] = math.NaN()
			switch {
			case valid && strings.EqualFold(v.TextAt(row), "true"):
				values[row] = 1
			case valid:
				values[row] = 0
			}
		}
		return frame.NewLogical(v.Name, values)
	}
	return factorOf(v)
}

// factorOf returns a column of text as a factor, its levels in byte order.
func factorOf(v *Vector) *frame.Column {
	levels := slices.Sorted(slices.Values(v.Texts))
	to := make([]int32, len(levels))
	for code, text := range v.Texts {
		at, _ := slices.BinarySearch(levels, text)
		to[code] = int32(at)
	}
	codes := make([]int32, len(v.Code))
	for row, code := range v.Code {
		codes[row] = -1
		if v.Valid[row] {
			codes[row] = to[code]
		}
	}
	return frame.NewFactor(v.Name, levels, codes)
}

// guesses returns a guess for each name of a header, noting names that come
// twice: line is the header's.
func guesses(names []string, found *findings, place func(i int) (line, col int)) []*guess {
	seen := map[string]int{}
	var out []*guess
	for i, name := range names {
		name = cleanName(name)
		if name == "" {
			name = unnamed(names)
		}
		if first, twice := seen[name]; twice {
			line, col := place(i)
			found.add("column names that come twice", line, col, "column %s comes twice in the header (fields %d and %d): give one of them another name", Shown(name), first+1, i+1)
		} else {
			seen[name] = i
		}
		out = append(out, &guess{column: Column{Name: name}})
	}
	return out
}

// unnamed returns a name for a column without one that no other column has.
func unnamed(names []string) string {
	name := "X"
	for slices.Contains(names, name) {
		name += ".1"
	}
	return name
}
