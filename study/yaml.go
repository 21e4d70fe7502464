package study

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	yaml "go.yaml.in/yaml/v4"

	"bidrag/study/problem"
)

// A document is a YAML file with the place of everything in it.
type document struct {
	file string
	root *yaml.Node // a mapping
}

// parse reads YAML text. Syntax errors, duplicate keys, aliases and documents
// that are no mapping are problems.
func parse(file string, text []byte) (*document, error) {
	var problems problem.List
	var top yaml.Node
	if err := yaml.Unmarshal(text, &top); err != nil {
		line, message := syntaxError(err)
		problems.Add(file, line, 1, "%s; check the indentation, the brackets and the quotes here", message)
		return nil, problems.Err()
	}
	if len(top.Content) == 0 || top.Content[0].Kind != yaml.MappingNode {
		problems.Add(file, 1, 1, "the file must hold names and values (name: value), and does not; see docs/study.md")
		return nil, problems.Err()
	}
	checkNodes(file, top.Content[0], &problems)
	return &document{file, top.Content[0]}, problems.Err()
}

var yamlLine = regexp.MustCompile(`line (\d+)(?:, column \d+)?: *`)

// syntaxError takes the line out of an error of the YAML reader.
func syntaxError(err error) (line int, message string) {
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = strings.Replace(message, m[0], "", 1)
	}
	return line, "not valid YAML: " + strings.TrimSpace(message)
}

// checkNodes reports duplicate keys, keys that are no plain text, and aliases
// (which would make one place in the file mean several things).
func checkNodes(file string, n *yaml.Node, problems *problem.List) {
	if n.Kind == yaml.AliasNode {
		problems.Add(file, n.Line, n.Column, "aliases (*%s) are not read; write the value out", n.Value)
		return
	}
	if n.Kind == yaml.MappingNode {
		seen := map[string]int{}
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode {
				problems.Add(file, key.Line, key.Column, "a name is wanted before the colon")
				continue
			}
			if first, twice := seen[key.Value]; twice {
				problems.Add(file, key.Line, key.Column, "the key %q stands twice; it is first on line %d. Remove one", key.Value, first)
				continue
			}
			seen[key.Value] = key.Line
		}
	}
	for _, c := range n.Content {
		checkNodes(file, c, problems)
	}
}

// find walks to a value; it returns the deepest node on the path that exists,
// the key that leads there, and whether the whole path does.
func (d *document) find(path []string) (node, key *yaml.Node, found bool) {
	node = d.root
	for _, step := range path {
		next, nextKey := child(node, step)
		if next == nil {
			return node, key, false
		}
		node, key = next, nextKey
	}
	return node, key, true
}

func child(n *yaml.Node, step string) (value, key *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1], n.Content[i]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	}
	return nil, nil
}

// place returns where a value stands: for a mapping, where its key is.
func (d *document) place(path ...string) (file string, line, column int) {
	node, key, _ := d.find(path)
	if node.Kind != yaml.ScalarNode && key != nil {
		node = key
	}
	return d.file, node.Line, node.Column
}

// keyPlace returns where a key of the mapping at path stands.
func (d *document) keyPlace(path []string, name string) (line, column int) {
	node, _, _ := d.find(path)
	if _, key := child(node, name); key != nil {
		return key.Line, key.Column
	}
	_, line, column = d.place(path...)
	return line, column
}

// anyKey returns where a key stands: in the mapping at path, or else the first in
// the document, as the library tells of no reliable path to a key.
func (d *document) anyKey(path []string, name string) (line, column int) {
	if node, _, found := d.find(path); found {
		if _, key := child(node, name); key != nil {
			return key.Line, key.Column
		}
	}
	var look func(n *yaml.Node) *yaml.Node
	look = func(n *yaml.Node) *yaml.Node {
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 && c.Value == name {
				return c
			}
			if key := look(c); key != nil {
				return key
			}
		}
		return nil
	}
	if key := look(d.root); key != nil {
		return key.Line, key.Column
	}
	return 1, 1
}

// instance is the document as a JSON schema sees it. A scalar is a boolean or
// number only when it is written as one; a number with a leading zero is text.
func instance(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = instance(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		s := make([]any, len(n.Content))
		for i, c := range n.Content {
			s[i] = instance(c)
		}
		return s
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && !leadingZero(n.Value) {
			return f
		}
	}
	return n.Value
}

func leadingZero(s string) bool {
	return len(s) > 1 && s[0] == '0' && s[1] != '.'
}

// validate checks the document against a schema and reports every problem in
// plain words.
func (d *document) validate(schema *jsonschema.Schema) error {
	err := schema.Validate(instance(d.root))
	if err == nil {
		return nil
	}
	var problems problem.List
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		problems.Add(d.file, 1, 1, "%v", err)
		return problems.Err()
	}
	d.explain(schema, invalid, &problems)
	return problems.Err()
}

// explain turns the leaves of a validation error into problems.
func (d *document) explain(schema *jsonschema.Schema, e *jsonschema.ValidationError, problems *problem.List) {
	switch k := e.ErrorKind.(type) {
	case *kind.OneOf, *kind.AnyOf:
		_, line, column := d.place(e.InstanceLocation...)
		node, _, _ := d.find(e.InstanceLocation)
		problems.Add(d.file, line, column, "%s", describeAlternatives(last(e.InstanceLocation), node, e))
		return
	case *kind.AdditionalProperties:
		allowed := allowedNames(schema, e)
		for _, name := range slices.Sorted(slices.Values(k.Properties)) {
			line, column := d.keyPlace(e.InstanceLocation, name)
			problems.Add(d.file, line, column, "unknown name %q%s", name, suggest(name, allowed))
		}
		return
	case *kind.PropertyNames:
		line, column := d.anyKey(e.InstanceLocation, k.Property)
		problems.Add(d.file, line, column, "%q is no name here; use small letters, digits and _ and begin with a letter", k.Property)
		return
	}
	if len(e.Causes) > 0 {
		for _, c := range e.Causes {
			d.explain(schema, c, problems)
		}
		return
	}
	_, line, column := d.place(e.InstanceLocation...)
	node, _, _ := d.find(e.InstanceLocation)
	problems.Add(d.file, line, column, "%s", describeKind(last(e.InstanceLocation), node, e.ErrorKind))
}

func last(path []string) string {
	if len(path) == 0 {
		return "the file"
	}
	name := path[len(path)-1]
	if i, err := strconv.Atoi(name); err == nil && len(path) > 1 {
		return fmt.Sprintf("entry %d of %s", i+1, path[len(path)-2])
	}
	return name
}

func suggest(name string, allowed []string) string {
	if near := problem.DidYouMean(name, allowed); near != "" {
		return near
	}
	if len(allowed) == 0 {
		return "; remove it"
	}
	return "; known here are " + strings.Join(allowed, ", ")
}

// describeKind says what is wrong with one value and what is wanted.
func describeKind(name string, node *yaml.Node, k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Required:
		return fmt.Sprintf("%s lacks %s; add it", name, strings.Join(k.Missing, ", "))
	case *kind.Type:
		return fmt.Sprintf("%s must be %s, and is %s", name, kinds(k.Want), kinds([]string{k.Got}))
	case *kind.Enum:
		want := make([]string, len(k.Want))
		for i, w := range k.Want {
			want[i] = fmt.Sprint(w)
		}
		if _, text := k.Got.(string); text && slices.Contains(want, node.Value) {
			return fmt.Sprintf("%s is the text %q, and must be a number; write it without quotes", name, node.Value)
		}
		return fmt.Sprintf("%s is %q%s (%s)", name, node.Value, problem.DidYouMean(node.Value, want), "it must be one of "+strings.Join(want, ", "))
	case *kind.Pattern:
		return fmt.Sprintf("%s is %q, which is no name here; use small letters, digits and _ and begin with a letter", name, node.Value)
	case *kind.MaxItems:
		return fmt.Sprintf("%s has %d values, and must have %d", name, k.Got, k.Want)
	case *kind.MinItems:
		if k.Got > 0 {
			return fmt.Sprintf("%s has %d value, and must have %d", name, k.Got, k.Want)
		}
		return name + " is empty; write at least one"
	case *kind.MinProperties:
		return name + " is empty; write at least one"
	case *kind.MinLength:
		return name + " is empty; write a text"
	case *kind.Minimum:
		return outOfRange(name, node, "at least", k.Want)
	case *kind.Maximum:
		return outOfRange(name, node, "at most", k.Want)
	case *kind.ExclusiveMinimum:
		return outOfRange(name, node, "more than", k.Want)
	case *kind.ExclusiveMaximum:
		return outOfRange(name, node, "less than", k.Want)
	default:
		return fmt.Sprintf("%s is not as it should be (%v); see docs/study.md", name, k)
	}
}

// outOfRange says of a number where its range ends.
func outOfRange(name string, node *yaml.Node, must string, limit *big.Rat) string {
	end, _ := limit.Float64()
	return fmt.Sprintf("%s is %s, which is out of range: it must be %s %s", name, node.Value, must, strconv.FormatFloat(end, 'f', -1, 64))
}

func kinds(names []string) string {
	plain := map[string]string{"object": "names and values", "array": "a list", "string": "text",
		"number": "a number", "integer": "a whole number", "boolean": "true or false", "null": "empty"}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = plain[n]
	}
	return strings.Join(out, " or ")
}

// describeAlternatives says which of several forms is wanted. Where the value
// has the shape of one of them, what that one lacks is said.
func describeAlternatives(name string, node *yaml.Node, e *jsonschema.ValidationError) string {
	var wants []string
	for _, c := range e.Causes {
		leaf := c
		for len(leaf.Causes) > 0 {
			leaf = leaf.Causes[0]
		}
		switch k := leaf.ErrorKind.(type) {
		case *kind.Required:
			if len(e.Causes) == 2 && node.Kind == yaml.MappingNode {
				return describeKind(name, node, k)
			}
			wants = append(wants, strings.Join(k.Missing, " and "))
		case *kind.MinLength:
			return describeKind(name, node, k)
		case *kind.Type:
			wants = append(wants, kinds(k.Want))
		}
	}
	slices.Sort(wants)
	wants = slices.Compact(wants)
	if len(wants) == 0 {
		return name + ": several of the alternatives are given at once; keep one"
	}
	return name + ": exactly one of these is wanted: " + strings.Join(wants, "; ")
}

// allowedNames returns the properties of the schema that refused a name.
func allowedNames(schema *jsonschema.Schema, e *jsonschema.ValidationError) []string {
	at := schemaAt(schema, e.SchemaURL, map[*jsonschema.Schema]bool{})
	if at == nil {
		return nil
	}
	names := make([]string, 0, len(at.Properties))
	for name := range at.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// schemaAt finds the subschema with a location.
func schemaAt(s *jsonschema.Schema, location string, seen map[*jsonschema.Schema]bool) *jsonschema.Schema {
	if s == nil || seen[s] {
		return nil
	}
	seen[s] = true
	if s.Location == location {
		return s
	}
	children := slices.Concat(s.AllOf, s.AnyOf, s.OneOf)
	children = append(children, s.Ref, s.Items2020, s.PropertyNames)
	if extra, ok := s.AdditionalProperties.(*jsonschema.Schema); ok {
		children = append(children, extra)
	}
	for _, p := range s.Properties {
		children = append(children, p)
	}
	for _, c := range children {
		if found := schemaAt(c, location, seen); found != nil {
			return found
		}
	}
	return nil
}
