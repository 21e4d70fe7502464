package design

import (
	"fmt"
	"slices"
	"strings"

	"bidrag/data/frame"
	"bidrag/model/formula"
)

// dropMissing finds the rows without a missing value in any column that the
// model uses, and counts the others by column.
func (d *Design) dropMissing(f *formula.Formula, data *frame.Frame, extra Columns) error {
	var used []*frame.Column
	for _, n := range f.Names() {
		c, _ := data.Column(n.Name)
		used = append(used, c)
	}
	for _, c := range []*frame.Column{extra.Weights, extra.Offset, extra.Cluster} {
		if c != nil && !slices.Contains(used, c) {
			used = append(used, c)
		}
	}
	n := data.NumRows()
	gone := make([]bool, n)
	d.DroppedBy = map[string]int{}
	for _, c := range used {
		for i := range n {
			if c.Missing(i) {
				gone[i] = true
				d.DroppedBy[c.Name]++
			}
		}
	}
	for _, g := range gone {
		if g {
			d.Dropped++
		}
	}
	if d.N = n - d.Dropped; d.N == 0 {
		return d.allDropped(n)
	}
	if len(f.Random) > 0 && extra.Weights != nil {
		d.dropWeightless(extra.Weights, gone)
	}
	if d.N < n {
		d.Rows = data.Where(func(i int) bool { return !gone[i] })
	}
	return nil
}

// dropWeightless takes rows of weight 0 out of a model with random terms, where
// a group of nothing else would be no group. They do not count as dropped: no
// value is missing. When there are no others they stay, for fit to tell.
func (d *Design) dropWeightless(weights *frame.Column, gone []bool) {
	var at []int
	for i, g := range gone {
		if !g && weights.Kind != frame.Factor && weights.Number[i] == 0 {
			at = append(at, i)
		}
	}
	if len(at) == d.N {
		return
	}
	for _, i := range at {
		gone[i] = true
	}
	d.N -= len(at)
}

// allDropped says which columns took all rows, the emptiest first.
func (d *Design) allDropped(n int) error {
	if n == 0 {
		return fmt.Errorf("the data have no rows")
	}
	var names []string
	for name := range d.DroppedBy {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if k := d.DroppedBy[b] - d.DroppedBy[a]; k != 0 {
			return k
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s (%d)", name, d.DroppedBy[name])
	}
	return fmt.Errorf("no row of %d is left: each has a missing value in a variable of the model; rows missing by column: %s", n, strings.Join(names, ", "))
}
