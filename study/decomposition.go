package study

import "strconv"

func (s *Study) setDecompositionDefaults() {
	for i := range s.Decomposition {
		d := &s.Decomposition[i].Value
		if d.Orderings == 0 {
			d.Orderings = 100
		}
		if d.Replicates == 0 {
			d.Replicates = 500
		}
		if m, ok := s.Models.Get(d.Model); ok && d.Cluster == "" {
			d.Cluster = m.Cluster
		}
	}
}

// checkDecomposition reports names that lead nowhere, and variables in two blocks.
func (s *Study) checkDecomposition(c checker) {
	for _, e := range s.Decomposition {
		d := e.Value
		c.known(at("decomposition", e.Key, "model"), "model", d.Model, s.Models.Keys())
		for _, b := range d.Blocks {
			for i, v := range b.Value.Variables {
				c.known(at("decomposition", e.Key, "blocks", b.Key, "variables", strconv.Itoa(i)), "variable", v, s.modelColumns())
			}
		}
		for i, v := range d.Tables {
			c.known(at("decomposition", e.Key, "tables", strconv.Itoa(i)), "variable", v, s.ColumnNames())
		}
		if d.Cluster != "" && s.writesDecomposition(e.Key, "cluster") {
			c.known(at("decomposition", e.Key, "cluster"), "column", d.Cluster, s.modelColumns())
		}
	}
}

// writesDecomposition tells whether a setting is written in a decomposition, and
// not taken over from its model.
func (s *Study) writesDecomposition(name, setting string) bool {
	_, _, found := s.studyDoc.find(at("decomposition", name, setting))
	return found
}
