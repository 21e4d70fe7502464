package record

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
)

var (
	key   = result.Key{Quantity: "attainment", Sample: "gross", Scheme: "a"}
	facts = result.Facts{Outcome: "goal", Reference: "b"}
)

// What an audit reads of results_full.json is what the run told the gate.
func TestFullIsReadAsItWasWritten(t *testing.T) {
	amount := result.Estimate(result.Key{Quantity: "mean", Sample: "gross", Scheme: "a", Variable: "pay"}, result.Number, 3, 4)
	amount.Amounts = []result.Amount{result.Contributions("pay", []float64{1, 2, 4, 5}, nil)}
	for _, v := range []result.Value{
		result.Proportion(key, 30, 70),
		result.Proportion(key, 0, 70),
		result.Estimate(result.Key{Quantity: "attainment_difference", Sample: "gross", Scheme: "a"}, result.Points, math.NaN(), 70),
		amount,
	} {
		text, err := json.Marshal(Full(&facts, v))
		if err != nil {
			t.Fatal(err)
		}
		var read Value
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		want := disclose.Telling{ID: v.Key.ID(), N: v.N, Part: v.Part, Groups: facts.Counts(v), Amounts: facts.Amounts(v)}
		if diff := cmp.Diff(want, read.Telling(), cmp.Comparer(sameKey), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", v.Key.ID(), diff)
		}
		got := read.Result()
		if got.N != v.N || got.Part != v.Part || got.Unit != v.Unit || got.Value != v.Value && !(math.IsNaN(got.Value) && math.IsNaN(v.Value)) {
			t.Errorf("%s: read as %+v", v.Key.ID(), got)
		}
	}
}

// sameKey: of whom an amount is stands in its group, and no key is written.
func sameKey(result.Key, result.Key) bool { return true }

// Nothing but what is shown is written of a number that has passed the gate.
func TestShownTellsNoCounts(t *testing.T) {
	set := result.NewSet()
	set.Facts = facts
	if err := set.Add("test", result.Proportion(key, 30, 70).WithInterval(0.3, 0.5)); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(Shown(disclose.Clear(set, disclose.DefaultRules).Numbers()[0]))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"id":"attainment.gross.a","value":0.42857142857142855,"low":0.3,"high":0.5,"unit":"share","n":70,"step":"test"}`; string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
}
