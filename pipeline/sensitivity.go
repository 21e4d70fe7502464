package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/data/frame"
	"bidrag/evaluate/effects"
	"bidrag/evaluate/match"
	"bidrag/evaluate/result"
	"bidrag/evaluate/sensitivity"
	"bidrag/model/family"
	"bidrag/model/fit"
	"bidrag/model/formula"
	"bidrag/study/problem"
)

// checkSensitivity holds what is asked of sensitivity and certainty against the
// formulas of the models.
func (r *Run) checkSensitivity(problems *problem.List) {
	if s := r.Study.Sensitivity; s != nil {
		for i, name := range s.Models {
			r.checkDifference(name, problems, "sensitivity", "models", strconv.Itoa(i))
		}
		if b := s.Benchmark; b != nil {
			r.checkBenchmark(problems)
		}
	}
	for _, e := range r.Study.Certainty {
		if e.Value.Model != "" {
			r.checkDifference(e.Value.Model, problems, "certainty", e.Key, "model")
			r.checkOutcome(e.Value.Model, problems, "certainty", e.Key, "model")
		}
		if e.Value.Imputed != "" {
			r.checkOutcome(e.Value.Imputed, problems, "certainty", e.Key, "imputed")
		}
	}
}

// checkDifference reports a model that has no difference between schemes in
// percentage points.
func (r *Run) checkDifference(name string, problems *problem.List, path ...string) {
	f, ok := r.formulas[name]
	if !ok {
		return // its formula is told of
	}
	report := func(format string, args ...any) {
		file, line, column := r.Study.Place(path...)
		problems.Add(file, line, column, format, args...)
	}
	m, _ := r.Study.Models.Get(name)
	switch {
	case !uses(f, "scheme"):
		report("the model %q does not have scheme, so it tells no difference between schemes; name another, or put scheme into its formula", name)
	case m.Family != "" && m.Family != family.Binomial.String():
		report("the model %q is of the family %s; only one of the family binomial tells a difference in percentage points", name, m.Family)
	}
}

// checkOutcome reports a model of another outcome than the study's, whose
// estimates are not on the scale of the others.
func (r *Run) checkOutcome(name string, problems *problem.List, path ...string) {
	outcome := r.Study.Describe.Outcome
	f, ok := r.formulas[name]
	if !ok || f.Response.String() == outcome {
		return
	}
	file, line, column := r.Study.Place(path...)
	problems.Add(file, line, column, "the model %q is of %s, and the page puts estimates of %s on one scale; name a model of that, or take this out", name, f.Response, outcome)
}

// checkBenchmark reports variables that the benchmark's model does not have, and
// a model in which the schemes' difference is not one coefficient.
func (r *Run) checkBenchmark(problems *problem.List) {
	b := r.Study.Sensitivity.Benchmark
	f, ok := r.formulas[b.Model]
	if !ok {
		return
	}
	report := func(format string, args []any, path ...string) {
		file, line, column := r.Study.Place(append([]string{"sensitivity", "benchmark"}, path...)...)
		problems.Add(file, line, column, format, args...)
	}
	switch {
	case !uses(f, "scheme"):
		report("the model %q does not have scheme, so it tells no difference between schemes; name another, or put scheme into its formula", []any{b.Model}, "model")
	case schemeInteracts(f):
		report("in the model %q the schemes' difference varies with another variable, so no one coefficient is it; name a model without such an interaction", []any{b.Model}, "model")
	}
	m, _ := r.Study.Models.Get(b.Model)
	for i, v := range b.Variables {
		if v == "scheme" || !slices.ContainsFunc(r.valueColumns(m, v), func(c string) bool { return uses(f, c) }) {
			report("the model %q has no variable and no group %q to measure by; take it out, or put it into the formula", []any{b.Model, v}, "variables", strconv.Itoa(i))
		}
	}
}

// schemeInteracts tells whether the scheme is in a term together with another variable.
func schemeInteracts(f *formula.Formula) bool {
	terms, err := f.Terms()
	if err != nil {
		return false
	}
	for _, t := range terms.Terms {
		var names []string
		for _, v := range t.Variables {
			formula.Walk(terms.Variables[v], func(e formula.Expr) {
				if n, ok := e.(*formula.Name); ok {
					names = append(names, n.Name)
				}
			})
		}
		if len(names) > 1 && slices.Contains(names, "scheme") {
			return true
		}
	}
	return false
}

// sensitivity asks how strong what nobody has observed must be to explain the
// schemes' difference: E-values of models, a benchmark against variables that are
// observed, and Rosenbaum's bounds of matched pairs.
func (r *Run) sensitivity(ctx context.Context) error {
	s := r.Study.Sensitivity
	if s == nil {
		return nil
	}
	if err := r.eachModel(ctx, "sensitivity", s.Models, func(part *Run, name string, f *fitted) error {
		if f == nil {
			return nil // told of the model itself
		}
		return part.eValues(f)
	}); err != nil {
		return err
	}
	if s.Benchmark != nil {
		if err := r.eachModel(ctx, "sensitivity", []string{s.Benchmark.Model}, func(part *Run, _ string, f *fitted) error {
			if f == nil {
				return nil
			}
			return part.benchmark(f)
		}); err != nil {
			return err
		}
	}
	for i := range s.Bounds {
		for _, e := range r.Study.Schemes {
			if e.Value.Reference {
				continue
			}
			if err := r.bounds(i, e.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// clusterColumn is the column whose values are clusters of a model: its own, or
// the outermost grouping of its random effects; "" when there is none.
func (f *fitted) clusterColumn() string {
	name := f.study.Cluster
	for _, random := range f.model.Formula.Random {
		if name == "" && !strings.Contains(random.Name, ":") {
			name = random.Name
		}
	}
	return name
}

// clustered is a model without random terms with errors robust to its clusters,
// where the study names any; otherwise as it is. With fewer than two clusters it
// is an error.
func (r *Run) clustered(f *fitted) (*fitted, error) {
	if f.study.Cluster == "" || len(f.model.Formula.Random) > 0 {
		return f, nil
	}
	if err := severalValues(f, f.study.Cluster); err != nil {
		return nil, err
	}
	model, err := fit.FitParsed(f.model.Formula, f.data, fit.Options{Family: f.study.Family, Link: f.study.Link, Cluster: f.study.Cluster, Threads: r.threads()})
	if err != nil {
		return nil, err
	}
	data := f.data
	if model.Rows != nil {
		data = data.Rows(model.Rows)
	}
	return &fitted{f.name, f.study, model, data}, nil
}

// severalValues is an error when a column is the same for everyone in a model, or
// for everyone in one of its schemes.
func severalValues(f *fitted, name string) error {
	column, ok := f.data.Column(name)
	if !ok {
		return fmt.Errorf("there is no column %s", name)
	}
	scheme, _ := f.data.Column("scheme")
	first, several := map[int32]int{}, map[int32]bool{}
	for i, s := range scheme.Code {
		if column.Missing(i) {
			continue
		}
		at, seen := first[s]
		if !seen {
			first[s] = i
			continue
		}
		several[s] = several[s] || differ(column, i, at)
	}
	for s := range first {
		if !several[s] {
			return result.Reason{Code: result.OneCluster, About: name, Message: fmt.Sprintf("everyone in the model %q, or everyone of one of its schemes, has the same %s, so nothing tells how its clusters differ; choose another cluster or sample", f.name, name)}
		}
	}
	return nil
}

// differ tells whether two rows have different values.
func differ(c *frame.Column, i, j int) bool {
	if c.Levels != nil {
		return c.Code[i] != c.Code[j]
	}
	return c.Number[i] != c.Number[j]
}

// persons counts those of a scheme in a model: what a comparison with the scheme
// rests on.
func (f *fitted) persons(scheme string) int {
	column, _ := f.data.Column("scheme")
	n := 0
	for _, code := range column.Code {
		if column.Levels[code] == scheme {
			n++
		}
	}
	return n
}

// overGroups says for which groups a model's difference is meant: on average over
// all of them.
const overGroups = fit.AllGroups

// eValues are those of a model's odds ratio and of its ratio of risks among the
// scheme's participants.
func (r *Run) eValues(f *fitted) error {
	path := []string{"sensitivity", "models", strconv.Itoa(slices.Index(r.Study.Sensitivity.Models, f.name))}
	with, err := r.clustered(f)
	if err != nil {
		r.gap("sensitivity", f.name, "cluster", err, path...)
		with = f
	}
	tell := func(kind, scheme string, e sensitivity.Evidence) error {
		n := with.persons(scheme)
		key := func(quantity string) result.Key {
			return result.Key{Quantity: quantity, Kind: kind, Model: f.name, Scheme: scheme}
		}
		return r.Results.Add("sensitivity", result.Estimate(key("e_value"), result.Number, bounded(e.Estimate), n),
			result.Estimate(key("e_value_limit"), result.Number, bounded(e.Limit), n))
	}
	if with.model.Result.Link == "logit" && !schemeInteracts(with.model.Formula) {
		share := mean(with.model.Mu)
		for _, term := range r.schemeTerms(with) {
			c, _ := with.model.Coefficient(term)
			if c.Estimate == nil || c.ConfLow == nil || c.ConfHigh == nil {
				continue // aliased or separated: told of the model
			}
			e := sensitivity.OfOdds(sensitivity.Ratio{Value: math.Exp(*c.Estimate), Low: math.Exp(*c.ConfLow), High: math.Exp(*c.ConfHigh)}, share)
			if err := tell("odds_ratio", strings.TrimPrefix(term, "scheme"), e); err != nil {
				return err
			}
		}
	}
	treated, err := effects.Treated(with.of(), overGroups, r.Study.Reference())
	if err != nil {
		r.gap("sensitivity", f.name, "", err, path...)
		return nil
	}
	for _, d := range treated {
		key := result.Key{Quantity: "risk_ratio", Model: f.name, Scheme: d.Scheme}
		if err := r.Results.Add("sensitivity", result.Estimate(key, result.Number, bounded(d.Ratio.Value), d.Persons).WithInterval(d.Ratio.Low, d.Ratio.High)); err != nil {
			return err
		}
		if err := tell("risk_ratio", d.Scheme, sensitivity.OfRisks(sensitivity.Ratio{Value: d.Ratio.Value, Low: d.Ratio.Low, High: d.Ratio.High})); err != nil {
			return err
		}
	}
	return nil
}

// bounded is a number, NaN in place of one without end.
func bounded(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// bounds are Rosenbaum's, of the matched pairs or sets of one scheme, for entry i
// of the study's bounds.
func (r *Run) bounds(i int, scheme string) error {
	b := r.Study.Sensitivity.Bounds[i]
	sets := r.pairsOf(b.Matching, b.Method, scheme)
	if sets == nil {
		return nil // told of the matching
	}
	m, few, err := matchedTest(sets)
	if err != nil {
		r.gap("sensitivity", "", "bounds", err, "sensitivity", "bounds", strconv.Itoa(i), "method")
		return nil
	}
	key := func(quantity, level string) result.Key {
		return result.Key{Quantity: quantity, Kind: b.Method, Analysis: b.Matching, Scheme: scheme, Level: level}
	}
	values := []result.Value{result.Estimate(key("rosenbaum_sets", ""), result.Count, float64(len(sets)), len(sets))}
	if c, ok := m.(*sensitivity.Binary); ok {
		values = append(values, result.Estimate(key("rosenbaum_discordant", "more"), result.Count, float64(c.More), c.More),
			result.Estimate(key("rosenbaum_discordant", "fewer"), result.Count, float64(c.Fewer), c.Fewer))
	}
	if g := sensitivity.Tipping(m, 0.025); !math.IsInf(g, 1) {
		values = append(values, result.Estimate(key("rosenbaum_gamma", ""), result.Number, g, few))
	}
	for _, gamma := range b.Gammas {
		at := strconv.FormatFloat(gamma, 'g', -1, 64)
		low, high := m.Bounds(gamma)
		values = append(values, result.Estimate(key("rosenbaum_p", at), result.PValue, high, few), result.Estimate(key("rosenbaum_p_smallest", at), result.PValue, low, few))
	}
	return r.Results.Add("sensitivity", values...)
}

// matchedTest is the test for what kind of outcome it is, and the fewest persons
// of whom it tells.
func matchedTest(sets []match.Set) (m sensitivity.Matched, few int, err error) {
	binary, single := true, true
	zeroOne := func(x float64) bool { return x == 0 || x == 1 }
	var tables []sensitivity.Set
	var differences []float64
	for _, s := range sets {
		binary = binary && zeroOne(s.Outcome) && !slices.ContainsFunc(s.Outcomes, func(x float64) bool { return !zeroOne(x) })
		single = single && len(s.Outcomes) == 1
		successes := s.Outcome
		for _, x := range s.Outcomes {
			successes += x
		}
		tables = append(tables, sensitivity.Set{Size: 1 + len(s.Outcomes), Successes: int(successes), Treated: s.Outcome == 1})
		differences = append(differences, s.Outcome-s.Outcomes[0])
	}
	switch {
	case binary:
		b, err := sensitivity.NewBinary(tables)
		if err != nil {
			return nil, 0, err
		}
		few = min(b.More, b.Fewer)
		if few == 0 {
			few = b.More + b.Fewer
		}
		return b, few, nil
	case single:
		w, err := sensitivity.NewSignedRank(differences)
		if err != nil {
			return nil, 0, err
		}
		return w, w.Pairs, nil
	}
	return nil, 0, errors.New("bounds of an outcome that is a number are of pairs only; ask for a method with ratio 1")
}
