package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"bidrag/model/formula"
	"bidrag/study"
	"bidrag/study/problem"
)

// checkDecompositions holds the blocks of the study's decompositions against the
// formulas of their models: every variable of the model in exactly one block.
func (r *Run) checkDecompositions(problems *problem.List) {
	for _, e := range r.Study.Decomposition {
		f, ok := r.formulas[e.Value.Model]
		if !ok {
			continue
		}
		terms, err := f.Terms()
		if err != nil {
			continue // told of the model
		}
		c := decompositionCheck{r, e.Key, e.Value, f, terms, problems}
		c.model()
		if blocks, ok := c.blocks(); ok {
			c.covered(blocks)
		}
	}
}

// A decompositionCheck is one decomposition that is checked.
type decompositionCheck struct {
	*Run
	name     string
	of       study.Decomposition
	formula  *formula.Formula
	terms    *formula.Terms
	problems *problem.List
}

// at reports a problem at a place of the decomposition.
func (c *decompositionCheck) at(path []string, format string, args ...any) {
	file, line, column := c.Study.Place(append([]string{"decomposition", c.name}, path...)...)
	c.problems.Add(file, line, column, format, args...)
}

// model reports models whose difference cannot be split into points of a share.
func (c *decompositionCheck) model() {
	path := []string{"model"}
	response, plain := c.formula.Response.(*formula.Name)
	if plain {
		v, known := c.Study.Codebook.Variables.Get(response.Name)
		plain = !known || v.Type == study.Binary
	}
	if !plain {
		c.at(path, "the outcome of model %q is not 0 or 1, so that a difference in it is no points of attainment; name a model of a 0/1 variable", c.of.Model)
	}
	if !c.terms.Intercept {
		c.at(path, "the formula of model %q has no intercept, and what belongs to no variable would go to one of them; name a model that has one", c.of.Model)
	}
	if len(c.formula.Offsets) > 0 {
		c.at(path, "the formula of model %q has an offset, which belongs to no block; name a model without", c.of.Model)
	}
	for t, term := range c.terms.Terms {
		if names := termColumns(c.terms, t); slices.Contains(names, "scheme") && len(names) > 1 {
			c.at(path, "the model %q lets the schemes differ by more for some persons than for others (%s), so that no one number remains; name a model in which scheme stands by itself", c.of.Model, term.Label)
		}
	}
}

// blocks are the columns of each block; it is false when a problem was told.
func (c *decompositionCheck) blocks() (map[string]string, bool) {
	m, _ := c.Study.Models.Get(c.of.Model)
	ok := true
	out := map[string]string{}
	for _, b := range c.of.Blocks {
		for i, v := range b.Value.Variables {
			path := []string{"blocks", b.Key, "variables", strconv.Itoa(i)}
			used := false
			for _, column := range c.valueColumns(m, v) {
				if !uses(c.formula, column) {
					continue
				}
				used = true
				if other, twice := out[column]; twice {
					c.at(path, "%s is in the block %q already; what goes with it counts once: keep one of them", column, other)
					ok = false
				}
				out[column] = b.Key
			}
			if !used && v != "scheme" {
				c.at(path, "the model %q does not have %s; take it out of the block, or put it into the formula", c.of.Model, v)
				ok = false
			}
		}
	}
	return out, ok
}

// covered reports variables of the model that are in no block, and terms that are
// made of the variables of several.
func (c *decompositionCheck) covered(block map[string]string) {
	var missing []string
	for t, term := range c.terms.Terms {
		of := ""
		for _, name := range termColumns(c.terms, t) {
			switch b, ok := block[name]; {
			case name == "scheme":
			case !ok && !slices.Contains(missing, name):
				missing = append(missing, name)
			case !ok:
			case of != "" && of != b:
				c.at([]string{"blocks"}, "the term %s of model %q is made of variables of the blocks %q and %q; put them into one", term.Label, c.of.Model, of, b)
			default:
				of = b
			}
		}
	}
	if len(missing) > 0 {
		c.at([]string{"blocks"}, "%s of model %q stand in no block, and every variable but scheme must; what goes with them would have no place", strings.Join(missing, ", "), c.of.Model)
	}
}
