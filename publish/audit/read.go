package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/record"
	"bidrag/study/problem"
)

// manifest is what an audit reads of manifest.json.
type manifest struct {
	Program  string `json:"program"`
	Settings struct {
		Threshold int                `json:"disclosure_threshold"`
		Dominance disclose.Dominance `json:"dominance"`
		Base      int                `json:"disclosure_base"`
	} `json:"settings"`
	Files []file `json:"files"`
	Audit *struct {
		Found int `json:"found"`
	} `json:"audit"`
}

// file is a file of the folder.
type file struct {
	File    string   `json:"file"`
	SHA256  string   `json:"sha256"`
	Publish bool     `json:"publish"`
	Cells   []string `json:"cells"` // of a table, by row: the ids of its fields, with a tab between
}

// model is what an audit reads of a model.
type model struct {
	NObs      int            `json:"n_obs"`
	NDropped  int            `json:"n_dropped"`
	DroppedBy map[string]int `json:"dropped_by"`
	Warnings  []struct {
		Message string `json:"message"`
	} `json:"warnings"`
}

// publicResults is results.json.
type publicResults struct {
	Models map[string]model `json:"models"`
	Values []record.Value   `json:"values"`
	Gaps   []struct {
		Message string `json:"message"`
	} `json:"gaps"`
	Cases  json.RawMessage `json:"cases"`
	Places json.RawMessage `json:"places"`
	Facts  json.RawMessage `json:"facts"`
}

// fullResults is results_full.json.
type fullResults struct {
	Values []record.Value    `json:"values"`
	Places map[string]string `json:"places"`
	Facts  result.Facts      `json:"facts"`
}

const runAgain = "bidrag audit needs a whole output folder, as bidrag run leaves it on the owner's machine; run the study again"

// readJSON reads a file that the audit cannot do without.
func readJSON(dir, name string, into any) error {
	text, err := os.ReadFile(filepath.Join(dir, name))
	shown := filepath.ToSlash(filepath.Join(dir, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return problem.Problem{File: shown, Message: "there is no such file; " + runAgain}
	case err != nil:
		return problem.Problem{File: shown, Message: fmt.Sprintf("it cannot be read (%v); %s", err, runAgain)}
	}
	if err := json.Unmarshal(text, into); err != nil {
		return problem.Problem{File: shown, Message: fmt.Sprintf("it is not what bidrag run wrote (%v); %s", err, runAgain)}
	}
	return nil
}

func readManifest(dir string) (*manifest, error) {
	var m manifest
	if err := readJSON(dir, "manifest.json", &m); err != nil {
		return nil, err
	}
	if m.Program != "bidrag" || m.Settings.Threshold < 1 || len(m.Files) == 0 {
		return nil, problem.Problem{File: filepath.ToSlash(filepath.Join(dir, "manifest.json")), Message: "it does not list the files of a run and the smallest count that may be shown; " + runAgain}
	}
	return &m, nil
}

func readFull(dir string) (*fullResults, error) {
	var f fullResults
	if err := readJSON(dir, "results_full.json", &f); err != nil {
		return nil, err
	}
	if len(f.Values) == 0 {
		return nil, problem.Problem{File: filepath.ToSlash(filepath.Join(dir, "results_full.json")), Message: "it holds no numbers; " + runAgain}
	}
	for _, v := range f.Values {
		if len(v.Groups) == 0 {
			return nil, problem.Problem{File: filepath.ToSlash(filepath.Join(dir, "results_full.json")), Message: fmt.Sprintf("%s does not say whom it counts; %s", v.ID, runAgain)}
		}
	}
	return &f, nil
}
