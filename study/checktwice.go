package study

import (
	"slices"
	"strconv"
	"strings"
)

// once reports what stands twice in a list. A result has one place, and would be
// computed for each of them.
func (c checker) once(path []string, list []string) {
	for i, name := range list {
		if slices.Contains(list[:i], name) {
			c.at(append(slices.Clone(path), strconv.Itoa(i)), "%s stands twice; keep one", name)
		}
	}
}

// pairs reports pairs of a variable with itself, and pairs that stand twice.
func (c checker) pairs(path []string, list [][]string) {
	for i, pair := range list {
		path := append(slices.Clone(path), strconv.Itoa(i))
		switch {
		case len(pair) != 2: // told of its length
		case pair[0] == pair[1]:
			c.at(path, "%s is paired with itself; name two variables", pair[0])
		case slices.ContainsFunc(list[:i], func(other []string) bool { return slices.Equal(pair, other) }):
			c.at(path, "the pair %s stands twice; keep one", strings.Join(pair, ", "))
		}
	}
}
