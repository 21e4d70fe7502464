package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"bidrag/pipeline"
	"bidrag/publish/disclose"
	"bidrag/publish/output"
	"bidrag/publish/targets"
	"bidrag/studies"
	"bidrag/study"
	"bidrag/study/problem"
)

// studyArgs name a study and its extracts.
type studyArgs struct {
	Study    string `arg:"" optional:"" help:"Folder with study.yaml and codebook.yaml, or a shipped study (${studies}). Without it, ${default_study} is taken."`
	Extracts string `help:"Read the extracts from this folder instead of the study's own; the files have the same names." placeholder:"DIR"`
	Threads  int    `help:"Processors to use; as many as there are by default. The results do not depend on it." placeholder:"N"`
}

// open loads the study: a folder, or one that is shipped. A folder without
// study.yaml does not hide the shipped study of its name.
func (a studyArgs) open() (*study.Study, error) {
	if a.Threads < 0 {
		return nil, errUsage{fmt.Errorf("--threads is %d; it must be at least 1", a.Threads)}
	}
	name := a.Study
	if name == "" {
		name = studies.Default
	}
	_, noStudy := os.Stat(filepath.Join(name, "study.yaml"))
	if fsys, ok := studies.Open(name); ok && noStudy != nil {
		return study.Load(fsys, name)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return study.Load(os.DirFS(name), filepath.ToSlash(filepath.Clean(name)))
	}
	return nil, problem.Problem{File: name, Message: fmt.Sprintf("there is no such folder, and no shipped study of that name%s; the shipped ones are %s",
		problem.DidYouMean(name, studies.Names()), strings.Join(studies.Names(), ", "))}
}

type runCmd struct {
	studyArgs
	Out     string   `help:"Folder for the results (${default}). An earlier output folder there is replaced." default:"out" placeholder:"DIR"`
	Lang    string   `help:"Language of report, tables and figures: nb or en (${default})." enum:"nb,en" default:"nb"`
	Seed    uint64   `help:"Seed of whatever is drawn at random." default:"1" placeholder:"N"`
	Only    []string `help:"Do these steps only, with what they need: dataset, describe, models, effects, assumptions, imputation, decomposition, matching, sensitivity, certainty, contribution, cases." placeholder:"STEP"`
	Targets string   `help:"Compare with the published numbers in this CSV file: hit, miss, not computed and why." placeholder:"FILE" type:"path"`
}

// Help is the text of bidrag run --help.
func (runCmd) Help() string {
	return `Writes results.json, report.html, tables, figures, the data set and a manifest to the output folder.
Only files that the manifest marks may be published. What the study asks for and these data cannot answer is told on standard error and where it would stand in the
report; the rest is done. Neither that nor misses of --targets change the exit status. Last, what may be published is attacked as by bidrag audit; when
anything is found, no file of the folder is marked for publication, and the exit status is 1.
--targets compares with the numbers before disclosure control: what it prints is not for publication.

Example: bidrag run --lang en --out result --targets studies/jobbsjansen-intro/published.csv`
}

// Run carries out bidrag run.
func (c runCmd) Run(ctx context.Context, io *streams) error {
	if c.Out == "" {
		return errUsage{errors.New("--out is empty; name a folder")}
	}
	published, err := c.readTargets()
	if err != nil {
		return err
	}
	s, err := c.open()
	if err != nil {
		return err
	}
	progress := newProgress(io.err)
	defer progress.end()
	r, err := pipeline.Start(ctx, s, pipeline.Options{Extracts: c.Extracts, Seed: c.Seed, Threads: c.Threads, Only: c.Only, Progress: progress.begin})
	if err != nil {
		return usageOf(err)
	}
	defer r.Close()
	progress.begin("report")
	cleared := output.Clear(r)
	options := output.Options{Lang: c.Lang, Seed: c.Seed, Threads: c.Threads, Extracts: c.Extracts, Only: c.Only}
	verdict, err := output.Write(ctx, c.Out, r, cleared, options)
	if err != nil {
		return err
	}
	progress.end()
	for _, g := range r.Results.Gaps {
		fmt.Fprintf(io.err, "%s: not answered: %s\n", g.Place, g.Message)
	}
	if n := cleared.Clashes; n > 0 {
		fmt.Fprintf(io.err, "disclosure: %d counts are told twice and not alike, or are less than the sum of their parts; nothing that rests on them is published. This is a mistake of bidrag: tell of it\n", n)
	}
	fmt.Fprintln(io.err, verdict)
	fmt.Fprintln(io.out, filepath.Join(c.Out, "report.html"))
	if c.Targets != "" {
		if err := targets.Print(io.out, targets.Compare(published, s.Targets, r.Results)); err != nil {
			return err
		}
	}
	return verdict.Problems.Err()
}

// usageOf makes an unknown step the mistake of the command.
func usageOf(err error) error {
	var unknown pipeline.UnknownStep
	if errors.As(err, &unknown) {
		return errUsage{err}
	}
	return err
}

// readTargets reads the targets before the long work, so that a mistake in
// them is told at once.
func (c runCmd) readTargets() ([]targets.Target, error) {
	if c.Targets == "" {
		return nil, nil
	}
	f, err := os.Open(c.Targets)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, problem.Problem{File: c.Targets, Message: "there is no such file; --targets names a CSV with id, where, value and tolerance_suggested"}
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return targets.Read(f, c.Targets)
}

type checkCmd struct{ studyArgs }

// Help is the text of bidrag check --help.
func (checkCmd) Help() string {
	return "Example: bidrag check studies/jobbsjansen-intro --extracts /data/2024"
}

// Run carries out bidrag check.
func (c checkCmd) Run(ctx context.Context, io *streams) error {
	s, err := c.open()
	if err != nil {
		return err
	}
	progress := newProgress(io.err)
	defer progress.end()
	r, err := pipeline.Check(ctx, s, pipeline.Options{Extracts: c.Extracts, Threads: c.Threads, Progress: progress.begin})
	if err != nil {
		return err
	}
	defer r.Close()
	progress.end()
	files := "1 file"
	if n := len(r.Inputs); n != 1 {
		files = fmt.Sprintf("%d files", n)
	}
	fmt.Fprintf(io.out, "%s: %s read, nothing wrong\n", s.Name, files)
	cleared := output.Clear(r)
	for _, n := range cleared.Numbers() {
		k := n.Key()
		if k.Quantity == "persons" && k.Sample != "" && k.Scheme != "all" && n.State() == disclose.Shown {
			fmt.Fprintf(io.out, "  %-16s %-16s %7.0f persons\n", k.Scheme, k.Sample, n.Value())
		}
	}
	return nil
}

// progress tells on a terminal which step is being done and how long it took.
type progress struct {
	out   io.Writer // nil when nobody looks
	step  string
	start time.Time
}

func newProgress(w io.Writer) *progress {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &progress{out: f}
	}
	return &progress{}
}

func (p *progress) begin(step string) {
	p.end()
	p.step, p.start = step, time.Now()
	if p.out != nil {
		fmt.Fprintf(p.out, "%-14s", step)
	}
}

func (p *progress) end() {
	if p.out != nil && p.step != "" {
		fmt.Fprintf(p.out, "%5.1f s\n", time.Since(p.start).Seconds())
	}
	p.step = ""
}
