package pipeline

import (
	"context"
	"fmt"
	"slices"

	"bidrag/evaluate/describe"
	"bidrag/evaluate/effects"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// certainty puts every estimate of the schemes' difference that the study names on
// one scale: how many percentage points more of the scheme's own participants
// attain the goal than would have in the reference scheme.
func (r *Run) certainty(ctx context.Context) error {
	var names []string
	for _, e := range r.Study.Certainty {
		if name := e.Value.Model; name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if err := r.fitAll(ctx, names); err != nil {
		return err
	}
	values, gaps := make([][]result.Value, len(r.Study.Certainty)), make([]error, len(r.Study.Certainty))
	if err := r.parallel(len(values), func(i int) error {
		values[i], gaps[i] = r.certain(r.Study.Certainty[i].Key, r.Study.Certainty[i].Value)
		return ctx.Err()
	}); err != nil {
		return err
	}
	for i, e := range r.Study.Certainty {
		if gaps[i] != nil {
			r.gap("certainty", e.Value.Model, e.Key, gaps[i], "certainty", e.Key)
		}
		if err := r.Results.Add("certainty", values[i]...); err != nil {
			return err
		}
	}
	return nil
}

// certain is one estimate. The error is why there is none, unless that is told
// elsewhere.
func (r *Run) certain(name string, of study.Certainty) ([]result.Value, error) {
	switch {
	case of.Raw != "":
		return r.certainRaw(name, of.Raw)
	case of.Model != "":
		return r.certainModel(name, r.fits[of.Model])
	case of.Imputed != "":
		imputed := func(scheme string) result.Key {
			return result.Key{Quantity: "imputed_treated_difference", Model: of.Imputed, Scheme: scheme}
		}
		return r.certainAlready(name, "imputation", imputed, imputed)
	}
	matched := func(quantity string) func(scheme string) result.Key {
		return func(scheme string) result.Key {
			return result.Key{Quantity: quantity, Kind: of.Method, Analysis: of.Matching, Scheme: scheme}
		}
	}
	return r.certainAlready(name, "matching", matched("matched_difference"), matched("matching_kept"))
}

// certaintyOf is a value of the page, about so many persons of the scheme. They are those
// of a value with the key like, whom the value's own key does not name.
func certaintyOf(name string, v result.Value, persons int, like result.Key) []result.Value {
	if v.Like == (result.Key{}) {
		v.Like = v.Key
	}
	key := result.Key{Quantity: "certainty", Kind: name, Scheme: v.Key.Scheme}
	v.Key, v.Unit = key, result.Points
	key.Quantity = "certainty_persons"
	count := result.PersonCount(key, persons)
	count.Like = like
	return []result.Value{v, count}
}

// certainRaw is the difference of rates in a sample.
func (r *Run) certainRaw(name, sample string) ([]result.Value, error) {
	rows := r.rows(sample)
	count := map[string]int{}
	scheme, _ := r.data.Column("scheme")
	for _, i := range rows {
		count[scheme.Levels[scheme.Code[i]]]++
	}
	if len(rows) == 0 {
		return nil, r.nobody(sample)
	}
	reference := r.Study.Reference()
	var out []result.Value
	for _, v := range describe.Differences(r.Study, r.data, sample, rows) {
		if count[v.Key.Scheme] > 0 && count[reference] > 0 {
			out = append(out, certaintyOf(name, v, count[v.Key.Scheme], result.Key{Quantity: "persons", Sample: sample, Scheme: v.Key.Scheme})...)
		}
	}
	if len(out) == 0 {
		only := scheme.Levels[scheme.Code[rows[0]]]
		return nil, result.Reason{Code: result.OneScheme, About: only, Message: fmt.Sprintf("everyone in the sample %q is in the scheme %s; choose another sample", sample, only)}
	}
	return out, nil
}

// certainModel is what a model says of the scheme's own participants, and of
// everyone in it; with random terms on average over their groups.
func (r *Run) certainModel(name string, f *fitted) ([]result.Value, error) {
	if f == nil {
		return nil, nil // told of the model
	}
	with, gap := r.clustered(f)
	if gap != nil {
		with = f
	}
	treated, err := effects.Treated(with.of(), overGroups, r.Study.Reference())
	if err != nil {
		return nil, err
	}
	everyone, err := effects.Everyone(with.of(), overGroups, r.Study.Reference())
	if err != nil {
		return nil, err
	}
	value := func(quantity string, d effects.Difference) result.Value {
		v := result.Estimate(result.Key{Quantity: quantity, Kind: name, Scheme: d.Scheme}, result.Points, d.Value, d.Persons).WithInterval(d.Low, d.High)
		v.Like = result.Key{Quantity: "risk_ratio", Model: f.name, Scheme: d.Scheme} // the scheme's persons in the model
		return v
	}
	var out []result.Value
	for _, d := range treated {
		v := value("certainty", d)
		out = append(out, certaintyOf(name, v, d.Persons, v.Like)...)
	}
	for _, d := range everyone {
		out = append(out, value("certainty_everyone", d))
	}
	return out, gap
}

// certainAlready is what another step has found, and has counted the persons of. It is
// an error when that step has neither an answer nor told why not.
func (r *Run) certainAlready(name, step string, key, persons func(scheme string) result.Key) ([]result.Value, error) {
	var out []result.Value
	for _, e := range r.Study.Schemes {
		if v, ok := r.Results.Get(key(e.Key)); ok && !e.Value.Reference {
			out = append(out, certaintyOf(name, v, v.N, persons(e.Key))...)
		}
	}
	if len(out) == 0 && !slices.ContainsFunc(r.Results.Gaps, func(g result.Gap) bool { return g.Step == step }) {
		return nil, fmt.Errorf("there is no estimate of %q: the step %s has made none", name, step)
	}
	return out, nil
}
