package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bidrag/data/frame"
	"bidrag/data/source"
	"bidrag/model/fit"
	"bidrag/model/formula"
)

type fitCmd struct {
	Data        string   `help:"File with one row an observation: csv (commas, or semicolons with decimal comma), parquet or xlsx." required:"" placeholder:"FILE" type:"path"`
	Formula     string   `help:"Model in R's notation, as 'y ~ a + b*c + (1 | g/h)'; docs/formula.md tells all of it." required:"" placeholder:"TEXT"`
	Family      string   `help:"Distribution of the response: binomial, poisson, gaussian or gamma." enum:"binomial,poisson,gaussian,gamma" default:"binomial"`
	Link        string   `help:"Link function: for binomial logit, probit or cloglog; the others have one. Default is the family's own." placeholder:"LINK"`
	Quadrature  int      `help:"Points of the integration over random terms: 1 is Laplace; more are for one grouping factor, or nested ones." default:"1" placeholder:"N"`
	Weights     string   `help:"Column of weights." placeholder:"COL"`
	WeightsType string   `help:"What weights mean: prior (multiply a row's log-likelihood), frequency (number of equal rows) or total (number of trials of which the response is the share). Default is prior." placeholder:"TYPE"`
	Offset      string   `help:"Column added to the linear predictor." placeholder:"COL"`
	Cluster     string   `help:"Column of clusters: standard errors are made robust to dependence within them (CR0)." placeholder:"COL"`
	Reference   []string `help:"Reference level of a factor; may be repeated. Default is the first level in byte order." placeholder:"A=LEVEL" sep:"none"`
	ConfLevel   float64  `help:"Level of the intervals." default:"0.95" placeholder:"P"`
	Profile     []string `help:"Coefficient, or standard deviation written as 'g: (Intercept)', to give a profile-likelihood interval; may be repeated." placeholder:"TERM" sep:"none"`
	Against     string   `help:"Smaller model to test within this one by the likelihood ratio, on the same rows." placeholder:"TEXT"`
	Format      string   `help:"Form of the result: text or json." enum:"text,json" default:"text"`
}

// Help is the text of bidrag fit --help.
func (fitCmd) Help() string {
	return `Text columns are factors, with the first level as reference; empty cells and NA are missing, and rows with a missing
value in a variable of the model are dropped and counted. docs/fit.md describes every number of the result.

Random terms make a multilevel model: (1 | g) lets the level differ between the groups of g, (1 | g/h) also between those
of h within them, (x | g) the effect of x too. Variances, intraclass correlations and R² come with it.

Examples:

  bidrag fit --data people.csv --formula 'employed ~ age + sex*region' --reference region=oslo
  bidrag fit --data people.csv --formula 'employed ~ age + sex + (1 | municipality/project)'
  bidrag fit --data people.csv --formula 'employed ~ age + (1 | project)' --quadrature 7 --profile age --profile 'project: (Intercept)'
  bidrag fit --data people.csv --formula 'employed ~ age + sex + (1 | project)' --against 'employed ~ age + sex'
  bidrag fit --data places.csv --formula 'cbind(yes, no) ~ poly(share, 2)' --format json
  bidrag fit --data visits.csv --formula 'visits ~ age + offset(log(months))' --family poisson --cluster clinic`
}

// Run carries out bidrag fit.
func (c fitCmd) Run(ctx context.Context, io *streams) error {
	if err := c.checkNumbers(); err != nil {
		return err
	}
	reference, err := c.reference()
	if err != nil {
		return err
	}
	data, err := source.ReadFrame(ctx, c.Data)
	if err != nil {
		return err
	}
	options := fit.Options{
		Family: c.Family, Link: c.Link, Weights: c.Weights, WeightsType: c.WeightsType, Offset: c.Offset,
		Cluster: c.Cluster, Reference: reference, ConfLevel: c.ConfLevel, Quadrature: c.Quadrature,
	}
	m, err := fit.Fit(c.Formula, data, options)
	if err = errors.Join(err, c.unusedReference(data)); err != nil {
		return c.explain(err, "--formula")
	}
	result, err := c.questions(m, data, options)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		e := json.NewEncoder(io.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(result)
	}
	return writeSummary(io.out, result, c.ConfLevel)
}

// unusedReference tells of reference levels of columns that the formula does
// not have.
func (c fitCmd) unusedReference(data *frame.Frame) error {
	f, err := formula.Parse(c.Formula)
	if err != nil {
		return nil // it is told by the fit
	}
	var errs []error
	for _, r := range c.Reference {
		name, _, _ := strings.Cut(r, "=")
		_, there := data.Column(name)
		if there && !slices.ContainsFunc(f.Names(), func(n *formula.Name) bool { return n.Name == name }) {
			errs = append(errs, &fit.OptionError{Option: "reference", Message: fmt.Sprintf("%q is not in the formula, so its reference level changes nothing: leave the option out, or correct the name", name)})
		}
	}
	return errors.Join(errs...)
}

// checkNumbers tells of numbers that mean "default" to package fit and nothing
// on the command line, and of levels that are none.
func (c fitCmd) checkNumbers() error {
	switch {
	case !(c.ConfLevel > 0 && c.ConfLevel < 1):
		return errUsage{fmt.Errorf("--conf-level: the level must lie between 0 and 1, as 0.95; it is %g", c.ConfLevel)}
	case c.Quadrature < 1:
		return errUsage{fmt.Errorf("--quadrature: the number of points must be 1 or more (1 is Laplace); it is %d", c.Quadrature)}
	}
	return nil
}

// questions answers what else was asked of the model.
func (c fitCmd) questions(m *fit.Model, data *frame.Frame, o fit.Options) (*fit.Result, error) {
	result := *m.Result
	for _, term := range c.Profile {
		p, err := m.Profile(data, term, c.ConfLevel)
		if err != nil {
			return nil, c.explain(err, "--formula")
		}
		result.Profile = append(result.Profile, *p)
	}
	if c.Against == "" {
		return &result, nil
	}
	ratio, err := c.against(m, data, o)
	result.LikelihoodRatio = ratio
	return &result, err
}

// against tests the smaller model on the rows of the larger one.
func (c fitCmd) against(m *fit.Model, data *frame.Frame, o fit.Options) (*fit.LikelihoodRatio, error) {
	rows := data
	if m.Rows != nil {
		rows = data.Rows(m.Rows)
	}
	f, err := formula.Parse(c.Against)
	if err != nil {
		return nil, c.explain(err, "--against")
	}
	if len(f.Random) == 0 {
		o.Quadrature = 1
	}
	small, err := fit.FitParsed(f, rows, o)
	if err != nil {
		return nil, c.explain(err, "--against")
	}
	ratio, err := fit.Compare(small, m, data)
	if err != nil {
		return nil, c.explain(err, "--against")
	}
	return ratio, nil
}

// reference takes apart a=level.
func (c fitCmd) reference() (map[string]string, error) {
	out := map[string]string{}
	for _, r := range c.Reference {
		name, level, ok := strings.Cut(r, "=")
		if !ok || name == "" || level == "" {
			return nil, errUsage{fmt.Errorf("--reference is written column=level; %q is not", r)}
		}
		if _, twice := out[name]; twice {
			return nil, errUsage{fmt.Errorf("--reference names %q twice", name)}
		}
		out[name] = level
	}
	return out, nil
}

// usageOptions are those whose values are a matter of the command alone, not
// of the data.
var usageOptions = map[string]bool{"family": true, "link": true, "conf-level": true, "quadrature": true, "weights-type": true}

// explain makes lines of the error of a fit; formula is the flag that holds its formula.
func (c fitCmd) explain(err error, formula string) error {
	var option *fit.OptionError
	if errors.As(err, &option) && usageOptions[option.Option] {
		return errUsage{fmt.Errorf("--%s: %s", option.Option, option.Message)}
	}
	flag := func(name string) string { return "--" + name }
	return fit.Problems(err, formula, 1, 1, flag, c.Data).Err()
}
