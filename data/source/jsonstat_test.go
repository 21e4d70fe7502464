package source

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// employed is a table as the StatBank gives it: 2 regions × 3 industries × 1 age × 2 years.
const employed = `{"version":"2.0","class":"dataset","label":"07984: Sysselsatte","role":{"time":["Tid"],"geo":["Region"]},
"id":["Region","NACE2007","Alder","Tid"],"size":[2,3,1,2],
"dimension":{
 "Region":{"category":{"index":{"0351":0,"0352":1},"label":{"0351":"Hovedstaden"}}},
 "NACE2007":{"category":{"index":["00-99","45-47","85"]}},
 "Alder":{"category":{"label":{"15-74":"15-74 år"}}},
 "Tid":{"category":{"index":{"2018":1,"2017":0}}}},
"value":[10,20, 1,2, 3,4,  50,60, 5,null, 0,8],"status":{"9":":","10":".."}}`

func readStat(t testing.TB, text string) (*Cube, error) {
	t.Helper()
	return ReadJSONStat(context.Background(), files("ssb/a.json", text), "ssb/a.json")
}

func TestReadJSONStat(t *testing.T) {
	c, err := readStat(t, "\ufeff"+employed)
	if err != nil {
		t.Fatal(err)
	}
	want := &Cube{
		File: "ssb/a.json", Label: "07984: Sysselsatte", Geo: "Region", Time: "Tid",
		IDs: []string{"Region", "NACE2007", "Alder", "Tid"}, Size: []int{2, 3, 1, 2},
		Categories: [][]string{{"0351", "0352"}, {"00-99", "45-47", "85"}, {"15-74"}, {"2017", "2018"}},
		Values:     []float64{10, 20, 1, 2, 3, 4, 50, 60, 5, math.NaN(), math.NaN(), 8},
		Status:     []string{"", "", "", "", "", "", "", "", "", ":", "..", ""},
	}
	if diff := cmp.Diff(want, c, cmpopts.EquateNaNs(), cmpopts.IgnoreUnexported(Cube{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if line, col := c.Place("Region", "0352"); line != 4 || col != 42 {
		t.Errorf("0352 stands at %d:%d", line, col)
	}
	if line, col := c.Place("Region", "9999"); line != 0 || col != 0 {
		t.Errorf("9999 stands at %d:%d", line, col)
	}
}

func TestReadJSONStatTakesEveryFormOfValueAndStatus(t *testing.T) {
	for _, c := range []struct {
		name, value, status string
		want                []string
	}{
		{"array", `[1,2.5,null]`, ``, []string{"1", "2.5", "NaN"}},
		{"sparse", `{"2":3,"0":1}`, ``, []string{"1", "NaN", "3"}},
		{"nothing known", `{}`, `,"status":".."`, []string{"NaN..", "NaN..", "NaN.."}},
		{"status of all", `[1,2,3]`, `,"status":"e"`, []string{"1e", "2e", "3e"}},
		{"status as array", `[1,2,3]`, `,"status":["","..",null]`, []string{"1", "NaN..", "3"}},
		{"status sparse", `[1,2,3]`, `,"status":{"2":"."}`, []string{"1", "2", "NaN."}},
		{"three points", `[1,0,3]`, `,"status":{"1":"..."}`, []string{"1", "NaN...", "3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cube, err := readStat(t, `{"class":"dataset","version":"2.0","value":`+c.value+c.status+`,"id":["Tid"],"size":[3],"dimension":{"Tid":{"category":{"index":["2017","2018","2019"]}}}}`)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, v := range cube.Values {
				s := fmt.Sprint(v)
				if cube.Status != nil {
					s += cube.Status[i]
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// KOSTRA tables give a role to a dimension by a name that it has not.
func TestReadJSONStatFindsRegionsWithoutARole(t *testing.T) {
	c, err := readStat(t, strings.NewReplacer(`"geo":["Region"]`, `"geo":["Kommune"]`, `"time":["Tid"],`, "", `"Region"`, `"KOKkommuneregion0000"`).Replace(employed))
	if err != nil {
		t.Fatal(err)
	}
	if c.Geo != "KOKkommuneregion0000" || c.Time != "Tid" {
		t.Errorf("regions %q, time %q", c.Geo, c.Time)
	}
}

func TestReadJSONStatTellsWhatIsWrong(t *testing.T) {
	change := func(old, new string) string {
		if !strings.Contains(employed, old) {
			t.Fatalf("%s is not in the table", old)
		}
		return strings.Replace(employed, old, new, 1)
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "ssb/a.json:1:1: is empty: fetch the file again"},
		{"cut off", employed[:len(employed)/2], "the JSON ends too early: the file is only half-written; fetch it again"},
		{"comma too many", change(`"size":[2,`, `"size":[2,,`), "ssb/a.json:2:52: malformed JSON: invalid character ',' looking for beginning of value; fetch the file again"},
		{"second text", employed + "{}", "malformed JSON: invalid character '{' after top-level value; fetch the file again"},
		{"not UTF-8", change("år", "\xe5r"), "ssb/a.json:6:47: byte 0xe5 is not UTF-8, which JSON must be: fetch the file again"},
		{"an array", "[1]", "ssb/a.json:1:1: the file is an array, not an object {…}"},
		{"version 1", `{"dataset":{"value":[1]}}`, "ssb/a.json:1:2: is JSON-stat 1: ask for the table as JSON-stat2"},
		{"other version", change(`"2.0"`, `"3.0"`), `ssb/a.json:1:2: version "3.0" of JSON-stat: this program reads 2.0; ask for the table as JSON-stat2`},
		{"collection", change(`"dataset"`, `"collection"`), `ssb/a.json:1:18: class "collection": this program reads a dataset; ask for the table's data as JSON-stat2`},
		{"no value", change(`"value"`, `"values"`), `ssb/a.json:1:1: no member "value", which a JSON-stat dataset must have: fetch the table again`},
		{"member twice", change(`"label"`, `"class"`), `ssb/a.json:1:36: member "class" comes twice: fetch the table again`},
		{"too few values", change(`0,8]`, `0]`), `ssb/a.json:8:9: "value" has 11 cells, but the sizes make 12: fetch the table again`},
		{"sparse beyond", change(`"10":`, `"12":`), `"status" has a cell 12, but the sizes make 12 cells (0 to 11): fetch the table again`},
		{"no index", change(`"10":`, `"-1":`), `"-1" in "status" is no index of a cell`},
		{"text as value", change(`1,2,`, `"..",2,`), `ssb/a.json:8:17: a value is the text "..", not a number or null`},
		{"size too small", change(`[2,3,`, `[2,2,`), `ssb/a.json:5:2: dimension "NACE2007" has 3 categories, but its size is 2: fetch the table again`},
		{"negative size", change(`[2,3,`, `[-2,3,`), `a size is -2, not a whole number from 1 up`},
		{"size zero", change(`[2,3,`, `[0,3,`), `a size is 0, not a whole number from 1 up`},
		{"size of a text", change(`[2,3,`, `["2",3,`), `a size is the text "2", not a whole number`},
		{"huge size", change(`[2,3,1,2]`, `[9007199254740992,3,1,9007199254740992]`), `more than 10000000 cells: ask for fewer categories`},
		{"sizes for other dimensions", change(`[2,3,1,2]`, `[2,3,2]`), `"size" has 3 numbers for 4 dimensions in "id": fetch the table again`},
		{"dimension missing", change(`"Alder":{`, `"Alter":{`), `"dimension" lacks "Alder", which is in "id"`},
		{"dimension twice", change(`"Alder","Tid"]`, `"Tid","Tid"]`), `dimension "Tid" comes twice in "id"`},
		{"no categories", change(`{"label":{"15-74":"15-74 år"}}`, `{}`), `dimension "Alder" has 0 categories, but its size is 1: fetch the table again`},
		{"category twice", change(`"45-47"`, `"85"`), `category "85" comes twice in dimension "NACE2007"`},
		{"same position", change(`"0352":1`, `"0352":0`), `categories "0351" and "0352" of "Region" have the same position 0`},
		{"position beyond", change(`"0352":1`, `"0352":2`), `category "0352" of "Region" has position 2, but there are 2 categories`},
		{"code as number", change(`"45-47"`, `45`), `a category is a number, but codes are text: put it in quotes, with its leading zeros`},
	} {
		t.Run(c.name, func(t *testing.T) {
			cube, err := readStat(t, c.text)
			if cube != nil || err == nil {
				t.Fatalf("read %v, %v", cube, err)
			}
			if !strings.HasPrefix(err.Error(), "ssb/a.json:") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

// A small file must not make the program allocate what its sizes claim.
func TestReadJSONStatIsNotFooledByManyDimensions(t *testing.T) {
	var ids, sizes, dimensions []string
	for k := range 40 {
		ids = append(ids, fmt.Sprintf(`"d%d"`, k))
		sizes = append(sizes, "4")
		dimensions = append(dimensions, fmt.Sprintf(`"d%d":{"category":{"index":["a","b","c","d"]}}`, k))
	}
	_, err := readStat(t, `{"version":"2.0","class":"dataset","id":[`+strings.Join(ids, ",")+`],"size":[`+strings.Join(sizes, ",")+`],"dimension":{`+strings.Join(dimensions, ",")+`},"value":{}}`)
	if err == nil || !strings.Contains(err.Error(), "more than 10000000 cells") {
		t.Errorf("got %v", err)
	}
}

func FuzzReadJSONStat(f *testing.F) {
	f.Add(employed)
	f.Add(`{"version":"2.0","class":"dataset","id":["Tid"],"size":[1],"dimension":{"Tid":{"category":{"index":{"2017":0}}}},"value":{"0":1},"status":"."}`)
	f.Add(`{"codes":[{"code":"0351","name":"x","validFrom":"2020-01-01","validTo":null,"a":[{}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		cube, err := readStat(t, text)
		if (cube == nil) == (err == nil) {
			t.Fatalf("cube %v, error %v", cube, err)
		}
		fsys := files("a.json", text)
		if all, err := ReadMunicipalities(context.Background(), fsys, "a.json"); (len(all) == 0) == (err == nil) {
			t.Fatalf("municipalities %v, error %v", all, err)
		}
		ReadChanges(context.Background(), fsys, "a.json")
		ReadCentrality(context.Background(), fsys, "a.json")
	})
}

func BenchmarkReadJSONStat(b *testing.B) {
	var regions, values []string
	for i := range 400 {
		regions = append(regions, fmt.Sprintf(`"%04d":%d`, i, i))
	}
	for i := range 400 * 12 * 4 {
		values = append(values, fmt.Sprint(i%977))
	}
	text := `{"version":"2.0","class":"dataset","id":["Region","N","Tid"],"size":[400,12,4],"dimension":{"Region":{"category":{"index":{` + strings.Join(regions, ",") +
		`}}},"N":{"category":{"index":["a","b","c","d","e","f","g","h","i","j","k","l"]}},"Tid":{"category":{"index":["2017","2018","2019","2020"]}}},"value":[` + strings.Join(values, ",") + `]}`
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := readStat(b, text); err != nil {
			b.Fatal(err)
		}
	}
}
