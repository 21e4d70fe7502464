package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
)

// folder is an output folder of a few numbers: 100 persons of two schemes, and of
// one of them 40 at three levels, of whom 3 at level c. The counts at c and b are
// suppressed, the one as it is small and the other lest it follows.
type folder struct {
	t    *testing.T
	dir  string
	set  *result.Set
	file map[string]string   // text by name
	rows map[string][]string // of tables: the ids
	base int                 // of rounding; 0 for none
}

// at is the key of the persons of scheme s at a level.
func at(level string) result.Key {
	return result.Key{Quantity: "persons", Sample: "complete", Scheme: "s", Variable: "v", Level: level}
}

// most is the key of those at the first level of a second variable, at whose two
// others there is one person each.
var most = result.Key{Quantity: "persons", Sample: "complete", Scheme: "s", Variable: "w", Level: "p"}

func newFolder(t *testing.T) *folder {
	f := &folder{t: t, dir: t.TempDir(), set: result.NewSet(), file: map[string]string{}, rows: map[string][]string{}}
	f.set.Facts = result.Facts{Outcome: "y", Reference: "r"}
	f.set.Places = map[string]string{"0351": "Hiddenvik", "0352": "Showndal"}
	project := func(name string, n int) result.Value {
		return result.PersonCount(result.Key{Quantity: "project_persons", Sample: "complete", Scheme: "r", Project: "r-" + name}, n)
	}
	w := func(level string) result.Key {
		k := most
		k.Level = level
		return k
	}
	if err := f.set.Add("test",
		result.PersonCount(result.Key{Quantity: "persons", Sample: "complete", Scheme: "s"}, 40),
		result.PersonCount(result.Key{Quantity: "persons", Sample: "complete", Scheme: "r"}, 60),
		result.PersonCount(at("a"), 20), result.PersonCount(at("b"), 17), result.PersonCount(at("c"), 3),
		result.PersonCount(most, 38), result.PersonCount(w("q"), 1), result.PersonCount(w("r"), 1),
		project("0351", 2), project("0352", 30)); err != nil {
		t.Fatal(err)
	}
	var full []map[string]any
	for _, v := range f.set.Values {
		var groups []map[string]any
		for _, c := range f.set.Facts.Counts(v) {
			groups = append(groups, map[string]any{"group": c.Group, "n": c.N})
		}
		full = append(full, map[string]any{"id": v.Key.ID(), "value": v.Value, "unit": v.Unit, "n": v.N, "part": v.Part, "groups": groups})
	}
	f.json("results_full.json", map[string]any{"values": full, "facts": f.set.Facts, "places": f.set.Places})
	f.public()
	f.table(":", ":")
	f.file["figures/x.svg"] = `<svg><title>Projects</title><text>Showndal, 30</text></svg>`
	f.file["dataset.parquet"] = "secret"
	return f
}

// public writes results.json as the gate has it, with the numbers of some keys besides.
func (f *folder) public(besides ...result.Key) {
	values := []map[string]any{}
	cleared := disclose.Clear(f.set, disclose.DefaultRules)
	for _, v := range f.set.Values {
		shown := cleared.Number(v.Key).State() == disclose.Shown
		for _, k := range besides {
			shown = shown || k == v.Key
		}
		if shown {
			values = append(values, map[string]any{"id": v.Key.ID(), "value": v.Value, "n": v.N})
		}
	}
	f.json("results.json", map[string]any{"models": map[string]any{}, "values": values, "gaps": []any{}})
}

// table writes a table with the counts at b and c, and its page.
func (f *folder) table(b, c string) {
	f.file["tables/x.csv"] = "\ufeffLevel;Persons\r\nb;" + b + "\r\nc;" + c + "\r\n"
	f.rows["tables/x.csv"] = []string{"\t" + at("b").ID(), "\t" + at("c").ID()}
	f.file["report.html"] = `<div id="table-x"><table><tr><td></td><th scope="col">Persons</th></tr>` +
		`<tr><th scope="row">b</th><td>` + b + `</td></tr><tr><th scope="row">c</th><td>` + c + `</td></tr></table></div>`
}

func (f *folder) json(name string, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		f.t.Fatal(err)
	}
	f.file[name] = string(text)
}

// write puts the files and their manifest on disk.
func (f *folder) write() {
	var files []map[string]any
	for name, text := range f.file {
		f.put(name, text)
		hash := sha256.Sum256([]byte(text))
		files = append(files, map[string]any{"file": name, "sha256": hex.EncodeToString(hash[:]), "publish": !secret(name), "cells": f.rows[name]})
	}
	text, err := json.Marshal(map[string]any{"program": "bidrag", "settings": map[string]any{"disclosure_threshold": 5, "disclosure_base": f.base}, "files": files})
	if err != nil {
		f.t.Fatal(err)
	}
	f.put("manifest.json", string(text))
}

func (f *folder) put(name, text string) {
	f.t.Helper()
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

// mark changes a text of the manifest.
func (f *folder) mark(pattern, with string) {
	f.t.Helper()
	text, err := os.ReadFile(filepath.Join(f.dir, "manifest.json"))
	if err != nil {
		f.t.Fatal(err)
	}
	changed := regexp.MustCompile(pattern).ReplaceAllString(string(text), with)
	if changed == string(text) {
		f.t.Fatalf("the manifest has no %s", pattern)
	}
	f.put("manifest.json", changed)
}

func TestAttacks(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(*folder) // the files are written and listed
		after  func(*folder)
		want   []string // of the findings, each in one; none when empty
	}{
		{name: "a clean folder"},
		{name: "a small count is shown", before: func(f *folder) { f.public(at("c")) },
			want: []string{`results.json:1:1: persons.complete.s.v.c is shown, and tells of fewer than 5`}},
		{name: "a margin by which a small count follows is shown", before: func(f *folder) { f.public(at("a"), at("b")) },
			want: []string{`the number of persons in \(complete: scheme=s; v=c\), fewer than 5, follows from what is shown`}},
		{name: "a margin by which small counts are bounded is shown", before: func(f *folder) { f.public(most) },
			want: []string{`\(complete: scheme=s; w=q\) can be bounded to 0 to 2, fewer than 5`}},
		{name: "a suppressed number stands in a table", before: func(f *folder) { f.table(":", "3"); f.file["report.html"] = "" },
			want: []string{`tables/x.csv:3:1: persons.complete.s.v.c is suppressed, and the cell shows a number`}},
		{name: "a suppressed number stands in the page alone", before: func(f *folder) {
			f.file["report.html"] = strings.ReplaceAll(f.file["report.html"], "<td>:</td></tr></table>", "<td>3</td></tr></table>")
		}, want: []string{`report.html:1:1: persons.complete.s.v.c is suppressed, and the table of tables/x.csv shows a number`}},
		{name: "a hidden place is named", before: func(f *folder) { f.file["figures/x.svg"] = `<svg><text>Hiddenvik: 2</text></svg>` },
			want: []string{`figures/x.svg:1:1: the figure names Hiddenvik`}},
		{name: "a hidden project is named to a screen reader", before: func(f *folder) { f.file["figures/x.svg"] = `<svg><path aria-label="project r-0351"/></svg>` },
			want: []string{`figures/x.svg:1:1: the figure names r-0351`}},
		{name: "a number is another", before: func(f *folder) {
			f.file["results.json"] = strings.Replace(f.file["results.json"], `"n":40`, `"n":41`, 1)
		},
			want: []string{`persons.complete.s is not what results_full.json says`}},
		{name: "a number is not of the run", before: func(f *folder) {
			f.file["results.json"] = strings.Replace(f.file["results.json"], `persons.complete.s"`, `persons.complete.z"`, 1)
		}, want: []string{`persons.complete.z is no number of the run`}},
		{name: "a model of few", before: func(f *folder) {
			f.json("results.json", map[string]any{"models": map[string]any{"m": map[string]int{"n_obs": 4}}})
		},
			want: []string{`the model m tells of fewer than 5`}},
		{name: "the chosen cases are published", before: func(f *folder) { f.json("results.json", map[string]any{"cases": []string{"0351"}}) },
			want: []string{`it holds "cases"`}},
		{name: "results.json is broken, and tables are not held against it", before: func(f *folder) { f.file["results.json"] = "{"; f.table("7", "3") }, want: []string{`results.json:1:1: it is no results.json`}},
		{name: "a table has another shape", before: func(f *folder) { f.file["tables/x.csv"] = "a;b;c\r\n\"" }, want: []string{`tables/x.csv:1:1: its rows and columns`}},
		{name: "a file too many", after: func(f *folder) { f.put("notes.txt", "x") }, want: []string{`notes.txt:1:1: the manifest does not list`}},
		{name: "a file of another kind is listed", before: func(f *folder) { f.file["notes.txt"] = "x" }, want: []string{`notes.txt:1:1: .* no file of a kind`}},
		{name: "another hash", after: func(f *folder) { f.put("figures/x.svg", "<svg></svg>") }, want: []string{`figures/x.svg:1:1: .* its hash is another`}},
		{name: "a file is not there", after: func(f *folder) {
			if err := os.Remove(filepath.Join(f.dir, "report.html")); err != nil {
				f.t.Fatal(err)
			}
		}, want: []string{`report.html:1:1: .* it is not there`}},
		{name: "the data are marked for publication", after: func(f *folder) {
			f.mark(`"file":"dataset.parquet","publish":false`, `"file":"dataset.parquet","publish":true`)
		}, want: []string{`dataset.parquet:1:1: .* has not passed the gate`}},
		{name: "a file outside the folder", after: func(f *folder) { f.mark(`"file":"report.html"`, `"file":"../report.html"`) },
			want: []string{`lies outside the folder`}},
		{name: "the run's own audit found something", after: func(f *folder) { f.mark(`^{`, `{"audit":{"found":2},`) }, want: []string{`the audit of the run itself found 2`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFolder(t)
			if c.before != nil {
				c.before(f)
			}
			f.write()
			if c.after != nil {
				c.after(f)
			}
			v, err := Folder(f.dir)
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(v.Findings, "\n")
			for _, want := range c.want {
				if !regexp.MustCompile(want).MatchString(all) {
					t.Errorf("found\n%s\nwant %s", all, want)
				}
			}
			if len(c.want) == 0 && v.Found > 0 || v.Found != len(v.Findings) || (v.Problems.Err() == nil) != (v.Found == 0) {
				t.Errorf("%v\n%s", v, all)
			}
		})
	}
}

// What cannot be attacked is told, and nothing that stands in a file is a panic.
func TestAFolderThatCannotBeAttacked(t *testing.T) {
	for _, name := range []string{"manifest.json", "results_full.json"} {
		for _, text := range []string{"", "{", "[]", "null", `{"program":1}`, `{"values":[{"id":"x"}]}`} {
			f := newFolder(t)
			f.write()
			f.put(name, text)
			if _, err := Folder(f.dir); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "run the study again") {
				t.Errorf("%s with %q: %v", name, text, err)
			}
		}
		f := newFolder(t)
		f.write()
		if err := os.Remove(filepath.Join(f.dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := Folder(f.dir); err == nil || !strings.Contains(err.Error(), "there is no such file") {
			t.Errorf("without %s: %v", name, err)
		}
	}
	for _, garbled := range []string{"", ":", "=;=", "a: =; b", "a: b=/; b=c", "a: ; ; x=1//2"} {
		f := newFolder(t)
		f.file["results_full.json"] = strings.ReplaceAll(f.file["results_full.json"], "complete: scheme=s; v=c", garbled)
		f.write()
		if _, err := Folder(f.dir); err != nil {
			t.Errorf("the group %q: %v", garbled, err)
		}
	}
}
