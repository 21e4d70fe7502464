package report

import (
	"slices"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/figure"
	"bidrag/publish/table"
	"bidrag/study"
)

// A scheme as sentences and figures need it.
type scheme struct {
	key    string
	label  string // as a heading
	name   string // inside a sentence
	plain  string // inside brackets
	people string // its participants, inside a sentence
	series figure.Series
	style  string // focus, reference or empty
}

// A writer makes one report.
type writer struct {
	study   *study.Study
	numbers *disclose.Cleared
	lang    string
	locale  table.Locale
	words   *words
	casing  casing
	report  *Report
	err     error // the first mistake in the report's own texts

	schemes          []scheme // in the study's order
	focus, reference scheme   // what the comparisons are between
	sample           string   // what the description describes

	chapter *Chapter // being written
	at      *Section // where blocks go
}

func newWriter(s *study.Study, cleared *disclose.Cleared, lang string) (*writer, error) {
	texts, err := loadWords(lang)
	if err != nil {
		return nil, err
	}
	w := &writer{
		study: s, numbers: cleared, lang: lang, locale: table.NewLocale(lang), words: texts,
		casing: newCasing(studyTexts(s, lang)), sample: s.Describe.Sample,
	}
	w.report = &Report{
		Lang: lang, Title: s.Title.In(lang), Subtitle: s.Subtitle.In(lang), Source: s.Source.In(lang),
		words: texts, locale: w.locale,
	}
	for _, e := range s.Schemes {
		w.schemes = append(w.schemes, w.newScheme(e.Key, e.Value))
	}
	for _, sc := range w.schemes {
		switch {
		case sc.key == s.Reference():
			w.reference = sc
		case w.focus.key == "":
			w.focus = sc
		}
	}
	return w, nil
}

// newScheme gives the reference and the first other scheme their looks.
func (w *writer) newScheme(key string, s study.Scheme) scheme {
	sc := scheme{key: key, label: s.Label.In(w.lang), people: s.Participants.In(w.lang)}
	name, ok := nameIn(sc.people, sc.label)
	sc.name, sc.plain = name, name
	if !ok {
		sc.name, sc.plain = w.quote(sc.label), sc.label
	}
	style := figure.Neutral
	if s.Reference {
		style, sc.style = figure.Reference, "reference"
	} else if !slices.ContainsFunc(w.schemes, func(o scheme) bool { return o.style == "focus" }) {
		style, sc.style = figure.Focus, "focus"
	}
	sc.series = figure.Series{Key: key, Label: sc.label, Style: style}
	return sc
}

func (w *writer) series() []figure.Series {
	out := make([]figure.Series, len(w.schemes))
	for i, s := range w.schemes {
		out[i] = s.series
	}
	return out
}

// get is the number of a key.
func (w *writer) get(k result.Key) disclose.Number { return w.numbers.Number(k) }

// quote puts a label that is not part of the sentence in the language's quotes.
func (w *writer) quote(label string) string { return w.word("quote", "text", label) }

// word is a text of the report, as it stands inside a sentence.
func (w *writer) word(key string, pairs ...string) string {
	text, err := w.words.fill(key, pairs...)
	if err != nil && w.err == nil {
		w.err = err
	}
	return text
}

// A phrase is a number in words. It is unsaid when the number is not shown.
type phrase struct {
	text string
	said bool
}

// say is a sentence. It is empty when a phrase in it is unsaid.
func (w *writer) say(key string, pairs ...any) string {
	texts := make([]string, 0, len(pairs))
	for _, p := range pairs {
		switch p := p.(type) {
		case string:
			texts = append(texts, p)
		case phrase:
			if !p.said {
				return ""
			}
			texts = append(texts, p.text)
		}
	}
	return capitalize(w.word(key, texts...))
}

// percent writes a share in a sentence: 73 prosent.
func (w *writer) percent(n disclose.Number) phrase {
	if !table.Has(n) {
		return phrase{}
	}
	return phrase{w.percentText(n.Value()), true}
}

func (w *writer) percentText(share float64) string {
	switch p := share * 100; {
	case p > 0 && p < 0.5:
		return w.word("percent.under")
	case p >= 99.5 && p < 100:
		return w.word("percent.over")
	default:
		return w.word("percent", "n", w.locale.Decimal(p, 0))
	}
}

// count writes a whole number.
func (w *writer) count(n disclose.Number) phrase {
	if !table.Has(n) {
		return phrase{}
	}
	return phrase{w.locale.Count(n.Value()), true}
}

// cardinal writes a small whole number as a word.
func (w *writer) cardinal(n int) string {
	if text, ok := w.words.texts["number."+strconv.Itoa(n)]; ok {
		return text
	}
	return w.locale.Count(float64(n))
}

// variable returns a variable's label as a heading. That of a 0/1 variable
// names its level 1, so its short name is the heading when it has one.
func (w *writer) variable(name string) string {
	v, _ := w.study.Codebook.Variables.Get(name)
	if v.Type == study.Binary && !v.Short.IsZero() {
		return v.Short.In(w.lang)
	}
	if label := v.Label.In(w.lang); label != "" {
		return label
	}
	return name
}

// topic is a variable's label inside a sentence, after "by". The label of a 0/1
// variable without a short name is no noun ("married") and stands in quotes.
func (w *writer) topic(name string) string {
	v, _ := w.study.Codebook.Variables.Get(name)
	if v.Type == study.Binary && v.Short.IsZero() {
		return w.quote(w.variable(name))
	}
	return w.casing.inside(w.variable(name))
}

// studyTexts are the texts of a study in a language.
func studyTexts(s *study.Study, lang string) []string {
	var out []string
	add := func(texts ...study.Text) {
		for _, t := range texts {
			out = append(out, t.In(lang))
		}
	}
	add(s.Title, s.Subtitle, s.Source)
	for _, e := range s.Schemes {
		add(e.Value.Label, e.Value.Participants)
	}
	for _, e := range s.Codebook.Variables {
		add(e.Value.Label, e.Value.Short, e.Value.Unit)
		for _, l := range e.Value.Levels {
			add(l.Value)
		}
	}
	for _, e := range s.Models {
		add(e.Value.Label)
		for _, g := range e.Value.Groups {
			add(g.Value.Label)
		}
	}
	for _, e := range s.Samples {
		add(e.Value.Label)
	}
	return out
}
