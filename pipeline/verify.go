package pipeline

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bidrag/data/codebook"
	"bidrag/data/source"
	"bidrag/data/sqltext"
	"bidrag/evaluate/result"
	"bidrag/study"
	"bidrag/study/problem"
)

// most is how many problems of one kind are listed one by one.
const most = 20

// verify checks what the extracts say against the codebook and against
// themselves, before anything is recoded.
func (r *Run) verify(ctx context.Context, x *extracts, program *codebook.Program) error {
	var problems problem.List
	if err := r.probe(ctx, &problems); err != nil {
		return err
	}
	if err := problems.Err(); err != nil {
		return err // the other checks use the same SQL
	}
	for _, check := range []func(context.Context, *extracts, *codebook.Program, *problem.List) error{
		r.checkSchemes, r.checkLookups, r.checkCodes, r.checkRows, r.checkExtractRows, r.checkPersons, r.checkLinks,
	} {
		if err := check(ctx, x, program, &problems); err != nil {
			return err
		}
	}
	return problems.Err()
}

// probe asks the database whether it understands every SQL expression of the
// study, so that an error can be told where the author wrote it.
func (r *Run) probe(ctx context.Context, problems *problem.List) error {
	s := r.Study
	try := func(query string, place func(...string) (string, int, int), path ...string) {
		if err := r.db.Exec(ctx, "EXPLAIN "+query); err != nil {
			file, line, column := place(path...)
			problems.Add(file, line, column, "the SQL is not understood: %s. Mend it; docs/study.md tells what it may name", firstLine(err))
		}
	}
	for _, p := range s.Participants {
		if p.Value.Select != "" {
			try(fmt.Sprintf("SELECT * FROM %s WHERE %s", sqltext.Name(p.Value.Extract), p.Value.Select), s.Place, "participants", p.Key, "select")
		}
		for _, v := range s.Codebook.Variables {
			if rule, ok := v.Value.From.Get(p.Key); ok && rule.SQL != "" {
				try(fmt.Sprintf("SELECT (%s) FROM %s AS r", rule.SQL, sqltext.Name(p.Value.Extract)), s.CodebookPlace, "variables", v.Key, "from", p.Key, "sql")
			}
		}
	}
	for _, e := range s.Extracts {
		for i, check := range e.Value.Checks {
			try(extractCheckSQL(e.Key, e.Value, check), s.Place, "extracts", e.Key, "checks", fmt.Sprint(i), "require")
		}
	}
	return ctx.Err()
}

var quoted = regexp.MustCompile(`'[^']*'`)

// firstLine is what a reader needs of the database's message. A conversion
// error quotes the cell, which may tell of a person: it is left out.
func firstLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	if strings.Contains(text, "Conversion Error") {
		text = quoted.ReplaceAllString(text, "'…'")
	}
	return strings.TrimSpace(text)
}

// checkSchemes reports rows of an extract with several schemes that belong to
// none of them, or to several.
func (r *Run) checkSchemes(ctx context.Context, x *extracts, _ *codebook.Program, problems *problem.List) error {
	for _, name := range r.Study.Extracts.Keys() {
		var selects, schemes []string
		for _, p := range r.Study.Participants {
			if p.Value.Extract == name && p.Value.Select != "" {
				selects = append(selects, fmt.Sprintf("CAST(coalesce(%s, false) AS INTEGER)", p.Value.Select))
				schemes = append(schemes, p.Key)
			}
		}
		if len(selects) == 0 {
			continue
		}
		query := fmt.Sprintf("SELECT schemes, count(*), min(_row) AS first FROM (SELECT _row, %s AS schemes FROM %s) WHERE schemes <> 1 GROUP BY ALL ORDER BY first",
			strings.Join(selects, " + "), sqltext.Name(name))
		err := r.each(ctx, query, func(rows *sql.Rows) error {
			var belongs, n, first int
			if err := rows.Scan(&belongs, &n, &first); err != nil {
				return err
			}
			_, line, _ := r.Study.Place("participants", schemes[0], "select")
			*problems = append(*problems, x.problem(name, first, "", "the row belongs to %d of the schemes %s (%s); each must belong to one: see select in study.yaml:%d",
				belongs, strings.Join(schemes, ", "), rowsText(n), line))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkLookups reports codes of a lookup in a tabular extract that the extract
// does not have, and rows that say the same thing twice.
func (r *Run) checkLookups(ctx context.Context, x *extracts, _ *codebook.Program, problems *problem.List) error {
	for _, v := range r.Study.Codebook.Variables {
		for _, rule := range v.Value.From {
			at := []string{"variables", v.Key, "from", rule.Key, "lookup"}
			for l := rule.Value.Lookup; l != nil; l, at = l.Of, append(slices.Clone(at), "of") {
				if x.tables[l.Extract] == nil {
					continue
				}
				if err := r.checkLookupCodes(ctx, *l, at, problems); err != nil {
					return err
				}
				if err := r.checkLookupRows(ctx, x, *l, problems); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *Run) checkLookupCodes(ctx context.Context, l study.Lookup, at []string, problems *problem.List) error {
	for _, w := range l.Where {
		there, err := r.db.QueryStrings(ctx, fmt.Sprintf("SELECT DISTINCT CAST(%[1]s AS VARCHAR) AS code FROM %[2]s WHERE %[1]s IS NOT NULL ORDER BY code",
			sqltext.Name(w.Key), sqltext.Name(l.Extract)))
		if err != nil {
			return err
		}
		for _, code := range w.Value {
			if !slices.Contains(there, code) {
				file, line, column := r.Study.CodebookPlace(append(slices.Clone(at), "where", w.Key)...)
				problems.Add(file, line, column, "no row of %s has %q in %s%s", l.Extract, code, w.Key, problem.DidYouMean(code, there))
			}
		}
	}
	return nil
}

func (r *Run) checkLookupRows(ctx context.Context, x *extracts, l study.Lookup, problems *problem.List) error {
	if l.Sum {
		return nil
	}
	query := codebook.RepeatsSQL(l)
	found, last := 0, 0
	err := r.each(ctx, query, func(rows *sql.Rows) error {
		var first, again int
		if err := rows.Scan(&first, &again); err != nil {
			return err
		}
		last = again
		if found++; found <= most {
			_, line, _ := x.tables[l.Extract].Place(first, "")
			*problems = append(*problems, x.problem(l.Extract, again, l.By.Municipality,
				"the same municipality and year as on line %d; keep one row, or set sum: true in the lookup if they are to be added up", line))
		}
		return nil
	})
	if found > most {
		*problems = append(*problems, x.problem(l.Extract, last, l.By.Municipality, "so do %d rows in all; this is the last", found))
	}
	return err
}

// checkCodes reports the codes that no rule names, with their count.
// A column that several rules read is told once for each code.
func (r *Run) checkCodes(ctx context.Context, x *extracts, program *codebook.Program, problems *problem.List) error {
	told := map[[3]string]bool{}
	for _, check := range program.CodeChecks {
		codes, last := 0, 0
		err := r.each(ctx, check.SQL, func(rows *sql.Rows) error {
			var code string
			var n, first int
			if err := rows.Scan(&code, &n, &first); err != nil {
				return err
			}
			last = first
			if codes++; codes > most {
				return nil
			}
			id := [3]string{check.Extract, check.Column, code}
			if told[id] {
				return nil
			}
			told[id] = true
			file, line, _ := r.Study.CodebookPlace(check.Path...)
			*problems = append(*problems, x.problem(check.Extract, first, check.Column,
				"no rule knows the code %s of %s (%s); name it at %s:%d, or correct it here%s",
				source.Shown(code), check.Column, rowsText(n), file, line, problem.DidYouMean(code, check.Known)))
			return nil
		})
		if err != nil {
			return err
		}
		if codes > most {
			*problems = append(*problems, x.problem(check.Extract, last, check.Column, "no rule knows %d codes of %s in all; this row has the last", codes, check.Column))
		}
	}
	return nil
}

func rowsText(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows, this is the first", n)
}

// checkRows reports rows that the codebook's rules cannot make sense of.
func (r *Run) checkRows(ctx context.Context, x *extracts, program *codebook.Program, problems *problem.List) error {
	for _, check := range program.RowChecks {
		err := r.each(ctx, check.SQL, func(rows *sql.Rows) error {
			var n int
			var first sql.NullInt64
			if err := rows.Scan(&n, &first); err != nil || n == 0 {
				return err
			}
			*problems = append(*problems, x.problem(check.Extract, int(first.Int64), check.Column, "%s (%s)", check.Say, rowsText(n)))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// extractCheckSQL selects the rows for which a check of the study does not hold.
func extractCheckSQL(name string, e study.Extract, check study.Check) string {
	query := fmt.Sprintf("SELECT x._row FROM %s AS x", sqltext.Name(name))
	if e.Link != nil {
		query += fmt.Sprintf(" JOIN %s AS linked ON linked.%s = x.%s", sqltext.Name(e.Link.To), sqltext.Name(e.Link.On), sqltext.Name(e.Link.Column))
	}
	return query + " WHERE NOT (" + check.Require + ")"
}

// checkExtractRows reports rows for which a check that must hold does not.
func (r *Run) checkExtractRows(ctx context.Context, x *extracts, _ *codebook.Program, problems *problem.List) error {
	for _, e := range r.Study.Extracts {
		for _, check := range e.Value.Checks {
			if check.Count {
				continue
			}
			found, last := 0, 0
			err := r.each(ctx, extractCheckSQL(e.Key, e.Value, check)+" ORDER BY x._row", func(rows *sql.Rows) error {
				var row int
				if err := rows.Scan(&row); err != nil {
					return err
				}
				last = row
				if found++; found <= most {
					*problems = append(*problems, x.problem(e.Key, row, check.Column, "%s; correct it, or take the row out", check.Say.EN))
				}
				return nil
			})
			if err != nil {
				return err
			}
			if found > most {
				*problems = append(*problems, x.problem(e.Key, last, check.Column, "%s: so do %d rows in all, this is the last", check.Say.EN, found))
			}
		}
	}
	return nil
}

// checkPersons reports persons that an extract has twice.
func (r *Run) checkPersons(ctx context.Context, x *extracts, _ *codebook.Program, problems *problem.List) error {
	for _, p := range r.Study.Participants {
		if p.Value.Person == "" {
			continue
		}
		if err := r.checkUnique(ctx, x, p.Value.Extract, p.Value.Person, p.Value.Select, problems); err != nil {
			return err
		}
	}
	return nil
}

// checkUnique reports identifiers that stand in several rows, without telling them.
func (r *Run) checkUnique(ctx context.Context, x *extracts, extract, column, condition string, problems *problem.List) error {
	if condition == "" {
		condition = "true"
	}
	nameless := fmt.Sprintf("SELECT count(*), min(_row) FROM %s WHERE %s IS NULL AND (%s) HAVING count(*) > 0", sqltext.Name(extract), sqltext.Name(column), condition)
	err := r.each(ctx, nameless, func(rows *sql.Rows) error {
		var n, first int
		if err := rows.Scan(&n, &first); err != nil {
			return err
		}
		*problems = append(*problems, x.problem(extract, first, column, "%s is empty (%s), so that nobody can tell whether the person is here twice; fill it in, or take the row out", column, rowsText(n)))
		return nil
	})
	if err != nil {
		return err
	}
	query := fmt.Sprintf("SELECT first, again, count(*) OVER () FROM (SELECT min(_row) AS first, max(_row) AS again FROM %s WHERE %s IS NOT NULL AND (%s) GROUP BY %s HAVING count(*) > 1) ORDER BY again",
		sqltext.Name(extract), sqltext.Name(column), condition, sqltext.Name(column))
	found := 0
	return r.each(ctx, query, func(rows *sql.Rows) error {
		var first, again, n int
		if err := rows.Scan(&first, &again, &n); err != nil {
			return err
		}
		if found++; found <= most {
			file, line, _ := x.tables[extract].Place(first, "")
			*problems = append(*problems, x.problem(extract, again, column,
				"the person of this row (%s) is also on line %d of %s; there are %d such rows. Keep one row of each person", column, line, file, n))
		}
		return nil
	})
}

// checkLinks reports rows of a linked extract that several rows claim to be.
func (r *Run) checkLinks(ctx context.Context, x *extracts, _ *codebook.Program, problems *problem.List) error {
	var done []string
	for _, p := range r.Study.Participants {
		done = append(done, p.Value.Extract+"."+p.Value.Person)
	}
	for _, e := range r.Study.Extracts {
		if e.Value.Link == nil {
			continue
		}
		target := e.Value.Link.To + "." + e.Value.Link.On
		if slices.Contains(done, target) {
			continue
		}
		done = append(done, target)
		if err := r.checkUnique(ctx, x, e.Value.Link.To, e.Value.Link.On, "", problems); err != nil {
			return err
		}
	}
	return nil
}

// countChecks counts the rows for which a check that need not hold does not:
// among the participants who count, or among all rows of the extract.
func (r *Run) countChecks(ctx context.Context) error {
	for _, scheme := range r.Study.Schemes.Keys() {
		p, _ := r.Study.Participants.Get(scheme)
		for _, e := range r.Study.Extracts {
			for _, check := range e.Value.Checks {
				query := countSQL(e.Key, e.Value, check, p.Extract, scheme)
				if !check.Count || query == "" {
					continue
				}
				n, err := r.count(ctx, query)
				if err != nil {
					return err
				}
				key := result.Key{Quantity: "counted", Scheme: scheme, Level: check.Name}
				if err := r.Results.Add("dataset", result.PersonCount(key, n)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// countUnlinked counts the rows of linked extracts that belong to no row of the
// extract they link to, those without a number among them.
func (r *Run) countUnlinked(ctx context.Context) error {
	for _, e := range r.Study.Extracts {
		l := e.Value.Link
		if l == nil {
			continue
		}
		n, err := r.count(ctx, fmt.Sprintf("SELECT count(*) FROM %s AS x WHERE x.%s IS NULL OR x.%s NOT IN (SELECT %s FROM %s WHERE %s IS NOT NULL)",
			sqltext.Name(e.Key), sqltext.Name(l.Column), sqltext.Name(l.Column), sqltext.Name(l.On), sqltext.Name(l.To), sqltext.Name(l.On)))
		if err != nil {
			return err
		}
		if err := r.Results.Add("dataset", result.Estimate(result.Key{Quantity: "unlinked", Level: e.Key}, result.Count, float64(n), n)); err != nil {
			return err
		}
	}
	return nil
}

// countSQL counts the rows for which a check does not hold in an extract that
// is, or is linked to, a scheme's; "" when it is neither.
func countSQL(name string, e study.Extract, check study.Check, own, scheme string) string {
	row := "_row"
	query := extractCheckSQL(name, e, check)
	if name != own {
		if e.Link == nil || e.Link.To != own {
			return ""
		}
		row = "linked_row"
		query = strings.Replace(query, "SELECT x._row", "SELECT x._row, linked._row AS linked_row", 1)
	}
	query = fmt.Sprintf("SELECT count(*) FROM (%s)", query)
	if check.Among == "rows" {
		return query
	}
	return query + fmt.Sprintf(" WHERE %s IN (SELECT _row FROM gross WHERE scheme = %s)", row, sqltext.Literal(scheme))
}

// each runs a query and gives every row to a function.
func (r *Run) each(ctx context.Context, query string, row func(*sql.Rows) error) error {
	rows, err := r.db.Query(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// count runs a query that gives one number.
func (r *Run) count(ctx context.Context, query string) (int, error) {
	n, err := r.db.QueryInt(ctx, query)
	return int(n), err
}
