package source

import (
	"errors"
	"strings"

	"bidrag/data/frame"

	"github.com/xuri/excelize/v2"
)

// frameOfXLSX reads the first sheet of a workbook.
func frameOfXLSX(path string, found *findings) (out []*frame.Column, err error) {
	defer caught(found, &err)
	book, err := openWorkbook(osFiles{}, path, found)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	s := &sheetRows{name: book.GetSheetList()[0]}
	s.dates = &dateFormats{book: book, sheet: s.name, epoch: epochOf(book), layout: map[int]string{}}
	s.raw, err = book.GetRows(s.name, excelize.Options{RawCellValue: true})
	shown, err2 := book.GetRows(s.name)
	if err := errors.Join(err, err2); err != nil {
		found.whole(0, "sheet %s cannot be read: save the workbook again (%v)", s.name, err)
		return nil, found.err()
	}
	s.shown, s.head = shown, headerRow(s.raw)
	if s.head+1 >= len(s.raw) {
		found.whole(0, "sheet %s has no rows under a header: put the data on the first sheet", s.name)
		return nil, found.err()
	}
	columns := guesses(s.raw[s.head], found, func(i int) (int, int) { return s.head + 1, i + 1 })
	s.checkWidth(found)
	if err := found.err(); err != nil {
		return nil, err
	}
	cells := make([]*cellReader, len(columns))
	for k, g := range columns {
		for row := s.head + 1; row < len(s.raw); row++ {
			g.see(s.text(row, k))
		}
		cells[k] = g.reader(false)
		for row := s.head + 1; row < len(s.raw); row++ {
			if filled(s.raw[row]) > 0 {
				cells[k].appendCell(s.text(row, k))
			}
		}
	}
	return frameColumns(columns, cells), nil
}

// sheetRows are the rows of a sheet, as they are stored and as Excel shows them.
type sheetRows struct {
	name       string
	raw, shown [][]string
	head       int // index of the header
	dates      *dateFormats
}

// text returns a cell: as it is stored, but true, false and codes with a leading
// zero, which Excel may store as numbers, as they are shown, and dates, which
// are numbers of days, as ISO texts.
func (s *sheetRows) text(row, k int) string {
	stored, shown := cellOf(s.raw[row], k), ""
	if row < len(s.shown) {
		shown = cellOf(s.shown[row], k)
	}
	switch {
	case stored == shown:
		return stored
	case isLogical(shown) || isCodeLike(shown):
		return shown
	}
	if date, ok := s.dates.text(row+1, k+1, stored); ok {
		return date
	}
	return stored
}

// checkWidth finds cells that belong to no column.
func (s *sheetRows) checkWidth(found *findings) {
	width := len(s.raw[s.head])
	for row := s.head + 1; row < len(s.raw); row++ {
		if len(s.raw[row]) > width && filled(s.raw[row][width:]) > 0 {
			found.add("rows that are longer than the header", row+1, width+1, "%sa cell beyond the last column of the header: name the column, or remove the cell", inSheet(s.name, row+1, width+1))
		}
	}
}

// headerRow returns the index of the first row that is about as full as any near
// the top: a title has fewer cells, a column of row numbers may have no name.
func headerRow(rows [][]string) int {
	near := rows[:min(len(rows), headerWithin)]
	most := 0
	for _, row := range near {
		most = max(most, filled(row))
	}
	for i, row := range near {
		if n := filled(row); n == most || n > 1 && n == most-1 {
			return i
		}
	}
	return 0
}

// filled counts the cells of a row that are not empty.
func filled(row []string) (n int) {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}
