package study

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// withProfile is the second shipped study with a profile of its model.
func withProfile(t *testing.T, profile string) fstest.MapFS {
	t.Helper()
	files := folder(t, "study.yaml", "describe:\n", "profiles:\n  someone: "+profile+"\ndescribe:\n")
	return files
}

const goodProfile = "{label: {nb: noen, en: someone}, models: [individual], schemes: [trained], values: {age: 30, education: mean, race: black, married: 0, no_degree: 0.5, earnings: mean}}"

// TestGoodProfilesLoad: numbers, levels, shares of a 0/1 variable, and groups.
func TestGoodProfilesLoad(t *testing.T) {
	s, err := Load(withProfile(t, goodProfile), "x")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := s.Profiles.Get("someone")
	if got, _ := p.Values.Get("earnings"); got != Mean || p.Schemes[0] != "trained" || p.Models[0] != "individual" || len(p.Values) != 6 {
		t.Errorf("%+v", p)
	}
}

// TestProfilesOfWhatThereIsNot: names, levels and numbers that no person can
// have, each at its place.
func TestProfilesOfWhatThereIsNot(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"a model", "models: [individual]", "models: [indivdual]", `there is no model "indivdual"; did you mean "individual"?`},
		{"a scheme", "schemes: [trained]", "schemes: [train]", `there is no scheme "train"`},
		{"a variable", "age: 30", "aged: 30", `there is no variable "aged"; did you mean "age"?`},
		{"a level", "race: black", "race: blak", `there is no level "blak"; did you mean "black"?`},
		{"the mean of a category", "race: black", "race: mean", `race is a category, which has no mean; give a level`},
		{"a word for a number", "age: 30", "age: thirty", `age is "thirty", which is no number; give a number, or mean`},
		{"more than one", "married: 0", "married: 2", `married is 0 or 1, or a share between them, and not 2`},
		{"a word for a group", "earnings: mean", "earnings: high", `earnings is a group of variables; give it mean, or a number for all of them`},
		{"the scheme", "age: 30", "scheme: trained", `the schemes of a profile stand under schemes; remove scheme here`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(goodProfile, c.old) {
				t.Fatalf("the profile holds no %q", c.old)
			}
			_, err := Load(withProfile(t, strings.Replace(goodProfile, c.old, c.new, 1)), "x")
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "x/study.yaml:4") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// TestOrdinalProfilesKeepToTheirLevels: between the lowest and the highest, and
// so between levels too.
func TestOrdinalProfilesKeepToTheirLevels(t *testing.T) {
	shipped := func(old, new string) error {
		files := fstest.MapFS{}
		for _, name := range []string{"study.yaml", "codebook.yaml", "targets.yaml"} {
			text, err := os.ReadFile("../studies/jobbsjansen-intro/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if name == "study.yaml" {
				if !strings.Contains(string(text), old) {
					t.Fatalf("the study holds no %q", old)
				}
				text = []byte(strings.Replace(string(text), old, new, 1))
			}
			files[name] = &fstest.MapFile{Data: text}
		}
		_, err := Load(files, "x")
		return err
	}
	if err := shipped("norwegian_level: 3,", "norwegian_level: 3.5,"); err != nil {
		t.Errorf("between levels: %v", err)
	}
	if err := shipped("norwegian_level: 3,", "norwegian_level: 6,"); err == nil || !strings.Contains(err.Error(), "norwegian_level has levels from 1 to 5, and 6 is outside them") {
		t.Errorf("beyond the levels: %v", err)
	}
}
