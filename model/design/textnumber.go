package design

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bidrag/data/frame"
	"bidrag/model/formula"
)

// manyNumbers is how many levels of a text must be numbers before the others
// look like strays.
const manyNumbers = 10

// textNumber tells whether a text looks like numbers that were not read as
// such: every level is one, some with decimal comma; or many are, and a few
// others are not. Codes of digits alone (0351) are text on purpose, and
// factor(x) is too.
func textNumber(e formula.Expr, levels []string) (TextNumber, bool) {
	if _, plain := e.(*formula.Name); !plain {
		return TextNumber{}, false
	}
	t := TextNumber{Variable: e.String(), Levels: len(levels)}
	numbers := 0
	for _, l := range levels {
		sign := decimalSign(l)
		switch sign {
		case "none":
			t.Other = append(t.Other, l)
			continue
		case ".":
			if t.Point == "" {
				t.Point = l
			}
		case ",":
			if t.Comma == "" {
				t.Comma = l
			}
		case "infinite":
			t.Infinite = l
		}
		if sign != "code" {
			numbers++
		}
	}
	if len(t.Other) == 0 {
		return t, t.Comma != "" || t.Infinite != "" && numbers > 1
	}
	return t, numbers >= manyNumbers && len(t.Other)*4 <= numbers
}

// tellTextNumbers notes, once, a variable that is text but looks like numbers;
// infinite ones are an error.
func (d *Design) tellTextNumbers(v *variable) error {
	t, ok := textNumber(v.expr, v.levels)
	switch {
	case !ok || v.kind != frame.Factor:
	case t.Infinite != "" && len(t.Other) == 0:
		return formula.Errorf(v.expr.Start(), "%s", t)
	case !slices.ContainsFunc(d.TextNumbers, func(o TextNumber) bool { return o.Variable == t.Variable }):
		d.TextNumbers = append(d.TextNumbers, t)
	}
	return nil
}

// decimalSign tells which decimal sign a number has: "." or "," or, without
// one, ""; "infinite" for Inf and numbers beyond all computing, "code" for
// digits with a leading zero and "none" for other texts.
func decimalSign(s string) string {
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case "inf", "infinity", "∞":
		return "infinite"
	}
	if len(s) > 1 && s[0] == '0' && strings.Trim(s, "0123456789") == "" {
		return "code"
	}
	sign := ""
	switch {
	case strings.Trim(s, "0123456789.,-+eE") != "":
		return "none"
	case strings.Count(s, ",") == 1 && !strings.Contains(s, "."):
		sign = ","
	case strings.Contains(s, "."):
		sign = "."
	}
	switch _, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64); {
	case errors.Is(err, strconv.ErrRange):
		return "infinite"
	case err != nil:
		return "none"
	}
	return sign
}

// String tells what is odd, and what to do.
func (t TextNumber) String() string {
	switch {
	case len(t.Other) > 0:
		most := min(3, len(t.Other))
		return fmt.Sprintf("%s was read as text with %d levels: most of them are numbers, but %.60q and others like it are not. If it is meant as a number, make those cells empty", t.Variable, t.Levels, t.Other[:most])
	case t.Infinite != "":
		return fmt.Sprintf("%s is infinite (%.20s) in some rows: make those cells empty or finite", t.Variable, t.Infinite)
	case t.Point != "" && t.Comma != "":
		return fmt.Sprintf("%s was read as text with %d levels: it has numbers with decimal point (%s) and with decimal comma (%s). Write all of them one way", t.Variable, t.Levels, t.Point, t.Comma)
	}
	return fmt.Sprintf("%s was read as text with %d levels: its commas (%s) may be decimal commas or separate thousands. Write numbers with decimal point and without thousands separators", t.Variable, t.Levels, t.Comma)
}
