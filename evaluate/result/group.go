package result

import (
	"slices"
	"strings"
)

// A Group is persons that a number counts: those of a sample of whom every
// condition holds. Its text is what results.json says and what groups are
// compared by:
//
//	complete: education=1; scheme=intro
//
// Conditions stand in order of their variable. A level may be part of a wider
// one, as work is of having attained the goal: "1/work" is part of "1".
type Group string

// People returns the group of everyone in a sample.
func People(sample string) Group { return Group(sample) }

// At returns those of the group who are at a level of a variable, in place of
// any level of it that is asked already. An empty level asks nothing.
func (g Group) At(variable, level string) Group {
	if variable == "" || level == "" {
		return g
	}
	sample, conditions := g.split()
	conditions = slices.DeleteFunc(conditions, func(c string) bool { return strings.HasPrefix(c, variable+"=") })
	conditions = append(conditions, variable+"="+level)
	slices.Sort(conditions)
	return join(sample, conditions)
}

// Without returns the group whatever the level of the variable.
func (g Group) Without(variable string) Group {
	sample, conditions := g.split()
	return join(sample, slices.DeleteFunc(conditions, func(c string) bool { return strings.HasPrefix(c, variable+"=") }))
}

// In returns those of another sample of whom the same holds.
func (g Group) In(sample string) Group {
	_, conditions := g.split()
	return join(sample, conditions)
}

// Sample returns the name of the sample.
func (g Group) Sample() string {
	sample, _ := g.split()
	return sample
}

// Conditions returns variables and the levels asked of them, in order.
func (g Group) Conditions() [][2]string {
	_, conditions := g.split()
	out := make([][2]string, len(conditions))
	for i, c := range conditions {
		out[i][0], out[i][1], _ = strings.Cut(c, "=")
	}
	return out
}

// Level returns the level asked of a variable, "" when none is.
func (g Group) Level(variable string) string {
	for _, c := range g.Conditions() {
		if c[0] == variable {
			return c[1]
		}
	}
	return ""
}

// Wider returns the group at the next wider level of the variable: of 1/work
// that at 1, and of 1 that whatever the level.
func (g Group) Wider(variable string) Group {
	level := g.Level(variable)
	if i := strings.LastIndexByte(level, '/'); i >= 0 {
		return g.At(variable, level[:i])
	}
	return g.Without(variable)
}

func (g Group) split() (sample string, conditions []string) {
	sample, rest, found := strings.Cut(string(g), ": ")
	if !found {
		return sample, nil
	}
	return sample, strings.Split(rest, "; ")
}

func join(sample string, conditions []string) Group {
	if len(conditions) == 0 {
		return Group(sample)
	}
	return Group(sample + ": " + strings.Join(conditions, "; "))
}

// A Sum says that whoever is in the whole is in exactly one of the parts, also
// among those of whom something else is asked. A sample of "" stands for any.
type Sum struct {
	Whole Group
	Parts []Group
}

// Facts are what the gate must know of the persons to tell which counts follow
// from others.
type Facts struct {
	Outcome   string              // the variable that tells who attained the goal
	Reference string              // the scheme that the others are compared with
	Same      map[string]string   // a sample, or the data of a model: the sample that has the same persons
	Within    map[string][]string // a sample: those that hold all of its persons and others
	Ranked    map[string]bool     // variables whose levels are groups of equal size, of other persons in every sample and scheme
	Sums      []Sum

	// Alone says that the numbers are not of one population, as examples made up for
	// a test: each counts persons of its own, and none follows from others.
	Alone bool `json:",omitempty"`
}

// Rest names the persons of a sample who are not in another that lies within it.
func Rest(large, small string) string { return large + "∖" + small }
