package pipeline

import (
	"context"
	"database/sql"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"bidrag/data/codebook"
	"bidrag/data/source"
	"bidrag/data/sqltext"
	"bidrag/study"
	"bidrag/study/problem"
)

// calendar tells which municipality codes are in force in which year.
type calendar struct {
	codes   map[string][]source.Municipality
	changes []source.Change
}

func newCalendar(x *extracts, places *study.Places) calendar {
	c := calendar{map[string][]source.Municipality{}, x.changes[places.Changes]}
	for _, m := range x.municipalities[places.Codes] {
		c.codes[m.Code] = append(c.codes[m.Code], m)
	}
	return c
}

// inForce tells whether a code was in force at any time of the year.
func (c calendar) inForce(code string, year int) bool {
	first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	next := first.AddDate(1, 0, 0)
	return slices.ContainsFunc(c.codes[code], func(m source.Municipality) bool {
		return m.ValidFrom.Before(next) && (m.ValidTo.IsZero() || m.ValidTo.After(first))
	})
}

// why says why a code is not in force in a year.
func (c calendar) why(code string, year int) string {
	spans, known := c.codes[code]
	if !known {
		return "there is no such code"
	}
	m := spans[0]
	if m.ValidFrom.Year() > year {
		return fmt.Sprintf("it is in force from %s only%s", m.ValidFrom.Format(time.DateOnly), c.successor(code, false))
	}
	return fmt.Sprintf("it was in force until %s%s", m.ValidTo.Format(time.DateOnly), c.successor(code, true))
}

// hint is the code that was meant instead of one that there is not.
func (c calendar) hint(code string) string {
	if _, known := c.codes[code]; known {
		return ""
	}
	all := make([]string, 0, len(c.codes))
	for other := range c.codes {
		all = append(all, other)
	}
	slices.Sort(all)
	return problem.DidYouMean(code, all)
}

// successor names the code that a code became, or that became it.
func (c calendar) successor(code string, after bool) string {
	var others []string
	for _, ch := range c.changes {
		if after && ch.OldCode == code && ch.NewCode != "" {
			others = append(others, ch.NewCode)
		}
		if !after && ch.NewCode == code && ch.OldCode != "" {
			others = append(others, ch.OldCode)
		}
	}
	switch {
	case len(others) == 0:
		return ""
	case after:
		return "; it became " + strings.Join(others, ", ")
	default:
		return "; before, it was " + strings.Join(others, ", ")
	}
}

// checkPlaces reports municipality codes that are not in force in the year in
// which they are used: by a participant, in the accounts, or as the regions of
// a statistics bank table.
func (r *Run) checkPlaces(ctx context.Context, x *extracts, program *codebook.Program) error {
	if r.Study.Places == nil {
		return nil
	}
	c := newCalendar(x, r.Study.Places)
	for code, spans := range c.codes {
		r.Results.Places[code] = spans[len(spans)-1].Name
	}
	var problems problem.List
	for _, scheme := range r.Study.Schemes.Keys() {
		if err := r.checkParticipantPlaces(ctx, x, c, scheme, &problems); err != nil {
			return err
		}
	}
	var done []string
	for _, l := range lookupsOf(r.Study) {
		if slices.Contains(done, l.Extract) {
			continue
		}
		done = append(done, l.Extract)
		if x.cubes[l.Extract] != nil {
			r.checkRegions(x, c, l.Extract, &problems)
		} else if x.tables[l.Extract] != nil && l.By.Year != "" {
			if err := r.checkTabularPlaces(ctx, x, c, l, &problems); err != nil {
				return err
			}
		}
	}
	return problems.Err()
}

// lookupsOf returns every lookup of the codebook, those it divides by too.
func lookupsOf(s *study.Study) []study.Lookup {
	var out []study.Lookup
	for _, v := range s.Codebook.Variables {
		for _, rule := range v.Value.From {
			for l := rule.Value.Lookup; l != nil; l = l.Of {
				out = append(out, *l)
			}
		}
	}
	return out
}

// checkParticipantPlaces reports the codes of participants.
func (r *Run) checkParticipantPlaces(ctx context.Context, x *extracts, c calendar, scheme string, problems *problem.List) error {
	p, _ := r.Study.Participants.Get(scheme)
	variable := r.Study.Places.Variable
	query := fmt.Sprintf("SELECT %[1]s, year, count(*), min(_row) AS first FROM %[2]s WHERE _loss IS NULL AND %[1]s IS NOT NULL AND year IS NOT NULL GROUP BY ALL ORDER BY first",
		sqltext.Name(variable), sqltext.Name("coded_"+scheme))
	return r.reportCodes(ctx, x, c, query, p.Extract, ruleColumn(r.Study, variable, scheme), problems)
}

// checkTabularPlaces reports the codes of accounts and counts.
func (r *Run) checkTabularPlaces(ctx context.Context, x *extracts, c calendar, l study.Lookup, problems *problem.List) error {
	query := fmt.Sprintf("SELECT CAST(%[1]s AS VARCHAR), %[2]s, count(*), min(_row) AS first FROM %[3]s WHERE %[1]s IS NOT NULL AND %[2]s BETWEEN %[4]d AND %[5]d GROUP BY ALL ORDER BY first",
		sqltext.Name(l.By.Municipality), sqltext.Name(l.By.Year), sqltext.Name(l.Extract), r.Study.Period.From, r.Study.Period.To)
	return r.reportCodes(ctx, x, c, query, l.Extract, l.By.Municipality, problems)
}

// reportCodes reports the codes that are not in force, with their count, of a
// query that gives code, year, number of rows and the first of them.
func (r *Run) reportCodes(ctx context.Context, x *extracts, c calendar, query, extract, column string, problems *problem.List) error {
	found, last := 0, 0
	err := r.each(ctx, query, func(rows *sql.Rows) error {
		var code string
		var year, n, first int
		if err := rows.Scan(&code, &year, &n, &first); err != nil {
			return err
		}
		if c.inForce(code, year) {
			return nil
		}
		last = first
		if found++; found <= most {
			*problems = append(*problems, x.problem(extract, first, column, "municipality %s is used in %d (%s): %s. Write the code in force that year%s", source.Shown(code), year, rowsText(n), c.why(code, year), c.hint(code)))
		}
		return nil
	})
	if found > most {
		*problems = append(*problems, x.problem(extract, last, column, "so are %d pairs of municipality and year in all; this is the last", found))
	}
	return err
}

// ruleColumn is the extract's column that a variable comes from, "" when it is
// made of several.
func ruleColumn(s *study.Study, variable, scheme string) string {
	v, _ := s.Codebook.Variables.Get(variable)
	rule, _ := v.From.Get(scheme)
	return rule.Column
}

// checkRegions reports a statistics bank table whose regions are those of
// another period: numbers for municipalities that were not there in the year,
// or no numbers at all for most of those that were.
func (r *Run) checkRegions(x *extracts, c calendar, extract string, problems *problem.List) {
	cube := x.cubes[extract]
	rows, err := cubeRows(cube)
	if err != nil {
		*problems = append(*problems, problem.Problem{File: path.Join(x.base, cube.File), Message: err.Error()})
		return
	}
	wrong := map[string]int{} // code → a year in which it has a number and is not in force
	has := map[int]map[string]bool{}
	for i := range rows.region {
		code, year := rows.region[i], rows.year[i]
		if has[year] == nil {
			has[year] = map[string]bool{}
		}
		has[year][code] = true
		if len(code) == 4 && year >= r.Study.Period.From && year <= r.Study.Period.To && !rows.missing(i) && !c.inForce(code, year) {
			if _, seen := wrong[code]; !seen {
				wrong[code] = year
			}
		}
	}
	r.reportRegions(x, c, cube, wrong, problems)
	for _, year := range r.Study.Period.Years() {
		total, covered := 0, 0
		for code := range c.codes {
			if c.inForce(code, year) {
				total++
				if has[year][code] {
					covered++
				}
			}
		}
		if covered*2 < total {
			line, column := cube.Place(cube.Geo, "")
			problems.Add(path.Join(x.base, cube.File), line, column,
				"the table has %d of the %d municipalities in force in %d: its regions or years belong to another period. Fetch it again for %d–%d with the codes of the time",
				covered, total, year, r.Study.Period.From, r.Study.Period.To)
		}
	}
}

// reportRegions names the regions that were not in force.
func (r *Run) reportRegions(x *extracts, c calendar, cube *source.Cube, wrong map[string]int, problems *problem.List) {
	codes := make([]string, 0, len(wrong))
	for code := range wrong {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for i, code := range codes {
		if i == most {
			line, column := cube.Place(cube.Geo, codes[len(codes)-1])
			problems.Add(path.Join(x.base, cube.File), line, column, "so are %d regions in all; this is the last", len(codes))
			return
		}
		line, column := cube.Place(cube.Geo, code)
		problems.Add(path.Join(x.base, cube.File), line, column,
			"the table has a number for region %q in %d: %s. The table belongs to another period; fetch it again with the codes of the time",
			code, wrong[code], c.why(code, wrong[code]))
	}
}
