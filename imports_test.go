package bidrag

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// floors, from the bottom. Programs that stand beside a page of docs/ are on top: nothing may import them.
var floors = []string{"study", "data", "model", "evaluate", "pipeline", "publish", "cmd", "docs"}

// A rule forbids packages (by path or path/...) to import others.
type rule struct {
	from, to []string
	except   []string // packages that may
	why      string
}

var rules = []rule{
	{
		from: []string{"model/..."}, to: []string{"study", "data/source", "data/store", "data/codebook"},
		why: "the engine is a library: it is given a frame and knows no study and no file",
	},
	{
		from: []string{"model/kernel", "model/sparse", "model/glm", "model/glmm", "model/family", "model/formula", "model/univariate"}, to: []string{"data/..."},
		why: "matrices in, estimates out: the numeric packages know no frame and no name",
	},
	{
		from: []string{"evaluate/assume"}, to: []string{"evaluate/..."}, except: []string{"evaluate/amount", "evaluate/result"},
		why: "the questions do not know each other; only pipeline joins them",
	},
	{
		from: []string{"evaluate/context"}, to: []string{"evaluate/..."}, except: []string{"evaluate/amount", "evaluate/result"},
		why: "the questions do not know each other; only pipeline joins them",
	},
	{
		from: []string{"evaluate/contribution"}, to: []string{"evaluate/..."}, except: []string{"evaluate/result"},
		why: "the questions do not know each other; only pipeline joins them",
	},
	{
		from: []string{"evaluate/cases"}, to: []string{"evaluate/..."}, except: []string{"evaluate/result", "evaluate/contribution"},
		why: "cases are chosen among contributions, and know no other question",
	},
	{
		from: []string{"evaluate/decompose"}, to: []string{"evaluate/..."}, except: []string{"evaluate/result"},
		why: "the questions do not know each other; only pipeline joins them",
	},
	{
		from: []string{"evaluate/describe"}, to: []string{"evaluate/..."}, except: []string{"evaluate/amount", "evaluate/result"},
		why: "the questions do not know each other; only pipeline joins them",
	},
	{
		from: []string{"evaluate/effects"}, to: []string{"evaluate/..."}, except: []string{"evaluate/result"},
		why: "the questions do not know each other; only pipeline joins them",
	},
	{
		from: []string{"evaluate/impute"}, to: []string{"evaluate/..."}, except: []string{"evaluate/result"},
		why: "the questions do not know each other; only pipeline joins them",
	},
	{
		from: []string{"evaluate/match"}, to: []string{"evaluate/..."}, except: []string{"evaluate/result"},
		why: "the questions do not know each other; only pipeline joins them",
	},
	{
		from: []string{"evaluate/sensitivity"}, to: []string{"evaluate/..."}, except: []string{"evaluate/result"},
		why: "the questions do not know each other; only pipeline joins them",
	},
	{
		from: []string{"evaluate/amount"}, to: []string{"evaluate/..."}, except: []string{"evaluate/result"},
		why: "what is said of amounts is said by several questions, and it knows none of them",
	},
	{
		from: []string{"evaluate/result"}, to: []string{"evaluate/...", "data/...", "study/..."},
		why: "results are what all questions answer with; they depend on none of them",
	},
	{
		from: []string{"publish/report", "publish/table", "publish/figure", "publish/targets"},
		to:   []string{"pipeline", "data/source", "data/store", "data/frame"},
		why:  "writers see what the gate has cleared, never the data or the uncleared results",
	},
	{
		from: []string{"publish/disclose"}, to: []string{"publish/...", "pipeline", "data/...", "study/..."},
		why: "the gate judges results and nothing else",
	},
	{
		from: []string{"..."}, to: []string{"github.com/duckdb/..."}, except: []string{"data/store", "data/store/duck", "data/source"},
		why: "the database is behind one door",
	},
	{
		from: []string{"..."}, to: []string{"net", "net/http"},
		why: "nothing is sent anywhere; only a command that says so may open a connection, and there is none yet",
	},
}

// imports lists what every package of the module imports, tests left out.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") && name != ".") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(file))
		for _, i := range parsed.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			out[pkg] = append(out[pkg], strings.TrimPrefix(imported, "bidrag/"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// matches tells whether a package is one of the patterns.
func matches(pkg string, patterns []string) bool {
	for _, p := range patterns {
		prefix, tree := strings.CutSuffix(p, "...")
		if p == pkg || tree && strings.HasPrefix(pkg+"/", prefix) {
			return true
		}
	}
	return false
}

func floor(pkg string) int {
	first, _, _ := strings.Cut(pkg, "/")
	for i, f := range floors {
		if f == first {
			return i
		}
	}
	return -1
}

func TestImportsPointDown(t *testing.T) {
	for pkg, imported := range imports(t) {
		for _, other := range imported {
			if floor(other) > floor(pkg) && floor(pkg) >= 0 {
				t.Errorf("%s imports %s, which stands on a floor above it", pkg, other)
			}
		}
	}
}

func TestForbiddenImports(t *testing.T) {
	all := imports(t)
	if len(all) < 10 {
		t.Fatalf("only %d packages found", len(all))
	}
	for pkg, imported := range all {
		for _, r := range rules {
			if !matches(pkg, r.from) || matches(pkg, r.except) {
				continue
			}
			for _, other := range imported {
				if other != pkg && matches(other, r.to) && !matches(other, r.except) {
					t.Errorf("%s imports %s: %s", pkg, other, r.why)
				}
			}
		}
	}
}

// TestEveryPackageHasAFloor: a new folder needs a place in the house.
func TestEveryPackageHasAFloor(t *testing.T) {
	for pkg := range imports(t) {
		if floor(pkg) < 0 && path.Base(pkg) != "studies" && pkg != "." {
			t.Errorf("%s stands on no floor", pkg)
		}
	}
}
