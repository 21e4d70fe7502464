package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"bidrag/evaluate/effects"
	"bidrag/evaluate/result"
	"bidrag/model/design"
	"bidrag/model/family"
	"bidrag/model/fit"
	"bidrag/model/formula"
	"bidrag/model/glm"
)

// setAnswers are what the completed data sets say.
type setAnswers struct {
	names []string // of the models
	sets  []setAnswer
}

// A setAnswer is what one completed data set says.
type setAnswer struct {
	models   []*modelAnswer // by model; nil when it cannot be fitted
	failed   []error        // by model: why
	projects []result.Value // what projects contribute; nil without any
	failure  error          // why there are none
}

// A modelAnswer is what a model says of one completed data set.
type modelAnswer struct {
	persons   int
	link      string
	df        float64 // of its intervals
	terms     []string
	variables []string // by term: the column that it is of; "" of several
	beta, cov []float64
	scalars   []scalar
}

// A scalar is one number of a completed data set, on the scale on which numbers
// of several sets are pooled.
type scalar struct {
	key      result.Key
	unit     string
	n, part  int
	x, error float64
	back     func(float64) float64 // from that scale; nil for none
}

// answerSets asks every completed data set.
func (r *Run) answerSets(ctx context.Context, f *filling) (*setAnswers, error) {
	out := &setAnswers{names: r.imputedModels(f), sets: make([]setAnswer, len(f.filled.Columns))}
	err := r.parallel(len(out.sets), func(k int) error {
		part, err := r.set(f, k)
		if err != nil {
			return err
		}
		out.sets[k], err = part.answerSet(ctx, out.names)
		return err
	})
	return out, err
}

// answerSet asks one. The error is of a run that has been stopped.
func (r *Run) answerSet(ctx context.Context, names []string) (setAnswer, error) {
	var out setAnswer
	var contributing *fitted
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		answer, model, err := r.answerModel(name)
		out.models, out.failed = append(out.models, answer), append(out.failed, err)
		if c := r.Study.Contribution; c != nil && name == c.Model {
			contributing = model
		}
	}
	if err := ctx.Err(); err != nil {
		return out, err
	}
	out.projects, out.failure = r.contributionsOf(contributing)
	return out, nil
}

// imputedModels are the models that are fitted to completed data. One whose
// sample has nobody with a filled value that the model uses is a gap.
func (r *Run) imputedModels(f *filling) []string {
	var names []string
	for _, e := range r.Study.Imputation.Models {
		if err := r.fillsModel(f, e.Key, e.Value); err != nil {
			r.gap("imputation", e.Key, "", err, "imputation", "models", e.Key)
			continue
		}
		names = append(names, e.Key)
	}
	return names
}

// fillsModel tells why a model with filled data would be the model without.
func (r *Run) fillsModel(f *filling, name, sample string) error {
	in := make([]bool, r.data.NumRows())
	rows := r.rows(sample)
	if len(rows) == 0 {
		return r.nobody(sample)
	}
	for _, i := range rows {
		in[i] = true
	}
	for _, v := range f.problem.Variables {
		used := false
		for _, c := range r.columnsOf(v.Name) {
			used = used || slices.Contains(asked(r.formulas[name]), c)
		}
		if !used {
			continue
		}
		column, _ := r.data.Column(v.Name)
		for _, i := range f.rows {
			if in[i] && column.Missing(i) {
				return nil
			}
		}
	}
	return notFilled(name, sample)
}

// notFilled is why a model is not fitted to filled data that are the same without.
func notFilled(name, sample string) error {
	return result.Reason{Code: result.NotFilled, About: sample, Message: fmt.Sprintf("nobody in the sample %q has a filled value of a variable of the model %q, so that it would be the same as without filling; name a sample that does not ask for complete rows", sample, name)}
}

// answerModel fits a model to the persons of its imputed sample.
func (r *Run) answerModel(name string) (*modelAnswer, *fitted, error) {
	f, err := r.imputedFit(name)
	if err != nil {
		return nil, nil, err
	}
	answer := coefficients(f)
	for _, ask := range []func(*fitted) ([]scalar, error){r.differences, r.imputedProfiles} {
		more, err := ask(f)
		if err != nil {
			return nil, nil, err
		}
		answer.scalars = append(answer.scalars, more...)
	}
	answer.scalars = append(answer.scalars, variances(f)...)
	return answer, f, nil
}

// imputedFit fits a model to one completed data set. One without a finite
// estimate has no answer.
func (r *Run) imputedFit(name string) (*fitted, error) {
	m, _ := r.Study.Models.Get(name)
	m.Sample, _ = r.Study.Imputation.Models.Get(name)
	f, err := r.fitTo(name, m)
	if err != nil {
		return nil, err
	}
	switch f.model.Result.Status {
	case glm.Separated.String():
		return nil, errors.New("some of its coefficients have no finite estimate")
	case glm.NotConverged.String():
		return nil, fmt.Errorf("it does not converge: %s", f.model.Result.Reason)
	}
	return f, nil
}

// coefficients are a fitted model's, with their covariance.
func coefficients(f *fitted) *modelAnswer {
	out := &modelAnswer{persons: f.model.Result.NObs, link: f.model.Result.Link, df: math.Inf(1), beta: f.model.Beta, cov: f.model.Cov}
	known := 0
	for j, c := range f.model.Result.Coefficients {
		out.terms, out.variables = append(out.terms, c.Term), append(out.variables, columnOf(f.model.Coding, j))
		if c.Estimate != nil {
			known++
		}
	}
	if f.model.Family.HasDispersion() && len(f.model.Result.Random) == 0 {
		out.df = float64(f.model.Result.NObs - known)
	}
	return out
}

// columnOf is the column of the data that column j of a model is made of, "" where
// there are several or none.
func columnOf(coding *design.Coding, j int) string {
	term := coding.Columns[j].Term
	if term == 0 {
		return ""
	}
	var names []string
	for _, v := range coding.Terms.Terms[term-1].Variables {
		formula.Walk(coding.Terms.Variables[v], func(e formula.Expr) {
			if n, ok := e.(*formula.Name); ok {
				names = append(names, n.Name)
			}
		})
	}
	if len(names) != 1 {
		return ""
	}
	return names[0]
}

// differences are those of the schemes, averaged over all groups: among everyone,
// with the model's own errors, and among the participants of each, with those of
// clusters where the study names them, as for the models of complete rows.
func (r *Run) differences(f *fitted) ([]scalar, error) {
	if !uses(f.model.Formula, "scheme") {
		return nil, nil
	}
	everyone, err := effects.Everyone(f.of(), overGroups, r.Study.Reference())
	if err != nil {
		return nil, err
	}
	with, err := r.clustered(f)
	if err != nil {
		with = f // told of the model of complete rows
	}
	treated, err := effects.Treated(with.of(), overGroups, r.Study.Reference())
	if err != nil {
		return nil, err
	}
	var out []scalar
	add := func(quantity string, d effects.Difference, n, part int) {
		unit := result.Points
		if f.model.Family.Dist != family.Binomial {
			unit = result.Number
		}
		out = append(out, scalar{key: result.Key{Quantity: quantity, Model: f.name, Scheme: d.Scheme}, unit: unit, n: n, part: part, x: d.Value, error: d.StdError})
	}
	for _, d := range everyone {
		add("imputed_adjusted_difference", d, f.data.NumRows(), d.Persons)
	}
	for _, d := range treated {
		add("imputed_treated_difference", d, d.Persons, -1)
	}
	return out, nil
}

// imputedProfiles is what a model expects of the study's made-up persons. A
// profile that a set has no answer for is left out.
func (r *Run) imputedProfiles(f *fitted) ([]scalar, error) {
	var out []scalar
	for _, p := range r.Study.Profiles {
		if !slices.Contains(p.Value.Models, f.name) {
			continue
		}
		schemes := p.Value.Schemes
		if len(schemes) == 0 {
			schemes = r.Study.Schemes.Keys()
		}
		profile, err := effects.ProfileRows(f.of(), p.Key, schemes, r.profileValues(f, p.Value))
		if err != nil {
			continue // told of by the effects
		}
		overs := map[string]fit.Over{"": fit.TypicalGroup}
		suffixes := []string{""}
		if len(f.model.Result.Random) > 0 {
			overs["_all_groups"], suffixes = fit.AllGroups, append(suffixes, "_all_groups")
		}
		for _, suffix := range suffixes {
			more, err := profileScalars(f, profile, overs[suffix], suffix, r.Study.Reference())
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	return out, nil
}

// profileScalars are a profile's expected responses, pooled on the scale of the
// link, and their differences from that in the reference scheme.
func profileScalars(f *fitted, p effects.Profile, over fit.Over, suffix, reference string) ([]scalar, error) {
	e, err := f.model.Effects(over)
	if err != nil {
		return nil, err
	}
	rows, err := e.Rows(p.Rows)
	if err != nil {
		return nil, err
	}
	from, n := slices.Index(p.Schemes, reference), f.data.NumRows()
	share, points := result.Share, result.Points
	if f.model.Family.Dist != family.Binomial {
		share, points = result.Number, result.Number
	}
	key := func(quantity string, i int) result.Key {
		return result.Key{Quantity: quantity + suffix, Kind: p.Name, Model: f.name, Scheme: p.Schemes[i]}
	}
	var out []scalar
	for i, x := range rows {
		eta, error := onLink(f.model.Family, x)
		out = append(out, scalar{key: key("imputed_profile", i), unit: share, n: n, part: -1, x: eta, error: error, back: response(f.model.Family)})
		if from >= 0 && i != from {
			d := e.Difference(x, rows[from])
			out = append(out, scalar{key: key("imputed_profile_difference", i), unit: points, n: n, part: -1, x: d.Value, error: d.StdError})
		}
	}
	return out, nil
}

// onLink is a mean response and its standard error on the scale of the link.
func onLink(f family.Family, x fit.Margin) (eta, error float64) {
	at, mu, complement, slope := make([]float64, 1), make([]float64, 1), make([]float64, 1), make([]float64, 1)
	f.Eta([]float64{x.Value}, []float64{1 - x.Value}, at)
	f.Mean(at, mu, complement, slope)
	return at[0], x.StdError / slope[0]
}

// response is the inverse of a family's link.
func response(f family.Family) func(float64) float64 {
	return func(eta float64) float64 {
		mu := make([]float64, 1)
		f.Response([]float64{eta}, mu)
		return mu[0]
	}
}

// variances are the standard deviations between groups, pooled as logarithms, and
// their shares of what the fixed part leaves, pooled as logits. One of zero has
// neither: such sets are pooled as they are, without an interval.
func variances(f *fitted) []scalar {
	parts, ok := f.model.Partition()
	if !ok {
		return nil
	}
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	var out []scalar
	for _, c := range parts {
		key := func(quantity string) result.Key {
			return result.Key{Quantity: quantity, Model: f.name, Variable: c.Group}
		}
		sd := scalar{key: key("imputed_random_sd"), unit: result.LogOdds, n: f.model.Result.NObs, part: -1, x: math.Log(c.SD.Value), error: c.SD.StdError / c.SD.Value, back: math.Exp}
		p := c.Share.Value
		share := scalar{key: key("imputed_icc"), unit: result.Share, n: f.model.Result.NObs, part: -1, x: logit(p), error: c.Share.StdError / (p * (1 - p)), back: logistic}
		out = append(out, sd, share)
	}
	return out
}
