package study

import (
	"fmt"

	yaml "go.yaml.in/yaml/v4"
)

// A Text is something shown to a reader, in both languages.
type Text struct {
	NB string `yaml:"nb"`
	EN string `yaml:"en"`
}

// In returns the text in a language, "nb" or "en".
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.NB
}

// IsZero tells whether there is no text.
func (t Text) IsZero() bool { return t == Text{} }

// UnmarshalYAML reads {nb: …, en: …}, or one text that serves both languages.
func (t *Text) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		t.NB, t.EN = n.Value, n.Value
		return nil
	}
	type plain Text
	return n.Decode((*plain)(t))
}

// A Map is a YAML mapping that keeps the order in which it was written. Keys
// are the text as written: 0301 stays "0301".
type Map[T any] []Entry[T]

// An Entry is one key of a Map with its value.
type Entry[T any] struct {
	Key   string
	Value T
}

// UnmarshalYAML reads a mapping.
func (m *Map[T]) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a mapping is wanted here", n.Line)
	}
	*m = make(Map[T], len(n.Content)/2)
	for i := range *m {
		e := &(*m)[i]
		e.Key = n.Content[2*i].Value
		if text, ok := any(&e.Value).(*string); ok {
			*text = n.Content[2*i+1].Value
			continue
		}
		if err := n.Content[2*i+1].Decode(&e.Value); err != nil {
			return err
		}
	}
	return nil
}

// Get returns the value of a key.
func (m Map[T]) Get(key string) (T, bool) {
	for _, e := range m {
		if e.Key == key {
			return e.Value, true
		}
	}
	var zero T
	return zero, false
}

// Keys returns the keys in order.
func (m Map[T]) Keys() []string {
	keys := make([]string, len(m))
	for i, e := range m {
		keys[i] = e.Key
	}
	return keys
}

// Codes are texts of an extract: one, or a list. They are kept as written.
type Codes []string

// UnmarshalYAML reads one code or a list of codes.
func (c *Codes) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*c = Codes{n.Value}
		return nil
	}
	*c = make(Codes, len(n.Content))
	for i, item := range n.Content {
		(*c)[i] = item.Value
	}
	return nil
}

// UnmarshalYAML reads a mapping from new value to codes; the key "missing"
// holds the codes that become missing.
func (r *Recode) UnmarshalYAML(n *yaml.Node) error {
	var all Map[Codes]
	if err := n.Decode(&all); err != nil {
		return err
	}
	for _, e := range all {
		if e.Key == "missing" {
			r.Missing = e.Value
		} else {
			r.To = append(r.To, e)
		}
	}
	return nil
}
