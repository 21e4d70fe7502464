package report

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Both languages have the same texts with the same places to fill.
func TestLanguagesAreComplete(t *testing.T) {
	nb, err := loadWords("nb")
	if err != nil {
		t.Fatal(err)
	}
	en, err := loadWords("en")
	if err != nil {
		t.Fatal(err)
	}
	for key, text := range nb.texts {
		other, ok := en.texts[key]
		if !ok {
			t.Errorf("en has no %q", key)
			continue
		}
		a, b := placeholder.FindAllString(text, -1), placeholder.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s is filled with %v in nb and %v in en", key, a, b)
		}
		if text == "" || other == "" {
			t.Errorf("%s is empty", key)
		}
	}
	for key := range en.texts {
		if _, ok := nb.texts[key]; !ok {
			t.Errorf("nb has no %q", key)
		}
	}
	if _, err := loadWords("se"); err == nil {
		t.Error("there are words in se")
	}
}

// Every text is used: by its key, or by the beginning of it.
func TestEveryTextIsUsed(t *testing.T) {
	var sources strings.Builder
	for _, pattern := range []string{"*.go", "*.tmpl"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(text)
		}
	}
	nb, err := loadWords("nb")
	if err != nil {
		t.Fatal(err)
	}
	for key := range nb.texts {
		family := key[:strings.LastIndex(key, ".")+1]
		if !strings.Contains(sources.String(), `"`+key+`"`) && (family == "" || !strings.Contains(sources.String(), `"`+family+`"`)) {
			t.Errorf("nothing uses %q", key)
		}
	}
}

func TestLabelsInsideSentences(t *testing.T) {
	c := newCasing([]string{"Level of Norwegian", "participants in the Introduction Act", "an introduction", "Sex", "Race"})
	for label, want := range map[string]string{
		"Norwegian tuition":      "Norwegian tuition", // a name, as in "Level of Norwegian"
		"Introduction programme": "introduction programme",
		"Sex":                    "sex",
		"AMO courses":            "AMO courses",
		"B2":                     "B2",
		"Århus":                  "århus",
		"":                       "",
		"10 per cent":            "10 per cent",
	} {
		if got := c.inside(label); got != want {
			t.Errorf("%q inside a sentence is %q, want %q", label, got, want)
		}
	}
}

func TestNamesOfSchemes(t *testing.T) {
	for _, c := range []struct{ participants, label, want string }{
		{"participants in the introduction programme", "Introduction programme", "the introduction programme"},
		{"deltakerne i Jobbsjansen", "Jobbsjansen", "Jobbsjansen"},
		{"sammenlikningsmennene", "Sammenlikning", ""}, // only a part of a word
		{"men in training", "Trained", ""},
		{"anyone", "", ""},
	} {
		if got, ok := nameIn(c.participants, c.label); got != c.want || ok != (c.want != "") {
			t.Errorf("%q in %q is called %q", c.label, c.participants, got)
		}
	}
}

// A bug stays fixed: a text that is not there is not a sign for a broken letter.
func TestCapitalize(t *testing.T) {
	for text, want := range map[string]string{"": "", "åtte": "Åtte", "Å": "Å", "«x»": "«x»"} {
		if got := capitalize(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// TestEveryWarningHasWords: each code of docs/fit.md is told in both languages.
func TestEveryWarningHasWords(t *testing.T) {
	guide, err := os.ReadFile("../../docs/fit.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(guide), "Warnings have these codes:")
	table, _, _ = strings.Cut(table, "## ")
	codes := regexp.MustCompile("(?m)^\\| `(\\w+)` ").FindAllStringSubmatch(table, -1)
	if len(codes) < 15 {
		t.Fatalf("%d codes found in the guide", len(codes))
	}
	for _, lang := range []string{"nb", "en"} {
		w, err := loadWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			if w.texts["warning."+code[1]] == "" {
				t.Errorf("%s: no words for the warning %s", lang, code[1])
			}
		}
	}
}
