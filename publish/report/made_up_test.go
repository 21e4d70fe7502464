package report

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"bidrag/evaluate/contribution"
	"bidrag/evaluate/describe"
	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/model/univariate"
	"bidrag/publish/disclose"
	"bidrag/study"
)

func text(s string) study.Text { return study.Text{NB: s + " nb", EN: s + " en"} }

// hostile is a label that must be escaped everywhere.
const hostile = `<script>alert("x")</script> & 'y'`

// madeUp is a study with everything: years, kinds, places, measures, samples,
// checks, groups and two variants, and labels that try to break out.
func madeUp() *study.Study {
	levels := study.Map[study.Text]{{Key: "1", Value: text("Low")}, {Key: "2", Value: text("Middle")}, {Key: "3", Value: text("High")}}
	return &study.Study{
		Name: "made-up", Title: text("Title " + hostile), Subtitle: text("Subtitle"), Source: text("Register"),
		Period: &study.Period{From: 2019, To: 2020},
		Schemes: study.Map[study.Scheme]{
			{Key: "old", Value: study.Scheme{Label: text("Old"), Participants: text("people in the old"), Reference: true}},
			{Key: "new", Value: study.Scheme{Label: text("New"), Participants: text("people in New")}},
		},
		Extracts: study.Map[study.Extract]{{Key: "register", Value: study.Extract{Checks: []study.Check{{Name: "odd", Say: text("odd dates"), Count: true}}}}},
		Participants: study.Map[study.Participants]{
			{Key: "old", Value: study.Participants{Losses: []study.Loss{{Name: "left", Label: text("left")}, {Name: "unknown", Label: text("unknown")}}}},
			{Key: "new", Value: study.Participants{Losses: []study.Loss{{Name: "left", Label: text("left")}, {Name: "early", Label: text("early")}, {Name: "unknown", Label: text("unknown")}}}},
		},
		Places:   &study.Places{Variable: "municipality", Project: true},
		Complete: "individual",
		Samples:  study.Map[study.Sample]{{Key: "in_model", Value: study.Sample{Label: text("the model")}}},
		Models: study.Map[study.Model]{{Key: "individual", Value: study.Model{
			Label: text("Individual model"), Formula: "outcome ~ scheme + age + level + origin_north + course", Sample: "in_model",
			Groups: study.Map[study.TermGroup]{
				{Key: "scheme", Value: study.TermGroup{Label: text("Scheme"), Variables: []string{"scheme"}}},
				{Key: "rest", Value: study.TermGroup{Label: text("The rest"), Variables: []string{"age", "level", "origin_north"}}},
			},
		}}},
		Describe: study.Describe{Verb: study.Text{NB: "fikk jobb", EN: "found work"}, Outcome: "outcome", Kinds: "kind", Sample: "complete",
			Variables: []study.Grouping{{Variable: "age", Breaks: []float64{20, 30}}, {Variable: "level"}, {Variable: "months", Quantiles: 4}, {Variable: "married"}},
			Measures:  []string{"course"}},
		Contribution: &study.Contribution{Model: "individual", MinLeavers: 5, NeutralBand: 0.0275,
			Variants: study.Map[study.Variant]{{Key: "with", Value: study.Variant{Label: text("with it")}}, {Key: "without", Value: study.Variant{Label: text("without it")}}}},
		Codebook: &study.Codebook{Variables: study.Map[study.Variable]{
			{Key: "outcome", Value: study.Variable{Label: text("Outcome"), Type: study.Binary}},
			{Key: "kind", Value: study.Variable{Label: text("Kind"), Type: study.Category, Levels: study.Map[study.Text]{{Key: "work", Value: text("Work")}, {Key: "none", Value: text("None")}}}},
			{Key: "age", Value: study.Variable{Label: text("Age"), Unit: text("years"), Type: study.Integer, Source: text("Table 1")}},
			{Key: "level", Value: study.Variable{Label: text("Level " + hostile), Type: study.Ordinal, Levels: levels}},
			{Key: "months", Value: study.Variable{Label: text("Months"), Type: study.Integer}},
			{Key: "married", Value: study.Variable{Label: text("Married"), Type: study.Binary}},
			{Key: "origin", Value: study.Variable{Label: text("Origin"), Type: study.Category, Indicators: &study.Indicators{Prefix: "origin", Reference: []string{"south"}},
				Levels: study.Map[study.Text]{{Key: "south", Value: text("South")}, {Key: "north", Value: text("North")}}}},
			{Key: "course", Value: study.Variable{Label: text("Course"), Type: study.Binary}},
			{Key: "municipality", Value: study.Variable{Label: text("Municipality"), Type: study.Municipality}},
			{Key: "wage", Value: study.Variable{Label: text("Wage"), Type: study.NumberType}},
		}},
	}
}

// minimal has what every study has and nothing else.
func minimal() *study.Study {
	s := madeUp()
	s.FS, s.Period, s.Places, s.Samples, s.Contribution, s.Extracts, s.Source = nil, nil, nil, nil, nil, nil, study.Text{}
	s.Describe.Kinds, s.Describe.Measures = "", nil
	s.Describe.Variables = []study.Grouping{{Variable: "level"}}
	s.Models[0].Value.Groups = nil
	s.Models[0].Value.Sample = "complete"
	s.Participants = study.Map[study.Participants]{{Key: "old"}, {Key: "new"}}
	return s
}

// numbers makes results for a study: whatever its description, its model and
// its projects ask for. small stands wherever a number must be hidden.
type numbers struct {
	t     *testing.T
	set   *result.Set
	small int // 1 to 4 persons
}

func (n *numbers) add(values ...result.Value) {
	n.t.Helper()
	if err := n.set.Add("test", values...); err != nil {
		n.t.Fatal(err)
	}
}

// rate adds a share with its interval.
func (n *numbers) rate(k result.Key, part, of int) {
	low, high := univariate.Wilson(part, of, 0.95)
	n.add(result.Proportion(k, part, of).WithInterval(low, high))
}

var sizes = map[string]int{"old": 9000, "new": 1200, result.All: 10200}

func results(t *testing.T, s *study.Study, small int) *result.Set {
	n := &numbers{t, result.NewSet(), small}
	for _, scheme := range []string{"old", "new", result.All} {
		n.people(s, scheme, sizes[scheme])
		n.attainment(s, scheme, sizes[scheme])
		for _, g := range s.Describe.Variables {
			n.variable(s, g, scheme, sizes[scheme])
		}
		for _, m := range s.Describe.Measures {
			n.variable(s, study.Grouping{Variable: m}, scheme, sizes[scheme])
		}
	}
	n.model(s)
	n.projects(s)
	return n.set
}

func (n *numbers) people(s *study.Study, scheme string, size int) {
	if scheme != result.All {
		n.add(result.PersonCount(result.Key{Quantity: "persons", Kind: "read", Scheme: scheme}, size+500))
		p, _ := s.Participants.Get(scheme)
		for _, l := range p.Losses {
			n.add(result.PersonCount(result.Key{Quantity: "lost", Scheme: scheme, Level: l.Name}, 100))
		}
		if len(s.Extracts) > 0 {
			n.add(result.PersonCount(result.Key{Quantity: "counted", Scheme: scheme, Level: "odd"}, 77))
		}
	} else if s.Places != nil {
		n.add(result.PersonCount(result.Key{Quantity: "context_missing", Variable: "wage"}, n.small))
	}
	for sample, persons := range map[string]int{"gross": size + 300, "complete": size} {
		n.add(result.PersonCount(result.Key{Quantity: "persons", Sample: sample, Scheme: scheme}, persons))
	}
	for _, e := range s.Samples {
		n.add(result.PersonCount(result.Key{Quantity: "persons", Sample: e.Key, Scheme: scheme}, size))
	}
	for variable, part := range map[string]int{"age": 290, "level": n.small} {
		n.add(result.Proportion(result.Key{Quantity: "missing", Sample: "gross", Scheme: scheme, Variable: variable}, part, size+300),
			result.PersonCount(result.Key{Quantity: "missing_persons", Sample: "gross", Scheme: scheme, Variable: variable}, part))
	}
	n.add(result.Proportion(result.Key{Quantity: "missing", Kind: "any", Sample: "gross", Scheme: scheme}, 300, size+300),
		result.PersonCount(result.Key{Quantity: "missing_persons", Kind: "any", Sample: "gross", Scheme: scheme}, 300))
}

func (n *numbers) attainment(s *study.Study, scheme string, size int) {
	part := size / 2
	if scheme == "new" {
		part = size * 7 / 10
	}
	for sample, of := range map[string]int{"gross": size + 300, "complete": size, "incomplete": 300} {
		years := append([]string{""}, yearsOf(s)...)
		for i, year := range years {
			k := result.Key{Quantity: "attainment", Sample: sample, Scheme: scheme, Year: year}
			n.rate(k, part*of/size/(1+i), of/(1+i))
			if s.Describe.Kinds == "" {
				continue
			}
			k.Kind = "work"
			n.rate(k, part*of/size/(1+i), of/(1+i))
			k.Kind = "none"
			n.rate(k, n.small, of/(1+i))
		}
	}
}

func yearsOf(s *study.Study) []string {
	var out []string
	for _, y := range s.Period.Years() {
		out = append(out, strconv.Itoa(y))
	}
	return out
}

// variable gives each level a share; the last level is too small to show.
func (n *numbers) variable(s *study.Study, g study.Grouping, scheme string, size int) {
	levels := describe.Levels(s, g)
	for i, l := range levels {
		k := result.Key{Quantity: "share", Sample: s.Describe.Sample, Scheme: scheme, Variable: g.Variable, Level: l.Key}
		of := size / len(levels)
		if i == len(levels)-1 && len(levels) > 2 {
			of = n.small
		}
		n.add(result.Proportion(k, of, size))
		k.Quantity = "attainment"
		part := of * (3 + i) / 10
		if scheme == "new" {
			part = of * (5 + i) / 10
		}
		n.rate(k, part, of)
	}
	v, _ := s.Codebook.Variables.Get(g.Variable)
	if v.Type != study.Integer {
		return
	}
	for q, x := range map[string]float64{"mean": 33.25, "sd": 7.5, "median": 32} {
		n.add(result.Estimate(result.Key{Quantity: q, Sample: s.Describe.Sample, Scheme: scheme, Variable: g.Variable}, result.Number, x, size))
	}
	for i, part := range []int{size / 2, size / 4, size / 5, n.small} {
		n.add(result.Proportion(result.Key{Quantity: "distribution", Sample: s.Describe.Sample, Scheme: scheme, Variable: g.Variable, Level: strconv.Itoa(18 + 2*i)}, part, size))
	}
}

// model has a scheme, a number, levels, an indicator, a measure, an aliased term
// and one of which nothing finite is known.
func (n *numbers) model(s *study.Study) {
	number := func(x float64) *float64 { return &x }
	r := &fit.Result{Link: "logit", NObs: 10200, LogLik: -5000.25, AIC: 10020.5, BIC: 10100, RSquared: map[string]float64{"mcfadden": 0.19, "tjur": 0.21},
		Warnings: []fit.Warning{{Code: "aliased", Subject: "course"}, {Code: "separation", Subject: "origin_north"}, {Code: "brand_new", Subject: "age", Message: "3 of 17 rows"}}}
	for i, name := range []string{"(Intercept)", "schemenew", "age", "level", "origin_north", "age:level", "course"} {
		c := fit.Coefficient{Term: name}
		if name != "course" {
			b, se := 0.2*float64(i)-0.1, 0.03
			if name == "origin_north" {
				b, se = 18, 4000
			}
			c.Estimate, c.StdError, c.PValue = &b, &se, number(0.01)
			c.ConfLow, c.ConfHigh = number(b-1.96*se), number(b+1.96*se)
		}
		r.Coefficients = append(r.Coefficients, c)
	}
	n.set.Models["individual"] = r
	n.add(result.OfModel("individual", r)...)
	n.add(result.Estimate(result.Key{Quantity: "adjusted_difference", Model: "individual", Scheme: "new"}, result.Points, 0.021, 10200).WithInterval(0.011, 0.031))
}

// projects are twenty, one of them with too few who attained to be shown.
func (n *numbers) projects(s *study.Study) {
	if s.Contribution == nil {
		return
	}
	for _, variant := range s.Contribution.Variants.Keys() {
		var projects []contribution.Project
		var persons []contribution.Person
		for j := range 20 {
			scheme := []string{"old", "new"}[j%2]
			projects = append(projects, contribution.Project{Name: fmt.Sprintf("%s-%04d", scheme, j), Scheme: scheme})
			attained := 10 + j
			if j == 0 {
				attained = 0 // replaced below by a hidden number
			}
			for i := range 40 {
				persons = append(persons, contribution.Person{Project: j, Outcome: math.Round(1 - math.Min(1, float64(i)/float64(attained+1)*0.5)), Expected: 0.5})
			}
		}
		values := contribution.Compute(contribution.Settings{Variant: variant, Sample: "in_model", MinLeavers: 5, NeutralBand: 0.0275}, projects, persons)
		for i := range values {
			if values[i].Key.Project == "old-0000" {
				values[i].Part, values[i].Value = n.small, float64(n.small)/40
			}
		}
		n.add(values...)
	}
}

func build(t *testing.T, s *study.Study, set *result.Set, lang string) *Report {
	t.Helper()
	r, err := Build(s, clearMadeUp(set), lang)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// clearMadeUp sends made-up numbers through the gate. They are not of one population,
// so that each stands for itself.
func clearMadeUp(set *result.Set) *disclose.Cleared {
	set.Facts.Alone = true
	return disclose.Clear(set, disclose.DefaultRules)
}
