package audit

import (
	"bytes"
	"encoding/csv"
	"math"
	"strconv"
	"strings"

	"bidrag/publish/table"
)

// cells splits the ids of a row's fields.
func cells(row string) []string { return strings.Split(row, "\t") }

// table attacks a table of the report.
func (a *auditor) table(name string, f file, text []byte) {
	if !isTable(name) {
		return
	}
	a.verdict.Files++
	rows, ok := readCSV(text, f.Cells)
	if !ok {
		a.found(name, 0, "its rows and columns are not those that the manifest knows, so that it cannot be told what its numbers are; %s", suppressAgain)
		return
	}
	for r, row := range rows {
		for i, id := range cells(f.Cells[r]) {
			a.cell(name, r+2, strings.TrimPrefix(id, table.Beside), row[i])
		}
	}
}

// readCSV reads the rows below the header, with a comma or semicolon between the
// fields. It fails when they are not as many as the cells, or as wide.
func readCSV(text []byte, of []string) (rows [][]string, ok bool) {
	for _, comma := range []rune{';', ','} {
		in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
		in.Comma, in.FieldsPerRecord = comma, -1
		all, err := in.ReadAll()
		if err != nil || len(all) != len(of)+1 {
			continue
		}
		fits := true
		for r, row := range all[1:] {
			fits = fits && len(row) == len(cells(of[r]))
		}
		if fits {
			return all[1:], true
		}
	}
	return nil, false
}

// cell holds a field against the number that stands in it.
func (a *auditor) cell(name string, line int, id, text string) {
	if id == "" || text == "" || text == table.SuppressedSign {
		return
	}
	v, shown := a.shown[id]
	if !shown {
		a.see(id)
		a.found(name, line, "%s is suppressed, and the cell shows a number; %s", id, suppressAgain)
		return
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
	if err != nil {
		a.found(name, line, "the cell of %s holds something else than a number; %s", id, suppressAgain)
		return
	}
	for _, of := range []*float64{v.Value, v.Low, v.High} {
		if of != nil && near(x, *of) {
			return
		}
	}
	if x != float64(v.N) && !math.IsInf(x, 0) {
		a.found(name, line, "the number in the cell of %s is not that of results.json; %s", id, suppressAgain)
	}
}

func near(x, y float64) bool { return math.Abs(x-y) <= 1e-9*math.Max(1, math.Abs(y)) }
