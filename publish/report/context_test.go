package report

import (
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/table"
	"bidrag/study"
)

// described is the made-up study with missing values, contexts, measures by level
// and crossed measures, and numbers for all of it.
func described(t *testing.T) (*study.Study, *result.Set) {
	s := madeUp()
	s.Missing = &study.Missing{By: []string{"level"}, Means: []string{"age"}}
	s.Context = study.Map[study.Context]{
		{Key: "towns", Value: study.Context{Label: text("Towns"), Unit: text("town-years"), By: []string{"municipality", "year"}, Sample: "gross", MinPersons: 10,
			Variables: []string{"wage", "months", "age"}, Correlations: [][]string{{"wage", "months"}}}},
		{Key: "few", Value: study.Context{Label: text("Few"), Unit: text("towns"), By: []string{"municipality"}, Sample: "gross", Variables: []string{"wage"}}},
	}
	s.Describe.MeasuresBy, s.Describe.Crossed = []string{"level"}, [][]string{{"course", "married"}}
	set := results(t, s, 3)
	n := &numbers{t, set, 3}
	for i, scheme := range []string{"old", "new", result.All} {
		n.incomplete(scheme, 100*(i+1))
		n.units(scheme, float64(i))
		n.measuresAt(s, scheme, 1000-300*i)
	}
	n.add(result.Estimate(result.Key{Quantity: "context_correlation", Kind: "towns", Variable: "wage", By: "months"}, result.Number, -0.41, 500).WithInterval(-0.5, -0.31))
	set.Gaps = append(set.Gaps, result.Gap{Step: "describe", Subject: "few", Reason: result.Reason{Code: result.VariesInUnits, About: "wage"}})
	return s, set
}

func (n *numbers) incomplete(scheme string, part int) {
	n.rate(result.Key{Quantity: "incomplete", Sample: "gross", Scheme: scheme}, part, 1000)
	for i, level := range []string{"1", "2", "3"} {
		n.rate(result.Key{Quantity: "incomplete", Sample: "gross", Scheme: scheme, Variable: "level", Level: level}, part*i, 1000)
	}
	for _, kind := range []string{"age", "age+level"} {
		n.add(result.PersonCount(result.Key{Quantity: "missing_pattern", Kind: kind, Sample: "gross", Scheme: scheme}, part/2))
	}
	n.add(result.PersonCount(result.Key{Quantity: "missing_pattern", Kind: "level", Sample: "gross", Scheme: scheme}, n.small),
		result.PersonCount(result.Key{Quantity: "missing_both", Sample: "gross", Scheme: scheme, Variable: "age", By: "months"}, part/2),
		result.Proportion(result.Key{Quantity: "missing", Sample: "gross", Scheme: scheme, Variable: "months"}, 3150, 10500),
		result.Estimate(result.Key{Quantity: "mean", Sample: "incomplete", Scheme: scheme, Variable: "age"}, result.Number, 31.5, part),
		result.Estimate(result.Key{Quantity: "standardized_difference", Sample: "incomplete", Scheme: scheme, Variable: "age"}, result.Number, -0.21, part),
		result.Estimate(result.Key{Quantity: "incomplete_difference", Scheme: scheme}, result.Points, -0.05, part).WithInterval(-0.08, -0.02))
}

// units has a variable that is higher in the new scheme, one that is lower and one
// that is the same.
func (n *numbers) units(scheme string, i float64) {
	key := func(quantity, variable string) result.Key {
		return result.Key{Quantity: quantity, Kind: "towns", Scheme: scheme, Variable: variable}
	}
	n.add(result.Estimate(key("units", ""), result.Count, 90-20*i, 900))
	for _, q := range []string{"q1", "median", "q3"} {
		n.add(result.Estimate(key("unit_persons_"+q, ""), result.Number, 17, 900))
	}
	for variable, step := range map[string]float64{"wage": 30, "months": -8, "age": 0} {
		for _, q := range []string{"q1", "median", "q3"} {
			n.add(result.Estimate(key("context_"+q, variable), result.Number, 40+step*i, 900))
		}
		n.add(result.Estimate(key("context_known", variable), result.Count, 90, 900),
			result.Estimate(key("context_person_mean", variable), result.Number, 41.5, 900))
		if scheme != result.All {
			n.add(result.Estimate(key("context_rank", variable), result.Share, 0.5+step*i/100, 900).WithInterval(0.3+step*i/100, 0.7+step*i/200))
		}
	}
}

func (n *numbers) measuresAt(s *study.Study, scheme string, of int) {
	for i, level := range []string{"1", "2", "3"} {
		key := result.Key{Sample: s.Describe.Sample, Scheme: scheme, Variable: "course", By: "level", ByLevel: level}
		for _, received := range []string{"0", "1"} {
			key.Quantity, key.Level = "share", received
			n.add(result.Proportion(key, of/(3+i), of))
		}
		key.Quantity, key.Level = "measure_difference", ""
		n.add(result.Estimate(key, result.Points, 0.04, of).WithInterval(-0.01, 0.09))
	}
	for _, a := range []string{"0", "1"} {
		for _, b := range []string{"0", "1"} {
			n.add(result.PersonCount(result.Key{Quantity: "persons", Sample: s.Describe.Sample, Scheme: scheme, Variable: "course", Level: a, By: "married", ByLevel: b}, of))
		}
	}
	n.rate(result.Key{Quantity: "overlap", Sample: s.Describe.Sample, Scheme: scheme, Variable: "course", By: "married"}, of*2, of*3)
}

// said is every sentence, title and note of a report.
func said(r *Report) string {
	var b strings.Builder
	say := func(texts ...string) { b.WriteString(strings.Join(texts, "\n") + "\n") }
	blocks := func(of []Block) {
		for _, block := range of {
			say(block.Text, block.Caution)
			say(block.List...)
		}
	}
	for _, c := range r.Chapters {
		say(c.Title)
		blocks(c.Blocks)
		for _, section := range c.Sections {
			say(section.Title)
			blocks(section.Blocks)
		}
	}
	for _, f := range r.Figures {
		say(f.Title, f.Subtitle, f.Note, f.Alt)
	}
	for _, t := range r.Tables {
		say(t.Title, t.Note)
	}
	return b.String()
}

// Every sentence of the new parts is said of numbers that ask for it, and says what
// they are.
func TestContextAndMissingInWords(t *testing.T) {
	s, set := described(t)
	r := build(t, s, set, "en")
	text := said(r)
	for _, want := range []string{
		"Places and projects",
		"The numbers cover 50 town-years en with at least ten persons. In 70 of them there are participants in",
		"is higher than that of",
		"for wage en (70.0 against 40.0)",
		"It is lower for months en (32 against 40)",
		"There is little or no difference in age en",
		"is higher than in 80 per cent of all town-years en in",
		"opposite ways most clearly",
		"cannot be",
		"150 persons lack both age en and months en. If the one had nothing to do with the other, about 87 would.",
		"Information is missing most often in the group",
		"Persons with and without complete information differ most in age en",
		"Those who lack information clearly differ: by −5.0 percentage points",
		"the schemes differ most in the measure",
		"67 per cent have both",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), strings.ReplaceAll(want, "\u00a0", " ")) {
			t.Errorf("nothing says %q", want)
		}
	}
	for _, file := range []string{"units", "context-towns", "context-towns-medians", "context-towns-persons", "context-towns-correlations", "missing-patterns",
		"incomplete", "incomplete-means", "measures-by-level-new", "measure-differences-level-old", "crossed-course-married"} {
		if !slices.ContainsFunc(r.Tables, func(t table.Table) bool { return t.ID == file && !t.Empty() }) {
			t.Errorf("there is no table %s", file)
		}
	}
}

// Nothing of the new parts is empty, in both languages; a part of its numbers
// leaves no hole in a sentence.
func TestPartsOfTheContextMayBeMissing(t *testing.T) {
	s, all := described(t)
	for _, without := range []string{"nothing", "context_rank", "context_median", "units", "incomplete", "missing", "standardized_difference", "overlap", "share", "mean"} {
		for _, lang := range []string{"nb", "en"} {
			some := result.NewSet()
			for _, v := range all.Values {
				if v.Key.Quantity == without {
					continue
				}
				if err := some.Add("test", v); err != nil {
					t.Fatal(err)
				}
			}
			some.Models = all.Models
			r := build(t, s, some, lang)
			for _, c := range r.Chapters {
				for _, section := range c.Sections {
					if len(section.Blocks) == 0 {
						t.Errorf("without %s: section %s is empty", without, section.ID)
					}
				}
			}
			text := said(r)
			for _, bad := range []string{"NaN", "%!", "{first}", " .", "()"} {
				if i := strings.Index(text, bad); i >= 0 {
					t.Errorf("without %s, %s: %q in %q", without, lang, bad, text[max(0, i-80):min(len(text), i+40)])
				}
			}
		}
	}
}

// The units of a scheme that are hidden are in no figure or sentence.
func TestHiddenUnitsAreNotTold(t *testing.T) {
	s, all := described(t)
	some := result.NewSet()
	for _, v := range all.Values {
		if v.Key.Kind == "towns" && v.Key.Scheme == "new" {
			v.N = 3
		}
		if err := some.Add("test", v); err != nil {
			t.Fatal(err)
		}
	}
	text := said(build(t, s, some, "en"))
	for _, bad := range []string{"70.0", "In 70 of them", "the median in"} {
		if strings.Contains(text, bad) {
			t.Errorf("the report tells %q", bad)
		}
	}
	if !strings.Contains(text, "Places and projects") {
		t.Error("the chapter is gone")
	}
}
