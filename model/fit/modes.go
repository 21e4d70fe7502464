package fit

import "slices"

// Modes are the random effects of one grouping factor: for every group how far
// it lies from a typical one, on the scale of the linear predictor.
type Modes struct {
	Group  string      // the grouping, as in Result.Groups
	Levels []string    // names of the groups, in the order of the rows below
	Terms  []string    // what varies: (Intercept), x
	Mode   [][]float64 // by level and term: most probable value given the data and the estimates
	SD     [][]float64 // by level and term: its standard deviation given the same
}

// Modes returns the random effects of a grouping factor; false when the model
// has none of that name. Terms of the same grouping stand side by side.
func (m *Model) Modes(group string) (*Modes, bool) {
	out := &Modes{Group: group}
	for k, r := range m.Coding.Random {
		if r.Name != group {
			continue
		}
		if out.Levels == nil {
			out.Levels = slices.Clone(r.Levels)
			out.Mode, out.SD = make([][]float64, len(r.Levels)), make([][]float64, len(r.Levels))
		}
		out.Terms = append(out.Terms, r.Columns...)
		t, q := m.mixed.Terms[k], len(r.Columns)
		for g := range r.Levels {
			out.Mode[g] = append(out.Mode[g], t.Modes[g*q:(g+1)*q]...)
			out.SD[g] = append(out.SD[g], t.ModeSD[g*q:(g+1)*q]...)
		}
	}
	return out, out.Levels != nil
}
