package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"unicode/utf8"
)

// maxJSON is the size in bytes of the largest JSON file that is read. The
// StatBank gives at most 800,000 cells at a time, about 10 MB.
const maxJSON = 1 << 28

// A document is a JSON text that is gone through token by token, so that what is
// wrong with a value can be told with its place.
type document struct {
	data  []byte
	dec   *json.Decoder
	found *findings
	at    cursor
}

// A cursor is a place in the text. It moves forward cheaply, back by starting over.
type cursor struct {
	offset, line, col int
}

// openDocument reads a JSON file and makes sure that its syntax is right.
func openDocument(fsys fs.FS, path string, found *findings) (*document, error) {
	f, err := open(fsys, path, found)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxJSON+1))
	if err != nil {
		found.whole(0, "%s", unreadable(err))
		return nil, found.err()
	}
	d := &document{data: bytes.TrimPrefix(data, []byte("\ufeff")), found: found, at: cursor{0, 1, 1}}
	d.checkText()
	if err := found.err(); err != nil {
		return nil, err
	}
	d.dec = json.NewDecoder(bytes.NewReader(d.data))
	return d, nil
}

// checkText finds what keeps the file from being JSON.
func (d *document) checkText() {
	switch {
	case len(bytes.TrimSpace(d.data)) == 0:
		d.found.whole(0, "is empty: fetch the file again")
		return
	case len(d.data) > maxJSON:
		d.found.whole(0, "is larger than the %d MB this program reads of a JSON file: ask for fewer cells", maxJSON>>20)
		return
	case !utf8.Valid(d.data):
		offset := 0
		for {
			r, size := utf8.DecodeRune(d.data[offset:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			offset += size
		}
		d.note(offset, "byte %#02x is not UTF-8, which JSON must be: fetch the file again", d.data[offset])
		return
	}
	var all json.RawMessage
	if e, ok := json.Unmarshal(d.data, &all).(*json.SyntaxError); ok {
		if int(e.Offset) >= len(d.data) && e.Error() == "unexpected end of JSON input" {
			d.note(len(d.data), "the JSON ends too early: the file is only half-written; fetch it again")
			return
		}
		d.note(int(e.Offset)-1, "malformed JSON: %v; fetch the file again", e)
	}
}

// note adds a problem at a byte of the text.
func (d *document) note(offset int, format string, args ...any) {
	line, col := d.place(offset)
	d.found.add("problems of this file", line, col, format, args...)
}

// place returns line and column, in characters from 1, of a byte of the text.
func (d *document) place(offset int) (line, col int) {
	if offset < d.at.offset {
		d.at = cursor{0, 1, 1}
	}
	between := d.data[d.at.offset:min(max(offset, 0), len(d.data))]
	if lines := bytes.Count(between, []byte("\n")); lines > 0 {
		d.at.line += lines
		d.at.col = 1
		between = between[bytes.LastIndexByte(between, '\n')+1:]
	}
	d.at.col += utf8.RuneCount(between)
	d.at.offset = max(offset, 0)
	return d.at.line, d.at.col
}

// ahead returns the byte at which the next token begins.
func (d *document) ahead() int {
	offset := int(d.dec.InputOffset())
	for offset < len(d.data) && bytes.IndexByte([]byte(" \t\r\n,:"), d.data[offset]) >= 0 {
		offset++
	}
	return offset
}

// peek returns the first byte of the next token, 0 at the end.
func (d *document) peek() byte {
	if at := d.ahead(); at < len(d.data) {
		return d.data[at]
	}
	return 0
}

// next returns the next token and the byte where it begins. The syntax is known
// to be right, so that there is no error to return.
func (d *document) next() (token json.Token, offset int) {
	offset = d.ahead()
	token, _ = d.dec.Token()
	return token, offset
}

// object goes through an object of which the next token is the opening brace:
// member is called for every name and must take its value. A value that is no object is skipped and noted; what names it.
func (d *document) object(what string, member func(name string, offset int)) bool {
	token, offset := d.next()
	if token != json.Delim('{') {
		d.note(offset, "%s is %s, not an object {…}", what, kindOf(token))
		d.skipRest(token)
		return false
	}
	for d.dec.More() {
		name, at := d.next()
		text, _ := name.(string)
		member(text, at)
	}
	d.next()
	return true
}

// array goes through an array: element is called for every element and must take it.
func (d *document) array(what string, element func(i int)) bool {
	token, offset := d.next()
	if token != json.Delim('[') {
		d.note(offset, "%s is %s, not an array […]", what, kindOf(token))
		d.skipRest(token)
		return false
	}
	for i := 0; d.dec.More(); i++ {
		element(i)
	}
	d.next()
	return true
}

// skip passes over a value.
func (d *document) skip() {
	token, _ := d.next()
	d.skipRest(token)
}

// skipRest passes over what follows the first token of a value.
func (d *document) skipRest(first json.Token) {
	depth := 0
	for token := first; ; token, _ = d.next() {
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth <= 0 {
			return
		}
	}
}

// text takes a value that must be a string; null is the empty string.
func (d *document) text(what string) (string, int) {
	token, offset := d.next()
	switch v := token.(type) {
	case string:
		return v, offset
	case nil:
		return "", offset
	case float64:
		d.note(offset, "%s is a number, but codes are text: put it in quotes, with its leading zeros", what)
	default:
		d.note(offset, "%s is %s, not a text", what, kindOf(token))
		d.skipRest(token)
	}
	return "", offset
}

// whole takes a value that must be a whole number of at least low and at most 2^53.
func (d *document) whole(what string, low int) (int, int) {
	token, offset := d.next()
	v, ok := token.(float64)
	if ok && v == float64(int64(v)) && v >= float64(low) && v <= 1<<53 {
		return int(v), offset
	}
	if ok {
		d.note(offset, "%s is %v, not a whole number from %d up", what, v, low)
	} else {
		d.note(offset, "%s is %s, not a whole number", what, kindOf(token))
		d.skipRest(token)
	}
	return -1, offset
}

// kindOf names the kind of value that a token begins.
func kindOf(token json.Token) string {
	switch v := token.(type) {
	case json.Delim:
		if v == '[' {
			return "an array"
		}
		return "an object"
	case string:
		return "the text " + Shown(v)
	case float64:
		return fmt.Sprintf("the number %v", v)
	case bool:
		return fmt.Sprint(v)
	}
	return "null"
}
