package formula

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is left of the terms when a variable goes, with all that it is in.
func TestWithout(t *testing.T) {
	for _, c := range []struct {
		formula string
		names   []string
		want    []string
	}{
		{"y ~ a + b", []string{"a"}, []string{"b"}},
		{"y ~ a * b + log(a) + c", []string{"a"}, []string{"b", "c"}},
		{"y ~ b:a + c", []string{"a"}, []string{"c"}},
		{"y ~ (a + b + c)^2", []string{"a", "b"}, []string{"c"}},
		{"y ~ `født år` + b", []string{"født år"}, []string{"b"}},
		{"y ~ a", []string{"a"}, nil},
	} {
		f, err := Parse(c.formula)
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.Without(c.names...)
		if err != nil {
			t.Errorf("%s: %v", c.formula, err)
			continue
		}
		less, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		terms, err := less.Terms()
		if err != nil {
			t.Fatal(err)
		}
		got := terms.Labels()
		if len(got) == 0 {
			got = nil
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s without %v (-want +got):\n%s", c.formula, c.names, diff)
		}
	}
	for source, want := range map[string]string{
		"cbind(s, f) ~ 0 + a*b + offset(log(n)) + (1 | g/h) + (x || k)": "cbind(s, f) ~ 0 + b + offset(log(n)) + (1 | g/h) + (x || k)",
		"log(y) ~ a":           "log(y) ~ 1",
		"~ a + `b c` + I(d^2)": "~ `b c` + I(d^2)",
	} {
		f, err := Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.Without("a"); err != nil || got != want {
			t.Errorf("%s without a is %q (%v), want %q", source, got, err, want)
		}
	}
	f, err := Parse("y ~ a + b")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Without("c"); err == nil {
		t.Error("a variable that is not there goes without a word")
	}
}
