package pipeline

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"bidrag/evaluate/result"
	"bidrag/evaluate/sensitivity"
	"bidrag/model/family"
	"bidrag/model/fit"
	"bidrag/model/formula"
)

// benchmark asks a linear model of a model's terms what something unobserved would
// change, measured by variables that are observed.
func (r *Run) benchmark(f *fitted) error {
	b := r.Study.Sensitivity.Benchmark
	gap := func(subject string, err error) {
		r.gap("sensitivity", f.name, subject, err, "sensitivity", "benchmark", "model")
	}
	linear, err := r.linear(f, "")
	if err != nil {
		gap("benchmark", fmt.Errorf("nothing can be measured by the variables of %q: %w", f.name, err))
		return nil
	}
	robust := linear
	if cluster := f.clusterColumn(); cluster != "" {
		if err := severalValues(f, cluster); err != nil {
			gap("cluster", err)
		} else if robust, err = r.linear(f, cluster); err != nil {
			gap("cluster", err)
			robust = linear
		}
	}
	for _, term := range r.schemeTerms(f) {
		o, err := omittedOf(linear, robust, term)
		if err != nil {
			gap("benchmark", err)
			continue
		}
		values := r.omitted(f, o, term[len("scheme"):])
		for _, v := range b.Variables {
			values = append(values, r.measuredBy(f, linear, o, term[len("scheme"):], v)...)
		}
		if err := r.Results.Add("sensitivity", values...); err != nil {
			return err
		}
	}
	return nil
}

// linear is a linear model of the fixed terms of a model, to its persons, with
// errors robust to clusters unless cluster is "".
func (r *Run) linear(f *fitted, cluster string) (*fit.Model, error) {
	fixed, err := formula.Parse(f.model.Formula.Response.String() + " ~ " + f.model.Formula.Fixed.String())
	if err != nil {
		return nil, err
	}
	return fit.FitParsed(fixed, f.data, fit.Options{Family: family.Gaussian.String(), Cluster: cluster, Threads: r.threads()})
}

// omittedOf asks a term of a linear model, with the error of the robust one when
// that is another.
func omittedOf(linear, robust *fit.Model, term string) (*sensitivity.Omitted, error) {
	at := slices.Index(linear.Coding.Names(), term)
	if at < 0 {
		return nil, sensitivity.ErrNoEstimate
	}
	estimated := 0
	for _, b := range linear.Beta {
		if !math.IsNaN(b) {
			estimated++
		}
	}
	own := 0.0
	if robust != linear {
		p := len(robust.Beta)
		own = math.Sqrt(robust.Cov[at*p+at])
	}
	return sensitivity.NewOmitted(sensitivity.Linear{Beta: linear.Beta, Cov: linear.Cov, DF: float64(linear.Result.NObs - estimated)}, at, own)
}

// differenceUnit is the unit of what a linear model of a model's outcome says.
func (r *Run) differenceUnit(f *fitted) string {
	if f.model.Result.Family == family.Binomial.String() {
		return result.Points
	}
	return result.Number
}

// omitted is what the linear model says of a scheme, and what it would take.
func (r *Run) omitted(f *fitted, o *sensitivity.Omitted, scheme string) []result.Value {
	n := f.persons(scheme)
	key := func(quantity string) result.Key {
		return result.Key{Quantity: quantity, Model: f.name, Scheme: scheme}
	}
	return []result.Value{
		result.Estimate(key("linear_difference"), r.differenceUnit(f), o.Estimate, n).WithInterval(o.Interval()),
		result.Estimate(key("partial_r2"), result.Share, o.PartialR2(), n),
		result.Estimate(key("robustness_value"), result.Share, o.RobustnessValue(false), n),
		result.Estimate(key("robustness_value_limit"), result.Share, o.RobustnessValue(true), n),
	}
}

// measuredBy is the strength of a variable, or a group of them, what the scheme's
// difference would be with something so many times as strong, and how many times
// as strong it must be.
func (r *Run) measuredBy(f *fitted, linear *fit.Model, o *sensitivity.Omitted, scheme, variable string) []result.Value {
	n := f.persons(scheme)
	key := func(quantity, kind, level string) result.Key {
		return result.Key{Quantity: quantity, Kind: kind, Model: f.name, Scheme: scheme, Variable: variable, Level: level}
	}
	s := o.Observed(columnsWith(linear, r.valueColumns(f.study, variable)))
	values := []result.Value{
		result.Estimate(key("benchmark_strength", "scheme", ""), result.Share, s.Treatment, n),
		result.Estimate(key("benchmark_strength", "outcome", ""), result.Share, s.Outcome, n),
	}
	for _, k := range r.Study.Sensitivity.Benchmark.Times {
		if a, ok := o.Bound(s, k); ok {
			values = append(values, result.Estimate(key("benchmark_difference", "", strconv.FormatFloat(k, 'g', -1, 64)), r.differenceUnit(f), a.Estimate, n).WithInterval(a.Low, a.High))
		}
	}
	for _, kind := range []string{"estimate", "interval"} {
		if k, ok := o.Needed(s, kind == "interval"); ok {
			values = append(values, result.Estimate(key("benchmark_needed", kind, ""), result.Number, k, n))
		}
	}
	return values
}

// columnsWith are a model's columns in which a variable takes part, but for those
// of the schemes.
func columnsWith(m *fit.Model, variables []string) []int {
	var out []int
	for j, c := range m.Coding.Columns {
		if c.Term == 0 {
			continue
		}
		any, scheme := false, false
		for _, v := range m.Coding.Terms.Terms[c.Term-1].Variables {
			formula.Walk(m.Coding.Terms.Variables[v], func(e formula.Expr) {
				if n, ok := e.(*formula.Name); ok {
					any, scheme = any || slices.Contains(variables, n.Name), scheme || n.Name == "scheme"
				}
			})
		}
		if any && !scheme {
			out = append(out, j)
		}
	}
	return out
}
