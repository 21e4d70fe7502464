package report

import (
	"io/fs"

	yaml "go.yaml.in/yaml/v4"

	"bidrag/study"
)

// verb returns what those do who attain the goal ("went on to work or
// education"). study.Describe does not hold describe.verb yet, so it is read
// from the study's file; a study made without one gets words that always fit.
func (w *writer) verb() string {
	var file struct {
		Describe struct {
			Verb study.Text `yaml:"verb"`
		} `yaml:"describe"`
	}
	if w.study.FS != nil {
		if text, err := fs.ReadFile(w.study.FS, "study.yaml"); err == nil && yaml.Unmarshal(text, &file) == nil {
			if verb := file.Describe.Verb.In(w.lang); verb != "" {
				return verb
			}
		}
	}
	return w.word("attained")
}
