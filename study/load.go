package study

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"bidrag/study/problem"
)

// The schemas say what may stand where; editors can use them too.
//
//go:embed schema/*.json
var schemaFiles embed.FS

var schemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	compiler := jsonschema.NewCompiler()
	compiled := map[string]*jsonschema.Schema{}
	for _, name := range []string{"study", "codebook", "targets"} {
		text, err := schemaFiles.ReadFile("schema/" + name + ".schema.json")
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		if err := compiler.AddResource(name, doc); err != nil {
			return nil, err
		}
		if compiled[name], err = compiler.Compile(name); err != nil {
			return nil, err
		}
	}
	return compiled, nil
})

// Load reads study.yaml and codebook.yaml of the folder fsys, which the user
// knows as dir. It returns every problem of both files at once, as a
// problem.List; the study is nil when there are any.
func Load(fsys fs.FS, dir string) (*Study, error) {
	var problems problem.List
	s := &Study{FS: fsys, Dir: dir, Codebook: &Codebook{}}
	var err error
	s.studyDoc, err = readDocument(fsys, dir, "study")
	problems.Join(dir, err)
	s.codebookDoc, err = readDocument(fsys, dir, "codebook")
	problems.Join(dir, err)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	problems.Join(s.studyDoc.file, s.decode())
	if err := problems.Err(); err != nil {
		return nil, err
	}
	s.Targets, err = readTargets(fsys, dir)
	problems.Join(dir, err)
	s.inherit(&problems)
	s.setDefaults()
	s.check(&problems)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// readDocument reads and validates one of the study's files.
func readDocument(fsys fs.FS, dir, name string) (*document, error) {
	file := path.Join(dir, name+".yaml")
	text, err := fs.ReadFile(fsys, name+".yaml")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, problem.Problem{File: file, Message: "there is no such file; a study is a folder with study.yaml and codebook.yaml"}
	}
	if err != nil {
		return nil, problem.Problem{File: file, Message: fmt.Sprintf("cannot be read: %v", err)}
	}
	compiled, err := schemas()
	if err != nil {
		return nil, err
	}
	doc, err := parse(file, text)
	if err != nil {
		return nil, err
	}
	return doc, doc.validate(compiled[name])
}

// readTargets reads targets.yaml, which a study need not have.
func readTargets(fsys fs.FS, dir string) (Map[Target], error) {
	if _, err := fs.Stat(fsys, "targets.yaml"); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	doc, err := readDocument(fsys, dir, "targets")
	if err != nil {
		return nil, err
	}
	var targets Map[Target]
	if err := doc.root.Decode(&targets); err != nil {
		return nil, problem.Problem{File: doc.file, Message: err.Error()}
	}
	return targets, nil
}

// studyFile is study.yaml as it is written; Study adds what belongs to it.
type studyFile struct {
	Name         string            `yaml:"name"`
	Title        Text              `yaml:"title"`
	Subtitle     Text              `yaml:"subtitle"`
	Source       Text              `yaml:"source"`
	Period       *Period           `yaml:"period"`
	Schemes      Map[Scheme]       `yaml:"schemes"`
	Extracts     Map[Extract]      `yaml:"extracts"`
	Participants Map[Participants] `yaml:"participants"`
	Places       *Places           `yaml:"places"`
	Complete     string            `yaml:"complete"`
	Samples      Map[Sample]       `yaml:"samples"`
	Models       Map[Model]        `yaml:"models"`
	Profiles     Map[Profile]      `yaml:"profiles"`
	Missing      *Missing          `yaml:"missing"`
	Context      Map[Context]      `yaml:"context"`
	Describe     Describe          `yaml:"describe"`
	Contribution *Contribution     `yaml:"contribution"`
	Cases        *Cases            `yaml:"cases"`
	Disclosure   Disclosure        `yaml:"disclosure"`

	Imputation    *Imputation        `yaml:"imputation"`
	Decomposition Map[Decomposition] `yaml:"decomposition"`
	Matching      Map[Matching]      `yaml:"matching"`
	Sensitivity   *Sensitivity       `yaml:"sensitivity"`
	Certainty     Map[Certainty]     `yaml:"certainty"`
}

func (s *Study) decode() error {
	var f studyFile
	if err := s.studyDoc.root.Decode(&f); err != nil {
		return problem.Problem{File: s.studyDoc.file, Message: err.Error()}
	}
	s.Name, s.Title, s.Subtitle, s.Source, s.Period = f.Name, f.Title, f.Subtitle, f.Source, f.Period
	s.Schemes, s.Extracts, s.Participants, s.Places = f.Schemes, f.Extracts, f.Participants, f.Places
	s.Complete, s.Samples, s.Models, s.Describe = f.Complete, f.Samples, f.Models, f.Describe
	s.Profiles, s.Missing, s.Context = f.Profiles, f.Missing, f.Context
	s.Contribution, s.Cases, s.Disclosure = f.Contribution, f.Cases, f.Disclosure
	s.Imputation, s.Decomposition, s.Matching = f.Imputation, f.Decomposition, f.Matching
	s.Sensitivity, s.Certainty = f.Sensitivity, f.Certainty
	if err := s.codebookDoc.root.Decode(s.Codebook); err != nil {
		return problem.Problem{File: s.codebookDoc.file, Message: err.Error()}
	}
	return nil
}

func (s *Study) setDefaults() {
	for i := range s.Models {
		if m := &s.Models[i].Value; m.Family == "" {
			m.Family = "binomial"
		}
	}
	for i := range s.Profiles {
		if p := &s.Profiles[i].Value; len(p.Schemes) == 0 {
			p.Schemes = s.Schemes.Keys()
		}
	}
	for i := range s.Extracts {
		e := &s.Extracts[i].Value
		if e.Delimiter == "" {
			e.Delimiter = ","
		}
		if e.Encoding == "" {
			e.Encoding = "utf-8"
		}
		if e.Decimal == "" {
			e.Decimal = "."
		}
		if e.Date == "" {
			e.Date = "yyyy-mm-dd"
		}
	}
	s.setImputationDefaults()
	s.setDecompositionDefaults()
	s.setMatchingDefaults()
	s.setSensitivityDefaults()
	s.setContributionDefaults()
	s.setDisclosureDefaults()
}

// Paths returns the extract's files with the value that tells each apart.
func (e Extract) Paths() Map[string] {
	if e.File != "" {
		return Map[string]{{Key: "", Value: e.File}}
	}
	return e.Files
}

// checker reports problems at places of one document.
type checker struct {
	doc      *document
	problems *problem.List
}

func (c checker) at(path []string, format string, args ...any) {
	file, line, column := c.doc.place(path...)
	c.problems.Add(file, line, column, format, args...)
}

// key reports a problem with the last name of the path, where it stands as a name.
func (c checker) key(path []string, format string, args ...any) {
	line, column := c.doc.keyPlace(path[:len(path)-1], path[len(path)-1])
	c.problems.Add(c.doc.file, line, column, format, args...)
}

// known reports a name that is not among the names of its kind.
func (c checker) known(path []string, kind, name string, names []string) bool {
	if slices.Contains(names, name) {
		return true
	}
	hint := problem.DidYouMean(name, names)
	if hint == "" {
		hint = among(names)
	}
	c.at(path, "there is no %s %q%s", kind, name, hint)
	return false
}

// among lists the names that there are.
func among(names []string) string {
	if len(names) == 0 {
		return ", nor any other; add it, or take this out"
	}
	return "; there are " + strings.Join(names, ", ")
}

func at(path ...string) []string { return path }
