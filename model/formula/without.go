package formula

import (
	"fmt"
	"slices"
	"strings"
)

// Without is the formula less every term that a column of the given names is in,
// interactions and functions of it included, multiplied out: without a, the
// formula y ~ a * b + log(a) + c becomes y ~ b + c. Offsets and random terms
// stay. It is an error when a name is in no term of the fixed part.
func (f *Formula) Without(names ...string) (string, error) {
	terms, err := f.Terms()
	if err != nil {
		return "", err
	}
	var right []string
	if !terms.Intercept {
		right = append(right, "0")
	}
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
		if !hit {
			right = append(right, t.Label)
		}
	}
	for _, name := range names {
		if !found[name] {
			return "", fmt.Errorf("no term of the formula holds %s", name)
		}
	}
	if len(right) == 0 {
		right = append(right, "1")
	}
	for _, o := range f.Offsets {
		right = append(right, "offset("+o.String()+")")
	}
	for i, r := range f.Random {
		// One that was written out, such as (1 | g/h), stands there once.
		if i == 0 || r.Column != f.Random[i-1].Column {
			right = append(right, r.Source)
		}
	}
	left := ""
	if f.Response != nil {
		left = f.Response.String() + " "
	}
	return left + "~ " + strings.Join(right, " + "), nil
}
