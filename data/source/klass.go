package source

import (
	"context"
	"io/fs"
	"time"

	"bidrag/study/problem"
)

// A Municipality is a code of the classification of municipalities (Klass 131)
// and the time in which it was in force. A code can come again, for another time.
type Municipality struct {
	Code      string // four digits, with their leading zero
	Name      string
	ValidFrom time.Time // first day
	ValidTo   time.Time // first day on which it was no longer in force; zero while it is

	Line, Column int // where the file has the code
}

// InForce tells whether the code was in force on a day.
func (m *Municipality) InForce(day time.Time) bool {
	return !day.Before(m.ValidFrom) && (m.ValidTo.IsZero() || day.Before(m.ValidTo))
}

// A Change says that a municipality got another code, or became part of
// another: one old code can have several new ones, and the other way about. A
// code is empty where nothing was before, or nothing came after.
type Change struct {
	OldCode, OldName string
	NewCode, NewName string
	Occurred         time.Time // first day of the new code

	Line, Column int // where the file has the change
}

// A Centrality is the centrality class of a municipality.
type Centrality struct {
	Code  string
	Name  string
	Class int // from 1, the most central

	Line, Column int // where the file has the code
}

// ReadMunicipalities reads an answer of Klass to
//
//	/api/klass/v1/classifications/131/codes?from=…&to=…
//
// (data.ssb.no/api/klass/v1/api-guide.html): "codes" with code, name and the time of validity
// within the requested range, or else the whole time. It is a problem when a
// code is in force twice at a time. Errors are as in [ReadCSV].
func ReadMunicipalities(ctx context.Context, fsys fs.FS, path string) ([]Municipality, error) {
	var all []Municipality
	err := readKlass(ctx, fsys, path, "codes", func(d *document, item klassItem) {
		m := Municipality{Code: item.code("code"), Name: item.text["name"].value, Line: item.line, Column: item.col}
		m.ValidFrom = item.date(firstOf(item, "validFromInRequestedRange", "validFrom"), true)
		m.ValidTo = item.date(firstOf(item, "validToInRequestedRange", "validTo"), false)
		if !m.ValidTo.IsZero() && !m.ValidTo.After(m.ValidFrom) {
			d.note(item.offset, "code %q ends (%s) before it begins (%s)", m.Code, m.ValidTo.Format(time.DateOnly), m.ValidFrom.Format(time.DateOnly))
		}
		all = append(all, m)
	}, func(found *findings) { checkOverlaps(all, found) })
	if err != nil {
		return nil, err
	}
	return all, nil
}

// checkOverlaps finds codes that are in force twice at a time.
func checkOverlaps(all []Municipality, found *findings) {
	byCode := map[string][]*Municipality{}
	for i := range all {
		m := &all[i]
		for _, other := range byCode[m.Code] {
			if m.InForce(other.ValidFrom) || other.InForce(m.ValidFrom) {
				found.add("codes in force twice at a time", m.Line, m.Column, "code %q is in force twice at a time, first on line %d: remove one, or correct its dates", m.Code, other.Line)
				break
			}
		}
		byCode[m.Code] = append(byCode[m.Code], m)
	}
}

// ReadChanges reads an answer of Klass to
//
//	/api/klass/v1/classifications/131/changes?from=…&to=…
//
// "codeChanges" with old and new code and the day. Errors are as in [ReadCSV].
func ReadChanges(ctx context.Context, fsys fs.FS, path string) ([]Change, error) {
	var all []Change
	err := readKlass(ctx, fsys, path, "codeChanges", func(d *document, item klassItem) {
		c := Change{
			OldCode: item.text["oldCode"].value, OldName: item.text["oldName"].value,
			NewCode: item.text["newCode"].value, NewName: item.text["newName"].value,
			Occurred: item.date("changeOccurred", true), Line: item.line, Column: item.col,
		}
		if c.OldCode == "" && c.NewCode == "" {
			d.note(item.offset, "a change with neither \"oldCode\" nor \"newCode\": fetch the file again")
		}
		all = append(all, c)
	}, nil)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// ReadCentrality reads the centrality class of municipalities in the form of
// Klass's lists: "classificationItems" with code, name and centrality, a whole number from 1.
// It is a problem when a code comes twice. Errors are as in [ReadCSV].
func ReadCentrality(ctx context.Context, fsys fs.FS, path string) ([]Centrality, error) {
	var all []Centrality
	first := map[string]int{}
	err := readKlass(ctx, fsys, path, "classificationItems", func(d *document, item klassItem) {
		c := Centrality{Code: item.code("code"), Name: item.text["name"].value, Class: item.whole("centrality"), Line: item.line, Column: item.col}
		if line, twice := first[c.Code]; twice {
			d.note(item.offset, "code %q comes twice, first on line %d: remove one", c.Code, line)
		} else {
			first[c.Code] = c.Line
		}
		all = append(all, c)
	}, nil)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// A klassItem is one element of a list of Klass: its members that are text or numbers.
type klassItem struct {
	doc       *document
	offset    int
	line, col int // of the code if it has one, else of the item
	text      map[string]klassText
	number    map[string]float64
}

type klassText struct {
	value  string
	offset int
}

// readKlass goes through the list of that name, calling take for each item, and
// at the end check, which may be nil.
func readKlass(ctx context.Context, fsys fs.FS, path, list string, take func(*document, klassItem), check func(*findings)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	found := newFindings(path)
	d, err := openDocument(fsys, path, found)
	if err != nil {
		return err
	}
	items, names := -1, []string{}
	d.object("the file", func(name string, _ int) {
		names = append(names, name)
		if name != list || items >= 0 {
			d.skip()
			return
		}
		items = 0
		d.array(quoted(list), func(int) {
			items++
			if item, ok := d.klassItem(list); ok {
				take(d, item)
			}
		})
	})
	switch {
	case found.any():
	case items < 0:
		found.whole(0, "no list %q%s: is this the answer of Klass that the study means?", list, problem.DidYouMean(list, names))
	case items == 0:
		found.whole(0, "the list %q is empty: fetch the file again", list)
	case check != nil:
		check(found)
	}
	return found.err()
}

// klassItem takes one item of a list.
func (d *document) klassItem(list string) (klassItem, bool) {
	item := klassItem{doc: d, offset: d.ahead(), text: map[string]klassText{}, number: map[string]float64{}}
	code := item.offset
	ok := d.object("an item of "+quoted(list), func(name string, _ int) {
		switch b := d.peek(); {
		case b == '"' || isCode(name):
			value, offset := d.text(quoted(name))
			item.text[name] = klassText{value, offset}
			if name == "code" {
				code = offset
			}
		case b == '-' || b >= '0' && b <= '9':
			token, _ := d.next()
			item.number[name], _ = token.(float64)
		default:
			d.skip()
		}
	})
	item.line, item.col = d.place(code)
	return item, ok
}

func isCode(name string) bool { return name == "code" || name == "oldCode" || name == "newCode" }

func quoted(name string) string { return `"` + name + `"` }

// code returns a member that must be a text.
func (i klassItem) code(name string) string {
	v := i.text[name].value
	if v == "" {
		i.doc.note(i.offset, "an item without %q: fetch the file again", name)
	}
	return v
}

// firstOf returns the first of the names that the item has a text for, else the last.
func firstOf(i klassItem, names ...string) string {
	for _, n := range names[:len(names)-1] {
		if _, ok := i.text[n]; ok {
			return n
		}
	}
	return names[len(names)-1]
}

// date returns a member that must be a day, yyyy-mm-dd; when it is not needed, it may be empty.
func (i klassItem) date(name string, needed bool) time.Time {
	t, ok := i.text[name]
	if t.value == "" && !needed {
		return time.Time{}
	}
	if !ok {
		i.doc.note(i.offset, "an item without %q: fetch the file again", name)
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, t.value)
	if err != nil {
		i.doc.note(t.offset, "%q: %s is no date written as yyyy-mm-dd", name, Shown(t.value))
	}
	return day
}

// whole returns a member that must be a whole number from 1, or a text of one.
func (i klassItem) whole(name string) int {
	v, ok := i.number[name]
	if t, isText := i.text[name]; isText {
		v, ok = parseNumber(t.value, '.')
	}
	if !ok || v < 1 || v != float64(int32(v)) {
		i.doc.note(i.offset, "%q must be a whole number from 1", name)
		return 0
	}
	return int(v)
}
