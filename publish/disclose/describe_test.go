package disclose

import (
	"fmt"
	"strings"
)

// describe lists what is told and what became of it, for whoever reads a failure.
func (p *population) describe(c *Cleared) string {
	var b strings.Builder
	for i, n := range c.Numbers() {
		v := p.set.Values[i]
		fmt.Fprintf(&b, "\n%-60s N %d part %d state %d", v.Key.ID(), v.N, v.Part, n.State())
	}
	return b.String()
}
