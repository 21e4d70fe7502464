package report

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

//go:embed text
var wordFiles embed.FS

// words are the report's own texts in one language, by key. In a text {name}
// is replaced by what the sentence is about.
type words struct{ texts map[string]string }

func loadWords(lang string) (*words, error) {
	folder := "text/" + lang
	files, err := wordFiles.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("the report is written in nb and en, not in %q", lang)
	}
	w := &words{map[string]string{}}
	for _, f := range files {
		name := folder + "/" + f.Name()
		content, err := wordFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var texts map[string]string
		if err := yaml.Unmarshal(content, &texts); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for key, text := range texts {
			if _, twice := w.texts[key]; twice {
				return nil, fmt.Errorf("%s: the text %q stands in another file too", name, key)
			}
			w.texts[key] = text
		}
	}
	return w, nil
}

var placeholder = regexp.MustCompile(`\{[a-z_0-9]+\}`)

// fill returns the text of a key with its placeholders replaced: pairs are
// name, value, name, value …
func (w *words) fill(key string, pairs ...string) (string, error) {
	text, ok := w.texts[key]
	if !ok {
		return "", fmt.Errorf("the report has no text %q", key)
	}
	values := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values["{"+pairs[i]+"}"] = pairs[i+1]
	}
	var missing error
	text = placeholder.ReplaceAllStringFunc(text, func(name string) string {
		value, ok := values[name]
		if !ok {
			missing = fmt.Errorf("the text %q wants %s", key, name)
		}
		return value
	})
	return text, missing
}

// capitalize makes the first letter of a sentence a capital.
func capitalize(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// casing knows which words of a language are written with a capital inside a
// sentence, from how the study's own texts write them.
type casing struct{ capital map[string]bool }

// newCasing learns from texts. A word counts as a name when it stands inside a
// text with a capital and nowhere without.
func newCasing(texts []string) casing {
	upper, lower := map[string]bool{}, map[string]bool{}
	for _, text := range texts {
		for i, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			first, _ := utf8.DecodeRuneInString(word)
			switch {
			case !unicode.IsUpper(first):
				lower[strings.ToLower(word)] = true
			case i > 0:
				upper[word] = true
			}
		}
	}
	c := casing{map[string]bool{}}
	for word := range upper {
		c.capital[word] = !lower[strings.ToLower(word)]
	}
	return c
}

// inside writes a label as it stands inside a sentence: its first letter small,
// unless its first word is a name or an abbreviation.
func (c casing) inside(label string) string {
	end := strings.IndexFunc(label, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	word := label
	if end >= 0 {
		word = label[:end]
	}
	first, size := utf8.DecodeRuneInString(label)
	if word == "" || c.capital[word] || strings.IndexFunc(word[size:], isSign) >= 0 || len(word) == size {
		return label
	}
	return string(unicode.ToLower(first)) + label[size:]
}

// isSign tells whether a letter after the first marks an abbreviation: AMO, B2.
func isSign(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) }

// nameIn finds how a scheme is called inside its participants' phrase
// ("participants in the introduction programme"), article included.
func nameIn(participants, label string) (string, bool) {
	i := strings.Index(strings.ToLower(participants), strings.ToLower(label))
	if i < 0 || label == "" {
		return "", false
	}
	end := i + len(label)
	if end > len(participants) {
		return "", false
	}
	if r, _ := utf8.DecodeRuneInString(participants[end:]); unicode.IsLetter(r) {
		return "", false
	}
	if r, _ := utf8.DecodeLastRuneInString(participants[:i]); unicode.IsLetter(r) {
		return "", false
	}
	if strings.HasSuffix(participants[:i], "the ") {
		i -= len("the ")
	}
	return participants[i:end], true
}
