package source

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// A sheet is what a test writes to a workbook: cell → value.
type sheet struct {
	name  string
	cells map[string]any
}

func workbook(t testing.TB, sheets ...sheet) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, s := range sheets {
		if i == 0 {
			f.SetSheetName("Sheet1", s.name)
		} else if _, err := f.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for cell, value := range s.cells {
			set(t, f, s.name, cell, value)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A formatted is a number shown in a format of Excel's.
type formatted struct {
	value  any
	format string
}

// A formula is one without a stored value.
type formula string

func set(t testing.TB, f *excelize.File, sheet, cell string, value any) {
	t.Helper()
	var err error
	switch v := value.(type) {
	case formula:
		err = f.SetCellFormula(sheet, cell, string(v))
	case formatted:
		style, err2 := f.NewStyle(&excelize.Style{CustomNumFmt: &v.format})
		err = errors.Join(err2, f.SetCellValue(sheet, cell, v.value), f.SetCellStyle(sheet, cell, cell, style))
	default:
		err = f.SetCellValue(sheet, cell, value)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// accounts are conventions such as Jobbsjansen's accounts have.
var accounts = XLSX{
	SheetColumn: Column{"År", Integer}, Decimal: ',', Date: "02.01.2006",
	Columns: []Column{{"Prosjektnr", Text}, {"Kommunenummer", Text}, {"Lønn", Number}, {"Betalt", Date}},
}

func readBook(t testing.TB, x XLSX, content string) (*Table, error) {
	t.Helper()
	return ReadXLSX(context.Background(), files("regnskap.xlsx", content), "regnskap.xlsx", x, nil)
}

func header(row string, cells map[string]any) map[string]any {
	for i, name := range []string{"Prosjektnr", "Kommunenummer", "Kommune", "Lønn", "Betalt"} {
		cells[string(rune('A'+i))+row] = name
	}
	return cells
}

func TestReadXLSX(t *testing.T) {
	content := workbook(t,
		sheet{"2017", header("3", map[string]any{
			"A1": "Regnskap 2017",
			"A4": "JS001", "B4": "0351", "D4": 3596000, "E4": day(t, "2017-12-31"),
			// An empty row, and then a code and a date that are stored as numbers, a number that is stored as text.
			"A6": "JS002", "B6": formatted{352, "0000"}, "C6": "hemmelig", "D6": "1047000,5", "E6": formatted{43100.75, "dd.mm.yyyy"},
		})},
		sheet{"2018", header("1", map[string]any{"A2": "JS001", "B2": "0351", "D2": 0.1, "E2": "01.02.2018"})},
	)
	table, err := readBook(t, accounts, content)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"JS001|0351|3.596e+06|2017-12-31|2017",
		"JS002|0352|1.0470005e+06|2017-12-31|2017",
		"JS001|0351|0.1|2018-02-01|2018",
	}
	if diff := cmp.Diff(want, show(table)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := table.Problem(1, "Lønn", "is odd").Error(); got != "regnskap.xlsx:6:4: sheet 2017, cell D6: is odd" {
		t.Errorf("problem %s", got)
	}
	if file, line, col := table.Place(2, "Betalt"); file != "regnskap.xlsx" || line != 2 || col != 5 {
		t.Errorf("place %s:%d:%d", file, line, col)
	}
	x := accounts
	x.Sheets, x.SheetColumn = []string{"2018"}, Column{}
	if table, err = readBook(t, x, content); err != nil || table.Rows != 1 || len(table.Columns) != 4 {
		t.Errorf("one sheet gives %v, %v", table, err)
	}
}

func TestReadXLSXTellsWhatIsWrong(t *testing.T) {
	row := func(cells map[string]any) string { return workbook(t, sheet{"2017", header("1", cells)}) }
	for _, c := range []struct{ name, content, want string }{
		{"empty file", "", "regnskap.xlsx:1:1: is empty: fetch the workbook again"},
		{"text", "a;b\n1;2\n", "regnskap.xlsx:1:1: is no Excel workbook (.xlsx), or a damaged or encrypted one: save it again as .xlsx without a password"},
		{"cut off", row(map[string]any{"A2": "x"})[:2000], "regnskap.xlsx:1:1: is no Excel workbook (.xlsx)"},
		{"empty sheet", workbook(t, sheet{"2017", nil}), `sheet 2017: no header row with the column "Prosjektnr" within its first 50 rows`},
		{"header only", row(map[string]any{}), "regnskap.xlsx:1:1: has headers but no rows: fetch the workbook again"},
		{"column missing", workbook(t, sheet{"2017", map[string]any{"A2": "Prosjektnr", "B2": "Kommunenr", "C2": "Lønn", "D2": "Betalt"}}),
			`regnskap.xlsx:2:1: sheet 2017, cell A2: no column "Kommunenummer"; did you mean "Kommunenr"?`},
		{"column twice", workbook(t, sheet{"2017", header("1", map[string]any{"G1": "Lønn", "A2": "x"})}),
			`regnskap.xlsx:1:7: sheet 2017, cell G1: column "Lønn" comes twice in the header (fields 4 and 7)`},
		{"text for a number", row(map[string]any{"A2": "x", "D2": "mye"}), `regnskap.xlsx:2:4: sheet 2017, cell D2: column "Lønn": "mye" is no number with decimal ","`},
		{"thousands as text", row(map[string]any{"A2": "x", "D2": "3.596"}), `cell D2: column "Lønn": "3.596" is no number with decimal ","`},
		{"no date", row(map[string]any{"A2": "x", "E2": "31.02.2018"}), `cell E2: column "Betalt": "31.02.2018" is no date written as dd.mm.yyyy`},
		{"negative date", row(map[string]any{"A2": "x", "E2": -5}), `cell E2: column "Betalt": -5 is no date of Excel's`},
		{"formula", row(map[string]any{"A2": "x", "D2": formula("1+1")}), `cell D2: column "Lønn": a formula without its value: open the workbook in Excel and save it`},
		{"error", row(map[string]any{"A2": "x", "D2": "#N/A"}), `cell D2: column "Lønn": the Excel error #N/A`},
		{"name of a sheet", workbook(t, sheet{"Ark1", header("1", map[string]any{"A2": "x"})}), `sheet Ark1: "Ark1" is no whole number (column "År"): rename the sheet, or name the sheets to read`},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, err := readBook(t, accounts, c.content)
			if table != nil || err == nil {
				t.Fatalf("read %v, %v", table, err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
	x := accounts
	x.Sheets = []string{"2019"}
	if _, err := readBook(t, x, row(map[string]any{"A2": "x"})); err == nil || !strings.Contains(err.Error(), `no sheet "2019": its sheets are ["2017"]`) {
		t.Errorf("got %v", err)
	}
	if _, err := ReadXLSX(context.Background(), fstest.MapFS{}, "a.xlsx", accounts, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// A workbook that is damaged anywhere is a problem or is read, but never a panic.
func TestReadXLSXSurvivesDamage(t *testing.T) {
	content := workbook(t, sheet{"2017", header("1", map[string]any{"A2": "x", "D2": 1})})
	for at := 0; at < len(content); at += 7 {
		damaged := []byte(content)
		damaged[at] ^= 0x55
		if table, err := readBook(t, accounts, string(damaged)); (table == nil) == (err == nil) {
			t.Fatalf("byte %d: table %v, error %v", at, table, err)
		}
	}
}
