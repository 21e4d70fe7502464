package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"bidrag/data/source"
	"bidrag/model/fit"
)

type fitCmd struct {
	Data        string   `help:"File with one row an observation: csv (commas, or semicolons with decimal comma), parquet or xlsx." required:"" placeholder:"FILE" type:"path"`
	Formula     string   `help:"Model in R's notation, as 'y ~ a + b*c + offset(log(t))'; docs/formula.md tells all of it." required:"" placeholder:"TEXT"`
	Family      string   `help:"Distribution of the response: binomial, poisson, gaussian or gamma." enum:"binomial,poisson,gaussian,gamma" default:"binomial"`
	Link        string   `help:"Link function: for binomial logit, probit or cloglog; the others have one. Default is the family's own." placeholder:"LINK"`
	Quadrature  int      `help:"Points of the integration over random terms: 1 is Laplace." default:"1" placeholder:"N"`
	Weights     string   `help:"Column of weights." placeholder:"COL"`
	WeightsType string   `help:"What weights mean: prior (multiply a row's log-likelihood), frequency (number of equal rows) or total (number of trials of which the response is the share). Default is prior." placeholder:"TYPE"`
	Offset      string   `help:"Column added to the linear predictor." placeholder:"COL"`
	Cluster     string   `help:"Column of clusters: standard errors are made robust to dependence within them (CR0)." placeholder:"COL"`
	Reference   []string `help:"Reference level of a factor; may be repeated. Default is the first level in byte order." placeholder:"A=LEVEL" sep:"none"`
	ConfLevel   float64  `help:"Level of the intervals." default:"0.95" placeholder:"P"`
	Format      string   `help:"Form of the result: text or json." enum:"text,json" default:"text"`
}

// Help is the text of bidrag fit --help.
func (fitCmd) Help() string {
	return `Text columns are factors, with the first level as reference; empty cells and NA are missing, and rows with a missing
value in a variable of the model are dropped and counted. docs/fit.md describes every number of the result.

Examples:

  bidrag fit --data people.csv --formula 'employed ~ age + sex*region' --reference region=oslo
  bidrag fit --data places.csv --formula 'cbind(yes, no) ~ poly(share, 2)' --format json
  bidrag fit --data visits.csv --formula 'visits ~ age + offset(log(months))' --family poisson --cluster clinic`
}

// Run carries out bidrag fit.
func (c fitCmd) Run(ctx context.Context, io *streams) error {
	reference, err := c.reference()
	if err != nil {
		return err
	}
	data, err := source.ReadFrame(ctx, c.Data)
	if err != nil {
		return err
	}
	m, err := fit.Fit(c.Formula, data, fit.Options{
		Family: c.Family, Link: c.Link, Weights: c.Weights, WeightsType: c.WeightsType, Offset: c.Offset,
		Cluster: c.Cluster, Reference: reference, ConfLevel: c.ConfLevel, Quadrature: c.Quadrature,
	})
	if err != nil {
		return c.explain(err)
	}
	if c.Format == "json" {
		e := json.NewEncoder(io.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(m.Result)
	}
	return writeSummary(io.out, m.Result, c.ConfLevel)
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

// explain makes lines of the error of a fit.
func (c fitCmd) explain(err error) error {
	var option *fit.OptionError
	if errors.As(err, &option) && usageOptions[option.Option] {
		return errUsage{fmt.Errorf("--%s: %s", option.Option, option.Message)}
	}
	flag := func(name string) string { return "--" + name }
	return fit.Problems(err, "--formula", 1, 1, flag, c.Data).Err()
}
