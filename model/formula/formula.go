// Package formula reads model formulas written as in R:
//
//	outcome ~ scheme + age*male + poly(residence, 2) + (1 | municipality/project)
//
// It knows syntax and the algebra of terms, and nothing of data: package design
// turns the terms into columns of numbers. Its stance: what R accepts and a
// reader would understand means here what it means in R, down to the printed
// labels and their order; what R would silently drop or misread is an error
// that points at the column and says what to write instead.
//
// The steps are
//
//  1. [Parse] turns text into a tree of [Expr] (precedence as in R);
//  2. it splits the right-hand side into fixed part, offsets and random terms;
//  3. [Formula.Terms] expands the fixed part to its terms, by order of
//     interaction, as R's terms.formula.
//
// # Grammar
//
//	formula  = [ response ] "~" sum
//	response = arith | "cbind(" arith "," arith ")"
//	sum      = [ "+" | "-" ] product { ( "+" | "-" ) product }
//	product  = within { ( "*" | "/" ) within }
//	within   = cross { "%in%" cross }
//	cross    = power { ":" power }
//	power    = atom [ "^" integer ]
//	atom     = "0" | "1" | name | call | "(" sum ")" | random
//	call     = "I(" arith ")" | "poly(" arith "," integer ")" | "scale(" arith ")"
//	         | "factor(" arith ")" | "offset(" arith ")" | math "(" arith ")"
//	math     = "log" | "log2" | "log10" | "log1p" | "exp" | "sqrt" | "abs"
//	random   = "(" sum ( "|" | "||" ) group ")"
//	group    = gcross { "/" gcross }
//	gcross   = gatom { ":" gatom }
//	gatom    = name | "factor(" arith ")" | "(" group ")"
//	arith    = numbers, names and calls joined by + - * / ^ and parentheses
//	name     = letter or "." followed by letters, digits, "." and "_"
//	         | any text between backquotes
//
// Letters are those of Unicode, so måloppnåelse is a name. A random term or an
// offset is added with +, not multiplied or subtracted. Columns in errors count
// characters from 1.
package formula

import (
	"fmt"
	"strings"
)

// A Formula is a parsed model formula. It is not changed after [Parse].
type Formula struct {
	Source   string   // the text that was parsed
	Response Expr     // left of the tilde; nil when nothing stands there
	Fixed    Expr     // right of the tilde without offsets and random terms; nil when nothing is left
	Offsets  []Expr   // the arguments of the offset() terms
	Random   []Random // the random terms, nesting and || written out
	right    Expr     // the whole right-hand side
}

// An Error is something wrong at one place of a formula.
type Error struct {
	Column  int    // in characters, from 1
	Message string // what is wrong, and what to write instead
}

// Error gives the message with its column.
func (e *Error) Error() string {
	return fmt.Sprintf("column %d of the formula: %s", e.Column, e.Message)
}

// Errorf returns an [Error] at a column.
func Errorf(column int, format string, args ...any) *Error {
	return &Error{Column: column, Message: fmt.Sprintf(format, args...)}
}

// Parse reads a formula. Its error is an [*Error].
func Parse(text string) (*Formula, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	response, right, err := p.formula()
	if err != nil {
		return nil, err
	}
	f := &Formula{Source: text, Response: response, right: right}
	if response != nil {
		if err := checkResponse(response); err != nil {
			return nil, err
		}
	}
	if f.Fixed, err = f.split(right); err != nil {
		return nil, err
	}
	if _, err := f.Terms(); err != nil {
		return nil, err
	}
	return f, nil
}

// String prints the formula as R would: one space around the operators that
// have low precedence, numbers in their shortest form.
func (f *Formula) String() string {
	if f.Response == nil {
		return "~" + f.right.String()
	}
	return f.Response.String() + " ~ " + f.right.String()
}

// Names returns every column name of the formula, in the order of first
// appearance, as the nodes that hold them.
func (f *Formula) Names() []*Name {
	var names []*Name
	seen := map[string]bool{}
	visit := func(e Expr) {
		if n, ok := e.(*Name); ok && !seen[n.Name] {
			seen[n.Name] = true
			names = append(names, n)
		}
	}
	if f.Response != nil {
		Walk(f.Response, visit)
	}
	Walk(f.right, visit)
	return names
}

// split takes offsets and random terms out of a sum, and returns what is left.
func (f *Formula) split(e Expr) (Expr, error) {
	switch e := e.(type) {
	case *Paren:
		if bar, ok := e.X.(*Binary); ok && isBar(bar.Op) {
			random, err := expandRandom(bar, e.Column)
			f.Random = append(f.Random, random...)
			return nil, err
		}
		rest, err := f.split(e.X)
		if err != nil || rest == e.X {
			return e, err
		}
		return rest, nil
	case *Call:
		if e.Func == "offset" {
			f.Offsets = append(f.Offsets, e.Args[0])
			return nil, nil
		}
	case *Unary:
		if e.Op == "+" {
			return f.split(e.X)
		}
	case *Binary:
		return f.splitBinary(e)
	}
	return e, nil
}

func (f *Formula) splitBinary(e *Binary) (Expr, error) {
	switch {
	case isBar(e.Op):
		return nil, Errorf(e.Column, "a random term stands in parentheses: write (%s)", e)
	case e.Op != "+" && e.Op != "-":
		return e, nil
	}
	x, err := f.split(e.X)
	if err != nil {
		return nil, err
	}
	y := e.Y
	if e.Op == "+" {
		if y, err = f.split(e.Y); err != nil {
			return nil, err
		}
	}
	switch {
	case x == e.X && y == e.Y:
		return e, nil
	case y == nil:
		return x, nil
	case x == nil && e.Op == "+":
		return y, nil
	case x == nil:
		return &Unary{Op: "-", X: y, Column: e.Column}, nil
	}
	return &Binary{Op: e.Op, X: x, Y: y, Column: e.Column}, nil
}

func isBar(op string) bool { return op == "|" || op == "||" }

// checkResponse tells what cannot stand to the left of the tilde.
func checkResponse(e Expr) error {
	if c, ok := e.(*Call); ok && c.Func == "cbind" {
		for _, a := range c.Args {
			if err := checkArithmetic(a); err != nil {
				return err
			}
		}
		return nil
	}
	return checkArithmetic(e)
}

// checkArithmetic tells what cannot stand where numbers are computed: the
// response and the arguments of calls.
func checkArithmetic(e Expr) error {
	var err error
	Walk(e, func(e Expr) {
		if err != nil {
			return
		}
		switch e := e.(type) {
		case *Binary:
			if !strings.Contains("+-*/^", e.Op) {
				err = Errorf(e.Column, "%s joins terms and cannot stand here, where numbers are computed; use + - * / ^", e.Op)
			}
		case *Call:
			switch e.Func {
			case "cbind":
				err = Errorf(e.Column, "cbind(successes, failures) can only be the whole response, left of the tilde")
			case "offset", "poly", "factor":
				err = Errorf(e.Column, "%s() is a term of its own and cannot stand inside another expression", e.Func)
			}
		}
	})
	return err
}
