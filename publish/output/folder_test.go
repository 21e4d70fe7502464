package output

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
)

// entries lists a folder, hidden files too.
func entries(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAFolderIsWholeOrNotThere(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "deep", "out")
	f, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	write(t, f.Path("a.txt"), "1")
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder is there before it is whole")
	}
	if err := f.Discard(); err != nil {
		t.Fatal(err)
	}
	if got := entries(t, filepath.Join(parent, "deep")); got != "" {
		t.Errorf("a discarded folder leaves %s", got)
	}
	if f, err = Create(dir); err != nil {
		t.Fatal(err)
	}
	write(t, f.Path(manifestName), `{"program":"bidrag"}`)
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := entries(t, filepath.Join(parent, "deep")); got != "out" {
		t.Errorf("beside the folder stands %s", got)
	}
	if err := f.Discard(); err != nil || entries(t, dir) != manifestName {
		t.Error("what is committed cannot be discarded")
	}
}

func TestAnEarlierOutputIsReplacedAndNothingElse(t *testing.T) {
	parent := t.TempDir()
	ours, theirs, empty := filepath.Join(parent, "ours"), filepath.Join(parent, "theirs"), filepath.Join(parent, "empty")
	for _, dir := range []string{ours, theirs, empty} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(ours, manifestName), `{"program":"bidrag"}`)
	write(t, filepath.Join(ours, "old.txt"), "old")
	write(t, filepath.Join(theirs, manifestName), `{"program":"another"}`)
	file := filepath.Join(parent, "file")
	write(t, file, "x")
	for _, dir := range []string{theirs, file} {
		if _, err := Create(dir); err == nil {
			t.Errorf("%s would be replaced", dir)
		}
	}
	for _, dir := range []string{ours, empty} {
		f, err := Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		write(t, f.Path("new.txt"), "new")
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		if got := entries(t, dir); got != "new.txt" {
			t.Errorf("%s holds %s", dir, got)
		}
	}
	if got := entries(t, parent); got != "empty file ours theirs" {
		t.Errorf("the parent holds %s", got)
	}
}

// Suppressed numbers are left out of results.json with their ids, and are in
// results_full.json; a number that is none is left out of both.
func TestResultsForPublicationAndInFull(t *testing.T) {
	s := result.NewSet()
	if err := s.Add("test",
		result.Proportion(result.Key{Quantity: "rate"}, 50, 200).WithInterval(0.2, 0.3),
		result.Proportion(result.Key{Quantity: "secret"}, 3, 200),
		result.Proportion(result.Key{Quantity: "nobody"}, 0, 0),
		result.Estimate(result.Key{Quantity: "endless"}, result.OddsRatio, math.Inf(1), 200)); err != nil {
		t.Fatal(err)
	}
	text := func(v any) string {
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	public, full := text(clearedResults(disclose.Clear(s, disclose.DefaultRules))), text(fullResults(s))
	want := `{"id":"rate","value":0.25,"low":0.2,"high":0.3,"unit":"share","n":200,"step":"test"}`
	if !strings.Contains(public, want) || strings.Contains(public, "groups") {
		t.Errorf("got\n%s\nwant\n%s", public, want)
	}
	if !strings.Contains(full, strings.TrimSuffix(want, "}")+`,"part":50,"groups":[{"group":"number rate","n":200},{"group":"number rate: part=1","n":50}]}`) {
		t.Errorf("in full\n%s", full)
	}
	if strings.Contains(public, "secret") || !strings.Contains(full, `"id":"secret","value":0.015`) {
		t.Errorf("public\n%s\nfull\n%s", public, full)
	}
	if !strings.Contains(public, `{"id":"nobody","unit":"share","n":0,"step":"test"}`) || !strings.Contains(public, `{"id":"endless","unit":"odds_ratio","n":200,"step":"test"}`) {
		t.Errorf("public\n%s", public)
	}
}
