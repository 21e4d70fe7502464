package formula

import (
	"math"
	"slices"
	"strings"
)

// usage tells, for every function of the grammar, how it is written; the
// number of arguments is one more than its commas.
var usage = map[string]string{
	"I": "I(expression)", "poly": "poly(x, degree)", "scale": "scale(x)", "factor": "factor(x)", "offset": "offset(x)",
	"cbind": "cbind(successes, failures)",
	"log":   "log(x)", "log2": "log2(x)", "log10": "log10(x)", "log1p": "log1p(x)", "exp": "exp(x)", "sqrt": "sqrt(x)", "abs": "abs(x)",
}

// maxDegree bounds the degree of poly().
const maxDegree = 20

// checkCall tells what is wrong with a call: its name, the number of its
// arguments or what they are.
func checkCall(c *Call) error {
	form, known := usage[c.Func]
	if !known {
		names := make([]string, 0, len(usage))
		for name := range usage {
			names = append(names, name)
		}
		slices.Sort(names)
		return Errorf(c.Column, "there is no function %s(); known are %s. An interaction is written with * or :", c.Func, strings.Join(names, " "))
	}
	if len(c.Args) != strings.Count(form, ",")+1 {
		return Errorf(c.Column, "%s() is written %s", c.Func, form)
	}
	if c.Func == "poly" {
		if _, ok := Degree(c); !ok {
			return Errorf(c.Args[1].Start(), "the degree of poly() is a whole number from 1 to %d, as in poly(x, 2)", maxDegree)
		}
	}
	if c.Func == "cbind" {
		return nil // where it stands is checked with the response
	}
	return checkArithmetic(c.Args[0])
}

// Degree returns the degree of a call of poly().
func Degree(c *Call) (int, bool) {
	n, ok := c.Args[1].(*Number)
	if !ok || n.Value != math.Trunc(n.Value) || n.Value < 1 || n.Value > maxDegree {
		return 0, false
	}
	return int(n.Value), true
}
