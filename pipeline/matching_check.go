package pipeline

import (
	"errors"
	"slices"

	"bidrag/model/formula"
	"bidrag/study/problem"
)

// checkMatchings reports what of the matchings' formulas does not work, where
// its author wrote it.
func (r *Run) checkMatchings(problems *problem.List) {
	for _, e := range r.Study.Matching {
		r.checkCovariates(e.Key, "covariates", e.Value.Covariates, e.Value.Outcome, problems)
		if e.Value.Adjust != e.Value.Covariates {
			r.checkCovariates(e.Key, "adjust", e.Value.Adjust, e.Value.Outcome, problems)
		}
	}
}

// checkCovariates looks at the right side of a formula of a matching.
func (r *Run) checkCovariates(matching, part, text, outcome string, problems *problem.List) {
	report := func(format string, args ...any) {
		file, line, column := r.Study.Place("matching", matching, part)
		problems.Add(file, line, column, "the "+part+" of matching %q: "+format, append([]any{matching}, args...)...)
	}
	f, err := formula.Parse("~" + text)
	if err != nil {
		var at *formula.Error
		if errors.As(err, &at) {
			err = formula.Errorf(at.Column-1, "%s", at.Message) // without the tilde
		}
		report("%v", err)
		return
	}
	if len(f.Random) > 0 {
		report("they have a random term, and groups are no covariates here; take it out, and name the groups under cluster")
	}
	if len(f.Offsets) > 0 {
		report("they have an offset, which a covariate is not; take it out")
	}
	if terms, err := f.Terms(); err == nil && (len(terms.Terms) == 0 || !terms.Intercept) {
		report("they need an intercept and at least one term, as in age + education")
	}
	known := r.Study.ColumnNames()
	for _, n := range f.Names() {
		switch {
		case n.Name == "scheme" || n.Name == "project":
			report("%s tells who is in which scheme, which is what the covariates are to foretell; take it out", n.Name)
		case n.Name == outcome:
			report("%q is the outcome, which comes after; take it out", n.Name)
		case !slices.Contains(known, n.Name):
			report("%q is no variable of the codebook%s", n.Name, problem.DidYouMean(n.Name, known))
		}
	}
}
