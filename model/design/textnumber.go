package design

import (
	"fmt"
	"strconv"
	"strings"

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
		}
		if sign != "code" {
			numbers++
		}
	}
	if len(t.Other) == 0 {
		return t, t.Comma != ""
	}
	return t, numbers >= manyNumbers && len(t.Other)*4 <= numbers
}

// decimalSign tells which decimal sign a number has: "." or "," or, without
// one, ""; "code" for digits with a leading zero and "none" for other texts.
func decimalSign(s string) string {
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
	if _, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64); err != nil {
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
	case t.Point != "":
		return fmt.Sprintf("%s was read as text with %d levels: it has numbers with decimal point (%s) and with decimal comma (%s). Write all of them one way", t.Variable, t.Levels, t.Point, t.Comma)
	}
	return fmt.Sprintf("%s was read as text with %d levels: its commas (%s) may be decimal commas or separate thousands. Write numbers with decimal point and without thousands separators", t.Variable, t.Levels, t.Comma)
}
