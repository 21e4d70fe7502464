package report

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/study"
)

// A filled case is what filling does to the difference between the schemes of the
// made-up study: by complete rows, by filled data and with a delta of one.
type filledCase struct {
	complete, filled, shifted [3]float64 // value, low and high
	persons                   int
	changed                   float64 // projects
	gaps                      []result.Gap
}

// withFilled is the made-up study with an imputation and its results.
func withFilled(t *testing.T, c filledCase) (*study.Study, *result.Set) {
	s := madeUp()
	s.Imputation = &study.Imputation{Sample: "gross", Imputations: 20, Iterations: 5, Cluster: "municipality", Level: "mean", Predictors: []string{"age"},
		Variables: study.Map[study.Imputed]{{Key: "level", Value: study.Imputed{Method: study.OrdinalFill, Min: "1", Max: "age"}}, {Key: "married", Value: study.Imputed{Method: study.Logistic}}},
		Models:    study.Map[string]{{Key: "individual", Value: "gross"}}, Deltas: study.Map[[]float64]{{Key: "level", Value: []float64{1}}}}
	set := results(t, s, 3)
	n := &numbers{t, set, 3}
	add := func(k result.Key, unit string, x [3]float64, persons int) {
		n.add(result.Estimate(k, unit, x[0], persons).WithInterval(x[1], x[2]))
	}
	one := func(k result.Key, unit string, x float64) { n.add(result.Estimate(k, unit, x, c.persons)) }
	n.add(result.PersonCount(result.Key{Quantity: "imputation_persons", Sample: "gross"}, 12000))
	n.add(result.PersonCount(result.Key{Quantity: "imputation_filled", Sample: "gross", Variable: "level"}, 700))
	n.add(result.PersonCount(result.Key{Quantity: "imputation_filled", Sample: "gross", Variable: "married"}, 3))
	n.add(result.PersonCount(result.Key{Quantity: "imputation_left_out", Sample: "gross", Variable: "age"}, 17))
	n.add(result.PersonCount(result.Key{Quantity: "imputed_persons", Model: "individual"}, 12000))
	k := result.Key{Model: "individual", Scheme: "new"}
	for quantity, x := range map[string][3]float64{"complete_treated_difference": c.complete, "imputed_treated_difference": c.filled} {
		k.Quantity = quantity
		add(k, result.Points, x, c.persons)
	}
	one(result.Key{Quantity: "imputed_treated_difference_fmi", Model: "individual", Scheme: "new"}, result.Share, 0.3)
	for _, name := range []string{"schemenew", "age"} {
		add(result.Key{Quantity: "imputed_estimate", Model: "individual", Term: name}, result.LogOdds, [3]float64{0.9, 0.8, 1}, 12000)
		add(result.Key{Quantity: "imputed_odds_ratio", Model: "individual", Term: name}, result.OddsRatio, [3]float64{2.46, 2.23, 2.72}, 12000)
	}
	for i, x := range [][3]float64{c.filled, c.shifted} {
		delta := strconv.Itoa(i)
		add(result.Key{Quantity: "imputed_delta_treated_difference", Model: "individual", Scheme: "new", Variable: "level", Level: delta}, result.Points, x, c.persons)
	}
	one(result.Key{Quantity: "imputed_delta_tipping", Model: "individual", Scheme: "new", Variable: "level"}, result.Number, 0.6)
	one(result.Key{Quantity: "imputed_projects"}, result.Count, 40)
	one(result.Key{Quantity: "imputed_projects_new"}, result.Count, c.changed)
	one(result.Key{Quantity: "imputed_contribution_change"}, result.Points, 0.031)
	one(result.Key{Quantity: "imputed_contribution_correlation"}, result.Number, 0.97)
	one(result.Key{Quantity: "imputed_projects_by_band", Kind: "changed"}, result.Count, 4)
	one(result.Key{Quantity: "imputed_projects_by_interval", Kind: "changed"}, result.Count, 2)
	one(result.Key{Quantity: "imputation_rhat", Variable: "level"}, result.Number, 1.05)
	add(result.Key{Quantity: "imputation_trace", Variable: "level", Level: "5"}, result.Number, [3]float64{2, 1.9, 2.1}, c.persons)
	set.Gaps = append(set.Gaps, c.gaps...)
	return s, set
}

// filledText is all that the sections on filling say: sentences, cautions, lists
// and the titles of figures.
func filledText(r *Report) string {
	var out []string
	for _, c := range r.Chapters {
		for _, s := range c.Sections {
			if !strings.HasPrefix(s.ID, "imputation") {
				continue
			}
			for _, b := range s.Blocks {
				out = append(out, b.Text, b.Caution, strings.Join(b.List, "\n"))
				if b.Figure != nil {
					out = append(out, r.Figures[b.Figure.Index].Title)
				}
			}
		}
	}
	return strings.Join(out, "\n")
}

// TestFillingIsTold: what is said follows from the numbers, also when they go the
// other way, are unclear or hidden.
func TestFillingIsTold(t *testing.T) {
	ahead, behind, unclear := [3]float64{0.1, 0.05, 0.15}, [3]float64{-0.08, -0.12, -0.04}, [3]float64{0.01, -0.03, 0.05}
	for _, c := range []struct {
		name       string
		of         filledCase
		says, mute []string // in English
	}{
		{"the same", filledCase{complete: ahead, filled: ahead, shifted: ahead, persons: 900},
			[]string{"Here what is missing has been filled in 20 times.", "Each data set has 12,000 participants.", "(for 700 participants)", "(17 participants)",
				"The difference between the schemes is about the same when everyone counts", "is +10.0 percentage points also when 12,000 participants count.",
				"is lost because information is missing.", "The conclusion is the same also when", "All of these have enough leavers with complete information too.",
				"(R̂ is at most 1.05,"},
			[]string{"no longer", "changed its sign", "It passes between", "for 3 participants"}},
		{"lost", filledCase{complete: ahead, filled: unclear, shifted: ahead, persons: 900, changed: 2},
			[]string{"becomes another when everyone counts", "goes from +10.0 to +1.0 percentage points", "no longer clearly apart from zero", "It passes between clearly and not clearly apart from zero at about 0.6.",
				"The conclusion becomes another when what was filled in is moved far enough", "Of these, 2 have too few"},
			[]string{"about the same", "All of these have"}},
		{"found", filledCase{complete: unclear, filled: behind, shifted: behind, persons: 900}, []string{"It is then clearly apart from zero, which", "to −8.0 percentage points"}, []string{"no longer"}},
		{"turned", filledCase{complete: ahead, filled: behind, shifted: behind, persons: 900}, []string{"It has then changed its sign.", "The conclusion is the same also when"}, []string{"about the same"}},
		{"never clear", filledCase{complete: unclear, filled: unclear, shifted: unclear, persons: 900}, []string{"No clear difference between the schemes, whatever is added", "No clear difference between the schemes, neither by complete"}, []string{"The conclusion", "is about the same"}},
		{"hidden", filledCase{complete: ahead, filled: ahead, shifted: ahead, persons: 4}, []string{"filled in 20 times"}, []string{"percentage points when", "is about the same", "projects have", "What if those"}},
		{"gaps", filledCase{complete: ahead, filled: ahead, shifted: ahead, persons: 900, gaps: []result.Gap{
			{Step: "imputation", Subject: "married", Reason: result.Reason{Code: result.UnknownForAll, About: "married"}}, {Step: "imputation", Subject: "level", Reason: result.Reason{Code: result.NotFitted, About: "level"}},
			{Step: "imputation", Subject: "months", Reason: result.Reason{Code: result.UnknownInScheme, About: "new"}},
			{Step: "imputation", Model: "individual", Reason: result.Reason{Code: result.NotFilled, About: "in_model"}}, {Step: "imputation", Model: "individual", Subject: "level"}}},
			[]string{"“Married en” is unknown for everyone and has not been filled in.", "because the chosen method could not be used.", "is unknown for all people in New en. For them it has been filled in from other", "has not been computed again, because none", "are different cannot be computed"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, set := withFilled(t, c.of)
			said := filledText(build(t, s, set, "en"))
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
			for _, not := range c.mute {
				if strings.Contains(said, not) {
					t.Errorf("it says %q:\n%s", not, said)
				}
			}
			nb := filledText(build(t, s, set, "nb"))
			if strings.Count(nb, "\n") != strings.Count(said, "\n") || strings.Contains(nb, "{") {
				t.Errorf("the languages do not say the same:\n%s\n%s", nb, said)
			}
		})
	}
}

// TestFilledTablesStandSideBySide: complete and filled of every term.
func TestFilledTablesStandSideBySide(t *testing.T) {
	ahead := [3]float64{0.1, 0.05, 0.15}
	s, set := withFilled(t, filledCase{complete: ahead, filled: ahead, shifted: ahead, persons: 900})
	r := build(t, s, set, "en")
	var ids []string
	for _, x := range r.Tables {
		ids = append(ids, x.ID)
	}
	for _, id := range []string{"imputation-filled", "imputation-scheme", "imputation-odds", "imputation-individual", "imputation-deltas"} {
		if !slices.Contains(ids, id) {
			t.Errorf("there is no table %s among %q", id, ids)
		}
	}
}
