package result

import (
	"slices"
	"testing"
)

func TestGroups(t *testing.T) {
	g := People("complete").At("scheme", "intro").At("education", "1").At("outcome", "")
	if g != "complete: education=1; scheme=intro" {
		t.Fatalf("%q", g)
	}
	if other := People("complete").At("education", "2").At("scheme", "intro").At("education", "1"); other != g {
		t.Errorf("the order of conditions matters: %q", other)
	}
	for _, c := range []struct{ got, want Group }{
		{g.Without("education"), "complete: scheme=intro"},
		{g.Without("education").Without("scheme"), "complete"},
		{g.Without("age"), g},
		{g.In("gross"), "gross: education=1; scheme=intro"},
		{g.At("outcome", "1/work").Wider("outcome"), g.At("outcome", "1")},
		{g.At("outcome", "1").Wider("outcome"), g},
		{People("").At("age", "60"), ": age=60"},
		{People("").At("age", "60").Without("age"), ""},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if g.Sample() != "complete" || g.Level("scheme") != "intro" || g.Level("age") != "" || !slices.Equal(g.Conditions(), [][2]string{{"education", "1"}, {"scheme", "intro"}}) {
		t.Errorf("%q says %q %q %v", g, g.Sample(), g.Level("scheme"), g.Conditions())
	}
}

// Whom the numbers of a study count, by their keys.
func TestCounts(t *testing.T) {
	f := &Facts{Outcome: "outcome", Reference: "intro", Same: map[string]string{"in_individual": "complete", "model individual": "complete", "matching alike": "complete"}, Ranked: map[string]bool{"age": true}}
	in := func(k Key, part int) []Counted {
		v := PersonCount(k, 100)
		v.Part = part
		return f.Counts(v)
	}
	for _, c := range []struct {
		name string
		key  Key
		part int
		want []Counted
	}{
		{"attainment at a level", Key{Quantity: "attainment", Sample: "in_individual", Scheme: "intro", Variable: "education", Level: "1"}, 40,
			[]Counted{{Group: "complete: education=1; scheme=intro", N: 100}, {Group: "complete: education=1; outcome=1; scheme=intro", N: 40}}},
		{"attainment of a kind in a year", Key{Quantity: "attainment", Kind: "work", Sample: "gross", Scheme: All, Year: "2019"}, 40,
			[]Counted{{Group: "gross: year=2019", N: 100}, {Group: "gross: outcome kind=work; year=2019", N: 40}}},
		{"quartiles are of their scheme", Key{Quantity: "share", Sample: "complete", Scheme: "intro", Variable: "age", Level: "q1"}, 25,
			[]Counted{{Group: "complete: scheme=intro", N: 100}, {Group: "complete: age of complete intro=q1; scheme=intro", N: 25}}},
		{"a model", Key{Quantity: "log_lik", Model: "individual"}, -1, []Counted{{Group: "complete", N: 100}}},
		{"a project's year", Key{Quantity: "project_shrunken", Sample: "in_individual", Model: "individual", Scheme: "intro", Year: "2019", Project: "intro-0351"}, 40,
			[]Counted{{Group: "complete: municipality=0351; scheme=intro; year=2019", N: 100}, {Group: "complete: municipality=0351; outcome=1; scheme=intro; year=2019", N: 40}}},
		{"a place", Key{Quantity: "municipality_persons", Sample: "complete", Scheme: All, Project: "0351"}, 40,
			[]Counted{{Group: "complete: municipality=0351", N: 100}, {Group: "complete: municipality=0351; outcome=1", N: 40}}},
		{"a difference tells of both schemes", Key{Quantity: "attainment_difference", Sample: "complete", Scheme: "jobbsjansen"}, 40,
			[]Counted{{Group: "complete: scheme=jobbsjansen", N: 100, Or: []Group{"complete: scheme=intro"}},
				{Group: "complete: scheme=jobbsjansen", N: -1}, {Group: "complete: scheme=intro", N: -1},
				{Group: "complete: outcome=1; scheme=jobbsjansen", N: -1}, {Group: "complete: outcome=1; scheme=intro", N: -1}}},
		{"a matched difference of a number tells of the sums of both sides", Key{Quantity: "matched_difference", Kind: "near", Analysis: "alike", Scheme: "jobbsjansen"}, -1,
			[]Counted{{Group: "complete: matching alike near=kept; scheme=jobbsjansen", N: 100, Or: []Group{"complete: matching alike near=kept; scheme=intro"}},
				{Group: "complete: matching alike near=kept; scheme=jobbsjansen", N: -1}, {Group: "complete: matching alike near=kept; scheme=intro", N: -1}}},
		{"balance of a trait tells of both sides", Key{Quantity: "matching_balance", Kind: "near", Analysis: "alike", Scheme: "jobbsjansen", Variable: "male"}, 7,
			[]Counted{{Group: "number matching_balance.near.alike.jobbsjansen.male", N: 100}, {Group: "number matching_balance.near.alike.jobbsjansen.male: part=1", N: 7},
				{Group: "complete: matching alike near=kept; scheme=jobbsjansen", N: -1}, {Group: "complete: matching alike near=kept; scheme=intro", N: -1},
				{Group: "complete: male=1; matching alike near=kept; scheme=jobbsjansen", N: -1}, {Group: "complete: male=1; matching alike near=kept; scheme=intro", N: -1}}},
		{"discordant pairs of one kind tell of the other", Key{Quantity: "rosenbaum_discordant", Kind: "near", Analysis: "alike", Scheme: "jobbsjansen", Level: "more"}, -1,
			[]Counted{{Group: "complete: alike discordant=more; matching alike near=kept; scheme=jobbsjansen", N: 100},
				{Group: "complete: alike discordant=more; matching alike near=kept; scheme=jobbsjansen", N: -1}, {Group: "complete: alike discordant=fewer; matching alike near=kept; scheme=jobbsjansen", N: -1}}},
		{"many projects are of everyone", Key{Quantity: "projects_by_size", Model: "levels", Sample: "complete", Scheme: "intro", Year: "2019", Level: "5"}, -1, []Counted{{Group: "complete: scheme=intro; year=2019", N: 100}}},
		{"few projects are of one", Key{Quantity: "contribution", Kind: "raw", Sample: "complete", Scheme: "intro", Level: "p50"}, 40,
			[]Counted{{Group: "number contribution.raw.complete.intro.p50", N: 100}, {Group: "number contribution.raw.complete.intro.p50: part=1", N: 40}}},
		{"nobody knows", Key{Quantity: "new", Level: "a;b=c/~d"}, -1, []Counted{{Group: "number new.a,b≈c∕∼d", N: 100}}},
	} {
		got := in(c.key, c.part)
		if !slices.EqualFunc(got, c.want, func(a, b Counted) bool {
			return a.Group == b.Group && a.N == b.N && (len(b.Or) == 0 || slices.Equal(a.Or, b.Or))
		}) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// What is told again under another name counts the same persons, so that nothing that is
// hidden stands there.
func TestCountsOfAValueLikeAnother(t *testing.T) {
	f := &Facts{Reference: "intro", Same: map[string]string{"matching alike": "complete"}}
	kept := PersonCount(Key{Quantity: "matching_kept", Kind: "near", Analysis: "alike", Scheme: "jobbsjansen"}, 3)
	again := PersonCount(Key{Quantity: "certainty_persons", Kind: "matched", Scheme: "jobbsjansen"}, 3)
	again.Like = kept.Key
	if got, want := f.Counts(again), f.Counts(kept); len(got) != 1 || got[0].Group != want[0].Group {
		t.Errorf("%v, want %v", got, want)
	}
}
