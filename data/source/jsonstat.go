package source

import (
	"context"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Cube is a table of the StatBank: a number for every combination of the
// categories of its dimensions.
//
//	cell of categories (i₀, i₁, …) = Values[(i₀·Size₁ + i₁)·Size₂ + …]
type Cube struct {
	File  string
	Label string
	Geo   string // the dimension of regions, "" when unknown; a caller that knows better may set it
	Time  string // the dimension of time, likewise

	IDs        []string   // the dimensions, the last running fastest
	Size       []int      // number of categories of each
	Categories [][]string // codes of the categories of each, in order
	Values     []float64  // row-major, NaN where missing
	Status     []string   // of each value, "" where it has none; nil when the file has none

	places [][]place // of each category
}

type place struct{ line, col int }

// maxCells is the number of cells of the largest cube that is read. The StatBank
// gives at most 800,000 at a time; a file that claims far more is broken.
const maxCells = 10_000_000

// missingStatus are the StatBank's standard symbols for a cell without a number
// (ssb.no/en/forklaring-av-standardtegn), whatever stands in "value": not applicable, not
// available, confidential, provisional or not for publication yet.
var missingStatus = []string{".", "..", "...", ":"}

// ReadJSONStat reads a dataset in JSON-stat 2.0 (json-stat.org/full): version
// "2.0", class "dataset", id, size, dimension, value as an array or as a sparse object, and
// status as one text, an array or a sparse object. A cell with one of the statuses
// ".", "..", "..." and ":" is missing, and keeps its status.
//
// The roles geo and time may name dimensions that the dataset does not have (KOSTRA
// tables do); then the dimension with "region" in its id, and "Tid", are taken. Errors are as in [ReadCSV].
func ReadJSONStat(ctx context.Context, fsys fs.FS, path string) (*Cube, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	found := newFindings(path)
	d, err := openDocument(fsys, path, found)
	if err != nil {
		return nil, err
	}
	r := &statReader{document: d, at: map[string]int{}, dimensions: map[string]statDimension{}, roles: map[string][]string{}}
	r.read()
	cube := r.cube(path)
	if err := found.err(); err != nil {
		return nil, err
	}
	return cube, nil
}

// A statReader holds the members of a dataset in whatever order they come.
type statReader struct {
	*document
	at         map[string]int // where each member's name stands
	version    string
	class      string
	label      string
	ids        []string
	size       []int
	dimensions map[string]statDimension
	roles      map[string][]string
	value      statCells[float64]
	status     statCells[string]
	statusAll  string // the status of every cell
}

// A statDimension is the categories of a dimension, in order.
type statDimension struct {
	offset     int
	categories []string
	offsets    []int
}

// statCells are cells as an array, or as a sparse object by index.
type statCells[T any] struct {
	offset int
	array  []T
	sparse map[int]T // nil for an array
	last   struct{ index, offset int }
}

func (r *statReader) read() {
	r.object("the file", func(name string, offset int) {
		if _, twice := r.at[name]; twice {
			r.note(offset, "member %q comes twice: fetch the table again", name)
			r.skip()
			return
		}
		r.at[name] = offset
		switch name {
		case "version":
			r.version, _ = r.text(quoted(name))
		case "class":
			r.class, _ = r.text(quoted(name))
		case "label":
			r.label, _ = r.text(quoted(name))
		case "id":
			r.array(quoted(name), func(int) {
				id, _ := r.text("an id")
				r.ids = append(r.ids, id)
			})
		case "size":
			r.array(quoted(name), func(int) {
				size, _ := r.whole("a size", 1)
				r.size = append(r.size, size)
			})
		case "role":
			r.object(quoted(name), func(role string, _ int) {
				r.array(quoted(role), func(int) {
					id, _ := r.text("a role's dimension")
					r.roles[role] = append(r.roles[role], id)
				})
			})
		case "dimension":
			r.object(quoted(name), func(id string, offset int) { r.dimensions[id] = r.dimension(id, offset) })
		case "value":
			r.value = readCells(r.document, quoted(name), r.number)
		case "status":
			if r.peek() == '"' {
				r.statusAll, _ = r.text(quoted(name))
				return
			}
			r.status = readCells(r.document, quoted(name), func() string { s, _ := r.text("a status"); return s })
		default:
			r.skip()
		}
	})
}

// number takes a value: a number or null.
func (r *statReader) number() float64 {
	token, offset := r.next()
	switch v := token.(type) {
	case float64:
		return v
	case nil:
		return math.NaN()
	default:
		r.note(offset, "a value is %s, not a number or null", kindOf(v))
		r.skipRest(v)
	}
	return math.NaN()
}

func readCells[T any](d *document, what string, cell func() T) (cells statCells[T]) {
	cells.offset = d.ahead()
	if d.peek() != '{' {
		d.array(what, func(int) { cells.array = append(cells.array, cell()) })
		return cells
	}
	cells.sparse = map[int]T{}
	d.object(what, func(name string, offset int) {
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || strconv.Itoa(i) != name {
			d.note(offset, "%q in %s is no index of a cell", name, what)
			d.skip()
			return
		}
		if _, twice := cells.sparse[i]; twice {
			d.note(offset, "cell %d comes twice in %s", i, what)
		}
		if i >= cells.last.index {
			cells.last.index, cells.last.offset = i, offset
		}
		cells.sparse[i] = cell()
	})
	return cells
}

// dimension takes a dimension: its category's index, an array of codes or an object from
// code to position, or the label alone when there is one category.
func (r *statReader) dimension(id string, offset int) (out statDimension) {
	out.offset = offset
	var only []string
	var onlyAt []int
	r.object("dimension "+quoted(id), func(name string, _ int) {
		if name != "category" {
			r.skip()
			return
		}
		r.object(`"category"`, func(name string, _ int) {
			switch {
			case name == "index" && r.peek() == '{':
				out.categories, out.offsets = r.positions(id)
			case name == "index":
				r.array(quoted(name), func(int) {
					code, at := r.text("a category")
					out.categories, out.offsets = append(out.categories, code), append(out.offsets, at)
				})
			case name == "label" && r.peek() == '{':
				r.object(quoted(name), func(code string, at int) {
					only, onlyAt = append(only, code), append(onlyAt, at)
					r.skip()
				})
			default:
				r.skip()
			}
		})
	})
	if out.categories == nil && len(only) == 1 {
		out.categories, out.offsets = only, onlyAt
	}
	return out
}

// positions takes an object from code to position.
func (r *statReader) positions(id string) (codes []string, offsets []int) {
	type entry struct{ code, position, offset int }
	var names []string
	var entries []entry
	r.object(`"index"`, func(code string, at int) {
		position, _ := r.whole("the position of category "+quoted(code), 0)
		entries = append(entries, entry{len(names), position, at})
		names = append(names, code)
	})
	codes, offsets = make([]string, len(entries)), make([]int, len(entries))
	taken := make([]bool, len(entries))
	for _, e := range entries {
		switch {
		case e.position < 0: // noted already
		case e.position >= len(entries):
			r.note(e.offset, "category %q of %q has position %d, but there are %d categories", names[e.code], id, e.position, len(entries))
		case taken[e.position]:
			r.note(e.offset, "categories %q and %q of %q have the same position %d", codes[e.position], names[e.code], id, e.position)
		default:
			taken[e.position] = true
			codes[e.position], offsets[e.position] = names[e.code], e.offset
		}
	}
	return codes, offsets
}

// cube puts the members together, noting what does not fit.
func (r *statReader) cube(path string) *Cube {
	if !r.isDataset() {
		return nil
	}
	c := &Cube{File: path, Label: r.label, IDs: r.ids, Size: r.size}
	cells, ok := r.shape(c)
	if !ok {
		return nil
	}
	c.Geo = roleOf(c.IDs, r.roles["geo"], func(id string) bool { return strings.Contains(strings.ToLower(id), "region") })
	c.Time = roleOf(c.IDs, r.roles["time"], func(id string) bool { return id == "Tid" || id == "Time" })
	if !fits(r.document, `"value"`, &r.value, cells) || !fits(r.document, `"status"`, &r.status, cells) {
		return nil
	}
	c.Values = dense(&r.value, cells, math.NaN())
	r.addStatus(c)
	return c
}

// isDataset notes what keeps the file from being a dataset in JSON-stat 2.0.
func (r *statReader) isDataset() bool {
	_, old := r.at["dataset"]
	switch {
	case r.found.any():
	case old && r.version == "":
		r.note(r.at["dataset"], "is JSON-stat 1: ask for the table as JSON-stat2")
	case r.version != "2.0":
		r.note(r.at["version"], "version %q of JSON-stat: this program reads 2.0; ask for the table as JSON-stat2", r.version)
	case r.class != "dataset":
		r.note(r.at["class"], "class %q: this program reads a dataset; ask for the table's data as JSON-stat2", r.class)
	default:
		for _, name := range []string{"id", "size", "dimension", "value"} {
			if _, ok := r.at[name]; !ok {
				r.note(0, "no member %q, which a JSON-stat dataset must have: fetch the table again", name)
			}
		}
	}
	return !r.found.any()
}

// shape fills in the dimensions and returns the number of cells.
func (r *statReader) shape(c *Cube) (cells int, ok bool) {
	if len(r.size) != len(r.ids) || len(r.ids) == 0 {
		r.note(r.at["size"], "\"size\" has %d numbers for %d dimensions in \"id\": fetch the table again", len(r.size), len(r.ids))
		return 0, false
	}
	cells, ok = 1, true
	for k, id := range r.ids {
		if slices.Contains(r.ids[:k], id) {
			r.note(r.at["id"], "dimension %q comes twice in \"id\"", id)
			return 0, false
		}
		dimension, known := r.dimensions[id]
		switch {
		case !known:
			r.note(r.at["dimension"], "\"dimension\" lacks %q, which is in \"id\"", id)
			ok = false
		case len(dimension.categories) != r.size[k]:
			r.note(dimension.offset, "dimension %q has %d categories, but its size is %d: fetch the table again", id, len(dimension.categories), r.size[k])
			ok = false
		default:
			r.categories(c, id, dimension)
		}
		if cells > maxCells/r.size[k] {
			r.note(r.at["size"], "more than %d cells: ask for fewer categories", maxCells)
			return 0, false
		}
		cells *= r.size[k]
	}
	return cells, ok && !r.found.any()
}

func (r *statReader) categories(c *Cube, id string, dimension statDimension) {
	places := make([]place, len(dimension.offsets))
	seen := map[string]bool{}
	for i, offset := range dimension.offsets {
		places[i].line, places[i].col = r.place(offset)
		if code := dimension.categories[i]; seen[code] {
			r.note(offset, "category %q comes twice in dimension %q", code, id)
		} else {
			seen[code] = true
		}
	}
	c.Categories = append(c.Categories, dimension.categories)
	c.places = append(c.places, places)
}

// roleOf returns the first of the ids in the role that exists, else the only one that looks like it.
func roleOf(ids, role []string, looks func(id string) bool) string {
	for _, id := range role {
		if slices.Contains(ids, id) {
			return id
		}
	}
	found := ""
	for _, id := range ids {
		if looks(id) {
			if found != "" {
				return ""
			}
			found = id
		}
	}
	return found
}

// fits notes when there are not as many cells as the sizes say.
func fits[T any](d *document, what string, cells *statCells[T], n int) bool {
	switch {
	case cells.sparse == nil && cells.array != nil && len(cells.array) != n:
		d.note(cells.offset, "%s has %d cells, but the sizes make %d: fetch the table again", what, len(cells.array), n)
		return false
	case len(cells.sparse) > 0 && cells.last.index >= n:
		d.note(cells.last.offset, "%s has a cell %d, but the sizes make %d cells (0 to %d): fetch the table again", what, cells.last.index, n, n-1)
		return false
	}
	return true
}

// dense returns all n cells; those that a sparse object leaves out are empty.
func dense[T any](cells *statCells[T], n int, empty T) []T {
	if len(cells.array) == n {
		return cells.array
	}
	out := make([]T, n)
	for i := range out {
		out[i] = empty
	}
	for i, v := range cells.sparse {
		out[i] = v
	}
	return out
}

func (r *statReader) addStatus(c *Cube) {
	switch {
	case r.statusAll != "":
		c.Status = slices.Repeat([]string{r.statusAll}, len(c.Values))
	case r.status.array != nil || len(r.status.sparse) > 0:
		c.Status = dense(&r.status, len(c.Values), "")
	}
	for i, s := range c.Status {
		if slices.Contains(missingStatus, s) {
			c.Values[i] = math.NaN()
		}
	}
}

// Place tells where the file has a category of a dimension, line and column from
// 1; both are 0 when it has none.
func (c *Cube) Place(dimension, category string) (line, col int) {
	k := slices.Index(c.IDs, dimension)
	if k < 0 {
		return 0, 0
	}
	i := slices.Index(c.Categories[k], category)
	if i < 0 {
		return 0, 0
	}
	return c.places[k][i].line, c.places[k][i].col
}
