package describe

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/univariate"
	"bidrag/study"
)

// small is a study of two schemes with one variable of each kind.
func small() *study.Study {
	return &study.Study{
		Schemes: study.Map[study.Scheme]{{Key: "new"}, {Key: "old", Value: study.Scheme{Reference: true}}},
		Period:  &study.Period{From: 2019, To: 2020},
		Codebook: &study.Codebook{Variables: study.Map[study.Variable]{
			{Key: "outcome", Value: study.Variable{Type: study.Binary}},
			{Key: "kind", Value: study.Variable{Type: study.Category, Levels: study.Map[study.Text]{{Key: "work"}, {Key: "none"}}}},
			{Key: "age", Value: study.Variable{Type: study.Integer, Unit: study.Text{NB: "år", EN: "years"}}},
			{Key: "level", Value: study.Variable{Type: study.Ordinal, Levels: study.Map[study.Text]{{Key: "1"}, {Key: "2"}, {Key: "3"}}}},
			{Key: "course", Value: study.Variable{Type: study.Binary}},
		}},
		Describe: study.Describe{Outcome: "outcome", Kinds: "kind", Sample: "complete",
			Variables: []study.Grouping{{Variable: "age", Breaks: []float64{20, 30}}, {Variable: "level", Round: true}},
			Measures:  []string{"course"}},
	}
}

// data has eight rows: six of the new scheme, two of the old; the last outcome is unknown.
func data(t *testing.T) *frame.Frame {
	nan := math.NaN()
	f, err := frame.New(
		frame.NewFactor("scheme", []string{"old", "new"}, []int32{1, 1, 1, 1, 1, 1, 0, 0}),
		frame.NewNumeric("year", []float64{2019, 2019, 2019, 2020, 2020, 2020, 2019, 2020}),
		frame.NewNumeric("outcome", []float64{1, 0, 1, 1, 0, 1, 0, nan}),
		frame.NewFactor("kind", []string{"work", "none"}, []int32{0, 1, 0, 0, 1, 0, 1, -1}),
		frame.NewNumeric("age", []float64{19, 20, 29, 30, 45, nan, 20, 61}),
		frame.NewNumeric("level", []float64{1, 1.49, 1.5, 2.5, 3, nan, 2, 2}),
		frame.NewNumeric("course", []float64{1, 1, 0, 0, 0, 0, 1, 1}))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var all = []int{0, 1, 2, 3, 4, 5, 6, 7}

// counts gives part and n of shares by id.
func counts(values []result.Value) map[string][2]int {
	out := map[string][2]int{}
	for _, v := range values {
		out[v.Key.ID()] = [2]int{v.Part, v.N}
	}
	return out
}

func TestAttainmentCountsKnownOutcomes(t *testing.T) {
	got := counts(Attainment(small(), data(t), "gross", all))
	for id, want := range map[string][2]int{
		"attainment.gross.new":           {4, 6},
		"attainment.gross.new.2019":      {2, 3},
		"attainment.work.gross.new.2020": {2, 3},
		"attainment.gross.old":           {0, 1}, // one outcome is unknown
		"attainment.gross.old.2020":      {0, 0},
		"attainment.gross.all":           {4, 7},
		"attainment.none.gross.all":      {3, 7},
	} {
		if got[id] != want {
			t.Errorf("%s = %v, want %v", id, got[id], want)
		}
	}
}

// 4 of 6 against 0 of 1, with Newcombe's interval from the two Wilson intervals.
func TestDifferences(t *testing.T) {
	got := Differences(small(), data(t), "gross", all)
	if len(got) != 1 || got[0].Key.ID() != "attainment_difference.gross.new" {
		t.Fatalf("%+v", got)
	}
	low, high := univariate.Newcombe(4, 6, 0, 1, 0.95)
	if v := got[0]; math.Abs(v.Value-4.0/6) > 1e-15 || v.Low != low || v.High != high || v.N != 1 || v.Part != 0 {
		t.Errorf("%+v, want 2/3 in [%v, %v], resting on the one of the old scheme", v, low, high)
	}
}

func TestCompositionGroupsAndRounds(t *testing.T) {
	got := counts(Composition(small(), data(t), "complete", all))
	for id, want := range map[string][2]int{
		"share.complete.new.age.under_20":      {1, 5}, // the unknown age is left out
		"share.complete.new.age.20_30":         {2, 5},
		"share.complete.new.age.from_30":       {2, 5},
		"attainment.complete.new.age.20_30":    {1, 2},
		"share.complete.new.level.1":           {2, 5}, // 1 and 1.49
		"share.complete.new.level.2":           {1, 5}, // 1.5: halves up
		"share.complete.new.level.3":           {2, 5},
		"share.complete.all.level.2":           {3, 7},
		"attainment.complete.old.age.from_30":  {0, 0},
		"attainment.complete.old.age.under_20": {0, 0},
	} {
		if got[id] != want {
			t.Errorf("%s = %v, want %v", id, got[id], want)
		}
	}
	measures := counts(Measures(small(), data(t), "complete", all))
	if measures["share.complete.new.course.1"] != [2]int{2, 6} || measures["attainment.complete.new.course.0"] != [2]int{3, 4} {
		t.Errorf("measures: %v", measures)
	}
}

func TestMeansAndDistribution(t *testing.T) {
	for _, v := range Means(small(), data(t), Numbers(small(), data(t)), "complete", all) {
		if id := v.Key.ID(); id == "mean.complete.new.age" && (v.Value != 28.6 || v.N != 5) || id == "median.complete.all.age" && v.Value != 29 {
			t.Errorf("%s = %v (n %d)", id, v.Value, v.N)
		}
	}
	total := 0
	for _, v := range Distribution(small(), data(t), "complete", all) {
		if v.Key.Scheme == "new" {
			total += v.Part
		}
	}
	if total != 5 {
		t.Errorf("the distribution holds %d persons, want 5", total)
	}
}

func TestMissingCountsByVariableAndAny(t *testing.T) {
	got := counts(Missing(small(), data(t), []string{"outcome", "age", "level"}, "gross", all))
	for id, want := range map[string][2]int{
		"missing.gross.new.age": {1, 6}, "missing.any.gross.new": {1, 6}, "missing.any.gross.old": {1, 2},
		"missing_persons.any.gross.all": {2, 8}, "missing.gross.all.outcome": {1, 8},
	} {
		if got[id] != want {
			t.Errorf("%s = %v, want %v", id, got[id], want)
		}
	}
}

func TestBreakLabels(t *testing.T) {
	s := small()
	var got []string
	for _, l := range Levels(s, study.Grouping{Variable: "age", Breaks: []float64{20, 30, 31}}) {
		got = append(got, l.Key+": "+l.Label.EN)
	}
	want := []string{"under_20: Under 20 years", "20_30: 20–29 years", "30_31: 30 years", "from_31: 31 years or more"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Quantile groups keep equal values together, rise with the value, do not
// depend on the order of the rows, and without ties differ by at most one in size.
func TestQuantileGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(0, 20), 1, 80).Draw(t, "values")
		k := rapid.IntRange(2, 6).Draw(t, "k")
		x := make([]float64, len(values))
		for i, v := range values {
			x[i] = float64(v)
		}
		rows := rand.New(rand.NewPCG(1, uint64(len(x)))).Perm(len(x))
		c := frame.NewNumeric("x", x)
		group := map[float64]int{}
		for p, g := range quantileGroups(c, rows, k) {
			v := x[rows[p]]
			if other, seen := group[v]; seen && other != g {
				t.Fatalf("%v is in groups %d and %d", v, other, g)
			}
			group[v] = g
		}
		inOrder := make([]int, len(x))
		for i := range inOrder {
			inOrder[i] = i
		}
		for p, g := range quantileGroups(c, inOrder, k) {
			if group[x[p]] != g {
				t.Fatal("the order of the rows matters")
			}
		}
		for v, g := range group {
			for w, h := range group {
				if v < w && g > h {
					t.Fatalf("%v in %d, %v in %d", v, g, w, h)
				}
			}
		}
	})
	x := rand.New(rand.NewPCG(7, 7)).Perm(103)
	c := frame.NewNumeric("x", make([]float64, len(x)))
	rows := make([]int, len(x))
	for i, v := range x {
		c.Number[i], rows[i] = float64(v), i
	}
	sizes := make([]int, 4)
	for _, g := range quantileGroups(c, rows, 4) {
		sizes[g]++
	}
	if slices.Max(sizes)-slices.Min(sizes) > 1 {
		t.Errorf("group sizes %v", sizes)
	}
}
