package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"bidrag/data/frame"
	"bidrag/evaluate/impute"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// imputation asks what would follow if nothing were missing: gaps are filled
// several times over, models are fitted to everyone in each completed data set,
// and what they say is pooled by Rubin's rules.
//
//  1. the persons: those of the study's sample who have all that others are
//     filled by (imputation_gaps.go);
//  2. the completed data sets, with the columns that follow from filled ones
//     (imputation_sets.go);
//  3. models in every set (imputation_models.go), pooled (imputation_pool.go),
//     and projects (imputation_contribution.go);
//  4. what if those who lack a value differ from those who are like them
//     (imputation_delta.go);
//  5. whether to trust it (imputation_diagnostics.go).
func (r *Run) imputation(ctx context.Context) error {
	m := r.Study.Imputation
	if m == nil {
		return nil
	}
	p, err := r.incompletePersons()
	if err != nil {
		r.gap("imputation", "", "", fmt.Errorf("gaps cannot be filled: %w", err), "imputation")
		return nil
	}
	if err := r.Results.Add("imputation", p.counts()...); err != nil {
		return err
	}
	if len(p.problem.Variables) == 0 {
		for _, e := range m.Models {
			r.gap("imputation", e.Key, "", notFilled(e.Key, e.Value), "imputation", "models", e.Key)
		}
		return nil
	}
	r.unknownInScheme(p)
	f, err := r.fill(ctx, p, m.Imputations, nil)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		r.gap("imputation", "", "", fmt.Errorf("gaps cannot be filled: %w", err), "imputation")
		return nil
	}
	for _, n := range f.filled.Notes {
		r.gap("imputation", "", n.Variable, n.Err, r.imputationPath(n.Variable)...)
	}
	p.base = f.filled
	if err := r.Results.Add("imputation", f.diagnostics()...); err != nil {
		return err
	}
	sets, err := r.answerSets(ctx, f)
	if err != nil {
		return err
	}
	if err := r.poolModels(ctx, sets); err != nil {
		return err
	}
	if err := r.poolContributions(ctx, sets); err != nil {
		return err
	}
	return r.deltas(ctx, p, sets)
}

// unknownInScheme tells of variables that are unknown for everyone in a scheme,
// though not in all: nothing but the other schemes says what to fill in there.
func (r *Run) unknownInScheme(p *incomplete) {
	scheme, _ := r.data.Column("scheme")
	for _, v := range p.problem.Variables {
		column, _ := r.data.Column(v.Name)
		persons, known, anybody := map[string]int{}, map[string]int{}, false
		for _, i := range p.rows {
			level := scheme.Levels[scheme.Code[i]]
			persons[level]++
			if !column.Missing(i) {
				known[level]++
				anybody = true
			}
		}
		for _, s := range r.Study.Schemes.Keys() {
			if anybody && persons[s] > 0 && known[s] == 0 {
				err := result.Reason{Code: result.UnknownInScheme, About: s, Message: fmt.Sprintf("%s is unknown for everyone in the scheme %s, where it is filled in by what it is like elsewhere; leave it out of the models, or take such persons out of the sample", v.Name, s)}
				r.gap("imputation", "", v.Name, err, r.imputationPath(v.Name)...)
			}
		}
	}
}

// imputationPath is where the study asks for a variable in its imputation.
func (r *Run) imputationPath(name string) []string {
	m := r.Study.Imputation
	if _, ok := m.Variables.Get(name); ok {
		return []string{"imputation", "variables", name}
	}
	if i := slices.Index(m.Predictors, name); i >= 0 {
		return []string{"imputation", "predictors", strconv.Itoa(i)}
	}
	return []string{"imputation"}
}

// incomplete are the persons whose gaps are filled, and how.
type incomplete struct {
	sample  string
	rows    []int // of the data set
	problem impute.Problem
	without study.Map[int] // persons of the sample who are left out, by what they lack
	whole   []string       // variables that lack for nobody
	missing study.Map[int] // persons who lack each variable, of those who are not left out
	base    *impute.Filled // what was filled without shifts, from whose chains those with shifts go on; nil until it is
}

// incompletePersons are those of the sample who have everything that others are
// filled by. The error is that a predictor is unknown for everyone.
func (r *Run) incompletePersons() (*incomplete, error) {
	m := r.Study.Imputation
	p := &incomplete{sample: m.Sample, rows: r.rows(m.Sample)}
	if len(p.rows) == 0 {
		return nil, r.nobody(m.Sample)
	}
	known := slices.Concat([]string{"scheme", r.Study.Describe.Outcome}, m.Predictors)
	if m.Cluster != "" {
		known = append(known, m.Cluster)
	}
	for _, name := range known {
		column, ok := r.data.Column(name)
		if !ok {
			return nil, fmt.Errorf("there is no column %s", name)
		}
		n := len(p.rows)
		p.rows = slices.DeleteFunc(slices.Clone(p.rows), column.Missing)
		switch {
		case len(p.rows) == 0 && n == len(r.rows(m.Sample)):
			return nil, result.Reason{Code: result.UnknownForAll, About: name, Message: name + " is unknown for everyone in the sample; take it out of what others are filled by"}
		case len(p.rows) == 0:
			return nil, result.Reason{Code: result.NotFilled, About: name, Message: fmt.Sprintf("nobody in the sample knows %s and all before it that others are filled by; take some out", name)}
		case len(p.rows) < n:
			p.without = append(p.without, study.Entry[int]{Key: name, Value: n - len(p.rows)})
		}
	}
	p.problem = impute.Problem{Predictors: known[:2+len(m.Predictors)], Cluster: m.Cluster, Level: m.Level}
	for _, e := range m.Variables {
		column, _ := r.data.Column(e.Key)
		gaps := 0
		for _, i := range p.rows {
			if column.Missing(i) {
				gaps++
			}
		}
		p.missing = append(p.missing, study.Entry[int]{Key: e.Key, Value: gaps})
		if gaps == 0 {
			p.whole = append(p.whole, e.Key)
			p.problem.Predictors = append(slices.Clone(p.problem.Predictors), e.Key)
			continue
		}
		p.problem.Variables = append(p.problem.Variables, impute.Variable{Name: e.Key, Method: e.Value.Method, Min: bound(e.Value.Min), Max: bound(e.Value.Max)})
	}
	var err error
	p.problem.Data, err = r.imputationData(p)
	return p, err
}

// bound reads a limit of filled values; nil is none.
func bound(text string) *impute.Bound {
	if text == "" {
		return nil
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		return &impute.Bound{Value: x}
	}
	return &impute.Bound{Column: text}
}

// imputationData is what the engine reads: the persons' columns that it is told of.
func (r *Run) imputationData(p *incomplete) (*frame.Frame, error) {
	names := slices.Clone(p.problem.Predictors)
	if p.problem.Cluster != "" {
		names = append(names, p.problem.Cluster)
	}
	for _, v := range p.problem.Variables {
		names = append(names, v.Name)
		for _, b := range []*impute.Bound{v.Min, v.Max} {
			if b != nil && b.Column != "" {
				names = append(names, b.Column)
			}
		}
	}
	slices.Sort(names)
	var columns []*frame.Column
	for _, name := range slices.Compact(names) {
		column, ok := r.data.Column(name)
		if !ok {
			return nil, fmt.Errorf("there is no column %s", name)
		}
		columns = append(columns, column.Rows(p.rows))
	}
	return frame.New(columns...)
}

// counts are the persons of the imputation: how many there are, how many lack
// each variable, and how many are left out.
func (p *incomplete) counts() []result.Value {
	out := []result.Value{result.PersonCount(result.Key{Quantity: "imputation_persons", Sample: p.sample}, len(p.rows))}
	for _, e := range p.missing {
		out = append(out, result.PersonCount(result.Key{Quantity: "imputation_filled", Sample: p.sample, Variable: e.Key}, e.Value))
	}
	for _, e := range p.without {
		out = append(out, result.PersonCount(result.Key{Quantity: "imputation_left_out", Sample: p.sample, Variable: e.Key}, e.Value))
	}
	return out
}
