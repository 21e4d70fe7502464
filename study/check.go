package study

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"bidrag/study/problem"
)

// check reports names that lead nowhere and settings that contradict each
// other. What shows only in the extracts is reported when they are read.
func (s *Study) check(problems *problem.List) {
	c := checker{s.studyDoc, problems}
	s.checkSchemes(c)
	s.checkExtracts(c)
	s.checkParticipants(c)
	s.checkPlaces(c)
	s.checkModels(c)
	s.checkProfiles(c)
	s.checkDescribe(c)
	s.checkMissing(c)
	s.checkContext(c)
	s.checkImputation(c)
	s.checkDecomposition(c)
	s.checkMatching(c)
	s.checkSensitivity(c)
	s.checkContribution(c)
	s.checkCertainty(c)
	s.checkDisclosure(c)
	s.checkCodebook(checker{s.codebookDoc, problems})
}

func (s *Study) checkSchemes(c checker) {
	references := 0
	for _, e := range s.Schemes {
		if e.Value.Reference {
			references++
		}
		if _, ok := s.Participants.Get(e.Key); !ok {
			c.key(at("schemes", e.Key), "scheme %q has no participants; add it under participants", e.Key)
		}
	}
	if references != 1 {
		c.at(at("schemes"), "%d schemes have reference: true; give it to exactly one, the scheme that the others are compared with", references)
	}
	if v, ok := s.Codebook.Variables.Get("year"); s.Period != nil && (!ok || v.Type != Year) {
		c.key(at("period"), "the study has a period, but the codebook has no variable year of type year; add it, or take the period away")
	}
	if s.Period != nil && s.Period.From > s.Period.To {
		c.at(at("period", "from"), "the period ends (%d) before it begins (%d)", s.Period.To, s.Period.From)
	}
}

func (s *Study) checkExtracts(c checker) {
	for _, entry := range s.Extracts {
		e, at := entry.Value, func(p ...string) []string { return append([]string{"extracts", entry.Key}, p...) }
		switch {
		case (e.File == "") == (len(e.Files) == 0):
			c.key(at(), "extract %q needs either file or files", entry.Key)
		case len(e.Files) > 0 && e.FileValue == "":
			c.key(at("files"), "several files need file_value: the name of the column that tells them apart")
		}
		for _, f := range e.Files {
			if _, err := strconv.Atoi(f.Key); err != nil {
				c.key(at("files", f.Key), "files are told apart by a whole number, such as the year; %q is none", f.Key)
			}
		}
		for _, f := range e.Paths() {
			if !localPath(f.Value) {
				c.at(at("file"), "%q is not a path below the extracts' folder", f.Value)
			}
		}
		s.checkTabular(c, entry.Key, e)
	}
}

func localPath(p string) bool {
	return p != "" && !path.IsAbs(p) && path.Clean(p) == p && p != ".." && (len(p) < 3 || p[:3] != "../")
}

func (s *Study) checkTabular(c checker, name string, e Extract) {
	at := func(p ...string) []string { return append([]string{"extracts", name}, p...) }
	if tabular := e.Format == "csv" || e.Format == "xlsx"; tabular != (len(e.Columns) > 0) {
		if tabular {
			c.key(at(), "extract %q names no columns; only named columns are loaded", name)
		} else {
			c.key(at("columns"), "a %s extract has its columns from the file; remove columns", e.Format)
		}
	}
	if e.Link != nil {
		if to, ok := s.Extracts.Get(e.Link.To); c.known(at("link", "to"), "extract", e.Link.To, s.Extracts.Keys()) && ok {
			c.known(at("link", "on"), "column", e.Link.On, to.Columns.Keys())
		}
		c.known(at("link", "column"), "column", e.Link.Column, e.Columns.Keys())
	}
	for i, check := range e.Checks {
		c.known(at("checks", strconv.Itoa(i), "column"), "column", check.Column, e.Columns.Keys())
	}
}

func (s *Study) checkParticipants(c checker) {
	for _, entry := range s.Participants {
		p := entry.Value
		c.known(at("participants", entry.Key), "scheme", entry.Key, s.Schemes.Keys())
		if !c.known(at("participants", entry.Key, "extract"), "extract", p.Extract, s.Extracts.Keys()) {
			continue
		}
		e, _ := s.Extracts.Get(p.Extract)
		if p.Person != "" && c.known(at("participants", entry.Key, "person"), "column", p.Person, e.Columns.Keys()) {
			if kind, _ := e.Columns.Get(p.Person); kind != "identifier" {
				c.at(at("participants", entry.Key, "person"), "column %q must have type identifier, so that it does not get past the reader", p.Person)
			}
		}
	}
}

func (s *Study) checkPlaces(c checker) {
	if s.Places == nil {
		if s.Contribution != nil {
			c.key(at("contribution"), "contributions are computed for projects, and the study has no places; add places with project: true")
		}
		return
	}
	c.known(at("places", "variable"), "variable", s.Places.Variable, s.Codebook.Variables.Keys())
	if c.known(at("places", "codes"), "extract", s.Places.Codes, s.Extracts.Keys()) {
		if e, _ := s.Extracts.Get(s.Places.Codes); e.Format != "klass-codes" {
			c.at(at("places", "codes"), "extract %q must have format klass-codes", s.Places.Codes)
		}
	}
	if s.Places.Changes != "" {
		c.known(at("places", "changes"), "extract", s.Places.Changes, s.Extracts.Keys())
	}
	if s.Period == nil {
		c.key(at("places"), "municipality codes are in force by year, and the study has no period; add one")
	}
	if s.Contribution != nil && !s.Places.Project {
		c.key(at("contribution"), "contributions are computed for projects; set places: project: true")
	}
}

func (s *Study) checkModels(c checker) {
	c.known(at("complete"), "model", s.Complete, s.Models.Keys())
	for _, e := range s.Models {
		if e.Value.Sample != "" && s.writes(e.Key, "sample") { // else told already
			c.known(at("models", e.Key, "sample"), "sample", e.Value.Sample, s.sampleNames())
		}
		for _, g := range e.Value.Groups {
			path := at("models", e.Key, "groups", g.Key, "variables")
			if _, _, written := s.studyDoc.find(path); !written {
				continue // taken over
			}
			for i, v := range g.Value.Variables {
				c.known(append(slices.Clone(path), strconv.Itoa(i)), "variable", v, append(s.ColumnNames(), "scheme"))
			}
		}
		s.checkModelSettings(c, e.Key, e.Value)
	}
}

// sampleNames are the samples that the author named and those that every study has.
func (s *Study) sampleNames() []string {
	return append([]string{"gross", "complete"}, s.Samples.Keys()...)
}

func (s *Study) checkDescribe(c checker) {
	variables := s.Codebook.Variables.Keys()
	d := s.Describe
	if c.known(at("describe", "outcome"), "variable", d.Outcome, variables) {
		if v, _ := s.Codebook.Variables.Get(d.Outcome); v.Type != Binary {
			c.at(at("describe", "outcome"), "the outcome must be a binary variable (0/1), and %q is %s", d.Outcome, v.Type)
		}
	}
	c.known(at("describe", "sample"), "sample", d.Sample, s.sampleNames())
	if d.Kinds != "" {
		c.known(at("describe", "kinds"), "variable", d.Kinds, variables)
	}
	for i, g := range d.Variables {
		path := at("describe", "variables", strconv.Itoa(i))
		if !c.known(append(path, "variable"), "variable", g.Variable, variables) {
			continue
		}
		v, _ := s.Codebook.Variables.Get(g.Variable)
		grouped := g.Quantiles > 0 || len(g.Breaks) > 0 || g.Round
		if numeric := v.Type == Integer || v.Type == NumberType; numeric && !grouped {
			c.at(path, "%s is a number; say how it is made into levels: quantiles, breaks or round", g.Variable)
		}
		if !slices.IsSorted(g.Breaks) {
			c.at(append(path, "breaks"), "breaks must rise")
		}
	}
	var seen []string
	twice := func(list, name string, i int) {
		if slices.Contains(seen, name) {
			c.at(at("describe", list, strconv.Itoa(i)), "%s is described twice; keep one", name)
		}
		seen = append(seen, name)
	}
	for i, g := range d.Variables {
		twice("variables", g.Variable, i)
	}
	for i, m := range d.Measures {
		twice("measures", m, i)
	}
	for i, m := range d.Measures {
		if c.known(at("describe", "measures", strconv.Itoa(i)), "variable", m, variables) {
			if v, _ := s.Codebook.Variables.Get(m); v.Type != Binary {
				c.at(at("describe", "measures", strconv.Itoa(i)), "a measure is a binary variable, and %q is %s", m, v.Type)
			}
		}
	}
	var grouped []string
	for _, g := range d.Variables {
		grouped = append(grouped, g.Variable)
	}
	for i, v := range d.MeasuresBy {
		if !slices.Contains(grouped, v) {
			c.at(at("describe", "measures_by", strconv.Itoa(i)), "%q is not among the described variables, which say how its values are made into levels; add it under variables", v)
		}
	}
	c.once(at("describe", "measures_by"), d.MeasuresBy)
	c.pairs(at("describe", "crossed"), d.Crossed)
	for i, pair := range d.Crossed {
		for k, v := range pair {
			path := at("describe", "crossed", strconv.Itoa(i), strconv.Itoa(k))
			if c.known(path, "variable", v, variables) {
				if of, _ := s.Codebook.Variables.Get(v); of.Type != Binary {
					c.at(path, "only binary variables are crossed, and %q is %s", v, of.Type)
				}
			}
		}
	}
}

func (s *Study) checkCodebook(c checker) {
	reserved := []string{"person", "scheme", "project", "complete"}
	names := map[string]string{}
	for _, e := range s.Codebook.Variables {
		path := at("variables", e.Key)
		if slices.Contains(reserved, e.Key) {
			c.key(path, "%q is made by bidrag; give the variable another name", e.Key)
		}
		v := e.Value
		s.checkVariable(c, path, e.Key, v)
		s.checkAmount(c, path, e.Key, v)
		for _, column := range v.columns(e.Key) {
			if other, taken := names[column]; taken {
				c.key(path, "the column %q of %s is also made by %s", column, e.Key, other)
			}
			names[column] = e.Key
		}
	}
	for _, u := range s.Codebook.Unused {
		if extract, ok := s.Extracts.Get(u.Key); c.known(at("unused", u.Key), "extract", u.Key, s.Extracts.Keys()) && ok {
			for i, codes := range u.Value {
				for _, w := range codes.Where {
					c.known(at("unused", u.Key, strconv.Itoa(i), "where", w.Key), "column", w.Key, extract.Columns.Keys())
				}
			}
		}
	}
}

func (s *Study) checkVariable(c checker, path []string, name string, v Variable) {
	needsLevels := v.Type == Ordinal || v.Type == Category || v.Type == Binary
	if needsLevels && v.Type != Binary && len(v.Levels) == 0 {
		c.key(path, "%s is %s: give its levels with a label each", name, v.Type)
	}
	if v.Indicators != nil {
		if v.Type != Category {
			c.at(append(path, "indicators"), "only a category has indicators, and %s is %s", name, v.Type)
		}
		for i, r := range v.Indicators.Reference {
			c.known(append(path, "indicators", "reference", strconv.Itoa(i)), "level", r, v.Levels.Keys())
		}
	}
	_, placeRule := v.From.Get("place")
	if rule, ok := v.From.Get(DatasetRule); ok {
		if len(v.From) > 1 {
			c.key(append(slices.Clone(path), "from", DatasetRule), "what is made of the data set holds for every scheme; remove the other rules")
		}
		if rule.SQL == "" {
			c.key(append(slices.Clone(path), "from", DatasetRule), "what is made of the data set is written in SQL; write sql: expression")
		}
		return
	}
	for _, r := range v.From {
		rulePath := append(slices.Clone(path), "from", r.Key)
		if r.Key != "place" && !c.known(rulePath, "scheme", r.Key, s.Schemes.Keys()) {
			continue
		}
		s.checkRule(c, rulePath, v, r.Key, r.Value)
	}
	if placeRule {
		return
	}
	for _, scheme := range s.Schemes.Keys() {
		if _, ok := v.From.Get(scheme); !ok {
			c.key(path, "%s does not say where it comes from for %s; add %s under from", name, scheme, scheme)
		}
	}
}

func (s *Study) checkRule(c checker, path []string, v Variable, scheme string, r Rule) {
	if scheme == "place" && r.Lookup == nil {
		c.key(path, "what the municipality gives is found by a lookup; write lookup: {extract: …}")
		return
	}
	if r.Lookup != nil {
		if s.Places == nil {
			c.key(path, "a lookup finds a number by municipality and year, and the study has no places")
		}
		s.checkLookup(c, append(slices.Clone(path), "lookup"), *r.Lookup)
	}
	if len(r.Columns) > 0 && r.Combine == "" {
		c.key(path, "several columns need combine: first, mean or any")
	}
	p, _ := s.Participants.Get(scheme)
	if e, ok := s.Extracts.Get(p.Extract); ok {
		columns := e.ColumnNames()
		for i, column := range r.Columns {
			c.known(append(slices.Clone(path), "columns", strconv.Itoa(i)), "column", column, columns)
		}
		for _, ref := range r.columnFields() {
			c.known(append(slices.Clone(path), ref.path...), "column", ref.name, columns)
		}
	}
	if r.Exists != nil {
		if e, ok := s.Extracts.Get(r.Exists.Extract); c.known(append(slices.Clone(path), "exists", "extract"), "extract", r.Exists.Extract, s.Extracts.Keys()) && ok {
			if e.Link == nil || e.Link.To != p.Extract {
				c.at(append(slices.Clone(path), "exists", "extract"), "extract %q is not linked to %q; give it a link", r.Exists.Extract, p.Extract)
			}
			for _, w := range r.Exists.Where {
				c.known(append(slices.Clone(path), "exists", "where", w.Key), "column", w.Key, e.Columns.Keys())
			}
		}
	}
	s.checkLevels(c, path, v, r)
	s.checkRecode(c, path, r)
	s.checkIdentifiers(c, path, r, p.Extract)
}

// checkRecode reports codes that become two values.
func (s *Study) checkRecode(c checker, path []string, r Rule) {
	if r.Recode == nil {
		return
	}
	becomes := map[string]string{}
	report := func(to string, codes Codes) {
		for _, code := range codes {
			if first, twice := becomes[code]; twice {
				c.key(append(slices.Clone(path), "recode", to), "the code %q becomes both %s and %s; keep one", code, first, to)
			}
			becomes[code] = to
		}
	}
	for _, to := range r.Recode.To {
		report(to.Key, to.Value)
	}
	report("missing", r.Recode.Missing)
}

// checkIdentifiers reports rules that would make a variable of an identifier.
func (s *Study) checkIdentifiers(c checker, path []string, r Rule, extract string) {
	e, _ := s.Extracts.Get(extract)
	for _, column := range e.Columns {
		if column.Value != "identifier" {
			continue
		}
		named := slices.Contains(r.Columns, column.Key) || containsWord(r.SQL, column.Key)
		for _, f := range r.columnFields() {
			named = named || f.name == column.Key
		}
		if named {
			c.key(path, "%s is an identifier, which must not become a variable; use another column", column.Key)
		}
	}
}

// containsWord tells whether SQL names a column.
func containsWord(sql, name string) bool {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
	return slices.ContainsFunc(strings.FieldsFunc(sql, func(r rune) bool { return !letter(r) }), func(word string) bool {
		return strings.EqualFold(word, name)
	})
}

// checkLevels reports new values that the variable has no level for.
func (s *Study) checkLevels(c checker, path []string, v Variable, r Rule) {
	levels := v.Levels.Keys()
	if v.Type == Binary {
		levels = []string{"0", "1"}
	}
	if len(levels) == 0 {
		return
	}
	if r.Recode != nil {
		for _, to := range r.Recode.To {
			if !slices.Contains(levels, to.Key) {
				c.key(append(slices.Clone(path), "recode", to.Key), "%q is not a level of the variable%s", to.Key, suggest(to.Key, levels))
			}
		}
	}
	for _, to := range r.Choose {
		if !slices.Contains(levels, to.Key) {
			c.key(append(slices.Clone(path), "choose", to.Key), "%q is not a level of the variable%s", to.Key, suggest(to.Key, levels))
		}
	}
}

func (s *Study) checkLookup(c checker, path []string, l Lookup) {
	if c.known(append(slices.Clone(path), "extract"), "extract", l.Extract, s.Extracts.Keys()) {
		if e, _ := s.Extracts.Get(l.Extract); len(e.Columns) > 0 {
			columns := e.ColumnNames()
			if l.Value == "" {
				c.at(path, "say which column of %s holds the number: value", l.Extract)
			} else {
				c.known(append(slices.Clone(path), "value"), "column", l.Value, columns)
			}
			if l.By.Municipality == "" {
				c.at(path, "say which column of %s holds the municipality: by: {municipality: …}", l.Extract)
			}
			for _, name := range []string{l.By.Municipality, l.By.Year} {
				if name != "" {
					c.known(append(slices.Clone(path), "by"), "column", name, columns)
				}
			}
			for _, w := range l.Where {
				c.known(append(slices.Clone(path), "where", w.Key), "column", w.Key, columns)
			}
		}
	}
	if l.Of != nil {
		s.checkLookup(c, append(slices.Clone(path), "of"), *l.Of)
	}
}

// ColumnNames returns the columns an extract has once read: those named, and
// those that tell files or sheets apart.
func (e Extract) ColumnNames() []string {
	names := e.Columns.Keys()
	for _, extra := range []string{e.FileValue, e.Sheet} {
		if extra != "" {
			names = append(names, extra)
		}
	}
	return names
}

type columnField struct {
	path []string
	name string
}

// columnFields are the columns that a rule names one by one.
func (r Rule) columnFields() []columnField {
	var fields []columnField
	add := func(name string, path ...string) {
		if name != "" {
			fields = append(fields, columnField{path, name})
		}
	}
	add(r.Column, "column")
	if r.Years != nil {
		add(r.Years.From, "years", "from")
		add(r.Years.To, "years", "to")
	}
	if r.Months != nil {
		add(r.Months.From, "months", "from")
		add(r.Months.To, "months", "to")
	}
	for _, ch := range r.Choose {
		add(ch.Value, "choose", ch.Key)
	}
	return fields
}

// columns returns the names of the data set's columns that a variable makes.
func (v Variable) columns(name string) []string {
	return append([]string{name}, v.IndicatorColumns()...)
}

// IndicatorColumns returns the names of the variable's 0/1 columns.
func (v Variable) IndicatorColumns() []string {
	if v.Indicators == nil {
		return nil
	}
	var names []string
	for _, level := range v.Levels.Keys() {
		if !slices.Contains(v.Indicators.Reference, level) {
			names = append(names, fmt.Sprintf("%s_%s", v.Indicators.Prefix, level))
		}
	}
	return names
}

// ColumnNames returns the data set's columns that the codebook makes, in order.
func (s *Study) ColumnNames() []string {
	var names []string
	for _, e := range s.Codebook.Variables {
		names = append(names, e.Value.columns(e.Key)...)
	}
	return names
}

// LabelOf returns what a reader calls a column of the data set: a variable, or
// the level that one of its indicators stands for.
func (s *Study) LabelOf(column string) (Text, bool) {
	for _, e := range s.Codebook.Variables {
		if e.Key == column {
			return e.Value.Label, true
		}
		if e.Value.Indicators == nil {
			continue
		}
		for _, level := range e.Value.Levels {
			if e.Value.Indicators.Prefix+"_"+level.Key == column {
				return level.Value, true
			}
		}
	}
	return Text{}, false
}
