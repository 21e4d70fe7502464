package formula

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

type goldenTerms struct {
	Formula   string   `json:"formula"`
	Labels    []string `json:"labels"`
	Intercept bool     `json:"intercept"`
}

type goldenBar struct {
	Labels    []string `json:"labels"`
	Intercept bool     `json:"intercept"`
	Group     string   `json:"group"`
}

// golden holds what R and lme4 make of formulas; see testdata/terms.R.
type golden struct {
	Fixed  []goldenTerms `json:"fixed"`
	Random []struct {
		Formula string      `json:"formula"`
		Random  []goldenBar `json:"random"`
	} `json:"random"`
}

func readGolden(t testing.TB) golden {
	t.Helper()
	text, err := os.ReadFile("testdata/terms.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestTermsAreThoseOfR(t *testing.T) {
	for _, want := range readGolden(t).Fixed {
		f, err := Parse(want.Formula)
		if err != nil {
			t.Errorf("%s: %v", want.Formula, err)
			continue
		}
		terms, err := f.Terms()
		if err != nil {
			t.Errorf("%s: %v", want.Formula, err)
			continue
		}
		got := goldenTerms{want.Formula, terms.Labels(), terms.Intercept}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-R +ours):\n%s", want.Formula, diff)
		}
	}
}

// TestRandomTermsAreThoseOfLme4 compares as sets: the order of independent
// random terms has no meaning.
func TestRandomTermsAreThoseOfLme4(t *testing.T) {
	for _, want := range readGolden(t).Random {
		f, err := Parse(want.Formula)
		if err != nil {
			t.Errorf("%s: %v", want.Formula, err)
			continue
		}
		var got []goldenBar
		for _, r := range f.Random {
			got = append(got, goldenBar{r.Left.Labels(), r.Left.Intercept, r.Name})
		}
		if diff := cmp.Diff(sorted(want.Random), sorted(got)); diff != "" {
			t.Errorf("%s (-lme4 +ours):\n%s", want.Formula, diff)
		}
	}
}

func sorted(bars []goldenBar) map[string]int {
	out := map[string]int{}
	for _, b := range bars {
		text, _ := json.Marshal(b)
		out[string(text)]++
	}
	return out
}

func TestPrintingIsAFixedPoint(t *testing.T) {
	for _, g := range readGolden(t).Fixed {
		first, err := Parse(g.Formula)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Parse(first.String())
		if err != nil {
			t.Errorf("%s prints as %s: %v", g.Formula, first, err)
		} else if first.String() != second.String() {
			t.Errorf("%s prints as %s and then as %s", g.Formula, first, second)
		}
	}
}

func TestPartsOfAFormula(t *testing.T) {
	f, err := Parse("cbind(s, n-s) ~ a + offset(log(t)) + (1|g/h) + b - offset_free")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.String(), "cbind(s, n - s) ~ a + offset(log(t)) + (1 | g/h) + b - offset_free"; got != want {
		t.Errorf("printed %s, want %s", got, want)
	}
	if got, want := f.Fixed.String(), "a + b - offset_free"; got != want {
		t.Errorf("fixed part %s, want %s", got, want)
	}
	if len(f.Offsets) != 1 || f.Offsets[0].String() != "log(t)" {
		t.Errorf("offsets %v", f.Offsets)
	}
	var names []string
	for _, n := range f.Names() {
		names = append(names, n.Name)
	}
	if diff := cmp.Diff(strings.Fields("s n a t g h b offset_free"), names); diff != "" {
		t.Error(diff)
	}
	if len(f.Random) != 2 || f.Random[0].Name != "h:g" || len(f.Random[0].Group) != 2 || f.Random[0].Column != 38 {
		t.Errorf("random terms %+v", f.Random)
	}
}

func TestErrorsPointAtTheColumn(t *testing.T) {
	for _, c := range []struct {
		formula string
		column  int
		says    string
	}{
		{"", 1, "the formula ends where a variable was expected"},
		{"y", 2, "~ between the response and the terms"},
		{"y ~", 4, "ends where a variable"},
		{"y ~ a +", 8, "ends where a variable"},
		{"y ~ a b", 7, `"b" stands where an operator`},
		{"y ~ a + * b", 9, "* stands where a variable"},
		{"y ~ (a + b", 5, "never closed"},
		{"y ~ a)", 6, ") stands where an operator"},
		{"y ~ log(a", 8, "never closed"},
		{"y ~ a == b", 7, "0/1 column"},
		{"y ~ 'a'", 5, "backquotes"},
		{"y ~ `a", 5, "never closed"},
		{"y ~ ``", 5, "no name between"},
		{"y ~ .", 5, "name the columns"},
		{"y ~ 2a", 5, "backquotes"},
		{"y ~ _a", 5, "backquotes"},
		{"y ~ a %% b", 7, "%in%"},
		{"y ~ a ; b", 7, "no meaning"},
		{"y ~ 2", 5, "I(2 * x)"},
		{"y ~ x + 2*z", 9, "I(2 * x)"},
		{"y ~ x + sin(z)", 9, "no function sin()"},
		{"y ~ age(x)", 5, "written with * or :"},
		{"y ~ log(x, 2)", 5, "log(x)"},
		{"y ~ poly(x)", 5, "poly(x, degree)"},
		{"y ~ poly(x, k)", 13, "whole number"},
		{"y ~ poly(x, 0)", 13, "whole number"},
		{"y ~ log(a:b)", 10, "joins terms"},
		{"y ~ log(offset(b))", 9, "a term of its own"},
		{"y ~ a*offset(b)", 7, "added with +"},
		{"y ~ cbind(a, b)", 5, "left of the tilde"},
		{"a:b ~ c", 2, "joins terms"},
		{"log(cbind(a, b)) ~ c", 5, "whole response"},
		{"y ~ a + y", 9, "is the response"},
		{"log(y) ~ a*log(y)", 12, "is the response"},
		{"y ~ a:1", 6, "a variable on both sides"},
		{"y ~ 1/a", 6, "a variable on both sides"},
		{"y ~ a^b", 7, "whole number"},
		{"y ~ a^0", 7, "whole number"},
		{"y ~ a | b", 7, "write (a | b)"},
		{"y ~ a*(1 | b)", 10, "added with +"},
		{"y ~ a - (1 | b)", 12, "added with +"},
		{"y ~ (0 | b)", 6, "nothing varies"},
		{"y ~ (1 | b + c)", 10, "no grouping"},
		{"y ~ (1 | 1)", 10, "no grouping"},
		{"y ~ (1 | a | b)", 8, "one | only"},
		{"y ~ (1 | (a/b):c)", 15, "separate terms"},
		{"y ~ a ~ b", 7, "~ stands where"},
		{"måloppnåelse ~ kjønn + *", 24, "* stands"},
		{"y ~ (a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p)^9", 38, "more than"},
		{"y ~ " + strings.Repeat("(", 300), 205, "nested deeper"},
		{"y ~ " + strings.Repeat("a", 1<<17), 1 << 16, "longer than"},
		{"y ~ 1e999", 5, "not a number that can be held"},
	} {
		_, err := Parse(c.formula)
		e, ok := err.(*Error)
		if !ok {
			t.Errorf("%.40s: error %v, want one at column %d", c.formula, err, c.column)
			continue
		}
		if e.Column != c.column || !strings.Contains(e.Message, c.says) {
			t.Errorf("%.40s: %v; want column %d and %q", c.formula, e, c.column, c.says)
		}
	}
}

// FuzzParse: no text makes the parser panic, an error has a column within the
// text, and what was parsed prints as something that parses to the same.
func FuzzParse(f *testing.F) {
	for _, g := range readGolden(f).Fixed {
		f.Add(g.Formula)
	}
	for _, g := range readGolden(f).Random {
		f.Add(g.Formula)
	}
	for _, text := range []string{"y ~ (a||b/c:d) %in% 3^-2", "`\\``~.a", "y~((((1|", "~-+-+1", "y~poly(x,1e0)", "\xff~\xc3"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := Parse(text)
		if err != nil {
			e := err.(*Error)
			if e.Column < 1 || e.Column > utf8.RuneCountInString(text)+1 || e.Message == "" {
				t.Errorf("%q: %v", text, e)
			}
			return
		}
		again, err := Parse(parsed.String())
		if err != nil {
			t.Fatalf("%q prints as %q: %v", text, parsed, err)
		}
		if parsed.String() != again.String() {
			t.Errorf("%q prints as %q, then as %q", text, parsed, again)
		}
		one, _ := parsed.Terms()
		two, _ := again.Terms()
		if diff := cmp.Diff(one.Labels(), two.Labels()); diff != "" {
			t.Errorf("%q and %q differ in terms: %s", text, parsed, diff)
		}
	})
}
