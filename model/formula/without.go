package formula

import (
	"fmt"
	"slices"
)

// Without is the text of the formula less every term that a column of the given
// names is in, interactions and functions of it included: without a, the
// formula y ~ a * b + log(a) + c becomes y ~ a * b + log(a) + c - a - log(a) - a:b.
// It is an error when a name is in no term of the fixed part.
func (f *Formula) Without(names ...string) (string, error) {
	terms, err := f.Terms()
	if err != nil {
		return "", err
	}
	text := f.Source
	found := map[string]bool{}
	for _, t := range terms.Terms {
		hit := false
		for _, v := range t.Variables {
			Walk(terms.Variables[v], func(e Expr) {
				if n, ok := e.(*Name); ok && slices.Contains(names, n.Name) {
					found[n.Name], hit = true, true
				}
			})
		}
		if hit {
			text += " - " + t.Label
		}
	}
	for _, name := range names {
		if !found[name] {
			return "", fmt.Errorf("no term of the formula holds %s", name)
		}
	}
	return text, nil
}
