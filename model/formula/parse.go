package formula

// maxDepth is how deep parentheses, calls and signs may be nested.
const maxDepth = 200

// parser reads tokens by recursive descent, one method per level of precedence.
type parser struct {
	tokens []token
	at     int
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.at] }

// is tells whether the next token is one of the operators.
func (p *parser) is(ops ...string) bool {
	t := p.peek()
	for _, op := range ops {
		if t.kind == tokOp && t.text == op {
			return true
		}
	}
	return false
}

func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

// formula = [ response ] "~" sum
func (p *parser) formula() (response, right Expr, err error) {
	if !p.is("~") {
		if response, err = p.bar(); err != nil {
			return nil, nil, err
		}
	}
	if !p.is("~") {
		return nil, nil, p.unexpected("~ between the response and the terms, as in y ~ a + b")
	}
	p.take()
	if right, err = p.bar(); err != nil {
		return nil, nil, err
	}
	if p.peek().kind != tokEnd {
		return nil, nil, p.unexpected("an operator or the end")
	}
	return response, right, nil
}

// binary reads a left-associative level: operands by next, joined by ops.
func (p *parser) binary(next func() (Expr, error), ops ...string) (Expr, error) {
	x, err := next()
	if err != nil {
		return nil, err
	}
	for p.is(ops...) {
		op := p.take()
		y, err := next()
		if err != nil {
			return nil, err
		}
		x = &Binary{Op: op.text, X: x, Y: y, Column: op.column}
	}
	return x, nil
}

func (p *parser) bar() (Expr, error)     { return p.binary(p.sum, "|", "||") }
func (p *parser) sum() (Expr, error)     { return p.binary(p.product, "+", "-") }
func (p *parser) product() (Expr, error) { return p.binary(p.within, "*", "/") }
func (p *parser) within() (Expr, error)  { return p.binary(p.cross, "%in%") }
func (p *parser) cross() (Expr, error)   { return p.binary(p.sign, ":") }

// sign reads a signed operand: the sign binds closer than : and looser than ^.
func (p *parser) sign() (Expr, error) {
	if !p.is("+", "-") {
		return p.power()
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	op := p.take()
	x, err := p.sign()
	if err != nil {
		return nil, err
	}
	return &Unary{Op: op.text, X: x, Column: op.column}, nil
}

// power reads the right-associative ^, whose exponent may carry a sign.
func (p *parser) power() (Expr, error) {
	x, err := p.atom()
	if err != nil || !p.is("^") {
		return x, err
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	op := p.take()
	y, err := p.sign()
	if err != nil {
		return nil, err
	}
	return &Binary{Op: op.text, X: x, Y: y, Column: op.column}, nil
}

func (p *parser) atom() (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	t := p.peek()
	switch {
	case t.kind == tokNumber:
		p.take()
		return &Number{Value: t.value, Column: t.column}, nil
	case t.kind == tokName:
		p.take()
		if p.is("(") {
			return p.call(t)
		}
		return &Name{Name: t.text, Column: t.column}, nil
	case p.is("("):
		p.take()
		x, err := p.bar()
		if err != nil {
			return nil, err
		}
		if err := p.close(t); err != nil {
			return nil, err
		}
		return &Paren{X: x, Column: t.column}, nil
	}
	return nil, p.unexpected("a variable")
}

// call reads the arguments of a function and checks them.
func (p *parser) call(name token) (Expr, error) {
	open := p.take()
	c := &Call{Func: name.text, Column: name.column}
	for !p.is(")") {
		arg, err := p.sum()
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, arg)
		if !p.is(",") {
			break
		}
		p.take()
	}
	if err := p.close(open); err != nil {
		return nil, err
	}
	return c, checkCall(c)
}

func (p *parser) close(open token) error {
	if p.is(")") {
		p.take()
		return nil
	}
	if p.peek().kind == tokEnd {
		return Errorf(open.column, "the parenthesis that opens here is never closed")
	}
	return p.unexpected("an operator or )")
}

func (p *parser) enter() error {
	if p.depth++; p.depth > maxDepth {
		return Errorf(p.peek().column, "parentheses, calls and signs are nested deeper than %d here", maxDepth)
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// unexpected says what was found where want was expected.
func (p *parser) unexpected(want string) error {
	switch t := p.peek(); t.kind {
	case tokEnd:
		return Errorf(t.column, "the formula ends where %s was expected", want)
	case tokOp:
		return Errorf(t.column, "%s stands where %s was expected", t.text, want)
	default:
		return Errorf(t.column, "%q stands where %s was expected; a name with blanks in it stands in `backquotes`", t.text, want)
	}
}
