package codebook

import (
	"fmt"
	"slices"
	"strings"

	"bidrag/data/sqltext"
	"bidrag/study"
)

// A PlaceLookup is a number found by municipality and year.
type PlaceLookup struct {
	Variable string
	Scheme   string // "" when it holds for every scheme
	Lookup   study.Lookup
	Path     []string // in codebook.yaml
}

// gross adds the statement that numbers the participants who count and gives
// them their project and what municipality and year know.
func (p *Program) gross(s *study.Study) {
	columns := []string{"row_number() OVER (ORDER BY p._scheme, p._row) AS person", "p.scheme"}
	var joins strings.Builder
	for _, e := range s.Codebook.Variables {
		if _, derived := e.Value.From.Get(study.DatasetRule); derived {
			continue
		}
		lookups := p.lookups(e.Key, e.Value)
		if len(lookups) == 0 {
			columns = append(columns, "p."+sqltext.Name(e.Key))
		} else {
			columns = append(columns, p.lookupColumn(s, e.Key, e.Value, lookups, &joins))
		}
		if s.Places != nil && s.Places.Project && e.Key == s.Places.Variable {
			columns = append(columns, fmt.Sprintf("p.scheme || '-' || p.%s AS project", sqltext.Name(e.Key)))
		}
		columns = append(columns, indicators(e.Key, e.Value)...)
	}
	p.Statements = append(p.Statements, Statement{"gross", fmt.Sprintf(
		"CREATE TABLE gross AS\nSELECT\n  %s,\n  p._scheme, p._row\nFROM participants AS p%s\nWHERE p._loss IS NULL\nORDER BY person",
		strings.Join(columns, ",\n  "), joins.String())})
}

// lookups returns the lookups of a variable and remembers them.
func (p *Program) lookups(name string, v study.Variable) []PlaceLookup {
	var out []PlaceLookup
	for _, r := range v.From {
		if r.Value.Lookup == nil {
			continue
		}
		l := PlaceLookup{Variable: name, Lookup: *r.Value.Lookup, Path: []string{"variables", name, "from", r.Key, "lookup"}}
		if r.Key != "place" {
			l.Scheme = r.Key
		}
		out = append(out, l)
	}
	p.Lookups = append(p.Lookups, out...)
	return out
}

// lookupColumn adds a table for each of a variable's lookups and writes their
// joins, and the column that takes the number from the one that applies.
func (p *Program) lookupColumn(s *study.Study, name string, v study.Variable, lookups []PlaceLookup, joins *strings.Builder) string {
	municipality, year := "p."+sqltext.Name(s.Places.Variable), "p.year"
	values := make([]string, len(lookups))
	for i, l := range lookups {
		table := "place_" + name
		if l.Scheme != "" {
			table += "_" + l.Scheme
		}
		p.Statements = append(p.Statements, Statement{table, fmt.Sprintf("CREATE TABLE %s AS\n%s", sqltext.Name(table), LookupSQL(s, l.Lookup))})
		alias := sqltext.Name(table)
		on := fmt.Sprintf("%s.municipality = %s", alias, municipality)
		if hasYear(s, l.Lookup) {
			on += fmt.Sprintf(" AND %s.year = %s", alias, year)
		}
		fmt.Fprintf(joins, "\nLEFT JOIN %s ON %s", alias, on)
		values[i] = alias + ".value"
		if l.Scheme != "" {
			values[i] = fmt.Sprintf("CASE WHEN p.scheme = %s THEN %s END", sqltext.Literal(l.Scheme), values[i])
		}
	}
	return fmt.Sprintf("CAST(coalesce(%s) AS %s) AS %s", strings.Join(values, ", "), SQLType(v), sqltext.Name(name))
}

// Columns of an extract that hold municipality, year, value and the reason why
// a value is missing. A statistics bank table and the Klass lists are loaded
// under these names.
const (
	RegionColumn = "_region"
	TimeColumn   = "_time"
	ValueColumn  = "_value"
	StatusColumn = "_status"
)

// columnsOf returns the columns of a lookup; year is "" when it does not apply.
func lookupColumns(s *study.Study, l study.Lookup) (municipality, year, value string) {
	e, _ := s.Extracts.Get(l.Extract)
	switch e.Format {
	case "json-stat":
		return RegionColumn, TimeColumn, ValueColumn
	case "klass-centrality":
		return RegionColumn, "", ValueColumn
	default:
		return l.By.Municipality, l.By.Year, l.Value
	}
}

func hasYear(s *study.Study, l study.Lookup) bool {
	_, year, _ := lookupColumns(s, l)
	return year != ""
}

// LookupSQL is the query that gives municipality, year (if it applies) and
// value of a lookup. Several matching rows are added up in their order, so that
// the sum has the same bits in every run; one that is missing makes it missing.
func LookupSQL(s *study.Study, l study.Lookup) string {
	municipality, year, value := lookupColumns(s, l)
	keys := fmt.Sprintf("CAST(%s AS VARCHAR) AS municipality", sqltext.Name(municipality))
	if year != "" {
		keys += fmt.Sprintf(", CAST(%s AS INTEGER) AS year", sqltext.Name(year))
	}
	condition := ""
	if len(l.Where) > 0 {
		condition = " WHERE " + conditions(l.Where)
	}
	sum := fmt.Sprintf("SELECT %[1]s, CASE WHEN count(*) = count(%[2]s) THEN CAST(sum(%[2]s ORDER BY _row) AS DOUBLE) END AS value FROM %[3]s%[4]s GROUP BY ALL",
		keys, sqltext.Name(value), sqltext.Name(l.Extract), condition)
	scale := ""
	if l.Scale != 0 {
		scale = fmt.Sprintf(" * %g", l.Scale)
	}
	if l.Of == nil {
		if scale == "" {
			return sum
		}
		return fmt.Sprintf("SELECT * REPLACE (value%s AS value) FROM (%s)", scale, sum)
	}
	using := "municipality"
	if year != "" && hasYear(s, *l.Of) {
		using += ", year"
	}
	return fmt.Sprintf("SELECT a.* REPLACE (a.value / nullif(b.value, 0)%s AS value)\n  FROM (%s) AS a\n  JOIN (%s) AS b USING (%s)", scale, sum, LookupSQL(s, *l.Of), using)
}

// ReasonSQL is the query that gives, for the persons of the data set whose
// place is known and for whom a lookup gives nothing, the table's status of the
// missing number ("" when the table has no such cell) and the number of persons.
func ReasonSQL(s *study.Study, l PlaceLookup) string {
	scheme := ""
	if l.Scheme != "" {
		scheme = " AND d.scheme = " + sqltext.Literal(l.Scheme)
	}
	rest := fmt.Sprintf("WHERE d.%s IS NOT NULL AND d.%s IS NULL%s GROUP BY ALL HAVING count(*) > 0 ORDER BY status",
		sqltext.Name(s.Places.Variable), sqltext.Name(l.Variable), scheme)
	if e, _ := s.Extracts.Get(l.Lookup.Extract); e.Format != "json-stat" {
		return "SELECT '' AS status, count(*) FROM dataset AS d " + rest
	}
	condition := sqltext.Name(ValueColumn) + " IS NULL"
	if len(l.Lookup.Where) > 0 {
		condition += " AND " + conditions(l.Lookup.Where)
	}
	return fmt.Sprintf(`SELECT coalesce(c.status, '') AS status, count(*) FROM dataset AS d LEFT JOIN (
  SELECT %s AS municipality, %s AS year, max(%s) AS status FROM %s WHERE %s GROUP BY ALL
) AS c ON c.municipality = d.%s AND c.year = d.year `, RegionColumn, TimeColumn, StatusColumn, sqltext.Name(l.Lookup.Extract), condition,
		sqltext.Name(s.Places.Variable)) + rest
}

// RepeatsSQL is the query that gives the first and the last row of every
// municipality, year and code that a tabular lookup finds more than once.
func RepeatsSQL(l study.Lookup) string {
	keys := []string{sqltext.Name(l.By.Municipality)}
	if l.By.Year != "" {
		keys = append(keys, sqltext.Name(l.By.Year))
	}
	condition := "true"
	if len(l.Where) > 0 {
		condition = conditions(l.Where)
		for _, w := range l.Where {
			keys = append(keys, sqltext.Name(w.Key))
		}
	}
	return fmt.Sprintf("SELECT min(_row) AS first, max(_row) AS again FROM %s WHERE %s IS NOT NULL AND %s GROUP BY %s HAVING count(*) > 1 ORDER BY again",
		sqltext.Name(l.Extract), keys[0], condition, strings.Join(keys, ", "))
}

// indicators writes the 0/1 columns of a category.
func indicators(name string, v study.Variable) []string {
	if v.Indicators == nil {
		return nil
	}
	var out []string
	for _, level := range v.Levels.Keys() {
		if !slices.Contains(v.Indicators.Reference, level) {
			out = append(out, fmt.Sprintf("CAST(p.%s = %s AS INTEGER) AS %s", sqltext.Name(name), sqltext.Literal(level), sqltext.Name(v.Indicators.Prefix+"_"+level)))
		}
	}
	return out
}

// dataset adds the statement that marks complete rows and the samples.
func (p *Program) dataset(s *study.Study, modelVariables []string) {
	known := make([]string, len(modelVariables))
	for i, v := range modelVariables {
		known[i] = sqltext.Name(v) + " IS NOT NULL"
	}
	samples := make([]string, len(s.Samples))
	for i, e := range s.Samples {
		samples[i] = fmt.Sprintf(",\n  CAST(coalesce(%s, false) AS INTEGER) AS %s", e.Value.Where, sqltext.Name(e.Key))
	}
	p.Statements = append(p.Statements, Statement{"dataset", fmt.Sprintf(
		"CREATE TABLE dataset AS\nSELECT *%s\nFROM (\n  SELECT *, CAST(%s AS INTEGER) AS complete\n  FROM %s\n)\nORDER BY person",
		strings.Join(samples, ""), strings.Join(known, "\n    AND "), derived(s))})
}

// derived is gross with the variables that are made of its columns.
func derived(s *study.Study) string {
	var columns []string
	for _, e := range s.Codebook.Variables {
		if rule, ok := e.Value.From.Get(study.DatasetRule); ok {
			columns = append(columns, fmt.Sprintf("CAST((%s) AS %s) AS %s", rule.SQL, SQLType(e.Value), sqltext.Name(e.Key)))
		}
	}
	if len(columns) == 0 {
		return "gross"
	}
	return "(SELECT *, " + strings.Join(columns, ", ") + " FROM gross)"
}

// DatasetColumns returns the columns of the analysis set in order.
func DatasetColumns(s *study.Study) []string {
	columns := []string{"person", "scheme"}
	for _, e := range s.Codebook.Variables {
		columns = append(columns, e.Key)
		if s.Places != nil && s.Places.Project && e.Key == s.Places.Variable {
			columns = append(columns, "project")
		}
		columns = append(columns, e.Value.IndicatorColumns()...)
	}
	columns = append(columns, "complete")
	return append(columns, s.Samples.Keys()...)
}
