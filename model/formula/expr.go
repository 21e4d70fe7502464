package formula

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// An Expr is a node of a parsed formula: [*Name], [*Number], [*Call],
// [*Unary], [*Binary] or [*Paren]. Its String is R's deparse of it, which is
// also the label of a variable.
type Expr interface {
	String() string
	Start() int // the column, from 1, of its first character
}

// A Name is the name of a column of the data.
type Name struct {
	Name   string // without backquotes
	Column int
}

// A Number is a literal number.
type Number struct {
	Value  float64
	Column int
}

// A Call is a function applied to arguments.
type Call struct {
	Func   string
	Args   []Expr
	Column int
}

// A Unary is + or - before an operand.
type Unary struct {
	Op     string
	X      Expr
	Column int
}

// A Binary is an operator between two operands; Column is the operator's.
type Binary struct {
	Op     string
	X, Y   Expr
	Column int
}

// A Paren is an expression in parentheses.
type Paren struct {
	X      Expr
	Column int
}

func (e *Name) Start() int   { return e.Column }
func (e *Number) Start() int { return e.Column }
func (e *Call) Start() int   { return e.Column }
func (e *Unary) Start() int  { return e.Column }
func (e *Binary) Start() int { return e.X.Start() }
func (e *Paren) Start() int  { return e.Column }

var plainName = regexp.MustCompile(`^(\pL|\.(\pL|[._]|$))[\pL\p{Mn}\p{Nd}._]*$`)

// reserved are the words of R that are no names.
var reserved = map[string]bool{
	"if": true, "else": true, "repeat": true, "while": true, "function": true, "for": true, "next": true,
	"break": true, "TRUE": true, "FALSE": true, "NULL": true, "Inf": true, "NaN": true, "NA": true, "in": true,
}

// String gives the name, in backquotes when R would need them.
func (e *Name) String() string {
	if plainName.MatchString(e.Name) && !reserved[e.Name] {
		return e.Name
	}
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(e.Name) + "`"
}

// String gives the number as [NumberText].
func (e *Number) String() string { return NumberText(e.Value) }

// String gives the call with its arguments separated by a comma and a space.
func (e *Call) String() string {
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.String()
	}
	return e.Func + "(" + strings.Join(args, ", ") + ")"
}

// String gives the operand after its sign.
func (e *Unary) String() string { return e.Op + e.X.String() }

// String gives both operands; : / and ^ stand without spaces, as in R.
func (e *Binary) String() string {
	switch e.Op {
	case ":", "/", "^":
		return e.X.String() + e.Op + e.Y.String()
	}
	return e.X.String() + " " + e.Op + " " + e.Y.String()
}

// String gives the expression in its parentheses.
func (e *Paren) String() string { return "(" + e.X.String() + ")" }

// Walk calls visit for e and every expression within it, outer before inner
// and left before right.
func Walk(e Expr, visit func(Expr)) {
	visit(e)
	switch e := e.(type) {
	case *Call:
		for _, a := range e.Args {
			Walk(a, visit)
		}
	case *Unary:
		Walk(e.X, visit)
	case *Binary:
		Walk(e.X, visit)
		Walk(e.Y, visit)
	case *Paren:
		Walk(e.X, visit)
	}
}

// NumberText is R's as.character of a number: at most 15 significant digits,
// in fixed notation unless the scientific one is shorter (1e+05).
func NumberText(v float64) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return strings.TrimPrefix(strconv.FormatFloat(v, 'f', -1, 64), "+")
	}
	scientific := strconv.FormatFloat(v, 'e', 14, 64)
	mantissa, exponent, _ := strings.Cut(scientific, "e")
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	power, _ := strconv.Atoi(exponent)
	digits := len(strings.Trim(strings.Replace(mantissa, ".", "", 1), "-"))
	fixed := strconv.FormatFloat(v, 'f', max(0, digits-1-power), 64)
	scientific = mantissa + "e" + exponent
	if len(fixed) <= len(scientific) {
		return fixed
	}
	return scientific
}
