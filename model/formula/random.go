package formula

// A Random is one random term: what varies, and between which groups. Terms
// that share a Random have a full covariance; || and nesting give several.
type Random struct {
	Left   *Terms // what varies between the groups: intercept and slopes
	Group  []Expr // the factors whose crossing forms the groups, inner first: h and g for h:g
	Name   string // the name of the grouping, as in lme4: g, h:g
	Source string // the term as it was written
	Column int    // where it stands in the formula
}

// A grouping is one level of a nested group.
type grouping struct {
	name     string
	compound bool // the name is a product
	factors  []Expr
}

// expandRandom works out a random term: (x | a/b) is (x | b:a) + (x | a), and
// (x || g) is (1 | g) + (0 + x | g). Inner groupings come first, as in lme4.
// Its parenthesis opens at column.
func expandRandom(bar *Binary, column int) ([]Random, error) {
	if inner := findBar(bar.X); inner != nil {
		return nil, Errorf(inner.Column, "a random term has one | only; add several terms with +")
	}
	left, err := expand(bar.X, "")
	if err != nil {
		return nil, err
	}
	if !left.Intercept && len(left.Terms) == 0 {
		return nil, Errorf(bar.X.Start(), "nothing varies in this random term; write (1 | %s) or name a slope", bar.Y)
	}
	groups, err := groupings(bar.Y)
	if err != nil {
		return nil, err
	}
	parts := []*Terms{left}
	if bar.Op == "||" {
		parts = left.separate()
	}
	var out []Random
	for _, part := range parts {
		for _, g := range groups {
			out = append(out, Random{Left: part, Group: g.factors, Name: g.name, Source: "(" + bar.String() + ")", Column: column})
		}
	}
	return out, nil
}

func findBar(e Expr) *Binary {
	var found *Binary
	Walk(e, func(e Expr) {
		if b, ok := e.(*Binary); ok && isBar(b.Op) && found == nil {
			found = b
		}
	})
	return found
}

// separate returns the intercept and every term by itself.
func (t *Terms) separate() []*Terms {
	var out []*Terms
	if t.Intercept {
		out = append(out, &Terms{Intercept: true})
	}
	for _, term := range t.Terms {
		one := &Terms{Terms: []Term{{Label: term.Label, Column: term.Column}}}
		for k, v := range term.Variables {
			one.Variables = append(one.Variables, t.Variables[v])
			one.Terms[0].Variables = append(one.Terms[0].Variables, k)
		}
		out = append(out, one)
	}
	return out
}

// groupings reads the right side of a random term.
func groupings(e Expr) ([]grouping, error) {
	switch e := e.(type) {
	case *Name:
		return []grouping{{name: e.String(), factors: []Expr{e}}}, nil
	case *Paren:
		return groupings(e.X)
	case *Call:
		if e.Func == "factor" {
			return []grouping{{name: e.String(), factors: []Expr{e}}}, nil
		}
	case *Binary:
		if e.Op == ":" || e.Op == "/" {
			return joinGroups(e)
		}
	}
	return nil, Errorf(e.Start(), "%s is no grouping; write a column, or columns joined by / (nested) or : (crossed)", e)
}

// joinGroups works out a:b and a/b.
func joinGroups(e *Binary) ([]grouping, error) {
	left, err := groupings(e.X)
	if err != nil {
		return nil, err
	}
	right, err := groupings(e.Y)
	if err != nil {
		return nil, err
	}
	if e.Op == ":" {
		if len(left) > 1 || len(right) > 1 {
			return nil, Errorf(e.Column, "a nested grouping cannot be crossed with another; write the groupings as separate terms")
		}
		crossed := product(left[0], right[0])
		crossed.name = e.String()
		return []grouping{crossed}, nil
	}
	var out []grouping
	for _, r := range right {
		out = append(out, product(r, left[0]))
	}
	if len(out)+len(left) > 50 {
		return nil, Errorf(e.Column, "groups are nested deeper than 50 here")
	}
	return append(out, left...), nil
}

// product crosses two groupings.
func product(a, b grouping) grouping {
	out := grouping{name: a.inner() + ":" + b.inner(), compound: true}
	out.factors = append(append(out.factors, a.factors...), b.factors...)
	return out
}

// inner is the name as a part of another: a product in parentheses.
func (g grouping) inner() string {
	if g.compound {
		return "(" + g.name + ")"
	}
	return g.name
}
