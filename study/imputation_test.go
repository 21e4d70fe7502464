package study

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// goodImputation is of the second shipped study, which has nothing to fill.
const goodImputation = "{variables: {age: {min: 16, max: education}, married: {}, race: {}, earnings_1975: {method: gaussian, min: 0}}, predictors: [education, no_degree], models: {individual: gross}, deltas: {age: [-1, 1]}}"

func loadWithImputation(t *testing.T, imputation string) (*Study, error) {
	t.Helper()
	return Load(folder(t, "study.yaml", "describe:\n", "imputation: "+imputation+"\ndescribe:\n"), "x")
}

// TestImputationDefaults: methods follow from the types of variables.
func TestImputationDefaults(t *testing.T) {
	s, err := loadWithImputation(t, goodImputation)
	if err != nil {
		t.Fatal(err)
	}
	m := s.Imputation
	if m.Sample != "gross" || m.Imputations != 20 || m.Iterations != 10 || m.Level != "mean" {
		t.Errorf("%+v", m)
	}
	for name, want := range map[string]string{"age": PMM, "married": Logistic, "race": Multinomial, "earnings_1975": GaussianFit} {
		if v, _ := m.Variables.Get(name); v.Method != want {
			t.Errorf("%s is filled by %q, want %q", name, v.Method, want)
		}
	}
}

// TestImputationOfWhatThereIsNot: each at its place, with what to do.
func TestImputationOfWhatThereIsNot(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"a variable", "married: {}", "maried: {}", `there is no variable "maried"; did you mean "married"?`},
		{"the outcome", "married: {}", "outcome: {}", "outcome is the outcome, by which the others are filled; take it out"},
		{"a method of another type", "race: {}", "race: {method: pmm}", "race is of the type category, which is not filled by pmm; use multinomial"},
		{"a method for a number", "method: gaussian", "method: logistic", "earnings_1975 is of the type number, which is not filled by logistic; use pmm or gaussian"},
		{"no method at all", "method: gaussian", "method: guess", "method"},
		{"a limit of a category", "race: {}", "race: {min: 1}", "race is of the type category, whose values have no limits; take it out"},
		{"an unknown limit", "max: education", "max: eductaion", `there is no number or variable "eductaion"; did you mean "education"?`},
		{"a limit that is a category", "max: education", "max: race", "race is of the type category, which is no limit; name a number"},
		{"a limit by itself", "max: education", "max: age", "age cannot be its own limit; name a number or another variable"},
		{"an infinite limit", "max: education", "max: inf", "inf is no limit; give a number, or leave it out"},
		{"limits that leave nothing", "max: education", "max: 15", "no value of age is at least 16 and at most 15; correct one of them"},
		{"a predictor", "no_degree]", "degree]", `there is no variable "degree"`},
		{"a predictor twice", "no_degree]", "education]", "education stands twice; keep one"},
		{"the scheme", "no_degree]", "scheme]", "scheme is in every imputation model without being named; take it out"},
		{"a predictor that is filled", "no_degree]", "married]", "married is in every imputation model without being named; take it out"},
		{"a sample", "variables: {age", "sample: grss, variables: {age", `there is no sample "grss"; did you mean "gross"?`},
		{"a cluster", "variables: {age", "cluster: town, variables: {age", `there is no column "town"`},
		{"the scheme as a cluster", "variables: {age", "cluster: scheme, variables: {age", "scheme is in every imputation model without being the cluster; name a column such as a place"},
		{"the outcome as a cluster", "variables: {age", "cluster: outcome, variables: {age", "outcome is in every imputation model without being the cluster"},
		{"a cluster that is filled", "variables: {age", "cluster: race, variables: {age", "race is filled and cannot be the cluster"},
		{"a level of no cluster", "variables: {age", "level: mean, variables: {age", "level says how the cluster enters, and there is no cluster; name one, or take level out"},
		{"a level", "variables: {age", "level: slope, variables: {age", "level"},
		{"a model", "individual: gross", "indivdual: gross", `there is no model "indivdual"; did you mean "individual"?`},
		{"the sample of a model", "individual: gross", "individual: grosss", `there is no sample "grosss"; did you mean "gross"?`},
		{"complete rows", "individual: gross", "individual: complete", "nobody in the sample complete lacks anything, so that nothing of it is filled; name a sample that has the others too, such as gross"},
		{"one imputation", "variables: {age", "imputations: 1, variables: {age", "imputations"},
		{"the delta of what is not filled", "deltas: {age", "deltas: {education", `there is no filled variable "education"`},
		{"the delta of a category", "deltas: {age", "deltas: {race", "race is a category, to which nothing can be added; take it out"},
		{"a delta of nothing", "[-1, 1]", "[0, 1]", "adding 0 changes nothing and is what the others are compared with; take it out"},
		{"a delta twice", "[-1, 1]", "[1, 1]", "1 stands twice; keep one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(goodImputation, c.old) {
				t.Fatalf("the section holds no %q", c.old)
			}
			_, err := loadWithImputation(t, strings.Replace(goodImputation, c.old, c.new, 1))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "x/study.yaml:4") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// TestImputationOfIndicators: the category is filled, and its columns follow.
func TestImputationOfIndicators(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"origin: {}", "origin_south_asia: {}", "origin_south_asia is made of the category origin; fill that, and its columns follow"},
		{"predictors: [year,", "predictors: [origin_south_asia,", "origin_south_asia is made of origin, which is filled and in every imputation model; take it out"},
		{"predictors: [year,", "predictors: [municipality,", "municipality is the cluster, whose level enters every imputation model; take it out"},
	} {
		files := fstest.MapFS{}
		for _, name := range []string{"study.yaml", "codebook.yaml", "targets.yaml"} {
			text, err := os.ReadFile("../studies/jobbsjansen-intro/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if name == "study.yaml" && strings.Count(string(text), c.old) != 1 {
				t.Fatalf("the study holds %q %d times", c.old, strings.Count(string(text), c.old))
			}
			files[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(text), c.old, c.new, 1))}
		}
		if _, err := Load(files, "x"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
