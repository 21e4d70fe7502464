package pipeline

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"bidrag/study"
)

// mini is the folder of a study whose files a test can change before it is read.
type mini struct {
	t   *testing.T
	dir string
}

// newMini writes the study of testdata/mini and its extracts to a new folder.
//
// The register has 61 rows: 48 leavers with a result, then one still taking
// part, one of 2018, one who moved away, and ten more leavers in municipality
// 1102, new in 2020. The pilot has 20 persons in each of two years.
func newMini(t *testing.T) mini {
	m := mini{t, t.TempDir()}
	for _, name := range []string{"study.yaml", "codebook.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata", "mini", name))
		if err != nil {
			t.Fatal(err)
		}
		m.write(name, string(text))
	}
	m.write("extracts/register.csv.gz", registerText())
	m.write("extracts/measures.csv", measuresText())
	for _, year := range []int{2019, 2020} {
		m.write(fmt.Sprintf("extracts/pilot_%d.csv", year), pilotText(year))
	}
	m.accounts()
	m.write("extracts/counts.csv", "Ordning;Kommunenummer;År;Antall\r\nForsøk;0301;2019;40\r\nForsøk;0301;2020;50\r\nForsøk;1103;2019;10\r\n")
	m.write("extracts/table.json", `{"version":"2.0","class":"dataset","id":["Region","Contents","Tid"],"size":[4,2,2],
"role":{"time":["Tid"],"geo":["Region"],"metric":["Contents"]},
"dimension":{"Region":{"category":{"index":["0301","1101","1102","1103"]}},
"Contents":{"category":{"index":{"Folk":0,"Areal":1}}},
"Tid":{"category":{"index":["2019","2020"]}}},
"value":{"0":1000,"1":1100,"4":500,"9":510},"status":{"5":".","8":".","12":"..","13":":"}}`)
	m.write("extracts/codes.json", `{"codes":[
{"code":"0301","name":"Byen","validFromInRequestedRange":"1964-01-01","validToInRequestedRange":""},
{"code":"1101","name":"Gamlevik","validFromInRequestedRange":"1964-01-01","validToInRequestedRange":"2020-01-01"},
{"code":"1102","name":"Nyvik","validFromInRequestedRange":"2020-01-01","validToInRequestedRange":""},
{"code":"1103","name":"Utenfor","validFromInRequestedRange":"1964-01-01","validToInRequestedRange":""}]}`)
	m.write("extracts/changes.json", `{"codeChanges":[{"oldCode":"1101","oldName":"Gamlevik","newCode":"1102","newName":"Nyvik","changeOccurred":"2020-01-01"}]}`)
	return m
}

func registerText() string {
	var b strings.Builder
	b.WriteString("Fødselsnr;Løpenr;Navn;Kjønn;Fødselsår;Start;Slutt;Årsak;Kommune;Timer\r\n")
	row := func(i int, end, reason, municipality string) {
		fmt.Fprintf(&b, "%011d;%d;Hemmelig %d;%s;%d;15.02.2018;%s;%s;%s;%d,5\r\n",
			10000000000+i, 100+i, i, []string{"K", "M"}[i%2], 1970+i%25, end, reason, municipality, i%7)
	}
	for i := range 48 {
		reason := "Annet"
		if i%3 == 0 || i%7 == 1 {
			reason = "Arbeid"
		}
		row(i, "14.06.2019", reason, []string{"0301", "1101", "1103"}[i%3])
	}
	row(48, "", "", "0301")
	row(49, "01.12.2018", "Arbeid", "0301")
	row(50, "01.12.2020", "Flyttet", "0301")
	for i := 51; i < 61; i++ {
		row(i, "15.03.2020", []string{"Annet", "Arbeid"}[i/2%2], "1102")
	}
	return b.String()
}

func measuresText() string {
	var b strings.Builder
	b.WriteString("\ufeffLøpenr;Gruppe;Tiltak\r\n")
	for i := range 61 {
		fmt.Fprintf(&b, "%d;Skole;%s\r\n", 100+i, []string{"Kurs", "Annet kurs", "Annet", "Annet"}[i%4])
	}
	b.WriteString("100;Skole;Kurs\r\n")
	return b.String()
}

func pilotText(year int) string {
	var b strings.Builder
	b.WriteString("\ufeffid;sted;sex;birth;hours;result;north;south;course\r\n")
	for i := range 20 {
		fmt.Fprintf(&b, "%d-%d;%s;%d;%d;%d;%s;%d;%d;%d\r\n", year, i, []string{"0301", "030102"}[i%2], i%2,
			1965+i, i%6, []string{"J", "N", "J", "J", "N"}[i%5], (i+1)%2, i%2, i/3%2)
	}
	return b.String()
}

// accounts writes a workbook with a title row before the header, a sheet a year.
func (m mini) accounts() {
	book := excelize.NewFile()
	defer book.Close()
	for k, year := range []string{"2019", "2020"} {
		if k == 0 {
			m.check(book.SetSheetName("Sheet1", year))
		} else if _, err := book.NewSheet(year); err != nil {
			m.t.Fatal(err)
		}
		m.check(book.SetSheetRow(year, "A1", &[]any{"Regnskap " + year}))
		m.check(book.SetSheetRow(year, "A3", &[]any{"Kommunenummer", "Lønn (kr)"}))
		m.check(book.SetSheetRow(year, "A4", &[]any{"0301", 1000000 + 500000*k}))
	}
	m.check(book.SaveAs(m.path("extracts/accounts.xlsx")))
}

func (m mini) check(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m mini) path(name string) string { return filepath.Join(m.dir, filepath.FromSlash(name)) }

// write writes a file as its register delivers it: the register's own is
// Windows-1252 and compressed.
func (m mini) write(name, text string) {
	m.t.Helper()
	m.check(os.MkdirAll(filepath.Dir(m.path(name)), 0o755))
	content := []byte(text)
	if strings.HasSuffix(name, ".gz") {
		encoded, err := charmap.Windows1252.NewEncoder().String(text)
		m.check(err)
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err = z.Write([]byte(encoded))
		m.check(err)
		m.check(z.Close())
		content = b.Bytes()
	}
	m.check(os.WriteFile(m.path(name), content, 0o644))
}

// replace changes the first occurrence of old, which must be there.
func (m mini) replace(name, old, new string) {
	m.t.Helper()
	var text string
	if strings.HasSuffix(name, ".gz") {
		text = registerText()
	} else {
		content, err := os.ReadFile(m.path(name))
		m.check(err)
		text = string(content)
	}
	if !strings.Contains(text, old) {
		m.t.Fatalf("%s holds no %q", name, old)
	}
	m.write(name, strings.Replace(text, old, new, 1))
}

// load reads the study.
func (m mini) load() (*study.Study, error) { return study.Load(os.DirFS(m.dir), "mini") }

// checked reads the study and its extracts.
func (m mini) checked() (*Run, error) {
	s, err := m.load()
	if err != nil {
		return nil, err
	}
	return Check(m.t.Context(), s, Options{Threads: 1})
}
