package source

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// The encodings of text files.
const (
	UTF8        = "utf-8" // with or without byte order mark
	Windows1252 = "windows-1252"
)

// Encodings returns the encodings that text files may have.
func Encodings() []string { return []string{UTF8, Windows1252} }

// A textFile is an open text file, read as UTF-8 without byte order mark.
type textFile struct {
	io.Reader
	raw     *watched // what was read from the file or its decompression
	closers []io.Closer
}

func (t *textFile) Close() {
	for _, c := range t.closers {
		c.Close()
	}
}

// watched remembers the error that ended reading, if it was not the end of the file.
type watched struct {
	r   io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// open opens a file. A missing file is an error that wraps fs.ErrNotExist, as
// the caller knows where its name was written; any other is a problem.
func open(fsys fs.FS, path string, found *findings) (fs.File, error) {
	f, err := fsys.Open(path)
	switch {
	case err == nil:
		return f, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	found.whole(0, "cannot be opened: %v", err)
	return nil, found.err()
}

// openText opens a text file of the given encoding; one whose name ends in .gz
// is decompressed. Bytes that are no text are found while it is read.
func openText(fsys fs.FS, path, encoding string, found *findings) (*textFile, error) {
	f, err := open(fsys, path, found)
	if err != nil {
		return nil, err
	}
	t := &textFile{closers: []io.Closer{f}}
	if err := t.start(f, strings.HasSuffix(path, ".gz"), encoding, found); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// start decompresses and decodes f, after a look at its first bytes.
func (t *textFile) start(f io.Reader, compressed bool, encoding string, found *findings) error {
	t.raw = &watched{r: f}
	head := bufio.NewReaderSize(t.raw, 1<<16)
	if compressed {
		if magic, _ := head.Peek(2); len(magic) == 2 && string(magic) != gzipMagic {
			found.whole(0, "%s", unreadable(gzip.ErrHeader))
			return found.err()
		}
		zip, err := gzip.NewReader(head)
		if err != nil {
			found.whole(0, "%s", unreadable(err))
			return found.err()
		}
		t.closers = append(t.closers, zip)
		t.raw = &watched{r: zip}
		head = bufio.NewReaderSize(t.raw, 1<<16)
	}
	first, err := head.Peek(4)
	if len(first) == 0 {
		if err == io.EOF {
			found.whole(0, "is empty: fetch the file again")
		} else {
			found.whole(0, "%s", unreadable(err))
		}
		return found.err()
	}
	mark := bytes.HasPrefix(first, []byte("\ufeff"))
	if wrong := wrongStart(first, mark, encoding); wrong != "" {
		found.whole(0, "%s", wrong)
		return found.err()
	}
	if mark {
		head.Discard(len("\ufeff"))
	}
	check := &checker{encoding: encoding, line: 1, col: 1, found: found}
	t.Reader = transform.NewReader(head, check)
	if encoding == Windows1252 {
		t.Reader = transform.NewReader(t.Reader, charmap.Windows1252.NewDecoder())
	}
	return nil
}

const gzipMagic = "\x1f\x8b"

// wrongStart tells what a file is instead of a text of the encoding, judged by its first bytes.
func wrongStart(first []byte, mark bool, encoding string) string {
	starts := func(s string) bool { return bytes.HasPrefix(first, []byte(s)) }
	switch {
	case starts("\xff\xfe"), starts("\xfe\xff"):
		return "is UTF-16 text: save it as UTF-8"
	case starts("PK\x03\x04"):
		return "is a zip archive or Excel workbook, not a text file"
	case starts(gzipMagic):
		return "is compressed with gzip: let its name end in .gz"
	case mark && encoding != UTF8:
		return fmt.Sprintf("begins with the byte order mark of UTF-8 but is declared as %s: set encoding to utf-8", encoding)
	}
	return ""
}

// unreadable tells why reading a file ended too early, and what to do.
func unreadable(err error) string {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the compressed data end too early: the file is only half-written; fetch it again"
	case errors.Is(err, io.EOF):
		return "is empty: fetch the file again"
	case errors.Is(err, gzip.ErrHeader):
		return "is not gzip, although its name ends in .gz: fetch it again or rename it"
	case errors.Is(err, gzip.ErrChecksum):
		return "the checksum of the compressed data is wrong: the file is damaged; fetch it again"
	case errors.As(err, &corrupt):
		return "the compressed data are damaged: fetch the file again"
	}
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return fmt.Sprintf("cannot be read: %v", err)
}

// A checker passes text through and notes bytes that cannot be text: NUL, and
// what the encoding does not have. They are replaced by question marks, so that
// the rest of the file is checked too.
type checker struct {
	encoding  string
	line, col int // of the next character, from 1
	found     *findings
}

func (c *checker) Reset() {}

// Transform implements [transform.Transformer].
func (c *checker) Transform(dst, src []byte, atEOF bool) (int, int, error) {
	n, err := min(len(dst), len(src)), error(nil)
	if n < len(src) {
		err = transform.ErrShortDst
	}
	if c.encoding == UTF8 {
		if whole := wholeRunes(src[:n]); whole < n && (!atEOF || n < len(src)) {
			n = whole
			if err == nil {
				err = transform.ErrShortSrc
			}
		}
	}
	copy(dst, src[:n])
	if c.clean(dst[:n]) {
		c.advance(dst[:n])
	} else {
		c.repair(dst[:n])
	}
	return n, n, err
}

// wholeRunes returns the length of b without an unfinished character at its end.
func wholeRunes(b []byte) int {
	for i := 1; i <= min(utf8.UTFMax-1, len(b)); i++ {
		if at := len(b) - i; utf8.RuneStart(b[at]) {
			if utf8.FullRune(b[at:]) {
				return len(b)
			}
			return at
		}
	}
	return len(b)
}

// undefined1252 are the bytes that have no character in Windows-1252.
const undefined1252 = "\x81\x8d\x8f\x90\x9d"

func (c *checker) clean(b []byte) bool {
	if bytes.IndexByte(b, 0) >= 0 {
		return false
	}
	if c.encoding == UTF8 {
		return utf8.Valid(b)
	}
	for i := range len(undefined1252) {
		if bytes.IndexByte(b, undefined1252[i]) >= 0 {
			return false
		}
	}
	return true
}

// advance moves the place past b.
func (c *checker) advance(b []byte) {
	if lines := bytes.Count(b, []byte("\n")); lines > 0 {
		c.line += lines
		c.col = 1
		b = b[bytes.LastIndexByte(b, '\n')+1:]
	}
	if c.encoding == UTF8 {
		c.col += utf8.RuneCount(b)
	} else {
		c.col += len(b)
	}
}

// repair goes through b character by character.
func (c *checker) repair(b []byte) {
	for i := 0; i < len(b); {
		r, size := rune(b[i]), 1
		if c.encoding == UTF8 {
			r, size = utf8.DecodeRune(b[i:])
		}
		switch {
		case r == 0:
			c.found.add(nulBytes, c.line, c.col, "a NUL byte, which no text has: the file is damaged or no text file; fetch it again")
			b[i] = '?'
		case c.encoding == UTF8 && r == utf8.RuneError && size == 1:
			c.found.add(notUTF8, c.line, c.col, "byte %#02x is not UTF-8: save the file as UTF-8, or let the study say encoding windows-1252 if it is that", b[i])
			b[i] = '?'
		case c.encoding != UTF8 && strings.IndexByte(undefined1252, b[i]) >= 0:
			c.found.add("bytes that are not Windows-1252", c.line, c.col, "byte %#02x has no character in Windows-1252: set encoding to utf-8 if the file is that, else save it again", b[i])
			b[i] = '?'
		}
		c.advance(b[i : i+size])
		i += size
	}
}
