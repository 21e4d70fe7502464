package source

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// XLSX are the conventions of a workbook.
type XLSX struct {
	Sheets      []string // the sheets to read; all when empty
	SheetColumn Column   // an extra column that holds the sheet's name (its year, say); none when it has no name
	Decimal     rune     // of numbers that stand as text, ',' or '.'
	Date        string   // Go layout of dates that stand as text, "02.01.2006" say
	Missing     []string // cells that mean missing besides the empty one
	Columns     []Column // the only columns loaded
}

// Limits of a workbook: Excel's own sheets have at most 1,048,576 rows, and a
// workbook of more than a gigabyte is no register extract but an attack or a mistake.
const (
	maxWorkbook   = 1 << 28 // bytes of the file
	maxUnzipped   = 1 << 30 // bytes of its parts
	headerWithin  = 50      // rows of a sheet in which the header must come
	maxExcelDate  = 2958465 // 31 December 9999
	daysToUnix    = 25569   // Excel's day number of 1970-01-01
	days1904      = 1462    // between the two epochs that a workbook may count from
	lotusLeapDay  = 60      // 29 February 1900, which Excel has and the calendar has not
	excelErrorSet = "#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A #GETTING_DATA"
)

// ReadXLSX reads the named columns of the sheets of a workbook and puts the
// sheets under each other. The header of a sheet is its first row that has all
// the names; rows before it (a title) are passed over, and so are empty rows after
// it. Numbers and dates are taken as Excel stores them, texts as it shows them:
// a code 0351 may be the number 351 in the format 0000.
//
// The key hashes identifiers; it may be nil when there are none. Errors are as
// in [ReadCSV]; line and column of a problem are row and column of the sheet.
func ReadXLSX(ctx context.Context, fsys fs.FS, path string, x XLSX, key *Key) (table *Table, err error) {
	columns := x.Columns
	if x.SheetColumn.Name != "" {
		columns = append(slices.Clone(columns), x.SheetColumn)
	}
	if err := checkColumns(columns, key); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	found := newFindings(path)
	defer caught(found, &err)
	book, err := openWorkbook(fsys, path, found)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	r := &xlsxReader{XLSX: x, book: book, found: found, table: &Table{Name: path, origin: []int32{}}}
	r.epoch = epochOf(book)
	for _, c := range columns {
		v := &Vector{Column: c}
		r.table.Columns = append(r.table.Columns, v)
		r.cells = append(r.cells, &cellReader{Vector: v, decimal: x.Decimal, date: x.Date, missing: x.Missing, key: key})
	}
	for _, sheet := range r.sheets() {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.sheet(sheet)
	}
	if !found.any() && r.table.Rows == 0 {
		found.whole(0, "has headers but no rows: fetch the workbook again")
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return r.table, nil
}

// epochOf is the number of days between 1900 and the epoch that a workbook counts from.
func epochOf(book *excelize.File) float64 {
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		return days1904
	}
	return 0
}

// caught turns a panic into a problem of the file: excelize indexes into what a
// malformed workbook says of itself.
func caught(found *findings, err *error) {
	if r := recover(); r != nil {
		found.whole(0, "is a damaged workbook: save it again as .xlsx (%v)", r)
		*err = found.err()
	}
}

// openWorkbook reads a workbook into memory.
func openWorkbook(fsys fs.FS, path string, found *findings) (*excelize.File, error) {
	f, err := open(fsys, path, found)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() == 0 {
		found.whole(0, "is empty: fetch the workbook again")
		return nil, found.err()
	} else if err == nil && info.Size() > maxWorkbook {
		found.whole(0, "is larger than the %d MB this program reads of a workbook: save it as csv", maxWorkbook>>20)
		return nil, found.err()
	}
	// Parts beyond UnzipXMLSizeLimit would be written to a temporary file: personal data stay in memory.
	book, err := excelize.OpenReader(io.LimitReader(f, maxWorkbook), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		found.whole(0, "is no Excel workbook (.xlsx), or a damaged or encrypted one: save it again as .xlsx without a password (%v)", err)
		return nil, found.err()
	}
	return book, nil
}

// An xlsxReader fills a table from the sheets of a workbook.
type xlsxReader struct {
	XLSX
	book  *excelize.File
	epoch float64 // days between 1900 and the workbook's epoch
	found *findings
	table *Table
	cells []*cellReader // of the columns, and of the sheet column as the last
}

// sheets returns the sheets to read, and notes those that do not exist.
func (r *xlsxReader) sheets() []string {
	all := r.book.GetSheetList()
	if len(r.Sheets) == 0 {
		return all
	}
	var out []string
	for _, s := range r.Sheets {
		if slices.Contains(all, s) {
			out = append(out, s)
		} else {
			r.found.whole(0, "no sheet %q: its sheets are %q", s, all)
		}
	}
	return out
}

// sheet reads one sheet.
func (r *xlsxReader) sheet(name string) {
	raw, err := r.book.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil {
		r.found.whole(0, "sheet %s cannot be read: save the workbook again (%v)", name, err)
		return
	}
	as := raw
	if slices.ContainsFunc(r.Columns, func(c Column) bool { return c.Type == Text || c.Type == Identifier }) {
		if as, err = r.book.GetRows(name); err != nil || len(as) != len(raw) {
			as = raw
		}
	}
	head, at := r.header(name, raw)
	if at == nil || !r.nameFits(name) {
		return
	}
	origin := int32(len(r.table.origins))
	r.table.origins = append(r.table.origins, r.origin(name, at))
	for i := head + 1; i < len(raw); i++ {
		if blank(raw[i], at) && !r.formulas(name, i+1, at) {
			continue
		}
		r.row(name, i+1, raw[i], as[i], at)
		r.table.origin = append(r.table.origin, origin)
		r.table.line = append(r.table.line, int32(i+1))
		r.table.Rows++
	}
}

// nameFits tells whether a sheet's name can be read as the sheet column; it notes when it cannot.
func (r *xlsxReader) nameFits(sheet string) bool {
	if r.SheetColumn.Name == "" {
		return true
	}
	trial := *r.cells[len(r.cells)-1]
	trial.Vector = &Vector{Column: r.SheetColumn}
	wrong := trial.appendCell(sheet)
	if wrong != "" {
		r.found.add("sheets whose names do not fit", 0, 0, "sheet %s: %s (column %q): rename the sheet, or name the sheets to read", sheet, wrong, r.SheetColumn.Name)
	}
	return wrong == ""
}

func (r *xlsxReader) origin(sheet string, at []int) origin {
	number := map[string]int{}
	for k, i := range at {
		number[r.Columns[k].Name] = i + 1
	}
	return origin{file: r.table.Name, sheet: sheet, find: func(_ int, column string) int { return number[column] }}
}

// header returns the index of the header row, and the index in it of each
// column; nil when there is none, which it notes.
func (r *xlsxReader) header(sheet string, rows [][]string) (head int, at []int) {
	best, most := 0, 0
	for i, row := range rows[:min(len(rows), headerWithin)] {
		n := 0
		for _, c := range r.Columns {
			if slices.ContainsFunc(row, func(s string) bool { return cleanName(s) == cleanName(c.Name) }) {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	if most == 0 {
		r.found.add("sheets without header", 0, 0, "sheet %s: no header row with the column %q within its first %d rows: correct the names in the study, or name the sheets to read", sheet, r.Columns[0].Name, headerWithin)
		return 0, nil
	}
	at, ok := findColumns(rows[best], r.Columns, func(i int, format string, args ...any) {
		r.found.add("problems of the headers", best+1, i+1, "%s%s", inSheet(sheet, best+1, i+1), fmt.Sprintf(format, args...))
	})
	if !ok {
		return 0, nil
	}
	return best, at
}

func blank(row []string, at []int) bool {
	for _, i := range at {
		if strings.TrimSpace(cellOf(row, i)) != "" {
			return false
		}
	}
	return true
}

// cellOf returns a cell of a row, whose empty cells at the end are left out.
func cellOf(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

func (r *xlsxReader) formulas(sheet string, row int, at []int) bool {
	return slices.ContainsFunc(at, func(i int) bool { return r.formula(sheet, row, i) != "" })
}

func (r *xlsxReader) formula(sheet string, row, i int) string {
	cell, err := excelize.CoordinatesToCellName(i+1, row)
	if err != nil {
		return ""
	}
	formula, _ := r.book.GetCellFormula(sheet, cell)
	return formula
}

// row reads one row: raw as it is stored, as as Excel shows it.
func (r *xlsxReader) row(sheet string, row int, raw, as []string, at []int) {
	for k, cell := range r.cells {
		if k == len(r.Columns) { // the sheet column
			cell.appendCell(sheet)
			continue
		}
		i := at[k]
		if wrong := r.cell(cell, sheet, row, i, cellOf(raw, i), cellOf(as, i)); wrong != "" {
			r.found.add(badCells(cell.Column), row, i+1, "%scolumn %q: %s: %s", inSheet(sheet, row, i+1), cell.Name, wrong, cellRemedy)
		}
	}
}

// cell reads one cell; whatever happens, it appends one value.
func (r *xlsxReader) cell(c *cellReader, sheet string, row, i int, raw, as string) (wrong string) {
	raw = strings.TrimSpace(raw)
	switch {
	case raw == "" && r.formula(sheet, row, i) != "":
		c.appendMissing()
		return "a formula without its value: open the workbook in Excel and save it"
	case strings.HasPrefix(raw, "#") && slices.Contains(strings.Fields(excelErrorSet), raw):
		c.appendMissing()
		return "the Excel error " + raw
	case c.Type == Text || c.Type == Identifier:
		return c.appendCell(as)
	}
	stored, numeric := parseNumber(raw, '.')
	if numeric && grouped.MatchString(raw) && r.isText(sheet, row, i) {
		numeric = c.decimal == '.' && c.Type == Number
	}
	switch {
	case !numeric || slices.Contains(c.missing, raw):
		return c.appendCell(raw)
	case c.Type == Date:
		return c.appendExcelDate(stored + r.epoch)
	case c.Type == Integer:
		return c.appendCell(strconv.FormatFloat(stored, 'f', -1, 64))
	}
	c.Float = append(c.Float, stored)
	c.Valid = append(c.Valid, true)
	return ""
}

// grouped matches what is a number with decimals to one and with thousands to another.
var grouped = regexp.MustCompile(`^[+-]?\d{1,3}(\.\d{3})+$`)

func (r *xlsxReader) isText(sheet string, row, i int) bool {
	cell, err := excelize.CoordinatesToCellName(i+1, row)
	if err != nil {
		return false
	}
	kind, err := r.book.GetCellType(sheet, cell)
	return err == nil && (kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString)
}

// appendExcelDate appends the day with Excel's number (1 = 1 January 1900); a
// time of day is dropped.
func (c *cellReader) appendExcelDate(number float64) (wrong string) {
	day, ok := excelTime(math.Floor(number))
	if !ok {
		c.appendMissing()
		return fmt.Sprintf("%s is no date of Excel's", strconv.FormatFloat(number, 'g', -1, 64))
	}
	c.Date = append(c.Date, days(day))
	c.Valid = append(c.Valid, true)
	return ""
}
