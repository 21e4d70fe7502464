package source

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestStackKeepsThePlaces(t *testing.T) {
	fsys := fstest.MapFS{
		"a_2017.csv": &fstest.MapFile{Data: []byte("navn;kode;id\nÅse;1;p\nBård;2;q\n")},
		"a_2018.csv": &fstest.MapFile{Data: []byte("kode;navn;id\n2;Bø;q\n\n3;;r\n")},
	}
	key := newKey(t)
	var tables []*Table
	for year := range int64(2) {
		path := fmt.Sprintf("a_%d.csv", 2017+year)
		table, err := ReadCSV(context.Background(), fsys, path, norwegian(Column{"kode", Text}, Column{"navn", Text}, Column{"id", Identifier}), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := table.AddInteger("år", 2017+year); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table)
	}
	all, err := Stack("a", tables...)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1|Åse|id0|2017", "2|Bård|id1|2017", "2|Bø|id1|2018", "3|-|id3|2018"}
	if diff := cmp.Diff(want, show(all)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var places []string
	for row := range all.Rows {
		for _, column := range []string{"kode", "navn", "år", ""} {
			file, line, col := all.Place(row, column)
			places = append(places, fmt.Sprintf("%s:%d:%d", file, line, col))
		}
	}
	want = []string{
		"a_2017.csv:2:5", "a_2017.csv:2:1", "a_2017.csv:2:0", "a_2017.csv:2:0",
		"a_2017.csv:3:6", "a_2017.csv:3:1", "a_2017.csv:3:0", "a_2017.csv:3:0",
		"a_2018.csv:2:1", "a_2018.csv:2:3", "a_2018.csv:2:0", "a_2018.csv:2:0",
		"a_2018.csv:4:1", "a_2018.csv:4:3", "a_2018.csv:4:0", "a_2018.csv:4:0",
	}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := all.Problem(3, "navn", "is %s", "missing").Error(); got != "a_2018.csv:4:3: is missing" {
		t.Errorf("problem %s", got)
	}
	again, err := Stack("b", all, tables[0])
	if err != nil {
		t.Fatal(err)
	}
	if file, line, _ := again.Place(4, ""); file != "a_2017.csv" || line != 2 {
		t.Errorf("a stack of a stack has row 4 at %s:%d", file, line)
	}
}

func TestStackRefusesOtherColumns(t *testing.T) {
	read := func(text string, columns ...Column) *Table {
		table, err := ReadCSV(context.Background(), files("a.csv", text), "a.csv", norwegian(columns...), nil)
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	one := read("a;b\n1;2\n", Column{"a", Integer}, Column{"b", Integer})
	for _, other := range []*Table{
		read("a\n1\n", Column{"a", Integer}),
		read("a;c\n1;2\n", Column{"a", Integer}, Column{"c", Integer}),
		read("a;b\n1;2\n", Column{"a", Integer}, Column{"b", Text}),
	} {
		if _, err := Stack("x", one, other); err == nil {
			t.Errorf("stacked %v on %v", other.Columns, one.Columns)
		}
	}
	if _, err := Stack("x"); err == nil {
		t.Error("stacked nothing")
	}
	if err := one.AddInteger("a", 1); err == nil || !strings.Contains(err.Error(), `a column "a" already`) {
		t.Errorf("added a column that is there: %v", err)
	}
}

func TestKeysHashAlikeAndDifferBetweenRuns(t *testing.T) {
	a, b := newKey(t), newKey(t)
	hash := a.Hash("04888784196")
	if again := a.Hash("04888784196"); again != hash || a.Hash("04888784197") == hash {
		t.Error("a key does not tell persons apart")
	}
	if b.Hash("04888784196") == hash {
		t.Error("two runs have the same hash")
	}
	if text := fmt.Sprintf("%v %+v %#v", a, a, a); text != "key key key" {
		t.Errorf("a key prints as %s", text)
	}
}

func TestParseType(t *testing.T) {
	for _, name := range typeNames {
		if got, ok := ParseType(name); !ok || got.String() != name {
			t.Errorf("ParseType(%q) = %v, %v", name, got, ok)
		}
	}
	if _, ok := ParseType("string"); ok {
		t.Error("string is a type")
	}
}
