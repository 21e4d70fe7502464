package result

import (
	"math"
	"testing"

	"bidrag/model/fit"
)

func TestIDsAreTheFieldsInOrder(t *testing.T) {
	k := Key{Quantity: "attainment", Kind: "work", Sample: "gross", Scheme: "intro", Year: "2019"}
	if k.ID() != "attainment.work.gross.intro.2019" {
		t.Error(k.ID())
	}
}

func TestAnIDNamesOneNumber(t *testing.T) {
	s := NewSet()
	if err := s.Add("a", PersonCount(Key{Quantity: "x", Kind: "y"}, 3)); err != nil {
		t.Fatal(err)
	}
	// Another key with the same id is refused too.
	if err := s.Add("b", PersonCount(Key{Quantity: "x", Sample: "y"}, 4)); err == nil {
		t.Error("two numbers have one id")
	}
	v, ok := s.Get(Key{Quantity: "x", Kind: "y"})
	if !ok || v.Value != 3 || v.Step != "a" {
		t.Errorf("%+v", v)
	}
}

func TestAShareKnowsItsNumerator(t *testing.T) {
	v := Proportion(Key{}, 3, 12)
	if v.Value != 0.25 || v.Part != 3 || v.N != 12 {
		t.Errorf("%+v", v)
	}
	if !math.IsNaN(Proportion(Key{}, 0, 0).Value) {
		t.Error("a share of nobody has no value")
	}
}

func TestOddsRatiosOnlyOfLogitModels(t *testing.T) {
	number := func(x float64) *float64 { return &x }
	r := &fit.Result{Link: "logit", NObs: 9, Coefficients: []fit.Coefficient{
		{Term: "a", Estimate: number(math.Log(2)), StdError: number(0.1), PValue: number(0.5), ConfLow: number(0), ConfHigh: number(math.Log(4))},
		{Term: "aliased"},
	}}
	find := func(values []Value, id string) (Value, bool) {
		for _, v := range values {
			if v.Key.ID() == id {
				return v, true
			}
		}
		return Value{}, false
	}
	v, ok := find(OfModel("m", r), "odds_ratio.m.a")
	if !ok || math.Abs(v.Value-2) > 1e-15 || v.Low != 1 || math.Abs(v.High-4) > 1e-15 {
		t.Errorf("%+v", v)
	}
	if _, ok := find(OfModel("m", r), "estimate.m.aliased"); ok {
		t.Error("an aliased term has no number")
	}
	r.Link = "probit"
	if _, ok := find(OfModel("m", r), "odds_ratio.m.a"); ok {
		t.Error("a probit model has no odds ratios")
	}
}
