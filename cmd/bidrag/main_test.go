package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run the program as a user would.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"bidrag": func() {
			os.Exit(run(context.Background(), os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
		},
		// status runs bidrag and wants a certain exit status: status 2 run --nope
		"status": func() {
			want := os.Args[1]
			got := run(context.Background(), os.Args[2:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
			if want != string(rune('0'+got)) {
				os.Stderr.WriteString("exit status " + string(rune('0'+got)) + ", want " + want + "\n")
				os.Exit(1)
			}
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}
