package figure

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A drawn is what can be read from a figure: its elements in order, and its
// texts. Lines of one text are joined by a space.
type drawn struct {
	elements []xml.StartElement
	texts    []string
}

// read decodes an SVG or an HTML fragment strictly and fails on what no figure
// may hold.
func read(t *testing.T, source string) drawn {
	t.Helper()
	var d drawn
	decoder := xml.NewDecoder(strings.NewReader(source))
	var stack []string
	var text strings.Builder
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, source)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			if name == "script" || name == "style" || name == "image" || name == "a" || name == "foreignObject" {
				t.Errorf("a figure has an element %s", name)
			}
			for _, a := range token.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "style" || a.Name.Local == "href" {
					t.Errorf("%s has an attribute %s", name, a.Name.Local)
				}
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Infinity") || strings.Contains(a.Value, "undefined") {
					t.Errorf("%s has %s=%q", name, a.Name.Local, a.Value)
				}
			}
			if name == "tspan" && text.Len() > 0 {
				text.WriteByte(' ')
			}
			stack = append(stack, name)
			d.elements = append(d.elements, token.Copy())
		case xml.EndElement:
			if name := token.Name.Local; name == "text" || name == "title" || name == "desc" {
				d.texts = append(d.texts, text.String())
				text.Reset()
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				text.Write(token)
			}
		}
	}
	for _, s := range d.texts {
		if strings.Contains(s, "NaN") || strings.Contains(s, "undefined") || strings.Contains(s, "⚠") {
			t.Errorf("a figure says %q", s)
		}
	}
	return d
}

// says tells whether one of the texts is s; line breaks count as spaces.
func (d drawn) says(s string) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == ' ' || r == '\u00a0' || r == '\u00ad' {
				return -1
			}
			return r
		}, s)
	}
	return slices.ContainsFunc(d.texts, func(text string) bool { return bare(text) == bare(s) })
}

func (d drawn) must(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !d.says(s) {
			t.Errorf("no text says %q; there are\n%q", s, d.texts)
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// marks lists where the marks of a plot stand and how large they are.
func (d drawn) marks() []string {
	var out []string
	for _, e := range d.elements {
		switch e.Name.Local {
		case "circle":
			out = append(out, fmt.Sprint("circle ", attribute(e, "cx"), " ", attribute(e, "cy"), " ", attribute(e, "r")))
		case "path", "rect":
			out = append(out, fmt.Sprint(e.Name.Local, attribute(e, "d"), attribute(e, "x"), " ", attribute(e, "y"), " ", attribute(e, "width"), " ", attribute(e, "height")))
		}
	}
	return out
}

func renderer(t *testing.T) *Renderer {
	t.Helper()
	r, err := NewRenderer()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// draw draws every form of a figure and reads each.
func draw(t *testing.T, r *Renderer, f Figure) map[string]drawn {
	t.Helper()
	out := map[string]drawn{}
	for _, form := range []string{"page", "wide", "narrow"} {
		svg, err := r.draw(f, form)
		if err != nil {
			t.Fatal(err)
		}
		out[form] = read(t, svg)
		box := regexp.MustCompile(`^0 0 (\d+) (\d+)$`).FindStringSubmatch(attribute(out[form].elements[0], "viewBox"))
		if box == nil {
			t.Errorf("%s: viewBox %q", form, attribute(out[form].elements[0], "viewBox"))
		}
	}
	return out
}
