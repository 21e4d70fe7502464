package study

import (
	"slices"
	"strconv"
)

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

// checkDecomposition reports names that lead nowhere and what cannot be split.
// Whether the blocks have every variable of the model, each once, shows when
// formulas are read.
func (s *Study) checkDecomposition(c checker) {
	for _, e := range s.Decomposition {
		d := e.Value
		path := func(p ...string) []string { return append(at("decomposition", e.Key), p...) }
		m, _ := s.Models.Get(d.Model)
		if c.known(path("model"), "model", d.Model, s.Models.Keys()) && m.Family != "" && m.Family != "binomial" {
			c.at(path("model"), "the model %q is of the family %s, and what is split is a difference in the share that attains the goal; name a model of the family binomial", d.Model, m.Family)
		}
		for _, b := range d.Blocks {
			for i, v := range b.Value.Variables {
				at := path("blocks", b.Key, "variables", strconv.Itoa(i))
				if v == "scheme" {
					c.at(at, "scheme is what is compared and belongs to no block; take it out")
					continue
				}
				c.known(at, "variable", v, slices.Concat(s.modelColumns(), m.Groups.Keys()))
			}
		}
		c.once(path("tables"), d.Tables)
		for i, v := range d.Tables {
			at := path("tables", strconv.Itoa(i))
			switch of, _ := s.Codebook.Variables.Get(v); {
			case !c.known(at, "variable", v, s.ColumnNames()):
			case v == s.Describe.Outcome:
				c.at(at, "%s is the outcome, whose rates are compared; take it out", v)
			case of.Type == Municipality:
				c.at(at, "%s is a place, and rates are not compared place by place; name a variable with few levels, or a number", v)
			}
		}
		if d.Cluster != "" && s.writesDecomposition(e.Key, "cluster") {
			s.checkCluster(c, path("cluster"), d.Cluster, s.Describe.Outcome)
		}
	}
}

// checkCluster reports a column that cannot be the cluster of a bootstrap or of
// robust errors: what is compared, and by what.
func (s *Study) checkCluster(c checker, path []string, cluster, outcome string) {
	switch {
	case cluster == "scheme":
		c.at(path, "clusters are drawn with their persons of both schemes; scheme cannot be one, name a column such as a place")
	case cluster == outcome:
		c.at(path, "%s is the outcome, and persons do not belong together by what becomes of them; name a column such as a place", outcome)
	default:
		c.known(path, "column", cluster, s.modelColumns())
	}
}

// writesDecomposition tells whether a setting is written in a decomposition, and
// not taken over from its model.
func (s *Study) writesDecomposition(name, setting string) bool {
	_, _, found := s.studyDoc.find(at("decomposition", name, setting))
	return found
}
