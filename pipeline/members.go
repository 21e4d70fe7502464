package pipeline

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"bidrag/data/frame"
	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/study"
)

// members tells who is in the groups that the results count, as far as they are of the
// study's samples and of variables of the data set. Projects and places are left
// out: their indicators fall with their counts, which are suppressed and not rounded.
func (r *Run) members() *result.Members {
	m := result.NewMembers(r.data.NumRows())
	for _, name := range append([]string{"gross", "complete", "incomplete"}, r.Study.Samples.Keys()...) {
		m.Sample(name, r.rows(name))
	}
	asked, order := r.asked()
	for _, variable := range order {
		if levels, code := r.levelsOf(variable, asked[variable]); levels != nil {
			m.Variable(variable, levels, code)
		}
	}
	return m
}

// asked lists the variables of the groups that values count, each with the levels at
// which there are groups.
func (r *Run) asked() (levels map[string][]string, order []string) {
	levels = map[string][]string{}
	seen := map[[2]string]bool{}
	for _, v := range r.Results.Values {
		for _, c := range r.Results.Facts.Counts(v) {
			for _, condition := range c.Group.Conditions() {
				if seen[condition] {
					continue
				}
				seen[condition] = true
				if levels[condition[0]] == nil {
					order = append(order, condition[0])
				}
				levels[condition[0]] = append(levels[condition[0]], condition[1])
			}
		}
	}
	return levels, order
}

// levelsOf returns the levels of a variable of groups and that of each row, nil when the
// data set does not tell.
func (r *Run) levelsOf(variable string, asked []string) (levels []string, code []int32) {
	d := r.Study.Describe
	switch {
	case variable == "scheme":
		return r.factorLevels("scheme")
	case variable == "year", variable == d.Outcome:
		return r.numberLevels(variable, asked)
	case d.Kinds != "" && variable == d.Outcome+" kind":
		return r.factorLevels(d.Kinds)
	case variable == "pattern":
		return r.patternLevels(asked)
	case r.Study.Places != nil && variable == r.Study.Places.Variable:
		return nil, nil
	}
	if name, ok := strings.CutSuffix(variable, " known"); ok {
		return r.knownLevels(name)
	}
	if name, ok := strings.CutSuffix(variable, " bins"); ok {
		return r.binLevels(name, asked)
	}
	if a, b, ok := strings.Cut(variable, " or "); ok {
		return r.eitherLevels(a, b)
	}
	if name, of, ok := strings.Cut(variable, " of "); ok {
		return r.rankedLevels(name, of)
	}
	g := describe.GroupingOf(r.Study, variable)
	if _, ok := r.Study.Codebook.Variables.Get(variable); !ok || g.Quantiles > 0 {
		return nil, nil
	}
	return r.grouped(g, r.data.Where(func(int) bool { return true }))
}

// coded gives every row a number, −1 the rows of which of is not ok.
func (r *Run) coded(of func(row int) (code int, ok bool)) []int32 {
	out := make([]int32, r.data.NumRows())
	for i := range out {
		out[i] = -1
		if c, ok := of(i); ok {
			out[i] = int32(c)
		}
	}
	return out
}

// factorLevels are those of a column of categories.
func (r *Run) factorLevels(name string) ([]string, []int32) {
	column, ok := r.data.Column(name)
	if !ok || column.Kind != frame.Factor {
		return nil, nil
	}
	return column.Levels, slices.Clone(column.Code)
}

// numberLevels are those of a column of numbers that groups ask for.
func (r *Run) numberLevels(name string, asked []string) ([]string, []int32) {
	column, ok := r.data.Column(name)
	if !ok || column.Kind == frame.Factor {
		return nil, nil
	}
	at := map[float64]int{}
	for l, text := range asked {
		if x, err := strconv.ParseFloat(text, 64); err == nil {
			at[x] = l
		}
	}
	return asked, r.coded(func(i int) (int, bool) {
		if column.Missing(i) {
			return 0, false
		}
		l, ok := at[column.Number[i]]
		return l, ok
	})
}

// knownLevels tell of whom a variable is known.
func (r *Run) knownLevels(name string) ([]string, []int32) {
	column, ok := r.data.Column(name)
	if !ok {
		return nil, nil
	}
	return []string{"0", "1"}, r.coded(func(i int) (int, bool) {
		if column.Missing(i) {
			return 0, true
		}
		return 1, true
	})
}

// binLevels are the intervals of a distribution, each named by where it begins.
func (r *Run) binLevels(name string, asked []string) ([]string, []int32) {
	column, ok := r.data.Column(name)
	if !ok || column.Kind == frame.Factor {
		return nil, nil
	}
	from := make([]float64, len(asked))
	for l, text := range asked {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, nil
		}
		from[l] = x
	}
	slices.Sort(from)
	names := make([]string, len(from))
	for l, x := range from {
		names[l] = strconv.FormatFloat(x, 'f', -1, 64)
	}
	return names, r.coded(func(i int) (int, bool) {
		if column.Missing(i) || math.IsNaN(column.Number[i]) {
			return 0, false
		}
		l, exact := slices.BinarySearch(from, column.Number[i])
		if !exact {
			l--
		}
		return l, l >= 0
	})
}

// eitherLevels tell who is at 1 of two 0/1 variables, or at least one of them.
func (r *Run) eitherLevels(a, b string) ([]string, []int32) {
	x, okA := r.data.Column(a)
	y, okB := r.data.Column(b)
	if !okA || !okB || x.Kind == frame.Factor || y.Kind == frame.Factor {
		return nil, nil
	}
	return []string{"0", "1"}, r.coded(func(i int) (int, bool) {
		if x.Missing(i) || y.Missing(i) {
			return 0, false
		}
		if x.Number[i] == 1 || y.Number[i] == 1 {
			return 1, true
		}
		return 0, true
	})
}

// rankedLevels are groups of equal size, made within the scheme of a sample: of is
// the name of the sample and of the scheme.
func (r *Run) rankedLevels(name, of string) ([]string, []int32) {
	g := describe.GroupingOf(r.Study, name)
	sample, scheme, ok := strings.Cut(of, " ")
	if _, known := r.Study.Codebook.Variables.Get(name); !known || !ok || g.Quantiles == 0 {
		return nil, nil
	}
	if m, isModel := r.Study.Models.Get(sample); isModel {
		sample = m.Sample
	}
	if sample != "incomplete" && !slices.Contains(r.samples(), sample) {
		return nil, nil
	}
	rows := r.rows(sample)
	for _, group := range describe.Groups(r.Study, r.data, rows) {
		if group.Scheme == scheme {
			rows = group.Rows
		}
	}
	return r.grouped(g, rows)
}

// grouped are the levels of a described variable among the rows.
func (r *Run) grouped(g study.Grouping, rows []int) ([]string, []int32) {
	var names []string
	for _, l := range describe.Levels(r.Study, g) {
		names = append(names, l.Key)
	}
	code := make([]int32, r.data.NumRows())
	for i := range code {
		code[i] = -1
	}
	for k, l := range describe.Assign(r.Study, r.data, g, rows) {
		if l < len(names) {
			code[rows[k]] = int32(l)
		}
	}
	return names, code
}

// patternLevels are the sets of variables, of those of a complete row, that somebody
// lacks, named by them with a plus between.
func (r *Run) patternLevels(asked []string) ([]string, []int32) {
	var columns []*frame.Column
	for _, name := range r.completeVariables() {
		if column, ok := r.data.Column(name); ok {
			columns = append(columns, column)
		}
	}
	at := map[string]int{}
	for l, name := range asked {
		at[name] = l
	}
	var lacks []string
	return asked, r.coded(func(i int) (int, bool) {
		lacks = lacks[:0]
		for _, c := range columns {
			if c.Missing(i) {
				lacks = append(lacks, c.Name)
			}
		}
		if len(lacks) == 0 {
			return 0, false
		}
		l, ok := at[strings.Join(lacks, "+")]
		return l, ok
	})
}
