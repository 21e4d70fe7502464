package targets

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// Print writes the comparison: every target, then how many hit by place, then the total.
func Print(w io.Writer, comparisons []Comparison) error {
	out := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(out, "target\twhere\tpublished\tcomputed\ttolerance\tresult")
	for _, c := range comparisons {
		computed, verdict := numbers(c.Computed), string(c.Status)
		if c.Status == NotComputed {
			computed, verdict = "", verdict+": "+c.Why
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, c.Where, numbers(c.Values), computed, numbers([]float64{c.Tolerance}), verdict)
	}
	fmt.Fprintln(out)
	fmt.Fprintln(out, "where\thit\tmiss\tnot computed")
	total := map[Status]int{}
	for _, place := range places(comparisons) {
		count := map[Status]int{}
		for _, c := range comparisons {
			if c.Where == place {
				count[c.Status]++
				total[c.Status]++
			}
		}
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\n", place, count[Hit], count[Miss], count[NotComputed])
	}
	fmt.Fprintf(out, "all\t%d\t%d\t%d\n", total[Hit], total[Miss], total[NotComputed])
	return out.Flush()
}

// places lists where the targets come from, in order of first appearance.
func places(comparisons []Comparison) []string {
	var out []string
	seen := map[string]bool{}
	for _, c := range comparisons {
		if !seen[c.Where] {
			seen[c.Where] = true
			out = append(out, c.Where)
		}
	}
	return out
}

// numbers writes numbers with at most six significant digits.
func numbers(x []float64) string {
	parts := make([]string, len(x))
	for i, v := range x {
		parts[i] = strconv.FormatFloat(v, 'g', 6, 64)
	}
	return strings.Join(parts, "; ")
}
