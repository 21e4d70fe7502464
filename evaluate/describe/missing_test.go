package describe

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/univariate"
)

// withComplete is data with the rows that know everything marked, and another course.
func withComplete(t *testing.T) *frame.Frame {
	f, err := data(t).With(
		frame.NewNumeric("complete", []float64{1, 1, 1, 1, 1, 0, 1, 0}),
		frame.NewNumeric("school", []float64{1, 0, 1, 0, 0, math.NaN(), 1, 0}))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func byID(values []result.Value) map[string]result.Value {
	out := map[string]result.Value{}
	for _, v := range values {
		out[v.Key.ID()] = v
	}
	return out
}

func TestPatternsCountEachRowOnce(t *testing.T) {
	values := Patterns(small(), data(t), []string{"outcome", "age", "level"}, "gross", all)
	got := byID(values)
	if len(values) != 6 {
		t.Fatalf("%d values: two patterns by three schemes are six", len(values))
	}
	for id, want := range map[string]float64{
		"missing_pattern.age+level.gross.new": 1, "missing_pattern.age+level.gross.old": 0,
		"missing_pattern.outcome.gross.all": 1, "missing_pattern.age+level.gross.all": 1,
	} {
		if v, ok := got[id]; !ok || v.Value != want {
			t.Errorf("%s = %v", id, v.Value)
		}
	}
	pairs := byID(MissingPairs(small(), data(t), []string{"outcome", "age", "level", "course"}, "gross", all))
	if len(pairs) != 9 || pairs["missing_both.gross.all.age.level"].Value != 1 || pairs["missing_both.gross.all.outcome.age"].Value != 0 {
		t.Errorf("pairs: %v", pairs)
	}
}

// The patterns of made-up rows add up to those who lack something, and those with
// two variables to the pair.
func TestPatternsAddUp(t *testing.T) {
	const n = 500
	r := rand.New(rand.NewPCG(1, 2))
	var columns []*frame.Column
	var names []string
	anything := make([]bool, n)
	for _, name := range []string{"a", "b", "c", "d"} {
		x := make([]float64, n)
		for i := range x {
			if r.Float64() < 0.3 {
				x[i], anything[i] = math.NaN(), true
			}
		}
		columns, names = append(columns, frame.NewNumeric(name, x)), append(names, name)
	}
	scheme := make([]int32, n)
	rows := make([]int, n)
	for i := range scheme {
		scheme[i], rows[i] = int32(r.IntN(2)), i
	}
	f, err := frame.New(append(columns, frame.NewFactor("scheme", []string{"old", "new"}, scheme))...)
	if err != nil {
		t.Fatal(err)
	}
	rows = rows[10:]
	want, total, both := 0.0, 0.0, 0.0
	for _, i := range rows {
		if anything[i] {
			want++
		}
	}
	last := math.Inf(1)
	for _, v := range Patterns(small(), f, names, "gross", rows) {
		if v.Key.Scheme != result.All {
			continue
		}
		if v.Value > last || v.Value == 0 {
			t.Errorf("%s has %v, the one before %v", v.Key.Kind, v.Value, last)
		}
		last = v.Value
		total += v.Value
		if strings.Contains(v.Key.Kind, "b") && strings.Contains(v.Key.Kind, "d") {
			both += v.Value
		}
	}
	pairs := byID(MissingPairs(small(), f, names, "gross", rows))
	if total != want || both != pairs["missing_both.gross.all.b.d"].Value {
		t.Errorf("%v in patterns, %v lack something; %v lack b and d by patterns, %v by pairs", total, want, both, pairs["missing_both.gross.all.b.d"].Value)
	}
}

func TestIncompleteByLevel(t *testing.T) {
	got := counts(Incomplete(small(), withComplete(t), []string{"course", "level"}, "gross", all))
	for id, want := range map[string][2]int{
		"incomplete.gross.new": {1, 6}, "incomplete.gross.all": {2, 8},
		"incomplete.gross.new.course.0": {1, 4}, "incomplete.gross.old.course.1": {1, 2},
		"incomplete.gross.new.level.2": {0, 1}, "incomplete.gross.all.level.2": {1, 3}, // whose level is unknown is in none
	} {
		if got[id] != want {
			t.Errorf("%s = %v, want %v", id, got[id], want)
		}
	}
}

func TestCompleteAgainstIncomplete(t *testing.T) {
	complete, incomplete := []int{0, 1, 2, 3, 4, 6}, []int{5, 7}
	d := byID(IncompleteDifference(small(), data(t), complete, incomplete))
	low, high := univariate.Newcombe(1, 1, 3, 5, 0.95)
	if v := d["incomplete_difference.new"]; math.Abs(v.Value-0.4) > 1e-15 || v.Low != low || v.High != high || v.N != 1 || v.Part != 1 {
		t.Errorf("%+v", v)
	}
	if v := d["incomplete_difference.old"]; !math.IsNaN(v.Value) { // the outcome of the one is unknown
		t.Errorf("%+v", v)
	}
	s := byID(StandardizedDifferences(small(), data(t), []string{"course"}, complete, incomplete))
	// Courses of the complete: 1 1 0 0 0 1, of the incomplete: 0 1.
	if v, want := s["standardized_difference.incomplete.all.course"], 0.0; math.Abs(v.Value-want) > 1e-15 || v.N != 2 {
		t.Errorf("%+v", v)
	}
	s = byID(StandardizedDifferences(small(), data(t), []string{"year"}, []int{0, 3}, []int{1, 4, 5}))
	// Years 2019 2020 against 2019 2020 2020: (2/3 − 1/2)/√((1/2 + 1/3)/2).
	if v, want := s["standardized_difference.incomplete.new.year"], (1.0/6)/math.Sqrt(5.0/12); math.Abs(v.Value-want) > 1e-12 || v.N != 2 {
		t.Errorf("%+v, want %v", v, want)
	}
}

func TestMeasuresByLevels(t *testing.T) {
	s := small()
	s.Describe.MeasuresBy = []string{"age"}
	s.Describe.Crossed = [][]string{{"course", "school"}}
	got := byID(MeasuresBy(s, withComplete(t), "complete", all))
	for id, want := range map[string][2]int{
		"share.complete.new.course.1.age.under_20":   {1, 1},
		"share.complete.new.course.1.age.20_30":      {1, 2},
		"attainment.complete.new.course.1.age.20_30": {0, 1},
		"attainment.complete.new.course.0.age.20_30": {1, 1},
		"share.complete.all.course.0.age.from_30":    {2, 3},
	} {
		if v := got[id]; v.Part != want[0] || v.N != want[1] {
			t.Errorf("%s = %d of %d, want %v", id, v.Part, v.N, want)
		}
	}
	low, high := univariate.Newcombe(0, 1, 1, 1, 0.95)
	if v := got["measure_difference.complete.new.course.age.20_30"]; v.Value != -1 || v.Low != low || v.High != high || v.N != 1 {
		t.Errorf("%+v", v)
	}
	// In all: course 1 attained 1 of 2, course 0 3 of 4.
	if v := byID(Measures(s, withComplete(t), "complete", all))["measure_difference.complete.new.course"]; v.Value != -0.25 {
		t.Errorf("%+v", v)
	}
	crossed := byID(Crossed(s, withComplete(t), "complete", all))
	for id, want := range map[string]float64{
		"persons.complete.new.course.1.school.1": 1, "persons.complete.new.course.1.school.0": 1,
		"persons.complete.new.course.0.school.1": 1, "persons.complete.new.course.0.school.0": 2, // one school is unknown
		"overlap.complete.new.course.school": 1.0 / 3, "overlap.complete.all.course.school": 2.0 / 5,
	} {
		if v, ok := crossed[id]; !ok || v.Value != want {
			t.Errorf("%s = %v, want %v", id, v.Value, want)
		}
	}
	// Quantile groups are made within a scheme, so all schemes together have none.
	s.Describe.Variables[0].Breaks, s.Describe.Variables[0].Quantiles = nil, 2
	for id := range byID(MeasuresBy(s, withComplete(t), "complete", all)) {
		if strings.Contains(id, ".all.") {
			t.Errorf("there is %s", id)
		}
	}
}

// Intervals begin at multiples of their width, wide enough for the fewest persons.
func TestIntervalsSuitTheVariable(t *testing.T) {
	x := make([]float64, 0, 200)
	codes := make([]int32, 0, 200)
	for i := range 100 {
		x, codes = append(x, float64(3+i)), append(codes, 0)    // 3 … 102: IQR 49.5
		x, codes = append(x, float64(3+i%50)), append(codes, 1) // IQR 24.5 or so
	}
	f, err := frame.New(frame.NewFactor("scheme", []string{"old", "new"}, codes), frame.NewNumeric("age", x))
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]int, len(x))
	for i := range rows {
		rows[i] = i
	}
	values := byID(Distribution(small(), f, "complete", rows))
	// 2·24.5/∛100 = 10.6, so 11.
	if v := values["distribution.complete.old.age.0"]; v.Part != 8 || v.N != 100 {
		t.Errorf("from 0: %+v", v)
	}
	if v := values["distribution.complete.old.age.99"]; v.Part != 4 {
		t.Errorf("from 99: %+v", v)
	}
}
