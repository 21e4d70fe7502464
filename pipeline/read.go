package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"strconv"
	"sync"

	"bidrag/data/source"
	"bidrag/study"
	"bidrag/study/problem"
)

// extracts is everything that the study's files hold.
type extracts struct {
	base           string // the folder as the user named it, put before every file in problems
	tables         map[string]*source.Table
	cubes          map[string]*source.Cube
	municipalities map[string][]source.Municipality
	changes        map[string][]source.Change
	centrality     map[string][]source.Centrality
}

// locate puts the extracts' folder before the files of problems.
func (x *extracts) locate(err error) error {
	var list problem.List
	if !errors.As(err, &list) {
		var one problem.Problem
		if !errors.As(err, &one) {
			return err
		}
		list = problem.List{one}
	}
	out := make(problem.List, len(list))
	for i, p := range list {
		p.File = path.Join(x.base, p.File)
		out[i] = p
	}
	return out
}

// problem returns a problem with a cell of a table.
func (x *extracts) problem(extract string, row int, column, format string, args ...any) problem.Problem {
	p := x.tables[extract].Problem(row, column, format, args...)
	p.File = path.Join(x.base, p.File)
	return p
}

// reading is one file to read.
type reading struct {
	extract string
	spec    study.Extract
	file    string
	value   string // of the column that tells files apart
	path    []string

	table *source.Table
	input Input
	err   error
}

// readExtracts reads every file of the study, several at a time, and reports
// the problems of all of them.
func (r *Run) readExtracts(ctx context.Context) (*extracts, error) {
	fsys, base, err := r.folder()
	if err != nil {
		return nil, err
	}
	x := &extracts{base, map[string]*source.Table{}, map[string]*source.Cube{}, map[string][]source.Municipality{},
		map[string][]source.Change{}, map[string][]source.Centrality{}}
	key, err := source.NewKey()
	if err != nil {
		return nil, err
	}
	readings := r.readings()
	var guard sync.Mutex // of x's maps
	var wait sync.WaitGroup
	slots := make(chan struct{}, r.threads())
	for _, f := range readings {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if f.input, f.err = fingerprint(fsys, f.file); f.err == nil {
				f.err = x.read(ctx, fsys, f, key, &guard)
			}
		})
	}
	wait.Wait()
	var problems problem.List
	for _, f := range readings {
		if errors.Is(f.err, fs.ErrNotExist) {
			file, line, column := r.Study.Place(f.path...)
			problems.Add(file, line, column, "the file %s of extract %q is not in %s; put it there, or correct its name here", f.file, f.extract, base)
			continue
		}
		problems.Join(path.Join(base, f.file), x.locate(f.err))
		f.input.File = path.Join(base, f.file)
		r.Inputs = append(r.Inputs, f.input)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return x, x.stack(r.Study, readings)
}

func (r *Run) threads() int {
	if r.options.Threads > 0 {
		return r.options.Threads
	}
	return runtime.NumCPU()
}

// readings lists the files of the study in its order.
func (r *Run) readings() []*reading {
	var out []*reading
	for _, e := range r.Study.Extracts {
		for _, f := range e.Value.Paths() {
			at := []string{"extracts", e.Key, "file"}
			if f.Key != "" {
				at = []string{"extracts", e.Key, "files", f.Key}
			}
			out = append(out, &reading{extract: e.Key, spec: e.Value, file: f.Value, value: f.Key, path: at})
		}
	}
	return out
}

// fingerprint reads a file once for its size and hash.
func fingerprint(fsys fs.FS, file string) (Input, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return Input{}, err
	}
	defer f.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, f)
	if err != nil {
		return Input{}, problem.Problem{File: file, Message: fmt.Sprintf("cannot be read: %v", err)}
	}
	return Input{File: file, Bytes: n, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// read reads one file as its format is.
func (x *extracts) read(ctx context.Context, fsys fs.FS, f *reading, key *source.Key, guard *sync.Mutex) error {
	var err error
	switch f.spec.Format {
	case "csv":
		f.table, err = source.ReadCSV(ctx, fsys, f.file, csvSpec(f.spec), key)
	case "xlsx":
		f.table, err = source.ReadXLSX(ctx, fsys, f.file, xlsxSpec(f.spec), key)
	case "json-stat":
		err = keep(guard, x.cubes, f.extract)(source.ReadJSONStat(ctx, fsys, f.file))
	case "klass-codes":
		err = keep(guard, x.municipalities, f.extract)(source.ReadMunicipalities(ctx, fsys, f.file))
	case "klass-changes":
		err = keep(guard, x.changes, f.extract)(source.ReadChanges(ctx, fsys, f.file))
	case "klass-centrality":
		err = keep(guard, x.centrality, f.extract)(source.ReadCentrality(ctx, fsys, f.file))
	default:
		err = fmt.Errorf("format %q has no reader", f.spec.Format)
	}
	return err
}

// keep stores what a reader gave, unless it failed.
func keep[T any](guard *sync.Mutex, in map[string]T, name string) func(T, error) error {
	return func(value T, err error) error {
		if err == nil {
			guard.Lock()
			in[name] = value
			guard.Unlock()
		}
		return err
	}
}

// stack puts the files of each extract under each other.
func (x *extracts) stack(s *study.Study, readings []*reading) error {
	parts := map[string][]*source.Table{}
	for _, f := range readings {
		if f.table == nil {
			continue
		}
		if f.value != "" {
			number, err := strconv.ParseInt(f.value, 10, 64)
			if err != nil {
				return err
			}
			if err := f.table.AddInteger(f.spec.FileValue, number); err != nil {
				file, line, column := s.Place("extracts", f.extract, "file_value")
				return problem.Problem{File: file, Line: line, Column: column, Message: err.Error()}
			}
		}
		parts[f.extract] = append(parts[f.extract], f.table)
	}
	for name, tables := range parts {
		table, err := source.Stack(name, tables...)
		if err != nil {
			return err
		}
		x.tables[name] = table
	}
	return nil
}

var layouts = map[string]string{"dd.mm.yyyy": "02.01.2006", "yyyy-mm-dd": "2006-01-02"}

func columns(e study.Extract) []source.Column {
	out := make([]source.Column, len(e.Columns))
	for i, c := range e.Columns {
		kind, _ := source.ParseType(c.Value)
		out[i] = source.Column{Name: c.Key, Type: kind}
	}
	return out
}

func csvSpec(e study.Extract) source.CSV {
	return source.CSV{Delimiter: []rune(e.Delimiter)[0], Encoding: e.Encoding, Decimal: []rune(e.Decimal)[0],
		Date: layouts[e.Date], Missing: e.Missing, Columns: columns(e)}
}

func xlsxSpec(e study.Extract) source.XLSX {
	return source.XLSX{SheetColumn: source.Column{Name: e.Sheet, Type: source.Integer}, Decimal: []rune(e.Decimal)[0],
		Date: layouts[e.Date], Missing: e.Missing, Columns: columns(e)}
}
