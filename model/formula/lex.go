package formula

import (
	"strconv"
	"strings"
	"unicode"
)

// maxLength is the longest formula that is read, in characters.
const maxLength = 1 << 16

type tokenKind int

const (
	tokEnd tokenKind = iota
	tokName
	tokNumber
	tokOp // operators, parentheses and the comma
)

// A token is one word of a formula.
type token struct {
	kind   tokenKind
	text   string // the name without backquotes, or the operator
	value  float64
	quoted bool // a name that stood in backquotes
	column int
}

type lexer struct {
	text []rune
	at   int
}

// lex cuts text into tokens; the last is tokEnd.
func lex(text string) ([]token, error) {
	l := &lexer{text: []rune(text)}
	if len(l.text) > maxLength {
		return nil, Errorf(maxLength, "the formula is longer than %d characters", maxLength)
	}
	var tokens []token
	for {
		for l.at < len(l.text) && unicode.IsSpace(l.text[l.at]) {
			l.at++
		}
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.kind == tokEnd {
			return tokens, nil
		}
	}
}

func (l *lexer) peek(k int) rune {
	if l.at+k < len(l.text) {
		return l.text[l.at+k]
	}
	return 0
}

func (l *lexer) next() (token, error) {
	column := l.at + 1
	switch c := l.peek(0); {
	case l.at >= len(l.text):
		return token{kind: tokEnd, column: column}, nil
	case c == '`':
		return l.quoted(column)
	case unicode.IsDigit(c) || c == '.' && unicode.IsDigit(l.peek(1)):
		return l.number(column)
	case unicode.IsLetter(c) || c == '.':
		return l.name(column)
	}
	return l.operator(column)
}

func (l *lexer) name(column int) (token, error) {
	start := l.at
	for l.at < len(l.text) && isNameRune(l.text[l.at]) {
		l.at++
	}
	text := string(l.text[start:l.at])
	if text == "." {
		return token{}, Errorf(column, "the dot (all other columns) is not read: name the columns, joined by +")
	}
	return token{kind: tokName, text: text, column: column}, nil
}

func isNameRune(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.Mn, c) || c == '.' || c == '_'
}

func (l *lexer) quoted(column int) (token, error) {
	var name strings.Builder
	for l.at++; l.at < len(l.text); l.at++ {
		switch c := l.text[l.at]; {
		case c == '`':
			l.at++
			if name.Len() == 0 {
				return token{}, Errorf(column, "there is no name between the backquotes")
			}
			return token{kind: tokName, text: name.String(), quoted: true, column: column}, nil
		case c == '\\' && (l.peek(1) == '`' || l.peek(1) == '\\'):
			l.at++
			name.WriteRune(l.text[l.at])
		default:
			name.WriteRune(c)
		}
	}
	return token{}, Errorf(column, "the backquote that opens here is never closed")
}

func (l *lexer) number(column int) (token, error) {
	start := l.at
	digits := func() {
		for unicode.IsDigit(l.peek(0)) {
			l.at++
		}
	}
	digits()
	if l.peek(0) == '.' {
		l.at++
		digits()
	}
	if c := l.peek(0); c == 'e' || c == 'E' {
		skip := 1
		if s := l.peek(1); s == '+' || s == '-' {
			skip = 2
		}
		if unicode.IsDigit(l.peek(skip)) {
			l.at += skip
			digits()
		}
	}
	text := string(l.text[start:l.at])
	if isNameRune(l.peek(0)) {
		return token{}, Errorf(column, "a name cannot begin with a digit: put it in backquotes, as `%s…`", text)
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return token{}, Errorf(column, "%s is not a number that can be held", text)
	}
	return token{kind: tokNumber, text: text, value: value, column: column}, nil
}

// operators are tried in this order.
var operators = []string{"%in%", "||", "**", "~", "+", "-", "*", "/", "^", ":", "|", "(", ")", ","}

func (l *lexer) operator(column int) (token, error) {
	rest := string(l.text[l.at:min(l.at+4, len(l.text))])
	for _, op := range operators {
		if strings.HasPrefix(rest, op) {
			l.at += len(op)
			if op == "**" {
				op = "^"
			}
			return token{kind: tokOp, text: op, column: column}, nil
		}
	}
	switch c := l.text[l.at]; c {
	case '<', '>', '=', '!', '&':
		return token{}, Errorf(column, "a comparison (%c) is not part of a formula: make a 0/1 column of it in the data", c)
	case '"', '\'':
		return token{}, Errorf(column, "text in quotes has no place in a formula; a name with odd characters stands in `backquotes`")
	case '_':
		return token{}, Errorf(column, "a name cannot begin with _: put it in `backquotes`")
	case '%':
		return token{}, Errorf(column, "%% is only known as part of %%in%%")
	default:
		return token{}, Errorf(column, "%q has no meaning in a formula; a name with odd characters stands in `backquotes`", c)
	}
}
