package output

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"bidrag/data/codebook"
	"bidrag/pipeline"
	"bidrag/publish/audit"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

const program = "bidrag"

// A Manifest tells how an output folder came to be, and which of its files may
// be published.
type Manifest struct {
	Program  string               `json:"program"`
	Version  string               `json:"version"`
	Go       string               `json:"go"`
	Modules  map[string]string    `json:"modules"`
	Study    string               `json:"study"`
	Options  Options              `json:"options"`
	Inputs   []pipeline.Input     `json:"inputs"`
	Rows     []pipeline.RowCount  `json:"rows"`
	Steps    []pipeline.Step      `json:"steps"`
	SQL      []codebook.Statement `json:"sql"`
	Settings Settings             `json:"settings"`
	Audit    *audit.Verdict       `json:"audit"`
	Files    []File               `json:"files"`
}

// Options are the user's choices, as they were.
type Options struct {
	Lang     string   `json:"lang"`
	Seed     uint64   `json:"seed"`
	Threads  int      `json:"threads"`
	Extracts string   `json:"extracts,omitempty"`
	Only     []string `json:"only,omitempty"`
}

// Settings are those of the gate.
type Settings struct {
	Threshold  int `json:"disclosure_threshold"`
	Suppressed int `json:"suppressed_values"`
	Secondary  int `json:"suppressed_so_that_others_cannot_be_found"`

	Dominance disclose.Dominance `json:"dominance"` // when sums of amounts of money are suppressed

	// Of small-count rounding; left out when small counts are suppressed.
	Base     int                `json:"disclosure_base,omitempty"`
	Rounding *disclose.Rounding `json:"rounding,omitempty"`
}

// A File is one file of the folder.
type File struct {
	File    string `json:"file"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
	Publish bool   `json:"publish"`

	// Of a table, by row below the header: the ids of the numbers that stand in its
	// fields (table.Table.Keys), with a tab between. For the audit.
	Cells []string `json:"cells,omitempty"`
}

// unpublished are the files that hold what has not passed the gate.
var unpublished = map[string]bool{"dataset.parquet": true, "dataset.duckdb": true, "results_full.json": true}

// Version is the program's version: that of the module, or the commit it was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return "devel"
}

// modules are the versions of what the numbers depend on.
func modules() map[string]string {
	out := map[string]string{}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return out
	}
	for _, m := range info.Deps {
		if strings.Contains(m.Path, "duckdb-go/v2") || strings.Contains(m.Path, "gonum.org") {
			out[m.Path] = m.Version
		}
	}
	return out
}

// list describes every file of the folder, in order of name.
func (f *Folder) list() ([]File, error) {
	var files []File
	err := filepath.WalkDir(f.temporary, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(f.temporary, path)
		if err != nil {
			return err
		}
		in, err := os.Open(path)
		if err != nil {
			return err
		}
		defer in.Close()
		hash := sha256.New()
		n, err := io.Copy(hash, in)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		files = append(files, File{File: name, Bytes: n, SHA256: hex.EncodeToString(hash.Sum(nil)), Publish: !unpublished[name]})
		return nil
	})
	return files, err
}

// tables says of the files of the tables which numbers stand in them.
func (m *Manifest) tables(tables []table.Table) {
	at := map[string]int{}
	for i, f := range m.Files {
		at[f.File] = i
	}
	for _, t := range tables {
		if i, ok := at["tables/"+t.ID+".csv"]; ok {
			m.Files[i].Cells = cellsOf(t)
		}
	}
}

// cellsOf are the ids of the numbers in the fields of a table's file, by row.
func cellsOf(t table.Table) []string {
	keys := t.Keys()
	out := make([]string, len(keys))
	for i, row := range keys {
		out[i] = strings.Join(row, "\t")
	}
	return out
}

// newManifest describes a run.
func newManifest(r *pipeline.Run, o Options) Manifest {
	return Manifest{Program: program, Version: Version(), Go: runtime.Version(), Modules: modules(), Study: r.Study.Name,
		Options: o, Inputs: r.Inputs, Rows: r.Rows, Steps: r.Steps, SQL: r.SQL}
}
