package pipeline

import (
	"context"
	"errors"
	"fmt"

	"bidrag/evaluate/match"
	"bidrag/evaluate/result"
	"bidrag/model/infer"
	"bidrag/study"
)

// A matchKey names the comparison of one scheme by one method of a matching.
type matchKey struct{ matching, method, scheme string }

// matching compares the participants of every scheme with those of the reference
// who are like them, in each of the study's matchings.
func (r *Run) matching(ctx context.Context) error {
	for _, e := range r.Study.Matching {
		for _, scheme := range r.Study.Schemes.Keys() {
			if scheme == r.Study.Reference() {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.matchScheme(ctx, e.Key, e.Value, scheme); err != nil {
				return err
			}
		}
	}
	return nil
}

// pairsOf returns the matched sets of a method of kind nearest, of the persons of
// a scheme, in the order of their rows; rows are those of the analysis set
// (r.data). Each set has one person of the scheme, and one of the reference or
// more (ratio), with their outcomes, which are all known. It is nil when the
// method is of another kind or nobody was matched, which is a gap already.
func (r *Run) pairsOf(matching, method, scheme string) []match.Set {
	return r.pairs[matchKey{matching, method, scheme}]
}

// A matchOf is a matching of one scheme.
type matchOf struct {
	*Run
	name   string
	of     study.Matching
	c      *match.Comparison
	traits []match.Trait
	rows   []int // of the analysis set, by row of the sample
}

// matchScheme answers one matching for one scheme.
func (r *Run) matchScheme(ctx context.Context, name string, m study.Matching, scheme string) error {
	q := match.Question{
		Scheme: scheme, Reference: r.Study.Reference(), Outcome: m.Outcome, Covariates: m.Covariates, Adjust: m.Adjust,
		Balance: m.Balance, Cluster: m.Cluster, Replicates: m.Replicates, Seed: r.options.Seed, Threads: r.threads(),
	}
	for _, e := range m.Methods {
		q.Exact = append(q.Exact, e.Value.Exact...)
	}
	data := r.frames.rows(r, m.Sample)
	if data.NumRows() == 0 {
		r.gapOfMatching(name, scheme, "", r.nobody(m.Sample), "sample")
		return nil
	}
	c, err := match.New(data, q)
	if err != nil {
		r.gapOfMatching(name, scheme, "", fmt.Errorf("%s cannot be compared: %w", scheme, err), "covariates")
		return nil
	}
	o := matchOf{r, name, m, c, c.Traits(), r.rows(m.Sample)}
	if err := r.Results.Add("matching", o.amounts(c.Values(name, o.traits), nil)...); err != nil {
		return err
	}
	if err := o.nearest(ctx); err != nil {
		return err
	}
	return o.weighted(ctx)
}

// gapOfMatching remembers that a matching, or one of its methods, has no answer
// for a scheme.
func (r *Run) gapOfMatching(name, scheme, method string, err error, path ...string) {
	subject := scheme
	if method != "" {
		subject += " " + method
	}
	r.gap("matching", name, subject, err, append([]string{"matching", name}, path...)...)
}

// nearest answers the methods that find the nearest persons.
func (o matchOf) nearest(ctx context.Context) error {
	for _, e := range o.of.Methods {
		m := e.Value
		if m.Kind != study.Nearest {
			continue
		}
		sets, err := o.c.Nearest(ctx, match.Nearest{Mahalanobis: m.Distance == "mahalanobis", Ratio: m.Ratio, Replace: m.Replace, Caliper: m.Caliper, Exact: m.Exact})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			o.gap(e.Key, err)
			continue
		}
		o.keep(e.Key, sets)
		plain, err := o.c.Difference(sets)
		o.gap(e.Key, err)
		adjusted, err := o.c.Adjusted(sets)
		none := err != nil && !errors.Is(err, infer.ErrOneCluster)
		if none {
			o.gap(e.Key, err)
		}
		weights := o.c.Weights(sets)
		values := o.c.MethodValues(o.name, e.Key, o.traits, weights, adjusted, !none)
		key := result.Key{Quantity: "matched_difference_plain", Kind: e.Key, Analysis: o.name, Scheme: o.c.Scheme}
		values = append(values, o.c.EffectValue(key, plain, len(sets)))
		if err := o.Results.Add("matching", o.amounts(values, weights)...); err != nil {
			return err
		}
	}
	return nil
}

// keep keeps the sets of a method for other steps, by rows of the analysis set.
func (o matchOf) keep(method string, sets []match.Set) {
	row := func(i int) int { return o.rows[o.c.Rows[i]] }
	kept := make([]match.Set, len(sets))
	for k, s := range sets {
		kept[k] = match.Set{Treated: row(s.Treated), Controls: make([]int, len(s.Controls)), Outcome: s.Outcome, Outcomes: s.Outcomes}
		for m, j := range s.Controls {
			kept[k].Controls[m] = row(j)
		}
	}
	o.pairs[matchKey{o.name, method, o.c.Scheme}] = kept
}

// gap remembers what a method has no answer to, if anything.
func (o matchOf) gap(method string, err error) {
	var reason result.Reason
	part := ""
	switch {
	case err == nil:
		return
	case errors.Is(err, infer.ErrOneCluster):
		err = result.Reason{Code: result.OneCluster, About: o.of.Cluster, Message: fmt.Sprintf("the difference has no interval: %v", err)}
	case errors.As(err, &reason) && (reason.About == "exact" || reason.About == "caliper" || reason.About == "trim"):
		part = reason.About
	}
	path := []string{"methods", method}
	if part != "" {
		path = append(path, part)
	}
	o.gapOfMatching(o.name, o.c.Scheme, method, err, path...)
}

// weighted answers the methods that weight, all by the same draws.
func (o matchOf) weighted(ctx context.Context) error {
	var ways []match.Weighting
	var names []string
	for _, e := range o.of.Methods {
		if e.Value.Kind != study.Nearest {
			ways, names = append(ways, weightingOf(e.Value)), append(names, e.Key)
		}
	}
	if len(ways) == 0 {
		return nil
	}
	for k, a := range o.c.Weighted(ctx, ways) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		o.gap(names[k], a.Err)
		known := a.Err == nil || errors.Is(a.Err, infer.ErrOneCluster)
		if kept := o.c.KeptBy(ways[k]); kept.Scheme == 0 || kept.Reference == 0 {
			continue
		}
		weights := o.c.WeightsOf(ways[k])
		values := o.c.MethodValues(o.name, names[k], o.traits, weights, a.Effect, known)
		if known {
			key := result.Key{Quantity: "matching_replicates", Kind: names[k], Analysis: o.name, Scheme: o.c.Scheme}
			values = append(values, result.Estimate(key, result.Count, float64(a.Replicates), o.c.Persons().Scheme))
		}
		if err := o.Results.Add("matching", o.amounts(values, weights)...); err != nil {
			return err
		}
	}
	return nil
}

// weightingOf is a method of the study as the comparison asks for it.
func weightingOf(m study.Method) match.Weighting {
	w := match.Weighting{All: m.Estimand == "all", Low: 0, High: 1}
	switch m.Kind {
	case study.Overlap:
		w.Kind = match.Overlap
	case study.AIPW:
		w.Kind = match.DoublyRobust
	}
	if len(m.Trim) == 2 {
		w.Low, w.High = m.Trim[0], m.Trim[1]
	}
	return w
}
