package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bidrag/studies"

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
		// study copies a shipped study to a folder, with a line at the end of its
		// study.yaml: study nsw folder 'disclosure: {threshold: 10}'
		"study": func() {
			if err := copyStudy(os.Args[1], os.Args[2], os.Args[3]); err != nil {
				os.Stderr.WriteString(err.Error() + "\n")
				os.Exit(1)
			}
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

func copyStudy(name, dir, line string) error {
	files, _ := studies.Open(name)
	if err := os.CopyFS(dir, files); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, "study.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("\n" + line + "\n")
	return errors.Join(err, f.Close())
}
