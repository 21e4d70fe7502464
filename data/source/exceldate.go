package source

import (
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Layouts of the dates of a workbook of unknown content.
const (
	dateLayout     = "2006-01-02"
	dateTimeLayout = "2006-01-02 15:04:05"
)

// dateFormats tells which cells of a sheet are dates: numbers whose format
// shows a day, a month or a year. A time of day alone stays a number.
type dateFormats struct {
	book   *excelize.File
	sheet  string
	epoch  float64        // days between 1900 and the workbook's epoch
	layout map[int]string // by style; empty when it is no date
}

// text returns the ISO text of a cell that holds a date, row and column from 1.
func (d *dateFormats) text(row, column int, stored string) (string, bool) {
	number, numeric := parseNumber(stored, '.')
	if !numeric {
		return "", false
	}
	layout := d.of(row, column)
	day, ok := excelTime(number + d.epoch)
	if layout == "" || !ok {
		return "", false
	}
	return day.Format(layout), true
}

// of returns the layout of a cell.
func (d *dateFormats) of(row, column int) string {
	cell, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return ""
	}
	style, err := d.book.GetCellStyle(d.sheet, cell)
	if err != nil {
		return ""
	}
	layout, known := d.layout[style]
	if !known {
		layout = d.layoutOf(style)
		d.layout[style] = layout
	}
	return layout
}

func (d *dateFormats) layoutOf(style int) string {
	s, err := d.book.GetStyle(style)
	switch {
	case err != nil:
		return ""
	case s.CustomNumFmt != nil:
		return layoutOfFormat(*s.CustomNumFmt)
	}
	switch n := s.NumFmt; {
	case n == 22:
		return dateTimeLayout
	case n >= 14 && n <= 17, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 54, n == 57, n == 58:
		return dateLayout
	}
	return ""
}

// literals are the parts of a number format that are written as they stand, and
// colours, locales and conditions.
var literals = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)

// layoutOfFormat is the layout for the dates of a number format; empty when it
// shows none. A month m is a minute beside hours or seconds.
func layoutOfFormat(format string) string {
	format, _, _ = strings.Cut(strings.ToLower(literals.ReplaceAllString(format, "")), ";")
	format = strings.ReplaceAll(strings.ReplaceAll(format, "general", ""), "am/pm", "h")
	day, clock := strings.ContainsAny(format, "yd"), strings.ContainsAny(format, "hs")
	switch {
	case day && clock:
		return dateTimeLayout
	case day, strings.Contains(format, "m") && !clock:
		return dateLayout
	}
	return ""
}

// excelTime is the time with Excel's number of 1900, to the second. The 29
// February 1900 that Excel has is no day.
func excelTime(number float64) (time.Time, bool) {
	if !(number >= 1 && number < maxExcelDate+1) || int(number) == lotusLeapDay {
		return time.Time{}, false
	}
	if number < lotusLeapDay {
		number++
	}
	day, part := math.Modf(number)
	return time.Unix(0, 0).UTC().AddDate(0, 0, int(day)-daysToUnix).Add(time.Duration(math.Round(part*86400)) * time.Second), true
}
