package main

import (
	"fmt"

	"bidrag/publish/audit"
)

type auditCmd struct {
	Out string `arg:"" help:"Output folder of bidrag run, with the files that are not for publication." placeholder:"OUT"`
}

// Help is the text of bidrag audit --help.
func (auditCmd) Help() string {
	return `Attacks the files of an output folder that its manifest marks for publication, as one would who wants to know what is not told of few persons: it looks for
suppressed numbers that are shown, for small counts that follow from what is shown or can be bounded by it, for names of hidden projects in figures, and for
files that are not as bidrag run left them. results_full.json and manifest.json must be there: they say what there is to find.
What is found is told with the file, for the owner's eyes; a verdict follows. Exit status: 0 nothing found, 1 something found, 2 the command is wrong.

Example: bidrag audit out`
}

// Run carries out bidrag audit.
func (c auditCmd) Run(io *streams) error {
	verdict, err := audit.Folder(c.Out)
	if err != nil {
		return err
	}
	fmt.Fprintln(io.out, verdict)
	return verdict.Problems.Err()
}
