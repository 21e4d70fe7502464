package targets

import (
	"bytes"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/study"
)

// computed are results a = 0.50, b = 0.20, one of few persons and a
// distribution with peaks at 2 and 5.
func computed(t *testing.T) *result.Set {
	t.Helper()
	s := result.NewSet()
	add := func(v result.Value) {
		if err := s.Add("test", v); err != nil {
			t.Fatal(err)
		}
	}
	add(result.Proportion(result.Key{Quantity: "a"}, 50, 100))
	add(result.Proportion(result.Key{Quantity: "b"}, 20, 100))
	add(result.Estimate(result.Key{Quantity: "below"}, result.Points, -0.3, 100).WithInterval(-0.5, -0.1))
	add(result.Proportion(result.Key{Quantity: "small"}, 1, 100))
	add(result.Proportion(result.Key{Quantity: "empty"}, 0, 0))
	for level, n := range map[string]int{"1": 10, "2": 30, "3": 20, "4": 20, "5": 40, "6": 10} {
		add(result.Proportion(result.Key{Quantity: "d", Variable: "x", Level: level}, n, 130))
	}
	return s
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name   string
		rule   study.Target
		values []float64
		within float64
		want   Status
		why    string
	}{
		{"within", study.Target{Value: "a"}, []float64{0.51}, 0.01, Hit, ""},
		{"outside", study.Target{Value: "a"}, []float64{0.52}, 0.01, Miss, ""},
		{"exact, in decimals", study.Target{Value: "a", Minus: "b"}, []float64{0.3}, 0, Hit, ""},
		{"sum", study.Target{Sum: []string{"a", "b", "b"}}, []float64{0.9}, 0, Hit, ""},
		{"mean", study.Target{Mean: []string{"a", "b"}}, []float64{0.35}, 0, Hit, ""},
		{"minus and over: relative", study.Target{Value: "b", Minus: "a", Over: "a"}, []float64{-0.6}, 0, Hit, ""},
		{"over", study.Target{Value: "b", Over: "a"}, []float64{0.4}, 0, Hit, ""},
		{"falls", study.Target{Falls: []string{"a", "b"}}, []float64{1}, 0, Hit, ""},
		{"does not fall", study.Target{Falls: []string{"b", "a"}}, []float64{1}, 0, Miss, ""},
		{"negative", study.Target{Negative: []string{"below"}}, []float64{1}, 0, Hit, ""},
		{"not all negative", study.Target{Negative: []string{"below", "a"}}, []float64{0}, 0, Hit, ""},
		{"sign", study.Target{Sign: "below"}, []float64{-1}, 0, Hit, ""},
		{"no clear sign", study.Target{Sign: "a"}, []float64{0}, 0, Hit, ""},
		{"times", study.Target{Value: "a", Times: 100}, []float64{50}, 0, Hit, ""},
		{"highest", study.Target{Highest: []string{"a"}, Than: []string{"b"}}, []float64{1}, 0, Hit, ""},
		{"peaks", study.Target{Peaks: "d.x", Count: 2}, []float64{2, 5}, 0, Hit, ""},
		{"one peak is not two", study.Target{Peaks: "d.x", Count: 1}, []float64{2, 5}, 0, Miss, ""},
		{"no such result", study.Target{Value: "c"}, []float64{1}, 1, NotComputed, "there is no result c"},
		{"what may not be published is compared too", study.Target{Value: "small"}, []float64{0.01}, 0, Hit, ""},
		{"nobody", study.Target{Value: "empty"}, []float64{0}, 1, NotComputed, "empty has no value"},
		{"not computed", study.Target{NotComputed: "later"}, []float64{0}, 1, NotComputed, "later"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mapping := study.Map[study.Target]{{Key: "x*", Value: study.Target{NotComputed: "the pattern"}}, {Key: "x1", Value: c.rule}}
			got := Compare([]Target{{ID: "x1", Values: c.values, Tolerance: c.within}}, mapping, computed(t))[0]
			if got.Status != c.want || !strings.Contains(got.Why, c.why) {
				t.Errorf("%s (%v, %q), want %s (%q)", got.Status, got.Computed, got.Why, c.want, c.why)
			}
		})
	}
}

func TestPatternsAndUnknownTargets(t *testing.T) {
	mapping := study.Map[study.Target]{{Key: "x*", Value: study.Target{NotComputed: "the pattern"}}}
	got := Compare([]Target{{ID: "x7", Values: []float64{1}}, {ID: "y", Values: []float64{1}}}, mapping, computed(t))
	if got[0].Why != "the pattern" || !strings.Contains(got[1].Why, "does not say") {
		t.Errorf("%q, %q", got[0].Why, got[1].Why)
	}
}

func TestRead(t *testing.T) {
	text := "\ufeffid,where,quantity,value,tolerance_suggested\na,fig 1,\"x, y\",0.5,0.01\nb,fig 2,,24;36,1\n"
	got, err := Read(strings.NewReader(text), "t.csv")
	if err != nil || len(got) != 2 || got[0].Values[0] != 0.5 || got[1].Values[1] != 36 || got[1].Tolerance != 1 {
		t.Errorf("%+v %v", got, err)
	}
	for text, want := range map[string]string{
		"":                                    "t.csv:1:1: no header can be read",
		"id,where,valu,tolerance_suggested\n": `t.csv:1:1: the column "value" is missing; did you mean "valu"?`,
		"id,where,value,tolerance_suggested\na,b,ten,1\n": `t.csv:2:5: value of a is "ten", which is no number`,
		"id,where,value,tolerance_suggested\na,b\n":       "t.csv:2:1: ",
	} {
		if _, err := Read(strings.NewReader(text), "t.csv"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestPrintCountsByPlace(t *testing.T) {
	var b bytes.Buffer
	err := Print(&b, []Comparison{
		{Target: Target{ID: "a", Where: "fig 1", Values: []float64{0.5}}, Computed: []float64{0.5}, Status: Hit},
		{Target: Target{ID: "b", Where: "fig 1", Values: []float64{0.5}}, Computed: []float64{0.7}, Status: Miss},
		{Target: Target{ID: "c", Where: "fig 2", Values: []float64{0.5}}, Status: NotComputed, Why: "later"},
	})
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(b.String())
	tail := strings.Join(fields[len(fields)-12:], " ")
	if tail != "fig 1 1 1 0 fig 2 0 0 1 all 1 1 1"[len("fig 1 1 1 0 fig 2 0 0 1 all 1 1 1")-len(tail):] || !strings.Contains(b.String(), "not computed: later") {
		t.Errorf("\n%s", b.String())
	}
}
