package disclose

import (
	"math"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
)

// cleared sends one value through the gate with threshold 5.
func cleared(t *testing.T, v result.Value) Number {
	t.Helper()
	s := result.NewSet()
	if err := s.Add("test", v); err != nil {
		t.Fatal(err)
	}
	return Clear(s, DefaultRules).Number(v.Key)
}

func TestSmallCountsDoNotPass(t *testing.T) {
	key := result.Key{Quantity: "x"}
	for _, c := range []struct {
		name  string
		value result.Value
		want  State
	}{
		{"nobody", result.PersonCount(key, 0), Shown},
		{"1 person", result.PersonCount(key, 1), Suppressed},
		{"4 persons", result.PersonCount(key, 4), Suppressed},
		{"5 persons", result.PersonCount(key, 5), Shown},
		{"4 of 100", result.Proportion(key, 4, 100), Suppressed},
		{"96 of 100: 4 have not", result.Proportion(key, 96, 100), Suppressed},
		{"0 of 100", result.Proportion(key, 0, 100), Shown},
		{"100 of 100", result.Proportion(key, 100, 100), Shown},
		{"5 of 10", result.Proportion(key, 5, 10), Shown},
		{"2 of 4", result.Proportion(key, 2, 4), Suppressed},
		{"a mean of 3", result.Estimate(key, result.Number, 17.5, 3), Suppressed},
	} {
		if got := cleared(t, c.value).State(); got != c.want {
			t.Errorf("%s: state %d, want %d", c.name, got, c.want)
		}
	}
}

// TestPercentilesOfRates are in whole per cent, and none tells that units have none or all.
func TestPercentilesOfRates(t *testing.T) {
	for _, quantity := range []string{"actual", "municipalities_actual"} {
		key := result.Key{Quantity: quantity, Level: "p50"}
		if got := cleared(t, result.Estimate(key, result.Share, 5.0/6, 3000)); got.State() != Shown || got.Value() != 0.83 {
			t.Errorf("%s of 5/6: state %d, %v", quantity, got.State(), got.Value())
		}
		for _, x := range []float64{0, 0.004, 0.996, 1} {
			if got := cleared(t, result.Estimate(key, result.Share, x, 3000)).State(); got != Suppressed {
				t.Errorf("%s of %v: state %d", quantity, x, got)
			}
		}
	}
}

// Nothing of a suppressed number can be read but its key, unit and step.
func TestASuppressedNumberSaysNothing(t *testing.T) {
	key := result.Key{Quantity: "share", Level: "rare"}
	n := cleared(t, result.Proportion(key, 3, 1000).WithInterval(0.001, 0.008))
	low, high := n.Interval()
	if !math.IsNaN(n.Value()) || !math.IsNaN(low) || !math.IsNaN(high) || n.N() != 0 {
		t.Errorf("it says %v [%v, %v] of %d", n.Value(), low, high, n.N())
	}
	if n.Key() != key || n.Unit() != result.Share || n.Step() != "test" {
		t.Errorf("it forgot what it is: %+v %s %s", n.Key(), n.Unit(), n.Step())
	}
	if n.value.Value != 0 || n.value.Part != 0 || n.value.N != 0 {
		t.Error("the number is still inside")
	}
}

// Of all and each of the reasons a small one would follow from the others.
func TestModelsHoldNoSmallCounts(t *testing.T) {
	s := result.NewSet()
	s.Models["few"] = &fit.Result{NObs: 4}
	s.Models["many"] = &fit.Result{NObs: 900, NDropped: 4, DroppedBy: map[string]int{"age": 4, "sex": 40},
		Warnings: []fit.Warning{{Code: "dropped", Subject: "age", Message: "age is missing in 4 rows"}}}
	models := Clear(s, DefaultRules).Models()
	if models["few"] != nil {
		t.Error("a model of 4 persons passed")
	}
	m := models["many"]
	if m == nil || m.NObs != 900 || m.NDropped != -1 || m.DroppedBy != nil {
		t.Fatalf("%+v", m)
	}
	if w := m.Warnings[0]; w.Code != "dropped" || w.Subject != "age" || w.Message != "" {
		t.Errorf("%+v", w)
	}
	s.Models["large"] = &fit.Result{NObs: 900, NDropped: 40, DroppedBy: map[string]int{"sex": 40}}
	if m := Clear(s, DefaultRules).Models()["large"]; m.NDropped != 40 || m.DroppedBy["sex"] != 40 {
		t.Errorf("%+v", m)
	}
	if m := Clear(s, Rules{Threshold: 5, Base: 3}).Models()["large"]; m.NDropped != -1 || m.DroppedBy != nil {
		t.Errorf("exact beside rounded counts: %+v", m)
	}
	if of := s.Models["many"]; of.NDropped != 4 || len(of.DroppedBy) != 2 || of.Warnings[0].Message == "" {
		t.Error("the results themselves were changed")
	}
}

func TestAnUnknownKeyIsAbsent(t *testing.T) {
	n := Clear(result.NewSet(), DefaultRules).Number(result.Key{Quantity: "x"})
	if n.State() != Absent || !math.IsNaN(n.Value()) {
		t.Errorf("%+v", n)
	}
}
