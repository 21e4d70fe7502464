// Package codebook compiles a study's recode rules to SQL for DuckDB.
//
// Compile turns a study into a Program: statements that make the analysis set
// from the loaded extracts, and checks that find codes no rule names. Nothing
// is run here; the SQL is text that a person can read, and it is kept with the
// results. The steps are
//
//  1. coded_SCHEME: one row per row of the scheme's extract, with every
//     variable of the codebook and the reason why the row is lost, if any;
//  2. participants: the coded rows of all schemes under each other;
//  3. place_VARIABLE: what municipality and year give;
//  4. gross: the participants that are not lost, numbered, with project and
//     the numbers of their place;
//  5. dataset: gross with the column complete and the samples.
//
// Every extract is a table of its own name with the columns that the study
// loads, and _row, the number of the row.
package codebook

import (
	"fmt"
	"slices"
	"strings"

	"bidrag/data/sqltext"
	"bidrag/study"
)

// A Statement is one step of the program.
type Statement struct {
	Name string `json:"table"` // the table it makes
	SQL  string `json:"sql"`
}

// A CodeCheck finds codes of an extract that no rule names. Its query gives
// the code, the number of rows that have it and the first such row.
type CodeCheck struct {
	Scheme  string // "" for a long extract
	Extract string
	Column  string
	Known   []string // the codes that rules name
	SQL     string
	Path    []string // the rule in codebook.yaml
}

// A RowCheck finds rows that contradict themselves. Its query gives their
// number and the first of them.
type RowCheck struct {
	Scheme  string
	Extract string
	Column  string
	SQL     string
	Say     string
	Path    []string
}

// A Program is a codebook as SQL.
type Program struct {
	Statements []Statement
	CodeChecks []CodeCheck
	RowChecks  []RowCheck
	Lookups    []PlaceLookup
}

// list writes texts as the inside of an SQL list.
func list(codes []string) string {
	quoted := make([]string, len(codes))
	for i, c := range codes {
		quoted[i] = sqltext.Literal(c)
	}
	return strings.Join(quoted, ", ")
}

// Compile compiles the codebook of a study. modelVariables are the variables
// of the model that says when a row is complete, the outcome among them.
func Compile(s *study.Study, modelVariables []string) (*Program, error) {
	p := &Program{}
	for _, scheme := range s.Schemes.Keys() {
		if err := p.codeScheme(s, scheme); err != nil {
			return nil, err
		}
	}
	p.longCodeChecks(s)
	p.union(s)
	p.gross(s)
	p.dataset(s, modelVariables)
	return p, nil
}

// SQLType is the type of a variable's column.
func SQLType(v study.Variable) string {
	switch v.Type {
	case study.Binary, study.Integer, study.Year:
		return "INTEGER"
	case study.Ordinal:
		for _, r := range v.From {
			if r.Value.Combine == "mean" {
				return "DOUBLE"
			}
		}
		return "INTEGER"
	case study.NumberType:
		return "DOUBLE"
	default:
		return "VARCHAR"
	}
}

// compiler writes the rules of one scheme.
type compiler struct {
	study   *study.Study
	scheme  string
	extract study.Extract
	name    string // of the extract
	program *Program
}

// codeScheme adds the statement that codes one scheme, and its checks.
func (p *Program) codeScheme(s *study.Study, scheme string) error {
	participants, _ := s.Participants.Get(scheme)
	extract, _ := s.Extracts.Get(participants.Extract)
	c := compiler{s, scheme, extract, participants.Extract, p}
	joins, existing := c.joins()
	var columns []string
	for _, e := range s.Codebook.Variables {
		rule, ok := e.Value.From.Get(scheme)
		if !ok || rule.Lookup != nil {
			continue
		}
		expression := c.rule(e.Key, e.Value, rule, existing)
		if e.Value.Type == study.Municipality {
			expression = districtSQL(expression, s.Places)
		}
		columns = append(columns, fmt.Sprintf("    CAST(%s AS %s) AS %s", expression, SQLType(e.Value), sqltext.Name(e.Key)))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s AS\nWITH r AS (\n  SELECT * FROM %s%s\n), v AS (\n  SELECT r._row,\n%s\n  FROM r%s\n)\n",
		sqltext.Name("coded_"+scheme), sqltext.Name(participants.Extract), where(participants.Select), strings.Join(columns, ",\n"), joins)
	fmt.Fprintf(&b, "SELECT %s AS scheme, v.*,\n  %s AS _loss\nFROM v JOIN (SELECT * %sFROM r) AS r USING (_row)\nORDER BY _row",
		sqltext.Literal(scheme), lossSQL(participants.Losses), c.exclude())
	p.Statements = append(p.Statements, Statement{"coded_" + scheme, b.String()})
	return nil
}

// exclude leaves out the extract's columns that have the name of a variable,
// so that a condition means the variable.
func (c compiler) exclude() string {
	var shared []string
	for _, name := range c.extract.ColumnNames() {
		if v, ok := c.study.Codebook.Variables.Get(name); ok {
			if r, from := v.From.Get(c.scheme); from && r.Lookup == nil {
				shared = append(shared, sqltext.Name(name))
			}
		}
	}
	if len(shared) == 0 {
		return ""
	}
	return "EXCLUDE (" + strings.Join(shared, ", ") + ") "
}

func where(condition string) string {
	if condition == "" {
		return ""
	}
	return " WHERE " + condition
}

// lossSQL is the name of the first loss that a row falls under.
func lossSQL(losses []study.Loss) string {
	if len(losses) == 0 {
		return "CAST(NULL AS VARCHAR)"
	}
	var b strings.Builder
	b.WriteString("CASE")
	for _, l := range losses {
		fmt.Fprintf(&b, "\n    WHEN NOT coalesce(%s, false) THEN %s", l.Keep, sqltext.Literal(l.Name))
	}
	return b.String() + "\n  END"
}

// districtSQL gives a six-digit district code of a municipality that has
// districts the municipality's code.
func districtSQL(expression string, places *study.Places) string {
	if places == nil || len(places.Districts) == 0 {
		return expression
	}
	return fmt.Sprintf("CASE WHEN length(%[1]s) = 6 AND left(%[1]s, 4) IN (%[2]s) THEN left(%[1]s, 4) ELSE %[1]s END", expression, list(places.Districts))
}

// rule writes one rule as an expression on the extract's row r.
func (c compiler) rule(name string, v study.Variable, r study.Rule, existing map[string]string) string {
	path := []string{"variables", name, "from", c.scheme}
	switch {
	case r.SQL != "":
		return "(" + r.SQL + ")"
	case r.Missing:
		return "NULL"
	case r.Value != "":
		return sqltext.Literal(r.Value)
	case r.Years != nil:
		return fmt.Sprintf("%s - %s", c.year(r.Years.To), c.year(r.Years.From))
	case r.Months != nil:
		return months(c.column(r.Months.From), c.column(r.Months.To))
	case r.Exists != nil:
		return fmt.Sprintf("coalesce(%s, 0)", existing[name])
	case len(r.Choose) > 0:
		return c.choose(r.Choose, append(path, "choose"))
	case len(r.Columns) > 0:
		return c.combine(r, append(path, "recode"))
	default:
		return c.recode(r.Column, r.Recode, append(path, "recode"))
	}
}

func (c compiler) column(name string) string { return "r." + sqltext.Name(name) }

// text is a column as text.
func (c compiler) text(name string) string {
	if kind, ok := c.extract.Columns.Get(name); ok && kind == "text" {
		return c.column(name)
	}
	return "CAST(" + c.column(name) + " AS VARCHAR)"
}

// year is the calendar year of a date, or a column that is a year already.
func (c compiler) year(name string) string {
	if kind, _ := c.extract.Columns.Get(name); kind == "date" {
		return "year(" + c.column(name) + ")"
	}
	return c.column(name)
}

// months is the number of whole months from a date to another: the months
// between the calendar months, less one when the day of the month is not reached.
func months(from, to string) string {
	return fmt.Sprintf("((year(%[2]s) - year(%[1]s)) * 12 + month(%[2]s) - month(%[1]s) - CAST(day(%[2]s) < day(%[1]s) AS INTEGER))", from, to)
}

// recode writes the recoding of one column and adds the check of its codes.
func (c compiler) recode(column string, r *study.Recode, path []string) string {
	if r == nil {
		return c.column(column)
	}
	var b strings.Builder
	b.WriteString("CASE")
	known := slices.Clone(r.Missing)
	for _, to := range r.To {
		fmt.Fprintf(&b, " WHEN %s IN (%s) THEN %s", c.text(column), list(to.Value), sqltext.Literal(to.Key))
		known = append(known, to.Value...)
	}
	c.codeCheck(column, known, path)
	return b.String() + " END"
}

func (c compiler) codeCheck(column string, known []string, path []string) {
	participants, _ := c.study.Participants.Get(c.scheme)
	query := fmt.Sprintf("SELECT %[1]s AS code, count(*) AS n, min(r._row) AS first FROM (SELECT * FROM %[2]s%[3]s) AS r\nWHERE %[1]s IS NOT NULL AND %[1]s NOT IN (%[4]s)\nGROUP BY ALL ORDER BY first",
		c.text(column), sqltext.Name(c.name), where(participants.Select), list(known))
	for _, other := range c.program.CodeChecks {
		if other.SQL == query {
			return
		}
	}
	c.program.CodeChecks = append(c.program.CodeChecks, CodeCheck{c.scheme, c.name, column, known, query, path})
}

// combine writes a rule on several columns: the first that is known, the mean
// of those known, or whether any is 1.
func (c compiler) combine(r study.Rule, path []string) string {
	parts := make([]string, len(r.Columns))
	for i, column := range r.Columns {
		parts[i] = c.recode(column, r.Recode, path)
		if r.Combine != "first" {
			parts[i] = "CAST(" + parts[i] + " AS DOUBLE)"
		}
	}
	all := strings.Join(parts, ",\n      ")
	switch r.Combine {
	case "mean":
		return "list_avg([" + all + "])"
	case "any":
		return "greatest(" + all + ")"
	default:
		return "coalesce(" + all + ")"
	}
}

// choose writes the level whose 0/1 column is 1, and adds the checks that the
// columns hold 0 and 1 and that no row has two.
func (c compiler) choose(levels study.Map[string], path []string) string {
	var b strings.Builder
	b.WriteString("CASE")
	ones := make([]string, len(levels))
	for i, level := range levels {
		fmt.Fprintf(&b, " WHEN %s = '1' THEN %s", c.text(level.Value), sqltext.Literal(level.Key))
		ones[i] = fmt.Sprintf("CAST(coalesce(%s, '0') = '1' AS INTEGER)", c.text(level.Value))
		c.codeCheck(level.Value, []string{"0", "1"}, append(slices.Clone(path), level.Key))
	}
	participants, _ := c.study.Participants.Get(c.scheme)
	c.program.RowChecks = append(c.program.RowChecks, RowCheck{
		Scheme: c.scheme, Extract: c.name, Column: levels[0].Value, Path: path,
		Say: "several of the columns " + strings.Join(columnsOf(levels), ", ") + " are 1; exactly one may be",
		SQL: fmt.Sprintf("SELECT count(*) AS n, min(r._row) AS first FROM (SELECT * FROM %s%s) AS r\nWHERE %s > 1",
			sqltext.Name(c.name), where(participants.Select), strings.Join(ones, " + ")),
	})
	return b.String() + " END"
}

func columnsOf(levels study.Map[string]) []string {
	names := make([]string, len(levels))
	for i, l := range levels {
		names[i] = l.Value
	}
	return names
}

// joins joins the long extracts, gathered to one row a person, and returns the
// expression of each variable that asks whether a row exists.
func (c compiler) joins() (sql string, expressions map[string]string) {
	expressions = map[string]string{}
	flags := study.Map[[]string]{}
	for _, e := range c.study.Codebook.Variables {
		r, ok := e.Value.From.Get(c.scheme)
		if !ok || r.Exists == nil {
			continue
		}
		at := slices.IndexFunc(flags, func(f study.Entry[[]string]) bool { return f.Key == r.Exists.Extract })
		if at < 0 {
			at = len(flags)
			flags = append(flags, study.Entry[[]string]{Key: r.Exists.Extract})
		}
		flags[at].Value = append(flags[at].Value, fmt.Sprintf("CAST(bool_or(%s) AS INTEGER) AS %s", conditions(r.Exists.Where), sqltext.Name(e.Key)))
		expressions[e.Key] = sqltext.Name(r.Exists.Extract) + "." + sqltext.Name(e.Key)
	}
	var b strings.Builder
	for _, f := range flags {
		long, _ := c.study.Extracts.Get(f.Key)
		key := sqltext.Name(long.Link.Column)
		fmt.Fprintf(&b, "\n  LEFT JOIN (\n    SELECT %[1]s AS _key,\n      %[2]s\n    FROM %[3]s GROUP BY %[1]s\n  ) AS %[3]s ON %[3]s._key = r.%[4]s",
			key, strings.Join(f.Value, ",\n      "), sqltext.Name(f.Key), sqltext.Name(long.Link.On))
	}
	return b.String(), expressions
}

// conditions writes that each column has one of its codes.
func conditions(where study.Map[study.Codes]) string {
	parts := make([]string, len(where))
	for i, w := range where {
		parts[i] = fmt.Sprintf("%s IN (%s)", sqltext.Name(w.Key), list(w.Value))
	}
	return strings.Join(parts, " AND ")
}

// longCodeChecks adds, for every long extract, the check that each row's codes
// enter a variable or are named as unused.
func (p *Program) longCodeChecks(s *study.Study) {
	type use struct {
		columns []string
		known   []string // conditions
		path    []string
	}
	uses := study.Map[*use]{}
	add := func(extract string, w study.Map[study.Codes], path []string) {
		u, ok := uses.Get(extract)
		if !ok {
			u = &use{path: path}
			uses = append(uses, study.Entry[*use]{Key: extract, Value: u})
		}
		for _, column := range w.Keys() {
			if !slices.Contains(u.columns, column) {
				u.columns = append(u.columns, column)
			}
		}
		u.known = append(u.known, "("+conditions(w)+")")
	}
	for _, e := range s.Codebook.Variables {
		for _, r := range e.Value.From {
			if r.Value.Exists != nil {
				add(r.Value.Exists.Extract, r.Value.Exists.Where, []string{"variables", e.Key, "from", r.Key, "exists"})
			}
		}
	}
	for _, e := range s.Codebook.Unused {
		for _, u := range e.Value {
			add(e.Key, u.Where, []string{"unused", e.Key})
		}
	}
	for _, u := range uses {
		quoted := make([]string, len(u.Value.columns))
		for i, c := range u.Value.columns {
			quoted[i] = "coalesce(CAST(" + sqltext.Name(c) + " AS VARCHAR), '')"
		}
		p.CodeChecks = append(p.CodeChecks, CodeCheck{
			Extract: u.Key, Column: u.Value.columns[len(u.Value.columns)-1], Path: u.Value.path,
			SQL: fmt.Sprintf("SELECT concat_ws(': ', %s) AS code, count(*) AS n, min(_row) AS first FROM %s\nWHERE NOT coalesce(%s, false)\nGROUP BY ALL ORDER BY first",
				strings.Join(quoted, ", "), sqltext.Name(u.Key), strings.Join(u.Value.known, "\n  OR ")),
		})
	}
}

// union puts the schemes under each other.
func (p *Program) union(s *study.Study) {
	parts := make([]string, len(s.Schemes))
	for i, scheme := range s.Schemes.Keys() {
		parts[i] = fmt.Sprintf("SELECT %d AS _scheme, * FROM %s", i, sqltext.Name("coded_"+scheme))
	}
	p.Statements = append(p.Statements, Statement{"participants",
		"CREATE TABLE participants AS\nSELECT * FROM (\n  " + strings.Join(parts, "\n  UNION ALL BY NAME\n  ") + "\n) ORDER BY _scheme, _row"})
}
