package formula

import (
	"slices"
	"strconv"
	"strings"
)

// maxTerms is how many terms a formula may have.
const maxTerms = 5000

// Terms is the fixed part of a formula, multiplied out.
type Terms struct {
	Intercept bool
	Variables []Expr // what the terms are made of, in order of first appearance; labels differ
	Terms     []Term // by order of interaction, then of appearance
}

// A Term is a product of variables.
type Term struct {
	Variables []int  // ascending indices into Terms.Variables
	Label     string // the variables' labels joined by colons: a:log(x)
	Column    int    // where in the formula the term first stands
}

// Terms expands the fixed part: * / ^ %in% and - are worked out, repetitions
// dropped, and the terms ordered as R's terms.formula orders them. For a
// formula that [Parse] returned there is no error.
func (f *Formula) Terms() (*Terms, error) {
	if f.Fixed == nil {
		return &Terms{Intercept: true}, nil
	}
	response := ""
	if f.Response != nil {
		response = f.Response.String()
	}
	return expand(f.Fixed, response)
}

// Labels returns the labels of the terms, in order.
func (t *Terms) Labels() []string {
	labels := make([]string, len(t.Terms))
	for i, term := range t.Terms {
		labels[i] = term.Label
	}
	return labels
}

// expand multiplies out e; response is a label that must not occur, if not empty.
//
// Source: R's model.c (EncodeVars and its companions), whose order of terms
// and treatment of 0, 1 and - are kept.
func expand(e Expr, response string) (*Terms, error) {
	x := &expander{index: map[string]int{}, response: response, intercept: true}
	terms, err := x.encode(e, true)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(terms, func(a, b Term) int { return len(a.Variables) - len(b.Variables) })
	for i, t := range terms {
		labels := make([]string, len(t.Variables))
		for k, v := range t.Variables {
			labels[k] = x.variables[v].String()
		}
		terms[i].Label = strings.Join(labels, ":")
	}
	return x.finish(terms), nil
}

// expander gathers the variables while terms are multiplied out.
type expander struct {
	variables []Expr
	index     map[string]int // variable by label
	response  string
	intercept bool
}

// finish drops variables that no term is left to use.
func (x *expander) finish(terms []Term) *Terms {
	used := make([]int, len(x.variables))
	for _, t := range terms {
		for _, v := range t.Variables {
			used[v] = 1
		}
	}
	out := &Terms{Intercept: x.intercept, Terms: terms}
	for v, u := range used {
		if u == 1 {
			used[v] = len(out.Variables)
			out.Variables = append(out.Variables, x.variables[v])
		}
	}
	for _, t := range terms {
		for k, v := range t.Variables {
			t.Variables[k] = used[v]
		}
	}
	return out
}

// encode returns the terms of e. A 1 or 0 in it sets or clears the intercept,
// the other way round when plus is false (to the right of a minus).
func (x *expander) encode(e Expr, plus bool) ([]Term, error) {
	switch e := e.(type) {
	case *Paren:
		return x.encode(e.X, plus)
	case *Number:
		if e.Value != 0 && e.Value != 1 {
			return nil, Errorf(e.Column, "the number %s is no term; arithmetic stands in I(), as in I(%s * x)", e, e)
		}
		x.intercept = (e.Value == 1) == plus
		return nil, nil
	case *Name, *Call:
		return x.variable(e)
	case *Unary:
		if e.Op == "-" {
			return x.remove(nil, e.X, plus)
		}
		return x.encode(e.X, plus)
	case *Binary:
		return x.encodeBinary(e, plus)
	}
	return nil, Errorf(e.Start(), "%s is no term", e)
}

// variable returns the term that is one name or call.
func (x *expander) variable(e Expr) ([]Term, error) {
	label := e.String()
	if c, ok := e.(*Call); ok {
		switch c.Func {
		case "cbind":
			return nil, Errorf(c.Column, "cbind(successes, failures) can only be the response, left of the tilde")
		case "offset":
			return nil, Errorf(c.Column, "an offset is added with + and is part of no other term")
		}
	}
	if label == x.response {
		return nil, Errorf(e.Start(), "%s is the response and cannot explain itself: leave it out on the right", label)
	}
	v, seen := x.index[label]
	if !seen {
		v = len(x.variables)
		x.index[label] = v
		x.variables = append(x.variables, e)
	}
	return []Term{{Variables: []int{v}, Column: e.Start()}}, nil
}

func (x *expander) encodeBinary(e *Binary, plus bool) ([]Term, error) {
	switch {
	case isBar(e.Op):
		return nil, Errorf(e.Column, "a random term stands in parentheses and is added with +, as in y ~ x + (1 | g)")
	case e.Op == "-":
		left, err := x.encode(e.X, plus)
		if err != nil {
			return nil, err
		}
		return x.remove(left, e.Y, plus)
	case e.Op == "^":
		return x.raise(e, plus)
	}
	left, err := x.encode(e.X, plus)
	if err != nil {
		return nil, err
	}
	right, err := x.encode(e.Y, plus)
	if err != nil {
		return nil, err
	}
	if e.Op == "+" {
		return limit(e, unique(slices.Concat(left, right)))
	}
	if e.Op != "*" && (len(left) == 0 || len(right) == 0) {
		return nil, Errorf(e.Column, "%s needs a variable on both sides", e.Op)
	}
	switch e.Op {
	case "*":
		products, err := cross(e, left, right)
		return unique(slices.Concat(left, right, products)), err
	case ":":
		return cross(e, left, right)
	case "/": // a/b is a + b %in% a
		within, err := cross(e, right, []Term{join(left)})
		return unique(slices.Concat(left, within)), err
	case "%in%":
		return cross(e, left, []Term{join(right)})
	}
	return nil, Errorf(e.Column, "%s joins no terms", e.Op)
}

// remove returns left without the terms of e.
func (x *expander) remove(left []Term, e Expr, plus bool) ([]Term, error) {
	gone, err := x.encode(e, !plus)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(left, func(t Term) bool {
		return slices.ContainsFunc(gone, func(g Term) bool { return slices.Equal(t.Variables, g.Variables) })
	}), nil
}

// raise works out (a + b)^n: all products of up to n of the terms.
func (x *expander) raise(e *Binary, plus bool) ([]Term, error) {
	n, ok := e.Y.(*Number)
	if !ok || n.Value < 1 || n.Value > 100 || n.Value != float64(int(n.Value)) {
		return nil, Errorf(e.Y.Start(), "^ between terms takes a whole number from 1 to 100; a power of a number is written I(x^2)")
	}
	base, err := x.encode(e.X, plus)
	if err != nil {
		return nil, err
	}
	power := base
	for range int(n.Value) - 1 {
		before := len(power)
		if power, err = cross(e, base, power); err != nil {
			return nil, err
		}
		if len(power) == before {
			break
		}
	}
	return power, nil
}

// cross returns the products of every term on the left with every term on the
// right, the right changing fastest.
func cross(e *Binary, left, right []Term) ([]Term, error) {
	if len(left)*len(right) > maxTerms*10 {
		return nil, tooMany(e)
	}
	out := make([]Term, 0, len(left)*len(right))
	for _, l := range left {
		for _, r := range right {
			out = append(out, join([]Term{l, r}))
		}
	}
	return limit(e, unique(out))
}

// join returns the product of all terms, at the column of the first.
func join(terms []Term) Term {
	var all []int
	for _, t := range terms {
		all = append(all, t.Variables...)
	}
	slices.Sort(all)
	return Term{Variables: slices.Compact(all), Column: terms[0].Column}
}

// unique drops repetitions, keeping the first.
func unique(terms []Term) []Term {
	seen := make(map[string]bool, len(terms))
	out := make([]Term, 0, len(terms))
	var key []byte
	for _, t := range terms {
		key = key[:0]
		for _, v := range t.Variables {
			key = append(strconv.AppendInt(key, int64(v), 36), ' ')
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			out = append(out, t)
		}
	}
	return out
}

func limit(e *Binary, terms []Term) ([]Term, error) {
	if len(terms) > maxTerms {
		return nil, tooMany(e)
	}
	return terms, nil
}

func tooMany(e *Binary) error {
	return Errorf(e.Column, "%s makes more than %d terms here; name those that are meant", e.Op, maxTerms)
}
