package study

import (
	"strings"
	"testing"
)

// What stands twice is told at the second, and what cannot be divided by is told too.
func TestOnceIsEnough(t *testing.T) {
	const before = "describe:\n"
	context := "context: {c: {label: C, unit: c, by: [race], sample: gross, "
	for _, c := range []struct{ name, old, new, want string }{
		{"an interaction", before, "    interactions: [race, race]\n" + before, "x/study.yaml:46:26: race stands twice; keep one"},
		{"an interaction with the scheme", before, "    interactions: [scheme]\n" + before, "x/study.yaml:46:20: scheme is what the differences are between; name what they may vary with"},
		{"a profile's schemes", before, "profiles: {p: {label: p, models: [individual], schemes: [trained, trained], values: {age: 30}}}\n" + before, "trained stands twice; keep one"},
		{"a profile's models", before, "profiles: {p: {label: p, models: [individual, individual], values: {age: 30}}}\n" + before, "individual stands twice; keep one"},
		{"missing by", before, "missing: {by: [race, race]}\n" + before, "race stands twice; keep one"},
		{"missing means", before, "missing: {means: [age, age]}\n" + before, "age stands twice; keep one"},
		{"a context's variables", before, context + "variables: [age, age]}}\n" + before, "age stands twice; keep one"},
		{"a correlation", before, context + "correlations: [[age, education], [age, education]]}}\n" + before, "the pair age, education stands twice; keep one"},
		{"a correlation with itself", before, context + "correlations: [[age, age]]}}\n" + before, "age is paired with itself; name two variables"},
		{"a cross", "  sample: complete\n  variables:", "  sample: complete\n  crossed: [[married, married]]\n  variables:", "married is paired with itself; name two variables"},
		{"measures by", "  sample: complete\n  variables:", "  sample: complete\n  measures_by: [race, race]\n  variables:", "race stands twice; keep one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(folder(t, "study.yaml", c.old, c.new), "x")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// What a model takes over from another is told of once, where it is written.
func TestWhatIsTakenOverIsToldOnce(t *testing.T) {
	for _, c := range []struct{ name, new, want string }{
		{"cluster", "    cluster: rase\n", `there is no column "rase"`},
		{"interactions", "    interactions: [rase]\n", `there is no variable "rase"`},
		{"groups", "", `there is no variable "earnings_1976"`},
	} {
		files := folder(t, "study.yaml", "describe:\n", c.new+"  other: {label: O, like: individual, drop: [married]}\ndescribe:\n")
		if c.new == "" {
			files["study.yaml"].Data = []byte(strings.Replace(string(files["study.yaml"].Data), "[earnings_1974, earnings_1975]", "[earnings_1974, earnings_1976]", 1))
		}
		_, err := Load(files, "x")
		if err == nil || strings.Count(err.Error(), c.want) != 1 {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}
