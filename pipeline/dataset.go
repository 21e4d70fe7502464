package pipeline

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"bidrag/data/codebook"
	"bidrag/data/frame"
	"bidrag/data/sqltext"
	"bidrag/data/store"
	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/model/design"
	"bidrag/model/family"
	"bidrag/model/formula"
	"bidrag/study"
	"bidrag/study/problem"
)

// makeDataset loads the extracts, checks them, and makes the analysis set.
func (r *Run) makeDataset(ctx context.Context, x *extracts) error {
	variables, err := r.checkModels()
	if err != nil {
		return err
	}
	if r.db, err = store.Open(ctx, r.threads()); err != nil {
		return err
	}
	if err := r.load(ctx, x); err != nil {
		return err
	}
	program, err := codebook.Compile(r.Study, variables)
	if err != nil {
		return err
	}
	if err := r.verify(ctx, x, program); err != nil {
		return err
	}
	for _, s := range program.Statements {
		if err := r.make(ctx, s); err != nil {
			return err
		}
		if s.Name == "participants" {
			if err := r.checkPlaces(ctx, x, program); err != nil {
				return err
			}
		}
	}
	if err := r.loadFrame(ctx); err != nil {
		return err
	}
	if err := r.checkSomebody(); err != nil {
		return err
	}
	if err := r.checkDesigns(); err != nil {
		return err
	}
	return r.countDataset(ctx, program)
}

// checkSomebody reports schemes of which nobody is left.
func (r *Run) checkSomebody() error {
	var problems problem.List
	for _, g := range describe.Groups(r.Study, r.data, r.rows("gross")) {
		if len(g.Rows) == 0 && g.Scheme != result.All {
			file, line, column := r.Study.Place("participants", g.Scheme)
			problems.Add(file, line, column, "nobody of the scheme %s counts: no row of its extract is selected and kept; look at select and losses", g.Scheme)
		}
	}
	return problems.Err()
}

// checkDesigns reports formulas that the engine cannot make a model of.
func (r *Run) checkDesigns() error {
	var problems problem.List
	for _, e := range r.Study.Models {
		if err := design.Check(r.formulas[e.Key], r.data); err != nil {
			file, line, column := r.Study.Place("models", e.Key, formulaPart(e.Value))
			problems.Add(file, line, column, "the formula of model %q: %v", e.Key, err)
		}
	}
	return problems.Err()
}

// checkModels parses the study's formulas, reports what is wrong with them,
// and returns the variables that a complete row knows.
func (r *Run) checkModels() ([]string, error) {
	var problems problem.List
	var complete []string
	known := append(r.Study.ColumnNames(), "scheme")
	if p := r.Study.Places; p != nil && p.Project {
		known = append(known, "project")
	}
	for _, e := range r.Study.Models {
		m, ok := r.resolve(e.Key, e.Value, &problems)
		if !ok {
			continue
		}
		r.formulas[e.Key] = m
		r.checkPooling(e.Key, e.Value, m, &problems)
		r.checkFit(e.Key, e.Value, m, &problems)
		var names []string
		for _, n := range m.Names() {
			names = append(names, n.Name)
			if !slices.Contains(known, n.Name) && r.tellsFirst(e.Value, n.Name) {
				file, line, column := r.Study.Place("models", e.Key, formulaPart(e.Value))
				problems.Add(file, line, column, "the formula of model %q names %q, which is no variable of the codebook%s", e.Key, n.Name, problem.DidYouMean(n.Name, known))
			}
		}
		if e.Key == r.Study.Complete {
			complete = names
		}
		if c := r.Study.Contribution; c != nil && c.Model == e.Key {
			for _, v := range c.Variants {
				if _, err := m.Without(v.Value.Drop...); err != nil {
					file, line, column := r.Study.Place("contribution", "variants", v.Key, "drop")
					problems.Add(file, line, column, "the variant %q of model %q: %v; take it out of drop", v.Key, e.Key, err)
				}
			}
		}
	}
	r.checkProfiles(&problems)
	r.checkDecompositions(&problems)
	r.checkMatchings(&problems)
	r.checkSensitivity(&problems)
	r.checkMultilevel(&problems)
	return complete, problems.Err()
}

// checkFit reports a link that the family does not have, and quadrature of a
// model without random terms. What is taken over is told of where it is written.
func (r *Run) checkFit(name string, m study.Model, f *formula.Formula, problems *problem.List) {
	of, _ := r.Study.Models.Get(m.Like)
	if _, err := family.New(m.Family, m.Link); err != nil && (m.Like == "" || m.Family != of.Family || m.Link != of.Link) {
		file, line, column := r.Study.Place("models", name, "link")
		problems.Add(file, line, column, "model %q: %v", name, err)
	}
	if m.Quadrature > 0 && len(f.Random) == 0 && (m.Like == "" || m.Quadrature != of.Quadrature) {
		file, line, column := r.Study.Place("models", name, "quadrature")
		problems.Add(file, line, column, "the formula of model %q has no random term, so there is nothing to integrate; leave quadrature out", name)
	}
}

// formulaPart is where a model's author wrote what is its own of its formula.
func formulaPart(m study.Model) string {
	switch {
	case m.Like == "":
		return "formula"
	case m.Add != "":
		return "add"
	}
	return "like"
}

// tellsFirst tells whether a name is a model's own, and not one of the model it
// is like, where it is told.
func (r *Run) tellsFirst(m study.Model, name string) bool {
	of, ok := r.formulas[m.Like]
	return !ok || !slices.ContainsFunc(of.Names(), func(n *formula.Name) bool { return n.Name == name })
}

// make runs one statement and remembers its SQL and its rows. An error is told
// where the author wrote what it is made of.
func (r *Run) make(ctx context.Context, s codebook.Statement) error {
	if err := r.db.Exec(ctx, s.SQL); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return r.blame(ctx, s, err)
	}
	n, err := r.count(ctx, "SELECT count(*) FROM "+sqltext.Name(s.Name))
	if err != nil {
		return err
	}
	r.SQL = append(r.SQL, s)
	r.Rows = append(r.Rows, RowCount{s.Name, n})
	return nil
}

// blame finds the place in the study's files that a failed statement comes from.
func (r *Run) blame(ctx context.Context, s codebook.Statement, err error) error {
	var problems problem.List
	if scheme, ok := strings.CutPrefix(s.Name, "coded_"); ok {
		return r.blameRules(ctx, scheme, err)
	}
	if s.Name == "dataset" {
		for _, v := range r.Study.Codebook.Variables {
			rule, ok := v.Value.From.Get(study.DatasetRule)
			if !ok {
				continue
			}
			if err := r.db.Exec(ctx, fmt.Sprintf("EXPLAIN SELECT CAST((%s) AS %s) FROM gross", rule.SQL, codebook.SQLType(v.Value))); err != nil {
				file, line, column := r.Study.CodebookPlace("variables", v.Key, "from", study.DatasetRule, "sql")
				problems.Add(file, line, column, "the SQL is not understood: %s. Mend it; docs/study.md tells what it may name", firstLine(err))
			}
		}
		if len(problems) > 0 {
			return problems.Err()
		}
		for _, e := range r.Study.Samples {
			probe := fmt.Sprintf("EXPLAIN SELECT %s FROM (SELECT *, 1 AS complete FROM gross)", e.Value.Where)
			if err := r.db.Exec(ctx, probe); err != nil {
				file, line, column := r.Study.Place("samples", e.Key, "where")
				problems.Add(file, line, column, "the SQL is not understood: %s. Mend it; docs/study.md tells what it may name", firstLine(err))
			}
		}
	}
	if len(problems) > 0 {
		return problems.Err()
	}
	return fmt.Errorf("the table %s cannot be made: %w", s.Name, err)
}

// blameRules finds the SQL rules of a scheme that fail on its rows; what is
// left are the conditions on who counts.
func (r *Run) blameRules(ctx context.Context, scheme string, failure error) error {
	var problems problem.List
	p, _ := r.Study.Participants.Get(scheme)
	for _, v := range r.Study.Codebook.Variables {
		rule, _ := v.Value.From.Get(scheme)
		if rule.SQL == "" {
			continue
		}
		probe := fmt.Sprintf("CREATE OR REPLACE TEMP TABLE probe AS SELECT CAST((%s) AS %s) FROM %s AS r", rule.SQL, codebook.SQLType(v.Value), sqltext.Name(p.Extract))
		if err := r.db.Exec(ctx, probe); err != nil {
			file, line, column := r.Study.CodebookPlace("variables", v.Key, "from", scheme, "sql")
			problems.Add(file, line, column, "the SQL fails on a row, or gives no %s: %s. Mend the rule", v.Value.Type, firstLine(err))
		}
	}
	if len(problems) == 0 {
		file, line, column := r.Study.Place("participants", scheme, "losses")
		problems.Add(file, line, column, "a condition on who counts in %s is not understood: %s. Mend keep", scheme, firstLine(failure))
	}
	return problems.Err()
}

// loadFrame takes the analysis set into memory, with the levels of the
// codebook in its order and the reference scheme first.
func (r *Run) loadFrame(ctx context.Context) error {
	data, err := r.db.Frame(ctx, r.datasetQuery())
	if err != nil {
		return err
	}
	ordered := []*frame.Column{}
	reorder := func(name string, levels []string) {
		if c, ok := data.Column(name); ok && c.Kind == frame.Factor {
			ordered = append(ordered, orderLevels(c, levels))
		}
	}
	schemes := []string{r.Study.Reference()}
	for _, name := range r.Study.Schemes.Keys() {
		if name != schemes[0] {
			schemes = append(schemes, name)
		}
	}
	reorder("scheme", schemes)
	for _, e := range r.Study.Codebook.Variables {
		if e.Value.Type == study.Category {
			reorder(e.Key, e.Value.Levels.Keys())
		}
	}
	r.data, err = data.With(ordered...)
	return err
}

// orderLevels gives a factor the levels in the given order; every value must
// be one of them, and a level may be unused.
func orderLevels(c *frame.Column, levels []string) *frame.Column {
	to := make([]int32, len(c.Levels))
	for k, level := range c.Levels {
		to[k] = int32(slices.Index(levels, level))
	}
	codes := make([]int32, len(c.Code))
	for i, k := range c.Code {
		codes[i] = -1
		if k >= 0 {
			codes[i] = to[k]
		}
	}
	return frame.NewFactor(c.Name, levels, codes)
}

// countDataset counts who was read, lost, kept and incomplete, and why.
func (r *Run) countDataset(ctx context.Context, program *codebook.Program) error {
	if err := r.countRows(ctx); err != nil {
		return err
	}
	if err := r.countChecks(ctx); err != nil {
		return err
	}
	if err := r.countUnlinked(ctx); err != nil {
		return err
	}
	if err := r.countLookups(ctx, program); err != nil {
		return err
	}
	return r.Results.Add("dataset", append(r.sampleSizes(), describe.Missing(r.Study, r.data, r.completeVariables(), "gross", r.rows("gross"))...)...)
}

// byVariable replaces indicators by the variable that they are made of.
func (r *Run) byVariable(columns []string) []string {
	var out []string
	for _, c := range columns {
		for _, e := range r.Study.Codebook.Variables {
			if slices.Contains(e.Value.IndicatorColumns(), c) {
				c = e.Key
			}
		}
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// countRows counts the rows of each scheme and those lost by each reason.
func (r *Run) countRows(ctx context.Context) error {
	for _, scheme := range r.Study.Schemes.Keys() {
		p, _ := r.Study.Participants.Get(scheme)
		lost := map[string]int{}
		total := 0
		query := "SELECT coalesce(_loss, ''), count(*) FROM " + sqltext.Name("coded_"+scheme) + " GROUP BY ALL"
		err := r.each(ctx, query, func(rows *sql.Rows) error {
			var loss string
			var n int
			if err := rows.Scan(&loss, &n); err != nil {
				return err
			}
			lost[loss] = n
			total += n
			return nil
		})
		if err != nil {
			return err
		}
		values := []result.Value{result.PersonCount(result.Key{Quantity: "persons", Kind: "read", Scheme: scheme}, total)}
		for _, l := range p.Losses {
			values = append(values, result.PersonCount(result.Key{Quantity: "lost", Scheme: scheme, Level: l.Name}, lost[l.Name]))
		}
		if err := r.Results.Add("dataset", values...); err != nil {
			return err
		}
	}
	return nil
}

// reasons are the names of the statistics bank's symbols for a cell without a
// number.
var reasons = map[string]string{".": "not_applicable", "..": "not_available", "...": "not_yet_available", ":": "confidential", "": "no_cell"}

// countLookups counts the persons whose place is known and for whom a number
// of the place is not, in all and by the reason that the table gives.
func (r *Run) countLookups(ctx context.Context, program *codebook.Program) error {
	total := study.Map[int]{}
	var values []result.Value
	for _, l := range program.Lookups {
		if len(total) == 0 || total[len(total)-1].Key != l.Variable {
			total = append(total, study.Entry[int]{Key: l.Variable})
		}
		err := r.each(ctx, codebook.ReasonSQL(r.Study, l), func(rows *sql.Rows) error {
			var status string
			var n int
			if err := rows.Scan(&status, &n); err != nil {
				return err
			}
			name, known := reasons[status]
			if !known {
				name = "other"
			}
			total[len(total)-1].Value += n
			values = append(values, result.PersonCount(result.Key{Quantity: "context_missing", Kind: name, Scheme: l.Scheme, Variable: l.Variable}, n))
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, t := range total {
		values = append(values, result.PersonCount(result.Key{Quantity: "context_missing", Variable: t.Key}, t.Value))
	}
	return r.Results.Add("dataset", values...)
}

// samples are the names of all samples of the study.
func (r *Run) samples() []string {
	return append([]string{"gross", "complete"}, r.Study.Samples.Keys()...)
}

// rows returns the rows of a sample; "incomplete" are the gross rows that are
// not complete.
func (r *Run) rows(sample string) []int {
	name, want := sample, 1.0
	if sample == "incomplete" {
		name, want = "complete", 0
	}
	column, ok := r.data.Column(name)
	if !ok {
		return r.data.Where(func(int) bool { return true })
	}
	return r.data.Where(func(i int) bool { return column.Number[i] == want })
}

// sampleSizes counts the persons and the municipalities of every sample, by scheme.
func (r *Run) sampleSizes() []result.Value {
	var out []result.Value
	for _, sample := range r.samples() {
		for _, g := range describe.Groups(r.Study, r.data, r.rows(sample)) {
			out = append(out, result.PersonCount(result.Key{Quantity: "persons", Sample: sample, Scheme: g.Scheme}, len(g.Rows)))
			if r.Study.Places == nil {
				continue
			}
			column, _ := r.data.Column(r.Study.Places.Variable)
			seen := map[int32]bool{}
			for _, i := range g.Rows {
				if column.Code[i] >= 0 {
					seen[column.Code[i]] = true
				}
			}
			out = append(out, result.Estimate(result.Key{Quantity: "municipalities", Sample: sample, Scheme: g.Scheme}, result.Count, float64(len(seen)), len(g.Rows)))
		}
	}
	return out
}
