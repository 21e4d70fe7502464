package report

import (
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/study"
)

// withEffects is the made-up study with made-up persons and interactions, and
// results that answer them. few is the persons behind the last level.
func withEffects(t *testing.T, few int) (*study.Study, *result.Set) {
	s := madeUp()
	s.Models[0].Value.Interactions = []string{"level", "married"}
	s.Profiles = study.Map[study.Profile]{
		{Key: "anna", Value: study.Profile{Label: text("a woman " + hostile), Models: []string{"individual"}}},
		{Key: "bo", Value: study.Profile{Label: text("a man"), Models: []string{"individual"}, Schemes: []string{"old"}}},
		{Key: "other", Value: study.Profile{Label: text("nobody"), Models: []string{"elsewhere"}}},
	}
	set := results(t, s, 3)
	n := &numbers{t, set, 3}
	value := func(k result.Key, unit string, x float64, persons int) {
		k.Model = "individual"
		n.add(result.Estimate(k, unit, x, persons).WithInterval(x-0.05, x+0.05))
	}
	for _, suffix := range []string{"", allGroups} {
		value(result.Key{Quantity: "expected" + suffix, Scheme: "old"}, result.Share, 0.5, 10200)
		value(result.Key{Quantity: "expected" + suffix, Scheme: "new"}, result.Share, 0.52, 10200)
		value(result.Key{Quantity: "expected" + suffix, Variable: "origin", Level: "south+north"}, result.Share, 0.4, 900)
		value(result.Key{Quantity: "expected" + suffix, Variable: "married", Level: "1"}, result.Share, 0.4, few)
		value(result.Key{Quantity: "marginal_effect" + suffix, Variable: "age"}, result.Points, -0.01, 10200)
		value(result.Key{Quantity: "marginal_effect" + suffix, Variable: "origin", Level: "north"}, result.Points, 0.2, few)
		value(result.Key{Quantity: "profile" + suffix, Kind: "anna", Scheme: "new"}, result.Share, 0.6, 10200)
		value(result.Key{Quantity: "profile" + suffix, Kind: "anna", Scheme: "old"}, result.Share, 0.49, 10200)
		value(result.Key{Quantity: "profile_difference" + suffix, Kind: "anna", Scheme: "new"}, result.Points, 0.11, 10200)
		value(result.Key{Quantity: "profile" + suffix, Kind: "bo", Scheme: "old"}, result.Share, 0.7, 10200)
	}
	n.add(result.Estimate(result.Key{Quantity: "adjusted_difference" + allGroups, Model: "individual", Scheme: "new"}, result.Points, 0.019, 10200).WithInterval(0.01, 0.03))
	value(result.Key{Quantity: "profile_odds", Kind: "bo", Scheme: "old"}, result.Number, 7.0/3, 10200)
	for v, p := range map[string]float64{"level": 0.0001, "married": 0.4} {
		value(result.Key{Quantity: "interaction_lr_statistic", By: v}, result.Number, 15.2, 10200)
		value(result.Key{Quantity: "interaction_lr_df", By: v}, result.Number, 1, 10200)
		n.add(result.Estimate(result.Key{Quantity: "interaction_p_value", Model: "individual", By: v}, result.PValue, p, 10200))
	}
	interaction := func(by, level string, x float64, persons int) {
		value(result.Key{Quantity: "interaction", Scheme: "new", By: by, ByLevel: level}, result.Points, x, persons)
	}
	interaction("level", "1", 0.2, 40)
	interaction("level", "2", 0.02, few)
	interaction("married", "0", 0.1, 50)
	interaction("married", "1", 0.08, 50)
	set.Gaps = append(set.Gaps, result.Gap{Step: "effects", Model: "individual", Subject: "level 3"})
	return s, set
}

// sentences are those of the sections on effects.
func sentences(r *Report) string {
	var out []string
	for _, c := range r.Chapters {
		for _, section := range c.Sections {
			if strings.HasPrefix(section.ID, "effects-") || strings.HasPrefix(section.ID, "profiles-") || strings.HasPrefix(section.ID, "interactions-") {
				for _, b := range section.Blocks {
					out = append(out, b.Text, b.Caution, strings.Join(b.List, "\n"))
				}
			}
		}
	}
	return strings.Join(out, "\n")
}

// TestEffectsAreToldInPoints: what the numbers of withEffects say, in both languages.
func TestEffectsAreToldInPoints(t *testing.T) {
	for lang, wants := range map[string][]string{
		"en": {
			"the expected attainment is 52 per cent in", "and 50 per cent in", "a difference of +2.1 percentage points (+1.1 to +3.1).",
			"in a typical group and +1.9 on average over all.",
			"60 per cent (55–65)", "49 per cent (44–54)", "The difference is +11.0 percentage points (+6.0 to +16.0).",
			"Participant 2. For a man en the expected attainment is 70 per cent (65–75) in",
			"The difference between the schemes is clearly not the same in all groups (p <", "No clear difference between the groups (p = 0.400",
			"from +2.0 percentage points (−3.0 to +7.0) in the group “Middle en” to +20.0", "There are two such tests.",
		},
		"nb": {
			"er den forventede måloppnåelsen 52 prosent i", "altså en forskjell på +2,1 prosentpoeng (+1,1 til +3,1).",
			"Forskjellen er +11,0 prosentpoeng (+6,0 til +16,0).", "Det er gjort to slike tester.", "Ingen klar ulikhet mellom gruppene (p = 0,400",
		},
	} {
		s, set := withEffects(t, 30)
		r := build(t, s, set, lang)
		got := strings.ReplaceAll(sentences(r), "\u00a0", " ")
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not say %q, but\n%s", lang, want, got)
			}
		}
		if strings.Contains(got, "nobody") {
			t.Errorf("%s tells of a person of another model", lang)
		}
		page := prose(t, write(t, r)["report.html"])
		for _, bad := range []string{"NaN", "%!", "  ", " .", "()", "<nil>"} {
			for _, line := range strings.Split(page, "\n") {
				if strings.Contains(line, bad) {
					t.Errorf("%s: %q in %q", lang, bad, line)
				}
			}
		}
	}
}

// TestOneMadeUpPerson needs no number.
func TestOneMadeUpPerson(t *testing.T) {
	s, set := withEffects(t, 30)
	s.Profiles = s.Profiles[:1]
	r := build(t, s, set, "en")
	got := strings.ReplaceAll(sentences(r), "\u00a0", " ")
	if strings.Contains(got, "articipant 1") || !strings.Contains(got, "\nFor a woman") {
		t.Errorf("it says\n%s", got)
	}
	for _, f := range r.Figures {
		if f.ID == "profiles-individual" && !strings.HasPrefix(f.Title, "The made-up participant has") {
			t.Errorf("the title is %q", f.Title)
		}
	}
}

// TestEffectFigures: one for each section, the finding as title, and in the note
// which groups are not there.
func TestEffectFigures(t *testing.T) {
	s, set := withEffects(t, 30)
	titles, notes := map[string]string{}, map[string]string{}
	for _, f := range build(t, s, set, "en").Figures {
		titles[f.ID], notes[f.ID] = f.Title, f.Note
	}
	for id, want := range map[string]string{
		"effects-individual":      "People in New en have 2 percentage points higher expected attainment than people in the old en, all else equal",
		"profiles-individual":     "Participant 1 has an expected attainment of 60 per cent in New en and 49 per cent in the old en",
		"interactions-individual": "The difference between the schemes varies clearly with level",
	} {
		if !strings.HasPrefix(strings.ReplaceAll(titles[id], "\u00a0", " "), want) {
			t.Errorf("%s has the title %q, want %q", id, titles[id], want)
		}
	}
	if note := notes["interactions-individual"]; !strings.Contains(note, "too few persons: Level") || !strings.Contains(note, "High en") {
		t.Errorf("the note is %q", note)
	}
}

// TestEffectsOfFewAreHidden: numbers that rest on four persons stand nowhere, and
// no sentence compares them; those that rest on thirty do.
func TestEffectsOfFewAreHidden(t *testing.T) {
	for few, shown := range map[int]bool{4: false, 30: true} {
		s, set := withEffects(t, few)
		r := build(t, s, set, "en")
		page := strings.ReplaceAll(write(t, r)["report.html"], "\u00a0", " ")
		for _, told := range []string{"+2.0 (−3.0 to +7.0)", "It goes from", "Of the characteristics that a person has"} {
			if strings.Contains(page, told) != shown {
				t.Errorf("%d persons: %q is told: %v", few, told, !shown)
			}
		}
	}
}

// TestEffectsThatAreNotKnown leave a caution and nothing else.
func TestEffectsThatAreNotKnown(t *testing.T) {
	s := madeUp()
	set := result.NewSet()
	set.Gaps = append(set.Gaps, result.Gap{Step: "effects", Model: "individual"})
	n := &numbers{t, set, 3}
	n.model(s)
	set.Values = nil // the model alone
	r, err := Build(s, clearMadeUp(set), "en")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(sentences(r)); !strings.HasPrefix(got, "What this model means in percentage points cannot be computed") {
		t.Errorf("it says %q", got)
	}
}

// What the data have no answer to is told where the answer would stand, by what
// a reader knows it as.
func TestGapsOfEffectsAreTold(t *testing.T) {
	for lang, wants := range map[string][]string{
		"en": {"expects of a man en cannot be computed", "varies with level", "The same model with groups each by itself or all as one cannot be computed"},
		"nb": {"venter av a man nb, kan ikke beregnes", "varierer med level", "Den samme modellen med grupper hver for seg eller under ett kan ikke beregnes"},
	} {
		s, set := withEffects(t, 30)
		set.Gaps = append(set.Gaps, result.Gap{Step: "effects", Model: "individual", Subject: "bo"}, result.Gap{Step: "effects", Model: "individual", Subject: "level"},
			result.Gap{Step: "models", Model: "individual", Subject: "pooling"})
		page := prose(t, write(t, build(t, s, set, lang))["report.html"])
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not say %q", lang, want)
			}
		}
	}
}

// A gap of a third scheme does not make the level that is shown one that is not.
func TestShownGroupsAreNotTooFew(t *testing.T) {
	s, set := withEffects(t, 30)
	set.Gaps = append(set.Gaps, result.Gap{Step: "effects", Model: "individual", Subject: "level 2"})
	w, err := newWriter(s, clearMadeUp(set), "en")
	if err != nil {
		t.Fatal(err)
	}
	if note := w.tooFewNote("individual"); !strings.Contains(note, "High en") || strings.Contains(note, "Middle en") {
		t.Error(note)
	}
}
