package source

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func day(t testing.TB, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestReadMunicipalities(t *testing.T) {
	text := `{"codes":[
  {"code":"0351","parentCode":null,"name":"Hovedstaden","validFromInRequestedRange":"1964-01-01","validToInRequestedRange":""},
  {"code":"2683","name":"Vestheia","level":1,"notes":["x"],"validFrom":"1964-01-01","validTo":"2020-01-01"},
  {"code":"2683","name":"Vestheia","validFrom":"2024-01-01","validTo":null}
]}`
	got, err := ReadMunicipalities(context.Background(), files("klass/kommuner.json", text), "klass/kommuner.json")
	if err != nil {
		t.Fatal(err)
	}
	want := []Municipality{
		{"0351", "Hovedstaden", day(t, "1964-01-01"), time.Time{}, 2, 11},
		{"2683", "Vestheia", day(t, "1964-01-01"), day(t, "2020-01-01"), 3, 11},
		{"2683", "Vestheia", day(t, "2024-01-01"), time.Time{}, 4, 11},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for text, in := range map[string]bool{"1963-12-31": false, "1964-01-01": true, "2019-12-31": true, "2020-01-01": false} {
		if got[1].InForce(day(t, text)) != in {
			t.Errorf("in force on %s: %v", text, !in)
		}
	}
}

func TestReadChangesAndCentrality(t *testing.T) {
	changes, err := ReadChanges(context.Background(), files("a.json", `{"codeChanges":[{"oldCode":"2683","oldName":"Vestheia","newCode":"2747","newName":"Bjørksletta","changeOccurred":"2020-01-01"},
{"oldCode":null,"oldName":null,"newCode":"2748","newName":"Ny","changeOccurred":"2020-01-01"}]}`), "a.json")
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{
		{"2683", "Vestheia", "2747", "Bjørksletta", day(t, "2020-01-01"), 1, 17},
		{"", "", "2748", "Ny", day(t, "2020-01-01"), 2, 1},
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	classes, err := ReadCentrality(context.Background(), files("a.json", `{"classificationItems":[{"code":"0351","name":"Hovedstaden","centrality":6},{"code":"0352","centrality":"1"}]}`), "a.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Centrality{{"0351", "Hovedstaden", 6, 1, 33}, {"0352", "", 1, 1, 85}}, classes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestKlassProblemsHaveTheirPlace(t *testing.T) {
	municipalities := func(fsys string) error {
		_, err := ReadMunicipalities(context.Background(), files("k.json", fsys), "k.json")
		return err
	}
	centrality := func(fsys string) error {
		_, err := ReadCentrality(context.Background(), files("k.json", fsys), "k.json")
		return err
	}
	changes := func(fsys string) error {
		_, err := ReadChanges(context.Background(), files("k.json", fsys), "k.json")
		return err
	}
	for _, c := range []struct {
		read       func(string) error
		text, want string
	}{
		{municipalities, ``, "k.json:1:1: is empty: fetch the file again"},
		{municipalities, `{"codes":[]}`, `k.json:1:1: the list "codes" is empty: fetch the file again`},
		{municipalities, `{"code":[]}`, `k.json:1:1: no list "codes"; did you mean "code"?: is this the answer of Klass that the study means?`},
		{municipalities, `{"codes":{}}`, `k.json:1:10: "codes" is an object, not an array […]`},
		{municipalities, `{"codes":[7]}`, `k.json:1:11: an item of "codes" is the number 7, not an object {…}`},
		{municipalities, "{\"codes\":[\n{\"code\":351,\"validFrom\":\"2020-01-01\"}]}", `k.json:2:9: "code" is a number, but codes are text: put it in quotes, with its leading zeros`},
		{municipalities, `{"codes":[{"name":"x","validFrom":"2020-01-01"}]}`, `k.json:1:11: an item without "code": fetch the file again`},
		{municipalities, `{"codes":[{"code":"0351"}]}`, `k.json:1:11: an item without "validFrom": fetch the file again`},
		{municipalities, `{"codes":[{"code":"0351","validFrom":"2020-02-31"}]}`, `k.json:1:38: "validFrom": "2020-02-31" is no date written as yyyy-mm-dd`},
		{municipalities, `{"codes":[{"code":"0351","validFrom":"2020-01-01","validTo":"2019-01-01"}]}`, `k.json:1:11: code "0351" ends (2019-01-01) before it begins (2020-01-01)`},
		{municipalities, "{\"codes\":[{\"code\":\"0351\",\"validFrom\":\"2020-01-01\"},\n{\"code\":\"0351\",\"validFrom\":\"2021-01-01\"}]}", `k.json:2:9: code "0351" is in force twice at a time, first on line 1: remove one, or correct its dates`},
		{centrality, `{"classificationItems":[{"code":"0351"}]}`, `k.json:1:25: "centrality" must be a whole number from 1`},
		{centrality, `{"classificationItems":[{"code":"0351","centrality":1.5}]}`, `k.json:1:25: "centrality" must be a whole number from 1`},
		{centrality, "{\"classificationItems\":[{\"code\":\"0351\",\"centrality\":1},\n{\"code\":\"0351\",\"centrality\":2}]}", `k.json:2:1: code "0351" comes twice, first on line 1: remove one`},
		{changes, `{"codeChanges":[{"changeOccurred":"2020-01-01"}]}`, `k.json:1:17: a change with neither "oldCode" nor "newCode": fetch the file again`},
	} {
		err := c.read(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\ngot  %v\nwant %s", c.text, err, c.want)
		}
	}
}
