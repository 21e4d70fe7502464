package pipeline

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/study/problem"
)

// TestDecompositionAgainstR holds every linear and logistic part and every rate of
// the shipped study's decompositions against testdata/decomposition/decomposition.R
// (R 4.2.2, lm.fit and glm.fit): linear parts to 1e-10, logistic ones to 1e-9,
// Fairlie's, with other draws, to four Monte Carlo errors of both, and the
// cluster-robust errors to 1e-8 of themselves.
func TestDecompositionAgainstR(t *testing.T) {
	s := shippedStudy(t)
	for i := range s.Decomposition {
		s.Decomposition[i].Value.Replicates = 2 // R has no intervals of the bootstrap
	}
	r, err := Start(t.Context(), s, Options{Only: []string{"decomposition"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	got := map[result.Key]result.Value{}
	for _, v := range r.Results.Values {
		got[v.Key] = v
	}
	rows := readGolden(t, "testdata/decomposition/decomposition.csv")
	for _, row := range rows {
		if row[5] == "NA" {
			continue // a rate that a scheme does not have at every level
		}
		method, choice, piece, block, want := row[1], row[2], row[3], row[4], number(t, row[5])
		k := result.Key{Quantity: "decomposition", Kind: method, Analysis: row[0], Scheme: "jobbsjansen", Variable: block, Level: piece}
		if choice != "" {
			k.By, k.ByLevel = "by", choice
		}
		tolerance := 1e-10
		switch method {
		case "":
			k.Kind = "raw"
		case "logit":
			tolerance = 1e-9
		case "fairlie":
			tolerance = 4 * number(t, row[6]) * math.Sqrt2
		case "direct", "indirect":
			k.Quantity = "standardized_rate"
		}
		switch block {
		case "constant":
			k.Variable = "_constant"
		case "remains":
			k.Variable = ""
		}
		if method == "gelbach_cr0" {
			if k.Level = "explained"; block == "remains" {
				k.Level = "unexplained"
			}
			v := got[k]
			closeTo(t, k.ID(), (v.High-v.Low)/2/1.959963984540054, want, 1e-8)
			continue
		}
		v, ok := got[k]
		if !ok {
			t.Errorf("there is no %s", k.ID())
		}
		if !(math.Abs(v.Value-want) <= tolerance) {
			t.Errorf("%s = %.15g, R has %.15g", k.ID(), v.Value, want)
		}
	}
	if len(rows) < 300 {
		t.Errorf("R has %d numbers", len(rows))
	}
}

// ofMini is a decomposition of the small study's model.
const ofMini = `decomposition:
  split:
    label: {nb: Delt, en: Split}
    model: main
    blocks:
      who: {label: {nb: Hvem, en: Who}, variables: [male, age]}
      what: {label: {nb: Hva, en: What}, variables: [hours, course]}
    tables: [male, age]
    orderings: 3
    replicates: 20
contribution:
`

// split is the small study with a decomposition, and a change to it.
func split(t *testing.T, old, new string) mini {
	m := newMini(t)
	text := ofMini
	if old != "" && !strings.Contains(text, old) {
		t.Fatalf("no %q", old)
	}
	m.replace("study.yaml", "contribution:\n", strings.Replace(text, old, new, 1))
	return m
}

// TestDecompositionOfTheSmallStudy: every part has an interval and the persons of
// the smaller side, and the number of threads changes no bit.
func TestDecompositionOfTheSmallStudy(t *testing.T) {
	m := split(t, "", "")
	one, two := m.run(1), m.run(2)
	parts := 0
	for i, v := range one.Results.Values {
		if v.Step != "decomposition" {
			continue
		}
		parts++
		o := two.Results.Values[i]
		if v.Key != o.Key || math.Float64bits(v.Value) != math.Float64bits(o.Value) || math.Float64bits(v.Low) != math.Float64bits(o.Low) {
			t.Errorf("%+v and %+v", v, o)
		}
		if v.Key.Quantity == "decomposition" && v.Key.By != "level" && (v.N != 40 || math.IsNaN(v.Low) || math.IsNaN(v.High) || v.Unit != result.Points) {
			t.Errorf("%s rests on %d persons, from %v to %v", v.Key.ID(), v.N, v.Low, v.High)
		}
	}
	if parts < 80 {
		t.Errorf("%d numbers", parts)
	}
}

// TestGapsOfDecompositions: what the data cannot answer is told at its place, and
// the rest is done.
func TestGapsOfDecompositions(t *testing.T) {
	everyone := func(m mini, row func(cells []string)) {
		for _, year := range []string{"2019", "2020"} {
			name := "extracts/pilot_" + year + ".csv"
			content, err := os.ReadFile(m.path(name))
			m.check(err)
			lines := strings.Split(strings.TrimSuffix(string(content), "\r\n"), "\r\n")
			for i := range lines[1:] {
				cells := strings.Split(lines[i+1], ";")
				row(cells)
				lines[i+1] = strings.Join(cells, ";")
			}
			m.write(name, strings.Join(lines, "\r\n")+"\r\n")
		}
	}
	cases := []struct {
		name    string
		change  func(m mini)
		subject string
		code    string
		has     string // an id that there is nevertheless
	}{
		{"one cluster", func(m mini) {
			m.replace("study.yaml", "    orderings: 3\n", "    orderings: 3\n    cluster: north_all\n")
			m.replace("codebook.yaml", "  hours:\n", "  north_all:\n    label: {nb: Alle, en: All}\n    type: integer\n    from: {pilot: {value: 1}, regular: {value: 1}}\n  hours:\n")
		}, "split pilot", result.OneCluster, "decomposition.gelbach.split.pilot.who.explained"},
		{"a scheme in one cluster", func(m mini) {
			m.replace("study.yaml", "    orderings: 3\n", "    orderings: 3\n    cluster: municipality\n")
		}, "split pilot", result.OneCluster, "decomposition.gelbach.split.pilot.who.explained"},
		{"same outcome", func(m mini) { everyone(m, func(c []string) { c[5] = "J" }) }, "split pilot focus", "same_outcome", "decomposition.gelbach.split.pilot.unexplained"},
		{"constant in one scheme", func(m mini) { everyone(m, func(c []string) { c[8] = "0" }) }, "split pilot focus", "one_sided", "decomposition.oaxaca.split.pilot.what.explained.by.focus"},
		{"a level of one scheme", func(m mini) { everyone(m, func(c []string) { c[2] = "0" }) }, "split pilot", result.TooFew, "decomposition.kitagawa.split.pilot.male.composition"},
		{"a value too large to be squared", func(m mini) { m.replace("codebook.yaml", "{pilot: {column: hours}", "{pilot: {sql: hours * 1e200}") }, "split pilot", result.NotFitted, ""},
		{"nobody in the sample", func(m mini) {
			m.replace("study.yaml", "sample: complete, formula", "sample: in_none, formula")
			m.replace("study.yaml", "  in_large:", "  in_none: {label: P, where: complete = 1 AND age < 0}\n  in_large:")
		}, "split pilot", result.Nobody, ""},
		{"one scheme in the sample", func(m mini) {
			m.replace("study.yaml", "sample: complete, formula", "sample: in_pilot, formula")
			m.replace("study.yaml", "  in_large:", "  in_pilot: {label: P, where: complete = 1 AND scheme = 'pilot'}\n  in_large:")
		}, "split pilot", result.OneScheme, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := split(t, "", "")
			c.change(m)
			r := m.run(1)
			told := slices.ContainsFunc(r.Results.Gaps, func(g result.Gap) bool {
				return g.Step == "decomposition" && g.Subject == c.subject && g.Reason.Code == c.code && strings.HasPrefix(g.Place, "mini/study.yaml:")
			})
			if !told {
				t.Errorf("gaps %+v", r.Results.Gaps)
			}
			if got := values(r, c.has); c.has != "" && len(got) == 0 {
				t.Errorf("there is no %s", c.has)
			}
		})
	}
}

// TestDecompositionsThatAreWrong: each mistake is told where it is written, before
// anything runs.
func TestDecompositionsThatAreWrong(t *testing.T) {
	cases := []struct{ name, old, new, want string }{
		{"a variable in no block", "[hours, course]", "[hours]", "course of model \"main\" stand in no block"},
		{"a variable in two blocks", "[hours, course]", "[hours, course, age]", "age is in the block \"who\" already"},
		{"a variable that the model lacks", "[hours, course]", "[hours, course, region_south]", "the model \"main\" does not have region_south"},
		{"no such variable", "[hours, course]", "[hours, cuorse]", "there is no variable \"cuorse\"; did you mean \"course\"?"},
		{"the scheme in a block", "[male, age]", "[male, age, scheme]", "scheme is what is compared and belongs to no block"},
		{"no such model", "model: main", "model: mian", "there is no model \"mian\""},
		{"a place as a table", "[male, age]\n    ord", "[male, municipality]\n    ord", "municipality is a place"},
		{"a table twice", "[male, age]\n    ord", "[male, male]\n    ord", "male stands twice"},
	}
	for _, c := range cases {
		told(t, c.name, split(t, c.old, c.new), c.want)
	}
	models := []struct{ name, formula, want string }{
		{"a difference that varies", "outcome ~ scheme*male + age + hours + course", "lets the schemes differ by more for some persons than for others (scheme:male)"},
		{"no intercept", "outcome ~ 0 + scheme + male + age + hours + course", "has no intercept"},
		{"an offset", "outcome ~ scheme + male + age + hours + course + offset(age)", "has an offset"},
		{"a term of two blocks", "outcome ~ scheme + male*hours + age + course", "the term male:hours of model \"main\" is made of variables of the blocks \"who\" and \"what\""},
	}
	for _, c := range models {
		m := split(t, "", "")
		m.replace("study.yaml", "outcome ~ scheme + male + age + hours + course", c.formula)
		told(t, c.name, m, c.want)
	}
	m := split(t, "", "")
	m.replace("study.yaml", "sample: complete, formula", "sample: complete, family: gaussian, formula")
	told(t, "a family", m, "the model \"main\" is of the family gaussian")
}

// told holds that a problem is told, with its place.
func told(t *testing.T, name string, m mini, want string) {
	t.Helper()
	r, err := m.checked()
	if err == nil {
		r.Close()
		t.Errorf("%s: nothing is said", name)
		return
	}
	var list problem.List
	if !errors.As(err, &list) || !slices.ContainsFunc(list, func(p problem.Problem) bool {
		return p.File == "mini/study.yaml" && p.Line > 1 && strings.Contains(p.Message, want)
	}) {
		t.Errorf("%s: %v", name, err)
	}
}

// TestDecompositionStops when the run is stopped.
func TestDecompositionStops(t *testing.T) {
	m := split(t, "replicates: 20", "replicates: 100000")
	s, err := m.load()
	m.check(err)
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Start(ctx, s, Options{Threads: 1, Only: []string{"decomposition"}, Progress: func(step string) {
		if step == "decomposition" {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestDecompositionOfAMultilevelModel is that of its fixed part.
func TestDecompositionOfAMultilevelModel(t *testing.T) {
	m := split(t, "", "")
	m.replace("study.yaml", "hours + course}", "hours + course + (1 | municipality)}")
	got, want := values(m.run(1), "decomposition.oaxaca"), values(split(t, "", "").run(1), "decomposition.oaxaca")
	if len(want) < 20 || len(got) != len(want) {
		t.Fatalf("%d numbers and %d", len(got), len(want))
	}
	for id, x := range want {
		if got[id] != x {
			t.Errorf("%s is %v, of the fixed part alone %v", id, got[id], x)
		}
	}
}
