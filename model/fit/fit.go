// Package fit is the one door to the statistical engine: a formula, a frame
// and options go in, a fitted [Model] comes out.
//
//	m, err := fit.Fit("outcome ~ scheme + age*male", data, fit.Options{})
//
// Its stance: what a careful reader must know of a fit stands in its [Result],
// by name: rows lost and to which variable, terms that are aliased or
// separated, how the iteration ended. An error means that there is no answer;
// anything less is a warning in the result.
package fit

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"bidrag/data/frame"
	"bidrag/model/design"
	"bidrag/model/family"
	"bidrag/model/formula"
	"bidrag/model/glm"
	"bidrag/model/glmm"
	"bidrag/model/infer"
)

// What weights mean.
const (
	Prior     = "prior"     // they multiply a row's log-likelihood; a row stays one observation
	Frequency = "frequency" // the row stands for that many equal ones
	Total     = "total"     // binomial: the number of trials of which the response is the share of successes
)

// Options are the settings of [Fit]; the zero value is a logistic model.
type Options struct {
	Family string // binomial (default), poisson, gaussian or gamma
	Link   string // empty is the family's own: logit, log, identity, log

	Weights     string // column of weights; empty is none
	WeightsType string // Prior (default), Frequency or Total
	Offset      string // column added to the linear predictor; empty is none
	Cluster     string // column of clusters for robust standard errors (CR0); empty is none

	Reference map[string]string // reference level by factor; else the first level
	ConfLevel float64           // of the intervals; default 0.95

	Quadrature int // for random terms; 0 and 1 are Laplace
	Threads    int // default the number of processors; no effect on the result
}

// A Model is a fitted model. Questions asked of it do not change it.
type Model struct {
	Result  *Result
	Formula *formula.Formula
	Family  family.Family
	Coding  *design.Coding // turns other frames into the columns of the model

	Beta []float64 // coefficients by column; NaN where aliased
	Cov  []float64 // len(Beta)² covariance of Beta, as the standard errors show it; NaN where aliased

	Rows []int     // rows of the frame that were fitted; nil is all of them
	Eta  []float64 // linear predictor of those rows, random effects at their modes
	Mu   []float64 // fitted means of those rows, by Eta

	options Options
	data    glm.Data // what was fitted, without X
	random  []design.RandomTerm
	mixed   *glmm.Estimate // nil when the formula has no random term
}

// An OptionError is something wrong with one of the options.
type OptionError struct {
	Option  string // as on the command line, without dashes: weights, conf-level
	Message string
}

// Error gives the option and what is wrong with it.
func (e *OptionError) Error() string { return e.Option + ": " + e.Message }

// Fit fits the model that a formula describes to a frame. Errors that belong
// to a place of the formula are [*formula.Error], those of an option
// [*OptionError]; several are joined. [Problems] turns them into lines.
func Fit(text string, data *frame.Frame, o Options) (*Model, error) {
	f, err := formula.Parse(text)
	if err != nil {
		return nil, err
	}
	return FitParsed(f, data, o)
}

// FitParsed is [Fit] for a formula that is parsed already.
func FitParsed(f *formula.Formula, data *frame.Frame, o Options) (*Model, error) {
	began := time.Now()
	s, err := newSetup(f, data, o)
	if err != nil {
		return nil, err
	}
	m := &Model{Formula: f, Family: s.family, Coding: s.design.Coding, Rows: s.design.Rows, options: s.options, data: s.data, random: s.design.Random}
	m.data.X = nil
	if len(f.Random) > 0 {
		err = s.fitMixed(m)
	} else {
		err = s.fitFixed(m)
	}
	if err != nil {
		return nil, err
	}
	m.Result.Seconds = time.Since(began).Seconds()
	return m, nil
}

// fitFixed fits a model without random terms.
func (s *setup) fitFixed(m *Model) error {
	e, err := glm.Fit(s.data, glm.Options{Threads: s.options.Threads})
	if err != nil {
		return err
	}
	m.Beta, m.Cov, m.Eta, m.Mu = e.Beta, e.Cov, e.Eta, e.Mu
	if s.design.Cluster != nil {
		m.Cov = s.robust(e)
	}
	m.Result = s.result(m, e)
	return nil
}

// A setup is everything that is settled before the iteration.
type setup struct {
	formula *formula.Formula
	options Options
	family  family.Family
	design  *design.Design
	data    glm.Data
}

func newSetup(f *formula.Formula, data *frame.Frame, o Options) (*setup, error) {
	s := &setup{formula: f, options: o}
	if s.options.Family == "" {
		s.options.Family = family.Binomial.String()
	}
	if s.options.ConfLevel == 0 {
		s.options.ConfLevel = 0.95
	}
	columns, err := s.check(data)
	if err = errors.Join(err, design.Check(f, data)); err != nil {
		return nil, err
	}
	if data, err = relevel(data, o.Reference); err != nil {
		return nil, err
	}
	if s.design, err = design.New(f, data, columns); err != nil {
		return nil, err
	}
	d := s.design
	s.data = glm.Data{N: d.N, P: len(d.Coding.Columns), X: d.X, Offset: d.Offset, Weights: d.Weights, Family: s.family}
	if o.WeightsType == Frequency {
		s.data.WeightType = glm.Frequency
	}
	if err := s.response(); err != nil {
		return nil, err
	}
	if d.Cluster != nil && s.clusters() == 1 {
		return nil, &OptionError{"cluster", fmt.Sprintf("%q has the same value in every row of the fit: the scores of a single cluster sum to zero, so nothing tells how estimates vary between clusters. Name a column of many clusters, or leave the option out", o.Cluster)}
	}
	return s, errors.Join(s.checkSizes(), s.checkRandom())
}

// clusters counts the clusters that have a row with weight.
func (s *setup) clusters() int {
	seen, n := make([]bool, s.design.Clusters), 0
	for i, w := range s.rowWeights() {
		if c := s.design.Cluster[i]; w > 0 && !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n
}

// check looks at the options and finds the columns they name.
func (s *setup) check(data *frame.Frame) (design.Columns, error) {
	var columns design.Columns
	var errs []error
	wrong := func(option, format string, args ...any) {
		errs = append(errs, &OptionError{option, fmt.Sprintf(format, args...)})
	}
	var err error
	if s.family, err = family.New(s.options.Family, s.options.Link); err != nil {
		option := "family"
		if _, e := family.New(s.options.Family, ""); e == nil {
			option = "link"
		}
		wrong(option, "%v", err)
	}
	if l := s.options.ConfLevel; !(l > 0 && l < 1) {
		wrong("conf-level", "the level must lie between 0 and 1, as 0.95; it is %g", l)
	}
	if s.options.Quadrature < 0 {
		wrong("quadrature", "the number of points must be 1 (Laplace) or more; it is %d", s.options.Quadrature)
	} else if s.options.Quadrature > maxNodes {
		wrong("quadrature", "%d points are more than %d, beyond which more change nothing: 5 to 25 are usual", s.options.Quadrature, maxNodes)
	} else if s.options.Quadrature > 1 && len(s.formula.Random) == 0 {
		wrong("quadrature", "the formula has no random term, so there is nothing to integrate: leave the option out")
	}
	if s.options.Cluster != "" && len(s.formula.Random) > 0 {
		wrong("cluster", "the random terms of the formula are the model of what the rows of a group have in common; robust errors are for models without: leave the option or the random terms out")
	}
	switch s.options.WeightsType {
	case "", Prior, Frequency:
	case Total:
		if s.family.Dist != family.Binomial && err == nil {
			wrong("weights-type", "total is the number of trials of a binomial response; with %s use prior or frequency", s.family.Dist)
		}
	default:
		wrong("weights-type", "there is no type %q; choose prior, frequency or total", s.options.WeightsType)
	}
	if s.options.WeightsType != "" && s.options.Weights == "" {
		wrong("weights-type", "it says what weights mean, and there are none: name their column with --weights")
	}
	for _, c := range []struct {
		option, name string
		to           **frame.Column
		numeric      bool
	}{{"weights", s.options.Weights, &columns.Weights, true}, {"offset", s.options.Offset, &columns.Offset, true}, {"cluster", s.options.Cluster, &columns.Cluster, false}} {
		if c.name == "" {
			continue
		}
		column, ok := data.Column(c.name)
		switch {
		case !ok:
			wrong(c.option, "there is no column %q%s", c.name, design.Meant(c.name, data.Names()))
		case c.numeric && column.Kind == frame.Factor:
			wrong(c.option, "%s", design.NotNumbers(column))
		}
		*c.to = column
	}
	return columns, errors.Join(errs...)
}

// relevel gives factors the reference levels that were asked for.
func relevel(data *frame.Frame, reference map[string]string) (*frame.Frame, error) {
	var changed []*frame.Column
	var errs []error
	for name, level := range reference {
		c, ok := data.Column(name)
		if !ok {
			errs = append(errs, &OptionError{"reference", fmt.Sprintf("there is no column %q%s", name, design.Meant(name, data.Names()))})
			continue
		}
		if c.Kind == frame.Factor && !slices.Contains(c.Levels, level) {
			errs = append(errs, &OptionError{"reference", fmt.Sprintf("%s has no level %q%s", name, level, design.MeantLevel(level, c.Levels))})
			continue
		}
		r, err := c.Relevel(level)
		if err != nil {
			errs = append(errs, &OptionError{"reference", err.Error()})
			continue
		}
		changed = append(changed, r)
	}
	if err := errors.Join(errs...); err != nil || len(changed) == 0 {
		return data, err
	}
	return data.With(changed...)
}

// robust is the cluster-robust covariance.
func (s *setup) robust(e *glm.Estimate) []float64 {
	n, p := s.data.N, s.data.P
	rows := family.Rows{Y: s.data.Y, Weight: s.data.Weights, Trials: s.data.Trials}
	a, score, info := make([]float64, n), make([]float64, n), make([]float64, n)
	rows.Scale(a)
	s.family.Score(e.Eta, s.data.Y, a, score, info)
	for i, v := range a {
		if v == 0 { // its η may be too far out for a score
			score[i] = 0
		}
	}
	bread := make([]float64, p*p)
	for i, v := range e.Cov {
		bread[i] = v / e.Dispersion
	}
	return infer.ClusterRobust(s.data.X, score, bread, n, p, s.design.Cluster, s.design.Clusters)
}
