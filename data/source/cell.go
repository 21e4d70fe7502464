package source

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A cellReader reads the cells of one column into its vector.
type cellReader struct {
	*Vector
	decimal rune
	date    string
	missing []string
	key     *Key
	codes   map[string]int32 // of the texts seen
	last    struct {         // identifiers of consecutive rows are often the same
		text string
		id   ID
	}
}

// appendCell reads a cell, without spaces around it, and appends its value. When the cell is not what the
// column's type asks for, it appends a missing value and returns what is wrong.
func (c *cellReader) appendCell(text string) (wrong string) {
	text = strings.TrimSpace(text)
	if text == "" || slices.Contains(c.missing, text) {
		c.appendMissing()
		return ""
	}
	switch c.Type {
	case Text:
		c.Code = append(c.Code, c.code(text))
	case Identifier:
		c.ID = append(c.ID, c.hash(text))
	case Integer:
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			c.appendMissing()
			return notInteger(text, err)
		}
		c.Int = append(c.Int, v)
	case Number:
		v, ok := parseNumber(text, c.decimal)
		if !ok {
			c.appendMissing()
			return fmt.Sprintf("%s is no number with decimal %q", Shown(text), string(c.decimal))
		}
		c.Float = append(c.Float, v)
	case Date:
		v, err := time.Parse(c.date, text)
		if err != nil {
			c.appendMissing()
			return fmt.Sprintf("%s is no date written as %s", Shown(text), layoutName(c.date))
		}
		c.Date = append(c.Date, days(v))
	}
	c.Valid = append(c.Valid, true)
	return ""
}

func notInteger(text string, err error) string {
	if e := (*strconv.NumError)(nil); asNumError(err, &e) && e.Err == strconv.ErrRange {
		return fmt.Sprintf("%s is too large a number", Shown(text))
	}
	return fmt.Sprintf("%s is no whole number", Shown(text))
}

func asNumError(err error, target **strconv.NumError) bool {
	e, ok := err.(*strconv.NumError)
	*target = e
	return ok
}

func (c *cellReader) code(text string) int32 {
	if code, ok := c.codes[text]; ok {
		return code
	}
	if c.codes == nil {
		c.codes = map[string]int32{}
	}
	code, text := int32(len(c.Texts)), strings.Clone(text)
	c.codes[text] = code
	c.Texts = append(c.Texts, text)
	return code
}

func (c *cellReader) hash(text string) ID {
	if text != c.last.text {
		c.last.text, c.last.id = text, c.key.Hash(text)
	}
	return c.last.id
}

// days returns the days from 1970-01-01 to the day of t.
func days(t time.Time) int32 {
	y, m, d := t.Date()
	return int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// parseNumber reads digits with at most one decimal sign, a sign before them and
// an exponent after them. Thousands separators, hexadecimal numbers, infinities
// and numbers beyond float64 are none.
func parseNumber(text string, decimal rune) (float64, bool) {
	var buffer [32]byte
	out := buffer[:0]
	for i := range len(text) {
		b := text[i]
		switch {
		case rune(b) == decimal:
			b = '.'
		case b >= '0' && b <= '9', b == '+', b == '-', b == 'e', b == 'E':
		default:
			return 0, false
		}
		out = append(out, b)
	}
	v, err := strconv.ParseFloat(string(out), 64)
	return v, err == nil
}

// layoutName is a Go date layout as a Norwegian writes it: dd.mm.yyyy.
func layoutName(layout string) string {
	return strings.NewReplacer("2006", "yyyy", "06", "yy", "01", "mm", "02", "dd", "15", "hh", "04", "mi", "05", "ss").Replace(layout)
}

// appendValue appends a value that is in memory already; false when it is none of the column's type.
func (c *cellReader) appendValue(value any) bool {
	if f, ok := value.(float64); value == nil || ok && math.IsNaN(f) {
		c.appendMissing()
		return true
	}
	switch v := value.(type) {
	case string:
		if c.Type != Text {
			return false
		}
		c.Code = append(c.Code, c.code(v))
	case int:
		return c.appendInt(int64(v))
	case int64:
		return c.appendInt(v)
	case float64:
		if c.Type != Number {
			return false
		}
		c.Float = append(c.Float, v)
	case time.Time:
		if c.Type != Date {
			return false
		}
		c.Date = append(c.Date, days(v))
	case ID:
		if c.Type != Identifier {
			return false
		}
		c.ID = append(c.ID, v)
	default:
		return false
	}
	c.Valid = append(c.Valid, true)
	return true
}

// appendInt appends a whole number to a column of those, or of numbers.
func (c *cellReader) appendInt(v int64) bool {
	switch c.Type {
	case Integer:
		c.Int = append(c.Int, v)
	case Number:
		c.Float = append(c.Float, float64(v))
	default:
		return false
	}
	c.Valid = append(c.Valid, true)
	return true
}
