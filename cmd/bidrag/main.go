// Command bidrag evaluates public programmes from register extracts: one
// command from raw extracts to a checked report. See bidrag --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"bidrag/publish/output"
	"bidrag/studies"
)

// Exit statuses.
const (
	done       = 0
	wrongInput = 1
	wrongUsage = 2
)

// commands are the program's commands and flags.
type commands struct {
	Run     runCmd           `cmd:"" help:"Run a study: extracts, data set, models, contributions, report."`
	Check   checkCmd         `cmd:"" help:"Check a study, its codebook and its extracts; report every problem at once; write nothing."`
	Fit     fitCmd           `cmd:"" help:"Fit one model to one file."`
	Audit   auditCmd         `cmd:"" help:"Attack what an output folder publishes: can anything be found of few persons?"`
	Version kong.VersionFlag `help:"Show the version and stop."`
}

const description = `bidrag (Norwegian for "contribution") evaluates public programmes from register extracts.

It asks whether two schemes differ in outcome once the composition of their participants is taken into account, and
which local projects contribute more than their participants would lead one to expect.

Examples:

  bidrag run                         the shipped study on its own extracts, to the folder out
  bidrag run nsw --lang en           the second shipped study, in English
  bidrag run my-study --extracts /data/2024 --out result
  bidrag check my-study              what is wrong with a study or its extracts
  bidrag fit --data people.csv --formula 'employed ~ age + sex'
  bidrag audit out                   can anything that must not be told be found in what is published

A problem with the input is told as file:line:column: what is wrong, and what to do about it.
Exit status: 0 done, 1 the input is wrong or an audit found something, 2 the command is wrong.`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(status)
}

// errUsage is the mistake of the one who typed the command.
type errUsage struct{ error }

// run is the program: arguments and streams in, exit status out.
func run(ctx context.Context, args []string, io streams) int {
	err := dispatch(ctx, args, io)
	var usage errUsage
	switch {
	case err == nil:
		return done
	case errors.As(err, &usage):
		fmt.Fprintf(io.err, "bidrag: %v\n", usage.error)
		return wrongUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(io.err, "bidrag: interrupted; nothing was written")
		return wrongInput
	default:
		fmt.Fprintln(io.err, err)
		return wrongInput
	}
}

// exited is how kong's wish to end the program, after --help or --version, is
// carried out of its parser.
type exited struct{ status int }

func dispatch(ctx context.Context, args []string, io streams) (err error) {
	var c commands
	parser, err := kong.New(&c, kong.Name("bidrag"), kong.Description(description), kong.Writers(io.out, io.err),
		kong.Vars{"version": "bidrag " + output.Version(), "studies": strings.Join(studies.Names(), ", "), "default_study": studies.Default}, kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Exit(func(status int) { panic(exited{status}) }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&io))
	if err != nil {
		return err
	}
	defer func() {
		switch end := recover().(type) {
		case nil:
		case exited:
			err = nil
			if end.status != 0 {
				err = errUsage{errors.New("see bidrag --help")}
			}
		default: // a bug of the program must not look like success
			panic(end)
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return errUsage{fmt.Errorf("%w; see bidrag --help", err)}
	}
	return parsed.Run()
}
