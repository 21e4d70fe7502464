package report

import (
	"encoding/csv"
	"encoding/xml"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"bidrag/evaluate/result"
	"bidrag/study"
)

var studies = map[string]func() *study.Study{"made-up": madeUp, "minimal": minimal}

// write writes a report to a new folder and returns its files by name.
func write(t *testing.T, r *Report) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := r.Write(dir); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		text, err := os.ReadFile(path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// each runs a test of both studies in both languages.
func each(t *testing.T, test func(t *testing.T, s *study.Study, lang string)) {
	for name, make := range studies {
		for _, lang := range []string{"nb", "en"} {
			t.Run(name+"/"+lang, func(t *testing.T) { test(t, make(), lang) })
		}
	}
}

// Every chapter has content, every heading something under it, every figure
// its numbers, and no sentence a hole.
func TestNothingIsEmpty(t *testing.T) {
	each(t, func(t *testing.T, s *study.Study, lang string) {
		r := build(t, s, results(t, s, 3), lang)
		for _, c := range r.Chapters {
			if c.Title == "" || len(c.Blocks)+len(c.Sections) == 0 {
				t.Errorf("chapter %q %q is empty", c.ID, c.Title)
			}
			for _, section := range c.Sections {
				if section.Title == "" || len(section.Blocks) == 0 {
					t.Errorf("section %q %q is empty", section.ID, section.Title)
				}
			}
		}
		for _, f := range r.Figures {
			if f.Title == "" || f.Subtitle == "" || f.Alt == "" {
				t.Errorf("figure %s lacks a text: %+v", f.ID, f)
			}
		}
		files := write(t, r)
		for _, bad := range []string{"NaN", "%!", "{first}", "  ", " .", "()", "( ", "\ufffd", "<nil>"} {
			for _, line := range strings.Split(prose(t, files["report.html"]), "\n") {
				if strings.Contains(line, bad) {
					t.Errorf("%q in %q", bad, line)
				}
			}
		}
		for _, f := range r.Figures {
			if files["figures/"+f.ID+".svg"] == "" || files["tables/"+f.ID+".csv"] == "" {
				t.Errorf("figure %s has no file or no table", f.ID)
			}
		}
	})
}

func TestChapters(t *testing.T) {
	titles := func(s *study.Study) []string {
		var out []string
		for _, c := range build(t, s, results(t, s, 3), "en").Chapters {
			out = append(out, c.ID)
		}
		return out
	}
	if diff := cmp.Diff([]string{"summary", "data", "description", "model-individual", "contribution", "appendix"}, titles(madeUp())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"summary", "data", "description", "model-individual", "appendix"}, titles(minimal())); diff != "" {
		t.Error(diff)
	}
}

// With no number at all there is a report of the study's own settings, without
// an empty heading; and so when a run was told to do a part only.
func TestPartsMayBeMissing(t *testing.T) {
	s := madeUp()
	all := results(t, s, 3)
	for _, keep := range []string{"", "persons", "attainment", "estimate"} {
		some := result.NewSet()
		for _, v := range all.Values {
			if strings.HasPrefix(v.Key.Quantity, keep) && keep != "" {
				if err := some.Add("test", v); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, lang := range []string{"nb", "en"} {
			r := build(t, s, some, lang)
			for _, c := range r.Chapters {
				for _, section := range c.Sections {
					if len(section.Blocks) == 0 {
						t.Errorf("only %q: section %s is empty", keep, section.ID)
					}
				}
			}
			write(t, r)
		}
	}
}

// Whatever a hidden number is, every file is the same: nothing of it leaves.
func TestSuppressedNumbersLeaveNoTrace(t *testing.T) {
	each(t, func(t *testing.T, s *study.Study, lang string) {
		one, four := write(t, build(t, s, results(t, s, 1), lang)), write(t, build(t, s, results(t, s, 4), lang))
		for name := range one {
			if one[name] != four[name] {
				t.Errorf("%s tells a hidden number:\n%s", name, cmp.Diff(one[name], four[name]))
			}
		}
		if !strings.Contains(one["report.html"], `<td class="n">:</td>`) {
			t.Error("no number was hidden: the test tests nothing")
		}
	})
}

func TestSameBytes(t *testing.T) {
	s := madeUp()
	if diff := cmp.Diff(write(t, build(t, s, results(t, s, 3), "nb")), write(t, build(t, s, results(t, s, 3), "nb"))); diff != "" {
		t.Error(diff)
	}
}

// The page is XML as well as HTML, has one language, headings in order,
// references that lead somewhere, and needs nothing from outside.
func TestPage(t *testing.T) {
	each(t, func(t *testing.T, s *study.Study, lang string) {
		page := write(t, build(t, s, results(t, s, 3), lang))["report.html"]
		wellFormed(t, page)
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		p := inspect(root)
		if p.lang != lang {
			t.Errorf("lang is %q", p.lang)
		}
		level := 0
		for _, h := range p.headings {
			if h > level+1 {
				t.Errorf("a heading of level %d follows one of level %d", h, level)
			}
			level = h
		}
		if p.headings[0] != 1 || slices.Contains(p.headings[1:], 1) {
			t.Errorf("the page wants one h1, first: %v", p.headings)
		}
		for _, ref := range p.refs {
			if !strings.HasPrefix(ref, "#") || p.ids[ref[1:]] == 0 {
				t.Errorf("a reference leads to %q", ref)
			}
		}
		for id, n := range p.ids {
			if n > 1 {
				t.Errorf("the id %q is there %d times", id, n)
			}
		}
		if p.scripts > 0 || strings.Contains(page, "@import") || strings.Contains(page, "url(") {
			t.Error("the page wants something from outside, or runs something")
		}
	})
}

// A study's author cannot write markup into the page or a figure.
func TestHostileLabels(t *testing.T) {
	s := madeUp()
	files := write(t, build(t, s, results(t, s, 3), "nb"))
	for name, text := range files {
		switch filepath.Ext(name) {
		case ".html", ".svg":
			if strings.Contains(text, "<script") {
				t.Errorf("%s holds a script", name)
			}
			wellFormed(t, text)
		case ".csv":
			reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
			reader.Comma = ';'
			if _, err := reader.ReadAll(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if !strings.Contains(files["report.html"], "&lt;script&gt;") {
		t.Error("the label is not in the page")
	}
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
}

// A survey is what a test wants to know of a page.
type survey struct {
	lang     string
	headings []int
	refs     []string
	ids      map[string]int
	scripts  int
}

func inspect(root *html.Node) survey {
	s := survey{ids: map[string]int{}}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			s.headings = append(s.headings, int(n.Data[1]-'0'))
		}
		if n.Data == "script" || n.Data == "link" || n.Data == "iframe" {
			s.scripts++
		}
		for _, a := range n.Attr {
			switch a.Key {
			case "lang":
				if n.Data == "html" {
					s.lang = a.Val
				}
			case "id":
				s.ids[a.Val]++
			case "href", "src", "srcset", "data", "poster":
				s.refs = append(s.refs, a.Val)
			}
		}
	}
	return s
}

// prose is the text of a page, a line for every element, without its figures
// and its formulas, which have blanks of their own.
func prose(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "class" && a.Val == "formula" {
				return
			}
		}
		if n.Data == "svg" || n.Data == "style" {
			return
		}
		if n.Type == html.TextNode {
			out.WriteString(strings.TrimSpace(n.Data) + "\n")
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(root)
	return out.String()
}
