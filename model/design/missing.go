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
	if d.Dropped > 0 {
		d.Rows = data.Where(func(i int) bool { return !gone[i] })
	}
	return nil
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
