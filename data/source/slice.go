package source

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/study/problem"
)

// A Select fixes the dimensions of a cube: each to one category, or to several
// over which values are summed. Dimensions with a single category need not be
// named, nor regions and time.
type Select map[string][]string

// A Cell is the value of a region in a year.
type Cell struct {
	Region string  // the category's code
	Year   int     // the category's code, four digits
	Value  float64 // NaN when missing
	Status string  // why it is missing ("." not applicable, ".." not available, ":" confidential), or a remark about it
}

// A Misfit is a part of a [Select] that does not fit the cube.
type Misfit struct {
	Dimension string // of the Select; "" when one is missing from it
	Category  string // "" when the dimension is wrong
	Message   string // what is wrong, and what to do
}

// Misfits are everything wrong with a Select.
type Misfits []Misfit

// Error gives one line for each misfit.
func (m Misfits) Error() string {
	lines := make([]string, len(m))
	for i := range m {
		lines[i] = m[i].Message
	}
	return strings.Join(lines, "\n")
}

// Slice returns the value of every region and year, regions in the cube's order
// and years within them. A sum is missing when a part of it is, with that
// part's status. The error is [Misfits]: dimensions or categories that the cube does not have,
// dimensions that the selection leaves open, time that is no year.
func (c *Cube) Slice(where Select) ([]Cell, error) {
	chosen, misfits := c.choose(where)
	geo, time := slices.Index(c.IDs, c.Geo), slices.Index(c.IDs, c.Time)
	var years []int
	if geo < 0 || time < 0 {
		misfits = append(misfits, Misfit{Message: fmt.Sprintf("the table has no dimension of regions (%q) or none of time (%q) among %q: name them", c.Geo, c.Time, c.IDs)})
	} else {
		var wrong Misfits
		years, wrong = c.years(time)
		misfits = append(misfits, wrong...)
	}
	if len(misfits) > 0 {
		return nil, misfits
	}
	stride := make([]int, len(c.Size))
	for k, step := len(c.Size)-1, 1; k >= 0; k-- {
		stride[k] = step
		step *= c.Size[k]
	}
	offsets := []int{0}
	for k, categories := range chosen {
		if k != geo && k != time {
			offsets = combine(offsets, categories, stride[k])
		}
	}
	cells := make([]Cell, 0, c.Size[geo]*c.Size[time])
	for g, region := range c.Categories[geo] {
		for t, year := range years {
			cell := Cell{Region: region, Year: year}
			cell.Value, cell.Status = c.sum(g*stride[geo]+t*stride[time], offsets)
			cells = append(cells, cell)
		}
	}
	return cells, nil
}

// combine returns every offset with every category added.
func combine(offsets, categories []int, stride int) []int {
	out := make([]int, 0, len(offsets)*len(categories))
	for _, o := range offsets {
		for _, i := range categories {
			out = append(out, o+i*stride)
		}
	}
	return out
}

// sum adds the cells at the offsets from base. The status of a sum is its first part's that has one.
func (c *Cube) sum(base int, offsets []int) (value float64, status string) {
	for _, o := range offsets {
		v := c.Values[base+o]
		value += v
		if c.Status != nil && (status == "" || math.IsNaN(v)) {
			if s := c.Status[base+o]; s != "" {
				status = s
			}
		}
		if math.IsNaN(v) {
			return math.NaN(), status
		}
	}
	return value, status
}

// choose returns the indices of the chosen categories of every dimension but regions and time.
func (c *Cube) choose(where Select) (chosen [][]int, misfits Misfits) {
	names := make([]string, 0, len(where))
	for name := range where {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(c.IDs, name) {
			misfits = append(misfits, Misfit{name, "", fmt.Sprintf("the table has no dimension %q%s (it has %q)", name, problem.DidYouMean(name, c.IDs), c.IDs)})
		} else if name == c.Geo || name == c.Time {
			misfits = append(misfits, Misfit{name, "", fmt.Sprintf("dimension %q is kept whole: leave it out", name)})
		}
	}
	chosen = make([][]int, len(c.IDs))
	for k, id := range c.IDs {
		categories, named := where[id]
		switch {
		case id == c.Geo || id == c.Time:
		case !named && c.Size[k] == 1:
			chosen[k] = []int{0}
		case len(categories) == 0:
			misfits = append(misfits, Misfit{"", "", fmt.Sprintf("dimension %q has %d categories: choose among %s", id, c.Size[k], some(c.Categories[k]))})
		default:
			var wrong Misfits
			chosen[k], wrong = c.indices(k, categories)
			misfits = append(misfits, wrong...)
		}
	}
	return chosen, misfits
}

// indices returns the indices of categories of dimension k.
func (c *Cube) indices(k int, categories []string) (at []int, misfits Misfits) {
	for _, code := range categories {
		i := slices.Index(c.Categories[k], code)
		switch {
		case i < 0:
			misfits = append(misfits, Misfit{c.IDs[k], code, fmt.Sprintf("dimension %q has no category %q%s (it has %s)", c.IDs[k], code, problem.DidYouMean(code, c.Categories[k]), some(c.Categories[k]))})
		case slices.Contains(at, i):
			misfits = append(misfits, Misfit{c.IDs[k], code, fmt.Sprintf("category %q of dimension %q is named twice and would count twice", code, c.IDs[k])})
		}
		at = append(at, i)
	}
	return at, misfits
}

// years reads the categories of time.
func (c *Cube) years(time int) (years []int, misfits Misfits) {
	for _, code := range c.Categories[time] {
		year, err := strconv.Atoi(code)
		if err != nil || len(code) != 4 || year < 1000 {
			misfits = append(misfits, Misfit{"", code, fmt.Sprintf("time %q in dimension %q is no year: use a yearly table", code, c.Time)})
		}
		years = append(years, year)
	}
	return years, misfits
}

// some shows the first few of a list of codes.
func some(codes []string) string {
	if len(codes) > 12 {
		return fmt.Sprintf("%q and %d more", codes[:12], len(codes)-12)
	}
	return fmt.Sprintf("%q", codes)
}

// Ratio divides the cells of one slice by those of another of the same cube: the
// share of some industries among all, say. It is missing where a part is, with its
// status, and where the whole is zero, with the status "/0".
func Ratio(part, whole []Cell) ([]Cell, error) {
	if len(part) != len(whole) {
		return nil, fmt.Errorf("a ratio of %d cells to %d: take both from one table", len(part), len(whole))
	}
	out := slices.Clone(part)
	for i, w := range whole {
		if out[i].Region != w.Region || out[i].Year != w.Year {
			return nil, fmt.Errorf("a ratio of %s in %d to %s in %d: take both from one table", out[i].Region, out[i].Year, w.Region, w.Year)
		}
		switch {
		case math.IsNaN(out[i].Value):
		case math.IsNaN(w.Value):
			out[i].Value, out[i].Status = w.Value, w.Status
		case w.Value == 0:
			out[i].Value, out[i].Status = math.NaN(), "/0"
		default:
			out[i].Value /= w.Value
		}
	}
	return out, nil
}
