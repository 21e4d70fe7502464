// Package pipeline runs a study. It is the only place that knows the order of
// the steps:
//
//  1. extracts: read every file that the study names, with all that is wrong;
//  2. dataset: check codes, persons and places, recode, link, and make the
//     one analysis set, counting every row that is lost on the way;
//  3. describe, models, effects, assumptions, imputation, decomposition, matching,
//     sensitivity, certainty, contribution, cases: the questions that the study asks. What
//     these data cannot answer is a gap of the results, and the rest is done.
//
// Run gives the results before disclosure control. What leaves the building is
// the business of the floor above.
package pipeline

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"bidrag/data/codebook"
	"bidrag/data/frame"
	"bidrag/data/sqltext"
	"bidrag/data/store"
	"bidrag/evaluate/match"
	"bidrag/evaluate/result"
	"bidrag/model/formula"
	"bidrag/study"
	"bidrag/study/problem"
)

// Options are the user's choices for a run.
type Options struct {
	Extracts string            // folder of the extracts; "" for those that come with the study
	Seed     uint64            // of whatever is drawn at random
	Threads  int               // 0 for as many as there are processors
	Only     []string          // result steps to do; empty for all
	Progress func(step string) // called when a step begins; may be nil
}

// ResultSteps are the steps that Options.Only can choose among. What they need
// is always done: the extracts are read, the data set (dataset) is made, and the
// steps that a step asks are done before it.
var ResultSteps = []string{"dataset", "describe", "models", "effects", "assumptions", "imputation", "decomposition", "matching", "sensitivity", "certainty", "contribution", "cases"}

// UnknownStep is the error of a step in Options.Only that there is not.
type UnknownStep struct{ Step string }

// Error names the steps that there are.
func (e UnknownStep) Error() string {
	return fmt.Sprintf("there is no step %q%s; the steps are %s", e.Step, problem.DidYouMean(e.Step, ResultSteps), strings.Join(ResultSteps, ", "))
}

// A Run is a study that has been run.
type Run struct {
	Study   *study.Study
	Results *result.Set // before disclosure control
	Inputs  []Input
	Steps   []Step
	SQL     []codebook.Statement
	Rows    []RowCount

	options  Options
	data     *frame.Frame
	formulas map[string]*formula.Formula // of the study's models
	fits     map[string]*fitted          // the study's models; nil those that could not be fitted
	frames   *frames                     // the rows of samples
	pairs    map[matchKey][]match.Set    // by matching, method and scheme
	examples map[string]string           // the projects that the examples of the study are; not for publication
	db       *store.DB
}

// An Input is a file that was read.
type Input struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// A Step is something that was done, and how long it took.
type Step struct {
	Name    string  `json:"step"`
	Seconds float64 `json:"seconds"`
}

// A RowCount is the rows of a table that was made on the way.
type RowCount struct {
	Table string `json:"table"`
	Rows  int    `json:"rows"`
}

// Check does everything up to the analysis set and reports every problem it
// can find, as a problem.List. It computes no result and writes nothing.
func Check(ctx context.Context, s *study.Study, o Options) (*Run, error) {
	r := &Run{Study: s, Results: result.NewSet(), options: o, formulas: map[string]*formula.Formula{}, fits: map[string]*fitted{}, frames: &frames{of: map[string]*frame.Frame{}}, pairs: map[matchKey][]match.Set{}, examples: map[string]string{}}
	if err := r.prepare(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Start runs the study. Errors in the input come as a problem.List.
func Start(ctx context.Context, s *study.Study, o Options) (*Run, error) {
	for _, step := range o.Only {
		if !slices.Contains(ResultSteps, step) {
			return nil, UnknownStep{step}
		}
	}
	r, err := Check(ctx, s, o)
	if err != nil {
		return nil, err
	}
	if err := r.answer(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Close gives back what the run holds.
func (r *Run) Close() error {
	if r.db == nil {
		return nil
	}
	return r.db.Close()
}

// prepare reads the extracts and makes the analysis set.
func (r *Run) prepare(ctx context.Context) error {
	var extracts *extracts
	if err := r.step("extracts", func() (err error) {
		extracts, err = r.readExtracts(ctx)
		return err
	}); err != nil {
		return err
	}
	return r.step("dataset", func() error { return r.makeDataset(ctx, extracts) })
}

// answer does the result steps.
func (r *Run) answer(ctx context.Context) error {
	steps := []struct {
		name string
		do   func(context.Context) error
		asks []string // the steps whose answers it uses
	}{
		{"describe", r.describe, nil},
		{"models", r.fitModels, nil},
		{"effects", r.effects, nil},
		{"assumptions", r.assumptions, nil},
		{"imputation", r.imputation, nil},
		{"decomposition", r.decomposition, nil},
		{"matching", r.matching, nil},
		{"sensitivity", r.sensitivity, []string{"matching"}},
		{"certainty", r.certainty, []string{"describe", "imputation", "matching"}},
		{"contribution", r.contributions, nil},
		{"cases", r.cases, []string{"contribution"}},
	}
	wanted := r.options.Only
	if len(wanted) == 0 {
		wanted = ResultSteps
	}
	for _, s := range steps {
		if slices.Contains(wanted, s.name) {
			wanted = slices.Concat(wanted, s.asks)
		}
	}
	for _, s := range steps {
		if !slices.Contains(wanted, s.name) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.step(s.name, func() error { return s.do(ctx) }); err != nil {
			return err
		}
	}
	r.Results.Facts = r.facts()
	if r.Study.Disclosure.Method == study.Round {
		r.Results.Members = r.members()
	}
	return nil
}

// step times a step and tells that it begins.
func (r *Run) step(name string, do func() error) error {
	if r.options.Progress != nil {
		r.options.Progress(name)
	}
	start := time.Now()
	err := do()
	r.Steps = append(r.Steps, Step{name, time.Since(start).Seconds()})
	return err
}

// folder returns the file system of the extracts and the name by which the
// user knows it.
func (r *Run) folder() (fs.FS, string, error) {
	if r.options.Extracts != "" {
		if info, err := os.Stat(r.options.Extracts); err != nil || !info.IsDir() {
			return nil, "", problem.Problem{File: r.options.Extracts, Message: "there is no such folder; --extracts names the folder that holds the study's extracts"}
		}
		return os.DirFS(r.options.Extracts), r.options.Extracts, nil
	}
	sub, err := fs.Sub(r.Study.FS, "extracts")
	return sub, path.Join(r.Study.Dir, "extracts"), err
}

// WriteDataset writes the analysis set as Parquet and as a DuckDB file with
// one table, dataset. Neither is for publication.
func (r *Run) WriteDataset(ctx context.Context, parquet, duckdb string) error {
	query := r.datasetQuery()
	if err := r.db.WriteParquet(ctx, query, parquet); err != nil {
		return err
	}
	return r.db.WriteDatabase(ctx, query, "dataset", duckdb)
}

// datasetQuery selects the columns that other tools read.
func (r *Run) datasetQuery() string {
	columns := codebook.DatasetColumns(r.Study)
	for i, c := range columns {
		columns[i] = sqltext.Name(c)
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM dataset ORDER BY person"
}
