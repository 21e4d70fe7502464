package pipeline

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/study/problem"
)

// withMatching is the small study with a matching: its settings and its methods.
func withMatching(t *testing.T, settings, methods string) mini {
	m := newMini(t)
	m.replace("study.yaml", "describe:\n", "matching:\n  like: {label: Like, sample: complete, "+settings+", methods: {"+methods+"}}\ndescribe:\n")
	return m
}

const (
	byAge   = "covariates: age + hours, replicates: 20"
	nearest = "near: {label: N, kind: nearest}"
)

// TestMatchingProblems: what is wrong in the study is told with its place before
// anything runs.
func TestMatchingProblems(t *testing.T) {
	for _, c := range []struct{ settings, methods, want string }{
		{"covariates: age + huors", nearest, `71:53: the covariates of matching "like": "huors" is no variable of the codebook; did you mean "hours"?`},
		{"covariates: age + scheme", nearest, `71:53: the covariates of matching "like": scheme tells who is in which scheme`},
		{"covariates: age + outcome", nearest, `71:53: the covariates of matching "like": "outcome" is the outcome`},
		{"covariates: age + + * hours", nearest, `71:53: the covariates of matching "like": column 9 of the formula`},
		{"covariates: age + (1 | municipality)", nearest, `71:53: the covariates of matching "like": they have a random term`},
		{"covariates: 0 + age", nearest, `71:53: the covariates of matching "like": they need an intercept`},
		{"covariates: age, adjust: age + wrong", nearest, `71:66: the adjust of matching "like": "wrong" is no variable`},
		{"covariates: age, outcome: region", nearest, `the outcome must be a number or 0/1, and region is neither`},
		{"covariates: age, balance: [nothing]", nearest, `there is no variable "nothing"`},
		{"covariates: age, balance: [male, male]", nearest, `male stands twice`},
		{"covariates: age, cluster: scheme", nearest, `scheme cannot be one`},
		{"covariates: age, cluster: place", nearest, `there is no column "place"`},
		{byAge, "w: {label: W, kind: weighting, caliper: 0.2}", `caliper does not apply to a method of kind weighting; take it out`},
		{byAge, "w: {label: W, kind: overlap, trim: [0.1, 0.9]}", `trim does not apply to a method of kind overlap`},
		{byAge, "w: {label: W, kind: nearest, estimand: all}", `estimand does not apply to a method of kind nearest`},
		{byAge, "w: {label: W, kind: aipw, trim: [0.9, 0.1]}", `the lower bound comes first, as [0.01, 0.99]; here are 0.9 and 0.1`},
		{byAge, "w: {label: W, kind: nearest, exact: [scheme]}", `nobody of the reference is in the same scheme`},
		{byAge, "w: {label: W, kind: nearest, exact: [outcome]}", `outcome is the outcome`},
		{byAge, "w: {label: W, kind: nearest, exact: [mael]}", `there is no column "mael"; did you mean "male"?`},
	} {
		r, err := withMatching(t, c.settings, c.methods).checked()
		if err == nil {
			r.Close()
			t.Errorf("%s %s: nothing is said", c.settings, c.methods)
			continue
		}
		var list problem.List
		if !errors.As(err, &list) || len(list) != 1 || !strings.Contains(list[0].Error(), "mini/study.yaml:71:") || !strings.Contains(list[0].Error(), c.want) {
			t.Errorf("%s %s: %v, want %s", c.settings, c.methods, err, c.want)
		}
	}
}

// TestMatchingGaps: what these data cannot answer is told, and the rest is done.
func TestMatchingGaps(t *testing.T) {
	for _, c := range []struct{ settings, methods, code, about string }{
		{"covariates: age + project_like, replicates: 20", nearest, "separation", "project_like"},
		{byAge, "far: {label: N, kind: nearest, caliper: 0.0000001}, " + nearest, "no_match", "caliper"},
		{byAge, "far: {label: N, kind: nearest, exact: [project_like]}, " + nearest, "no_match", "exact"},
		{byAge, "few: {label: N, kind: weighting, trim: [0, 0.000001]}, " + nearest, "no_overlap", "trim"},
		{byAge + ", cluster: one", nearest, "one_cluster", "one"},
		{byAge + ", cluster: one", "w: {label: W, kind: aipw}", "one_cluster", "one"},
	} {
		m := withMatching(t, c.settings, c.methods)
		m.replace("codebook.yaml", "variables:\n", "variables:\n  project_like: {label: L, type: binary, from: {pilot: {sql: hours >= 0}, regular: {sql: Timer < 0}}}\n  one: {label: En, type: binary, from: {pilot: {sql: hours >= 0}, regular: {sql: Timer >= 0}}}\n")
		r := m.run(1)
		var told []string
		for _, g := range r.Results.Gaps {
			if g.Step == "matching" {
				told = append(told, g.Reason.Code+" "+g.Reason.About)
				if g.Model != "like" || !strings.HasPrefix(g.Subject, "pilot") || !strings.HasPrefix(g.Place, "mini/study.yaml:71:") {
					t.Errorf("%+v", g)
				}
			}
		}
		if !slices.Contains(told, c.code+" "+c.about) {
			t.Errorf("%s %s: %q, want %s %s", c.settings, c.methods, told, c.code, c.about)
		}
		if _, ok := r.Results.Models["main"]; !ok {
			t.Error("the models are not there")
		}
		got := values(r, "matched_difference")
		if strings.Contains(c.methods, "near:") && c.code != "separation" && math.IsNaN(got["matched_difference.near.like.pilot"]) || len(got) == 0 != (c.code == "separation") {
			t.Errorf("%s %s: %v", c.settings, c.methods, got)
		}
	}
}

// TestMatchingAgainstR holds the shipped study's matchings against R:
// testdata/matching/matching.R (R 4.2.2, MatchIt 4.5.1). Values agree to 1e-7, of
// themselves when they are larger than 1; so do the intervals of nearest
// neighbours, the others' being a bootstrap's.
func TestMatchingAgainstR(t *testing.T) {
	r := shipped(t)
	got := map[string]result.Value{}
	for _, v := range r.Results.Values {
		if v.Step == "matching" {
			got[v.Key.ID()] = v
		}
	}
	rows := readGolden(t, "testdata/matching/matching.csv")
	for _, row := range rows {
		v, ok := got[row[0]]
		if want := number(t, row[1]); !ok || math.Abs(v.Value-want) > 1e-7*max(1, math.Abs(want)) {
			t.Errorf("%s: %.12g, R has %s", row[0], v.Value, row[1])
		}
		if row[2] == "NA" {
			continue
		}
		if half := number(t, row[2]); math.Abs(v.High-v.Value-half) > 1e-7 || math.Abs(v.Value-v.Low-half) > 1e-7 {
			t.Errorf("%s: from %.12g to %.12g, half of it is %s in R", row[0], v.Low, v.High, row[2])
		}
	}
	if len(rows) < 200 {
		t.Errorf("R has %d rows", len(rows))
	}
}

// TestPairsOfTheShippedStudy: the sets that other steps ask for are persons of
// the analysis set, with their own outcomes, equal where they must be.
func TestPairsOfTheShippedStudy(t *testing.T) {
	r := shipped(t)
	scheme, _ := r.data.Column("scheme")
	outcome, _ := r.data.Column("outcome")
	male, _ := r.data.Column("male")
	for _, method := range []string{"nearest", "replacement", "mahalanobis"} {
		sets := r.pairsOf("alike", method, "jobbsjansen")
		kept, _ := r.Results.Get(result.Key{Quantity: "matching_kept", Kind: method, Analysis: "alike", Scheme: "jobbsjansen"})
		if float64(len(sets)) != kept.Value || len(sets) == 0 {
			t.Errorf("%s: %d sets, %g kept", method, len(sets), kept.Value)
		}
		used := map[int]bool{}
		for _, s := range sets {
			right := scheme.Levels[scheme.Code[s.Treated]] == "jobbsjansen" && outcome.Number[s.Treated] == s.Outcome && len(s.Controls) == len(s.Outcomes)
			for k, j := range s.Controls {
				right = right && scheme.Levels[scheme.Code[j]] == "intro" && outcome.Number[j] == s.Outcomes[k] && male.Number[j] == male.Number[s.Treated]
				right = right && (method == "replacement" || !used[j])
				used[j] = true
			}
			if !right {
				t.Fatalf("%s: %+v", method, s)
			}
		}
	}
	if r.pairsOf("alike", "weighting", "jobbsjansen") != nil {
		t.Error("a weighting has pairs")
	}
}

// TestMatchingDoesNotDependOnThreads: to the last bit.
func TestMatchingDoesNotDependOnThreads(t *testing.T) {
	m := withMatching(t, byAge+", cluster: municipality", nearest+", w: {label: W, kind: weighting}, d: {label: D, kind: aipw, estimand: all}, o: {label: O, kind: overlap}")
	one, three := m.run(1), m.run(3)
	n := 0
	for i, v := range one.Results.Values {
		if v.Step != "matching" {
			continue
		}
		n++
		o := three.Results.Values[i]
		if v.Key != o.Key || math.Float64bits(v.Value) != math.Float64bits(o.Value) || math.Float64bits(v.Low) != math.Float64bits(o.Low) || math.Float64bits(v.High) != math.Float64bits(o.High) {
			t.Errorf("%s: %v and %v", v.Key.ID(), v, o)
		}
	}
	if n < 50 {
		t.Errorf("%d values", n)
	}
}
