package fit

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"bidrag/data/frame"
	"bidrag/model/design"
	"bidrag/model/formula"
	"bidrag/model/glm"
)

// A Within is a model whose groups have an intercept each that is a parameter
// and no random effect: no pooling. What groups have in common with no other
// cannot be told from their intercepts.
type Within struct {
	Group        string        // the grouping, as in Result.Groups
	Coefficients []Coefficient // of the model's columns but the intercept; without numbers when aliased

	Levels       []string         // names of the groups
	Intercept    []float64        // by level: the predictor where every column is 0; ±Inf where all outcomes are the highest or lowest
	InterceptErr []float64        // by level: its standard error; NaN where it is not finite
	State        []glm.GroupState // by level: whether it is in the fit

	Groups, GroupsLeftOut int // groups with a finite intercept, and those without
	NObs, NLeftOut        int // observations in them

	LogLik     float64 // of the rows of the fit
	DF         int     // parameters, the intercepts among them
	Status     string  // converged, separated or not_converged
	Reason     string  // not_converged: why it stopped
	Iterations int
	Warnings   []Warning // aliased and separated terms
}

// NoPooling fits a model with random intercepts again with an intercept of its
// own for every group of the innermost grouping in their place, to the same
// rows (see [glm.FitWithin]). data is the frame of the fit. It is an error when
// the model has no random terms, slopes among them, or groupings of which
// none lies within all the others.
func (m *Model) NoPooling(data *frame.Frame) (*Within, error) {
	term, err := m.innermost()
	if err != nil {
		return nil, err
	}
	d := glm.Grouped{Data: m.data, Group: term.Group, Groups: len(term.Levels)}
	if d.X, err = m.matrix(data); err != nil {
		return nil, err
	}
	e, err := glm.FitWithin(d, glm.Options{Threads: m.options.Threads})
	if err != nil {
		return nil, err
	}
	w := &Within{
		Group: term.Name, Levels: term.Levels, Intercept: e.Intercept, InterceptErr: e.InterceptErr, State: e.State,
		NObs: int(e.Count), NLeftOut: m.Result.NObs - int(e.Count), LogLik: e.LogLik, DF: e.DF,
		Status: e.Status.String(), Iterations: e.Iterations,
	}
	if e.Status == glm.NotConverged {
		w.Reason = e.Reason
	}
	for _, s := range e.State {
		if s == glm.Estimated {
			w.Groups++
		} else {
			w.GroupsLeftOut++
		}
	}
	w.name(m, e)
	return w, nil
}

// name gives the coefficients their names and tests, and tells of those that
// have no estimate.
func (w *Within) name(m *Model, e *glm.WithinEstimate) {
	s := &setup{options: m.options, family: m.Family, design: &design.Design{Coding: m.Coding}}
	df := math.Inf(1)
	if m.Family.HasDispersion() {
		df = e.DFResidual
	}
	names := m.Coding.Names()
	for j, c := range s.coefficients(&Model{Coding: m.Coding, Beta: e.Beta, Cov: e.Cov}, df) {
		if m.Coding.Columns[j].Term == 0 {
			continue
		}
		w.Coefficients = append(w.Coefficients, c)
		switch {
		case e.Constant[j]:
			w.Warnings = append(w.Warnings, Warning{"aliased", c.Term, fmt.Sprintf("%s is the same throughout every group of %s, so nothing tells it from the groups' own intercepts and its coefficient has no estimate", c.Term, w.Group)})
		case e.Aliased[j]:
			w.Warnings = append(w.Warnings, Warning{"aliased", c.Term, aliasText(names, j, e.AliasOf[j])})
		case e.Separated[j]:
			w.Warnings = append(w.Warnings, Warning{"separation", c.Term, s.separationText(j, e.Beta[j])})
		}
	}
}

// CompletePooling fits a model with random terms again without them, to the
// same rows: as if there were no groups. data is the frame of the fit.
func (m *Model) CompletePooling(data *frame.Frame) (*Model, error) {
	if m.mixed == nil {
		return nil, fmt.Errorf("the model %s has no random terms: there is nothing to pool", m.Result.Formula)
	}
	var terms []string
	if m.Formula.Fixed == nil {
		terms = append(terms, "1")
	} else {
		terms = append(terms, m.Formula.Fixed.String())
	}
	for _, e := range m.Formula.Offsets {
		terms = append(terms, "offset("+e.String()+")")
	}
	f, err := formula.Parse(m.Formula.Response.String() + " ~ " + strings.Join(terms, " + "))
	if err != nil {
		return nil, err
	}
	o := m.options
	o.Quadrature = 0
	return FitParsed(f, m.fitted(data), o)
}

// GroupEffects are the effects of the groups of the innermost grouping, on the
// scale of the linear predictor, by two estimates that take the same coefficients
// β, those of the model with random terms:
//
//	None     the maximum-likelihood estimate by the rows of the group alone
//	Partial  the sum of the modes of the random intercepts of all groupings: None drawn towards 0
type GroupEffects struct {
	Group   string
	Levels  []string
	NObs    []int            // by level: rows
	Total   []float64        // by level: sum of the responses; of the binomial, the successes
	None    []float64        // by level; ±Inf where all outcomes are the highest or lowest
	NoneErr []float64        // by level: standard error, given β; NaN where None is not finite
	Partial []float64        // by level
	State   []glm.GroupState // by level
}

// GroupEffects returns the effects of the model's innermost groups without and
// with pooling. data is the frame of the fit; errors are as of [Model.NoPooling].
func (m *Model) GroupEffects(data *frame.Frame) (*GroupEffects, error) {
	term, err := m.innermost()
	if err != nil {
		return nil, err
	}
	x, err := m.matrix(data)
	if err != nil {
		return nil, err
	}
	d := glm.Grouped{Data: m.data, Group: term.Group, Groups: len(term.Levels)}
	d.P, d.X = 0, nil
	d.Offset = glm.Linear(m.Beta, x, m.data.Offset, m.data.N)
	e, err := glm.FitWithin(d, glm.Options{Threads: m.options.Threads})
	if err != nil {
		return nil, err
	}
	g := &GroupEffects{
		Group: term.Name, Levels: term.Levels, NObs: make([]int, len(term.Levels)), Total: make([]float64, len(term.Levels)), None: e.Intercept, NoneErr: e.InterceptErr,
		Partial: make([]float64, len(term.Levels)), State: e.State,
	}
	for i, at := range term.Group {
		g.NObs[at]++
		if m.data.Trials != nil {
			g.Total[at] += m.data.Trials[i] * m.data.Y[i]
		} else {
			g.Total[at] += m.data.Y[i]
		}
		g.Partial[at] = m.Eta[i] - d.Offset[i] // the same in every row of the group
	}
	return g, nil
}

// fitted is the rows of the fit.
func (m *Model) fitted(data *frame.Frame) *frame.Frame {
	if m.Rows != nil {
		return data.Rows(m.Rows)
	}
	return data
}

// matrix is the model matrix of the fit again.
func (m *Model) matrix(data *frame.Frame) ([]float64, error) {
	x, err := m.Coding.Matrix(m.fitted(data))
	if err == nil && len(x) != m.data.N*len(m.Beta) {
		err = fmt.Errorf("the data of the fit are needed, of %d rows", m.data.N)
	}
	return x, err
}

// innermost is the random intercept of the groups that lie within those of all
// the others.
func (m *Model) innermost() (*design.RandomTerm, error) {
	if len(m.random) == 0 {
		return nil, fmt.Errorf("the model %s has no random terms: there is nothing to pool", m.Result.Formula)
	}
	for _, t := range m.random {
		if !slices.Equal(t.Columns, []string{"(Intercept)"}) {
			return nil, fmt.Errorf("%s: more than an intercept varies between the groups of %s, and what varies has no counterpart without pooling here", t.Source, t.Name)
		}
	}
	for i := range m.random {
		t, all := &m.random[i], true
		for _, o := range m.random {
			all = all && within(t.Group, o.Group, len(t.Levels))
		}
		if all {
			return t, nil
		}
	}
	return nil, fmt.Errorf("the groupings of %s are crossed: no grouping lies within all the others, so a fit without pooling has no groups to take", m.Result.Formula)
}
