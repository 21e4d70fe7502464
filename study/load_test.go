package study

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestShippedStudiesLoad(t *testing.T) {
	for _, name := range []string{"jobbsjansen-intro", "nsw"} {
		s, err := Load(os.DirFS("../studies/"+name), "studies/"+name)
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		if s.Name != name {
			t.Errorf("%s is named %q", name, s.Name)
		}
	}
}

// folder is the second shipped study with changes to its files.
func folder(t *testing.T, file, old, new string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{"study.yaml", "codebook.yaml"} {
		text, err := os.ReadFile(filepath.Join("../studies/nsw", name))
		if err != nil {
			t.Fatal(err)
		}
		if name == file {
			if !strings.Contains(string(text), old) {
				t.Fatalf("%s holds no %q", name, old)
			}
			text = []byte(strings.Replace(string(text), old, new, 1))
		}
		out[name] = &fstest.MapFile{Data: text}
	}
	return out
}

// TestProblemsNameTheirPlace changes one thing and wants one line.
func TestProblemsNameTheirPlace(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"unknown name", "study.yaml", "  verb:", "  vreb:", `x/study.yaml:48:3: unknown name "vreb"; did you mean "verb"?`},
		{"wrong type", "study.yaml", "breaks: [20, 25, 30, 40]", "breaks: twenty", `breaks must be a list, and is text`},
		{"not one of the choices", "study.yaml", "family: binomial", "family: binominal", `family is "binominal"; did you mean "binomial"? (it must be one of`},
		{"a text in one language only", "study.yaml", "label: {nb: Opplæring, en: Trained}", "label: {nb: Opplæring}", `x/study.yaml:14:5: label lacks en; add it`},
		{"unknown extract", "study.yaml", "trained: {extract: lalonde,", "trained: {extract: lalond,", `x/study.yaml:29:22: there is no extract "lalond"; did you mean "lalonde"?`},
		{"unknown variable", "study.yaml", "{variable: race}", "{variable: rase}", `there is no variable "rase"; did you mean "race"?`},
		{"a number without levels", "study.yaml", "{variable: age, breaks: [20, 25, 30, 40]}", "{variable: age}", `age is a number; say how it is made into levels: quantiles, breaks or round`},
		{"no reference", "study.yaml", "    reference: true\n", "", `x/study.yaml:12:1: 0 schemes have reference: true; give it to exactly one`},
		{"unknown sample", "study.yaml", "sample: complete\n    family", "sample: completed\n    family", `there is no sample "completed"; did you mean "complete"?`},
		{"unknown column", "codebook.yaml", "{column: educ}", "{column: edu}", `x/codebook.yaml:18:30: there is no column "edu"; did you mean "educ"?`},
		{"unknown level", "codebook.yaml", "{column: nodegree, recode: {0: \"0\"", "{column: nodegree, recode: {2: \"0\"", `"2" is not a level of the variable`},
		{"a scheme forgotten", "codebook.yaml", ", comparison: {sql: re75 / 1000}", "", `earnings_1975 does not say where it comes from for comparison; add comparison under from`},
		{"a rule of two kinds", "codebook.yaml", "{sql: re78 > 0}", "{sql: re78 > 0, column: re78}", `trained: several of the alternatives are given at once; keep one`},
		{"a rule of no kind", "codebook.yaml", "{sql: re78 > 0}", "{}", `trained: exactly one of these is wanted: `},
		{"a name that is taken", "codebook.yaml", "  race:", "  scheme:", `"scheme" is made by bidrag; give the variable another name`},
		{"a path outside the folder", "study.yaml", "file: lalonde.csv", "file: ../lalonde.csv", `"../lalonde.csv" is not a path below the extracts' folder`},
		{"a type that is none", "study.yaml", "re78: number", "re78: money", `re78 is "money" (it must be one of text, integer, number, date, identifier)`},
		{"a file and files", "study.yaml", "    file: lalonde.csv\n", "", `extract "lalonde" needs either file or files`},
		{"a band in points", "study.yaml", "describe:", "contribution: {model: individual, min_leavers: 5, neutral_band: 2.75, variants: {a: {label: a}}}\ndescribe:", `neutral_band is 2.75, which is out of range: it must be less than 1`},
		{"units in no class of size", "study.yaml", "describe:", "contribution: {model: individual, min_leavers: 5, sizes: [10, 20], neutral_band: 0.03, variants: {a: {label: a}}}\ndescribe:", `sizes begin at 10, and units of 5 leavers or more are shown, so that some would be in no class; begin with 5`},
		{"contribution without places", "study.yaml", "describe:", "contribution: {model: individual, min_leavers: 5, neutral_band: 0.03, variants: {a: {label: a}}}\ndescribe:", `contributions are computed for projects, and the study has no places`},
		{"a period without years", "study.yaml", "schemes:", "period: {from: 1978, to: 1978}\nschemes:", `the study has a period, but the codebook has no variable year of type year`},
		{"a code with two meanings", "codebook.yaml", `recode: {0: "0", 1: "1"}`, `recode: {0: ["0", "1"], 1: "1"}`, `the code "1" becomes both 0 and 1; keep one`},
		{"a code with a meaning that is missing", "codebook.yaml", `recode: {0: "0", 1: "1"}`, `recode: {0: "0", 1: "1", missing: "0"}`, `the code "0" becomes both 0 and missing; keep one`},
		{"an identifier as a variable", "study.yaml", "age: integer", "age: identifier", `x/codebook.yaml:13:12: age is an identifier, which must not become a variable`},
		{"an identifier in SQL", "study.yaml", "re78: number", "re78: identifier", `re78 is an identifier, which must not become a variable`},
		{"described twice", "study.yaml", "{variable: race}", "{variable: married}", `married is described twice; keep one`},
		{"a threshold that tells of few", "study.yaml", "describe:", "disclosure: {threshold: 3}\ndescribe:", `threshold is 3, which is out of range`},
		{"a share that is a percentage", "study.yaml", "describe:", "disclosure: {dominance: {share: 50}}\ndescribe:", `x/study.yaml:46:33: share is 50, which is out of range: it must be at most 1`},
		{"no share", "study.yaml", "describe:", "disclosure: {dominance: {share: 0}}\ndescribe:", `share is 0, which is out of range: it must be more than 0`},
		{"nobody is the largest", "study.yaml", "describe:", "disclosure: {dominance: {largest: 0}}\ndescribe:", `largest is 0, which is out of range: it must be at least 1`},
		{"a p that is no percentage", "study.yaml", "describe:", "disclosure: {dominance: {p_percent: -1}}\ndescribe:", `p_percent is -1, which is out of range`},
		{"an unknown rule", "study.yaml", "describe:", "disclosure: {dominance: {shared: 0.5}}\ndescribe:", `unknown name "shared"; did you mean "share"?`},
		{"rules without content", "study.yaml", "describe:", "disclosure: {dominance: {}}\ndescribe:", `dominance`},
		{"an amount that is no number", "codebook.yaml", "    type: category\n", "    type: category\n    amount: person\n", `x/codebook.yaml:22:13: race is category, and only numbers can be amounts of money; remove amount`},
		{"an amount that nobody has", "codebook.yaml", "amount: person", "amount: persn", `there is no variable "persn"; did you mean "person"?`},
		{"an amount that is said to be one", "codebook.yaml", "amount: person", "amount: true", `amount`},
		{"an amount that is its owner", "codebook.yaml", "amount: person", "amount: earnings_1974", `write person, or a column whose values tell apart who has the amounts`},
		{"an amount of projects that there are none of", "codebook.yaml", "amount: person", "amount: project", `earnings_1974 is the project's, and the study has no projects; write person, or another column`},
		{"an unknown way to hide small counts", "study.yaml", "describe:", "disclosure: {method: rounding}\ndescribe:", `x/study.yaml:46:22: method is "rounding" (it must be one of suppress, round)`},
		{"a base of rounding that hides too little", "study.yaml", "describe:", "disclosure: {method: round, base: 4}\ndescribe:", `x/study.yaml:46:35: base is "4" (it must be one of 3, 5)`},
		{"a base that is text", "study.yaml", "describe:", "disclosure: {method: round, base: \"3\"}\ndescribe:", `x/study.yaml:46:35: base is the text "3", and must be a number; write it without quotes`},
		{"a threshold beyond all numbers", "study.yaml", "describe:", "disclosure: {threshold: 99999999999999999999}\ndescribe:", `which is out of range: it must be at most 1000000`},
		{"a base where nothing is rounded", "study.yaml", "describe:", "disclosure: {base: 3}\ndescribe:", `x/study.yaml:46:14: a base is that of rounding, and small counts are suppressed here; add method: round, or take base away`},
		{"a number that is too large", "study.yaml", "kind: nearest, caliper: 0.2, exact", "kind: nearest, ratio: 1000, exact", `ratio is 1000, which is out of range: it must be at most 100`},
		{"a number that must be above another", "study.yaml", "caliper: 0.2, exact", "caliper: 0, exact", `caliper is 0, which is out of range: it must be more than 0`},
		{"an empty text", "study.yaml", "label: {nb: Like menn, en: Like men}", `label: ""`, `label is empty; write a text`},
		{"an empty text in one language", "study.yaml", "label: {nb: Like menn, en: Like men}", `label: {nb: Like menn, en: ""}`, `x/study.yaml:63:5: label is empty; write a text`},
		{"clusters that are the outcome", "study.yaml", "    covariates: age", "    cluster: outcome\n    covariates: age", `x/study.yaml:65:14: outcome is the outcome, and persons do not belong together by what becomes of them; name a column such as a place`},
		{"the outcome in a balance table", "study.yaml", "    covariates: age", "    balance: [married, outcome]\n    covariates: age", `outcome is the outcome, which is what is compared; take it out`},
		{"rates by the outcome", "study.yaml", "describe:", "decomposition: {all: {label: All, model: individual, blocks: {all: {label: All, variables: [background, earnings]}}, tables: [race, outcome]}}\ndescribe:", `outcome is the outcome, whose rates are compared; take it out`},
		{"a bootstrap of the schemes", "study.yaml", "describe:", "decomposition: {all: {label: All, model: individual, cluster: scheme, blocks: {all: {label: All, variables: [background, earnings]}}, tables: [race]}}\ndescribe:", `scheme cannot be one, name a column such as a place`},
		{"earnings on a page of shares", "study.yaml", "matching:", "certainty: {a: {matching: earnings, method: nearest}}\nmatching:", `the matching "earnings" is of earnings_1978, and the page puts estimates of outcome on one scale; name a matching of that, or take this out`},
		{"a key that is no name", "study.yaml", "describe:", "decomposition: {all: {label: All, model: individual, blocks: {Bak-grunn: {label: All, variables: [background, earnings]}}, tables: [race]}}\ndescribe:", `x/study.yaml:46:63: "Bak-grunn" is no name here; use small letters, digits and _ and begin with a letter`},
		{"a model whose key is no name", "study.yaml", "  individual:\n", "  Individual:\n", `"Individual" is no name here`},
		{"an alias", "study.yaml", "re74: number, re75: number", "re74: &n number, re75: *n", `aliases (*n) are not read; write the value out`},
		{"an empty file", "study.yaml", "", "", ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := folder(t, c.file, c.old, c.new)
			if c.want == "" {
				files[c.file] = &fstest.MapFile{}
				c.want = "x/study.yaml:1:1: the file must hold names and values"
			}
			_, err := Load(files, "x")
			if err == nil {
				t.Fatal("nothing is said")
			}
			found := false
			for _, line := range strings.Split(err.Error(), "\n") {
				found = found || strings.Contains(line, c.want)
				if !strings.HasPrefix(line, "x/") || strings.Count(line, ":") < 3 {
					t.Errorf("a line without a place: %s", line)
				}
			}
			if !found {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

// Rules for amounts in a study without amounts are a mistake: they would hide nothing.
func TestDominanceNeedsAmounts(t *testing.T) {
	files := folder(t, "study.yaml", "describe:", "disclosure: {dominance: {share: 0.6}}\ndescribe:")
	if s, err := Load(files, "x"); err != nil || s.Disclosure.Dominance != (Dominance{Largest: 1, Share: 0.6, Percent: 10}) {
		t.Fatalf("%v", err)
	}
	files["codebook.yaml"].Data = []byte(strings.ReplaceAll(string(files["codebook.yaml"].Data), "    amount: person\n", ""))
	_, err := Load(files, "x")
	if want := "x/study.yaml:46:14: no variable of the codebook is an amount of money"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	files := folder(t, "study.yaml", "{variable: race}", "{variable: rase}")
	files["study.yaml"].Data = []byte(strings.Replace(string(files["study.yaml"].Data), "select: treat = '1'", "person: treat", 1))
	_, err := Load(files, "x")
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("want two lines, got\n%v", err)
	}
}

func TestNoStudy(t *testing.T) {
	_, err := Load(fstest.MapFS{}, "nowhere")
	if err == nil || !strings.Contains(err.Error(), "nowhere/study.yaml:1:1: there is no such file") {
		t.Error(err)
	}
}

// Codes are text as written, in every form that YAML would take for numbers.
func TestCodesStayText(t *testing.T) {
	files := folder(t, "codebook.yaml", `recode: {0: "0", 1: "1"}`, `recode: {0: [0301, 0x1F, 1e3, 08, no], 1: "1"}`)
	s, err := Load(files, "x")
	if err != nil {
		t.Fatal(err)
	}
	v, _ := s.Codebook.Variables.Get("married")
	rule, _ := v.From.Get("trained")
	if got := strings.Join(rule.Recode.To[0].Value, " "); got != "0301 0x1F 1e3 08 no" {
		t.Errorf("codes became %q", got)
	}
}

// TestDamagedFiles: a study with bytes changed, cut out and doubled at random
// loads or tells what is wrong and where; it never panics.
func TestDamagedFiles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"study.yaml", "codebook.yaml"} {
		good := folder(t, name, "", "")[name].Data
		for range 300 {
			text := slices.Clone(good)
			for range 1 + r.IntN(6) {
				at := r.IntN(len(text))
				switch r.IntN(3) {
				case 0:
					text[at] = byte(r.IntN(256))
				case 1:
					text = slices.Delete(text, at, min(len(text), at+r.IntN(20)))
				default:
					text = slices.Insert(text, at, text[:r.IntN(len(text))]...)
				}
			}
			files := folder(t, name, "", "")
			files[name] = &fstest.MapFile{Data: text}
			if _, err := Load(files, "x"); err != nil && !strings.HasPrefix(err.Error(), "x/") {
				t.Fatalf("a problem without a place: %v", err)
			}
		}
	}
}

// FuzzLoad: nothing in a YAML file may panic, and every problem has a place.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{"study.yaml", "codebook.yaml"} {
		text, err := os.ReadFile(filepath.Join("../studies/nsw", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, name == "study.yaml")
	}
	f.Add([]byte("a: {b: [1, &x 2, *x]}"), true)
	f.Add([]byte("? [a]\n: b"), false)
	f.Fuzz(func(t *testing.T, text []byte, asStudy bool) {
		name := map[bool]string{true: "study.yaml", false: "codebook.yaml"}[asStudy]
		files := fstest.MapFS{}
		for _, other := range []string{"study.yaml", "codebook.yaml"} {
			content, err := os.ReadFile(filepath.Join("../studies/nsw", other))
			if err != nil {
				t.Fatal(err)
			}
			files[other] = &fstest.MapFile{Data: content}
		}
		files[name] = &fstest.MapFile{Data: text}
		if _, err := Load(files, "x"); err != nil && !strings.HasPrefix(err.Error(), "x/") {
			t.Errorf("a problem without a place: %v", err)
		}
	})
}

// TestNoneOfAKind: a name of a kind of which the study has none.
func TestNoneOfAKind(t *testing.T) {
	files := folder(t, "study.yaml", "matching:", "matching:")
	text, _, _ := strings.Cut(string(files["study.yaml"].Data), "matching:")
	files["study.yaml"].Data = []byte(text + "certainty: {a: {matching: alike, method: nearest}}\n")
	_, err := Load(files, "x")
	if err == nil || !strings.Contains(err.Error(), `there is no matching "alike", nor any other; add it, or take this out`) {
		t.Error(err)
	}
}
