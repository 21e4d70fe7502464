package pipeline

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bidrag/evaluate/result"
)

// TestEffectsAgainstR holds every number of the effects of the individual and
// the municipality model against R: testdata/effects/effects.R (R 4.2.2, glm and
// glmmTMB, delta method with numerical gradients). Values of the individual
// model agree to 1e-8 relative to themselves, those of the municipality model to
// 1e-7; ends of intervals to 1e-8 and 1e-7 of the interval's length.
func TestEffectsAgainstR(t *testing.T) {
	r := shipped(t)
	got := map[string]result.Value{}
	for _, v := range r.Results.Values {
		if v.Step == "effects" && (v.Key.Model == "individual" || v.Key.Model == "municipality") {
			got[v.Key.ID()] = v
		}
	}
	for _, row := range readGolden(t, "testdata/effects/effects.csv") {
		v, ok := got[row[0]]
		if !ok {
			t.Errorf("there is no %s", row[0])
			continue
		}
		delete(got, row[0])
		tolerance := 1e-8
		if v.Key.Model == "municipality" {
			tolerance = 1e-7
		}
		closeTo(t, row[0], v.Value, number(t, row[1]), tolerance)
		if row[2] == "NA" {
			continue
		}
		low, high := number(t, row[2]), number(t, row[3])
		if !(math.Abs(v.Low-low) <= tolerance*(high-low) && math.Abs(v.High-high) <= tolerance*(high-low)) {
			t.Errorf("%s: from %.12g to %.12g, R has %.12g to %.12g", row[0], v.Low, v.High, low, high)
		}
	}
	for id := range got {
		t.Errorf("R does not have %s", id)
	}
}

// TestEffectsOfTheShippedStudy: what each number rests on, and what has none.
func TestEffectsOfTheShippedStudy(t *testing.T) {
	r := shipped(t)
	persons := func(id string) int {
		for _, v := range r.Results.Values {
			if v.Key.ID() == id {
				return v.N
			}
		}
		t.Errorf("there is no %s", id)
		return -1
	}
	data := r.fits["individual"].data
	male, _ := data.Column("male")
	scheme, _ := data.Column("scheme")
	women, men := 0, 0
	for i, m := range male.Number {
		switch {
		case m == 0:
			women++
		case scheme.Levels[scheme.Code[i]] == "jobbsjansen":
			men++
		}
	}
	for id, want := range map[string]int{
		"adjusted_difference.individual.jobbsjansen":                 data.NumRows(),
		"marginal_effect.individual.male.1":                          women, // fewer than the men
		"marginal_effect.individual.age":                             data.NumRows(),
		"interaction.individual.jobbsjansen.male.1":                  men,
		"interaction_difference.individual.jobbsjansen.male.1":       men,
		"profile.archetype.individual.jobbsjansen":                   data.NumRows(),
		"profile_all_groups.average_municipality.municipality.intro": r.fits["municipality"].data.NumRows(),
	} {
		if got := persons(id); got != want {
			t.Errorf("%s rests on %d persons, want %d", id, got, want)
		}
	}
	var gaps []string
	for _, g := range r.Results.Gaps {
		if g.Step == "effects" {
			gaps = append(gaps, g.Model+" "+g.Subject+" "+g.Reason.Code)
		}
	}
	if want := []string{"individual norwegian_level 1 too_few", "individual origin north_america too_few"}; !slices.Equal(gaps, want) {
		t.Errorf("gaps %q, want %q", gaps, want)
	}
	for _, v := range r.Results.Values {
		if strings.HasPrefix(v.Key.Quantity, "profile") && v.Key.Kind == "typical_intro" && v.Key.Scheme != "intro" {
			t.Errorf("%s is of a scheme that the profile is not in", v.Key.ID())
		}
	}
}

// TestEffectsDoNotDependOnThreads: to the last bit.
func TestEffectsDoNotDependOnThreads(t *testing.T) {
	m := newMini(t)
	m.replace("study.yaml", "course}\n", "course, interactions: [male, hours]}\n  levels: {label: Nivå, sample: complete, formula: outcome ~ scheme + age + (1 | municipality)}\n")
	one, three := m.run(1), m.run(3)
	if len(one.Results.Values) != len(three.Results.Values) {
		t.Fatalf("%d values and %d", len(one.Results.Values), len(three.Results.Values))
	}
	effects := 0
	for i, v := range one.Results.Values {
		o := three.Results.Values[i]
		if v.Key != o.Key || math.Float64bits(v.Value) != math.Float64bits(o.Value) || math.Float64bits(v.Low) != math.Float64bits(o.Low) {
			t.Errorf("%s: %v and %v", v.Key.ID(), v, o)
		}
		if v.Step == "effects" {
			effects++
		}
	}
	if effects < 20 {
		t.Errorf("%d effects", effects)
	}
}

// TestOneSidedLevelsAreLeftOut: the pilot's persons in band 2 all attained, so
// that band has no number and a gap, and the others are compared. When that
// leaves one level, there is nothing to compare.
func TestOneSidedLevelsAreLeftOut(t *testing.T) {
	attained := func(m mini, who func(row int) bool) {
		for _, year := range []int{2019, 2020} {
			lines := strings.Split(pilotText(year), "\r\n")
			for i := range 20 {
				if who(i) {
					lines[i+1] = strings.Replace(lines[i+1], ";N;", ";J;", 1)
				}
			}
			m.write("extracts/pilot_"+strconv.Itoa(year)+".csv", strings.Join(lines, "\r\n"))
		}
	}
	m := newMini(t)
	m.replace("codebook.yaml", "  region:\n", `  band:
    label: {nb: Bånd, en: Band}
    type: ordinal
    levels: {0: {nb: A, en: A}, 1: {nb: B, en: B}, 2: {nb: C, en: C}}
    from: {pilot: {sql: hours % 3}, regular: {sql: CAST(floor(Timer) AS INTEGER) % 3}}
  region:
`)
	m.replace("study.yaml", "age + hours + course}", "age + factor(band), interactions: [band, male]}")
	attained(m, func(i int) bool { return i%6%3 == 2 })
	r := m.run(1)
	got := values(r, "interaction.main.pilot.band", "interaction_lr_df.main.band", "interaction_difference.main.pilot.band")
	for _, id := range []string{"interaction.main.pilot.band.0", "interaction.main.pilot.band.1", "interaction_difference.main.pilot.band.1"} {
		if _, ok := got[id]; !ok {
			t.Errorf("there is no %s", id)
		}
	}
	if len(got) != 4 || got["interaction_lr_df.main.band"] != 1 {
		t.Errorf("%v", got)
	}
	if !gapOf(r, "band 2", "same outcome") {
		t.Errorf("gaps %+v", r.Results.Gaps)
	}

	m = newMini(t)
	m.replace("study.yaml", "course}\n", "course, interactions: [male]}\n")
	attained(m, func(i int) bool { return i%2 == 1 })
	if r := m.run(1); !gapOf(r, "male", "at all levels but one") {
		t.Errorf("gaps %+v", r.Results.Gaps)
	}
}

// gapOf tells whether the effects of the main model lack something, and why.
func gapOf(r *Run, subject, why string) bool {
	return slices.ContainsFunc(r.Results.Gaps, func(g result.Gap) bool {
		return g.Step == "effects" && g.Model == "main" && g.Subject == subject && strings.Contains(g.Message, why)
	})
}

// TestInteractionsThatTheModelHas: it is told that there is nothing to ask, and
// not what two formulas lack.
func TestInteractionsThatTheModelHas(t *testing.T) {
	m := newMini(t)
	m.replace("study.yaml", "outcome ~ scheme + male + age + hours + course}", "outcome ~ scheme*male + age + hours + course, interactions: [male]}")
	var got []string
	for _, g := range m.run(1).Results.Gaps {
		if g.Step == "effects" && g.Subject == "male" {
			got = append(got, g.Message)
		}
	}
	if len(got) != 1 || !strings.Contains(got[0], "take male out of interactions") {
		t.Errorf("%q", got)
	}
}
