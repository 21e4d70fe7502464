package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
)

// norwegian are conventions such as the introduction programme's register has.
func norwegian(columns ...Column) CSV {
	return CSV{Delimiter: ';', Encoding: UTF8, Decimal: ',', Date: "02.01.2006", Columns: columns}
}

func files(name, content string) fs.FS {
	return fstest.MapFS{name: &fstest.MapFile{Data: []byte(content)}}
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func latin(t *testing.T, text string) string {
	t.Helper()
	out, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func newKey(t testing.TB) *Key {
	t.Helper()
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// show gives the values of a table row by row, identifiers as the number of the
// row where they first came.
func show(table *Table) []string {
	rows := make([]string, table.Rows)
	first := map[ID]int{}
	for row := range rows {
		var cells []string
		for _, v := range table.Columns {
			cell := "-"
			switch {
			case !v.Valid[row]:
			case v.Type == Text:
				cell = v.TextAt(row)
			case v.Type == Integer:
				cell = fmt.Sprint(v.Int[row])
			case v.Type == Number:
				cell = fmt.Sprint(v.Float[row])
			case v.Type == Date:
				cell = time.Unix(int64(v.Date[row])*86400, 0).UTC().Format(time.DateOnly)
			case v.Type == Identifier:
				if _, seen := first[v.ID[row]]; !seen {
					first[v.ID[row]] = row
				}
				cell = fmt.Sprintf("id%d", first[v.ID[row]])
			}
			cells = append(cells, cell)
		}
		rows[row] = strings.Join(cells, "|")
	}
	return rows
}

func TestReadCSVReadsARegisterExtract(t *testing.T) {
	text := "Fodselsnummer;Kjønn;Fodselsaar;AvsluttetDato;Årsak;Timer;Kommune;Unødig\r\n" +
		"04888784196;M;1987;10.11.2019;Flyttet – ukjent;17,9;0361;hemmelig\r\n" +
		"20878053073; K ;1980;;\"Arbeid; \"\"fast\"\"\";1407,5;0378;hemmelig\r\n" +
		"\r\n" +
		"04888784196;;;01.02.1969;NA;-0,5e2;;hemmelig\r\n"
	c := norwegian(Column{"Fodselsnummer", Identifier}, Column{"Kjønn", Text}, Column{"Fodselsaar", Integer},
		Column{"AvsluttetDato", Date}, Column{"Årsak", Text}, Column{"Timer", Number}, Column{"Kommune", Text})
	c.Encoding, c.Missing = Windows1252, []string{"NA"}
	table, err := ReadCSV(context.Background(), files("nir/deltakere.csv.gz", zipped(t, latin(t, text))), "nir/deltakere.csv.gz", c, newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"id0|M|1987|2019-11-10|Flyttet – ukjent|17.9|0361",
		`id1|K|1980|-|Arbeid; "fast"|1407.5|0378`,
		"id0|-|-|1969-02-01|-|-50|-",
	}
	if diff := cmp.Diff(want, show(table)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, v := range table.Columns {
		if strings.Contains(fmt.Sprintf("%+v", *v), "hemmelig") || strings.Contains(fmt.Sprintf("%+v", *v), "8887841") {
			t.Errorf("column %s holds what must not be kept", v.Name)
		}
	}
}

func TestReadCSVTakesUTF8WithAndWithoutMark(t *testing.T) {
	for _, mark := range []string{"", "\ufeff"} {
		table, err := ReadCSV(context.Background(), files("a.csv", mark+"Måloppnåelse_dik;x\n1;2\n"), "a.csv", norwegian(Column{"Måloppnåelse_dik", Text}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"1"}, show(table)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	// The same letters in two pieces, as a Mac may write them.
	if _, err := ReadCSV(context.Background(), files("a.csv", "Ma\u030al\n1\n"), "a.csv", norwegian(Column{"Mål", Text}), nil); err != nil {
		t.Error(err)
	}
}

func TestReadCSVTellsEveryProblemWithItsPlace(t *testing.T) {
	three := norwegian(Column{"Alder", Integer}, Column{"Timer", Number}, Column{"Dato", Date})
	header := "Navn;Alder;Timer;Dato\n"
	for _, c := range []struct{ name, text, want string }{
		{"empty file", "", "a.csv:1:1: is empty: fetch the file again"},
		{"only a mark", "\ufeff", "a.csv:1:1: is empty: fetch the file again"},
		{"only empty lines", "\n\n", "a.csv:1:1: is empty: fetch the file again"},
		{"header only", header, "a.csv:1:1: has a header but no rows: fetch the file again"},
		{"text for a number", header + "Åse;tjue;1,5;01.02.2018\n",
			`a.csv:2:5: column "Alder": "tjue" is no whole number: correct the cell, or the column's type in the study`},
		{"fraction for a whole number", header + "Åse;1,5;1,5;01.02.2018\n",
			`a.csv:2:5: column "Alder": "1,5" is no whole number: correct the cell, or the column's type in the study`},
		{"too large", header + "Åse;99999999999999999999;1,5;01.02.2018\n",
			`a.csv:2:5: column "Alder": (a text of 20 characters with a long number, not shown) is too large a number: correct the cell, or the column's type in the study`},
		{"point for a comma", header + "Øyvind;20;1.5;01.02.2018\n",
			`a.csv:2:11: column "Timer": "1.5" is no number with decimal ",": correct the cell, or the column's type in the study`},
		{"infinity", header + "x;20;inf;01.02.2018\n",
			`a.csv:2:6: column "Timer": "inf" is no number with decimal ",": correct the cell, or the column's type in the study`},
		{"no date", header + "x;20;1;31.02.2018\n",
			`a.csv:2:8: column "Dato": "31.02.2018" is no date written as dd.mm.yyyy: correct the cell, or the column's type in the study`},
		{"place after a text of several lines", header + "\"Åse\nBård\";x;1;01.02.2018\n",
			`a.csv:3:7: column "Alder": "x" is no whole number: correct the cell, or the column's type in the study`},
		{"several at once", header + "x;y;1;z\nx;20;1;01.02.2018;\n",
			`a.csv:2:3: column "Alder": "y" is no whole number: correct the cell, or the column's type in the study` + "\n" +
				`a.csv:2:7: column "Dato": "z" is no date written as dd.mm.yyyy: correct the cell, or the column's type in the study` + "\n" +
				"a.csv:3:1: 5 fields where the header has 4: is a delimiter missing, or one too many in a text without quotes?"},
		{"missing column", "Navn;Aldr;Timer;Dato\nx;1;1;01.02.2018\n",
			`a.csv:1:1: no column "Alder"; did you mean "Aldr"?: correct the name in the study, or fetch an extract that has it`},
		{"wrong delimiter", "Navn,Alder,Timer,Dato\nx,1,1,01.02.2018\n",
			"a.csv:1:1: none of the 3 columns asked for is in the header of 1 fields: is this the file, is its first line the header, and is its delimiter the one declared?\n" +
				`a.csv:1:1: no column "Alder": correct the name in the study, or fetch an extract that has it` + "\n" +
				`a.csv:1:1: no column "Timer": correct the name in the study, or fetch an extract that has it` + "\n" +
				`a.csv:1:1: no column "Dato": correct the name in the study, or fetch an extract that has it`},
		{"column twice", "Alder;Timer;Dato;Måned;Alder\n1;1;01.02.2018;2;2\n",
			`a.csv:1:24: column "Alder" comes twice in the header (fields 1 and 5): give one of them another name`},
		{"quote in a text", header + "x\"y;1;1;01.02.2018\nx;y;1;01.02.2018\n",
			"a.csv:2:2: a quote inside a text without quotes: put the text in quotes and double the quote in it\n" +
				`a.csv:3:3: column "Alder": "y" is no whole number: correct the cell, or the column's type in the study`},
		{"quote not closed", header + "\"x;1;1;01.02.2018\n",
			"a.csv:2:19: a quoted text is not closed, or goes on after its closing quote: close it, and double the quotes in it"},
		{"quote open to the end", header + "\"x;1;1;01.02.2018\ny;1;1;01.02.2018\n",
			"a.csv:2:1: a quoted text is not closed, or goes on after its closing quote: close it, and double the quotes in it"},
		{"NUL", header + "å\x00x;1;1;01.02.2018\n", "a.csv:2:2: a NUL byte, which no text has: the file is damaged or no text file; fetch it again"},
		{"not UTF-8", header + "x;1;1;01.02.2018\nå\xe5;1;1;01.02.2018\n",
			"a.csv:3:2: byte 0xe5 is not UTF-8: save the file as UTF-8, or let the study say encoding windows-1252 if it is that"},
		{"cut in a character", header + "x;1;1;01.02.2018\n\xc3", "a.csv:3:1: 1 fields where the header has 4: is a delimiter missing, or one too many in a text without quotes?\n" +
			"a.csv:3:1: byte 0xc3 is not UTF-8: save the file as UTF-8, or let the study say encoding windows-1252 if it is that"},
		{"UTF-16", "\xff\xfeN\x00", "a.csv:1:1: is UTF-16 text: save it as UTF-8"},
		{"workbook", "PK\x03\x04zip", "a.csv:1:1: is a zip archive or Excel workbook, not a text file"},
		{"gzip without its ending", zipped(t, header), "a.csv:1:1: is compressed with gzip: let its name end in .gz"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, err := ReadCSV(context.Background(), files("a.csv", c.text), "a.csv", three, nil)
			if table != nil || err == nil {
				t.Fatalf("read %v, %v", table, err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadCSVTellsOfTheDeclaredEncoding(t *testing.T) {
	c := norwegian(Column{"a", Text})
	c.Encoding = Windows1252
	for text, want := range map[string]string{
		"a\nb\x81\n":   "a.csv:2:2: byte 0x81 has no character in Windows-1252: set encoding to utf-8 if the file is that, else save it again",
		"\ufeffa\nb\n": "a.csv:1:1: begins with the byte order mark of UTF-8 but is declared as windows-1252: set encoding to utf-8",
		"a\nb\x00\n":   "a.csv:2:2: a NUL byte, which no text has: the file is damaged or no text file; fetch it again",
	} {
		if _, err := ReadCSV(context.Background(), files("a.csv", text), "a.csv", c, nil); err == nil || err.Error() != want {
			t.Errorf("%q gives %v, want %s", text, err, want)
		}
	}
}

func TestReadCSVTellsOfDamagedGzip(t *testing.T) {
	lines := &strings.Builder{}
	lines.WriteString("a;b\n")
	for i := range 20000 {
		fmt.Fprintf(lines, "%d;%d\n", i, i*i%7919)
	}
	whole := zipped(t, lines.String())
	checksum := []byte(whole)
	checksum[len(checksum)-8] ^= 1
	middle := []byte(whole)
	copy(middle[len(middle)/2:], bytes.Repeat([]byte{0xff}, 64))
	for _, c := range []struct{ name, content, want string }{
		{"half-written", whole[:len(whole)/2], "the compressed data end too early: the file is only half-written; fetch it again"},
		{"without its end", whole[:len(whole)-4], "the compressed data end too early: the file is only half-written; fetch it again"},
		{"wrong checksum", string(checksum), "the checksum of the compressed data is wrong: the file is damaged; fetch it again"},
		{"no gzip", "a;b\n1;2\n", "is not gzip, although its name ends in .gz: fetch it again or rename it"},
		{"empty", "", "is empty: fetch the file again"},
		{"nothing inside", zipped(t, ""), "is empty: fetch the file again"},
		{"cut in its header", whole[:5], "the compressed data end too early: the file is only half-written; fetch it again"},
		{"garbage after it", whole + "garbage, not gzip", "is not gzip, although its name ends in .gz: fetch it again or rename it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadCSV(context.Background(), files("a.csv.gz", c.content), "a.csv.gz", norwegian(Column{"a", Integer}), nil)
			if err == nil || !strings.HasPrefix(err.Error(), "a.csv.gz:") || !strings.HasSuffix(err.Error(), ": "+c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if _, err := ReadCSV(context.Background(), files("a.csv.gz", string(middle)), "a.csv.gz", norwegian(Column{"a", Integer}), nil); err == nil {
		t.Error("damaged data are read")
	}
}

func TestReadCSVCountsWhatItDoesNotList(t *testing.T) {
	text := "a;b\n" + strings.Repeat("x;1\n", 100) + strings.Repeat("1;y\n", 3)
	_, err := ReadCSV(context.Background(), files("a.csv", text), "a.csv", norwegian(Column{"a", Integer}, Column{"b", Integer}), nil)
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 20+1+3 {
		t.Fatalf("%d lines:\n%v", len(lines), err)
	}
	if want := `a.csv:22:1: … and 80 more cells of column "a" that are no integer`; lines[20] != want {
		t.Errorf("got %s, want %s", lines[20], want)
	}
}

func TestMessagesNeverShowAPersonsNumber(t *testing.T) {
	header := "Fodselsnummer;Dato\n"
	columns := norwegian(Column{"Fodselsnummer", Identifier}, Column{"Dato", Date})
	for _, text := range []string{
		header + "01.02.2018;04888784196\n",     // columns swapped
		header + "x;048887 84196\n",             // written with a space
		header + "04888784196;1;2\n",            // too many fields
		header + "\"04888784196;01.02.2018\n",   // open quote
		header + "04888\x00784196;01.02.2018\n", // NUL within
		"04888784196;01.02.2018\n",              // no header
		header + "04888784196\xe5;01.02.2018\n", // wrong encoding
	} {
		_, err := ReadCSV(context.Background(), files("a.csv", text), "a.csv", columns, newKey(t))
		if err == nil {
			t.Errorf("%q is read", text)
		} else if strings.Contains(err.Error(), "04888") || strings.Contains(err.Error(), "84196") {
			t.Errorf("%q is told as %v", text, err)
		}
	}
}

func TestReadCSVReturnsTheErrorOfAMissingFile(t *testing.T) {
	_, err := ReadCSV(context.Background(), fstest.MapFS{}, "nir/a.csv", norwegian(Column{"a", Text}), nil)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	_, err = ReadCSV(context.Background(), fstest.MapFS{}, "../a.csv", norwegian(Column{"a", Text}), nil)
	if err == nil {
		t.Error("a path outside is read")
	}
	folder := fstest.MapFS{"a.csv": &fstest.MapFile{Mode: fs.ModeDir}}
	if _, err = ReadCSV(context.Background(), folder, "a.csv", norwegian(Column{"a", Text}), nil); err == nil {
		t.Error("a folder is read")
	}
}

func TestReadCSVStopsWhenItsContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ReadCSV(ctx, files("a.csv", "a\n1\n"), "a.csv", norwegian(Column{"a", Text}), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestReadCSVRefusesConventionsThatCannotBe(t *testing.T) {
	good := norwegian(Column{"a", Date})
	for name, change := range map[string]func(*CSV){
		"encoding":  func(c *CSV) { c.Encoding = "latin-7" },
		"delimiter": func(c *CSV) { c.Delimiter = '"' },
		"decimal":   func(c *CSV) { c.Decimal = 0 },
		"layout":    func(c *CSV) { c.Date = "" },
		"twice":     func(c *CSV) { c.Columns = append(c.Columns, c.Columns...) },
		"columns":   func(c *CSV) { c.Columns = nil },
		"key":       func(c *CSV) { c.Columns = []Column{{"a", Identifier}} },
	} {
		c := good
		change(&c)
		if _, err := ReadCSV(context.Background(), files("a.csv", "a\n01.02.2018\n"), "a.csv", c, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("a;b;c;d\n1;1,5;01.02.2018;x\n", true)
	f.Add("\ufeffa;b;c;d\r\n\"x\"\"\ny\";;;\r\n", true)
	f.Add("a;b;c;d\n\x00\xff\x81;1;2;3;4\n\"", false)
	f.Fuzz(func(t *testing.T, text string, utf8 bool) {
		c := norwegian(Column{"a", Integer}, Column{"b", Number}, Column{"c", Date}, Column{"d", Text})
		if !utf8 {
			c.Encoding = Windows1252
		}
		table, err := ReadCSV(context.Background(), files("a.csv", text), "a.csv", c, nil)
		if (table == nil) == (err == nil) {
			t.Fatalf("table %v, error %v", table, err)
		}
		if err != nil {
			return
		}
		for _, v := range table.Columns {
			if len(v.Valid) != table.Rows {
				t.Fatalf("column %s has %d of %d rows", v.Name, len(v.Valid), table.Rows)
			}
			if _, line, col := table.Place(table.Rows-1, v.Name); line < 2 || col < 1 {
				t.Fatalf("place %d:%d of column %s", line, col, v.Name)
			}
		}
	})
}

func BenchmarkReadCSV(b *testing.B) {
	text := &strings.Builder{}
	text.WriteString("Deltakernr;Gruppe;Tiltak;Dato;Timer\r\n")
	for i := range 150_000 {
		fmt.Fprintf(text, "%d;Gruppe %d;Tiltak med et langt navn %d;%02d.%02d.20%02d;%d,5\r\n", 1_000_000+i/5, i%4, i%24, 1+i%28, 1+i%12, 10+i%11, i%400)
	}
	fsys := files("a.csv", text.String())
	c := norwegian(Column{"Deltakernr", Identifier}, Column{"Gruppe", Text}, Column{"Tiltak", Text}, Column{"Dato", Date}, Column{"Timer", Number})
	key := newKey(b)
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadCSV(context.Background(), fsys, "a.csv", c, key); err != nil {
			b.Fatal(err)
		}
	}
}
